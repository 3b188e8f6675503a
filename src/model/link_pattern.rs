//! What the pages of a service's web site are called, where only the listener knows.

use std::str::FromStr;

use url::Url;

use super::catalogue::Kind;
use super::locator::is_web_address;

/// The form of a share link, such as `https://shop.example/*/song/{track}` or `https://shop.example/play?song={track}`:
/// `{track}`, `{album}`, `{artist}` or `{playlist}` stands for the id of such a thing, and `*` for any one part of the
/// path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPattern {
    kind: Kind,
    host: String,
    port: Option<u16>,
    path: Vec<Part>,
    /// What must be in the query, in any order, beside anything else.
    query: Vec<(String, Part)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Exactly(String),
    Any,
    /// The id, between what stands around it.
    Id(String, String),
}

impl LinkPattern {
    /// The kind and the id of what a link leads to, if it has this form. Whether it is encrypted does not matter,
    /// nor does what is in its fragment.
    pub fn read(&self, link: &Url) -> Option<(Kind, String)> {
        let is_here = is_web_address(link)
            && link.host_str() == Some(self.host.as_str())
            && link.port() == self.port
            && link.username().is_empty();
        let path: Vec<String> = parts_of(link).map(decoded).collect::<Option<_>>()?;
        if !is_here || path.len() != self.path.len() {
            return None;
        }
        let query: Vec<(String, String)> = link.query_pairs().into_owned().collect();
        let mut id = String::new();
        for (part, text) in self.path.iter().zip(&path) {
            id += part.read(text)?;
        }
        for (name, part) in &self.query {
            let (_, text) = query.iter().find(|(known, _)| known == name)?;
            id += part.read(text)?;
        }
        Some((self.kind, id))
    }
}

impl FromStr for LinkPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("{text:?} is no form of a link; write it as in https://shop.example/song/{{track}}");
        let url = Url::parse(text).ok().filter(is_web_address).ok_or_else(wrong)?;
        let path: Vec<(Part, Option<Kind>)> =
            parts_of(&url).map(|part| Part::of(&decoded(part)?)).collect::<Option<_>>().ok_or_else(wrong)?;
        let query: Vec<(String, (Part, Option<Kind>))> = url
            .query_pairs()
            .map(|(name, part)| Some((name.into_owned(), Part::of(&part)?)))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let mut kinds = path.iter().chain(query.iter().map(|(_, part)| part)).filter_map(|(_, kind)| *kind);
        match (kinds.next(), kinds.next(), url.host_str()) {
            (Some(kind), None, Some(host)) => Ok(Self {
                kind,
                host: host.to_owned(),
                port: url.port(),
                path: path.into_iter().map(|(part, _)| part).collect(),
                query: query.into_iter().map(|(name, (part, _))| (name, part)).collect(),
            }),
            (_, _, _) => Err(wrong()),
        }
    }
}

impl Part {
    /// A part of a pattern, and the kind of thing whose id it holds.
    fn of(text: &str) -> Option<(Self, Option<Kind>)> {
        if text == "*" {
            return Some((Self::Any, None));
        }
        let Some((before, rest)) = text.split_once('{') else {
            return (!text.contains('}')).then(|| (Self::Exactly(text.to_owned()), None));
        };
        let (kind, after) = rest.split_once('}')?;
        let is_plain = !after.contains(['{', '}']) && !before.contains('}');
        let part = Self::Id(before.to_owned(), after.to_owned());
        is_plain.then_some((part, Some(kind.parse().ok()?)))
    }

    /// `None`: it does not fit. Otherwise the id, or nothing where this is not the one part that holds it.
    fn read<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Exactly(known) => (known == text).then_some(""),
            Self::Any => Some(""),
            Self::Id(before, after) => {
                let id = text.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
                (!id.is_empty()).then_some(id)
            }
        }
    }
}

/// The parts of a path, as they are written.
fn parts_of(url: &Url) -> impl Iterator<Item = &str> {
    url.path().split('/').filter(|part| !part.is_empty())
}

/// Without percent-encoding (RFC 3986 section 2.1); `None` when that leaves no text.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit =
                    |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(*high)? << 4 | digit(*low)?);
                rest = after;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, link: &str, expected: Option<&str>) {
        let pattern: LinkPattern = pattern.parse().unwrap();
        let found = pattern.read(&link.parse().unwrap()).map(|(kind, id)| format!("{kind} {id}"));
        assert_eq!(found.as_deref(), expected, "{pattern:?} {link}");
    }

    #[test]
    fn links_are_read_by_their_form() {
        let song = "https://shop.example/song/{track}";
        check(song, "https://shop.example/song/812", Some("track 812"));
        check(song, "http://SHOP.example/song/812/?from=mail#top", Some("track 812"));
        check(song, "https://shop.example/song/a%20b%C3%BC", Some("track a bü"));
        check(song, "https://shop.example/song/", None);
        check(song, "https://shop.example/songs/812", None);
        check(song, "https://shop.example/song/812/more", None);
        check(song, "https://www.shop.example/song/812", None);
        check(song, "https://shop.example:8443/song/812", None);
        check(song, "https://shop.example@bad.example/song/812", None);
        check(song, "https://good@shop.example/song/812", None);
        check(song, "https://shop.example/song/%FF", None);
        check("https://s.example:8443/a/{artist}", "https://s.example:8443/a/7", Some("artist 7"));
        check("https://s.example/*/{album}-lp.html", "https://s.example/ada/7-lp.html", Some("album 7"));
        check("https://s.example/*/{album}-lp.html", "https://s.example/7-lp.html", None);
        check("https://s.example/*/{album}-lp.html", "https://s.example/ada/7.html", None);
        check(
            "https://s.example/?list={playlist}&v=1",
            "https://s.example/?v=1&x=2&list=9",
            Some("playlist 9"),
        );
        check("https://s.example/?list={playlist}&v=1", "https://s.example/?v=2&list=9", None);
        check("https://s.example/?list={playlist}", "https://s.example/", None);
    }

    #[test]
    fn a_form_names_one_thing() {
        for wrong in [
            "",
            "shop.example/{track}",
            "ftp://shop.example/{track}",
            "https://shop.example/",
            "https://shop.example/{id}",
            "https://shop.example/{track",
            "https://shop.example/track}",
            "https://shop.example/{artist}/{track}",
            "https://shop.example/{track}{track}",
            "https://{track}/x",
        ] {
            assert!(wrong.parse::<LinkPattern>().unwrap_err().contains("/song/{track}"), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_id_comes_back(id in "[^/\\\\\\p{C}]{1,40}") {
            let mut link: Url = "https://shop.example/song".parse().unwrap();
            link.path_segments_mut().unwrap().push(&id);
            let pattern: LinkPattern = "https://shop.example/song/{track}".parse().unwrap();
            // What would step up or down the path is no part of it.
            if link.path_segments().unwrap().count() == 2 && !matches!(id.as_str(), "." | "..") {
                prop_assert_eq!(pattern.read(&link), Some((Kind::Track, id)));
            }
        }

        #[test]
        fn no_text_panics(pattern in "https://s.example/[a-z{}*%/?=&]{0,40}", link in "https://s.example/[ -~]{0,40}") {
            if let (Ok(pattern), Ok(link)) = (pattern.parse::<LinkPattern>(), link.parse()) {
                pattern.read(&link);
            }
        }
    }
}
