//! How many colours a terminal has, and a theme brought down to them.

use std::ops::RangeInclusive;

use super::ink::{Colour, Ink};
use super::{Look, Role};
use crate::config::colour::{Rgb, indexed};

/// What words need to be read by everybody (WCAG 2.2, success criterion 1.4.3).
const READABLE: f64 = 4.5;

/// What words need to be read easily (1.4.6).
const READABLE_EASILY: f64 = 7.0;

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None: bold, underlined and reversed tell what there is to tell.
    Monochrome,
    /// Sixteen of its own.
    Sixteen,
    /// 256: those, a cube and greys.
    Indexed,
    /// All of them.
    True,
}

impl Look {
    /// The same for a terminal that has so many colours and this background. Colours that it does not have become those
    /// that look most like them and are still read on what is behind; where the theme leaves the terminal its
    /// background, what would be hard to read on that one becomes lighter or darker.
    #[must_use]
    pub fn on(self, depth: Depth, background: Option<Rgb>) -> Self {
        if depth == Depth::Monochrome {
            return self.without_colour();
        }
        let text = self.ink(Role::Text);
        self.map(|_, ink| {
            let own = ink.back.or(text.back).filter(|back| *back != Colour::Default);
            let below = match own {
                Some(own) => seen(own).map(|was| Below { was, is: seen(behind(own, depth)).unwrap_or(was) }),
                None => background.map(|background| Below { was: background, is: background }),
            };
            let may_change = own.is_none();
            let front = ink.front.map(|front| in_front(front, below, may_change, depth));
            Ink { front, back: ink.back.map(|back| behind(back, depth)), ..ink }
        })
    }

    /// What only a colour told is bold.
    fn without_colour(self) -> Self {
        let bare = Ink { front: None, back: None, ..self.ink(Role::Text) };
        self.map(|role, ink| {
            let plain = Ink { front: None, back: None, ..ink };
            let coloured = ink != plain && role != Role::Text && !matches!(role, Role::Heard | Role::Faint);
            if coloured && plain == bare { Ink { bold: true, ..plain } } else { plain }
        })
    }
}

/// A background for so many colours: of sixteen only black and white are known to be readable everywhere.
fn behind(colour: Colour, depth: Depth) -> Colour {
    match (colour, depth) {
        (Colour::Rgb(colour), Depth::Indexed) => Colour::Indexed(nearest(colour, 16..=255, |_| true)),
        (Colour::Rgb(colour), Depth::Sixteen) => Colour::Indexed(if colour.is_dark() { 0 } else { 15 }),
        (Colour::Indexed(number @ 16..), Depth::Sixteen) => behind(Colour::Rgb(indexed(number)), depth),
        (Colour::Rgb(_) | Colour::Indexed(_) | Colour::Default, _) => colour,
    }
}

/// What is behind words: as the theme has it, and as this terminal shows it.
#[derive(Clone, Copy)]
struct Below {
    was: Rgb,
    is: Rgb,
}

/// What a colour looks like; the first sixteen as xterm shows them.
fn seen(colour: Colour) -> Option<Rgb> {
    match colour {
        Colour::Default => None,
        Colour::Indexed(number) => Some(indexed(number)),
        Colour::Rgb(colour) => Some(colour),
    }
}

/// A colour of words for so many colours, on what is behind them where that is known. It stays as readable as it was; where
/// it `may_change`, it becomes readable.
fn in_front(colour: Colour, below: Option<Below>, may_change: bool, depth: Depth) -> Colour {
    let wanted = match colour {
        Colour::Rgb(wanted) => wanted,
        Colour::Indexed(number @ 16..) if depth == Depth::Sixteen => indexed(number),
        Colour::Indexed(_) | Colour::Default => return colour,
    };
    let contrast = below.map_or(0.0, |below| match wanted.contrast(below.was) {
        READABLE_EASILY.. => READABLE_EASILY,
        READABLE.. => READABLE,
        _ if may_change => READABLE,
        less => less,
    });
    let wanted = match below {
        Some(below) if may_change => wanted.readable_on(below.is, contrast),
        Some(_) | None => wanted,
    };
    let is_readable = |found: Rgb| below.is_none_or(|below| found.contrast(below.is) >= contrast);
    match depth {
        Depth::True | Depth::Monochrome => Colour::Rgb(wanted),
        Depth::Indexed => Colour::Indexed(nearest(wanted, 16..=255, is_readable)),
        Depth::Sixteen => Colour::Indexed(nearest(wanted, 0..=15, is_readable)),
    }
}

/// How many times as much as lightness the hue matters: among so few colours, words that are nearly grey must not become
/// blue because that is as dark.
const HUE_OF_SIXTEEN: f64 = 2.0;

/// The number of the colour that looks most like `wanted` among those that will do; white or black where none does.
fn nearest(wanted: Rgb, numbers: RangeInclusive<u8>, will_do: impl Fn(Rgb) -> bool) -> u8 {
    let hue = if *numbers.end() < 16 { HUE_OF_SIXTEEN } else { 1.0 };
    let distance = |number: &u8| indexed(*number).distance(wanted, hue);
    let suited = numbers.filter(|number| will_do(indexed(*number)));
    let otherwise = if wanted.is_dark() { 0 } else { 15 };
    suited.min_by(|one, two| distance(one).total_cmp(&distance(two))).unwrap_or(otherwise)
}
