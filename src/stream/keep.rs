//! Bytes to be kept rather than heard: a file as it is, or the segments of a list. One call is one request; what
//! is asked for, in which order and when again is for whoever keeps them to say.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::config::VariantChoice;
use crate::model::{Locator, RemoteAddress};
use crate::net::{Limit, NetError, Request, Response};

pub use super::checksum::Checksum;
use super::checksum::checksum;
use super::hls::{self, Manifest, Root, Source};
pub use super::hls::{FrameHeader, List, Sound, Unpacking, adts_header};
use super::http::{Answer, check_life, content_range, whole_length};
use super::open::{address_in_json, rest_of_playlist};
use super::sniff::{SNIFF_BYTES, is_hls_media_type, is_manifest, is_web_page, text_in_place_of_audio};
use super::{Monitor, StreamError, Streams};

/// Holds transfers back.
pub trait Brake: Send + Sync {
    /// How long to wait now that so many bytes more have come.
    fn wait(&self, bytes: usize) -> Duration;

    /// Whether it holds anything back at present.
    fn is_on(&self) -> bool;
}

/// What tells one version of a file from another, wherever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// The entity tag, weak ones included.
    pub etag: Option<String>,
    /// When it was changed, in the server's words.
    pub last_modified: Option<String>,
    /// Length of the whole in bytes.
    pub bytes: Option<u64>,
    /// What the server says that the whole hashes to.
    pub checksum: Option<Checksum>,
}

impl Version {
    /// What to send as `If-Range` (RFC 9110 section 13.1.5); a weak tag does not promise equal bytes.
    pub fn validator(&self) -> Option<&str> {
        match &self.etag {
            Some(tag) if !tag.starts_with("W/") => Some(tag),
            Some(_) | None => self.last_modified.as_deref(),
        }
    }

    /// What shows that `now` is of another file, if anything does.
    pub fn difference(&self, now: &Self) -> Option<String> {
        if let (Some(before), Some(now)) = (self.bytes, now.bytes)
            && before != now
        {
            return Some(format!("it had {before} bytes and now has {now}"));
        }
        if let (Some(before), Some(now)) = (self.checksum, now.checksum)
            && std::mem::discriminant(&before) == std::mem::discriminant(&now)
            && before != now
        {
            return Some("its checksum is another one".to_owned());
        }
        match (&self.etag, &now.etag, &self.last_modified, &now.last_modified) {
            (Some(before), Some(now), _, _) => {
                (before != now).then(|| "its entity tag is another one".to_owned())
            }
            (_, _, Some(before), Some(now)) if before != now => Some("it was changed since".to_owned()),
            _ => None,
        }
    }
}

/// What is wanted of a locator.
#[derive(Clone)]
pub struct Wish<'a> {
    /// Where it is.
    pub locator: &'a Locator,
    /// First byte wanted.
    pub from: u64,
    /// The byte behind the last one wanted; `None`: all there are.
    pub to: Option<u64>,
    /// The version that the bytes have to be of.
    pub version: Option<&'a Version>,
    /// Which variant, should it be a list of segments.
    pub variant: VariantChoice,
    /// Holds the transfer back.
    pub brake: Option<Arc<dyn Brake>>,
}

/// What is there.
#[derive(Debug)]
pub enum Found {
    /// A file, or a stretch of one.
    File(Box<Body>),
    /// A list of segments.
    List(Box<List>),
}

/// Most bytes that are given at a time where the transfer is held back.
const PIECE_BYTES: usize = 16 << 10;

