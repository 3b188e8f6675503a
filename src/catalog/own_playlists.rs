//! What the services have in common about a listener's own playlists. Asks nothing of the network.

use crate::model::{PlaylistAbout, PlaylistPart};

use super::CatalogError;

/// Fails when something is said of a playlist that the service, whose playlists have just these `parts`, would
/// drop without a word.
pub(super) fn check_parts(
    service: &'static str,
    parts: &[PlaylistPart],
    about: &PlaylistAbout,
) -> Result<(), CatalogError> {
    let lacking: Vec<&str> = about.beyond(parts).into_iter().map(PlaylistPart::words).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let reason = format!("it has no {} for playlists; leave that out", lacking.join(" and no "));
    Err(CatalogError::Refused { service, reason })
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
    Err(CatalogError::Changed { service })
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
        let check = |parts: &[PlaylistPart], about: &PlaylistAbout, expected: &str| {
            let words = check_parts("Example", parts, about).err().map(|error| error.to_string());
            assert_eq!(words.unwrap_or_default(), expected, "{parts:?}");
        };
        let all =
            [PlaylistPart::Description, PlaylistPart::Genre, PlaylistPart::Audience, PlaylistPart::Cover];
        check(&all, &about, "");
        check(
            &[],
            &about,
            "Example refused: it has no description and no genre and no choice of public or private and no cover \
             for playlists; leave that out",
        );
        // To have none is granted where there are none.
        let silent = PlaylistAbout {
            title: about.title.clone(),
            description: Some(String::new()),
            ..PlaylistAbout::default()
        };
        check(&[], &silent, "");
        check(
            &[PlaylistPart::Audience, PlaylistPart::Genre],
            &PlaylistAbout { cover: None, ..about.clone() },
            "Example refused: it has no description for playlists; leave that out",
        );
        check(
            &[PlaylistPart::Description, PlaylistPart::Audience, PlaylistPart::Cover],
            &about,
            "Example refused: it has no genre for playlists; leave that out",
        );
    }
}
