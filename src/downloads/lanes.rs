//! How many connections a file is worth: one more as long as each brings more. Pure: bytes come in, numbers go out.

/// What one more connection has to bring, in hundredths of what came without it.
const GAIN_PERCENT: u64 = 125;

/// Whether more connections bring more.
#[derive(Debug)]
pub(super) struct Gain {
    lanes: u8,
    most: u8,
    /// What came over one connection fewer.
    before: Option<u64>,
    is_settled: bool,
}

impl Gain {
    /// Begins with one connection; there are never more than `most`.
    pub(super) fn new(most: u8) -> Self {
        Self { lanes: 1, most: most.max(1), before: None, is_settled: most <= 1 }
    }

    /// So many bytes came since the last look, and so many are left that nobody fetches; how many connections there are to be.
    pub(super) fn look(&mut self, came: u64, left: u64) -> u8 {
        if self.is_settled {
            return self.lanes;
        }
        let brings_less = self.before.is_some_and(|before| came * 100 < before * GAIN_PERCENT);
        if brings_less {
            self.settle(self.lanes - 1);
        } else if self.lanes == self.most || came == 0 || left < 2 * came {
            // What is over soon is not worth a try; what stands still needs something else.
            self.is_settled = self.lanes == self.most;
        } else {
            (self.before, self.lanes) = (Some(came), self.lanes + 1);
        }
        self.lanes
    }

    /// So many, and no more tries: a server said no.
    pub(super) fn settle(&mut self, lanes: u8) {
        (self.lanes, self.is_settled) = (lanes.max(1), true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(most: u8, looks: &[(u64, u64, u8)]) {
        let mut gain = Gain::new(most);
        for (at, (came, left, expected)) in looks.iter().enumerate() {
            assert_eq!(gain.look(*came, *left), *expected, "look {at} of {looks:?}");
        }
    }

    #[test]
    fn there_is_one_more_as_long_as_it_brings_more() {
        // A server that gives each connection as much.
        check(4, &[(100, 9000, 2), (200, 8800, 3), (300, 8500, 4), (400, 8100, 4), (400, 7700, 4)]);
        // One that gives all together as much: the try is taken back, and there is no other.
        check(4, &[(100, 9000, 2), (110, 8800, 1), (300, 8500, 1)]);
        // The third one brings nothing.
        check(4, &[(100, 9000, 2), (200, 8800, 3), (210, 8500, 2), (900, 8000, 2)]);
        // What is over soon.
        check(4, &[(100, 199, 1), (100, 99, 1)]);
        check(1, &[(100, 9000, 1)]);
        // What stands still tells nothing.
        check(4, &[(0, 9000, 1), (100, 9000, 2)]);
    }
}
