//! The part of a file that comes as one: its bytes at their places, and which of them are safe.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::stream::keep::Version;

use super::control::{CONTROL_SUFFIX, Control, MAX_CONTROL_BYTES, NOTE_SUFFIX};
use super::folder::Folder;

/// So many bytes are at most written before they are made safe from a power cut.
const SAVE_BYTES: u64 = 16 << 20;

/// So long bytes are at most kept before they are made safe from a power cut.
const SAVE_TIME: Duration = Duration::from_secs(5);

/// So many bytes are at most written before they are noted, which makes them safe from a kill. What comes whole before that,
/// and before [`NOTE_TIME`], needs no note: to make and remove a file costs more than it is worth then.
const NOTE_BYTES: u64 = 320 << 10;

/// So many bytes more for each stretch that the note has to tell of.
const NOTE_BYTES_A_SPAN: u64 = 8 << 10;

/// So long bytes are at most kept before they are noted.
const NOTE_TIME: Duration = Duration::from_millis(5);

/// Bytes read at once to prove what is there.
const READ_BYTES: usize = 256 << 10;

/// Bytes of the file that lie together, and their hash so far.
#[derive(Clone)]
struct Span {
    place: Range<u64>,
    hash: Sha256,
}

/// A part that is open, and locked for this program.
pub(super) struct Part {
    folder: Arc<Folder>,
    control: String,
    file: Arc<File>,
    version: Version,
    spans: Vec<Span>,
    unsaved: u64,
    saved_at: Instant,
    saving: Option<Receiver<io::Result<()>>>,
    note: Note,
}

/// What came since it was made safe last.
struct Note {
    name: String,
    /// Once it is there, and how long it is.
    file: Option<(File, usize)>,
    unnoted: u64,
    /// Since when something is not noted.
    since: Instant,
}

impl Part {
    /// Opens the part `file` of that name with what its control file proves.
    pub(super) fn open(folder: &Arc<Folder>, name: &str, file: File) -> io::Result<Self> {
        let mut part = Self {
            folder: folder.clone(),
            control: format!("{name}{CONTROL_SUFFIX}"),
            file: Arc::new(file),
            version: Version::default(),
            spans: Vec::new(),
            unsaved: 0,
            saved_at: Instant::now(),
            saving: None,
            note: Note {
                name: format!("{name}{NOTE_SUFFIX}"),
                file: None,
                unnoted: 0,
                since: Instant::now(),
            },
        };
        let (saved, noted) = (part.read_control(&part.control)?, part.read_control(&part.note.name)?);
        // One of another version is of what was thrown away.
        let is_same = |note: &Control| {
            saved.as_ref().is_none_or(|saved| saved.version.difference(&note.version).is_none())
        };
        let noted = noted.filter(is_same);
        if let Some(newest) = noted.as_ref().or(saved.as_ref()) {
            part.version = newest.version.clone();
        }
        let mut told: BTreeMap<u64, Vec<(u64, [u8; 32])>> = BTreeMap::new();
        for (place, hash) in saved.iter().chain(&noted).flat_map(|control| &control.spans) {
            told.entry(place.start).or_default().push((place.end, *hash));
        }
        let proved = |(start, mut ends): (u64, Vec<(u64, [u8; 32])>)| {
            ends.sort_unstable();
            proved(&part.file, start, &ends)
        };
        part.spans = told.into_iter().filter_map(proved).collect();
        if part.spans.is_empty() {
            part.reset()?;
        }
        Ok(part)
    }

