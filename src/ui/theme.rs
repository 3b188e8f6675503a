//! Colours and signs by their role, as they are drawn with. Data only: which cell gets which role is decided where it is
//! drawn. What each theme looks like is the configuration's.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::config::{Colour, Depth, Ink, Look, Rgb, Role, Themes};

/// How the screen looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What everything without another role looks like.
    pub(super) text: Style,
    /// Less important: headings of columns, artists beside titles.
    pub(super) faint: Style,
    /// What matters on its line: the open page, the title that is heard.
    pub(super) strong: Style,
    /// The tab of the page that is shown.
    pub(super) open_page: Style,
    /// The row of the track that is heard.
    pub(super) playing: Style,
    /// The row that keys act on, in the pane that has the keyboard.
    pub(super) cursor: Style,
    /// The row that keys will act on once its pane has the keyboard.
    pub(super) idle_cursor: Style,
    /// The heard part of the progress line.
    pub(super) heard: Style,
    /// Keys in the hint line and the help.
    pub(super) key: Style,
    /// Something is as it should not be, and heals or can be ignored.
    pub(super) warning: Style,
    /// Something failed.
    pub(super) failure: Style,
    /// Signs, which not every font has.
    pub(super) signs: Signs,
    /// How pictures are drawn.
    pub(super) pictures: Pictures,
    /// Whether right-to-left text is put in the order in which it is seen.
    pub(super) orders: bool,
}

/// How pictures are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pictures {
    /// There are none.
    #[default]
    None,
    /// Their cells stay empty: the terminal is given pixels that lie over them.
    Empty,
    /// As half blocks in two colours each, of all there are.
    Blocks,
    /// The same in 256 colours.
    FewBlocks,
}

/// Signs by their role; each takes one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// Sound is heard.
    pub playing: &'static str,
    /// Held by the listener.
    pub paused: &'static str,
    /// Nothing is loaded.
    pub stopped: &'static str,
    /// Waiting for samples.
    pub waiting: &'static str,
    /// Something failed.
    pub failed: &'static str,
    /// The next edit is about it.
    pub selected: &'static str,
    /// Opens to further rows.
    pub opens: &'static str,
    /// Has not reached its service.
    pub sending: &'static str,
    /// It can be heard offline.
    pub kept: &'static str,
    /// It is on its way to this machine.
    pub fetches: &'static str,
    /// The listener likes it.
    pub liked: &'static str,
    /// A star of a rating.
    pub star: &'static str,
    /// Its source says that it is explicit.
    pub explicit: &'static str,
    /// Its words can be read.
    pub lyrics: &'static str,
    /// The rows are shuffled.
    pub shuffled: &'static str,
    /// All rows are repeated, or one.
    pub repeats: [&'static str; 2],
    /// Between a title and an artist.
    pub dash: &'static str,
    /// Between facts of one line.
    pub dot: &'static str,
    /// The heard part of a progress line.
    pub heard: &'static str,
    /// The cell where the heard part ends in its middle.
    pub half_heard: &'static str,
    /// Ready to be heard.
    pub buffered: &'static str,
    /// Not there yet.
    pub ahead: &'static str,
    /// Heights of a bar, none to a whole cell.
    pub bars: [&'static str; 9],
    /// Line between bands.
    pub rule: &'static str,
    /// Line between panes.
    pub divider: &'static str,
    /// The part of a scrollbar that is in view.
    pub thumb: &'static str,
    /// The rest of a scrollbar.
    pub track: &'static str,
}

const DRAWN: Signs = Signs {
    playing: "▶",
    paused: "‖",
    stopped: "■",
    waiting: "◌",
    failed: "×",
    selected: "●",
    opens: "›",
    sending: "↑",
    kept: "⇊",
    fetches: "↓",
    liked: "♥",
    star: "★",
    explicit: "E",
    lyrics: "¶",
    shuffled: "⤮",
    repeats: ["↻", "↻1"],
    dash: "—",
    dot: "·",
    heard: "━",
    half_heard: "╾",
    buffered: "─",
    ahead: "╌",
    bars: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    rule: "─",
    divider: "│",
    thumb: "┃",
    track: "│",
};

const TYPED: Signs = Signs {
    playing: ">",
    paused: "=",
    stopped: "#",
    waiting: "~",
    failed: "x",
    selected: "+",
    opens: ">",
    sending: "^",
    kept: "d",
    fetches: "v",
    liked: "*",
    star: "*",
    explicit: "E",
    lyrics: "L",
    shuffled: "S",
    repeats: ["R", "R1"],
    dash: "-",
    dot: "-",
    heard: "=",
    half_heard: "-",
    buffered: "-",
    ahead: ".",
    bars: [" ", ".", ".", ":", ":", "|", "|", "#", "#"],
    rule: "-",
    divider: "|",
    thumb: "#",
    track: "|",
};

/// For lines that are read out.
const SPOKEN: Signs = Signs {
    playing: "playing",
    paused: "paused",
    stopped: "stopped",
    waiting: "buffering",
    failed: "failed",
    selected: "selected",
    opens: "",
    sending: "not sent yet",
    kept: "offline",
    fetches: "downloads",
    liked: "liked",
    explicit: "explicit",
    lyrics: "lyrics",
    shuffled: "shuffle",
    repeats: ["repeat all", "repeat one"],
    dash: "by",
    dot: ",",
    ..TYPED
};

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

impl Default for Theme {
    fn default() -> Self {
        Self::coloured()
    }
}

impl Theme {
    /// As a look says.
    pub fn of(look: &Look) -> Self {
        let style = |role| style(look.ink(role));
        Self {
            text: style(Role::Text),
            faint: style(Role::Faint),
            strong: style(Role::Strong),
            open_page: style(Role::OpenPage),
            playing: style(Role::Playing),
            cursor: style(Role::Cursor),
            idle_cursor: style(Role::IdleCursor),
            heard: style(Role::Heard),
            key: style(Role::Key),
            warning: style(Role::Warning),
            failure: style(Role::Failure),
            signs: DRAWN,
            pictures: Pictures::None,
            orders: true,
        }
    }

    /// With the terminal's sixteen colours.
    pub fn coloured() -> Self {
        Self::of(&Themes::default().look("terminal", None).unwrap_or_default())
    }

    /// Without any colour: bold, faint, underlined and reversed tell all there is to tell.
    pub fn plain() -> Self {
        let look = Themes::default().look("terminal", None).unwrap_or_default();
        Self::of(&look.on(Depth::Monochrome, None))
    }

    /// The same with signs that every keyboard has.
    pub fn typed(self) -> Self {
        Self { signs: TYPED, ..self }
    }

    /// Whether its signs are those that every keyboard has.
    pub(super) fn is_typed(&self) -> bool {
        self.signs == TYPED
    }

    /// Whether its signs are words that are read out.
    pub(super) fn is_spoken(&self) -> bool {
        self.signs == SPOKEN
    }

    /// The same with pictures drawn so.
    pub fn with_pictures(self, pictures: Pictures) -> Self {
        Self { pictures, ..self }
    }

    /// The same with words in the place of signs.
    pub(super) fn spoken(self) -> Self {
        Self { signs: SPOKEN, ..self }
    }

    /// The same with right-to-left text as it is read, for terminals that put it in order.
    pub fn as_read(self) -> Self {
        Self { orders: false, ..self }
    }

    /// The lines of a box.
    pub(super) fn border(&self) -> border::Set<'static> {
        if self.signs == DRAWN { border::ROUNDED } else { ASCII_BORDER }
    }
}

