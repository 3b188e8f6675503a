//! Rewrites a playlist so that `m3u8-rs` reads it as RFC 8216 means it: only tags that are used, in one
//! canonical form, exactly those that apply before each address. What the reader would silently get
//! wrong (fractional target durations, titles with commas, several keys, numbers too large, addresses
//! without a duration) is settled here.

use std::fmt::Write as _;

use url::Url;

use super::attributes::{attributes, value};
use super::{Key, MAX_LINE_BYTES, MAX_SEGMENT_SECONDS, MAX_SEGMENTS, MAX_VARIANTS, Start, Variables};

/// A playlist ready for the reader.
#[derive(Debug, Default)]
pub(super) struct Tidy {
    /// The playlist anew.
    pub text: String,
    /// Exact seconds of each segment; the reader keeps only 24 bits of them.
    pub durations: Vec<f64>,
    /// When each segment was recorded, where it is said.
    pub dates: Vec<Option<String>>,
    /// Where to begin, in seconds; from the end when negative.
    pub start: Option<Start>,
    /// Keys that a master playlist announces.
    pub session_keys: Vec<Key>,
    /// The variables it defines.
    pub variables: Variables,
    /// Whether it is a master playlist.
    pub is_master: bool,
    /// Whether it names a target duration.
    pub has_target: bool,
    /// What was put right.
    pub notes: Vec<String>,
}

/// The text without a byte order mark and blanks before its first line.
pub(in crate::stream) fn without_lead(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start()
}

/// Rewrites `text`, which starts with `#EXTM3U` and came from `base`; an error names the rule that is
/// broken. `imports` are the variables of its master playlist.
pub(super) fn tidy(text: &str, base: &Url, imports: &Variables) -> Result<Tidy, String> {
    let mut lines = text.lines();
    if !lines.next().is_some_and(|line| line.starts_with("#EXTM3U")) {
        return Err("its first line is not #EXTM3U".to_owned());
    }
    let mut work = Work { tidy: Tidy { text: "#EXTM3U\n".to_owned(), ..Tidy::default() }, ..Work::default() };
    for (number, line) in lines.enumerate() {
        if line.len() > MAX_LINE_BYTES {
            return Err(format!("line {} is longer than {MAX_LINE_BYTES} bytes", number + 2));
        }
        let wrong = |reason| format!("line {}: {reason}", number + 2);
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("#EXT-X-DEFINE:") {
            work.tidy.variables.define(rest, base, imports).map_err(wrong)?;
            continue;
        }
        if line.contains("{$") && may_have_variables(line) {
            let line = work.tidy.variables.expand(line, base).map_err(wrong)?;
            work.line(&line).map_err(wrong)?;
        } else {
            work.line(line).map_err(wrong)?;
        }
    }
    work.finish()
}

/// Whether variables stand for something in such a line: in addresses, and in attributes.
fn may_have_variables(line: &str) -> bool {
    const TAGS: [&str; 5] =
        ["#EXT-X-KEY:", "#EXT-X-MAP:", "#EXT-X-MEDIA:", "#EXT-X-STREAM-INF:", "#EXT-X-SESSION-KEY:"];
    !line.starts_with('#') || TAGS.iter().any(|tag| line.starts_with(tag))
}

#[derive(Default)]
struct Work {
    tidy: Tidy,
    has_master_tag: bool,
    has_media_tag: bool,
    has_hls_tag: bool,
    /// Whether there is an address, of whatever kind.
    has_address: bool,
    variants: usize,
    renditions: usize,
    pending: Pending,
    /// Whether a key of the one format that can be used is in force.
    has_plain_key: bool,
}

/// What applies to the next address.
#[derive(Default)]
struct Pending {
    seconds: Option<f64>,
    /// An `EXT-X-KEY` line.
    key: Option<String>,
    map: Option<String>,
    byte_range: Option<String>,
    variant: Option<String>,
    date: Option<String>,
    discontinuity: bool,
    gap: bool,
}

