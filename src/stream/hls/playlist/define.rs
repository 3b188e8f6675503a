//! Variables of a playlist (`EXT-X-DEFINE`, RFC 8216bis section 4.4.2.3) and what they stand for.

use std::collections::BTreeMap;

use url::Url;

use super::attributes::{attributes, value};
use super::{MAX_LINE_BYTES, MAX_PLAYLIST_BYTES};

/// Names and what they stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    values: BTreeMap<String, Value>,
    /// Bytes that were put in place of names so far.
    expanded: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Value {
    text: String,
    /// Whether it was in an address that was asked for over an encrypted connection: it may be what opens the door.
    is_private: bool,
}

impl Variables {
    /// Reads the attributes of an `EXT-X-DEFINE`. `base` is the playlist's own address, `imports` are the
    /// variables of the master playlist that led to it.
    pub(super) fn define(&mut self, rest: &str, base: &Url, imports: &Self) -> Result<(), String> {
        let pairs = attributes(rest);
        // A value may be empty, but it has to be there.
        let given = |name| pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
        let (name, value) =
            match (value(&pairs, "NAME"), value(&pairs, "QUERYPARAM"), value(&pairs, "IMPORT")) {
                (Some(name), None, None) => {
                    let text =
                        given("VALUE").ok_or_else(|| format!("the variable {name:.80} has no value"))?;
                    (name, Value { text: text.to_owned(), is_private: false })
                }
                (None, Some(name), None) => {
                    let found = base.query_pairs().find(|(found, _)| found == name);
                    let missing = || format!("its address has no parameter {name:.80}");
                    let text = found.ok_or_else(missing)?.1.into_owned();
                    (name, Value { text, is_private: base.scheme() == "https" })
                }
                (None, None, Some(name)) => {
                    let missing = || format!("no master playlist defines {name:.80}");
                    (name, imports.values.get(name).ok_or_else(missing)?.clone())
                }
                _ => return Err("EXT-X-DEFINE has to have one of NAME, QUERYPARAM and IMPORT".to_owned()),
            };
        if !is_name(name) {
            return Err(format!("{name:.80} is no name of a variable"));
        }
        // It must not end the line or the quotes that it is put into.
        if value.text.contains(|c: char| c == '"' || c.is_control()) {
            return Err(format!("the variable {name:.80} holds what no address may hold"));
        }
        match self.values.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(format!("the variable {name:.80} is defined twice")),
        }
    }

    /// The line with every `{$name}` replaced. What a variable stands for is not looked at again. `base` is the playlist's
    /// own address.
    pub(super) fn expand(&mut self, line: &str, base: &Url) -> Result<String, String> {
        let (mut out, mut rest) = (String::with_capacity(line.len()), line);
        let mut private = None;
        while let Some((before, behind)) = rest.split_once("{$") {
            out.push_str(before);
            let named = behind.split_once('}').filter(|(name, _)| is_name(name));
            let Some((name, behind)) = named else {
                out.push_str("{$");
                rest = behind;
                continue;
            };
            let value = self.values.get(name).ok_or_else(|| format!("{name:.80} is not defined"))?;
            let text = &value.text;
            private = private.or(value.is_private.then_some(name));
            self.expanded = self.expanded.saturating_add(text.len());
            if out.len() + text.len() > MAX_LINE_BYTES || self.expanded > MAX_PLAYLIST_BYTES {
                return Err("what its variables stand for is too long".to_owned());
            }
            out.push_str(text);
            rest = behind;
        }
        out.push_str(rest);
        match private.filter(|_| base.scheme() == "http" || names_open_address(&out)) {
            Some(name) => Err(format!(
                "the variable {name:.80} is a part of the playlist's own address, which is not sent without encryption"
            )),
            None => Ok(out),
        }
    }
}

