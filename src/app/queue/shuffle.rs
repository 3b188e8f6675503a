//! Rows in no order, and in their own again.

use std::collections::HashMap;

use super::state::Queue;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::model::EntryId;

/// Numbers that look like chance, from a seed that was given: `SplitMix64` of Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators" (2014).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Any number.
    pub(in crate::app) fn draw(&mut self) -> u64 {
        self.next()
    }

    /// A number for a row of a playlist: short enough to be read, and rarely the same twice.
    pub(in crate::app) fn entry_id(&mut self) -> EntryId {
        EntryId(self.next() >> 24)
    }

    /// Any number below `count`, which is not 0.
    fn below(&mut self, count: usize) -> usize {
        // The high half of the product: as even as 64 bits allow for a queue's few rows.
        let product = u128::from(self.next()) * count as u128;
        usize::try_from(product >> 64).unwrap_or_default()
    }

    /// Puts rows in any order, each as likely as any other: Fisher and Yates, from the end.
    pub(in crate::app) fn shuffle<T>(&mut self, rows: &mut [T]) {
        for last in (1..rows.len()).rev() {
            rows.swap(last, self.below(last + 1));
        }
    }
}

impl State {
    /// Puts the queue in no order, what plays first; or back in its own.
    pub(in crate::app) fn toggle_shuffle(&mut self) -> Vec<Effect> {
        let height = self.list_height();
        let mut random = self.random;
        let effects = if self.queue.is_shuffled() {
            self.edit_queue("putting the queue in order", |queue| {
                queue.put_in_order();
                queue.list.go_to(queue.current.unwrap_or_default(), height);
            })
        } else {
            self.edit_queue("shuffling", |queue| {
                queue.shuffle(&mut random);
                queue.list.go_to(queue.current.unwrap_or_default(), height);
            })
        };
        self.random = random;
        effects
    }
}

impl Queue {
    /// Whether the rows are in no order of their own.
    pub fn is_shuffled(&self) -> bool {
        self.order.is_some()
    }

    /// What plays comes first, so that everything else comes after it.
    pub(super) fn shuffle(&mut self, random: &mut Random) {
        self.order = Some(self.entries.iter().map(|entry| entry.id).collect());
        if let Some(current) = self.current.take()
            && let Some(upto) = self.entries.get_mut(..=current)
        {
            upto.rotate_right(1);
            self.current = Some(0);
        }
        let kept = usize::from(self.current.is_some());
        if let Some(others) = self.entries.get_mut(kept..) {
            random.shuffle(others);
        }
    }

    /// Rows that came since stand behind the others.
    fn put_in_order(&mut self) {
        let Some(order) = self.order.take() else { return };
        let current = self.current_entry().map(|entry| entry.id);
        let places: HashMap<EntryId, usize> = order.iter().copied().zip(0..).collect();
        self.entries.sort_by_key(|entry| places.get(&entry.id).copied().unwrap_or(usize::MAX));
        self.current = current.and_then(|id| self.row_of(id));
    }
}
