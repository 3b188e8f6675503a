//! From the bytes of segments to the bytes of one container. What a segment is shows in its bytes,
//! whatever its name says.

use std::time::Duration;

use crate::model::CleanText;
use crate::stream::FormatHint;
use crate::stream::sniff::{SNIFF_BYTES, is_web_page};

use super::boxes::{self, Span};
use super::frames::{Coding, Run};
use super::id3;
use super::mpegts::{Codec, Demuxer, Times, seconds_between};
use super::packed::{strip_tags, without_index};

/// Longest jump of timestamps that still counts as going on. Packed audio is stamped at the start of
/// each segment only, so a step may be a whole segment long.
const MAX_JUMP_SECONDS: f64 = 30.0;

#[cfg(test)]
mod tests;

/// Why a segment holds nothing to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is not what it should be; the next one may be.
    Damaged(&'static str),
    /// It is of a kind that cannot be played; the next one will be as well.
    Unsupported(&'static str),
}

/// What a segment turned into.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Whether it goes on where the piece before ended.
    pub continues: bool,
    /// Container bytes, without the initialisation section.
    pub bytes: Vec<u8>,
    /// What the container is.
    pub kind: Kind,
    /// What plays, where the segment says so.
    pub title: Option<CleanText>,
    /// That its frames lean on those of the segment before it, which the decoder has not seen since that one is of another
    /// variant; and how much of its beginning was heard already.
    pub leans: Option<Duration>,
}

/// The container of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// AAC in ADTS frames.
    Adts,
    /// MPEG audio frames.
    MpegAudio,
    /// Fragments of MP4 that need an initialisation section before them.
    Fragments,
    /// MP4 that holds its own.
    Whole,
}

impl Kind {
    /// What its frames are, if it is nothing but frames.
    pub(super) fn coding(self) -> Option<Coding> {
        match self {
            Self::Adts => Some(Coding::Adts),
            Self::MpegAudio => Some(Coding::MpegAudio),
            Self::Fragments | Self::Whole => None,
        }
    }

    /// What a decoder should expect.
    pub(super) fn hint(self) -> FormatHint {
        let extension = match self {
            Self::Adts => "aac",
            Self::MpegAudio => "mp3",
            Self::Fragments | Self::Whole => "mp4",
        };
        FormatHint { extension: Some(extension.to_owned()), media_type: None }
    }
}

/// Where whole frames ended.
#[derive(Clone, Copy)]
struct End {
    config: [u8; 3],
    time: EndTime,
}

#[derive(Clone, Copy)]
enum EndTime {
    /// At this presentation time (90 kHz, 33 bits).
    At(u64),
    /// The segment has no times.
    Untold,
    /// Some of the last frames are missing.
    Lost,
}

/// When the last frame of a run ends. Frames may be missing amid it, so it is the last time told that counts.
fn end_time(coding: Coding, bytes: &[u8], run: &Run, times: Option<Times>) -> EndTime {
    match times {
        None => EndTime::Untold,
        Some(times) if times.is_cut_short => EndTime::Lost,
        Some(times) => {
            let samples = coding.samples_from(bytes, times.place_of_last);
            EndTime::At(times.last.wrapping_add(samples * 90_000 / u64::from(run.first.rate)))
        }
    }
}

/// Turns the segments of a playlist into pieces, in order.
#[derive(Clone, Default)]
pub(super) struct Unpacker {
    demuxer: Demuxer,
    kind: Option<Kind>,
    last_time: Option<u64>,
    end: Option<End>,
    /// The times of the fragments before.
    spans: Vec<Span>,
    /// Whether the next segment is the first of another variant.
    is_joining: bool,
}

impl Unpacker {
    /// Forgets what came before: the next piece stands alone.
    pub(super) fn start_afresh(&mut self) {
        *self = Self::default();
    }

