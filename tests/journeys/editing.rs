//! Lists edited with ten fingers, on screens of three sizes: built from a search, moved in blocks, filtered, cleared and
//! brought back in another run, taken through the listener's own editor, and led back through the journal.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::program::Home;
use crate::pty::Pty;
use crate::services::Services;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

/// A keyboard that counts.
struct Hand {
    screen: Pty,
    keys: usize,
}

impl Hand {
    fn new(screen: Pty) -> Self {
        Self { screen, keys: 0 }
    }

    /// Presses keys, one a character.
    fn press(&mut self, keys: &str) {
        self.keys += keys.chars().count();
        self.screen.keys(keys);
    }

    /// Waits for words that a narrow screen may have broken into lines.
    fn wait_for(&self, words: &str) -> String {
        self.screen.wait(words, |screen| flat(screen).contains(words))
    }
}

fn flat(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A silent second of sound without tags, called by its file's name.
fn tape(folder: &Path, name: &str) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(folder.join(format!("{name}.wav")), spec).unwrap();
    for _ in 0..8000 {
        file.write_sample(0_i16).unwrap();
    }
    file.finalize().unwrap();
}

fn build(columns: u16, rows: u16) {
    let services = Services::start();
    let music = tempfile::tempdir().unwrap();
    for number in 1..=6 {
        tape(music.path(), &format!("Night tape {number:02}"));
    }
    let config = services.signed_in_config();
    let home =
        Home::new().config(&format!("{config}[library]\nfolders = [\"{}\"]\n", music.path().display()));
    assert_eq!(home.run(&["library", "scan"]).code, 0);
    let mut hand = Hand::new(Pty::start(&home, &[], columns, rows, &[]));
    hand.wait_for("Listen now");
    hand.press("gsni\r");
    // Own music answers first; every screen has room for what the first service says.
    hand.screen.wait("the first service's answer", |screen| {
        flat(screen).split("Audius ").any(|rest| rest.split(' ').nth(1) == Some("found"))
    });
    let mut marked = 0;
    while marked < 40 {
        hand.press("V");
        let shown = flat(&hand.wait_for(" selected"));
        let before = shown.split(" selected").next().unwrap_or_default();
        marked = before.split(' ').next_back().and_then(|count| count.parse().ok()).unwrap_or(0);
        if marked < 40 {
            // The others are still to come.
            hand.press("\x1b");
            hand.screen.wait("no marks", |screen| !screen.contains(" selected"));
        }
    }
    // Own music, which answers first and stands at the top, stays.
    hand.press("jjjjjj");
    for left in (40..marked).rev() {
        hand.press("\0");
        hand.wait_for(&format!("{left} selected"));
    }
    hand.press("a");
    hand.wait_for("New playlist here");
    hand.press("mix\r");
    hand.wait_for("Kept mix (40 tracks)");
    assert!(hand.keys < 60, "{} keys", hand.keys);
    println!("a playlist of 40 in {} keys at {columns}x{rows}", hand.keys);
    hand.press("4");
    hand.wait_for("Your playlists");
    hand.press("\r");
    hand.wait_for("Title");
    hand.press("Q");
    assert_eq!(hand.screen.end().code, 0);
    let shown = home.run(&["playlist", "show", "mix", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let items = shown["items"].as_array().unwrap();
    let names: Vec<&str> = items.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(items.len(), 40);
    assert!(names.iter().any(|name| name.starts_with('/')), "{names:?}");
    // The services know many of the same recordings, and a row has the name that answered first: it is of every service
    // that found it.
    let found = home.run(&["search", "ni", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&found.out).unwrap();
    let rows = found.as_array().unwrap().iter().map(|row| {
        let also = row["also"].as_array().into_iter().flatten();
        std::iter::once(&row["name"]).chain(also).filter_map(|name| name.as_str()).collect::<Vec<_>>()
    });
    let kept: Vec<&str> =
        rows.filter(|known| known.iter().any(|name| names.contains(name))).flatten().collect();
    for service in ["audius:", "yourmusic:", "audiomack:", "audiosocket:"] {
        assert!(kept.iter().any(|name| name.starts_with(service)), "{service} {kept:?}");
    }
}

#[test]
fn forty_rows_of_several_services_and_own_files_in_under_sixty_keys() {
    for (columns, rows) in SIZES {
        build(columns, rows);
    }
}

/// An editor that is a shell script.
fn editor(home: &Home, name: &str, script: &str) -> PathBuf {
    let path = home.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The demo with three tracks in its queue, as many as every screen shows, on the queue's page. `EDITOR` is a script that may change between.
fn with_three(home: &Home, columns: u16, rows: u16, editor: &Path) -> Hand {
    // Of two words, one in quotes: it is no shell that takes them apart.
    let command = format!("'{}' +1", editor.display());
    let screen = Pty::start(home, &["--demo"], columns, rows, &[("EDITOR", &command), ("VISUAL", "")]);
    let mut hand = Hand::new(screen);
    hand.wait_for("Trending");
    hand.press("\r");
    hand.wait_for("Night Ferry");
    hand.press("vjj");
    hand.screen.wait("three marks", |screen| screen.matches('●').count() == 3);
    hand.press("e");
    hand.wait_for("3 tracks)");
    hand.press("3");
    hand.wait_for("Track 1 of 3");
    hand
}

/// The beginnings of the rows of a list.
fn rows_of(screen: &str) -> Vec<String> {
    let Some(heading) = screen.lines().position(|line| line.contains("Title")) else { return Vec::new() };
    let rows = screen.lines().skip(heading + 1).take(3);
    rows.map(|line| line.chars().skip(4).take(9).collect::<String>().trim().to_owned()).collect()
}

fn as_text(columns: u16, rows: u16) {
    let home = Home::new().demo_config("[player]\noutput = \"null\"\n");
    let script = editor(&home, "my editor", "");
    let said = home.path().join("said");
    // The file comes last; what is there is noted, with its rights.
    let write = |change: &str| {
        let note = format!("file=$2\nls -l \"$file\" > '{}'\n", said.display());
        editor(&home, "my editor", &format!("{note}{change}"));
    };
    let mut hand = with_three(&home, columns, rows, &script);
    let before = rows_of(&hand.wait_for("Track 1 of 3"));
    assert_eq!(before.len(), 3);
    // A line that is not understood: nothing is changed, and the text is offered again.
    write(
        "{ grep '^=' \"$file\" | tail -1; echo 'what is this'; } > \"$file.new\"; mv \"$file.new\" \"$file\"\n",
    );
    hand.press("\x05");
    hand.wait_for("line 2");
    hand.wait_for("Nothing was changed");
    hand.press("j");
    let after = hand.screen.wait("the rows", |screen| rows_of(screen) == before);
    assert!(after.contains("Track 1 of 3"), "{after}");
    let told = fs::read_to_string(&said).unwrap();
    assert!(told.starts_with("-rw-------"), "{told}");
    let place = told.split_whitespace().next_back().unwrap().to_owned();
    assert!(!Path::new(&place).exists(), "the file is gone");
    // Mended: the last row alone, and a search.
    write(&format!(
        "cp \"$file\" '{}'\nsed -i 's/^what is this$/? harbour/' \"$file\"\n",
        home.path().join("offered").display()
    ));
    hand.press("\x05");
    hand.wait_for("Track 1 of 2");
    let offered = fs::read_to_string(home.path().join("offered")).unwrap();
    assert!(offered.contains("#! this is neither a row nor something to add\nwhat is this\n"), "{offered}");
    hand.screen.wait("the new rows", |screen| {
        let rows = rows_of(screen);
        rows[0] == before[2] && rows[1].starts_with("Harbour")
    });
    // One undoable step.
    hand.press("u");
    hand.screen.wait("as before", |screen| rows_of(screen) == before);
    // Whole lines are moved, deleted and doubled; what the editor writes is seen, and the screen comes back whole.
    write(
        "echo 'EDITOR HERE'; { grep '^=' \"$file\" | tac; grep '^=' \"$file\" | head -1; } > \"$file.new\"; mv \"$file.new\" \"$file\"\n",
    );
    hand.press("\x05");
    hand.wait_for("Track 3 of 4");
    let shown = hand.wait_for("Title");
    assert!(!shown.contains("EDITOR HERE"), "{shown}");
    assert!(String::from_utf8_lossy(&hand.screen.bytes()).contains("EDITOR HERE"));
    // An editor that gives up, one that interrupts, and one that is not there.
    write("exit 3\n");
    hand.press("\x05");
    hand.wait_for("ended with exit status: 3");
    write("kill -INT 0; sleep 5\n");
    hand.press("\x05");
    hand.wait_for("signal: 2");
    fs::remove_file(&script).unwrap();
    hand.press("\x05");
    hand.wait_for("cannot be started");
    hand.press("j");
    hand.wait_for("Track 3 of 4");
    // The journal leads back to before all of it.
    hand.press("gj");
    hand.wait_for("Changes of the queue");
    let shown = hand.wait_for("the newest");
    assert!(shown.contains("editing"), "{shown}");
    hand.press("G");
    hand.press("\r");
    hand.wait_for("The queue is empty");
    hand.press("gj");
    hand.wait_for("Changes of the queue");
    hand.press("gg\r");
    hand.wait_for("Track 3 of 4");
    hand.press("q");
    let end = hand.screen.end();
    end.assert_clean();
    assert_eq!(end.code, 0);
}

#[test]
fn the_queue_goes_through_the_listeners_editor() {
    for (columns, rows) in SIZES {
        as_text(columns, rows);
    }
}

fn filtered(columns: u16, rows: u16) {
    let home = Home::new().demo_config("[player]\noutput = \"null\"\n");
    let mut hand = with_three(&home, columns, rows, Path::new("/bin/true"));
    let all = rows_of(&hand.wait_for("Track 1 of 3"));
    // Capitals and accents are forgiven; other letters of the words may be missing.
    let ferry = all.iter().position(|row| row.starts_with("Night Fer")).unwrap();
    hand.press("/nigF");
    hand.wait_for("1 of 3");
    hand.press("\r");
    hand.screen.wait("one row", |screen| {
        rows_of(screen)[0] == all[ferry] && !screen.contains(&all[(ferry + 1) % 3])
    });
    // What is taken out is the row that is seen.
    hand.press("d");
    hand.wait_for("No row has these words");
    hand.press("\x1b");
    hand.wait_for("Track 1 of 2");
    hand.press("u");
    hand.screen.wait("all rows", |screen| rows_of(screen) == all);
    // Cleared in one run, brought back in another.
    hand.press("D");
    hand.wait_for("The queue is empty");
    hand.press("q");
    assert_eq!(hand.screen.end().code, 0);
    let mut hand = Hand::new(Pty::start(&home, &["--demo"], columns, rows, &[]));
    // The page that was left is back.
    hand.wait_for("The queue is empty");
    hand.press("u");
    hand.wait_for("Track 1 of 3");
    // A marked block goes to the end.
    hand.press("ggvjJJ");
    let moved = [2, 0, 1].map(|row: usize| all[row].clone());
    hand.screen.wait("the block at the end", |screen| rows_of(screen) == moved);
    hand.press("q");
    assert_eq!(hand.screen.end().code, 0);
}

#[test]
fn a_filtered_list_is_edited_and_a_clear_is_taken_back_in_another_run() {
    for (columns, rows) in SIZES {
        filtered(columns, rows);
    }
}

#[test]
fn the_queue_is_saved_and_brought_back_by_name() {
    let home = Home::new().demo_config("[player]\noutput = \"null\"\n");
    let mut hand = with_three(&home, 80, 24, Path::new("/bin/true"));
    let all = rows_of(&hand.wait_for("Track 1 of 3"));
    // A running player keeps the queue to itself.
    let run = |arguments: &[&str]| home.run(&[arguments, &["--demo"]].concat());
    let refused = run(&["queue", "load", "later"]);
    assert!(refused.code == 3 && refused.err.contains("no playlist later"), "{refused:?}");
    hand.press("j\r");
    hand.wait_for("Track 2 of 3");
    hand.press(" ");
    hand.wait_for("Paused");
    hand.press("\x13");
    hand.wait_for("Save the queue");
    hand.press("later\r");
    hand.wait_for("Kept later (3 tracks)");
    let refused = run(&["queue", "load", "later"]);
    assert!(refused.code == 1 && refused.err.contains("runs already"), "{refused:?}");
    hand.press("gg");
    hand.press("d");
    hand.wait_for("Track 1 of 2");
    hand.press("q");
    assert_eq!(hand.screen.end().code, 0);
    let saved = run(&["queue", "save", "two"]);
    assert!(saved.code == 0 && saved.out.contains("The queue of 2 tracks is kept as two"), "{saved:?}");
    let listed = run(&["queue", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect();
    assert_eq!(names, ["later", "two"]);
    let loaded = run(&["queue", "load", "later"]);
    assert!(loaded.code == 0 && loaded.out.contains("later with 3 tracks is the queue now"), "{loaded:?}");
    let mut hand = Hand::new(Pty::start(&home, &["--demo"], 80, 24, &[]));
    let shown = hand.wait_for("Track 2 of 3");
    assert_eq!(rows_of(&shown), all);
    hand.press("u");
    hand.wait_for("Track 1 of 2");
    hand.press("4");
    hand.wait_for("queue, at");
    hand.press("gq");
    hand.wait_for("Track 2 of 3");
    hand.press("q");
    assert_eq!(hand.screen.end().code, 0);
}

#[test]
fn a_playlist_is_played_by_its_name() {
    let home = Home::new();
    for name in ["one", "two"] {
        tape(home.path(), name);
    }
    let place = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let made = home.run(&["playlist", "new", "local", "mix", &place("one.wav"), &place("two.wav")]);
    assert_eq!(made.code, 0, "{made:?}");
    for name in [&["--playlist", "mix"][..], &["local:playlist:1"], &["--playlist", "local:playlist:1"]] {
        let played = home.run(&[&["play", "--output", "null", "--json"], name].concat());
        assert_eq!(played.code, 0, "{name:?}: {played:?}");
        let started = played.json_lines().iter().filter(|line| line["event"] == "started").count();
        assert_eq!(started, 2, "{name:?}: {played:?}");
    }
    let missing = home.run(&["play", "--playlist", "nothing", "--output", "null"]);
    assert!(missing.code == 3 && missing.err.contains("There is no playlist nothing"), "{missing:?}");
}

/// What is said of the own music in one run is taken back in another, step by step, and said again in a third.
#[test]
fn a_rating_and_a_like_are_taken_back_in_another_run() {
    let services = Services::start();
    let music = tempfile::tempdir().unwrap();
    tape(music.path(), "Night tape 01");
    let config = services.signed_in_config();
    let home =
        Home::new().config(&format!("{config}[library]\nfolders = [\"{}\"]\n", music.path().display()));
    assert_eq!(home.run(&["library", "scan"]).code, 0);
    let mut hand = Hand::new(Pty::start(&home, &[], 80, 24, &[]));
    hand.wait_for("Listen now");
    hand.press("gsnight tape\r");
    hand.wait_for("Night tape 01");
    hand.press("gg;4");
    hand.wait_for("4 of 5 stars: Night tape 01");
    hand.press("f");
    hand.wait_for("Liked: Night tape 01");
    hand.press("q");
    assert_eq!(hand.screen.end().code, 0);

    let said = |list: &str| {
        let done = home.run(&["browse", list, "--json"]);
        let page: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        page["items"].as_array().unwrap().len()
    };
    let both = || (said("files/liked"), said("files/ratings"));
    let step = |verb: &str, expected: &str| {
        let done = home.run(&["library", verb]);
        assert!(done.code == 0 && done.out.contains(expected), "{done:?}");
    };
    assert_eq!(both(), (1, 1));
    step("undo", "Taken back");
    assert_eq!(both(), (0, 1));
    step("undo", "Taken back");
    assert_eq!(both(), (0, 0));
    assert_ne!(home.run(&["library", "undo"]).code, 0, "that was all");
    step("redo", "Said again");
    step("redo", "Said again");
    assert_eq!(both(), (1, 1));
    step("log", "Night tape 01");
}
