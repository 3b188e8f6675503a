//! `segue accounts`, `segue login` and `segue logout`.

use std::process::ExitCode;

use crate::cli::{exit, text};
use crate::model::{Fault, ServiceId};
use crate::runtime::{AccountRow, LogInEnd, LogInNews, Profile, RunAs, accounts, log_in, log_out};

pub(in crate::cli) fn list(run_as: RunAs, json: bool) -> Result<ExitCode, Fault> {
    let rows = accounts(Profile::load(run_as)?, |fault| warn(&fault))?;
    if json {
        text::json(&rows);
        return Ok(ExitCode::SUCCESS);
    }
    for row in &rows {
        text::line(&format!("{}: {}", row.name, standing(row)));
    }
    Ok(ExitCode::SUCCESS)
}

fn standing(row: &AccountRow) -> String {
    match row {
        AccountRow { who: Some(who), .. } => format!("signed in as {who}"),
        AccountRow { way: Some(way), service, .. } => {
            format!("not signed in; segue login {service} signs in {way}")
        }
        AccountRow { missing: Some(what), .. } => format!("not set up. {what}"),
        AccountRow { who: None, way: None, missing: None, .. } => "works without a sign-in".to_owned(),
    }
}

pub(in crate::cli) fn log_in_to(
    service: &ServiceId,
    browser: bool,
    run_as: RunAs,
) -> Result<ExitCode, Fault> {
    let end = log_in(Profile::load(run_as)?, service, browser, move |news| match news {
        LogInNews::Words(words) => text::error_line(words.as_str()),
        LogInNews::Address(address) => {
            text::error_line("Go on in the browser, with this address:");
            text::error_line(address.as_str());
        }
        LogInNews::Prompt(words) => text::prompt(&words),
        LogInNews::Warning(fault) => warn(&fault),
    })?;
    Ok(match end {
        LogInEnd::Done { name, who } => {
            text::line(&format!("Signed in to {name} as {who}."));
            ExitCode::SUCCESS
        }
        LogInEnd::Signal(number) => ExitCode::from(exit::SIGNAL + number),
    })
}

pub(in crate::cli) fn log_out_of(service: &ServiceId, run_as: RunAs) -> Result<ExitCode, Fault> {
    let (name, was) = log_out(Profile::load(run_as)?, service, |fault| warn(&fault))?;
    text::line(&if was {
        format!("Signed out of {name}.")
    } else {
        format!("Nobody was signed in to {name}.")
    });
    Ok(ExitCode::SUCCESS)
}

fn warn(fault: &Fault) {
    text::error_line(&format!("segue: {fault}"));
}
