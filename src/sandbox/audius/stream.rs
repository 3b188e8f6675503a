//! The way to the bytes: redirects to nodes, or the bytes themselves from the first servers.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::Response;
use serde_json::json;

use crate::sandbox::catalogue::{Access, Entry};
use crate::sandbox::range::{self, Asked};
use crate::sandbox::{cdn, piece, reply};

use super::ids::id;
use super::shelves::Shelf;
use super::{Desk, Generation, shapes};

/// `GET /v1/tracks/{id}/stream`.
pub(super) fn play(desk: &Desk<'_>, entry: &Entry) -> Response {
    let preview = desk.ask.query("preview") == Some("true");
    if entry.access != Access::Open && !preview {
        return desk.error(403, "track not streamable");
    }
    if desk.generation == Generation::Python {
        return proxied(desk, entry);
    }
    // The server probes with the flag set and leaves it so, unless the caller said something.
    let counted = desk.ask.query("skip_play_count").unwrap_or("true");
    let address = cdn::node_address(desk.world, entry, counted);
    if desk.generation == Generation::Go2026 && desk.ask.query("no_redirect") == Some("true") {
        return desk.data(json!(address));
    }
    reply::redirect(302, &address)
}

/// The first servers hand the bytes through, and have a status of their own for a part.
fn proxied(desk: &Desk<'_>, entry: &Entry) -> Response {
    let file = entry.piece.file();
    let Some(bytes) = piece::file(file) else { return desk.error(500, "no such file") };
    let media_type = cdn::media_type(file);
    match range::asked(desk.ask.header("range"), bytes.len()) {
        Asked::Whole => reply::body(200, media_type, Body::from(bytes)),
        Asked::Part(part) => {
            let place = format!("bytes {}-{}/{}", part.start, part.end - 1, bytes.len());
            let part = bytes.get(part).unwrap_or_default();
            reply::with(reply::body(216, media_type, Body::from(part)), "content-range", &place)
        }
        Asked::Unsatisfiable => reply::empty(416),
    }
}

/// `GET /v1/tracks/{id}/download`.
pub(super) fn download(desk: &Desk<'_>, entry: &Entry) -> Response {
    if entry.access != Access::Open {
        return desk.error(403, "you are not allowed to download this track");
    }
    if !shapes::is_downloadable(entry) {
        return desk.error(404, "track is not downloadable");
    }
    reply::redirect(302, &cdn::node_address(desk.world, entry, "true"))
}

/// `GET /v1/playlists/{id}/stream`: a list of tracks in the clothes of an HLS playlist.
pub(super) fn list(desk: &Desk<'_>, shelf: &Shelf) -> Response {
    let mut text =
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:600\n#EXT-X-MEDIA-SEQUENCE:0\n".to_owned();
    let entries = shelf.contents.iter().filter_map(|(track, _)| desk.world.catalogue.entry(*track));
    for entry in entries.filter(|entry| entry.access == Access::Open) {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "#EXTINF:{},\n{}/v1/tracks/{}/stream\n",
            entry.piece.seconds(),
            desk.base,
            id(entry.number)
        );
    }
    text.push_str("#EXT-X-ENDLIST\n");
    reply::body(200, cdn::PLAYLIST, text)
}
