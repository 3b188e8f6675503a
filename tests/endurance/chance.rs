//! Numbers by chance, the same in every run, and how often things are done.

use std::thread;
use std::time::Duration;

/// `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).unwrap()
    }

    /// Lets up to so many microseconds pass.
    pub fn wait(&mut self, most_us: usize) {
        thread::park_timeout(Duration::from_micros(self.below(most_us) as u64));
    }
}

/// How often a test kills: its share of `SEGUE_TEST_KILLS`, or `few`.
pub fn kills(few: usize, share: usize) -> usize {
    std::env::var("SEGUE_TEST_KILLS").map_or(few, |count| count.parse::<usize>().unwrap().div_ceil(share))
}
