//! Music queued, copied and heard offline: from the command line and with keys, against the services on this machine.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::playlists::{json, text, tracks};
use crate::program::{Home, until};
use crate::pty::{Pty, is_heard};
use crate::services::Services;

/// Copies as they came, with nothing written into them.
fn untouched(config: &str) -> String {
    format!("[downloads]\ntags = false\n{config}")
}

fn hash(path: &Path) -> String {
    Sha256::digest(fs::read(path).unwrap())
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// The hashes of the music that the sandbox serves.
fn served() -> HashSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/tracks");
    fs::read_dir(folder).unwrap().map(|entry| hash(&entry.unwrap().path())).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    // What tells of the copies is none.
    found.retain(|path| !path.ends_with(".segue-copies.jsonl"));
    found
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_is_queued_is_copied_and_heard_without_the_network() {
    let services = Services::start();
    let home = Home::new().config(&untouched(&services.signed_in_config()));
    let found = json(&home, &["search", "a", "--service", "audius", "--limit", "6"]);
    let names: Vec<_> = found.as_array().unwrap().iter().map(|row| text(&row["name"])).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // Three of them may be kept; of the others it is said why not.
    let added = json(&home, &[&["download", "add"], names.as_slice()].concat());
    let refused = added["refused"].as_array().unwrap();
    assert_eq!((added["queued"].as_u64(), refused.len()), (Some(3), 3), "{added}");
    assert_eq!(refused[0]["why"], "its artist does not offer it for download", "{added}");
    let list = json(&home, &["download", "list"]);
    let first = &text(&list[0]["source"]);
    assert_eq!(json(&home, &["download", "add", first])["known"], 1);
    let list = json(&home, &["download", "list"]);
    let states: Vec<_> = list.as_array().unwrap().iter().map(|row| text(&row["state"])).collect();
    assert_eq!(states, ["waiting"; 3], "{list}");
    // In the order that the listener wants; held ones stay.
    json(&home, &["download", "move", "3"]);
    json(&home, &["download", "pause", "2"]);
    let list = json(&home, &["download", "list"]);
    let rows: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_u64().unwrap(), text(&row["state"])))
        .collect();
    let row = |id, state: &str| (id, state.to_owned());
    assert_eq!(rows, [row(3, "waiting"), row(1, "waiting"), row(2, "paused")]);

    let done = home.run(&["download", "run", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let told = lines(&done.out);
    let copies: Vec<_> = told.iter().filter(|line| line["event"] == "done").collect();
    assert_eq!(copies.len(), 2, "{done:?}");
    let summary = told.last().unwrap();
    assert_eq!((&summary["done"], &summary["left"]), (&2.into(), &1.into()), "{summary}");
    let served = served();
    for copy in &copies {
        let path = PathBuf::from(text(&copy["path"]));
        assert!(path.starts_with(home.path().join("data/downloads")), "{path:?}");
        assert_eq!(hash(&path), text(&copy["sha256"]));
        assert!(served.contains(&hash(&path)), "{path:?} is what the service has");
    }
    json(&home, &["download", "resume", "2"]);
    let done = home.run(&["download", "run"]);
    assert!(done.code == 0 && done.out.contains("3 done, 0 left."), "{done:?}");
    let files = files_below(&home.path().join("data/downloads"));
    assert_eq!(files.len(), 3, "{files:?}");

    // What is here is not copied again, and is played without asking anybody.
    let again = json(&home, &["download", "add", first]);
    assert_eq!((&again["queued"], &again["here"]), (&0.into(), &1.into()), "{again}");
    let before = services.sandbox.requests().len();
    let wav = format!("wav:{}", home.path().join("out.wav").display());
    let played = home.run(&["play", first, "--output", &wav]);
    assert_eq!(played.code, 0, "{played:?}");
    let asked: Vec<_> = services.sandbox.requests().into_iter().skip(before).map(|line| line.path).collect();
    assert_eq!(asked, Vec::<String>::new());

    // Rot is found, and mended.
    let verified = json(&home, &["download", "verify"]);
    assert_eq!(verified["whole"], 3, "{verified}");
    let mut bytes = fs::read(&files[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&files[0], bytes).unwrap();
    fs::remove_file(&files[1]).unwrap();
    let found = home.run(&["download", "verify", "--json"]);
    let told: Value = serde_json::from_str(&found.out).unwrap();
    let count = |name: &str| told[name].as_array().unwrap().len();
    assert_eq!((found.code, count("missing"), count("damaged")), (6, 1, 1), "{told}");
    assert_eq!(told["queued"], 2, "{told}");
    let done = home.run(&["download", "run"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(json(&home, &["downloads", "verify"])["whole"], 3);
    assert!(files[0].is_file() && files[1].is_file(), "each under the name that it had");
}

#[test]
fn keys_queue_and_a_second_program_asks_the_first() {
    let services = Services::start();
    let config = untouched(&services.signed_in_config());
    let home = Home::new().config(&config);
    let names = tracks(&home, "audius");
    let mut player = Pty::start(&home, &[], 120, 40, &[]);
    player.wait_for("Listen now");
    player.keys("1");
    player.wait_for("Enter play");
    player.keys("w");
    player.wait_for("is queued for download");
    player.keys("W");
    player.wait_for("100%");
    // What the engine remembers of a copy goes once it is noted.
    until("one file", || files_below(&home.path().join("data/downloads")).len() == 1);
    let files = files_below(&home.path().join("data/downloads"));
    assert!(served().contains(&hash(&files[0])), "{files:?}");

    // Heard from the file: nobody is asked.
    let before = services.sandbox.requests().len();
    player.keys("\r");
    player.wait("it plays", is_heard);
    let asked: Vec<_> = services.sandbox.requests().into_iter().skip(before).map(|line| line.path).collect();
    assert_eq!(asked, Vec::<String>::new());

    // The command line hands its wish to the player that runs.
    player.keys("p");
    player.wait_for("all held");
    let added = json(&home, &["download", "add", names.last().unwrap()]);
    assert_eq!(added["asked"], true, "{added}");
    player.wait_for("paused");
    assert!(home.run(&["download", "run"]).err.contains("Another Segue downloads already"));
    let before = json(&home, &["download", "list"]);
    let waiting = before.as_array().unwrap().last().unwrap()["id"].as_u64().unwrap();
    player.keys("p");
    player.wait("both are there", |screen| screen.matches("100%").count() == 2);
    until("two files", || files_below(&home.path().join("data/downloads")).len() == 2);
    // Taken out and put back.
    player.keys("Gd");
    player.wait("one row", |screen| screen.matches("100%").count() == 1);
    player.keys("u");
    player.wait("two rows", |screen| screen.matches("100%").count() == 2);
    player.keys("Q");
    assert_eq!(player.end().code, 0);
    let after = json(&home, &["download", "list"]);
    assert_eq!(after.as_array().unwrap().last().unwrap()["id"], waiting, "{after}");
    let left = files_below(&home.path().join("data/downloads"));
    assert!(left.iter().all(|path| !path.to_string_lossy().contains(".segue-")), "{left:?}");
}

/// Killed again and again, the queue loses nothing and copies nothing twice.
#[test]
fn kills_lose_nothing() {
    let services = Services::start();
    let home = Home::new().config(&untouched(&services.signed_in_config()));
    let names = tracks(&home, "audius");
    let added = json(
        &home,
        &[&["download", "add"], names.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat(),
    );
    let count = added["queued"].as_u64().unwrap();
    for pause_ms in [30, 80, 150, 260, 400] {
        let mut run = home.segue(&["download", "run"]).stdout(std::process::Stdio::null()).spawn().unwrap();
        let start = std::process::Command::new("sleep").arg(format!("0.{pause_ms:03}")).status().unwrap();
        assert!(start.success());
        let _ = run.kill();
        run.wait().unwrap();
        let list = json(&home, &["download", "list"]);
        assert_eq!(list.as_array().unwrap().len() as u64, count, "{list}");
    }
    let done = home.run(&["download", "run"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.contains(&format!("{count} done, 0 left.")), "{done:?}");
    let verified = json(&home, &["download", "verify"]);
    assert_eq!(verified["whole"].as_u64(), Some(count), "{verified}");
}
