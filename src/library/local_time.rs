//! The time of the day where the listener is, as the database engine tells it: it asks the system, which nothing else
//! here can do without unsafe code.

use rusqlite::Connection;
use rusqlite::types::FromSql;

/// Seconds that local clocks show beyond `unix_s`, in seconds since 1970; 0 where nobody knows.
pub fn local_offset_s(unix_s: u64) -> i64 {
    ask("SELECT unixepoch(?1, 'unixepoch', 'localtime') - ?1", unix_s).unwrap_or(0)
}

/// Minutes since midnight at this moment, in seconds since 1970; `None` where nobody knows.
pub fn minute_of_day(unix_s: u64) -> Option<u16> {
    let asked = "SELECT 60 * strftime('%H', ?1, 'unixepoch', 'localtime') + strftime('%M', ?1, 'unixepoch', 'localtime')";
    ask(asked, unix_s)
}

fn ask<T: FromSql>(question: &str, unix_s: u64) -> Option<T> {
    let connection = Connection::open_in_memory().ok()?;
    connection.query_row(question, [i64::try_from(unix_s).ok()?], |row| row.get(0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_has_a_minute_and_days_repeat() {
        for moment in [0, 1, 86_399, 1_700_000_000, 4_102_444_800] {
            let minute = minute_of_day(moment).unwrap();
            assert!(minute < 1440, "{moment}: {minute}");
            // All zones of today are whole minutes away from one another.
            assert_eq!(
                u64::from(minute_of_day(moment + 60 * 7).unwrap()),
                (u64::from(minute) + 7) % 1440,
                "{moment}"
            );
        }
        assert_eq!(minute_of_day(u64::MAX), None);
    }
}
