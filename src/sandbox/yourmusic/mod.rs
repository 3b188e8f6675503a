//! YourMusic: a tenant's catalogue in 7digital's shapes, with HLS streams. Under `/yourmusic`. It has
//! only what has an HLS stream; the paths are those that the API's description suggests.

use std::sync::Arc;

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::catalogue::{Access, Entry};
use super::credentials::CREDENTIALS;
use super::world::World;
use super::{cdn, reply};

pub(super) mod auth;
mod playlists;
mod shapes;

use auth::Caller;

/// Most ids in one batch.
const MAX_BATCH: usize = 50;

/// Seconds that the addresses in a manifest are good for.
pub(super) const MANIFEST_LIFE_S: u64 = 600;

/// The sizes of artwork there are.
const IMAGE_SIZES: &[&str] = &["33", "50", "100", "180", "182", "200", "350", "500", "800"];

/// Answers a request; `path` is what follows `/yourmusic`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    match path {
        ["oauth", "token"] => return auth::client_token(world, ask),
        ["users", user, "udt"] => return auth::delegation(world, ask, user),
        _ => {}
    }
    if ask.method != Method::GET {
        return message(405, "The method is not supported for this route.");
    }
    let caller = auth::caller(world, ask);
    if let ["home"] = path {
        return home(ask, caller);
    }
    match caller {
        Caller::User => read(world, ask, path),
        Caller::Client => message(403, "This action is unauthorized."),
        Caller::Nobody | Caller::Stranger => message(401, "Unauthenticated."),
    }
}

fn read(world: &World, ask: &Ask, path: &[&str]) -> Response {
    if ask.query("imageSize").is_some_and(|size| !IMAGE_SIZES.contains(&size)) {
        return invalid("imageSize", "The selected image size is invalid.");
    }
    match path {
        ["me"] => reply::json(
            200,
            &json!({ "id": CREDENTIALS.yourmusic.user_id, "first_name": "Ada", "last_name": "Cole",
                "email": "ada@example.net", "status": "SUBSCRIBED", "subscription_ends_at": null }),
        ),
        ["tracks", "search"] => search(world, ask),
        ["tracks", "batch"] => batch(world, ask),
        ["tracks", id] => match id.parse().ok().and_then(|id: u32| find(world, id)) {
            Some(entry) => reply::json(200, &json!({ "track": shapes::track(world, entry) })),
            None => message(404, "Track not found."),
        },
        ["stream", id] => stream(world, id),
        ["playlists"] => reply::json(200, &playlists::mine()),
        ["playlists", "search"] => playlists::search(ask),
        ["playlists", id] => playlists::one(world, ask, id),
        ["playlists", id, "tracks"] => playlists::tracks(world, id),
        _ => message(404, &format!("The route {} could not be found.", ask.path)),
    }
}

/// What the tenant has: everything with an HLS stream.
fn tracks(world: &World) -> impl Iterator<Item = &Arc<Entry>> {
    world.catalogue.all().filter(|entry| entry.piece.playlist().is_some())
}

fn find(world: &World, id: u32) -> Option<&Arc<Entry>> {
    tracks(world).find(|entry| shapes::id(entry) == id)
}

fn search(world: &World, ask: &Ask) -> Response {
    let Some(words) = ask.query("q") else { return invalid("q", "The q field is required.") };
    let Some(size) = ask.number("pageSize", 10, 10..=50) else {
        return invalid("pageSize", "The page size field must be between 10 and 50.");
    };
    let Some(page) = ask.number("page", 1, 1..=usize::MAX) else {
        return invalid("page", "The page field must be at least 1.");
    };
    if ask.query("usageTypes").is_some_and(|usage| !matches!(usage, "download" | "stream")) {
        return invalid("usageTypes", "The selected usage types is invalid.");
    }
    let clean_only = ask.query("excludeExplicitContent") == Some("true");
    let mut found = world.catalogue.search(words);
    found.retain(|entry| entry.piece.playlist().is_some() && !(clean_only && entry.explicit));
    let rows = found.iter().skip((page - 1).saturating_mul(size)).take(size);
    let rows: Vec<Value> = rows.map(|entry| shapes::track(world, entry)).collect();
    let page = json!({ "estimatedTotalItems": found.len(), "page": page, "expectedPageSize": size,
        "results": rows });
    reply::json(200, &page)
}

/// One track per known id in the order of the request; the others are told only on request.
fn batch(world: &World, ask: &Ask) -> Response {
    let Some(ids) = ask.query("trackids") else {
        return invalid("trackids", "The trackids field is required.");
    };
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.len() > MAX_BATCH {
        return invalid("trackids", "The trackids field must not have more than 50 items.");
    }
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for id in ids {
        match id.parse().ok().and_then(|id: u32| find(world, id)) {
            Some(entry) => found.push(shapes::track(world, entry)),
            None => errors.push(json!({ "id": id, "code": 2001, "message": "Track not found" })),
        }
    }
    let told = if ask.query("showErrors") == Some("true") { errors } else { Vec::new() };
    reply::json(200, &json!({ "items": { "tracks": found, "errors": told } }))
}

/// The manifest itself, or the way to it: two of three streams are answered here, the rest elsewhere.
fn stream(world: &World, id: &str) -> Response {
    if !is_uuid(id) {
        return invalid("stream_id", "The stream id field must be a valid UUID.");
    }
    let entry = tracks(world).find(|entry| shapes::stream_id(entry).as_deref() == Some(id));
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

/// The home page: for users, and for guests who name the tenant.
fn home(ask: &Ask, caller: Caller) -> Response {
    let tenant = ask.header("x-tenant");
    match caller {
        Caller::User => {}
        Caller::Nobody if tenant == Some(CREDENTIALS.yourmusic.tenant) => {}
        Caller::Nobody => return invalid("tenant", "The tenant is missing or unknown."),
        Caller::Client | Caller::Stranger => {
            return reply::json(401, &json!({ "message": "Unauthenticated.", "code": "INVALID_AUTH_TOKEN" }));
        }
    }
    let module = |id: &str, kind: &str, layout: &str, key: &str, strategy: &str| {
        json!({ "id": id, "type": kind, "layout": layout, "name_key": key, "name_params": null,
            "actions": { "see_all": null },
            "content_source": { "strategy": strategy, "strategy_version": "1", "execution_mode": null } })
    };
    // A module without items is for the client to fill.
    let continued = module(
        "continue-listening",
        "continue_listening",
        "list",
        "home.continue_listening",
        "continue_listening",
    );
    let mut featured = module(
        "featured-playlists",
        "playlist_carousel",
        "horizontal_scroll",
        "home.featured_playlists",
        "editorial_manual",
    );
    featured["items"] = playlists::featured();
    let page = json!({ "id": "home", "schema_version": 1, "revision": 7,
        "generated_at": "2026-03-10T12:00:00.000000Z" });
    reply::json(200, &json!({ "page": page, "modules": [continued, featured] }))
}

/// Whether a text is a UUID as RFC 9562 section 4 writes it.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn message(status: u16, words: &str) -> Response {
    reply::json(status, &json!({ "message": words }))
}

fn invalid(field: &str, words: &str) -> Response {
    reply::json(422, &json!({ "message": "The given data was invalid.", "errors": { field: [words] } }))
}
