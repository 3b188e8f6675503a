//! `segue playlist` against the four services: what each keeps afterwards, and what it was asked.

use serde_json::Value;

use crate::accounts::{following, run_with};
use crate::program::{Done, Home, have};
use crate::pty::Pty;
use crate::services::Services;

pub fn json(home: &Home, arguments: &[&str]) -> Value {
    let done = home.run(&[arguments, &["--json"]].concat());
    assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.out))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

pub fn refused(home: &Home, arguments: &[&str], code: i32, words: &str) -> Done {
    let done = home.run(arguments);
    assert_eq!(done.code, code, "{arguments:?}: {done:?}");
    assert!(done.err.contains(words) && done.out.is_empty(), "{arguments:?}: {done:?}");
    done
}

/// The names of some tracks of a service.
pub fn tracks(home: &Home, service: &str) -> Vec<String> {
    let found = json(home, &["search", "a", "--service", service, "--limit", "4"]);
    found.as_array().unwrap().iter().map(|row| text(&row["name"])).collect()
}

/// What a playlist is called, and the titles in it by the names of `known`.
pub fn shown(home: &Home, playlist: &str) -> (String, Vec<String>) {
    let shown = json(home, &["playlist", "show", playlist]);
    let items = shown["items"].as_array().unwrap();
    assert!((1..).zip(items).all(|(position, row): (u64, _)| row["position"] == position), "{shown}");
    (text(&shown["title"]), items.iter().map(|row| text(&row["title"])).collect())
}

/// The titles in a playlist as its service has it.
pub fn there(home: &Home, playlist: &str) -> Vec<String> {
    let held = json(home, &["browse", playlist]);
    held["items"].as_array().unwrap().iter().map(|row| text(&row["title"])).collect()
}

/// The writes since `before` requests but for sign-ins, as method, path and status: `ID` stands for the playlist,
/// `ROW` for a row's or track's id.
fn writes(services: &Services, before: usize, id: &str) -> Vec<String> {
    let requests = services.sandbox.requests();
    let signs_in = |path: &str| path.contains("/oauth/") || path.ends_with("/udt");
    let new = requests.iter().skip(before).filter(|line| line.method != "GET" && !signs_in(&line.path));
    let part = |part: &str| match part {
        _ if part == id => "ID".to_owned(),
        _ if part.len() > 2 && part.contains(|c: char| c.is_ascii_digit()) => "ROW".to_owned(),
        _ => part.to_owned(),
    };
    let path = |path: &str| path.split('/').skip(2).map(part).collect::<Vec<_>>().join("/");
    new.map(|line| format!("{} {} {}", line.method, path(&line.path), line.status)).collect()
}

/// Makes a playlist at a service, changes it in every way that the service has, and compares what another run
/// is shown then with what was wished. `expected` are the writes, `ID` standing for the new playlist.
fn check(services: &Services, home: &Home, service: &str, expected: &[&str]) {
    let tracks = tracks(home, service);
    let [first, second, third, ..] = tracks.as_slice() else { panic!("{tracks:?}") };
    let title = |name: &String| text(&json(home, &["show", name])["title"]);
    let (one, two, three) = (title(first), title(second), title(third));
    let before = services.sandbox.requests().len();
    let made = json(home, &["playlist", "new", service, "Night drive 🌙", first, second]);
    assert_eq!((&made["done"], &made["tracks"]), (&"new".into(), &2.into()), "{made}");
    let name = text(&made["name"]);
    let holds = |title: &str, rows: &[&String]| {
        let (found, titles) = shown(home, &name);
        assert_eq!((found.as_str(), titles.iter().collect::<Vec<_>>()), (title, rows.to_vec()), "{service}");
    };
    let done = |arguments: &[&str], verb: &str, count: u64| {
        let told = json(home, arguments);
        assert_eq!((&told["done"], &told["name"]), (&verb.into(), &name.as_str().into()), "{told}");
        assert_eq!(told["tracks"], count, "{told}");
    };
    holds("Night drive 🌙", &[&one, &two]);
    done(&["playlist", "rename", &name, "By day"], "rename", 0);
    holds("By day", &[&one, &two]);
    done(&["playlist", "add", &name, third], "add", 1);
    holds("By day", &[&one, &two, &three]);
    done(&["playlist", "move", &name, "3", "1"], "move", 1);
    holds("By day", &[&three, &one, &two]);
    done(&["playlist", "remove", &name, first], "remove", 1);
    holds("By day", &[&three, &two]);
    done(&["playlist", "remove", &name, "1"], "remove", 1);
    holds("By day", &[&two]);

    // In words: the row can be told by its position, and the list names it.
    let told = home.run(&["playlist", "show", &name]).out;
    assert!(told.contains("title: By day") && told.contains(&format!("   1  {second}")), "{told}");
    let own = json(home, &["playlist", "list", service]);
    let row = own.as_array().unwrap().iter().find(|row| row["name"] == name.as_str());
    assert_eq!(row.map(|row| text(&row["title"])).as_deref(), Some("By day"), "{own}");
    refused(home, &["playlist", "move", &name, "2", "1"], 2, "has no row 2. Its rows are 1 to 1");
    refused(home, &["playlist", "remove", &name, third], 3, "is not in");
    refused(home, &["playlist", "add", &name, "elsewhere:track:1"], 2, "holds only tracks of");
    refused(home, &["playlist", "delete", &name], 2, "Add --yes");
    if service == "yourmusic" {
        refused(home, &["playlist", "delete", &name, "--yes"], 4, "YourMusic has no way to delete playlists");
    } else {
        done(&["playlist", "delete", &name, "--yes"], "delete", 0);
        let own = json(home, &["playlist", "list", service]);
        assert!(own.as_array().unwrap().iter().all(|row| row["name"] != name.as_str()), "{own}");
    }
    let id = name.rsplit(':').next().unwrap();
    let id = id.strip_prefix("own-").unwrap_or(id);
    assert_eq!(writes(services, before, id), expected, "{service}");
}

