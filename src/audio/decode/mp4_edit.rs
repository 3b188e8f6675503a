//! What an MP4 file says about the encoder's delay and padding: the edit list of each sound track
//! (ISO/IEC 14496-12 section 8.6.6), or the `iTunSMPB` comment that iTunes writes instead. Reads
//! hostile bytes: every number in them may lie.

use std::ops::Range;

/// The largest movie header that is read; ten hours of AAC need six megabytes.
pub(super) const MAX_MOOV: u64 = 16 << 20;

/// The largest delay iTunes or any encoder writes; beyond it the comment is nonsense.
const MAX_DELAY: u64 = 16_384;

/// Which part of a track is sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    /// The track's number in the file.
    pub(super) track: u32,
    /// The first tick of the sound, in the track's own timescale.
    pub(super) start: u64,
    /// How many ticks of sound there are, where that is said.
    pub(super) length: Option<u64>,
}

/// The head of a box at the top of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BoxHead {
    /// Its four letters.
    pub(super) kind: [u8; 4],
    /// Length of the head itself in bytes.
    pub(super) head: u64,
    /// Length of the whole box in bytes; `None` when it goes on to the end of the file.
    pub(super) size: Option<u64>,
}

/// Reads the head of a box from its first 16 bytes (8 are enough for most); `None` for nonsense.
pub(super) fn box_head(bytes: &[u8]) -> Option<BoxHead> {
    let kind = *bytes.get(4..)?.first_chunk()?;
    let (head, size) = match read_u32(bytes, 0)? {
        0 => (8, None),
        1 => (16, Some(read_u64(bytes, 8)?)),
        size => (8, Some(size.into())),
    };
    size.is_none_or(|size| size >= head).then_some(BoxHead { kind, head, size })
}

/// The edits of all sound tracks in the content of a `moov` box.
pub(super) fn edits(moov: &[u8]) -> Vec<Edit> {
    let movie_scale = find(moov, *b"mvhd").and_then(timescale).unwrap_or(0);
    let comment = itunes_gapless(moov);
    let tracks = boxes(moov).filter(|(kind, _)| kind == b"trak");
    tracks.filter_map(|(_, track)| edit(track, movie_scale, comment)).collect()
}

/// Ticks to drop and ticks to keep.
type Span = (u64, Option<u64>);

fn edit(track: &[u8], movie_scale: u32, comment: Option<Span>) -> Option<Edit> {
    let media = find(track, *b"mdia")?;
    if find(media, *b"hdlr")?.get(8..12)? != b"soun" {
        return None;
    }
    let header = find(track, *b"tkhd")?;
    let number = read_u32(header, if header.first()? == &1 { 20 } else { 12 })?;
    let scale = timescale(find(media, *b"mdhd")?)?;
    let listed = find(track, *b"edts").and_then(|edts| find(edts, *b"elst")).and_then(edit_list);
    let listed = listed.map(|(start, length)| (start, rescale(length, movie_scale, scale)));
    let (start, length) = listed.filter(|listed| listed.0 > 0).or(comment).or(listed)?;
    Some(Edit { track: number, start, length })
}

/// Start in the media's timescale and length in the movie's, of the first edit that shows any media.
fn edit_list(list: &[u8]) -> Option<(u64, u64)> {
    let wide = list.first()? == &1;
    let entry_len = if wide { 20 } else { 12 };
    let count = usize::try_from(read_u32(list, 4)?).ok()?;
    let entries = list.get(8..)?.chunks_exact(entry_len).take(count);
    // Read unsigned, an empty edit (media time -1) is far too large to begin anywhere.
    let mut shown = entries.filter_map(|entry| {
        if wide {
            Some((read_u64(entry, 8)?, read_u64(entry, 0)?)).filter(|edit| edit.0 <= i64::MAX.unsigned_abs())
        } else {
            Some((read_u32(entry, 4)?.into(), read_u32(entry, 0)?.into()))
                .filter(|edit: &(u64, u64)| edit.0 <= i32::MAX.unsigned_abs().into())
        }
    });
    let first = shown.next()?;
    // Several edits play pieces in an order of their own; then only the beginning is certain.
    Some(if shown.next().is_some() { (first.0, 0) } else { first })
}

/// To the nearest tick; `None` for a length of zero, which fragmented files write.
fn rescale(length: u64, from: u32, to: u32) -> Option<u64> {
    let (length, from, to) = (u128::from(length), u128::from(from), u128::from(to));
    let ticks = (length * to + from / 2).checked_div(from)?;
    u64::try_from(ticks).ok().filter(|&ticks| ticks > 0)
}

/// Of `mvhd` and `mdhd`, which begin alike.
fn timescale(header: &[u8]) -> Option<u32> {
    read_u32(header, if header.first()? == &1 { 20 } else { 12 }).filter(|&scale| scale > 0)
}

