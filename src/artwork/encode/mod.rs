//! Pixels as the bytes that a terminal takes pictures in. Each begins where the cursor stands and is made of nothing but
//! numbers and encoded pixels.

mod iterm;
mod kitty;
mod sixel;

pub use kitty::{ASK as ASK_KITTY, ERASE as ERASE_KITTY, ERASE_INSIDE as ERASE_KITTY_INSIDE, placeholder};

use image::RgbImage;
use image::imageops::{self, FilterType};

use crate::model::Pixels;

/// A way in which terminals take pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// kitty's (<https://sw.kovidgoyal.net/kitty/graphics-protocol/>): kitty, Ghostty, Konsole.
    Kitty,
    /// The same inside tmux: the cells themselves say which part of the picture is theirs.
    KittyInside,
    /// DEC's (VT330/VT340 Programmer Reference Manual, chapter 14): foot, Contour, xterm where it was set up so.
    Sixel,
    /// iTerm2's (<https://iterm2.com/documentation-images.html>): iTerm2, WezTerm, mintty.
    Iterm,
}

/// Room on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Cells across.
    pub columns: u16,
    /// Cells down.
    pub rows: u16,
    /// Pixels of a cell across and down.
    pub cell: (u16, u16),
}

impl Room {
    fn pixels(self) -> (u32, u32) {
        let side = |cells: u16, pixels: u16| (u32::from(cells) * u32::from(pixels)).clamp(1, 4096);
        (side(self.columns, self.cell.0), side(self.rows, self.cell.1))
    }
}

/// The bytes that fill `room` with a picture, whatever stands over its sides cut off; `None` for what cannot be encoded.
pub fn encode(picture: &Pixels, room: Room, protocol: Protocol) -> Option<Vec<u8>> {
    let image = filled(picture, room.pixels())?;
    match protocol {
        Protocol::Kitty => kitty::encode(&image, room),
        Protocol::KittyInside => kitty::encode_inside(&image, room),
        Protocol::Sixel => Some(sixel::encode(&image)),
        Protocol::Iterm => iterm::encode(&image, room),
    }
}

/// The middle of a picture in the shape of `width` x `height`, at that size.
fn filled(picture: &Pixels, (width, height): (u32, u32)) -> Option<RgbImage> {
    let (has_width, has_height) =
        (u32::try_from(picture.width()).ok()?, u32::try_from(picture.height()).ok()?);
    let image = RgbImage::from_raw(has_width, has_height, picture.bytes().to_vec())?;
    let (wide, high) = (u64::from(has_width) * u64::from(height), u64::from(has_height) * u64::from(width));
    let part = |whole: u32, by: u64, of: u64| u32::try_from(u64::from(whole) * by / of.max(1)).ok();
    let (cut_width, cut_height) = if wide > high {
        (part(has_width, high, wide)?.max(1), has_height)
    } else {
        (has_width, part(has_height, wide, high)?.max(1))
    };
    let (left, top) = ((has_width - cut_width) / 2, (has_height - cut_height) / 2);
    let cut = imageops::crop_imm(&image, left, top, cut_width, cut_height).to_image();
    Some(if (cut_width, cut_height) == (width, height) {
        cut
    } else {
        imageops::resize(&cut, width, height, FilterType::Triangle)
    })
}
