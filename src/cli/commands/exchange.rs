//! `segue playlist import|export|copy`, and `edit` as text: playlists that come in and go out.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::arrange::{shown, unchanged};
use super::editor;
use super::playlist::{is_meant, tell, waits};
use crate::cli::text::{self, counted};
use crate::model::{CleanText, Fault, FaultKind, LOCAL, ServiceId, Track, TrackRef};
use crate::runtime::{Incoming, MAX_TEXT_BYTES, Match, Shelves, Target, TextFile, stays};

/// What shall become of rows from elsewhere.
pub(in crate::cli) struct Landing {
    /// Where the playlist is made.
    pub service: ServiceId,
    /// What it shall be called, if not as before.
    pub name: Option<String>,
    /// Only tell.
    pub dry_run: bool,
    /// Whether rows stay that were not found.
    pub keep_missing: bool,
    /// As JSON.
    pub json: bool,
}

pub(in crate::cli) fn import(shelves: &Shelves, path: &Path, landing: &Landing) -> Result<ExitCode, Fault> {
    let incoming = shelves.read_playlist_file(path)?;
    land(shelves, "import", &incoming, landing)
}

pub(in crate::cli) fn copy(
    shelves: &Shelves,
    playlist: &Target,
    landing: &Landing,
) -> Result<ExitCode, Fault> {
    let mut progress = text::ProgressLine::new(io::stderr().is_terminal());
    progress.show(&format!("Reading {playlist}"));
    let rows = shelves.playlist(playlist);
    progress.clear();
    let rows = rows?;
    let problems = vec![None; rows.tracks.len()];
    land(shelves, "copy", &Incoming { title: rows.about.title, tracks: rows.tracks, problems }, landing)
}

/// Finds each row, tells what became of it, and makes the playlist.
fn land(shelves: &Shelves, verb: &str, incoming: &Incoming, landing: &Landing) -> Result<ExitCode, Fault> {
    let Incoming { title, tracks, problems } = incoming;
    let is_local = landing.service.as_str() == LOCAL;
    let services = if is_local { Vec::new() } else { vec![landing.service.clone()] };
    let title = landing.name.as_deref().map_or_else(|| title.clone(), CleanText::new);
    let mut progress = text::ProgressLine::new(io::stderr().is_terminal());
    let is_here = |track: &Track| stays(track, &services, &|path| path.is_file());
    let count = tracks.len();
    let mut tell = |done| progress.show(&format!("Looking for the tracks: {done} of {count}"));
    tell(0);
    let mut matches = shelves.match_tracks(tracks, &services, &is_here, &mut tell)?;
    progress.clear();
    for (found, problem) in matches.iter_mut().zip(problems) {
        if let (Match::Missing(why @ None), Some(problem)) = (found, problem) {
            *why = Some(Fault::new(FaultKind::Usage, problem.clone()));
        }
    }
    if !landing.json {
        report(tracks, &matches);
    }
    let rows = tracks.iter().zip(&matches).filter_map(|(wanted, found)| match found.track() {
        Some(found) => Some(as_told(wanted, found)),
        // What has no place at all is nothing that could be kept.
        None => (landing.keep_missing && is_local && !is_nowhere(wanted)).then(|| wanted.clone()),
    });
    let rows: Vec<Track> = rows.collect();
    let done = match (landing.dry_run, rows.is_empty() && count > 0) {
        (true, _) => None,
        (false, true) => {
            let fault = Fault::new(
                FaultKind::NotFound,
                match count {
                    1 => "The one track was not found; nothing is made".to_owned(),
                    _ => format!("None of the {count} tracks was found; nothing is made"),
                },
            );
            return Err(
                fault.hint("segue accounts tells where can be looked; --keep-missing keeps what is missing")
            );
        }
        (false, false) => {
            progress.show(&format!("Making {title} at {}", landing.service));
            let made = shelves.make_playlist(&landing.service, &title, rows);
            progress.clear();
            Some(made?)
        }
    };
    if landing.json {
        text::json(&json!({
            "done": verb,
            "title": title.as_str(),
            "name": done.as_ref().and_then(|done| done.playlist.as_ref()).map(ToString::to_string),
            "rows": tracks.iter().zip(&matches).map(facts).collect::<Vec<_>>(),
            "waits": done.as_ref().and_then(|done| done.waits.as_ref()),
        }));
    } else {
        let words = done.as_ref().map(|done| format!("{}.", done.words));
        text::line(&words.unwrap_or_else(|| "Nothing is made: this was a dry run.".to_owned()));
    }
    Ok(done.as_ref().map_or(ExitCode::SUCCESS, waits))
}

fn is_nowhere(track: &Track) -> bool {
    matches!(&track.reference, TrackRef::File(path) if path.as_os_str().is_empty())
}

