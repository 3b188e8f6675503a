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

/// The stream of the first program's map, from a program association table.
pub(super) fn program_map_pid(table: &[u8]) -> Option<u16> {
    let programs = entries(table, 0x00, 8)?;
    programs.chunks_exact(4).find_map(|program| match program {
        [0, 0, ..] => None, // the network table
        [_, _, high, low] => Some(u16::from(high & 0x1f) << 8 | u16::from(*low)),
        _ => None,
    })
}

/// The first audio stream that can be played, from a program map table, and what else there is in
/// words.
pub(super) fn audio_track(table: &[u8]) -> (Option<(u16, Codec)>, Option<&'static str>) {
    let mut unsupported = None;
    let Some(mut rest) = streams(table) else { return (None, None) };
    while let [kind, pid_high, pid_low, length_high, length_low, behind @ ..] = rest {
        let pid = u16::from(pid_high & 0x1f) << 8 | u16::from(*pid_low);
        let length = usize::from(length_high & 0x0f) << 8 | usize::from(*length_low);
        let descriptors = behind.get(..length).unwrap_or(behind);
        match kind {
            0x0f => return (Some((pid, Codec::Adts)), None),
            0x03 | 0x04 => return (Some((pid, Codec::MpegAudio)), None),
            0x11 => unsupported = Some("AAC in LATM frames"),
            0x81 | 0xc1 => unsupported = Some("Dolby Digital (AC-3) sound"),
            0x87 | 0xc2 => unsupported = Some("Dolby Digital Plus (E-AC-3) sound"),
            0xcf => unsupported = Some("AAC under SAMPLE-AES encryption"),
            0x06 => unsupported = private_sound(descriptors).or(unsupported),
            _ => {}
        }
        rest = behind.get(length..).unwrap_or_default();
    }
    (None, unsupported)
}

/// Sound in private streams, told by its DVB descriptor (ETSI EN 300 468).
fn private_sound(descriptors: &[u8]) -> Option<&'static str> {
    match descriptors.first()? {
        0x6a => Some("Dolby Digital (AC-3) sound"),
        0x7a => Some("Dolby Digital Plus (E-AC-3) sound"),
        0x7b => Some("DTS sound"),
        _ => None,
    }
}

fn streams(table: &[u8]) -> Option<&[u8]> {
    let [high, low] = table.get(10..12)?.first_chunk::<2>()?;
    let information = usize::from(high & 0x0f) << 8 | usize::from(*low);
    entries(table, 0x02, 12 + information)
}

/// What stands between `from` and the checksum of a current table with this id.
fn entries(table: &[u8], id: u8, from: usize) -> Option<&[u8]> {
    let is_current = table.get(5)? & 1 != 0;
    (*table.first()? == id && is_current).then(|| table.get(from..table.len().checked_sub(4)?)).flatten()
}
