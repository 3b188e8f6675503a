//! Which keys mean what, where: the table's defaults with the listener's own on top.

use std::collections::BTreeMap;

use crate::config::KeysPreset;
use crate::model::{Fault, FaultKind, nearest};

use super::action::Action;
use super::chord::{Chord, parse_keys, write_keys};
use super::conflicts::{Taken, conflicts, reached};
use super::presets;
use super::table::{ACTIONS, ActionInfo, Context};

/// A key or a sequence of keys with its meaning in one context.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Where it counts.
    pub context: Context,
    /// The keys, pressed one after the other; never empty.
    pub chords: Vec<Chord>,
    /// What it does.
    pub action: Action,
    /// Whether the listener gave it.
    pub own: bool,
    /// Whether there is a place where the keys do it.
    pub(super) reached: bool,
}

/// All keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    bindings: Vec<Binding>,
    preset: KeysPreset,
    user: BTreeMap<String, Vec<String>>,
}

/// What some keys mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    /// This.
    Action(Action),
    /// Nothing yet: they begin something longer.
    Prefix,
    /// Nothing.
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(KeysPreset::Default, &BTreeMap::new()).0
    }
}

impl Keymap {
    /// The preset's keys, and `user`'s by action name in place of that action's own (none: it has no
    /// key). A key given to an action is taken from whatever had it in the same context. Names that
    /// are no action and keys that are no keys come back as warnings and change nothing; what the listener's own keys hide
    /// or are hidden by is told too.
    pub fn new(preset: KeysPreset, user: &BTreeMap<String, Vec<String>>) -> (Self, Vec<Fault>) {
        let mut keymap = Self { bindings: Vec::new(), preset, user: user.clone() };
        for info in ACTIONS {
            let chords = info.keys.iter().filter_map(|keys| parse_keys(keys).ok());
            keymap.bindings.extend(chords.map(|chords| binding(info, chords, false)));
        }
        for (name, keys) in presets::rows(preset) {
            if let Some(info) = ACTIONS.iter().find(|info| info.name == *name) {
                let chords = keys.iter().filter_map(|keys| parse_keys(keys).ok()).collect();
                keymap.give(info, chords, false);
            }
        }
        let mut warnings = Vec::new();
        let mut taken = Vec::new();
        for (name, keys) in user {
            let Some(info) = ACTIONS.iter().find(|info| info.name == *name) else {
                warnings.push(unknown(name));
                continue;
            };
            let parsed: Result<Vec<_>, _> = keys.iter().map(|keys| readable(keys)).collect();
            match parsed {
                Ok(parsed) => taken.extend(keymap.give(info, parsed, true)),
                Err(problem) => {
                    let message = format!("keys.{name}: {problem}");
                    warnings.push(Fault::new(FaultKind::Usage, message).hint("The default keys stay"));
                }
            }
        }
        // Whoever says what an action's keys are knows that it had others.
        let named = |from: &Binding| !from.own && user.keys().any(|name| *name == name_of(from));
        taken.retain(|taken: &Taken| !named(&taken.from));
        let reached = reached(&keymap);
        for (binding, reached) in keymap.bindings.iter_mut().zip(reached) {
            binding.reached = reached;
        }
        warnings.extend(conflicts(&keymap, &taken));
        (keymap, warnings)
    }

    /// Gives an action these keys in place of its own; gives back what they were taken from.
    fn give(&mut self, info: &ActionInfo, chords: Vec<Vec<Chord>>, own: bool) -> Vec<Taken> {
        self.bindings.retain(|binding| binding.action != info.action);
        let mut taken = Vec::new();
        for chords in chords {
            let by = binding(info, chords, own);
            let collides = |other: &Binding| other.context == by.context && other.chords == by.chords;
            let lost = self.bindings.iter().filter(|other| collides(other) && other.action != by.action);
            taken.extend(lost.map(|from| Taken { from: from.clone(), by: by.clone() }));
            self.bindings.retain(|other| !collides(other));
            self.bindings.push(by);
        }
        taken
    }

    /// Every binding, the defaults in the table's order.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The keys that reach an action as they are written, the first one first; empty when none does.
    pub fn keys_of(&self, action: &Action) -> Vec<String> {
        let of_action = self.bindings.iter().filter(|binding| binding.action == *action);
        of_action.filter(|binding| binding.reached).map(|binding| write_keys(&binding.chords)).collect()
    }

    /// All keys that an action was given, whether they reach it or not.
    pub(super) fn given_to(&self, action: &Action) -> Vec<String> {
        let of_action = self.bindings.iter().filter(|binding| binding.action == *action);
        of_action.map(|binding| write_keys(&binding.chords)).collect()
    }

    /// The keys that the listener's own stand on.
    pub(super) fn preset(&self) -> KeysPreset {
        self.preset
    }

    /// The listener's own keys by action name.
    pub(super) fn own(&self) -> &BTreeMap<String, Vec<String>> {
        &self.user
    }

    /// What `chords` mean where `contexts` count, the first context first. While `typing`, keys that
    /// type mean nothing here but in [`Context::Input`].
    pub(super) fn meaning(&self, contexts: &[Context], chords: &[Chord], typing: bool) -> Meaning {
        let types = typing && chords.first().is_some_and(|chord| chord.typed().is_some());
        let here = |binding: &&Binding| {
            contexts.contains(&binding.context) && (!types || binding.context == Context::Input)
        };
        let whole = contexts.iter().find_map(|context| {
            let mut of_context = self.bindings.iter().filter(here);
            of_context.find(|binding| binding.context == *context && binding.chords == chords)
        });
        match whole {
            Some(binding) => Meaning::Action(binding.action.clone()),
            None if self.bindings.iter().filter(here).any(|binding| binding.chords.starts_with(chords)) => {
                Meaning::Prefix
            }
            None => Meaning::Nothing,
        }
    }
}

fn binding(info: &ActionInfo, chords: Vec<Chord>, own: bool) -> Binding {
    Binding { context: info.context, chords, action: info.action.clone(), own, reached: false }
}

fn name_of(binding: &Binding) -> &'static str {
    ACTIONS.iter().find(|info| info.action == binding.action).map_or("", |info| info.name)
}

fn readable(keys: &str) -> Result<Vec<Chord>, String> {
    match parse_keys(keys) {
        Ok(chords) if chords.is_empty() => Err("an empty text is no key; [] takes all keys away".to_owned()),
        other => other,
    }
}

fn unknown(name: &str) -> Fault {
    let fault = Fault::new(FaultKind::Usage, format!("keys.{name}: there is no action of this name"));
    match nearest(name, ACTIONS.iter().map(|info| info.name)) {
        Some(meant) => fault.hint(format!("Did you mean {meant}?")),
        None => fault.hint("The help (?) lists the names"),
    }
}

/// The table of keys as the README shows it, made from the actions.
pub fn keys_as_markdown() -> String {
    let row = |info: &ActionInfo| {
        let keys: Vec<_> = info.keys.iter().map(|keys| format!("`{}`", keys.replace('|', "\\|"))).collect();
        let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(" ") };
        let place = info.context.title().to_lowercase();
        format!("| {keys} | {} | {place} | `{}` |\n", info.help, info.name)
    };
    let head = "| keys | what they do | where | name in `[keys]` |\n| --- | --- | --- | --- |\n";
    std::iter::once(head.to_owned()).chain(ACTIONS.iter().map(row)).collect()
}
