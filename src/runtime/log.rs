//! The log file: rotated, capped in size, one harmless line an event, secrets hidden. Never the screen.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::LogLevel;
use crate::model::clean;

/// Largest log file; then it is rotated.
const CAP_BYTES: u64 = 1 << 20;
/// Rotated files kept beside it: `segue.log.1` is the youngest.
const KEPT: u32 = 2;

/// Sends everything the program logs from now on to `path`. A log that cannot be opened is done
/// without; a second call changes nothing.
pub fn start(path: &Path, level: LogLevel) {
    let filter = match level {
        LogLevel::Off => return,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let Ok(file) = RotatingFile::open(path, CAP_BYTES) else { return };
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(filter)
        .with_writer(Writer(Arc::new(Mutex::new(file))));
    // An error only means that a log runs already.
    let _ = tracing::subscriber::set_global_default(subscriber.finish());
}

struct RotatingFile {
    path: PathBuf,
    file: File,
    size: u64,
    cap_bytes: u64,
}

impl RotatingFile {
    fn open(path: &Path, cap_bytes: u64) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            super::paths::make_private_folder(folder)?;
        }
        let file = open_private(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size, cap_bytes })
    }

    fn write_line(&mut self, line: &str) -> io::Result<()> {
        if self.size > 0 && self.size + line.len() as u64 > self.cap_bytes {
            self.rotate()?;
        }
        self.file.write_all(line.as_bytes())?;
        self.size += line.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..KEPT).rev() {
            // A missing older file is no error.
            let _ = fs::rename(self.numbered(number), self.numbered(number + 1));
        }
        fs::rename(&self.path, self.numbered(1))?;
        self.file = open_private(&self.path)?;
        self.size = 0;
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[derive(Clone)]
struct Writer(Arc<Mutex<RotatingFile>>);

impl<'a> MakeWriter<'a> for Writer {
    type Writer = Line;

    fn make_writer(&'a self) -> Self::Writer {
        Line { file: Arc::clone(&self.0), text: Vec::new() }
    }
}

/// One event on its way; written whole when it is dropped.
struct Line {
    file: Arc<Mutex<RotatingFile>>,
    text: Vec<u8>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let line = hide_secrets(&clean(&String::from_utf8_lossy(&self.text)));
        if let Ok(mut file) = self.file.lock() {
            // A full disk must not stop the music.
            let _ = file.write_line(&(line + "\n"));
        }
    }
}

/// Hides what looks like a secret: the query of any address, what follows `Bearer` or `OAuth`, and
/// the value of anything named like a token. The types that hold secrets hide themselves already;
/// this is the second lock on the door.
pub(super) fn hide_secrets(line: &str) -> String {
    let mut shown = Vec::new();
    let mut hide_next = false;
    for word in line.split(' ') {
        if hide_next && !word.is_empty() {
            shown.push("[hidden]".to_owned());
            hide_next = matches!(word.to_ascii_lowercase().as_str(), "bearer" | "oauth");
            continue;
        }
        hide_next =
            matches!(word.trim_start_matches(['"', '\'']).to_ascii_lowercase().as_str(), "bearer" | "oauth");
        shown.push(hide_in_word(word));
    }
    shown.join(" ")
}

fn hide_in_word(word: &str) -> String {
    if let (Some(_), Some((address, _))) = (word.find("://"), word.split_once('?')) {
        return format!("{address}?[hidden]");
    }
    let mut shown = String::new();
    for piece in word.split_inclusive([',', '&', ';']) {
        let Some((name, value)) = piece.split_once(['=', ':']) else {
            shown.push_str(piece);
            continue;
        };
        let bare = name.trim_end_matches(['"', '\'', '\\']);
        if value.is_empty() || !is_telling(bare) {
            shown.push_str(piece);
            continue;
        }
        shown.push_str(name);
        shown.push_str("=[hidden]");
        // In JSON the next name follows; elsewhere the rest may belong to the value.
        if bare.len() == name.len() {
            break;
        }
    }
    shown
}

/// Whether what stands behind this name is nobody's business.
fn is_telling(name: &str) -> bool {
    const TELLING: [&str; 8] =
        ["token", "secret", "signature", "password", "api_key", "consumer_key", "authorization", "cookie"];
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|part| name.ends_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden() {
        let rows = [
            (
                "GET https://a.example/x?Signature=abc&y=1 took 3 ms",
                "GET https://a.example/x?[hidden] took 3 ms",
            ),
            ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
            ("oauth_token=abc refresh_token=\"x\"", "oauth_token=[hidden] refresh_token=[hidden]"),
            (
                r#"{"id":7,"access_token":"abc","name":"Ada"}"#,
                r#"{"id":7,"access_token"=[hidden]"name":"Ada"}"#,
            ),
            ("password=ab,cd", "password=[hidden]"),
            ("track audius:track:D7KyD started", "track audius:track:D7KyD started"),
        ];
        for (line, expected) in rows {
            assert_eq!(hide_secrets(line), expected);
        }
    }

    #[test]
    fn the_file_never_outgrows_its_cap() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/segue.log");
        let mut file = RotatingFile::open(&path, 100).unwrap();
        for number in 0..40 {
            file.write_line(&format!("this is line number {number:02}\n")).unwrap();
        }
        let mut names: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap()).collect();
        names.sort_by_key(fs::DirEntry::file_name);
        assert_eq!(u32::try_from(names.len()), Ok(1 + KEPT));
        assert!(names.iter().all(|entry| entry.metadata().unwrap().len() <= 100));
        assert!(fs::read_to_string(&path).unwrap().ends_with("line number 39\n"));
    }

    #[test]
    fn a_hostile_line_stays_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segue.log");
        let file = Arc::new(Mutex::new(RotatingFile::open(&path, 1000).unwrap()));
        Writer(file).make_writer().write_all(b"title \x1b[2J\nfake line\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "title [2J fake line\n");
    }
}