#[test]
fn audiomack_keeps_what_is_changed() {
    let services = Services::start();
    let home = services.signed_in();
    // Made, renamed, one added, moved (the whole list anew), two removed, deleted.
    let expected = [
        "POST v1/playlist 201",
        "PUT v1/playlist/ID 200",
        "POST v1/playlist/ID/track 200",
        "PUT v1/playlist/ID 200",
        "DELETE v1/playlist/ID/ROW 204",
        "DELETE v1/playlist/ID/ROW 204",
        "DELETE v1/playlist/ID 204",
    ];
    check(&services, &home, "audiomack", &expected);
    // What else it has: who sees it, and a cover.
    let made = json(&home, &["playlist", "new", "audiomack", "Quiet", "--private", "--genre", "rock"]);
    let name = text(&made["name"]);
    let note = |expected: Option<&str>| {
        let shown = json(&home, &["playlist", "show", &name]);
        assert_eq!(shown["note"].as_str(), expected, "{shown}");
    };
    note(Some("private"));
    assert!(home.run(&["playlist", "public", &name]).out.contains("is now public at Audiomack"));
    note(None);
    json(&home, &["playlist", "private", &name]);
    note(Some("private"));
    let cover = "assets/demo/covers/night-ferry.jpg";
    json(&home, &["playlist", "edit", &name, "--cover", cover, "--name", "Loud"]);
    assert_eq!(shown(&home, &name).0, "Loud");
    let has_file = |line: &segue::sandbox::RequestLine| {
        let kind = line.header("content-type");
        line.method == "PUT" && kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
    };
    assert!(services.sandbox.requests().iter().any(has_file));
    let words = "Audiomack has no description for playlists";
    refused(&home, &["playlist", "edit", &name, "--description", "x"], 4, words);
    refused(&home, &["playlist", "edit", &name, "--cover", "nowhere.jpg"], 2, "nowhere.jpg cannot be read");
    refused(&home, &["playlist", "edit", &name], 2, "There is no terminal to edit the list on");
}

#[test]
fn yourmusic_keeps_what_is_changed() {
    let services = Services::start();
    let home = services.signed_in();
    // Its rows are moved one by one, and removed by writing the others.
    let expected = [
        "POST playlists 201",
        "PUT playlists/ID/tracks 200",
        "PATCH playlists/ID 200",
        "POST playlists/ID/tracks 201",
        "PATCH playlists/ID/tracks/ROW 200",
        "PUT playlists/ID/tracks 200",
        "PUT playlists/ID/tracks 200",
    ];
    check(&services, &home, "yourmusic", &expected);
    let made = json(&home, &["playlist", "new", "yourmusic", "Quiet", "--private"]);
    let name = text(&made["name"]);
    assert_eq!(json(&home, &["playlist", "show", &name])["note"], "private");
    json(&home, &["playlist", "public", &name]);
    assert_eq!(json(&home, &["playlist", "show", &name])["note"], "public");
    let words =
        "YourMusic has no cover for playlists. Beside a name they have there: choice of public or private";
    let cover = ["playlist", "edit", &name, "--cover", "assets/demo/covers/night-ferry.jpg"];
    refused(&home, &cover, 4, words);
}

#[test]
fn audiosocket_keeps_what_is_changed() {
    let services = Services::start();
    let home = services.signed_in();
    let expected = [
        "POST v1/consumers_playlists 201",
        "PATCH v1/consumers_playlists/ID 200",
        "PATCH v1/consumers_playlists/ID/rename 200",
        "PATCH v1/consumers_playlists/ID 200",
        "PATCH v1/consumers_playlists/ID 200",
        "DELETE v1/consumers_playlists/ID/playlist_tracks/ROW 204",
        "DELETE v1/consumers_playlists/ID/playlist_tracks/ROW 204",
        "DELETE v1/consumers_playlists/ID 204",
    ];
    check(&services, &home, "audiosocket", &expected);
    let words = "Audiosocket has no choice of public or private for playlists. A name is all";
    refused(&home, &["playlist", "new", "audiosocket", "Quiet", "--private"], 4, words);
}

