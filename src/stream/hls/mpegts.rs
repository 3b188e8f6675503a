//! MPEG transport streams (ISO/IEC 13818-1): takes the elementary stream of the first audio track out of the first
//! programme that has one to play, and the titles that go with it.

mod packet;
mod section;
#[cfg(test)]
mod tests;

use packet::{Packet, is_whole_pes, pes_payload};
use section::{Section, Streams, program_map_pids, streams};

use crate::model::CleanText;

use super::id3;

/// Bytes of one transport packet.
const PACKET_BYTES: usize = 188;

/// First byte of every packet.
const SYNC: u8 = 0x47;

/// Most bytes of one piece of timed metadata.
const MAX_METADATA_BYTES: usize = 64 << 10;

/// What the audio track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// AAC in ADTS frames.
    Adts,
    /// MPEG audio, layers I to III.
    MpegAudio,
}

/// One programme.
#[derive(Clone, Debug)]
struct Program {
    /// Where its map is.
    pid: u16,
    map: Section,
    /// Sound in it that cannot be played.
    unsupported: Option<&'static str>,
}

/// Takes one audio track out of packets. Feed it the bytes of a segment in any pieces, then
/// [`Demuxer::end_segment`]; frames may go on in the next segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Demuxer {
    unread: Vec<u8>,
    in_sync: bool,
    program_association: Section,
    programs: Vec<Program>,
    /// Which of them is played.
    playing: Option<u16>,
    track: Option<(u16, Codec)>,
    has_sound: bool,
    /// The stream of timed metadata that goes with the track.
    metadata: Option<u16>,
    /// The PES packet of metadata under way.
    told: Option<Vec<u8>>,
    title: Option<CleanText>,
    counter: Option<u8>,
    /// The PES packet under way; `None` until the next one starts.
    pes: Option<Vec<u8>>,
    first_timestamp: Option<u64>,
    last_timestamp: Option<u64>,
    /// Where in what came out the last PES packet with a time begins.
    place_of_last: usize,
    /// Whether packets were lost behind that.
    is_cut_short: bool,
}

/// When the sound of a segment is, in 90 kHz, 33 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    /// Presentation time of the first frame.
    pub first: u64,
    /// The last time that was told.
    pub last: u64,
    /// Where in the bytes is what that belongs to.
    pub place_of_last: usize,
    /// Whether some of what follows there was lost.
    pub is_cut_short: bool,
}

impl Demuxer {
    /// The next bytes begin with a packet.
    pub(super) fn begin_in_sync(&mut self) {
        self.in_sync = true;
    }

    /// Reads more of the segment and appends what is complete of the track to `out`.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let joined;
        let mut rest = if self.unread.is_empty() {
            bytes
        } else {
            joined = [self.unread.as_slice(), bytes].concat();
            joined.as_slice()
        };
        while let Some((packet, behind)) = rest.split_first_chunk::<PACKET_BYTES>() {
            if !self.in_sync {
                // One sync byte can be chance; the next packet must have it too.
                match behind.first() {
                    None => break,
                    Some(next) => self.in_sync = packet[0] == SYNC && *next == SYNC,
                }
            }
            if self.in_sync && packet[0] != SYNC {
                // It may be this byte alone that is spoilt: the next packet tells.
                let Some(next) = behind.first() else { break };
                self.in_sync = *next == SYNC;
            }
            if self.in_sync {
                self.packet(packet, out);
                rest = behind;
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        self.unread = rest.to_vec();
    }

    /// Ends a segment: nothing of its packets is kept back, and the next one may count anew.
    pub(super) fn end_segment(&mut self, out: &mut Vec<u8>) {
        let unread = std::mem::take(&mut self.unread);
        if let Ok(packet) = <&[u8; PACKET_BYTES]>::try_from(unread.as_slice())
            && packet[0] == SYNC
        {
            self.packet(packet, out);
        }
        self.end_pes(out);
        self.in_sync = false;
        self.counter = None;
        self.program_association = Section::default();
        self.programs.iter_mut().for_each(|program| program.map = Section::default());
        self.read_metadata();
    }

    /// What the track is, once the program map has been seen.
    pub(super) fn codec(&self) -> Option<Codec> {
        self.track.map(|(_, codec)| codec)
    }

    /// What kind of sound there is that cannot be played, if there is no other.
    pub(super) fn unsupported(&self) -> Option<&'static str> {
        self.programs.iter().find_map(|program| program.unsupported).filter(|_| self.track.is_none())
    }

    /// What plays, if the segment under way says so; forgets it.
    pub(super) fn take_title(&mut self) -> Option<CleanText> {
        self.title.take()
    }

    /// When the segment under way is; forgets it.
    pub(super) fn take_times(&mut self) -> Option<Times> {
        let (place_of_last, is_cut_short) = (self.place_of_last, self.is_cut_short);
        (self.place_of_last, self.is_cut_short) = (0, false);
        let (first, last) = (self.first_timestamp.take()?, self.last_timestamp.take()?);
        Some(Times { first, last, place_of_last, is_cut_short })
    }

