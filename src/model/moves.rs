//! Rows of a list that go elsewhere in it, packed: a shuffle takes two bytes a row, a block that moves one.

use std::sync::Arc;

use super::list_edit::EntryId;

/// Where rows stood and where they stand then. What the rows are is told by the list alone; a sum over their keys tells
/// whether a list holds those very rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// The sum, the runs of places that rows stood at, and how far apart the places are that they go to.
    packed: Arc<[u8]>,
    count: usize,
    /// Whether they are gone through the other way.
    is_back: bool,
}

impl Moves {
    /// Of these pairs: where a row stood, the places rising, and where it stands then. `keys` are those of the rows.
    pub fn new(pairs: &[(usize, usize)], keys: impl Iterator<Item = EntryId>) -> Self {
        if pairs.is_empty() {
            return Self::default();
        }
        let mut packed = sum(keys).to_le_bytes().to_vec();
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (from, _) in pairs {
            match runs.last_mut() {
                Some((begin, length)) if *begin + *length == *from => *length += 1,
                _ => runs.push((*from, 1)),
            }
        }
        put(&mut packed, runs.len() as u64);
        let mut end = 0;
        for (begin, length) in runs {
            put(&mut packed, (begin - end) as u64);
            put(&mut packed, length as u64);
            end = begin + length;
        }
        put_numbers(&mut packed, pairs.iter().map(|(_, to)| *to as u64));
        Self { packed: packed.into(), count: pairs.len(), is_back: false }
    }

    /// As they were kept by [`Self::to_bytes`]; `None` when these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let Some((way, packed)) = bytes.split_first() else { return Some(Self::default()) };
        let mut moves = Self { packed: packed.into(), count: 0, is_back: *way == 1 };
        moves.count = moves.read()?.len();
        (*way <= 1).then_some(moves)
    }

    /// For the disk; nothing where nothing moves.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.count == 0 { Vec::new() } else { [&[u8::from(self.is_back)], &*self.packed].concat() }
    }

    /// How many rows move.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What they take in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.packed.len()
    }

    /// The moves that take these back. They share what is packed.
    pub fn inverted(&self) -> Self {
        Self { is_back: !self.is_back && self.count > 0, ..self.clone() }
    }

    /// Where each row stands before and after.
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        let mut pairs = self.read().unwrap_or_default();
        if self.is_back {
            for (from, to) in &mut pairs {
                std::mem::swap(from, to);
            }
        }
        pairs
    }

    /// Whether these are the keys of the rows that move, in the order of the pairs.
    pub fn fit(&self, keys: impl Iterator<Item = EntryId>) -> bool {
        self.count == 0 || self.packed.first_chunk::<8>() == Some(&sum(keys).to_le_bytes())
    }

    /// The pairs as they were packed.
    fn read(&self) -> Option<Vec<(usize, usize)>> {
        if self.packed.is_empty() {
            return Some(Vec::new());
        }
        let mut rest = self.packed.get(8..)?;
        let runs = take(&mut rest)?;
        let (mut from, mut end) = (Vec::new(), 0_usize);
        for _ in 0..runs {
            let begin = end.checked_add(usize::try_from(take(&mut rest)?).ok()?)?;
            let length = usize::try_from(take(&mut rest)?).ok()?;
            end = begin.checked_add(length)?;
            // Each row has a byte at least in what follows.
            if length > rest.len() || from.len() > rest.len() {
                return None;
            }
            from.extend(begin..end);
        }
        let to = take_numbers(&mut rest, from.len())?;
        let to = to.into_iter().map(|to| usize::try_from(to).ok()).collect::<Option<Vec<_>>>()?;
        rest.is_empty().then(|| from.into_iter().zip(to).collect())
    }
}

/// Tells rows in an order from others, and from the same in another order.
fn sum(keys: impl Iterator<Item = EntryId>) -> u64 {
    keys.fold(0x9e37_79b9_7f4a_7c15, |sum, key| {
        (sum ^ key.0).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
    })
}

/// Keys packed by how far each is from the one before, with their number in front.
pub fn pack_keys(keys: &[EntryId]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, keys.len() as u64);
    put_numbers(&mut bytes, keys.iter().map(|key| key.0));
    bytes
}

