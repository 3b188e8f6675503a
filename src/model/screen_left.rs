//! How the screen was left.

use super::catalogue::{Kind, ListId, ServiceId};
use super::text::CleanText;

/// Between the parts of a line: no cleaned text holds it.
const SEPARATOR: char = '\t';

/// What of the screen comes back at the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenLeft {
    /// The page, by its own name; empty: nobody has said.
    pub page: String,
    /// The page behind it, where it has no tab of its own.
    pub tab: String,
    /// Cells of the pane of lists, where the listener chose them.
    pub lists: Option<u16>,
    /// Cells of the pane of what is heard, where the listener chose them.
    pub now: Option<u16>,
    /// Whether the pane of lists is hidden.
    pub hides_lists: bool,
    /// Whether the pane of what is heard is hidden.
    pub hides_now: bool,
    /// Whether the spectrum is shown.
    pub spectrum: bool,
    /// Whether the words are shown on the page of what is heard.
    pub lyrics: bool,
    /// How the sound was shaped by keys, in words without spaces; empty: as it is configured.
    pub sound: String,
    /// How it was configured then.
    pub sound_configured: String,
    /// The playlist that was open.
    pub playlist: Option<u64>,
    /// What was looked for.
    pub search: Option<SearchLeft>,
    /// The list of a service that the cursor was on.
    pub shelf: Option<ListLeft>,
    /// What was opened out of it or from another page, one out of the other.
    pub opened: Vec<ListLeft>,
    /// Whether the rows of the list had the keys, not the lists.
    pub in_rows: bool,
    /// The page that the first of what was opened leads back to.
    pub opened_from: String,
    /// What the list with the keys was filtered by.
    pub filter: String,
}

/// A search as it was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchLeft {
    /// What was looked for.
    pub kind: Kind,
    /// The words as typed.
    pub words: String,
    /// The name of the row under the cursor.
    pub row: String,
}

/// A list of a service as it was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLeft {
    /// Which service.
    pub service: ServiceId,
    /// Which of its lists.
    pub list: ListId,
    /// Its title.
    pub title: CleanText,
    /// Whose it is, where it is an album or a playlist.
    pub by: Option<CleanText>,
    /// The name of the row under the cursor.
    pub row: String,
}

impl ScreenLeft {
    /// As lines to be kept, the first one as in `page=queue lists=30 spectrum`, further ones for what has spaces in it.
    pub fn to_text(&self) -> String {
        let named = |name: &str, value: &str| (!value.is_empty()).then(|| format!("{name}={value}"));
        let number = |name: &str, value: Option<u64>| value.map(|value| format!("{name}={value}"));
        let is = |name: &str, is: bool| is.then(|| name.to_owned());
        let words = [
            named("page", &self.page),
            named("tab", &self.tab),
            number("lists", self.lists.map(Into::into)),
            number("now", self.now.map(Into::into)),
            is("hides-lists", self.hides_lists),
            is("hides-now", self.hides_now),
            is("spectrum", self.spectrum),
            is("lyrics", self.lyrics),
            named("sound", &self.sound),
            named("sound-configured", &self.sound_configured),
            number("playlist", self.playlist),
            is("in-rows", self.in_rows),
            named("opened-from", &self.opened_from),
        ];
        let mut lines = vec![words.into_iter().flatten().collect::<Vec<_>>().join(" ")];
        if let Some(SearchLeft { kind, words, row }) = &self.search {
            lines.extend(line(["search", &kind.to_string(), words, row]));
        }
        lines.extend(self.shelf.iter().filter_map(|list| list.line("shelf")));
        lines.extend(self.opened.iter().filter_map(|list| list.line("opened")));
        if !self.filter.is_empty() {
            lines.extend(line(["filter", &self.filter]));
        }
        lines.join("\n")
    }

