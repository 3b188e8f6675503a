//! Dates by the sandbox's own clock: the `Date` header, so that a client whose clock is wrong can find out,
//! and time stamps in JSON.

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// Years after this one are written as this one: four digits is all there is room for.
const LAST_YEAR: u64 = 9999;

/// Unix seconds as an IMF-fixdate (RFC 9110 section 5.6.7).
pub(super) fn http_date(unix_s: u64) -> String {
    let weekday = usize::try_from(unix_s / 86_400 % 7).ok().and_then(|day| DAYS.get(day)).unwrap_or(&"Thu");
    let (year, month, day) = day_of(unix_s / 86_400);
    let (month, _) = MONTHS.get(month).unwrap_or(&MONTHS[0]);
    format!("{weekday}, {day:02} {month} {year} {} GMT", clock(unix_s))
}

/// Unix seconds as RFC 3339 writes them, without a zone.
pub(super) fn iso(unix_s: u64) -> String {
    let (year, month, day) = day_of(unix_s / 86_400);
    format!("{year:04}-{:02}-{day:02}T{}", month + 1, clock(unix_s))
}

fn clock(unix_s: u64) -> String {
    let seconds = unix_s % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Year, month from 0 and day from 1 of a day since 1970-01-01.
fn day_of(days: u64) -> (u64, usize, u64) {
    let (mut year, mut day) = (1970, days);
    while year < LAST_YEAR && day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let mut month = 0;
    for (number, (name, length)) in MONTHS.into_iter().enumerate() {
        let length = length + u64::from(name == "Feb" && is_leap(year));
        month = number;
        if day < length {
            break;
        }
        day -= length;
    }
    (year, month, day + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first is the example of RFC 9110 section 5.6.7; the others are from `date -u -R -d @N`.
    #[test]
    fn dates_are_written_as_the_rfc_says() {
        let check = |unix_s: u64, expected: &str| assert_eq!(http_date(unix_s), expected);
        check(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT");
        check(0, "Thu, 01 Jan 1970 00:00:00 GMT");
        check(951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT");
        check(1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT");
        check(4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT");
        assert!(http_date(u64::MAX).ends_with(" GMT"));
        assert_eq!(iso(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(iso(784_111_777), "1994-11-06T08:49:37");
    }
}
