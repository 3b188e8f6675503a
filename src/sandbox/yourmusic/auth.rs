//! Tokens of YourMusic: a client's, and a user's on one device. They tell by themselves whose they are
//! and how long they live.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{reply, seal};

use super::{invalid, is_uuid, message};

/// Life of a client token, in seconds.
pub(in crate::sandbox) const CLIENT_LIFE_S: u64 = 3600;

/// Life of a user delegation token, in seconds.
pub(in crate::sandbox) const DELEGATION_LIFE_S: u64 = 600;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// There is no token.
    Nobody,
    /// A client for itself.
    Client,
    /// A client for a user.
    User,
    /// The token is made up or past its end.
    Stranger,
}

/// Reads the `Authorization` header.
pub(super) fn caller(world: &World, ask: &Ask) -> Caller {
    if ask.header("authorization").is_none() {
        return Caller::Nobody;
    }
    let token = ask.bearer().unwrap_or_default();
    let mut parts = token.split('.');
    let (kind, expires, proof) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    let Some(expires) = expires.and_then(|text| text.parse::<u64>().ok()) else { return Caller::Stranger };
    let known = match kind {
        Some("client") => Caller::Client,
        Some("udt") => Caller::User,
        _ => return Caller::Stranger,
    };
    let right = proof == seal::seal(kind.unwrap_or_default(), expires) && parts.next().is_none();
    if right && expires > world.now() { known } else { Caller::Stranger }
}

/// `POST /oauth/token`: a client token for the client's credentials, sent as JSON or as a form.
pub(super) fn client_token(world: &World, ask: &Ask) -> Response {
    if ask.method != Method::POST {
        return message(405, "The method is not supported for this route.");
    }
    if ask.field("grant_type").as_deref() != Some("client_credentials") {
        let words = "The authorization grant type is not supported by the authorization server.";
        return reply::json(400, &json!({ "error": "unsupported_grant_type", "message": words }));
    }
    let known = CREDENTIALS.yourmusic;
    if ask.field("client_id").as_deref() != Some(known.client_id)
        || ask.field("client_secret").as_deref() != Some(known.client_secret)
    {
        let words = "Client authentication failed";
        return reply::json(401, &json!({ "error": "invalid_client", "message": words }));
    }
    reply::json(200, &token(world, "client", "access_token", CLIENT_LIFE_S))
}

/// `POST /users/{user_id}/udt`: a user's token for one device. The answer's field is `token`.
pub(super) fn delegation(world: &World, ask: &Ask, user: &str) -> Response {
    if ask.method != Method::POST {
        return message(405, "The method is not supported for this route.");
    }
    match caller(world, ask) {
        Caller::Client => {}
        Caller::User => return message(403, "This action is unauthorized."),
        Caller::Nobody | Caller::Stranger => return message(401, "Unauthenticated."),
    }
    if user != CREDENTIALS.yourmusic.user_id {
        return message(404, "User not found.");
    }
    if !ask.field("deviceId").is_some_and(|device| is_uuid(&device)) {
        return invalid("deviceId", "The device id field must be a valid UUID.");
    }
    reply::json(200, &token(world, "udt", "token", DELEGATION_LIFE_S))
}

fn token(world: &World, kind: &str, field: &str, life_s: u64) -> Value {
    let expires = world.now().saturating_add(life_s);
    let token = format!("{kind}.{expires}.{}", seal::seal(kind, expires));
    json!({ "token_type": "Bearer", "expires_in": life_s, field: token })
}
