//! Forms of several parts (RFC 7578), the only ones that can carry a picture. Their fields are not signed.

use bytes::Bytes;

/// A whole form.
pub(super) struct Parts {
    /// With the boundary.
    pub media_type: String,
    pub body: Bytes,
}

impl Parts {
    /// The fields, then the picture under the name `image`. `boundary` must stand in none of them: 128 random
    /// bits do not.
    pub(super) fn new(fields: &[(&str, &str)], picture: &[u8], boundary: &str) -> Self {
        let mut body = Vec::with_capacity(picture.len() + 1024);
        let mut part = |head: &str, value: &[u8]| {
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        };
        for (name, value) in fields {
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        let (media_type, end) = picture_type(picture).unwrap_or(("application/octet-stream", "bin"));
        part(&format!("name=\"image\"; filename=\"cover.{end}\"\r\nContent-Type: {media_type}"), picture);
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Self { media_type: format!("multipart/form-data; boundary={boundary}"), body: body.into() }
    }
}

/// The media type of a picture by its first bytes and how its file's name ends; `None` for what is none.
pub(super) fn picture_type(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(("image/png", "png")),
        [0xff, 0xd8, 0xff, ..] => Some(("image/jpeg", "jpg")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(("image/webp", "webp")),
        _ => None,
    }
}
