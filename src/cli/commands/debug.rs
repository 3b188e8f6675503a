//! `segue debug`: one stage alone, JSON on standard output.

use std::io::{self, Read};
use std::process::ExitCode;

use serde_json::Value;

use crate::cli::args::{CleanTarget, Stage};
use crate::cli::text;
use crate::model::{Fault, FaultKind};
use crate::runtime::{Profile, RunAs, debug};

/// Longest standard input that is read.
const INPUT_CAP_BYTES: u64 = 8 << 20;

pub(in crate::cli) fn run(stage: Stage) -> Result<ExitCode, Fault> {
    match stage {
        Stage::Playlist { target, base_url } => {
            text::json(&debug::playlist(&Profile::load(RunAs::default())?, &target, base_url.as_ref())?);
        }
        Stage::Decode { file, wav } => {
            text::json(&debug::decode(&Profile::load(RunAs::default())?, &file, wav.as_deref())?);
        }
        Stage::SignOauth1 => text::json(&debug::sign_oauth1(&input()?)?),
        Stage::CleanText { target } => {
            let Value::String(raw) = input()? else {
                return Err(usage("Standard input is not a JSON string"));
            };
            text::json(&match target {
                CleanTarget::Ui => debug::clean_for_screen(&raw),
                CleanTarget::File => debug::clean_for_file(&raw),
            });
        }
        Stage::Render { keys, size } => text::json(&debug::render(&keys, size)?),
        Stage::Panic { words } => debug::panic_on_screen(&words)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn input() -> Result<Value, Fault> {
    let mut text = String::new();
    io::stdin()
        .take(INPUT_CAP_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| usage(&format!("Standard input cannot be read: {error}")))?;
    serde_json::from_str(&text).map_err(|error| usage(&format!("Standard input is not JSON: {error}")))
}

fn usage(message: &str) -> Fault {
    Fault::new(FaultKind::Usage, message)
}
