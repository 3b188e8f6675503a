//! One part of a track: a demuxer and a decoder over one byte stream. Knows which frames belong to
//! the track, drops what the encoder put around them, and steps over what is broken.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatReader;
use symphonia::core::formats::well_known::{FORMAT_ID_ISOMP4, FORMAT_ID_MKV, FORMAT_ID_OGG};
use symphonia::core::io::MediaSource;
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

use super::describe::{self, Description};
use super::run::Run;
use super::sbr;
use super::source::Source;
use super::track::{self, Container, SETTLING, TrackFacts};
use super::{clock, clusters, codecs, demux, ebml, limit};
use crate::audio::error::DecodeError;
use crate::stream::Part;

mod coarse;
mod join;
mod seek;
mod tail;

use coarse::Coarse;
use seek::Maps;
use tail::Tail;

/// Packets that may fail one after the other before the sound counts as damaged beyond use.
const MAX_ERRORS_IN_A_ROW: u32 = 100;

/// Frames at the end that a Matroska file may tell not to play: the longest packet of Opus (RFC 6716 section 2.1.4).
const MOST_DISCARDED: usize = 5760;

/// How much may be missing at the end before it is worth a word: a couple of packets.
const MISSING_IS_FINE: Duration = Duration::from_millis(150);

/// One part being decoded.
pub(super) struct PartDecoder {
    source: Source,
    starts_at: Duration,
    /// What comes first and only lets the decoder settle.
    lead: Duration,
    /// How long the streams before this one in the same file were (chained Ogg).
    chained: Duration,
    demuxer: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: TrackFacts,
    /// Frames before this place within the part are not wanted.
    from: Duration,
    /// The place of the next frame where the count of frames says it, at the rate last decoded.
    expected: Option<i64>,
    /// What was decoded last, and which of its frames were handed out.
    pub(super) run: Run,
    errors_in_a_row: u32,
    pub(super) errors_skipped: u64,
    ended: bool,
    /// Whether the end came amid something.
    is_cut: bool,
    /// Whether the end came amid a packet of which it is known how long it is.
    broke_off: bool,
    /// Whether nothing was decoded or sought yet.
    is_fresh: bool,
    /// What to add to the time stamps of a demuxer that began amid the file.
    shift: i64,
    /// Whether reading broke off within a packet: the demuxer does not know where it stands.
    is_torn: bool,
    /// The time stamp at which the packet read last ends.
    next_tick: i64,
    /// What was learned of coarse time stamps.
    coarse: Coarse,
    /// Where packets lie, as far as it was asked for.
    maps: Maps,
    /// Whether the place of the packets is where they probably belong.
    is_about: bool,
    /// What was decoded and may be padding.
    tail: Tail,
    /// Packets that were looked at before they are decoded.
    ahead: VecDeque<Packet>,
    /// Whether the demuxer was told that it can only read forward.
    forward_only: bool,
}

impl PartDecoder {
    pub(super) fn open(part: Part) -> Result<Self, DecodeError> {
        let begins_at = part.starts_at.saturating_sub(part.lead);
        let mut opened = Self::open_source(Source::new(part.bytes), begins_at, false)?;
        (opened.lead, opened.from) = (part.lead, part.lead);
        Ok(opened)
    }

    fn open_source(source: Source, starts_at: Duration, forward_only: bool) -> Result<Self, DecodeError> {
        // A part that begins amid the track has no encoder's delay in front of it.
        let edits = if starts_at.is_zero() { demux::mp4_edits(&source)? } else { Vec::new() };
        if source.peek(4)? == ebml::EBML.to_be_bytes() {
            source.keep_tail();
        }
        let (demuxer, forward_only) = demux::open(&source, forward_only)?;
        let (mut track, decoder) = track::choose(demuxer.as_ref())?;
        if let Some(edit) = edits.into_iter().find(|edit| edit.track == track.id) {
            track.apply(edit);
        }
        let expected = Some(-i64::from(track.delay));
        let mut part = Self {
            source,
            starts_at,
            lead: Duration::ZERO,
            chained: Duration::ZERO,
            demuxer,
            decoder,
            track,
            from: Duration::ZERO,
            expected,
            run: Run::default(),
            errors_in_a_row: 0,
            errors_skipped: 0,
            ended: false,
            is_cut: false,
            broke_off: false,
            is_fresh: true,
            shift: 0,
            is_torn: false,
            next_tick: 0,
            coarse: Coarse::default(),
            maps: Maps::default(),
            is_about: false,
            tail: Tail::default(),
            ahead: VecDeque::new(),
            forward_only,
        };
        part.look_for_band()?;
        Ok(part)
    }

