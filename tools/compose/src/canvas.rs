//! A square picture and the few brushes the covers need; written out as PPM.
//!
//! Places and sizes are fractions of the picture's side: (0, 0) is top left, (1, 1) bottom right.

use crate::rng::Rng;
use std::fs;
use std::io;
use std::path::Path;

/// Width and height in pixels.
pub const SIDE: usize = 600;

/// Red, green and blue from 0 to 1.
pub type Colour = [f64; 3];

/// A point.
pub type Point = (f64, f64);

/// A colour from its usual six-digit number.
pub fn hex(value: u32) -> Colour {
    [16, 8, 0].map(|shift| f64::from((value >> shift) & 0xff) / 255.0)
}

/// The colour `part` of the way from `a` to `b`.
pub fn between(a: Colour, b: Colour, part: f64) -> Colour {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part.clamp(0.0, 1.0))
}

/// The picture.
pub struct Canvas {
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A black picture.
    pub fn new() -> Self {
        Self { pixels: vec![[0.0; 3]; SIDE * SIDE] }
    }

    /// Paints every pixel: `brush` gives the colour and how much of it covers the old one.
    pub fn paint(&mut self, brush: impl Fn(f64, f64) -> (Colour, f64)) {
        for (i, pixel) in self.pixels.iter_mut().enumerate() {
            let x = ((i % SIDE) as f64 + 0.5) / SIDE as f64;
            let y = ((i / SIDE) as f64 + 0.5) / SIDE as f64;
            let (colour, cover) = brush(x, y);
            *pixel = between(*pixel, colour, cover);
        }
    }

    /// Fills the picture with colours from top to bottom, each at its height.
    pub fn sky(&mut self, stops: &[(f64, Colour)]) {
        self.paint(|_, y| {
            let mut colour = stops.first().map_or([0.0; 3], |stop| stop.1);
            for pair in stops.windows(2) {
                if y >= pair[0].0 {
                    let part = (y - pair[0].0) / (pair[1].0 - pair[0].0);
                    colour = between(pair[0].1, pair[1].1, part);
                }
            }
            (colour, 1.0)
        });
    }

    /// A filled ellipse.
    pub fn oval(&mut self, at: Point, size: Point, colour: Colour, cover: f64) {
        self.paint(|x, y| {
            let reach = ((x - at.0) / size.0).hypot((y - at.1) / size.1);
            (colour, edge((reach - 1.0) * size.0.min(size.1)) * cover)
        });
    }

    /// A filled circle.
    pub fn disc(&mut self, at: Point, radius: f64, colour: Colour, cover: f64) {
        self.oval(at, (radius, radius), colour, cover);
    }

    /// A circle's outline.
    pub fn ring(&mut self, at: Point, radius: f64, width: f64, colour: Colour, cover: f64) {
        self.paint(|x, y| {
            let away = ((x - at.0).hypot(y - at.1) - radius).abs() - width / 2.0;
            (colour, edge(away) * cover)
        });
    }

    /// Light that fades outwards.
    pub fn glow(&mut self, at: Point, radius: f64, colour: Colour, strength: f64) {
        self.paint(|x, y| {
            let reach = (x - at.0).hypot(y - at.1) / radius;
            (colour, (-reach * reach * 2.5).exp() * strength)
        });
    }

    /// Everything below the curve `top`, shaded from `upper` to `lower` over `depth`.
    pub fn land(&mut self, top: impl Fn(f64) -> f64, upper: Colour, lower: Colour, depth: f64) {
        self.paint(|x, y| {
            let under = y - top(x);
            (between(upper, lower, under / depth), edge(-under))
        });
    }

    /// A straight stroke with round ends.
    pub fn stroke(&mut self, from: Point, to: Point, width: f64, colour: Colour, cover: f64) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(1e-9);
        self.paint(|x, y| {
            let along = (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0);
            let away = (x - from.0 - dx * along).hypot(y - from.1 - dy * along);
            (colour, edge(away - width / 2.0) * cover)
        });
    }

    /// A filled shape with straight sides.
    pub fn shape(&mut self, corners: &[Point], colour: Colour, cover: f64) {
        self.paint(|x, y| {
            let mut inside = 0;
            for sample in 0..16 {
                let sx = x + (f64::from(sample % 4) - 1.5) / (4.0 * SIDE as f64);
                let sy = y + (f64::from(sample / 4) - 1.5) / (4.0 * SIDE as f64);
                inside += i32::from(within(corners, sx, sy));
            }
            (colour, f64::from(inside) / 16.0 * cover)
        });
    }

    /// A light film grain over everything, so that smooth skies do not band.
    pub fn grain(&mut self, amount: f64, seed: u64) {
        let mut rng = Rng::new(seed);
        for pixel in &mut self.pixels {
            let speck = rng.noise() * amount;
            *pixel = pixel.map(|part| part + speck);
        }
    }

    /// Writes the picture as binary PPM.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut bytes = format!("P6\n{SIDE} {SIDE}\n255\n").into_bytes();
        for part in self.pixels.iter().flatten() {
            bytes.push((part.clamp(0.0, 1.0) * 255.0).round() as u8);
        }
        fs::write(path, bytes)
    }
}

/// How much of a pixel is covered when its middle is `away` outside an edge.
fn edge(away: f64) -> f64 {
    (0.5 - away * SIDE as f64).clamp(0.0, 1.0)
}

/// Whether a point lies inside a closed outline (the even-odd rule).
fn within(corners: &[Point], x: f64, y: f64) -> bool {
    let mut inside = false;
    let mut last = corners.last().copied().unwrap_or((0.0, 0.0));
    for corner in corners {
        if (corner.1 > y) != (last.1 > y) {
            let cross = corner.0 + (y - corner.1) / (last.1 - corner.1) * (last.0 - corner.0);
            if x < cross {
                inside = !inside;
            }
        }
        last = *corner;
    }
    inside
}
