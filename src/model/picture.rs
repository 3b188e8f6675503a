//! Pictures as plain pixels, brought to a size that a screen can use.

use std::fmt;

/// Pixels row by row from the top left, three bytes each: red, green, blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Pixels {
    /// `None` unless there are as many bytes as pixels need, and at least one.
    pub fn new(width: usize, height: usize, rgb: Vec<u8>) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        (bytes > 0 && bytes == rgb.len()).then_some(Self { width, height, rgb })
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Pixels down.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.rgb
    }

    /// The pixel of a column and row; black outside.
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let first = (y * self.width + x) * 3;
        match self.rgb.get(first..first + 3) {
            Some(&[red, green, blue]) if x < self.width => [red, green, blue],
            Some(_) | None => [0; 3],
        }
    }

    /// The mean of each of `width` x `height` equal parts, row by row.
    pub fn means(&self, width: usize, height: usize) -> Vec<[u8; 3]> {
        let span = |part: usize, parts: usize, whole: usize| {
            let from = part * whole / parts.max(1);
            from..((part + 1) * whole / parts.max(1)).max(from + 1).min(whole.max(from + 1))
        };
        let mut means = Vec::with_capacity(width * height);
        for row in 0..height {
            let rows = span(row, height, self.height);
            for column in 0..width {
                let columns = span(column, width, self.width);
                let mut sums = [0_usize; 3];
                for y in rows.clone() {
                    for x in columns.clone() {
                        for (sum, part) in sums.iter_mut().zip(self.at(x, y)) {
                            *sum += usize::from(part);
                        }
                    }
                }
                let count = (rows.len() * columns.len()).max(1);
                means.push(sums.map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX)));
            }
        }
        means
    }
}

impl fmt::Debug for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} pixels", self.width, self.height)
    }
}

/// A picture at the two sizes that are of use: one for terminals that show pixels, one for cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// At most 640 pixels either way.
    pub large: Pixels,
    /// At most 128 pixels either way.
    pub small: Pixels,
    /// The colour that stands out in it: red, green, blue; `None` where all is grey.
    pub accent: Option<[u8; 3]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_as_many_as_pixels() {
        for (width, height, bytes, is_one) in
            [(2, 2, 12, true), (2, 2, 11, false), (0, 5, 0, false), (usize::MAX, 2, 3, false)]
        {
            assert_eq!(Pixels::new(width, height, vec![7; bytes]).is_some(), is_one, "{width}x{height}");
        }
    }

    #[test]
    fn means_are_those_of_the_parts() {
        // Black and white columns in turn, the last column red.
        let row = [[0, 0, 0], [255, 255, 255], [0, 0, 0], [255, 0, 0]].concat();
        let pixels = Pixels::new(4, 2, [row.clone(), row].concat()).unwrap();
        assert_eq!(pixels.means(2, 1), [[127, 127, 127], [127, 0, 0]]);
        assert_eq!(pixels.means(4, 1)[3], [255, 0, 0]);
        // More parts than pixels: each is the pixel it lies in.
        assert_eq!(pixels.means(8, 4).len(), 32);
        assert_eq!(pixels.means(8, 4)[7], [255, 0, 0]);
        assert_eq!(pixels.at(4, 0), [0, 0, 0], "outside");
    }
}
