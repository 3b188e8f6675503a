//! Calls of the system that fail once, each in turn: it is told in words, what is on the disk is what was told, and the next
//! edit works. `strace` makes them fail (its option `inject`); without it, and where one process may not trace another,
//! nothing is tested.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::chance::{Chance, kills};
use crate::program::{Done, Home, have, until};
use crate::scanning::{Folder, known};
use crate::screen::{database, open_trip, rows_of, trip_of};
use crate::store::assert_whole;
use crate::verbs::rows;

/// What fails, and how.
const FAULTS: [(&str, &str); 12] = [
    // A signal comes in between (signal(7)): whoever asked asks again.
    ("pwrite64", "EINTR"),
    ("pread64", "EINTR"),
    ("openat", "EINTR"),
    ("ftruncate", "EINTR"),
    ("pwrite64", "ENOSPC"),
    ("fsync", "EIO"),
    ("pwrite64", "EIO"),
    ("fdatasync", "EIO"),
    ("ftruncate", "EIO"),
    ("openat", "EMFILE"),
    ("unlink", "EIO"),
    ("pread64", "EIO"),
];

/// Whether calls can be made to fail here.
fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    have("strace") && tried.is_ok_and(|status| status.success())
}

/// The files of a database.
fn watched(data: &Path) -> Vec<String> {
    let names = ["library.db", "library.db-wal", "library.db-shm", "library.db-journal"];
    names.iter().flat_map(|name| ["-P".to_owned(), data.join(name).display().to_string()]).collect()
}

/// Runs the program with its so many-th call failing; also tells whether there was such a call.
fn run(home: &Home, arguments: &[&str], (call, error): (&str, &str), number: usize) -> (Done, bool) {
    let log = home.path().join("calls");
    let program = home.segue(arguments);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-q", "-o"]).arg(&log).args(watched(&home.path().join("data")));
    traced.args([
        "-e",
        &format!("trace={call}"),
        "-e",
        &format!("inject={call}:error={error}:when={number}"),
    ]);
    traced.arg(program.get_program()).args(program.get_args());
    let variables = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let done = Done::from(traced.envs(variables).env_remove("RUST_BACKTRACE").output().unwrap());
    (done, fs::read_to_string(log).unwrap().contains("INJECTED"))
}

/// Every call of the kind fails once, or some of them.
fn sweep(step: usize, mut one: impl FnMut((&str, &str), usize) -> bool) {
    for fault in FAULTS {
        let mut number = 1;
        while one(fault, number) {
            number += step;
        }
    }
}

/// Whether what the program did is told as it is: done, or refused in words.
fn assert_told(done: &Done, what: &str) -> bool {
    assert!(!done.err.contains("panicked") && (done.code == 0 || !done.err.is_empty()), "{what}: {done:?}");
    done.code == 0
}

/// Every call, where many are asked for.
fn step() -> usize {
    if kills(0, 1) > 0 { 1 } else { 17 }
}

#[test]
fn an_edit_under_which_a_call_fails_is_kept_or_refused() {
    if !can_trace() {
        return;
    }
    let home = Home::new();
    let file = home.path().join("a.mp3").display().to_string();
    fs::write(&file, "").unwrap();
    assert_eq!(home.run(&["playlist", "new", "local", "Trip", &file]).code, 0);
    let mut refused = 0;
    sweep(step(), |fault, number| {
        let what = format!("{fault:?} {number}");
        let before = rows(&home).len();
        let (done, failed) = run(&home, &["playlist", "add", "Trip", &file], fault, number);
        let is_kept = assert_told(&done, &what);
        assert!(is_kept || fault.1 != "EINTR", "{what}: {done:?}");
        assert_whole(&home.path().join("data/library.db"));
        assert_eq!(rows(&home).len(), before + usize::from(is_kept), "{what}: {done:?}");
        refused += usize::from(!is_kept);
        failed
    });
    println!("{refused} edits were refused");
    assert!(refused > 0);
    let before = rows(&home).len();
    assert_eq!(home.run(&["playlist", "add", "Trip", &file]).code, 0);
    assert_eq!(rows(&home).len(), before + 1);
    no_rescue(home.path());
}

/// None of these faults is damage.
fn no_rescue(home: &Path) {
    let names = fs::read_dir(home.join("data")).unwrap().map(|file| file.unwrap().file_name());
    let names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.contains("damaged") || name.contains("mark")), "{names:?}");
}