#[test]
fn audius_keeps_what_is_changed() {
    if !have("curl") {
        return;
    }
    let services = Services::start();
    let home = services.signed_in();
    refused(&home, &["playlist", "new", "audius", "Early"], 4, "Audius needs you to sign in");
    let signed_in = run_with(&home, &["login", "audius"], &following(&home), "");
    assert_eq!(signed_in.code, 0, "{signed_in:?}");
    // Every change of the rows writes all of them.
    let put = "PUT v1/playlists/ID 200";
    let expected = ["POST v1/playlists 201", put, put, put, put, put, "DELETE v1/playlists/ID 200"];
    check(&services, &home, "audius", &expected);
    let made =
        json(&home, &["playlist", "new", "audius", "Quiet", "--description", "for nights", "--public"]);
    let name = text(&made["name"]);
    let last = services.sandbox.requests().into_iter().rfind(|line| line.method == "PUT").unwrap();
    assert!(last.body.contains("for nights") && last.body.contains("\"is_private\":false"), "{last:?}");
    json(&home, &["playlist", "private", &name]);
    let words = "Audius has no cover for playlists";
    refused(&home, &["playlist", "edit", &name, "--cover", "assets/demo/covers/night-ferry.jpg"], 4, words);
}

#[test]
fn nobody_deletes_by_accident() {
    let services = Services::start();
    let home = services.signed_in();
    let name = text(&json(&home, &["playlist", "new", "audiosocket", "Mistake"])["name"]);
    for (answer, code) in [("n\r", 1), ("\r", 1), ("y\r", 0)] {
        let mut screen = Pty::start(&home, &["playlist", "delete", &name], 120, 24, &[]);
        screen.wait_for("Delete Mistake");
        screen.keys(answer);
        assert_eq!(screen.end().code, code, "{answer:?}");
    }
    refused(&home, &["playlist", "show", &name], 3, "Audiosocket has no");
}

#[test]
fn what_is_no_playlist_is_said() {
    let home = Home::new();
    refused(&home, &["playlist", "list"], 4, "Nobody is signed in");
    refused(&home, &["playlist", "list", "nobody"], 2, "no service named nobody");
    refused(&home, &["playlist", "show", "audius:album:1"], 2, "SERVICE:playlist:ID");
    refused(&home, &["playlist", "remove", "audius:playlist:1", "0"], 2, "positions count from 1");
    refused(&home, &["playlist", "new", "audius", " "], 4, "Audius");
    let both = home.run(&["playlist", "new", "audius", "x", "--public", "--private"]);
    assert_eq!(both.code, 2, "{both:?}");
}

/// On the screen: `a` on a row, a playlist found by typing, Enter; then a new one.
#[test]
fn a_row_goes_into_a_playlist_with_a_key() {
    let services = Services::start();
    let mut config = services.signed_in_config();
    for other in ["audius", "yourmusic", "audiosocket"] {
        let section = format!("[services.{other}]\n");
        config = config.replace(&section, &format!("{section}enabled = false\n"));
    }
    let home = Home::new().config(&config);
    let before = services.sandbox.requests().len();
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    screen.wait_for("Listen now");
    screen.keys("gsnight ferry\r");
    screen.wait_for("Ada Cole");
    screen.keys("a");
    screen.wait_for("Add Night Ferry to a playlist");
    screen.wait_for("For the Road");
    screen.keys("road");
    screen.wait("the others gone", |screen| !screen.contains("My Evening"));
    screen.keys("\r");
    // What is told of it goes again; the service's row stays.
    crate::program::until("it is sent", || !writes(&services, before, "4212").is_empty());
    screen.keys("a");
    screen.wait_for("My Evening");
    screen.keys("Ferries");
    screen.wait_for("New playlist here: Ferries");
    screen.wait_for("New playlist at Audiomack: Ferries");
    screen.keys("\x1b[B\r");
    crate::program::until("it is made", || writes(&services, before, "4212").len() >= 2);
    // Rows of the queue that are selected go together.
    screen.keys("gs\x15paper lanterns\r");
    screen.wait("other rows", |screen| screen.contains("Paper Lanterns"));
    screen.keys("eje3gg");
    screen.wait_for("Queue (2)");
    screen.keys("Va");
    screen.wait_for("Add 2 tracks to a playlist");
    screen.wait_for("For the Road");
    screen.keys("road");
    screen.wait("the others gone", |screen| !screen.contains("My Evening"));
    screen.keys("\r");
    crate::program::until("it is sent", || writes(&services, before, "4212").len() >= 3);
    screen.keys("Q");
    let end = screen.end();
    end.assert_clean();
    let added = "POST v1/playlist/ID/track 200";
    let expected = [added, "POST v1/playlist 201", added];
    let asked = writes(&services, before, "4212");
    let asked: Vec<&String> = asked.iter().filter(|line| line.contains("/playlist")).collect();
    assert_eq!(asked, expected);
    let own = json(&home, &["playlist", "list"]);
    let made = own.as_array().unwrap().iter().find(|row| row["title"] == "Ferries").unwrap();
    assert_eq!(shown(&home, &text(&made["name"])), ("Ferries".to_owned(), vec!["Night Ferry".to_owned()]));
}