    /// Reads it back; what it does not know is left out.
    pub fn from_text(text: &str) -> Self {
        let (first, others) = text.split_once('\n').unwrap_or((text, ""));
        let mut left = Self::default();
        for word in first.split_whitespace() {
            match word.split_once('=').unwrap_or((word, "")) {
                ("page", page) => page.clone_into(&mut left.page),
                ("tab", page) => page.clone_into(&mut left.tab),
                ("lists", cells) => left.lists = cells.parse().ok(),
                ("now", cells) => left.now = cells.parse().ok(),
                ("hides-lists", _) => left.hides_lists = true,
                ("hides-now", _) => left.hides_now = true,
                ("spectrum", _) => left.spectrum = true,
                ("lyrics", _) => left.lyrics = true,
                ("sound", words) => words.clone_into(&mut left.sound),
                ("sound-configured", words) => words.clone_into(&mut left.sound_configured),
                ("playlist", id) => left.playlist = id.parse().ok(),
                ("in-rows", _) => left.in_rows = true,
                ("opened-from", page) => page.clone_into(&mut left.opened_from),
                (_, _) => {}
            }
        }
        for line in others.lines() {
            let parts: Vec<&str> = line.split(SEPARATOR).collect();
            match parts.as_slice() {
                ["search", kind, words, row] => {
                    left.search = kind.parse().ok().map(|kind| SearchLeft {
                        kind,
                        words: (*words).to_owned(),
                        row: (*row).to_owned(),
                    });
                }
                ["shelf", list @ ..] => left.shelf = ListLeft::read(list),
                ["opened", list @ ..] => left.opened.extend(ListLeft::read(list)),
                ["filter", words] => (*words).clone_into(&mut left.filter),
                _ => {}
            }
        }
        left
    }
}

impl ListLeft {
    fn line(&self, name: &str) -> Option<String> {
        let by = self.by.as_ref().map_or("", CleanText::as_str);
        line([name, self.service.as_str(), &self.list.0, self.title.as_str(), by, &self.row])
    }

    fn read(parts: &[&str]) -> Option<Self> {
        let [service, list, title, by, row] = parts else { return None };
        Some(Self {
            service: service.parse().ok()?,
            list: ListId((*list).to_owned()),
            title: (*title).into(),
            by: (!by.is_empty()).then(|| (*by).into()),
            row: (*row).to_owned(),
        })
    }
}

/// A line of these parts; `None` where one of them would break it.
fn line<const N: usize>(parts: [&str; N]) -> Option<String> {
    let breaks = |part: &&str| part.contains(char::is_control);
    (!parts.iter().any(breaks)).then(|| parts.join(&SEPARATOR.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(id: &str) -> ListLeft {
        ListLeft {
            service: "audius".parse().unwrap(),
            list: ListId(id.to_owned()),
            title: "Night Ferry".into(),
            by: Some("Ada Cole".into()),
            row: "/music/a b.flac".to_owned(),
        }
    }

    #[test]
    fn what_was_kept_is_read_back() {
        let all = ScreenLeft {
            page: "settings".to_owned(),
            tab: "browse".to_owned(),
            lists: Some(30),
            now: Some(50),
            hides_lists: true,
            hides_now: true,
            spectrum: true,
            lyrics: true,
            sound: "night,-30,mono".to_owned(),
            sound_configured: "off,0".to_owned(),
            playlist: Some(7),
            search: Some(SearchLeft {
                kind: Kind::Album,
                words: "night now=4 \"x\"".to_owned(),
                row: "audius:album:1".to_owned(),
            }),
            shelf: Some(list("top")),
            opened: vec![list("album/1"), ListLeft { by: None, row: String::new(), ..list("artist/a b") }],
            in_rows: true,
            opened_from: "queue".to_owned(),
            filter: "ada c".to_owned(),
        };
        for left in [ScreenLeft::default(), all] {
            assert_eq!(ScreenLeft::from_text(&left.to_text()), left);
        }
        let odd = ScreenLeft::from_text("page=now lists=many colour=red now=4 =");
        let broken = ScreenLeft { shelf: Some(list("a\tb\nfilter\tx")), ..ScreenLeft::default() };
        assert_eq!(ScreenLeft::from_text(&broken.to_text()), ScreenLeft::default());
        let cut = ScreenLeft::from_text("\nsearch\tnothing\ta\tb\nshelf\taudius\nopened\t?\t\t\t\t\nx");
        assert_eq!(cut, ScreenLeft::default());
        assert_eq!(odd, ScreenLeft { page: "now".to_owned(), now: Some(4), ..ScreenLeft::default() });
    }
}
