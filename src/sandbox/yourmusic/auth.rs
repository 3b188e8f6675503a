//! Tokens of YourMusic: a client's, a user's on one device, and a session's. They tell by themselves whose
//! they are and how long they live.

use axum::http::Method;
use axum::response::Response;
use serde_json::json;

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{reply, seal};

use super::{Refusal, invalid, is_uuid, message, no_method, refuse};

/// Life of a client token, in seconds.
pub(in crate::sandbox) const CLIENT_LIFE_S: u64 = 3600;

/// Life of a user delegation token, in seconds.
pub(in crate::sandbox) const DELEGATION_LIFE_S: u64 = 600;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// There is no token.
    Nobody,
    /// A client for itself.
    Client,
    /// A user, by session or by delegation; the user's id.
    User(String),
    /// The token is made up or past its end.
    Stranger,
}

/// Reads the `Authorization` header. A token is kind, end, user, serial and proof.
pub(super) fn caller(world: &World, ask: &Ask) -> Caller {
    if ask.header("authorization").is_none() {
        return Caller::Nobody;
    }
    let parts: Vec<&str> = ask.bearer().unwrap_or_default().split('.').collect();
    let [kind, expires, user, serial, proof] = parts.as_slice() else { return Caller::Stranger };
    let Ok(expires) = expires.parse::<u64>() else { return Caller::Stranger };
    if *proof != seal::seal(&format!("{kind}/{user}/{serial}"), expires) || expires <= world.now() {
        return Caller::Stranger;
    }
    match *kind {
        "client" => Caller::Client,
        "udt" | "access" => Caller::User((*user).to_owned()),
        _ => Caller::Stranger,
    }
}

/// A token of this kind for a user; no two are the same.
pub(super) fn token(world: &World, kind: &str, user: &str, serial: u64, life_s: u64) -> String {
    let expires = world.now().saturating_add(life_s);
    let proof = seal::seal(&format!("{kind}/{user}/{serial}"), expires);
    format!("{kind}.{expires}.{user}.{serial}.{proof}")
}

/// `POST /oauth/token`: a client token for the client's credentials, sent as JSON or as a form.
pub(super) fn client_token(world: &World, ask: &Ask) -> Response {
    if ask.method != Method::POST {
        return no_method(ask);
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
    let serial = world.yourmusic.store().serial();
    let token = token(world, "client", "", serial, CLIENT_LIFE_S);
    reply::json(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": CLIENT_LIFE_S }))
}

/// `POST /users/{user_id}/udt`: a user's token for one device. The answer's field is `token`.
pub(super) fn delegation(world: &World, ask: &Ask, user: &str) -> Response {
    if ask.method != Method::POST {
        return no_method(ask);
    }
    if let Err(refusal) = client_only(world, ask) {
        return *refusal;
    }
    let mut store = world.yourmusic.store();
    if store.user(user).is_none() {
        return message(404, "User not found.");
    }
    if !ask.field("deviceId").is_some_and(|device| is_uuid(&device)) {
        return invalid("deviceId", "The device id field must be a valid UUID.");
    }
    let token = token(world, "udt", user, store.serial(), DELEGATION_LIFE_S);
    reply::json(200, &json!({ "token_type": "Bearer", "expires_in": DELEGATION_LIFE_S, "token": token }))
}

/// Refuses everybody but a client that asks for itself.
pub(super) fn client_only(world: &World, ask: &Ask) -> Result<(), Refusal> {
    match caller(world, ask) {
        Caller::Client => Ok(()),
        Caller::User(_) => refuse(message(403, "This action is unauthorized.")),
        Caller::Nobody | Caller::Stranger => refuse(message(401, "Unauthenticated.")),
    }
}
