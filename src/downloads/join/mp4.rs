//! Writes one track of sound as an MP4 file (ISO/IEC 14496-12): the samples as they come, then the tables that say
//! where they are. The one shape that is written takes fewer lines than a crate for all shapes would to be fed
//! (mp4-atom 0.10 was weighed: it holds whole files as values, and its own tables had to be filled sample by sample
//! all the same).

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;

/// Samples that lie together in one chunk.
const CHUNK_SAMPLES: u32 = 64;

/// Bytes of the head of `mdat`, with its long length.
const MDAT_HEAD: u64 = 16;

/// Brands: what ISO players, and those that look for sound alone, go by.
const FTYP: &[u8] = b"M4A \0\0\x02\0isomiso2mp41M4A ";

/// What samples are samples of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Track {
    /// Units a second.
    pub timescale: u32,
    /// The whole `stsd` box.
    pub stsd: Vec<u8>,
    /// What is to be heard of it: from which unit on, and how many units where that is known. Without, all of it.
    pub edit: Option<(u64, Option<u64>)>,
}

/// A file that is being written.
pub(super) struct Writer<'a> {
    out: BufWriter<&'a mut File>,
    mdat: u64,
    at: u64,
    sizes: Vec<u32>,
    /// How many samples in a row last how long.
    durations: Vec<(u32, u32)>,
    total: u64,
    chunks: Vec<u64>,
}

