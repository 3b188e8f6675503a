//! A small pseudo-random generator: the same seed always gives the same music.

/// SplitMix64, which is plenty for noise bursts and human-like timing.
pub struct Rng(u64);

impl Rng {
    /// A generator whose whole sequence follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Evenly spread over `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly spread over `-1.0..1.0`: one sample of white noise.
    pub fn noise(&mut self) -> f64 {
        self.unit() * 2.0 - 1.0
    }

    /// Roughly bell-shaped around zero, never beyond -1.5 or 1.5.
    pub fn bell(&mut self) -> f64 {
        (self.noise() + self.noise() + self.noise()) * 0.5
    }
}
