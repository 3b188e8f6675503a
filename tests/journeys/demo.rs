//! `segue --demo` on a terminal: what is typed, what is shown, and how the terminal is left.

use std::collections::BTreeSet;
use std::process::Stdio;

use crate::program::{Done, Home};
use crate::pty::Pty;

/// Time passes as with a sound card, and nothing is heard.
const SILENT: &str = "[player]\noutput = \"null\"\n";

fn home() -> Home {
    Home::new().demo_config(SILENT)
}

/// The demo with its first list on the screen.
fn begun(home: &Home) -> Pty {
    let demo = Pty::demo(home);
    demo.wait_for("Night Ferry");
    demo
}

/// Whether a track plays and was heard for a second or more.
fn is_heard(screen: &str, title: &str) -> bool {
    let Some(at) = screen.lines().position(|line| line.starts_with(&format!(" ▶ {title}"))) else {
        return false;
    };
    let position = screen.lines().nth(at + 1).and_then(|line| line.split_whitespace().next());
    position.is_some_and(|position| position != "0:00")
}

#[test]
fn keys_lead_through_the_player() {
    let home = home();
    let mut demo = begun(&home);
    let first = demo.wait_for("Audius · Trending this week");
    assert!(first.lines().next().unwrap().trim_end().ends_with("demo"), "{first}");
    assert!(first.contains("Nothing is playing") && first.contains("? keys"), "{first}");

    // Into the list, onto its first track.
    demo.keys("\r");
    demo.wait_for("Enter play");
    demo.keys("\r");
    demo.wait("the track heard", |screen| is_heard(screen, "Night Ferry"));
    demo.keys(" ");
    demo.wait_for("Paused");
    demo.keys(" ");
    demo.keys("n");
    demo.wait("the next track heard", |screen| is_heard(screen, "Harbour Lights"));

    // The pane on the right takes room that five answers need.
    demo.keys("gHgsharbour");
    let found = demo.wait("five answers", |screen| screen.matches(" found").count() == 5);
    for service in ["Audius ", "Audiomack ", "YourMusic ", "Audiosocket "] {
        let at = found.find(&format!("{service}nothing"));
        assert!(found.contains(service) && at.is_none(), "{service}: {found}");
    }
    // The same recording in four places is one row.
    let rows = found.lines().filter(|line| line.contains("Harbour Lights  ")).count();
    assert_eq!(rows, 1, "{found}");

    demo.keys("\x1b");
    demo.wait_for("? keys");
    demo.keys("3");
    let queue = demo.wait_for("Track 2 of");
    assert!(queue.contains("Night Ferry") && queue.contains("Harbour Lights"), "{queue}");

    demo.keys("?");
    let help = demo.wait_for("words to look for");
    assert!(help.contains("Play this row of the queue"), "{help}");
    demo.keys("\x1b");
    demo.wait_for("Track 2 of");
    demo.keys("q");
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
}

#[test]
fn every_way_out_gives_the_terminal_back() {
    let home = home();
    let check = |code: u32, leave: &dyn Fn(&mut Pty)| {
        let mut demo = begun(&home);
        demo.keys("\r");
        demo.wait_for("Enter play");
        demo.keys("\r");
        demo.wait("sound", |screen| is_heard(screen, "Night Ferry"));
        leave(&mut demo);
        let end = demo.end();
        end.assert_clean();
        assert_eq!(end.code, code, "{end:?}");
        assert!(!end.text.contains("panic"), "{end:?}");
    };
    check(0, &|demo| demo.keys("q"));
    check(0, &|demo| demo.keys("\x03"));
    check(143, &|demo| demo.signal("TERM"));
    check(129, &|demo| demo.signal("HUP"));
    check(130, &|demo| demo.signal("INT"));
    check(131, &|demo| demo.signal("QUIT"));
}

#[test]
fn a_panic_gives_the_terminal_back_and_says_so() {
    let home = Home::new();
    let end = Pty::start(&home, &["debug", "panic"], 80, 24, &[]).end();
    end.assert_clean();
    assert_eq!(end.code, 101, "{end:?}");
    assert!(end.text.contains("a fault in the program itself"), "{end:?}");
}

