//! What a line means that is typed where there is no screen: the name of an action, words that find one, a row's number,
//! keys, or a question about where things are.

use super::action::Action;
use super::chord::{Chord, Key, parse_keys};
use super::palette::Palette;
use super::state::State;
use super::table::{ACTIONS, Context};
use super::update::Msg;

/// Furthest row that is gone to by its number.
const MAX_ROW: usize = 10_000;

/// Most actions that are named for words that mean several.
const MOST_NAMED: usize = 8;

/// What a line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Spoken {
    /// These messages, in order.
    Do(Vec<Msg>),
    /// Where the listener is.
    Where,
    /// The rows in view.
    Rows,
    /// What is heard, and what was told.
    Status,
    /// What can be said here: a name, keys and what it does, each.
    Help(Vec<String>),
    /// It means nothing, or one of these.
    Unclear(Vec<String>),
}

impl State {
    /// What a typed line means here.
    pub fn spoken(&self, line: &str) -> Spoken {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let act = |action: Action| Msg::Action(action);
        match (word, rest) {
            ("", _) | ("where", "") => return Spoken::Where,
            ("list" | "rows", "") => return Spoken::Rows,
            ("status" | "now", "") => return Spoken::Status,
            ("help" | "?", _) => return Spoken::Help(self.help_on(rest)),
            ("enter", "") => return Spoken::Do(vec![Msg::Key(Chord::plain(Key::Enter))]),
            ("search", words) if !words.is_empty() => {
                let typed = Msg::Paste(words.to_owned());
                return Spoken::Do(vec![
                    act(Action::Search),
                    act(Action::EraseLine),
                    typed,
                    act(Action::Submit),
                ]);
            }
            ("open", link) if !link.is_empty() => {
                let leave = self.focus().is_typing().then(|| act(Action::LeaveInput));
                return Spoken::Do(leave.into_iter().chain([Msg::Paste(link.to_owned())]).collect());
            }
            ("type", words) if self.focus().is_typing() => {
                return Spoken::Do(vec![Msg::Paste(words.to_owned())]);
            }
            ("keys", keys) if !keys.is_empty() => return keys_of(keys),
            _ => {}
        }
        if let Ok(row) = line.parse::<usize>() {
            let down = (1..row.min(MAX_ROW)).map(|_| act(Action::MoveDown));
            return Spoken::Do([act(Action::Top)].into_iter().chain(down).collect());
        }
        let name = line.replace(' ', "-");
        if let Some(info) = ACTIONS.iter().find(|info| info.name == name && info.context != Context::Input) {
            return Spoken::Do(vec![act(info.action.clone())]);
        }
        if line.chars().count() == 1 || line.starts_with('<') {
            return keys_of(line);
        }
        self.meant(line)
    }

    /// The one action that words mean here.
    fn meant(&self, words: &str) -> Spoken {
        let palette = Palette::of_words(self.offered(), words);
        match palette.rows.as_slice() {
            [one] => Spoken::Do(vec![Msg::Action(one.info.action.clone())]),
            rows => {
                Spoken::Unclear(rows.iter().take(MOST_NAMED).map(|row| row.info.name.to_owned()).collect())
            }
        }
    }

    fn help_on(&self, words: &str) -> Vec<String> {
        let palette = Palette::of_words(self.offered(), words);
        let line = |row: &super::palette::PaletteRow| {
            let keys =
                if row.keys.is_empty() { String::new() } else { format!(" ({})", row.keys.join(", ")) };
            format!("{}{keys}: {}", row.info.name, row.info.help)
        };
        palette.rows.iter().map(line).collect()
    }
}

fn keys_of(text: &str) -> Spoken {
    match parse_keys(text) {
        Ok(chords) => Spoken::Do(chords.into_iter().map(Msg::Key).collect()),
        Err(problem) => Spoken::Unclear(vec![problem]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::Run;

    #[test]
    fn lines_are_understood() {
        let run = Run::with("a b");
        let check = |line: &str, expected: &str| {
            let found = match run.state.spoken(line) {
                Spoken::Do(messages) => {
                    let word = |message: &Msg| match message {
                        Msg::Action(action) => format!("{action:?}"),
                        Msg::Key(chord) => chord.to_string(),
                        Msg::Paste(text) => format!("{text:?}"),
                        other => format!("{other:?}"),
                    };
                    messages.iter().map(word).collect::<Vec<_>>().join(" ")
                }
                Spoken::Help(lines) => format!("help {}", lines.len() > 20),
                Spoken::Unclear(names) => format!("unclear {}", names.join(" ")),
                other => format!("{other:?}"),
            };
            assert_eq!(found, expected, "{line:?}");
        };
        check("", "Where");
        check("list", "Rows");
        check("status", "Status");
        check("help", "help true");
        check("next", "Next");
        check("  seek forward ", "SeekForward");
        check("3", "Top MoveDown MoveDown");
        check("search night ferry", "Search EraseLine \"night ferry\" Submit");
        check("open https://a.example/x", "\"https://a.example/x\"");
        check("enter", "<Enter>");
        check("j", "j");
        check("keys g g <Enter>", "g g <Enter>");
        check("<C-d>", "<C-d>");
        check("<Nope>", "unclear <Nope> is no key; expected a name as in <Enter>, <Esc>, <F3> or <C-d>");
        check("louder", "VolumeUp");
        check("no such thing", "unclear ");
        assert!(matches!(run.state.spoken("sort by"), Spoken::Unclear(names) if names.len() > 3));
    }
}
