//! Screens as SVG, cell by cell as a terminal has them; and the ones that the README shows, made by the program itself:
//! `SEGUE_SCREENSHOTS=docs/screens cargo nextest run --test journeys screenshots` (`tools/screenshots.sh`).

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use vt100::{Cell, Color, Screen};

use crate::program::Home;
use crate::pty::Pty;

/// Size of a cell.
const CELL: (u32, u32) = (9, 19);

/// Around the screen.
const EDGE: u32 = 12;

/// What the terminal itself looks like.
const FRONT: &str = "#cdd6f4";
const BACK: &str = "#1e1e2e";

/// The sixteen colours as they are most usual on a dark background.
const SIXTEEN: [&str; 16] = [
    "#45475a", "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#f5c2e7", "#94e2d5", "#bac2de", "#585b70",
    "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#f5c2e7", "#94e2d5", "#a6adc8",
];

fn colour(colour: Color, otherwise: &str) -> String {
    match colour {
        Color::Default => otherwise.to_owned(),
        Color::Idx(number @ 0..16) => SIXTEEN[usize::from(number)].to_owned(),
        Color::Idx(number @ 16..232) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let number = number - 16;
            format!("#{:02x}{:02x}{:02x}", level(number / 36), level(number / 6 % 6), level(number % 6))
        }
        Color::Idx(number) => {
            let grey = 8 + 10 * (number - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What a cell looks like.
#[derive(PartialEq)]
struct Look {
    front: String,
    back: String,
    marks: String,
}

fn look(cell: &Cell) -> Look {
    let (mut front, mut back) = (colour(cell.fgcolor(), FRONT), colour(cell.bgcolor(), BACK));
    if cell.inverse() {
        std::mem::swap(&mut front, &mut back);
    }
    let marks = [
        (cell.bold(), " font-weight=\"bold\""),
        (cell.dim(), " opacity=\"0.6\""),
        (cell.italic(), " font-style=\"italic\""),
        (cell.underline(), " text-decoration=\"underline\""),
    ];
    let marks = marks.iter().filter(|(is_set, _)| *is_set).map(|(_, mark)| *mark).collect();
    Look { front, back, marks }
}

/// The screen as a picture whose text can be read and selected.
pub fn svg(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (width, height) = (u32::from(columns) * CELL.0 + 2 * EDGE, u32::from(rows) * CELL.1 + 2 * EDGE);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{BACK}\"/>\n"
    );
    for y in 0..rows {
        let mut runs: Vec<(u16, u16, String, Look)> = Vec::new();
        for x in 0..columns {
            let Some(cell) = screen.cell(y, x).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let (look, text) = (look(cell), if cell.has_contents() { cell.contents() } else { " " });
            let cells = if cell.is_wide() { 2 } else { 1 };
            match runs.last_mut() {
                Some((start, width, words, its)) if *its == look && *start + *width == x => {
                    words.push_str(text);
                    *width += cells;
                }
                _ => runs.push((x, cells, text.to_owned(), look)),
            }
        }
        for (x, cells, text, Look { front, back, marks }) in runs {
            let (left, top) = (EDGE + u32::from(x) * CELL.0, EDGE + u32::from(y) * CELL.1);
            let wide = u32::from(cells) * CELL.0;
            if back != BACK {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"{back}\"/>",
                    CELL.1
                );
            }
            if text.trim().is_empty() {
                continue;
            }
            let base = top + CELL.1 - 5;
            let text = escaped(&text);
            let _ = writeln!(
                out,
                "<text x=\"{left}\" y=\"{base}\" textLength=\"{wide}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" fill=\"{front}\"{marks}>{text}</text>"
            );
        }
    }
    out + "</svg>\n"
}

/// The text of a picture, cell after cell.
fn text_of(svg: &str) -> String {
    let pieces =
        svg.lines().filter_map(|line| line.strip_suffix("</text>")?.split_once('>').map(|(_, text)| text));
    pieces.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn screenshots() {
    let home =
        Home::new().demo_config("[player]\noutput = \"null\"\n[screen]\ntheme = \"catppuccin-mocha\"\n");
    let mut screen = Pty::start(&home, &["--demo"], 110, 30, &[("COLORTERM", "truecolor")]);
    screen.wait_for("Trending");
    let folder = std::env::var_os("SEGUE_SCREENSHOTS").map(PathBuf::from);
    let shot = |screen: &Pty, name: &str, words: &str| {
        screen.wait_for(words);
        let (shown, picture) = screen.look(|screen| (screen.contents(), svg(screen)));
        // What is in the picture is what is seen.
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(letters(&text_of(&picture)), letters(&shown), "{name}");
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(format!("{name}.svg")), picture).unwrap();
        }
    };
    screen.keys("\r");
    screen.wait_for("Night Ferry");
    screen.keys("\r");
    screen.wait("sound", |shown| shown.contains('▶') && !shown.contains("0:00 "));
    shot(&screen, "browse", "Night Ferry");
    screen.keys("gsnight\r");
    shot(&screen, "search", "1 found");
    screen.keys("3");
    shot(&screen, "queue", "Track 1 of");
    screen.keys(":");
    shot(&screen, "palette", "a few letters");
    screen.keys("\x1b");
    screen.wait("the queue again", |shown| !shown.contains("a few letters"));
    screen.keys("gc");
    shot(&screen, "settings", "player.output");
    screen.keys("Q");
    assert_eq!(screen.end().code, 0);
}
