//! The door: arguments in, text and exit codes out. Everything that touches the world is asked of
//! `runtime`.

mod args;
mod commands;
mod exit;
mod facts;
mod table;
mod text;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

use crate::model::Mark;
use crate::runtime::{RunAs, rebuilt};

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
    let run_as = RunAs { demo: arguments.demo, offline: arguments.offline };
    let result = match arguments.command {
        None => commands::player::run(run_as, arguments.plain),
        Some(Command::Play(play)) => commands::play::run(play, run_as),
        Some(Command::Search(search)) => commands::search::run(search, run_as),
        Some(Command::Browse(browse)) => commands::browse::run(&browse, run_as),
        Some(Command::Show(show)) => commands::show::run(&show, run_as),
        Some(Command::Open(open)) => commands::open::run(open, run_as),
        Some(Command::Like(marks)) => commands::change::run(Mark::Like, true, &marks, run_as),
        Some(Command::Unlike(marks)) => commands::change::run(Mark::Like, false, &marks, run_as),
        Some(Command::Repost(marks)) => commands::change::run(Mark::Repost, true, &marks, run_as),
        Some(Command::Unrepost(marks)) => commands::change::run(Mark::Repost, false, &marks, run_as),
        Some(Command::Follow(marks)) => commands::change::run(Mark::Follow, true, &marks, run_as),
        Some(Command::Unfollow(marks)) => commands::change::run(Mark::Follow, false, &marks, run_as),
        Some(Command::Playlist { verb }) => commands::playlist::run(verb, run_as),
        Some(Command::Queue { verb }) => commands::queue::run(verb, run_as),
        Some(Command::Download { verb }) => commands::download::run(verb, run_as),
        Some(Command::Service(service)) => commands::service::run(service, run_as),
        Some(Command::Probe(probe)) => commands::probe::run(&probe),
        Some(Command::Accounts { json }) => commands::accounts::list(run_as, json),
        Some(Command::Login { service, no_browser }) => {
            commands::accounts::log_in_to(&service, !no_browser, run_as)
        }
        Some(Command::Logout { service }) => commands::accounts::log_out_of(&service, run_as),
        Some(Command::Library { command }) => commands::library::run(&command, run_as),
        Some(Command::Config { command }) => commands::config::run(command, run_as),
        Some(Command::Keys { command }) => commands::keys::run(&command, run_as),
        Some(Command::Paths { json }) => commands::paths::run(run_as, json),
        Some(Command::Devices { json }) => commands::devices::run(json),
        Some(Command::Doctor { json }) => commands::doctor::run(run_as, json),
        Some(Command::Sandbox { port }) => commands::sandbox::run(port),
        Some(Command::Debug { stage }) => commands::debug::run(stage),
    };
    // Whatever verb met a damaged library.
    for fault in rebuilt() {
        text::error_line(&format!("segue: {fault}"));
    }
    match result {
        Ok(code) => code,
        Err(fault) => {
            text::error_line(&format!("segue: {fault}"));
            exit::code(fault.kind)
        }
    }
}
