//! Damage, and streams as the standard allows them. That whole streams come out as ffmpeg copies them is
//! shown in the tests of the room.

use proptest::prelude::*;

use super::*;

const PMT: u16 = 0x100;
const AUDIO: u16 = 0x101;

/// A packet: what is missing of 184 bytes is stuffed by an adaptation field (section 2.4.3.5).
fn packet(pid: u16, starts_unit: bool, counter: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = pid.to_be_bytes();
    let mut packet = vec![SYNC, high | u8::from(starts_unit) << 6, low, 0x10 | counter & 0x0f];
    let room = 184 - payload.len();
    if room > 0 {
        packet[3] |= 0x20;
        packet.push(u8::try_from(room - 1).unwrap());
        if room > 1 {
            packet.push(0);
            packet.resize(4 + room, 0xff);
        }
    }
    packet.extend_from_slice(payload);
    assert_eq!(packet.len(), PACKET_BYTES);
    packet
}

fn table(id: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len() + 5 + 4).unwrap();
    let mut table = vec![0, id, 0xb0, length, 0, 1, 0xc1, 0, 0];
    table.extend_from_slice(body);
    table.extend_from_slice(&[0; 4]); // a checksum that nobody looks at
    table
}

/// Program tables with these kinds of streams, the first of them on `AUDIO`.
fn tables(kinds: &[u8]) -> Vec<u8> {
    let mut map = vec![0xe1, 0x01, 0xf0, 0];
    for (number, kind) in kinds.iter().enumerate() {
        map.extend_from_slice(&[*kind, 0xe1, 1 + u8::try_from(number).unwrap(), 0xf0, 0]);
    }
    let [high, low] = PMT.to_be_bytes();
    let programs = [0, 0, 0xe0, 0x10, 0, 1, 0xe0 | high, low];
    [packet(0, true, 0, &table(0, &programs)), packet(PMT, true, 0, &table(2, &map))].concat()
}

/// A PES packet with this time and payload.
fn pes(time: u64, payload: &[u8]) -> Vec<u8> {
    let bits = |shift: u64, mask: u64| u8::try_from(time >> shift & mask).unwrap();
    let stamp = [
        0x21 | bits(30, 7) << 1,
        bits(22, 0xff),
        1 | bits(15, 0x7f) << 1,
        bits(7, 0xff),
        1 | bits(0, 0x7f) << 1,
    ];
    let length = u16::try_from(payload.len() + 8).unwrap().to_be_bytes();
    [&[0, 0, 1, 0xc0, length[0], length[1], 0x80, 0x80, 5], &stamp[..], payload].concat()
}

fn run(bytes: &[u8]) -> (Demuxer, Vec<u8>) {
    let (mut demuxer, mut out) = (Demuxer::default(), Vec::new());
    demuxer.push(bytes, &mut out);
    demuxer.end_segment(&mut out);
    (demuxer, out)
}

fn audio(counter: u8, text: &str) -> Vec<u8> {
    packet(AUDIO, true, counter, &pes(90_000, text.as_bytes()))
}

#[test]
fn the_first_playable_track_is_taken() {
    for (kinds, codec, unsupported) in [
        (&[0x0f][..], Some(Codec::Adts), None),
        (&[0x03], Some(Codec::MpegAudio), None),
        (&[0x04], Some(Codec::MpegAudio), None),
        (&[0x1b], None, None),
        (&[0x11], None, Some("AAC in LATM frames")),
        (&[0x81], None, Some("Dolby Digital (AC-3) sound")),
        (&[0x81, 0x0f], Some(Codec::Adts), None),
        (&[0x15], None, None),
    ] {
        let (demuxer, _) = run(&tables(kinds));
        assert_eq!((demuxer.codec(), demuxer.unsupported()), (codec, unsupported), "{kinds:x?}");
    }
}

#[test]
fn damage_costs_only_what_it_hits() {
    let head = tables(&[0x0f]);
    let more = |counter: u8, text: &str| packet(AUDIO, false, counter, text.as_bytes());
    let check = |packets: &[Vec<u8>], expected: &str, what: &str| {
        let (_, out) = run(&[head.as_slice(), &packets.concat()].concat());
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{what}");
    };
    let mut scrambled = audio(1, "secret");
    scrambled[3] |= 0x80;
    let mut damaged = audio(1, "broken");
    damaged[1] |= 0x80;
    let mut jump = audio(9, "b");
    jump[5] |= 0x80;
    check(&[audio(0, "a"), audio(1, "b")], "ab", "in order");
    check(&[audio(0, "a"), audio(0, "a"), audio(1, "b")], "ab", "a packet sent twice");
    check(&[audio(0, "a"), jump, audio(10, "c")], "abc", "an announced jump");
    check(&[audio(0, "a"), scrambled, audio(1, "b")], "ab", "a scrambled packet");
    check(&[audio(0, "a"), damaged, audio(1, "b")], "ab", "a packet marked as damaged");
    let long = |counter: u8, text: &str| {
        let mut pes = pes(90_000, text.as_bytes());
        pes[5] += 50; // more is to come
        packet(AUDIO, true, counter, &pes)
    };
    check(&[audio(0, "a"), more(2, "LOST"), audio(3, "b")], "ab", "a gap behind a whole PES packet");
    check(&[audio(0, "a"), audio(2, "c")], "ac", "a PES packet that is missing");
    check(&[long(0, "LOST"), more(2, "LOST"), audio(3, "b")], "b", "a gap inside a PES packet");
    let mut spoilt = audio(1, "b");
    spoilt[0] ^= 0x10;
    check(&[audio(0, "a"), spoilt, audio(2, "c")], "abc", "a sync byte that is spoilt");
    check(&[more(0, "LOST"), audio(1, "b")], "b", "a start in the middle");
    check(&[audio(0, "a"), b"junk\x47junk".to_vec(), audio(1, "b"), audio(2, "c")], "abc", "junk between");
    check(&[audio(0, "a"), audio(1, "b")[..100].to_vec()], "a", "a cut at the end");
    check(&[packet(AUDIO, true, 0, b"no PES header"), audio(1, "b")], "b", "no start code");
}

