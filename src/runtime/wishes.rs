//! The configuration while the program runs: what of it was read last, and what a save changes.

use crate::app::Wishes;
use crate::config::{PicturesChoice, Settings};
use crate::model::Fault;

use super::config_check::is_toml;
use super::config_file::read_config;
use super::config_watch::ConfigWatch;
use super::downloads::limits;
use super::looks::{Looks, load_themes, unknown_theme};
use super::paths::Paths;
use super::profile::{Profile, places_of_keys, read_settings};

/// The configuration as it was read last.
pub(super) struct LastWishes {
    paths: Paths,
    settings: Settings,
    /// What was wrong with it.
    warnings: Vec<Fault>,
}

impl LastWishes {
    /// As the run began with it.
    pub fn new(profile: &Profile) -> Self {
        // Not the profile's: the demo has changed those.
        let (settings, warnings) = read_settings(&profile.paths);
        Self { paths: profile.paths.clone(), settings, warnings }
    }

    /// The program itself writes this; reading it is no news then.
    pub fn keep_theme(&mut self, name: &str) {
        name.clone_into(&mut self.settings.screen.theme);
    }

    /// The settings as they were read last.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Tells when the files are saved.
    pub fn watch(&self) -> ConfigWatch {
        ConfigWatch::begin(&self.paths)
    }

    /// Reads the files again; `None` when nothing is to be told. A file that is no TOML, as one that is only half saved,
    /// changes no setting.
    pub fn read_anew(&mut self, looks: &mut Looks) -> Option<Wishes> {
        let (mut settings, mut warnings) = read_settings(&self.paths);
        let text = read_config(&self.paths.config_file()).ok().flatten().unwrap_or_default();
        // It counts at the start, and a key changes it.
        settings.network.offline = self.settings.network.offline;
        if !is_toml(&text) {
            settings = self.settings.clone();
        }
        let (themes, told) = load_themes(&self.paths);
        warnings.extend(told);
        warnings.extend(unknown_theme(&themes, &settings.screen.theme));
        let are_known = looks.knows(&themes);
        looks.replace(themes, &settings.screen, |name| std::env::var(name).ok());
        let is_same = settings == self.settings && are_known && warnings == self.warnings;
        let is_more = differs_elsewhere(&self.settings, &settings);
        let sound = (settings.sound != self.settings.sound).then_some(settings.sound);
        let output = settings.player.output.clone();
        let output = (output != self.settings.player.output).then_some(output);
        let volume = settings.player.volume;
        let volume = (volume != self.settings.player.volume).then_some(volume);
        self.warnings.clone_from(&warnings);
        self.settings = settings;
        let settings = &self.settings;
        let wishes = Wishes {
            keys: settings.keys.clone(),
            key_places: places_of_keys(&self.paths),
            keys_preset: settings.keys_preset,
            themes: looks.rows(),
            theme: settings.screen.theme.clone(),
            volume,
            volume_step: settings.player.volume_step,
            unplugged: settings.player.unplugged,
            covers: settings.screen.pictures != PicturesChoice::Off,
            sound,
            output,
            limits: limits(settings),
            is_more,
            warnings,
        };
        (!is_same).then_some(wishes)
    }
}

/// Whether anything changed but what counts at once.
fn differs_elsewhere(before: &Settings, after: &Settings) -> bool {
    let mut as_before = after.clone();
    as_before.keys.clone_from(&before.keys);
    as_before.keys_preset = before.keys_preset;
    as_before.screen.clone_from(&before.screen);
    as_before.sound = before.sound;
    as_before.downloads.at_once = before.downloads.at_once;
    as_before.downloads.per_service = before.downloads.per_service;
    as_before.player.output.clone_from(&before.player.output);
    as_before.player.after_suspend = before.player.after_suspend;
    as_before.player.volume = before.player.volume;
    as_before.player.volume_step = before.player.volume_step;
    as_before.player.unplugged = before.player.unplugged;
    as_before != *before
}
