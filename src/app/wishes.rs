//! What the listener's configuration says anew, while the program runs.

use std::collections::BTreeMap;

use super::downloads::JobLimits;
use super::effect::Effect;
use super::focus::Page;
use super::keymap::Keymap;
use super::notices::{Level, words};
use super::state::{Overlay, State};
use super::themes::ThemeRow;
use crate::config::{KeysPreset, SoundSettings, Unplugged};
use crate::model::{Fault, OutputChoice, Volume};

/// The part of a configuration that counts at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Wishes {
    /// The listener's own keys by action name.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Where those stand, in words, by the name of the setting.
    pub key_places: BTreeMap<String, String>,
    /// The keys that those stand on.
    pub keys_preset: KeysPreset,
    /// The themes there are.
    pub themes: Vec<ThemeRow>,
    /// The one that is worn.
    pub theme: String,
    /// How loud it is to be, where that was changed.
    pub volume: Option<Volume>,
    /// Percent points a key press changes the volume by.
    pub volume_step: u8,
    /// What is done when the device goes away.
    pub unplugged: Unplugged,
    /// Whether covers are shown.
    pub covers: bool,
    /// How the sound is shaped, where that was changed.
    pub sound: Option<SoundSettings>,
    /// Where it goes, where that was changed.
    pub output: Option<OutputChoice>,
    /// How many downloads run at once.
    pub limits: JobLimits,
    /// Whether something else changed, which counts from the next start.
    pub is_more: bool,
    /// What cannot be used.
    pub warnings: Vec<Fault>,
}

impl State {
    pub(super) fn take_wishes(&mut self, wishes: Wishes) -> Vec<Effect> {
        let (keymap, keys) = Keymap::new(wishes.keys_preset, &wishes.keys);
        self.keymap = keymap;
        self.pending.clear();
        self.themes = wishes.themes;
        self.kept_theme = wishes.theme;
        self.playback.volume_step = wishes.volume_step;
        self.playback.unplugged = wishes.unplugged;
        self.want_covers(wishes.covers);
        match self.overlays.last_mut() {
            Some(Overlay::Themes(open)) => open.list.set_len(self.themes.len()),
            Some(Overlay::Help(help)) => help.find(&self.keymap),
            Some(_) | None => {}
        }
        self.downloads.jobs.limits = wishes.limits;
        let mut changed: Vec<_> = wishes.sound.map(Effect::Shape).into_iter().collect();
        if let Some(sound) = wishes.sound {
            (self.playback.sound, self.playback.sound_configured) = (sound, sound);
        }
        if let Some(output) = wishes.output {
            self.playback.choice = output.clone();
            changed.push(Effect::SetOutput(output));
        }
        if let Some(volume) = wishes.volume {
            changed.extend(self.set_volume(volume));
        }
        let mut effects = Vec::new();
        let keys = placed(keys, &wishes.key_places);
        let mut told: Vec<_> = wishes.warnings.iter().chain(&keys).map(words).collect();
        // The first one is told last: it is the one that stays to be seen.
        told.reverse();
        for warning in told {
            effects.extend(self.tell(Level::Warning, warning));
        }
        // What the open page shows may be another now.
        let is_asked = self.settings.keeping.is_some();
        effects.extend((self.page == Page::Settings && !is_asked).then_some(Effect::ReadSettings));
        let words = self.words_of_reading(wishes.is_more);
        if effects.is_empty()
            && let Some(words) = words
        {
            effects = self.tell(Level::Info, words);
        }
        changed.extend(effects);
        changed
    }
}

/// Faults of keys, with the places where those stand.
pub(super) fn placed(faults: Vec<Fault>, places: &BTreeMap<String, String>) -> Vec<Fault> {
    let place_of = |fault: &Fault| places.get(fault.message.as_str().split(':').next()?);
    let placed = faults.into_iter().map(|fault| match place_of(&fault) {
        Some(place) => Fault { message: format!("{place}: {}", fault.message).into(), ..fault },
        None => fault,
    });
    placed.collect()
}
