//! `segue show`.

use std::process::ExitCode;

use crate::cli::args::Show;
use crate::cli::facts::Facts;
use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Profile, RunAs};

pub(in crate::cli) fn run(arguments: &Show, run_as: RunAs) -> Result<ExitCode, Fault> {
    let shelves = super::open_shelves(Profile::load(run_as)?)?;
    let (service, item) = shelves.item(&arguments.target)?;
    let facts = Facts::of(&item, Some(&service));
    if arguments.json {
        text::json(&facts);
    } else {
        facts.print();
    }
    Ok(ExitCode::SUCCESS)
}
