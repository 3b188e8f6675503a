//! `segue play`.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use crate::cli::args::{Play, Sound};
use crate::cli::{exit, text};
use crate::model::Fault;
use crate::runtime::{Ending, News, PlayRequest, Profile, RunAs, play};

pub(in crate::cli) fn run(arguments: Play, run_as: RunAs) -> Result<ExitCode, Fault> {
    run_with(Profile::load(run_as)?, arguments)
}

/// The same with a profile that is there already.
pub(super) fn run_with(profile: Profile, arguments: Play) -> Result<ExitCode, Fault> {
    let Play { locators, playlists, sound: Sound { output, start }, json } = arguments;
    let request = PlayRequest { targets: locators, playlists, output, start: start.unwrap_or_default() };
    let mut line = text::ProgressLine::new(io::stderr().is_terminal() && !json);
    let ending = play(profile, request, &mut |news| match news {
        News::Event(event) if json => text::json(&event),
        News::Event(_) => {}
        News::Progress(progress) => line.show(&progress),
        News::Warning(fault) => {
            line.clear();
            text::error_line(&format!("segue: {fault}"));
        }
    });
    line.clear();
    Ok(match ending? {
        Ending::Whole => ExitCode::SUCCESS,
        Ending::Flawed(fault) => exit::code(fault.kind),
        Ending::Signal(number) => ExitCode::from(exit::SIGNAL + number),
    })
}
