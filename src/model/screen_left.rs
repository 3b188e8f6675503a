//! How the screen was left.

/// What of the screen comes back at the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenLeft {
    /// The page, by its own name; empty: nobody has said.
    pub page: String,
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
}

impl ScreenLeft {
    /// As a line to be kept: `page=queue lists=30 spectrum`.
    pub fn to_text(&self) -> String {
        let Self { page, lists, now, hides_lists, hides_now, spectrum, lyrics } = self;
        let cells = |name: &str, cells: &Option<u16>| cells.map(|cells| format!("{name}={cells}"));
        let is = |name: &str, is: bool| is.then(|| name.to_owned());
        let words = [
            (!page.is_empty()).then(|| format!("page={page}")),
            cells("lists", lists),
            cells("now", now),
            is("hides-lists", *hides_lists),
            is("hides-now", *hides_now),
            is("spectrum", *spectrum),
            is("lyrics", *lyrics),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Reads it back; what it does not know is left out.
    pub fn from_text(text: &str) -> Self {
        let mut left = Self::default();
        for word in text.split_whitespace() {
            match word.split_once('=').unwrap_or((word, "")) {
                ("page", page) => page.clone_into(&mut left.page),
                ("lists", cells) => left.lists = cells.parse().ok(),
                ("now", cells) => left.now = cells.parse().ok(),
                ("hides-lists", _) => left.hides_lists = true,
                ("hides-now", _) => left.hides_now = true,
                ("spectrum", _) => left.spectrum = true,
                ("lyrics", _) => left.lyrics = true,
                (_, _) => {}
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_back() {
        let all = ScreenLeft {
            page: "browse".to_owned(),
            lists: Some(30),
            now: Some(50),
            hides_lists: true,
            hides_now: true,
            spectrum: true,
            lyrics: true,
        };
        for left in [ScreenLeft::default(), all] {
            assert_eq!(ScreenLeft::from_text(&left.to_text()), left);
        }
        let odd = ScreenLeft::from_text("page=now lists=many colour=red now=4 =");
        assert_eq!(odd, ScreenLeft { page: "now".to_owned(), now: Some(4), ..ScreenLeft::default() });
    }
}
