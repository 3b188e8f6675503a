//! How listeners sign in to YourMusic: a code by e-mail, a form for those who are new, and sessions whose
//! refresh token is good for one use. No e-mail is ever sent: the code is always the same.

use axum::http::Method;
use axum::response::Response;
use serde_json::json;

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::state::{Store, TENANT_ID, User};
use super::users::{is_date, is_email};
use super::{Refusal, auth, invalid, is_uuid, message, no_method, refuse};

/// Life of a session's access token, in seconds.
pub(in crate::sandbox) const ACCESS_LIFE_S: u64 = 3600;

/// Life of its refresh token, in seconds: 30 days.
pub(in crate::sandbox) const REFRESH_LIFE_S: u64 = 2_592_000;

/// Seconds between two codes for one address.
pub(in crate::sandbox) const RESEND_S: u64 = 60;

/// Codes for one address in an hour.
const CODES_AN_HOUR: usize = 5;

/// Life of a code, in seconds.
const CODE_LIFE_S: u64 = 600;

/// Wrong codes after which the right one is no good either.
const WRONG_CODES: u32 = 5;

/// Life of an onboarding token, in seconds.
const ONBOARDING_LIFE_S: u64 = 900;

const MAX_TEXT: usize = 255;
const MAX_CODE: usize = 32;
const MAX_REFRESH_TOKEN: usize = 512;

/// Answers `/auth/...`; `path` is what follows.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    let by = match path {
        ["otp", "send"] => send,
        ["otp", "verify"] => verify,
        ["onboarding"] => onboard,
        ["refresh"] => refresh,
        ["logout"] => logout,
        _ => return message(404, &format!("The route {} could not be found.", ask.path)),
    };
    if ask.method != Method::POST {
        return no_method(ask);
    }
    by(world, ask).unwrap_or_else(|refusal| *refusal)
}

/// A text of the body that must be there.
fn required(ask: &Ask, field: &str, max: usize) -> Result<String, Refusal> {
    let words = field.replace('_', " ");
    let Some(text) = ask.field(field).filter(|text| !text.is_empty()) else {
        return refuse(invalid(field, &format!("The {words} field is required.")));
    };
    if text.chars().count() > max {
        let words = format!("The {words} field must not be greater than {max} characters.");
        return refuse(invalid(field, &words));
    }
    Ok(text)
}

/// The e-mail address, when the tenant is the right one too.
fn address(ask: &Ask) -> Result<String, Refusal> {
    if required(ask, "tenant", MAX_TEXT)? != CREDENTIALS.yourmusic.tenant {
        return refuse(invalid("tenant", "The selected tenant is invalid."));
    }
    let email = required(ask, "email", MAX_TEXT)?;
    if !is_email(&email) {
        return refuse(invalid("email", "The email field must be a valid email address."));
    }
    Ok(email.to_lowercase())
}

fn send(world: &World, ask: &Ask) -> Result<Response, Refusal> {
    let email = address(ask)?;
    if ask.field("locale").is_some_and(|locale| !matches!(locale.as_str(), "en" | "nl" | "fr")) {
        return refuse(invalid("locale", "The selected locale is invalid."));
    }
    let now = world.now();
    let mut store = world.yourmusic.store();
    let sent = store.codes.entry(email).or_default();
    sent.at.retain(|at| at + 3600 > now);
    let next = sent.at.last().map_or(0, |at| at + RESEND_S);
    let next = if sent.at.len() < CODES_AN_HOUR { next } else { sent.at.first().map_or(0, |at| at + 3600) };
    if next > now {
        let refusal = reply::with(message(429, "Too Many Attempts."), "x-ratelimit-remaining", "0");
        return refuse(reply::with(refusal, "retry-after", &(next - now).to_string()));
    }
    sent.at.push(now);
    (sent.open, sent.wrong) = (true, 0);
    Ok(message(200, "If that email address is valid, a verification code has been sent."))
}

