//! One download from its wish to its file: locate, fetch, make, verify, tag, name.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

use md5::Md5;

use crate::model::{
    Allowed, CleanText, DownloadState, Fault, FaultKind, FinishedCopy, HoldReason, Locator, Retry, Wanted,
};
use crate::stream::keep::{Checksum, Found, List};
use crate::stream::{Cancel, StreamError};

use super::control::{CONTROL_SUFFIX, hex};
use super::fetch_file::{fetch_file, first_span};
use super::fetch_list::fetch_list;
use super::folder::{Folder, lock};
use super::join::{JoinError, join};
use super::line::Line;
use super::part::Part;
use super::receipt::{self, hash, hash_of};
use super::spool::Spool;
use super::stop::{Snag, Stop};
use super::{Copier, Helper, Verified, file_name, kind, made_name, part_name, tag};

/// Addresses asked for in a row that bring nothing.
const MOST_ADDRESSES: u8 = 2;

/// Times that everything is begun anew because the server's file changed.
const MOST_CHANGES: u8 = 3;

/// Times that a file is fetched anew because what came is damaged.
const MOST_FRESH_TRIES: u8 = 1;

/// What was fetched.
enum Fetched {
    File(Box<Part>),
    List(Box<List>, Spool),
}

/// What was made of it.
struct Made {
    file: File,
    extension: &'static str,
    source: [u8; 32],
    verified: Verified,
    /// What did not work out and does no harm.
    notes: Vec<CleanText>,
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
            let mut fetched = self.fetch(&line, &folder, &part, cancel)?;
            let made = line.finish(&fetched, cancel);
            // Nothing is written there any more from here on.
            let settled = match &mut fetched {
                Fetched::File(part) => part.settle(),
                Fetched::List(..) => Ok(()),
            };
            let finished = made.and_then(|(made, told)| {
                settled.map_err(|error| line.disk(&error))?;
                Line { wanted: &told, ..line }.name(made)
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

    /// Fetches whatever is missing, asking for as many addresses as it takes.
    fn fetch(
        &self,
        line: &Line<'_>,
        folder: &Arc<Folder>,
        file: &File,
        cancel: &Cancel,
    ) -> Result<Fetched, Stop> {
        let disk = |error: io::Error| line.disk(&error);
        let clone = || file.try_clone().map_err(disk);
        let (mut fruitless, mut changes) = (0, 0);
        let mut part = None;
        if !Spool::is_one(file) {
            let found = Part::open(folder, &part_name(line.wanted.id), clone()?).map_err(disk)?;
            if found.is_whole() {
                return Ok(Fetched::File(Box::new(found)));
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
    ) -> Result<Fetched, Snag> {
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
                        line.pause_usual(error, tries).await?;
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
                let fetched = self.wait(cancel, fetch_file(line, locator, &mut mine, *first));
                let saved = if fetched.is_ok() { mine.save_meanwhile(&self.threads) } else { mine.save() };
                let whole = fetched.and_then(|()| saved.map_err(disk));
                match whole {
                    Ok(()) => Ok(Fetched::File(Box::new(mine))),
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
                Ok(Fetched::List(list, spool))
            }
        }
    }

    fn wait<T>(&self, cancel: &Cancel, work: impl Future<Output = Result<T, Snag>>) -> Result<T, Snag> {
        self.threads.block_on(async {
            tokio::select! {
                result = work => result,
                () = cancel.cancelled() => Err(Snag::Stop(Stop::Cancelled)),
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
        // One that lost its name meanwhile was finished by somebody else.
        let is_here = |file: &File| file.metadata().is_ok_and(|about| about.nlink() == 1);
        file.filter(is_here).ok_or_else(|| {
            let message = format!("Another Segue copies {} just now", self.wanted.track.title);
            Stop::held(HoldReason::Elsewhere, message, "Let it end, or stop the other one")
        })
    }

    /// Makes the file, proves it and tags it; and what is known of the track by then.
    fn finish(&self, fetched: &Fetched, cancel: &Cancel) -> Result<(Made, Wanted), Stop> {
        let made = self.make(fetched, cancel)?;
        let mut wanted = self.wanted.clone();
        let has_tags = self.copier.rules.writes_tags;
        let mut cover = if has_tags { self.helper.cover(&wanted, cancel) } else { None };
        if (wanted.track.facts.is_none() || (has_tags && cover.is_none()))
            && let Some(told) = self.helper.about(self.wanted, cancel)
        {
            // The address of a picture may have run out since it was queued.
            let (before, now) = (wanted.track.artwork.take(), told.artwork.clone());
            wanted.track.fill_from(&told);
            if has_tags && cover.is_none() && now != before {
                cover = self.helper.cover(&wanted, cancel);
            }
        }
        let line = Line { wanted: &wanted, ..*self };
        let made = line.finish_made(made, cover.as_deref(), fetched, cancel)?;
        Ok((made, wanted))
    }

    fn finish_made(
        &self,
        made: Made,
        cover: Option<&[u8]>,
        fetched: &Fetched,
        cancel: &Cancel,
    ) -> Result<Made, Stop> {
        let mut made = made;
        if self.copier.rules.writes_tags {
            self.tell_of(DownloadState::Tagging, &made.file);
            let tagged = tag::write(&mut made.file, self.wanted, cover).and_then(|()| {
                let verified = self.verify(cancel).map_err(|stop| stop.to_string())?;
                let is_same = verified.frames == made.verified.frames;
                is_same.then_some(()).ok_or_else(|| "they changed the sound".to_owned())
            });
            if cancel.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            if let Err(reason) = tagged {
                made = self.make(fetched, cancel)?;
                made.notes.push(CleanText::new(format!("Its tags could not be written: {reason}")));
            }
        }
        Ok(made)
    }

    /// Makes the file of what was fetched, and proves that it is whole.
    fn make(&self, fetched: &Fetched, cancel: &Cancel) -> Result<Made, Stop> {
        let disk = |error: io::Error| self.disk(&error);
        let needed = match fetched {
            Fetched::File(part) => part.bytes(),
            Fetched::List(_, spool) => spool.bytes(),
        };
        self.check_room(needed)?;
        let mut file = self.folder.create_anew(&made_name(self.wanted.id)).map_err(disk)?;
        let (joined, source) = match fetched {
            Fetched::File(part) => (None, part.copy_to(&mut file).map_err(disk)?),
            Fetched::List(list, spool) => {
                let extension = join(list, spool, &mut file).map_err(|error| self.unjoined(&error))?;
                (Some(extension), hash(&mut file).map_err(disk)?)
            }
        };
        if let Fetched::File(part) = fetched
            && let Some(expected) = part.version().and_then(|version| version.checksum)
        {
            let is_it = match expected {
                Checksum::Sha256(bytes) => bytes == source,
                Checksum::Md5(bytes) => bytes == hash_of::<Md5, 16>(&mut file).map_err(disk)?,
            };
            if !is_it {
                return Err(Stop::damaged("What came is not what the server named: its checksum differs"));
            }
        }
        let extension = if let Some(extension) = joined {
            extension
        } else {
            let mut head = Vec::new();
            file.seek(SeekFrom::Start(0)).map_err(disk)?;
            (&file).take(kind::HEAD_BYTES as u64).read_to_end(&mut head).map_err(disk)?;
            kind::extension(&head)
                .ok_or_else(|| Stop::damaged("What came is no kind of music that is known"))?
        };
        self.tell_of(DownloadState::Verifying, &file);
        let verified = self.verify(cancel)?;
        self.check_length(fetched, &verified)?;
        Ok(Made { file, extension, source, verified, notes: Vec::new() })
    }

    fn unjoined(&self, error: &JoinError) -> Stop {
        let title = &self.wanted.track.title;
        match error {
            JoinError::Disk(error) => self.disk(error),
            JoinError::Refused(_) | JoinError::Piece(StreamError::Unsupported { .. }) => {
                Stop::never(FaultKind::Unsupported, format!("{title} cannot be kept: {error}"))
            }
            JoinError::Piece(error) => Stop::damaged(error.to_string()),
        }
    }

    fn verify(&self, cancel: &Cancel) -> Result<Verified, Stop> {
        let path = self.folder.path().join(made_name(self.wanted.id));
        let verified = self.helper.verify(&path, cancel);
        if cancel.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        verified.map_err(Stop::Failed)
    }

    /// Whether as much was decoded as was promised. A service may round, and may not count a silence at the end; more
    /// than it said is no damage.
    fn check_length(&self, fetched: &Fetched, verified: &Verified) -> Result<(), Stop> {
        let got = verified.length.as_secs_f64();
        let (expected, short, long) = match (fetched, self.wanted.track.length) {
            (Fetched::List(list, _), _) => (list.seconds(), list.tolerance(), list.tolerance()),
            (Fetched::File(_), Some(length)) => {
                (length.as_secs_f64(), (length.as_secs_f64() * 0.03).max(3.0), f64::INFINITY)
            }
            (Fetched::File(_), None) => return Ok(()),
        };
        if got + short < expected || got > expected + long {
            let message = format!("What came plays {got:.1} s where {expected:.1} s were promised");
            return Err(Stop::damaged(message));
        }
        Ok(())
    }

    /// Gives the file its name, under which nothing may be yet, and removes the part.
    fn name(&self, mut made: Made) -> Result<FinishedCopy, Stop> {
        let disk = |error: io::Error| self.disk(&error);
        let sha256 = hash(&mut made.file).map_err(disk)?;
        if !self.copier.rules.writes_tags && sha256 != made.source {
            return Err(Stop::damaged("The disk gives back other bytes than it was given"));
        }
        made.file.sync_all().map_err(disk)?;
        let bytes = made.file.metadata().map_err(disk)?.len();
        let place = file_name::place(self.wanted);
        let copy = FinishedCopy {
            path: place.folders.iter().fold(self.folder.path().to_owned(), |path, part| path.join(part)),
            bytes,
            sha256: hex(&sha256),
            source_sha256: hex(&made.source),
            format: made.verified.format,
            length: made.verified.length,
            notes: made.notes,
        };
        let name = self.place(&place, made.extension, &copy).map_err(disk)?;
        self.sweep();
        self.tell(DownloadState::Done, bytes, Some(bytes), None);
        Ok(FinishedCopy { path: copy.path.join(name), ..copy })
    }

    /// Removes the part of a copy that is there. What cannot be removed is swept another time.
    fn sweep(&self) {
        let part = part_name(self.wanted.id);
        let control = format!("{part}{CONTROL_SUFFIX}");
        let removed =
            [control, made_name(self.wanted.id), part].iter().try_for_each(|name| self.folder.remove(name));
        if let Err(error) = removed.and_then(|()| self.folder.sync()) {
            tracing::warn!(%error, "a part stays");
        }
    }

    fn place(&self, place: &file_name::Place, extension: &str, copy: &FinishedCopy) -> io::Result<String> {
        let mut folder: Option<Folder> = None;
        for name in &place.folders {
            folder = Some(folder.as_ref().unwrap_or(self.folder).below(name)?);
        }
        let folder = folder.as_ref().unwrap_or(self.folder);
        loop {
            let taken: std::collections::HashSet<String> =
                folder.names()?.iter().map(|name| file_name::folded(name)).collect();
            let name = file_name::unique(&place.stem, extension, |folded| taken.contains(folded));
            receipt::write(self.folder, self.wanted.id, place, &name, copy)?;
            if self.folder.place(&made_name(self.wanted.id), folder, &name)? {
                return Ok(name);
            }
        }
    }

    /// Throws away what came, but not the part itself, which is locked.
    fn throw_away(&self, part: &File) -> Result<(), Stop> {
        let control = format!("{}{}", part_name(self.wanted.id), CONTROL_SUFFIX);
        let thrown = self.folder.remove(&control).and_then(|()| part.set_len(0));
        let thrown = thrown.and_then(|()| self.folder.remove(&made_name(self.wanted.id)));
        thrown.map_err(|error| self.disk(&error))
    }

    fn tell_of(&self, state: DownloadState, file: &File) {
        let bytes = file.metadata().map_or(0, |about| about.len());
        self.tell(state, bytes, Some(bytes), None);
    }
}

/// Bytes of the part as it is on the disk.
fn weight(file: &File) -> u64 {
    file.metadata().map_or(0, |about| about.len())
}
