//! What the fuzz target calls: the words that strangers give, and what has to hold whatever they are. A broken promise is a
//! panic here.

use std::time::Duration;

use super::lrc::{MAX_LINES, parse};
use crate::model::LyricsFrom;

/// Text with times in brackets, or without any.
pub fn lrc(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(lyrics) = parse(&text, LyricsFrom::Tags) else { return };
    let lines = &lyrics.lines;
    assert!(lines.len() <= MAX_LINES && lines.iter().any(|line| !line.text.is_empty()));
    let timed = lines.iter().filter(|line| line.at.is_some()).count();
    assert!(timed == 0 || timed == lines.len(), "{timed} of {} lines have times", lines.len());
    assert!(lines.is_sorted_by_key(|line| line.at));
    for position in [Duration::ZERO, Duration::from_secs(60), Duration::MAX] {
        assert!(lyrics.line_at(position).is_none_or(|line| line < lines.len()));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn seeds_hold() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/lyrics");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            super::lrc(&std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 3, "{count} seeds");
    }
}
