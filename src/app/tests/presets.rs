//! The presets: each action keeps a key, and each key of a preset does what it says wherever it counts.

use std::collections::BTreeMap;

use super::{Run, Step};
use crate::app::keymap::Meaning;
use crate::app::{ACTIONS, Action, Context, Focus, Keymap, Level, Start, parse_keys, presets};
use crate::config::KeysPreset;

/// What a listener finds missing who comes from elsewhere: nothing that the table's own keys reach.
#[test]
fn every_action_keeps_a_key() {
    for (preset, name) in KeysPreset::ALL {
        let (keymap, warnings) = Keymap::new(preset, &BTreeMap::new());
        assert_eq!(warnings, [], "{name}");
        for info in ACTIONS.iter().filter(|info| !info.keys.is_empty()) {
            assert!(!keymap.keys_of(&info.action).is_empty(), "{name}: {} has no key", info.name);
        }
    }
}

#[test]
fn every_key_of_a_preset_does_what_it_says() {
    for (preset, name) in KeysPreset::ALL {
        let (keymap, _) = Keymap::new(preset, &BTreeMap::new());
        let rows = presets::rows(preset);
        for (action_name, keys) in rows {
            let info = ACTIONS.iter().find(|info| info.name == *action_name);
            let info = info.unwrap_or_else(|| panic!("{name}: {action_name} is no action"));
            assert_eq!(
                rows.iter().filter(|(other, _)| other == action_name).count(),
                1,
                "{name}: {action_name}"
            );
            for keys in *keys {
                let chords = parse_keys(keys).unwrap();
                for focus in Focus::ALL {
                    if focus.is_typing() || !focus.contexts().contains(&info.context) {
                        continue;
                    }
                    for length in 1..=chords.len() {
                        let means = keymap.meaning(focus.contexts(), &chords[..length], false);
                        let is_meant = match &means {
                            Meaning::Action(action) if length == chords.len() => {
                                // Another row of the preset may mean it nearer by.
                                let by = ACTIONS.iter().find(|info| info.action == *action).unwrap();
                                // The doors' numbers stand on the screen, a form is walked through as everywhere, and the help has
                                // its own line to type in; on the page of downloads keys are about those.
                                let is_of_place = matches!(
                                    by.context,
                                    Context::Welcome | Context::SignIn | Context::Help | Context::Downloads
                                );
                                let is_of_preset = rows.iter().any(|(other, _)| *other == by.name);
                                *action == info.action || is_of_place || is_of_preset
                            }
                            Meaning::Prefix => length < chords.len(),
                            Meaning::Action(_) | Meaning::Nothing => false,
                        };
                        assert!(is_meant, "{name}: {keys} is not {action_name} in {focus:?}: {means:?}");
                    }
                }
            }
        }
    }
}

/// Keys that the programs' own documents name, and what the same key does here.
#[test]
fn keys_are_those_of_the_programs() {
    let rows = [
        (KeysPreset::Vim, "d d", Action::RemoveEntry),
        (KeysPreset::Vim, "<C-w> w", Action::NextPane),
        (KeysPreset::Vim, "Z Z", Action::Quit),
        (KeysPreset::Cmus, "x", Action::Play),
        (KeysPreset::Cmus, "c", Action::TogglePause),
        (KeysPreset::Cmus, "v", Action::Stop),
        (KeysPreset::Cmus, "b", Action::Next),
        (KeysPreset::Cmus, "z", Action::Previous),
        (KeysPreset::Cmus, "l", Action::SeekForward),
        (KeysPreset::Cmus, "p", Action::MoveEntryDown),
        (KeysPreset::Ncmpcpp, "p", Action::TogglePause),
        (KeysPreset::Ncmpcpp, "s", Action::Stop),
        (KeysPreset::Ncmpcpp, "z", Action::Shuffle),
        (KeysPreset::Ncmpcpp, "f", Action::SeekForward),
        (KeysPreset::Ncmpcpp, "c", Action::ClearList),
        (KeysPreset::SpotifyPlayer, "p", Action::Previous),
        (KeysPreset::SpotifyPlayer, "<C-r>", Action::Repeat),
        (KeysPreset::SpotifyPlayer, "D", Action::ShowOutputs),
        (KeysPreset::SpotifyPlayer, "z", Action::ShowQueue),
    ];
    for (preset, keys, action) in rows {
        let (keymap, _) = Keymap::new(preset, &BTreeMap::new());
        assert_eq!(
            keymap.meaning(Focus::Queue.contexts(), &parse_keys(keys).unwrap(), false),
            Meaning::Action(action),
            "{keys}"
        );
    }
}

