//! The cover pictures, one function each.

use crate::canvas::{Canvas, Colour, Point, between, hex};
use crate::rng::Rng;
use std::f64::consts::{PI, TAU};

/// A rectangle by its top left corner and its size.
fn block(canvas: &mut Canvas, at: Point, size: Point, colour: Colour) {
    let (x, y) = at;
    let corners = [(x, y), (x + size.0, y), (x + size.0, y + size.1), (x, y + size.1)];
    canvas.shape(&corners, colour, 1.0);
}

/// Small stars scattered above `floor`.
fn stars(canvas: &mut Canvas, count: usize, floor: f64, seed: u64) {
    let mut rng = Rng::new(seed);
    for _ in 0..count {
        let at = (rng.unit(), rng.unit() * floor);
        canvas.disc(at, 0.001 + 0.0014 * rng.unit(), hex(0xfff6df), 0.35 + 0.6 * rng.unit());
    }
}

/// Short level glints on water, widening downwards from `top`.
fn glints(canvas: &mut Canvas, x: f64, top: f64, spread: f64, colour: Colour, seed: u64) {
    let mut rng = Rng::new(seed);
    let mut y = top;
    while y < 0.99 {
        let depth = (y - top) / (1.0 - top);
        let wide = (0.012 + spread * depth) * (0.4 + 0.9 * rng.unit());
        let middle = x + rng.noise() * spread * 0.4 * depth;
        let cover = 0.75 * (1.0 - 0.75 * depth);
        canvas.stroke((middle - wide, y), (middle + wide, y), 0.003 + 0.003 * depth, colour, cover);
        y += 0.009 + 0.014 * depth;
    }
}

/// A lit ferry under a full moon.
pub fn night_ferry(c: &mut Canvas) {
    c.sky(&[(0.0, hex(0x0a1430)), (0.45, hex(0x1d3a63)), (0.62, hex(0x3f6d8c))]);
    stars(c, 70, 0.5, 1);
    c.glow((0.68, 0.26), 0.34, hex(0xbcd7e6), 0.5);
    c.disc((0.68, 0.26), 0.085, hex(0xfaf3dc), 1.0);
    for (at, size) in [((0.66, 0.24), 0.016), ((0.70, 0.28), 0.022), ((0.69, 0.225), 0.009)] {
        c.disc(at, size, hex(0xe3dcc4), 0.7);
    }
    c.land(|x| 0.60 - 0.02 * (x * 7.0).sin() - 0.012 * (x * 17.0).cos(), hex(0x1c3350), hex(0x1c3350), 1.0);
    c.land(|_| 0.63, hex(0x2b5674), hex(0x081126), 0.36);
    glints(c, 0.68, 0.645, 0.13, hex(0xf4ecd0), 2);
    let hull = hex(0x0b0f1d);
    c.shape(&[(0.10, 0.62), (0.58, 0.62), (0.53, 0.69), (0.15, 0.69)], hull, 1.0);
    block(c, (0.16, 0.565), (0.35, 0.06), hex(0x141b30));
    block(c, (0.21, 0.52), (0.22, 0.05), hull);
    block(c, (0.28, 0.455), (0.045, 0.07), hex(0x8c3b36));
    block(c, (0.28, 0.455), (0.045, 0.018), hull);
    c.stroke((0.42, 0.53), (0.42, 0.43), 0.004, hull, 1.0);
    for n in 0..11 {
        let x = 0.175 + f64::from(n) * 0.029;
        block(c, (x, 0.582), (0.016, 0.018), hex(0xffd27a));
        c.glow((x + 0.008, 0.591), 0.03, hex(0xffc15a), 0.22);
        c.stroke((x + 0.008, 0.70), (x + 0.008, 0.75 + 0.02 * f64::from(n % 3)), 0.006, hex(0xffc15a), 0.25);
    }
    c.glow((0.42, 0.43), 0.03, hex(0xff6d57), 0.8);
    c.disc((0.42, 0.43), 0.005, hex(0xffd7c8), 1.0);
    c.land(|x| 0.90 + 0.012 * (x * 9.0 + 1.0).sin(), hex(0x0c1a33), hex(0x050a18), 0.1);
    c.grain(0.012, 3);
}

