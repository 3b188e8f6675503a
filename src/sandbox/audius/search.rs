//! Search: by kind, of everything at once, and by tag.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::catalogue::{Access, Entry};

use super::shelves::Shelf;
use super::{Desk, Refusal, playlists, refusal, shapes, tracks, users};

/// Answers below `/v1/search`.
pub(super) fn answer(desk: &Desk<'_>, path: &[&str]) -> Response {
    match path {
        ["full" | "autocomplete"] => mixed(desk).unwrap_or_else(|refused| desk.tell(&refused)),
        ["tags"] => tags(desk).unwrap_or_else(|refused| desk.tell(&refused)),
        _ => desk.error(404, "not found"),
    }
}

fn words<'d>(desk: &'d Desk<'_>) -> Result<&'d str, Refusal> {
    desk.ask.query("query").ok_or_else(|| refusal(400, "query is required"))
}

/// Whether only what can be downloaded is wanted.
fn only_downloadable(desk: &Desk<'_>) -> bool {
    [("only_downloadable", "true"), ("has_downloads", "true")]
        .iter()
        .any(|(name, value)| desk.ask.query(name) == Some(value))
}

fn found_tracks<'w>(desk: &Desk<'w>, words: &str) -> Vec<&'w Arc<Entry>> {
    let mut found = desk.world.catalogue.search(words);
    if only_downloadable(desk) {
        found.retain(|entry| shapes::is_downloadable(entry));
    }
    let bpm = |name: &str| desk.ask.query(name).and_then(|text| text.parse::<u32>().ok());
    let (least, most) = (bpm("bpm_min").unwrap_or(0), bpm("bpm_max").unwrap_or(u32::MAX));
    found.retain(|entry| (least..=most).contains(&entry.piece.bpm));
    if desk.ask.query("sort_method") == Some("recent") {
        found.reverse();
    }
    found
}

fn found_users(desk: &Desk<'_>, words: &str) -> Vec<u32> {
    let words = words.to_lowercase();
    let has_downloads =
        |user: u32| users::uploads(&desk.world.catalogue, user).any(|entry| shapes::is_downloadable(entry));
    users::artists(&desk.world.catalogue)
        .filter(|(_, lead)| lead.artist.as_deref().unwrap_or_default().to_lowercase().contains(&words))
        .map(|(number, _)| number)
        .filter(|number| !only_downloadable(desk) || has_downloads(*number))
        .collect()
}

fn found_playlists(desk: &Desk<'_>, words: &str) -> Vec<Shelf> {
    let words = words.to_lowercase();
    let tracks = |shelf: &Shelf| {
        let entries = shelf.contents.iter().filter_map(|(track, _)| desk.world.catalogue.entry(*track));
        entries.filter(|entry| shapes::is_downloadable(entry)).count()
    };
    let mut found = playlists::all(desk);
    found.retain(|shelf| {
        !shelf.is_private
            && shelf.name.to_lowercase().contains(&words)
            && (!only_downloadable(desk) || tracks(shelf) > 0)
    });
    found
}

const SORTS: &[&str] = &["relevant", "popular", "recent"];

/// `GET /v1/tracks/search`.
pub(super) fn tracks(desk: &Desk<'_>) -> Result<Response, Refusal> {
    desk.one_of("sort_method", SORTS)?;
    tracks::page(desk, found_tracks(desk, words(desk)?), 10)
}

/// `GET /v1/users/search`.
pub(super) fn users(desk: &Desk<'_>) -> Result<Response, Refusal> {
    desk.one_of("sort_method", SORTS)?;
    users::page(desk, found_users(desk, words(desk)?), 10)
}

/// `GET /v1/playlists/search`: albums are among them.
pub(super) fn playlists(desk: &Desk<'_>) -> Result<Response, Refusal> {
    let found: Vec<u32> = found_playlists(desk, words(desk)?).iter().map(|shelf| shelf.number).collect();
    playlists::page(desk, |shelf| found.contains(&shelf.number), 10)
}

/// Every kind in one answer; a kind that was not asked for is missing.
fn mixed(desk: &Desk<'_>) -> Result<Response, Refusal> {
    desk.one_of("kind", &["all", "users", "tracks", "playlists", "albums"])?;
    let words = words(desk)?;
    let (limit, offset) = desk.bounds(10)?;
    let kind = desk.ask.query("kind").unwrap_or("all");
    let asked = |name: &str| kind == "all" || kind == name;
    let mut answer = serde_json::Map::new();
    let mut put = |name: &str, rows: Vec<Value>| {
        if asked(name) {
            answer.insert(name.to_owned(), rows.into_iter().skip(offset).take(limit).collect());
        }
    };
    put("users", found_users(desk, words).iter().map(|number| shapes::user(desk, *number)).collect());
    let entries = found_tracks(desk, words).into_iter().filter(|entry| entry.access != Access::TakenDown);
    put("tracks", entries.map(|entry| shapes::track(desk, entry)).collect());
    let (albums, lists): (Vec<_>, Vec<_>) =
        found_playlists(desk, words).into_iter().partition(|shelf| shelf.is_album);
    put("playlists", lists.iter().map(|shelf| shapes::playlist(desk, shelf)).collect());
    put("albums", albums.iter().map(|shelf| shapes::playlist(desk, shelf)).collect());
    Ok(desk.data(Value::Object(answer)))
}

fn tags(desk: &Desk<'_>) -> Result<Response, Refusal> {
    let tag = words(desk)?.to_lowercase();
    let (limit, offset) = desk.bounds(10)?;
    let tagged = desk.world.catalogue.all().filter(|entry| shapes::tags(entry).contains(&tag));
    let there = tagged.filter(|entry| entry.access != Access::TakenDown).skip(offset).take(limit);
    let tracks: Vec<Value> = there.map(|entry| shapes::track(desk, entry)).collect();
    Ok(desk.data(json!({ "tracks": tracks, "users": [] })))
}
