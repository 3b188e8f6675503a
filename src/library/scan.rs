//! A scan: which files are there, which are new or changed, what they tell. Files are read by several threads,
//! rows are written by one, a batch a transaction, so that a scan can be cut short at any moment.

use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::LibraryError;
use super::index::{self, Reading, Taken};
use super::walk::{Candidate, Found, text_of, walk};
use super::{database, tags};
use crate::model::TrackRef;

/// Rows of one transaction.
const BATCH: usize = 500;

/// Readings that wait for the writer, at most.
const WAITING: usize = 256;

/// Threads that read tags, at most.
const MAX_READERS: usize = 4;

/// How far a scan is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files that were read.
    pub done: usize,
    /// Files that are to be read; 0 while folders are still looked through.
    pub total: usize,
    /// The folder that is read now.
    pub folder: PathBuf,
}

/// What a scan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ScanReport {
    /// Audio files that are there.
    pub files: usize,
    /// Files that were not known.
    pub added: usize,
    /// Files that are not as they were.
    pub changed: usize,
    /// Files that are elsewhere now.
    pub moved: usize,
    /// Files that are not there any more.
    pub removed: usize,
    /// Files and folders that could not be read, or not wholly.
    pub problems: usize,
    /// Whether it was cut short.
    pub stopped: bool,
    /// What tracks were called that are elsewhere now, and what they are called now.
    #[serde(skip)]
    pub renamed: Vec<(TrackRef, TrackRef)>,
}

impl ScanReport {
    /// Whether any list looks different now.
    pub fn has_changes(&self) -> bool {
        self.added + self.changed + self.moved + self.removed > 0
    }
}

/// A row as it was before.
struct Known {
    id: i64,
    stamp: [i64; 4],
    /// As `index` writes them.
    has_lyrics: i64,
    has_art: i64,
}

/// A file that is to be read.
struct Work {
    candidate: Candidate,
    /// Its rows until now.
    before: Vec<i64>,
}

/// Looks through `folders` and brings the database at `path` up to date. `go_on` hears how far it is, and ends it
/// by saying `false`; what was read until then stays.
///
/// # Errors
/// When the database fails. Files and folders that cannot be read are no errors: they are counted.
pub fn scan(
    path: &Path,
    folders: &[PathBuf],
    unix_seconds: u64,
    go_on: &mut dyn FnMut(&Progress) -> bool,
) -> Result<ScanReport, LibraryError> {
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    let mut connection = database::join(path)?;
    // A scan that is lost is done again.
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
    let folders: Vec<_> = folders.iter().map(|folder| plain(folder)).collect();
    let now = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    run(&mut connection, &folders, now, go_on).map_err(failed)
}

/// A folder's name as it is kept: whole, and without what may stand at a path's end.
fn plain(folder: &Path) -> PathBuf {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    whole.components().collect()
}

fn run(
    connection: &mut Connection,
    folders: &[PathBuf],
    now: i64,
    go_on: &mut dyn FnMut(&Progress) -> bool,
) -> rusqlite::Result<ScanReport> {
    let mut stopped = false;
    let found = walk(folders, &mut |folder, files| {
        stopped = !go_on(&Progress { done: files, total: 0, folder: folder.to_owned() });
        !stopped
    });
    let mut report = ScanReport { files: found.files.len(), stopped, ..ScanReport::default() };
    if stopped {
        return Ok(report);
    }
    let Found { files, problems, unread, .. } = found;
    let is_gone = |folder: &str| is_missing(folder, folders, &unread);
    let (changed, gone) = differences(connection, files, &is_gone)?;
    // What is not where it was is dropped first, so that a file that moved is known again.
    for batch in gone.chunks(BATCH) {
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        batch.iter().flatten().try_for_each(|id| index::drop_track(&change, *id, now))?;
        change.commit()?;
    }
    read_all(connection, &changed, now, &mut report, go_on)?;
    report.removed = gone.len().saturating_sub(report.moved);
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    note_problems(&change, &problems)?;
    change.commit()?;
    let broken = index::count(connection, "problem IS NOT NULL AND gone_at IS NULL")?;
    report.problems = problems.len() + usize::try_from(broken).unwrap_or(usize::MAX);
    Ok(report)
}