/// Lamps along a quay at dusk, and their reflections.
pub fn harbour_lights(c: &mut Canvas) {
    c.sky(&[(0.0, hex(0x33224f)), (0.28, hex(0x8a3f6b)), (0.46, hex(0xe9785a)), (0.58, hex(0xffc983))]);
    c.disc((0.885, 0.505), 0.06, hex(0xfff0c4), 0.9);
    c.glow((0.885, 0.505), 0.3, hex(0xffd99a), 0.55);
    c.land(
        |x| 0.50 - 0.05 * (x * 3.4 + 0.6).sin() + 0.012 * (x * 13.0).sin(),
        hex(0x8d4a69),
        hex(0x6d3a5d),
        0.1,
    );
    c.land(|x| 0.55 - 0.035 * (x * 4.6 + 3.0).sin(), hex(0x5a2f55), hex(0x42254a), 0.1);
    c.land(|_| 0.59, hex(0xc96a61), hex(0x261a3d), 0.36);
    glints(c, 0.885, 0.61, 0.1, hex(0xffdfa6), 5);
    block(c, (0.0, 0.585), (1.0, 0.022), hex(0x2a1a38));
    let lamps = [0.08, 0.21, 0.345, 0.475, 0.60, 0.72, 0.835, 0.94];
    for (n, x) in lamps.into_iter().enumerate() {
        let top = 0.46 - 0.012 * n as f64;
        c.stroke((x, 0.59), (x, top), 0.006, hex(0x22142f), 1.0);
        c.glow((x, top), 0.075, hex(0xffe0a0), 0.75);
        c.disc((x, top), 0.012, hex(0xfff8e2), 1.0);
        for k in 0..18 {
            let y = 0.625 + f64::from(k) * 0.018;
            let sway = 0.006 * (f64::from(k) * 1.7 + n as f64).sin();
            let wide = 0.010 + 0.0008 * f64::from(k);
            c.stroke(
                (x + sway - wide, y),
                (x + sway + wide, y),
                0.006,
                hex(0xffdc96),
                0.55 - 0.027 * f64::from(k),
            );
        }
    }
    c.grain(0.012, 6);
}

/// Hills in mist, rain, and one small boat with a red lantern.
pub fn rain_harbour(c: &mut Canvas) {
    c.sky(&[(0.0, hex(0x9fb0b3)), (0.6, hex(0xd5dcd6)), (1.0, hex(0xb9c6c4))]);
    let hills = [(0.36, 0.11, 2.6, 0xa9babb), (0.45, 0.08, 3.9, 0x8aa0a4), (0.53, 0.06, 5.3, 0x6b858b)];
    for (n, (height, swell, pace, colour)) in hills.into_iter().enumerate() {
        let shift = n as f64 * 1.9;
        let top = move |x: f64| {
            height - swell * ((x * pace + shift).sin() * 0.6 + (x * pace * 2.3 + shift).sin() * 0.3)
        };
        c.land(top, hex(colour), hex(0xcfd8d4), 0.26);
    }
    c.land(|_| 0.64, hex(0xbccac8), hex(0x5c7a80), 0.36);
    let mut rng = Rng::new(9);
    for _ in 0..26 {
        // Rings where drops meet the water, flat with distance.
        let y = 0.68 + 0.3 * rng.unit();
        let size = (y - 0.6) * 0.12 * (0.5 + rng.unit());
        let at = (rng.unit(), y);
        c.paint(|px, py| {
            let reach = ((px - at.0) / size).hypot((py - at.1) / (size * 0.3));
            (hex(0xeef4f1), 0.55 * (1.0 - (reach - 1.0).abs() * 9.0).max(0.0))
        });
    }
    c.shape(&[(0.56, 0.735), (0.84, 0.725), (0.80, 0.775), (0.61, 0.775)], hex(0x2f3f45), 1.0);
    c.shape(&[(0.655, 0.735), (0.66, 0.685), (0.745, 0.685), (0.75, 0.735)], hex(0x45585d), 1.0);
    c.stroke((0.80, 0.73), (0.80, 0.63), 0.005, hex(0x2f3f45), 1.0);
    c.glow((0.80, 0.65), 0.09, hex(0xe4604a), 0.6);
    c.oval((0.80, 0.65), (0.018, 0.024), hex(0xd8402f), 1.0);
    for k in 0..9 {
        let y = 0.80 + f64::from(k) * 0.02;
        let sway = 0.008 * (f64::from(k) * 2.1).sin();
        c.stroke((0.785 + sway, y), (0.815 + sway, y), 0.006, hex(0xd8402f), 0.5 - 0.05 * f64::from(k));
    }
    for _ in 0..130 {
        let (x, y) = (rng.unit() * 1.1, rng.unit() * 1.05 - 0.05);
        let length = 0.03 + 0.06 * rng.unit();
        c.stroke((x, y), (x - length * 0.25, y + length), 0.0016, hex(0xffffff), 0.2 + 0.3 * rng.unit());
    }
    c.grain(0.012, 10);
}

