//! Bytes of a picture into pixels. The size is read from the header first and refused there; nothing is taken on trust.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};

use super::accent::accent;
use super::error::ArtworkError;
use super::{MAX_BYTES, MAX_PIXELS};
use crate::model::{Picture, Pixels};

/// Pixels of the large size either way, at most.
const LARGE: u32 = 640;

/// Pixels of the small size either way, at most.
const SMALL: u32 = 128;

/// Most memory that decoding takes, in bytes: the pixels, and as much again.
const MAX_ALLOCATED: u64 = MAX_PIXELS * 6;

/// Decodes a JPEG, PNG or WebP picture; takes as long as that takes.
///
/// # Errors
/// When it is too large, of another kind, or damaged. A decoder that panics is an error like any other.
pub fn decode(bytes: &[u8]) -> Result<Picture, ArtworkError> {
    if bytes.len() > MAX_BYTES {
        return Err(ArtworkError::TooLarge);
    }
    let decoded = catch_unwind(AssertUnwindSafe(|| pixels(bytes)));
    decoded.unwrap_or_else(|_| Err(ArtworkError::Broken("its decoder failed".to_owned())))
}

fn pixels(bytes: &[u8]) -> Result<Picture, ArtworkError> {
    let broken = |error: image::ImageError| ArtworkError::Broken(error.to_string());
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(ArtworkError::Kind);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOCATED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let count = u64::from(width) * u64::from(height);
    if count > MAX_PIXELS {
        return Err(ArtworkError::TooManyPixels(count));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let mut large = if width.max(height) > LARGE { whole.thumbnail(LARGE, LARGE) } else { whole };
    large.apply_orientation(orientation);
    let large = over_black(&large);
    let small = DynamicImage::from(large.clone()).thumbnail(SMALL, SMALL).to_rgb8();
    let nothing = || ArtworkError::Broken("it has no pixels".to_owned());
    let small = taken(small).ok_or_else(nothing)?;
    Ok(Picture { accent: accent(&small), large: taken(large).ok_or_else(nothing)?, small })
}

/// What is seen through is black.
fn over_black(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let dimmed = |part: u8| u8::try_from(u16::from(part) * u16::from(alpha) / 255).unwrap_or(u8::MAX);
        image::Rgb([red, green, blue].map(dimmed))
    })
}

fn taken(image: RgbImage) -> Option<Pixels> {
    Pixels::new(image.width() as usize, image.height() as usize, image.into_raw())
}