#[test]
fn a_scan_under_which_a_call_fails_is_mended_by_the_next() {
    if !can_trace() {
        return;
    }
    let home = Home::new();
    let mut chance = Chance(48);
    let mut music = Folder::new(home.path().join("music"), 40, &mut chance);
    let home = home.config(&format!("[library]\nfolders = [{:?}]\n", music.path));
    let path: PathBuf = home.path().join("data/library.db");
    assert_eq!(home.run(&["library", "scan"]).code, 0);
    sweep(step() * 2, |fault, number| {
        music.change(&mut chance, 10);
        let (done, failed) = run(&home, &["library", "scan"], fault, number);
        let is_done = assert_told(&done, &format!("{fault:?} {number}"));
        assert_whole(&path);
        if !is_done {
            assert_eq!(home.run(&["library", "scan"]).code, 0);
        }
        assert_eq!(known(&path), music.titles, "{fault:?} {number}: {done:?}");
        failed
    });
    no_rescue(home.path());
}

#[test]
fn a_disk_that_is_full_under_the_screen_is_told_and_what_is_shown_is_what_is_kept() {
    if !can_trace() {
        return;
    }
    let (home, _) = trip_of(9);
    let path = database(&home);
    let mut player = open_trip(&home);
    let order = |screen: &str| {
        let rows = screen.lines().filter(|line| line.contains("piece"));
        rows.filter_map(|line| line.split("piece").nth(1)?.get(..2).map(str::to_owned)).collect::<Vec<_>>()
    };
    let first = order(&player.wait_for("piece00"));
    let id = player.child.process_id().unwrap().to_string();
    let log = home.path().join("calls");
    let mut full = Command::new("strace")
        .args(["-f", "-q", "-p", &id, "-o"])
        .arg(&log)
        .args(watched(path.parent().unwrap()))
        .args(["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=1+"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // A tracer has come when the kernel says so.
    let status = format!("/proc/{id}/status");
    until("the tracer", || {
        fs::read_to_string(&status).unwrap().contains(&format!("TracerPid:\t{}", full.id()))
    });
    player.keys("J");
    player.wait_for("was not kept");
    let screen = player.wait("the rows as they were", |screen| order(screen) == first);
    assert!(screen.contains("full"), "{screen}");
    assert!(fs::read_to_string(&log).unwrap().contains("INJECTED"));
    // Ended politely it lets go; killed, it would take the player along.
    assert!(Command::new("kill").arg(full.id().to_string()).status().unwrap().success());
    full.wait().unwrap();
    player.keys("J");
    let moved = player.wait("the row moved", |screen| order(screen) != first && screen.contains("kept"));
    player.keys("Q");
    player.end().assert_clean();
    assert_whole(&path);
    let kept: Vec<_> = rows_of(&path).iter().map(|title| title.replace("piece", "")).collect();
    assert_eq!(kept, order(&moved));
}

#[test]
fn a_folder_in_which_no_memory_can_be_shared_has_a_library_all_the_same() {
    if !can_trace() {
        return;
    }
    let home = Home::new();
    let file = home.path().join("a.mp3").display().to_string();
    fs::write(&file, "").unwrap();
    let poor = |arguments: &[&str]| {
        let mut traced = Command::new("strace");
        traced.args(["-f", "-q", "-o", "/dev/null", "-P"]).arg(home.path().join("data/library.db-shm"));
        traced.args(["-e", "trace=mmap", "-e", "inject=mmap:error=EACCES"]);
        let program = home.segue(arguments);
        traced.arg(program.get_program()).args(program.get_args());
        let variables = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
        Done::from(traced.envs(variables).output().unwrap())
    };
    let edit = |arguments: &[&str]| {
        let done = poor(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    };
    let log = home.path().join("data/library.db-wal");
    edit(&["playlist", "new", "local", "Trip", &file]);
    edit(&["playlist", "add", "Trip", &file]);
    assert!(!log.exists());
    let told = poor(&["doctor", "--json"]).out;
    assert!(told.contains("written the slower way"), "{told}");
    assert_whole(&home.path().join("data/library.db"));
    // Where a log can be had, it comes back; and goes again.
    assert_eq!(home.run(&["playlist", "add", "Trip", &file]).code, 0);
    assert_eq!(rows(&home).len(), 3);
    edit(&["playlist", "add", "Trip", &file]);
    assert_eq!(rows(&home).len(), 4);
}
