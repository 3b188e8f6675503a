//! Where the bytes are: files, covers and HLS behind signed addresses that expire, on an origin of their
//! own, as with a real CDN. Knows no service's API.

use axum::body::Body;
use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::ask::Ask;
use super::catalogue::Entry;
use super::range::{self, Asked};
use super::world::World;
use super::{percent, piece, reply, seal};

/// Media type of HLS playlists.
pub(super) const PLAYLIST: &str = "application/vnd.apple.mpegurl";

/// Seconds a node's address is good for; nodes do not say, an hour is long enough for a listen.
const NODE_LIFE_S: u64 = 3600;

/// The address of a file, signed in its query the CloudFront way and good for `life_s` seconds. Playlists
/// are signed together with everything in their folder.
pub(super) fn signed(world: &World, service: &str, file: &str, life_s: u64) -> String {
    let expires = world.now().saturating_add(life_s);
    let signature = seal::seal(&scope(service, file), expires);
    let site = &world.cdn;
    format!("{site}/cdn/{service}/{file}?Expires={expires}&Signature={signature}&Key-Pair-Id=SANDBOX")
}

/// A playlist to be served from elsewhere: the addresses in it are whole, signed and good for `life_s`
/// seconds. `None` when there is no such file.
pub(super) fn manifest(world: &World, service: &str, file: &str, life_s: u64) -> Option<String> {
    let address = signed(world, service, file, life_s);
    let (path, query) = address.split_once('?')?;
    let (folder, _) = path.rsplit_once('/')?;
    Some(playlist(piece::file(file)?, &format!("{folder}/"), query))
}

/// The address of an entry's cover. Covers need no signature.
pub(super) fn cover(world: &World, entry: &Entry) -> String {
    format!("{}/cdn/{}", world.cdn, entry.piece.cover)
}

/// The address of an entry's file on an Audius node. `counted` is passed on as the caller of the API
/// wrote it. Some nodes lack the file and know another node.
pub(super) fn node_address(world: &World, entry: &Entry, counted: &str) -> String {
    let cid = &entry.piece.slug;
    let timestamp = world.now();
    let data = json!({ "cid": cid, "timestamp": timestamp }).to_string();
    let envelope = json!({ "data": data, "signature": seal::seal(&format!("audius/{cid}"), timestamp) });
    let node = if entry.number % 3 == 2 { "far-node" } else { "node" };
    // Nodes take no title of any length in an address.
    let title: String = entry.title_or_untitled().chars().take(80).collect();
    let query = [
        ("id3", "true"),
        ("id3_artist", entry.artist.as_deref().unwrap_or_default()),
        ("id3_title", &title),
        ("signature", &envelope.to_string()),
        ("skip_play_count", counted),
    ];
    let query = query.map(|(name, value)| format!("{name}={}", percent::encode(value))).join("&");
    format!("{}/cdn/audius/{node}/tracks/cidstream/{cid}?{query}", world.cdn)
}

/// Answers a request to the CDN.
pub(super) fn answer(world: &World, ask: &Ask) -> Response {
    if !matches!(ask.method, Method::GET | Method::HEAD) {
        return reply::empty(405);
    }
    // As storage behind signed addresses does: it takes one kind of credentials, not two.
    if ask.header("authorization").is_some() {
        return refusal(400, "InvalidArgument", "Only one auth mechanism allowed");
    }
    let segments = ask.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["cdn", "covers", name] => match piece::file(&format!("covers/{}", unsized_name(name))) {
            Some(bytes) => {
                reply::with(content(ask, name, bytes), "cache-control", "public, max-age=2592000, immutable")
            }
            None => missing(),
        },
        ["cdn", "audius", node @ ("node" | "far-node"), "tracks", "cidstream", cid] => {
            node_answer(world, ask, node, cid)
        }
        ["cdn", service, file @ ..] => {
            let file = file.join("/");
            match expiry(ask, service, &file) {
                None => refusal(403, "AccessDenied", "Access denied"),
                Some(expires) if expires < world.now() => refusal(403, "AccessDenied", "Request has expired"),
                Some(_) => match piece::file(&file) {
                    Some(bytes) => content(ask, &file, bytes),
                    None => missing(),
                },
            }
        }
        _ => missing(),
    }
}

/// The name of a cover without the size that some services write at its end: `tides_350.jpg` is `tides.jpg`.
/// All sizes are the same picture.
fn unsized_name(name: &str) -> String {
    let parts = name.rsplit_once('.').and_then(|(stem, end)| Some((stem.rsplit_once('_')?, end)));
    match parts {
        Some(((stem, size), end)) if size.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{stem}.{end}")
        }
        _ => name.to_owned(),
    }
}

