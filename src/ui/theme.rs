//! Colours and signs by their role. Data only: which cell gets which role is decided where it is
//! drawn. Colours come from the terminal's own sixteen, so they suit light and dark alike, and no
//! role is told by colour alone.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

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
    /// With the terminal's sixteen colours.
    pub fn coloured() -> Self {
        Self {
            text: Style::new(),
            faint: Style::new().add_modifier(Modifier::DIM),
            strong: Style::new().add_modifier(Modifier::BOLD),
            open_page: Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            playing: Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
            cursor: Style::new().add_modifier(Modifier::REVERSED),
            idle_cursor: Style::new().add_modifier(Modifier::UNDERLINED),
            heard: Style::new().fg(Color::Cyan),
            key: Style::new().fg(Color::Cyan),
            warning: Style::new().fg(Color::Yellow),
            failure: Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
            signs: DRAWN,
        }
    }

    /// Without any colour: bold, faint, underlined and reversed tell all there is to tell.
    pub fn plain() -> Self {
        let bare = |style: Style| Style { fg: None, bg: None, ..style };
        let coloured = Self::coloured();
        Self {
            playing: bare(coloured.playing),
            heard: bare(coloured.heard),
            key: Style::new().add_modifier(Modifier::BOLD),
            warning: Style::new().add_modifier(Modifier::BOLD),
            failure: bare(coloured.failure),
            ..coloured
        }
    }

    /// The same with signs that every keyboard has.
    pub fn typed(self) -> Self {
        Self { signs: TYPED, ..self }
    }

    /// The lines of a box.
    pub(super) fn border(&self) -> border::Set<'static> {
        if self.signs == DRAWN { border::ROUNDED } else { ASCII_BORDER }
    }

    /// What suits a terminal whose environment `variable` reads: no colour where `NO_COLOR` is set
    /// and not empty (no-color.org) or the terminal is `dumb` or monochrome; typed signs where the
    /// locale is none of UTF-8 or the terminal is the Linux console, whose font is small.
    pub fn for_terminal(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let colourless =
            set("NO_COLOR").is_some() || term == "dumb" || term.ends_with("-m") || term == "vt100";
        let theme = if colourless { Self::plain() } else { Self::coloured() };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if utf8 && term != "linux" && term != "dumb" { theme } else { theme.typed() }
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
    fn the_environment_chooses() {
        let rows: [(&[(&str, &str)], Theme); 8] = [
            (&[("TERM", "xterm-256color"), ("LANG", "fi_FI.UTF-8")], Theme::coloured()),
            (&[("TERM", "xterm-256color")], Theme::coloured()),
            (&[("TERM", "xterm"), ("NO_COLOR", "1")], Theme::plain()),
            (&[("TERM", "xterm"), ("NO_COLOR", "")], Theme::coloured()),
            (&[("TERM", "dumb")], Theme::plain().typed()),
            (&[("TERM", "linux"), ("LANG", "C.UTF-8")], Theme::coloured().typed()),
            (&[("TERM", "xterm"), ("LANG", "C")], Theme::coloured().typed()),
            (&[("TERM", "xterm"), ("LANG", "C"), ("LC_ALL", "en_GB.utf8")], Theme::coloured()),
        ];
        for (environment, expected) in rows {
            let variable = |name: &str| {
                environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Theme::for_terminal(variable), expected, "{environment:?}");
        }
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