fn style(ink: Ink) -> Style {
    let attributes = [
        (ink.bold, Modifier::BOLD),
        (ink.faint, Modifier::DIM),
        (ink.italic, Modifier::ITALIC),
        (ink.underlined, Modifier::UNDERLINED),
        (ink.reversed, Modifier::REVERSED),
    ];
    let set = attributes.iter().filter(|(is_set, _)| *is_set);
    let modifiers = set.fold(Modifier::empty(), |all, (_, modifier)| all | *modifier);
    Style { fg: ink.front.map(colour), bg: ink.back.map(colour), ..Style::new().add_modifier(modifiers) }
}

fn colour(colour: Colour) -> Color {
    match colour {
        Colour::Default => Color::Reset,
        Colour::Indexed(number) => Color::Indexed(number),
        Colour::Rgb(Rgb(red, green, blue)) => Color::Rgb(red, green, blue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::cells;

    fn styles(theme: &Theme) -> [Style; 11] {
        let Theme {
            text,
            faint,
            strong,
            open_page,
            playing,
            cursor,
            idle_cursor,
            heard,
            key,
            warning,
            failure,
            signs: _,
            pictures: _,
            orders: _,
        } = theme;
        [
            *text,
            *faint,
            *strong,
            *open_page,
            *playing,
            *cursor,
            *idle_cursor,
            *heard,
            *key,
            *warning,
            *failure,
        ]
    }

    #[test]
    fn plain_has_no_colour_and_nothing_blinks() {
        for style in styles(&Theme::plain()) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
        for style in styles(&Theme::coloured()) {
            assert!(!style.add_modifier.intersects(Modifier::SLOW_BLINK | Modifier::RAPID_BLINK));
        }
    }

    #[test]
    fn signs_take_one_cell_and_typed_ones_are_ascii() {
        for signs in [DRAWN, TYPED] {
            let Signs { playing, paused, stopped, waiting, failed, dash, dot, .. } = signs;
            let Signs { shuffled, repeats: [repeats, one], .. } = signs;
            assert!(cells(shuffled) == 1 && cells(repeats) == 1 && cells(one) == 2);
            let Signs { heard, half_heard, buffered, ahead, rule, divider, thumb, track, .. } = signs;
            for sign in [
                playing, paused, stopped, waiting, failed, dash, dot, heard, half_heard, buffered, ahead,
                rule, divider, thumb, track,
            ] {
                assert_eq!(cells(sign), 1, "{sign}");
                assert!(signs == DRAWN || sign.is_ascii(), "{sign}");
            }
        }
    }
}
