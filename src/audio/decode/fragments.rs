//! Fragments of MP4 (ISO/IEC 14496-12 section 8.8) on their way to the demuxer. A run of samples may give one length and one
//! size for all of them, and then its count costs no bytes: the demuxer counts up to it one by one, to 2^32 if it says so.
//!
//! Runs are found by their name wherever it stands. What the boxes before them say of their sizes may be a lie, and whoever
//! follows those may be led past a run that the demuxer finds.

use memchr::memmem;

use super::mp4_edit::box_head;

/// Samples that runs may count beyond the bytes there are: a sample takes a byte at least, but those of a fragment follow it,
/// and its head may be read more than once.
const SPARE_SAMPLES: u64 = 1 << 24;

/// Bytes of a run up to and with its count, with a size of 64 bits.
const LONGEST: usize = 24;

/// More bytes than a run needs that says nothing of each sample. Sound that looks like one by chance is mostly larger.
const LARGE: u64 = 1 << 20;

/// Looks at the bytes of a file as they are read.
#[derive(Default)]
pub(super) struct Fragments {
    /// The place behind what was read last.
    end: u64,
    /// The last bytes before it.
    recent: Vec<u8>,
    /// The place behind all that was read, and how many bytes that were.
    furthest: u64,
    passed: u64,
    /// There are fragments.
    begun: bool,
    /// What runs counted so far.
    counted: u64,
    /// Where something counts too many that may well be sound.
    doubtful: Option<u64>,
    /// Something did not pass; nothing does any more, or who reads the same again would get it.
    refused: bool,
}

/// A run that says nothing of each sample.
struct Run {
    /// Where its name stands in what was looked at.
    name: usize,
    count: u64,
    /// It is hardly sound that looks like a run.
    is_sure: bool,
}

impl Fragments {
    /// Whether `bytes`, which were read at `place`, may go to the demuxer.
    pub(super) fn may_pass(&mut self, place: u64, bytes: &[u8]) -> bool {
        if place != self.end {
            self.recent.clear();
        }
        let before = self.recent.len();
        self.recent.extend_from_slice(bytes);
        self.end = place.saturating_add(bytes.len() as u64);
        self.furthest = self.furthest.max(self.end);
        self.passed = self.passed.saturating_add(bytes.len() as u64);
        self.begun = self.begun || memmem::find(&self.recent, b"moof").is_some();
        let names = memmem::find_iter(&self.recent, b"trun");
        let runs = names.filter_map(|name| run(&self.recent, name, before));
        for run in runs.filter(|_| self.begun) {
            if run.is_sure {
                self.counted = self.counted.saturating_add(run.count);
                let most = self.furthest.saturating_add(self.passed).saturating_add(SPARE_SAMPLES);
                self.refused |= self.counted > most;
            } else if run.count > SPARE_SAMPLES {
                let place = self.end - (self.recent.len() - run.name) as u64;
                self.refused |= *self.doubtful.get_or_insert(place) != place;
            }
        }
        self.recent.drain(..self.recent.len().saturating_sub(LONGEST - 1));
        !self.refused
    }
}

/// The run whose name stands at `name`, if its count ends behind byte `known`.
fn run(bytes: &[u8], name: usize, known: usize) -> Option<Run> {
    let start = name.checked_sub(4)?;
    // What is no head of a box is looked at as one all the same.
    let head = box_head(bytes.get(start..)?);
    let (head, size) = head.map_or((8, 0), |it| (it.head, it.size.unwrap_or_default()));
    let content = start + usize::try_from(head).ok()?;
    let flags = u32::from_be_bytes(*bytes.get(content..)?.first_chunk()?);
    let count = u32::from_be_bytes(*bytes.get(content + 4..)?.first_chunk()?);
    // Flags of lengths, sizes, flags and offsets of each sample.
    let has_words = flags & 0x0f00 != 0;
    // A version, and flags of what is said once.
    let is_usual = flags & !0x0100_0005 == 0;
    (content + 8 > known && !has_words).then_some(Run {
        name,
        count: count.into(),
        is_sure: size <= LARGE || is_usual,
    })
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

    /// A run that is as large as it claims, and of flags that mean nothing.
    fn odd(count: u32) -> Vec<u8> {
        [&(2_u32 << 20).to_be_bytes()[..], b"trun", &run(0x00ff_f000, count)].concat()
    }

    #[test]
    fn a_count_that_costs_nothing_is_limited() {
        let all = u32::MAX;
        let many = |count: u32, of: usize| boxed(*b"trun", &run(0, count)).repeat(of);
        let rows = [
            ("counted by its words", boxed(*b"trun", &run(0x200, all)), true),
            ("one of many a fragment", boxed(*b"trun", &run(0x1, 4_000_000)), true),
            ("beyond any sound", boxed(*b"trun", &run(0, all)), false),
            ("with an offset", boxed(*b"trun", &[run(0x5, all), vec![0; 8]].concat()), false),
            ("with flags that mean nothing", boxed(*b"trun", &run(0x00ff_f0f0, all)), false),
            ("with a long head", long(*b"trun", &run(0, all)), false),
            (
                "with a size of more than there is",
                [&[0x7f, 0, 0, 0][..], b"trun", &run(0, all)].concat(),
                false,
            ),
            ("many at once", many(40_000, 100), true),
            ("too many at once", many(40_000, 500), false),
            ("behind another box", [boxed(*b"tfdt", &[0; 8]), boxed(*b"trun", &run(0, all))].concat(), false),
            ("one that may be sound", odd(all), true),
            ("two that may be sound", odd(all).repeat(2), false),
        ];
        for (what, content, expected) in rows {
            let fragment = boxed(*b"moof", &boxed(*b"traf", &content));
            let tagged = [&b"ID3 and what is in it"[..], &file(&fragment)].concat();
            let hidden = long(*b"mdat", &file(&fragment));
            let lying = [&[0, 0, 0, 99][..], b"free", &file(&fragment)].concat();
            for bytes in [
                file(&fragment),
                tagged,
                hidden,
                lying,
                file(&long(*b"moof", &boxed(*b"traf", &content))),
                fragment,
            ] {
                for piece in (1..60).chain([bytes.len()]) {
                    assert_eq!(passes(&bytes, piece), expected, "{what}, {piece} bytes at a time");
                    // As a demuxer that looks at the end first, and goes on after a failure.
                    let mut fragments = Fragments::default();
                    let end = bytes.len() - 10;
                    assert!(fragments.may_pass(end as u64, &bytes[end..]), "{what}");
                    let again = (0..3).map(|_| fragments.may_pass(0, &bytes)).collect::<Vec<_>>();
                    assert_eq!(again, [expected; 3], "{what}, read again");
                }
            }
            assert!(
                passes(&boxed(*b"mdat", &content), 7),
                "{what}: nothing counts where there are no fragments"
            );
        }
    }

    #[test]
    fn as_many_samples_as_bytes_are_counted_to_the_end() {
        let fragment = [
            boxed(*b"moof", &boxed(*b"traf", &boxed(*b"trun", &run(1, 1_000_000)))),
            boxed(*b"mdat", &vec![7; 1_000_000]),
        ];
        assert!(passes(&fragment.concat().repeat(12), 32 << 10));
        // And where the sound between is left out.
        let mut fragments = Fragments::default();
        assert!((0..12).all(|number| fragments.may_pass(number * 1_000_032, &fragment[0])));
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