    /// Says of a core of HE-AAC that it is one, where only its packets do.
    fn look_for_band(&mut self) -> Result<(), DecodeError> {
        if !codecs::may_be_core(self.track.codec, self.track.name, self.track.rate) {
            return Ok(());
        }
        let mut packets = VecDeque::new();
        while packets.len() < sbr::FRAMES
            && let Some(packet) = self.next_packet()?
        {
            packets.push_back(packet);
        }
        if sbr::is_core(packets.iter().map(|packet| &*packet.data)) {
            self.track.name = codecs::HE_AAC;
        }
        self.ahead = packets;
        Ok(())
    }

    pub(super) fn is_about(&self) -> bool {
        self.is_about
    }

    /// Where in the track this part begins, or the stream of it that is being decoded.
    pub(super) fn starts_at(&self) -> Duration {
        self.starts_at.saturating_add(self.chained)
    }

    pub(super) fn codec_name(&self) -> &'static str {
        self.track.name
    }

    /// Rate and channels as the container announces them.
    pub(super) fn announced(&self) -> (u32, usize) {
        (self.track.rate, self.track.channels)
    }

    pub(super) fn length(&self) -> Option<Duration> {
        self.track.length
    }

    /// Has as much read ahead as its length asks for.
    pub(super) fn read_ahead(&self) {
        self.track.length.into_iter().for_each(|length| self.source.lasts(length));
    }

    pub(super) fn container(&self) -> Container {
        Container {
            name: codecs::container_name(self.demuxer.format_info().format),
            bytes: self.source.byte_len(),
            ..self.track.container
        }
    }

    pub(super) fn describe(&mut self) -> Description {
        describe::describe(self.demuxer.as_mut())
    }

    /// Drops every frame before `from`, counted from the beginning of the part.
    pub(super) fn skip_to(&mut self, from: Duration) {
        self.from = from.max(self.lead);
    }

    /// Nothing more is wanted of this part.
    pub(super) fn end(&mut self) {
        self.run.samples.clear();
        self.tail = Tail::default();
        (self.ended, self.expected) = (true, None);
    }

    pub(super) fn wanted_from(&self) -> Duration {
        self.from
    }

    /// Decodes until there are frames in `run`; `false` at the end of the part.
    pub(super) fn decode_run(&mut self) -> Result<bool, DecodeError> {
        match self.decode_on() {
            // The MP4 demuxer looks for the end of the file first, and stumbles if it is missing.
            Err(DecodeError::Damaged(_))
                if self.is_fresh && !self.forward_only && self.source.is_seekable() =>
            {
                self.forward_only = true;
                let from = self.from;
                self.reopen()?;
                self.from = from;
                self.decode_on()
            }
            outcome => outcome,
        }
    }

    fn decode_on(&mut self) -> Result<bool, DecodeError> {
        self.run.samples.clear();
        while !self.ended {
            let Some(mut packet) = self.next_packet()? else {
                self.ended = true;
                self.cut_padding()?;
                break;
            };
            if packet.track_id != self.track.id {
                continue;
            }
            if self.is_long_before_wanted(&packet) {
                // Its frames are not counted, and what comes behind it does not overlap with what came before.
                if self.expected.take().is_some() {
                    self.decoder.reset();
                }
                continue;
            }
            if !self.track.trusts_end {
                packet.trim_end = 0_u32.into();
            }
            if self.decode(&packet)? {
                self.is_fresh = false;
                let held = self.frames_to_hold();
                if held == 0 || self.tail.pass(&mut self.run, held) {
                    return Ok(true);
                }
            }
        }
        Ok(self.tail.give(&mut self.run))
    }

    /// Frames that are held back because some at the end may be no sound, and it cannot be told by their place.
    fn frames_to_hold(&self) -> usize {
        if self.demuxer.format_info().format == FORMAT_ID_MKV {
            MOST_DISCARDED
        } else if self.is_about {
            self.track.container.padding.and_then(|frames| frames.try_into().ok()).unwrap_or(0)
        } else {
            0
        }
    }

    /// Forgets what was held back and is no sound.
    fn cut_padding(&mut self) -> Result<(), DecodeError> {
        let held = self.frames_to_hold();
        if held == 0 {
            return Ok(());
        }
        if self.demuxer.format_info().format != FORMAT_ID_MKV {
            self.tail.cut(held);
            return Ok(());
        }
        let nanos = clusters::discarded(&self.source.tail()?, self.track.id.into()).unwrap_or(0);
        let frames = clock::time_to_frames(Duration::from_nanos(nanos), self.run.rate);
        let frames = usize::try_from(frames).unwrap_or(0).min(MOST_DISCARDED);
        self.tail.cut(frames);
        self.expected = self.expected.map(|end| end.saturating_sub_unsigned(frames as u64));
        Ok(())
    }

    /// Fails, once, when the part ended well before the length that its container states.
    pub(super) fn check_complete(&mut self) -> Result<(), DecodeError> {
        let Some(end) = self.expected.take().filter(|_| !self.is_about) else { return Ok(()) };
        let got = clock::frames_to_time(u64::try_from(end).unwrap_or(0), self.run.rate);
        let stated = self.track.length.filter(|_| self.track.trusts_length);
        let falls_short = stated.is_some_and(|stated| got.saturating_add(MISSING_IS_FINE) < stated);
        if !falls_short && !self.is_cut {
            return Ok(());
        }
        Err(DecodeError::EndedEarly { got, expected: stated.filter(|_| falls_short) })
    }

    fn next_packet(&mut self) -> Result<Option<Packet>, DecodeError> {
        if let Some(packet) = self.ahead.pop_front() {
            return Ok(Some(packet));
        }
        loop {
            let demuxer = &mut self.demuxer;
            let outcome = guard(|| demuxer.next_packet())?;
            if let Some(failure) = self.source.take_failure() {
                self.is_torn = true;
                return Err(failure);
            }
            match outcome {
                Ok(Some(mut packet)) => {
                    packet.pts = Timestamp::new(packet.pts.get().saturating_add(self.shift));
                    if packet.track_id == self.track.id {
                        self.next_tick = packet.pts.saturating_add(packet.block_dur()).get();
                    }
                    return Ok(Some(packet));
                }
                Ok(None) => return Ok(None),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    // An Ogg file ends with a whole page, and MP4 says where its packets end.
                    let format = self.demuxer.format_info().format;
                    (self.is_cut, self.broke_off) = (format == FORMAT_ID_OGG, format == FORMAT_ID_ISOMP4);
                    return Ok(None);
                }
                Err(Error::IoError(error)) => return Err(DecodeError::Damaged(error.to_string())),
                Err(Error::ResetRequired) => self.change_track()?,
                Err(error) => self.count_error(&error)?,
            }
        }
    }

    /// Another stream follows in the same file (chained Ogg): it goes on where the last one ended.
    fn change_track(&mut self) -> Result<(), DecodeError> {
        let done = self.end_of_run();
        let (track, decoder) = track::choose(self.demuxer.as_ref())?;
        (self.track, self.decoder) = (track, decoder);
        self.chained = self.chained.saturating_add(done);
        self.from = self.from.saturating_sub(done);
        self.expected = None;
        Ok(())
    }

    /// Whether a packet ends so long before what is wanted that it need not be decoded.
    fn is_long_before_wanted(&self, packet: &Packet) -> bool {
        let wanted = self.from.saturating_sub(SETTLING);
        let is_coarse = self.demuxer.format_info().format == FORMAT_ID_MKV;
        if wanted.is_zero() || is_coarse && !self.coarse.is_known() {
            return false;
        }
        self.time_of_end(packet) < wanted
    }

    /// Where in the part a packet ends by its time stamp.
    fn time_of_end(&self, packet: &Packet) -> Duration {
        let end = packet.pts.saturating_add(packet.block_dur()).get().saturating_sub(self.track.origin);
        clock::ticks_to_time(u64::try_from(end).unwrap_or(0), self.track.time_base)
    }

    /// Decodes one packet into `run`; `false` when none of its frames is wanted.
    fn decode(&mut self, packet: &Packet) -> Result<bool, DecodeError> {
        let (decoder, plain) = (&mut self.decoder, self.track.plain);
        let run = &mut self.run;
        let decoded = guard(|| match plain {
            Some(plain) => {
                plain.take(&packet.data, run);
                Ok(())
            }
            None => decoder.decode(packet).map(|decoded| run.take(&decoded)),
        });
        match decoded? {
            Ok(()) => self.errors_in_a_row = 0,
            Err(Error::ResetRequired) => return Ok(false),
            // The first frames of a lead lean on others, which are not there.
            Err(_) if self.time_of_end(packet) <= self.lead => return Ok(false),
            Err(error) => {
                self.count_error(&error)?;
                return Ok(false);
            }
        }
        if self.run.rate == 0 || self.run.channels == 0 || self.run.samples.is_empty() {
            return Ok(false);
        }
        self.place(packet);
        limit::make_safe(&mut self.run.samples);
        self.run.drop_before(clock::time_to_frames(self.from, self.run.rate));
        if let Some(end) = self.track.end.filter(|_| !self.is_about) {
            self.run.drop_from(clock::ticks_to_frames(
                end - self.track.origin,
                self.track.time_base,
                self.run.rate,
            ));
        }
        Ok(!self.run.samples.is_empty())
    }

    /// Finds the place of the run within the part.
    fn place(&mut self, packet: &Packet) {
        let rate = self.run.rate;
        let first = packet.pts.get().saturating_add_unsigned(packet.trim_start.get());
        let ticks = first.saturating_sub(self.track.origin);
        let stamped =
            clock::ticks_to_frames(ticks, self.track.time_base, rate).saturating_sub(self.track.delay.into());
        let is_exact = clock::is_exact(self.track.time_base, rate);
        self.run.at = if is_exact {
            stamped
        } else {
            self.coarse.place(stamped, self.expected, (self.run.frames(), rate), &self.track)
        };
        self.expected = Some(self.run.end());
    }

    fn count_error(&mut self, error: &Error) -> Result<(), DecodeError> {
        self.errors_skipped += 1;
        self.errors_in_a_row += 1;
        if self.errors_in_a_row == 1 {
            tracing::warn!(at = ?self.starts_at().saturating_add(self.end_of_run()), %error, "packets are left out");
        }
        if self.errors_in_a_row < MAX_ERRORS_IN_A_ROW {
            return Ok(());
        }
        Err(DecodeError::Damaged(error.to_string()))
    }

    /// Whether the place of what comes next is known.
    pub(super) fn has_place(&self) -> bool {
        self.expected.is_some()
    }

    /// How far into the part what was decoded goes.
    pub(super) fn end_of_run(&self) -> Duration {
        let end = u64::try_from(self.expected.unwrap_or_default()).unwrap_or_default();
        clock::frames_to_time(end, self.run.rate)
    }
}

/// Runs foreign code; a panic in it is damage to this track and no more.
pub(super) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| DecodeError::Damaged("the decoder broke down over it".to_owned()))
}
