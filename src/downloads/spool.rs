//! The part of music that comes in pieces: a journal to which each whole piece is added as it comes, in any order,
//! with its hash. What a kill or a failing disk left half at its end is cut off when it is opened again.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

/// How every spool begins; behind it stands the hash of what it is a spool of.
const MAGIC: &[u8; 8] = b"SEGSPL01";

/// Bytes before the first piece.
const HEADER_BYTES: u64 = 8 + 32;

/// Bytes before each piece: number, length, hash.
const RECORD_BYTES: usize = 4 + 8 + 32;

/// Longest piece that is believed.
const MAX_PIECE_BYTES: u64 = 1 << 30;

/// So many bytes are at most written before they are made safe from a power cut; from a kill they are once they are written.
const SAVE_BYTES: u64 = 16 << 20;

/// So long bytes are at most kept before they are.
const SAVE_TIME: Duration = Duration::from_secs(5);

/// A spool that is open.
pub(super) struct Spool {
    file: File,
    /// Place and length of each piece that is here.
    pieces: HashMap<usize, (u64, u64)>,
    end: u64,
    unsaved: u64,
    saved_at: Instant,
}

impl Spool {
    /// Opens `file` as spool of what has that identity, with the whole pieces that it holds; anything else in it
    /// is thrown away.
    pub(super) fn open(file: File, identity: &str) -> io::Result<Self> {
        let identity: [u8; 32] = Sha256::digest(identity.as_bytes()).into();
        let mut spool =
            Self { file, pieces: HashMap::new(), end: HEADER_BYTES, unsaved: 0, saved_at: Instant::now() };
        let mut header = [0; 40];
        let is_here = spool.file.read_exact_at(&mut header, 0).is_ok();
        if is_here && header.starts_with(MAGIC) && header.ends_with(&identity) {
            spool.read_pieces()?;
            spool.file.set_len(spool.end)?;
        } else {
            spool.file.set_len(0)?;
            spool.file.write_all_at(&[MAGIC.as_slice(), &identity].concat(), 0)?;
        }
        Ok(spool)
    }

    /// Whether `file` is a spool of anything.
    pub(super) fn is_one(file: &File) -> bool {
        let mut magic = [0; 8];
        file.read_exact_at(&mut magic, 0).is_ok() && magic == *MAGIC
    }

    fn read_pieces(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        while let Some((number, piece)) = self.read_piece(self.end, length)? {
            let start = self.end + RECORD_BYTES as u64;
            self.pieces.insert(number, (start, piece));
            self.end = start + piece;
        }
        Ok(())
    }

    /// Number and length of the piece whose record is at `at`, if it is as it was written.
    fn read_piece(&self, at: u64, length: u64) -> io::Result<Option<(usize, u64)>> {
        let mut record = [0; RECORD_BYTES];
        if length.saturating_sub(at) < RECORD_BYTES as u64 {
            return Ok(None);
        }
        self.file.read_exact_at(&mut record, at)?;
        let [a, b, c, d, sizes @ ..] = record;
        let Some((size, hash)) = sizes.split_first_chunk::<8>() else { return Ok(None) };
        let (number, size) = (u32::from_be_bytes([a, b, c, d]), u64::from_be_bytes(*size));
        let start = at + RECORD_BYTES as u64;
        if size > MAX_PIECE_BYTES || length - start < size {
            return Ok(None);
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok((hash_of(number, &bytes) == *hash).then_some((number as usize, size)))
    }

    /// Whether a piece is here.
    pub(super) fn has(&self, piece: usize) -> bool {
        self.pieces.contains_key(&piece)
    }

    /// How many pieces are here.
    pub(super) fn count(&self) -> usize {
        self.pieces.len()
    }

    /// Bytes of all pieces.
    pub(super) fn bytes(&self) -> u64 {
        self.pieces.values().map(|(_, length)| length).sum()
    }

    /// Adds a piece.
    pub(super) fn add(&mut self, piece: usize, bytes: &[u8]) -> io::Result<()> {
        let number = u32::try_from(piece).map_err(io::Error::other)?;
        let mut record = Vec::with_capacity(RECORD_BYTES + bytes.len());
        record.extend_from_slice(&number.to_be_bytes());
        record.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        record.extend_from_slice(&hash_of(number, bytes));
        record.extend_from_slice(bytes);
        self.file.write_all_at(&record, self.end)?;
        self.pieces.insert(piece, (self.end + RECORD_BYTES as u64, bytes.len() as u64));
        self.end += record.len() as u64;
        self.unsaved += record.len() as u64;
        if self.unsaved >= SAVE_BYTES || self.saved_at.elapsed() >= SAVE_TIME {
            self.save()?;
        }
        Ok(())
    }

    /// A piece that is here.
    pub(super) fn read(&self, piece: usize) -> io::Result<Vec<u8>> {
        let (start, length) = self.pieces.get(&piece).copied().unwrap_or_default();
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes)
    }

    /// Makes everything safe that came.
    pub(super) fn save(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        (self.unsaved, self.saved_at) = (0, Instant::now());
        Ok(())
    }
}

fn hash_of(number: u32, bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(number.to_be_bytes());
    hash.update(bytes);
    hash.finalize().into()
}
