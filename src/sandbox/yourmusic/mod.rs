//! YourMusic: a tenant's catalogue in 7digital's shapes, with HLS streams, users and playlists. Under
//! `/yourmusic`. It has only what has an HLS stream; the paths are those that the API's description suggests.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::catalogue::{Access, Catalogue, Entry};
use super::world::World;
use super::{cdn, date, percent, reply};

mod artists;
pub(super) mod auth;
mod home;
mod playlists;
mod releases;
mod seeds;
mod shapes;
pub(super) mod sign_in;
mod state;
mod tracks;
mod users;

use auth::Caller;

pub(super) use state::State;

/// Seconds that the addresses in a manifest are good for.
pub(super) const MANIFEST_LIFE_S: u64 = 600;

/// The sizes of artwork there are.
const IMAGE_SIZES: &[&str] = &["33", "50", "100", "180", "182", "200", "350", "500", "800"];

/// Most ids in one batch.
const MAX_BATCH: usize = 50;

/// Rows on a page of Laravel's own lists.
const LARAVEL_PAGE: usize = 15;

/// Answers a request; `path` is what follows `/yourmusic`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    // Who does not ask for JSON is sent to a page for a browser, as Laravel does.
    if !ask.header("accept").is_none_or(|types| types.contains('*') || types.contains("json")) {
        return reply::redirect(302, &format!("{}/login", world.api));
    }
    match path {
        ["heartbeat"] => {
            return reply::json(200, &json!({ "time": format!("{}+00:00", date::iso(world.now())) }));
        }
        ["aggregator", "status"] => return reply::json(200, &json!({ "status": "up" })),
        ["oauth", "token"] => return auth::client_token(world, ask),
        ["users", user, "udt"] => return auth::delegation(world, ask, user),
        ["users", path @ ..] => return users::admin(world, ask, path),
        ["auth", path @ ..] => return sign_in::answer(world, ask, path),
        _ => {}
    }
    let caller = auth::caller(world, ask);
    if let ["home"] = path {
        return home::answer(world, ask, &caller);
    }
    let user = match caller {
        Caller::User(user) => user,
        Caller::Client => return message(403, "This action is unauthorized."),
        Caller::Nobody | Caller::Stranger => return message(401, "Unauthenticated."),
    };
    match path {
        ["me"] => users::me(world, ask, &user),
        ["checkout"] => users::checkout(world, ask),
        ["playlists", path @ ..] => playlists::answer(world, ask, path, &user),
        _ if ask.method != Method::GET => no_method(ask),
        _ => read(world, ask, path, &user),
    }
}

fn read(world: &World, ask: &Ask, path: &[&str], user: &str) -> Response {
    if ask.query("imageSize").is_some_and(|size| !IMAGE_SIZES.contains(&size)) {
        return invalid("imageSize", "The selected image size is invalid.");
    }
    if ask
        .query("usageTypes")
        .is_some_and(|usage| usage.split(',').any(|usage| !matches!(usage, "download" | "stream")))
    {
        return invalid("usageTypes", "The selected usage types is invalid.");
    }
    if ask.query("type").is_some_and(|kind| !matches!(kind, "album" | "single" | "video")) {
        return invalid("type", "The selected type is invalid.");
    }
    for flag in ["excludeExplicitContent", "showErrors"] {
        if ask.query(flag).is_some_and(|on| !matches!(on, "true" | "false" | "1" | "0")) {
            return invalid(flag, "The field must be true or false.");
        }
    }
    match path {
        ["artists", path @ ..] => artists::answer(world, ask, path),
        ["releases", path @ ..] => releases::answer(world, ask, path),
        ["tracks", path @ ..] => tracks::answer(world, ask, path),
        ["stream", id] => stream(world, id, user),
        _ => no_route(ask),
    }
}

/// What the tenant has: everything with an HLS stream.
fn tracks(catalogue: &Catalogue) -> impl Iterator<Item = &Arc<Entry>> {
    catalogue.all().filter(|entry| entry.piece.playlist().is_some())
}

/// The manifest itself, or the way to it: two of three streams are answered here, the rest elsewhere.
fn stream(world: &World, id: &str, user: &str) -> Response {
    if !is_uuid(id) {
        return invalid("stream_id", "The stream id field must be a valid UUID.");
    }
    let status = world.yourmusic.store().user(user).map_or("NONE", |user| user.status);
    if !matches!(status, "SUBSCRIBED" | "TRIAL") {
        return message(403, "A subscription is needed to listen.");
    }
    let entry = tracks(&world.catalogue).find(|entry| shapes::stream_id(entry).as_deref() == Some(id));
    let Some((entry, playlist)) = entry.and_then(|entry| Some((entry, entry.piece.playlist()?))) else {
        return message(404, "Stream not found.");
    };
    if entry.access != Access::Open {
        return message(403, "This stream is not available to you.");
    }
    if entry.number % 3 == 2 {
        return reply::redirect(302, &cdn::signed(world, "yourmusic", playlist, MANIFEST_LIFE_S));
    }
    match cdn::manifest(world, "yourmusic", playlist, MANIFEST_LIFE_S) {
        Some(text) => reply::body(200, cdn::PLAYLIST, text),
        None => message(404, "Stream not found."),
    }
}

