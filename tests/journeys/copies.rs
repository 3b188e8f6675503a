//! What is in a copy besides its sound, and what is done where a copy is no good; albums and links on the page of downloads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::playlists::json;
use crate::program::{Home, have};
use crate::pty::{Pty, is_heard};
use crate::services::Services;

fn ffprobe(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_format", "-show_streams", "-of", "json"])
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", path.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A tag, whichever case its name has.
fn tag(probed: &Value, name: &str) -> String {
    let of = |tags: &Value| {
        let tags = tags.as_object()?;
        let found = tags.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        found.1.as_str().map(str::to_owned)
    };
    of(&probed["format"]["tags"]).or_else(|| of(&probed["streams"][0]["tags"])).unwrap_or_default()
}

/// The picture in a file.
fn picture(path: &Path) -> Vec<u8> {
    let copy = ["-map", "0:v:0", "-c", "copy", "-f", "image2pipe", "-"];
    Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(copy).output().unwrap().stdout
}

/// The first track of a service with this title that may be kept.
fn keepable(home: &Home, service: &str, title: &str) -> String {
    let found = json(home, &["search", title, "--service", service, "--limit", "30"]);
    let mut rows = found.as_array().unwrap().iter();
    let row = rows.find(|row| row["keepable"] == true && row["title"] == title);
    row.unwrap_or_else(|| panic!("{service} lets nobody keep {title}: {found}"))["name"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn copied(home: &Home, names: &[&str]) -> Vec<PathBuf> {
    let added = json(home, &[&["download", "add"], names].concat());
    assert_eq!(added["refused"].as_array().unwrap().len(), 0, "{added}");
    let done = home.run(&["download", "run", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let mut copies: Vec<(u64, PathBuf)> = done
        .json_lines()
        .iter()
        .filter(|line| line["event"] == "done")
        .map(|line| (line["id"].as_u64().unwrap(), PathBuf::from(line["path"].as_str().unwrap())))
        .collect();
    copies.sort();
    copies.into_iter().map(|(_, path)| path).collect()
}

#[test]
fn what_the_services_tell_is_in_the_copies() {
    if !have("ffprobe") || !have("ffmpeg") {
        return;
    }
    let services = Services::start();
    let home = services.signed_in();
    let covers = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/covers");
    let cover = |name: &str| fs::read(covers.join(name)).unwrap();
    let names = [
        keepable(&home, "audius", "Night Ferry"),
        keepable(&home, "audiomack", "Night Ferry"),
        keepable(&home, "yourmusic", "Harbour Lights"),
        keepable(&home, "audiosocket", "Harbour Lights"),
    ];
    // One by one: the same recording is not copied twice.
    for (at, name) in names.iter().enumerate() {
        let home = services.signed_in();
        let copy = copied(&home, &[name]).pop().unwrap();
        let probed = ffprobe(&copy);
        let title = if at < 2 { "Night Ferry" } else { "Harbour Lights" };
        let (isrc, picture_of) =
            if at < 2 { ("ZZSEG2600001", "night-ferry.jpg") } else { ("ZZSEG2600002", "harbour-lights.jpg") };
        assert_eq!(
            (tag(&probed, "title").as_str(), tag(&probed, "artist").as_str()),
            (title, "Ada Cole"),
            "{name}"
        );
        assert_eq!(tag(&probed, "album"), "Tides", "{name}: {probed}");
        assert!(picture(&copy) == cover(picture_of), "{name}: the cover");
        let all = String::from_utf8_lossy(&fs::read(&copy).unwrap()).into_owned();
        assert!(all.contains(isrc), "{name}: the recording's code");
        match at {
            0 => {
                assert_eq!(tag(&probed, "genre"), "Downtempo", "{probed}");
                assert!(all.contains("audius.co/"), "the page of the track");
            }
            1 => {
                assert_eq!(tag(&probed, "genre"), "Downtempo", "{probed}");
                assert!(all.contains("audiomack.com/"), "the page of the track");
            }
            2 => {
                assert_eq!(
                    (tag(&probed, "track").as_str(), tag(&probed, "date").as_str()),
                    ("2", "2026"),
                    "{probed}"
                );
                assert!(copy.ends_with("Ada Cole/Tides/02 Harbour Lights.m4a"), "{copy:?}");
            }
            _ => assert_eq!(tag(&probed, "genre"), "Folk", "{probed}"),
        }
    }
    // An album tells of its tracks: the place of each, and whose it is.
    let home = services.signed_in();
    let album = json(&home, &["show", &names[2]])["album_name"].as_str().unwrap().to_owned();
    let copies = copied(&home, &[&album]);
    assert!(copies.len() >= 2, "{copies:?}");
    for copy in &copies {
        let probed = ffprobe(copy);
        assert_eq!(tag(&probed, "album_artist"), "Ada Cole", "{probed}");
        assert_eq!(tag(&probed, "date"), "2026", "{probed}");
    }
}

#[test]
fn a_copy_that_is_no_good_makes_way_to_the_stream() {
    let services = Services::start();
    let home = services.signed_in();
    let names =
        [keepable(&home, "audiosocket", "Night Ferry"), keepable(&home, "yourmusic", "Harbour Lights")];
    let copies = copied(&home, &[&names[0], &names[1]]);
    // One rots from its first byte on, one is deleted.
    let bytes = fs::metadata(&copies[0]).unwrap().len();
    fs::write(&copies[0], vec![0x55; usize::try_from(bytes).unwrap()]).unwrap();
    fs::remove_file(&copies[1]).unwrap();
    let mut player = Pty::start(&home, &[], 120, 40, &[]);
    player.wait_for("Listen now");
    player.keys("W");
    player.wait_for("Harbour Lights");
    for (keys, title) in [("gg\r", "Night Ferry"), ("G\r", "Harbour Lights")] {
        let before = services.sandbox.requests().len();
        player.keys(keys);
        player.wait("the stream", |screen| {
            let asked = services.sandbox.requests();
            is_heard(screen) && asked.iter().skip(before).any(|line| line.path.contains("/cdn/"))
        });
        assert!(player.wait(title, |screen| screen.contains(title)).contains(title));
    }
    player.keys("Q");
    assert_eq!(player.end().code, 0);
    // Both are forgotten as copies; asked for again, they come again.
    let again = json(&home, &["download", "add", &names[0], &names[1]]);
    assert_eq!(again["queued"], 2, "{again}");
}

#[test]
fn links_are_queued_groups_fold_and_edits_are_taken_back_in_later_runs() {
    let services = Services::start();
    let home = services.signed_in();
    let open = |home: &Home| {
        let mut player = Pty::start(home, &[], 120, 40, &[]);
        player.wait_for("Playlists   ");
        player.keys("W");
        player
            .wait("the page", |screen| screen.lines().nth(2).is_some_and(|line| line.contains("Downloads")));
        player
    };
    let track = keepable(&home, "yourmusic", "Harbour Lights");
    let album = json(&home, &["show", &track])["album_name"].as_str().unwrap().to_owned();
    let other = keepable(&home, "audiosocket", "Early Harbour");
    let mut player = open(&home);
    // Nothing runs meanwhile.
    player.keys("p");
    player.wait_for("All downloads are held");
    player.keys("w");
    player.wait_for("a link, or SERVICE:KIND:ID");
    player.keys(&format!("{album}\r"));
    player.wait_for("queued for download");
    player.wait_for("Harbour Lights");
    player.keys("w");
    player.wait_for("a link, or SERVICE:KIND:ID");
    player.keys(&format!("{other}\r"));
    player.wait_for("Early Harbour");
    let rows = |home: &Home| -> Vec<String> {
        let list = json(home, &["download", "list"]);
        list.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
    };
    let all = rows(&home);
    let count = all.len() - 1;
    assert!(count >= 2 && all[count] == "Early Harbour", "{all:?}");
    let list = json(&home, &["download", "list"]);
    assert_eq!(list[0]["group"], "Tides", "{list}");
    // Folded, the album is one row, and moves as one.
    player.keys("gg\t");
    player.wait_for(&format!("+ Tides ({count} tracks)"));
    player.keys("J");
    player.wait("the album second", |screen| {
        let row = |text: &str| screen.lines().position(|line| line.contains(text));
        row("+ Tides") > row("Early Harbour")
    });
    let mut moved = all.clone();
    moved.rotate_right(1);
    crate::program::until("the order is kept", || rows(&home) == moved);
    // Held and cancelled as one, and brought back.
    player.keys(" ");
    crate::program::until("the album is held", || {
        let list = json(&home, &["download", "list"]);
        list.as_array().unwrap().iter().filter(|row| row["state"] == "paused").count() == count
    });
    player.keys("d");
    player.wait("the album gone", |screen| !screen.contains("Tides"));
    crate::program::until("one row", || rows(&home).len() == 1);
    // A filter of its own.
    player.keys("u");
    player.wait_for("Undone: taking");
    player.keys("/early\r");
    player.wait_for(&format!("1 of {}", count + 1));
    player.keys("\x1b");
    let filtered = format!("1 of {}", count + 1);
    player.wait("all rows", |screen| !screen.contains(&filtered) && screen.contains("+ Tides"));
    assert_eq!(rows(&home), moved);
    player.keys("Q");
    assert_eq!(player.end().code, 0);

    // In a later run, what was done before is taken back, and done again.
    let mut player = open(&home);
    player.wait_for("Early Harbour");
    player.keys("u");
    player.wait_for("Undone: moving");
    crate::program::until("the first order", || rows(&home) == all);
    player.keys("U");
    player.wait_for("Done again: moving");
    crate::program::until("the second order", || rows(&home) == moved);
    let list = json(&home, &["download", "list"]);
    assert_eq!(list[1]["group"], "Tides", "groups keep their members: {list}");
    player.keys("U");
    player.wait_for("Done again: taking");
    crate::program::until("one row again", || rows(&home).len() == 1);
    player.keys("Q");
    assert_eq!(player.end().code, 0);
    let mut player = open(&home);
    player.wait_for("Early Harbour");
    player.keys("u");
    crate::program::until("back after a restart", || rows(&home) == moved);
    let list = json(&home, &["download", "list"]);
    assert_eq!((&list[1]["group"], &list[1]["state"]), (&"Tides".into(), &"paused".into()), "{list}");
    player.keys("Q");
    assert_eq!(player.end().code, 0);
}
