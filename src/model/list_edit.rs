//! Changes of lists as values: made by comparing, applied, turned round, and carried over to a list that somebody
//! else changed meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::moves::Moves;

/// Tells the rows of a list apart, also where the same track stands there twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub u64);

/// A row with a key of its own: no other row of its list has it.
pub trait Keyed {
    /// The key.
    fn key(&self) -> EntryId;
}

impl Keyed for EntryId {
    fn key(&self) -> EntryId {
        *self
    }
}

/// A change of a list: rows that are taken out, rows that are put in, and rows that go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEdit<T> {
    /// Rows with their places in the list before, in order.
    taken: Arc<[(usize, T)]>,
    /// Rows with their places in the list after, in order.
    put: Arc<[(usize, T)]>,
    moves: Moves,
}

/// The list is not the one that a change was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list has changed since")]
pub struct DoesNotFit;

/// What came of two changes of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged<T> {
    /// The list with both.
    pub rows: Vec<T>,
    /// Rows of one change that the other had taken out already: nothing was done with them.
    pub gone: Vec<T>,
}

impl<T> ListEdit<T> {
    /// Rows that are taken out for good, with their places in the list before.
    pub fn taken(&self) -> &[(usize, T)] {
        &self.taken
    }

    /// Rows that are put in and were not there, with their places in the list after.
    pub fn put(&self) -> &[(usize, T)] {
        &self.put
    }

    /// Rows that go elsewhere.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// How many rows it takes out and puts in; one that moves is both.
    pub fn len(&self) -> usize {
        self.taken.len() + self.put.len() + 2 * self.moves.len()
    }

    /// What it takes in memory, in bytes.
    pub fn bytes(&self) -> usize {
        (self.taken.len() + self.put.len()) * size_of::<(usize, T)>() + self.moves.bytes()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.put.is_empty() && self.moves.is_empty()
    }
}

impl<T: Keyed + Clone> ListEdit<T> {
    /// A change as it was kept: rows that are taken out with their places before, and rows that are put in with their
    /// places after, both in order. Those that are in both move.
    pub fn from_parts(taken: Vec<(usize, T)>, put: Vec<(usize, T)>) -> Self {
        let mut places: HashMap<_, _> = put.iter().map(|(place, row)| (row.key(), *place)).collect();
        let (mut pairs, mut keys) = (Vec::new(), Vec::new());
        let goes = |(from, row): &(usize, T)| {
            let Some(to) = places.remove(&row.key()) else { return true };
            pairs.push((*from, to));
            keys.push(row.key());
            false
        };
        let taken = taken.into_iter().filter(goes).collect();
        let moved: HashSet<_> = pairs.iter().map(|(_, to)| *to).collect();
        let put = put.into_iter().filter(|(place, _)| !moved.contains(place)).collect();
        Self { taken, put, moves: Moves::new(&pairs, keys.into_iter()) }
    }

    /// The same, and rows that go elsewhere.
    pub fn with_moves(self, moves: Moves) -> Self {
        Self { moves, ..self }
    }

    /// The smallest change that makes `after` of `before`.
    pub fn between(before: &[T], after: &[T]) -> Self {
        let (taken, put) = differing(before, after);
        Self::from_parts(taken, put)
    }

    /// Changes what the rows say that it takes out and puts in; which row is which stays.
    pub fn each_row(&mut self, change: &mut impl FnMut(&mut T)) {
        for rows in [&mut self.taken, &mut self.put] {
            if !rows.is_empty() {
                for (_, row) in Arc::make_mut(rows).iter_mut() {
                    change(row);
                }
            }
        }
    }

    /// The change that takes this one back. They share their rows.
    pub fn inverted(&self) -> Self {
        let (taken, put) = (Arc::clone(&self.put), Arc::clone(&self.taken));
        Self { taken, put, moves: self.moves.inverted() }
    }

