//! What is in the listener's own playlists, and how it is put in another order: the service appends at the end
//! and takes places out, nothing else.

use serde_json::{Value, json};

use crate::catalog::address::asked_id;
use crate::catalog::call::Kept;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Item, Page};

use super::operations::MY_PLAYLIST_TRACKS;
use super::{At, Audiosocket, NAME, PAGE_ROWS, Rows, convert, numbered, wire};

/// Most rows of an own playlist that are put in order.
const MAX_ROWS: usize = 5000;

/// Where the rows of a playlist may be.
const ROWS: &[&str] = &["data", "playlist_tracks", "tracks"];

/// A place of a playlist: its own id, and the player's id of what stands there.
pub(super) type Placed = (String, String);

/// What turns a playlist into another one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rearranged {
    /// Ids of places to take out.
    pub gone: Vec<String>,
    /// What comes to the end, in this order; the player's ids.
    pub added: Vec<String>,
}

impl Audiosocket {
    pub(super) async fn own_tracks(&self, id: &str, at: At) -> Result<Page<Item>, CatalogError> {
        let id = asked_id(NAME, "playlist", id)?;
        let values = [("id", id)];
        let rows = self.rows(&MY_PLAYLIST_TRACKS, &values, at, ROWS, Some(thing(id))).await?;
        self.placed(rows)
    }

    /// Every place of an own playlist as it is now, whatever was read before.
    pub(super) async fn places(&self, id: &str) -> Result<Vec<Placed>, CatalogError> {
        let mut places: Vec<Placed> = Vec::new();
        for page in 0..tolerant::MAX_PAGES {
            let at = (page, PAGE_ROWS);
            let (number, per_page) = numbered(at);
            // Everything comes at once, unless the service knows no such thing.
            let values = [("id", id), ("page", &number), ("per_page", &per_page), ("pagination", "false")];
            let value = self.get(&MY_PLAYLIST_TRACKS, &values, Some(thing(id))).await?;
            let rows = self.gathered(Kept { value, is_stale: false }, at, ROWS)?;
            let more = rows.more;
            let before = places.len();
            for place in rows.list.into_iter().filter_map(wire::place) {
                let kind = if place.is_sound { convert::SOUND } else { "" };
                let Some(own) = place.id else { continue };
                if !places.iter().take(before).any(|(known, _)| *known == own) {
                    places.push((own, format!("{kind}{}", place.media_id)));
                }
            }
            // A page that brings nothing new is the first one again.
            if !more || places.len() == before {
                return Ok(places);
            }
            if places.len() > MAX_ROWS {
                break;
            }
        }
        Err(self.caller.senseless("the playlist does not end"))
    }

    /// A page whose rows are places with something in them.
    pub(super) fn placed(&self, rows: Rows) -> Result<Page<Item>, CatalogError> {
        let base = self.setup.base()?;
        let items = rows.list.into_iter().filter_map(wire::place);
        let items = items.filter_map(|place| convert::placed(base, place));
        let items = items.map(|track| Item::Track(self.as_kept(track))).collect();
        Ok(Page { items, total: rows.total, more: rows.more, is_stale: rows.is_stale })
    }
}

fn thing(id: &str) -> String {
    format!("playlist {}{id}", convert::OWN)
}

/// The places to take out so that as much as can be of the beginning stays where it is; the rest comes to the
/// end.
pub(super) fn rearranged(now: &[Placed], wanted: &[String]) -> Rearranged {
    let mut rest = wanted.iter();
    let mut next = rest.next();
    let mut gone = Vec::new();
    for (place, id) in now {
        if next.is_some_and(|wanted| wanted == id) {
            next = rest.next();
        } else {
            gone.push(place.clone());
        }
    }
    Rearranged { gone, added: next.into_iter().chain(rest).cloned().collect() }
}

/// The body that changes a playlist's places.
pub(super) fn attributes(change: &Rearranged) -> Value {
    let gone = change.gone.iter().map(|place| json!({ "id": number_or_text(place), "_destroy": true }));
    let added = change.added.iter().map(|id| {
        let (class, id) = media(id);
        json!({ "mediable_id": number_or_text(id), "mediable_type": class })
    });
    json!({ "playlist_tracks_attributes": gone.chain(added).collect::<Vec<_>>() })
}

/// The service's class and id of a track or sound effect.
pub(super) fn media(id: &str) -> (&'static str, &str) {
    match id.strip_prefix(convert::SOUND) {
        Some(id) => ("Sfx", id),
        None => ("Track", id),
    }
}

/// Ids are numbers at this service, as far as anybody knows.
pub(super) fn number_or_text(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| json!(id), |number| json!(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    fn places(text: &str) -> Vec<Placed> {
        text.chars().zip(1..).map(|(id, place): (_, u32)| (place.to_string(), id.to_string())).collect()
    }

    #[test]
    fn only_what_must_move_moves() {
        let check = |now: &str, wanted: &str, gone: &[&str], added: &str| {
            let gone = gone.iter().map(|&place| place.to_owned()).collect();
            assert_eq!(
                rearranged(&places(now), &ids(wanted)),
                Rearranged { gone, added: ids(added) },
                "{now} {wanted}"
            );
        };
        check("abc", "abc", &[], "");
        check("abc", "abcd", &[], "d");
        check("abc", "ac", &["2"], "");
        check("abc", "acb", &["2"], "b");
        check("abc", "cab", &["1", "2"], "ab");
        check("aab", "aba", &["2"], "a");
        check("abc", "", &["1", "2", "3"], "");
        check("", "ab", &[], "ab");
    }

    proptest! {
        #[test]
        fn what_was_wanted_comes_out(now in "[a-d]{0,12}", wanted in "[a-d]{0,12}") {
            let now = places(&now);
            let change = rearranged(&now, &ids(&wanted));
            let kept = now.iter().filter(|(place, _)| !change.gone.contains(place)).map(|(_, id)| id.clone());
            prop_assert_eq!(kept.chain(change.added.clone()).collect::<Vec<_>>(), ids(&wanted));
        }
    }
}
