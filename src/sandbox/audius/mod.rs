//! Audius: open, every request says which app asks. Under `/audius`, its API under `/audius/v1`.
//!
//! Three generations of servers are in the wild, so three stand here: the newest under `/audius`, which is
//! also the gateway that lists the others, one of 2025 under `/audius/go2025`, and one of the first under
//! `/audius/python`. `/audius/gone` is up and has forgotten every route.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::credentials::CREDENTIALS;
use super::reply;
use super::world::World;

mod activity;
mod ids;
mod oauth;
mod playlists;
mod resolve;
mod search;
mod session;
mod shapes;
mod shelves;
mod state;
mod stream;
mod tracks;
mod users;
mod writes;

pub(super) use state::State;

/// Which server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Generation {
    /// The first, in Python: proxies the bytes, few fields, refuses in HTML.
    Python,
    /// Go, September 2025.
    Go2025,
    /// Go, 2026.
    Go2026,
}

/// A request with what was found out about it.
struct Desk<'a> {
    world: &'a World,
    ask: &'a Ask,
    generation: Generation,
    /// The path's part before `/v1`.
    base: &'static str,
    /// Who asks, if that was proven.
    session: Option<session::Session>,
    /// Whether the path began with `/full`.
    full: bool,
}

/// Status and words.
struct Refusal(u16, String);

fn refusal(code: u16, words: &str) -> Refusal {
    Refusal(code, words.to_owned())
}

/// Answers a request; `path` is what follows `/audius`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let (generation, base, path) = match path {
        ["gone", ..] => return web_page(404, "Not Found"),
        ["python", path @ ..] => (Generation::Python, "/audius/python", path),
        ["go2025", path @ ..] => (Generation::Go2025, "/audius/go2025", path),
        path => (Generation::Go2026, "/audius", path),
    };
    match path {
        [] => root(world, generation),
        ["health_check"] if generation != Generation::Go2026 => data(&json!({ "healthy": true })),
        ["v1", "oauth", path @ ..] if generation == Generation::Go2026 => oauth::answer(world, ask, path),
        ["v1", "full", path @ ..] => desk(world, ask, (generation, base, true), path),
        ["v1", path @ ..] => desk(world, ask, (generation, base, false), path),
        _ => error(404, "not found"),
    }
}

/// What a host says of itself: the gateway lists hosts, not all of them of use; others tell their build.
fn root(world: &World, generation: Generation) -> Response {
    let api = &world.api;
    match generation {
        Generation::Go2026 => data(&json!([
            format!("{api}/audius/gone"),
            null,
            7,
            "",
            "/relative",
            "ftp://files.example",
            ["nested"],
            "http://plain.example.net",
            format!("{api}/audius/python/"),
            format!("{api}/audius/go2025/"),
        ])),
        Generation::Go2025 => {
            reply::json(200, &json!({ "env": "prod", "git": "5e60e", "started": "-", "uptime": "1h" }))
        }
        Generation::Python => web_page(200, "Audius Discovery Provider"),
    }
}

