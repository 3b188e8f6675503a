//! Keys as people read them.

use crate::app::{Action, State};

/// The first key of an action, or the words for having none.
pub(super) fn first_key(state: &State, action: &Action) -> String {
    state.keymap.keys_of(action).first().map_or_else(|| "(no key)".to_owned(), |keys| spoken(keys))
}

/// The key that leads to the search from here.
pub(super) fn search_key(state: &State) -> String {
    let searches = state.filterable_rows() == 0 && !state.focus().is_typing();
    first_key(state, if searches { &Action::Filter } else { &Action::Search })
}

/// Keys as people say them: `<C-d>` is `Ctrl-d`, `<Enter>` is `Enter`; a key that types is itself.
pub(super) fn spoken(keys: &str) -> String {
    keys.split(' ').map(spoken_chord).collect::<Vec<_>>().join(" ")
}

fn spoken_chord(chord: &str) -> String {
    match chord.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        Some(name) if !name.is_empty() => {
            let marks = [("C-", "Ctrl-"), ("A-", "Alt-"), ("S-", "Shift-")];
            let mut name = name;
            let mut words = String::new();
            for (mark, word) in marks {
                if let Some(rest) = name.strip_prefix(mark).filter(|rest| !rest.is_empty()) {
                    words.push_str(word);
                    name = rest;
                }
            }
            words
                + match name {
                    "Left" => "←",
                    "Right" => "→",
                    "Up" => "↑",
                    "Down" => "↓",
                    "lt" => "<",
                    "gt" => ">",
                    other => other,
                }
        }
        _ => chord.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn keys_are_said_as_people_say_them() {
        let rows = [
            ("j", "j"),
            ("<", "<"),
            ("<Enter>", "Enter"),
            ("<C-d>", "Ctrl-d"),
            ("<C-A-Home>", "Ctrl-Alt-Home"),
            ("<S-Left>", "Shift-←"),
            ("<C-->", "Ctrl--"),
            ("<C-lt>", "Ctrl-<"),
            ("g g", "g g"),
        ];
        for (written, expected) in rows {
            assert_eq!(spoken(written), expected, "{written}");
        }
    }
}
