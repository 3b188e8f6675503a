//! Which keys of the listener's own hide others, and which are hidden: nothing is lost without a word.

use super::chord::{Chord, write_keys};
use super::focus::Focus;
use super::keymap::{Binding, Keymap, Meaning};
use super::table::{ACTIONS, Context};
use crate::model::{Fault, FaultKind};

/// Keys that are named of those that one key cuts off.
const MOST_NAMED: usize = 4;

/// A key that was taken from an action, by one of the same place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Taken {
    pub from: Binding,
    pub by: Binding,
}

/// Everything in which the listener's own keys and others get in each other's way, in words.
pub(super) fn conflicts(keymap: &Keymap, taken: &[Taken]) -> Vec<Fault> {
    let mut faults: Vec<_> = taken.iter().map(|taken| lost(keymap, taken)).collect();
    let pairs = hidden(keymap);
    let (same, begun): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(hidden, by)| hidden.chords == by.chords);
    for (hidden, by) in same {
        let named = if by.own { by } else { hidden };
        let (key, place) = (write_keys(&by.chords), by.context.title().to_lowercase());
        let (winner, loser) = (name(by), name(hidden));
        let message =
            format!("keys.{}: {key} is {winner} {place}, so it does not reach {loser} there", name(named));
        faults.push(Fault::new(FaultKind::Usage, message).hint(advice(keymap, hidden)));
    }
    let mut told: Vec<&Binding> = Vec::new();
    for (_, by) in &begun {
        if !told.contains(by) {
            told.push(by);
            let hidden = begun.iter().filter(|(_, other)| other == by).map(|(hidden, _)| *hidden);
            faults.push(cut_off(by, &hidden.collect::<Vec<_>>()));
        }
    }
    faults
}

/// A key that is also how longer ones begin: it is done at once, and they are never reached.
fn cut_off(by: &Binding, hidden: &[&Binding]) -> Fault {
    let named = hidden.iter().find(|hidden| hidden.own && !by.own).copied().unwrap_or(by);
    let mut longer: Vec<_> = hidden
        .iter()
        .take(MOST_NAMED)
        .map(|hidden| format!("{} ({})", write_keys(&hidden.chords), name(hidden)))
        .collect();
    if hidden.len() > MOST_NAMED {
        longer.push(format!("and {} more", hidden.len() - MOST_NAMED));
    }
    let (key, place) = (write_keys(&by.chords), by.context.title().to_lowercase());
    let message = format!(
        "keys.{}: {key} is {} {place}, so nothing longer that begins so is reached there: {}",
        name(named),
        name(by),
        longer.join(", ")
    );
    Fault::new(FaultKind::Usage, message).hint("Give them other keys, or this one")
}

fn lost(keymap: &Keymap, taken: &Taken) -> Fault {
    let (winner, loser) = (name(&taken.by), name(&taken.from));
    let key = write_keys(&taken.from.chords);
    let message = format!("keys.{winner}: {key} was a key of {loser}");
    Fault::new(FaultKind::Usage, message).hint(advice(keymap, &taken.from))
}

fn advice(keymap: &Keymap, loser: &Binding) -> String {
    let mut left = keymap.keys_of(&loser.action);
    let is_elsewhere = left.contains(&write_keys(&loser.chords));
    left.retain(|keys| *keys != write_keys(&loser.chords));
    match (left.is_empty(), is_elsewhere) {
        (true, true) => "Elsewhere it does".to_owned(),
        (true, false) => {
            format!("{0} has no key now; give it one under [keys], or {0} = [] if that is meant", name(loser))
        }
        (false, _) => format!("{} still has {}", name(loser), left.join(" and ")),
    }
}

fn name(binding: &Binding) -> &'static str {
    ACTIONS.iter().find(|info| info.action == binding.action).map_or("?", |info| info.name)
}

/// Pairs of a binding and the one that is in its way somewhere, where one of them is the listener's own. That a filter's
/// own keys come first while there is one is no conflict: it says so on the screen.
fn hidden(keymap: &Keymap) -> Vec<(&Binding, &Binding)> {
    let mut found: Vec<(&Binding, &Binding)> = Vec::new();
    if !keymap.bindings().iter().any(|binding| binding.own) {
        return found;
    }
    for place in Place::all() {
        let here: Vec<&Binding> = keymap.bindings().iter().filter(|binding| place.has(binding)).collect();
        let rank = |binding: &Binding| place.contexts.iter().position(|context| *context == binding.context);
        for by in &here {
            for hidden in here.iter().filter(|hidden| hidden.action != by.action && (hidden.own || by.own)) {
                let is_the_filters = by.context == Context::Filtered && !by.own;
                let same = hidden.chords == by.chords && rank(by) < rank(hidden) && !is_the_filters;
                let begun = hidden.chords.len() > by.chords.len() && hidden.chords.starts_with(&by.chords);
                if (same || begun) && !found.contains(&(hidden, by)) {
                    found.push((hidden, by));
                }
            }
        }
    }
    found
}

/// Where keys go.
struct Place {
    contexts: Vec<Context>,
    is_typing: bool,
}

impl Place {
    /// Every place there is, those that can be filtered also as they are then.
    fn all() -> Vec<Self> {
        let of = |focus: Focus| Self { contexts: focus.contexts().to_vec(), is_typing: focus.is_typing() };
        let filtered = Focus::ALL.into_iter().filter(|focus| focus.has_filter()).map(|focus| {
            let mut place = of(focus);
            place.contexts.insert(0, Context::Filtered);
            place
        });
        Focus::ALL.into_iter().map(of).chain(filtered).collect()
    }

    /// Whether a binding counts here.
    fn has(&self, binding: &Binding) -> bool {
        let types = self.is_typing && binding.chords.first().copied().and_then(Chord::typed).is_some();
        self.contexts.contains(&binding.context) && (!types || binding.context == Context::Input)
    }
}

/// For each binding whether there is a place where its keys do what they are for.
pub(super) fn reached(keymap: &Keymap) -> Vec<bool> {
    let places = Place::all();
    let is_reached = |binding: &Binding| {
        places.iter().filter(|place| place.has(binding)).any(|place| {
            let means = |length| keymap.meaning(&place.contexts, &binding.chords[..length], place.is_typing);
            means(binding.chords.len()) == Meaning::Action(binding.action.clone())
                && (1..binding.chords.len()).all(|length| means(length) == Meaning::Prefix)
        })
    };
    keymap.bindings().iter().map(is_reached).collect()
}
