//! The first request. It is the stream itself: what the server can do and what the bytes are is read off
//! its answer.

use std::sync::Arc;

use crate::model::RemoteAddress;
use crate::net::{FIRST_BYTE_RETRIES, Net, NetError, Request, Response, retry_delay};
use crate::stream::sniff::{SNIFF_BYTES, is_hls_media_type, is_manifest, text_in_place_of_audio};
use crate::stream::{Cancel, FormatHint, Monitor, StreamError};

use super::jitter;
use super::remote::{Answer, Remote, check_life, content_range, first_request};

/// What an address turned out to be.
pub(in crate::stream) enum Begun {
    /// A file to be played as it comes.
    Audio(Box<Opened>),
    /// An HLS playlist, its first bytes read already.
    Playlist(Box<Answer>, Vec<u8>),
}

/// A file whose first bytes have come.
pub(in crate::stream) struct Opened {
    pub remote: Remote,
    pub hint: FormatHint,
    pub head: Vec<u8>,
    /// The answer to read on; `None` when it broke and must be asked for anew.
    pub answer: Option<Answer>,
}

/// Asks for the file and looks at its first bytes.
pub(in crate::stream) async fn open(
    net: &Net,
    address: &RemoteAddress,
    cancel: &Cancel,
    monitor: &Arc<Monitor>,
) -> Result<Begun, StreamError> {
    let most = net.settings().retries.min(FIRST_BYTE_RETRIES);
    let mut attempt = 0;
    let (Answer { response, icy, .. }, head, is_broken) = loop {
        check_life(address)?;
        let error = match first_bytes(net, address, monitor).await {
            Ok(found) => break found,
            Err(error) => error,
        };
        attempt += 1;
        match retry_delay(&error, attempt, jitter()) {
            Some(delay) if attempt <= most && !error.is_offline() => {
                monitor.tries_again(&error);
                tokio::time::sleep(delay).await;
            }
            _ => return Err(error.into()),
        }
    };
    let media_type = response.media_type();
    if is_manifest(&head) || media_type.as_deref().is_some_and(is_hls_media_type) {
        return Ok(Begun::Playlist(Box::new(Answer::new(response, 0)), head));
    }
    if let Some(what) = text_in_place_of_audio(media_type.as_deref(), &head) {
        return Err(StreamError::NotAudio { from: address.shown(), what });
    }
    if head.is_empty() {
        return Err(StreamError::Empty(address.shown()));
    }
    if content_range(&response).is_some_and(|(start, _)| start != 0) {
        let reason = "the server does not begin at its start".to_owned();
        return Err(StreamError::Changed { from: address.shown(), reason });
    }
    let hint = FormatHint { extension: extension(&response), media_type };
    let remote = Remote::new(net.clone(), address.clone(), &response, cancel.clone(), monitor.clone());
    let answer = if is_broken { None } else { Some(Answer { response, skip: 0, icy }) };
    Ok(Begun::Audio(Box::new(Opened { remote, hint, head, answer })))
}

/// Sends the request and reads enough of the body to tell what it is. Says also whether the answer broke
/// after some bytes.
async fn first_bytes(
    net: &Net,
    address: &RemoteAddress,
    monitor: &Arc<Monitor>,
) -> Result<(Answer, Vec<u8>, bool), NetError> {
    let mut request = first_request(address.url.clone(), 0);
    request.headers.clone_from(&address.headers);
    request.reach = address.reach;
    let mut response = net.send(request).await?;
    if response.status == 416 {
        // Some servers know no ranges of an empty file, and some no ranges at all.
        let plain = Request::get_address(address, crate::net::Limit::Stream)
            .open_header("Accept-Encoding", "identity");
        response = net.send(plain).await?;
    }
    let mut answer = Answer::new(response.success()?, 0);
    let mut head = Vec::new();
    while head.len() < SNIFF_BYTES {
        match answer.response.chunk().await {
            Ok(Some(chunk)) => {
                monitor.received(chunk.len());
                match &mut answer.icy {
                    Some(icy) => head.extend(icy.strip(&chunk)),
                    None => head.extend_from_slice(&chunk),
                }
            }
            Ok(None) => return Ok((answer, head, false)),
            Err(error) if head.is_empty() => return Err(error),
            Err(_) => return Ok((answer, head, true)),
        }
    }
    Ok((answer, head, false))
}

/// The extension of the address that answered, if it looks like one.
fn extension(response: &Response) -> Option<String> {
    let name = response.url.path_segments()?.next_back()?;
    let (_, extension) = name.rsplit_once('.')?;
    let is_plain = (1..=5).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric());
    is_plain.then(|| extension.to_ascii_lowercase())
}
