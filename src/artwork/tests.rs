use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, Rgb, RgbImage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::encode::{Protocol, Room, encode};
use super::shelf::Shelf;
use super::{Artwork, ArtworkError, MAX_BYTES, Wanted, decode};
use crate::config::NetworkSettings;
use crate::model::Pixels;
use crate::net::Net;

/// A cover of the bundled music: a JPEG of 600 x 600 pixels.
const COVER: &[u8] = include_bytes!("../../assets/demo/covers/night-ferry.jpg");

fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn pictures_become_pixels_of_two_sizes() {
    let picture = decode(COVER).unwrap();
    assert_eq!((picture.large.width(), picture.large.height()), (600, 600));
    assert_eq!((picture.small.width(), picture.small.height()), (128, 128));
    let wide = RgbImage::from_fn(1300, 65, |x, _| if x < 650 { Rgb([255, 0, 0]) } else { Rgb([9, 9, 9]) });
    let picture = decode(&png(&wide)).unwrap();
    assert_eq!((picture.large.width(), picture.large.height()), (640, 32));
    assert_eq!(picture.large.at(100, 16), [255, 0, 0]);
    assert_eq!(picture.large.at(600, 16), [9, 9, 9]);
    assert_eq!(picture.accent, Some([255, 0, 0]));
    let mut clear = DynamicImage::new_rgba8(2, 1).into_rgba8();
    clear.put_pixel(1, 0, image::Rgba([200, 100, 0, 255]));
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(clear.as_raw(), 2, 1, ExtendedColorType::Rgba8).unwrap();
    let picture = decode(&bytes).unwrap();
    assert_eq!((picture.large.at(0, 0), picture.large.at(1, 0)), ([0, 0, 0], [200, 100, 0]));
}

