//! The choice of a theme: what the cursor is on is shown, Enter keeps it, Esc does not.

use super::{Run, Step};
use std::collections::BTreeMap;

use crate::app::{Action, Effect, Event, Focus, Level, Start, ThemeRow, Wishes};
use crate::config::{KeysPreset, Unplugged};

fn open(keys: &'static str) -> Run {
    let row = |name: &str| ThemeRow { name: name.to_owned(), is_own: false };
    let themes = ["auto", "dark", "light", "nord"].map(row).to_vec();
    Run::new(Start { themes, theme: "dark".to_owned(), ..Start::default() }).steps([Step::Keys(keys)])
}

#[test]
fn a_theme_is_shown_before_it_is_kept() {
    let check = |keys, shown: &str, kept: &str| {
        let run = open(keys);
        assert_eq!((run.state.theme(), run.state.kept_theme.as_str()), (shown, kept), "{keys}");
        run
    };
    check("", "dark", "dark");
    check("T", "dark", "dark");
    check("Tj", "light", "dark");
    check("TG", "nord", "dark");
    check("TG<Esc>", "dark", "dark");
    check("TGq", "dark", "dark");
    assert_eq!(check("TG?", "dark", "dark").state.focus(), Focus::Help);
    let run = check("TG<Enter>", "nord", "nord");
    assert!(run.effects.contains(&Effect::KeepTheme("nord".to_owned())), "{:?}", run.effects);
    assert!(run.state.overlays.is_empty());
    let run = check("T<Enter>", "dark", "dark");
    assert_eq!(run.effects, [], "nothing changed");
}

#[test]
fn nothing_to_choose_harms_nobody() {
    let run =
        Run::new(Start { theme: "auto".to_owned(), ..Start::default() }).steps([Step::Keys("Tjk<Enter>")]);
    assert_eq!(run.state.theme(), "auto");
}

/// A configuration with these themes, the last named one worn.
pub(super) fn wishes(themes: &[&str], theme: &str) -> Wishes {
    let row = |name: &&str| ThemeRow { name: (*name).to_owned(), is_own: false };
    Wishes {
        covers: false,
        keys: BTreeMap::from([("mute".to_owned(), vec!["<F9>".to_owned()])]),
        key_places: BTreeMap::new(),
        keys_preset: KeysPreset::Vim,
        themes: themes.iter().map(row).collect(),
        theme: theme.to_owned(),
        volume: None,
        volume_step: 2,
        unplugged: Unplugged::Move,
        sound: None,
        output: None,
        limits: crate::app::JobLimits::default(),
        is_more: false,
        warnings: Vec::new(),
    }
}

#[test]
fn what_is_saved_counts_at_once() {
    let told = |run: &Run| run.state.notices.latest().map(|notice| (notice.level, notice.words.to_string()));
    let anew = |change: fn(&mut Wishes)| {
        let mut wishes = wishes(&["auto", "mine"], "mine");
        change(&mut wishes);
        open("TG").hears(Event::Reconfigured(Box::new(wishes)))
    };
    let run = anew(|_| ());
    assert_eq!(told(&run), Some((Level::Info, "The configuration was read anew".to_owned())));
    assert_eq!(run.state.keymap.keys_of(&Action::Mute), ["<F9>"]);
    assert_eq!(run.state.keymap.keys_of(&Action::ShowSearch), ["g 1"]);
    assert_eq!(
        (run.state.theme(), run.state.kept_theme.as_str()),
        ("mine", "mine"),
        "the cursor stays in the list"
    );
    let run = run.steps([Step::Keys("<Esc>+")]);
    assert_eq!(run.state.playback.volume.percent(), 82);
    let run = anew(|wishes| wishes.is_more = true);
    assert!(told(&run).unwrap().1.ends_with("some of it counts from the next start"));
    let run = anew(|wishes| wishes.warnings.push(crate::app::tests::gone()));
    assert_eq!(told(&run), Some((Level::Warning, "It is gone.".to_owned())));
}
