//! Fragments of MP4 (ISO/IEC 14496-12 section 8.8) on their way to the demuxer. A run of samples may give one length and one
//! size for all of them, and then its count costs no bytes: the demuxer counts up to it one by one, to 2^32 if it says so.

use super::mp4_edit::{BoxHead, box_head};

/// Samples that runs may count without a word on each, in what is read at once: more than any sound has there.
const MOST_SAMPLES: u64 = 1 << 20;

/// Bytes of a run up to and with its count, with a size of 32 bits and with one of 64.
const SHORTEST: usize = 16;
const LONGEST: usize = 24;

/// Bytes before the content of a box, where its size has 32 bits and where it has 64.
const HEAD: usize = 8;
const LONG_HEAD: usize = 16;

/// Bytes before the first box, at most, such as a tag.
const MOST_BEFORE: u64 = 1 << 20;

/// Names of the box that a file or a segment begins with.
const FIRST: [&[u8; 4]; 7] = [b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"free", b"mdat"];

/// Looks at the bytes of a file as they are read.
pub(super) struct Fragments {
    /// Everything before this place was looked at.
    seen: u64,
    at: At,
}

/// What is at that place.
enum At {
    /// What may come before the first box: the last bytes of it.
    Start(Vec<u8>),
    /// The head of a box of the file, of which so much is there.
    Head(Vec<u8>),
    /// The content of a box in which nothing is looked for, and how many bytes of it are left.
    Other(u64),
    /// The same of a fragment, and what was looked at last.
    Fragment(u64, Vec<u8>),
}

impl Default for Fragments {
    fn default() -> Self {
        Self { seen: 0, at: At::Start(Vec::new()) }
    }
}

impl Fragments {
    /// Whether `bytes`, which were read at `place`, may go to the demuxer.
    pub(super) fn may_pass(&mut self, place: u64, bytes: &[u8]) -> bool {
        if let Some(left_out) = place.checked_sub(self.seen) {
            self.leave_out(left_out);
            self.seen = place;
        }
        let known = usize::try_from(self.seen - place).unwrap_or(usize::MAX);
        let mut bytes = bytes.get(known..).unwrap_or_default();
        self.seen += bytes.len() as u64;
        let mut samples = 0;
        while let Some(first) = bytes.first() {
            let taken = match &mut self.at {
                At::Start(recent) => {
                    let (before, place) = (recent.len(), self.seen - bytes.len() as u64);
                    recent.extend_from_slice(bytes);
                    if let Some(found) = first_box(recent, place == before as u64) {
                        let head = recent[found..found + HEAD].to_vec();
                        self.at = content(&head).unwrap_or(At::Head(head));
                        found + HEAD - before
                    } else {
                        recent.drain(..recent.len().saturating_sub(HEAD - 1));
                        if place > MOST_BEFORE {
                            self.at = At::Other(u64::MAX);
                        }
                        bytes.len()
                    }
                }
                At::Head(head) => {
                    head.push(*first);
                    if let Some(content) = content(head) {
                        self.at = content;
                    }
                    1
                }
                At::Other(left) => {
                    let taken = shorter(bytes, *left);
                    *left -= taken as u64;
                    taken
                }
                At::Fragment(left, recent) => {
                    let taken = shorter(bytes, *left);
                    *left -= taken as u64;
                    let known = recent.len();
                    recent.extend_from_slice(&bytes[..taken]);
                    samples += counted(recent, known);
                    recent.drain(..recent.len().saturating_sub(LONGEST - 1));
                    taken
                }
            };
            if matches!(self.at, At::Other(0) | At::Fragment(0, _)) {
                self.at = At::Head(Vec::new());
            }
            bytes = &bytes[taken..];
        }
        samples <= MOST_SAMPLES
    }

    /// So many bytes are not read.
    fn leave_out(&mut self, bytes: u64) {
        match &mut self.at {
            _ if bytes == 0 => {}
            At::Start(recent) => recent.clear(),
            At::Other(left) if *left > bytes => *left -= bytes,
            At::Other(left) if *left == bytes => self.at = At::Head(Vec::new()),
            // Nobody knows where a box begins now, so all of it may be a fragment.
            _ => self.at = At::Fragment(u64::MAX, Vec::new()),
        }
    }
}

fn shorter(bytes: &[u8], left: u64) -> usize {
    bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))
}

/// Where the first box begins.
fn first_box(bytes: &[u8], is_beginning: bool) -> Option<usize> {
    if is_beginning && bytes.get(4..HEAD).is_some_and(|name| FIRST.iter().any(|first| name == *first)) {
        return Some(0);
    }
    bytes.windows(HEAD).position(|head| head[4..] == *b"ftyp")
}

/// What is behind a box's head; `None` until all of the head is there.
fn content(head: &[u8]) -> Option<At> {
    let Some(BoxHead { kind, head: length, size }) = box_head(head) else {
        // No box is so short, and nobody knows where the next one begins.
        return (head.len() >= LONG_HEAD).then(|| At::Fragment(u64::MAX, head.to_vec()));
    };
    let left = size.map_or(u64::MAX, |size| size - length);
    Some(if kind == *b"moof" { At::Fragment(left, Vec::new()) } else { At::Other(left) })
}

