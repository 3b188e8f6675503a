//! What the services have in common about a listener's own playlists. Asks nothing of the network.

use crate::model::PlaylistAbout;

use super::CatalogError;

/// What a service keeps of a playlist beside its title and its tracks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keeps {
    /// What it is about.
    pub description: bool,
    /// Its picture.
    pub cover: bool,
    /// Whether everybody sees it.
    pub audience: bool,
}

impl Keeps {
    /// Fails when something is said of a playlist that the service would drop without a word. A genre is said
    /// for those services that want one.
    pub(super) fn check(self, service: &'static str, about: &PlaylistAbout) -> Result<(), CatalogError> {
        let parts = [
            (
                about.description.as_ref().is_some_and(|text| !text.is_empty()) && !self.description,
                "description",
            ),
            (about.cover.is_some() && !self.cover, "cover"),
            (about.public.is_some() && !self.audience, "choice of who sees it"),
        ];
        let lacking: Vec<&str> = parts.iter().filter_map(|(lacks, part)| lacks.then_some(*part)).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let reason = format!("it keeps no {} of a playlist; leave that out", lacking.join(" and no "));
        Err(CatalogError::Refused { service, reason })
    }
}

/// Whether a playlist that holds the tracks `now` has still to be arranged: not when it holds `after` already.
/// Fails when it is no longer as it was `before`: somebody changed it elsewhere, and that must not be lost.
pub(super) fn is_to_do<'a>(
    service: &'static str,
    now: impl IntoIterator<Item = &'a str>,
    before: &[String],
    after: &[String],
) -> Result<bool, CatalogError> {
    let now: Vec<&str> = now.into_iter().collect();
    if now == after {
        return Ok(false);
    }
    if now == before {
        return Ok(true);
    }
    let reason = "the playlist was changed elsewhere; open it again".to_owned();
    Err(CatalogError::Refused { service, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_seen_is_overwritten() {
        let ids = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let check = |now: &str, before: &str, after: &str, expected: Option<bool>| {
            let now = ids(now);
            let found = is_to_do("Example", now.iter().map(String::as_str), &ids(before), &ids(after));
            assert_eq!(found.ok(), expected, "{now:?} {before} {after}");
        };
        check("abc", "abc", "cab", Some(true));
        check("cab", "abc", "cab", Some(false));
        check("abcd", "abc", "cab", None);
        check("acb", "abc", "cab", None);
        check("ab", "abc", "cab", None);
        check("", "", "a", Some(true));
        check("aa", "a", "", None);
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let about = PlaylistAbout {
            title: Some("Sea".to_owned()),
            description: Some("Songs".to_owned()),
            genre: Some("folk".to_owned()),
            public: Some(true),
            cover: Some(vec![1]),
        };
        let check = |keeps: Keeps, about: &PlaylistAbout, expected: &str| {
            let words = keeps.check("Example", about).err().map(|error| error.to_string());
            assert_eq!(words.unwrap_or_default(), expected);
        };
        let all = Keeps { description: true, cover: true, audience: true };
        check(all, &about, "");
        check(
            Keeps::default(),
            &about,
            "Example refused: it keeps no description and no cover and no choice of who sees it of a playlist; leave that out",
        );
        let silent = PlaylistAbout {
            title: about.title.clone(),
            description: Some(String::new()),
            ..PlaylistAbout::default()
        };
        check(Keeps::default(), &silent, "");
        let some = Keeps { audience: true, ..Keeps::default() };
        check(
            some,
            &PlaylistAbout { cover: None, ..about },
            "Example refused: it keeps no description of a playlist; leave that out",
        );
    }
}
