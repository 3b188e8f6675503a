//! Before a flight: a dozen tracks of four services are queued, put in order, held and tried again, the network goes and comes back
//! between two runs, and all of it is heard without anybody being asked.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::playlists::json;
use crate::program::{Home, until};
use crate::pty::{Pty, is_heard};
use crate::server::{Reply, Server};
use crate::services::Services;

/// Slow enough that the network can go in the middle: some twenty seconds for all of it.
const SLOW: &str = "[downloads]\nkilobytes_per_second = 300\nat_once = 3\nper_service = 2\n";

/// A track that YourMusic denies only when its stream is asked for.
const DENIED: &str = "Golden River";

fn list(home: &Home) -> Vec<Value> {
    json(home, &["download", "list"]).as_array().unwrap().clone()
}

fn titles(home: &Home) -> Vec<String> {
    list(home).iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

fn in_state(home: &Home, state: &str) -> usize {
    list(home).iter().filter(|row| row["state"] == state).count()
}

/// So many tracks of a service that may be kept, each another recording than those before.
fn choose(home: &Home, service: &str, count: usize, known: &mut Vec<String>) -> Vec<String> {
    let mut names = Vec::new();
    for words in ["a", "e", "o", "the"] {
        let found = json(home, &["search", words, "--service", service, "--limit", "50"]);
        for row in found.as_array().unwrap() {
            let title = row["title"].as_str().unwrap().to_owned();
            let is_plain = title.is_ascii() && (4..40).contains(&title.len()) && title != DENIED;
            if row["keepable"] == true
                && row["playable"] == true
                && is_plain
                && !known.contains(&title)
                && names.len() < count
            {
                names.push(row["name"].as_str().unwrap().to_owned());
                known.push(title);
            }
        }
    }
    assert_eq!(names.len(), count, "{service}");
    names
}

fn open(home: &Home) -> Pty {
    let mut player = Pty::start(home, &[], 120, 40, &[]);
    player.wait_for("Playlists   ");
    player.keys("W");
    player.wait("the page", |screen| screen.lines().nth(2).is_some_and(|line| line.contains("Downloads")));
    player
}

#[test]
fn twelve_tracks_of_four_services_are_there_before_the_flight() {
    let services = Services::start();
    let port = services.sandbox.address().port();
    let config = |services: &Services| format!("{SLOW}{}", services.signed_in_config());
    let home = Home::new().config(&config(&services));
    // The twelfth is a file on the web that is not there at first.
    let is_there = Arc::new(AtomicBool::new(false));
    let there = Arc::clone(&is_there);
    let whole = fs::read("assets/demo/tracks/slow-orbit.m4a").unwrap();
    let web = Server::start(move |_| {
        if there.load(Ordering::SeqCst) {
            Reply::File { media_type: "audio/mp4", body: whole.clone() }
        } else {
            Reply::status(404)
        }
    });
    let mut known = Vec::new();
    let mut names = Vec::new();
    for (service, count) in [("audius", 3), ("audiomack", 3), ("yourmusic", 3), ("audiosocket", 2)] {
        names.extend(choose(&home, service, count, &mut known));
    }
    let mut player = open(&home);
    player.keys("p");
    player.wait_for("All downloads are held");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let added = json(&home, &[&["download", "add"], names.as_slice()].concat());
    assert_eq!(added["asked"], true, "the player that runs was asked: {added}");
    until("eleven rows", || titles(&home).len() == 11);
    player.keys("w");
    player.wait_for("a link, or SERVICE:KIND:ID");
    player.keys(&format!("{}\r", web.url("/orbit.m4a")));
    until("twelve rows", || titles(&home).len() == 12);

    // Put in order: the last one first, then the first two change places.
    player.keys("G");
    player.keys("gt");
    let mut order = [known.clone(), vec!["orbit.m4a".to_owned()]].concat();
    order.rotate_right(1);
    until("the last one first", || titles(&home) == order);
    player.keys("ggjJ");
    order.swap(1, 2);
    until("two change places", || titles(&home) == order);
    // One is held by itself.
    player.keys("G ");
    until("one is held", || in_state(&home, "paused") >= 1);
    player.keys("p");
    until("the others go on", || in_state(&home, "paused") == 1);
    // One fails for good, and is tried again once it is there.
    until("one fails", || in_state(&home, "failed") >= 1);
    let rows = list(&home);
    let failed: Vec<_> = rows.iter().filter(|row| row["state"] == "failed").collect();
    let of_first = (&failed[0]["heals"], &failed[0]["title"]);
    assert_eq!((failed.len(), of_first), (1, (&false.into(), &"orbit.m4a".into())), "{failed:?}");
    is_there.store(true, Ordering::SeqCst);
    player.keys("ggR");
    until("three are done", || in_state(&home, "done") >= 3);

    // The network goes: what runs waits, nothing is lost, and the program ends as ever.
    drop(services);
    until("some of it waits for the network", || {
        let waits =
            |row: &Value| row["heals"] == true && (row["state"] == "held" || row["state"] == "failed");
        list(&home).iter().any(waits)
    });
    let done_before = in_state(&home, "done");
    assert!(done_before < 12, "the network went too late to prove anything");
    // What was asked for by its address is called as its file says once it is here.
    let called = |titles: Vec<String>| titles.join("\n").replace("orbit.m4a", "Slow Orbit");
    assert_eq!(called(titles(&home)), called(order.clone()));
    let order: Vec<String> = called(order).lines().map(str::to_owned).collect();
    // Where something runs, the first one warns.
    player.keys("QQ");
    let ended = player.end();
    assert_eq!(ended.code, 0, "{}", ended.text);

    // And comes back before the next run.
    let services = Services::start_at(port);
    // As fast as it goes now: nothing is to be cut off any more.
    let home = home.config(&services.signed_in_config());
    let mut player = open(&home);
    player.wait_for("of 12");
    player.keys("G ");
    until("all are done", || in_state(&home, "done") == 12);
    assert_eq!(titles(&home), order, "in the listener's order still, and each by its name");
    player.keys("Q");
    assert_eq!(player.end().code, 0);
    let verified = json(&home, &["download", "verify"]);
    assert_eq!((&verified["whole"], &verified["queued"]), (&12.into(), &0.into()), "{verified}");

    // In the air: the services are gone, and everything plays.
    drop(services);
    drop(web);
    let mut player = open(&home);
    player.wait_for("done");
    for (row, title) in order.iter().take(12).enumerate() {
        player.keys(if row == 0 { "gg\r" } else { "j\r" });
        player.wait(&format!("{title} is heard"), |screen| {
            let playing = screen.lines().rev().take(6).any(|line| line.contains(title));
            playing && is_heard(screen)
        });
    }
    player.keys("Q");
    assert_eq!(player.end().code, 0);
}
