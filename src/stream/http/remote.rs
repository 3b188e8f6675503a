//! What a server says about its file, and how a stretch of it is asked for so that old and new bytes
//! are never joined wrongly (RFC 9110 sections 13.1.5 and 14).

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use url::Url;

use crate::model::{CleanText, Reach, RemoteAddress};
use crate::net::{Limit, Net, NetError, Request, Response};
use crate::stream::kept::{Identity, Known, fresh_for};
use crate::stream::outage::Outage;
use crate::stream::{Cancel, Monitor, StreamError};

use super::icy::{ASK, Icy};

/// Titles that wait to be read up to; more are not on their way at once.
const MAX_TITLES: usize = 64;

/// A file on a server, as its first answer described it.
pub(in crate::stream) struct Remote {
    pub net: Net,
    /// As the locator says.
    pub address: RemoteAddress,
    /// Who answered in the end; asked first, because the way there may be long or lead elsewhere.
    pub final_url: Url,
    /// What that address may reach.
    pub reach: Reach,
    /// Length of the whole in bytes.
    pub total: Option<u64>,
    /// Whether the server sends stretches of it.
    pub has_ranges: bool,
    /// Whether it is a station: without end, and what was missed is gone.
    pub is_radio: bool,
    /// Whether it may be written down (RFC 9111 section 5.2.2.5).
    pub may_keep: bool,
    /// How long it need not be asked for anew.
    pub fresh_for: Duration,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub cancel: Cancel,
    pub monitor: Arc<Monitor>,
    /// How the line fails, if it does.
    pub outage: Outage,
    /// Titles on their way, each with the byte it begins at.
    pub titles: Mutex<VecDeque<(u64, CleanText)>>,
}

/// An answer and how many of its first bytes are to be passed over.
pub(in crate::stream) struct Answer {
    pub response: Response,
    pub skip: u64,
    /// Takes a station's texts out.
    pub icy: Option<Icy>,
}

impl Answer {
    /// An answer from its first byte on, or from `skip` bytes later.
    pub(in crate::stream) fn new(response: Response, skip: u64) -> Self {
        let icy = Icy::of(&response);
        Self { response, skip, icy }
    }
}

/// `bytes 5-9/10` as start and total.
pub(in crate::stream) fn content_range(response: &Response) -> Option<(u64, Option<u64>)> {
    range_of(response.header("content-range")?)
}

/// The same of the header's text.
pub(in crate::stream) fn range_of(header: &str) -> Option<(u64, Option<u64>)> {
    let (span, total) = header.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (start, _) = span.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}

/// Length of the body, of which a part may have been read already.
pub(in crate::stream) fn whole_length(response: &Response) -> Option<u64> {
    response.header("content-length")?.trim().parse().ok()
}

impl Remote {
    /// Reads from an answer to the first request what the file is.
    pub(super) fn new(
        net: Net,
        address: RemoteAddress,
        response: &Response,
        cancel: Cancel,
        monitor: Arc<Monitor>,
    ) -> Self {
        let header = |name| response.header(name).map(str::to_owned);
        let range = content_range(response);
        let total = match range {
            // What is mixed with texts has no length of its own.
            _ if response.header("icy-metaint").is_some() => None,
            Some((_, total)) => total,
            None => whole_length(response),
        };
        let tells_of_station = ["icy-name", "icy-br", "icy-genre", "icy-url", "icy-metaint"];
        let is_radio = total.is_none() && tells_of_station.iter().any(|name| response.header(name).is_some());
        monitor.is_live.store(is_radio, Ordering::Relaxed);
        Self {
            net,
            address,
            final_url: response.url.clone(),
            reach: response.reach,
            total,
            is_radio,
            has_ranges: range.is_some() || response.header("accept-ranges") == Some("bytes"),
            may_keep: !header("cache-control")
                .is_some_and(|rules| rules.to_ascii_lowercase().contains("no-store")),
            fresh_for: fresh_for(response.header("cache-control")),
            etag: header("etag"),
            last_modified: header("last-modified"),
            cancel,
            monitor,
            outage: Outage::default(),
            titles: Mutex::default(),
        }
    }

    /// The same of a file that is kept, and was not asked for.
    pub(in crate::stream) fn known(
        net: Net,
        address: RemoteAddress,
        known: &Known,
        cancel: Cancel,
        monitor: Arc<Monitor>,
    ) -> Self {
        Self {
            net,
            final_url: address.url.clone(),
            reach: address.reach,
            address,
            total: Some(known.total),
            is_radio: false,
            has_ranges: true,
            may_keep: true,
            fresh_for: Duration::ZERO,
            etag: known.etag.clone(),
            last_modified: known.last_modified.clone(),
            cancel,
            monitor,
            outage: Outage::default(),
            titles: Mutex::default(),
        }
    }

