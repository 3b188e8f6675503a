//! The bundled music: its files, and the list that describes them.

use std::io;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/demo");

/// One piece, as `assets/demo/catalog.json` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Piece {
    pub slug: String,
    pub title: String,
    pub artist: String,
    pub album: String,
    pub track_number: u32,
    pub year: u32,
    pub genre: String,
    pub mood: String,
    pub bpm: u32,
    pub key: String,
    pub isrc: String,
    pub duration_ms: u64,
    /// A path below `assets/demo`.
    pub cover: String,
    tracks: Vec<Rendition>,
    hls: Vec<Stream>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Rendition {
    file: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Stream {
    playlist: String,
}

#[derive(Deserialize)]
struct List {
    pieces: Vec<Piece>,
}

impl Piece {
    /// The whole piece in one file.
    pub(super) fn file(&self) -> &str {
        self.tracks.first().map_or("", |rendition| &rendition.file)
    }

    /// Its HLS playlist, if it has one.
    pub(super) fn playlist(&self) -> Option<&str> {
        self.hls.first().map(|stream| stream.playlist.as_str())
    }

    /// Length in whole seconds, rounded.
    pub(super) fn seconds(&self) -> u64 {
        (self.duration_ms + 500) / 1000
    }
}

/// All pieces in the order of the list.
pub(super) fn pieces() -> io::Result<Vec<Piece>> {
    let list = file("catalog.json").ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let list: List = serde_json::from_slice(list).map_err(io::Error::other)?;
    Ok(list.pieces)
}

/// A bundled file by its path below `assets/demo`.
pub(super) fn file(path: &str) -> Option<&'static [u8]> {
    FILES.get_file(path).map(include_dir::File::contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_every_piece_is_bundled() {
        let pieces = pieces().unwrap();
        assert_eq!(pieces.len(), 8);
        for piece in &pieces {
            assert!(file(piece.file()).is_some(), "{}", piece.slug);
            assert!(file(&piece.cover).is_some(), "{}", piece.slug);
            assert!(piece.playlist().is_none_or(|playlist| file(playlist).is_some()), "{}", piece.slug);
        }
        assert_eq!(pieces.iter().filter(|piece| piece.playlist().is_some()).count(), 4);
        assert_eq!(file("../../Cargo.toml"), None);
    }
}
