//! Services' playlists in the list editor, with nothing but keys: what is changed reaches the service, once, whatever
//! happens between.

use std::process::Stdio;

use serde_json::Value;

use crate::accounts::{following, run_with};
use crate::playlists::{json, shown, text, there, tracks};
use crate::program::{Done, Home, have, until};
use crate::pty::Pty;
use crate::services::Services;

/// A home where this is the only service.
fn only(services: &Services, service: &str) -> Home {
    let mut config = services.signed_in_config();
    for other in ["audius", "audiomack", "yourmusic", "audiosocket"].iter().filter(|other| **other != service)
    {
        let section = format!("[services.{other}]\n");
        config = config.replace(&section, &format!("{section}enabled = false\n"));
    }
    let home = Home::new().config(&config);
    if service == "audius" {
        let signed_in = run_with(&home, &["login", "audius"], &following(&home), "");
        assert_eq!(signed_in.code, 0, "{signed_in:?}");
    }
    home
}

/// A playlist of this name and its titles, made by the verbs.
fn made(home: &Home, service: &str, title: &str) -> (String, Vec<String>) {
    let tracks = tracks(home, service);
    let names: Vec<&str> = tracks.iter().map(String::as_str).collect();
    let made = json(home, &[&["playlist", "new", service, title], names.as_slice()].concat());
    let name = text(&made["name"]);
    let titles = shown(home, &name).1;
    (name, titles)
}

/// The screen with this playlist open.
fn open(home: &Home, title: &str) -> Pty {
    open_at(home, title, (120, 40))
}

/// At the welcome, among the playlists, or in the one that was left.
fn has_begun(screen: &mut Pty) -> String {
    let pages = ["Listen now", "Your playlists", " Title "];
    screen.wait("the first page", |screen| pages.iter().any(|words| screen.contains(words)))
}

fn open_at(home: &Home, title: &str, (columns, rows): (u16, u16)) -> Pty {
    let mut screen = Pty::start(home, &[], columns, rows, &[]);
    if has_begun(&mut screen).contains(" Title ") {
        screen.keys("q");
    }
    screen.keys("o4");
    screen.wait_for("Your playlists at");
    screen.wait_for(title);
    // What else the service has comes later, and rows move.
    screen.keys("/");
    screen.keys(title);
    screen.keys("\r\r");
    let heading = |screen: &str| screen.contains(&format!("{title} \u{b7} ")) && screen.contains("Title");
    screen.wait("the playlist", heading);
    screen
}

/// Requests that changed something since so many.
fn writes(services: &Services, before: usize) -> usize {
    let requests = services.sandbox.requests();
    let is_write = |path: &str| path.contains("playlist") && !path.contains("oauth");
    requests.iter().skip(before).filter(|line| line.method != "GET" && is_write(&line.path)).count()
}