/// Paper lanterns strung through the dark.
pub fn paper_lanterns(c: &mut Canvas) {
    c.sky(&[(0.0, hex(0x1c0f2b)), (0.7, hex(0x3a1a3c)), (1.0, hex(0x5a2440))]);
    let mut rng = Rng::new(14);
    for _ in 0..34 {
        let at = (rng.unit(), rng.unit());
        let warm = between(hex(0xff9d4d), hex(0xf0567a), rng.unit());
        c.disc(at, 0.012 + 0.035 * rng.unit(), warm, 0.05 + 0.09 * rng.unit());
    }
    let rope = |x: f64, row: f64| row + 0.09 * (1.0 - (2.0 * x - 1.0).powi(2));
    let rows = [(0.06, 7, 0.040, 0.5), (0.26, 5, 0.058, 0.75), (0.52, 4, 0.082, 1.0)];
    let shades = [0xffb347, 0xf4694f, 0xffd98a, 0xe94f6d, 0xff8f57];
    for (r, (row, count, size, near)) in rows.into_iter().enumerate() {
        for n in 0..60 {
            let (a, b) = (f64::from(n) / 60.0, f64::from(n + 1) / 60.0);
            c.stroke((a, rope(a, row)), (b, rope(b, row)), 0.0028, hex(0x120a1c), near);
        }
        for n in 0..count {
            let x = (f64::from(n) + 0.5 + 0.12 * rng.noise()) / f64::from(count);
            let y = rope(x, row) + size * 1.25;
            let shade = hex(shades[(n as usize * 2 + r) % shades.len()]);
            c.glow((x, y), size * 3.0, shade, 0.42 * near);
            c.oval((x, y), (size * 0.92, size), shade, 0.95);
            c.glow((x, y + size * 0.15), size * 0.85, hex(0xfff3cf), 0.85);
            for k in -2..=2 {
                let h = f64::from(k) * size * 0.33;
                let w = size * 0.9 * (1.0 - (h / size).powi(2)).sqrt();
                c.stroke((x - w, y + h), (x + w, y + h), 0.0018, hex(0x7a2b2b), 0.35);
            }
            block(c, (x - size * 0.32, y - size * 1.06), (size * 0.64, size * 0.13), hex(0x2a1420));
            block(c, (x - size * 0.32, y + size * 0.94), (size * 0.64, size * 0.13), hex(0x2a1420));
            c.stroke((x, y + size), (x, y + size * 1.6), 0.003, hex(0xc9503f), 0.9);
        }
    }
    c.grain(0.014, 15);
}

