//! Everything that is known of a row, over the page.

use super::effect::Effect;
use super::list::List;
use super::notices::Level;
use super::state::{Overlay, State};
use crate::model::{Allowed, CleanText, Collection, Item, Kind, Track, format_clock};

/// What is known of a track, an album, an artist or a playlist.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// What it is: "Track".
    pub what: &'static str,
    /// Its facts, each with its name.
    pub rows: Vec<(&'static str, CleanText)>,
    /// Cursor over `rows`.
    pub list: List,
}

impl State {
    /// Shows what is known of the row under the cursor, or of what plays.
    pub(super) fn open_info(&mut self) -> Vec<Effect> {
        let item = self.item_here().or_else(|| self.current_track().cloned().map(Item::Track));
        let Some(item) = item else {
            return self.tell(Level::Info, "There is nothing here to tell about");
        };
        let (what, mut rows) = match &item {
            Item::Track(track) => ("Track", self.facts_of(track)),
            Item::Collection(collection) => {
                let what = match collection.reference.kind {
                    Kind::Track => "Track",
                    Kind::Album => "Album",
                    Kind::Artist => "Artist",
                    Kind::Playlist => "Playlist",
                };
                (what, facts(collection))
            }
            Item::List(list) => ("List", vec![("Title", list.title.clone())]),
        };
        rows.retain(|(_, words)| !words.is_empty());
        let mut list = List::default();
        list.set_len(rows.len());
        self.overlays.clear();
        self.overlays.push(Overlay::Info(Box::new(Info { what, rows, list })));
        Vec::new()
    }

    fn facts_of(&self, track: &Track) -> Vec<(&'static str, CleanText)> {
        let words = |text: Option<String>| CleanText::new(text.unwrap_or_default());
        let allowed = |allowed: &Allowed| match allowed {
            Allowed::Yes => CleanText::default(),
            Allowed::No(why) => CleanText::new(format!("no: {why}")),
        };
        let heard = self.playback.now.as_ref().filter(|now| now.track.reference == track.reference);
        let format = heard.and_then(|now| now.format.as_ref()).map(|format| {
            let bits = format.bits.map(|bits| format!(", {bits} bit")).unwrap_or_default();
            format!("{}, {} Hz, {} channels{bits}", format.codec, format.sample_rate.0, format.channels)
        });
        let loudness = self.learned.loudness.get(&track.reference);
        let loudness =
            loudness.map(|loudness| format!("{:.1} LUFS, peak {:.2}", loudness.lufs, loudness.peak));
        let copy = self.downloads.mark(track).map(|mark| match mark {
            super::DownloadMark::Here => "can be heard offline".to_owned(),
            super::DownloadMark::OnItsWay => "is on its way".to_owned(),
        });
        let elsewhere: Vec<_> = track.elsewhere.iter().map(|place| format!("{place:?}")).collect();
        let yes = |is: bool| words(is.then(|| "yes".to_owned()));
        vec![
            ("Title", track.title.clone()),
            ("Artists", CleanText::new(track.artist_line())),
            ("Album", track.album.clone().unwrap_or_default()),
            ("Length", words(track.length.or_else(|| heard?.length).map(format_clock))),
            ("Source", self.source_name(track)),
            ("Format", words(format)),
            ("Loudness", words(loudness)),
            ("Liked", yes(track.liked)),
            ("Explicit", yes(track.explicit)),
            ("Playable", allowed(&track.playable)),
            ("Keepable", allowed(&track.keepable)),
            ("Copy", words(copy)),
            ("ISRC", track.isrc.clone().unwrap_or_default()),
            ("Also at", CleanText::new(elsewhere.join(", "))),
            ("Page", words(track.link.as_ref().map(ToString::to_string))),
            // Without what may be a signature.
            ("Name here", CleanText::new(format!("{:?}", track.reference))),
        ]
    }

    fn source_name(&self, track: &Track) -> CleanText {
        let Some(item) = track.reference.item() else { return CleanText::default() };
        let known = self.services.iter().find(|service| service.id == item.service);
        known.map_or_else(|| CleanText::new(item.service.as_str()), |service| service.name.clone())
    }
}

fn facts(collection: &Collection) -> Vec<(&'static str, CleanText)> {
    let words = |text: Option<String>| CleanText::new(text.unwrap_or_default());
    vec![
        ("Title", collection.title.clone()),
        ("By", collection.by.clone().unwrap_or_default()),
        ("Year", words(collection.year.map(|year| year.to_string()))),
        ("Tracks", words(collection.tracks.map(|tracks| tracks.to_string()))),
        ("Note", collection.note.clone().unwrap_or_default()),
        ("Liked", words(collection.liked.then(|| "yes".to_owned()))),
        ("Page", words(collection.link.as_ref().map(ToString::to_string))),
        ("Name here", CleanText::new(collection.reference.to_string())),
    ]
}
