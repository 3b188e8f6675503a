//! Playlists as files of any player: M3U and M3U8, XSPF, JSPF and PLS are read; M3U8, XSPF and JSPF are written.
//! Works on bytes and asks the disk nothing but what the caller's `exists` answers; which of the rows the listener
//! has is not decided here.

#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod jspf;
mod m3u;
mod place;
mod pls;
#[cfg(test)]
mod tests;
mod xspf;

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::model::{CleanText, Fault, FaultKind, Track, TrackRef};

pub use place::Paths;
use place::Places;

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Most rows that are taken of one file.
pub const MAX_ROWS: usize = 100_000;

/// Longest length that is believed.
const MAX_LENGTH: Duration = Duration::from_secs(1_000_000);

/// What parts artist and title in one line.
const BETWEEN: &str = " - ";

/// A kind of playlist file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaylistFormat {
    /// Lines of paths with `#EXTINF` remarks. Written as UTF-8 (M3U8).
    M3u,
    /// XML Shareable Playlist Format, version 1 (<https://www.xspf.org/spec>).
    Xspf,
    /// The same as JSON (<https://www.xspf.org/jspf>).
    Jspf,
    /// An INI file of `FileN`, `TitleN`, `LengthN`. Only read.
    Pls,
}

/// A playlist as a file tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaylistFile {
    /// Its name, where the file has one.
    pub title: Option<CleanText>,
    /// Who made it.
    pub creator: Option<CleanText>,
    /// What it is about.
    pub about: Option<CleanText>,
    /// Its rows, in order.
    pub rows: Vec<FileRow>,
}

/// A row of a playlist file: what it is, and where it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRow {
    /// Where it can be played; none when the file gives no place that can be understood.
    pub place: Option<TrackRef>,
    /// Why its place cannot be used, in words.
    pub problem: Option<String>,
    /// Its title.
    pub title: Option<CleanText>,
    /// Its artists in one line: the formats have one field.
    pub artists: Option<CleanText>,
    /// Its album.
    pub album: Option<CleanText>,
    /// How long it plays, to the second (M3U, PLS) or millisecond (XSPF, JSPF).
    pub length: Option<Duration>,
    /// International Standard Recording Code; only XSPF and JSPF carry it.
    pub isrc: Option<CleanText>,
    /// Its cover.
    pub artwork: Option<Url>,
    /// Its page for a browser.
    pub link: Option<Url>,
}

impl From<&Track> for FileRow {
    fn from(track: &Track) -> Self {
        let artists = CleanText::from(track.artist_line());
        Self {
            place: Some(track.reference.clone()),
            problem: None,
            title: Some(track.title.clone()),
            artists: (!artists.is_empty()).then_some(artists),
            album: track.album.clone(),
            length: track.length,
            isrc: track.isrc.clone(),
            artwork: track.artwork.clone(),
            link: track.link.clone(),
        }
    }
}

/// Why a file is no playlist that can be read or written here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistFileError {
    /// Neither name nor content tells the format.
    #[error("this is no playlist in M3U, M3U8, XSPF, JSPF or PLS")]
    Unknown,
    /// Larger than [`MAX_BYTES`], or with more than [`MAX_ROWS`] rows.
    #[error("the playlist is larger than {MAX_ROWS} rows or {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// The playlist of a stream: its parts are no tracks.
    #[error("this is the playlist of one stream (HLS), not a list of tracks")]
    Stream,
    /// The text breaks the format's rules.
    #[error("line {line}: {complaint}")]
    Broken {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        complaint: String,
    },
    /// It is no text.
    #[error("this is no list of tracks: it holds binary data")]
    Binary,
    /// PLS is read, not written.
    #[error("PLS is only read; write .m3u8, .xspf or .jspf")]
    OnlyRead,
}

impl PlaylistFileError {
    /// The same in words for a person.
    pub fn fault(&self) -> Fault {
        let kind = match self {
            Self::Unknown | Self::Stream | Self::Binary | Self::OnlyRead => FaultKind::Unsupported,
            Self::TooLarge | Self::Broken { .. } => FaultKind::Damaged,
        };
        let fault = Fault::new(kind, self.to_string());
        match self {
            Self::Unknown => fault.hint("Give a file that ends in .m3u8, .m3u, .xspf, .jspf or .pls"),
            Self::TooLarge => fault.hint("Split it"),
            Self::Stream => fault.hint("Play it: segue play FILE"),
            Self::Broken { .. } => {
                fault.hint("Nothing was taken from it; mend that line and import it again")
            }
            Self::Binary => fault.hint("A sound file is put into a playlist with segue playlist add"),
            Self::OnlyRead => fault,
        }
    }
}