/// A cup of coffee on a round table, seen from above, on floor tiles.
pub fn cafe_muller(c: &mut Canvas) {
    c.paint(|x, y| {
        let dark = ((x * 6.0).floor() + (y * 6.0).floor()) as i64 % 2 == 0;
        (if dark { hex(0x2f5d62) } else { hex(0xe8dcc3) }, 1.0)
    });
    c.glow((0.5, 0.5), 0.9, hex(0xf3d9a8), 0.18);
    c.disc((0.515, 0.53), 0.405, hex(0x14272a), 0.4);
    c.disc((0.5, 0.5), 0.40, hex(0xb9543a), 1.0);
    c.ring((0.5, 0.5), 0.385, 0.012, hex(0xe9b07a), 1.0);
    for n in 0..9 {
        c.ring((0.5, 0.5), 0.05 + 0.037 * f64::from(n), 0.0025, hex(0x8f3e2c), 0.35);
    }
    c.disc((0.47, 0.49), 0.205, hex(0x5f2418), 0.45);
    c.disc((0.46, 0.47), 0.20, hex(0xfaf2e2), 1.0);
    c.ring((0.46, 0.47), 0.185, 0.006, hex(0x2f5d62), 1.0);
    c.disc((0.47, 0.485), 0.118, hex(0xcdbfa5), 0.8);
    c.stroke((0.55, 0.41), (0.59, 0.375), 0.034, hex(0xfaf2e2), 1.0);
    c.stroke((0.556, 0.405), (0.585, 0.379), 0.012, hex(0xcdbfa5), 1.0);
    c.disc((0.46, 0.47), 0.115, hex(0xffffff), 1.0);
    c.disc((0.46, 0.47), 0.098, hex(0x4a2616), 1.0);
    // Milk stirred in: a spiral of pale foam.
    for n in 0..150 {
        let part = f64::from(n) / 150.0;
        let (turn, reach) = (part * TAU * 2.4, 0.006 + 0.078 * part);
        let at = (0.46 + reach * turn.cos(), 0.47 + reach * turn.sin());
        c.disc(at, 0.010 * (1.0 - 0.55 * part), hex(0xd9a877), 0.5);
    }
    c.stroke((0.66, 0.66), (0.79, 0.53), 0.012, hex(0x5f2418), 0.4);
    c.stroke((0.65, 0.65), (0.78, 0.52), 0.012, hex(0xe5e5df), 1.0);
    c.oval((0.645, 0.655), (0.026, 0.026), hex(0xe5e5df), 1.0);
    c.oval((0.648, 0.652), (0.017, 0.017), hex(0xbfc0ba), 1.0);
    for at in [(0.33, 0.72), (0.385, 0.745)] {
        c.shape(
            &[
                (at.0, at.1),
                (at.0 + 0.04, at.1 + 0.01),
                (at.0 + 0.03, at.1 + 0.05),
                (at.0 - 0.01, at.1 + 0.04),
            ],
            hex(0xfdf8ee),
            1.0,
        );
    }
    c.grain(0.016, 18);
}

