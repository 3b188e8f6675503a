//! `segue keys list|check`.

use std::process::ExitCode;

use serde_json::json;

use super::config::tell;
use crate::app::{ACTIONS, Keymap};
use crate::cli::args::Keys;
use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Profile, RunAs, check_text, read_config};

pub(in crate::cli) fn run(command: &Keys, run_as: RunAs) -> Result<ExitCode, Fault> {
    let profile = Profile::load(run_as)?;
    let settings = &profile.settings;
    match command {
        Keys::List { json } => {
            let (keymap, _) = Keymap::new(settings.keys_preset, &settings.keys);
            if *json {
                let rows = ACTIONS.iter().map(|info| {
                    let (keys, place) = (keymap.keys_of(&info.action), info.context.title());
                    json!({ "action": info.name, "keys": keys, "place": place, "help": info.help })
                });
                text::json(&rows.collect::<Vec<_>>());
                return Ok(ExitCode::SUCCESS);
            }
            let mut place = None;
            for info in ACTIONS {
                if place != Some(info.context) {
                    place = Some(info.context);
                    text::line(&format!("{}:", info.context.title()));
                }
                let keys = keymap.keys_of(&info.action);
                let keys = if keys.is_empty() { "no key".to_owned() } else { keys.join("  ") };
                text::line(&format!("  {keys:<24} {:<20} {}", info.name, info.help));
            }
            Ok(ExitCode::SUCCESS)
        }
        Keys::Check { json } => {
            let path = profile.paths.config_file();
            let text = read_config(&path)?.unwrap_or_default();
            let mut complaints = check_text(&path, &text);
            let is_about_keys = |words: &str| words.starts_with("keys.") || words.starts_with("keys ");
            complaints.retain(|complaint| is_about_keys(complaint.problem.as_str()));
            Ok(tell(&complaints, &path, *json))
        }
    }
}