#[test]
fn bombs_are_refused_by_their_headers() {
    // 65,500 x 65,500 pixels each; made with Python's struct and zlib, by the PNG specification (11.2.2 IHDR) and
    // ITU-T T.81 (B.2.2, frame header).
    let png = "89504e470d0a1a0a0000000d494844520000ffdc0000ffdc08020000001c35814c0000000c49444154789c6360a03d000000\
               64000186643c350000000049454e44ae426082";
    let jpeg = format!(
        "ffd8ffe000104a46494600010100000100010000ffdb004300{}ffc0000b08ffdcffdc01011100ffc4001400010000000000000000\
         0000000000000000ffda0008010100003f00{}ffd9",
        "01".repeat(64),
        "00".repeat(20)
    );
    for bomb in [bytes_of(&png.replace(' ', "")), bytes_of(&jpeg)] {
        let refused = decode(&bomb).unwrap_err();
        assert!(
            matches!(refused, ArtworkError::TooManyPixels(4_290_250_000) | ArtworkError::Broken(_)),
            "{refused}"
        );
    }
    assert!(matches!(decode(b"GIF89a\xdc\xff\xdc\xff\0\0\0;"), Err(ArtworkError::Kind)));
    assert!(matches!(decode(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Err(ArtworkError::Kind)));
    assert!(matches!(decode(&vec![0; MAX_BYTES + 1]), Err(ArtworkError::TooLarge)));
    assert!(matches!(decode(&COVER[..COVER.len() / 8]), Ok(_) | Err(ArtworkError::Broken(_))));
    assert!(decode(&COVER[..40]).is_err());
}

fn pixels(width: usize, height: usize, of: impl Fn(usize, usize) -> [u8; 3]) -> Pixels {
    let rgb = (0..width * height).flat_map(|at| of(at % width, at / width)).collect();
    Pixels::new(width, height, rgb).unwrap()
}

fn room(columns: u16, rows: u16, cell: (u16, u16)) -> Room {
    Room { columns, rows, cell }
}

/// By hand, from the manual: a sixel is six rows, `?` and the bits of the rows from the top; `!` repeats; `$` returns; `-` is the
/// next band.
#[test]
fn sixels_are_as_the_manual_says() {
    let check = |picture: &Pixels, room: Room, expected: &str| {
        let bytes = encode(picture, room, Protocol::Sixel).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    };
    let red = pixels(1, 1, |_, _| [255, 0, 0]);
    check(&red, room(1, 1, (1, 1)), "\x1bP0;1;0q\"1;1;1;1#180;2;100;0;0#180@-\x1b\\");
    let white = pixels(8, 6, |_, _| [255; 3]);
    check(&white, room(1, 1, (8, 6)), "\x1bP0;1;0q\"1;1;8;6#215;2;100;100;100#215!8~-\x1b\\");
    let halves = pixels(2, 7, |x, _| if x == 0 { [0; 3] } else { [255; 3] });
    let expected = "\x1bP0;1;0q\"1;1;2;7#0;2;0;0;0#215;2;100;100;100#0~$#215?~-#0@$#215?@-\x1b\\";
    check(&halves, room(1, 1, (2, 7)), expected);
}

#[test]
fn kitty_takes_png_in_pieces() {
    let green = pixels(3, 3, |_, _| [0, 200, 0]);
    let text = String::from_utf8(encode(&green, room(5, 2, (2, 4)), Protocol::Kitty).unwrap()).unwrap();
    let start = "\x1b_Ga=T,f=100,t=d,i=7367,p=1,c=5,r=2,C=1,q=2,m=0;";
    let data = text.strip_prefix(start).and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
    let shown = image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap().to_rgb8();
    assert_eq!((shown.dimensions(), shown.get_pixel(9, 7).0), ((10, 8), [0, 200, 0]));
    let noise =
        pixels(90, 90, |x, y| [x * 7 + y * 13, x * y, x ^ y].map(|part| u8::try_from(part % 256).unwrap()));
    let text = String::from_utf8(encode(&noise, room(10, 5, (10, 20)), Protocol::Kitty).unwrap()).unwrap();
    let pieces: Vec<_> =
        text.split_terminator("\x1b\\").map(|piece| piece.split_once(';').unwrap()).collect();
    assert!(pieces.len() > 2);
    for (at, (keys, data)) in pieces.iter().enumerate() {
        let is_last = at + 1 == pieces.len();
        assert!(data.len() <= 4096 && (is_last || data.len() % 4 == 0), "{}", data.len());
        assert_eq!(keys.contains("m=1"), !is_last);
        assert_eq!(at > 0, *keys == "\x1b_Gm=1,q=2" || *keys == "\x1b_Gm=0,q=2");
    }
}

#[test]
fn iterm_takes_a_file_in_its_size() {
    let text = String::from_utf8(
        encode(&pixels(4, 4, |_, _| [9, 9, 200]), room(6, 3, (8, 16)), Protocol::Iterm).unwrap(),
    )
    .unwrap();
    let (keys, data) = text
        .strip_prefix("\x1b]1337;File=")
        .and_then(|rest| rest.strip_suffix('\x07'))
        .unwrap()
        .split_once(':')
        .unwrap();
    let file = STANDARD.decode(data).unwrap();
    assert_eq!(
        keys,
        format!("inline=1;size={};width=6;height=3;preserveAspectRatio=0;doNotMoveCursor=1", file.len())
    );
    assert_eq!(image::load_from_memory(&file).unwrap().to_rgb8().dimensions(), (48, 48));
}

#[test]
fn what_is_kept_is_written_anew_and_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().join("covers"));
    let at = |name: &str| Url::parse(&format!("https://cdn.example/{name}")).unwrap();
    let picture = decode(COVER).unwrap();
    for (name, age) in [("old", 100), ("new", 50)] {
        shelf.write(&at(name), &picture).unwrap();
        shelf.read(&at(name), UNIX_EPOCH + Duration::from_secs(10_000 - age)).unwrap();
    }
    let kept = shelf.read(&at("new"), UNIX_EPOCH + Duration::from_secs(10_000)).unwrap();
    assert_eq!((kept.large.width(), kept.accent.is_some()), (600, picture.accent.is_some()));
    assert_eq!(shelf.read(&at("other"), UNIX_EPOCH), None);
    let all: u64 = std::fs::read_dir(folder.path().join("covers"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    shelf.make_room(all - 1).unwrap();
    assert_eq!(shelf.read(&at("old"), UNIX_EPOCH), None, "used longest ago");
    for entry in std::fs::read_dir(folder.path().join("covers")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::write(&path, b"\xff\xd8\xff").unwrap();
    }
    assert_eq!(shelf.read(&at("new"), UNIX_EPOCH), None, "damaged");
}

/// Answers every request with these bytes.
async fn server(body: Vec<u8>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/cover.jpg", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 2048];
            let _ = stream.read(&mut asked).await;
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&body).await;
        }
    });
    address
}

