//! Who asks: nobody, or the listener whose bearer comes along.

use axum::response::Response;
use serde_json::json;

use crate::sandbox::ask::Ask;
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::oauth::Scope;
use super::{Desk, Generation, Refusal, ids, refusal};

/// A listener who has proven to be one.
pub(super) struct Session {
    pub scope: Scope,
}

/// Whose request this is. `user_id` without proof is refused, whatever is asked for; the first servers did
/// not look at it, and those of 2025 knew no bearer.
pub(super) fn prove(world: &World, ask: &Ask, generation: Generation) -> Result<Option<Session>, Refusal> {
    let known = generation == Generation::Go2026;
    let bearer = ask.bearer().filter(|_| known);
    let scope = bearer.map(|bearer| world.audius.lock().grants.scope(bearer, world.now()));
    if scope == Some(None) {
        return Err(refusal(401, "the access token is not valid"));
    }
    let session = scope.flatten().map(|scope| Session { scope });
    match ask.query("user_id").filter(|_| generation != Generation::Python) {
        Some(user) if session.is_none() || !ids::names(user, ids::ME) => {
            let words = format!("You are not authorized to make this request authedWallet= myId={user}");
            Err(refusal(403, &words))
        }
        Some(_) | None => Ok(session),
    }
}

/// `GET /v1/me`: wrapped or not, with names and types that change.
pub(super) fn me(desk: &Desk<'_>) -> Response {
    if desk.session.is_none() {
        return desk.error(401, "unauthorized");
    }
    let asked = {
        let mut changes = desk.world.audius.lock();
        changes.me_asked += 1;
        changes.me_asked
    };
    let picture = json!({ "150x150": format!("{}/cdn/covers/night-ferry.jpg", desk.world.cdn) });
    if asked.is_multiple_of(2) {
        desk.data(json!({ "id": ids::id(ids::ME), "handle": "listener", "name": "Lis Tener",
            "profile_picture": picture, "is_verified": false }))
    } else {
        reply::json(
            200,
            &json!({ "userId": ids::ME, "handle": "listener", "name": "Lis Tener",
            "email": "lis@example.net", "profilePicture": picture, "verified": false, "sub": ids::ME }),
        )
    }
}
