//! Jobs and copies as rows.

use rusqlite::{Connection, Row, Transaction, params};

use super::facts;
use crate::library::playlists::recordings::{self, Recordings};
use crate::library::rows::{duration, milliseconds, read_reference, reference_text};
use crate::model::{
    CleanText, DownloadGroup, DownloadId, DownloadJob, DownloadState, Fault, FaultKind, FinishedCopy, Hold,
    HoldReason, OfflineCopy, Retry, SampleRate, SoundFormat, TrackRef,
};

const KINDS: [(FaultKind, &str); 10] = [
    (FaultKind::NotFound, "not_found"),
    (FaultKind::SignInNeeded, "sign_in_needed"),
    (FaultKind::Refused, "refused"),
    (FaultKind::Network, "network"),
    (FaultKind::Limited, "limited"),
    (FaultKind::Unsupported, "unsupported"),
    (FaultKind::Damaged, "damaged"),
    (FaultKind::Device, "device"),
    (FaultKind::Usage, "usage"),
    (FaultKind::Other, "other"),
];

const REASONS: [(HoldReason, &str); 10] = [
    (HoldReason::Service, "service"),
    (HoldReason::NoNetwork, "no_network"),
    (HoldReason::Metered, "metered"),
    (HoldReason::Budget, "budget"),
    (HoldReason::QuietHours, "quiet_hours"),
    (HoldReason::Space, "space"),
    (HoldReason::Folder, "folder"),
    (HoldReason::System, "system"),
    (HoldReason::Elsewhere, "elsewhere"),
    (HoldReason::SignIn, "sign_in"),
];

fn name_of<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table.iter().find(|(known, _)| known == value).map_or("other", |(_, name)| name)
}

