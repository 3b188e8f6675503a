//! Fetches what is missing of a file: from one place to the next over one connection; where others bring more, these fetch
//! stretches from the end backwards meanwhile.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Range;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{MissedTickBehavior, interval};

use crate::model::{DownloadState, Locator};
use crate::stream::StreamError;
use crate::stream::keep::{Body, Found, Version};

use super::follow::Announcer;
use super::lanes::Gain;
use super::line::Line;
use super::part::Part;
use super::stop::{Snag, Stop};

/// What a further connection fetches at a time.
pub(super) const STRETCH_BYTES: u64 = 4 << 20;

/// Where nothing but its length tells a file's version, so many bytes that are here are fetched once more and compared.
const OVERLAP_BYTES: u64 = 16 << 10;

/// When a connection breaks after fewer bytes, the next one waits.
const PROGRESS_BYTES: u64 = 64 << 10;

/// Bytes between two reports of how far it is.
const TELL_BYTES: u64 = 128 << 10;

/// The same where so little may come in a tenth of a second.
const LEAST_TOLD: u64 = 16 << 10;

/// Which bytes to ask for first, given what is here.
pub(super) fn first_span(part: &Part) -> (u64, Option<u64>) {
    let total = part.version().and_then(|version| version.bytes);
    let gap = total.and_then(|total| part.gaps(total).into_iter().next());
    let from = gap.as_ref().map_or_else(|| part.end_of_beginning(), |gap| gap.start);
    let end = gap.map(|gap| gap.end).filter(|end| total != Some(*end));
    (before_overlap(part, from), end)
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
    /// Who waits for what comes.
    announcer: Option<&'a Announcer>,
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
    announcer: Option<&Announcer>,
) -> Result<(), Snag> {
    let (has_ranges, version) = (first.has_ranges, first.version.clone());
    if part.version().is_none() {
        part.set_version(version.clone());
    }
    let total = version.bytes;
    let missing = total.map(|total| part.gaps(total));
    let left: u64 = missing.iter().flatten().map(|gap| gap.end - gap.start).sum();
    // Tags are written into a file of its own, and the part stays until that is proved.
    let again = if line.copier.rules.writes_tags { total.unwrap_or_default() } else { 0 };
    line.check_room(left + again)?;
    let told = RefCell::new(0);
    let file = File { line, locator, part: RefCell::new(part), announcer, version, told };
    file.tell(0);
    file.announce();
    let Some(missing) = missing else {
        // A server that tells stretches but no length is asked for all of it.
        let first = Some(first).filter(|_| !has_ranges);
        let from = file.part.borrow().end_of_beginning();
        return file.fill(&Cell::new(from), &Cell::new(None), first).await;
    };
    let most = if has_ranges { line.copier.rules.connections } else { 1 };
    let (mut gain, mut first) = (Gain::new(most), Some(first));
    for gap in missing {
        file.fill_gap(gap, first.take(), &mut gain).await?;
    }
    // What a further connection did not bring after all.
    let missing = file.part.borrow().gaps(total.unwrap_or_default());
    for gap in missing {
        file.fill(&Cell::new(gap.start), &Cell::new(Some(gap.end)), None).await?;
    }
    Ok(())
}

/// A stretch before `end`, which comes nearer by it; `None` where whoever fetches from `at` on is there soon.
fn take_stretch(at: u64, end: &Cell<Option<u64>>) -> Option<Range<u64>> {
    let last = end.get()?;
    let first = last.checked_sub(STRETCH_BYTES).filter(|first| *first >= at + STRETCH_BYTES)?;
    end.set(Some(first));
    Some(first..last)
}