    fn packet(&mut self, bytes: &[u8; PACKET_BYTES], out: &mut Vec<u8>) {
        let Some(packet) = Packet::parse(bytes) else { return };
        if packet.pid == 0 {
            if let Some(table) = self.program_association.add(&packet) {
                self.list_programs(&program_map_pids(&table));
            }
        } else if let Some(index) = self.programs.iter().position(|program| program.pid == packet.pid) {
            if let Some(table) = self.programs.get_mut(index).and_then(|program| program.map.add(&packet)) {
                self.choose_track(index, &streams(&table), out);
            }
        } else if self.track.is_some_and(|(pid, _)| pid == packet.pid) {
            self.audio(&packet, out);
        } else if self.metadata == Some(packet.pid) {
            self.add_metadata(&packet);
        }
    }

    fn list_programs(&mut self, pids: &[u16]) {
        if pids.is_empty() || self.programs.iter().map(|program| &program.pid).eq(pids) {
            return;
        }
        let kept = |pid: &u16| self.programs.iter().find(|program| program.pid == *pid).cloned();
        let programs = pids.iter().map(|pid| {
            kept(pid).unwrap_or(Program { pid: *pid, map: Section::default(), unsupported: None })
        });
        self.programs = programs.collect();
        if !self.playing.is_some_and(|playing| pids.contains(&playing)) {
            (self.playing, self.has_sound) = (None, false);
        }
    }

    /// Takes the sound of the first programme that has some to play. Once it sounds, another one is no better.
    fn choose_track(&mut self, index: usize, streams: &Streams, out: &mut Vec<u8>) {
        let Some(program) = self.programs.get_mut(index) else { return };
        program.unsupported = streams.unsupported;
        let pid = program.pid;
        let playing = self.programs.iter().position(|program| Some(program.pid) == self.playing);
        let is_better = playing.is_none_or(|playing| index == playing || index < playing && !self.has_sound);
        if !is_better || streams.track.is_none() {
            return;
        }
        self.playing = Some(pid);
        if self.metadata != streams.metadata {
            (self.metadata, self.told) = (streams.metadata, None);
        }
        if streams.track != self.track {
            self.end_pes(out);
            self.track = streams.track;
            self.counter = None;
        }
    }

    fn add_metadata(&mut self, packet: &Packet<'_>) {
        if packet.starts_unit {
            self.read_metadata();
            self.told = Some(packet.payload.to_vec());
        } else if let Some(told) = &mut self.told
            && told.len() < MAX_METADATA_BYTES
        {
            told.extend_from_slice(packet.payload);
        }
    }

    fn read_metadata(&mut self) {
        let Some(told) = self.told.take() else { return };
        if let Some((tags, _)) = pes_payload(&told)
            // Where metadata is synchronous, the head of its access unit stands before it (section 2.12.4.2).
            && let Some(title) = id3::title(tags).or_else(|| id3::title(tags.get(5..)?))
        {
            self.title = Some(title);
        }
    }

    fn audio(&mut self, packet: &Packet<'_>, out: &mut Vec<u8>) {
        if let Some(last) = self.counter
            && !packet.discontinuity
        {
            if packet.counter == last {
                return; // sent twice
            }
            if packet.counter != (last + 1) & 0x0f {
                // What was lost may be of the next PES packet only.
                match &self.pes {
                    Some(pes) if is_whole_pes(pes) => self.end_pes(out),
                    _ => self.pes = None,
                }
                if !self.is_cut_short {
                    tracing::warn!(pid = packet.pid, "packets of the transport stream are missing");
                }
                self.is_cut_short = true;
            }
        }
        self.counter = Some(packet.counter);
        if packet.starts_unit {
            self.end_pes(out);
            self.pes = Some(packet.payload.to_vec());
        } else if let Some(pes) = &mut self.pes {
            pes.extend_from_slice(packet.payload);
        }
    }

    fn end_pes(&mut self, out: &mut Vec<u8>) {
        let Some(pes) = self.pes.take() else { return };
        let Some((payload, timestamp)) = pes_payload(&pes) else { return };
        self.has_sound = true;
        if timestamp.is_some() {
            self.first_timestamp = self.first_timestamp.or(timestamp);
            self.last_timestamp = timestamp;
            (self.place_of_last, self.is_cut_short) = (out.len(), false);
        }
        out.extend_from_slice(payload);
    }
}

/// Seconds from one 33-bit 90 kHz time to another, over the roll-over if that is nearer.
pub(super) fn seconds_between(from: u64, to: u64) -> f64 {
    const TURN: u64 = 1 << 33;
    let ahead = to.wrapping_sub(from) % TURN;
    if ahead < TURN / 2 { ahead as f64 / 90_000.0 } else { -((TURN - ahead) as f64) / 90_000.0 }
}
