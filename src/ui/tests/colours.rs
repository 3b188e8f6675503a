//! What colours say: the choice of a theme, style runs of a few pages in two themes, and that nothing is told by colour
//! alone.

use std::fmt::Write as _;

use insta::{Settings, assert_snapshot};
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::style::{Color, Modifier, Style};

use super::golden::{check_page, found, playing};
use super::house::{House, plain, services};
use super::screen::buffer;
use crate::app::{Action, Start, State, ThemeRow};
use crate::config::{AUTO, Depth, Themes};
use crate::model::{Fault, FaultKind, Session};
use crate::ui::Theme;

/// The choice of a theme over the queue while its fourth track plays.
pub(super) fn themes(columns: u16, rows: u16) -> House {
    let row = |name: &str| ThemeRow { name: name.to_owned(), is_own: name == "nord" };
    let themes = Themes::default().names().into_iter().map(row).collect();
    let session = Session {
        tracks: plain("audius", 9).into_iter().map(Into::into).collect(),
        current: Some(3),
        ..Session::default()
    };
    let start = Start {
        services: services(),
        session,
        columns,
        rows,
        themes,
        theme: AUTO.to_owned(),
        ..Start::default()
    };
    let mut house = House::open(start, super::house::usual);
    house.action(Action::ShowThemes);
    house
}

#[test]
fn choice_of_a_theme() {
    check_page("themes", |columns, rows| {
        let mut house = themes(columns, rows);
        house.keys("jjj");
        house
    });
}

fn colour(colour: Color) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(number) => number.to_string(),
        Color::Reset => "default".to_owned(),
        other => format!("{other:?}"),
    }
}

fn words(style: Style) -> String {
    let named = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "faint"),
        (Modifier::ITALIC, "italic"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ];
    let mut words = vec![colour(style.fg.unwrap_or(Color::Reset))];
    words.push(format!("on {}", colour(style.bg.unwrap_or(Color::Reset))));
    words.extend(
        named.iter().filter(|(it, _)| style.add_modifier.contains(*it)).map(|(_, name)| (*name).to_owned()),
    );
    words.join(" ")
}

/// Each line of the screen, and below it which columns (from 0) look otherwise than the text around.
fn runs(buffer: &Buffer, text: Style) -> String {
    let mut out = format!("text: {}\n", words(text));
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    for y in 0..rows {
        let mut line = String::new();
        let mut spans: Vec<(u16, u16, String)> = Vec::new();
        let mut x = 0;
        while x < columns {
            let cell = &buffer[(x, y)];
            let width = cell.cell_width().max(1);
            line.push_str(cell.symbol());
            let style = Style { sub_modifier: Modifier::empty(), ..cell.style() };
            // Of what is blank only the background and lines are seen.
            let ink = words(style);
            let seen = cell.symbol() != " "
                || style.add_modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED);
            match spans.last_mut() {
                Some((_, end, last)) if *last == ink && *end == x => *end = x + width,
                _ if seen && ink != words(text) => spans.push((x, x + width, ink)),
                _ => {}
            }
            x += width;
        }
        let _ = writeln!(out, "{y:>2} |{}", line.trim_end());
        for (from, to, ink) in spans {
            let _ = writeln!(out, "     {from}-{}: {ink}", to - 1);
        }
    }
    out
}

fn shown(name: &str, state: &State, theme: &str, depth: Depth) {
    let look = Themes::default().look(theme, None).unwrap().on(depth, None);
    let theme = Theme::of(&look);
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, runs(&buffer(state, &theme, 80, 24), theme.text)));
}

#[test]
fn style_runs() {
    let mut searched = found(80, 24);
    searched.keys("jj");
    let chosen = themes(80, 24);
    let mut help = playing(80, 24);
    help.action(Action::Help);
    let (mut welcome, mut browse, mut accounts) =
        (House::usual(80, 24), House::usual(80, 24), House::usual(80, 24));
    welcome.keys("j");
    browse.action(Action::ShowBrowse);
    accounts.action(Action::ShowAccounts);
    let mut downloads = super::downloads::busy(80, 24);
    downloads.action(Action::ShowDownloads);
    let (mut now, mut mini, mut info) = (playing(80, 24), playing(80, 24), playing(80, 24));
    now.action(Action::ShowNow);
    mini.action(Action::Mini);
    info.action(Action::Info);
    let pages = vec![
        ("queue", playing(80, 24)),
        ("search", searched),
        ("themes", chosen),
        ("help", help),
        ("welcome", welcome),
        ("browse", browse),
        ("accounts", accounts),
        ("downloads", downloads),
        ("playlists", super::playlists::page(80, 24)),
        ("playlist", super::playlists::open(80, 24)),
        ("now", now),
        ("mini", mini),
        ("info", info),
        ("lyrics", super::words::reading(&Ok(super::words::lyrics(true)), 80, 24)),
        ("palette", super::pages::palette(80, 24)),
        ("settings", super::pages::settings(80, 24)),
        ("log", super::pages::log(80, 24)),
    ];
    for (page, house) in pages {
        shown(&format!("colours_{page}_nord"), &house.state, "nord", Depth::True);
        shown(&format!("colours_{page}_light_16"), &house.state, "solarized-light", Depth::Sixteen);
    }
}

/// The background of the theme is behind everything, overlays too.
#[test]
fn no_cell_is_left_without_the_background() {
    let look = Themes::default().look("nord", None).unwrap();
    let theme = Theme::of(&look);
    for state in super::sizes::states() {
        for (columns, rows) in [(120, 40), (80, 24), (40, 12), (19, 4)] {
            let drawn = buffer(&state, &theme, columns, rows);
            for y in 0..rows {
                let mut x = 0;
                while x < columns {
                    let cell = &drawn[(x, y)];
                    assert_ne!(cell.bg, Color::Reset, "{x},{y} of {columns}x{rows}");
                    x += cell.cell_width().max(1);
                }
            }
        }
    }
}

/// Of the row that plays, that under the cursor, a selected one and one that failed, each differs from each other by
/// its sign or by more than a colour.
#[test]
fn rows_differ_without_colour() {
    let mut house = playing(80, 24);
    house.keys("j<C-Space>j");
    house.state.queue.entries[7].problem = Some(Fault::new(FaultKind::NotFound, "It is gone").into());
    for name in Themes::default().names() {
        let look = Themes::default().look(name, None).unwrap().on(Depth::Monochrome, None);
        for theme in [Theme::of(&look), Theme::of(&look).typed()] {
            let drawn = buffer(&house.state, &theme, 80, 24);
            let first =
                (0..24).find(|y| (0..80).any(|x| drawn[(x, *y)].symbol() == theme.signs.playing)).unwrap();
            // Row 3 plays, 4 is selected, 6 has the cursor, 7 failed, 8 is like any other.
            let signals = [3, 4, 6, 7, 8].map(|row: u16| {
                let y = first + row - 3;
                let signs: String =
                    (0..4).map(|x| drawn[(x, y)].symbol()).filter(|it| it.parse::<u8>().is_err()).collect();
                let seen = Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED;
                (signs, drawn[(12, y)].modifier & seen)
            });
            for (at, one) in signals.iter().enumerate() {
                for other in &signals[at + 1..] {
                    assert_ne!(one, other, "{name}: {signals:?}");
                }
            }
        }
    }
}