    fn read_control(&self, name: &str) -> io::Result<Option<Control>> {
        let Some(file) = self.folder.find(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(MAX_CONTROL_BYTES).read_to_end(&mut bytes)?;
        Ok(Control::read(&bytes))
    }

    /// Throws away what came.
    pub(super) fn reset(&mut self) -> io::Result<()> {
        self.wait_for_save()?;
        self.folder.remove(&self.control)?;
        self.forget_note()?;
        self.file.set_len(0)?;
        (self.version, self.spans, self.unsaved) = (Version::default(), Vec::new(), 0);
        Ok(())
    }

    /// What it is a version of, once something of it came.
    pub(super) fn version(&self) -> Option<&Version> {
        (!self.spans.is_empty()).then_some(&self.version)
    }

    /// What it is a version of is known now.
    pub(super) fn set_version(&mut self, version: Version) {
        self.version = version;
    }

    /// How much came.
    pub(super) fn bytes(&self) -> u64 {
        self.spans.iter().map(|span| span.place.end - span.place.start).sum()
    }

    /// Whether everything came.
    pub(super) fn is_whole(&self) -> bool {
        self.version.bytes.is_some_and(|total| self.gaps(total).is_empty())
    }

    /// What is missing of `total` bytes.
    pub(super) fn gaps(&self, total: u64) -> Vec<Range<u64>> {
        let (mut gaps, mut at) = (Vec::new(), 0);
        for Span { place, .. } in &self.spans {
            if at < place.start {
                gaps.push(at..place.start.min(total));
            }
            at = at.max(place.end);
        }
        if at < total {
            gaps.push(at..total);
        }
        gaps
    }

    /// Where the first byte is missing.
    pub(super) fn end_of_beginning(&self) -> u64 {
        self.spans
            .iter()
            .fold(0, |end, span| if span.place.start <= end { end.max(span.place.end) } else { end })
    }

    /// How many bytes lie together before `at`.
    pub(super) fn run_before(&self, at: u64) -> u64 {
        let run = self.spans.iter().find(|span| span.place.end == at);
        run.map_or(0, |span| span.place.end - span.place.start)
    }

    /// Whether the part has these bytes at `at`.
    pub(super) fn holds(&self, at: u64, bytes: &[u8]) -> io::Result<bool> {
        let mut here = vec![0; bytes.len()];
        self.file.read_exact_at(&mut here, at)?;
        Ok(here == bytes)
    }

    /// Writes what came for place `at`, behind what is there already.
    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, at)?;
        let end = at + bytes.len() as u64;
        let index = self.spans.iter().position(|span| span.place.end == at).unwrap_or_else(|| {
            let index = self.spans.partition_point(|span| span.place.start < at);
            self.spans.insert(index, Span { place: at..at, hash: Sha256::new() });
            index
        });
        if let Some(span) = self.spans.get_mut(index) {
            span.hash.update(bytes);
            span.place.end = end;
        }
        self.unsaved += bytes.len() as u64;
        if self.note.unnoted == 0 {
            self.note.since = Instant::now();
        }
        self.note.unnoted += bytes.len() as u64;
        Ok(())
    }

    fn snapshot(&self) -> Control {
        let of = |span: &Span| (span.place.clone(), span.hash.clone().finalize().into());
        Control { version: self.version.clone(), spans: self.spans.iter().map(of).collect() }
    }

    /// Notes what came, where enough did or long enough ago.
    pub(super) fn note_if_due(&mut self) -> io::Result<()> {
        let enough = NOTE_BYTES + NOTE_BYTES_A_SPAN * self.spans.len() as u64;
        if self.note.unnoted >= enough || self.note.unnoted > 0 && self.note.since.elapsed() >= NOTE_TIME {
            return self.write_note();
        }
        Ok(())
    }

    /// Notes what came. The note is overwritten where it stands, so a kill leaves it whole; it is not waited for the disk.
    pub(super) fn write_note(&mut self) -> io::Result<()> {
        if self.note.unnoted == 0 {
            return Ok(());
        }
        let (file, before) = match self.note.file.take() {
            Some(there) => there,
            None => (self.folder.create_anew(&self.note.name)?, 0),
        };
        let bytes = self.snapshot().to_bytes_of(before);
        file.write_all_at(&bytes, 0)?;
        self.note.file = Some((file, bytes.len()));
        self.note.unnoted = 0;
        Ok(())
    }

    /// Notes that everything came, where something was noted before.
    pub(super) fn note_whole(&mut self) -> io::Result<()> {
        if self.note.file.is_some() { self.write_note() } else { Ok(()) }
    }

    fn forget_note(&mut self) -> io::Result<()> {
        (self.note.file, self.note.unnoted) = (None, 0);
        self.folder.remove(&self.note.name)
    }

    /// Begins to make safe what came, where enough did or long enough ago and nothing is being made safe already; another
    /// thread does it. Whether one was begun.
    pub(super) fn save_if_due(&mut self, threads: &Handle) -> io::Result<bool> {
        let is_due = self.unsaved >= SAVE_BYTES || self.unsaved > 0 && self.saved_at.elapsed() >= SAVE_TIME;
        if !is_due {
            return Ok(false);
        }
        if let Some(saving) = self.saving.take() {
            match saving.try_recv() {
                Ok(saved) => saved?,
                Err(TryRecvError::Empty) => {
                    self.saving = Some(saving);
                    return Ok(false);
                }
                Err(TryRecvError::Disconnected) => return Err(io::Error::other("saving was given up")),
            }
        }
        let (file, folder) = (self.file.clone(), self.folder.clone());
        let (control, bytes) = (self.control.clone(), self.snapshot().to_bytes());
        let (tell, told) = channel();
        threads.spawn_blocking(move || {
            let saved = file.sync_data().and_then(|()| folder.write(&control, &bytes));
            // The lock goes with it.
            drop(file);
            let _ = tell.send(saved);
        });
        self.saving = Some(told);
        (self.unsaved, self.saved_at) = (0, Instant::now());
        Ok(true)
    }

    /// Makes everything safe that came.
    pub(super) fn save(&mut self) -> io::Result<()> {
        self.wait_for_save()?;
        if self.spans.is_empty() {
            return Ok(());
        }
        self.file.sync_data()?;
        (self.unsaved, self.saved_at) = (0, Instant::now());
        self.folder.write(&self.control, &self.snapshot().to_bytes())?;
        self.forget_note()
    }

    /// Waits until what was begun to be made safe is.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        self.wait_for_save()
    }

    fn wait_for_save(&mut self) -> io::Result<()> {
        let Some(saving) = self.saving.take() else { return Ok(()) };
        saving.recv().unwrap_or_else(|_| Err(io::Error::other("saving was given up")))
    }

    /// SHA-256 of its bytes from the first to the last, as they were when they came or when they were read again.
    pub(super) fn sha256(&self) -> io::Result<[u8; 32]> {
        let end = self.end_of_beginning();
        match self.spans.as_slice() {
            [one] if one.place == (0..end) => Ok(one.hash.clone().finalize().into()),
            _ => hashed(&self.file, &(0..end)).map(|hash| hash.finalize().into()),
        }
    }

    /// Copies its bytes from the first to the last.
    pub(super) fn copy_to(&self, out: &mut File) -> io::Result<()> {
        let mut from = &*self.file;
        io::Seek::seek(&mut from, io::SeekFrom::Start(0))?;
        let end = self.end_of_beginning();
        let copied = io::copy(&mut io::Read::take(from, end), out)?;
        if copied == end { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// The whole file, with nothing behind its last byte.
    pub(super) fn whole(&self) -> io::Result<File> {
        let end = self.end_of_beginning();
        if self.file.metadata()?.len() > end {
            self.file.set_len(end)?;
        }
        self.file.try_clone()
    }

    /// Its bytes, to be read while they come.
    pub(super) fn bytes_here(&self) -> Arc<File> {
        self.file.clone()
    }
}

/// The longest of some stretches from `start` on, told by their ends in order, whose bytes are as their hash says.
fn proved(file: &File, start: u64, ends: &[(u64, [u8; 32])]) -> Option<Span> {
    let (mut hash, mut at, mut proved) = (Sha256::new(), start, None);
    for (end, told) in ends {
        if hash_on(file, &mut hash, &(at..*end)).is_err() {
            break;
        }
        at = *end;
        if <[u8; 32]>::from(hash.clone().finalize()) == *told {
            proved = Some(Span { place: start..at, hash: hash.clone() });
        }
    }
    proved
}

fn hashed(file: &File, place: &Range<u64>) -> io::Result<Sha256> {
    let mut hash = Sha256::new();
    hash_on(file, &mut hash, place)?;
    Ok(hash)
}

fn hash_on(file: &File, hash: &mut Sha256, place: &Range<u64>) -> io::Result<()> {
    let (mut at, mut buffer) = (place.start, vec![0; READ_BYTES]);
    while at < place.end {
        let count = usize::try_from(place.end - at).unwrap_or(READ_BYTES).min(READ_BYTES);
        file.read_exact_at(&mut buffer[..count], at)?;
        hash.update(&buffer[..count]);
        at += count as u64;
    }
    Ok(())
}

impl Drop for Part {
    /// The lock goes with the last hold of the file, which is the other thread's as long as it is busy.
    fn drop(&mut self) {
        // Whoever wanted to know asked before.
        let _ = self.wait_for_save();
    }
}
