//! Everything that is known of a row, over the page.

use super::effect::Effect;
use super::list::List;
use super::notices::Level;
use super::state::{Overlay, State};
use crate::model::{
    Allowed, CleanText, Collection, FileFacts, Item, Kind, SoundFormat, Ticket, Track, format_clock,
};

/// What is known of a track, an album, an artist or a playlist.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// What it is: "Track".
    pub what: &'static str,
    /// Its facts, each with its name.
    pub rows: Vec<(CleanText, CleanText)>,
    /// Cursor over `rows`.
    pub list: List,
    /// Of the request for what its file is made of.
    ticket: Option<Ticket>,
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
        let rows: Vec<_> = rows.into_iter().map(|(name, words)| (name.into(), words)).collect();
        let mut list = List::default();
        list.set_len(rows.len());
        let file = item.track().filter(|track| track.reference.file().is_some());
        let ticket = file.map(|_| self.next_ticket());
        let asked = file.zip(ticket);
        let effects =
            asked.map(|(track, ticket)| Effect::FindFacts { ticket, track: track.reference.clone() });
        self.overlays.clear();
        self.overlays.push(Overlay::Info(Box::new(Info { what, rows, list, ticket })));
        effects.into_iter().collect()
    }

    /// What a file is made of has come.
    pub(super) fn file_told(&mut self, ticket: Ticket, facts: &FileFacts) -> Vec<Effect> {
        let told = self.facts_of_file(facts);
        let is_it =
            |overlay: &&mut Overlay| matches!(overlay, Overlay::Info(info) if info.ticket == Some(ticket));
        if let Some(Overlay::Info(info)) = self.overlays.iter_mut().find(is_it) {
            info.ticket = None;
            for (name, words) in told.into_iter().filter(|(_, words)| !words.is_empty()) {
                if info.rows.iter().all(|(known, _)| *known != name) {
                    info.rows.push((name, words));
                }
            }
            info.list.set_len(info.rows.len());
        }
        Vec::new()
    }

    fn facts_of_file(&self, facts: &FileFacts) -> Vec<(CleanText, CleanText)> {
        let words = |text: Option<String>| CleanText::new(text.unwrap_or_default());
        let moment = |unix_s: u64| self.time.map(|time| time.short(unix_s));
        let kept = facts.remembered;
        let size =
            |bytes: u64| format!("{}.{} MB ({bytes} bytes)", bytes / 1_000_000, bytes % 1_000_000 / 100_000);
        let plays = kept.map(|kept| match kept.played_at.filter(|_| kept.plays > 0).and_then(moment) {
            Some(last) => format!("{}, the last one {last}", kept.plays),
            None => kept.plays.to_string(),
        });
        let rows = [
            ("File", facts.container.clone()),
            ("Format", words(facts.format.as_ref().map(format_words))),
            ("Bitrate", words(facts.bitrate.map(|rate| format!("{} kb/s", rate.0 / 1000)))),
            ("Size", words(facts.bytes.map(size))),
            ("Gain", words(facts.gain_db.map(|gain| format!("{gain:+.2} dB")))),
            ("Rating", words(kept.and_then(|kept| kept.stars).map(|stars| format!("{stars} of 5")))),
            ("Plays", words(plays)),
            ("Added", words(kept.and_then(|kept| moment(kept.added_at)))),
            ("Problem", facts.problem.clone().unwrap_or_default()),
        ];
        let rows = rows.into_iter().map(|(name, words)| (CleanText::from(name), words));
        let tags =
            facts.tags.iter().map(|(name, text)| (CleanText::new(format!("tag {name}")), text.clone()));
        rows.chain(tags).collect()
    }

    fn facts_of(&self, track: &Track) -> Vec<(&'static str, CleanText)> {
        let words = |text: Option<String>| CleanText::new(text.unwrap_or_default());
        let allowed = |allowed: &Allowed| match allowed {
            Allowed::Yes => CleanText::default(),
            Allowed::No(why) => CleanText::new(format!("no: {why}")),
        };
        let heard = self.playback.now.as_ref().filter(|now| now.track.reference == track.reference);
        let format = heard.and_then(|now| now.format.as_ref()).map(format_words);
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

fn format_words(format: &SoundFormat) -> String {
    let bits = format.bits.map(|bits| format!(", {bits} bit")).unwrap_or_default();
    format!("{}, {} Hz, {} channels{bits}", format.codec, format.sample_rate.0, format.channels)
}

fn facts(collection: &Collection) -> Vec<(&'static str, CleanText)> {
    let words = |text: Option<String>| CleanText::new(text.unwrap_or_default());
    vec![
        ("Title", collection.title.clone()),
        ("By", collection.by.clone().unwrap_or_default()),
        ("Year", words(collection.year.map(|year| year.to_string()))),
        ("Tracks", words(collection.tracks.map(|tracks| tracks.to_string()))),
        ("Length", words(collection.length.map(format_clock))),
        ("Note", collection.note.clone().unwrap_or_default()),
        ("Liked", words(collection.liked.then(|| "yes".to_owned()))),
        ("Page", words(collection.link.as_ref().map(ToString::to_string))),
        ("Name here", CleanText::new(collection.reference.to_string())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Event;
    use crate::app::tests::{Run, Step, track};
    use crate::model::{Bitrate, Remembered, SampleRate, TrackRef};

    fn shown(run: &Run) -> Vec<String> {
        match run.state.overlays.last() {
            Some(Overlay::Info(info)) => {
                info.rows.iter().map(|(name, words)| format!("{name}: {words}")).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_file_is_asked_what_it_is_made_of() {
        assert_eq!(Run::with("a").steps([Step::Keys("I")]).asked(), "", "a service is not asked");
        let own = Track { reference: TrackRef::File("/music/a.flac".into()), ..track("open", "a") };
        let mut run = Run::with("b");
        run.state.queue.entries = run.state.queue.make_entries(vec![own]);
        run.state.queue.list.set_len(1);
        let run = run.steps([Step::Keys("I")]);
        let [Effect::FindFacts { ticket, .. }] = run.effects[..] else { panic!("{:?}", run.effects) };
        let format = SoundFormat {
            codec: "FLAC".into(),
            sample_rate: SampleRate(96_000),
            channels: 2,
            bits: Some(24),
        };
        let facts = FileFacts {
            container: "FLAC".into(),
            format: Some(format),
            bitrate: Some(Bitrate(2_300_400)),
            bytes: Some(41_230_000),
            gain_db: Some(-7.5),
            tags: vec![("genre".into(), "Ambient".into())],
            remembered: Some(Remembered { added_at: 9, plays: 3, played_at: None, stars: Some(4) }),
            problem: None,
        };
        let before = shown(&run).len();
        let event = |ticket| Event::FileTold { ticket, facts: Box::new(facts.clone()) };
        let run = run.hears(event(Ticket(ticket.0 + 1)));
        assert_eq!(shown(&run).len(), before, "of another request");
        let told = shown(&run.hears(event(ticket)));
        let expected = [
            "File: FLAC",
            "Format: FLAC, 96000 Hz, 2 channels, 24 bit",
            "Bitrate: 2300 kb/s",
            "Size: 41.2 MB (41230000 bytes)",
            "Gain: -7.50 dB",
            "Rating: 4 of 5",
            "Plays: 3",
            "tag genre: Ambient",
        ];
        assert_eq!(told[before..], expected);
    }
}
