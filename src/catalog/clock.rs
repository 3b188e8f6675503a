//! What time it is at a service. A machine whose clock is wrong gets its signatures refused; the `Date` of
//! the refusal tells by how much. Reads no clock by itself.

use std::sync::atomic::{AtomicI64, Ordering};

/// Clocks nearer than this are as good as equal; services allow minutes.
const TOLERANCE_S: u64 = 60;

/// How far a service's clock is ahead of this machine's, as far as is known.
#[derive(Debug, Default)]
pub(super) struct ServiceClock {
    ahead_s: AtomicI64,
}

impl ServiceClock {
    /// The service's time when this machine's is `unix_time`, both in unix seconds.
    pub(super) fn time(&self, unix_time: u64) -> u64 {
        unix_time.saturating_add_signed(self.ahead_s.load(Ordering::Relaxed))
    }

    /// Takes the `Date` header of a refusal that came at `unix_time`. Whether the time that was sent was
    /// wrong, so that asking again may help.
    pub(super) fn learn(&self, date: &str, unix_time: u64) -> bool {
        let Some(there) = unix_seconds(date) else { return false };
        let was_wrong = self.time(unix_time).abs_diff(there) > TOLERANCE_S;
        if was_wrong && let Some(ahead_s) = there.checked_signed_diff(unix_time) {
            self.ahead_s.store(ahead_s, Ordering::Relaxed);
        }
        was_wrong
    }

    /// Drops what was learnt: it did not help.
    pub(super) fn forget(&self) {
        self.ahead_s.store(0, Ordering::Relaxed);
    }
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7, the preferred form) as unix seconds.
fn unix_seconds(date: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = date.split_once(", ")?;
    let mut words = date.strip_suffix(" GMT")?.split(' ');
    let day: u64 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let name = words.next()?;
    let month = u64::try_from(MONTHS.iter().position(|month| *month == name)?).ok()?;
    let year: u64 = words.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    let mut clock = words.next()?.split(':').map(|part| part.parse().ok().filter(|part: &u64| *part <= 60));
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    // Years that begin in March have their leap day last; 719,468 days lie between 0000-03-01 and 1970.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first is that of RFC 9110; the others come from `date -u -d @SECONDS`.
    #[test]
    fn dates_are_read() {
        let rows = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Tue, 29 Feb 2000 23:59:59 GMT", Some(951_868_799)),
            ("Wed, 01 Mar 2000 00:00:00 GMT", Some(951_868_800)),
            ("Wed, 01 Jan 2025 00:00:00 GMT", Some(1_735_689_600)),
            ("Sun, 28 Feb 2100 12:00:00 GMT", Some(4_107_499_200)),
            ("Mon, 01 Mar 2100 00:00:00 GMT", Some(4_107_542_400)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 18446744073709551615 08:49:37 GMT", None),
            ("", None),
        ];
        for (date, expected) in rows {
            assert_eq!(unix_seconds(date), expected, "{date}");
        }
    }

    #[test]
    fn a_wrong_clock_is_learnt_once() {
        let clock = ServiceClock::default();
        let date = "Wed, 01 Jan 2025 00:00:00 GMT";
        assert!(!clock.learn(date, 1_735_689_580), "near enough");
        assert_eq!(clock.time(100), 100);
        assert!(clock.learn(date, 1_735_689_600 - 7200));
        assert_eq!(clock.time(100), 7300);
        assert!(!clock.learn(date, 1_735_689_600 - 7200), "known already");
        assert!(clock.learn(date, 1_735_689_600 + 500));
        assert_eq!(clock.time(1000), 500);
        assert!(!clock.learn("nonsense", 0));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in any::<String>(), numbers in "[A-Z][a-z]{2}, [0-9]{1,3} Feb [0-9]{1,20} [0-9:]{0,12} GMT") {
            let _ = unix_seconds(&text);
            let _ = unix_seconds(&numbers);
        }
    }
}
