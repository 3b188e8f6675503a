//! `segue playlist`.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::arrange;
use super::exchange::{self, Landing};
use super::sync;
use crate::app::Arrangement;
use crate::cli::args::{About, Playlist};
use crate::cli::facts::Facts;
use crate::cli::table::Table;
use crate::cli::{exit, text};
use crate::model::{Fault, FaultKind, Item, PlaylistAbout, ServiceId};
use crate::runtime::{PlaylistDone, PlaylistWish, Profile, RunAs, Shelves, Target, is_local, random_number};

/// Largest picture that is read, in bytes; services take less.
const MAX_COVER_BYTES: u64 = 32 << 20;

pub(in crate::cli) fn run(verb: Playlist, run_as: RunAs) -> Result<ExitCode, Fault> {
    // Before anybody is asked for anything.
    let (verb_name, playlist, wish, json) = match verb {
        Playlist::List { services, json } => return list(&open(run_as)?, &services, json),
        Playlist::Show { playlist, json } => return show(&open(run_as)?, &playlist, json),
        Playlist::New { service, name, tracks, about, json } => {
            let about = PlaylistAbout { title: Some(name), ..said(about)? };
            let done = open(run_as)?.create_playlist(&service, about, &tracks)?;
            return Ok(tell("new", &done, json));
        }
        Playlist::Rename { playlist, name, json } => {
            let about = PlaylistAbout { title: Some(name), ..PlaylistAbout::default() };
            ("rename", playlist, PlaylistWish::Edit(about), json)
        }
        Playlist::Edit { playlist, name, about, text, yes, json } => {
            let about = PlaylistAbout { title: name, ..said(about)? };
            if text.is_some() || about == PlaylistAbout::default() {
                return exchange::edit_text(&open(run_as)?, &playlist, text.as_deref(), (yes, json));
            }
            ("edit", playlist, PlaylistWish::Edit(about), json)
        }
        Playlist::Sort { playlist, by, reverse, json } => {
            let sorted = Arrangement::Sorted { by, down: reverse };
            return arrange::arrange(&open(run_as)?, &playlist, "sort", &sorted, json);
        }
        Playlist::Shuffle { playlist, json } => {
            let shuffled = Arrangement::Shuffled(random_number());
            return arrange::arrange(&open(run_as)?, &playlist, "shuffle", &shuffled, json);
        }
        Playlist::Dedupe { playlist, json } => {
            return arrange::arrange(&open(run_as)?, &playlist, "dedupe", &Arrangement::WithoutDoubles, json);
        }
        Playlist::Undo(wish) => return arrange::retrace(&open(run_as)?, &wish, false),
        Playlist::Redo(wish) => return arrange::retrace(&open(run_as)?, &wish, true),
        Playlist::Sync { held, json } => return sync::sync(&open(run_as)?, held, json),
        Playlist::Log { playlist, json } => return arrange::log(&open(run_as)?, &playlist, json),
        Playlist::Diff { one, other, json } => return arrange::diff(&open(run_as)?, &one, &other, json),
        Playlist::Import { file, to, name, keep_missing, dry_run, json } => {
            let landing = Landing { service: to, name, dry_run, keep_missing, json };
            return exchange::import(&open(run_as)?, &file, &landing);
        }
        Playlist::Copy { playlist, to, name, dry_run, json } => {
            let landing = Landing { service: to, name, dry_run, keep_missing: false, json };
            return exchange::copy(&open(run_as)?, &playlist, &landing);
        }
        Playlist::Export { playlist, file, relative, force, json } => {
            return exchange::export(&open(run_as)?, &playlist, &file, relative, force, json);
        }
        Playlist::Public { playlist, json } => ("public", playlist, audience(true), json),
        Playlist::Private { playlist, json } => ("private", playlist, audience(false), json),
        Playlist::Delete { playlist, yes, json } => return delete(&open(run_as)?, &playlist, yes, json),
        Playlist::Add { playlist, tracks, json } => ("add", playlist, PlaylistWish::Add(tracks), json),
        Playlist::Remove { playlist, rows, json } => ("remove", playlist, PlaylistWish::Remove(rows), json),
        Playlist::Move { playlist, from, to, json } => {
            ("move", playlist, PlaylistWish::Move { from, to }, json)
        }
    };
    let done = open(run_as)?.change_playlist(&playlist, wish)?;
    Ok(tell(verb_name, &done, json))
}

fn open(run_as: RunAs) -> Result<Shelves, Fault> {
    super::open_shelves(Profile::load(run_as)?)
}

