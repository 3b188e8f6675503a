//! kitty's graphics protocol (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};

use super::Room;

/// Asks whether the terminal knows the protocol: a picture of one pixel that is not shown ("Querying support and available
/// transmission mediums"). The answer is `ESC _ G i=31;OK ESC \`.
pub const ASK: &[u8] = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\";

/// Takes the picture away, and out of the terminal's memory ("Deleting images").
pub const ERASE: &[u8] = b"\x1b_Ga=d,d=I,i=7367,q=2\x1b\\";

/// The number of our picture; there is one at a time.
const NUMBER: u32 = 7367;

/// Most bytes of base64 in a piece ("Remote client": chunks no larger than 4096 bytes, a multiple of 4).
const PIECE: usize = 4096;

/// Shown in so many cells (`c`, `r`), the cursor where it was (`C=1`), and nothing answered (`q=2`), since answers come among
/// the keys.
pub(super) fn encode(image: &RgbImage, room: Room) -> Option<Vec<u8>> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new(&mut png);
    encoder.write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgb8).ok()?;
    let base64 = STANDARD.encode(&png);
    let pieces: Vec<&[u8]> = base64.as_bytes().chunks(PIECE).collect();
    let mut out = Vec::with_capacity(base64.len() + pieces.len() * 16 + 64);
    for (at, piece) in pieces.iter().enumerate() {
        let more = u8::from(at + 1 < pieces.len());
        let keys = match at {
            0 => format!("a=T,f=100,t=d,i={NUMBER},p=1,c={},r={},C=1,q=2,m={more}", room.columns, room.rows),
            _ => format!("m={more},q=2"),
        };
        out.extend([b"\x1b_G", keys.as_bytes(), b";", piece, b"\x1b\\"].concat());
    }
    Some(out)
}
