//! The words that a file has in its tags, and those in a file of the same name beside it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{FileType, TaggedFileExt as _};
use lofty::probe::Probe;
use lofty::tag::ItemKey;

use super::MAX_BYTES;
use super::lrc::parse;
use crate::model::{Lyrics, LyricsFrom};

/// Those with times first, then those in the tags.
pub(super) fn find(path: &Path) -> Option<Lyrics> {
    // A reader of tags that panics finds nothing.
    let tags = catch_unwind(AssertUnwindSafe(|| tagged(path))).ok().flatten();
    let tags = tags.and_then(|text| parse(&text, LyricsFrom::Tags));
    let beside = || parse(&beside(path)?, LyricsFrom::Beside);
    match tags {
        Some(tags) if tags.is_synced() => Some(tags),
        Some(tags) => beside().filter(Lyrics::is_synced).or(Some(tags)),
        None => beside(),
    }
}

fn tagged(path: &Path) -> Option<String> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut probe = Probe::new(BufReader::new(File::open(path).ok()?));
    if let Some(kind) = FileType::from_path(path) {
        probe = probe.set_file_type(kind);
    }
    let mut options = ParseOptions::new();
    options.parsing_mode(ParsingMode::Relaxed);
    let file = probe.options(options).guess_file_type().ok()?.read().ok()?;
    let words = |key| file.tags().iter().find_map(|tag| tag.get_string(key));
    words(ItemKey::Lyrics).or_else(|| words(ItemKey::UnsyncLyrics)).map(str::to_owned)
}

/// `.lrc` first; both also in capitals.
fn beside(path: &Path) -> Option<String> {
    ["lrc", "LRC", "txt"].into_iter().find_map(|end| {
        let beside = path.with_extension(OsStr::new(end));
        if beside == path || !fs::metadata(&beside).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(beside).ok()?.take(MAX_BYTES as u64).read_to_end(&mut bytes).ok()?;
        Some(text(&bytes))
    })
}

/// UTF-16 where it says so, else UTF-8, else the bytes as Latin-1, of which every one is a character.
fn text(bytes: &[u8]) -> String {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).skip(1).filter_map(|pair| Some(of(pair.try_into().ok()?)));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // What was cut at the limit may end within a character.
            Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes).into_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_it_was_written() {
        assert_eq!(text("Ko\u{301}smos".as_bytes()), "Ko\u{301}smos");
        assert_eq!(text(b"\xff\xfeH\0i\0"), "Hi");
        assert_eq!(text(b"\xfe\xff\0H\0i"), "Hi");
        assert_eq!(text(b"M\xfcller"), "Müller");
        assert_eq!(text(b""), "");
    }
}
