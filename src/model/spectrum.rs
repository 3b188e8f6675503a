//! What the sound is made of at one moment, for pictures.

/// Bands of a spectrum.
pub const SPECTRUM_BANDS: usize = 32;

/// Where the lowest band begins and the highest ends, in hertz. All are equally wide to the ear.
pub const SPECTRUM_HZ: (f32, f32) = (40.0, 16_000.0);

/// Nothing is told to be softer than this, in decibels.
pub const SPECTRUM_FLOOR_DB: f32 = -90.0;

/// Levels in decibels; a sine of full scale has 0, and -3 as its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spectrum {
    /// From low to high.
    pub bands: [f32; SPECTRUM_BANDS],
    /// Of the first two channels; of a single one, twice the same.
    pub levels: [Level; 2],
}

/// How strong a channel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The largest sample.
    pub peak_db: f32,
    /// The root of the mean square.
    pub mean_db: f32,
}

impl Default for Spectrum {
    fn default() -> Self {
        let silent = Level { peak_db: SPECTRUM_FLOOR_DB, mean_db: SPECTRUM_FLOOR_DB };
        Self { bands: [SPECTRUM_FLOOR_DB; SPECTRUM_BANDS], levels: [silent; 2] }
    }
}
