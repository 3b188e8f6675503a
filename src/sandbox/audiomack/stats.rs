//! Reports of plays: a token for one item, and the report that uses it up.

use axum::http::Method;
use axum::response::Response;
use serde_json::json;

use crate::sandbox::catalogue::Entry;
use crate::sandbox::{reply, seal};

use super::Visit;
use super::lists::{error, invalid};
use super::shelf::song_id;

impl<'a> Visit<'a> {
    /// Answers what follows `/music/stats`.
    pub(super) fn stats_answer(&mut self, path: &[&str]) -> Response {
        match (&self.ask.method, path) {
            (&Method::GET, ["token"]) => match self.ask.query("music_id") {
                None => invalid("music_id", "isEmpty"),
                Some(id) => self.with_song(id, Self::stats_token),
            },
            (&Method::POST, [id]) => self.with_song(id, Self::count),
            _ => error(405, 0, "Method not allowed"),
        }
    }

    fn stats_token(&mut self, entry: &'a Entry) -> Response {
        let number = self.state.next_name();
        let token = seal::seal(&format!("stats/{number}"), self.world.now());
        self.state.stats_tokens.insert(token.clone(), song_id(entry));
        let token = json!({ "token": token });
        if entry.number.is_multiple_of(2) { self.one(token) } else { self.bare(token) }
    }

    fn count(&mut self, entry: &'a Entry) -> Response {
        let id = song_id(entry);
        let token = self.ask.field("token").unwrap_or_default();
        if self.state.stats_tokens.get(&token) != Some(&id) {
            return invalid("token", "isInvalid");
        }
        match self.ask.field("type").as_deref() {
            Some("play") => *self.state.plays.entry(id).or_default() += 1,
            // The documents disagree on the name of a view.
            Some("pv") => {}
            Some("view") if entry.number.is_multiple_of(2) => {}
            _ => return invalid("type", "isInvalid"),
        }
        self.state.stats_tokens.remove(&token);
        reply::empty(200)
    }
}
