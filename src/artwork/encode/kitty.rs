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

/// The same inside tmux, where the colour of the cells is its number: one of the 256.
const INSIDE_NUMBER: u8 = 73;

/// Takes the picture away that was shown inside tmux.
pub const ERASE_INSIDE: &[u8] = b"\x1bPtmux;\x1b\x1b_Ga=d,d=I,i=73,q=2\x1b\x1b\\\x1b\\";

/// Most bytes of base64 in a piece ("Remote client": chunks no larger than 4096 bytes, a multiple of 4).
const PIECE: usize = 4096;

/// Shown in so many cells (`c`, `r`), the cursor where it was (`C=1`), and nothing answered (`q=2`), since answers come among
/// the keys.
pub(super) fn encode(image: &RgbImage, room: Room) -> Option<Vec<u8>> {
    let (columns, rows) = (room.columns, room.rows);
    let keys = format!("a=T,f=100,t=d,i={NUMBER},p=1,c={columns},r={rows},C=1");
    Some(commands(image, &keys)?.concat())
}

/// The same for cells that hold [`placeholder`]s (`U=1`), past tmux, which lets it through where `allow-passthrough` is on.
pub(super) fn encode_inside(image: &RgbImage, room: Room) -> Option<Vec<u8>> {
    let (columns, rows) = (room.columns, room.rows);
    let keys = format!("a=T,U=1,f=100,t=d,i={INSIDE_NUMBER},c={columns},r={rows}");
    let past = |command: Vec<u8>| {
        let doubled = command.into_iter().flat_map(|byte| match byte {
            b'\x1b' => vec![byte, byte],
            _ => vec![byte],
        });
        [b"\x1bPtmux;".to_vec(), doubled.collect(), b"\x1b\\".to_vec()].concat()
    };
    Some(commands(image, &keys)?.into_iter().map(past).collect::<Vec<_>>().concat())
}

/// The commands that send a picture; `keys` are those of the first one.
fn commands(image: &RgbImage, keys: &str) -> Option<Vec<Vec<u8>>> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new(&mut png);
    encoder.write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgb8).ok()?;
    let base64 = STANDARD.encode(&png);
    let pieces: Vec<&[u8]> = base64.as_bytes().chunks(PIECE).collect();
    let command = |(at, piece): (usize, &&[u8])| {
        let more = u8::from(at + 1 < pieces.len());
        let keys = if at == 0 { format!("{keys},q=2,m={more}") } else { format!("m={more},q=2") };
        [b"\x1b_G", keys.as_bytes(), b";", piece, b"\x1b\\"].concat()
    };
    Some(pieces.iter().enumerate().map(command).collect())
}

/// What stands in a cell that shows a part of a picture ("Unicode placeholders"), and the number of its colour. The terminal
/// around tmux draws the picture where tmux has put the cells. `None` where no sign counts so far.
pub fn placeholder(row: u16, column: u16) -> Option<(String, u8)> {
    let sign = |place: u16| COUNTING.get(usize::from(place)).copied().and_then(char::from_u32);
    Some((['\u{10eeee}', sign(row)?, sign(column)?].iter().collect(), INSIDE_NUMBER))
}

/// The signs that stand for rows and columns, from 0 (kitty's `rowcolumn-diacritics.txt`), as far as a cover needs them.
#[rustfmt::skip]
const COUNTING: [u32; 128] = [
    0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d, 0x33e, 0x33f, 0x346, 0x34a, 0x34b, 0x34c, 0x350, 0x351, 0x352, 0x357,
    0x35b, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36a, 0x36b, 0x36c, 0x36d, 0x36e, 0x36f, 0x483, 0x484,
    0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59c, 0x59d, 0x59e, 0x59f, 0x5a0, 0x5a1,
    0x5a8, 0x5a9, 0x5ab, 0x5ac, 0x5af, 0x5c4, 0x610, 0x611, 0x612, 0x613, 0x614, 0x615, 0x616, 0x617, 0x657, 0x658,
    0x659, 0x65a, 0x65b, 0x65d, 0x65e, 0x6d6, 0x6d7, 0x6d8, 0x6d9, 0x6da, 0x6db, 0x6dc, 0x6df, 0x6e0, 0x6e1, 0x6e2,
    0x6e4, 0x6e7, 0x6e8, 0x6eb, 0x6ec, 0x730, 0x732, 0x733, 0x735, 0x736, 0x73a, 0x73d, 0x73f, 0x740, 0x741, 0x743,
    0x745, 0x747, 0x749, 0x74a, 0x7eb, 0x7ec, 0x7ed, 0x7ee, 0x7ef, 0x7f0, 0x7f1, 0x7f3, 0x816, 0x817, 0x818, 0x819,
    0x81b, 0x81c, 0x81d, 0x81e, 0x81f, 0x820, 0x821, 0x822, 0x823, 0x825, 0x826, 0x827, 0x829, 0x82a, 0x82b, 0x82c,
];
