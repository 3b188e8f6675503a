//! How the listener wants the sound shaped: equaliser, balance, mono, speed, silences.

use std::fmt;
use std::time::Duration;

/// `[sound]`. The default changes no bit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SoundSettings {
    /// The equaliser.
    pub equaliser: Equaliser,
    /// How much softer one side is, in percent: -100 only left, 100 only right.
    pub balance: i8,
    /// Whether all channels are heard as one.
    pub mono: bool,
    /// How fast it plays.
    pub speed: Speed,
    /// Whether most of a long silence is left out.
    pub skip_silence: bool,
}

/// How fast a track plays, its pitch as it is: 50 to 200 percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u8);

impl Default for Speed {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl Speed {
    /// As it was recorded.
    pub const NORMAL: Self = Self(100);

    const SLOWEST: u8 = 50;
    const FASTEST: u8 = 200;

    /// `None` outside 50 to 200 percent.
    pub fn new(percent: u8) -> Option<Self> {
        (Self::SLOWEST..=Self::FASTEST).contains(&percent).then_some(Self(percent))
    }

    /// 50 to 200.
    pub fn percent(self) -> u8 {
        self.0
    }

    /// Whether it changes nothing.
    pub fn is_normal(self) -> bool {
        self == Self::NORMAL
    }

    /// So many percent points faster, as far as that goes.
    #[must_use]
    pub fn change(self, points: i8) -> Self {
        Self(self.0.saturating_add_signed(points).clamp(Self::SLOWEST, Self::FASTEST))
    }

    /// How much of the track plays in `time`.
    pub fn of(self, time: Duration) -> Duration {
        time * u32::from(self.0) / 100
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}x", self.0 / 100, self.0 % 100)
    }
}

impl SoundSettings {
    /// Whether what is heard is what was recorded, sample by sample.
    pub fn is_plain(&self) -> bool {
        !self.changes_samples() && self.speed.is_normal() && !self.skip_silence
    }

    /// What stays when it was chosen by a key, as one word: `night,-30,mono`. The speed is for what plays alone.
    pub fn to_word(&self) -> String {
        let is = |is: bool, name: &str| if is { format!(",{name}") } else { String::new() };
        let (mono, silence) = (is(self.mono, "mono"), is(self.skip_silence, "skips-silence"));
        let bands = match &self.equaliser {
            Equaliser::Own(gains) => gains.map(|gain| format!(":{gain}")).concat(),
            Equaliser::Off | Equaliser::Preset(_) => String::new(),
        };
        format!("{}{bands},{}{mono}{silence}", self.equaliser.title(), self.balance)
    }

    /// The same settings as [`SoundSettings::to_word`] has said; `own` are the listener's own bands. `None` where it is not
    /// such a word.
    pub fn from_word(word: &str, own: Option<[f32; 10]>) -> Option<Self> {
        let mut parts = word.split(',');
        let name = parts.next()?;
        let equaliser = match own.filter(|_| name.starts_with("own:")) {
            Some(gains) => Equaliser::Own(gains),
            None => Equaliser::named(name)?,
        };
        let balance = parts.next()?.parse().ok().filter(|balance| (-100..=100).contains(balance))?;
        let mut read = Self { equaliser, balance, ..Self::default() };
        for part in parts {
            match part {
                "mono" => read.mono = true,
                "skips-silence" => read.skip_silence = true,
                _ => return None,
            }
        }
        Some(read)
    }

    /// Whether samples become others by equaliser, balance or mono.
    pub fn changes_samples(&self) -> bool {
        self.equaliser.gains_db().is_some() || self.balance != 0 || self.mono
    }
}

/// The middle frequencies of the equaliser's bands, in hertz: an octave apart.
pub const BANDS_HZ: [f64; 10] = [31.25, 62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];

/// Decibels that a band may be raised or lowered by.
pub const MAX_BAND_DB: f32 = 12.0;

/// What the equaliser does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Equaliser {
    /// Nothing: samples stay as they are.
    #[default]
    Off,
    /// One of [`PRESETS`].
    Preset(&'static Preset),
    /// Decibels for each of [`BANDS_HZ`], -12 to 12.
    Own([f32; 10]),
}

/// Settings of the bands that go by a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// As the configuration names it.
    pub name: &'static str,
    /// Decibels for each of [`BANDS_HZ`].
    pub gains_db: [f32; 10],
}