/// How many samples the runs in a piece of a fragment count without a word on each, those whose count ends behind byte `known`.
fn counted(bytes: &[u8], known: usize) -> u64 {
    let count = |end: usize| {
        let fields = bytes.get(end - 8..end)?;
        let has_words = fields[2] & 0x0f != 0;
        let before = |length: usize| bytes.get(end.checked_sub(length)?..end)?.first_chunk::<HEAD>();
        let is_short =
            before(SHORTEST).is_some_and(|head| head.ends_with(b"trun") && head[..4] != [0, 0, 0, 1]);
        let is_long = before(LONGEST).is_some_and(|head| head == b"\0\0\0\x01trun");
        ((is_short || is_long) && !has_words).then_some(u32::from_be_bytes(*fields.last_chunk()?))
    };
    (known.max(SHORTEST - 1) + 1..=bytes.len()).filter_map(count).map(u64::from).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size, &name[..], content].concat()
    }

    fn long(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = (content.len() as u64 + 16).to_be_bytes();
        [&1_u32.to_be_bytes(), &name[..], &size, content].concat()
    }

    fn run(flags: u32, count: u32) -> Vec<u8> {
        [flags.to_be_bytes(), count.to_be_bytes()].concat()
    }

    fn file(fragment: &[u8]) -> Vec<u8> {
        [boxed(*b"ftyp", b"iso5"), fragment.to_vec(), boxed(*b"mdat", &[7; 300])].concat()
    }

    /// Whether all of a file passes that is read in pieces of `piece` bytes.
    fn passes(bytes: &[u8], piece: usize) -> bool {
        let mut fragments = Fragments::default();
        bytes
            .chunks(piece)
            .enumerate()
            .all(|(number, read)| fragments.may_pass((number * piece) as u64, read))
    }

    #[test]
    fn a_count_that_costs_nothing_is_limited() {
        let all = u32::MAX;
        let rows = [
            ("counted by its words", boxed(*b"trun", &run(0x200, all)), true),
            ("one of many a fragment", boxed(*b"trun", &run(0x1, 400_000)), true),
            ("beyond any sound", boxed(*b"trun", &run(0, all)), false),
            ("with an offset", boxed(*b"trun", &[run(0x5, all), vec![0; 8]].concat()), false),
            ("with a long head", long(*b"trun", &run(0, all)), false),
            (
                "more runs than one",
                [boxed(*b"trun", &run(0, 600_000)), boxed(*b"trun", &run(0, 600_000))].concat(),
                false,
            ),
            ("behind another box", [boxed(*b"tfdt", &[0; 8]), boxed(*b"trun", &run(0, all))].concat(), false),
        ];
        for (what, content, expected) in rows {
            let fragment = boxed(*b"moof", &boxed(*b"traf", &content));
            let tagged = [&b"ID3 and what is in it"[..], &file(&fragment)].concat();
            for bytes in
                [file(&fragment), tagged, file(&long(*b"moof", &boxed(*b"traf", &content))), fragment]
            {
                assert_eq!(passes(&bytes, bytes.len()), expected, "{what}");
                if !what.starts_with("more") {
                    for piece in 1..60 {
                        assert_eq!(passes(&bytes, piece), expected, "{what}, {piece} bytes at a time");
                    }
                }
            }
            assert!(passes(&boxed(*b"mdat", &content), 7), "{what}: sound may look like anything");
        }
    }

    #[test]
    fn places_that_are_left_out_or_read_again_change_nothing() {
        let hostile = boxed(*b"moof", &boxed(*b"traf", &boxed(*b"trun", &run(0, u32::MAX))));
        let bytes = [file(&boxed(*b"moof", b"")), hostile, boxed(*b"mdat", &[7; 30])].concat();
        let sound = 12 + 8;
        for (what, reads) in [
            ("all", vec![(0, bytes.len())]),
            ("but for the sound", vec![(0, sound + 8), (sound + 308, bytes.len())]),
            (
                "some again",
                vec![(0, sound + 20), (0, 40), (sound + 9, sound + 90), (sound + 50, bytes.len())],
            ),
            ("from amid a box on", vec![(0, sound + 8), (sound + 310, bytes.len())]),
        ] {
            let mut fragments = Fragments::default();
            let all = reads.iter().all(|(from, to)| fragments.may_pass(*from as u64, &bytes[*from..*to]));
            assert!(!all, "{what}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(pieces in prop::collection::vec((any::<u16>(), prop::collection::vec(any::<u8>(), 0..60)), 0..20)) {
            let mut fragments = Fragments::default();
            for (place, bytes) in pieces {
                fragments.may_pass(place.into(), &bytes);
                fragments.may_pass(u64::MAX - 100, &bytes);
                fragments.may_pass(u64::from(place) + 7, &file(&bytes));
            }
        }
    }
}
