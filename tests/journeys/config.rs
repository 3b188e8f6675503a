//! `segue config` and `segue keys`, and themes on a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::program::{Done, Home};
use crate::pty::Pty;

const BAD: &str =
    "[player]\nvolume = 300\nvolum = 3\n[screen]\ntheme = \"nrod\"\n[keys]\nmute = \"j\"\nnxt = \"x\"\n";

#[test]
fn a_check_names_every_place() {
    let home = Home::new().config(BAD);
    let themes = home.path().join("config/themes");
    fs::create_dir_all(&themes).unwrap();
    fs::write(themes.join("mine.toml"), "inherits = \"nord\"\nkey = \"blu\"\n").unwrap();
    let done = home.run(&["config", "check"]);
    assert_eq!(done.code, 1, "{done:?}");
    let file = home.path().join("config/config.toml").display().to_string();
    let mine = themes.join("mine.toml").display().to_string();
    for line in [
        format!("{file}:2:10: player.volume cannot be 300; expected a whole number from 0 to 100"),
        format!("{file}:3:1: player.volum is not a setting; did you mean player.volume?"),
        format!("{file}:5:9: screen.theme: there is no theme nrod; did you mean nord?"),
        format!("{file}:8:7: keys.nxt: there is no action of this name; did you mean next?"),
        format!("{mine}, line 2, column 7: key: \"blu\" is no colour; did you mean blue?; expected a colour"),
    ] {
        assert!(done.out.lines().any(|told| told.starts_with(&line)), "{line} in {}", done.out);
    }
    assert!(
        done.out.contains(&format!("{file}:7:8: keys.mute: j is move-down in every list")),
        "{}",
        done.out
    );
    let json = home.run(&["config", "check", "--json"]);
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, told[0]["line"].as_u64(), told[0]["column"].as_u64()), (1, Some(2), Some(10)));
    let keys = home.run(&["keys", "check"]);
    assert_eq!((keys.code, keys.out.lines().count()), (1, 2), "{keys:?}");
    assert_eq!(Home::new().run(&["config", "check"]).code, 0);
    let good = Home::new().config("[player]\nvolume = 3\n").run(&["config", "check"]);
    assert!(good.code == 0 && good.out.ends_with("config.toml is good\n"), "{good:?}");
    let other = home.path().join("other.toml");
    fs::write(&other, "x = 1\n").unwrap();
    let done = home.run(&["config", "check", other.to_str().unwrap()]);
    assert!(done.out.starts_with(&format!("{}:1:1: x is not a setting", other.display())), "{done:?}");
    assert_eq!(home.run(&["config", "check", "/no/such/file"]).code, 3);
}

#[test]
fn settings_are_told_with_their_origin() {
    let home = Home::new().config("[player]\nvolume = 30\n[services.audius]\napi_key = \"s3cret\"\n");
    let done = home.run(&["config", "show"]);
    let file = home.path().join("config/config.toml").display().to_string();
    assert!(done.out.contains(&format!("player.volume = 30  # {file}, line 2\n")), "{}", done.out);
    assert!(done.out.contains("player.volume_step = 5  # default\n"), "{}", done.out);
    assert!(!done.out.contains("s3cret"), "{}", done.out);
    let some = home.run(&["config", "show", "screen"]);
    assert!(some.out.lines().all(|line| line.starts_with("screen.")), "{}", some.out);
    assert_eq!(home.run(&["config", "show", "scren"]).code, 3);
    let rows: Value = serde_json::from_str(&home.run(&["config", "show", "--json"]).out).unwrap();
    let row = rows.as_array().unwrap().iter().find(|row| row["path"] == "player.volume").unwrap();
    assert_eq!((row["value"].as_str(), row["line"].as_u64()), (Some("30"), Some(2)));
    let schema: Value = serde_json::from_str(&home.run(&["config", "schema"]).out).unwrap();
    assert_eq!(schema["properties"]["player"]["properties"]["volume"]["maximum"], 100);
    assert!(schema["properties"]["keys"]["properties"]["toggle-pause"].is_object());
    let keys = home.run(&["keys", "list"]);
    assert!(
        keys.out.lines().any(|line| line.contains("toggle-pause") && line.contains("<Space>")),
        "{}",
        keys.out
    );
}