#[test]
fn own_keys_stand_on_a_preset() {
    let keys = BTreeMap::from([("mute".to_owned(), vec!["x".to_owned()])]);
    let (keymap, warnings) = Keymap::new(KeysPreset::Cmus, &keys);
    assert_eq!(keymap.keys_of(&Action::Mute), ["x"]);
    assert_eq!(keymap.keys_of(&Action::Play), Vec::<String>::new());
    assert!(warnings[0].to_string().contains("play has no key now"), "{}", warnings[0]);
    // Saying so is enough.
    let keys = BTreeMap::from([("mute".to_owned(), vec!["x".to_owned()]), ("play".to_owned(), Vec::new())]);
    assert_eq!(Keymap::new(KeysPreset::Cmus, &keys).1, []);
}

#[test]
fn conflicts_are_told_at_the_start() {
    let keys = BTreeMap::from([
        ("mute".to_owned(), vec!["Q".to_owned()]),
        ("next".to_owned(), vec!["Q".to_owned()]),
    ]);
    let run = Run::new(Start { keys, ..Start::default() });
    let notice = run.state.notices.latest().unwrap();
    assert_eq!(notice.level, Level::Warning);
    assert!(
        notice.words.as_str().contains("keys.mute: Q was a key of quit. quit still has <C-c>"),
        "{}",
        notice.words
    );
    let told: Vec<_> = run.state.notices.past().iter().map(|notice| notice.words.as_str()).collect();
    assert!(told.iter().any(|words| words.contains("keys.next: Q was a key of mute")), "{told:?}");
}

#[test]
fn numbers_count() {
    let row = |run: &Run| run.state.queue.list.cursor();
    let run = |preset, keys| {
        let titles = (0..40).map(|number| format!("t{number}")).collect::<Vec<_>>().join(" ");
        let tracks = super::tracks(Box::leak(titles.into_boxed_str()));
        let session = crate::model::Session {
            tracks: tracks.into_iter().map(Into::into).collect(),
            current: Some(0),
            ..Default::default()
        };
        let start = Start { keys_preset: preset, session, services: super::services(), ..Start::default() };
        Run::new(start).steps([Step::Keys(keys)])
    };
    assert_eq!(row(&run(KeysPreset::Vim, "12j")), Some(12));
    assert_eq!(row(&run(KeysPreset::Vim, "20j5k")), Some(15));
    assert_eq!(row(&run(KeysPreset::Vim, "7G")), Some(6));
    assert_eq!(row(&run(KeysPreset::Vim, "30gg")), Some(29));
    assert_eq!(row(&run(KeysPreset::Vim, "99999999j")), Some(39));
    assert_eq!(row(&run(KeysPreset::Vim, "12<Esc>j")), Some(1), "a number can be left");
    assert_eq!(row(&run(KeysPreset::Default, "6j")), Some(6), "6 has no meaning of its own");
    assert_eq!(row(&run(KeysPreset::Default, "10j")), Some(0), "1 has: it leads to the search");
    let counting = run(KeysPreset::Vim, "12");
    assert_eq!(crate::app::write_keys(&counting.state.pending), "1 2", "it is shown while it is typed");
    let louder = run(KeysPreset::Vim, "3+");
    assert_eq!(louder.state.playback.volume.percent(), 95);
    let once = run(KeysPreset::Vim, "3m");
    assert!(once.state.playback.muted, "three times would be once too many");
}
