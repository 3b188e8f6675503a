//! Writes that write less than they were asked for, each in turn (POSIX, `write`: "may return fewer bytes"): the rest is
//! written too, or the edit is refused, and what is on the disk is whole. A small library in C, loaded before that of the
//! system, makes them; without a compiler nothing is tested.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chance::kills;
use crate::program::{Done, Home, have};
use crate::store::assert_whole;
use crate::verbs::rows;

/// The so many-th write of a process is cut in half.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int calls;

static int is_this(void) {
    const char *number = getenv("SEGUE_TEST_SHORT");
    return number && __sync_add_and_fetch(&calls, 1) == atoi(number);
}

static void tell(void) {
    int file = open(getenv("SEGUE_TEST_SHORT_LOG"), O_WRONLY | O_CREAT, 0600);
    if (file >= 0) close(file);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
    if (length > 1 && is_this()) {
        tell();
        length /= 2;
    }
    return syscall(SYS_pwrite64, file, bytes, length, at);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
    return pwrite64(file, bytes, length, at);
}

ssize_t write(int file, const void *bytes, size_t length) {
    /* What is told to the listener is for another test. */
    if (file > 2 && length > 1 && is_this()) {
        tell();
        length /= 2;
    }
    return syscall(SYS_write, file, bytes, length);
}
"#;

/// Makes the library; `None` where there is no compiler.
fn shim(folder: &Path) -> Option<PathBuf> {
    let (source, made) = (folder.join("short.c"), folder.join("short.so"));
    fs::write(&source, SHIM).unwrap();
    let built = have("cc")
        && Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&made, &source])
            .status()
            .is_ok_and(|status| status.success());
    built.then_some(made)
}

#[test]
fn a_write_that_is_cut_short_costs_no_edit() {
    let home = Home::new();
    if !cfg!(target_os = "linux") {
        return;
    }
    let Some(shim) = shim(home.path()) else { return };
    let file = home.path().join("a.mp3").display().to_string();
    fs::write(&file, "").unwrap();
    assert_eq!(home.run(&["playlist", "new", "local", "Trip", &file]).code, 0);
    let log = home.path().join("was-short");
    let step = if kills(0, 1) > 0 { 1 } else { 5 };
    let (mut number, mut cut) = (1, 0);
    loop {
        let _ = fs::remove_file(&log);
        let before = rows(&home).len();
        let mut program = home.segue(&["playlist", "add", "Trip", &file]);
        program.env("LD_PRELOAD", &shim).env("SEGUE_TEST_SHORT", number.to_string());
        let done = Done::from(program.env("SEGUE_TEST_SHORT_LOG", &log).output().unwrap());
        assert_eq!(done.code, 0, "{number}: {done:?}");
        assert_whole(&home.path().join("data/library.db"));
        assert_eq!(rows(&home).len(), before + 1, "{number}: {done:?}");
        if !log.exists() {
            break;
        }
        cut += 1;
        number += step;
    }
    println!("{cut} writes were cut short");
    assert!(cut > 2, "{cut}");
}