/// Until when the address is good, if its signature is right.
fn expiry(ask: &Ask, service: &str, file: &str) -> Option<u64> {
    let expires: u64 = ask.query("Expires")?.parse().ok()?;
    (ask.query("Signature")? == seal::seal(&scope(service, file), expires)).then_some(expires)
}

fn node_answer(world: &World, ask: &Ask, node: &str, cid: &str) -> Response {
    let plain = |status, text: &'static str| reply::body(status, "text/plain; charset=utf-8", text);
    let envelope: Value =
        ask.query("signature").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let data: Value =
        envelope["data"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let timestamp = data["timestamp"].as_u64().unwrap_or(0);
    let signature = seal::seal(&format!("audius/{cid}"), timestamp);
    if envelope["signature"] != signature.as_str() || data["cid"] != cid {
        return plain(401, "invalid signature");
    }
    if world.now() > timestamp.saturating_add(NODE_LIFE_S) {
        return plain(401, "signature expired");
    }
    let Some(entry) = world.catalogue.all().find(|entry| entry.piece.slug == cid) else {
        return plain(404, "blob not found");
    };
    if node == "far-node" {
        return reply::redirect(302, &format!("/cdn/audius/node/tracks/cidstream/{cid}?{}", ask.raw_query));
    }
    let file = entry.piece.file();
    if media_type(file) == "audio/mpeg" {
        return piece::file(file).map_or_else(missing, |bytes| content(ask, file, bytes));
    }
    // Bucket storage: a presigned address for max(5 min, 1.1 times the length).
    let life_s = (entry.piece.seconds() * 11 / 10).max(300);
    reply::redirect(307, &signed(world, "audius", file, life_s))
}

/// What a signature holds for: a file, or the folder of an HLS stream.
fn scope(service: &str, file: &str) -> String {
    let mut parts = file.split('/');
    match (parts.next(), parts.next()) {
        (Some("hls"), Some(stream)) => format!("{service}/hls/{stream}/"),
        _ => format!("{service}/{file}"),
    }
}

/// A bundled file, whole or in part.
fn content(ask: &Ask, name: &str, bytes: &'static [u8]) -> Response {
    let media_type = media_type(name);
    if media_type == PLAYLIST {
        return reply::body(200, media_type, playlist(bytes, "", &ask.raw_query));
    }
    let tag = format!("\"{}\"", seal::hex(&Sha1::digest(bytes)));
    // If-Range: a part only of the very same file (RFC 9110 section 13.1.5).
    let same = ask.header("if-range").is_none_or(|known| known == tag);
    let wanted = ask.header("range").filter(|_| same && ask.method == Method::GET);
    let response = match range::asked(wanted, bytes.len()) {
        Asked::Whole => reply::body(200, media_type, Body::from(bytes)),
        Asked::Part(part) => {
            let place = format!("bytes {}-{}/{}", part.start, part.end - 1, bytes.len());
            let part = bytes.get(part).unwrap_or_default();
            reply::with(reply::body(206, media_type, Body::from(part)), "content-range", &place)
        }
        Asked::Unsatisfiable => {
            reply::with(reply::empty(416), "content-range", &format!("bytes */{}", bytes.len()))
        }
    };
    reply::with(reply::with(response, "accept-ranges", "bytes"), "etag", &tag)
}

/// A playlist in which every address starts with `folder` and carries `query`.
fn playlist(bytes: &[u8], folder: &str, query: &str) -> String {
    let signed = |line: &str| match line.split_once("URI=\"") {
        _ if line.trim().is_empty() => line.to_owned(),
        None if line.starts_with('#') => line.to_owned(),
        Some((before, rest)) if line.starts_with('#') => {
            let (uri, after) = rest.split_once('"').unwrap_or((rest, ""));
            format!("{before}URI=\"{folder}{uri}?{query}\"{after}")
        }
        _ => format!("{folder}{line}?{query}"),
    };
    String::from_utf8_lossy(bytes).lines().map(|line| signed(line) + "\n").collect()
}

/// The media type by the end of the name.
pub(super) fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("mp3") => "audio/mpeg",
        Some("m4a" | "mp4" | "m4s") => "audio/mp4",
        Some("flac") => "audio/flac",
        Some("ogg" | "opus") => "audio/ogg",
        Some("aac") => "audio/aac",
        Some("ts") => "video/mp2t",
        Some("m3u8") => PLAYLIST,
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

fn missing() -> Response {
    refusal(404, "NoSuchKey", "The specified key does not exist.")
}

fn refusal(status: u16, code: &str, message: &str) -> Response {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{error}");
    reply::body(status, "application/xml", text)
}
