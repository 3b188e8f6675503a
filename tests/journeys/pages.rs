//! The pages that are about the program: the palette, the settings, keys that are given inside, the shell and back, a pasted
//! link, lines in place of the screen.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::program::Home;
use crate::pty::Pty;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

fn flat(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wait_for(screen: &Pty, words: &str) -> String {
    screen.wait(words, |shown| flat(shown).contains(words))
}

/// The demo with this configuration, in a list of tracks.
fn demo(home: &Home, columns: u16, rows: u16) -> Pty {
    let mut screen = Pty::start(home, &["--demo"], columns, rows, &[]);
    wait_for(&screen, "Trending");
    screen.keys("\r");
    wait_for(&screen, "Night Ferry");
    screen
}

fn home() -> Home {
    Home::new().demo_config("# mine\n[player]\noutput = \"null\"\nvolume_step = 5 # small\n")
}

fn config(home: &Home) -> String {
    fs::read_to_string(home.path().join("config/demo/config.toml")).unwrap()
}

#[test]
fn the_palette_does_what_a_few_letters_say() {
    for (columns, rows) in SIZES {
        let home = home();
        let mut screen = demo(&home, columns, rows);
        screen.keys(":");
        wait_for(&screen, "a few letters");
        screen.keys("outputs");
        screen.keys("\x15");
        screen.keys("where the sound");
        wait_for(&screen, "Choose where the sound go");
        screen.keys("\r");
        wait_for(&screen, "The system's default");
        screen.keys("\x1b");
        screen.wait("the list again", |shown| !shown.contains("The system's default"));
        // What can be done with a track.
        screen.keys(".");
        wait_for(&screen, "Night Ferry");
        screen.keys("queue at the end\r");
        screen.keys("3");
        screen.wait("the queue", |shown| shown.contains("Night Ferry") && !shown.contains("Harbour Lights"));
        screen.keys("Q");
        assert_eq!(screen.end().code, 0);
    }
}

#[test]
fn a_setting_is_changed_inside_and_counts_at_once() {
    for (columns, rows) in SIZES {
        let home = home();
        let mut screen = demo(&home, columns, rows);
        screen.keys("gc");
        wait_for(&screen, "player.output");
        // Each letter of a path is one of the row; the page has its rows in the order of the documented file.
        screen.keys("jj");
        wait_for(&screen, "player.volume_step");
        screen.keys("\r");
        wait_for(&screen, "Expected");
        screen.keys("\x15ninety\r");
        wait_for(&screen, "from 1 to 50");
        screen.keys("\x1520\r");
        wait_for(&screen, "volume_step = 20, kept in config.toml");
        let text = config(&home);
        assert_eq!(text, "# mine\n[player]\noutput = \"null\"\nvolume_step = 20 # small\n");
        // It counts: one step is 20 points now.
        screen.keys("-");
        wait_for(&screen, "80");
        screen.keys("Q");
        assert_eq!(screen.end().code, 0);
    }
}

#[test]
fn a_key_is_given_inside_and_a_conflict_is_named() {
    for (columns, rows) in SIZES {
        let home = home();
        let mut screen = demo(&home, columns, rows);
        screen.keys("?");
        wait_for(&screen, "words to look");
        screen.keys("/silent, or");
        wait_for(&screen, "Silent, or not");
        screen.keys("\t");
        screen.keys("e");
        wait_for(&screen, "Press them.");
        screen.keys("j");
        wait_for(&screen, "j is move-down in every list");
        screen.keys("\x7f");
        screen.keys("\x18");
        wait_for(&screen, "item-actions");
        screen.keys("\x7fM\r");
        wait_for(&screen, "M is mute now, kept in config.toml");
        assert!(config(&home).ends_with("[keys]\nmute = [\"M\"]\n"), "{}", config(&home));
        screen.keys("\x1b\x1b");
        screen.wait("the list", |shown| !shown.contains("words to look"));
        screen.keys("\r");
        screen.wait("sound", |shown| shown.contains('▶'));
        screen.keys("M");
        wait_for(&screen, "Muted");
        screen.keys("Q");
        assert_eq!(screen.end().code, 0);
    }
}

#[test]
fn the_shell_has_the_terminal_meanwhile() {
    let home = home();
    let binary = env!("CARGO_BIN_EXE_segue");
    let script = "set -m; \"$0\" --demo; echo the shell is here; stty -a | grep -c ' icanon'; read answer; fg; echo left with $?";
    let mut screen = Pty::start_other(&home, "bash", &["-c", script, binary], 80, 24, &[]);
    wait_for(&screen, "Trending");
    screen.keys("\r");
    wait_for(&screen, "Night Ferry");
    screen.keys("\r");
    screen.wait("sound", |shown| shown.contains('▶'));
    screen.keys("\x1a");
    let shown = wait_for(&screen, "the shell is here 1");
    assert!(!shown.contains("Night Ferry"), "{shown}");
    assert_eq!(screen.modes(), (false, false, false), "as the shell wants it");
    // In between the window has changed.
    screen.resize(100, 30);
    screen.keys("yes\n");
    wait_for(&screen, "Night Ferry");
    let shown = screen.wait("what played", |shown| shown.contains('▶') || shown.contains("Paused"));
    assert!(shown.lines().count() > 24, "{shown}");
    screen.wait("sound", |shown| shown.contains('▶'));
    screen.keys("Q");
    wait_for(&screen, "left with 0");
    screen.end().assert_clean();
}

#[test]
fn without_a_shell_there_is_nothing_to_go_back_to() {
    let home = home();
    let mut screen = demo(&home, 80, 24);
    screen.keys("\x1a");
    wait_for(&screen, "no shell started Segue here");
    screen.keys("g!");
    wait_for(&screen, "no shell started Segue here");
    wait_for(&screen, "Log");
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
}

#[test]
fn the_screen_comes_back_as_it_was_left() {
    let home = home();
    let mut screen = demo(&home, 120, 40);
    screen.keys("gs\x15night ferry\r");
    let is_found = |shown: &str| shown.contains("/ night ferry") && shown.contains("Night Ferry");
    screen.wait("results", is_found);
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
    let mut screen = Pty::start(&home, &["--demo"], 120, 40, &[]);
    screen.wait("the results again", is_found);
    // Back from a page without a tab, also after a restart.
    screen.keys("5g!");
    wait_for(&screen, "q back");
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
    let mut screen = Pty::start(&home, &["--demo"], 120, 40, &[]);
    wait_for(&screen, "q back");
    screen.keys("q");
    wait_for(&screen, "q quit");
    screen.keys("q");
    assert_eq!(screen.end().code, 0);
}

#[test]
fn a_pasted_link_opens_and_other_pastes_run_nothing() {
    let home = home();
    let found =
        home.run(&["--demo", "search", "tides", "--kind", "album", "--service", "audiomack", "--json"]);
    let found: serde_json::Value =
        serde_json::from_str(found.out.lines().next().unwrap()).unwrap_or_default();
    let first = if found.is_array() { &found[0] } else { &found };
    let (link, title) =
        (first["link"].as_str().unwrap().to_owned(), first["title"].as_str().unwrap().to_owned());
    for (columns, rows) in SIZES {
        let mut screen = demo(&self::home(), columns, rows);
        // Keys in a paste are none, wherever it ends.
        screen.keys("\x1b[200~q\rQ\x1b[201~");
        wait_for(&screen, "What was pasted is no link");
        screen.keys(&format!("\x1b[200~{link}\n\x1b[201~"));
        wait_for(&screen, &title);
        screen.keys("Q");
        assert_eq!(screen.end().code, 0);
    }
}

#[test]
fn the_cursor_stands_on_the_row() {
    let home = home();
    let mut screen = demo(&home, 80, 24);
    let row = |screen: &Pty, words: &str| {
        let shown = screen.wait("the row", |shown| shown.contains(words));
        u16::try_from(shown.lines().position(|line| line.contains(words)).unwrap()).unwrap()
    };
    let first = row(&screen, "Night Ferry");
    let cursor = |screen: &vt100::Screen| (!screen.hide_cursor()).then(|| screen.cursor_position().0);
    screen.wait_until("the cursor on its row", |screen| cursor(screen) == Some(first));
    screen.keys("j");
    screen.wait_until("the next row", |screen| cursor(screen) == Some(first + 1));
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
}

#[test]
fn focus_and_late_answers_are_no_keys() {
    let home = home();
    let mut screen = demo(&home, 80, 24);
    let before = screen.bytes();
    assert!(before.windows(8).any(|part| part == b"\x1b[?1004h"), "focus is asked for");
    // Focus lost and found, what the terminal is, where the cursor is, its background: all late.
    screen.keys("\x1b[O\x1b[I\x1b[?62;c\x1b[12;40R\x1b]11;rgb:0000/0000/0000\x1b\\");
    screen.keys("3");
    wait_for(&screen, "The queue is empty");
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
}

#[test]
fn lines_do_all_that_the_screen_does() {
    let home = home();
    let mut command = home.segue(&["--demo", "--plain"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut keyboard = child.stdin.take().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    let mut until = |words: &str| {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let read = std::io::BufRead::read_line(&mut out, &mut line).unwrap();
            all.push_str(&line);
            assert!(read > 0, "{words} was not said: {all}");
            if line.contains(words) {
                break;
            }
        }
        said.push_str(&all);
        all
    };
    let mut line = |words: &str| writeln!(keyboard, "{words}").unwrap();
    until("Type help");
    line("search night ferry");
    until("Night Ferry");
    line("list");
    until("1: ");
    line("enter");
    until("Playing Night Ferry by Ada Cole");
    line("mute");
    until("Muted");
    line("show-queue");
    until("1 of ");
    line("no such thing at all");
    until("means nothing here");
    line("help volume");
    until("volume-up");
    line("status");
    until("Night Ferry");
    line("quit");
    let code = child.wait().unwrap();
    assert!(code.success());
    let harmless = |c: char| c == '\n' || !c.is_control();
    assert!(said.chars().all(harmless) && !said.contains(['│', '─', '╭', '▶', '♥']), "{said}");
}

#[test]
fn a_storm_of_sizes_costs_frames_and_nothing_else() {
    let home = home();
    let mut screen = demo(&home, 80, 24);
    let frames = |screen: &Pty| screen.bytes().windows(8).filter(|part| part == b"\x1b[?2026h").count();
    let before = frames(&screen);
    #[expect(clippy::disallowed_methods, reason = "how long the storm takes is up to the machine")]
    let begun = std::time::Instant::now();
    for at in 0..1000 {
        let (columns, rows) = [(1, 1), (80, 24), (2, 60), (120, 1), (20, 5), (10, 3)][at % 6];
        screen.resize(columns, rows);
    }
    screen.resize(100, 30);
    screen.keys("3");
    wait_for(&screen, "The queue is empty");
    let most = 60 * (begun.elapsed().as_secs() + 1) as usize + 10;
    let drawn = frames(&screen) - before;
    assert!(drawn <= most, "{drawn} frames in {:?}", begun.elapsed());
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
}

#[test]
fn sizes_change_while_it_plays() {
    let home = home();
    let mut screen = demo(&home, 80, 24);
    screen.keys("\r");
    screen.wait("sound", |shown| shown.contains('▶') && !shown.contains("0:00 "));
    for at in 0..60 {
        let (columns, rows) = [(40, 12), (200, 60), (1, 1), (60, 20), (120, 40)][at % 5];
        screen.resize(columns, rows);
    }
    // It went on meanwhile, and nobody paused it.
    let shown = screen.wait("that it goes on", |shown| shown.contains("  0:1"));
    assert!(shown.contains('▶') && shown.lines().count() > 30, "{shown}");
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
}

#[test]
fn who_quits_while_downloads_run_is_told_and_they_go_on_later() {
    let home =
        Home::new().demo_config("[player]\noutput = \"null\"\n[downloads]\nkilobytes_per_second = 20\n");
    let mut screen = demo(&home, 120, 40);
    screen.keys("V");
    wait_for(&screen, "selected");
    screen.keys("w");
    screen.keys("W");
    wait_for(&screen, "Downloads");
    screen.wait("one that runs", |shown| shown.contains('%'));
    screen.keys("Q");
    wait_for(&screen, "would go on at the next start; once more quits");
    screen.keys("Q");
    let end = screen.end();
    end.assert_clean();
    assert_eq!(end.code, 0);
    let mut screen = Pty::start(&home, &["--demo"], 120, 40, &[]);
    wait_for(&screen, "Downloads");
    screen.keys("5");
    screen.wait("one that goes on", |shown| shown.contains('%'));
    screen.keys("QQ");
    assert_eq!(screen.end().code, 0);
}
