//! One download from its wish to its file: where it is, fetch it, and let it be made.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;
use std::thread;

use crate::model::{
    Allowed, DownloadState, Fault, FaultKind, FinishedCopy, HoldReason, Locator, Retry, TrackRef, Wanted,
};
use crate::stream::Cancel;
use crate::stream::keep::{Body, Found, List};

use super::fetch_file::{fetch_file, first_span};
use super::fetch_list::fetch_list;
use super::folder::{Folder, lock};
use super::follow::follow;
use super::line::Line;
use super::part::Part;
use super::receipt;
use super::spool::Spool;
use super::stop::{Snag, Stop};
use super::{Copier, Helper, Verified, made_name, part_name};

/// Addresses asked for in a row that bring nothing.
const MOST_ADDRESSES: u8 = 2;

/// Tries in a row of the first request: what fails longer is told, and tried again when the queue says so.
const FIRST_TRIES: u8 = 3;

/// Times that everything is begun anew because the server's file changed.
const MOST_CHANGES: u8 = 3;

/// Times that a file is fetched anew because what came is damaged.
const MOST_FRESH_TRIES: u8 = 1;

/// What was fetched.
pub(super) enum Fetched {
    File(Box<Part>),
    List(Box<List>, Spool),
}

impl Copier {
    /// Makes the copy, going on with what is left of an earlier try. Blocks until it is there, or until `cancel` is
    /// cancelled; then what came is kept. A copy that is there leaves a receipt, with which the same call gives the
    /// same answer, until [`super::discard`] is told that it is noted or not wanted.
    pub fn copy(&self, wanted: &Wanted, helper: &dyn Helper, cancel: &Cancel) -> Result<FinishedCopy, Stop> {
        if let Allowed::No(why) = &wanted.track.keepable {
            let message = format!("{} may not be kept: {why}", wanted.track.title);
            return Err(Stop::never(FaultKind::Refused, message));
        }
        let path = wanted.target.folder.as_path();
        let folder = Arc::new(Folder::open(path).map_err(|error| Stop::disk(&error, path))?);
        let line = Line { copier: self, helper, wanted, folder: &folder };
        let part = line.own_part()?;
        if let Some(copy) = receipt::find(&folder, wanted.id).map_err(|error| Stop::disk(&error, path))? {
            line.sweep();
            return Ok(copy);
        }
        let mut fresh_tries = 0;
        loop {
            let (mut fetched, proved) = self.fetch(&line, &folder, &part, cancel)?;
            let made = line.finish(&fetched, proved, cancel);
            // Nothing is written there any more from here on.
            let settled = match &mut fetched {
                Fetched::File(part) => part.settle(),
                Fetched::List(..) => Ok(()),
            };
            let finished = made.and_then(|(made, told)| {
                settled.map_err(|error| line.disk(&error))?;
                let copy = Line { wanted: &told, ..line }.name(made)?;
                let is_news = matches!(told.track.reference, TrackRef::Url(_)) && told.track != wanted.track;
                Ok(FinishedCopy { learned: is_news.then(|| Arc::new(told.track)), ..copy })
            });
            if finished.is_err()
                && let Err(error) = folder.remove(&made_name(wanted.id))
            {
                tracing::warn!(%error, "a file that was not finished stays");
            }
            match finished {
                Ok(copy) => return Ok(copy),
                // What is damaged does not get better by being read again.
                Err(Stop::Failed(fault)) if fault.kind == FaultKind::Damaged => {
                    drop(fetched);
                    line.throw_away(&part)?;
                    fresh_tries += 1;
                    if fresh_tries > MOST_FRESH_TRIES {
                        return Err(Stop::Failed(Fault { retry: Retry::Never, ..fault }));
                    }
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    /// Fetches whatever is missing, asking for as many addresses as it takes; and what was proved of it meanwhile.
    fn fetch(
        &self,
        line: &Line<'_>,
        folder: &Arc<Folder>,
        file: &File,
        cancel: &Cancel,
    ) -> Result<(Fetched, Option<Verified>), Stop> {
        let disk = |error: io::Error| line.disk(&error);
        let clone = || file.try_clone().map_err(disk);
        let (mut fruitless, mut changes) = (0, 0);
        let mut part = None;
        if !Spool::is_one(file) {
            let found = Part::open(folder, &part_name(line.wanted.id), clone()?).map_err(disk)?;
            if found.is_whole() {
                return Ok((Fetched::File(Box::new(found)), None));
            }
            part = Some(found);
        }
        loop {
            line.tell(DownloadState::Locating, part.as_ref().map_or(0, Part::bytes), None, None);
            let located = line.helper.locate(line.wanted, cancel);
            if cancel.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            let locator = located.map_err(Stop::Failed)?;
            let before = weight(file);
            let snag = match self.fetch_from(line, folder, &locator, file, &mut part, cancel) {
                Ok(fetched) => return Ok(fetched),
                Err(snag) => snag,
            };
            match snag {
                Snag::Stop(stop) => return Err(stop),
                Snag::Address(error) => {
                    fruitless = if weight(file) > before { 1 } else { fruitless + 1 };
                    if fruitless >= MOST_ADDRESSES {
                        return Err(Stop::Failed(error.fault()));
                    }
                }
                Snag::Changed(error) => {
                    changes += 1;
                    if changes >= MOST_CHANGES {
                        return Err(Stop::Failed(Fault { retry: Retry::Later, ..error.fault() }));
                    }
                    if let Some(part) = &mut part {
                        part.reset().map_err(disk)?;
                    }
                }
            }
        }
    }

    fn fetch_from(
        &self,
        line: &Line<'_>,
        folder: &Arc<Folder>,
        locator: &Locator,
        file: &File,
        part: &mut Option<Part>,
        cancel: &Cancel,
    ) -> Result<(Fetched, Option<Verified>), Snag> {
        let disk = |error: io::Error| Snag::Stop(line.disk(&error));
        let span = part.as_ref().map_or((0, None), first_span);
        let version = part.as_ref().and_then(Part::version).cloned();
        let found = self.wait(cancel, async {
            let mut tries = 0;
            loop {
                match line.ask(locator, span, version.as_ref()).await {
                    Ok(found) => return Ok(found),
                    Err(error) => {
                        tries += 1;
                        line.pause(error, tries, FIRST_TRIES).await?;
                    }
                }
            }
        })?;
        match found {
            Found::File(first) => {
                let mut mine = if let Some(part) = part.take() {
                    part
                } else {
                    // A list before, a file now.
                    file.set_len(0).map_err(disk)?;
                    let clone = file.try_clone().map_err(disk)?;
                    Part::open(folder, &part_name(line.wanted.id), clone).map_err(disk)?
                };
                let fetched = self.fetch_followed(line, locator, &mut mine, *first, cancel);
                // What is whole becomes safe with its name.
                let saved = if fetched.is_ok() { mine.note_whole() } else { mine.save() };
                match fetched.and_then(|proved| saved.map(|()| proved).map_err(disk)) {
                    Ok(proved) => Ok((Fetched::File(Box::new(mine)), proved)),
                    Err(snag) => {
                        *part = Some(mine);
                        Err(snag)
                    }
                }
            }
            Found::List(list) => {
                if let Some(mut part) = part.take() {
                    part.reset().map_err(disk)?;
                }
                let mut spool =
                    Spool::open(file.try_clone().map_err(disk)?, &list.identity()).map_err(disk)?;
                let fetched = self.wait(cancel, fetch_list(line, &list, &mut spool));
                let saved = spool.save();
                fetched?;
                saved.map_err(disk)?;
                Ok((Fetched::List(list, spool), None))
            }
        }
    }

    /// Fetches a file, which is decoded meanwhile; what that proved, where it came to an end.
    fn fetch_followed(
        &self,
        line: &Line<'_>,
        locator: &Locator,
        part: &mut Part,
        first: Body,
        cancel: &Cancel,
    ) -> Result<Option<Verified>, Snag> {
        thread::scope(|scope| {
            let total = first.version.bytes.unwrap_or_default();
            let (id, file) = (line.wanted.id, part.bytes_here());
            let (announcer, prover) = follow(scope, id, file, total, line.helper, cancel).unzip();
            self.wait(cancel, fetch_file(line, locator, part, first, announcer.as_ref()))?;
            drop(announcer);
            if prover.is_some() {
                line.tell(DownloadState::Verifying, total, Some(total), None);
            }
            // Where it failed, it is looked at once more as a whole.
            Ok(prover.and_then(|prover| prover.join().ok()?).and_then(Result::ok))
        })
    }

    fn wait<T>(&self, cancel: &Cancel, work: impl Future<Output = Result<T, Snag>>) -> Result<T, Snag> {
        self.threads.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(Snag::Stop(Stop::Cancelled)),
                result = work => result,
            }
        })
    }
}

impl Line<'_> {
    /// Opens the part, or makes it, and keeps it for this program.
    fn own_part(&self) -> Result<File, Stop> {
        let name = part_name(self.wanted.id);
        let open = || -> io::Result<Option<File>> {
            let file = match self.folder.find(&name)? {
                Some(file) => file,
                None => self.folder.create_anew(&name)?,
            };
            Ok(lock(&file)?.then_some(file))
        };
        let file = open().map_err(|error| self.disk(&error))?;
        // One that lost its name meanwhile was finished by somebody else, and may be a copy by now.
        let is_same = |file: &File| -> io::Result<bool> {
            let Some(now) = self.folder.find(&name)? else { return Ok(false) };
            let (file, now) = (file.metadata()?, now.metadata()?);
            Ok((file.dev(), file.ino()) == (now.dev(), now.ino()))
        };
        let is_here = |file: &File| is_same(file).unwrap_or(false);
        file.filter(is_here).ok_or_else(|| {
            let message = format!("Another Segue copies {} just now", self.wanted.track.title);
            Stop::held(HoldReason::Elsewhere, message, "Let it end, or stop the other one")
        })
    }
}

/// Bytes of the part as it is on the disk.
fn weight(file: &File) -> u64 {
    file.metadata().map_or(0, |about| about.len())
}