fn named<T: Copy>(table: &[(T, &'static str)], name: &str) -> Option<T> {
    table.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
}

pub(super) fn put_job(
    change: &Transaction<'_>,
    place: i64,
    job: &DownloadJob,
    now_ms: u64,
) -> rusqlite::Result<()> {
    let recording = recordings::number(change, &job.track)?;
    let reason = match &job.state {
        DownloadState::Held(hold) => Some(name_of(&REASONS, &hold.reason)),
        _ => None,
    };
    let fault = job.state.fault();
    let mut put = change.prepare_cached(
        "INSERT OR REPLACE INTO download (id, place, recording, group_id, group_title, state, reason, fault_kind,
         fault, hint, heals, tries, wait_ms, kept_at_ms, bytes, total, facts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    let written = put.execute(params![
        job.id.0.cast_signed(),
        place,
        recording,
        job.group.as_ref().map(|group| group.id.cast_signed()),
        job.group.as_ref().map(|group| group.title.as_str()),
        job.state.name(),
        reason,
        fault.map(|fault| name_of(&KINDS, &fault.kind)),
        fault.map(|fault| fault.message.as_str()),
        fault.and_then(|fault| fault.hint.as_ref()).map(CleanText::as_str),
        fault.is_some_and(|fault| fault.retry == Retry::Later),
        job.tries,
        job.wait.map(milliseconds),
        now_ms.cast_signed(),
        job.bytes.cast_signed(),
        job.total.map(u64::cast_signed),
        facts::text(&job.track),
    ]);
    written.map(|_| ())
}

/// The place of a job that was taken out.
const ASIDE: i64 = -1;

/// Jobs that were taken out and may come back, at most.
const MOST_ASIDE: i64 = 5_000;

/// Takes a job out of the queue; what is known of it stays, should it come back.
pub(super) fn put_aside(change: &Transaction<'_>, id: DownloadId) -> rusqlite::Result<()> {
    let aside = params![id.0.cast_signed(), ASIDE];
    change.execute("UPDATE download SET place = ?2 WHERE id = ?1", aside).map(|_| ())
}

/// Forgets the oldest of those that were taken out.
pub(super) fn forget_old(change: &Transaction<'_>) -> rusqlite::Result<()> {
    let forget = "DELETE FROM download WHERE place = ?1 AND id NOT IN
        (SELECT id FROM download WHERE place = ?1 ORDER BY id DESC LIMIT ?2)";
    change.execute(forget, [ASIDE, MOST_ASIDE]).map(|_| ())
}

/// Which jobs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those in the queue.
    Listed,
    /// Those that were taken out.
    Gone,
}

/// The jobs in order; those that name nothing any more are left out.
pub(super) fn jobs(connection: &Connection, which: Which, now_ms: u64) -> rusqlite::Result<Vec<DownloadJob>> {
    let mut recordings = Recordings::new(connection);
    let mut find = connection.prepare_cached(
        "SELECT id, recording, group_id, group_title, state, reason, fault_kind, fault, hint, heals, tries, wait_ms,
         kept_at_ms, bytes, total, facts FROM download WHERE (place = ?1) = ?2 ORDER BY place, id",
    )?;
    let mut rows = find.query(params![ASIDE, which == Which::Gone])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(track) = recordings.get(row.get(1)?)? else { continue };
        let track = facts::told(track, row.get::<_, Option<String>>(15)?.as_deref());
        let group = row.get::<_, Option<i64>>(2)?.zip(row.get::<_, Option<String>>(3)?);
        // However the clock went meanwhile, no wait becomes longer.
        let gone = now_ms.saturating_sub(row.get::<_, i64>(12)?.cast_unsigned());
        let wait = row.get::<_, Option<i64>>(11)?.map(duration);
        jobs.push(DownloadJob {
            id: DownloadId(row.get::<_, i64>(0)?.cast_unsigned()),
            track,
            group: group.map(|(id, title)| DownloadGroup { id: id.cast_unsigned(), title: title.into() }),
            state: state(row)?,
            tries: row.get(10)?,
            wait: wait.map(|wait| wait.saturating_sub(std::time::Duration::from_millis(gone))),
            bytes: row.get::<_, i64>(13)?.cast_unsigned(),
            total: row.get::<_, Option<i64>>(14)?.map(i64::cast_unsigned),
        });
    }
    Ok(jobs)
}

fn state(row: &Row<'_>) -> rusqlite::Result<DownloadState> {
    let fault = || -> rusqlite::Result<Fault> {
        let kind = row.get::<_, Option<String>>(6)?.and_then(|name| named(&KINDS, &name));
        let message = row.get::<_, Option<String>>(7)?.unwrap_or_default();
        let retry = if row.get::<_, bool>(9)? { Retry::Later } else { Retry::Never };
        let fault = Fault { retry, ..Fault::new(kind.unwrap_or(FaultKind::Other), message) };
        let hint: Option<String> = row.get(8)?;
        Ok(hint.map_or(fault.clone(), |hint| fault.hint(hint)))
    };
    Ok(match row.get::<_, String>(4)?.as_str() {
        "locating" => DownloadState::Locating,
        "fetching" => DownloadState::Fetching,
        "verifying" => DownloadState::Verifying,
        "tagging" => DownloadState::Tagging,
        "done" => DownloadState::Done,
        "paused" => DownloadState::Paused,
        "failed" => DownloadState::Failed(fault()?),
        "held" => {
            let reason = row.get::<_, Option<String>>(5)?.and_then(|name| named(&REASONS, &name));
            DownloadState::Held(Hold { reason: reason.unwrap_or(HoldReason::System), fault: fault()? })
        }
        _ => DownloadState::Waiting,
    })
}

pub(super) fn put_copy(change: &Transaction<'_>, copy: &OfflineCopy, now_ms: u64) -> rusqlite::Result<()> {
    let recording = recordings::number(change, &copy.track)?;
    let file = &copy.file;
    let mut put = change.prepare_cached(
        "INSERT OR REPLACE INTO offline_copy (reference, recording, path, bytes, sha256, source_sha256, codec,
         sample_rate, channels, bits, length_ms, pinned, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let written = put.execute(params![
        reference_text(&copy.track.reference),
        recording,
        reference_text(&TrackRef::File(file.path.clone())),
        file.bytes.cast_signed(),
        file.sha256,
        file.source_sha256,
        file.format.codec.as_str(),
        file.format.sample_rate.0,
        file.format.channels,
        file.format.bits,
        milliseconds(file.length),
        copy.pinned,
        (now_ms / 1000).cast_signed(),
    ]);
    written.map(|_| ())
}

/// Every copy, with when it was played last.
pub(super) fn copies(connection: &Connection) -> rusqlite::Result<Vec<OfflineCopy>> {
    let mut recordings = Recordings::new(connection);
    let mut find = connection.prepare_cached(
        "SELECT recording, path, bytes, sha256, source_sha256, codec, sample_rate, channels, bits, length_ms, pinned,
         (SELECT max(played_at) FROM play WHERE play.reference = offline_copy.reference) FROM offline_copy",
    )?;
    let mut rows = find.query([])?;
    let mut copies = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(track) = recordings.get(row.get(0)?)? else { continue };
        let Some(TrackRef::File(path)) = read_reference(&row.get::<_, String>(1)?) else { continue };
        copies.push(OfflineCopy {
            track,
            file: FinishedCopy {
                path,
                bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                sha256: row.get(3)?,
                source_sha256: row.get(4)?,
                format: SoundFormat {
                    codec: row.get::<_, String>(5)?.into(),
                    sample_rate: SampleRate(row.get(6)?),
                    channels: row.get(7)?,
                    bits: row.get(8)?,
                },
                length: duration(row.get(9)?),
                notes: Vec::new(),
                learned: None,
            },
            pinned: row.get(10)?,
            played_at: row.get::<_, Option<i64>>(11)?.map(i64::cast_unsigned),
        });
    }
    Ok(copies)
}