    /// Makes the change. A list that it was not made for stays as it is.
    ///
    /// # Errors
    /// When a row that is to be taken out or to move is not where it was, or a place does not exist.
    pub fn apply(&self, rows: &mut Vec<T>) -> Result<(), DoesNotFit> {
        let length = rows.len().checked_sub(self.taken.len()).ok_or(DoesNotFit)? + self.put.len();
        let pairs = self.moves.pairs();
        let mut goes = vec![false; rows.len()];
        let mut leave = |place: usize| match goes.get_mut(place) {
            Some(gone) if !*gone => {
                *gone = true;
                Ok(())
            }
            _ => Err(DoesNotFit),
        };
        for (place, row) in &*self.taken {
            leave(*place)?;
            if rows.get(*place).map(Keyed::key) != Some(row.key()) {
                return Err(DoesNotFit);
            }
        }
        for (from, _) in &pairs {
            leave(*from)?;
        }
        if !self.moves.fit(pairs.iter().filter_map(|(from, _)| rows.get(*from).map(Keyed::key))) {
            return Err(DoesNotFit);
        }
        let mut changed: Vec<Option<T>> = std::iter::repeat_with(|| None).take(length).collect();
        let put = self.put.iter().map(|(place, row)| (*place, Some(row.clone())));
        let moved = pairs.iter().map(|(from, to)| (*to, rows.get(*from).cloned()));
        for (place, row) in put.chain(moved) {
            match changed.get_mut(place) {
                Some(free @ None) => *free = row,
                _ => return Err(DoesNotFit),
            }
        }
        let mut staying = rows.drain(..).zip(goes).filter(|(_, goes)| !goes).map(|(row, _)| row);
        let changed: Vec<T> = changed.into_iter().filter_map(|row| row.or_else(|| staying.next())).collect();
        drop(staying);
        *rows = changed;
        Ok(())
    }
}

/// Rows of each list that do not stay where they are beside the others, with their places.
type Differing<T> = (Vec<(usize, T)>, Vec<(usize, T)>);

fn differing<T: Keyed + Clone>(before: &[T], after: &[T]) -> Differing<T> {
    let stays = staying(before, after);
    let others = |rows: &[T]| {
        let moving = rows.iter().enumerate().filter(|(_, row)| !stays.contains(&row.key()));
        moving.map(|(place, row)| (place, row.clone())).collect()
    };
    (others(before), others(after))
}

/// Carries the change from `base` to `mine` over to `theirs`, which somebody else made of `base`. What is put in
/// stands after the row it stood after, or after the nearest one before that is still there.
pub fn merge<T: Keyed + Clone>(base: &[T], mine: &[T], theirs: &[T]) -> Merged<T> {
    let (taken_rows, put_rows) = differing(base, mine);
    let keys = |rows: &[T]| rows.iter().map(Keyed::key).collect::<HashSet<_>>();
    let (of_base, of_theirs) = (keys(base), keys(theirs));
    let taken: HashSet<_> = taken_rows.iter().map(|(_, row)| row.key()).collect();
    let is_gone = |row: &T| of_base.contains(&row.key()) && !of_theirs.contains(&row.key());
    let gone = taken_rows.iter().filter(|(_, row)| is_gone(row)).map(|(_, row)| row.clone()).collect();
    // Each row that stays, or is put in, with what follows it.
    let mut followers: HashMap<Option<EntryId>, Vec<T>> = HashMap::new();
    let stays: HashSet<_> = theirs.iter().map(Keyed::key).filter(|key| !taken.contains(key)).collect();
    let put: HashMap<_, _> = put_rows.iter().map(|(place, row)| (*place, row)).collect();
    let mut anchor = None;
    for (place, row) in mine.iter().enumerate() {
        match put.get(&place) {
            Some(row) if is_gone(row) => {}
            Some(row) if of_theirs.contains(&row.key()) && !taken.contains(&row.key()) => {
                // Both put the same row in; theirs stands.
                anchor = Some(row.key());
            }
            Some(row) => followers.entry(anchor).or_default().push((*row).clone()),
            None if stays.contains(&row.key()) => anchor = Some(row.key()),
            None => {}
        }
    }
    let mut rows = followers.remove(&None).unwrap_or_default();
    for row in theirs.iter().filter(|row| stays.contains(&row.key())) {
        rows.push(row.clone());
        rows.extend(followers.remove(&Some(row.key())).unwrap_or_default());
    }
    Merged { rows, gone }
}

