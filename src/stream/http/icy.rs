//! Titles that an internet radio station puts between the bytes of its sound: after each `icy-metaint`
//! bytes one byte that counts sixteens, and so many bytes of text (the SHOUTcast protocol; not in any RFC).

use crate::model::CleanText;
use crate::net::Response;

/// The header by which they are asked for.
pub(super) const ASK: (&str, &str) = ("Icy-MetaData", "1");

/// Most bytes between two texts; stations use 8 to 64 KiB.
const MAX_INTERVAL: usize = 16 << 20;

/// Takes the texts out of one answer.
#[derive(Debug)]
pub(in crate::stream) struct Icy {
    interval: usize,
    /// Bytes of sound before the next count.
    sound_left: usize,
    /// The text that is coming, and how much of it is to come.
    text: Vec<u8>,
    text_left: usize,
    /// Bytes of sound so far.
    given: u64,
    /// Titles, each with the byte of sound it begins at, not yet taken.
    titles: Vec<(u64, CleanText)>,
}

impl Icy {
    /// `None` where the answer has no such texts.
    pub(super) fn of(response: &Response) -> Option<Self> {
        let mut icy = Self::every(response.header("icy-metaint")?.trim().parse().ok()?)?;
        // Until it says what plays, the station itself does.
        let name = response.header("icy-name").map(|name| CleanText::new(name.trim()));
        icy.titles.extend(name.filter(|name| !name.is_empty()).map(|name| (0, name)));
        Some(icy)
    }

    fn every(interval: usize) -> Option<Self> {
        (1..=MAX_INTERVAL).contains(&interval).then(|| Self {
            interval,
            sound_left: interval,
            text: Vec::new(),
            text_left: 0,
            given: 0,
            titles: Vec::new(),
        })
    }

    /// Bytes of sound so far.
    pub(super) fn given(&self) -> u64 {
        self.given
    }

    /// The titles found since the last call, each with the byte of sound it begins at.
    pub(super) fn take_titles(&mut self) -> Vec<(u64, CleanText)> {
        std::mem::take(&mut self.titles)
    }

    /// The sound in `bytes`, which follow on those before.
    pub(super) fn strip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut sound = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((&first, after)) = rest.split_first() {
            if self.text_left > 0 {
                let (text, after) = rest.split_at(self.text_left.min(rest.len()));
                self.text.extend_from_slice(text);
                self.text_left -= text.len();
                rest = after;
                if self.text_left == 0 {
                    self.read_text();
                }
            } else if self.sound_left > 0 {
                let (run, after) = rest.split_at(self.sound_left.min(rest.len()));
                sound.extend_from_slice(run);
                self.sound_left -= run.len();
                self.given += run.len() as u64;
                rest = after;
            } else {
                self.text_left = usize::from(first) * 16;
                self.sound_left = self.interval;
                rest = after;
            }
        }
        sound
    }

    fn read_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if let Some(title) = stream_title(&text) {
            self.titles.push((self.given, title));
        }
    }
}

/// The title in `StreamTitle='Ada Cole - Night Ferry';StreamUrl='';`, padded with zeros. It may hold
/// apostrophes; a station without a title to tell sends an empty one.
fn stream_title(text: &[u8]) -> Option<CleanText> {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        // What is not UTF-8 is Latin-1, whose bytes are the first characters of Unicode.
        Err(_) => text.iter().map(|byte| char::from(*byte)).collect(),
    };
    let (_, title) = text.trim_end_matches('\0').split_once("StreamTitle='")?;
    let is_end = |end: &usize| title.get(end + 2..).is_some_and(|rest| rest.is_empty() || is_field(rest));
    let end = title.match_indices("';").map(|(end, _)| end).find(is_end);
    let title = end.or_else(|| title.rfind('\'')).and_then(|end| title.get(..end)).unwrap_or(title);
    Some(CleanText::new(title.trim()))
}

/// Whether a further field begins here, such as `StreamUrl=`.
fn is_field(text: &str) -> bool {
    let name = text.split_once('=').map(|(name, _)| name.trim_start());
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(text: &[u8]) -> Vec<u8> {
        let sixteens = text.len().div_ceil(16);
        let mut block = vec![u8::try_from(sixteens).unwrap()];
        block.extend_from_slice(text);
        block.resize(1 + sixteens * 16, 0);
        block
    }

    #[test]
    fn titles_are_read_as_stations_write_them() {
        let title = |text: &[u8]| stream_title(text).map(|title| title.as_str().to_owned());
        for (text, expected) in [
            (
                &b"StreamTitle='Ada Cole - Night Ferry';StreamUrl='http://x/';\0\0"[..],
                Some("Ada Cole - Night Ferry"),
            ),
            (b"StreamTitle='Don't Stop';\0", Some("Don't Stop")),
            (b"StreamTitle='It's; or 'not'';StreamUrl='';", Some("It's; or 'not'")),
            (b"StreamTitle='';", Some("")),
            (
                b"StreamTitle='Art - It's Late';adw_ad='true';durationMilliseconds='15000';",
                Some("Art - It's Late"),
            ),
            (b"StreamTitle='';adw_ad='true';insertionType='midroll';\0", Some("")),
            (b"StreamTitle='It's';StreamUrl=;adw_ad='true';", Some("It's")),
            (b"StreamTitle='a';b = 'c'; d';StreamUrl='u';", Some("a';b = 'c'; d")),
            (b"StreamTitle='cut off", Some("cut off")),
            (b"StreamTitle='no semicolon'", Some("no semicolon")),
            (b"StreamTitle='Zo\xeb';", Some("Zo\u{eb}")),
            ("StreamTitle='Zo\u{eb}';".as_bytes(), Some("Zo\u{eb}")),
            (b"StreamTitle='\x1b[2J red';", Some("[2J red")),
            (b"adw_ad='true';", None),
            (b"", None),
        ] {
            assert_eq!(title(text).as_deref(), expected, "{:?}", String::from_utf8_lossy(text));
        }
    }

    proptest! {
        #[test]
        fn the_sound_comes_out_whole_however_it_is_cut(
            interval in 1_usize..50,
            texts in proptest::collection::vec("[ -~]{0,40}", 0..8),
            chunk in 1_usize..70,
        ) {
            let mut wire = Vec::new();
            let mut sound = Vec::new();
            let mut expected = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                let run: Vec<u8> = (0..interval).map(|at| u8::try_from((at + index) % 251).unwrap()).collect();
                wire.extend_from_slice(&run);
                sound.extend_from_slice(&run);
                let text = format!("StreamTitle='{}';", text.replace(['\'', ';'], ""));
                wire.extend(block(if index % 3 == 2 { b"" } else { text.as_bytes() }));
                if index % 3 != 2 {
                    expected.push((sound.len() as u64, stream_title(text.as_bytes()).unwrap()));
                }
            }
            let mut icy = Icy::every(interval).unwrap();
            let got: Vec<u8> = wire.chunks(chunk).flat_map(|bytes| icy.strip(bytes)).collect();
            prop_assert_eq!(&got, &sound);
            prop_assert_eq!(icy.given(), sound.len() as u64);
            prop_assert_eq!(icy.take_titles(), expected);
        }

        #[test]
        fn no_bytes_panic(interval in 1_usize..40, bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let mut icy = Icy::every(interval).unwrap();
            prop_assert!(icy.strip(&bytes).len() <= bytes.len());
        }
    }
}
