//! The words of a track.

use std::time::Duration;

use super::text::CleanText;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LyricLine {
    /// When it is sung, from the track's start; in words without times none is.
    pub at: Option<Duration>,
    /// The words; empty between verses.
    pub text: CleanText,
}

/// Where words are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LyricsFrom {
    /// The tags of the file.
    Tags,
    /// A file beside it.
    Beside,
    /// The service that has the track.
    Service,
    /// LRCLIB.
    Lrclib,
}

impl LyricsFrom {
    /// As the screen says it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Tags => "from the file's tags",
            Self::Beside => "from a file beside it",
            Self::Service => "from its service",
            Self::Lrclib => "from LRCLIB",
        }
    }
}

/// The words of a track, in the order in which they are sung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lyrics {
    /// Line by line; those with times in the order of these.
    pub lines: Vec<LyricLine>,
    /// Where they are from.
    pub from: LyricsFrom,
}

impl Lyrics {
    /// Whether lines have times.
    pub fn is_synced(&self) -> bool {
        self.lines.iter().any(|line| line.at.is_some())
    }

    /// The line that is sung at a place of the track; `None` before the first one, and where no line has a time.
    pub fn line_at(&self, position: Duration) -> Option<usize> {
        if !self.is_synced() {
            return None;
        }
        self.lines.partition_point(|line| line.at.is_none_or(|at| at <= position)).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_the_last_that_has_begun() {
        let line = |at: u64| LyricLine { at: Some(Duration::from_secs(at)), text: "la".into() };
        let lyrics = Lyrics { lines: vec![line(2), line(5), line(5), line(9)], from: LyricsFrom::Tags };
        for (position, expected) in [(0, None), (2, Some(0)), (4, Some(0)), (5, Some(2)), (100, Some(3))] {
            assert_eq!(lyrics.line_at(Duration::from_secs(position)), expected, "{position}");
        }
        let plain = Lyrics { lines: vec![LyricLine { at: None, text: "la".into() }], ..lyrics };
        assert_eq!(plain.line_at(Duration::from_secs(9)), None);
    }
}