/// Files that are new or not as they were, and the rows of each file that is not there any more. Rows are looked at folder by
/// folder: those of a large library would take more memory than all the rest of the program.
fn differences(
    connection: &Connection,
    files: Vec<Candidate>,
    is_gone: &dyn Fn(&str) -> bool,
) -> rusqlite::Result<(Vec<Work>, Vec<Vec<i64>>)> {
    let (mut gone, mut changed, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    let mut at = 0;
    for of_folder in files.chunk_by(|one, next| Arc::ptr_eq(&one.folder, &next.folder)) {
        let folder = of_folder[0].folder.text.as_str();
        let mut known = known_rows(connection, folder)?;
        for file in of_folder {
            changed.extend(rows_to_replace(&mut known, file).map(|before| (at, before)));
            at += 1;
        }
        if is_gone(folder) {
            gone.extend(known.values().map(|rows| ids(rows)));
        }
        seen.insert(folder);
    }
    let mut all = connection.prepare("SELECT DISTINCT folder FROM track WHERE gone_at IS NULL")?;
    let mut all = all.query([])?;
    while let Some(row) = all.next()? {
        let folder: String = row.get(0)?;
        if !seen.contains(folder.as_str()) && is_gone(&folder) {
            gone.extend(known_rows(connection, &folder)?.values().map(|rows| ids(rows)));
        }
    }
    let mut changed = changed.into_iter().peekable();
    let work = |(at, candidate)| {
        let (_, before) = changed.next_if(|(place, _)| *place == at)?;
        Some(Work { candidate, before })
    };
    Ok((files.into_iter().enumerate().filter_map(work).collect(), gone))
}

/// The rows of a file that is to be read; `None`: it is known as it is. Takes them out of those that are known.
fn rows_to_replace(known: &mut HashMap<String, Vec<Known>>, file: &Candidate) -> Option<Vec<i64>> {
    let stamp = [file.mtime_ns, file.size, file.inode, file.device];
    let rows = known.remove(&text_of(&file.path())).unwrap_or_default();
    let is_same = rows.iter().all(|row| {
        // What lay beside it and does not any more counts as what came.
        let is_as = |flags: i64, beside: bool| if beside { flags != 0 } else { flags & index::BESIDE == 0 };
        row.stamp == stamp && is_as(row.has_lyrics, file.has_lyrics) && is_as(row.has_art, file.has_cover)
    });
    (rows.is_empty() || !is_same).then(|| ids(&rows))
}

fn is_missing(folder: &str, folders: &[PathBuf], unread: &[PathBuf]) -> bool {
    let Some(path) = index::path_named(folder) else { return false };
    let is_below_root = folders.iter().any(|folder| path.starts_with(folder));
    !is_below_root || !unread.iter().any(|folder| path.starts_with(folder))
}

fn ids(rows: &[Known]) -> Vec<i64> {
    rows.iter().map(|row| row.id).collect()
}

/// What is known of a folder's files that were there: the rows of each, by its name.
fn known_rows(connection: &Connection, folder: &str) -> rusqlite::Result<HashMap<String, Vec<Known>>> {
    let mut query = connection.prepare_cached(
        "SELECT substr(reference, 1, length(reference) - length(part)), id, mtime_ns, size, inode, device,
         has_lyrics, has_art FROM track WHERE folder = ?1 AND gone_at IS NULL",
    )?;
    let mut rows = query.query([folder])?;
    let mut known: HashMap<String, Vec<Known>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let stamp = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
        let about = Known { id: row.get(1)?, stamp, has_lyrics: row.get(6)?, has_art: row.get(7)? };
        known.entry(row.get(0)?).or_default().push(about);
    }
    Ok(known)
}

/// Reads the files on several threads and writes their rows on this one.
fn read_all(
    connection: &mut Connection,
    files: &[Work],
    now: i64,
    report: &mut ScanReport,
    go_on: &mut dyn FnMut(&Progress) -> bool,
) -> rusqlite::Result<()> {
    let total = files.len();
    if total == 0 {
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    let readers = thread::available_parallelism().map_or(2, NonZero::get).clamp(2, MAX_READERS).min(total);
    thread::scope(|scope| {
        let (readings, waiting) = sync_channel(WAITING);
        let mut started = 0;
        for number in 1..=readers {
            let (readings, files, next) = (readings.clone(), files, &next);
            let reader = thread::Builder::new().name(format!("tags-{number}"));
            started +=
                usize::from(reader.spawn_scoped(scope, move || read_some(files, next, &readings)).is_ok());
        }
        if started == 0 {
            // No thread is to be had: this one reads what the queue holds, batch by batch.
            return write_here(connection, files, now, report, go_on);
        }
        drop(readings);
        write_all(connection, &waiting, total, now, report, go_on)
    })
}

fn read_some(files: &[Work], next: &AtomicUsize, readings: &SyncSender<Reading>) {
    while let Some(Work { candidate, before }) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        let tags = tags::read(&candidate.path());
        let reading = Reading { candidate: candidate.clone(), tags, before: before.clone() };
        // Nobody takes it: the scan was cut short.
        if readings.send(reading).is_err() {
            return;
        }
    }
}

fn write_here(
    connection: &mut Connection,
    files: &[Work],
    now: i64,
    report: &mut ScanReport,
    go_on: &mut dyn FnMut(&Progress) -> bool,
) -> rusqlite::Result<()> {
    for batch in files.chunks(WAITING) {
        let (readings, waiting) = sync_channel(WAITING);
        read_some(batch, &AtomicUsize::new(0), &readings);
        drop(readings);
        write_all(connection, &waiting, files.len(), now, report, go_on)?;
    }
    Ok(())
}

fn write_all(
    connection: &mut Connection,
    waiting: &Receiver<Reading>,
    total: usize,
    now: i64,
    report: &mut ScanReport,
    go_on: &mut dyn FnMut(&Progress) -> bool,
) -> rusqlite::Result<()> {
    let mut done = 0;
    while let Ok(first) = waiting.recv() {
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut folder = PathBuf::new();
        // Only what has come already: nobody else waits for a file that is slow.
        for reading in std::iter::once(first).chain(waiting.try_iter()).take(BATCH) {
            match index::take(&change, &reading, now, &mut report.renamed)? {
                Taken::Added => report.added += 1,
                Taken::Changed => report.changed += 1,
                Taken::Moved => report.moved += 1,
            }
            done += 1;
            folder.clone_from(&reading.candidate.folder.path);
        }
        change.commit()?;
        if !go_on(&Progress { done, total, folder }) {
            report.stopped = true;
            return Ok(());
        }
    }
    Ok(())
}

fn note_problems(change: &Transaction<'_>, problems: &[(String, String)]) -> rusqlite::Result<()> {
    change.execute("DELETE FROM scan_problem", [])?;
    let mut insert = change.prepare("INSERT OR REPLACE INTO scan_problem (path, problem) VALUES (?1, ?2)")?;
    for (path, problem) in problems {
        insert.execute([path, problem])?;
    }
    Ok(())
}
