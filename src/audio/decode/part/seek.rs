//! Finding a place in a part: the demuxer goes near it, and what lies before it is decoded and dropped.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::time::Duration;

use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::well_known::{
    FORMAT_ID_ADTS, FORMAT_ID_FLAC, FORMAT_ID_MKV, FORMAT_ID_MP3, FORMAT_ID_OGG,
};
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::io::MediaSource;
use symphonia::core::units::Timestamp;

use super::super::clusters::Clusters;
use super::super::frames::Frames;
use super::super::guess::{Guess, Place};
use super::super::looks::{self, Layout, Mark};
use super::super::mp3_map::Mp3Map;
use super::super::pages::Pages;
use super::super::source::Source;
use super::{PartDecoder, Tail, clock, codecs, demux, guard};
use crate::audio::error::DecodeError;

/// What is read through sooner than it is looked for.
const JUST_AHEAD: Duration = Duration::from_secs(10);

/// Places that are remembered because reading was there.
const MOST_BEEN: usize = 64;

/// Where packets lie, each way once it was asked for.
#[derive(Default)]
pub(super) struct Maps {
    mp3: OnceCell<Option<Mp3Map>>,
    guess: OnceCell<Option<Guess>>,
    layout: OnceCell<Option<Box<dyn Layout>>>,
    /// Where reading was when it was told to go elsewhere: all that is heard before that lies before it.
    been: VecDeque<Mark>,
}

type ReadLayout = Result<Option<Box<dyn Layout>>, DecodeError>;

impl PartDecoder {
    /// Moves so that the next run begins at `to`, counted from the beginning of the part.
    pub(in crate::audio::decode) fn seek(&mut self, to: Duration) -> Result<(), DecodeError> {
        if !self.source.is_seekable() {
            return self.seek_forward(to);
        }
        // Until it has worked, whatever was half done counts for nothing.
        let outcome = self.seek_in_file(to);
        self.is_torn |= outcome.is_err();
        outcome
    }

