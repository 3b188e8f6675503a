//! What a file is made of and what the library remembers of it, for whoever wants to know all of a row.

use std::path::{Path, PathBuf};

use crate::app::Event;
use crate::audio;
use crate::config::HlsSettings;
use crate::library::OwnMusic;
use crate::model::{CleanText, FileFacts, SoundFormat, Ticket, TrackRef};
use crate::stream::Streams;

use super::hands::{Hands, tell};
use super::probe;

/// Most tags that are told.
const MAX_TAGS: usize = 60;

impl Hands {
    /// Reads a file on a thread of its own.
    pub(super) fn find_facts(&self, ticket: Ticket, track: TrackRef) {
        let (events, library) = (self.events.clone(), self.library.clone());
        let streams = Streams::new(self.net.clone(), HlsSettings::default(), self.tasks.clone());
        self.tasks.spawn(async move {
            let read = move || facts(&streams, library, &track);
            if let Ok(facts) = tokio::task::spawn_blocking(read).await {
                tell(&events, Event::FileTold { ticket, facts: Box::new(facts) }).await;
            }
        });
    }
}

fn facts(streams: &Streams, library: Option<PathBuf>, track: &TrackRef) -> FileFacts {
    let mut facts = track.file().map(|path| of_file(streams, path)).unwrap_or_default();
    let remembered = library.map(|library| OwnMusic::new(&library).remembered(track));
    facts.remembered = remembered.and_then(Result::ok).flatten();
    facts
}

fn of_file(streams: &Streams, path: &Path) -> FileFacts {
    let bytes = std::fs::metadata(path).ok().map(|about| about.len());
    let media = probe::open(streams, &TrackRef::File(path.to_owned()));
    let probed = media.and_then(|media| audio::probe(media).map_err(|error| error.fault()));
    let info = match probed {
        Ok(info) => info,
        Err(fault) => {
            return FileFacts { bytes, problem: Some(fault.message), ..FileFacts::default() };
        }
    };
    let format = SoundFormat {
        codec: info.codec,
        sample_rate: info.sample_rate,
        channels: info.channels,
        bits: info.bits_per_sample.and_then(|bits| u16::try_from(bits).ok()),
    };
    let tags = info.tags.into_iter().take(MAX_TAGS);
    FileFacts {
        container: info.container,
        format: Some(format),
        bitrate: info.bitrate,
        bytes,
        gain_db: info.replaygain.and_then(|gain| gain.track_gain_db.or(gain.album_gain_db)),
        tags: tags.map(|(name, text)| (CleanText::new(name), text)).collect(),
        remembered: None,
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Net;

    #[tokio::test]
    async fn a_file_tells_what_it_is_made_of() {
        let net = Net::new(crate::config::NetworkSettings::default());
        let streams = Streams::new(net, HlsSettings::default(), tokio::runtime::Handle::current());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/tracks");
        let path = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let bytes = std::fs::metadata(&path).unwrap().len();
        let told = facts(&streams, None, &TrackRef::File(path));
        assert_eq!((told.bytes, told.problem), (Some(bytes), None));
        assert!(told.format.is_some() && told.bitrate.is_some() && !told.container.is_empty());
        assert!(told.tags.iter().any(|(name, _)| name.as_str() == "title"), "{:?}", told.tags);
        let lost = facts(&streams, None, &TrackRef::File("/nowhere/at/all.mp3".into()));
        assert!(lost.problem.is_some() && lost.bytes.is_none(), "{lost:?}");
    }
}
