//! How far the clocks on the wall are from the time of the world: SQLite asks the system, which nothing else here can do
//! without unsafe code.

use rusqlite::Connection;

/// Seconds that local clocks show beyond `unix_s`, in seconds since 1970; 0 where nobody knows.
pub fn local_offset_s(unix_s: u64) -> i64 {
    let at = i64::try_from(unix_s).unwrap_or(0);
    let ask = |connection: Connection| {
        connection.query_row("SELECT unixepoch(?1, 'unixepoch', 'localtime') - ?1", [at], |row| row.get(0))
    };
    Connection::open_in_memory().and_then(ask).unwrap_or(0)
}
