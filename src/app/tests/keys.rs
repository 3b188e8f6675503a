//! The table of actions and the keys made from it.

use std::collections::BTreeMap;

use super::*;
use crate::app::keymap::Meaning;
use crate::app::{ACTIONS, Context, Keymap, keys_as_markdown};
use crate::config::KeysPreset;

/// Actions that a listener's own key can have, but that need none.
const KEYLESS: [Action; 2] = [Action::Play, Action::Pause];

#[test]
fn every_action_has_keys_or_is_known_to_have_none() {
    for info in ACTIONS {
        assert_eq!(info.keys.is_empty(), KEYLESS.contains(&info.action), "{}", info.name);
        assert!(!info.help.is_empty() && !info.help.ends_with('.'), "{}", info.name);
        for keys in info.keys {
            assert!(!parse_keys(keys).unwrap().is_empty(), "{keys}");
        }
    }
}

#[test]
fn names_actions_and_keys_are_there_once() {
    for (row, info) in ACTIONS.iter().enumerate() {
        for other in &ACTIONS[row + 1..] {
            assert_ne!(info.name, other.name);
            assert_ne!(info.action, other.action);
            if info.context != other.context {
                continue;
            }
            for (a, b) in info.keys.iter().flat_map(|a| other.keys.iter().map(move |b| (a, b))) {
                let (a, b) = (parse_keys(a).unwrap(), parse_keys(b).unwrap());
                assert!(
                    !a.starts_with(&b) && !b.starts_with(&a),
                    "{} and {} share keys",
                    info.name,
                    other.name
                );
            }
        }
    }
}

/// No key hides the first half of a sequence in a context that counts at the same time.
#[test]
fn every_key_reaches_its_action() {
    let keymap = Keymap::default();
    for info in ACTIONS {
        let contexts = match info.context {
            Context::Input => &[Context::Input, Context::Global][..],
            Context::Global => &[Context::Global],
            Context::List => &[Context::List, Context::Global],
            own => &[own, Context::List, Context::Global],
        };
        for keys in info.keys {
            let chords = parse_keys(keys).unwrap();
            let typing = info.context == Context::Input;
            assert_eq!(
                keymap.meaning(contexts, &chords, typing),
                Meaning::Action(info.action.clone()),
                "{keys}"
            );
            for length in 1..chords.len() {
                assert_eq!(keymap.meaning(contexts, &chords[..length], typing), Meaning::Prefix, "{keys}");
            }
        }
    }
}

/// Action name and keys in the configuration; the action to look at, its keys then, the warning.
type OwnKeys = (&'static str, &'static [&'static str], Action, &'static str, Option<&'static str>);

#[test]
fn own_keys_replace_the_defaults() {
    let own = |name: &str, keys: &[&str]| {
        BTreeMap::from([(name.to_owned(), keys.iter().map(|keys| (*keys).to_owned()).collect())])
    };
    let rows: &[OwnKeys] = &[
        ("next", &["<F7>", "g 9"], Action::Next, "<F7> g 9", None),
        ("next", &[], Action::Next, "", None),
        (
            "play",
            &["P"],
            Action::Play,
            "P",
            Some(
                "P is paste-before in the queue or a playlist, so it does not reach play there. Elsewhere it does",
            ),
        ),
        ("play", &["<F9>"], Action::Play, "<F9>", None),
        ("mute", &["r"], Action::Repeat, "", Some("r was a key of repeat. repeat has no key now")),
        ("next", &["R"], Action::Next, "R", Some("R was a key of retry")),
        ("next", &["+"], Action::VolumeUp, "=", Some("volume-up still has =")),
        (
            "remove-entry",
            &["m"],
            Action::Mute,
            "m",
            Some(
                "keys.remove-entry: m is remove-entry in the queue or a playlist, so it does not reach mute there",
            ),
        ),
        (
            "mute",
            &["j"],
            Action::Mute,
            "j",
            Some("keys.mute: j is move-down in every list, so it does not reach mute"),
        ),
        (
            "mute",
            &["g"],
            Action::Top,
            "<Home>",
            Some(
                "g is mute everywhere, so nothing longer that begins so is reached there: g Z (sleep-in), g e (equaliser)",
            ),
        ),
        (
            "next-match",
            &["e"],
            Action::NextMatch,
            "e",
            Some(
                "keys.next-match: e is next-match in a filtered list, so it does not reach add-to-end there",
            ),
        ),
        ("mute", &["n"], Action::Mute, "n", Some("keys.mute: n was a key of next")),
        (
            "mute",
            &["n x"],
            Action::NextMatch,
            "n",
            Some(
                "n is next-match in a filtered list, so nothing longer that begins so is reached there: n x (mute)",
            ),
        ),
        ("nxt", &["x"], Action::Next, "> n", Some("Did you mean next?")),
        ("zzzzzz", &["x"], Action::Next, "> n", Some("there is no action of this name")),
        ("next", &["<Hm>"], Action::Next, "> n", Some("<Hm> is no key")),
        ("next", &[""], Action::Next, "> n", Some("an empty text is no key")),
    ];
    for (name, keys, action, expected, warning) in rows {
        let (keymap, warnings) = Keymap::new(KeysPreset::Default, &own(name, keys));
        assert_eq!(keymap.keys_of(action).join(" "), *expected, "{name} {keys:?}");
        match warning {
            None => assert_eq!(warnings, [], "{name}"),
            Some(part) => {
                let told: Vec<_> = warnings.iter().map(ToString::to_string).collect();
                assert!(told.iter().any(|words| words.contains(part)), "{told:?}");
            }
        }
    }
    let keys = own("nxt", &["x"]);
    let run = Run::new(Start { keys, warnings: vec![gone()], ..Start::default() });
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), "It is gone. (and 1 more)");
    assert!(run.state.notices.past()[0].words.as_str().contains("keys.nxt"));
    // Where they stand is named, at the start and later.
    let places = || [("keys.nxt".to_owned(), "config.toml, line 3, column 7".to_owned())].into();
    let start = Start { keys: own("nxt", &["x"]), key_places: places(), ..Start::default() };
    let words =
        "config.toml, line 3, column 7: keys.nxt: there is no action of this name. Did you mean next?";
    assert_eq!(Run::new(start).state.notices.latest().unwrap().words.as_str(), words);
    let wishes = crate::app::Wishes {
        keys: own("nxt", &["x"]),
        keys_preset: KeysPreset::Default,
        key_places: places(),
        ..super::wishes()
    };
    let run = Run::with("").hears(Event::Reconfigured(Box::new(wishes)));
    assert_eq!(run.state.notices.latest().unwrap().words.as_str(), words);
}

#[test]
fn the_table_for_the_readme_has_every_action() {
    let table = keys_as_markdown();
    assert_eq!(table.lines().count(), ACTIONS.len() + 2);
    assert!(table.contains("| `>` `n` | Next track of the queue | everywhere | `next` |"), "{table}");
    assert!(table.lines().all(|line| line.matches(" | ").count() == 3), "{table}");
}
