//! Finding a place in a part: the demuxer goes near it, and what lies before it is decoded and dropped.

use std::time::Duration;

use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::well_known::{FORMAT_ID_MKV, FORMAT_ID_MP3};
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::io::MediaSource;
use symphonia::core::units::Timestamp;

use super::{Mp3Map, PartDecoder, clock, codecs, demux, guard};
use crate::audio::error::DecodeError;

impl PartDecoder {
    /// Moves so that the next run begins at `to`, counted from the beginning of the part.
    pub(in crate::audio::decode) fn seek(&mut self, to: Duration) -> Result<(), DecodeError> {
        if !self.source.is_seekable() {
            return self.seek_forward(to);
        }
        self.run.samples.clear();
        if !self.chained.is_zero() {
            self.reopen()?;
        }
        if self.length().is_some_and(|length| to >= length) {
            self.end();
            return Ok(());
        }
        if self.jump(to)? {
            self.from = to;
            return Ok(());
        }
        // The MP4 demuxer does not find back from the end of a file, nor from a seek that failed.
        if self.ended || self.shift != 0 || self.seek_demuxer(to)? == Sought::Lost {
            self.reopen()?;
            if self.demuxer_finds_places() && self.seek_demuxer(to)? == Sought::Lost {
                self.reopen()?;
            }
        }
        self.from = to;
        Ok(())
    }

    fn seek_forward(&mut self, to: Duration) -> Result<(), DecodeError> {
        let place = clock::time_to_frames(to, self.run.rate);
        if place < self.run.at {
            return Err(DecodeError::ForwardOnly);
        }
        self.run.drop_before(place);
        self.from = to;
        Ok(())
    }

    /// Goes back to the beginning with a fresh demuxer and decoder.
    pub(super) fn reopen(&mut self) -> Result<(), DecodeError> {
        let errors_skipped = self.errors_skipped;
        let (map, coarse) = (std::mem::take(&mut self.map), self.coarse);
        *self = Self::open_source(self.source.restart(), self.starts_at, self.forward_only)?;
        (self.errors_skipped, self.map, self.coarse) = (errors_skipped, map, coarse);
        Ok(())
    }

    /// Begins anew near `to` in an MP3 file of constant bit rate; `false` for others.
    fn jump(&mut self, to: Duration) -> Result<bool, DecodeError> {
        if self.demuxer.format_info().format != FORMAT_ID_MP3 {
            return Ok(false);
        }
        if self.map.get().is_none() {
            self.map = Mp3Map::read(&self.source)?.into();
        }
        // Where a tag does not tell the delay, the demuxer knows better what is the first frame.
        let map =
            self.map.get().and_then(Option::as_ref).filter(|map| map.is_bare != self.track.trusts_length);
        let Some(&map) = map else { return Ok(false) };
        let ticks = self.track.tick_to_start_from(to).saturating_sub(self.track.first_tick);
        let packet = map.packet_of(u64::try_from(ticks).unwrap_or(0));
        let Some(start) = map.find(packet, &self.source)? else { return Ok(false) };
        self.demuxer = match demux::probe(self.source.restart_at(start), &self.source) {
            Ok(demuxer) => demuxer,
            Err(error @ (DecodeError::Stream(_) | DecodeError::Read(_))) => return Err(error),
            Err(_) => return Ok(false),
        };
        self.shift = self.track.first_tick.saturating_add_unsigned(map.frame_of(packet));
        self.ended = false;
        self.begin_afresh();
        Ok(true)
    }

    fn begin_afresh(&mut self) {
        self.decoder.reset();
        self.expected = None;
        self.errors_in_a_row = 0;
    }

    fn demuxer_finds_places(&self) -> bool {
        // Seeking in Matroska lands behind the place that is asked for (symphonia issue 278). In WAVE it takes
        // frames for blocks, which they are not in ADPCM.
        !self.forward_only
            && self.demuxer.format_info().format != FORMAT_ID_MKV
            && !codecs::is_adpcm(self.track.codec)
    }

    fn seek_demuxer(&mut self, to: Duration) -> Result<Sought, DecodeError> {
        if !self.demuxer_finds_places() {
            return Ok(Sought::Lost);
        }
        let ts = Timestamp::new(self.track.tick_to_start_from(to));
        let to = SeekTo::Timestamp { ts, track_id: self.track.id };
        let demuxer = &mut self.demuxer;
        let outcome = guard(|| demuxer.seek(SeekMode::Accurate, to))?;
        if let Some(failure) = self.source.take_failure() {
            return Err(failure);
        }
        match outcome {
            Ok(sought) if sought.actual_ts <= ts => {}
            Err(Error::SeekError(SeekErrorKind::OutOfRange)) => {
                self.end();
                return Ok(Sought::Beyond);
            }
            _ => return Ok(Sought::Lost),
        }
        self.begin_afresh();
        Ok(Sought::Landed)
    }
}

/// How a seek of the demuxer went.
#[derive(PartialEq, Eq)]
enum Sought {
    /// At or before the place.
    Landed,
    /// The place lies behind the end.
    Beyond,
    /// Somewhere else; only a fresh demuxer knows where it is.
    Lost,
}
