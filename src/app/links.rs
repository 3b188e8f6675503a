//! A pasted link of any service, a name such as `audius:track:D7KyD` or the path of a file opens what it leads to.

use url::Url;

use super::effect::Effect;
use super::focus::Focus;
use super::limits::reason;
use super::notices::Level;
use super::state::State;
use crate::model::{Fault, Item, ItemRef, Ticket, is_path, is_web_address};

/// What is told meanwhile.
const LOOKING: &str = "Looking it up...";

impl State {
    /// Looks up where a link leads when that is all the search line holds; the same with a name or a path.
    pub(super) fn link_typed(&mut self) -> Option<Vec<Effect>> {
        let named = named(self.search.input.text())?;
        Some(self.open_named(named))
    }

    /// Looks up where a link, a name or a path leads when that is what was pasted outside a line.
    pub(super) fn link_pasted(&mut self, text: &str) -> Vec<Effect> {
        match named(text) {
            Some(named) if self.page_focus() == Focus::Downloads => self.find_download(&named),
            Some(named) => self.open_named(named),
            None => self.tell(
                Level::Info,
                "What was pasted is no link, no path and no name such as audius:track:ID; to search for it, go to the line first",
            ),
        }
    }

    fn open_named(&mut self, words: String) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.link = Some(ticket);
        let mut effects = self.tell(Level::Info, LOOKING);
        effects.push(Effect::Resolve { ticket, words });
        effects
    }

    /// What a link leads to.
    pub(super) fn resolved(&mut self, ticket: Ticket, result: Result<Vec<Item>, Fault>) -> Vec<Effect> {
        if self.link != Some(ticket) {
            return Vec::new();
        }
        self.link = None;
        self.notices.over(LOOKING);
        match result {
            Ok(mut items) => match items.pop() {
                Some(Item::Collection(collection)) if items.is_empty() => self.open_collection(collection),
                Some(Item::List(_)) if items.is_empty() => {
                    self.tell(Level::Info, "The link leads to a list that cannot be opened here")
                }
                Some(last) => {
                    items.push(last);
                    self.open_rows("What was named".into(), items)
                }
                None => self.tell(Level::Info, "There is nothing there to play"),
            },
            Err(fault) => {
                let mut effects = self.tell(Level::Error, reason(&fault));
                effects.extend(self.note_named_limit(&fault));
                effects
            }
        }
    }
}

/// The text as a link, a name of a thing of a service or a path of a file, if it is nothing else. A terminal into which a
/// file is dropped writes its path in quotes, or with a backslash before what a shell would read otherwise.
fn named(text: &str) -> Option<String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return None;
    }
    let is_link = Url::parse(text).is_ok_and(|url| is_web_address(&url));
    if !text.contains(char::is_whitespace) && (is_link || text.parse::<ItemRef>().is_ok()) {
        return Some(text.to_owned());
    }
    // Terminals quote the names of files that are dropped on them as a shell reads them.
    let quoted = shlex::split(text).filter(|words| words.len() == 1).and_then(|mut words| words.pop());
    let path = quoted.unwrap_or_else(|| text.to_owned());
    (is_path(&path) && path.len() > 1).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_told_from_words() {
        let rows = [
            ("https://audius.co/a/b\n", Some("https://audius.co/a/b")),
            (" audius:track:D7KyD ", Some("audius:track:D7KyD")),
            ("audius:album:a:b/c", Some("audius:album:a:b/c")),
            ("/music/a.flac", Some("/music/a.flac")),
            ("'/music/Night Ferry.flac'", Some("/music/Night Ferry.flac")),
            ("/music/Night\\ Ferry\\'s.flac ", Some("/music/Night Ferry's.flac")),
            ("'/music/Don'\\''t.flac'", Some("/music/Don't.flac")),
            ("\"/music/Night Ferry.flac\"", Some("/music/Night Ferry.flac")),
            ("/music/Don't.flac", Some("/music/Don't.flac")),
            ("/music/Night Ferry.flac", Some("/music/Night Ferry.flac")),
            ("~/a.flac#t=1,2", Some("~/a.flac#t=1,2")),
            ("file:///music/a%20b.flac", Some("file:///music/a%20b.flac")),
            ("/", None),
            ("night ferry", None),
            ("audius:song:1", None),
            ("/a\n/b", None),
            ("'", None),
            ("", None),
            ("javascript:alert(1)", None),
        ];
        for (text, expected) in rows {
            assert_eq!(named(text).as_deref(), expected, "{text:?}");
        }
    }
}