impl File<'_> {
    /// Fetches a gap from its beginning, and meanwhile, where that brings more, stretches from its end. One of these that fails is
    /// left out.
    async fn fill_gap(&self, gap: Range<u64>, first: Option<Body>, gain: &mut Gain) -> Result<(), Snag> {
        let (at, end) = (Cell::new(gap.start), Cell::new(Some(gap.end)));
        let main = self.fill(&at, &end, first);
        tokio::pin!(main);
        let mut others = FuturesUnordered::new();
        let mut looks = interval(self.line.copier.rules.look);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.tick().await;
        let (mut lanes, mut before, mut is_done) = (1, self.part.borrow().bytes(), false);
        loop {
            while !is_done && others.len() + 1 < usize::from(lanes) {
                let Some(stretch) = take_stretch(at.get(), &end) else { break };
                others.push(async move {
                    let (at, end) = (Cell::new(stretch.start), Cell::new(Some(stretch.end)));
                    let done = self.fill(&at, &end, None).await;
                    (stretch, at.get(), done)
                });
            }
            if is_done && others.is_empty() {
                return Ok(());
            }
            tokio::select! {
                done = &mut main, if !is_done => {
                    done?;
                    is_done = true;
                }
                Some((stretch, at, done)) = others.next() => match done {
                    Ok(()) => {}
                    // The disk, or that old and new do not belong together.
                    Err(Snag::Changed(error)) => return Err(Snag::Changed(error)),
                    Err(Snag::Stop(Stop::Held(hold))) => return Err(Stop::Held(hold).into()),
                    Err(Snag::Stop(Stop::Cancelled)) => return Err(Stop::Cancelled.into()),
                    Err(Snag::Stop(Stop::Failed(_)) | Snag::Address(_)) => {
                        gain.settle(1);
                        lanes = 1;
                        if at == stretch.start && end.get() == Some(at) {
                            end.set(Some(stretch.end));
                        }
                    }
                },
                _ = looks.tick() => {
                    let now = self.part.borrow().bytes();
                    let left = end.get().unwrap_or_default().saturating_sub(at.get());
                    lanes = gain.look(now.saturating_sub(before), left);
                    before = now;
                }
            }
        }
    }

    /// Fetches the bytes from `at` to `to`, or to the end, over as many connections as break. `to` may come nearer meanwhile.
    async fn fill(
        &self,
        at: &Cell<u64>,
        to: &Cell<Option<u64>>,
        mut first: Option<Body>,
    ) -> Result<(), Snag> {
        let mut tries = 0;
        while to.get() != Some(at.get()) {
            let body = match first.take() {
                Some(body) => Ok(body),
                None => self.ask(at.get(), to.get()).await,
            };
            let before = at.get();
            let error = match body {
                Ok(body) => match self.read(body, at, to).await? {
                    Ok(()) if to.get().is_none() => {
                        let whole = Version { bytes: Some(at.get()), ..self.version.clone() };
                        self.part.borrow_mut().set_version(whole);
                        return Ok(());
                    }
                    // A stretch of what is wanted.
                    Ok(()) if at.get() > before => continue,
                    Ok(()) => return Err(Stop::damaged("The server sends less than it says it has").into()),
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if at.get() - before >= PROGRESS_BYTES && error.retry_delay(1, 0.0).is_some() && !error.is_limit()
            {
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
        at: &Cell<u64>,
        to: &Cell<Option<u64>>,
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
            let known =
                usize::try_from(at.get().saturating_sub(place)).unwrap_or(usize::MAX).min(chunk.len());
            let (old, new) = chunk.split_at(known);
            if !is_proved
                && !old.is_empty()
                && !self.part.borrow().holds(place, old).map_err(|error| self.disk(&error))?
            {
                return Err(differs("its bytes are other ones now"));
            }
            place += chunk.len() as u64;
            let left = to.get().map_or(u64::MAX, |to| to.saturating_sub(at.get()));
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(new.len());
            let new = new.get(..most).unwrap_or_default();
            self.write(at.get(), new).map_err(|error| self.disk(&error))??;
            at.set(at.get() + new.len() as u64);
            if to.get() == Some(at.get()) {
                return Ok(Ok(()));
            }
        }
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<Result<(), Stop>> {
        let mut part = self.part.borrow_mut();
        part.write(at, bytes)?;
        part.note_if_due()?;
        let has_saved = part.save_if_due(&self.line.copier.threads)?;
        drop(part);
        self.announce();
        // Where little comes, that little is told.
        let tenth = self.line.copier.pace.bytes_per_second() / 10;
        self.tell(if tenth > 0 { tenth.clamp(LEAST_TOLD, TELL_BYTES) } else { TELL_BYTES });
        Ok(if has_saved { self.line.check_room(0) } else { Ok(()) })
    }

    fn announce(&self) {
        if let Some(announcer) = self.announcer {
            announcer.tell(self.part.borrow().end_of_beginning());
        }
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
