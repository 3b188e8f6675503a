//! iTerm2's inline images (<https://iterm2.com/documentation-images.html>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};

use super::Room;

const QUALITY: u8 = 90;

/// `OSC 1337 ; File = arguments : base64 BEL`, its size in cells.
pub(super) fn encode(image: &RgbImage, room: Room) -> Option<Vec<u8>> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgb8)
        .ok()?;
    let Room { columns, rows, .. } = room;
    let arguments = format!(
        "inline=1;size={};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1",
        jpeg.len()
    );
    Some(format!("\x1b]1337;File={arguments}:{}\x07", STANDARD.encode(&jpeg)).into_bytes())
}
