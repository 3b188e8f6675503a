//! Cue sheets: which stretches of a sound file are tracks, and what they are called. Works on text; a sheet is a
//! stranger's: whatever it says, what can be understood is taken and the rest is told.
//!
//! Read as the CDRWIN user's guide, appendix A describes them, with the remarks (`REM`) that ripping programs
//! write. A track begins at its `INDEX 01` and ends where the next one of the same file begins; the pause before
//! a track (`INDEX 00`) belongs to the one before, as on the disc.

use std::time::Duration;

use crate::model::{CleanText, Loudness};

/// Frames of a second on a compact disc (IEC 60908).
const FRAMES_PER_SECOND: u64 = 75;

/// Most tracks that are taken of one sheet; a disc has at most 99.
const MAX_TRACKS: usize = 999;

/// Most problems that are told of one sheet.
const MAX_PROBLEMS: usize = 20;

/// How loud a track is whose gain is 0 dB (ReplayGain 2.0 specification).
const REFERENCE_LUFS: f64 = -18.0;

/// What a sheet says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sheet {
    pub title: Option<CleanText>,
    pub performer: Option<CleanText>,
    pub genre: Option<CleanText>,
    pub year: Option<u16>,
    pub disc: Option<u32>,
    pub files: Vec<SheetFile>,
    /// What could not be understood, each with its line.
    pub problems: Vec<String>,
}

/// A sound file that a sheet names, and the tracks that begin in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SheetFile {
    /// As the sheet writes it.
    pub name: String,
    pub tracks: Vec<SheetTrack>,
}

/// A track.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SheetTrack {
    pub number: u32,
    pub title: Option<CleanText>,
    pub performer: Option<CleanText>,
    pub isrc: Option<CleanText>,
    pub start: Duration,
    /// `None`: with the file.
    pub end: Option<Duration>,
    /// As loud as its gain says.
    pub loudness: Option<Loudness>,
    is_data: bool,
    gain: Option<f64>,
    peak: Option<f64>,
}

impl SheetTrack {
    /// A track of which no more is known than where it begins.
    pub fn at(number: u32, isrc: Option<String>, start: Duration, is_data: bool) -> Self {
        Self { number, isrc: isrc.map(Into::into), start, is_data, ..Self::default() }
    }

    /// Whether it is to be heard; discs can hold tracks that are for computers.
    pub fn is_sound(&self) -> bool {
        !self.is_data
    }
}

impl SheetFile {
    /// Whether it is one track from its beginning to its end.
    pub fn is_whole(&self) -> bool {
        matches!(self.tracks.as_slice(), [one] if one.start.is_zero() && one.end.is_none())
    }
}

/// Reads a sheet.
pub(super) fn read(text: &str) -> Sheet {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(text.split(['\n', '\r']).filter(|line| !line.trim().is_empty())) {
        reader.line = number;
        let line = line.trim();
        let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        reader.take(&command.to_ascii_uppercase(), rest.trim());
    }
    reader.done()
}

#[derive(Default)]
struct Reader {
    sheet: Sheet,
    /// The track that is described; it belongs to a file once it begins there.
    track: Option<SheetTrack>,
    has_begun: bool,
    tracks: usize,
    line: usize,
}

impl Reader {
    fn problem(&mut self, words: &str) {
        if self.sheet.problems.len() < MAX_PROBLEMS {
            self.sheet.problems.push(format!("line {}: {words}", self.line));
        }
    }

    /// The description of the present track, wherever it stands by now.
    fn track(&mut self) -> Option<&mut SheetTrack> {
        if self.has_begun {
            return self.sheet.files.last_mut().and_then(|file| file.tracks.last_mut());
        }
        self.track.as_mut()
    }

