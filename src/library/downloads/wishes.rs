//! The box of wishes: commands as rows, for the program that runs the queue.

use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

use super::{Wish, facts};
use crate::library::playlists::recordings::{self, Recordings};
use crate::model::{CleanText, DownloadCommand, DownloadId, ListSource, MoveTo};

/// Most wishes that are read at a time.
const MOST: i64 = 1_000;

pub(super) fn put(change: &Transaction<'_>, command: &DownloadCommand) -> rusqlite::Result<u64> {
    let numbers = |ids: &[DownloadId]| ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let words = match command {
        DownloadCommand::Add { tracks, group } => {
            let recordings: Vec<i64> =
                tracks.iter().map(|track| recordings::number(change, track)).collect::<Result<_, _>>()?;
            let facts: Vec<_> = tracks.iter().map(|track| facts::text(track)).collect();
            let group = group.as_ref().map(CleanText::as_str);
            json!({ "verb": "add", "recordings": recordings, "facts": facts, "group": group })
        }
        DownloadCommand::Renew(tracks) => {
            let recordings: Vec<i64> =
                tracks.iter().map(|track| recordings::number(change, track)).collect::<Result<_, _>>()?;
            let facts: Vec<_> = tracks.iter().map(|track| facts::text(track)).collect();
            json!({ "verb": "renew", "recordings": recordings, "facts": facts })
        }
        DownloadCommand::Pause(ids) => json!({ "verb": "pause", "ids": numbers(ids) }),
        DownloadCommand::Resume(ids) => json!({ "verb": "resume", "ids": numbers(ids) }),
        DownloadCommand::PauseAll => json!({ "verb": "pause-all" }),
        DownloadCommand::ResumeAll => json!({ "verb": "resume-all" }),
        DownloadCommand::Cancel(ids) => json!({ "verb": "cancel", "ids": numbers(ids) }),
        DownloadCommand::Delete(ids) => json!({ "verb": "delete", "ids": numbers(ids) }),
        DownloadCommand::Retry(ids) => json!({ "verb": "retry", "ids": numbers(ids) }),
        DownloadCommand::RetryFailed => json!({ "verb": "retry-failed" }),
        DownloadCommand::Undo => json!({ "verb": "undo" }),
        DownloadCommand::Redo => json!({ "verb": "redo" }),
        DownloadCommand::GoTo(number) => json!({ "verb": "go-to", "number": number }),
        DownloadCommand::KeepList { source, title } => {
            json!({ "verb": "keep", "list": source.to_string(), "title": title.as_str() })
        }
        DownloadCommand::LeaveList(source) => json!({ "verb": "leave", "list": source.to_string() }),
        DownloadCommand::Move { ids, to } => {
            let (to, place) = match to {
                MoveTo::Up => ("up", 0),
                MoveTo::Down => ("down", 0),
                MoveTo::Top => ("top", 0),
                MoveTo::Place(place) => ("place", *place),
            };
            json!({ "verb": "move", "ids": numbers(ids), "to": to, "place": place })
        }
    };
    let mut put = change.prepare_cached("INSERT INTO download_wish (command) VALUES (?1)")?;
    put.insert([words.to_string()]).map(i64::cast_unsigned)
}

/// What is in the box; what cannot be read there is passed over.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Wish>> {
    let mut recordings = Recordings::new(connection);
    let mut find =
        connection.prepare_cached("SELECT number, command FROM download_wish ORDER BY number LIMIT ?1")?;
    let mut rows = find.query([MOST])?;
    let mut wishes = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>(0)?.cast_unsigned();
        let Ok(words) = serde_json::from_str::<Value>(&row.get::<_, String>(1)?) else { continue };
        if let Some(command) = read(&words, &mut recordings)? {
            wishes.push(Wish { number, command });
        }
    }
    Ok(wishes)
}

fn read(words: &Value, recordings: &mut Recordings<'_>) -> rusqlite::Result<Option<DownloadCommand>> {
    let list = |name: &str| words.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let ids = || list("ids").iter().filter_map(Value::as_u64).map(DownloadId).collect::<Vec<_>>();
    let text = |name: &str| words.get(name).and_then(Value::as_str);
    let source = || text("list")?.parse::<ListSource>().ok();
    let mut tracks = || -> rusqlite::Result<Vec<_>> {
        let (mut tracks, facts) = (Vec::new(), list("facts"));
        for (at, number) in list("recordings").iter().enumerate() {
            let Some(number) = number.as_i64() else { continue };
            let told = facts.get(at).and_then(Value::as_str);
            tracks.extend(recordings.get(number)?.map(|track| facts::told(track, told)));
        }
        Ok(tracks)
    };
    Ok(Some(match text("verb") {
        Some("add") => DownloadCommand::Add { tracks: tracks()?, group: text("group").map(CleanText::new) },
        Some("renew") => DownloadCommand::Renew(tracks()?),
        Some("pause") => DownloadCommand::Pause(ids()),
        Some("resume") => DownloadCommand::Resume(ids()),
        Some("pause-all") => DownloadCommand::PauseAll,
        Some("resume-all") => DownloadCommand::ResumeAll,
        Some("cancel") => DownloadCommand::Cancel(ids()),
        Some("delete") => DownloadCommand::Delete(ids()),
        Some("retry") => DownloadCommand::Retry(ids()),
        Some("retry-failed") => DownloadCommand::RetryFailed,
        Some("undo") => DownloadCommand::Undo,
        Some("redo") => DownloadCommand::Redo,
        Some("go-to") => match words.get("number").and_then(Value::as_u64) {
            Some(number) => DownloadCommand::GoTo(number),
            None => return Ok(None),
        },
        Some("keep") => match (source(), text("title")) {
            (Some(source), Some(title)) => DownloadCommand::KeepList { source, title: CleanText::new(title) },
            (_, _) => return Ok(None),
        },
        Some("leave") => match source() {
            Some(source) => DownloadCommand::LeaveList(source),
            None => return Ok(None),
        },
        Some("move") => {
            let place = words.get("place").and_then(Value::as_u64).unwrap_or(0);
            let to = match text("to") {
                Some("up") => MoveTo::Up,
                Some("down") => MoveTo::Down,
                Some("place") => MoveTo::Place(usize::try_from(place).unwrap_or(usize::MAX)),
                _ => MoveTo::Top,
            };
            DownloadCommand::Move { ids: ids(), to }
        }
        _ => return Ok(None),
    }))
}

pub(super) fn forget(change: &Transaction<'_>, upto: u64) -> rusqlite::Result<()> {
    change.execute("DELETE FROM download_wish WHERE number <= ?1", [upto.cast_signed()]).map(|_| ())
}