/// Whether a line names an address that is asked for over an open connection. Whoever reads addresses passes over tabs.
fn names_open_address(line: &str) -> bool {
    let line: String = line.chars().filter(|c| !c.is_ascii_control()).collect();
    line.to_ascii_lowercase().contains("http:")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stream::hls::playlist::{Playlist, parse, parse_within};

    const BASE: &str = "https://h.example/a/list.m3u8?token=x%26y+z&empty=";

    /// The address of the one segment behind these lines, or why there is none.
    fn read(lines: &str, imports: &Variables) -> Result<String, String> {
        let text = format!("#EXTM3U\n#EXT-X-VERSION:11\n#EXT-X-TARGETDURATION:4\n{lines}\n");
        match parse_within(text.as_bytes(), &BASE.parse().unwrap(), imports) {
            Ok(Playlist::Media(list)) => Ok(list.segments[0].uri.clone()),
            Ok(Playlist::Master(_)) => Err("a master playlist".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_part_of_an_encrypted_address_is_not_sent_in_the_open() {
        let token = "#EXT-X-DEFINE:QUERYPARAM=\"token\"\n#EXTINF:4,\n";
        let refused = "the variable token is a part of the playlist's own address";
        check_error(&format!("{token}http://other.example/a.ts?{{$token}}"), refused);
        check_error(&format!("{token}ht\ttP:other.example/{{$token}}.ts"), refused);
        let key = "#EXT-X-KEY:METHOD=AES-128,URI=\"http://other.example/{$token}\"\n";
        check_error(&token.replace("#EXTINF", &format!("{key}#EXTINF")), refused);
        check(&format!("{token}https://other.example/a.ts?{{$token}}"), "https://other.example/a.ts?x&y z");
        let named = "#EXT-X-DEFINE:NAME=\"token\",VALUE=\"v\"\n#EXTINF:4,\n";
        check(&format!("{named}http://other.example/a.ts?{{$token}}"), "http://other.example/a.ts?v");
        // Handed on to a list that came in the open.
        let mut above = Variables::default();
        above.define("QUERYPARAM=\"token\"", &BASE.parse().unwrap(), &Variables::default()).unwrap();
        let mut below = Variables::default();
        below.define("IMPORT=\"token\"", &BASE.parse().unwrap(), &above).unwrap();
        let open = "http://h.example/list.m3u8".parse().unwrap();
        assert!(below.expand("{$token}.ts", &open).unwrap_err().contains(refused));
        assert_eq!(below.expand("{$token}.ts", &BASE.parse().unwrap()).unwrap(), "x&y z.ts");
    }

    fn check(lines: &str, expected: &str) {
        assert_eq!(read(lines, &Variables::default()), Ok(expected.to_owned()), "{lines}");
    }

    fn check_error(lines: &str, expected: &str) {
        let error = read(lines, &Variables::default()).unwrap_err();
        assert!(error.contains(expected), "{lines:.200}: {error}");
    }

    #[test]
    fn names_stand_for_values() {
        let define = "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b{$c}\"\n#EXT-X-DEFINE:NAME=\"c\",VALUE=\"\"\n";
        check(&format!("{define}#EXTINF:4,{{$d}}\nx/{{$a}}{{$c}}.ts"), "x/b{$c}.ts");
        check(&format!("{define}#EXTINF:4,\n{{$}}{{$a b}}{{$a"), "{$}{$a b}{$a");
        check("#EXT-X-DEFINE:QUERYPARAM=\"token\"\n#EXTINF:4,\n{$token}", "x&y z");
        check("#EXT-X-DEFINE:QUERYPARAM=\"empty\"\n#EXTINF:4,\nx{$empty}", "x");
        check_error("#EXTINF:4,\n{$a}", "a is not defined");
        check_error("#EXTINF:4,\n{$late}\n#EXT-X-DEFINE:NAME=\"late\",VALUE=\"x\"", "late is not defined");
        check_error(&format!("{define}{define}"), "a is defined twice");
        check_error("#EXT-X-DEFINE:QUERYPARAM=\"other\"", "no parameter other");
        check_error("#EXT-X-DEFINE:IMPORT=\"a\"", "no master playlist defines a");
        check_error("#EXT-X-DEFINE:NAME=\"a\"", "has no value");
        check_error("#EXT-X-DEFINE:NAME=\"a b\",VALUE=\"\"", "no name of a variable");
        check_error("#EXT-X-DEFINE:VALUE=\"x\"", "one of NAME");
        check_error("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"x\",IMPORT=\"a\"", "one of NAME");
    }

    #[test]
    fn a_media_playlist_imports_from_its_master() {
        let text = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"auth\",VALUE=\"?token=qv213\"\n\
                    #EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8{$auth}\n";
        let Playlist::Master(master) = parse(text.as_bytes(), &BASE.parse().unwrap()).unwrap() else {
            panic!("a media playlist")
        };
        assert_eq!(master.variants[0].uri, "low.m3u8?token=qv213");
        let lines = "#EXT-X-DEFINE:IMPORT=\"auth\"\n#EXT-X-MAP:URI=\"init{$auth}\"\n#EXTINF:4,\n1{$auth}";
        assert_eq!(read(lines, &master.variables).unwrap(), "1?token=qv213");
        assert!(read("#EXTINF:4,\n1{$auth}", &master.variables).is_err(), "not without being imported");
    }

    #[test]
    fn a_value_cannot_break_out_or_burst() {
        let base: Url = "https://h.example/list.m3u8?a=%22,URI=&b=%0A%23&c=x".parse().unwrap();
        for name in ["a", "b"] {
            let rest = format!("QUERYPARAM=\"{name}\"");
            let error = Variables::default().define(&rest, &base, &Variables::default()).unwrap_err();
            assert!(error.contains("what no address may hold"), "{error}");
        }
        let define = format!("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"{}\"\n", "x".repeat(60_000));
        check_error(&format!("{define}#EXTINF:4,\n{{$a}}{{$a}}"), "too long");
        check_error(&(define + &"#EXTINF:4,\n{$a}\n".repeat(200)), "too long");
    }

    proptest! {
        #[test]
        fn nothing_panics(rest in ".{0,60}", line in ".{0,60}") {
            let mut variables = Variables::default();
            let _ = variables.define(&rest, &BASE.parse().unwrap(), &Variables::default());
            let _ = variables.define("NAME=\"a\",VALUE=\"{$a}\"", &BASE.parse().unwrap(), &Variables::default());
            let out = variables.expand(&format!("{line}{{$a}}"), &BASE.parse().unwrap());
            let is_once = out.is_ok_and(|out| out.ends_with("{$a}")) || line.contains("{$");
            prop_assert!(is_once);
        }
    }
}
