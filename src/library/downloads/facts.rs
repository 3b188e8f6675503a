//! What goes into a copy's tags and is in no recording's row, as text in a column of its own: asked for once, it is there after a
//! restart too.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::{CleanText, Facts, Track};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    number: Option<u32>,
    disc: Option<u32>,
    year: Option<u16>,
    genre: Option<String>,
    album_artist: Option<String>,
    lyrics: Option<String>,
    is_lossless: bool,
    artwork: Option<String>,
    link: Option<String>,
}

/// What is known of the track; nothing where its source was not asked.
pub(super) fn text(track: &Track) -> Option<String> {
    let facts = track.facts.as_deref()?;
    let words = |text: &Option<CleanText>| text.as_ref().map(|text| text.as_str().to_owned());
    let written = Written {
        number: facts.number,
        disc: facts.disc,
        year: facts.year,
        genre: words(&facts.genre),
        album_artist: words(&facts.album_artist),
        lyrics: facts.lyrics.clone(),
        is_lossless: facts.is_lossless,
        artwork: track.artwork.as_ref().map(Url::to_string),
        link: track.link.as_ref().map(Url::to_string),
    };
    serde_json::to_string(&written).ok()
}

/// The track with what the text says of it; what cannot be read says nothing.
pub(super) fn told(track: Arc<Track>, text: Option<&str>) -> Arc<Track> {
    let Some(written) = text.and_then(|text| serde_json::from_str::<Written>(text).ok()) else {
        return track;
    };
    let url = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let mut track = Track::clone(&track);
    track.artwork = url(written.artwork);
    track.link = url(written.link);
    track.facts = Some(Arc::new(Facts {
        number: written.number,
        disc: written.disc,
        year: written.year,
        genre: written.genre.map(CleanText::from),
        album_artist: written.album_artist.map(CleanText::from),
        lyrics: written.lyrics,
        is_lossless: written.is_lossless,
    }));
    Arc::new(track)
}
