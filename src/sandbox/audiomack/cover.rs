//! Forms of several parts (RFC 7578), which alone can carry a picture, and the pictures that came so.

use axum::response::Response;

use crate::sandbox::ask::Ask;
use crate::sandbox::reply;
use crate::sandbox::world::World;

/// A form's fields, however it came; a picture apart.
#[derive(Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// The bytes of the part `image`.
    pub image: Option<Vec<u8>>,
}

impl Form {
    /// Reads the body; `None` when it is of several parts and cannot be read.
    pub(super) fn read(ask: &Ask) -> Option<Self> {
        let media_type = ask.header("content-type").unwrap_or_default();
        if !media_type.starts_with("multipart/form-data") {
            return Some(Self { fields: ask.form(), image: None });
        }
        let (_, boundary) = media_type.split_once("boundary=")?;
        let boundary = boundary.split(';').next()?.trim().trim_matches('"');
        let opening = format!("--{boundary}");
        let mut form = Self::default();
        let mut rest = ask.body.strip_prefix(opening.as_bytes())?;
        // Each part ends with a line break and the next boundary; the last one is followed by `--`.
        let between = format!("\r\n{opening}");
        while let Some(part) = rest.strip_prefix(b"\r\n") {
            let end = find(part, between.as_bytes())?;
            form.take(part.get(..end)?)?;
            rest = part.get(end + between.len()..)?;
        }
        rest.starts_with(b"--").then_some(form)
    }

    fn take(&mut self, part: &[u8]) -> Option<()> {
        let end = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(part.get(..end)?).ok()?;
        let body = part.get(end + 4..)?;
        let (_, name) = head.split_once("name=\"")?;
        let (name, _) = name.split_once('"')?;
        if name == "image" {
            self.image = Some(body.to_vec());
        } else {
            self.fields.push((name.to_owned(), std::str::from_utf8(body).ok()?.to_owned()));
        }
        Some(())
    }

    /// A field's value, unless it is empty or not there.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether a field is there, even without a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }
}

/// The media type of a picture by its first bytes; `None` for what is none.
pub(super) fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// The cover of a playlist that came with it.
pub(super) fn show(world: &World, id: &str) -> Response {
    let state = world.audiomack.state();
    let list = state.playlists.iter().find(|list| list.id.to_string() == id);
    match list.and_then(|list| list.cover.clone()) {
        Some((media_type, bytes)) => reply::body(200, media_type, bytes),
        None => reply::empty(404),
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