impl Work {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() {
            return Ok(());
        }
        if !line.starts_with('#') {
            return self.address(line);
        }
        let (tag, rest) = line.split_once(':').unwrap_or((line, ""));
        self.has_hls_tag |= tag.starts_with("#EXT-X-");
        match tag {
            "#EXT-X-STREAM-INF"
            | "#EXT-X-I-FRAME-STREAM-INF"
            | "#EXT-X-MEDIA"
            | "#EXT-X-SESSION-KEY"
            | "#EXT-X-SESSION-DATA" => self.has_master_tag = true,
            "#EXT-X-TARGETDURATION"
            | "#EXT-X-MEDIA-SEQUENCE"
            | "#EXT-X-DISCONTINUITY-SEQUENCE"
            | "#EXT-X-PLAYLIST-TYPE"
            | "#EXT-X-ENDLIST"
            | "#EXT-X-KEY"
            | "#EXT-X-MAP"
            | "#EXT-X-BYTERANGE"
            | "#EXT-X-DISCONTINUITY" => self.has_media_tag = true,
            _ => {}
        }
        match tag {
            "#EXTINF" => self.duration(rest),
            "#EXT-X-TARGETDURATION" => self.target_duration(rest),
            "#EXT-X-VERSION" | "#EXT-X-MEDIA-SEQUENCE" | "#EXT-X-DISCONTINUITY-SEQUENCE" => {
                match rest.trim().parse::<u64>() {
                    Ok(number) => self.emit(format_args!("{tag}:{number}")),
                    Err(_) => self.note(format!("{tag} without a number is passed over")),
                }
            }
            "#EXT-X-PLAYLIST-TYPE" if matches!(rest.trim(), "VOD" | "EVENT") => {
                self.emit(format_args!("{tag}:{}", rest.trim()));
            }
            "#EXT-X-ENDLIST" => self.emit(format_args!("{tag}")),
            "#EXT-X-DISCONTINUITY" => self.pending.discontinuity = true,
            "#EXT-X-PROGRAM-DATE-TIME" => {
                self.pending.date = Some(rest.trim()).filter(is_date).map(str::to_owned);
            }
            "#EXT-X-START" => self.start(rest),
            "#EXT-X-SESSION-KEY" => self.session_key(rest),
            "#EXT-X-GAP" => self.pending.gap = true,
            "#EXT-X-BYTERANGE" => self.pending.byte_range = Some(byte_range(rest)?),
            "#EXT-X-KEY" => self.key(rest),
            "#EXT-X-MAP" => self.map(rest)?,
            "#EXT-X-STREAM-INF" => self.pending.variant = Some(variant(rest)),
            "#EXT-X-MEDIA" => self.rendition(rest)?,
            "#EXT-X-SKIP" => return Err("it is only the changes to another playlist".to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn emit(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.tidy.text, "{line}");
    }

    fn note(&mut self, note: String) {
        if self.tidy.notes.len() < 100 {
            self.tidy.notes.push(note);
        }
    }

    fn duration(&mut self, rest: &str) {
        let number = rest.split(',').next().unwrap_or(rest).trim();
        let seconds = number.parse::<f64>().unwrap_or(f64::NAN);
        let believed = if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, MAX_SEGMENT_SECONDS) };
        if seconds.is_nan() || (believed - seconds).abs() > 0.0 {
            self.note(format!("a duration of {number:.20} counts as {believed} seconds"));
        }
        self.pending.seconds = Some(believed);
    }

    fn target_duration(&mut self, rest: &str) {
        match rest.trim().parse::<f64>() {
            Ok(seconds) if seconds > 0.0 => {
                let seconds = seconds.min(MAX_SEGMENT_SECONDS).ceil();
                self.tidy.has_target = true;
                self.emit(format_args!("#EXT-X-TARGETDURATION:{seconds}"));
            }
            _ => self.note("the target duration is no number".to_owned()),
        }
    }

    fn key(&mut self, rest: &str) {
        let pairs = attributes(rest);
        let method = value(&pairs, "METHOD").filter(|method| is_token(method)).unwrap_or("UNKNOWN");
        if method == "NONE" {
            // It ends every key, and the reader must see neither an IV nor those before it.
            self.pending.key = Some("#EXT-X-KEY:METHOD=NONE".to_owned());
            self.has_plain_key = false;
            return;
        }
        let mut line = format!("#EXT-X-KEY:METHOD={method}");
        quote(&mut line, &pairs, &["URI", "KEYFORMAT"]);
        if let Some(iv) = value(&pairs, "IV") {
            // A wrong one must not pass for a missing one.
            let _ = write!(line, ",IV={}", if is_token(iv) { iv } else { "0x" });
        }
        // Keys of several formats may apply at once, each until another of its format; the one that can be used is kept: 16 raw bytes.
        let is_plain = matches!(value(&pairs, "KEYFORMAT"), None | Some("identity"));
        if is_plain || !self.has_plain_key {
            self.pending.key = Some(line);
            self.has_plain_key = is_plain;
        }
    }

    fn start(&mut self, rest: &str) {
        let pairs = attributes(rest);
        let offset = value(&pairs, "TIME-OFFSET").and_then(|text| text.parse::<f64>().ok());
        let is_precise = value(&pairs, "PRECISE") == Some("YES");
        match offset.filter(|seconds| seconds.is_finite()) {
            Some(offset) => self.tidy.start = Some(Start { offset, is_precise }),
            None => self.note("EXT-X-START without a time is passed over".to_owned()),
        }
    }

    fn session_key(&mut self, rest: &str) {
        let pairs = attributes(rest);
        let text = |name| value(&pairs, name).map(str::to_owned);
        if self.tidy.session_keys.len() < MAX_VARIANTS {
            self.tidy.session_keys.push(Key {
                method: text("METHOD").unwrap_or_else(|| "UNKNOWN".to_owned()),
                uri: text("URI"),
                iv: text("IV"),
                keyformat: text("KEYFORMAT"),
                resolved: None,
            });
        }
    }

    fn map(&mut self, rest: &str) -> Result<(), String> {
        let pairs = attributes(rest);
        if value(&pairs, "URI").is_none() {
            return Err("EXT-X-MAP without an address".to_owned());
        }
        let mut line = "#EXT-X-MAP:TYPE=0".to_owned();
        quote(&mut line, &pairs, &["URI"]);
        if let Some(range) = value(&pairs, "BYTERANGE") {
            let _ = write!(line, ",BYTERANGE=\"{}\"", byte_range(range)?);
        }
        self.pending.map = Some(line);
        Ok(())
    }

    fn rendition(&mut self, rest: &str) -> Result<(), String> {
        let pairs = attributes(rest);
        let Some(kind @ ("AUDIO" | "VIDEO" | "SUBTITLES")) = value(&pairs, "TYPE") else { return Ok(()) };
        if value(&pairs, "GROUP-ID").is_none() {
            self.note("a rendition without a group is passed over".to_owned());
            return Ok(());
        }
        self.renditions += 1;
        if self.renditions > MAX_VARIANTS {
            return Err(format!("there are more than {MAX_VARIANTS} renditions"));
        }
        let mut line = format!("#EXT-X-MEDIA:TYPE={kind}");
        quote(&mut line, &pairs, &["GROUP-ID", "LANGUAGE", "URI", "CHANNELS"]);
        // The reader insists on a name.
        let _ = write!(line, ",NAME=\"{}\"", value(&pairs, "NAME").unwrap_or(" "));
        for name in ["DEFAULT", "AUTOSELECT"] {
            if value(&pairs, name) == Some("YES") {
                let _ = write!(line, ",{name}=YES");
            }
        }
        self.emit(format_args!("{line}"));
        Ok(())
    }

    fn address(&mut self, uri: &str) -> Result<(), String> {
        self.has_address = true;
        let pending = &mut self.pending;
        if let Some(variant) = pending.variant.take() {
            self.variants += 1;
            if self.variants > MAX_VARIANTS {
                return Err(format!("there are more than {MAX_VARIANTS} variants"));
            }
            self.emit(format_args!("{variant}\n{uri}"));
            return Ok(());
        }
        let byte_range = pending.byte_range.take();
        let (gap, date) = (std::mem::take(&mut pending.gap), pending.date.take());
        let Some(seconds) = pending.seconds.take() else {
            self.note("an address without a duration is passed over".to_owned());
            return Ok(());
        };
        if self.tidy.durations.len() >= MAX_SEGMENTS {
            return Err(format!("there are more than {MAX_SEGMENTS} segments"));
        }
        let discontinuity = std::mem::take(&mut pending.discontinuity).then_some("#EXT-X-DISCONTINUITY");
        let key = pending.key.take();
        let map = pending.map.take();
        let byte_range = byte_range.map(|range| format!("#EXT-X-BYTERANGE:{range}"));
        let gap = gap.then_some("#EXT-X-GAP");
        let lines = [key.as_deref(), map.as_deref(), byte_range.as_deref(), discontinuity, gap];
        for line in lines.into_iter().flatten() {
            self.emit(format_args!("{line}"));
        }
        self.emit(format_args!("#EXTINF:{seconds},\n{uri}"));
        self.tidy.durations.push(seconds);
        self.tidy.dates.push(date);
        Ok(())
    }

    fn finish(mut self) -> Result<Tidy, String> {
        if self.has_master_tag && (self.has_media_tag || !self.tidy.durations.is_empty()) {
            return Err("it mixes tags of master and media playlists".to_owned());
        }
        if self.has_address && !self.has_hls_tag {
            return Err("it is a plain list of tracks, not an HLS playlist; play the tracks in it".to_owned());
        }
        self.tidy.is_master = self.has_master_tag;
        Ok(self.tidy)
    }
}

