//! The listener's own library at the command line: what befell it is told, what is not meant is asked for, and what cannot
//! be written as text can be named all the same.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::playlists::{json, refused, text, tracks};
use crate::program::{Done, Home, demo_music, files};
use crate::services::Services;

#[test]
fn a_library_that_was_rebuilt_is_told_by_whatever_verb_met_it() {
    let home = Home::new();
    let library = home.path().join("data/library.db");
    for verb in [
        &["playlist", "list"][..],
        &["playlist", "show", "Trip"],
        &["search", "ferry"],
        &["browse", "files/added"],
        &["library", "stats"],
        &["library", "check"],
        &["library", "log"],
        &["queue", "list"],
        &["download", "list"],
        &["download", "check"],
    ] {
        json(&home, &["playlist", "new", "local", "Trip"]);
        let damaged: Vec<u8> = fs::read(&library).unwrap().iter().map(|byte| byte ^ 0x55).collect();
        fs::write(&library, &damaged).unwrap();
        let met = home.run(verb);
        assert_eq!(met.err.matches("was damaged and has been rebuilt").count(), 1, "{verb:?}: {met:?}");
        assert!(met.err.contains("library.db.damaged-") && !met.out.contains("rebuilt"), "{verb:?}: {met:?}");
        let again = home.run(verb);
        assert!(!again.err.contains("rebuilt"), "{verb:?}: {again:?}");
        fs::remove_file(&library).unwrap();
    }
}

#[test]
fn taking_back_what_a_service_hears_of_has_to_be_meant() {
    let services = Services::start();
    let home = services.signed_in();
    let first = tracks(&home, "audiomack").remove(0);
    let made = json(&home, &["playlist", "new", "audiomack", "Ours", &first]);
    let name = text(&made["name"]);
    let there = || services.signed_in().run(&["browse", &name]).code == 0;
    refused(&home, &["playlist", "undo"], 2, "Ours is deleted at Audiomack");
    refused(&home, &["playlist", "undo", "--json"], 2, "--yes");
    assert!(there());
    assert_eq!(json(&home, &["playlist", "undo", "--yes"])["done"], "undo");
    assert!(!there());
    refused(&home, &["playlist", "redo"], 2, "Ours is made anew at Audiomack");
    // What stays on this machine goes without a word.
    json(&home, &["playlist", "new", "local", "Here"]);
    assert!(home.run(&["playlist", "undo"]).out.contains("Here is gone again"));
    assert!(home.run(&["playlist", "redo"]).out.contains("Here is there again"));
}

#[test]
fn a_text_without_rows_has_to_be_meant() {
    let home = Home::new();
    let music = files(&demo_music().join("tracks"), &["mp3"]);
    json(&home, &["playlist", "new", "local", "Trip", music[0].to_str().unwrap()]);
    let empty = home.path().join("empty.txt");
    fs::write(&empty, "# nothing\n\n").unwrap();
    let edit = ["playlist", "edit", "Trip", "--text", empty.to_str().unwrap()];
    refused(&home, &edit, 2, "leaves no row of Trip");
    let rows = || json(&home, &["playlist", "show", "Trip"])["items"].as_array().unwrap().len();
    assert_eq!(rows(), 1);
    let done = json(&home, &[&edit[..], &["--yes"]].concat());
    assert_eq!((&done["done"], rows()), (&"edit".into(), 0), "{done}");
    // What is empty already loses nothing.
    assert_eq!(json(&home, &edit)["words"], "Nothing was changed");
}

#[test]
fn a_search_that_is_not_understood_is_told_with_its_place() {
    let home = Home::new();
    let wrong = ["rating>=abc", "bogus:foo", "year>", "is:good"];
    for query in wrong {
        for verb in [&["search", "night", query][..], &["library", "smart", "add", "Mine", "night", query]] {
            refused(&home, verb, 2, &format!("not understood at letter 7, {query}: "));
        }
    }
    let allowed =
        refused(&home, &["search", "bogus:foo"], 2, "there are title, artist, album, genre, path, year");
    assert!(allowed.err.contains("in quotes"), "{allowed:?}");
    let kept = json(&home, &["library", "smart", "add", "Mine", "rating>=4", "\"bogus:foo\""]);
    assert_eq!(kept["query"], "rating>=4 \"bogus:foo\"");
    assert_eq!(json(&home, &["library", "smart", "remove", "Mine"])["name"], "Mine");
}

