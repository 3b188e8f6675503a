//! The mouse on a real terminal: clicks, drags and the wheel as the terminal reports them.

use crate::program::Home;
use crate::pty::Pty;

/// Time passes as with a sound card, and nothing is heard.
const SILENT: &str = "[player]\noutput = \"null\"\n";

/// Column and row, from 1.
type Place = (usize, usize);

/// Where `text` begins, as the terminal counts: from 1. No wide letter may stand before it.
fn find(screen: &str, text: &str) -> Place {
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let column = line.find(text)?;
        Some((line[..column].chars().count() + 1, row + 1))
    });
    found.unwrap_or_else(|| panic!("{text} is not there:\n{screen}"))
}

/// A button's report: 0 the left one, 32 more when dragged, 64 and 65 the wheel.
fn report(pty: &mut Pty, button: u8, place: Place, released: bool) {
    let end = if released { 'm' } else { 'M' };
    pty.keys(&format!("\x1b[<{button};{};{}{end}", place.0, place.1));
}

fn click(pty: &mut Pty, place: Place) {
    report(pty, 0, place, false);
    report(pty, 0, place, true);
}

/// Seconds of a time as it is shown.
fn seconds(clock: &str) -> u32 {
    clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<u32>().unwrap())
}

/// Position and length of what plays, and the cells of the progress between them.
fn progress(screen: &str) -> Option<(u32, u32, Vec<Place>)> {
    let row = screen.lines().position(|line| line.contains("  vol ") || line.contains("  muted "))?;
    let line = screen.lines().nth(row)?;
    let words: Vec<_> = line.split_whitespace().collect();
    let is_bar = |c: char| "━╾─╌".contains(c);
    let first = line.chars().position(is_bar)?;
    let cells = line.chars().skip(first).take_while(|c| is_bar(*c)).count();
    let places = (first..first + cells).map(|column| (column + 1, row + 1)).collect();
    Some((seconds(words.first()?), seconds(words.get(2)?), places))
}

#[test]
fn the_mouse_plays_seeks_and_scrolls() {
    let home = Home::new().demo_config(SILENT);
    let mut demo = Pty::start(&home, &["--demo"], 100, 20, &[]);
    let list = demo.wait_for("Harbour Lights");
    let place = find(&list, "Harbour Lights");
    report(&mut demo, 65, place, false);
    demo.wait("later rows", |screen| !screen.contains("Night Ferry"));
    report(&mut demo, 64, place, false);
    demo.wait("the first rows", |screen| screen.contains("Night Ferry"));

    click(&mut demo, place);
    click(&mut demo, place);
    let screen = demo
        .wait("the track", |screen| screen.contains(" ▶ Harbour Lights — ") && progress(screen).is_some());
    let (_, length, cells) = progress(&screen).unwrap();
    report(&mut demo, 0, cells[1], false);
    report(&mut demo, 32, cells[cells.len() / 2], false);
    report(&mut demo, 0, cells[cells.len() / 2], true);
    demo.wait("the middle", |screen| progress(screen).is_some_and(|(at, ..)| at * 5 > length * 2));
    report(&mut demo, 65, find(&screen, "vol 100"), false);
    let screen = demo.wait_for("vol 95");
    click(&mut demo, find(&screen, "vol 95"));
    demo.wait_for("muted (95)");

    click(&mut demo, find(&screen, "Queue"));
    demo.wait_for("Track 2 of");
    click(&mut demo, find(&screen, "? keys"));
    let help = demo.wait_for("q close");
    click(&mut demo, find(&help, "q close"));
    demo.wait_for("Track 2 of");
    demo.keys("q");
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
}

#[test]
fn the_mouse_is_left_to_the_terminal_where_that_is_wanted() {
    let home = Home::new().demo_config("[player]\noutput = \"null\"\n[screen]\nmouse = false\n");
    let mut demo = Pty::demo(&home);
    demo.wait_for("Night Ferry");
    let bytes = demo.bytes();
    for mode in ["?1000h", "?1002h", "?1003h", "?1006h"] {
        assert!(!bytes.windows(mode.len()).any(|window| window == mode.as_bytes()), "{mode}");
    }
    demo.keys("q");
    demo.end().assert_clean();
}
