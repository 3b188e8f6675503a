//! Playlists on this machine, with nothing but keys: made from a selection, edited, cleared, and all of it taken back
//! in another run; and the same playlists by the verbs of the command line.

use serde_json::Value;

use crate::program::{Home, demo_music, files};
use crate::pty::Pty;

const SILENT: &str = "[player]\noutput = \"null\"\n";

/// The demo with the first of its tracks queued, on the queue's page.
fn with_a_queue(home: &Home, columns: u16, rows: u16) -> Pty {
    let mut demo = Pty::start(home, &["--demo"], columns, rows, &[]);
    demo.wait_for("Trending");
    demo.keys("\r");
    demo.wait_for("Night Ferry");
    for (at, count) in ["1 track)", "2 tracks)", "3 tracks)", "4 tracks)", "5 tracks)"].iter().enumerate() {
        demo.keys("e");
        // A narrow screen wraps it.
        demo.wait(count, |screen| screen.split_whitespace().collect::<Vec<_>>().join(" ").contains(count));
        if at < 4 {
            demo.keys("j");
        }
    }
    demo.keys("3");
    demo.wait_for("Track 1 of 5");
    demo
}

/// The first word or two of each row.
fn rows(screen: &str) -> Vec<String> {
    let Some(heading) = screen.lines().position(|line| line.contains("Title")) else { return Vec::new() };
    let rows = screen.lines().skip(heading + 1).take(5);
    rows.map(|line| line.chars().skip(4).take(10).collect::<String>().trim().to_owned()).collect()
}

fn journey(columns: u16, rows_of_screen: u16) {
    let home = Home::new().demo_config(SILENT);
    let mut demo = with_a_queue(&home, columns, rows_of_screen);
    let queued = rows(&demo.wait_for("Track 1 of 5"));
    // All five into a new playlist.
    demo.keys("Va");
    demo.wait_for("New playlist here");
    demo.keys("Night drive");
    demo.wait_for("New playlist here: Night drive");
    demo.keys("\r");
    demo.wait_for("Kept Night drive (5 tracks)");
    demo.keys("4");
    demo.wait_for("Your playlists");
    demo.wait_for("Night drive");
    demo.keys("\r");
    let shown =
        demo.wait("the playlist", |screen| screen.contains("Night drive") && screen.contains("Title"));
    assert_eq!((rows(&shown), queued.len()), (queued.clone(), 5));
    // The second and third go to the end as a block.
    demo.keys("jvjJJ");
    let moved = [0, 3, 4, 1, 2].map(|row: usize| queued[row].clone());
    let is_moved = |screen: &str| rows(screen) == moved;
    demo.wait("the block at the end", is_moved);
    demo.keys("D");
    demo.wait_for("There is nothing in this playlist");
    demo.keys("q");
    demo.wait("the playlists", |screen| {
        screen.contains("Night drive") && !screen.contains("There is nothing in this playlist")
    });
    demo.keys("q");
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");

    let mut demo = Pty::start(&home, &["--demo"], columns, rows_of_screen, &[]);
    // The page that was left is back.
    demo.wait_for("Night drive");
    demo.keys("\r");
    demo.wait_for("There is nothing in this playlist");
    demo.keys("u");
    demo.wait("the clearing taken back", is_moved);
    demo.keys("uu");
    demo.wait("the moving taken back", |screen| rows(screen) == queued);
    // The queue too, cleared in one run and brought back in another.
    demo.keys("3");
    demo.wait_for("Track 1 of 5");
    demo.keys("D");
    demo.wait_for("The queue is empty");
    demo.keys("Q");
    assert_eq!(demo.end().code, 0);
    let mut demo = Pty::start(&home, &["--demo"], columns, rows_of_screen, &[]);
    demo.wait_for("The queue is empty");
    demo.keys("u");
    demo.wait_for("Track 1 of 5");
    demo.keys("Q");
    assert_eq!(demo.end().code, 0);
}

#[test]
fn a_playlist_is_edited_and_taken_back_in_another_run() {
    journey(120, 40);
    journey(80, 24);
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let done = home.run(&[&["playlist"], arguments, &["--json"]].concat());
    assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    serde_json::from_str(&done.out).unwrap()
}

#[test]
fn the_verbs_take_playlists_of_this_machine() {
    let home = Home::new();
    let music = files(&demo_music(), &["mp3", "flac"]);
    let paths: Vec<&str> = music.iter().take(4).map(|path| path.to_str().unwrap()).collect();
    let [one, two, three, four] = paths.as_slice() else { panic!("{paths:?}") };
    let made = json(&home, &["new", "local", "Night drive", one, two, three]);
    assert_eq!(
        (&made["done"], &made["name"], &made["tracks"]),
        (&"new".into(), &"local:playlist:1".into(), &3.into())
    );
    let held = |playlist: &str| -> Vec<String> {
        let shown = json(&home, &["show", playlist]);
        let items = shown["items"].as_array().unwrap().clone();
        items.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(held("Night drive"), [*one, *two, *three]);
    json(&home, &["add", "Night drive", four, one]);
    json(&home, &["move", "local:playlist:1", "1", "5"]);
    assert_eq!(held("Night drive"), [*two, *three, *four, *one, *one]);
    let removed = json(&home, &["remove", "Night drive", one, "2"]);
    assert_eq!(removed["tracks"], 3);
    assert_eq!(held("Night drive"), [*two, *four]);
    json(&home, &["rename", "Night drive", "雨"]);
    let listed = json(&home, &["list", "local"]);
    assert_eq!((&listed[0]["title"], &listed[0]["tracks"]), (&"雨".into(), &2.into()));
    for (arguments, code, words) in [
        (&["show", "Night drive"][..], 3, "There is no playlist Night drive on this machine"),
        (&["new", "local", "雨"], 2, "There is a playlist called 雨 already"),
        (&["add", "雨", "nowhere.mp3"], 3, "There is no file nowhere.mp3"),
        (&["move", "雨", "1", "3"], 2, "雨 has no row 3"),
        (&["edit", "雨", "--genre", "Rain"], 4, "has no genre"),
    ] {
        let done = home.run(&[&["playlist"], arguments].concat());
        assert!(done.code == code && done.err.contains(words), "{arguments:?}: {done:?}");
    }
    json(&home, &["delete", "雨"]);
    assert_eq!(home.run(&["playlist", "list"]).code, 4);
}
