//! `[downloads]`: where copies go, and how many are made at once.

use std::path::PathBuf;

/// How copies for listening offline are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadSettings {
    /// The folder for copies; `None`: the program's own. One that is named is never made.
    pub folder: Option<PathBuf>,
    /// What a copy is called in there.
    pub template: String,
    /// How many are made at once, 1 to 16.
    pub at_once: u8,
    /// How many of one service, 1 to 16.
    pub per_service: u8,
    /// Most connections for one large file, 1 to 8; there are several only where the server gives more over them.
    pub connections: u8,
    /// Bytes a second for all together; 0: as many as come.
    pub bytes_per_second: u64,
    /// Whether title, artists and cover are written into copies.
    pub writes_tags: bool,
    /// When nothing is copied.
    pub quiet_hours: Option<QuietHours>,
    /// Bytes that all copies together may take; 0: as many as there are.
    pub budget_bytes: u64,
    /// Bytes of the disk that copies leave free.
    pub reserve_bytes: u64,
}

/// What a template may name.
const TEMPLATE_WORDS: [&str; 10] =
    ["title", "artist", "artists", "album", "album_artist", "number", "disc", "year", "genre", "service"];

/// What a template is, in words.
pub(super) const TEMPLATE: &str = "a name with {title} in it, and of {artist}, {artists}, {album}, {album_artist}, {number}, {disc}, \
                                   {year}, {genre} and {service} what you like, in quotes";

/// Whether a template names the title, and nothing that means nothing.
pub(super) fn is_template(name: &str) -> bool {
    let words: Vec<_> =
        name.split('{').skip(1).map(|rest| rest.split_once('}').map(|(word, _)| word)).collect();
    words.contains(&Some("title"))
        && words.iter().all(|word| word.is_some_and(|word| TEMPLATE_WORDS.contains(&word)))
}

impl Default for DownloadSettings {
    fn default() -> Self {
        Self {
            folder: None,
            template: "{artist}/{album}/{number} {title}".to_owned(),
            at_once: 3,
            per_service: 2,
            connections: 1,
            bytes_per_second: 0,
            writes_tags: true,
            quiet_hours: None,
            budget_bytes: 0,
            reserve_bytes: 100_000_000,
        }
    }
}

/// A time of the day, over midnight too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Its first minute, from midnight.
    from: u16,
    /// The first minute after it.
    to: u16,
}

impl QuietHours {
    /// What `22:30-07:00` says; `None`: it says no such thing.
    pub fn read(words: &str) -> Option<Self> {
        let (from, to) = words.split_once('-')?;
        let hours = Self { from: minute(from)?, to: minute(to)? };
        (hours.from != hours.to).then_some(hours)
    }

    /// Whether a minute of the day, from midnight, is in it.
    pub fn holds(self, minute: u16) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

fn minute(words: &str) -> Option<u16> {
    let (hour, minute) = words.trim().split_once(':')?;
    let number = |digits: &str, most: u16| {
        let is_plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|number| is_plain && *number < most)
    };
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_name_the_title_and_nothing_unknown() {
        let rows = [
            ("{title}", true),
            ("{artist}/{album}/{number} {title}", true),
            ("{year} {genre} {disc} {service} {artists} {album_artist} {title}", true),
            ("", false),
            ("{album}", false),
            ("title", false),
            ("{nope} {title}", false),
            ("{Title}", false),
            ("{title} {artist", false),
            ("{{title}}", false),
        ];
        for (template, expected) in rows {
            assert_eq!(is_template(template), expected, "{template}");
        }
        assert!(is_template(&DownloadSettings::default().template));
        assert!(TEMPLATE_WORDS.iter().all(|word| TEMPLATE.contains(&format!("{{{word}}}"))));
    }

    #[test]
    fn hours_are_read_and_go_over_midnight() {
        let night = QuietHours::read("22:30-07:00").unwrap();
        let day = QuietHours::read(" 8:00 - 17:5 ").unwrap();
        let rows = [
            ((22, 29), false, false),
            ((22, 30), true, false),
            ((23, 59), true, false),
            ((0, 0), true, false),
            ((6, 59), true, false),
            ((7, 0), false, false),
            ((8, 0), false, true),
            ((17, 4), false, true),
            ((17, 5), false, false),
        ];
        for ((hour, minute), in_night, in_day) in rows {
            let at = hour * 60 + minute;
            assert_eq!((night.holds(at), day.holds(at)), (in_night, in_day), "{hour}:{minute}");
        }
        for words in
            ["", "22", "22:00", "22:00-", "24:00-07:00", "22:60-7:00", "22:00-22:00", "-1:00-2:00", "a:b-c:d"]
        {
            assert_eq!(QuietHours::read(words), None, "{words}");
        }
    }
}