impl<'a> Writer<'a> {
    /// Begins in an empty file.
    pub(super) fn new(out: &'a mut File) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(256 << 10, out);
        let head = boxed(*b"ftyp", &[FTYP]);
        out.write_all(&head)?;
        let mdat = head.len() as u64;
        out.write_all(&[0, 0, 0, 1])?;
        out.write_all(b"mdat")?;
        out.write_all(&[0; 8])?;
        let (sizes, durations, chunks) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { out, mdat, at: mdat + MDAT_HEAD, sizes, durations, total: 0, chunks })
    }

    /// Adds a sample.
    pub(super) fn sample(&mut self, bytes: &[u8], duration: u32) -> io::Result<()> {
        if self.sizes.len().is_multiple_of(CHUNK_SAMPLES as usize) {
            self.chunks.push(self.at);
        }
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        self.sizes.push(u32::try_from(bytes.len()).map_err(io::Error::other)?);
        self.total += u64::from(duration);
        match self.durations.last_mut() {
            Some((count, same)) if *same == duration => *count += 1,
            _ => self.durations.push((1, duration)),
        }
        Ok(())
    }

    /// Bytes of all samples, and units that they last.
    pub(super) fn so_far(&self) -> (u64, u64) {
        (self.at - self.mdat - MDAT_HEAD, self.total)
    }

    /// Writes the tables.
    pub(super) fn finish(mut self, track: &Track) -> io::Result<()> {
        let moov = self.moov(track);
        self.out.write_all(&moov)?;
        self.out.flush()?;
        let length = (self.at - self.mdat).to_be_bytes();
        self.out.get_ref().write_all_at(&length, self.mdat + 8)
    }

    fn moov(&self, track: &Track) -> Vec<u8> {
        let heard = match track.edit {
            Some((from, wanted)) => {
                let most = self.total.saturating_sub(from);
                wanted.filter(|wanted| *wanted > 0).map_or(most, |wanted| wanted.min(most))
            }
            None => self.total,
        };
        let rate = 0x0001_0000_u32.to_be_bytes();
        let matrix: Vec<u8> = [0x0001_0000_u32, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000]
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        let scale = track.timescale.to_be_bytes();
        let mvhd =
            timed(*b"mvhd", 0, &scale, heard, &[&rate, &[1, 0], &[0; 10], &matrix, &[0; 24], &[0, 0, 0, 2]]);
        // Number 1, then nothing where the timescale stands in other headers.
        let number = [0, 0, 0, 1, 0, 0, 0, 0];
        let tail: [&[u8]; 4] = [&[0; 12], &[1, 0, 0, 0], &matrix, &[0; 8]];
        let tkhd = timed(*b"tkhd", 7, &number, heard, &tail);
        let edts = track.edit.map_or_else(Vec::new, |(from, _)| {
            let entry: [&[u8]; 5] =
                [&[1, 0, 0, 0, 0, 0, 0, 1], &heard.to_be_bytes(), &from.to_be_bytes(), &rate, &[]];
            boxed(*b"edts", &[&boxed(*b"elst", &entry)])
        });
        // In no language ("und").
        let mdhd = timed(*b"mdhd", 0, &scale, self.total, &[&[0x55, 0xc4, 0, 0]]);
        let hdlr = boxed(*b"hdlr", &[&[0; 8], b"soun", &[0; 12], b"sound\0"]);
        let smhd = boxed(*b"smhd", &[&[0; 8]]);
        let here = boxed(*b"url ", &[&[0, 0, 0, 1]]);
        let dinf = boxed(*b"dinf", &[&boxed(*b"dref", &[&[0; 4], &[0, 0, 0, 1], &here])]);
        let minf = boxed(*b"minf", &[&smhd, &dinf, &self.stbl(track)]);
        let mdia = boxed(*b"mdia", &[&mdhd, &hdlr, &minf]);
        boxed(*b"moov", &[&mvhd, &boxed(*b"trak", &[&tkhd, &edts, &mdia])])
    }

    fn stbl(&self, track: &Track) -> Vec<u8> {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let stts = table(*b"stts", self.durations.iter().map(|(count, each)| [*count, *each]));
        let samples = count(self.sizes.len());
        let (chunks, left) = (count(self.chunks.len()), samples % CHUNK_SAMPLES);
        // Each entry holds from its chunk on: number of chunk, samples in each, kind of sample.
        let mut runs = vec![[1, CHUNK_SAMPLES, 1]];
        if left > 0 {
            runs.retain(|_| chunks > 1);
            runs.push([chunks, left, 1]);
        }
        let stsc = table(*b"stsc", runs.into_iter());
        let sizes: Vec<u8> = self.sizes.iter().flat_map(|size| size.to_be_bytes()).collect();
        let stsz = boxed(*b"stsz", &[&[0; 8], &samples.to_be_bytes(), &sizes]);
        let places = if u32::try_from(self.at).is_ok() {
            table(*b"stco", self.chunks.iter().map(|at| [u32::try_from(*at).unwrap_or(u32::MAX)]))
        } else {
            let places: Vec<u8> = self.chunks.iter().flat_map(|at| at.to_be_bytes()).collect();
            boxed(*b"co64", &[&[0; 4], &chunks.to_be_bytes(), &places])
        };
        boxed(*b"stbl", &[&track.stsd, &stts, &stsc, &stsz, &places])
    }
}

/// A box of that content.
pub(super) fn boxed(name: [u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), &name, &content].concat()
}

/// A header with times: none of when it was made, a scale or number, a duration (long where it has to be), the rest.
fn timed(name: [u8; 4], flags: u8, scale: &[u8], duration: u64, rest: &[&[u8]]) -> Vec<u8> {
    let rest = rest.concat();
    match u32::try_from(duration) {
        Ok(short) => boxed(name, &[&[0, 0, 0, flags], &[0; 8], scale, &short.to_be_bytes(), &rest]),
        Err(_) => boxed(name, &[&[1, 0, 0, flags], &[0; 16], scale, &duration.to_be_bytes(), &rest]),
    }
}

/// A box with a count of rows and the rows.
fn table<const N: usize>(name: [u8; 4], rows: impl Iterator<Item = [u32; N]>) -> Vec<u8> {
    let rows: Vec<[u32; N]> = rows.collect();
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX).to_be_bytes();
    let numbers: Vec<u8> = rows.iter().flatten().flat_map(|number| number.to_be_bytes()).collect();
    boxed(name, &[&[0; 4], &count, &numbers])
}
