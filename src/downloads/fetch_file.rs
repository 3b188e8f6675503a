//! Fetches what is missing of a file: from one place to the next over one connection, or in stretches over several.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::ops::Range;

use futures_util::future::try_join_all;

use crate::model::{DownloadState, Locator};
use crate::stream::StreamError;
use crate::stream::keep::{Body, Found, Version};

use super::line::Line;
use super::part::Part;
use super::stop::{Snag, Stop};

/// What one connection of several fetches at a time.
pub(super) const STRETCH_BYTES: u64 = 4 << 20;

/// Where nothing but its length tells a file's version, so many bytes that are here are fetched once more and compared.
const OVERLAP_BYTES: u64 = 16 << 10;

/// When a connection breaks after fewer bytes, the next one waits.
const PROGRESS_BYTES: u64 = 64 << 10;

/// Bytes between two reports of how far it is.
const TELL_BYTES: u64 = 128 << 10;

/// Which bytes to ask for first, given what is here.
pub(super) fn first_span(part: &Part, connections: u8) -> (u64, Option<u64>) {
    let total = part.version().and_then(|version| version.bytes);
    let gap = total.and_then(|total| part.gaps(total).into_iter().next());
    let from = gap.as_ref().map_or_else(|| part.end_of_beginning(), |gap| gap.start);
    let end = gap.map(|gap| gap.end);
    let most = (connections > 1).then_some(from + STRETCH_BYTES);
    match (end.filter(|end| total != Some(*end)), most) {
        (Some(end), Some(most)) => (before_overlap(part, from), Some(end.min(most))),
        (end, most) => (before_overlap(part, from), end.or(most)),
    }
}

/// The same place, or a little before it where the bytes there have to be compared.
fn before_overlap(part: &Part, from: u64) -> u64 {
    let is_known = part.version().is_none_or(|version| version.validator().is_some());
    if is_known { from } else { from.saturating_sub(OVERLAP_BYTES.min(part.run_before(from))) }
}

/// A file under way.
struct File<'a> {
    line: &'a Line<'a>,
    locator: &'a Locator,
    part: RefCell<&'a mut Part>,
    version: Version,
    /// Bytes when it was last told.
    told: RefCell<u64>,
}

/// Fetches all that is missing, beginning with the answer `first` to a request for [`first_span`]. What came is in
/// the part whatever the outcome.
pub(super) async fn fetch_file(
    line: &Line<'_>,
    locator: &Locator,
    part: &mut Part,
    first: Body,
) -> Result<(), Snag> {
    let connections = line.copier.rules.connections;
    let (has_ranges, version) = (first.has_ranges, first.version.clone());
    if part.version().is_none() {
        part.set_version(version.clone());
    }
    let total = version.bytes;
    let missing = total.map(|total| part.gaps(total));
    let left: u64 = missing.iter().flatten().map(|gap| gap.end - gap.start).sum();
    // The file is made of the part, which stays until that is proved.
    line.check_room(left + total.unwrap_or_default())?;
    let told = RefCell::new(0);
    let file = File { line, locator, part: RefCell::new(part), version, told };
    file.tell(0);
    let Some(missing) = missing else {
        // A server that tells stretches but no length is asked for all of it.
        let first = Some(first).filter(|_| !has_ranges || connections <= 1);
        let from = file.part.borrow().end_of_beginning();
        return file.fill(from, None, first).await;
    };
    if !has_ranges || connections <= 1 || left < 2 * STRETCH_BYTES {
        let mut first = Some(first);
        for gap in missing {
            file.fill(gap.start, Some(gap.end), first.take()).await?;
        }
        return Ok(());
    }
    let stretches = RefCell::new(missing.into_iter().flat_map(stretches).collect::<VecDeque<_>>());
    let first = RefCell::new(Some(first));
    let lanes = (0..connections).map(|_| async {
        loop {
            let Some(stretch) = stretches.borrow_mut().pop_front() else { return Ok::<(), Snag>(()) };
            let first = first.borrow_mut().take();
            file.fill(stretch.start, Some(stretch.end), first).await?;
        }
    });
    try_join_all(lanes).await.map(drop)
}

