//! The log beside the database (its WAL) does not grow without end.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rusqlite::Connection;

use super::super::OwnMusic;
use super::super::database::open;

/// What the log may be.
const MOST: u64 = 64 << 20;

const MEBIBYTE: u32 = 1 << 20;

fn write(connection: &Connection, mebibytes: u32) {
    for number in 0..mebibytes {
        let words = "INSERT OR REPLACE INTO kept (name, value) VALUES ('test', hex(zeroblob(?1)) || ?2)";
        connection.execute(words, [MEBIBYTE / 2, number]).unwrap();
    }
}

fn log_bytes(path: &Path) -> u64 {
    fs::metadata(path.with_file_name("library.db-wal")).unwrap().len()
}

#[test]
fn the_log_stays_small_while_another_connection_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let writer = open(&path).unwrap().connection;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let music = OwnMusic::new(&path);
            let mut asked = 0;
            while !stop.load(Ordering::Relaxed) {
                music.stats().unwrap();
                asked += 1;
            }
            asked
        });
        for _ in 0..10 {
            write(&writer, 20);
            assert!(log_bytes(&path) <= MOST, "{}", log_bytes(&path));
        }
        stop.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
}

#[test]
fn a_log_that_a_stuck_reader_let_grow_is_cut_when_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let writer = open(&path).unwrap().connection;
    write(&writer, 1);
    // Nothing of ours reads in a transaction that stays open; somebody with a tool of their own may.
    let mut stranger = Connection::open(&path).unwrap();
    let reading = stranger.transaction().unwrap();
    reading.query_row("SELECT count(*) FROM kept", [], |_| Ok(())).unwrap();
    write(&writer, 80);
    assert!(log_bytes(&path) > MOST);
    drop(reading);
    write(&writer, 20);
    assert!(log_bytes(&path) <= MOST, "{}", log_bytes(&path));
}
