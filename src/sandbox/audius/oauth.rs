//! "Log in with Audius": OAuth 2.0 (RFC 6749) with PKCE (RFC 7636) and no client secret. The page that asks
//! the listener says yes at once. Refresh tokens are good for one use; one that comes back a second time
//! ends all that grew from the same sign-in (RFC 9700 section 4.14.2).

use axum::http::Method;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::{Host, Url};

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::world::World;
use crate::sandbox::{reply, seal};

/// Life of an access token, in seconds.
pub(in crate::sandbox) const ACCESS_LIFE_S: u64 = 3600;

/// Life of a refresh token, in seconds.
const REFRESH_LIFE_S: u64 = 2_592_000;

/// Life of a code, in seconds.
const CODE_LIFE_S: u64 = 600;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Read,
    Write,
}

/// Every sign-in there was, by its place.
#[derive(Default)]
pub(super) struct Grants(Vec<Grant>);

/// One sign-in: its code until that is exchanged, then its tokens.
struct Grant {
    scope: Scope,
    challenge: String,
    redirect_uri: String,
    /// Until when the code is good, and whether it was used.
    code: (u64, bool),
    /// Which turn of the tokens is the last one; nought before the code is exchanged.
    turn: u32,
    access_until: u64,
    refresh_until: u64,
    ended: bool,
}

impl Grants {
    /// What a bearer may do, if it is the newest of a sign-in that has not ended.
    pub(super) fn scope(&self, bearer: &str, now: u64) -> Option<Scope> {
        let (place, turn) = read(bearer, "access")?;
        let grant = self.0.get(place)?;
        (!grant.ended && grant.turn == turn && now < grant.access_until).then_some(grant.scope)
    }
}

/// Answers below `/v1/oauth`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    match (path, &ask.method) {
        (["authorize"], &Method::GET) => authorize(world, ask),
        (["token"], &Method::POST) => token(world, ask),
        (["revoke"], &Method::POST) => revoke(world, ask),
        (["authorize" | "token" | "revoke"], _) => refusal(405, "invalid_request", "method not allowed"),
        _ => super::error(404, "not found"),
    }
}

/// The page in the browser. What is wrong with the app or its address is told here, everything else there.
fn authorize(world: &World, ask: &Ask) -> Response {
    if ask.query("api_key") != Some(CREDENTIALS.audius.api_key) {
        return refusal(400, "invalid_client", "unknown api_key");
    }
    let given = ask.query("redirect_uri").unwrap_or_default();
    let Some(mut back) = registered(given) else {
        return refusal(400, "invalid_request", "redirect_uri is not registered");
    };
    let state = ask.query("state").unwrap_or_default();
    let challenge = ask.query("code_challenge").unwrap_or_default();
    let scope = match ask.query("scope") {
        Some("read") => Some(Scope::Read),
        Some("write") => Some(Scope::Write),
        Some(_) | None => None,
    };
    let wrong = match scope {
        _ if ask.query("response_type") != Some("code") => Some(("unsupported_response_type", "use code")),
        _ if state.is_empty() => Some(("invalid_request", "state is required")),
        _ if ask.query("code_challenge_method") != Some("S256") => Some(("invalid_request", "use S256")),
        _ if challenge.len() != 43 => Some(("invalid_request", "code_challenge is required")),
        None => Some(("invalid_scope", "scope is read or write")),
        Some(_) => None,
    };
    let mut answer = url::form_urlencoded::Serializer::new(String::new());
    if let (None, Some(scope)) = (wrong, scope) {
        let mut changes = world.audius.lock();
        let grants = &mut changes.grants.0;
        answer.append_pair("code", &write("code", grants.len(), 0));
        grants.push(Grant {
            scope,
            challenge: challenge.to_owned(),
            redirect_uri: given.to_owned(),
            code: (world.now().saturating_add(CODE_LIFE_S), false),
            turn: 0,
            access_until: 0,
            refresh_until: 0,
            ended: false,
        });
    } else if let Some((error, words)) = wrong {
        answer.append_pair("error", error).append_pair("error_description", words);
    }
    let answer = answer.append_pair("state", state).finish();
    match ask.query("response_mode") {
        Some("query") => {
            let query = back.query().map(|query| format!("{query}&{answer}"));
            back.set_query(Some(&query.unwrap_or(answer)));
        }
        None | Some("fragment") => back.set_fragment(Some(&answer)),
        Some(_) => return refusal(400, "invalid_request", "response_mode is fragment or query"),
    }
    reply::redirect(302, back.as_str())
}