    fn take(&mut self, command: &str, rest: &str) {
        match command {
            "FILE" => self.sheet.files.push(SheetFile { name: file_name(rest), tracks: Vec::new() }),
            "TRACK" => self.begin_track(rest),
            "INDEX" => self.index(rest),
            "TITLE" => self.describe(rest, |sheet| &mut sheet.title, |track| &mut track.title),
            "PERFORMER" => self.describe(rest, |sheet| &mut sheet.performer, |track| &mut track.performer),
            "ISRC" => {
                let code: String = unquoted(rest).chars().filter(char::is_ascii_alphanumeric).collect();
                if let Some(track) = self.track()
                    && code.len() == 12
                {
                    track.isrc = Some(code.to_ascii_uppercase().into());
                }
            }
            "REM" => self.remark(rest),
            // Everything else says nothing that is wanted here.
            _ => {}
        }
    }

    fn describe(
        &mut self,
        rest: &str,
        of_sheet: fn(&mut Sheet) -> &mut Option<CleanText>,
        of_track: fn(&mut SheetTrack) -> &mut Option<CleanText>,
    ) {
        let text = said(unquoted(rest));
        let in_track = self.has_begun || self.track.is_some();
        match self.track() {
            Some(track) => *of_track(track) = text,
            None if !in_track => *of_sheet(&mut self.sheet) = text,
            None => {}
        }
    }

    fn begin_track(&mut self, rest: &str) {
        let (number, kind) = rest.split_once(char::is_whitespace).unwrap_or((rest, "AUDIO"));
        if self.track.is_some() && !self.has_begun {
            self.problem("the track before has no INDEX 01");
        }
        (self.track, self.has_begun) = (None, false);
        self.tracks += 1;
        if self.tracks > MAX_TRACKS {
            if self.tracks == MAX_TRACKS + 1 {
                self.problem("there are more tracks than any disc has");
            }
            return;
        }
        let Some(number) = number.parse().ok().filter(|number| (1..=9999).contains(number)) else {
            self.problem("this is no track number");
            return;
        };
        let is_data = !kind.trim().eq_ignore_ascii_case("AUDIO");
        self.track = Some(SheetTrack { number, is_data, ..SheetTrack::default() });
    }

    fn index(&mut self, rest: &str) {
        let (number, time) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if number.parse() != Ok(1_u32) {
            return;
        }
        let Some(start) = time_of(time.trim()) else {
            self.problem("this is no time; one is written as minutes:seconds:frames");
            return;
        };
        if self.has_begun {
            self.problem("the track begins twice");
            return;
        }
        let Some(mut track) = self.track.take() else { return };
        let Some(file) = self.sheet.files.last_mut() else {
            self.problem("no FILE is named before");
            return;
        };
        if file.tracks.last().is_some_and(|before| start <= before.start) {
            self.problem("the track begins no later than the one before");
            return;
        }
        track.start = start;
        file.tracks.push(track);
        self.has_begun = true;
    }

    fn remark(&mut self, rest: &str) {
        let (name, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let value = unquoted(value.trim());
        let number = || value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == ' ');
        let decimal = || number().parse::<f64>().ok().filter(|value| value.is_finite());
        match name.to_ascii_uppercase().as_str() {
            "GENRE" => self.sheet.genre = said(value),
            "DATE" => {
                let year = value.split(|letter: char| !letter.is_ascii_digit());
                self.sheet.year = year.filter(|part| part.len() == 4).find_map(|part| part.parse().ok());
            }
            "DISCNUMBER" => self.sheet.disc = value.parse().ok(),
            "REPLAYGAIN_TRACK_GAIN" => {
                let gain = decimal().filter(|gain| gain.abs() < 60.0);
                if let Some(track) = self.track() {
                    track.gain = gain;
                }
            }
            "REPLAYGAIN_TRACK_PEAK" => {
                let peak = decimal().filter(|peak| (0.0..16.0).contains(peak));
                if let Some(track) = self.track() {
                    track.peak = peak;
                }
            }
            _ => {}
        }
    }

    fn done(mut self) -> Sheet {
        if self.track.is_some() && !self.has_begun {
            self.problem("the last track has no INDEX 01");
        }
        for file in &mut self.sheet.files {
            let ends: Vec<_> = file.tracks.iter().skip(1).map(|next| next.start).collect();
            for (track, end) in file.tracks.iter_mut().zip(ends) {
                track.end = Some(end);
            }
            for track in &mut file.tracks {
                track.loudness = track
                    .gain
                    .map(|gain| Loudness { lufs: REFERENCE_LUFS - gain, peak: track.peak.unwrap_or(1.0) });
            }
            file.tracks.retain(|track| !track.is_data);
        }
        self.sheet
    }
}