/// The titles that the demo's services send hold escape sequences, C1 controls, line breaks, direction
/// marks and the like; some 100 of them come by here. What reaches the terminal is drawn by the program alone.
#[test]
fn hostile_titles_never_reach_the_terminal_as_controls() {
    let home = home();
    let mut demo = begun(&home);
    demo.keys("\r");
    demo.wait_for("Enter play");
    demo.keys("G");
    demo.wait_for("3pm.exe");
    let mut pages = 0;
    // Each search is a page of its own.
    for word in ["alert", "title", "c1", "break", "control", "3pm", "tags", "separators", "stacked", "delete"]
    {
        demo.keys(&format!("gs\x15{word}"));
        demo.wait(word, |screen| {
            screen.contains(&format!("/ {word}")) && screen.matches(" found").count() == 5
        });
        pages += 1;
        demo.keys("\x1b");
        demo.wait_for("? keys");
    }
    assert_eq!(pages, 10);
    // One of them plays, so that it stands in the band at the bottom too.
    demo.keys("gs\x15alert");
    demo.wait("alert", |screen| screen.contains("/ alert") && screen.contains("[31mRed"));
    demo.keys("\r");
    demo.wait_for("Enter play");
    demo.keys("\r");
    demo.wait("it plays", |screen| is_heard(screen, "[31mRed"));
    demo.keys("3");
    demo.wait_for("Track 1 of");
    let bytes = demo.bytes();
    demo.keys("q");
    assert_eq!(demo.end().code, 0);
    let sent = controls(&bytes);
    let usual: BTreeSet<_> = usual_controls().into_iter().chain(["\r".into(), "\n".into()]).collect();
    let odd: Vec<_> = sent.difference(&usual).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// The kinds of controls of a run that shows no title at all.
fn usual_controls() -> BTreeSet<String> {
    let home = home();
    let mut demo = Pty::demo(&home);
    demo.wait_for("Nothing is playing");
    demo.keys("gszzzzz");
    demo.wait_for("Nothing was found");
    demo.keys("\x1b");
    demo.wait_for("? keys");
    demo.keys("3");
    demo.wait_for("The queue is empty");
    demo.keys("?");
    demo.wait_for("actions");
    let bytes = demo.bytes();
    demo.signal("TERM");
    assert_eq!(demo.end().code, 143);
    controls(&bytes)
}

/// Every kind of control in what was sent: C0, DEL, C1, marks of direction, separators, tags, and each
/// escape sequence by its kind (the letters of `CSI`, not its numbers).
fn controls(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut found = BTreeSet::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\x1b' if rest.peek() == Some(&'[') => {
                rest.next();
                let sequence: String =
                    std::iter::from_fn(|| rest.next_if(|c| !('@'..='~').contains(c))).collect();
                let last = rest.next().unwrap_or('?');
                // Private modes are told apart; a colour or a place is as good as another.
                let kind = if sequence.starts_with('?') { sequence } else { String::new() };
                found.insert(format!("CSI {kind}{last}"));
            }
            '\x1b' => {
                found.insert(format!("ESC {:?}", rest.next()));
            }
            '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{e0000}'..='\u{e007f}' => {
                found.insert(c.to_string());
            }
            _ => {}
        }
    }
    found
}

/// Neither sound nor signals nor the way out wait for a terminal that takes nothing.
#[test]
fn a_stopped_terminal_does_not_stop_the_sound() {
    let home = Home::new();
    let wav = home.path().join("out.wav");
    let config = format!("[player]\noutput = \"wav:{}\"\n", wav.display());
    let home = home.demo_config(&config);
    let mut demo = begun(&home);
    demo.keys("\r");
    demo.wait_for("Enter play");
    demo.stop_reading(true);
    // Far more than a terminal's buffer holds.
    for columns in 0..300 {
        demo.resize(100 + columns % 20, 40);
        demo.keys("3");
        demo.keys("2");
    }
    demo.keys("\r");
    let heard = || std::fs::metadata(&wav).map_or(0, |file| file.len());
    let began = heard();
    // A file takes samples as fast as they come: several minutes of music soon.
    crate::program::until("the sound goes on", || heard() > began + 20_000_000);
    demo.stop_reading(false);
    demo.wait("the newest picture", |screen| screen.contains("▶") && screen.contains("Playing"));
    demo.keys("q");
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
}