    /// What a cache knows it by; `None` when it may not be kept, or is without end.
    pub(super) fn identity(&self) -> Option<Identity<'_>> {
        let total = self.total.filter(|_| self.may_keep)?;
        let (etag, last_modified) = (self.strong_etag(), self.last_modified.as_deref());
        Some(Identity { url: &self.final_url, etag, last_modified, total })
    }

    /// A weak tag does not promise equal bytes.
    fn strong_etag(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| !tag.starts_with("W/"))
    }

    /// Keeps titles until what they belong to is read.
    pub(super) fn keep_titles(&self, titles: impl IntoIterator<Item = (u64, CleanText)>) {
        if let Ok(mut kept) = self.titles.lock() {
            kept.extend(titles);
            while kept.len() > MAX_TITLES {
                kept.pop_front();
            }
        }
    }

    /// Tells the title of what was read up to byte `position`.
    pub(super) fn tell_titles(&self, position: u64) {
        let Ok(mut titles) = self.titles.lock() else { return };
        while titles.front().is_some_and(|(from, _)| *from < position) {
            if let Some((_, title)) = titles.pop_front() {
                self.monitor.set_title(title);
            }
        }
    }

    /// Asks for everything from byte `start` on, unless the time of the address is over.
    pub(super) async fn ask(&self, start: u64) -> Result<Answer, StreamError> {
        check_life(&self.address)?;
        let response = match self.send(&self.final_url, start).await {
            // The place it led to may have been for a short time only.
            Ok(response)
                if matches!(response.status, 401 | 403 | 404 | 410) && self.final_url != self.address.url =>
            {
                self.send(&self.address.url, start).await?
            }
            response => response?,
        };
        if self.is_radio {
            return Ok(Answer::new(response.success()?, 0));
        }
        if response.status == 416 {
            return Err(self.changed(format!("it has no byte {start} any more")));
        }
        let response = response.success()?;
        if response.header("content-encoding").is_some_and(|encoding| encoding != "identity") {
            return Err(self.changed("it comes compressed now".to_owned()));
        }
        self.compare(&response)?;
        match content_range(&response) {
            Some((found, _)) if found == start => Ok(Answer::new(response, 0)),
            Some((found, _)) => {
                Err(self.changed(format!("byte {start} was asked for and byte {found} came")))
            }
            None if response.status == 206 => {
                Err(self.changed("the server does not say which bytes it sent".to_owned()))
            }
            // The whole again: what is known already is passed over.
            None => Ok(Answer::new(response, start)),
        }
    }

    async fn send(&self, url: &Url, start: u64) -> Result<Response, NetError> {
        let mut request = first_request(url.clone(), start);
        request.reach = self.address.reach_later(url, self.reach);
        if url.origin() == self.address.url.origin() {
            request.headers.clone_from(&self.address.headers);
        }
        if let Some(validator) = self.strong_etag().or(self.last_modified.as_deref()) {
            request = request.open_header("If-Range", validator);
        }
        request.first_byte = self.outage.patience(&self.monitor.hunger);
        let asked = tokio::time::Instant::now();
        let response = self.net.send(request).await?;
        self.outage.answered(asked.elapsed());
        Ok(response)
    }

    /// Whether the answer is still about the same file.
    fn compare(&self, response: &Response) -> Result<(), StreamError> {
        if let (Some(before), Some(now)) = (self.etag.as_deref(), response.header("etag"))
            && before != now
        {
            return Err(self.changed("its entity tag is another one".to_owned()));
        }
        let total = match content_range(response) {
            Some((_, total)) => total,
            None => whole_length(response),
        };
        match (self.total, total) {
            (Some(before), Some(now)) if before != now => {
                Err(self.changed(format!("it had {before} bytes and now has {now}")))
            }
            _ => Ok(()),
        }
    }

    fn changed(&self, reason: String) -> StreamError {
        StreamError::Changed { from: self.address.shown(), reason }
    }
}

/// Whether a request for the address may begin now; if not, whoever gave it is to be asked for another one.
pub(in crate::stream) fn check_life(address: &RemoteAddress) -> Result<(), StreamError> {
    let now = tokio::time::Instant::now().into_std();
    if address.has_run_out(now) { Err(StreamError::RunOut(address.shown())) } else { Ok(()) }
}

/// A request for the bytes from `start` on, uncompressed so that their numbers mean something.
pub(super) fn first_request(url: Url, start: u64) -> Request {
    Request { is_sound: true, ..Request::get(url, Limit::Stream) }
        .open_header("Accept-Encoding", "identity")
        .open_header("Range", format!("bytes={start}-"))
        .open_header(ASK.0, ASK.1)
}