    /// The next segment comes from another variant of the same sound: it has to go on exactly where the
    /// last one ended.
    pub(super) fn change_source(&mut self) {
        self.demuxer = Demuxer::default();
        self.is_joining = true;
    }

    /// Unpacks the next segment, deciphered.
    pub(super) fn unpack(&mut self, bytes: Vec<u8>) -> Result<Piece, Unusable> {
        if is_web_page(bytes.get(..SNIFF_BYTES).unwrap_or(&bytes)) {
            return Err(Unusable::Damaged("the server sent a web page in its place"));
        }
        let piece = if let Some(packets) = first_packet(&bytes).and_then(|first| bytes.get(first..)) {
            self.transport_stream(packets)?
        } else if let Some(kind) = mp4_kind(&bytes) {
            self.boxes(kind, bytes)?
        } else {
            self.packed_audio(bytes)?
        };
        self.kind = Some(piece.kind);
        self.is_joining = false;
        Ok(piece)
    }

    /// Frames of sound as a piece.
    fn frames(&mut self, kind: Kind, bytes: Vec<u8>, times: Option<Times>) -> Result<Piece, Unusable> {
        let first = times.map(|times| times.first);
        let whole = kind.coding().and_then(|coding| Some((coding, coding.whole_frames(&bytes)?)));
        let end = whole.map(|(coding, run)| End {
            config: run.first.config,
            time: end_time(coding, &bytes, &run, times),
        });
        let mut piece = Piece { continues: self.goes_on(kind, first), bytes, kind, title: None, leans: None };
        let before = std::mem::replace(&mut self.end, end);
        self.last_time = times.map(|times| times.last);
        if !self.is_joining {
            return Ok(piece);
        }
        let (Some(before), Some((coding, run))) = (before, whole) else {
            // Nothing says where a frame begins, so the decoder has to find out afresh.
            self.end = None;
            piece.continues = false;
            return Ok(piece);
        };
        piece.continues &= before.config == run.first.config;
        // Frames of layer III take bytes from those before them.
        let leans = coding == Coding::MpegAudio;
        if leans {
            (piece.continues, piece.leans) = (false, Some(Duration::ZERO));
        }
        match (before.time, first) {
            (EndTime::At(end), Some(first)) => {
                let surplus = surplus_frames(&run, seconds_between(end, first))?;
                let place = coding.place_of_frame(&piece.bytes, surplus).ok_or(ELSEWHERE)?;
                if leans {
                    piece.leans = Some(coding.lasts(&piece.bytes[..place]));
                } else {
                    piece.bytes.drain(..place);
                }
            }
            // What was lost left a hole, of which nobody knows how long it is.
            (EndTime::Lost, _) => piece.continues = false,
            (EndTime::Untold, _) | (_, None) => {}
        }
        Ok(piece)
    }

    fn boxes(&mut self, kind: Kind, bytes: Vec<u8>) -> Result<Piece, Unusable> {
        let Some(spans) = boxes::spans(&bytes) else {
            return Err(Unusable::Damaged("its boxes do not add up to it"));
        };
        let goes_on = boxes::goes_on(&self.spans, &spans);
        let is_next = self.kind == Some(kind) && kind == Kind::Fragments;
        if self.is_joining && is_next && !goes_on {
            return Err(ELSEWHERE);
        }
        self.spans = spans;
        Ok(Piece { continues: is_next && goes_on, bytes, kind, title: None, leans: None })
    }

    fn transport_stream(&mut self, bytes: &[u8]) -> Result<Piece, Unusable> {
        let mut out = Vec::with_capacity(bytes.len());
        self.demuxer.begin_in_sync();
        self.demuxer.push(bytes, &mut out);
        self.demuxer.end_segment(&mut out);
        if let Some(what) = self.demuxer.unsupported() {
            return Err(Unusable::Unsupported(what));
        }
        let kind = match self.demuxer.codec() {
            Some(Codec::Adts) => Kind::Adts,
            Some(Codec::MpegAudio) => Kind::MpegAudio,
            None => return Err(Unusable::Damaged("it holds no sound")),
        };
        if out.is_empty() {
            return Err(Unusable::Damaged("it holds no sound"));
        }
        let times = self.demuxer.take_times();
        let title = self.demuxer.take_title();
        Ok(Piece { title, ..self.frames(kind, out, times)? })
    }