/// Sun rays, green hills and a letter on its way.
pub fn morning_post(c: &mut Canvas) {
    let sun = (0.5, 0.60);
    c.paint(|x, y| {
        let turn = (y - sun.1).atan2(x - sun.0);
        let ray = 0.5 + 0.5 * ((turn * 12.0).sin() * 7.0).clamp(-1.0, 1.0);
        (between(hex(0xffd166), hex(0xffe29a), ray), 1.0)
    });
    c.glow(sun, 0.62, hex(0xfff6d8), 0.7);
    c.disc(sun, 0.20, hex(0xff8552), 1.0);
    c.land(|x| 0.66 + 0.05 * (x * 4.2 + 0.3).sin(), hex(0x79b473), hex(0x4f9160), 0.2);
    c.land(|x| 0.77 - 0.045 * (x * 3.7 + 1.2).sin(), hex(0x3f8a63), hex(0x2c6b54), 0.25);
    c.land(|x| 0.90 + 0.03 * (x * 5.0).sin(), hex(0x245a4b), hex(0x17443b), 0.12);
    // The trail it leaves, dotted.
    for n in 0..22 {
        let part = f64::from(n) / 22.0;
        let at = (0.06 + 0.40 * part, 0.50 - 0.30 * part + 0.07 * (part * TAU * 1.2).sin());
        c.disc(at, 0.005, hex(0xffffff), 0.35 + 0.6 * part);
    }
    let place = |x: f64, y: f64| {
        let (turn, size) = (-0.22_f64, 0.21);
        (0.62 + size * (x * turn.cos() - y * turn.sin()), 0.24 + size * (x * turn.sin() + y * turn.cos()))
    };
    let put = |corners: &[Point]| -> Vec<Point> { corners.iter().map(|p| place(p.0, p.1)).collect() };
    c.shape(&put(&[(-0.96, -0.58), (1.04, -0.58), (1.04, 0.70), (-0.96, 0.70)]), hex(0xb98a3c), 0.4);
    c.shape(&put(&[(-1.0, -0.64), (1.0, -0.64), (1.0, 0.64), (-1.0, 0.64)]), hex(0xfffaf0), 1.0);
    c.shape(&put(&[(-1.0, 0.64), (0.0, -0.1), (1.0, 0.64)]), hex(0xf1e6d2), 1.0);
    c.shape(&put(&[(-1.0, -0.64), (0.0, 0.14), (1.0, -0.64)]), hex(0xe8dac0), 1.0);
    c.shape(&put(&[(-1.0, -0.64), (0.0, 0.09), (1.0, -0.64)]), hex(0xfffdf6), 1.0);
    c.disc(place(0.0, 0.1), 0.034, hex(0xe4572e), 1.0);
    c.disc(place(0.0, 0.1), 0.022, hex(0xc7431f), 1.0);
    c.grain(0.012, 21);
}

/// A banded planet with rings, and moons on their way round it.
pub fn slow_orbit(c: &mut Canvas) {
    c.sky(&[(0.0, hex(0x07071a)), (0.6, hex(0x141238)), (1.0, hex(0x281a4a))]);
    c.glow((0.2, 0.85), 0.55, hex(0x5a2f78), 0.45);
    c.glow((0.85, 0.15), 0.45, hex(0x1f4a7c), 0.4);
    stars(c, 150, 1.0, 25);
    let (centre, radius, lean) = ((0.5, 0.5), 0.21, -0.38_f64);
    let flat = move |x: f64, y: f64| {
        let (dx, dy) = (x - centre.0, y - centre.1);
        (dx * lean.cos() + dy * lean.sin(), dy * lean.cos() - dx * lean.sin())
    };
    let hoop = |c: &mut Canvas, size: f64, width: f64, colour: Colour, cover: f64, front: bool| {
        c.paint(|x, y| {
            let (a, b) = flat(x, y);
            let reach = a.hypot(b / 0.26);
            let hit = ((width / 2.0 - (reach - size).abs()) * 500.0).clamp(0.0, 1.0);
            // Paler towards the far side.
            let near = 0.85 + 0.15 * (b * 16.0).clamp(-1.0, 1.0);
            (colour, if (b > 0.0) == front { hit * cover * near } else { 0.0 })
        });
    };
    let hoops = [
        (0.30, 0.035, 0xe8c9a0, 0.75),
        (0.345, 0.03, 0xc49a86, 0.6),
        (0.385, 0.02, 0xf0dcc0, 0.5),
        (0.47, 0.003, 0xb9b5e0, 0.5),
    ];
    c.glow(centre, 0.36, hex(0x7d6bd0), 0.35);
    for (size, width, colour, cover) in hoops {
        hoop(c, size, width, hex(colour), cover, false);
    }
    c.paint(|x, y| {
        let (a, b) = flat(x, y);
        let reach = a.hypot(b) / radius;
        let band = 0.5 + 0.3 * (b * 46.0 + (a * 9.0).sin() * 0.5).sin() + 0.2 * (b * 97.0).sin();
        let skin = between(hex(0xd9895b), hex(0xf6d6a4), band);
        // Light from the upper left.
        let height = (1.0 - reach * reach).max(0.0).sqrt();
        let light = ((centre.0 - x) * 0.62 + (centre.1 - y) * 0.5) / radius + height * 0.6;
        let lit = between(hex(0x1a1030), skin, 0.12 + 0.95 * light);
        (lit, ((1.0 - reach) * radius * 600.0 + 0.5).clamp(0.0, 1.0))
    });
    for (size, width, colour, cover) in hoops {
        hoop(c, size, width, hex(colour), cover, true);
    }
    for (turn, size, tint) in [(0.9, 0.020, 0xdfe6f5), (3.6, 0.012, 0xf0b8a0)] {
        let (a, b) = (0.47 * f64::cos(turn), 0.47 * 0.26 * f64::sin(turn));
        let at = (centre.0 + a * lean.cos() - b * lean.sin(), centre.1 + a * lean.sin() + b * lean.cos());
        c.disc(at, size, hex(0x2b2550), 1.0);
        c.disc((at.0 - size * 0.22, at.1 - size * 0.2), size * 0.75, hex(tint), 1.0);
    }
    c.grain(0.010, 26);
}