fn variant(rest: &str) -> String {
    let pairs = attributes(rest);
    let number = |name| value(&pairs, name).and_then(|text| text.parse::<u64>().ok());
    let mut line = format!("#EXT-X-STREAM-INF:BANDWIDTH={}", number("BANDWIDTH").unwrap_or(0));
    if let Some(average) = number("AVERAGE-BANDWIDTH") {
        let _ = write!(line, ",AVERAGE-BANDWIDTH={average}");
    }
    if let Some((width, height)) = value(&pairs, "RESOLUTION").and_then(|size| size.split_once('x'))
        && let (Ok(width), Ok(height)) = (width.parse::<u64>(), height.parse::<u64>())
    {
        let _ = write!(line, ",RESOLUTION={width}x{height}");
    }
    quote(&mut line, &pairs, &["CODECS", "AUDIO"]);
    line
}

/// Appends those of the attributes that are there, quoted.
fn quote(line: &mut String, pairs: &[(&str, &str)], names: &[&str]) {
    for name in names {
        if let Some(value) = value(pairs, name) {
            let _ = write!(line, ",{name}=\"{}\"", value.replace('"', ""));
        }
    }
}

/// Whether it looks like a date of ISO 8601.
fn is_date(text: &&str) -> bool {
    (10..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit() || "-:.,+TZtz".contains(c))
}

fn is_token(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// `length[@offset]` with both numbers read once and their sum in range.
fn byte_range(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:.40} is no byte range");
    let (length, offset) = match text.trim().split_once('@') {
        Some((length, offset)) => (length, Some(offset.parse::<u64>().map_err(|_| wrong())?)),
        None => (text.trim(), None),
    };
    let length = length.parse::<u64>().map_err(|_| wrong())?;
    match offset {
        Some(offset) => {
            offset.checked_add(length).ok_or_else(wrong)?;
            Ok(format!("{length}@{offset}"))
        }
        None => Ok(length.to_string()),
    }
}
