//! `segue sandbox`.

use std::process::ExitCode;

use crate::cli::{exit, text};
use crate::model::Fault;
use crate::runtime::serve_sandbox;

pub(in crate::cli) fn run(port: u16) -> Result<ExitCode, Fault> {
    let signal = serve_sandbox(port, &mut |line| text::line(line))?;
    Ok(ExitCode::from(exit::SIGNAL + signal))
}
