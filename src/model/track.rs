//! A recording as every list shows it.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::facts::Facts;
use super::locator::TrackRef;
use super::text::CleanText;

/// A track of any source. Only `reference` and `title` are sure to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// What names it for good.
    pub reference: TrackRef,
    /// Never empty: sources without titles give the file's name or the id.
    pub title: CleanText,
    /// Those who made it, first the main one.
    pub artists: Vec<CleanText>,
    /// The album, if it is on one.
    pub album: Option<CleanText>,
    /// How long it plays, where the source says.
    pub length: Option<Duration>,
    /// International Standard Recording Code.
    pub isrc: Option<CleanText>,
    /// Marked as explicit by its source.
    pub explicit: bool,
    /// Cover art, the size nearest to 500 pixels.
    pub artwork: Option<Url>,
    /// Its page for a browser.
    pub link: Option<Url>,
    /// The id of its main artist at the same service.
    pub artist_id: Option<String>,
    /// The id of its album at the same service.
    pub album_id: Option<String>,
    /// The listener likes it, as far as its source says.
    pub liked: bool,
    /// Stars that the listener gave it, up to [`super::own::MAX_STARS`]; 0: none.
    pub stars: u8,
    /// Its words are at hand or at its source, as far as that says.
    pub has_lyrics: bool,
    /// Whether it can be played at all.
    pub playable: Allowed,
    /// Whether it may be kept for listening offline.
    pub keepable: Allowed,
    /// Where else the same recording is.
    pub elsewhere: Vec<TrackRef>,
    /// What goes into a file's tags and no row shows; `None` where its source was not asked.
    pub facts: Option<Arc<Facts>>,
}

impl Track {
    /// A track of which only name and title are known.
    pub fn new(reference: TrackRef, title: impl Into<CleanText>) -> Self {
        Self {
            reference,
            title: title.into(),
            artists: Vec::new(),
            album: None,
            length: None,
            isrc: None,
            explicit: false,
            artwork: None,
            link: None,
            artist_id: None,
            album_id: None,
            liked: false,
            stars: 0,
            has_lyrics: false,
            playable: Allowed::Yes,
            keepable: Allowed::Yes,
            elsewhere: Vec::new(),
            facts: None,
        }
    }

    /// The artists in one line, `, ` between them.
    pub fn artist_line(&self) -> String {
        self.artists.iter().map(CleanText::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a source lets a track be played or kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// As far as is known.
    Yes,
    /// No, and why: "only for buyers", "not in your country".
    No(CleanText),
}
