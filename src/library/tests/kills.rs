//! A process that is killed while it brings an older database to the newest schema: whole old, or whole new.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use super::super::database::{Condition, beside, examine, open};
use super::super::migrations::MIGRATIONS;

/// Kills a version; `SEGUE_TEST_KILLS` sets another count.
const KILLS: u64 = 4;

/// Rows of the queue, for a migration that takes its time.
const ROWS: u32 = 2_000;

/// Which database the process opens. Set for that process alone.
const DRIVE: &str = "SEGUE_TEST_DRIVE";

/// The process that is killed; nothing to do for whoever runs the tests.
#[test]
fn driver() {
    if let Some(path) = std::env::var_os(DRIVE) {
        println!("\nbegins");
        open(Path::new(&path)).unwrap();
        println!("\nis there");
        thread::park_timeout(Duration::from_secs(60));
    }
}

fn make(path: &Path, version: usize) {
    let mut file = Connection::open(path).unwrap();
    let change = file.transaction().unwrap();
    MIGRATIONS.iter().take(version).for_each(|step| change.execute_batch(step).unwrap());
    for row in 0..ROWS {
        let insert = "INSERT INTO queue (place, reference, title, artists) VALUES (?1, 'a.mp3', 'a', '')";
        change.execute(insert, [row]).unwrap();
    }
    change.pragma_update(None, "user_version", u32::try_from(version).unwrap()).unwrap();
    change.commit().unwrap();
}

/// Runs the process and kills it so many microseconds after it began; tells whether it had said that it was done.
fn killed(path: &Path, after: Duration) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["library::tests::kills::driver", "--exact", "--nocapture"]).env(DRIVE, path);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let out = std::io::BufReader::new(child.stdout.take().unwrap());
    let (tell, told) = channel();
    let reader = thread::spawn(move || {
        let lines = std::io::BufRead::lines(out).map_while(Result::ok);
        lines
            .inspect(|line| {
                if line == "begins" {
                    tell.send(()).unwrap();
                }
            })
            .any(|line| line == "is there")
    });
    told.recv_timeout(Duration::from_secs(60)).unwrap();
    thread::park_timeout(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_kill_while_a_database_is_migrated_leaves_the_old_one_or_the_new_one() {
    let kills = std::env::var("SEGUE_TEST_KILLS").map_or(KILLS, |count| count.parse().unwrap());
    let newest = Condition::Whole { version: u32::try_from(MIGRATIONS.len()).unwrap() };
    for version in 1..MIGRATIONS.len() {
        let older = Condition::Whole { version: u32::try_from(version).unwrap() };
        let (mut old, mut new, mut done) = (0, 0, 0);
        for round in 0..kills {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("library.db");
            make(&path, version);
            // Up to 20 ms: opening takes about that.
            let is_done = killed(&path, Duration::from_micros(20_000 * round / kills));
            // What was begun is taken back by whoever reads next, where that one may write.
            let reader = Connection::open(&path).unwrap();
            reader.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).unwrap();
            drop(reader);
            let found = examine(&path).unwrap();
            assert!(
                found == older && !is_done || found == newest,
                "version {version}, round {round}: {found:?}"
            );
            if found == newest {
                let copy = beside(&path, &format!("version-{version}"));
                assert_eq!(examine(&copy).unwrap(), older, "the copy from before");
            }
            (old, new, done) = (
                old + u32::from(found == older),
                new + u32::from(found == newest),
                done + u32::from(is_done),
            );
            let opened = open(&path).unwrap();
            assert_eq!(opened.rescue, None);
            let left = super::super::keeper::load(&opened.connection).unwrap();
            assert_eq!(left.session.tracks.len(), ROWS as usize);
        }
        println!("version {version}: {old} stayed old, {new} became new, {done} of these had said so");
    }
}