#[test]
fn sound_is_known_behind_other_descriptors() {
    for (descriptors, expected) in [
        (&[][..], None),
        (&[0x0a, 4, b'd', b'e', b'u', 0], None),
        (&[0x6a, 1, 0], Some("Dolby Digital (AC-3) sound")),
        (&[0x0a, 4, b'd', b'e', b'u', 0, 0x6a, 1, 0], Some("Dolby Digital (AC-3) sound")),
        (&[0x0a, 1, 0x6a, 0x52, 1, 0x7b, 0x7a, 0], Some("Dolby Digital Plus (E-AC-3) sound")),
        (&[0x0a, 200, 0x6a], None),
    ] {
        let length = u8::try_from(descriptors.len()).unwrap();
        let map = [&[0xe1, 0x01, 0xf0, 0, 0x06, 0xe1, 1, 0xf0, length][..], descriptors].concat();
        let [high, low] = PMT.to_be_bytes();
        let programs = [0, 1, 0xe0 | high, low];
        let head = [packet(0, true, 0, &table(0, &programs)), packet(PMT, true, 0, &table(2, &map))].concat();
        assert_eq!(run(&head).0.unsupported(), expected, "{descriptors:x?}");
    }
}

#[test]
fn frames_may_go_on_in_the_next_segment() {
    let (mut demuxer, mut out) = (Demuxer::default(), Vec::new());
    demuxer.push(&[tables(&[0x0f]), audio(3, "first ")].concat(), &mut out);
    demuxer.end_segment(&mut out);
    let times = Times { first: 90_000, last: 90_000, place_of_last: 0, is_cut_short: false };
    assert_eq!(demuxer.take_times(), Some(times));
    // Counters begin anew and the tables need not be there again.
    demuxer.push(&[audio(3, "second"), packet(0x1fff, false, 0, &[])].concat(), &mut out);
    demuxer.end_segment(&mut out);
    assert_eq!(out, b"first second");
}

#[test]
fn time_rolls_over() {
    let turn = 1_u64 << 33;
    for (from, to, seconds) in [
        (0, 90_000, 1.0),
        (turn - 90_000, 90_000, 2.0),
        (90_000, turn - 90_000, -2.0),
        (126_000, 126_000, 0.0),
    ] {
        let found = seconds_between(from, to);
        assert!((found - seconds).abs() < 1e-9, "{from} to {to}: {found}");
    }
    let bytes = [tables(&[0x0f]), packet(AUDIO, true, 0, &pes(turn - 1, b"x"))].concat();
    assert_eq!(run(&bytes).0.take_times().map(|times| times.first), Some(turn - 1));
}

proptest! {
    #[test]
    fn pieces_of_any_size_give_the_same(cuts in prop::collection::vec(1_usize..400, 1..40)) {
        let whole = [tables(&[0x0f]), audio(0, "one"), audio(1, "two"), audio(2, "three")].concat();
        let (mut demuxer, mut out) = (Demuxer::default(), Vec::new());
        let mut rest = whole.as_slice();
        for cut in cuts {
            let (piece, behind) = rest.split_at(cut.min(rest.len()));
            demuxer.push(piece, &mut out);
            rest = behind;
        }
        demuxer.push(rest, &mut out);
        demuxer.end_segment(&mut out);
        prop_assert_eq!(out, b"onetwothree");
    }

    #[test]
    fn no_bytes_panic_or_grow(
        mut bytes in prop::collection::vec(any::<u8>(), 0..6 * PACKET_BYTES),
        marks_sync in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
    ) {
        if marks_sync {
            bytes.iter_mut().step_by(PACKET_BYTES).for_each(|byte| *byte = SYNC);
        }
        let mut real = [tables(&[0x0f]), audio(0, "one"), audio(1, "two"), bytes.clone()].concat();
        for (at, value) in flips {
            let at = at.index(real.len());
            real[at] = value;
        }
        prop_assert!(run(&bytes).1.len() <= bytes.len());
        let (demuxer, out) = run(&real);
        prop_assert!(out.len() <= real.len() && demuxer.unread.is_empty());
    }
}
