//! From what was fetched to a copy: the file is made, proved to be whole, tagged, and given its name.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use md5::Md5;
use rustix::io::Errno;

use crate::model::{CleanText, DownloadState, FaultKind, FinishedCopy, Locator, TrackRef, Wanted};
use crate::stream::keep::Checksum;
use crate::stream::{Cancel, Monitor, Open as _, StreamError};

use super::control::{hex, proofs};
use super::copy::Fetched;
use super::folder::Folder;
use super::join::{JoinError, join};
use super::line::Line;
use super::part::Part;
use super::receipt::{self, hash, hash_of};
use super::stop::Stop;
use super::{Verified, file_name, kind, made_name, part_name, tag};

/// A file that is to get its name.
pub(super) struct Made {
    file: File,
    /// What it is called until then: the part itself, where nothing is written into it.
    name: String,
    extension: &'static str,
    /// SHA-256 of what the source sent, or of what was joined of it.
    source: [u8; 32],
    verified: Verified,
    /// What did not work out and does no harm.
    notes: Vec<CleanText>,
}

impl Line<'_> {
    /// Makes the file, proves it where `proved` does not tell that it was, and tags it; and what is known of the track by then.
    pub(super) fn finish(
        &self,
        fetched: &Fetched,
        proved: Option<Verified>,
        cancel: &Cancel,
    ) -> Result<(Made, Wanted), Stop> {
        let mut made = self.make(fetched, proved, cancel)?;
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
        if matches!(wanted.track.reference, TrackRef::Url(_)) {
            // Of what lies anywhere, the file itself knows most.
            tag::learn(&mut made.file, &mut wanted.track);
        }
        let line = Line { wanted: &wanted, ..*self };
        let made = if has_tags { line.tagged(made, cover.as_deref(), fetched, cancel)? } else { made };
        Ok((made, wanted))
    }

    /// The same with tags; without them, and a note, where they cannot be written or the sound is another one then.
    fn tagged(
        &self,
        made: Made,
        cover: Option<&[u8]>,
        fetched: &Fetched,
        cancel: &Cancel,
    ) -> Result<Made, Stop> {
        let disk = |error: io::Error| self.disk(&error);
        self.tell_of(DownloadState::Tagging, &made.file);
        let mut tagged = match fetched {
            Fetched::File(part) => {
                self.check_room(part.bytes())?;
                let mut file = self.folder.create_anew(&made_name(self.wanted.id)).map_err(disk)?;
                part.copy_to(&mut file).map_err(disk)?;
                file
            }
            Fetched::List(..) => made.file.try_clone().map_err(disk)?,
        };
        let written = tag::write(&mut tagged, self.wanted, cover).and_then(|()| {
            let verified =
                self.verify(&made_name(self.wanted.id), cancel).map_err(|stop| stop.to_string())?;
            let is_same = verified.frames == made.verified.frames;
            is_same.then_some(()).ok_or_else(|| "they changed the sound".to_owned())
        });
        if cancel.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        let Err(reason) = written else {
            return Ok(Made { file: tagged, name: made_name(self.wanted.id), ..made });
        };
        let note = CleanText::new(format!("Its tags could not be written: {reason}"));
        let mut bare = match fetched {
            Fetched::File(_) => made,
            // What it was written into may be spoilt.
            Fetched::List(..) => self.make(fetched, Some(made.verified), cancel)?,
        };
        bare.notes.push(note);
        Ok(bare)
    }

    /// Makes the file of what was fetched, and proves that it is whole.
    fn make(&self, fetched: &Fetched, proved: Option<Verified>, cancel: &Cancel) -> Result<Made, Stop> {
        let disk = |error: io::Error| self.disk(&error);
        let (file, name, extension, source) = match fetched {
            Fetched::File(part) => {
                let file = part.whole().map_err(disk)?;
                let source = part.sha256().map_err(disk)?;
                self.check_sum(part, source, &file)?;
                let extension = extension_of(&file).map_err(disk)?;
                let extension =
                    extension.ok_or_else(|| Stop::damaged("What came is no kind of music that is known"))?;
                (file, part_name(self.wanted.id), extension, source)
            }
            Fetched::List(list, spool) => {
                self.check_room(spool.bytes())?;
                let name = made_name(self.wanted.id);
                let mut file = self.folder.create_anew(&name).map_err(disk)?;
                let extension = join(list, spool, &mut file).map_err(|error| self.unjoined(&error))?;
                let source = hash(&mut file).map_err(disk)?;
                (file, name, extension, source)
            }
        };
        let verified = if let Some(verified) = proved {
            verified
        } else {
            self.tell_of(DownloadState::Verifying, &file);
            self.verify(&name, cancel)?
        };
        self.check_length(fetched, &verified)?;
        Ok(Made { file, name, extension, source, verified, notes: Vec::new() })
    }

    /// Compares what came with the checksum that the server named, if it did.
    fn check_sum(&self, part: &Part, source: [u8; 32], file: &File) -> Result<(), Stop> {
        let is_it = match part.version().and_then(|version| version.checksum) {
            None => true,
            Some(Checksum::Sha256(bytes)) => bytes == source,
            Some(Checksum::Md5(bytes)) => {
                let mut file = file.try_clone().map_err(|error| self.disk(&error))?;
                bytes == hash_of::<Md5, 16>(&mut file).map_err(|error| self.disk(&error))?
            }
        };
        is_it
            .then_some(())
            .ok_or_else(|| Stop::damaged("What came is not what the server named: its checksum differs"))
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

    /// Decodes the file of that name whole.
    fn verify(&self, name: &str, cancel: &Cancel) -> Result<Verified, Stop> {
        let path = Locator::File(self.folder.path().join(name));
        let media = self.copier.streams.open(&path, cancel, &Arc::new(Monitor::default()));
        let verified =
            media.map_err(|error| error.fault()).and_then(|media| self.helper.verify(media, cancel));
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
    pub(super) fn name(&self, mut made: Made) -> Result<FinishedCopy, Stop> {
        let disk = |error: io::Error| self.disk(&error);
        // Of what nothing was written into it is known already.
        let is_part = made.name == part_name(self.wanted.id);
        let sha256 = if is_part { made.source } else { hash(&mut made.file).map_err(disk)? };
        made.file.sync_all().map_err(disk)?;
        let bytes = made.file.metadata().map_err(disk)?.len();
        if !self.folder.is_in_place() {
            return Err(disk(Errno::STALE.into()));
        }
        let place = file_name::place(self.wanted);
        let copy = FinishedCopy {
            path: place.folders.iter().fold(self.folder.path().to_owned(), |path, part| path.join(part)),
            bytes,
            sha256: hex(&sha256),
            source_sha256: hex(&made.source),
            format: made.verified.format.clone(),
            length: made.verified.length,
            notes: std::mem::take(&mut made.notes),
            learned: None,
        };
        let name = self.place(&made, &place, &copy).map_err(disk)?;
        self.sweep();
        self.tell(DownloadState::Done, bytes, Some(bytes), None);
        Ok(FinishedCopy { path: copy.path.join(name), ..copy })
    }

    /// Removes the part of a copy that is there. What cannot be removed is swept another time.
    pub(super) fn sweep(&self) {
        let part = part_name(self.wanted.id);
        let [control, note] = proofs(&part);
        let names = [control, note, made_name(self.wanted.id), part];
        if let Err(error) = names.iter().try_for_each(|name| self.folder.remove(name)) {
            tracing::warn!(%error, "a part stays");
        }
    }

    fn place(&self, made: &Made, place: &file_name::Place, copy: &FinishedCopy) -> io::Result<String> {
        let mut folder: Option<Folder> = None;
        for name in &place.folders {
            folder = Some(folder.as_ref().unwrap_or(self.folder).below(name)?);
        }
        let folder = folder.as_ref().unwrap_or(self.folder);
        loop {
            let taken: std::collections::HashSet<String> =
                folder.names()?.iter().map(|name| file_name::folded(name)).collect();
            let name = file_name::unique(&place.stem, made.extension, |folded| taken.contains(folded));
            receipt::write(self.folder, self.wanted.id, place, &name, copy)?;
            if self.folder.place(&made.name, folder, &name)? {
                return Ok(name);
            }
        }
    }

    /// Throws away what came, but not the part itself, which is locked.
    pub(super) fn throw_away(&self, part: &File) -> Result<(), Stop> {
        let thrown = proofs(&part_name(self.wanted.id)).iter().try_for_each(|name| self.folder.remove(name));
        let thrown = thrown.and_then(|()| part.set_len(0));
        let thrown = thrown.and_then(|()| self.folder.remove(&made_name(self.wanted.id)));
        thrown.map_err(|error| self.disk(&error))
    }

    fn tell_of(&self, state: DownloadState, file: &File) {
        let bytes = file.metadata().map_or(0, |about| about.len());
        self.tell(state, bytes, Some(bytes), None);
    }
}

/// What the file is by its first bytes.
fn extension_of(mut file: &File) -> io::Result<Option<&'static str>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(kind::HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(kind::extension(&head))
}
