//! `segue like`, `unlike`, `repost`, `unrepost`, `follow` and `unfollow`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::Marks;
use crate::cli::{exit, text};
use crate::model::{Fault, Mark};
use crate::runtime::{Profile, RunAs};

/// One after the other; what fails does not stop the rest, and the first failure is the code, also of what is kept and
/// sent later.
pub(in crate::cli) fn run(mark: Mark, on: bool, arguments: &Marks, run_as: RunAs) -> Result<ExitCode, Fault> {
    let shelves = super::open_shelves(Profile::load(run_as)?)?;
    let mut first = None;
    let mut told = Vec::new();
    for target in &arguments.targets {
        match shelves.mark(mark, on, target) {
            Ok(marked) => {
                if !arguments.json {
                    text::line(&format!("{}.", marked.words));
                }
                let item = marked.item.to_string();
                if let Some(fault) = &marked.waits {
                    text::error_line(&format!("segue: {fault}"));
                    first.get_or_insert(fault.kind);
                }
                told.push(json!({ "item": item, "mark": name(mark), "on": on, "words": marked.words,
                                  "waits": marked.waits }));
            }
            Err(fault) => {
                text::error_line(&format!("segue: {fault}"));
                let item = target.to_string();
                told.push(json!({ "item": item, "mark": name(mark), "on": on, "error": fault }));
                first.get_or_insert(fault.kind);
            }
        }
    }
    if arguments.json {
        text::json(&told);
    }
    Ok(first.map_or(ExitCode::SUCCESS, exit::code))
}

/// Public as JSON.
fn name(mark: Mark) -> &'static str {
    match mark {
        Mark::Like => "like",
        Mark::Repost => "repost",
        Mark::Follow => "follow",
    }
}