/// Coloured lines that bend together, with stops along the way.
pub fn northern_line(c: &mut Canvas) {
    c.sky(&[(0.0, hex(0x10182b)), (1.0, hex(0x1d2b4a))]);
    for n in 1..20 {
        let at = f64::from(n) / 20.0;
        c.stroke((at, 0.0), (at, 1.0), 0.0016, hex(0x2c3d61), 0.45);
        c.stroke((0.0, at), (1.0, at), 0.0016, hex(0x2c3d61), 0.45);
    }
    // All lines climb together: the lower ones a little later, to stay the same way apart.
    let shades = [0x2ec4b6, 0x4d9de0, 0xf5f1e3, 0xffb627, 0xff5d5d];
    let height = |n: f64, x: f64| {
        let start = 0.22 + n * 0.03;
        let low = 0.66 + n * 0.05;
        let high = 0.20 + n * 0.05;
        let part = ((x - start) / 0.42).clamp(0.0, 1.0);
        low + (high - low) * (part - (part * TAU).sin() / TAU)
    };
    for (n, shade) in shades.into_iter().enumerate() {
        let colour = hex(shade);
        c.paint(|x, y| {
            let n = n as f64;
            let slope = (height(n, x + 0.002) - height(n, x - 0.002)) / 0.004;
            let away = (y - height(n, x)).abs() / (1.0 + slope * slope).sqrt();
            let glow = (-(away / 0.03).powi(2)).exp() * 0.22;
            let core = ((0.011 - away) * 600.0 + 0.5).clamp(0.0, 1.0);
            (colour, core.max(glow))
        });
    }
    let stops =
        [(0, 0.10), (0, 0.80), (1, 0.16), (2, 0.92), (3, 0.12), (3, 0.86), (4, 0.20), (4, 0.78), (2, 0.06)];
    for (n, x) in stops {
        let at = (x, height(f64::from(n), x));
        c.disc(at, 0.017, hex(0x10182b), 1.0);
        c.disc(at, 0.012, hex(0xffffff), 1.0);
    }
    let meeting = (0.49, height(2.0, 0.49));
    c.glow(meeting, 0.12, hex(0xffffff), 0.25);
    c.disc(meeting, 0.046, hex(0x10182b), 1.0);
    c.disc(meeting, 0.038, hex(0xffffff), 1.0);
    c.disc(meeting, 0.026, hex(0xff5d5d), 1.0);
    c.paint(|x, y| (hex(0x05070f), 0.35 * ((x - 0.5).hypot(y - 0.5) * PI / 2.4).powi(3).min(1.0)));
    c.grain(0.010, 30);
}
