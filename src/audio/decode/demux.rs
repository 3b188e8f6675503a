//! Finds the container: refuses what is no sound by its first bytes, then asks every demuxer.

use symphonia::core::errors::Error;
use symphonia::core::formats::probe::{Hint, Probe};
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::mp4_edit::{self, Edit};
use super::part::guard;
use super::source::Source;
use super::{codecs, sniff};
use crate::audio::error::DecodeError;

/// A demuxer that has read the container's head, and whether it can only read forward: some
/// demuxers look at the end of what they can seek in, and refuse a file whose end is missing.
pub(super) fn open(
    source: &Source,
    forward_only: bool,
) -> Result<(Box<dyn FormatReader>, bool), DecodeError> {
    sniff::refuse_what_is_no_sound(&source.peek(sniff::WANTED)?)?;
    if !forward_only {
        match probe(source.restart(), source) {
            Err(DecodeError::Damaged(_)) if source.is_seekable() => {}
            outcome => return Ok((outcome?, false)),
        }
    }
    Ok((probe(source.restart_forward_only(), source)?, true))
}

pub(super) fn probe(bytes: Source, source: &Source) -> Result<Box<dyn FormatReader>, DecodeError> {
    if bytes.is_seekable() && source.is_here() {
        match probe_for(&codecs::FORMATS_AND_TAILS, bytes, source) {
            // Sound whose end cannot be read has a beginning.
            Err(DecodeError::Stream(_) | DecodeError::Read(_)) => {}
            outcome => return outcome,
        }
        return probe_for(&codecs::FORMATS, source.restart(), source);
    }
    probe_for(&codecs::FORMATS, bytes, source)
}

fn probe_for(formats: &Probe, bytes: Source, source: &Source) -> Result<Box<dyn FormatReader>, DecodeError> {
    let bytes = MediaSourceStream::new(Box::new(bytes), MediaSourceStreamOptions::default());
    let outcome =
        guard(|| formats.probe(&Hint::new(), bytes, FormatOptions::default(), MetadataOptions::default()))?;
    if let Some(failure) = source.take_failure() {
        return Err(failure);
    }
    outcome.map_err(|error| match error {
        Error::Unsupported(reason) if reason.contains("probe") => {
            DecodeError::Unrecognised("nothing in it looks like music")
        }
        Error::Unsupported(reason) if reason.contains("missing moov") && source.is_seekable() => {
            DecodeError::Damaged("its index is missing, so it was cut off".to_owned())
        }
        Error::Unsupported(reason) if reason.contains("missing moov") => DecodeError::Unsupported(
            "its index comes last, and this stream can only be read forward".to_owned(),
        ),
        Error::Unsupported(reason) => DecodeError::Unsupported(reason.to_owned()),
        Error::IoError(_) => DecodeError::Damaged("it ends within its first bytes".to_owned()),
        other => DecodeError::Damaged(other.to_string()),
    })
}

/// Most boxes looked at before the movie header.
const MAX_BOXES: usize = 64;

/// What an MP4 file says about delay and padding; nothing for other files. A file whose movie header
/// comes last and that only goes forward cannot be played at all, so nothing is lost there.
pub(super) fn mp4_edits(source: &Source) -> Result<Vec<Edit>, DecodeError> {
    if source.peek(8)?.get(4..) != Some(b"ftyp") {
        return Ok(Vec::new());
    }
    let mut start = 0_u64;
    for _ in 0..MAX_BOXES {
        let Some(head) = mp4_edit::box_head(&source.window(start, 16)?) else { break };
        match (&head.kind, head.size) {
            (b"moov", size) => {
                let content =
                    size.map_or(mp4_edit::MAX_MOOV, |size| size - head.head).min(mp4_edit::MAX_MOOV);
                return Ok(mp4_edit::edits(&source.window(start + head.head, content)?));
            }
            (b"mdat", _) if !source.is_seekable() => break,
            (_, Some(size)) => start = start.saturating_add(size),
            (_, None) => break,
        }
    }
    Ok(Vec::new())
}