/// The most rows that stand in both lists in the same order.
fn staying<T: Keyed>(before: &[T], after: &[T]) -> HashSet<EntryId> {
    let places: HashMap<_, _> = before.iter().map(Keyed::key).zip(0_usize..).collect();
    let common: Vec<_> = after.iter().filter_map(|row| Some((*places.get(&row.key())?, row.key()))).collect();
    // The longest rising run of places: for each length the run with the smallest end, as indexes into `common`.
    let mut ends: Vec<usize> = Vec::new();
    let mut earlier: Vec<Option<usize>> = Vec::with_capacity(common.len());
    for (index, (place, _)) in common.iter().enumerate() {
        let length = ends.partition_point(|end| common[*end].0 < *place);
        earlier.push(length.checked_sub(1).map(|length| ends[length]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut stays = HashSet::new();
    let mut at = ends.last().copied();
    while let Some(index) = at {
        stays.insert(common[index].1);
        at = earlier[index];
    }
    stays
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Keyed for u64 {
        fn key(&self) -> EntryId {
            EntryId(*self)
        }
    }

    /// A list without repeats, and another with some of its rows and some new ones.
    fn lists() -> impl Strategy<Value = (Vec<u64>, Vec<u64>, Vec<u64>)> {
        let list = |from: u64| {
            let rows = (0..12_u64).chain(from..from + 4).collect::<Vec<_>>();
            proptest::sample::subsequence(rows, 0..=16).prop_shuffle()
        };
        (list(100), list(200), list(300))
    }

    #[test]
    fn a_row_that_moves_is_the_only_one_that_does() {
        let edit = ListEdit::between(&[1, 2, 3, 4, 5], &[2, 3, 4, 1, 5]);
        assert_eq!((edit.taken(), edit.put(), edit.moves().pairs()), (&[][..], &[][..], vec![(0, 3)]));
        let kept = ListEdit::from_parts(vec![(0, 1), (1, 2)], vec![(3, 1)]);
        assert_eq!((kept.taken(), kept.put(), kept.moves().pairs()), (&[(1, 2)][..], &[][..], vec![(0, 3)]));
        assert!(ListEdit::between(&[1, 2], &[1, 2]).is_empty());
        assert_eq!(edit.apply(&mut vec![7, 2]), Err(DoesNotFit));
        assert_eq!(edit.apply(&mut vec![]), Err(DoesNotFit));
    }

    #[test]
    fn two_changes_become_one() {
        let rows = |text: &str| text.bytes().map(u64::from).collect::<Vec<_>>();
        let check = |base: &str, mine: &str, theirs: &str, expected: &str, gone: &str| {
            let merged = merge(&rows(base), &rows(mine), &rows(theirs));
            assert_eq!(merged, Merged { rows: rows(expected), gone: rows(gone) }, "{base} {mine} {theirs}");
        };
        check("abc", "abcx", "abcy", "abcxy", "");
        check("abc", "ac", "abcy", "acy", "");
        check("abc", "bac", "abc", "bac", "");
        check("abcd", "acd", "dcba", "dca", "");
        check("abc", "axbc", "ac", "axc", "");
        check("abc", "ac", "ac", "ac", "b");
        check("abc", "bca", "bc", "bc", "a");
        check("abc", "abxc", "c", "xc", "");
        check("", "x", "y", "xy", "");
        check("abc", "", "abcy", "y", "");
    }

    /// `SEGUE_SEQUENCES=10000` runs the long form.
    fn sequences() -> ProptestConfig {
        let count = std::env::var("SEGUE_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
        ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
    }

    type Deed = (u8, usize, usize);

    fn deeds() -> impl Strategy<Value = Vec<Deed>> {
        prop::collection::vec((0..6_u8, any::<usize>(), any::<usize>()), 0..=100)
    }

    /// The list after a deed: a block in, a block out, a block elsewhere, all round, or a sort. `new` is no row yet.
    fn after(rows: &[u64], (what, one, other): Deed, new: u64) -> Vec<u64> {
        let mut rows = rows.to_vec();
        let (at, count) = (one % (rows.len() + 1), other % 4 + 1);
        let end = (at + count).min(rows.len());
        match what {
            0 | 1 => drop(rows.splice(at..at, (0..count as u64).map(|number| new + number))),
            2 => drop(rows.drain(at..end)),
            3 => {
                let block: Vec<_> = rows.drain(at..end).collect();
                let to = other % (rows.len() + 1);
                drop(rows.splice(to..to, block));
            }
            4 => rows.reverse(),
            _ => rows.sort_unstable(),
        }
        rows
    }

    fn after_all(rows: &[u64], deeds: &[Deed], new: u64) -> Vec<u64> {
        (new..).step_by(10).zip(deeds).fold(rows.to_vec(), |rows, (new, deed)| after(&rows, *deed, new))
    }

    proptest! {
        #![proptest_config(sequences())]

        #[test]
        fn a_hundred_changes_and_all_their_ways_back(deeds in deeds()) {
            let base: Vec<u64> = (0..12).collect();
            let mut rows = base.clone();
            let mut edits = Vec::new();
            for (new, deed) in (1000..).step_by(10).zip(deeds) {
                let next = after(&rows, deed, new);
                let edit = ListEdit::between(&rows, &next);
                prop_assert_eq!(edit.apply(&mut rows), Ok(()));
                prop_assert_eq!(&rows, &next);
                edits.push(edit);
            }
            for edit in edits.iter().rev() {
                prop_assert_eq!(edit.inverted().apply(&mut rows), Ok(()));
            }
            prop_assert_eq!(&rows, &base);
        }

        #[test]
        fn two_hundred_changes_become_one(mine in deeds(), theirs in deeds()) {
            let base: Vec<u64> = (0..12).collect();
            let (mine, theirs) = (after_all(&base, &mine, 1000), after_all(&base, &theirs, 100_000));
            let merged = merge(&base, &mine, &theirs).rows;
            let set = |rows: &[u64]| rows.iter().copied().collect::<HashSet<_>>();
            let (base_set, mine_set, theirs_set) = (set(&base), set(&mine), set(&theirs));
            let expected: HashSet<_> = base_set.iter().chain(&mine_set).chain(&theirs_set).copied()
                .filter(|row| !base_set.contains(row) || (mine_set.contains(row) && theirs_set.contains(row)))
                .collect();
            prop_assert_eq!(set(&merged), expected);
            prop_assert_eq!(merged.len(), set(&merged).len(), "no row twice");
            // Once put together, there is nothing left to put together.
            prop_assert_eq!(merge(&theirs, &merged, &theirs).rows, merged);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_change_and_its_way_back((before, after, _) in lists()) {
            let edit = ListEdit::between(&before, &after);
            let mut rows = before.clone();
            prop_assert_eq!(edit.apply(&mut rows), Ok(()));
            prop_assert_eq!(&rows, &after);
            prop_assert_eq!(edit.inverted().apply(&mut rows), Ok(()));
            prop_assert_eq!(&rows, &before);
        }

        #[test]
        fn nothing_is_lost_between_two((base, mine, theirs) in lists()) {
            let merged = merge(&base, &mine, &theirs);
            let set = |rows: &[u64]| rows.iter().copied().collect::<HashSet<_>>();
            let (base_set, mine_set, theirs_set, merged_set) = (set(&base), set(&mine), set(&theirs), set(&merged.rows));
            prop_assert_eq!(merged_set.len(), merged.rows.len(), "no row twice");
            for row in base_set.iter().chain(&mine_set).chain(&theirs_set) {
                let of = |set: &HashSet<u64>| set.contains(row);
                // A row is there if nobody took it out.
                let expected = if of(&base_set) { of(&mine_set) && of(&theirs_set) } else { true };
                prop_assert_eq!(of(&merged_set), expected, "{}", row);
            }
            prop_assert_eq!(merge(&base, &mine, &base).rows, mine.clone());
            prop_assert_eq!(merge(&base, &base, &theirs).rows, theirs.clone());
        }

        #[test]
        fn no_list_panics((before, after, other) in lists()) {
            let edit = ListEdit::between(&before, &after);
            let mut rows = other.clone();
            if edit.apply(&mut rows).is_err() {
                prop_assert_eq!(rows, other);
            }
        }
    }
}
