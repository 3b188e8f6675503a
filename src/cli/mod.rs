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
    let demo = arguments.demo;
    let result = match arguments.command {
        None => commands::player::run(demo),
        Some(Command::Play(play)) => commands::play::run(play, demo),
        Some(Command::Search(search)) => commands::search::run(search, demo),
        Some(Command::Browse(browse)) => commands::browse::run(&browse, demo),
        Some(Command::Show(show)) => commands::show::run(&show, demo),
        Some(Command::Open(open)) => commands::open::run(open, demo),
        Some(Command::Like(marks)) => commands::change::run(Mark::Like, true, &marks, demo),
        Some(Command::Unlike(marks)) => commands::change::run(Mark::Like, false, &marks, demo),
        Some(Command::Repost(marks)) => commands::change::run(Mark::Repost, true, &marks, demo),
        Some(Command::Unrepost(marks)) => commands::change::run(Mark::Repost, false, &marks, demo),
        Some(Command::Follow(marks)) => commands::change::run(Mark::Follow, true, &marks, demo),
        Some(Command::Unfollow(marks)) => commands::change::run(Mark::Follow, false, &marks, demo),
        Some(Command::Playlist { verb }) => commands::playlist::run(verb, demo),
        Some(Command::Queue { verb }) => commands::queue::run(verb, demo),
        Some(Command::Download { verb }) => commands::download::run(verb, demo),
        Some(Command::Service(service)) => commands::service::run(service, demo),
        Some(Command::Probe(probe)) => commands::probe::run(&probe),
        Some(Command::Accounts { json }) => commands::accounts::list(demo, json),
        Some(Command::Login { service, no_browser }) => {
            commands::accounts::log_in_to(&service, !no_browser, demo)
        }
        Some(Command::Logout { service }) => commands::accounts::log_out_of(&service, demo),
        Some(Command::Library { command }) => commands::library::run(&command, demo),
        Some(Command::Config { command }) => commands::config::run(command, demo),
        Some(Command::Keys { command }) => commands::keys::run(&command, demo),
        Some(Command::Paths { json }) => commands::paths::run(demo, json),
        Some(Command::Devices { json }) => commands::devices::run(json),
        Some(Command::Doctor { json }) => commands::doctor::run(demo, json),
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