/// Addresses of this machine and apps' own schemes are registered; no other address of numbers, no
/// fragment, no user, no step up the path.
fn registered(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || !matches!(url.scheme(), "http" | "https"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => !matches!(url.scheme(), "javascript" | "data" | "file"),
    };
    (plain && here && !text.contains("..")).then_some(url)
}

fn token(world: &World, ask: &Ask) -> Response {
    if let Some(refused) = unfit(ask) {
        return refused;
    }
    let field = |name: &str| ask.field(name).unwrap_or_default();
    let now = world.now();
    let mut changes = world.audius.lock();
    let grants = &mut changes.grants.0;
    let bad = |words| refusal(400, "invalid_grant", words);
    match field("grant_type").as_str() {
        "authorization_code" => {
            let place = read(&field("code"), "code").map(|(place, _)| place);
            let Some((place, grant)) = place.and_then(|at| Some((at, grants.get_mut(at)?))) else {
                return bad("unknown code");
            };
            let (until, used) = grant.code;
            if used {
                grant.ended = true;
                return bad("the code was used before");
            }
            grant.code.1 = true;
            let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes()));
            if now >= until || grant.redirect_uri != field("redirect_uri") || grant.challenge != proof {
                return bad("the code does not fit");
            }
            reply::json(200, &turn(grant, place, now))
        }
        "refresh_token" => {
            let known = read(&field("refresh_token"), "refresh");
            let Some((place, number, grant)) =
                known.and_then(|(at, turn)| Some((at, turn, grants.get_mut(at)?)))
            else {
                return bad("unknown refresh token");
            };
            if grant.turn != number {
                grant.ended = true;
            }
            if grant.ended || now >= grant.refresh_until {
                return bad("the refresh token is no longer good");
            }
            reply::json(200, &turn(grant, place, now))
        }
        _ => refusal(400, "unsupported_grant_type", "use authorization_code or refresh_token"),
    }
}

/// New tokens in place of the old.
fn turn(grant: &mut Grant, place: usize, now: u64) -> Value {
    grant.turn += 1;
    grant.access_until = now.saturating_add(ACCESS_LIFE_S);
    grant.refresh_until = now.saturating_add(REFRESH_LIFE_S);
    json!({ "access_token": write("access", place, grant.turn),
        "refresh_token": write("refresh", place, grant.turn), "token_type": "Bearer",
        "expires_in": ACCESS_LIFE_S, "refresh_expires_in": REFRESH_LIFE_S })
}

/// Nothing is said of a token that nobody knows (RFC 7009 section 2.2).
fn revoke(world: &World, ask: &Ask) -> Response {
    if let Some(refused) = unfit(ask) {
        return refused;
    }
    let token = ask.field("token").unwrap_or_default();
    let known = read(&token, "refresh").or_else(|| read(&token, "access"));
    let mut changes = world.audius.lock();
    if let Some(grant) = known.and_then(|(place, _)| changes.grants.0.get_mut(place)) {
        grant.ended = true;
    }
    reply::json(200, &json!({}))
}

/// The refusal of a body that is no JSON, or of an app that nobody knows.
fn unfit(ask: &Ask) -> Option<Response> {
    let media_type = ask.header("content-type").unwrap_or_default();
    if !media_type.starts_with("application/json") {
        return Some(refusal(400, "invalid_request", "send JSON"));
    }
    (ask.field("client_id").as_deref() != Some(CREDENTIALS.audius.api_key))
        .then(|| refusal(401, "invalid_client", "unknown client_id"))
}

/// `kind.place.turn.proof`.
fn write(kind: &str, place: usize, turn: u32) -> String {
    let text = format!("{kind}.{place}.{turn}");
    let proof = seal::seal(&text, 0);
    format!("{text}.{proof}")
}

fn read(token: &str, kind: &str) -> Option<(usize, u32)> {
    let (text, proof) = token.rsplit_once('.')?;
    let mut parts = text.split('.');
    let (found, place, turn) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (found == kind && proof == seal::seal(text, 0)).then_some((place, turn))
}

fn refusal(status: u16, error: &str, words: &str) -> Response {
    reply::json(status, &json!({ "error": error, "error_description": words }))
}