/// A gap in stretches for one connection each.
fn stretches(gap: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let mut at = gap.start;
    std::iter::from_fn(move || {
        let stretch = at..gap.end.min(at + STRETCH_BYTES);
        at = stretch.end;
        (stretch.start < stretch.end).then_some(stretch)
    })
}

impl File<'_> {
    /// Fetches the bytes from `from` to `to`, or to the end, over as many connections as break.
    async fn fill(&self, from: u64, to: Option<u64>, mut first: Option<Body>) -> Result<(), Snag> {
        let (mut at, mut tries) = (from, 0);
        while to != Some(at) {
            let body = match first.take() {
                Some(body) => Ok(body),
                None => self.ask(at, to).await,
            };
            let before = at;
            let error = match body {
                Ok(body) => match self.read(body, &mut at, to).await? {
                    Ok(()) if to.is_none() => {
                        let whole = Version { bytes: Some(at), ..self.version.clone() };
                        self.part.borrow_mut().set_version(whole);
                        return Ok(());
                    }
                    // A stretch of what is wanted.
                    Ok(()) if at > before => continue,
                    Ok(()) => return Err(Stop::damaged("The server sends less than it says it has").into()),
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if at - before >= PROGRESS_BYTES && error.retry_delay(1, 0.0).is_some() && !error.is_limit() {
                tries = 0;
                continue;
            }
            tries += 1;
            self.line.pause_usual(error, tries).await?;
        }
        Ok(())
    }

    async fn ask(&self, at: u64, to: Option<u64>) -> Result<Body, StreamError> {
        let (from, version) = {
            let part = self.part.borrow();
            (before_overlap(&part, at), part.version().cloned())
        };
        match self.line.ask(self.locator, (from, to), version.as_ref()).await? {
            Found::File(body) => Ok(*body),
            Found::List(_) => Err(StreamError::Changed {
                from: "the server".to_owned(),
                reason: "it is a list of segments now".to_owned(),
            }),
        }
    }

    /// Reads an answer to its end or to `to`. The outer error is the disk's or that old and new bytes differ.
    async fn read(
        &self,
        mut body: Body,
        at: &mut u64,
        to: Option<u64>,
    ) -> Result<Result<(), StreamError>, Snag> {
        let mut place = body.from;
        let differs = |reason: &str| {
            Snag::Changed(StreamError::Changed {
                from: "the server's file".to_owned(),
                reason: reason.to_owned(),
            })
        };
        // The whole again, where a stretch was asked for: it has to be proved the same, by its tag or byte by byte.
        let is_proved = body.version.validator().is_some()
            && self
                .part
                .borrow()
                .version()
                .is_some_and(|version| version.validator() == body.version.validator());
        loop {
            let chunk = match body.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            };
            let known = usize::try_from(at.saturating_sub(place)).unwrap_or(usize::MAX).min(chunk.len());
            let (old, new) = chunk.split_at(known);
            if !is_proved
                && !old.is_empty()
                && !self.part.borrow().holds(place, old).map_err(|error| self.disk(&error))?
            {
                return Err(differs("its bytes are other ones now"));
            }
            place += chunk.len() as u64;
            let most =
                to.map_or(new.len(), |to| usize::try_from(to - *at).unwrap_or(usize::MAX).min(new.len()));
            let new = new.get(..most).unwrap_or_default();
            self.write(*at, new).map_err(|error| self.disk(&error))??;
            *at += new.len() as u64;
            if to == Some(*at) {
                return Ok(Ok(()));
            }
        }
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<Result<(), Stop>> {
        let mut part = self.part.borrow_mut();
        part.write(at, bytes)?;
        let has_saved = part.save_if_due(&self.line.copier.threads)?;
        drop(part);
        self.tell(TELL_BYTES);
        Ok(if has_saved { self.line.check_room(0) } else { Ok(()) })
    }

    fn tell(&self, step: u64) {
        let bytes = self.part.borrow().bytes();
        if step == 0 || bytes >= *self.told.borrow() + step {
            *self.told.borrow_mut() = bytes;
            self.line.tell(DownloadState::Fetching, bytes, self.version.bytes, None);
        }
    }

    fn disk(&self, error: &io::Error) -> Stop {
        self.line.disk(error)
    }
}
