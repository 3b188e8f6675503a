//! Services' playlists in the list editor, with nothing but keys: what is changed reaches the service, once, whatever
//! happens between.

use std::process::Stdio;

use serde_json::Value;

use crate::accounts::{following, run_with};
use crate::playlists::{json, shown, text, tracks};
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
    let mut screen = Pty::start(home, &[], 120, 40, &[]);
    screen.wait_for("Listen now");
    screen.keys("o4");
    screen.wait_for("Your playlists at");
    let all = screen.wait_for(title);
    let line = |words: &str| all.lines().position(|line| line.contains(words)).unwrap();
    let rows = line(title) - line("Your playlists at");
    screen.keys(&"j".repeat(rows));
    screen.keys("\r");
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
        held = shown(home, name).1;
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
    screen.keys("q");
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
    assert_eq!(shown(&home, &name).1, titles, "it was killed before it was sent");
    // The next start sends it.
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    screen.wait_for("Listen now");
    is_there(&home, &name, &titles[1..]);
    assert_eq!(writes(&services, before), 1);
    screen.keys("q");
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
    open(&home, "Night drive").keys("q");
    let address = services.sandbox.address().to_string();
    let file = home.path().join("config/config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    // Port 9 takes no connections.
    std::fs::write(&file, config.replace(&address, "127.0.0.1:9")).unwrap();
    let mut screen = open(&home, "Night drive");
    screen.wait_for("as it was last known");
    screen.keys("xxp");
    screen.wait_for("3 changes wait for Audiomack");
    screen.keys("q");
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
    screen.keys("q");
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
    screen.keys("q");
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
    screen.keys("q");
    screen.end().assert_clean();
    assert_eq!((shown(&home, &name).1, shown(&home, "Night drive").1), (titles.clone(), titles));
    assert_eq!(writes(&services, before), 0);
}
