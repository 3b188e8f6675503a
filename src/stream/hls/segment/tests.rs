//! Segments of every kind, alone and one after the other.

use proptest::prelude::*;

use super::*;

fn check(segments: &[&[u8]], expected: &[Result<(Kind, bool), Unusable>]) {
    let mut unpacker = Unpacker::default();
    let found: Vec<_> = segments
        .iter()
        .map(|bytes| unpacker.unpack(bytes.to_vec()).map(|piece| (piece.kind, piece.continues)))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn bytes_tell_the_kind() {
    let box_of = |name: &[u8; 4]| [&[0, 0, 0, 8], &name[..]].concat();
    let (adts, mpeg) = (&b"\xff\xf1\x50\x80"[..], &b"\xff\xfb\x90\x00"[..]);
    check(
        &[adts, adts, mpeg, adts],
        &[
            Ok((Kind::Adts, false)),
            Ok((Kind::Adts, true)),
            Ok((Kind::MpegAudio, false)),
            Ok((Kind::Adts, false)),
        ],
    );
    let fragment = [box_of(b"styp"), box_of(b"moof"), box_of(b"mdat")].concat();
    let whole = [box_of(b"ftyp"), box_of(b"moov"), box_of(b"mdat")].concat();
    check(
        &[&fragment, &fragment, &whole],
        &[Ok((Kind::Fragments, false)), Ok((Kind::Fragments, true)), Ok((Kind::Whole, false))],
    );
    check(&[b"\x0b\x77rest"], &[Err(Unusable::Unsupported("Dolby Digital (AC-3) sound"))]);
    for junk in [&b""[..], b"hello", b"<html>", b"\0\0\0\x08abcd", &[0x47; 188]] {
        check(&[junk], &[Unpacker::default().unpack(junk.to_vec()).map(|piece| (piece.kind, false))]);
        assert!(matches!(Unpacker::default().unpack(junk.to_vec()), Err(Unusable::Damaged(_))), "{junk:?}");
    }
}

/// The bundled packed audio, `shift` frames later than it says.
fn packed(number: u8, shift: i64) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hls/cafe-muller");
    let bytes = std::fs::read(format!("{folder}/seg00{number}.aac")).unwrap();
    let (time, frames) = strip_tags(&bytes);
    let time = i64::try_from(time.unwrap()).unwrap() + shift * 1024 * 90_000 / 44_100;
    let mut segment = b"ID3\x04\x00\x00\x00\x00\x00\x3fPRIV\x00\x00\x00\x35\x00\x00\
        com.apple.streaming.transportStreamTimestamp\0"
        .to_vec();
    segment.extend_from_slice(&time.to_be_bytes());
    segment.extend_from_slice(frames);
    segment
}

#[test]
fn another_variant_goes_on_at_the_very_frame() {
    let whole = Coding::Adts.whole_frames(strip_tags(&packed(1, 0)).1).unwrap().samples;
    for (shift, surplus) in
        [(0, Some(0)), (-1, Some(1)), (-100, Some(100)), (1, None), (3000, None), (-3000, None)]
    {
        let mut unpacker = Unpacker::default();
        unpacker.unpack(packed(0, 0)).unwrap();
        unpacker.change_source();
        let found = unpacker.unpack(packed(1, shift)).map(|piece| {
            assert!(piece.continues, "{shift} frames later");
            (whole - Coding::Adts.whole_frames(&piece.bytes).unwrap().samples) / 1024
        });
        assert_eq!(found, surplus.ok_or(ELSEWHERE), "{shift} frames later");
        if surplus.is_some() {
            let next = unpacker.unpack(packed(2, shift)).unwrap();
            assert!(next.continues && next.bytes == strip_tags(&packed(2, 0)).1, "{shift}: the next one");
        }
    }
}

#[test]
fn what_cannot_be_told_exactly_is_decoded_afresh() {
    let mut halved = packed(0, 0);
    halved.truncate(halved.len() - 10);
    let mut other_rate = packed(1, 0);
    let frames = strip_tags(&other_rate).1.to_vec();
    let (mut at, tags) = (0, other_rate.len() - frames.len());
    while let Some(frame) = Coding::Adts.header(&frames[at..]) {
        other_rate[tags + at + 2] ^= 0x04;
        at += frame.bytes;
        if at >= frames.len() {
            break;
        }
    }
    for (first, second) in [(halved, packed(1, 0)), (packed(0, 0), other_rate)] {
        let mut unpacker = Unpacker::default();
        unpacker.unpack(first).unwrap();
        unpacker.change_source();
        let piece = unpacker.unpack(second.clone()).unwrap();
        assert!(!piece.continues && piece.bytes == strip_tags(&second).1);
    }
}