fn artwork(homes: Vec<Url>) -> Artwork {
    Artwork::new(Net::new(NetworkSettings { retries: 0, ..NetworkSettings::default() }), homes, None)
}

#[tokio::test]
async fn covers_come_from_addresses_within_limits() {
    let address = server(COVER.to_vec()).await;
    let wanted = Wanted::At(address.clone());
    let refused = artwork(Vec::new()).find(&wanted, SystemTime::UNIX_EPOCH).await;
    assert!(
        matches!(refused, Err(ArtworkError::Net(_))),
        "somebody else's address leads nowhere near: {refused:?}"
    );
    let at_home = artwork(vec![address]);
    let picture = at_home.find(&wanted, SystemTime::UNIX_EPOCH).await.unwrap().unwrap();
    assert_eq!(picture.large.width(), 600);
    let again = at_home.find(&wanted, SystemTime::UNIX_EPOCH).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&picture, &again), "from memory");
    let large = server(vec![0xff; MAX_BYTES + 1]).await;
    let refused = artwork(vec![large.clone()]).find(&Wanted::At(large), SystemTime::UNIX_EPOCH).await;
    assert!(matches!(refused, Err(ArtworkError::TooLarge)), "{refused:?}");
}

#[tokio::test]
async fn files_have_covers_in_them_or_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("song.mp3");
    std::fs::write(&song, b"no tags at all").unwrap();
    let find = async |path: &std::path::Path| {
        artwork(Vec::new()).find(&Wanted::OfFile(path.to_owned()), SystemTime::UNIX_EPOCH).await
    };
    assert!(find(&song).await.unwrap().is_none());
    let blue = RgbImage::from_pixel(40, 20, Rgb([0, 0, 250]));
    std::fs::write(folder.path().join("Front.PNG"), png(&blue)).unwrap();
    std::fs::write(folder.path().join("notes.jpg"), COVER).unwrap();
    assert_eq!(find(&song).await.unwrap().unwrap().large.width(), 40);
    std::fs::write(folder.path().join("cover.jpg"), COVER).unwrap();
    assert_eq!(find(&song).await.unwrap().unwrap().large.width(), 600, "the likelier name");
    std::fs::write(folder.path().join("cover.jpg"), b"no picture").unwrap();
    assert!(find(&song).await.is_err());
    // A tag with a picture (ID3v2.3, frame APIC): the picture in it comes first.
    let apic =
        [b"\0image/png\0\x03\0".as_slice(), &png(&RgbImage::from_pixel(7, 9, Rgb([1, 2, 3])))].concat();
    let frame =
        [b"APIC", u32::try_from(apic.len()).unwrap().to_be_bytes().as_slice(), b"\0\0", &apic].concat();
    let size = u32::try_from(frame.len()).unwrap();
    let size = [size >> 21, size >> 14, size >> 7, size].map(|part| u8::try_from(part & 0x7f).unwrap());
    let mp3 = include_bytes!("../../assets/demo/tracks/night-ferry.mp3");
    // Behind its own tag, whose length stands in seven bits a byte (ID3v2.3, section 3.1).
    let at = 10 + mp3[6..10].iter().fold(0, |size, byte| (size << 7) | usize::from(*byte));
    std::fs::write(&song, [b"ID3\x03\0\0", size.as_slice(), &frame, &mp3[at..]].concat()).unwrap();
    let picture = find(&song).await.unwrap().unwrap();
    assert_eq!((picture.large.width(), picture.large.height(), picture.large.at(0, 0)), (7, 9, [1, 2, 3]));
}
