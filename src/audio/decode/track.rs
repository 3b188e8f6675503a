//! What a container says about the track to play: which of its frames are sound, and how long it is.

use std::time::Duration;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ALAC, CODEC_ID_MP1, CODEC_ID_MP3, CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder};
use symphonia::core::formats::well_known::{
    FORMAT_ID_ADTS, FORMAT_ID_CAF, FORMAT_ID_MP1, FORMAT_ID_MP2, FORMAT_ID_MP3,
};
use symphonia::core::formats::{FormatReader, MediaInfo, Track, TrackType};
use symphonia::core::units::TimeBase;

use super::mp4_edit::Edit;
use super::part::guard;
use super::plain::Plain;
use super::{clock, codecs};
use crate::audio::error::DecodeError;

/// How much is decoded and dropped before the place that is sought, so that codecs that build each
/// packet on those before it have settled: more than two of the longest Vorbis blocks, and much
/// more than the 80 ms of RFC 7845 section 4.6, after which speech in Opus is still off.
pub(super) const SETTLING: Duration = Duration::from_millis(1000);

/// The data of a WAVE file of at least this many bytes was written by a program that did not know
/// how long it would become.
const ENDLESS_WAVE: u64 = 0x7FFF_0000;

/// Encoders couple several pairs of these many channels, and the decoder undoes the couplings in the wrong order
/// (Vorbis I specification section 4.3.5 asks for the last one first): noise instead of music.
const VORBIS_SURROUND: usize = 6;

/// What the container says about the track that is played.
pub(super) struct TrackFacts {
    pub(super) id: u32,
    pub(super) codec: AudioCodecId,
    /// What it is called on the screen.
    pub(super) name: &'static str,
    pub(super) time_base: TimeBase,
    /// The time stamp at which the sound proper begins; what comes before is the encoder's delay.
    pub(super) origin: i64,
    /// The earliest time stamp.
    pub(super) first_tick: i64,
    /// Frames to drop behind the origin: the delay of Opus, which is always counted at 48 kHz.
    pub(super) delay: u32,
    /// The time stamp at which the sound ends and the encoder's padding begins.
    pub(super) end: Option<i64>,
    /// Whether the container's trimming of the last packet can be believed.
    pub(super) trusts_end: bool,
    pub(super) length: Option<Duration>,
    /// Whether the length was stated rather than guessed.
    pub(super) trusts_length: bool,
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// How its samples lie in a packet, where they are not encoded.
    pub(super) plain: Option<Plain>,
    /// Packets begin at multiples of so many frames; `None`: of the longest packet's length.
    pub(super) step: Option<u16>,
    pub(super) container: Container,
}

/// What is only told, and matters to nothing here.
#[derive(Clone, Copy, Default)]
pub(in crate::audio) struct Container {
    pub(in crate::audio) name: &'static str,
    /// Length in bytes.
    pub(in crate::audio) bytes: Option<u64>,
    /// Of lossless sound.
    pub(in crate::audio) bits_per_sample: Option<u32>,
    /// Frames before the sound that are not played.
    pub(in crate::audio) delay: Option<u32>,
    /// Frames behind the sound that are not played.
    pub(in crate::audio) padding: Option<u32>,
}

impl TrackFacts {
    /// Where decoding has to begin for the frame at `to` to come out right.
    pub(super) fn tick_to_start_from(&self, to: Duration) -> i64 {
        let settling = if codecs::is_lossless(self.codec) { Duration::ZERO } else { SETTLING };
        let to = to.saturating_add(clock::frames_to_time(self.delay.into(), self.rate));
        clock::time_to_ticks(to, self.time_base)
            .saturating_add(self.origin)
            .saturating_sub(clock::time_to_ticks(settling, self.time_base))
            .max(self.first_tick)
    }

    pub(super) fn apply(&mut self, edit: Edit) {
        self.origin = i64::try_from(edit.start).unwrap_or(0);
        if edit.start > 0 {
            self.delay = 0;
        }
        self.container.delay = u32::try_from(edit.start).ok();
        let Some(length) = edit.length else { return };
        self.end = self.origin.checked_add_unsigned(length);
        self.length = Some(clock::ticks_to_time(length, self.time_base));
    }
}

