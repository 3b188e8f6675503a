//! `segue playlist sort|shuffle|dedupe|undo|redo|log|diff`.

use std::process::ExitCode;

use serde_json::json;

use super::playlist::{is_meant, tell};
use crate::app::{Arrangement, counterparts};
use crate::cli::args::Retrace;
use crate::cli::text;
use crate::model::{CleanText, Fault, Track, format_clock};
use crate::runtime::{Shelves, Target, local_time};

pub(in crate::cli) fn arrange(
    shelves: &Shelves,
    playlist: &Target,
    verb: &str,
    arrangement: &Arrangement,
    json: bool,
) -> Result<ExitCode, Fault> {
    let list = shelves.held_list(playlist)?;
    Ok(if let Some(done) = shelves.arrange_playlist(list, arrangement)? {
        tell(verb, &done, json)
    } else {
        unchanged(verb, json);
        ExitCode::SUCCESS
    })
}

/// Tells that a verb left a playlist as it was.
pub(super) fn unchanged(verb: &str, json: bool) {
    if json {
        let words = "Nothing was changed";
        text::json(&json!({ "done": verb, "name": null, "tracks": 0, "words": words, "waits": null }));
    } else {
        text::line("Nothing was changed: it is so already.");
    }
}

/// Takes edits back, or makes them again: those of a playlist, or without one what was made, renamed and deleted.
pub(in crate::cli) fn retrace(shelves: &Shelves, wish: &Retrace, on: bool) -> Result<ExitCode, Fault> {
    let done = if let Some(playlist) = &wish.playlist {
        shelves.retrace(playlist, wish.steps, on)?
    } else {
        if !wish.yes
            && let Some(what) = shelves.retracing_reaches(on)?
            && !is_meant(
                || Ok(format!("{what}. Go on?")),
                &format!("{what}; that has to be meant"),
                "Nothing was changed",
                "Name the playlist for the edits in it, or add --yes where this is meant",
            )?
        {
            return Ok(ExitCode::FAILURE);
        }
        shelves.retrace_shelf(on)?
    };
    Ok(tell(if on { "redo" } else { "undo" }, &done, wish.json))
}

pub(in crate::cli) fn log(shelves: &Shelves, playlist: &Target, json: bool) -> Result<ExitCode, Fault> {
    let rows = shelves.playlist_journal(playlist)?;
    if json {
        let row = |row: &crate::runtime::JournalRow| {
            json!({
                "number": row.number, "at": row.made_at, "what": row.words.as_str(), "done": row.is_done,
                "rows_before": row.before.0, "seconds_before": row.before.1.as_secs(),
                "rows_after": row.after.0, "seconds_after": row.after.1.as_secs(),
            })
        };
        text::json(&rows.iter().map(row).collect::<Vec<_>>());
        return Ok(ExitCode::SUCCESS);
    }
    if rows.is_empty() {
        text::error_line("segue: Nothing was edited there yet.");
    }
    let now = local_time();
    for row in &rows {
        // What was made before that was noted has no time.
        let when = row.made_at.map(|at| now.short(at)).unwrap_or_default();
        let (rows, length) = row.before;
        let state = if row.is_done { "" } else { "  (taken back)" };
        text::line(&format!(
            "{:>5}  {when:>10}  {}  before: {rows} tracks, {}{state}",
            row.number,
            row.words,
            format_clock(length)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// What two playlists have that the other one has not. Different lists are no failure, as with other questions.
pub(in crate::cli) fn diff(
    shelves: &Shelves,
    one: &Target,
    other: &Target,
    json: bool,
) -> Result<ExitCode, Fault> {
    let (left, right) = (shelves.playlist(one)?, shelves.playlist(other)?);
    let found = counterparts(&left.tracks, &right.tracks);
    let mut is_shared = vec![false; left.tracks.len()];
    found.iter().flatten().for_each(|at| is_shared[*at] = true);
    let gone: Vec<_> = left.tracks.iter().enumerate().filter(|(at, _)| !is_shared[*at]).collect();
    let new: Vec<_> = right.tracks.iter().enumerate().filter(|(at, _)| found[*at].is_none()).collect();
    let shared: Vec<usize> = found.iter().flatten().copied().collect();
    let in_order = shared.is_sorted();
    if json {
        let rows = |rows: &[(usize, &Track)]| {
            let row = |(at, track): &(usize, &Track)| {
                json!({ "position": at + 1, "title": track.title.as_str(), "artists": track.artist_line(),
                        "source": track.reference.to_string() })
            };
            rows.iter().map(row).collect::<Vec<_>>()
        };
        text::json(
            &json!({ "only_first": rows(&gone), "only_second": rows(&new), "shared": shared.len(), "same_order": in_order }),
        );
        return Ok(ExitCode::SUCCESS);
    }
    for (sign, rows) in [("-", &gone), ("+", &new)] {
        for (at, track) in rows {
            text::line(&format!("{sign} {:>4}  {}", at + 1, shown(track)));
        }
    }
    let order = if in_order { "in the same order" } else { "in another order" };
    let title = |title: &CleanText| title.as_str().to_owned();
    text::line(&format!(
        "{} only in {}, {} only in {}, {} in both, {order}.",
        gone.len(),
        title(&left.about.title),
        new.len(),
        title(&right.about.title),
        shared.len()
    ));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn shown(track: &Track) -> String {
    let by = if track.artists.is_empty() { "" } else { " — " };
    format!("{}{by}{}", track.title, track.artist_line())
}
