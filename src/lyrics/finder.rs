//! The words of a track, from the nearest place that has them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use super::error::LyricsError;
use super::lrc::parse;
use super::{beside, lrclib};
use crate::model::{Lyrics, LyricsFrom};
use crate::net::Net;

/// Answers of LRCLIB that are remembered for this run.
const REMEMBERED: usize = 100;

/// What is known of the track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Its file, if it has one here.
    pub file: Option<PathBuf>,
    /// What its service gives as its words.
    pub given: Option<String>,
    /// Its title.
    pub title: String,
    /// Its main artist.
    pub artist: String,
    /// Its album.
    pub album: Option<String>,
    /// How long it is.
    pub length: Option<Duration>,
}

/// Finds words.
#[derive(Debug)]
pub struct LyricsFinder {
    net: Net,
    lrclib: Option<Url>,
    answers: Mutex<Vec<(Wanted, Option<Arc<Lyrics>>)>>,
}

impl LyricsFinder {
    /// Asks LRCLIB at this address, where there is one: the listener allowed it.
    pub fn new(net: Net, lrclib: Option<Url>) -> Self {
        Self { net, lrclib, answers: Mutex::default() }
    }

    /// Whether LRCLIB may be asked.
    pub fn asks_lrclib(&self) -> bool {
        self.lrclib.is_some()
    }

    /// The words; `None` when nobody has them.
    ///
    /// # Errors
    /// When LRCLIB was asked and did not answer.
    pub async fn find(&self, wanted: Wanted) -> Result<Option<Arc<Lyrics>>, LyricsError> {
        if let Some(path) = wanted.file.clone() {
            let found = tokio::task::spawn_blocking(move || beside::find(&path)).await;
            if let Ok(Some(found)) = found {
                return Ok(Some(Arc::new(found)));
            }
        }
        let given = wanted.given.as_ref().and_then(|text| parse(text, LyricsFrom::Service));
        if let Some(given) = given {
            return Ok(Some(Arc::new(given)));
        }
        let Some(base) = &self.lrclib else { return Ok(None) };
        if let Some(known) = self.remembered(&wanted) {
            return Ok(known);
        }
        let found = lrclib::ask(&self.net, base, &wanted).await?.map(Arc::new);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(0, (wanted, found.clone()));
        answers.truncate(REMEMBERED);
        Ok(found)
    }

    #[expect(clippy::option_option, reason = "nothing is an answer too")]
    fn remembered(&self, wanted: &Wanted) -> Option<Option<Arc<Lyrics>>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().find(|(known, _)| known == wanted).map(|(_, answer)| answer.clone())
    }
}