#[test]
fn a_name_that_is_no_text_is_written_as_an_address_and_read_back() {
    let home = Home::new();
    let music = home.path().join("music");
    fs::create_dir(&music).unwrap();
    let place = music.join(OsStr::from_bytes(b"caf\xe9 \x1b[31m.mp3"));
    fs::copy(&files(&demo_music().join("tracks"), &["mp3"])[0], &place).unwrap();
    let run = |arguments: &[&OsStr]| {
        let mut command = home.segue(&[]);
        Done::from(command.args(arguments).current_dir(&music).output().unwrap())
    };
    let words = |words: &'static [&'static str]| words.iter().map(OsStr::new).collect::<Vec<_>>();
    let here = place.file_name().unwrap();
    let made = run(&[words(&["playlist", "new", "local", "Odd"]), vec![here]].concat());
    assert_eq!(made.code, 0, "{made:?}");
    let rows = || json(&home, &["playlist", "show", "Odd"])["items"].as_array().unwrap().clone();
    let name = text(&rows()[0]["name"]);
    assert!(name.starts_with("file:///") && name.ends_with("/caf%E9%20%1B[31m.mp3"), "{name}");
    let shown = home.run(&["playlist", "show", "Odd"]);
    assert!(shown.out.contains(&name), "{shown:?}");
    json(&home, &["playlist", "add", "Odd", &name]);
    let list = home.path().join("list.txt");
    fs::write(&list, format!("{name}\n")).unwrap();
    json(&home, &["playlist", "edit", "Odd", "--text", list.to_str().unwrap()]);
    assert_eq!((rows().len(), text(&rows()[0]["name"])), (1, name.clone()));
    let probed = json(&home, &["probe", &name]);
    assert!(probed["duration"].as_f64().is_some(), "{probed}");
    let out = home.path().join("out.wav");
    let played = home.run(&["play", &name, "--output", &format!("wav:{}", out.display()), "--json"]);
    assert!(played.code == 0 && played.out.contains("%E9"), "{played:?}");
    let liked = run(&[words(&["like"]), vec![here], words(&["--json"])].concat());
    assert_eq!(liked.code, 0, "{liked:?}");
    let removed = run(&[words(&["playlist", "remove", "Odd"]), vec![here]].concat());
    assert!(removed.code == 0 && rows().is_empty(), "{removed:?}");
}

#[test]
fn lists_of_old_players_are_matched_by_what_their_lines_say() {
    let home = Home::new();
    let folder = home.path().join("in");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let dry = |list: &str| json(&home, &["--demo", "playlist", "import", list, "--dry-run"])["rows"].clone();
    let pls = write("a.pls", b"[playlist]\nFile1=/gone/1.mp3\nTitle1=Ada Cole - Night Ferry\nLength1=-1\n");
    let bare = write("b.m3u", b"/gone/01 - Ada Cole - Night Ferry.mp3\n");
    for list in [pls, bare] {
        let row = dry(&list)[0].clone();
        assert_eq!((&row["title"], &row["artists"]), (&"Night Ferry".into(), &"Ada Cole".into()), "{row}");
        assert_eq!(row["match"], "recording", "{row}");
    }
    // An address that nobody plays is told, and not looked for by the words of its refusal.
    let old = write("c.m3u", b"ftp://old.example/x.mp3\n");
    let row = dry(&old)[0].clone();
    assert_eq!((&row["title"], &row["match"]), (&"".into(), &"missing".into()), "{row}");
    assert!(row["source"].is_null() && text(&row["why"]).contains("ftp://old.example/x.mp3"), "{row}");
    let told = home.run(&["--demo", "playlist", "import", &old, "--dry-run"]);
    assert!(told.out.contains("not found: row 1 (") && told.out.contains("1 row: 0 as named"), "{told:?}");
    let sound = fs::read(&files(&demo_music().join("tracks"), &["mp3"])[0]).unwrap();
    refused(&home, &["playlist", "import", &write("d.m3u", &sound)], 6, "binary data");
}