/// An editor that puts `text` in the place of what it is given.
fn editor(home: &Home, text: &str) -> PathBuf {
    let path = home.path().join("editor.sh");
    fs::write(&path, format!("#!/bin/sh\ncat > \"$1\" <<'END'\n{text}END\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn edit(home: &Home, editor: &str) -> Done {
    let mut command = home.segue(&["config", "edit"]);
    command.env_remove("VISUAL").env("EDITOR", editor).stdin(std::process::Stdio::null());
    Done::from(command.output().unwrap())
}

#[test]
fn what_is_edited_is_checked_before_it_counts() {
    let home = Home::new().config("[player]\nvolume = 30\n");
    let file = home.path().join("config/config.toml");
    let path = editor(&home, "# mine\n[player]\nvolume = 40\n");
    let done = edit(&home, path.to_str().unwrap());
    assert_eq!(
        (done.code, fs::read_to_string(&file).unwrap().as_str()),
        (0, "# mine\n[player]\nvolume = 40\n"),
        "{done:?}"
    );
    let path = editor(&home, "[player]\nvolume = 400\n");
    let done = edit(&home, path.to_str().unwrap());
    assert_eq!(done.code, 2, "{done:?}");
    assert!(
        done.err.contains(":2:10: player.volume cannot be 400") && done.err.contains("Your text is in"),
        "{done:?}"
    );
    assert!(fs::read_to_string(&file).unwrap().contains("volume = 40\n"), "what was there stays");
    let copy = done.err.split("Your text is in ").nth(1).unwrap().trim().trim_end_matches('.');
    assert_eq!(fs::read_to_string(copy).unwrap(), "[player]\nvolume = 400\n");
    fs::remove_file(copy).unwrap();
    let done = edit(&home, "true");
    assert!(done.code == 0 && done.err.contains("Nothing was changed"), "{done:?}");
    let done = edit(&home, "false");
    assert!(done.code == 1 && done.err.contains("nothing was changed"), "{done:?}");
    // Where there is no file it begins with the documented settings, none of which counts yet.
    let fresh = Home::new();
    let keep = fresh.path().join("seen.toml");
    let path = editor(&fresh, "");
    fs::write(&path, format!("#!/bin/sh\ncp \"$1\" {}\necho '[player]' > \"$1\"\n", keep.display())).unwrap();
    assert_eq!(edit(&fresh, path.to_str().unwrap()).code, 0);
    assert!(fs::read_to_string(keep).unwrap().contains("\n# volume = 100\n"));
    let mode = fs::metadata(fresh.path().join("config/config.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Bytes of the program that set a colour of 24 bits.
const TRUE_COLOUR: &[u8] = b"\x1b[38;2;";

#[test]
fn a_theme_is_tried_kept_and_there_at_the_next_start() {
    let home = Home::new().demo_config("# mine\n[screen] # looks\ntheme = \"terminal\"\n");
    let file = home.path().join("config/demo/config.toml");
    let colours = [("COLORTERM", "truecolor")];
    let mut pty = Pty::start(&home, &["--demo"], 80, 24, &colours);
    pty.wait_for("Browse");
    pty.keys("T");
    pty.wait_for("high-contrast");
    assert!(!contains(&pty.bytes(), TRUE_COLOUR), "the terminal's own colours");
    pty.keys("G\x1b");
    pty.wait("the list is closed", |screen| !screen.contains("high-contrast"));
    assert!(contains(&pty.bytes(), TRUE_COLOUR), "it was shown while the cursor was on it");
    assert!(fs::read_to_string(&file).unwrap().contains("\"terminal\""), "and not kept");
    pty.keys("TG\r");
    pty.wait_for("Theme: tokyo-night");
    pty.keys("Q");
    assert_eq!(pty.end().code, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\n[screen] # looks\ntheme = \"tokyo-night\"\n");
    let mut pty = Pty::start(&home, &["--demo"], 80, 24, &colours);
    pty.wait_for("Browse");
    // The background of Tokyo Night.
    assert!(contains(&pty.bytes(), b"48;2;26;27;38"), "{}", String::from_utf8_lossy(&pty.bytes()));
    pty.keys("Q");
    pty.end().assert_clean();
}

#[test]
fn what_is_saved_first_counts_at_once_and_so_do_colours_alone() {
    let home = Home::new();
    let mut pty = Pty::start(&home, &["--demo"], 80, 24, &[("COLORTERM", "truecolor")]);
    pty.wait_for("Browse");
    let folder = home.path().join("config/demo");
    fs::create_dir_all(folder.join("themes")).unwrap();
    let shown = |pty: &Pty, (red, green, blue): (u8, u8, u8)| {
        pty.wait_until("the colour", |screen| {
            let mut places = (0..24).flat_map(|row| (0..80).map(move |column| (row, column)));
            let colour = vt100::Color::Rgb(red, green, blue);
            places.any(|(row, column)| screen.cell(row, column).is_some_and(|cell| cell.fgcolor() == colour))
        });
    };
    let save = |hex: &str| {
        fs::write(folder.join("themes/mine.toml"), format!("inherits = \"nord\"\ntext = \"{hex}\"\n"))
            .unwrap();
    };
    save("#c8d2f0");
    fs::write(folder.join("config.toml"), "[screen]\ntheme = \"mine\"\n").unwrap();
    shown(&pty, (200, 210, 240));
    save("#c9d3f1");
    shown(&pty, (201, 211, 241));
    pty.keys("Q");
    pty.end().assert_clean();
}

/// The terminal is asked for its background; what it answers, soon, late, in pieces or unasked, types nothing.
#[test]
fn what_a_terminal_answers_is_never_typed() {
    let home = Home::new();
    let mut pty = Pty::start(&home, &["--demo"], 80, 24, &[]);
    pty.wait_for("Browse");
    assert!(contains(&pty.bytes(), b"\x1b]11;?\x1b\\"));
    pty.keys("gs");
    pty.wait_for("Type");
    pty.keys("a\x1b]11;rgb:1111/2222/3333\x1b\\b\x1b]11;rgb:ffff/ffff/ffff\x07c");
    pty.wait_for("abc");
    for piece in ["\x1b]1", "1;rgb:00", "00/0000/0000", "\x07", "d"] {
        pty.keys(piece);
    }
    pty.wait_for("abcd");
    pty.keys("\x1b[24;80R\x1b[?62;4ce");
    let screen = pty.wait_for("abcde");
    assert!(!screen.contains("rgb") && !screen.contains("62"), "{screen}");
    pty.keys("\x03");
    pty.end().assert_clean();
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