/// The answer to a request for a file, from some byte on.
pub struct Body {
    response: Response,
    head: Bytes,
    /// Bytes that have to come yet, where that is known.
    left: Option<u64>,
    brake: Option<Arc<dyn Brake>>,
    /// Place of the first byte that comes: that which was asked for, or 0 from a server that sends the whole.
    pub from: u64,
    /// What it is a version of.
    pub version: Version,
    /// Whether the server sends stretches of it.
    pub has_ranges: bool,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("from", &self.from)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Body {
    /// The next bytes, `None` at the end. What the server sends beyond that is not read; when it ends earlier, that
    /// is a broken connection.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, StreamError> {
        if self.left == Some(0) {
            return Ok(None);
        }
        let mut chunk = if self.head.is_empty() {
            self.response.chunk().await?
        } else {
            Some(std::mem::take(&mut self.head))
        };
        // Where it is held back it comes evenly, and not by buffers that last for seconds.
        let is_braked = self.brake.as_ref().is_some_and(|brake| brake.is_on());
        if let Some(chunk) = chunk.as_mut().filter(|chunk| is_braked && chunk.len() > PIECE_BYTES) {
            self.head = chunk.split_off(PIECE_BYTES);
        }
        match (&mut chunk, &mut self.left) {
            (Some(chunk), Some(left)) => {
                chunk.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= chunk.len() as u64;
            }
            (None, Some(left)) => {
                let host = self.response.url.host_str().unwrap_or_default().to_owned();
                return Err(NetError::Broken { host, reason: format!("{left} bytes are missing") }.into());
            }
            (_, None) => {}
        }
        if let (Some(chunk), Some(brake)) = (&chunk, &self.brake) {
            tokio::time::sleep(brake.wait(chunk.len())).await;
        }
        Ok(chunk)
    }
}

impl Streams {
    /// Asks for what is wanted, once. Fails with [`StreamError::Changed`] when what the server has does not go on
    /// from what is there already, so that old and new bytes are never joined wrongly (RFC 9110 section 14).
    pub async fn keep(&self, wish: &Wish<'_>) -> Result<Found, StreamError> {
        match wish.locator {
            Locator::File(path) => Err(here_already(path)),
            Locator::Part(part) => Err(here_already(&part.path)),
            Locator::Hls(address) => self.list_at(address, wish).await,
            Locator::Http(address) if address.url.path().to_ascii_lowercase().ends_with(".m3u8") => {
                self.list_at(address, wish).await
            }
            Locator::Http(address) => self.file_at(address, wish).await,
        }
    }

    async fn file_at(&self, address: &RemoteAddress, wish: &Wish<'_>) -> Result<Found, StreamError> {
        let changed = |reason: String| StreamError::Changed { from: address.shown(), reason };
        check_life(address)?;
        let mut response = self.net.send(stretch(address, wish)).await?;
        if response.status == 416 && wish.from == 0 {
            // Some servers know no ranges of an empty file, and some no ranges at all.
            response = self.net.send(whole(address).open_header("Accept-Encoding", "identity")).await?;
        }
        if response.status == 416 {
            return Err(changed(format!("it has no byte {} any more", wish.from)));
        }
        response = response.success()?;
        let is_packed = response.header("content-encoding").is_some_and(|encoding| encoding != "identity");
        if is_packed && wish.from > 0 {
            return Err(changed("it comes compressed now".to_owned()));
        }
        if is_packed {
            // Its bytes have no numbers that mean something; it is unpacked as it comes, and begun anew if it breaks.
            response = self.net.send(whole(address)).await?.success()?;
        }
        let range = content_range(&response);
        let from = match range {
            Some((start, _)) if start == wish.from => start,
            Some((start, _)) => {
                return Err(changed(format!("byte {} was asked for and byte {start} came", wish.from)));
            }
            None if response.status == 206 => {
                return Err(changed("the server does not say which bytes it sent".to_owned()));
            }
            None => 0,
        };
        let header = |name| response.header(name).map(str::to_owned);
        let version = Version {
            etag: header("etag").filter(|_| !is_packed),
            last_modified: header("last-modified").filter(|_| !is_packed),
            bytes: range.map_or_else(|| whole_length(&response), |(_, total)| total).filter(|_| !is_packed),
            checksum: checksum(|name| response.header(name), range.is_none()).filter(|_| !is_packed),
        };
        if let Some(difference) = wish.version.and_then(|before| before.difference(&version)) {
            return Err(changed(difference));
        }
        if version.bytes.is_none() && header("icy-name").or_else(|| header("icy-br")).is_some() {
            let reason = "it is a station, which has no end".to_owned();
            return Err(StreamError::Unsupported { from: address.shown(), reason });
        }
        let has_ranges = range.is_some();
        let to = wish.to.filter(|_| has_ranges).or(version.bytes);
        let left = to.map(|to| version.bytes.map_or(to, |bytes| bytes.min(to)).saturating_sub(from));
        let (head, brake) = (Bytes::new(), wish.brake.clone());
        let body = Body { response, head, left, brake, from, version, has_ranges };
        if from > 0 { Ok(Found::File(Box::new(body))) } else { self.looked_at(address, wish, body).await }
    }

