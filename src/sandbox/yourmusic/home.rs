//! YourMusic's home page: for listeners, and for guests who name the tenant. It holds modules of every
//! kind that the API's description shows, and two that it does not.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{cdn, reply};

use super::auth::Caller;
use super::{invalid, no_method, shapes, tracks};

/// `GET /home`.
pub(super) fn answer(world: &World, ask: &Ask, caller: &Caller) -> Response {
    if ask.method != Method::GET {
        return no_method(ask);
    }
    let user = match caller {
        Caller::User(user) => Some(user.as_str()),
        Caller::Nobody if ask.header("x-tenant") == Some(CREDENTIALS.yourmusic.tenant) => None,
        Caller::Nobody => return invalid("tenant", "The tenant is missing or unknown."),
        // It does not fall back to what guests see.
        Caller::Client | Caller::Stranger => {
            return reply::json(401, &json!({ "message": "Unauthenticated.", "code": "INVALID_AUTH_TOKEN" }));
        }
    };
    let module = |id: &str, kind: &str, layout: &str, key: &str, strategy: &str| {
        json!({ "id": id, "type": kind, "layout": layout, "name_key": key, "name_params": null,
            "actions": { "see_all": null },
            "content_source": { "strategy": strategy, "strategy_version": "1", "execution_mode": null } })
    };
    let mut modules = Vec::new();
    // A module without items is for the client to fill.
    let listening = ("continue-listening", "continue_listening");
    modules.push(module(listening.0, listening.1, "list", "home.continue_listening", listening.1));
    let mut featured = module(
        "featured-playlists",
        "playlist_carousel",
        "horizontal_scroll",
        "home.featured_playlists",
        "editorial_manual",
    );
    featured["items"] = playlists(world, |owner| owner.is_none());
    modules.push(featured);
    let mut fresh = module("fresh-ferries", "track_grid", "grid", "home.fresh_from_{place}", "algorithmic");
    fresh["name_params"] = json!({ "place": "the harbour" });
    fresh["items"] = fresh_tracks(world);
    modules.push(fresh);
    let mut banner = module("banner", "image_banner", "hero", "home.banner", "editorial_manual");
    banner["items"] = json!([{ "id": "9f000000-0000-4000-8000-000000000001", "type": "banner",
        "name": null, "artwork_url": null, "track_id": null, "stream_url": null, "metadata": {} }]);
    modules.push(banner);
    if let Some(user) = user {
        let mut own = module("own-playlists", "playlist_carousel", "list", "home.your_playlists", "user");
        own["items"] = playlists(world, |owner| owner == Some(user));
        modules.push(own);
    }
    let page = json!({ "id": "home", "schema_version": 1, "revision": 7,
        "generated_at": "2026-03-10T12:00:00.000000Z" });
    reply::json(200, &json!({ "page": page, "modules": modules }))
}

fn playlists(world: &World, of: impl Fn(Option<&str>) -> bool) -> Value {
    let store = world.yourmusic.store();
    let wanted = store.playlists.iter().filter(|playlist| of(playlist.owner.as_deref()));
    wanted
        .map(|playlist| {
            json!({ "id": playlist.id, "type": "playlist", "name": playlist.name, "artwork_url": null,
                "track_id": null, "stream_url": null, "metadata": {} })
        })
        .collect()
}

/// Tracks by what opens their stream; some addresses are whole and some are not.
fn fresh_tracks(world: &World) -> Value {
    tracks(&world.catalogue)
        .take(3)
        .filter_map(|entry| {
            let stream = shapes::stream_id(entry)?;
            let site = if entry.number % 2 == 0 { world.api.as_str() } else { "" };
            Some(json!({ "id": format!("9f000000-0000-4000-8000-1{:011x}", entry.number), "type": "track",
                "name": entry.title, "artwork_url": cdn::cover(world, entry), "track_id": stream,
                "stream_url": format!("{site}/yourmusic/stream/{stream}"), "metadata": {} }))
        })
        .collect()
}
