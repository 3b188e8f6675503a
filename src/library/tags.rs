//! What a file tells of itself. Files are strangers: whatever is in one, this comes back with something.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::flac::FlacFile;
use lofty::mpeg::MpegFile;
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey, Tag};

use super::cue_sheet::{self, Sheet};
use super::flac_sheet;
use crate::model::CleanText;

/// Longest length that is believed: a week.
const MAX_LENGTH: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Most artists taken from one file.
const MAX_ARTISTS: usize = 32;

/// Largest cue sheet taken from tags.
const MAX_SHEET_BYTES: usize = 1 << 20;

/// Extensions of files that hold tags which cannot be read here; they go by their names.
const NAMELESS: [&str; 8] = ["m3u8", "mkv", "mka", "webm", "weba", "caf", "mp2", "aac"];

/// What a file tells of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tags {
    pub title: Option<CleanText>,
    pub artists: Vec<CleanText>,
    pub album: Option<CleanText>,
    pub album_artist: Option<CleanText>,
    pub genre: Option<CleanText>,
    pub year: Option<u16>,
    pub number: Option<u32>,
    pub disc: Option<u32>,
    pub length: Option<Duration>,
    pub isrc: Option<CleanText>,
    pub has_art: bool,
    pub has_lyrics: bool,
    /// How it is rated, 0 to 5.
    pub stars: Option<u8>,
    /// A cue sheet among the tags, or in a block of its own.
    pub sheet: Option<Sheet>,
    /// Why not everything could be read.
    pub problem: Option<String>,
}

/// A file as the tag reader knows it, and what only its own format has.
struct Opened {
    file: TaggedFile,
    /// A share of 1 (<https://freedesktop.org/wiki/Specifications/free-media-player-specs>).
    fmps_rating: Option<String>,
    sheet: Option<Sheet>,
}

/// Reads the tags of a file. A reader that panics costs that file's tags, no more.
pub(super) fn read(path: &Path) -> Tags {
    match catch_unwind(AssertUnwindSafe(|| parse(path))) {
        Ok(Ok(opened)) => taken(opened),
        Ok(Err(problem)) if is_nameless(path) && !problem.starts_with("cannot be opened") => Tags::default(),
        Ok(Err(problem)) => Tags { problem: Some(problem), ..Tags::default() },
        Err(_) => Tags { problem: Some("its tags are damaged beyond reading".to_owned()), ..Tags::default() },
    }
}

fn is_nameless(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| NAMELESS.contains(&extension.as_str()))
}

fn parse(path: &Path) -> Result<Opened, String> {
    let file = File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let mut probe = Probe::new(BufReader::new(file));
    if let Some(kind) = FileType::from_path(path) {
        probe = probe.set_file_type(kind);
    }
    let mut options = ParseOptions::new();
    options.parsing_mode(ParsingMode::Relaxed);
    let probe = probe.options(options).guess_file_type().map_err(|error| error.to_string())?;
    let unreadable = |error: &dyn std::fmt::Display| format!("its tags cannot be read: {error}");
    match probe.file_type() {
        Some(FileType::Flac) => {
            let mut reader = probe.into_inner();
            reader.rewind().map_err(|error| unreadable(&error))?;
            let file = FlacFile::read_from(&mut reader, options).map_err(|error| unreadable(&error))?;
            let own = |key: &str| file.vorbis_comments()?.get(key).map(str::to_owned);
            let fmps_rating = own("FMPS_RATING");
            // Written by people or programs, it has names, which the block has not.
            let text = own("CUESHEET").filter(|sheet| sheet.len() <= MAX_SHEET_BYTES);
            let sheet = text.map(|text| cue_sheet::read(&text)).or_else(|| {
                reader.rewind().ok()?;
                flac_sheet::read(&mut reader)
            });
            Ok(Opened { file: file.into(), fmps_rating, sheet })
        }
        Some(FileType::Mpeg) => {
            let mut file = probe.into_inner();
            file.rewind().map_err(|error| unreadable(&error))?;
            let file = MpegFile::read_from(&mut file, options).map_err(|error| unreadable(&error))?;
            let own = |key: &str| file.id3v2()?.get_user_text(key).map(str::to_owned);
            let fmps_rating = own("FMPS_Rating").or_else(|| own("FMPS_RATING"));
            Ok(Opened { file: file.into(), fmps_rating, sheet: None })
        }
        _ => {
            let file = probe.read().map_err(|error| unreadable(&error))?;
            Ok(Opened { file, fmps_rating: None, sheet: None })
        }
    }
}

/// A rating as numbers stand for it in tags: a share of 1 (FMPS), stars, or a share of 100.
fn stars(text: &str) -> Option<u8> {
    let number: f64 = text.trim().parse().ok().filter(|number| (0.0..=100.0).contains(number))?;
    let stars = match number {
        share if share <= 1.0 && text.contains('.') => share * 5.0,
        stars if stars <= 5.0 => stars,
        share => share / 20.0,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 5")]
    Some(stars.round() as u8)
}

fn taken(opened: Opened) -> Tags {
    let Opened { file, fmps_rating, sheet } = opened;
    let length =
        Some(file.properties().duration()).filter(|length| !length.is_zero() && *length < MAX_LENGTH);
    // The format's own tag comes first; an older one at the file's end may know what it lacks.
    let own = file.primary_tag();
    let others = file.tags().iter().filter(|tag| own.is_none_or(|own| own.tag_type() != tag.tag_type()));
    let tags: Vec<&Tag> = own.into_iter().chain(others).collect();
    let text = |key: ItemKey| tags.iter().find_map(|tag| cleaned(tag.get_string(key)?));
    let artists = |key: ItemKey| {
        let names = tags.iter().map(|tag| tag.get_strings(key).filter_map(cleaned).collect::<Vec<_>>());
        names.into_iter().find(|names| !names.is_empty()).unwrap_or_default()
    };
    let mut credited = artists(ItemKey::TrackArtists);
    if credited.is_empty() {
        credited = artists(ItemKey::TrackArtist);
    }
    credited.truncate(MAX_ARTISTS);
    let players = tags.iter().find_map(|tag| tag.ratings().next()).map(|rated| rated.rating as u8);
    let plain = || stars(tags.iter().find_map(|tag| tag.get_string(ItemKey::Popularimeter))?);
    let has = |key: ItemKey| tags.iter().any(|tag| tag.get(key).is_some());
    Tags {
        title: text(ItemKey::TrackTitle),
        artists: credited,
        album: text(ItemKey::AlbumTitle),
        album_artist: text(ItemKey::AlbumArtist),
        genre: text(ItemKey::Genre),
        year: tags.iter().find_map(|tag| tag.date()).map(|date| date.year).filter(|year| *year > 0),
        number: tags.iter().find_map(|tag| tag.track()),
        disc: tags.iter().find_map(|tag| tag.disk()),
        length,
        isrc: text(ItemKey::Isrc),
        has_art: tags.iter().any(|tag| tag.picture_count() > 0),
        has_lyrics: has(ItemKey::Lyrics) || has(ItemKey::UnsyncLyrics),
        stars: fmps_rating.as_deref().and_then(stars).or(players).or_else(plain),
        sheet,
        problem: None,
    }
}

fn cleaned(text: &str) -> Option<CleanText> {
    let text = CleanText::from(text.trim());
    (!text.is_empty()).then_some(text)
}