const fn preset(name: &'static str, gains_db: [f32; 10]) -> Preset {
    Preset { name, gains_db }
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    preset("bass", [6.0, 5.0, 4.0, 2.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    preset("treble", [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.5, 4.0, 5.0, 6.0]),
    preset("loudness", [5.0, 4.0, 1.5, 0.0, -1.0, -1.0, 0.0, 1.5, 3.5, 4.5]),
    preset("voice", [-6.0, -4.0, -2.0, 0.0, 2.0, 3.5, 3.5, 2.5, 0.0, -2.0]),
    preset("rock", [4.5, 3.5, 2.0, 0.5, -1.0, -0.5, 1.0, 2.5, 3.5, 4.0]),
    preset("pop", [-1.0, 0.0, 1.5, 3.0, 3.5, 2.5, 1.0, 0.0, -0.5, -1.0]),
    preset("jazz", [3.0, 2.5, 1.0, 1.5, -1.0, -1.0, 0.0, 1.0, 2.0, 3.0]),
    preset("electronic", [5.0, 4.5, 1.5, 0.0, -1.5, 1.0, 0.5, 1.5, 4.0, 4.5]),
    preset("small-speakers", [-8.0, -4.0, 2.0, 3.0, 1.5, 0.0, 0.5, 1.5, 2.0, 2.0]),
    preset("night", [-5.0, -3.5, -2.0, -1.0, 0.0, 1.0, 1.0, 0.5, -1.0, -2.0]),
];

impl Equaliser {
    /// Decibels for each of [`BANDS_HZ`]; `None` where no band is changed.
    pub fn gains_db(&self) -> Option<[f32; 10]> {
        let gains = match self {
            Self::Off => return None,
            Self::Preset(preset) => preset.gains_db,
            Self::Own(gains) => *gains,
        };
        gains.iter().any(|gain| *gain != 0.0).then_some(gains)
    }

    /// As the screen says it.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Preset(preset) => preset.name,
            Self::Own(_) => "own",
        }
    }

    /// The preset after this one, off after the last; `own`, where there are such bands, comes first.
    #[must_use]
    pub fn next(&self, own: Option<[f32; 10]>) -> Self {
        let row = match self {
            Self::Off if let Some(gains) = own => return Self::Own(gains),
            Self::Off | Self::Own(_) => Some(0),
            Self::Preset(preset) => {
                PRESETS.iter().position(|known| known.name == preset.name).map(|row| row + 1)
            }
        };
        row.and_then(|row| PRESETS.get(row)).map_or(Self::Off, Self::Preset)
    }

    /// The preset of this name, or "off".
    pub(super) fn named(name: &str) -> Option<Self> {
        if name == "off" {
            return Some(Self::Off);
        }
        PRESETS.iter().find(|preset| preset.name == name).map(Self::Preset)
    }

    /// Bands as the listener wrote them: ten, none beyond its limits.
    pub(super) fn own(gains_db: &[f32]) -> Option<Self> {
        let gains: [f32; 10] = gains_db.try_into().ok()?;
        gains.iter().all(|gain| gain.abs() <= MAX_BAND_DB).then_some(Self::Own(gains))
    }
}

/// What the equaliser's key takes, for warnings.
pub(super) const EQUALISER_WORDS: &str = "\"off\", \"bass\", \"treble\", \"loudness\", \"voice\", \"rock\", \"pop\", \"jazz\", \"electronic\", \"small-speakers\", \"night\", or ten numbers from -12 to 12";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_by_keys_is_read_back() {
        let own = [1.5; 10];
        for equaliser in PRESETS.iter().map(Equaliser::Preset).chain([Equaliser::Off, Equaliser::Own(own)]) {
            for (balance, mono, skip_silence) in [(0, false, false), (-100, true, false), (40, false, true)] {
                let chosen =
                    SoundSettings { equaliser, balance, mono, skip_silence, ..SoundSettings::default() };
                assert_eq!(SoundSettings::from_word(&chosen.to_word(), Some(own)), Some(chosen));
            }
        }
        for odd in ["", "night", "night,300", "loud,0", "own,0", "night,0,blue", "night,x"] {
            assert_eq!(SoundSettings::from_word(odd, None), None, "{odd:?}");
        }
    }
}