/// ` 00000000 DELAY PADDING LENGTH ...` in hexadecimal.
fn itunes_gapless(moov: &[u8]) -> Option<Span> {
    let list = find(find(find(moov, *b"udta")?, *b"meta")?.get(4..)?, *b"ilst")?;
    let mut comments = boxes(list).filter(|(kind, _)| kind == b"----").map(|(_, comment)| comment);
    let comment = comments
        .find(|comment| find(comment, *b"name").and_then(|name| name.get(4..)) == Some(b"iTunSMPB"))?;
    let text = std::str::from_utf8(find(comment, *b"data")?.get(8..)?).ok()?;
    let mut numbers = text.split_ascii_whitespace().skip(1).map(|word| u64::from_str_radix(word, 16).ok());
    let (delay, _padding, length) = (numbers.next()??, numbers.next()??, numbers.next()??);
    (delay > 0 && delay < MAX_DELAY).then_some((delay, Some(length).filter(|&length| length > 0)))
}

/// The boxes that lie one behind the other in `bytes`, each with its content; a box that claims to
/// be longer than what is there ends the row.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let head = box_head(rest)?;
        let size = head.size.map_or(Some(rest.len()), |size| usize::try_from(size).ok())?;
        let content = rest.get(Range { start: usize::try_from(head.head).ok()?, end: size })?;
        rest = rest.get(size..)?;
        Some((head.kind, content))
    })
}

fn find(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find(|(found, _)| *found == kind).map(|(_, content)| content)
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMPB: &str = " 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes()[..], &kind, content].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn movie(handler: [u8; 4], elst: &[u8], smpb: Option<&str>) -> Vec<u8> {
        let hdlr = boxed(*b"hdlr", &[&[0; 8][..], &handler, &[0; 13]].concat());
        let mdhd = boxed(*b"mdhd", &words(&[0, 0, 0, 44_100, 90_000, 0]));
        let mdia = boxed(*b"mdia", &[mdhd, hdlr].concat());
        let tkhd = boxed(*b"tkhd", &words(&[7, 0, 0, 3, 0, 0]));
        let edts = boxed(*b"edts", &boxed(*b"elst", elst));
        let trak = boxed(*b"trak", &[tkhd, edts, mdia].concat());
        let mut movie = [boxed(*b"mvhd", &words(&[0, 0, 0, 1000, 2000])), trak].concat();
        if let Some(text) = smpb {
            let name = boxed(*b"name", &[&[0; 4][..], b"iTunSMPB"].concat());
            let data = boxed(*b"data", &[&[0; 8][..], text.as_bytes()].concat());
            let list = boxed(*b"ilst", &boxed(*b"----", &[name, data].concat()));
            movie.extend(boxed(*b"udta", &boxed(*b"meta", &[vec![0; 4], list].concat())));
        }
        movie
    }

    #[test]
    fn edits_are_read() {
        let check = |moov: &[u8], expected: Option<Span>| {
            let expected = expected.map(|(start, length)| Edit { track: 3, start, length });
            assert_eq!(edits(moov).first().copied(), expected);
        };
        let one = words(&[0, 1, 2000, 1024, 0x1_0000]);
        check(&movie(*b"soun", &one, None), Some((1024, Some(88_200))));
        check(&movie(*b"soun", &one, Some(SMPB)), Some((1024, Some(88_200))));
        check(&movie(*b"vide", &one, None), None);
        let fragmented = words(&[0, 1, 0, 1024, 0x1_0000]);
        check(&movie(*b"soun", &fragmented, None), Some((1024, None)));
        let empty_first = words(&[0, 2, 500, u32::MAX, 0x1_0000, 1000, 2112, 0x1_0000]);
        check(&movie(*b"soun", &empty_first, None), Some((2112, Some(44_100))));
        let pieces = words(&[0, 2, 500, 4096, 0x1_0000, 1000, 2112, 0x1_0000]);
        check(&movie(*b"soun", &pieces, None), Some((4096, None)));
        let wide = words(&[0x0100_0000, 1, 0, 1000, 0, 1024, 0x1_0000]);
        check(&movie(*b"soun", &wide, None), Some((1024, Some(44_100))));
        let whole = words(&[0, 1, 1000, 0, 0x1_0000]);
        check(&movie(*b"soun", &whole, Some(SMPB)), Some((0x840, Some(0x3F_31F6))));
        check(&movie(*b"soun", &[], Some(SMPB)), Some((0x840, Some(0x3F_31F6))));
        check(&movie(*b"soun", &[], Some(" 0 zz 0 0")), None);
        check(&movie(*b"soun", &words(&[0, u32::MAX]), None), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            edits(&bytes);
            if let Some(head) = box_head(&bytes) {
                prop_assert!(head.size.is_none_or(|size| size >= head.head));
            }
        }

        #[test]
        fn a_broken_movie_is_survived(
            at in 0_usize..400,
            value: u8,
            cut in 0_usize..400,
        ) {
            let elst = words(&[0, 1, 2000, 1024, 0x1_0000]);
            let mut moov = movie(*b"soun", &elst, Some(" 0 840 1CA 3F31F6"));
            let at = at % moov.len();
            moov[at] = value;
            moov.truncate(cut.max(8));
            for edit in edits(&moov) {
                prop_assert!(edit.start <= i64::MAX.unsigned_abs());
            }
        }
    }
}
