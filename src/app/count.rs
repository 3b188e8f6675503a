//! A number before a key: `12j` is twelve rows down.

use super::action::Action;
use super::chord::{Chord, Key};
use super::effect::Effect;
use super::state::State;

/// Most times that one key is done.
const MAX_COUNT: u16 = 999;

/// How often something is to be done; `None` where no number was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count(Option<u16>);

impl Count {
    /// Splits the number off that `keys` begin with. A digit that means something of its own, as `is_taken` tells, begins
    /// none.
    pub fn before(keys: &[Chord], is_taken: impl Fn(&[Chord]) -> bool) -> (Self, &[Chord]) {
        let digits = keys.iter().take_while(|key| digit(**key).is_some()).count();
        let begins =
            keys.first().is_some_and(|key| digit(*key) != Some(0)) && !is_taken(&keys[..digits.min(1)]);
        if digits == 0 || !begins {
            return (Self(None), keys);
        }
        let (number, rest) = keys.split_at(digits);
        let count = number
            .iter()
            .filter_map(|key| digit(*key))
            .fold(0_u16, |count, digit| count.saturating_mul(10).saturating_add(digit));
        (Self(Some(count.min(MAX_COUNT))), rest)
    }

    /// Does an action that often, where doing it again is doing more of it; any other once.
    pub fn repeat(self, state: &mut State, action: Action) -> Vec<Effect> {
        let Some(count) = self.0 else { return state.perform(action) };
        match action {
            // As in an editor: to the row of this number.
            Action::Top | Action::Bottom => {
                let mut effects = state.perform(Action::Top);
                effects.extend(state.move_cursor(isize::try_from(count).unwrap_or(1) - 1));
                effects
            }
            Action::SleepTimer => state.sleep_in(count.max(1)),
            Action::MoveDown => state.move_cursor(isize::try_from(count).unwrap_or(1)),
            Action::MoveUp => state.move_cursor(-isize::try_from(count).unwrap_or(1)),
            // One edit, and so one thing to undo.
            Action::MoveEntryDown => state.move_entries(true, usize::from(count)),
            Action::MoveEntryUp => state.move_entries(false, usize::from(count)),
            Action::PasteAfter => state.paste_rows(true, usize::from(count)),
            Action::PasteBefore => state.paste_rows(false, usize::from(count)),
            Action::RemoveEntry | Action::Cut | Action::Copy | Action::Duplicate => {
                state.with_rows_from_here(usize::from(count), |state| state.perform(action))
            }
            Action::HalfPageDown
            | Action::HalfPageUp
            | Action::PageDown
            | Action::PageUp
            | Action::Next
            | Action::Previous
            | Action::SeekForward
            | Action::SeekBack
            | Action::SeekForwardFar
            | Action::SeekBackFar
            | Action::VolumeUp
            | Action::VolumeDown
            | Action::Slower
            | Action::Faster
            | Action::Undo
            | Action::Redo => (0..count).flat_map(|_| state.perform(action.clone())).collect(),
            other => state.perform(other),
        }
    }
}

fn digit(chord: Chord) -> Option<u16> {
    match chord {
        Chord { key: Key::Char(c), ctrl: false, alt: false, .. } => {
            c.to_digit(10).and_then(|digit| u16::try_from(digit).ok())
        }
        _ => None,
    }
}
