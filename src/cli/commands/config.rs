//! `segue config check|show|schema|edit`.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use super::editor;
use crate::app::ACTIONS;
use crate::cli::args::Config;
use crate::cli::text;
use crate::config::{self, Effective};
use crate::model::{Fault, FaultKind};
use crate::runtime::{
    Complaint, Profile, RunAs, TextFile, check_config, check_text, is_toml, read_config, write_config,
};

pub(in crate::cli) fn run(command: Config, run_as: RunAs) -> Result<ExitCode, Fault> {
    let profile = Profile::load(run_as)?;
    let path = profile.paths.config_file();
    match command {
        Config::Check { file, json } => {
            if let Some(file) = file.as_deref().filter(|file| !file.exists()) {
                return Err(Fault::new(FaultKind::NotFound, format!("There is no {}", file.display())));
            }
            let complaints = check_config(&profile.paths, file.as_deref())?;
            Ok(tell(&complaints, file.as_deref().unwrap_or(&path), json))
        }
        Config::Show { section, json } => {
            let rows = config::effective(&read_config(&path)?.unwrap_or_default());
            show(rows, section.as_deref(), &path, json)
        }
        Config::Schema => {
            text::pretty_json(&config::schema(ACTIONS.iter().map(|info| (info.name, info.help))));
            Ok(ExitCode::SUCCESS)
        }
        Config::Edit => edit(&path),
    }
}

/// Prints complaints as compilers do, so that editors find the place.
pub(super) fn tell(complaints: &[Complaint], path: &Path, json: bool) -> ExitCode {
    if json {
        text::json(&complaints);
    } else if complaints.is_empty() {
        let there = if path.exists() { "is good" } else { "is not there; every setting has its default" };
        text::line(&format!("{} {there}", path.display()));
    } else {
        for complaint in complaints {
            text::line(&line(complaint));
        }
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn line(complaint: &Complaint) -> String {
    let Complaint { file, line, column, problem, expected } = complaint;
    let mut words = file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    for number in [line, column].into_iter().flatten() {
        words = format!("{words}:{number}");
    }
    let words = if words.is_empty() { problem.to_string() } else { format!("{words}: {problem}") };
    match expected {
        Some(expected) => format!("{words}; {expected}"),
        None => words,
    }
}

fn show(mut rows: Vec<Effective>, section: Option<&str>, path: &Path, json: bool) -> Result<ExitCode, Fault> {
    if let Some(section) = section {
        let is_within = |row: &Effective| {
            row.path.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        rows.retain(is_within);
        if rows.is_empty() {
            return Err(Fault::new(FaultKind::NotFound, format!("There is no setting called {section}"))
                .hint("segue config show lists all of them"));
        }
    }
    if json {
        text::json(&rows);
        return Ok(ExitCode::SUCCESS);
    }
    for row in rows {
        let from = match row.line {
            Some(line) => format!("{}, line {line}", path.display()),
            None => "default".to_owned(),
        };
        text::line(&format!("{} = {}  # {from}", row.path, row.value));
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets the listener change a copy until it is good or wanted as it is, then puts it in the place of the file.
fn edit(path: &Path) -> Result<ExitCode, Fault> {
    let before = read_config(path)?;
    let begun = before.clone().unwrap_or_else(config::template);
    let copy = TextFile::of("config", "toml", &begun)?;
    loop {
        open_editor(path, &copy)?;
        let edited = copy.read().map_err(|error| {
            Fault::new(FaultKind::Other, format!("{} cannot be read: {error}", copy.path().display()))
        })?;
        if edited == begun {
            text::error_line("segue: Nothing was changed.");
            return Ok(ExitCode::SUCCESS);
        }
        let complaints = check_text(path, &edited);
        if !complaints.is_empty() {
            for complaint in &complaints {
                text::error_line(&line(complaint));
            }
            match ask(is_toml(&edited)) {
                Some(Answer::Again) => continue,
                Some(Answer::Keep) => {}
                Some(Answer::Leave) => {
                    text::error_line("segue: Nothing was changed.");
                    return Ok(ExitCode::FAILURE);
                }
                None => {
                    let words = format!("{} stays as it was: the text has mistakes", path.display());
                    return Err(kept(copy, Fault::new(FaultKind::Usage, words)));
                }
            }
        }
        if read_config(path)? != before {
            let words = format!("{} was changed meanwhile, and stays so", path.display());
            return Err(kept(copy, Fault::new(FaultKind::Other, words)));
        }
        if let Err(fault) = write_config(path, &edited) {
            return Err(kept(copy, fault));
        }
        text::error_line(&format!("segue: {} is kept.", path.display()));
        return Ok(ExitCode::SUCCESS);
    }
}

/// Nothing that was typed is lost.
fn kept(copy: TextFile, fault: Fault) -> Fault {
    fault.hint(format!("Your text is in {}", copy.keep().display()))
}

fn open_editor(path: &Path, copy: &TextFile) -> Result<(), Fault> {
    editor::edit(copy.path(), || {
        let fault = Fault::new(FaultKind::Usage, "There is no terminal to edit on, and $EDITOR is not set");
        fault.hint(format!("Edit {} itself, then: segue config check", path.display()))
    })
}

enum Answer {
    Again,
    Keep,
    Leave,
}

/// What to do with a text that has mistakes; `None` when there is nobody to ask.
fn ask(may_be_kept: bool) -> Option<Answer> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let keep = if may_be_kept { ", k to keep it all the same" } else { "" };
    loop {
        text::prompt(&format!("e to edit again{keep}, q to leave everything as it was:"));
        let mut line = String::new();
        if io::stdin().read_line(&mut line).ok()? == 0 {
            return Some(Answer::Leave);
        }
        match line.trim() {
            "" | "e" => return Some(Answer::Again),
            "k" if may_be_kept => return Some(Answer::Keep),
            "q" => return Some(Answer::Leave),
            _ => {}
        }
    }
}