fn desk(
    world: &World,
    ask: &Ask,
    (generation, base, full): (Generation, &'static str, bool),
    path: &[&str],
) -> Response {
    if ask.query("app_name").is_none() {
        return refuse(generation, 400, "app_name is required");
    }
    let key = ask.header("x-api-key").or_else(|| ask.query("api_key"));
    if key.is_some_and(|key| key != CREDENTIALS.audius.api_key) {
        return refuse(generation, 401, "invalid api key");
    }
    let session = match session::prove(world, ask, generation) {
        Ok(session) => session,
        Err(refused) => return refuse(generation, refused.0, &refused.1),
    };
    let desk = Desk { world, ask, generation, base, session, full };
    if ask.method == Method::GET { desk.read(path) } else { writes::answer(&desk, path) }
}

impl Desk<'_> {
    fn read(&self, path: &[&str]) -> Response {
        match path {
            ["me"] if self.generation == Generation::Go2026 => session::me(self),
            ["tracks", path @ ..] => tracks::answer(self, path),
            ["playlists", path @ ..] => playlists::answer(self, path),
            ["users", path @ ..] => users::answer(self, path),
            ["search", path @ ..] => search::answer(self, path),
            ["notifications", user] => users::notifications(self, user),
            ["metrics", "app_name", "trailing", range] => self.metrics(range),
            ["resolve"] => resolve::answer(self),
            _ => self.error(404, "not found"),
        }
    }

    /// How often each app asked, as far as the log goes back. Newer servers know nothing of it.
    fn metrics(&self, range: &str) -> Response {
        if self.generation != Generation::Python {
            return self.error(404, "not found");
        }
        if !matches!(range, "week" | "month" | "all_time") {
            return self.error(400, "invalid time_range");
        }
        let mut counts: Vec<(String, u64)> =
            vec![("trendingdapp".to_owned(), 4711), ("jukebox".to_owned(), 1)];
        for line in self.world.log.lines().iter().filter(|line| line.path.starts_with("/audius")) {
            let pairs = url::form_urlencoded::parse(line.query.as_bytes());
            for (_, app) in pairs.filter(|(name, _)| name == "app_name") {
                match counts.iter_mut().find(|(known, _)| *known == *app) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((app.into_owned(), 1)),
                }
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        self.data(counts.iter().map(|(name, count)| json!({ "name": name, "count": count })).collect())
    }

    /// `limit` and `offset`, or the refusal.
    fn bounds(&self, usual: usize) -> Result<(usize, usize), Refusal> {
        let limit = self.ask.number("limit", usual, 1..=100);
        let limit = limit.ok_or_else(|| refusal(400, "invalid limit"))?;
        let offset = self.ask.number("offset", 0, 0..=usize::MAX);
        Ok((limit, offset.ok_or_else(|| refusal(400, "invalid offset"))?))
    }

    /// The refusal unless `name` is absent or one of `known`.
    fn one_of(&self, name: &str, known: &[&str]) -> Result<(), Refusal> {
        match self.ask.query(name) {
            Some(value) if !known.contains(&value) => Err(refusal(400, &format!("invalid {name}"))),
            Some(_) | None => Ok(()),
        }
    }

    /// The user's number, if who asks has proven to be somebody.
    fn me(&self) -> Option<u32> {
        self.session.as_ref().map(|_| ids::ME)
    }

    fn data(&self, value: Value) -> Response {
        let mut whole = if self.full {
            json!({ "latest_chain_block": 101, "latest_indexed_block": 100, "latest_chain_slot_plays": 7,
                "latest_indexed_slot_plays": 7, "signature": "0x0", "timestamp": "2026-03-01 00:00:00",
                "version": { "service": "discovery-node", "version": "0.7" } })
        } else {
            json!({})
        };
        whole["data"] = value;
        reply::json(200, &whole)
    }

    fn error(&self, code: u16, words: &str) -> Response {
        refuse(self.generation, code, words)
    }

    fn tell(&self, refusal: &Refusal) -> Response {
        self.error(refusal.0, &refusal.1)
    }
}

fn data(value: &Value) -> Response {
    reply::json(200, &json!({ "data": value }))
}

fn error(code: u16, words: &str) -> Response {
    reply::json(code, &json!({ "code": code, "error": words }))
}

/// The first servers refuse in HTML, or without a word.
fn refuse(generation: Generation, code: u16, words: &str) -> Response {
    match generation {
        Generation::Python if code == 404 => web_page(code, words),
        Generation::Python => reply::empty(code),
        Generation::Go2025 | Generation::Go2026 => error(code, words),
    }
}

fn web_page(code: u16, words: &str) -> Response {
    let page = format!("<!doctype html>\n<title>{code} {words}</title>\n<h1>{words}</h1>\n");
    reply::body(code, "text/html; charset=utf-8", page)
}
