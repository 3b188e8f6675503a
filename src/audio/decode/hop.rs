//! Playlists that are damaged in places: what cannot be decoded costs its segment, and is said. Files have no such
//! places to go on from.

use std::time::Duration;

use crate::audio::error::DecodeError;
use crate::stream::Media;

use super::Reader;
use super::part::PartDecoder;

/// Stretches left out one after the other that end the playing.
const MOST_LEFT_OUT: u8 = 5;

/// By how much a list may be wrong about the length of what is in it, at least; and the share of it.
const INEXACT: Duration = Duration::from_secs(2);
const INEXACT_SHARE: u32 = 50;

/// The first part that can be opened.
pub(super) fn first_part(media: &mut dyn Media, start: Duration) -> Result<PartDecoder, DecodeError> {
    let empty = || DecodeError::Unrecognised("it is empty");
    let (mut part, mut left_out) = (media.next_part()?.ok_or_else(empty)?, 0);
    loop {
        let at = part.starts_at;
        let error = match PartDecoder::open(part) {
            Err(error @ DecodeError::Unsupported(_)) => {
                if !media.change_variant(start)? {
                    return Err(error);
                }
                part = media.next_part()?.ok_or_else(empty)?;
                continue;
            }
            Err(error) if media.seeks_by_part() && left_out < MOST_LEFT_OUT && error.is_of_a_stretch() => {
                error
            }
            opened => return opened,
        };
        left_out += 1;
        let Some(next) = media.next_segment()? else { return Err(error) };
        media.tell_damage(at.max(start), &error.to_string());
        part = next;
    }
}

impl Reader {
    /// Goes on behind what could not be decoded at `place`; `false` when nothing comes any more. Gives the error back where
    /// there is no going on.
    pub(super) fn hop(
        &mut self,
        mut error: DecodeError,
        place: Duration,
        wanted: Duration,
    ) -> Result<bool, DecodeError> {
        loop {
            if !self.media.seeks_by_part() || self.left_out >= MOST_LEFT_OUT || !error.is_of_a_stretch() {
                return Err(error);
            }
            self.left_out += 1;
            self.media.tell_damage(place, &error.to_string());
            error = match self.next_behind(&error, wanted) {
                Err(error) => error,
                found => return found,
            };
        }
    }

    fn next_behind(&mut self, error: &DecodeError, wanted: Duration) -> Result<bool, DecodeError> {
        let mut next = self.media.next_segment()?;
        if matches!(error, DecodeError::Unsupported(_)) {
            // What follows without a break is of the same kind.
            while next.as_ref().is_some_and(|part| part.bytes.continues()) {
                next = self.media.next_part()?;
            }
        }
        match next {
            Some(part) => self.begin(part, wanted),
            None => Ok(false),
        }
    }

    /// Where in the track decoding is.
    pub(super) fn place(&self) -> Duration {
        self.part.starts_at().saturating_add(self.part.end_of_run())
    }

    /// Tells of a track that ended well before it should have.
    pub(super) fn check_complete(&mut self) -> Result<(), DecodeError> {
        if !self.media.seeks_by_part() {
            return self.part.check_complete();
        }
        let place = self.place();
        let Some(length) = self.media.length().filter(|_| self.left_out == 0) else { return Ok(()) };
        let inexact = INEXACT.max(length / INEXACT_SHARE);
        if self.part.has_place() && place.saturating_add(inexact) < length {
            let (got, expected) = (place, Some(length));
            let early = DecodeError::EndedEarly { got, expected };
            self.media.tell_damage(place, &early.to_string());
            self.left_out = 1;
        }
        Ok(())
    }
}

impl DecodeError {
    /// Whether it is of the bytes that were to be decoded, so that others may be well.
    fn is_of_a_stretch(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::Unrecognised(_) | Self::Unsupported(_))
    }
}