fn verify(world: &World, ask: &Ask) -> Result<Response, Refusal> {
    let email = address(ask)?;
    let code = required(ask, "code", MAX_CODE)?;
    if !is_uuid(&required(ask, "device_id", MAX_TEXT)?) {
        return refuse(invalid("device_id", "The device id field must be a valid UUID."));
    }
    let now = world.now();
    let mut guard = world.yourmusic.store();
    let store = &mut *guard;
    let refusal = || invalid("code", "The verification code is invalid or has expired.");
    let Some(sent) = store.codes.get_mut(&email) else { return refuse(refusal()) };
    let in_time = sent.at.last().is_some_and(|at| at + CODE_LIFE_S > now);
    if code != CREDENTIALS.yourmusic.otp_code || !in_time || !sent.open || sent.wrong >= WRONG_CODES {
        sent.wrong += 1;
        return refuse(refusal());
    }
    sent.open = false;
    if let Some(user) = store.by_email(&email).cloned() {
        return Ok(session(world, store, &user));
    }
    let token = store.token("onboarding", now);
    store.onboarding.insert(token.clone(), (email, now + ONBOARDING_LIFE_S));
    Ok(reply::json(202, &json!({ "onboarding_token": token, "expires_in": ONBOARDING_LIFE_S })))
}

fn onboard(world: &World, ask: &Ask) -> Result<Response, Refusal> {
    let token = required(ask, "onboarding_token", MAX_TEXT)?;
    let first_name = required(ask, "first_name", MAX_TEXT)?;
    let last_name = required(ask, "last_name", MAX_TEXT)?;
    let date_of_birth = required(ask, "date_of_birth", MAX_TEXT)?;
    if !is_date(&date_of_birth) {
        return refuse(invalid("date_of_birth", "The date of birth field must match the format Y-m-d."));
    }
    let now = world.now();
    let mut guard = world.yourmusic.store();
    let store = &mut *guard;
    let Some((email, _)) = store.onboarding.remove(&token).filter(|(_, end)| *end > now) else {
        return refuse(invalid("onboarding_token", "The onboarding token is invalid or has expired."));
    };
    let user = if let Some(user) = store.by_email(&email).cloned() {
        user
    } else {
        let (id, status) = (store.uuid(), "TRIAL");
        let (created, updated) = (now, now);
        let user = User { id, first_name, last_name, email, date_of_birth, status, created, updated };
        store.users.push(user.clone());
        user
    };
    Ok(session(world, store, &user))
}

fn refresh(world: &World, ask: &Ask) -> Result<Response, Refusal> {
    let token = required(ask, "refresh_token", MAX_REFRESH_TOKEN)?;
    let mut guard = world.yourmusic.store();
    let store = &mut *guard;
    let known = store.sessions.remove(&token).filter(|(_, end)| *end > world.now());
    match known.and_then(|(user, _)| store.user(&user).cloned()) {
        Some(user) => Ok(session(world, store, &user)),
        None => refuse(message(401, "Unauthenticated.")),
    }
}

/// Succeeds with a token that is unknown or used too.
fn logout(world: &World, ask: &Ask) -> Result<Response, Refusal> {
    let token = required(ask, "refresh_token", MAX_REFRESH_TOKEN)?;
    world.yourmusic.store().sessions.remove(&token);
    Ok(reply::empty(204))
}

fn session(world: &World, store: &mut Store, user: &User) -> Response {
    let access = auth::token(world, "access", &user.id, store.serial(), ACCESS_LIFE_S);
    let refresh = store.token("refresh", world.now());
    store.sessions.insert(refresh.clone(), (user.id.clone(), world.now() + REFRESH_LIFE_S));
    let shown = json!({ "id": user.id, "tenant_id": TENANT_ID, "email": user.email,
        "first_name": user.first_name, "last_name": user.last_name, "status": user.status,
        "date_of_birth": user.date_of_birth });
    reply::json(
        200,
        &json!({ "token_type": "Bearer", "access_token": access, "expires_in": ACCESS_LIFE_S,
            "refresh_token": refresh, "refresh_expires_in": REFRESH_LIFE_S, "user": shown }),
    )
}
