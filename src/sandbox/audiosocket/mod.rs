//! Audiosocket in its three generations, over one shelf: `/audiosocket/v1` with a bearer token and an
//! envelope around everything, `/audiosocket/v5` as partners know it, and `/audiosocket/manage/api/v1` as
//! the web site of 2022 asked it. The paths of the first are those that its description suggests.

use axum::response::Response;
use serde_json::Value;

use super::ask::Ask;
use super::catalogue::{Access, Entry};
use super::world::World;
use super::{cdn, reply};

mod bearer;
mod consumer;
mod find;
mod own;
mod personal;
mod shapes;
mod shelf;
mod v5;

pub(super) use shelf::Shelf;

/// Ids of tracks are this much above the numbers.
const FIRST_ID: u32 = 800;

/// Seconds that an address in a track is good for.
pub(super) const MEDIA_LIFE_S: u64 = 3600;

/// Seconds that the storage address behind a blob is good for.
pub(super) const BLOB_LIFE_S: u64 = 300;

/// What a generation of the API makes of a request before it dresses it its own way.
enum Outcome {
    /// Rows of a list, named as the site names them, and how many there are in all.
    Rows { key: &'static str, rows: Vec<Value>, total: usize },
    /// One thing, named as the site names it.
    One { key: &'static str, value: Value },
    /// The same, just made.
    Made { key: &'static str, value: Value },
    /// Something was put somewhere; in words.
    Put(&'static str),
    /// Something was taken away; in words.
    Taken(&'static str),
    /// A playlist is gone; these are left.
    Left(Vec<Value>),
    /// A list has nothing in it; in words.
    Nothing(&'static str),
    /// It is there already.
    Twice,
    /// There is no such thing.
    Missing,
    /// A parameter is not there or makes no sense.
    Wrong(&'static str),
}

/// Answers a request; `path` is what follows `/audiosocket`.
pub(super) fn answer(world: &World, ask: &Ask, path: &[&str]) -> Response {
    match path {
        ["v1", path @ ..] => bearer::answer(world, ask, path),
        ["v5", path @ ..] => v5::answer(world, ask, path),
        ["manage", "api", "v1", path @ ..] => consumer::answer(world, ask, path),
        _ => reply::empty(404),
    }
}

/// A blob of the API's host: `redirect/{id}/{name}` leads to storage for a short while. Whoever knows the
/// address may have it.
pub(super) fn blob(world: &World, path: &[&str]) -> Response {
    match path {
        ["blobs", "redirect", id, _] => match track(world, id) {
            Some(entry) => {
                reply::redirect(302, &cdn::signed(world, "audiosocket", entry.piece.file(), BLOB_LIFE_S))
            }
            None => reply::empty(404),
        },
        _ => reply::empty(404),
    }
}

/// The track with this id, unless it was taken down.
fn track<'a>(world: &'a World, id: &str) -> Option<&'a Entry> {
    let number = id.parse::<u32>().ok()?.checked_sub(FIRST_ID)?;
    world.catalogue.entry(number).map(AsRef::as_ref).filter(|entry| entry.access != Access::TakenDown)
}

/// A value of the body, be it a form or JSON, a text or a number.
fn said(ask: &Ask, name: &str) -> Option<String> {
    if ask.is_form() {
        return ask.field(name);
    }
    let body: Value = serde_json::from_slice(&ask.body).ok()?;
    match body.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
