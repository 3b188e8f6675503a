//! How much there is of something, in words.

/// A number of bytes as people say it: in thousands, cut and not rounded.
pub fn size_words(bytes: u64) -> String {
    let tenths = |unit: u64, name: &str| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => tenths(1_000_000, "MB"),
        1_000_000_000.. => tenths(1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::size_words;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        let rows = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (999_999, "999 kB"),
            (1_000_000, "1.0 MB"),
            (12_390_000, "12.3 MB"),
            (4_050_000_000, "4.0 GB"),
        ];
        for (bytes, expected) in rows {
            assert_eq!(size_words(bytes), expected);
        }
    }
}
