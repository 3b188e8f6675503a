//! `segue search`.

use std::process::ExitCode;

use serde_json::json;

use crate::app::FoundRow;
use crate::cli::args::Search;
use crate::cli::facts::Facts;
use crate::cli::table::Table;
use crate::cli::{exit, text};
use crate::model::{Fault, FaultKind};
use crate::runtime::{Profile, RunAs, SearchNews, SearchWish};

pub(in crate::cli) fn run(arguments: Search, run_as: RunAs) -> Result<ExitCode, Fault> {
    let Search { words, service, kind, filter, limit, json } = arguments;
    let words = words.join(" ").trim().to_owned();
    if words.is_empty() {
        return Err(Fault::new(FaultKind::Usage, "There are no words to search for"));
    }
    let shelves = super::open_shelves(Profile::load(run_as)?)?;
    let wish = SearchWish { words, kind, services: service, filters: filter, limit };
    let mut table = Table::new();
    let end = shelves.search(&wish, &mut |news| match news {
        SearchNews::Rows(items) if !json => table.print(items, None),
        SearchNews::Rows(_) => {}
        SearchNews::Failed(fault) => text::error_line(&format!("segue: {fault}")),
    })?;
    if let Some(fault) = end.failure {
        return Ok(exit::code(fault.kind));
    }
    if json {
        text::json(&end.rows.iter().map(facts).collect::<Vec<_>>());
    } else if end.rows.is_empty() {
        text::error_line("segue: Nothing was found.");
    }
    Ok(ExitCode::SUCCESS)
}

fn facts(found: &FoundRow) -> Facts {
    let also: Vec<_> = found.others.iter().map(|track| track.reference.to_string()).collect();
    Facts::of(&found.item, None).with("also", json!(also))
}
