//! The configuration as the page of settings reads and changes it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::app::Event;
use crate::config;
use crate::model::Fault;

use super::config_file::{read_config, set_in_config};
use super::hands::{Hands, tell};

impl Hands {
    pub(super) fn keep_theme(&self, name: &str) {
        let (events, file, value) = (self.events.clone(), self.config_file.clone(), config::quoted(name));
        let turn = self.config_turn.clone();
        self.tasks.spawn(async move {
            let keep = move || in_turn(&turn, &file, "screen.theme", Some(&value));
            if let Ok(Err(fault)) = tokio::task::spawn_blocking(keep).await {
                tell(&events, Event::Warned(fault)).await;
            }
        });
    }

    pub(super) fn read_settings(&self) {
        let (events, file) = (self.events.clone(), self.config_file.clone());
        self.tasks.spawn(async move {
            let read = move || Ok(config::settings(&read_config(&file)?.unwrap_or_default()));
            if let Ok(read) = tokio::task::spawn_blocking(read).await {
                tell(&events, Event::SettingsRead(read)).await;
            }
        });
    }

    pub(super) fn keep_setting(&self, path: String, value: Option<String>) {
        let (events, file) = (self.events.clone(), self.config_file.clone());
        let turn = self.config_turn.clone();
        self.tasks.spawn(async move {
            let keep = move || in_turn(&turn, &file, &path, value.as_deref());
            if let Ok(kept) = tokio::task::spawn_blocking(keep).await {
                tell(&events, Event::SettingKept(kept)).await;
            }
        });
    }
}

/// Changes the file while nobody else of this program does: each change is one of what it read.
fn in_turn(turn: &Mutex<()>, file: &Path, path: &str, value: Option<&str>) -> Result<(), Fault> {
    let _held = turn.lock().unwrap_or_else(PoisonError::into_inner);
    set_in_config(file, path, value)
}