/// The track to play, and a decoder for it.
pub(super) fn choose(demuxer: &dyn FormatReader) -> Result<(TrackFacts, Box<dyn AudioDecoder>), DecodeError> {
    let track = demuxer
        .default_track(TrackType::Audio)
        .ok_or_else(|| DecodeError::Unsupported("there is no sound in it".to_owned()))?;
    let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else {
        return Err(DecodeError::Unsupported("its codec is unknown".to_owned()));
    };
    let mut params = params.clone();
    let codec = params.codec;
    let mut delay = 0;
    if codec == CODEC_ID_OPUS {
        // The decoder would drop the pre-skip off whatever packet comes first, also after a seek;
        // without the header it does not, and the time stamps say what to drop.
        delay = params.extra_data.take().as_deref().map_or(0, opus_pre_skip);
        // It is what was recorded that the container may state (RFC 7845 section 5.1).
        params.sample_rate = Some(48_000);
    }
    let channels = params.channels.as_ref().map_or(0, Channels::count);
    if codec == CODEC_ID_VORBIS && channels == VORBIS_SURROUND {
        return Err(no_decoder(codec, &params));
    }
    let decoder = guard(|| codecs::decoder(&params))?.map_err(|_| no_decoder(codec, &params))?;
    let rate = params.sample_rate.unwrap_or(0);
    let time_base = track.time_base.or_else(|| TimeBase::try_from_recip(rate)).unwrap_or_default();
    let frame_bytes = u64::from(params.bits_per_sample.unwrap_or(0) / 8) * channels as u64;
    let is_endless =
        track.num_frames.is_some_and(|frames| frames.saturating_mul(frame_bytes) >= ENDLESS_WAVE);
    let is_mpeg = (CODEC_ID_MP1..=CODEC_ID_MP3).contains(&codec);
    let origin = track.start_ts.get().max(0);
    let facts = TrackFacts {
        id: track.id,
        codec,
        name: codecs::name_of(&params),
        time_base,
        origin,
        first_tick: if is_mpeg { -i64::from(track.delay.unwrap_or(0)) } else { 0 },
        delay,
        end: track
            .num_frames
            .filter(|_| is_mpeg && track.delay.is_some())
            .and_then(|end| end.try_into().ok()),
        // Without a LAME tag the number of frames is a guess, and must not cut anything off.
        trusts_end: !is_mpeg || track.delay.is_some(),
        length: length(track, demuxer.media_info(), time_base, origin)
            .filter(|_| !is_endless)
            .map(|length| length.saturating_sub(clock::frames_to_time(delay.into(), rate))),
        trusts_length: match demuxer.format_info().format {
            FORMAT_ID_MP1 | FORMAT_ID_MP2 | FORMAT_ID_MP3 => track.delay.is_some(),
            FORMAT_ID_ADTS => false,
            // Of ALAC it counts whole packets.
            FORMAT_ID_CAF => codec != CODEC_ID_ALAC,
            _ => true,
        },
        rate,
        channels,
        plain: Plain::of(&params),
        step: params.extra_data.as_deref().filter(|_| codec == CODEC_ID_VORBIS).and_then(vorbis_step),
        container: Container {
            bits_per_sample: params.bits_per_sample.filter(|_| codecs::is_lossless(codec)),
            delay: track.delay,
            padding: track.padding,
            ..Container::default()
        },
    };
    Ok((facts, decoder))
}

fn no_decoder(codec: AudioCodecId, params: &AudioCodecParameters) -> DecodeError {
    let name = codecs::name(codec);
    DecodeError::Unsupported(match params.channels.as_ref().map_or(0, Channels::count) {
        channels @ 3.. => format!("no decoder for {name} with {channels} channels"),
        _ => format!("no decoder for {name}"),
    })
}

/// What the track says, or else the media as a whole.
fn length(track: &Track, media: &MediaInfo, time_base: TimeBase, origin: i64) -> Option<Duration> {
    let of_media = || media.duration.map(|ticks| (ticks, media.time_base.unwrap_or(time_base)));
    let (ticks, base) = track.duration.map(|ticks| (ticks, time_base)).or_else(of_media)?;
    let length = clock::ticks_to_time(ticks.get(), base);
    let before = clock::ticks_to_time(u64::try_from(origin).unwrap_or(0), time_base);
    Some(length.saturating_sub(before)).filter(|length| !length.is_zero())
}

/// The greatest number of frames of which the length of every packet is a multiple: a quarter of the short
/// block (Vorbis I specification sections 4.2.2 and 4.3.8).
fn vorbis_step(headers: &[u8]) -> Option<u16> {
    let identification = headers.windows(7).position(|seven| seven == b"\x01vorbis")?;
    let short = headers.get(identification + 28)? & 0x0f;
    (6..=13).contains(&short).then(|| 1 << (short - 2))
}

/// Frames at 48 kHz to drop from the beginning (RFC 7845 section 5.1). MP4 has the same fields behind a version of 0, and the other
/// way round (Encapsulation of Opus in ISO Base Media File Format, section 4.3.2).
fn opus_pre_skip(head: &[u8]) -> u32 {
    match head {
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', 0, _, high, low, ..] => {
            u16::from_be_bytes([*high, *low]).into()
        }
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', _, _, low, high, ..] => {
            u16::from_le_bytes([*low, *high]).into()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opus_drops_is_read_as_each_container_writes_it() {
        // The heads that ffmpeg writes: 312 frames, in Ogg and in MP4.
        let (ogg, mp4) =
            (b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0", b"OpusHead\0\x02\x01\x38\0\0\xbb\x80\0\0\0");
        let rows: [(&[u8], u32); 4] = [(ogg, 312), (mp4, 312), (&ogg[..11], 0), (b"", 0)];
        for (head, expected) in rows {
            assert_eq!(opus_pre_skip(head), expected, "{head:?}");
        }
    }
}
