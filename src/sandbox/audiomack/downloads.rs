//! Which music the account has copies of, on whatever machine. No files stand behind it.

use axum::response::Response;
use serde_json::Value;

use crate::sandbox::reply;

use super::Visit;
use super::lists::{error, invalid};
use super::shelf::Music;

impl Visit<'_> {
    /// `GET /user/downloads`: a bare list of ids as texts.
    pub(super) fn downloads(&self) -> Response {
        let ask = self.ask;
        let kind = ask.query("type").unwrap_or("all");
        if !matches!(kind, "all" | "song" | "album") {
            return invalid("type", "isInvalid");
        }
        let (Some(offset), Some(limit)) =
            (ask.number("offset", 0, 0..=usize::MAX), ask.number("limit", 20, 0..=1000))
        else {
            return invalid("limit", "isInvalid");
        };
        let excluded: Vec<&str> =
            ask.query("exclude").map(|ids| ids.split(',').collect()).unwrap_or_default();
        let is_wanted = |id: &String| {
            let music = self.shelf.music(&self.world.catalogue, id);
            let is_kind = match music {
                Some(Music::Song(_)) => kind != "album",
                Some(Music::Album(_)) => kind != "song",
                None => false,
            };
            is_kind && !excluded.contains(&id.as_str())
        };
        let ids = self.state.downloads.iter().map(u32::to_string).filter(is_wanted);
        let page = ids.skip(offset).take(if limit == 0 { usize::MAX } else { limit });
        reply::json(200, &page.map(Value::from).collect())
    }

    /// `POST /user/downloads`: the ids stand in the query.
    pub(super) fn add_downloads(&mut self) -> Response {
        let Some(ids) = self.ask.query("music_id") else { return invalid("music_id", "isEmpty") };
        let Some(ids) = self.music_ids(ids) else { return error(404, 1005, "Song not found") };
        for id in ids {
            if !self.state.downloads.contains(&id) {
                self.state.downloads.push(id);
            }
        }
        reply::empty(201)
    }

    /// `DELETE /user/downloads/{ids}`.
    pub(super) fn remove_downloads(&mut self, ids: &str) -> Response {
        let Some(ids) = self.music_ids(ids) else { return error(404, 1005, "Song not found") };
        self.state.downloads.retain(|known| !ids.contains(known));
        reply::empty(200)
    }

    /// Ids with commas between them, if there is music for each.
    fn music_ids(&self, ids: &str) -> Option<Vec<u32>> {
        ids.split(',').map(|id| Some(self.shelf.music(&self.world.catalogue, id.trim())?.id())).collect()
    }
}