#[test]
fn a_stopped_terminal_does_not_stop_the_end() {
    let home = home();
    let mut demo = begun(&home);
    demo.stop_reading(true);
    for columns in 0..300 {
        demo.resize(100 + columns % 20, 40);
    }
    demo.signal("TERM");
    assert_eq!(demo.child.wait().unwrap().exit_code(), 143);
}

#[test]
fn without_a_terminal_it_refuses_in_words() {
    let home = Home::new();
    let done = Done::from(home.segue(&["--demo"]).stdin(Stdio::null()).output().unwrap());
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.out.is_empty() && done.err.contains("not a terminal"), "{done:?}");
    assert!(done.err.contains("segue play"), "{done:?}");
    let end = Pty::start(&home, &["--demo"], 80, 24, &[("TERM", "dumb")]).end();
    assert_eq!(end.code, 2, "{end:?}");
    assert!(end.text.contains("TERM=dumb"), "{end:?}");
}

#[test]
fn small_terminals_work() {
    for (columns, rows, shown) in [(40, 12, "demo"), (20, 5, "Nothing")] {
        let home = home();
        let mut demo = Pty::start(&home, &["--demo"], columns, rows, &[]);
        let screen = demo.wait_for(shown);
        assert!(screen.lines().all(|line| line.chars().count() <= usize::from(columns)), "{screen}");
        demo.keys("\r");
        demo.wait("the list", |screen| screen.contains("Nigh"));
        demo.keys("\r");
        demo.wait("a track", |screen| screen.contains('▶'));
        demo.keys("q");
        let end = demo.end();
        end.assert_clean();
        assert_eq!(end.code, 0, "{end:?}");
    }
}

#[test]
fn any_size_is_survived_and_the_last_one_drawn() {
    let home = home();
    let mut demo = begun(&home);
    for (columns, rows) in [(1, 1), (500, 200), (2, 60), (300, 1), (20, 5), (10, 3)].repeat(10) {
        demo.resize(columns, rows);
    }
    demo.resize(120, 40);
    demo.keys("3");
    demo.wait_for("The queue is empty");
    demo.keys("q");
    assert_eq!(demo.end().code, 0);
}

#[test]
fn the_queue_comes_back_paused_where_it_was() {
    let home = home();
    let mut demo = begun(&home);
    demo.keys("\r");
    demo.wait_for("Enter play");
    demo.keys("\r");
    demo.wait("sound", |screen| is_heard(screen, "Night Ferry"));
    demo.keys("n");
    demo.wait("sound", |screen| is_heard(screen, "Harbour Lights"));
    let queue =
        |screen: &str| screen.split("Queue (").nth(1).and_then(|rest| rest.split(')').next()?.parse().ok());
    let before: Option<u32> = queue(&demo.wait_for("Queue ("));
    demo.keys("q");
    assert_eq!(demo.end().code, 0);

    let mut demo = Pty::demo(&home);
    let screen = demo.wait_for("Paused at");
    assert!(screen.contains("‖ Harbour Lights"), "{screen}");
    assert_eq!(queue(&screen), before, "{screen}");
    // It plays on from there, when the listener wants it.
    demo.keys(" ");
    demo.wait("sound", |screen| is_heard(screen, "Harbour Lights"));
    demo.signal("KILL");
    assert_ne!(demo.child.wait().unwrap().exit_code(), 0);
    // Even a killed player knew its queue.
    let mut demo = Pty::demo(&home);
    demo.wait_for("‖ Harbour Lights");
    demo.keys("q");
    assert_eq!(demo.end().code, 0);
}