/// A file that is found where the list says tells little of itself; the list told more.
fn as_told(wanted: &Track, found: &Track) -> Track {
    let mut track = found.clone();
    if track.artists.is_empty() {
        track.artists.clone_from(&wanted.artists);
    }
    track.length = track.length.or(wanted.length);
    track.isrc = track.isrc.or_else(|| wanted.isrc.clone());
    track.album = track.album.or_else(|| wanted.album.clone());
    track
}

fn report(tracks: &[Track], matches: &[Match]) {
    let (mut same, mut by_recording, mut missing) = (0, 0, 0);
    for (number, (wanted, found)) in (1..).zip(tracks.iter().zip(matches)) {
        match found {
            Match::Same(_) => same += 1,
            Match::Recording(track, sure) => {
                by_recording += 1;
                text::line(&format!(
                    "by recording: {} is {} ({})",
                    shown(wanted),
                    track.reference,
                    sure.words()
                ));
            }
            Match::Missing(fault) => {
                missing += 1;
                let why = fault.as_ref().map(|fault| format!(" ({})", fault.message)).unwrap_or_default();
                let what = if wanted.title.is_empty() { format!("row {number}") } else { shown(wanted) };
                text::line(&format!("not found: {what}{why}"));
            }
        }
    }
    text::line(&format!(
        "{}: {same} as named, {by_recording} by recording, {missing} not found.",
        counted(tracks.len(), "row")
    ));
}

fn facts((wanted, found): (&Track, &Match)) -> serde_json::Value {
    let (how, why) = match found {
        Match::Same(_) => ("same", None),
        Match::Recording(_, sure) => ("recording", Some(sure.words().to_owned())),
        Match::Missing(fault) => ("missing", fault.as_ref().map(|fault| fault.message.as_str().to_owned())),
    };
    json!({
        "title": wanted.title.as_str(),
        "artists": wanted.artist_line(),
        "source": (!is_nowhere(wanted)).then(|| wanted.reference.to_string()),
        "match": how,
        "why": why,
        "found": found.track().map(|track| track.reference.to_string()),
    })
}

pub(in crate::cli) fn export(
    shelves: &Shelves,
    playlist: &Target,
    path: &Path,
    relative: bool,
    force: bool,
    json: bool,
) -> Result<ExitCode, Fault> {
    let rows = shelves.playlist(playlist)?;
    let count = shelves.write_playlist_file(&rows, path, relative, force)?;
    if json {
        text::json(&json!({ "done": "export", "file": path.display().to_string(), "tracks": count }));
    } else {
        let rows_of_it = counted(count, "row");
        text::line(&format!("{} with {rows_of_it} is in {}.", rows.about.title, path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the list in the listener's editor, or takes the text from a file (`-`: standard input), and does what was made
/// of it. A text that is not understood stays where it can be mended.
pub(in crate::cli) fn edit_text(
    shelves: &Shelves,
    playlist: &Target,
    from: Option<&Path>,
    (yes, json): (bool, bool),
) -> Result<ExitCode, Fault> {
    let list = shelves.held_list(playlist)?;
    let mut place = None;
    let edited = if let Some(path) = from {
        read_text(path)?
    } else {
        let file = TextFile::new(&list.text())?;
        if let Err(fault) = edit(file.path()) {
            if fault.kind != FaultKind::Usage {
                file.keep();
            }
            return Err(fault);
        }
        let edited = file.read().map_err(|error| unreadable(file.path(), &error))?;
        place = Some(file);
        edited
    };
    if !yes && list.is_emptied_by(&edited) {
        let what = format!("The text leaves no row of {playlist}");
        let question = || Ok(format!("{what}. Go on?"));
        if !is_meant(
            question,
            &format!("{what}; that has to be meant"),
            "Nothing was changed",
            "Add --yes where it is",
        )? {
            return Ok(ExitCode::FAILURE);
        }
    }
    let outcome = shelves.apply_text(list, &edited);
    if let (Some(file), Err(fault)) = (place, &outcome) {
        let again =
            format!("Your text is in {}; mend it and give it back with --text", file.keep().display());
        return Err(fault.clone().hint(again));
    }
    let Some(done) = outcome? else {
        if json {
            unchanged("edit", true);
        } else {
            text::error_line("segue: Nothing was changed.");
        }
        return Ok(ExitCode::SUCCESS);
    };
    Ok(tell("edit", &done, json))
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(FaultKind::Usage, format!("{} cannot be read: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().take(MAX_TEXT_BYTES).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MAX_TEXT_BYTES).read_to_string(&mut text))
    };
    read.map(|_| text).map_err(|error| unreadable(path, &error))
}

fn edit(path: &Path) -> Result<(), Fault> {
    let edited = editor::edit(path, || {
        let words = "There is no terminal to edit the list on, and $EDITOR is not set";
        Fault::new(FaultKind::Usage, words)
            .hint("Give the text with --text FILE, or say what to change: segue playlist edit --help")
    });
    let hint = || format!("Set $EDITOR, or edit {} and give it back with --text", path.display());
    edited.map_err(|fault| if fault.kind == FaultKind::Usage { fault } else { fault.hint(hint()) })
}