impl PlaylistFormat {
    /// By a file's name.
    pub fn of_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "m3u" | "m3u8" => Some(Self::M3u),
            "xspf" => Some(Self::Xspf),
            "jspf" => Some(Self::Jspf),
            "pls" => Some(Self::Pls),
            _ => None,
        }
    }

    /// By what a file begins with: names lie, and some come without one.
    fn of_content(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let begins =
            |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        if begins("#EXTM3U") {
            Some(Self::M3u)
        } else if begins("[playlist]") {
            Some(Self::Pls)
        } else if begins("{") {
            Some(Self::Jspf)
        } else if begins("<") {
            Some(Self::Xspf)
        } else {
            None
        }
    }
}

/// Reads a playlist. `name` tells the format where the content does not; `folder` (absolute) is where the file
/// lies, and what its relative places are relative to; `exists` answers whether a file is there, which decides
/// between the ways in which players write the same place.
pub fn read(
    bytes: &[u8],
    name: &Path,
    folder: &Path,
    exists: &dyn Fn(&Path) -> bool,
) -> Result<PlaylistFile, PlaylistFileError> {
    if bytes.len() > MAX_BYTES {
        return Err(PlaylistFileError::TooLarge);
    }
    // Text in UTF-16 has lost its zeroes by now; a renamed sound file has many.
    let text = place::text(bytes);
    if text.shown.contains('\0') {
        return Err(PlaylistFileError::Binary);
    }
    let format = PlaylistFormat::of_content(&text.shown).or_else(|| PlaylistFormat::of_name(name));
    let places = Places::new(folder, exists);
    match format.ok_or(PlaylistFileError::Unknown)? {
        PlaylistFormat::M3u => m3u::read(&text, &places),
        PlaylistFormat::Pls => pls::read(&text.shown, &places),
        PlaylistFormat::Xspf => xspf::read(&text.shown, &places),
        PlaylistFormat::Jspf => jspf::read(&text.shown, &places),
    }
}

/// Writes a playlist. Rows without a place are left out of M3U8, which has no other way to name them.
pub fn write(
    list: &PlaylistFile,
    format: PlaylistFormat,
    paths: &Paths,
) -> Result<Vec<u8>, PlaylistFileError> {
    match format {
        PlaylistFormat::M3u => Ok(m3u::write(list, paths)),
        PlaylistFormat::Xspf => Ok(xspf::write(list, paths)),
        PlaylistFormat::Jspf => Ok(jspf::write(list, paths)),
        PlaylistFormat::Pls => Err(PlaylistFileError::OnlyRead),
    }
}

/// The text of a file in whatever encoding: UTF-8, UTF-16 with its mark, else Windows-1252.
pub(super) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    place::text(bytes).shown
}

/// A text that says something, cleaned.
fn said(text: &str) -> Option<CleanText> {
    let text = CleanText::new(text);
    (!text.is_empty()).then_some(text)
}

/// `Artist - Title` in two, where both say something.
pub fn artist_and_title(line: &str) -> Option<(CleanText, CleanText)> {
    let (artist, title) = line.split_once(BETWEEN)?;
    Some((said(artist)?, said(title)?))
}

/// Seconds as players write them: fractions are told, and -1 or 0 is "not known".
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.trim().parse().ok()?;
    let length = Duration::try_from_secs_f64(seconds).ok().filter(|length| *length < MAX_LENGTH)?;
    // Tenths and thousandths are no sums of halves: 12.345 is a little less than it says.
    let millis = (length + Duration::from_micros(500)).as_millis();
    u64::try_from(millis).ok().and_then(milliseconds)
}

/// Milliseconds of XSPF and JSPF.
fn milliseconds(number: u64) -> Option<Duration> {
    Some(Duration::from_millis(number)).filter(|length| !length.is_zero() && *length < MAX_LENGTH)
}

/// An address of the web, for covers and pages.
fn web(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(crate::model::is_web_address)
}

/// The recording code of an identifier such as `isrc:USRC17607839` or `urn:isrc:...`.
fn isrc(identifier: &str) -> Option<CleanText> {
    let lower = identifier.trim().to_ascii_lowercase();
    let code = lower.strip_prefix("urn:").unwrap_or(&lower).strip_prefix("isrc:")?.replace('-', "");
    let fits = code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| CleanText::from(code.to_ascii_uppercase()))
}
