//! Covers in a terminal: as cells, as pixels over them, and gone when the program goes.

use crate::program::Home;
use crate::pty::Pty;

fn playing(pictures: &str) -> (Home, Pty) {
    let config = format!("[player]\noutput = \"null\"\n[screen]\npictures = \"{pictures}\"\n");
    let home = Home::new().demo_config(&config);
    let mut demo = Pty::demo(&home);
    demo.wait_for("Night Ferry");
    demo.keys("\r");
    demo.wait_for("Enter play");
    demo.keys("\r");
    demo.wait_for("▶ Night Ferry");
    (home, demo)
}

fn count(bytes: &[u8], wanted: &str) -> usize {
    bytes.windows(wanted.len()).filter(|window| *window == wanted.as_bytes()).count()
}

#[test]
fn covers_are_cells_where_there_are_no_pixels() {
    let (_home, mut demo) = playing("blocks");
    let row = "▀".repeat(20);
    demo.wait_for(&row);
    demo.keys("gh");
    demo.wait("the page with a larger cover", |screen| screen.contains(&"▀".repeat(40)));
    demo.keys("gM");
    demo.wait("a few lines", |screen| !screen.contains('▀') && screen.contains("Night Ferry"));
    demo.resize(80, 24);
    demo.keys("gM");
    demo.wait_for("Audius");
    demo.keys("Q");
    assert_eq!(count(&demo.bytes(), "\x1b_G"), 0);
    demo.end().assert_clean();
}

#[test]
fn pixels_are_laid_over_the_cells_and_taken_away() {
    let (_home, mut demo) = playing("kitty");
    demo.wait_for_bytes("a picture", |bytes| count(bytes, "\x1b_Ga=T,f=100,") == 1);
    // What lies over the page lies over the picture.
    demo.keys("?");
    demo.wait_for_bytes("its end", |bytes| count(bytes, "\x1b_Ga=d,d=I,") == 1);
    demo.keys("?");
    demo.wait_for_bytes("the picture again", |bytes| count(bytes, "\x1b_Ga=T,f=100,") == 2);
    demo.resize(130, 40);
    demo.wait_for_bytes("the picture after a change of size", |bytes| count(bytes, "\x1b_Ga=T,f=100,") >= 3);
    demo.keys("Q");
    demo.wait_for_bytes("the last words", |bytes| count(bytes, "\x1b_Ga=d,d=I,") >= 2);
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0);
}

#[test]
fn none_are_shown_where_none_are_wanted() {
    let (_home, mut demo) = playing("off");
    demo.keys("gh");
    demo.wait_for("Up next");
    demo.keys("Q");
    let bytes = demo.bytes();
    assert_eq!((count(&bytes, "\x1b_G"), count(&bytes, "▀"), count(&bytes, "no cover")), (0, 0, 0));
    demo.end().assert_clean();
}