/// The keys that [`pack_keys`] packed; `None` when these bytes are none.
pub fn unpack_keys(mut bytes: &[u8]) -> Option<Vec<EntryId>> {
    let count = usize::try_from(take(&mut bytes)?).ok()?;
    if count > bytes.len() {
        return None;
    }
    let keys = take_numbers(&mut bytes, count)?;
    bytes.is_empty().then(|| keys.into_iter().map(EntryId).collect())
}

fn put_numbers(bytes: &mut Vec<u8>, numbers: impl Iterator<Item = u64>) {
    let mut last = 0;
    for number in numbers {
        let apart = number.wrapping_sub(last).cast_signed();
        // Small steps either way are small numbers.
        put(bytes, ((apart << 1) ^ (apart >> 63)).cast_unsigned());
        last = number;
    }
}

fn take_numbers(bytes: &mut &[u8], count: usize) -> Option<Vec<u64>> {
    let mut last = 0_u64;
    (0..count)
        .map(|_| {
            let apart = take(bytes)?;
            last = last.wrapping_add((apart >> 1) ^ 0_u64.wrapping_sub(apart & 1));
            Some(last)
        })
        .collect()
}

/// Seven bits a byte, the low ones first; the high bit says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(pairs: &[(usize, usize)]) -> impl Iterator<Item = EntryId> {
        pairs.iter().map(|(from, _)| EntryId(*from as u64 * 7919))
    }

    #[test]
    fn what_moves_takes_little() {
        let check = |pairs: Vec<(usize, usize)>, most: usize| {
            let moves = Moves::new(&pairs, keys(&pairs));
            assert!(moves.bytes() <= most, "{} for {}", moves.bytes(), pairs.len());
            assert_eq!(moves.pairs(), pairs);
        };
        check(Vec::new(), 0);
        check((0..5_000).map(|row| (row, 4_999 - row)).collect(), 5_020);
        check((0..500).map(|row| (row + 4_000, row + 1_000)).collect(), 520);
        // Without a divisor in common: every row goes to a place of its own, far from its neighbours.
        check((0..5_000).map(|row| (row, row * 2_347 % 5_000)).collect(), 10_020);
    }

    #[test]
    fn other_rows_do_not_fit() {
        let pairs = [(0, 2), (1, 0), (2, 1)];
        let moves = Moves::new(&pairs, [1, 2, 3].map(EntryId).into_iter());
        assert!(moves.fit([1, 2, 3].map(EntryId).into_iter()));
        assert!(!moves.fit([2, 1, 3].map(EntryId).into_iter()));
        assert!(!moves.fit([1, 2].map(EntryId).into_iter()));
        assert!(Moves::from_bytes(&[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_none());
        assert!(Moves::from_bytes(&[0, 1]).is_none());
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            to in prop::collection::vec(any::<u32>(), 0..200),
            gaps in prop::collection::vec(0..300_usize, 200),
            keys in prop::collection::vec(any::<u64>(), 0..50),
        ) {
            let from = gaps.iter().scan(0, |at, gap| { *at += gap + 1; Some(*at) });
            let pairs: Vec<_> = from.zip(to.iter().map(|to| *to as usize)).collect();
            let moves = Moves::new(&pairs, self::keys(&pairs));
            prop_assert_eq!(moves.pairs(), pairs.clone());
            let back = moves.inverted();
            prop_assert_eq!(back.pairs(), pairs.iter().map(|(from, to)| (*to, *from)).collect::<Vec<_>>());
            for one in [&moves, &back] {
                prop_assert_eq!(Moves::from_bytes(&one.to_bytes()), Some(one.clone()));
            }
            prop_assert_eq!(back.inverted(), moves);
            let keys: Vec<_> = keys.into_iter().map(EntryId).collect();
            prop_assert_eq!(unpack_keys(&pack_keys(&keys)), Some(keys));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(moves) = Moves::from_bytes(&bytes) {
                prop_assert_eq!(moves.pairs().len(), moves.len());
            }
            let _ = unpack_keys(&bytes);
        }
    }
}
