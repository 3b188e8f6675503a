//! Program tables (section 2.4.4): which stream is the sound.

use super::Codec;
use super::packet::Packet;

/// Collects a section that may span packets.
#[derive(Clone, Debug, Default)]
pub(super) struct Section(Vec<u8>);

impl Section {
    /// Adds a packet's payload; returns the section when it is complete.
    pub(super) fn add(&mut self, packet: &Packet<'_>) -> Option<Vec<u8>> {
        if packet.starts_unit {
            let (&pointer, behind) = packet.payload.split_first()?;
            self.0 = behind.get(usize::from(pointer)..)?.to_vec();
        } else if !self.0.is_empty() {
            self.0.extend_from_slice(packet.payload);
        }
        let [_, high, low, ..] = self.0.as_slice() else { return None };
        let length = 3 + (usize::from(high & 0x0f) << 8 | usize::from(*low));
        if self.0.len() < length {
            return None;
        }
        let mut section = std::mem::take(&mut self.0);
        section.truncate(length);
        Some(section)
    }
}

/// Most programmes that are looked at.
const MAX_PROGRAMS: usize = 64;

/// The streams of the programmes' maps, from a program association table.
pub(super) fn program_map_pids(table: &[u8]) -> Vec<u16> {
    let programs = entries(table, 0x00, 8).unwrap_or_default().as_chunks::<4>().0;
    let pids = programs.iter().filter_map(|program| match program {
        [0, 0, ..] => None, // the network table
        [_, _, high, low] => Some(u16::from(high & 0x1f) << 8 | u16::from(*low)),
    });
    pids.take(MAX_PROGRAMS).collect()
}

/// The streams of a programme that matter here.
#[derive(Default)]
pub(super) struct Streams {
    /// The first audio stream that can be played.
    pub track: Option<(u16, Codec)>,
    /// Sound that cannot be played, in words.
    pub unsupported: Option<&'static str>,
    /// Timed metadata in ID3 tags.
    pub metadata: Option<u16>,
}

/// What is in a program map table.
pub(super) fn streams(table: &[u8]) -> Streams {
    let mut found = Streams::default();
    let Some(mut rest) = stream_list(table) else { return found };
    while let [kind, pid_high, pid_low, length_high, length_low, behind @ ..] = rest {
        let pid = u16::from(pid_high & 0x1f) << 8 | u16::from(*pid_low);
        let length = usize::from(length_high & 0x0f) << 8 | usize::from(*length_low);
        let descriptors = behind.get(..length).unwrap_or(behind);
        let mut sounds = |codec| {
            found.track.get_or_insert((pid, codec));
        };
        match kind {
            0x0f => sounds(Codec::Adts),
            0x03 | 0x04 => sounds(Codec::MpegAudio),
            0x11 => found.unsupported = Some("AAC in LATM frames"),
            0x81 | 0xc1 => found.unsupported = Some("Dolby Digital (AC-3) sound"),
            0x87 | 0xc2 => found.unsupported = Some("Dolby Digital Plus (E-AC-3) sound"),
            0xcf => found.unsupported = Some("AAC under SAMPLE-AES encryption"),
            0x15 => {
                found.metadata.get_or_insert(pid);
            }
            0x06 if descriptors.windows(4).any(|four| four == b"ID3 ") => {
                found.metadata.get_or_insert(pid);
            }
            0x06 => found.unsupported = private_sound(descriptors).or(found.unsupported),
            _ => {}
        }
        rest = behind.get(length..).unwrap_or_default();
    }
    found
}

/// Sound in private streams, told by one of its DVB descriptors (ETSI EN 300 468).
fn private_sound(mut descriptors: &[u8]) -> Option<&'static str> {
    while let [tag, length, behind @ ..] = descriptors {
        match tag {
            0x6a => return Some("Dolby Digital (AC-3) sound"),
            0x7a => return Some("Dolby Digital Plus (E-AC-3) sound"),
            0x7b => return Some("DTS sound"),
            _ => descriptors = behind.get(usize::from(*length)..)?,
        }
    }
    None
}

fn stream_list(table: &[u8]) -> Option<&[u8]> {
    let [high, low] = table.get(10..12)?.first_chunk::<2>()?;
    let information = usize::from(high & 0x0f) << 8 | usize::from(*low);
    entries(table, 0x02, 12 + information)
}

/// What stands between `from` and the checksum of a current table with this id.
fn entries(table: &[u8], id: u8, from: usize) -> Option<&[u8]> {
    let is_current = table.get(5)? & 1 != 0;
    (*table.first()? == id && is_current).then(|| table.get(from..table.len().checked_sub(4)?)).flatten()
}
