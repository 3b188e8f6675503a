//! When segments were recorded (`EXT-X-PROGRAM-DATE-TIME`, RFC 8216 section 4.3.2.6).

use super::playlist::MediaPlaylist;

/// Seconds since 1970 at which each segment begins, and last the end of the list; `None` where no segment before it, up
/// to the last discontinuity, says so.
pub(super) fn dates(list: &MediaPlaylist) -> Vec<Option<f64>> {
    let (mut dates, mut date) = (Vec::with_capacity(list.segments.len() + 1), None);
    for segment in &list.segments {
        if segment.discontinuity {
            date = None;
        }
        date = segment.program_date_time.as_deref().and_then(seconds).or(date);
        dates.push(date);
        date = date.map(|date| date + segment.duration);
    }
    dates.push(date);
    dates
}

/// Seconds since 1970 of a date and time as ISO 8601 writes it; without a zone it is taken for UTC, which does not matter
/// between lists that agree in that.
fn seconds(text: &str) -> Option<f64> {
    let (day, time) = text.trim().split_once(['T', 't', ' '])?;
    let mut day = day.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (day.next()??, day.next()??, day.next()??);
    if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at_checked(zone_at)?;
    let mut time = time.splitn(3, ':');
    let (hours, minutes) = (number(time.next()?)?, number(time.next()?)?);
    let seconds = time.next().map_or(Some(0.0), number)?;
    let of_day = hours * 3600.0 + minutes * 60.0 + seconds;
    Some(days(year, month, day) as f64 * 86_400.0 + of_day - offset(zone)?)
}

/// A number without a sign, of as many digits as a time has.
fn number(text: &str) -> Option<f64> {
    let is_plain = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|number: &f64| is_plain && *number < 100.0)
}

/// Seconds by which a zone is ahead of UTC: `+08:00`, `+0800` or `+08`.
fn offset(zone: &str) -> Option<f64> {
    let (sign, digits) = match zone.split_at_checked(1) {
        Some(("+", digits)) => (1.0, digits),
        Some(("-", digits)) => (-1.0, digits),
        _ => return Some(0.0),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0.0 } else { number(minutes)? };
    Some(sign * (number(hours)? * 3600.0 + minutes * 60.0))
}

/// Days from the first of January 1970 in the calendar of today.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March end with the day that may be missing.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_what_the_system_says() {
        // `date -d ... +%s.%N`
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2010-02-19T14:54:23.031+08:00", Some(1_266_562_463.031)),
            ("2024-02-29T23:59:59-0330", Some(1_709_263_799.0)),
            ("2000-03-01 00:00:00+01", Some(951_865_200.0)),
            ("2026-11-21T23:05:07.5", Some(1_795_302_307.5)),
            ("2026-13-21T23:05:07Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            let found = seconds(text);
            let is_same = match (found, expected) {
                (Some(found), Some(expected)) => (found - expected).abs() < 1e-3,
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(is_same, "{text}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,40}", digits in "[0-9TZ:+. -]{0,40}") {
            let _ = (seconds(&text), seconds(&digits));
        }
    }
}
