//! The colour that stands out in a picture.

use crate::model::Pixels;

/// Parts of the circle of hues that are told apart.
const HUES: usize = 24;

/// Pixels whose strongest and weakest part differ by less than this are grey.
const LEAST_CHROMA: u8 = 40;

/// One pixel in so many must have the hue.
const LEAST_SHARE: usize = 100;

/// The mean of the pixels whose hue has the most colour in it; `None` where all is about grey.
pub(super) fn accent(pixels: &Pixels) -> Option<[u8; 3]> {
    let mut hues = [Hue::default(); HUES];
    let count = pixels.width() * pixels.height();
    for pixel in pixels.bytes().chunks_exact(3) {
        let &[red, green, blue] = pixel else { continue };
        let (Some(most), Some(least)) = (pixel.iter().max(), pixel.iter().min()) else { continue };
        let chroma = most - least;
        if chroma < LEAST_CHROMA {
            continue;
        }
        if let Some(hue) = hues.get_mut(hue([red, green, blue])) {
            let weight = u64::from(chroma);
            hue.weight += weight;
            hue.count += 1;
            for (sum, part) in hue.sums.iter_mut().zip([red, green, blue]) {
                *sum += u64::from(part) * weight;
            }
        }
    }
    let best = hues.iter().max_by_key(|hue| hue.weight)?;
    let is_seen = best.count > 0 && best.count * LEAST_SHARE >= count;
    is_seen.then(|| best.sums.map(|sum| u8::try_from(sum / best.weight.max(1)).unwrap_or(u8::MAX)))
}

#[derive(Clone, Copy, Default)]
struct Hue {
    weight: u64,
    count: usize,
    sums: [u64; 3],
}

/// Which part of the circle: red at its start, green a third on, blue two thirds.
fn hue([red, green, blue]: [u8; 3]) -> usize {
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let most = red.max(green).max(blue);
    let chroma = (most - red.min(green).min(blue)).max(1);
    let steps = i32::try_from(HUES / 6).unwrap_or(1);
    let around = if most == red {
        (green - blue) * steps / chroma
    } else if most == green {
        (blue - red) * steps / chroma + 2 * steps
    } else {
        (red - green) * steps / chroma + 4 * steps
    };
    usize::try_from(around.rem_euclid(6 * steps)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pixels: &[([u8; 3], usize)], expected: Option<[u8; 3]>) {
        let rgb: Vec<u8> = pixels.iter().flat_map(|(pixel, count)| pixel.repeat(*count)).collect();
        let pixels = Pixels::new(rgb.len() / 3, 1, rgb).unwrap();
        assert_eq!(accent(&pixels), expected);
    }

    #[test]
    fn what_has_colour_stands_out() {
        check(&[([30, 30, 30], 90), ([200, 40, 40], 10)], Some([200, 40, 40]));
        check(&[([20, 60, 200], 60), ([200, 40, 40], 40)], Some([20, 60, 200]));
        check(&[([90, 90, 90], 50), ([250, 250, 240], 50)], None);
        // A single pixel among many is none.
        check(&[([0, 0, 0], 999), ([255, 0, 0], 1)], None);
    }
}
