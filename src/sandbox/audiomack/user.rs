//! The account itself, and how one gets an account.

use axum::response::Response;
use serde_json::json;

use crate::sandbox::reply;

use super::lists::{error, invalid};
use super::shelf::OWN;
use super::{UNAVAILABLE, Visit};

impl Visit<'_> {
    /// `GET /user`.
    pub(super) fn account(&self) -> Response {
        if self.ask.query("fields") == Some(UNAVAILABLE) {
            return error(503, 1006, "User details are unavailable");
        }
        let mut value = self.artist(OWN);
        let ids = |playlists: bool| -> Vec<String> {
            let list = self.state.favourites.iter().filter(|(is_playlist, _)| *is_playlist == playlists);
            list.map(|(_, id)| id.to_string()).collect()
        };
        let own: Vec<u32> =
            self.state.playlists.iter().filter(|list| list.owner == OWN).map(|list| list.id).collect();
        let follows = self.state.follows.iter().filter_map(|artist| self.shelf.artists.get(*artist));
        let more = json!({
            "email": "sandbox@example.org", "favorite_music": ids(false), "favorite_playlists": ids(true),
            "playlists": own, "following": follows.map(|artist| artist.id).collect::<Vec<_>>(),
            "reups": self.state.reposts.iter().map(|(_, id)| id).collect::<Vec<_>>(),
            "new_feed_items": "3", "is_admin": false, "can_comment": true,
        });
        if let (Some(fields), Some(more)) = (value.as_object_mut(), more.as_object()) {
            fields.extend(more.clone());
        }
        self.one(value)
    }

    /// `POST /user/register`.
    pub(super) fn register(&mut self) -> Response {
        let field = |name: &str| self.ask.field(name).filter(|value| !value.is_empty());
        let (Some(_), Some(password)) = (field("email"), field("password")) else {
            return error(422, 1009, "User name and password are required");
        };
        let Some(name) = field("artist_name") else { return invalid("artist_name", "isEmpty") };
        match field("password2") {
            None => return invalid("password2", "isEmpty"),
            Some(second) if second != password => return invalid("password2", "isDifferent"),
            Some(_) => {}
        }
        let (token, secret) = self.new_access_token();
        let body = json!({ "oauth_token": token, "oauth_token_secret": secret,
            "user": { "screen_name": name, "url_slug": super::shelf::short(&name) } });
        reply::json(201, &body)
    }

    /// `POST /user/forgot-password`.
    pub(super) fn forgot_password(&self) -> Response {
        match self.ask.field("email").as_deref().and_then(|email| email.split_once('@')) {
            None => invalid("email", "isEmpty"),
            Some((UNAVAILABLE, _)) => error(500, 1011, "The mail could not be sent"),
            Some(_) => reply::empty(200),
        }
    }
}
