//! Decisions about settings.

use super::state::Choice;
use crate::app::effect::Effect;
use crate::app::focus::Page;
use crate::app::notices::Level;
use crate::app::state::{Overlay, State};
use crate::config::Setting;
use crate::model::{CleanText, Fault};

impl State {
    /// Shows the page, and asks what the configuration says.
    pub(in crate::app) fn show_settings(&mut self) -> Vec<Effect> {
        let mut effects = self.show_page(Page::Settings);
        effects.push(Effect::ReadSettings);
        effects
    }

    /// What the configuration says has come.
    pub(in crate::app) fn settings_read(&mut self, result: Result<Vec<Setting>, Fault>) -> Vec<Effect> {
        let page = &mut self.settings;
        page.keeping = None;
        match result {
            Ok(rows) => {
                page.rows = rows;
                page.fault = None;
            }
            Err(fault) => page.fault = Some(fault),
        }
        page.list.set_len(page.rows.len());
        Vec::new()
    }

    /// Turns the setting under the cursor over where it is a switch; else asks for its value.
    pub(in crate::app) fn change_setting(&mut self) -> Vec<Effect> {
        let Some(setting) = self.settings.selected().cloned() else { return Vec::new() };
        if setting.is_secret {
            return self.tell(
                Level::Info,
                "A secret is not typed here: sign in on the accounts page, or write it with segue config edit",
            );
        }
        let switched = match setting.value.as_str() {
            "true" => Some("false"),
            "false" => Some("true"),
            _ => None,
        };
        if let Some(value) = switched {
            let words = format!("{} = {value}", setting.path);
            return self.keep_setting(setting.path, Some(value.to_owned()), words);
        }
        let themes: Vec<_> = match setting.path.as_str() {
            "screen.theme" => self.themes.iter().map(|row| row.name.clone()).collect(),
            _ => Vec::new(),
        };
        let choice = Choice::new(setting, themes, self.list_height());
        self.overlays.push(Overlay::Choice(Box::new(choice)));
        Vec::new()
    }

    /// Takes the setting under the cursor out of the configuration.
    pub(in crate::app) fn reset_setting(&mut self) -> Vec<Effect> {
        match self.settings.selected() {
            Some(setting) if setting.is_own => {
                let (path, words) = (setting.path.clone(), format!("{} has its default again", setting.path));
                self.keep_setting(path, None, words)
            }
            Some(_) => self.tell(Level::Info, "It has its default"),
            None => Vec::new(),
        }
    }

    /// Takes the value that is chosen or typed, if it is one.
    pub(in crate::app) fn choose_value(&mut self) -> Vec<Effect> {
        let Some(Overlay::Choice(choice)) = self.overlays.last() else { return Vec::new() };
        match choice.value() {
            Ok(value) => {
                let path = choice.setting.path.clone();
                self.overlays.pop();
                let words = format!("{path} = {value}");
                self.keep_setting(path, Some(value), words)
            }
            Err(problem) => self.tell(Level::Warning, problem),
        }
    }

    /// Has a setting kept; `words` are told once it is.
    pub(super) fn keep_setting(&mut self, path: String, value: Option<String>, words: String) -> Vec<Effect> {
        self.settings.keeping = Some(words);
        vec![Effect::KeepSetting { path, value }]
    }

    /// A setting is in the file, or not.
    pub(in crate::app) fn setting_kept(&mut self, result: Result<(), Fault>) -> Vec<Effect> {
        let mut effects = match (result, &self.settings.keeping) {
            (Ok(()), Some(words)) => {
                let words = format!("{words}, kept in config.toml");
                self.tell(Level::Info, words)
            }
            (Ok(()), None) => Vec::new(),
            (Err(fault), _) => self.tell(Level::Error, CleanText::new(fault.to_string())),
        };
        effects.push(Effect::ReadSettings);
        effects
    }

    /// What is told of a configuration that was read anew without a complaint; `None` where that is known.
    pub(in crate::app) fn words_of_reading(&mut self, is_more: bool) -> Option<String> {
        match self.settings.keeping.take() {
            Some(words) if is_more => {
                Some(format!("{words}, kept in config.toml; it counts from the next start"))
            }
            Some(_) => None,
            None => {
                let more = if is_more { "; some of it counts from the next start" } else { "" };
                Some(format!("The configuration was read anew{more}"))
            }
        }
    }
}