fn is_there(home: &Home, name: &str, rows: &[String]) {
    let mut held = Vec::new();
    // A pause between looks, so that looking does not take the time of what is looked at.
    for _ in 0..200 {
        held = there(home, name);
        if held == rows {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    panic!("{name} holds {held:?}, not {rows:?}");
}

fn journey(service: &str) {
    let services = Services::start();
    let home = only(&services, service);
    let (name, titles) = made(&home, service, "Night drive");
    let [one, two, three, four] = titles.as_slice() else { panic!("{titles:?}") };
    let before = services.sandbox.requests().len();
    let mut screen = open(&home, "Night drive");
    // The first two go to the end as a block, in one request.
    screen.keys("vjJJ");
    screen.wait_for("not sent yet");
    is_there(&home, &name, &[three, four, one, two].map(Clone::clone));
    screen.wait("all sent", |screen| screen.contains("sent \u{b7}") && !screen.contains("not sent yet"));
    assert_eq!(writes(&services, before), 1, "{:?}", services.sandbox.requests());
    // Taken back, which is sent too.
    screen.keys("uu");
    is_there(&home, &name, &titles);
    screen.keys("\x1b");
    screen.wait("nothing selected", |screen| !screen.contains("selected"));
    // Out, and in again twice: the service hears of what comes of it.
    screen.keys("ggxpp");
    is_there(&home, &name, &[two, one, one, three, four].map(Clone::clone));
    screen.keys("uuu");
    is_there(&home, &name, &titles);
    screen.keys("Q");
    screen.end().assert_clean();
}

#[test]
fn audiomacks_playlists_are_edited_with_keys() {
    journey("audiomack");
}

#[test]
fn yourmusics_playlists_are_edited_with_keys() {
    journey("yourmusic");
}

#[test]
fn audiosockets_playlists_are_edited_with_keys() {
    journey("audiosocket");
}

#[test]
fn audius_playlists_are_edited_with_keys() {
    if have("curl") {
        journey("audius");
    }
}

#[test]
fn an_edit_survives_a_kill_and_is_made_once() {
    let services = Services::start();
    let home = only(&services, "audiomack");
    let (name, titles) = made(&home, "audiomack", "Night drive");
    let mut screen = open(&home, "Night drive");
    let before = services.sandbox.requests().len();
    screen.keys("d");
    screen.wait_for("not sent yet");
    screen.child.kill().unwrap();
    let _ = screen.child.wait();
    drop(screen);
    assert_eq!(there(&home, &name), titles, "it was killed before it was sent");
    // The next start sends it.
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    has_begun(&mut screen);
    is_there(&home, &name, &titles[1..]);
    assert_eq!(writes(&services, before), 1);
    screen.keys("Q");
    screen.end().assert_clean();
    let done = home.run(&["playlist", "sync"]);
    assert_eq!(
        (done.code, done.out.as_str()),
        (0, "Nothing waits: the services have everything.\n"),
        "{done:?}"
    );
}

#[test]
fn a_day_without_a_network_and_then_all_arrives() {
    let services = Services::start();
    let home = only(&services, "audiomack");
    let (name, titles) = made(&home, "audiomack", "Night drive");
    open(&home, "Night drive").keys("Q");
    let address = services.sandbox.address().to_string();
    let file = home.path().join("config/config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    // Port 9 takes no connections.
    std::fs::write(&file, config.replace(&address, "127.0.0.1:9")).unwrap();
    let mut screen = open(&home, "Night drive");
    screen.wait_for("as it was last known");
    screen.keys("xxp");
    screen.wait_for("3 changes wait for Audiomack");
    screen.keys("Q");
    screen.end();
    let done = home.run(&["playlist", "sync", "--json"]);
    assert_eq!(done.code, 5, "{done:?}");
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&told["told"][0]["result"], &told["waiting"][0]["changes"], &told["waiting"][0]["title"]),
        (&"waits".into(), &3.into(), &"Night drive".into()),
        "{told}"
    );
    std::fs::write(&file, config).unwrap();
    let before = services.sandbox.requests().len();
    // Two at once: one of them sends it.
    let other =
        home.segue(&["playlist", "sync"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let done = [home.run(&["playlist", "sync"]), Done::from(other.wait_with_output().unwrap())];
    let mut words: Vec<&str> = done.iter().map(|done| done.out.trim()).collect();
    words.sort_unstable();
    assert_eq!(words, ["Night drive has reached Audiomack.", "Nothing waits: the services have everything."]);
    assert!(done.iter().all(|done| done.code == 0), "{done:?}");
    let [_, two, three, four] = titles.as_slice() else { panic!("{titles:?}") };
    is_there(&home, &name, &[three, two, four].map(Clone::clone));
    assert_eq!(writes(&services, before), 1, "three edits in one request");
}

#[test]
fn both_versions_are_offered_when_somebody_else_changed_it() {
    let services = Services::start();
    let home = only(&services, "audiomack");
    let elsewhere = only(&services, "audiomack");
    let (name, titles) = made(&home, "audiomack", "Night drive");
    let [one, two, three, four] = titles.as_slice() else { panic!("{titles:?}") };
    let mut screen = open(&home, "Night drive");
    json(&elsewhere, &["playlist", "remove", &name, "2"]);
    screen.keys("JJ");
    screen.wait_for("was changed at Audiomack too; both changes are in it now");
    is_there(&home, &name, &[three, one, four].map(Clone::clone));
    let rows = |screen: &str, rows: &[&String]| {
        let places: Vec<_> = rows.iter().filter_map(|row| screen.find(row.as_str())).collect();
        places.len() == rows.len() && places.is_sorted()
    };
    screen.keys("u");
    screen.wait("theirs", |screen| rows(screen, &[one, three, four]) && !screen.contains(two.as_str()));
    screen.keys("u");
    screen.wait("ours", |screen| rows(screen, &[two, three, one, four]));
    is_there(&home, &name, &[two, three, one, four].map(Clone::clone));
    screen.keys("Q");
    screen.end().assert_clean();
}

#[test]
fn what_is_deleted_there_is_made_again() {
    let services = Services::start();
    let home = only(&services, "audiomack");
    let (name, titles) = made(&home, "audiomack", "Night drive");
    json(&home, &["playlist", "private", &name]);
    let mut screen = open(&home, "Night drive");
    screen.keys("\x1b");
    screen.wait_for("Your playlists at");
    let names = || -> Vec<(String, String)> {
        let own = json(&home, &["playlist", "list", "audiomack"]);
        let rows = own.as_array().unwrap().iter();
        rows.map(|row| (text(&row["title"]), text(&row["name"]))).collect()
    };
    screen.keys("d");
    screen.wait_for("Deleted Night drive");
    until("it is gone there", || names().iter().all(|(title, _)| title != "Night drive"));
    screen.keys("u");
    screen.wait_for("Night drive is back");
    until("it is back there", || names().iter().any(|(title, _)| title == "Night drive"));
    let (_, name) = names().into_iter().find(|(title, _)| title == "Night drive").unwrap();
    is_there(&home, &name, &titles);
    let private = json(&home, &["playlist", "show", &name])["note"].clone();
    assert_eq!(private, "private", "nobody else sees it who did not before");
    // Another name, and a new one made there.
    screen.keys("i\x15By day\r");
    screen.wait_for("Night drive is now called By day");
    until("its name is there", || names().contains(&("By day".to_owned(), name.clone())));
    screen.keys("nAt noon\r");
    screen.wait_for("Kept At noon");
    until("it is made", || names().iter().any(|(title, _)| title == "At noon"));
    screen.keys("Q");
    screen.end().assert_clean();
}

#[test]
fn what_a_service_cannot_hold_or_do_is_said_at_once() {
    let services = Services::start();
    let home = only(&services, "yourmusic");
    let (name, titles) = made(&home, "yourmusic", "Night drive");
    let music = crate::program::files(&crate::program::demo_music(), &["mp3"]);
    json(&home, &["playlist", "new", "local", "Here", music[0].to_str().unwrap()]);
    let before = services.sandbox.requests().len();
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    screen.wait_for("Listen now");
    screen.keys("o4");
    screen.wait_for("Night drive");
    screen.keys("gg\r");
    screen.wait_for("Title");
    screen.keys("y\x1b");
    let all = screen.wait_for("Your playlists at");
    let line = |words: &str| all.lines().position(|line| line.contains(words)).unwrap();
    let rows = line("Night drive") - line(" Here ");
    screen.keys(&"j".repeat(rows));
    screen.keys("d");
    screen.wait_for("YourMusic has no way to delete playlists");
    screen.keys("\r");
    screen.wait_for("Night drive \u{b7} YourMusic");
    screen.keys("p");
    screen.wait_for("1 track is not of YourMusic and stayed out");
    screen.keys("C");
    screen.wait_for("Kept Night drive (4 tracks)");
    screen.keys("Q");
    screen.end().assert_clean();
    assert_eq!((there(&home, &name), shown(&home, "Night drive").1), (titles.clone(), titles));
    assert_eq!(writes(&services, before), 0);
}

/// What is on the screen, however it is broken into lines.
fn says(screen: &str, words: &str) -> bool {
    screen.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
}

/// Ids that the service says the listener likes.
fn liked(home: &Home) -> Vec<String> {
    let liked = json(home, &["browse", "audiomack/mine/favorites"]);
    liked["items"].as_array().unwrap().iter().map(|row| text(&row["title"])).collect()
}

/// An edit and a like, made without a network and killed: both are sent with the next start, once.
fn offline_at(size: (u16, u16)) {
    let services = Services::start();
    let home = only(&services, "audiomack");
    let (name, titles) = made(&home, "audiomack", "Night drive");
    let already = liked(&home);
    let two = titles.iter().position(|title| !already.contains(title)).unwrap();
    open_at(&home, "Night drive", size).keys("Q");
    let address = services.sandbox.address().to_string();
    let file = home.path().join("config/config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, config.replace(&address, "127.0.0.1:9")).unwrap();
    let mut screen = open_at(&home, "Night drive", size);
    screen.keys(&"j".repeat(two));
    screen.keys("f");
    screen.wait("the like waits", |screen| says(screen, "is kept and waits for Audiomack"));
    screen.keys("d");
    let waiting = || {
        let done = home.run(&["playlist", "sync", "--json"]);
        let told: Value = serde_json::from_str(&done.out).unwrap();
        (done.code, told["marks"].as_array().unwrap().len(), told["waiting"].as_array().unwrap().len())
    };
    until("both are kept", || waiting() == (5, 1, 1));
    screen.child.kill().unwrap();
    let _ = screen.child.wait();
    drop(screen);
    std::fs::write(&file, config).unwrap();
    let before = services.sandbox.requests().len();
    let mut screen = Pty::start(&home, &[], size.0, size.1, &[]);
    let left: Vec<_> = titles.iter().filter(|title| **title != titles[two]).cloned().collect();
    is_there(&home, &name, &left);
    until("it is liked there", || liked(&home).contains(&titles[two]));
    screen.keys("Q");
    screen.end().assert_clean();
    let done = home.run(&["playlist", "sync"]);
    assert_eq!(done.out, "Nothing waits: the services have everything.\n", "{done:?}");
    let requests = services.sandbox.requests();
    let likes =
        requests.iter().skip(before).filter(|line| line.method == "PUT" && line.path.contains("favorite"));
    assert_eq!((likes.count(), writes(&services, before)), (1, 1), "{requests:?}");
}

#[test]
fn a_like_and_an_edit_wait_for_the_network_at_120x40() {
    offline_at((120, 40));
}

#[test]
fn a_like_and_an_edit_wait_for_the_network_at_80x24() {
    offline_at((80, 24));
}

#[test]
fn a_like_and_an_edit_wait_for_the_network_at_40x12() {
    offline_at((40, 12));
}

#[test]
fn the_verb_keeps_what_cannot_be_sent() {
    let services = Services::start();
    let home = only(&services, "audiomack");
    let already = liked(&home);
    let found = json(&home, &["search", "a", "--service", "audiomack", "--limit", "9"]);
    let is_new = |row: &&Value| !already.contains(&text(&row["title"]));
    let row = found.as_array().unwrap().iter().find(is_new).unwrap();
    let (name, title) = (text(&row["name"]), text(&row["title"]));
    let address = services.sandbox.address().to_string();
    let file = home.path().join("config/config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, config.replace(&address, "127.0.0.1:9")).unwrap();
    let done = home.run(&["like", &name]);
    assert!(done.code == 5 && done.out.contains("segue playlist sync"), "{done:?}");
    std::fs::write(&file, config).unwrap();
    let done = home.run(&["playlist", "sync"]);
    assert_eq!(
        (done.code, done.out),
        (0, format!("The like of {name} has reached Audiomack.\n")),
        "{}",
        done.err
    );
    assert!(liked(&home).contains(&title));
    // What is said otherwise at once leaves nothing behind.
    assert_eq!(home.run(&["unlike", &name]).code, 0);
    assert!(home.run(&["playlist", "sync"]).out.starts_with("Nothing waits"));
}
