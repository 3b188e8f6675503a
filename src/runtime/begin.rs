//! What a run with a listener begins with, on a screen or in lines.

use std::collections::BTreeMap;

use crate::app::{DownloadStart, Start};
use crate::config::PicturesChoice;
use crate::library::Left;
use crate::model::{Fault, ServiceInfo};

use super::clock;
use super::looks::Looks;
use super::profile::{Profile, places_of_keys};

/// The start of a run on a screen of `size`, columns first.
pub(super) fn start_of(
    profile: &Profile,
    looks: &Looks,
    services: Vec<ServiceInfo>,
    left: Left,
    downloads: DownloadStart,
    size: (u16, u16),
    warnings: Vec<Fault>,
) -> Start {
    let settings = &profile.settings;
    Start {
        services,
        keys: settings.keys.clone(),
        key_places: if settings.keys.is_empty() { BTreeMap::new() } else { places_of_keys(&profile.paths) },
        keys_preset: settings.keys_preset,
        themes: looks.rows(),
        theme: settings.screen.theme.clone(),
        volume: settings.player.volume,
        volume_step: settings.player.volume_step,
        sound: settings.sound,
        output: settings.player.output.clone(),
        unplugged: settings.player.unplugged,
        session: left.session,
        learned: left.learned,
        downloads,
        offline: settings.network.offline,
        demo: profile.demo,
        covers: settings.screen.pictures != PicturesChoice::Off,
        columns: size.0,
        rows: size.1,
        seed: clock::random_bytes().iter().fold(0, |seed, byte| (seed << 8) | u64::from(*byte)),
        warnings,
    }
}