fn audience(public: bool) -> PlaylistWish {
    PlaylistWish::Edit(PlaylistAbout { public: Some(public), ..PlaylistAbout::default() })
}

fn list(shelves: &Shelves, services: &[ServiceId], json: bool) -> Result<ExitCode, Fault> {
    let found = shelves.own_playlists(services)?;
    for fault in &found.failures {
        text::error_line(&format!("segue: {fault}"));
    }
    if let (true, Some(fault)) = (found.rows.is_empty(), found.failures.first()) {
        return Ok(exit::code(fault.kind));
    }
    if json {
        text::json(&found.rows.iter().map(|row| Facts::of(row, None)).collect::<Vec<_>>());
    } else if found.rows.is_empty() {
        text::error_line("segue: There are no playlists yet.");
    } else {
        Table::new().print(&found.rows, None);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(shelves: &Shelves, playlist: &Target, json: bool) -> Result<ExitCode, Fault> {
    let found = shelves.playlist(playlist)?;
    let about = Facts::of(&Item::Collection(found.about), None);
    let rows: Vec<Item> = found.tracks.into_iter().map(Item::Track).collect();
    if json {
        let items: Vec<_> = (1..)
            .zip(&rows)
            .map(|(position, row): (usize, _)| Facts::of(row, None).with("position", json!(position)))
            .collect();
        text::json(&about.with("stale", json!(found.is_stale)).with("items", json!(items)));
        return Ok(ExitCode::SUCCESS);
    }
    about.print();
    Table::counted().print(&rows, None);
    if found.is_stale {
        text::error_line("segue: The service cannot be reached; this is kept from earlier.");
    }
    Ok(ExitCode::SUCCESS)
}

/// What a service deletes is made anew when that is taken back, under another address and without who liked it: somebody must
/// mean it.
fn delete(shelves: &Shelves, playlist: &Target, yes: bool, json: bool) -> Result<ExitCode, Fault> {
    // On this machine it does come back.
    if !yes && !is_local(playlist) {
        let words = "A playlist that is deleted at a service can only be made anew, under another address";
        let question = || {
            let found = shelves.playlist(playlist)?;
            let count = text::counted(found.tracks.len(), "track");
            Ok(format!("Delete {} ({}, {count})?", found.about.title, found.about.reference))
        };
        if !is_meant(question, words, "Nothing is deleted", "Add --yes where it is meant")? {
            return Ok(ExitCode::FAILURE);
        }
    }
    let done = shelves.change_playlist(playlist, PlaylistWish::Delete)?;
    Ok(tell("delete", &done, json))
}

/// Asks whether something is meant; where it is not, tells that it is `spared`.
///
/// # Errors
/// Of kind `Usage`, with `words` and a hint, where nobody can be asked.
pub(super) fn is_meant(
    question: impl FnOnce() -> Result<String, Fault>,
    words: &str,
    spared: &str,
    hint: &str,
) -> Result<bool, Fault> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Fault::new(FaultKind::Usage, words).hint(hint));
    }
    text::prompt(&format!("{} [y/N]", question()?));
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    let is_meant = read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if !is_meant {
        text::error_line(&format!("segue: {spared}."));
    }
    Ok(is_meant)
}

pub(super) fn tell(verb: &str, done: &PlaylistDone, json: bool) -> ExitCode {
    if json {
        let name = done.playlist.as_ref().map(ToString::to_string);
        text::json(&json!({ "done": verb, "name": name, "tracks": done.tracks, "words": done.words,
                            "waits": done.waits }));
    } else {
        text::line(&format!("{}.", done.words));
    }
    waits(done)
}

/// Tells why the service has not got what was done, if so; that is the exit code then.
pub(super) fn waits(done: &PlaylistDone) -> ExitCode {
    let Some(fault) = &done.waits else { return ExitCode::SUCCESS };
    text::error_line(&format!("segue: {fault}"));
    exit::code(fault.kind)
}

fn said(about: About) -> Result<PlaylistAbout, Fault> {
    let About { description, genre, cover, public, private } = about;
    let cover = cover.map(|path| picture(&path)).transpose()?;
    let public = (public || private).then_some(public);
    Ok(PlaylistAbout { title: None, description, genre, public, cover })
}

fn picture(path: &Path) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_COVER_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length as u64 <= MAX_COVER_BYTES => Ok(bytes),
        Ok(_) => Err(Fault::new(FaultKind::Usage, format!("{} is too large for a cover", path.display()))),
        Err(error) => {
            Err(Fault::new(FaultKind::Usage, format!("{} cannot be read: {error}", path.display())))
        }
    }
}
