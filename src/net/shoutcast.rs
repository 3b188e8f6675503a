//! The answers of old SHOUTcast servers, which begin with `ICY 200 OK` where HTTP names its version (not in any RFC). The
//! client takes them for HTTP/0.9, whose answers are all body: the head is read off that here.

use bytes::Bytes;
use reqwest::Version;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::error::NetError;
use super::redirect::host_of;
use super::response::Response;

/// Largest head that is read.
const MAX_HEAD_BYTES: usize = 16 << 10;

impl Response {
    /// The same answer, with what its head says if that is SHOUTcast's. Anything else that is no HTTP is refused.
    pub(super) async fn with_shoutcast_head(mut self) -> Result<Self, NetError> {
        if self.inner.version() != Version::HTTP_09 {
            return Ok(self);
        }
        let refused = |response: &Self| NetError::Broken {
            host: host_of(&response.url),
            reason: "its answer is no HTTP".to_owned(),
        };
        let mut bytes = Vec::new();
        let length = loop {
            if let Some(length) = head_length(&bytes) {
                break length;
            }
            let chunk = if bytes.len() < MAX_HEAD_BYTES { self.chunk().await? } else { None };
            bytes.extend_from_slice(&chunk.ok_or_else(|| refused(&self))?);
        };
        let (status, headers) = head(&bytes[..length]).ok_or_else(|| refused(&self))?;
        self.status = status;
        self.inner.headers_mut().extend(headers);
        self.ahead = Some(Bytes::from(bytes.split_off(length)));
        Ok(self)
    }
}

/// How long the head is, with the empty line that ends it; `None` while that has not come.
fn head_length(bytes: &[u8]) -> Option<usize> {
    let after = |end: &[u8]| bytes.windows(end.len()).position(|four| four == end).map(|at| at + end.len());
    [after(b"\r\n\r\n"), after(b"\n\n")].into_iter().flatten().min()
}

/// Status and fields of a head.
fn head(bytes: &[u8]) -> Option<(u16, HeaderMap)> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let status = first.strip_prefix("ICY ")?.split_ascii_whitespace().next()?.parse().ok()?;
    let field = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (line.get(..colon)?.trim_ascii(), line.get(colon + 1..)?.trim_ascii());
        Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))
    };
    Some((status, lines.filter_map(field).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_servers_write_it() {
        let text =
            b"ICY 200 OK\r\nicy-name:Radio Zo\xeb\r\nicy-metaint: 8192 \r\n: odd\r\nnonsense\r\n\r\n\xff\xfb";
        let length = head_length(text).unwrap();
        assert_eq!(&text[length..], b"\xff\xfb");
        let (status, headers) = head(&text[..length]).unwrap();
        assert_eq!((status, headers.len()), (200, 2));
        assert_eq!(headers["icy-metaint"], "8192");
        assert_eq!(head(b"ICY 503 Full\n\n").unwrap().0, 503);
        assert_eq!(head_length(b"ICY 200 OK\r\n"), None);
        for other in [&b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..], b"ICY\r\n\r\n", b"ICY two\n\n", b"\n\n", b""] {
            assert!(head(other).is_none());
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = (head_length(&bytes), head(&bytes), head(&[b"ICY 200 ".as_slice(), &bytes].concat()));
        }
    }
}