/// What stands between quotes, or all of it.
fn unquoted(text: &str) -> &str {
    match text.strip_prefix('"') {
        // A quote within the quotes is not marked in any way: the last one ends them.
        Some(rest) => rest.rsplit_once('"').map_or(rest, |(inner, _)| inner),
        None => text,
    }
}

/// The name before the kind of file: `"Night Ferry.wav" WAVE`.
fn file_name(rest: &str) -> String {
    match rest.strip_prefix('"') {
        Some(_) => unquoted(rest).to_owned(),
        None => rest.rsplit_once(char::is_whitespace).map_or(rest, |(name, _)| name).trim().to_owned(),
    }
}

fn said(text: &str) -> Option<CleanText> {
    let text = CleanText::from(text.trim());
    (!text.is_empty()).then_some(text)
}

/// `mm:ss:ff`, to the nearest nanosecond.
fn time_of(text: &str) -> Option<Duration> {
    let mut parts = text.splitn(3, ':').map(|part| {
        let is_number = !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u64>().ok().filter(|_| is_number)
    });
    let (minutes, seconds, frames) = (parts.next()??, parts.next()??, parts.next()??);
    if seconds >= 60 || frames >= FRAMES_PER_SECOND {
        return None;
    }
    let all = (minutes * 60 + seconds) * FRAMES_PER_SECOND + frames;
    Some(Duration::from_nanos((all * 1_000_000_000 + FRAMES_PER_SECOND / 2) / FRAMES_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As EAC writes a sheet of one image.
    const IMAGE: &str = "REM GENRE Electronic\r\nREM DATE 2021\r\nREM DISCID 860B640B\r\nREM COMMENT \"ExactAudioCopy v1.6\"\r\n\
        PERFORMER \"Ada Cole\"\r\nTITLE \"Tides\"\r\nFILE \"Tides.wav\" WAVE\r\n  TRACK 01 AUDIO\r\n    TITLE \"Night \"Ferry\"\"\r\n\
        \x20   PERFORMER \"Ada Cole\"\r\n    ISRC GBAYE0000351\r\n    REM REPLAYGAIN_TRACK_GAIN -3.25 dB\r\n    \
        REM REPLAYGAIN_TRACK_PEAK 0.95\r\n    INDEX 01 00:00:00\r\n\
        \x20 TRACK 02 AUDIO\r\n    TITLE \"Harbour Lights\"\r\n    PERFORMER \"Ada Cole & Sue\"\r\n    INDEX 00 03:10:50\r\n    \
        INDEX 01 03:12:40\r\n  TRACK 03 MODE1/2352\r\n    INDEX 01 07:01:00\r\n";

    fn tracks(sheet: &Sheet) -> Vec<String> {
        let file = |file: &SheetFile| {
            file.tracks
                .iter()
                .map(|track| {
                    let end = track.end.map_or("end".to_owned(), |end| end.as_millis().to_string());
                    let title = track.title.as_ref().map_or("-", CleanText::as_str);
                    format!("{} {} {title} {}-{end}", file.name, track.number, track.start.as_millis())
                })
                .collect::<Vec<_>>()
        };
        sheet.files.iter().flat_map(file).collect()
    }

    #[test]
    fn an_image_is_cut_at_the_first_index() {
        let sheet = read(IMAGE);
        assert_eq!(
            tracks(&sheet),
            ["Tides.wav 1 Night \"Ferry\" 0-192533", "Tides.wav 2 Harbour Lights 192533-421000"]
        );
        assert_eq!((sheet.year, sheet.problems.len()), (Some(2021), 0));
        assert_eq!(sheet.title.as_ref().map(CleanText::as_str), Some("Tides"));
        assert_eq!(sheet.genre.as_ref().map(CleanText::as_str), Some("Electronic"));
        let [first, second] = &sheet.files[0].tracks[..] else { panic!("{sheet:?}") };
        assert_eq!(first.isrc.as_ref().map(CleanText::as_str), Some("GBAYE0000351"));
        assert_eq!(first.loudness, Some(Loudness { lufs: -14.75, peak: 0.95 }));
        assert_eq!(second.performer.as_ref().map(CleanText::as_str), Some("Ada Cole & Sue"));
        // 14440 frames of 1/75 s.
        assert_eq!(second.start, Duration::from_nanos(192_533_333_333));
        assert!(!sheet.files[0].is_whole());
    }

    #[test]
    fn a_track_belongs_to_the_file_it_begins_in() {
        // As EAC writes a sheet of several files, each with the pause before the next track at its end.
        let text = "FILE \"1.wav\" WAVE\n TRACK 01 AUDIO\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  TITLE b\n  \
            INDEX 00 02:00:00\nFILE 2 b.wav WAVE\n  INDEX 01 00:00:00\n";
        let sheet = read(text);
        assert_eq!(tracks(&sheet), ["1.wav 1 - 0-end", "2 b.wav 2 b 0-end"]);
        assert!(sheet.files.iter().all(SheetFile::is_whole) && sheet.problems.is_empty());
    }

    #[test]
    fn what_cannot_be_understood_is_told() {
        let check = |text: &str, kept: &[&str], problems: &[&str]| {
            let sheet = read(text);
            assert_eq!(
                (tracks(&sheet), &sheet.problems[..]),
                (
                    kept.iter().map(|&row| row.into()).collect(),
                    &problems.iter().map(|&row| row.to_owned()).collect::<Vec<_>>()[..]
                ),
                "{text}"
            );
        };
        check("", &[], &[]);
        check("TRACK 01 AUDIO\nINDEX 01 00:00:00", &[], &["line 2: no FILE is named before"]);
        check(
            "FILE a\nTRACK 1 AUDIO\nINDEX 01 05:00:00\nTRACK 2 AUDIO\nINDEX 01 04:00:00\nTRACK 3 AUDIO\nINDEX 01 6:0:0",
            &["a 1 - 300000-360000", "a 3 - 360000-end"],
            &["line 5: the track begins no later than the one before"],
        );
        let no_time = "this is no time; one is written as minutes:seconds:frames";
        for time in ["", "1", "1:2", "00:60:00", "00:00:75", "-1:00:00", "9999999:00:00", "a:b:c", "1:2:3:4"]
        {
            check(
                &format!("FILE a\nTRACK 1 AUDIO\nINDEX 01 {time}"),
                &[],
                &[&format!("line 3: {no_time}"), "line 3: the last track has no INDEX 01"],
            );
        }
        check("FILE a\nTRACK x AUDIO\nINDEX 01 0:0:0", &[], &["line 2: this is no track number"]);
        check(
            "FILE a\nTRACK 1 AUDIO\nTRACK 2 AUDIO\nINDEX 01 0:0:0\nINDEX 01 1:0:0",
            &["a 2 - 0-end"],
            &["line 3: the track before has no INDEX 01", "line 5: the track begins twice"],
        );
    }

    proptest! {
        #[test]
        fn no_text_is_fatal_and_tracks_come_one_after_the_other(
            lines in proptest::collection::vec(
                "(FILE|TRACK|INDEX|TITLE|REM|ISRC|PERFORMER|x)? ?(0[0-9]|\"[a-z\"]{0,4}|REPLAYGAIN_TRACK_GAIN|.{0,3}) \
                 ?([0-9]{0,3}:[0-9]{0,2}:[0-9]{0,2}|AUDIO|.{0,6})",
                0..60,
            )
        ) {
            let sheet = read(&lines.join("\n"));
            prop_assert!(sheet.problems.len() <= MAX_PROBLEMS);
            for file in &sheet.files {
                for pair in file.tracks.windows(2) {
                    prop_assert!(pair[0].end.is_some_and(|end| end > pair[0].start && end <= pair[1].start));
                }
            }
        }
    }
}