    /// Looks at the first bytes, which tell what it is.
    async fn looked_at(
        &self,
        address: &RemoteAddress,
        wish: &Wish<'_>,
        mut body: Body,
    ) -> Result<Found, StreamError> {
        let mut head = Vec::new();
        while head.len() < SNIFF_BYTES {
            match body.response.chunk().await {
                Ok(Some(chunk)) => head.extend_from_slice(&chunk),
                // The next read says the same again.
                Err(_) if !head.is_empty() => break,
                Ok(None) => break,
                Err(error) => return Err(error.into()),
            }
        }
        let media_type = body.response.media_type();
        if is_manifest(&head) || media_type.as_deref().is_some_and(is_hls_media_type) {
            let source = self.source(address, wish);
            source.learn(&body.response);
            let fetched = rest_of_playlist(Answer::new(body.response, 0), head).await?;
            return self.list(source, Manifest { asked: address.url.clone(), fetched }, wish).await;
        }
        if let Some(what) = text_in_place_of_audio(media_type.as_deref(), &head) {
            return Err(StreamError::NotAudio { from: address.shown(), what });
        }
        if head.is_empty() {
            return Err(StreamError::Empty(address.shown()));
        }
        body.head = head.into();
        Ok(Found::File(Box::new(body)))
    }

    async fn list_at(&self, address: &RemoteAddress, wish: &Wish<'_>) -> Result<Found, StreamError> {
        check_life(address)?;
        let source = self.source(address, wish);
        let mut manifest = hls::fetch_manifest(&source, address.url.clone()).await?;
        if let Some(next) = address_in_json(&manifest.fetched) {
            manifest = hls::fetch_manifest(&source, next).await?;
        }
        if is_web_page(&manifest.fetched.bytes) {
            return Err(StreamError::NotAudio { from: address.shown(), what: "a web page" });
        }
        self.list(source, manifest, wish).await
    }

    fn source(&self, address: &RemoteAddress, wish: &Wish<'_>) -> Source {
        let root = Root::Web(address.clone());
        Source::new(self.net.clone(), root, Arc::new(Monitor::default()), self.meter.clone())
            .braked(wish.brake.clone())
    }

    async fn list(&self, source: Source, manifest: Manifest, wish: &Wish<'_>) -> Result<Found, StreamError> {
        // What is kept need not come as fast as it is heard.
        let choice = match wish.variant {
            VariantChoice::Auto => VariantChoice::Highest,
            choice => choice,
        };
        let chosen = hls::choose(&source, manifest, choice).await?;
        Ok(Found::List(Box::new(List::new(source, chosen)?)))
    }
}

fn here_already(path: &Path) -> StreamError {
    let reason = "it is on this machine already".to_owned();
    StreamError::Unsupported { from: path.display().to_string(), reason }
}

/// A request for the stretch that is wanted.
fn stretch(address: &RemoteAddress, wish: &Wish<'_>) -> Request {
    let last = wish.to.map_or_else(String::new, |to| to.saturating_sub(1).to_string());
    let request = whole(address)
        .open_header("Accept-Encoding", "identity")
        .open_header("Range", format!("bytes={}-{last}", wish.from));
    match wish.version.and_then(Version::validator) {
        Some(validator) => request.open_header("If-Range", validator),
        None => request,
    }
}

fn whole(address: &RemoteAddress) -> Request {
    Request::get_address(address, Limit::Stream)
}
