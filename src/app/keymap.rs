//! Which keys mean what, where: the table's defaults with the listener's own on top.

use std::collections::BTreeMap;

use crate::model::{Fault, FaultKind, nearest};

use super::action::Action;
use super::chord::{Chord, parse_keys, write_keys};
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
}

/// All keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    bindings: Vec<Binding>,
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
        Self::new(&BTreeMap::new()).0
    }
}

impl Keymap {
    /// The defaults, and `user`'s keys by action name in place of that action's own (none: it has no
    /// key). A key given to an action is taken from whatever had it in the same context. Names that
    /// are no action and keys that are no keys come back as warnings and change nothing.
    pub fn new(user: &BTreeMap<String, Vec<String>>) -> (Self, Vec<Fault>) {
        let mut warnings = Vec::new();
        let mut bindings = Vec::new();
        for info in ACTIONS {
            for keys in info.keys {
                if let Ok(chords) = parse_keys(keys) {
                    bindings.push(Binding { context: info.context, chords, action: info.action.clone() });
                }
            }
        }
        for (name, keys) in user {
            let Some(info) = ACTIONS.iter().find(|info| info.name == *name) else {
                warnings.push(unknown(name));
                continue;
            };
            let parsed: Result<Vec<_>, _> = keys.iter().map(|keys| readable(keys)).collect();
            match parsed {
                Ok(parsed) => {
                    bindings.retain(|binding: &Binding| {
                        let taken = binding.context == info.context && parsed.contains(&binding.chords);
                        binding.action != info.action && !taken
                    });
                    bindings.extend(parsed.into_iter().map(|chords| Binding {
                        context: info.context,
                        chords,
                        action: info.action.clone(),
                    }));
                }
                Err(problem) => {
                    let message = format!("keys.{name}: {problem}");
                    warnings.push(Fault::new(FaultKind::Usage, message).hint("The default keys stay"));
                }
            }
        }
        (Self { bindings }, warnings)
    }

    /// Every binding, the defaults in the table's order.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The keys of an action as they are written, the first one first; empty when it has none.
    pub fn keys_of(&self, action: &Action) -> Vec<String> {
        let of_action = self.bindings.iter().filter(|binding| binding.action == *action);
        of_action.map(|binding| write_keys(&binding.chords)).collect()
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
