//! Writes 16-bit stereo WAV.

use crate::synth::Sound;
use std::fs;
use std::io;
use std::path::Path;

const RATE: u32 = 44_100;

/// Writes `sound` to `path` as RIFF/WAVE, 44.1 kHz, two channels, 16 bits.
pub fn write(path: &Path, sound: &Sound) -> io::Result<()> {
    let size = u32::try_from(sound.len() * 4).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(44 + sound.len() * 4);
    bytes.extend(b"RIFF");
    bytes.extend((size + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(2_u16.to_le_bytes());
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * 4).to_le_bytes());
    bytes.extend(4_u16.to_le_bytes());
    bytes.extend(16_u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(size.to_le_bytes());
    for sample in sound.iter().flatten() {
        let whole = (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
        bytes.extend(whole.to_le_bytes());
    }
    fs::write(path, bytes)
}
