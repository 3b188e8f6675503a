//! Finds what rows of another list are here: where a row's own place can be used it stays, else the same recording is
//! looked for. For import, and for copies from one service to another.

use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use crate::app::{Likeness, likeness};
use crate::catalog::Catalog;
use crate::model::{
    Allowed, CleanText, Fault, FilePart, Item, Kind, SearchQuery, ServiceId, Track, TrackRef,
};

use super::exchange::says_something;
use super::{Shelves, find_or_local};

/// Rows that are looked for at the same time; each service paces what it is asked besides.
const AT_ONCE: usize = 4;

/// Hits looked at of each search.
const HITS: u16 = 10;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Its own place can be used.
    Same(Track),
    /// The same recording was found elsewhere.
    Recording(Track, Likeness),
    /// Nothing was found. With what went wrong, if something did.
    Missing(Option<Fault>),
}

impl Match {
    /// What plays for the row.
    pub fn track(&self) -> Option<&Track> {
        match self {
            Self::Same(track) | Self::Recording(track, _) => Some(track),
            Self::Missing(_) => None,
        }
    }
}

impl Shelves {
    /// For each track, whether it can be used by where it is: `stays` answers. Else the same recording at these
    /// services (all that can be searched, if none is named), the first of them that has it. In the order of the
    /// tracks; `progress` hears how many are done.
    ///
    /// # Errors
    /// When there is no such service.
    pub fn match_tracks(
        &self,
        wanted: &[Track],
        services: &[ServiceId],
        stays: &dyn Fn(&Track) -> bool,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<Match>, Fault> {
        for service in services {
            find_or_local(&self.catalogs, service)?;
        }
        let asked: Vec<&Arc<dyn Catalog>> = self
            .catalogs
            .iter()
            .filter(|catalog| services.is_empty() || services.contains(&catalog.id()))
            .filter(|catalog| catalog.capabilities().search.contains(&Kind::Track))
            .collect();
        let matches = stream::iter(wanted).map(|track| {
            let asked = &asked;
            let stays = stays(track);
            async move { if stays { Match::Same(track.clone()) } else { same_recording(asked, track).await } }
        });
        Ok(self.tasks.block_on(async {
            let mut matches = matches.buffered(AT_ONCE);
            let mut done = Vec::with_capacity(wanted.len());
            while let Some(found) = matches.next().await {
                done.push(found);
                progress(done.len());
            }
            done
        }))
    }
}

/// The same recording at one of these services, and how sure that is.
pub(in crate::runtime) async fn recording_elsewhere(
    catalogs: &[Arc<dyn Catalog>],
    services: &[ServiceId],
    wanted: &Track,
) -> Option<(Track, Likeness)> {
    let asked: Vec<_> = catalogs.iter().filter(|catalog| services.contains(&catalog.id())).collect();
    match same_recording(&asked, wanted).await {
        Match::Recording(track, sure) => Some((track, sure)),
        Match::Same(_) | Match::Missing(_) => None,
    }
}

/// The same recording at the first of these services that has it; the surest match counts before the first.
async fn same_recording(asked: &[&Arc<dyn Catalog>], wanted: &Track) -> Match {
    let words = words(wanted);
    if words.is_empty() {
        return Match::Missing(None);
    }
    let query = SearchQuery { words, kind: Kind::Track, filters: Vec::new(), limit: HITS, page: 0 };
    // Files name all artists in one line; the main one is what two sources agree on.
    let main = wanted.artists.first().map(|line| CleanText::from(main_artist(line.as_str())));
    let by_main = Track { artists: main.into_iter().collect(), ..wanted.clone() };
    let answers = join_all(asked.iter().map(|catalog| catalog.search(&query))).await;
    let (mut best, mut fault): (Option<(Likeness, Track)>, _) = (None, None);
    for answer in answers {
        let items = match answer {
            Ok(page) => page.items,
            Err(error) => {
                fault = fault.or(Some(error.fault()).filter(says_something));
                continue;
            }
        };
        for track in items.into_iter().filter_map(Item::into_track) {
            let sure = (track.playable == Allowed::Yes)
                .then(|| [wanted, &by_main].into_iter().filter_map(|wanted| likeness(wanted, &track)).min());
            let sure = sure.flatten();
            if let Some(sure) = sure
                && best.as_ref().is_none_or(|(known, _)| sure < *known)
            {
                best = Some((sure, track));
            }
        }
    }
    match best {
        Some((sure, track)) => Match::Recording(track, sure),
        None => Match::Missing(fault),
    }
}

/// The first of several artists in one line.
fn main_artist(line: &str) -> &str {
    let ends = [", ", " & ", " feat", " ft.", " x ", "; "].iter().filter_map(|end| line.find(end));
    ends.min().and_then(|end| line.get(..end)).filter(|main| !main.is_empty()).unwrap_or(line)
}

/// What is searched for: title and main artist.
fn words(track: &Track) -> String {
    // A track that is known by its place alone has the file's name for a title; that finds it too.
    let artist = track.artists.first().map_or("", |line| main_artist(line.as_str()));
    format!("{} {artist}", track.title).trim().to_owned()
}

/// Whether a track can be used by where it is, when services of `services` alone will do (all, if none is named).
pub fn stays(track: &Track, services: &[ServiceId], exists: &dyn Fn(&std::path::Path) -> bool) -> bool {
    match &track.reference {
        TrackRef::Service { service, .. } => services.is_empty() || services.contains(service),
        TrackRef::File(path) | TrackRef::Part(FilePart { path, .. }) => services.is_empty() && exists(path),
        TrackRef::Url(_) => services.is_empty(),
    }
}
