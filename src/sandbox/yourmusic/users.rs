//! Users of YourMusic: as a tenant's administrator keeps them, and as one sees oneself.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::ask::Ask;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::reply;
use crate::sandbox::world::World;

use super::state::User;
use super::{Refusal, auth, invalid, laravel_page, message, no_method, refuse};

const MAX_TEXT: usize = 255;

/// Where a checkout may lead back to.
const ALLOWED_RETURN: &str = "https://app.example.net/";

/// Answers `/users/...` but for delegation tokens; `path` is what follows.
pub(super) fn admin(world: &World, ask: &Ask, path: &[&str]) -> Response {
    if let Err(refusal) = auth::client_only(world, ask) {
        return *refusal;
    }
    match (path, &ask.method) {
        ([], &Method::GET) => {
            let users: Vec<Value> = world.yourmusic.store().users.iter().map(User::shape).collect();
            laravel_page(world, ask, &users)
        }
        ([], &Method::POST) => create(world, ask),
        ([id], &Method::GET) => match world.yourmusic.store().user(id) {
            Some(user) => reply::json(200, &user.shape()),
            None => message(404, "User not found."),
        },
        ([id], &Method::PATCH | &Method::PUT) => update(world, ask, id, true),
        ([] | [_], _) => no_method(ask),
        _ => message(404, &format!("The route {} could not be found.", ask.path)),
    }
}

/// `/me`.
pub(super) fn me(world: &World, ask: &Ask, user: &str) -> Response {
    match ask.method {
        Method::GET => match world.yourmusic.store().user(user) {
            Some(user) => reply::json(200, &user.shape()),
            None => message(401, "Unauthenticated."),
        },
        Method::PATCH | Method::PUT => update(world, ask, user, false),
        _ => no_method(ask),
    }
}

/// `POST /checkout`: the address of a page where one pays.
pub(super) fn checkout(world: &World, ask: &Ask) -> Response {
    if ask.method != Method::POST {
        return no_method(ask);
    }
    match ask.field("product_slug") {
        None => return invalid("product_slug", "The product slug field is required."),
        Some(slug) if slug != CREDENTIALS.yourmusic.product_slug => {
            return invalid("product_slug", "The selected product slug is invalid.");
        }
        Some(_) => {}
    }
    for field in ["success_url", "cancel_url"] {
        if ask.field(field).is_some_and(|url| !url.starts_with(ALLOWED_RETURN)) {
            let words = field.replace('_', " ");
            return invalid(field, &format!("The {words} does not match an allowed pattern."));
        }
    }
    let serial = world.yourmusic.store().serial();
    reply::json(
        200,
        &json!({ "checkout_url": format!("https://checkout.stripe.example/c/pay/cs_test_{serial}") }),
    )
}

fn create(world: &World, ask: &Ask) -> Response {
    let fields = match fields(ask, true) {
        Ok(fields) => fields,
        Err(refusal) => return *refusal,
    };
    let mut store = world.yourmusic.store();
    let now = world.now();
    let mut user = User {
        id: store.uuid(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        date_of_birth: String::new(),
        status: "NONE",
        created: now,
        updated: now,
    };
    for (field, text) in fields {
        if field == "email" && store.by_email(&text).is_some() {
            return invalid("email", "The email has already been taken.");
        }
        set(&mut user, field, text);
    }
    store.users.push(user.clone());
    reply::json(201, &user.shape())
}

/// Any of the fields; one's own e-mail address cannot be changed by oneself and is passed over.
fn update(world: &World, ask: &Ask, id: &str, with_email: bool) -> Response {
    let fields = match fields(ask, false) {
        Ok(fields) => fields,
        Err(refusal) => return *refusal,
    };
    let mut store = world.yourmusic.store();
    let taken = |text: &str| store.by_email(text).is_some_and(|user| user.id != id);
    if with_email && fields.iter().any(|(field, text)| *field == "email" && taken(text)) {
        return invalid("email", "The email has already been taken.");
    }
    let Some(user) = store.user_mut(id) else { return message(404, "User not found.") };
    for (field, text) in fields {
        if with_email || field != "email" {
            set(user, field, text);
        }
    }
    user.updated = world.now();
    reply::json(200, &user.shape())
}

fn set(user: &mut User, field: &str, text: String) {
    match field {
        "first_name" => user.first_name = text,
        "last_name" => user.last_name = text,
        "email" => user.email = text,
        _ => user.date_of_birth = text,
    }
}

/// The fields of a user that the body holds, or why they will not do.
fn fields(ask: &Ask, all: bool) -> Result<Vec<(&'static str, String)>, Refusal> {
    let mut found = Vec::new();
    for field in ["first_name", "last_name", "email", "date_of_birth"] {
        let words = field.replace('_', " ");
        match ask.field(field) {
            None if all => return refuse(invalid(field, &format!("The {words} field is required."))),
            None => {}
            Some(text) if text.is_empty() || text.chars().count() > MAX_TEXT => {
                return refuse(invalid(field, &format!("The {words} field is too short or too long.")));
            }
            Some(text) if field == "email" && !is_email(&text) => {
                return refuse(invalid(field, "The email field must be a valid email address."));
            }
            Some(text) if field == "date_of_birth" && !is_date(&text) => {
                return refuse(invalid(field, "The date of birth field must match the format Y-m-d."));
            }
            Some(text) => found.push((field, text)),
        }
    }
    Ok(found)
}

/// Whether a text looks like an e-mail address.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
}

/// Whether a text is a date as `2019-08-24`.
pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<Option<u32>> = text.split('-').map(|part| part.parse().ok()).collect();
    let [Some(year), Some(month), Some(day)] = parts.as_slice() else { return false };
    text.len() == 10 && *year > 1800 && (1..=12).contains(month) && (1..=31).contains(day)
}