    fn packed_audio(&mut self, mut bytes: Vec<u8>) -> Result<Piece, Unusable> {
        let (time, frames) = strip_tags(&bytes);
        let kind = match frames {
            [0xff, second, ..] if second & 0xf6 == 0xf0 => Kind::Adts,
            [0xff, second, ..] if second & 0xe0 == 0xe0 => Kind::MpegAudio,
            [0x0b, 0x77, ..] => return Err(Unusable::Unsupported("Dolby Digital (AC-3) sound")),
            [] => return Err(Unusable::Damaged("it is empty")),
            _ => return Err(Unusable::Damaged("it is no kind of segment that is known")),
        };
        let frames = if kind == Kind::MpegAudio { without_index(frames) } else { frames };
        let tags = bytes.len() - frames.len();
        let frames = bytes.split_off(tags);
        let times = time.map(|time| Times { first: time, last: time, place_of_last: 0, is_cut_short: false });
        let piece = self.frames(kind, frames, times)?;
        Ok(Piece { title: id3::title(&bytes), ..piece })
    }

    fn goes_on(&self, kind: Kind, time: Option<u64>) -> bool {
        let jump = match (self.last_time, time) {
            (Some(last), Some(next)) => seconds_between(last, next),
            _ => 0.0,
        };
        self.kind == Some(kind) && (-1.0..MAX_JUMP_SECONDS).contains(&jump)
    }
}

/// The first segment of another variant leaves a hole, or ends before it is wanted.
const ELSEWHERE: Unusable = Unusable::Damaged("it is not where the sound of the other variant ended");

/// How many frames at the start of a run were heard already, when it begins `jump` seconds after the end
/// of what was heard.
fn surplus_frames(run: &Run, jump: f64) -> Result<usize, Unusable> {
    let frames = jump * f64::from(run.first.rate) / run.first.samples as f64;
    if frames.abs() > run.samples as f64 || frames.round() > 0.0 {
        return Err(ELSEWHERE);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the run's length")]
    let surplus = -frames.round() as usize;
    Ok(surplus)
}

/// Where the packets of a transport stream begin: sync bytes stand where they would, and a little junk may be before them.
/// A spoilt byte must not cost the segment, so not all of them have to be there.
fn first_packet(bytes: &[u8]) -> Option<usize> {
    let is_sync = |at: usize| bytes.get(at) == Some(&0x47);
    if is_sync(0) && (bytes.len() == 188 || is_sync(188)) {
        return Some(0);
    }
    if bytes.starts_with(b"ID3") || bytes.starts_with(&[0xff]) || mp4_kind(bytes).is_some() {
        return None;
    }
    (0..188).find(|start| (0..5).filter(|number| is_sync(start + number * 188)).count() >= 3)
}

/// MP4 by its boxes: whether a `moov` comes before the first `moof`.
pub(super) fn mp4_kind(bytes: &[u8]) -> Option<Kind> {
    let mut rest = bytes;
    let mut kind = None;
    while let Some((length, name)) = rest.first_chunk::<8>().map(|head| head.split_at(4)) {
        let length = usize::try_from(u32::from_be_bytes(*length.first_chunk()?)).ok()?;
        kind = match name {
            b"moov" => return Some(Kind::Whole),
            b"moof" => return Some(Kind::Fragments),
            b"ftyp" => Some(Kind::Whole),
            b"styp" | b"sidx" | b"emsg" | b"prft" => Some(Kind::Fragments),
            _ => return kind,
        };
        if length < 8 {
            return kind;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    kind
}
