//! Sixel graphics (VT330/VT340 Programmer Reference Manual, volume 2, chapter 14): bands of six rows, each drawn once for every
//! colour in it.

use std::fmt::Write as _;

use image::RgbImage;

/// Steps of red, green and blue; their parts are whole percent, which is what colours are told in.
const STEPS: usize = 6;

/// Percent between two steps.
const STEP_PERCENT: usize = 20;

/// Rows of a band.
const BAND: usize = 6;

/// A run of so many equal signs is shorter with its length written.
const LEAST_RUN: usize = 4;

pub(super) fn encode(image: &RgbImage) -> Vec<u8> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let colours = dithered(image.as_raw(), width, height);
    // Pixels that are not drawn stay as they are (P2 = 1); one pixel is as wide as high (raster attributes).
    let mut out = format!("\x1bP0;1;0q\"1;1;{width};{height}");
    let mut used = [false; STEPS * STEPS * STEPS];
    for colour in &colours {
        if let Some(used) = used.get_mut(usize::from(*colour)) {
            *used = true;
        }
    }
    for (colour, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        let percent = |by: usize| colour / by % STEPS * STEP_PERCENT;
        let _ = write!(out, "#{colour};2;{};{};{}", percent(STEPS * STEPS), percent(STEPS), percent(1));
    }
    for band in colours.chunks(width.max(1) * BAND) {
        draw_band(&mut out, band, width);
        out.push('-');
    }
    out.push_str("\x1b\\");
    out.into_bytes()
}

/// Each colour of the band in turn, from its left again (`$`).
fn draw_band(out: &mut String, band: &[u8], width: usize) {
    let mut here: Vec<u8> = band.to_vec();
    here.sort_unstable();
    here.dedup();
    for (turn, colour) in here.iter().enumerate() {
        if turn > 0 {
            out.push('$');
        }
        let _ = write!(out, "#{colour}");
        let sign = |column: usize| {
            let rows = band.iter().skip(column).step_by(width);
            let bits =
                rows.enumerate().fold(0_u8, |bits, (row, its)| bits | (u8::from(its == colour) << row));
            char::from(b'?' + bits)
        };
        let (mut run, mut last) = (0, '?');
        for column in 0..width {
            let sign = sign(column);
            if sign != last {
                write_run(out, last, run);
                (run, last) = (0, sign);
            }
            run += 1;
        }
        // What is empty at the end need not be drawn.
        if last != '?' {
            write_run(out, last, run);
        }
    }
}

fn write_run(out: &mut String, sign: char, run: usize) {
    if run >= LEAST_RUN {
        let _ = write!(out, "!{run}{sign}");
    } else {
        (0..run).for_each(|_| out.push(sign));
    }
}

/// Each pixel as the number of the colour nearest to it, what that is off by handed on to its neighbours (Floyd and Steinberg,
/// "An Adaptive Algorithm for Spatial Greyscale", 1976).
fn dithered(rgb: &[u8], width: usize, height: usize) -> Vec<u8> {
    let last = STEPS - 1;
    let mut colours = Vec::with_capacity(width * height);
    // What is handed on to this row and the next one, with a cell at either side.
    let mut here = vec![[0_i32; 3]; width + 2];
    let mut below = here.clone();
    for row in rgb.chunks_exact(width.max(1) * 3) {
        for (x, pixel) in row.chunks_exact(3).enumerate() {
            let mut number = 0;
            for (part, value) in pixel.iter().enumerate() {
                let wanted = (i32::from(*value) + here[x + 1][part] / 16).clamp(0, 255);
                let step = (usize::try_from(wanted).unwrap_or(0) * last + 127) / 255;
                number = number * STEPS + step;
                let off = wanted - i32::try_from(step * 255 / last).unwrap_or(0);
                here[x + 2][part] += off * 7;
                below[x][part] += off * 3;
                below[x + 1][part] += off * 5;
                below[x + 2][part] += off;
            }
            colours.push(u8::try_from(number).unwrap_or(0));
        }
        std::mem::swap(&mut here, &mut below);
        below.iter_mut().for_each(|cell| *cell = [0; 3]);
    }
    colours
}
