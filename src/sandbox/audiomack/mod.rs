//! Audiomack: every request is signed with OAuth 1.0a. Under `/audiomack/v1`, with the page that asks the
//! listener under `/audiomack/oauth/authenticate`. Its types are as sloppy as the service's own, and where
//! its documents disagree it does now the one and then the other.
//!
//! To see the failures that the documents name, something can be called `unavailable`: an artist, a new
//! playlist's title, the name before the `@` of an address, or a field asked of `/user`.

use std::sync::MutexGuard;

use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;

use super::ask::Ask;
use super::credentials::CREDENTIALS;
use super::oauth::{self, Known, Signed};
use super::reply;
use super::world::World;

mod artist;
mod charts;
mod cover;
mod downloads;
mod lists;
mod music;
mod notifications;
mod playlists;
mod search;
mod shapes;
mod shelf;
mod sign_in;
mod state;
mod stats;
mod user;

pub(super) use shelf::Shelf;

use shelf::OWN;
use state::State;

/// What is called so fails.
const UNAVAILABLE: &str = "unavailable";

/// One request while it is answered.
struct Visit<'a> {
    world: &'a World,
    ask: &'a Ask,
    shelf: &'a Shelf,
    state: MutexGuard<'a, State>,
    /// From 1, as it stands at the end of the path.
    page: usize,
    /// Whether it was signed for the listener.
    is_user: bool,
}

/// Whether the body may be as large as a picture.
pub(super) fn takes_cover(parts: &Parts) -> bool {
    let media_type = parts.headers.get("content-type").and_then(|value| value.to_str().ok());
    matches!(parts.method, Method::POST | Method::PUT)
        && parts.uri.path().starts_with("/audiomack/v1/playlist")
        && media_type.is_some_and(|media_type| media_type.starts_with("multipart/form-data"))
}

/// Answers a request; `path` is what follows `/audiomack`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    match (&ask.method, path) {
        (_, ["v1", path @ ..]) => signed(world, ask, path),
        (&Method::GET, ["oauth", "authenticate"]) => sign_in::agree(world, ask),
        (&Method::GET, ["covers", id]) => cover::show(world, id),
        _ => reply::empty(404),
    }
}

fn signed(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let known = CREDENTIALS.audiomack;
    let state = world.audiomack.state();
    let now = world.now();
    let secret = |token: &str| match (token == known.access_token, path) {
        (true, _) => Some(known.access_token_secret.to_owned()),
        // A sign-in's token is good for nothing else.
        (false, ["access_token"]) => {
            let token = state.request_tokens.get(token);
            token
                .filter(|token| now < token.issued + sign_in::REQUEST_LIFE_S)
                .map(|token| token.secret.clone())
        }
        (false, _) => {
            let token = state.access_tokens.get(token);
            token.filter(|token| now < token.expires).map(|token| token.secret.clone())
        }
    };
    let known = Known {
        consumer_key: known.consumer_key,
        consumer_secret: known.consumer_secret,
        token_secret: &secret,
    };
    let signed = match oauth::check(ask, &known, &world.nonces, now) {
        Ok(signed) => signed,
        Err(refusal) => return lists::error(401, 1003, refusal.words()),
    };
    // Lists other than searches carry their page at the end of the path.
    let (path, page) = match path {
        [list @ .., "page", page] => (list, page.parse().unwrap_or(0)),
        path => (path, 1),
    };
    if page == 0 {
        return lists::invalid("page", "isInvalid");
    }
    let is_user = signed.token.is_some();
    let mut visit = Visit { world, ask, shelf: &world.audiomack, state, page, is_user };
    visit.answer(path, &signed)
}

impl Visit<'_> {
    fn answer(&mut self, path: &[&str], signed: &Signed) -> Response {
        match (&self.ask.method, path) {
            (&Method::POST, ["request_token"]) => self.request_token(signed),
            (&Method::POST, ["access_token"]) => self.access_token(signed),
            (_, ["music", "stats", rest @ ..]) => self.stats_answer(rest),
            (_, ["music", rest @ ..]) => self.music_answer(rest),
            (_, ["artist", rest @ ..]) => self.artist_answer(rest),
            (&Method::GET, ["chart", kind, span]) => self.chart(kind, span, None),
            (&Method::GET, [genre, "chart", kind, span]) => self.chart(kind, span, Some(genre)),
            (_, ["playlist", rest @ ..]) => self.playlist_answer(rest),
            (&Method::GET, ["search"]) => self.search(),
            (&Method::GET, ["search_autosuggest"]) => self.autosuggest(),
            (&Method::POST, ["user", "register"]) => self.register(),
            (&Method::POST, ["user", "forgot-password"]) => self.forgot_password(),
            (_, ["user", rest @ ..]) => match self.refuse_strangers() {
                Some(refusal) => refusal,
                None => self.user_answer(rest),
            },
            _ => lists::error(404, 0, "Not found"),
        }
    }

    fn user_answer(&mut self, path: &[&str]) -> Response {
        match (&self.ask.method, path) {
            (&Method::GET, []) => self.account(),
            (&Method::GET, ["playlists"]) => self.playlists_of(OWN, true),
            (&Method::GET, ["favorites"]) => self.list(self.favourites(OWN)),
            (&Method::GET, ["feed"]) => self.feed(OWN),
            (&Method::GET, ["uploads"]) => self.list(self.uploads(OWN)),
            (&Method::GET, ["native-notifications"]) => self.notifications(),
            (&Method::POST, ["native-notifications", "seen"]) => self.see_notifications(),
            (&Method::GET, ["downloads"]) => self.downloads(),
            (&Method::POST, ["downloads"]) => self.add_downloads(),
            (&Method::DELETE, ["downloads", ids]) => self.remove_downloads(ids),
            _ => lists::error(405, 0, "Method not allowed"),
        }
    }

    /// The refusal when nobody is signed in.
    fn refuse_strangers(&self) -> Option<Response> {
        (!self.is_user).then(|| lists::error(401, 1004, "This endpoint requires a user token"))
    }
}

/// Nothing, with the one or the other status: the documents disagree.
fn done(id: u32) -> Response {
    reply::empty(if id.is_multiple_of(2) { 204 } else { 200 })
}

/// A switch in any of its forms.
fn is_on(text: &str) -> bool {
    matches!(text, "true" | "yes" | "1" | "on")
}