    fn seek_in_file(&mut self, to: Duration) -> Result<(), DecodeError> {
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
        if self.ended
            || self.shift != 0
            || self.is_about
            || self.is_torn
            || self.seek_demuxer(to)? == Sought::Lost
        {
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
        let here = self.tail.begins().filter(|_| self.run.samples.is_empty()).unwrap_or(self.run.at);
        if place < here {
            return Err(DecodeError::ForwardOnly);
        }
        self.run.drop_before(place);
        self.tail.drop_before(place);
        self.from = to;
        Ok(())
    }

    /// Goes back to the beginning with a fresh demuxer and decoder.
    pub(super) fn reopen(&mut self) -> Result<(), DecodeError> {
        let errors_skipped = self.errors_skipped;
        let (maps, coarse) = (std::mem::take(&mut self.maps), self.coarse);
        *self = Self::open_source(self.source.restart(), self.starts_at, self.forward_only)?;
        (self.errors_skipped, self.maps, self.coarse) = (errors_skipped, maps, coarse);
        Ok(())
    }

    /// Begins anew near `to`, where the layout of the file tells where that is; `false` where it does not.
    fn jump(&mut self, to: Duration) -> Result<bool, DecodeError> {
        match self.demuxer.format_info().format {
            // Looking for it could cost a request.
            FORMAT_ID_MP3 if self.is_just_ahead(to) => Ok(false),
            FORMAT_ID_MP3 => Ok(self.jump_to_packet(to)? || self.jump_near(to, Guess::of_mp3)?),
            FORMAT_ID_ADTS => self.jump_near(to, Guess::of_adts),
            FORMAT_ID_MKV => self.jump_to_cluster(to),
            // The demuxer halves the file again and again, which costs requests.
            FORMAT_ID_FLAC | FORMAT_ID_OGG if self.source.is_here() => Ok(false),
            FORMAT_ID_FLAC | FORMAT_ID_OGG if self.is_just_ahead(to) => {
                self.run.samples.clear();
                Ok(true)
            }
            FORMAT_ID_FLAC => self.jump_to_mark(to, |part| Ok(boxed(Frames::read(&part.source)?))),
            FORMAT_ID_OGG => {
                self.jump_to_mark(to, |part| Ok(boxed(Pages::read(&part.source, part.track.time_base)?)))
            }
            _ => Ok(false),
        }
    }

    /// For an MP3 file of constant bit rate.
    fn jump_to_packet(&mut self, to: Duration) -> Result<bool, DecodeError> {
        if self.maps.mp3.get().is_none() {
            self.maps.mp3 = Mp3Map::read(&self.source)?.into();
        }
        // Where a tag does not tell the delay, the demuxer knows better what is the first frame.
        let map = self.maps.mp3.get().and_then(Option::as_ref);
        let Some(&map) = map.filter(|map| map.is_bare != self.track.trusts_length) else { return Ok(false) };
        let packet = map.packet_of(self.ticks_to_start_from(to));
        let Some(byte) = map.find(packet, &self.source)? else { return Ok(false) };
        self.begin_at(Place { byte, sample: map.frame_of(packet), is_exact: true })
    }

    /// For a file whose packets are of many lengths, and far away: to where the place probably is.
    fn jump_near(
        &mut self,
        to: Duration,
        read: fn(&Source) -> Result<Option<Guess>, DecodeError>,
    ) -> Result<bool, DecodeError> {
        let Some(length) = self.track.length else { return Ok(false) };
        // Looking around moves this.
        let (ticks, here) = (self.ticks_to_start_from(to), self.source.bytes_read());
        // What was read before is read again, where it is kept: looking for it could cost a request.
        let is_behind = self.is_certain() && !self.is_ahead(ticks);
        let end = self.source.byte_len().unwrap_or(u64::MAX);
        if self.source.is_at_hand(if is_behind { here } else { end }, 0) {
            return Ok(false);
        }
        if self.maps.guess.get().is_none() {
            self.maps.guess = read(&self.source)?.into();
        }
        let Some(guess) = self.maps.guess.get().and_then(Option::as_ref) else { return Ok(false) };
        let around = self.track.container.delay.unwrap_or(0) + self.track.container.padding.unwrap_or(0);
        let ticks_in_all = clock::time_to_ticks(length, self.track.time_base).saturating_add(around.into());
        let samples = u64::try_from(ticks_in_all).unwrap_or(0);
        let byte = guess.byte_of(ticks, samples);
        let is_ahead = self.is_certain() && self.is_ahead(ticks);
        if self.source.is_at_hand(byte, 0) || is_ahead && self.source.is_at_hand(byte, here) {
            return Ok(false);
        }
        match guess.find(ticks, samples, &self.source)? {
            Some(place) => self.begin_at(place),
            None => Ok(false),
        }
    }

    /// For Matroska and WebM.
    fn jump_to_cluster(&mut self, to: Duration) -> Result<bool, DecodeError> {
        if !self.coarse.is_known() {
            // How far the time stamps are off shows at the beginning only.
            if !self.is_fresh {
                self.reopen()?;
            }
            self.decode_run()?;
        }
        self.jump_to_mark(to, |part| Ok(boxed(Clusters::read(&part.source)?)))
    }

    /// For a file whose time stamps are true wherever one begins.
    fn jump_to_mark(&mut self, to: Duration, read: fn(&Self) -> ReadLayout) -> Result<bool, DecodeError> {
        let Some(length) = self.track.length.or_else(|| self.length_by_rate()) else { return Ok(false) };
        let start = u64::try_from(self.track.tick_to_start_from(to)).unwrap_or(0);
        let start = clock::ticks_to_time(start, self.track.time_base);
        if self.is_certain() && self.has_place() {
            // Looking around moves the place of the bytes.
            self.maps.been.push_back(Mark { byte: self.source.bytes_read(), begins: self.end_of_run() });
            let surplus = self.maps.been.len().saturating_sub(MOST_BEEN);
            self.maps.been.drain(..surplus);
        }
        let behind = self.maps.been.iter().filter(|been| start < been.begins).min_by_key(|been| been.byte);
        let end = behind.copied().unwrap_or(Mark { byte: u64::MAX, begins: length });
        if self.maps.layout.get().is_none() {
            self.maps.layout = read(self)?.into();
        }
        let Some(layout) = self.maps.layout.get().and_then(Option::as_deref) else { return Ok(false) };
        let Some(byte) = looks::find(layout, start, end, &self.source)? else { return Ok(false) };
        let source = self.source.restart_behind(layout.preface(), byte);
        if !self.begin_with(source)? {
            return Ok(false);
        }
        self.shift = 0;
        Ok(true)
    }

    /// How long the whole would be if all of it took as many bytes as what came so far.
    fn length_by_rate(&self) -> Option<Duration> {
        let here = self.expected.and_then(|here| u64::try_from(here).ok())?;
        let (read, all) = (self.source.bytes_read(), self.source.byte_len()?);
        let frames = u128::from(here) * u128::from(all) / u128::from(read.max(1));
        Some(clock::frames_to_time(u64::try_from(frames).ok()?, self.run.rate))
    }

    /// Counted from the first frame that comes out of the decoder.
    fn ticks_to_start_from(&self, to: Duration) -> u64 {
        let ticks = self.track.tick_to_start_from(to).saturating_sub(self.track.first_tick);
        u64::try_from(ticks).unwrap_or(0)
    }

    /// Whether reading on leads to it soon.
    fn is_just_ahead(&self, to: Duration) -> bool {
        let Some(here) = self.expected.filter(|_| self.is_certain()) else { return false };
        let ticks = self.track.tick_to_start_from(to);
        let most = clock::time_to_ticks(JUST_AHEAD, self.track.time_base);
        (here..here.saturating_add(most)).contains(&ticks)
    }

    /// Whether reading is where the demuxer thinks it is.
    fn is_certain(&self) -> bool {
        !self.is_about && self.shift == 0 && !self.ended && !self.is_torn
    }

    /// Whether this lies behind what was decoded last, going by the count of frames.
    fn is_ahead(&self, ticks: u64) -> bool {
        let here = self.expected.and_then(|here| u64::try_from(here).ok());
        here.is_some_and(|here| here <= ticks)
    }

    fn begin_at(&mut self, place: Place) -> Result<bool, DecodeError> {
        if !self.begin_with(self.source.restart_at(place.byte))? {
            return Ok(false);
        }
        self.shift = self.track.first_tick.saturating_add_unsigned(place.sample);
        self.is_about = !place.is_exact;
        Ok(true)
    }

    /// Goes on with what this source gives.
    fn begin_with(&mut self, source: Source) -> Result<bool, DecodeError> {
        self.demuxer = match demux::probe(source, &self.source) {
            Ok(demuxer) => demuxer,
            Err(error @ (DecodeError::Stream(_) | DecodeError::Read(_))) => return Err(error),
            Err(_) => return Ok(false),
        };
        self.ended = false;
        self.is_about = false;
        self.is_torn = false;
        self.begin_afresh();
        Ok(true)
    }

    fn begin_afresh(&mut self) {
        self.decoder.reset();
        self.run.samples.clear();
        self.tail = Tail::default();
        self.ahead.clear();
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

fn boxed<L: Layout + 'static>(layout: Option<L>) -> Option<Box<dyn Layout>> {
    layout.map(|layout| Box::new(layout) as Box<dyn Layout>)
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
