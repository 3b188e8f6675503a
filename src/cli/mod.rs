//! The door: arguments in, text and exit codes out. Everything that touches the world is asked of
//! `runtime`.

mod args;
mod commands;
mod exit;
mod text;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

/// Runs the program with these arguments (the first is the program's own name).
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => dispatch(arguments),
        Err(error) => {
            // clap tells help and version as errors too; printing can only fail on a closed pipe.
            let _ = error.print();
            if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS }
        }
    }
}

fn dispatch(arguments: Arguments) -> ExitCode {
    let result = match arguments.command {
        None => commands::player::run(arguments.demo),
        Some(Command::Play(play)) => commands::play::run(play, arguments.demo),
        Some(Command::Probe(probe)) => commands::probe::run(&probe),
        Some(Command::Accounts { json }) => commands::accounts::list(arguments.demo, json),
        Some(Command::Login { service, no_browser }) => {
            commands::accounts::log_in_to(&service, !no_browser, arguments.demo)
        }
        Some(Command::Logout { service }) => commands::accounts::log_out_of(&service, arguments.demo),
        Some(Command::Paths { json }) => commands::paths::run(arguments.demo, json),
        Some(Command::Devices { json }) => commands::devices::run(json),
        Some(Command::Doctor { json }) => commands::doctor::run(arguments.demo, json),
        Some(Command::Sandbox { port }) => commands::sandbox::run(port),
        Some(Command::Debug { stage }) => commands::debug::run(stage),
    };
    match result {
        Ok(code) => code,
        Err(fault) => {
            text::error_line(&format!("segue: {fault}"));
            exit::code(fault.kind)
        }
    }
}
