//! What happened to the account, in pages that a token leads through.

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::reply;

use super::lists::invalid;
use super::state::Notification;
use super::{Visit, is_on};

/// Rows a page when no `limit` is sent.
const PAGE_ROWS: usize = 20;

/// When the first one happened, in unix seconds; an hour lies between them.
const FIRST: u64 = 1_767_300_000;

impl Visit<'_> {
    /// `GET /user/native-notifications`.
    pub(super) fn notifications(&mut self) -> Response {
        let Some(limit) = self.ask.number("limit", PAGE_ROWS, 1..=100) else {
            return invalid("limit", "isInvalid");
        };
        // A token says from which one on, the newest first.
        let from = match self.ask.query("paging_token") {
            None => u32::MAX,
            Some(token) => match token.strip_prefix("before-").and_then(|number| number.parse().ok()) {
                Some(number) => number,
                None => return invalid("paging_token", "isInvalid"),
            },
        };
        let only_unseen = self.ask.query("only_unseen").is_some_and(is_on);
        let unseen = self.state.notifications.iter().filter(|known| !known.seen).count();
        let wanted = |known: &&mut Notification| known.number < from && !(only_unseen && known.seen);
        let page: Vec<Notification> = self
            .state
            .notifications
            .iter_mut()
            .filter(wanted)
            .take(limit)
            .map(|known| {
                known.told = true;
                *known
            })
            .collect();
        let rows: Vec<Value> = page.iter().map(|known| self.notification(*known)).collect();
        let next =
            page.last().map(|known| format!("before-{}", known.number)).filter(|_| page.len() == limit);
        reply::json(200, &json!({ "results": rows, "paging_token": next, "unseen": unseen }))
    }

    fn notification(&self, known: Notification) -> Value {
        let other = usize::try_from(known.number).unwrap_or(0) % self.shelf.artists.len();
        let verb = ["favorite", "follow", "reup", "playlist_add", "moonwalk"]
            [usize::try_from(known.number % 5).unwrap_or(0)];
        let object = match self.world.catalogue.entry(known.number) {
            Some(entry) if verb != "follow" => self.song(entry),
            _ => Value::Null,
        };
        let named = if known.number.is_multiple_of(2) { "verb" } else { "type" };
        let seen =
            if known.number.is_multiple_of(3) { json!(known.seen) } else { json!(u8::from(known.seen)) };
        json!({ named: verb, "created": (FIRST + u64::from(known.number) * 3600).to_string(), "seen": seen,
            "actor": self.uploader(other), "object": object })
    }

    /// `POST /user/native-notifications/seen`: those that were told, or all.
    pub(super) fn see_notifications(&mut self) -> Response {
        let body: Value = serde_json::from_slice(&self.ask.body).unwrap_or_default();
        let for_all = match &body["for_all"] {
            Value::Bool(all) => *all,
            _ => self.ask.field("for_all").is_some_and(|all| is_on(&all)),
        };
        for known in &mut self.state.notifications {
            known.seen |= for_all || known.told;
        }
        reply::empty(200)
    }
}
