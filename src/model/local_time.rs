//! What time it is where the listener is, and how moments are written there. Knows no clock: whoever has one says.

/// A moment, and how far the clocks on the wall are from it then. Of other moments that may be an hour more or less, where
/// there is summer time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// Seconds since 1970.
    pub unix_s: u64,
    /// What the clocks there show beyond that, in seconds; negative west of Greenwich.
    pub offset_s: i64,
}

const DAY_S: i64 = 24 * 60 * 60;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl LocalTime {
    /// Another moment, short, as it is said now: "14:02" of today, "yesterday", "3 Mar" of this year, else "2024-03-03". At
    /// most ten cells.
    pub fn short(self, unix_s: u64) -> String {
        let local = |unix_s: u64| i64::try_from(unix_s).unwrap_or(0).saturating_add(self.offset_s);
        let (then, now) = (local(unix_s), local(self.unix_s));
        let (day, today) = (then.div_euclid(DAY_S), now.div_euclid(DAY_S));
        let ((year, month, of_month), this_year) = (date(day), date(today).0);
        match today - day {
            0 => {
                let minutes = then.rem_euclid(DAY_S) / 60;
                format!("{:02}:{:02}", minutes / 60, minutes % 60)
            }
            1 => "yesterday".to_owned(),
            _ if year == this_year => {
                let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
                format!("{of_month} {}", name.unwrap_or(&""))
            }
            _ => format!("{year:04}-{month:02}-{of_month:02}"),
        }
    }
}

/// Year, month and day of the month, of days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms",
/// `civil_from_days`).
fn date(days: i64) -> (i64, i64, i64) {
    // Years begin in March, so that the day that leap years have more is their last.
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from `date -d '...' +%s` of GNU coreutils.
    #[test]
    fn moments_are_said_as_people_say_them() {
        // 2026-02-15 12:00 in Berlin.
        let now = LocalTime { unix_s: 1_771_153_200, offset_s: 3600 };
        for (at, said) in [
            (1_771_153_200, "12:00"),
            (1_771_110_000, "00:00"),
            (1_771_109_999, "yesterday"),
            (1_771_023_600, "yesterday"),
            (1_771_023_599, "13 Feb"),
            (1_767_222_000, "1 Jan"),
            (1_767_221_999, "2025-12-31"),
            // 2024-02-29 12:00 UTC.
            (1_709_208_000, "2024-02-29"),
            (0, "1970-01-01"),
            // The machine's clock was wrong then.
            (1_771_228_800, "16 Feb"),
        ] {
            assert_eq!(now.short(at), said, "{at}");
        }
        // Early on the first of January west of Greenwich it is still the old year.
        let west = LocalTime { unix_s: 1_767_229_200, offset_s: -5 * 3600 };
        assert_eq!(west.short(1_767_229_200), "20:00");
        assert_eq!(LocalTime { offset_s: 0, ..west }.short(1_767_225_600), "00:00");
        let last = LocalTime { unix_s: u64::MAX, offset_s: i64::MAX };
        assert!(last.short(u64::MAX).len() <= 20 && !now.short(u64::MAX).is_empty());
    }
}
