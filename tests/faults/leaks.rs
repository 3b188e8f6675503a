//! Secrets with a mark on them, and all places where none may ever be seen.

use std::fmt::Debug;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, Once};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

pub const API_KEY: &str = "m4rk01apikey";
pub const BEARER: &str = "m4rk02bearer";
pub const REFRESH: &str = "m4rk03refresh";
pub const CONSUMER_SECRET: &str = "m4rk04consumer";
pub const TOKEN_SECRET: &str = "m4rk05token";
pub const CLIENT_SECRET: &str = "m4rk06client";
pub const COOKIE: &str = "m4rk07cookie";
pub const SIGNATURE: &str = "m4rk08signature";
pub const VERIFIER: &str = "m4rk09verifier";
pub const CODE: &str = "m4rk10mail";
/// What a server gives in place of a token that ran out.
pub const NEXT_BEARER: &str = "m4rk11bearer";
pub const NEXT_REFRESH: &str = "m4rk12refresh";
pub const ACCESS_TOKEN: &str = "m4rk13access";
pub const PASSWORD: &str = "m4rk14password";

/// What every secret here begins with, and nothing else.
const MARK: &str = "m4rk";

/// The text shows no secret.
pub fn assert_none(what: &str, text: &str) {
    if let Some(at) = text.find(MARK) {
        let near: String = text[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{what} shows a secret: {near}{}", text[at..].chars().take(30).collect::<String>());
    }
}

/// Neither does what it prints for programmers.
pub fn assert_none_in(what: &str, value: &impl Debug) {
    assert_none(what, &format!("{value:?} {value:#?}"));
}

/// Nor any file below a folder, by its name or by what is in it, but for what was put there on purpose.
pub fn assert_none_on_disk(folder: &Path, but: &[&str]) -> usize {
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if but.contains(&name.as_str()) {
            continue;
        }
        assert_none("a file's name", &name);
        if path.is_dir() {
            seen += assert_none_on_disk(&path, but);
        } else if path.is_file() {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert_none(&path.display().to_string(), &text);
            seen += 1;
        }
    }
    seen
}

/// Lines of the log that should not be.
static LEAKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on all that any library of this process logs, at its finest, is looked through.
pub fn watch_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = tracing_subscriber::fmt().with_ansi(false).with_max_level(LevelFilter::TRACE);
        tracing::subscriber::set_global_default(log.with_writer(Watcher).finish()).unwrap();
    });
}

/// Nothing was logged that should not be.
pub fn assert_log_is_clean() {
    let leaked = LEAKED.lock().unwrap();
    assert!(leaked.is_empty(), "{leaked:#?}");
}

struct Watcher;

impl Write for Watcher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        if line.contains(MARK) {
            LEAKED.lock().unwrap().push(line.into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Watcher {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

#[test]
fn the_watch_sees() {
    watch_log();
    let secret = "m4rk".to_owned() + "00";
    assert!(std::panic::catch_unwind(|| assert_none("a test", &secret)).is_err());
    Watcher.write_all(b"nothing").unwrap();
    assert_log_is_clean();
}
