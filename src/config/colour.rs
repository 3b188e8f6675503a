//! Colours: how light one is, how far apart two are, how well one is read on the other.

/// A colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Where black and white are read equally well: above it a background is light.
const MIDDLE_LUMINANCE: f64 = 0.179;

impl Rgb {
    /// Black.
    pub const BLACK: Self = Self(0, 0, 0);

    /// White.
    pub const WHITE: Self = Self(255, 255, 255);

    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))?;
        let part = |from: usize, to: usize| u8::from_str_radix(digits.get(from..to)?, 16).ok();
        match digits.len() {
            3 => Some(Self(part(0, 1)? * 17, part(1, 2)? * 17, part(2, 3)? * 17)),
            6 => Some(Self(part(0, 2)?, part(2, 4)?, part(4, 6)?)),
            _ => None,
        }
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well one of two colours is read on the other, 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Whether white is read better on it than black.
    pub fn is_dark(self) -> bool {
        self.luminance() < MIDDLE_LUMINANCE
    }

    /// How different two colours look: their distance in OKLab (Ottosson, "A perceptual color space for image
    /// processing", 2020), black and white 1 apart. `hue` says how many times as much as lightness the hue matters.
    pub fn distance(self, other: Self, hue: f64) -> f64 {
        let ([light, one, two], [other_light, other_one, other_two]) = (self.oklab(), other.oklab());
        let hues = (one - other_one).powi(2) + (two - other_two).powi(2);
        ((light - other_light).powi(2) + hue * hue * hues).sqrt()
    }

    /// This colour, lighter on what is dark and darker on what is light, as little as is needed for this contrast with
    /// `background`; white or black where that is not enough.
    #[must_use]
    pub fn readable_on(self, background: Self, contrast: f64) -> Self {
        let end = if background.is_dark() { Self::WHITE } else { Self::BLACK };
        (0..=32)
            .map(|step| self.mixed(end, step))
            .find(|it| it.contrast(background) >= contrast)
            .unwrap_or(end)
    }

    /// So many 32nds of the way to another colour.
    fn mixed(self, other: Self, step: u16) -> Self {
        let part = |one: u8, two: u8| {
            let sum = u16::from(one) * (32 - step) + u16::from(two) * step;
            u8::try_from(sum / 32).unwrap_or(u8::MAX)
        };
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }

    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn oklab(self) -> [f64; 3] {
        let times = |row: [f64; 3], with: [f64; 3]| row.iter().zip(with).map(|(a, b)| a * b).sum::<f64>();
        let light = self.linear();
        let cones = [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ]
        .map(|row| times(row, light).cbrt());
        [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ]
        .map(|row| times(row, cones))
    }
}

/// The first sixteen colours as xterm has them unless it is told otherwise. What a terminal makes of them is its own
/// affair: this is for choosing among them.
pub const SIXTEEN: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

/// What a number of the 256 colours looks like: [`SIXTEEN`], then a cube of 6 steps each way, then 24 greys (xterm).
pub fn indexed(number: u8) -> Rgb {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match number {
        0..16 => SIXTEEN[usize::from(number)],
        16..232 => {
            let number = number - 16;
            let step = |by: u8| STEPS[usize::from(number / by % 6)];
            Rgb(step(36), step(6), step(1))
        }
        232.. => {
            let grey = 8 + 10 * (number - 232);
            Rgb(grey, grey, grey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        // Known pairs: the extremes, and the greys around 4.5:1 that WebAIM's contrast checker names.
        let rows = [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#fff", 4.54),
            ("#777777", "#ffffff", 4.48),
            ("#ff0000", "#ffffff", 4.0),
            ("#0000ff", "#ffffff", 8.59),
        ];
        for (one, two, expected) in rows {
            let contrast = Rgb::parse(one).unwrap().contrast(Rgb::parse(two).unwrap());
            assert!((contrast - expected).abs() < 0.006, "{one} on {two}: {contrast}");
        }
    }

    #[test]
    fn oklab_is_that_of_css() {
        // CSS Color 4 names oklab(62.8% 0.22 0.13) for red; white and black are the ends.
        let rows = [
            (Rgb(255, 0, 0), [0.628, 0.2249, 0.1258]),
            (Rgb(0, 0, 255), [0.452, -0.0324, -0.3115]),
            (Rgb::WHITE, [1.0, 0.0, 0.0]),
            (Rgb::BLACK, [0.0, 0.0, 0.0]),
        ];
        for (colour, expected) in rows {
            for (found, expected) in colour.oklab().iter().zip(expected) {
                assert!((found - expected).abs() < 0.001, "{colour:?}: {:?}", colour.oklab());
            }
        }
    }

    #[test]
    fn colours_are_read() {
        let rows = [
            ("#fff", Some(Rgb::WHITE)),
            ("#1e1E2e", Some(Rgb(30, 30, 46))),
            ("#1a2", Some(Rgb(17, 170, 34))),
            ("1e1e2e", None),
            ("#12345", None),
            ("#+12345", None),
            ("#é1234", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(Rgb::parse(text), expected, "{text}");
        }
        assert_eq!(indexed(16), Rgb::BLACK);
        assert_eq!(indexed(67), Rgb(95, 135, 175), "steelblue");
        assert_eq!(
            (indexed(231), indexed(232), indexed(255)),
            (Rgb::WHITE, Rgb(8, 8, 8), Rgb(238, 238, 238))
        );
    }

    proptest! {
        #[test]
        fn every_colour_can_be_made_readable(colour in any::<[u8; 3]>(), background in any::<[u8; 3]>()) {
            let [colour, background] = [colour, background].map(|[red, green, blue]| Rgb(red, green, blue));
            prop_assert!(colour.readable_on(background, 4.5).contrast(background) >= 4.5);
        }
    }
}