/// The page of `rows` that is asked for, in the catalogue's way of counting, and its size and number.
fn cut<T>(ask: &Ask, rows: Vec<T>) -> Result<(usize, usize, Vec<T>), Refusal> {
    let Some(size) = ask.number("pageSize", 10, 10..=50) else {
        return refuse(invalid("pageSize", "The page size field must be between 10 and 50."));
    };
    let Some(page) = ask.number("page", 1, 1..=usize::MAX) else {
        return refuse(invalid("page", "The page field must be at least 1."));
    };
    Ok((page, size, rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect()))
}

/// What every search of the catalogue answers.
fn results<T>(ask: &Ask, found: Vec<T>, shape: impl Fn(T) -> Value) -> Response {
    let total = found.len();
    match cut(ask, found) {
        Err(refusal) => *refusal,
        Ok((page, size, rows)) => {
            let rows: Vec<Value> = rows.into_iter().map(shape).collect();
            let answer = json!({ "estimatedTotalItems": total, "page": page, "expectedPageSize": size,
                "results": rows });
            reply::json(200, &answer)
        }
    }
}

/// One entry per known id in the order of the request; the others are told only on request.
fn batch(
    ask: &Ask,
    parameter: &str,
    name: &str,
    find: impl Fn(u32) -> Option<Value>,
) -> Result<Response, Refusal> {
    let Some(ids) = ask.query(parameter) else {
        return refuse(invalid(parameter, &format!("The {parameter} field is required.")));
    };
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.len() > MAX_BATCH {
        return refuse(invalid(
            parameter,
            &format!("The {parameter} field must not have more than 50 items."),
        ));
    }
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for id in ids {
        match id.parse().ok().and_then(&find) {
            Some(row) => found.push(row),
            None => errors.push(json!({ "id": id, "code": 2001, "message": "Not found" })),
        }
    }
    let told = if is_on(ask, "showErrors") { errors } else { Vec::new() };
    Ok(reply::json(200, &json!({ "items": { name: found, "errors": told } })))
}

fn is_on(ask: &Ask, flag: &str) -> bool {
    matches!(ask.query(flag), Some("true" | "1"))
}

/// A page in Laravel's own shape, with whole addresses of the others.
fn laravel_page(world: &World, ask: &Ask, rows: &[Value]) -> Response {
    let Some(page) = ask.number("page", 1, 1..=100_000) else {
        return invalid("page", "The page field must be at least 1.");
    };
    let last = rows.len().div_ceil(LARAVEL_PAGE).max(1);
    let skipped = (page - 1) * LARAVEL_PAGE;
    let shown: Vec<&Value> = rows.iter().skip(skipped).take(LARAVEL_PAGE).collect();
    let path = format!("{}{}", world.api, ask.path);
    let link = |page: usize| {
        let others = ask.query.iter().filter(|(name, _)| name != "page");
        let pair = |(name, value): &(String, String)| {
            format!("{}={}", percent::encode(name), percent::encode(value))
        };
        let mut pairs: Vec<String> = others.map(pair).collect();
        pairs.push(format!("page={page}"));
        format!("{path}?{}", pairs.join("&"))
    };
    let place = |offset: usize| (!shown.is_empty()).then_some(skipped + offset);
    let links = json!({ "first": link(1), "last": link(last), "prev": (page > 1).then(|| link(page - 1)),
        "next": (page < last).then(|| link(page + 1)) });
    let meta = json!({ "current_page": page, "from": place(1), "last_page": last, "path": path,
        "per_page": LARAVEL_PAGE, "to": place(shown.len()), "total": rows.len() });
    reply::json(200, &json!({ "data": shown, "links": links, "meta": meta }))
}

/// Whether a text is a UUID as RFC 9562 section 4 writes it.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// An answer that ends a request early.
type Refusal = Box<Response>;

fn refuse<T>(response: Response) -> Result<T, Refusal> {
    Err(Box::new(response))
}

fn message(status: u16, words: &str) -> Response {
    reply::json(status, &json!({ "message": words }))
}

fn no_route(ask: &Ask) -> Response {
    message(404, &format!("The route {} could not be found.", ask.path))
}

fn no_method(ask: &Ask) -> Response {
    message(405, &format!("The {} method is not supported for route {}.", ask.method, ask.path))
}

fn invalid(field: &str, words: &str) -> Response {
    reply::json(422, &json!({ "message": "The given data was invalid.", "errors": { field: [words] } }))
}