/// A bundled segment of a transport stream, and where its packets begin that begin a PES packet of sound.
fn transport(variant: &str, number: u8) -> (Vec<u8>, Vec<usize>) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hls/night-ferry");
    let bytes = std::fs::read(format!("{folder}/{variant}/seg00{number}.ts")).unwrap();
    let begins = |at: &usize| {
        let packet = &bytes[*at..at + 188];
        packet[1] & 0x40 != 0 && packet.windows(4).any(|four| four == b"\0\0\x01\xc0")
    };
    let starts = (0..bytes.len()).step_by(188).filter(begins).collect();
    (bytes, starts)
}

#[test]
fn what_a_variant_lost_does_not_speak_against_another() {
    let (whole, starts) = transport("high", 1);
    let (next, _) = transport("low", 2);
    let frames =
        |bytes: &[u8]| Coding::Adts.whole_frames(&Unpacker::default().unpack(bytes.to_vec()).unwrap().bytes);
    let count = frames(&next).unwrap().samples;
    let (middle, last) = (starts.len() / 2, starts.len() - 1);
    // What is left of the segment, and whether the other goes on at the very frame, which it cannot where nobody knows
    // how much is missing.
    let rows = [
        ("all", whole.clone(), Ok(true)),
        ("no PES packet amid it", without(&whole, starts[middle]..starts[middle + 1]), Ok(true)),
        ("no first PES packet", without(&whole, starts[0]..starts[1]), Ok(true)),
        (
            "the last PES packet without its head",
            without(&whole, starts[last]..starts[last] + 188),
            Ok(false),
        ),
        ("no last PES packet", whole[..starts[last]].to_vec(), Err(ELSEWHERE)),
    ];
    for (what, bytes, expected) in rows {
        let mut unpacker = Unpacker::default();
        unpacker.unpack(bytes).unwrap();
        unpacker.change_source();
        let found = unpacker.unpack(next.clone());
        if let Ok(piece) = &found {
            assert_eq!(Coding::Adts.whole_frames(&piece.bytes).unwrap().samples, count, "{what}: all of it");
        }
        assert_eq!(found.map(|piece| piece.continues), expected, "{what}");
    }
}

fn without(bytes: &[u8], lost: std::ops::Range<usize>) -> Vec<u8> {
    [&bytes[..lost.start], &bytes[lost.end..]].concat()
}

#[test]
fn a_spoilt_sync_byte_costs_nothing() {
    let (whole, _) = transport("high", 1);
    let sound = Unpacker::default().unpack(whole.clone()).unwrap().bytes;
    for flips in [&[0][..], &[188], &[376], &[0, 376], &[188, 564], &[188 * 40]] {
        let mut spoilt = whole.clone();
        for at in flips {
            spoilt[*at] ^= 0x20;
        }
        let found = Unpacker::default().unpack(spoilt).map(|piece| piece.bytes == sound);
        assert_eq!(found, Ok(true), "{flips:?}");
    }
}

#[test]
fn a_jump_in_time_stands_alone() {
    let at = |time: u64| {
        let mut segment = b"ID3\x04\x00\x00\x00\x00\x00\x3fPRIV\x00\x00\x00\x35\x00\x00\
            com.apple.streaming.transportStreamTimestamp\0"
            .to_vec();
        segment.extend_from_slice(&time.to_be_bytes());
        segment.extend_from_slice(b"\xff\xf1\x50\x80");
        segment
    };
    let step = 5 * 90_000;
    let near_the_end = (1 << 33) - step;
    for (first, second, continues) in
        [(0, step, true), (near_the_end, 0, true), (step * 20, 0, false), (0, step * 20, false)]
    {
        check(&[&at(first), &at(second)], &[Ok((Kind::Adts, false)), Ok((Kind::Adts, continues))]);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_or_grow(segments in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..800), 1..4)) {
        let mut unpacker = Unpacker::default();
        for bytes in segments {
            let length = bytes.len();
            if let Ok(piece) = unpacker.unpack(bytes) {
                prop_assert!(piece.bytes.len() <= length);
            }
        }
    }

    #[test]
    fn boxes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), name in prop::sample::select(vec![b"styp", b"moov", b"free", b"ftyp"])) {
        mp4_kind(&bytes);
        let mut named = bytes.clone();
        named.splice(0..0, [&[0, 0, 0, 8], &name[..]].concat());
        mp4_kind(&named);
    }
}
