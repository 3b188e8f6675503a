//! Without a network, and before a journey: the binary against the services on this machine, whose log tells who was asked.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::playlists::{json, text, tracks};
use crate::program::{Home, files, until};
use crate::pty::{Pty, is_heard};
use crate::services::Services;

/// What was asked of the services since there were so many requests.
fn asked(services: &Services, before: usize) -> Vec<String> {
    services
        .sandbox
        .requests()
        .into_iter()
        .skip(before)
        .map(|line| format!("{} {}", line.method, line.path))
        .collect()
}

/// Three tracks of Audius that may be kept, and one that may not.
fn some(home: &Home) -> (Vec<String>, String) {
    let found = json(home, &["search", "a", "--service", "audius", "--limit", "6"]);
    let names: Vec<_> = found.as_array().unwrap().iter().map(|row| text(&row["name"])).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    json(home, &[&["download", "add"], all.as_slice()].concat());
    let list = json(home, &["download", "list"]);
    let list = list.as_array().unwrap();
    let ids: Vec<_> = list.iter().map(|row| row["id"].to_string()).collect();
    json(
        home,
        &[&["download", "cancel"], ids.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat(),
    );
    let kept: Vec<_> = list.iter().map(|row| text(&row["source"])).collect();
    let other = names.into_iter().find(|name| !kept.contains(name)).unwrap();
    (kept, other)
}

fn copies(home: &Home) -> usize {
    files(&home.path().join("data/downloads"), &["mp3", "m4a", "flac", "ogg", "opus", "wav"]).len()
}

#[test]
fn offline_nobody_is_asked_and_what_is_here_plays() {
    let services = Services::start();
    let home = services.signed_in();
    let (names, other) = some(&home);
    json(&home, &["download", "add", &names[0]]);
    assert_eq!(home.run(&["download", "run"]).code, 0);
    let before = services.sandbox.requests().len();
    let none = Vec::<String>::new();

    let wav = format!("wav:{}", home.path().join("out.wav").display());
    let played = home.run(&["play", &names[0], "--output", &wav, "--offline"]);
    assert_eq!((played.code, asked(&services, before)), (0, none.clone()), "{played:?}");
    let refused = home.run(&["--offline", "play", &other, "--output", &wav]);
    assert!(refused.code == 5 && refused.err.contains("offline by choice"), "{refused:?}");
    let title = text(&json(&home, &["download", "list"])[0]["title"]);
    let found = home.run(&["--offline", "search", &title]);
    assert!(found.code == 0 && found.out.starts_with(&names[0]), "{found:?}");
    let searched = home.run(&["--offline", "search", "qqqq"]);
    assert!(searched.code == 5 && searched.err.contains("Audius: you are offline by choice"), "{searched:?}");
    json(&home, &["download", "add", &names[0]]);
    let run = home.run(&["--offline", "download", "run"]);
    assert_eq!((run.code, asked(&services, before)), (0, none.clone()), "{run:?}");

    // On the screen: found among the copies, played from the file; online again by a key.
    let mut player = Pty::start(&home, &["--offline"], 120, 40, &[]);
    player.wait_for("Listen now");
    player.wait_for("offline");
    player.keys("gs");
    player.keys(&title);
    player.keys("\r");
    player.wait_for("you are offline by choice");
    player.wait("the copy is found", |screen| {
        screen.lines().filter(|line| line.contains(title.as_str())).count() > 1
    });
    player.keys("\r");
    player.wait("it plays", is_heard);
    assert_eq!(asked(&services, before), none);
    player.keys("gO");
    player.wait_for("Online again");
    player.wait("the services are asked", |screen| !screen.contains("offline"));
    until("somebody is asked", || !asked(&services, before).is_empty());
    player.keys("QQ");
    assert_eq!(player.end().code, 0);
}

#[test]
fn lists_are_kept_offline_and_checked_before_a_journey() {
    let services = Services::start();
    let home = services.signed_in();
    let (names, _) = some(&home);
    assert_eq!(home.run(&["download", "check"]).code, 0);
    json(&home, &["playlist", "new", "local", "Trip", &names[0], &names[1]]);
    let kept = json(&home, &["download", "keep", "Trip"]);
    assert_eq!((kept[0]["tracks"].as_u64(), kept[0]["queued"].as_u64()), (Some(2), Some(2)), "{kept}");
    let early = home.run(&["download", "check", "--json"]);
    let told: Value = serde_json::from_str(&early.out).unwrap();
    assert_eq!((early.code, &told["words"]), (1, &"2 of 2 are not yet here".into()), "{early:?}");
    assert_eq!(told["lists"][0]["missing"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(home.run(&["download", "run"]).code, 0);
    let ready = home.run(&["download", "check"]);
    assert!(ready.code == 0 && ready.out.contains("All 2 that are kept offline are here"), "{ready:?}");

    // What joins the list is copied with the next run; what leaves it stays for a while.
    json(&home, &["playlist", "add", "Trip", &names[2]]);
    json(&home, &["playlist", "remove", "Trip", "1"]);
    assert_eq!(home.run(&["download", "run"]).code, 0);
    assert_eq!(copies(&home), 3);
    let ready = json(&home, &["download", "check"]);
    assert_eq!((&ready["all"], &ready["here"]), (&2.into(), &2.into()), "{ready}");
    let unknown = home.run(&["download", "unkeep", "Journey"]);
    assert!(unknown.code == 3 && unknown.err.contains("segue download check"), "{unknown:?}");
    json(&home, &["download", "unkeep", "Trip"]);
    assert_eq!((json(&home, &["download", "check"])["all"].as_u64(), copies(&home)), (Some(0), 3));
}

#[test]
fn what_is_kept_of_a_service_opens_without_it() {
    let services = Services::start();
    let home = services.signed_in();
    let (names, title) = (tracks(&home, "audiomack"), "For the train");
    let made = json(&home, &["playlist", "new", "audiomack", title, &names[0], &names[1], &names[2]]);
    let name = text(&made["name"]);
    let kept = json(&home, &["download", "keep", &name]);
    let count = kept[0]["tracks"].as_u64().unwrap() as usize;
    assert_eq!(home.run(&["download", "run"]).code, 0);
    let online = home.run(&["browse", &name]);
    let before = services.sandbox.requests().len();
    // Nothing of the answers of the services is left, only what the list of copies knows.
    fs::remove_dir_all(home.path().join("cache")).unwrap();

    let listed = home.run(&["--offline", "browse", &name]);
    assert_eq!((listed.code, &listed.out), (0, &online.out), "{listed:?}");
    let rows = json(&home, &["--offline", "browse", &name]);
    let rows = rows["items"].as_array().unwrap();
    assert_eq!(rows.len(), count);
    let wav = format!("wav:{}", home.path().join("out.wav").display());
    let played = home.run(&["--offline", "play", &name, "--output", &wav]);
    // Two of them may only be streamed, which is known here too.
    let (here, others): (Vec<&Value>, Vec<&Value>) = rows.iter().partition(|row| row["keepable"] == true);
    let refused = text(&others[0]["title"]);
    assert!(played.code == 5 && played.err.contains(&refused), "{refused}: {played:?}");
    let heard = hound::WavReader::open(home.path().join("out.wav")).unwrap();
    let length: f64 = here.iter().filter_map(|row| row["length"].as_f64()).sum();
    let seconds = f64::from(heard.duration() / heard.spec().sample_rate);
    assert!((seconds - length).abs() < 1.0 && here.len() == 1, "{seconds}: {rows:?}");

    let mut player = Pty::start(&home, &["--offline"], 120, 40, &[]);
    player.wait_for("Listen now");
    player.keys("gT");
    player.wait("the list", |screen| screen.contains("Offline") && screen.contains(title));
    player.keys("\r");
    player.wait("its rows", |screen| screen.contains("from earlier"));
    player.keys("\r");
    player.wait("it plays", is_heard);
    assert_eq!(asked(&services, before), Vec::<String>::new());
    player.keys("QQ");
    assert_eq!(player.end().code, 0);
}

#[test]
fn the_account_is_told_which_copies_there_are() {
    let services = Services::start();
    let home = services.signed_in();
    let noted = || json(&home, &["service", "audiomack", "downloads"]);
    let before = noted().as_array().unwrap().len();
    let names = tracks(&home, "audiomack");
    let added = json(
        &home,
        &[&["download", "add"], names.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat(),
    );
    let count = added["queued"].as_u64().unwrap() as usize;
    assert!(count > 0, "{added}");
    assert_eq!(home.run(&["download", "run"]).code, 0);
    let told = noted();
    let ids: Vec<String> = told.as_array().unwrap().iter().map(text).collect();
    assert!(ids.len() > before, "{told}");
    let list = json(&home, &["download", "list"]);
    for row in list.as_array().unwrap() {
        let source = text(&row["source"]);
        assert!(ids.iter().any(|id| source.ends_with(&format!(":{id}"))), "{source} is not among {ids:?}");
    }
    // It is read, too: as a list that can be kept offline.
    let kept = json(&home, &["download", "keep", "audiomack/mine/downloads"]);
    assert!(kept[0]["tracks"].as_u64().unwrap() as usize >= list.as_array().unwrap().len(), "{kept}");

    // A copy that goes is told, once somebody can be.
    for path in files(&home.path().join("data/downloads"), &["mp3", "m4a"]) {
        fs::remove_file(path).unwrap();
    }
    home.run(&["download", "verify"]);
    let list = json(&home, &["download", "list"]);
    for row in list.as_array().unwrap() {
        json(&home, &["download", "cancel", &row["id"].to_string()]);
    }
    json(&home, &["download", "unkeep", "audiomack/mine/downloads"]);
    home.run(&["download", "run"]);
    let left: Vec<String> = noted().as_array().unwrap().iter().map(text).collect();
    for row in list.as_array().unwrap() {
        let source = text(&row["source"]);
        assert!(!left.iter().any(|id| source.ends_with(&format!(":{id}"))), "{source} is among {left:?}");
    }
}

#[test]
fn a_run_is_watched_and_quiet_hours_hold_it() {
    let services = Services::start();
    let hour = Command::new("date").arg("+%H").output().unwrap();
    let hour: u32 = String::from_utf8(hour.stdout).unwrap().trim().parse().unwrap();
    // All but two hours on the other side of the day.
    let quiet = format!("{:02}:00-{:02}:00", (hour + 13) % 24, (hour + 11) % 24);
    let config = services.signed_in_config();
    let home = Home::new().config(&format!("[downloads]\nquiet_hours = \"{quiet}\"\n{config}"));
    let (names, _) = some(&home);
    json(&home, &["download", "add", &names[0], &names[1]]);
    let run = home.run(&["download", "run", "--json"]);
    let summary = run.json_lines().pop().unwrap();
    assert_eq!((&summary["done"], &summary["left"]), (&0.into(), &2.into()), "{run:?}");
    assert!(run.out.contains("These are quiet hours"), "{run:?}");

    let home = home.config(&config);
    let watch = home.segue(&["download", "watch", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(home.run(&["download", "run"]).code, 0);
    let told = watch.wait_with_output().unwrap();
    let lines: Vec<Value> = String::from_utf8(told.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["event"], "watch");
    let done = lines.iter().filter(|line| line["event"] == "job" && line["state"] == "done").count();
    assert_eq!((done, &lines.last().unwrap()["done"]), (2, &2.into()), "{lines:?}");
}

#[test]
fn what_the_listener_has_a_file_of_is_not_copied() {
    let services = Services::start();
    let music = tempfile::tempdir().unwrap();
    let config = services.signed_in_config();
    let home =
        Home::new().config(&format!("{config}[library]\nfolders = [\"{}\"]\n", music.path().display()));
    let found = json(&home, &["search", "a", "--service", "audius", "--limit", "20"]);
    let coded =
        found.as_array().unwrap().iter().find(|row| row["isrc"].is_string() && row["keepable"] == true);
    let (name, isrc) = (text(&coded.unwrap()["name"]), text(&coded.unwrap()["isrc"]));
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-metadata", &format!("ISRC={isrc}")])
        .arg(music.path().join("own.flac"))
        .status();
    assert!(made.unwrap().success());
    assert_eq!(home.run(&["library", "scan"]).code, 0);
    let added = home.run(&["download", "add", &name]);
    assert!(added.code == 0 && added.out.contains("on this machine already"), "{added:?}");
    assert_eq!(json(&home, &["download", "list"]).as_array().unwrap().len(), 0);
    // On the screen, too.
    json(&home, &["playlist", "new", "local", "mix", &name]);
    assert_eq!(home.run(&["queue", "load", "mix"]).code, 0);
    let mut player = Pty::start(&home, &[], 120, 40, &[]);
    player.wait_for("1 Search");
    let log = home.path().join("state/segue.log");
    until("own recordings are known", || {
        fs::read_to_string(&log).is_ok_and(|text| text.contains("own files are known"))
    });
    player.keys("3");
    player.wait_for("Title");
    player.keys("w");
    player.wait_for("on this machine already");
    player.keys("Q");
    assert_eq!(player.end().code, 0);
}
