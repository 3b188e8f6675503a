//! The pieces of a list become one file, without decoding anything: AAC in ADTS and fragments of MP4 become M4A,
//! MPEG audio stays what it is. Where the format changes in the middle there is no such file, and it says so.

mod aac;
mod fragment;
mod mp4;

use std::fs::File;
use std::io::{self, Write as _};

use crate::stream::StreamError;
use crate::stream::keep::{List, Sound, Unpacking};

use aac::Config;
use fragment::Section;
use mp4::Writer;

use super::spool::Spool;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(super) enum JoinError {
    /// One of the pieces is not what it should be.
    #[error(transparent)]
    Piece(#[from] StreamError),
    /// What they are cannot be one file.
    #[error("it cannot be joined to one file: {0}")]
    Refused(&'static str),
    /// The disk does not want to.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

const CHANGES: JoinError = JoinError::Refused("its format changes in the middle");

/// Writes all pieces, which have to be there, as one file into `out`, which has to be empty. The extension that
/// it should get.
pub(super) fn join(list: &List, spool: &Spool, out: &mut File) -> Result<&'static str, JoinError> {
    let mut unpacking = list.unpack();
    let Some(first) = next(&mut unpacking, spool)? else {
        return Err(JoinError::Refused("it has no pieces"));
    };
    match first {
        Next { sound: Sound::Adts(bytes), .. } => adts(bytes, unpacking, spool, out).map(|()| "m4a"),
        Next { sound: Sound::Mpeg(bytes), .. } => mpeg(&bytes, unpacking, spool, out).map(|()| "mp3"),
        Next { sound: Sound::Mp4(bytes), section } => {
            mp4(&section, &bytes, unpacking, spool, out).map(|()| "m4a")
        }
    }
}

/// The sound of a segment, and its initialisation section.
struct Next {
    sound: Sound,
    section: Vec<u8>,
}

fn next(unpacking: &mut Unpacking<'_>, spool: &Spool) -> Result<Option<Next>, JoinError> {
    let Some((section, segment)) = unpacking.wants() else { return Ok(None) };
    let section = section.map_or_else(|| Ok(Vec::new()), |piece| spool.read(piece))?;
    let sound = unpacking.next(&section, spool.read(segment)?)?;
    Ok(Some(Next { sound, section }))
}

fn adts(
    mut bytes: Vec<u8>,
    mut unpacking: Unpacking<'_>,
    spool: &Spool,
    out: &mut File,
) -> Result<(), JoinError> {
    let mut writer = Writer::new(out)?;
    let mut config: Option<Config> = None;
    loop {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let Some(frame) = aac::frame(rest).map_err(JoinError::Refused)? else {
                if rest.len() < 7 {
                    break;
                }
                // Whatever stands between frames is no sound.
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            let Some((whole, behind)) = rest.split_at_checked(frame.bytes) else { break };
            if *config.get_or_insert(frame.config) != frame.config {
                return Err(CHANGES);
            }
            writer.sample(whole.get(frame.header..).unwrap_or_default(), aac::FRAME_SAMPLES)?;
            rest = behind;
        }
        // A frame may go on in the next segment.
        let left = rest.to_vec();
        let Some(Next { sound, .. }) = next(&mut unpacking, spool)? else { break };
        let Sound::Adts(more) = sound else { return Err(CHANGES) };
        bytes = if unpacking.was_cut() { more } else { [left, more].concat() };
    }
    let (bytes, units) = writer.so_far();
    let config = config.ok_or(JoinError::Refused("it holds no whole frame of sound"))?;
    Ok(writer.finish(&config.track(bytes, units))?)
}

fn mpeg(bytes: &[u8], mut unpacking: Unpacking<'_>, spool: &Spool, out: &mut File) -> Result<(), JoinError> {
    out.write_all(bytes)?;
    while let Some(Next { sound, .. }) = next(&mut unpacking, spool)? {
        let Sound::Mpeg(bytes) = sound else { return Err(CHANGES) };
        out.write_all(&bytes)?;
    }
    Ok(())
}

fn mp4(
    section: &[u8],
    bytes: &[u8],
    mut unpacking: Unpacking<'_>,
    spool: &Spool,
    out: &mut File,
) -> Result<(), JoinError> {
    let mut writer = Writer::new(out)?;
    let first = section_of(section, bytes)?;
    let mut write = |section: &Section, bytes: &[u8]| -> Result<(), JoinError> {
        let written = section.samples(bytes, |sample, duration| writer.sample(sample, duration));
        Ok(written.map_err(JoinError::Refused)??)
    };
    write(&first, bytes)?;
    while let Some(Next { sound, section }) = next(&mut unpacking, spool)? {
        let Sound::Mp4(bytes) = sound else { return Err(CHANGES) };
        let now = section_of(&section, &bytes)?;
        if (now.track.timescale, &now.track.stsd) != (first.track.timescale, &first.track.stsd) {
            return Err(CHANGES);
        }
        write(&now, &bytes)?;
    }
    Ok(writer.finish(&first.track)?)
}

/// Segments may bring their own.
fn section_of(section: &[u8], bytes: &[u8]) -> Result<Section, JoinError> {
    let bytes = if section.is_empty() { bytes } else { section };
    Section::read(bytes).map_err(JoinError::Refused)
}
