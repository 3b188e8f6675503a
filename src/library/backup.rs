//! A copy of the database a day, the last three kept, each opened and checked before it counts.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::database::{complaint, copy_into};

/// Copies that are kept.
const KEPT: usize = 3;

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// Where the copies are.
fn folder_of(path: &Path) -> PathBuf {
    path.with_file_name("backups")
}

/// The copies that there are, the oldest first.
fn copies(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder_of(path)).into_iter().flatten().flatten();
    let mut copies: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|copy| copy.extension().is_some_and(|extension| extension == "db"))
        .collect();
    copies.sort();
    copies
}

/// Whether there is no copy of the day that `unix_seconds` is in.
pub(super) fn is_due(path: &Path, unix_seconds: u64) -> bool {
    !copy_of(path, unix_seconds).exists()
}

fn copy_of(path: &Path, unix_seconds: u64) -> PathBuf {
    folder_of(path).join(format!("library-{}.db", date(unix_seconds / DAY_SECONDS)))
}

/// Makes the day's copy, and removes the oldest ones beyond [`KEPT`].
pub(super) fn make(connection: &Connection, path: &Path, unix_seconds: u64) -> rusqlite::Result<()> {
    let problem = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
    fs::create_dir_all(folder_of(path)).map_err(problem)?;
    let lock = File::create(folder_of(path).join("lock")).map_err(problem)?;
    lock.lock().map_err(problem)?;
    let copy = copy_of(path, unix_seconds);
    if copy.exists() {
        // Another process was faster.
        return Ok(());
    }
    copy_into(connection, &copy)?;
    if !is_whole(&copy) {
        let _ = fs::remove_file(&copy);
        let words = format!("the backup {} could not be read again", copy.display());
        return Err(problem(std::io::Error::other(words)));
    }
    let copies = copies(path);
    for old in copies.iter().take(copies.len().saturating_sub(KEPT)) {
        fs::remove_file(old).map_err(problem)?;
    }
    Ok(())
}

fn is_whole(copy: &Path) -> bool {
    let opened = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY);
    opened.is_ok_and(|copy| complaint(&copy, "integrity_check").is_ok_and(|complaint| complaint.is_none()))
}

/// The newest copy that can be read whole.
pub(super) fn newest_whole(path: &Path) -> Option<PathBuf> {
    copies(path).into_iter().rev().find(|copy| is_whole(copy))
}

/// `2026-11-21` for the number of days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`).
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::super::database;
    use super::*;

    #[test]
    fn days_have_their_dates() {
        for (days, expected) in [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_778, "2026-11-21")] {
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn three_days_are_kept_and_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let connection = database::open(&path).unwrap().connection;
        for day in 0..5 {
            let now = (20_778 + day) * DAY_SECONDS + 77;
            assert!(is_due(&path, now));
            make(&connection, &path, now).unwrap();
            assert!(!is_due(&path, now + 3600));
        }
        let names: Vec<_> = copies(&path).iter().map(|copy| copy.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["library-2026-11-23.db", "library-2026-11-24.db", "library-2026-11-25.db"]);
        fs::write(&copies(&path)[2], b"no database").unwrap();
        assert_eq!(newest_whole(&path), Some(copies(&path)[1].clone()));
    }
}
