//! Numbers with their units, and the numbers that tell answers apart.

use std::time::Duration;

use serde::Serialize;

/// Numbers a request; an answer that carries an older ticket than the latest changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Ticket(pub u64);

/// Numbers one attempt to play one track; reports that carry another number are stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PlayId(pub u64);

/// Frames a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SampleRate(pub u32);

/// Bits a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Bitrate(pub u64);

/// Loudness as the listener sets it, 0 to 100 percent. What it does to the samples is
/// `audio`'s affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Volume(u8);

impl Volume {
    /// As loud as it goes; samples pass unchanged.
    pub const FULL: Self = Self(100);

    /// `percent`, at most 100.
    pub fn new(percent: u8) -> Self {
        Self(percent.min(100))
    }

    /// 0 to 100.
    pub fn percent(self) -> u8 {
        self.0
    }

    /// Louder or softer by `step` percent points, kept within 0 to 100.
    pub fn change(self, step: i8) -> Self {
        Self(self.0.saturating_add_signed(step).min(100))
    }
}

/// `3:50`, or `1:27:45` from an hour up; fractions are cut.
pub fn format_clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Reads `SS`, `MM:SS` or `HH:MM:SS`, each with an optional fraction on the seconds; `None` for
/// anything else, negative or beyond 1000 hours.
pub fn parse_clock(text: &str) -> Option<Duration> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    let (last, rest) = parts.split_last()?;
    if rest.len() > 2 || !last.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let seconds: f64 = last.parse().ok()?;
    let mut total = 0_u64;
    for (place, part) in rest.iter().enumerate() {
        let value: u32 = part.parse().ok()?;
        // Only the first part counts beyond 59.
        if place > 0 && value > 59 {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(value.into())?;
    }
    if !rest.is_empty() && seconds >= 60.0 {
        return None;
    }
    let total = total.checked_mul(60)?;
    if !seconds.is_finite() || total > 3_600_000 {
        return None;
    }
    Duration::try_from_secs_f64(seconds)
        .ok()?
        .checked_add(Duration::from_secs(total))
        .filter(|time| time.as_secs() <= 3_600_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_read_and_print() {
        let rows = [
            ("0", 0, "0:00"),
            ("75", 75, "1:15"),
            ("1:15", 75, "1:15"),
            ("1:27:45", 5265, "1:27:45"),
            ("90:00", 5400, "1:30:00"),
        ];
        for (text, seconds, printed) in rows {
            assert_eq!(parse_clock(text), Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(format_clock(Duration::from_secs(seconds)), printed);
        }
        assert_eq!(parse_clock("0:01.5"), Some(Duration::from_millis(1500)));
        for bad in
            ["", "x", "1:2:3:4", "-5", "nan", "inf", "1e99", "9:99", "1:60:00", "99999999999:00", "1:-3"]
        {
            assert_eq!(parse_clock(bad), None, "{bad}");
        }
    }

    #[test]
    fn volume_stays_between_0_and_100() {
        assert_eq!(Volume::new(250).percent(), 100);
        assert_eq!(Volume::new(3).change(-5).percent(), 0);
        assert_eq!(Volume::new(98).change(5).percent(), 100);
    }
}
