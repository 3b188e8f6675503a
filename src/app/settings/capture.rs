//! Keys for an action, taken as they are pressed; what they hide or take from others is told before they count.

use std::collections::BTreeMap;

use crate::app::chord::{Chord, Key, write_keys};
use crate::app::effect::Effect;
use crate::app::keymap::Keymap;
use crate::app::notices::{Level, words};
use crate::app::state::{Overlay, State};
use crate::app::table::ActionInfo;
use crate::model::CleanText;

/// Longest sequence of keys that is taken.
const MOST_KEYS: usize = 4;

/// What becomes of the keys that the action has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// They go.
    Instead,
    /// They stay beside the new ones.
    Beside,
}

/// The box that takes keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// For which action.
    pub info: &'static ActionInfo,
    /// Whether its other keys stay.
    pub how: How,
    /// What was pressed.
    pub chords: Vec<Chord>,
    /// What these keys hide, or are hidden by.
    pub conflicts: Vec<CleanText>,
}

impl Capture {
    /// What the configuration is to hold for the action then.
    fn keys(&self, keymap: &Keymap) -> Vec<String> {
        let mut keys = match self.how {
            How::Instead => Vec::new(),
            How::Beside => keymap.given_to(&self.info.action),
        };
        let new = write_keys(&self.chords);
        keys.retain(|other| *other != new);
        keys.push(new);
        keys
    }
}

impl State {
    /// Asks for keys for the action under the help's cursor.
    pub(in crate::app) fn capture_keys(&mut self, how: How) -> Vec<Effect> {
        let Some(info) = self.help_action() else { return Vec::new() };
        let capture = Capture { info, how, chords: Vec::new(), conflicts: Vec::new() };
        self.overlays.push(Overlay::Capture(Box::new(capture)));
        Vec::new()
    }

    /// Takes a key for the box, if it is open. The first one is always a key of the sequence, but for the one that leaves.
    pub(in crate::app) fn captured(&mut self, chord: Chord) -> Option<Vec<Effect>> {
        let Some(Overlay::Capture(capture)) = self.overlays.last_mut() else { return None };
        let is = |key| chord == Chord::plain(key);
        if is(Key::Esc) {
            self.overlays.pop();
            return Some(Vec::new());
        }
        match capture.chords.len() {
            1.. if is(Key::Enter) => return Some(self.keep_captured()),
            1.. if is(Key::Backspace) => drop(capture.chords.pop()),
            0..MOST_KEYS => capture.chords.push(chord),
            _ => {}
        }
        self.name_conflicts();
        Some(Vec::new())
    }

    /// Names what the keys in the box would be in the way of.
    fn name_conflicts(&mut self) {
        let Some(Overlay::Capture(capture)) = self.overlays.last() else { return };
        let conflicts = if capture.chords.is_empty() {
            Vec::new()
        } else {
            self.conflicts_with(capture.info.name, capture.keys(&self.keymap))
        };
        if let Some(Overlay::Capture(capture)) = self.overlays.last_mut() {
            capture.conflicts = conflicts;
        }
    }

    /// What is told of other keys once an action has these, that is not told now.
    fn conflicts_with(&self, name: &str, keys: Vec<String>) -> Vec<CleanText> {
        let (_, before) = Keymap::new(self.keymap.preset(), self.keymap.own());
        let mut own: BTreeMap<_, _> = self.keymap.own().clone();
        own.insert(name.to_owned(), keys);
        let (_, after) = Keymap::new(self.keymap.preset(), &own);
        after.iter().filter(|fault| !before.contains(fault)).map(words).collect()
    }

    fn keep_captured(&mut self) -> Vec<Effect> {
        let Some(Overlay::Capture(capture)) = self.overlays.pop() else { return Vec::new() };
        let keys = capture.keys(&self.keymap);
        self.keep_keys(capture.info, Some(&keys))
    }

    /// Takes all keys away from the action under the help's cursor.
    pub(in crate::app) fn clear_keys(&mut self) -> Vec<Effect> {
        match self.help_action() {
            Some(info) => self.keep_keys(info, Some(&[])),
            None => Vec::new(),
        }
    }

    /// Gives the action under the help's cursor the keys back that it has by itself.
    pub(in crate::app) fn reset_keys(&mut self) -> Vec<Effect> {
        match self.help_action() {
            Some(info) if self.keymap.own().contains_key(info.name) => self.keep_keys(info, None),
            Some(_) => self.tell(Level::Info, "It has the keys of the preset"),
            None => Vec::new(),
        }
    }

    fn keep_keys(&mut self, info: &ActionInfo, keys: Option<&[String]>) -> Vec<Effect> {
        let listed = keys.map(|keys| {
            let quoted: Vec<_> = keys.iter().map(|keys| crate::config::quoted(keys)).collect();
            format!("[{}]", quoted.join(", "))
        });
        let words = match keys {
            None => format!("{} has the keys of the preset again", info.name),
            Some([]) => format!("{} has no key now", info.name),
            Some(keys) => format!("{} is {} now", keys.join(" and "), info.name),
        };
        self.keep_setting(format!("keys.{}", info.name), listed, words)
    }

    fn help_action(&self) -> Option<&'static ActionInfo> {
        match self.overlays.last() {
            Some(Overlay::Help(help)) => help.rows.get(help.list.cursor()?).map(|row| row.info),
            Some(_) | None => None,
        }
    }
}
