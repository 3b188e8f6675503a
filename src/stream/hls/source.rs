//! Fetches what a playlist names: by HTTP with the retry policy, or from files below a local playlist.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::model::{Reach, RemoteAddress};
use crate::net::{FIRST_BYTE_RETRIES, Limit, Net, NetError, Request, Response, retry_delay};
use crate::stream::http::{content_range, jitter};
use crate::stream::keep::Brake;
use crate::stream::outage::Outage;
use crate::stream::{Monitor, StreamError};

use super::cache::Cache;
use super::key::Keys;
use super::meter::Meter;
use super::playlist::{ByteRange, MAX_PLAYLIST_BYTES, Variables};

/// Largest segment, initialisation section included.
const MAX_SEGMENT_BYTES: usize = 32 << 20;

/// How long a variant that failed is not thought of.
const ASIDE: Duration = Duration::from_secs(60);

/// Where a playlist came from, which says what it may open.
#[derive(Clone, Debug)]
pub(in crate::stream) enum Root {
    /// The address asked for; its headers go to its own origin only.
    Web(RemoteAddress),
    /// The folder of a playlist that is a file.
    Folder(PathBuf),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// A playlist.
    Playlist,
    /// A key, read no further than it takes to see that it is too long.
    Key,
    /// A segment or initialisation section.
    Segment,
}

/// What came.
pub(in crate::stream) struct Fetched {
    /// The address that answered, after redirects.
    pub url: Url,
    /// The bytes asked for.
    pub bytes: Bytes,
}

/// Fetches for one playlist.
pub(in crate::stream) struct Source {
    net: Net,
    root: Root,
    monitor: Arc<Monitor>,
    meter: Meter,
    /// The keys fetched so far.
    pub(super) keys: Keys,
    /// Segments that were of use.
    pub(super) cache: Cache,
    /// What media playlists may import.
    pub(super) variables: OnceLock<Variables>,
    /// Until the first segment has come the listener waits, and few tries are made.
    is_warm: AtomicBool,
    /// Whether a playlist came from outside the listener's own network: what it names may not lead there.
    is_from_outside: AtomicBool,
    /// Whether a playlist came encrypted: what it names must be so too, unless the listener allows otherwise.
    is_encrypted: AtomicBool,
    outage: Outage,
    /// Holds transfers back, where something does.
    brake: Option<Arc<dyn Brake>>,
    /// Playlists of variants that failed, each with the time until which it is left alone.
    aside: Mutex<HashMap<Url, Duration>>,
}

impl Source {
    /// Fetches what playlists from `root` name.
    pub(in crate::stream) fn new(net: Net, root: Root, monitor: Arc<Monitor>, meter: Meter) -> Self {
        let is_encrypted = matches!(&root, Root::Web(address) if address.url.scheme() == "https");
        Self {
            net,
            root,
            monitor,
            meter,
            keys: Keys::default(),
            cache: Cache::default(),
            variables: OnceLock::new(),
            is_warm: AtomicBool::new(false),
            is_from_outside: AtomicBool::new(false),
            is_encrypted: AtomicBool::new(is_encrypted),
            outage: Outage::default(),
            brake: None,
            aside: Mutex::default(),
        }
    }

    /// The same, held back by `brake`.
    pub(in crate::stream) fn braked(self, brake: Option<Arc<dyn Brake>>) -> Self {
        Self { brake, ..self }
    }

    /// Counts bytes that came, and waits where they came too fast.
    async fn came(&self, bytes: usize) {
        self.monitor.received(bytes);
        if let Some(brake) = &self.brake {
            tokio::time::sleep(brake.wait(bytes)).await;
        }
    }

    /// A playlist comes, and its answer says what it may name.
    pub(in crate::stream) fn learn(&self, answer: &Response) {
        if answer.reach == Reach::Public {
            self.is_from_outside.store(true, Ordering::Relaxed);
        }
        if answer.url.scheme() == "https" {
            self.is_encrypted.store(true, Ordering::Relaxed);
        }
    }

    /// Keys stay encrypted where the playlist was; sound too, unless the listener allows otherwise, and then
    /// with no name or password in its address.
    fn check_encryption(&self, url: &Url, want: Want) -> Result<(), NetError> {
        let (is_key, host) = (want == Want::Key, || url.host_str().unwrap_or_default().to_owned());
        if url.scheme() == "https" || !self.is_encrypted.load(Ordering::Relaxed) {
            return Ok(());
        }
        if is_key || !self.net.settings().allow_http_media {
            return Err(NetError::Unencrypted { host: host(), is_key });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::Address("an address with a user in it".to_owned()));
        }
        Ok(())
    }

    /// What a request for `url` may reach.
    fn reach(&self, url: &Url) -> Reach {
        let is_from_outside = self.is_from_outside.load(Ordering::Relaxed);
        let named = if is_from_outside { Reach::Public } else { Reach::Anywhere };
        match &self.root {
            Root::Web(address) if address.reach == Reach::Public => Reach::Public,
            Root::Web(address) => address.reach_later(url, named),
            Root::Folder(_) => named,
        }
    }

    /// Whether the playlist is a file.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.root, Root::Folder(_))
    }

    /// Counts everything that happens.
    pub(super) fn monitor(&self) -> &Arc<Monitor> {
        &self.monitor
    }

    /// Times segments.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Whether sound has come before: then all is done to go on.
    pub(super) fn is_warm(&self) -> bool {
        self.is_warm.load(Ordering::Relaxed)
    }

    /// How often what is played is asked for again before something else is tried.
    pub(super) fn retries(&self) -> u8 {
        self.net.settings().retries
    }

    /// How the line fails, if it does.
    pub(super) fn outage(&self) -> &Outage {
        &self.outage
    }

    /// Leaves the variant whose playlist is at `address` alone for a while.
    pub(super) fn put_aside(&self, address: &Url) {
        let until = self.meter.now() + ASIDE;
        self.aside.lock().unwrap_or_else(PoisonError::into_inner).insert(address.clone(), until);
    }

    /// Whether that variant is to be left alone.
    pub(super) fn is_aside(&self, address: &Url) -> bool {
        let aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        aside.get(address).is_some_and(|until| *until > self.meter.now())
    }

    /// Fetches all or a stretch of a resource, trying again as the policy says: playlists once more, what is
    /// played as often as the settings say.
    pub(super) async fn fetch(
        &self,
        url: &Url,
        range: Option<ByteRange>,
        want: Want,
    ) -> Result<Fetched, StreamError> {
        let mut attempt = 0;
        loop {
            let error = match self.fetch_once(url, range, want).await {
                Err(StreamError::Net(error)) => error,
                fetched => return fetched,
            };
            attempt += 1;
            let is_patient = self.is_warm() && want != Want::Playlist;
            let most = self.net.settings().retries;
            let most = if is_patient { most } else { most.min(FIRST_BYTE_RETRIES) };
            let delay = if self.is_warm() {
                self.outage.failed(&error, jitter())
            } else {
                retry_delay(&error, attempt, jitter())
            };
            let Some(delay) = delay.filter(|_| attempt <= most) else { return Err(error.into()) };
            self.monitor.tries_again(&error);
            if self.is_warm() {
                self.outage.pause(&self.monitor.hunger, &error, delay, jitter()).await;
            } else {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// The same without another try.
    pub(super) async fn fetch_once(
        &self,
        url: &Url,
        range: Option<ByteRange>,
        want: Want,
    ) -> Result<Fetched, StreamError> {
        if url.scheme() == "file" {
            return self.read_file(url, range).await;
        }
        let began = self.meter.now();
        let fetched = self.try_once(url, range, want).await?;
        if want == Want::Segment {
            self.meter.add(fetched.bytes.len(), began);
            self.is_warm.store(true, Ordering::Relaxed);
            self.outage.over();
        }
        Ok(fetched)
    }

    async fn send(&self, mut request: Request) -> Result<Response, NetError> {
        request.first_byte = self.outage.patience(&self.monitor.hunger);
        let asked = tokio::time::Instant::now();
        let response = self.net.send(request).await?;
        self.outage.answered(asked.elapsed());
        Ok(response)
    }

    async fn try_once(&self, url: &Url, range: Option<ByteRange>, want: Want) -> Result<Fetched, NetError> {
        self.check_encryption(url, want)?;
        let (limit, cap) = match want {
            Want::Playlist => (Limit::Playlist, MAX_PLAYLIST_BYTES),
            Want::Key => (Limit::Playlist, 1024),
            Want::Segment => (Limit::Segment, MAX_SEGMENT_BYTES),
        };
        let is_sound = want != Want::Key;
        let mut request = Request { reach: self.reach(url), is_sound, ..Request::get(url.clone(), limit) };
        if let Root::Web(address) = &self.root
            && address.url.origin() == url.origin()
        {
            request.headers.clone_from(&address.headers);
        }
        if want == Want::Playlist {
            request = request
                .open_header("Accept", "application/vnd.apple.mpegurl, application/x-mpegURL, */*;q=0.8");
        }
        let Some(range) = range else {
            let response = self.send(request).await?.success()?;
            if want == Want::Playlist {
                self.learn(&response);
            }
            let url = response.url.clone();
            let bytes = self.body(response, cap).await?;
            return Ok(Fetched { url, bytes });
        };
        let last = (range.offset + range.length).saturating_sub(1);
        request = request
            .open_header("Accept-Encoding", "identity")
            .open_header("Range", format!("bytes={}-{last}", range.offset));
        let response = self.send(request).await?.success()?;
        let url = response.url.clone();
        // A server without ranges sends everything; the stretch is cut out.
        let skip = match content_range(&response) {
            Some((start, _)) if start != range.offset => {
                let host = url.host_str().unwrap_or_default().to_owned();
                return Err(NetError::Broken { host, reason: "another byte range came".to_owned() });
            }
            Some(_) => 0,
            None if response.status == 206 => 0,
            None => range.offset,
        };
        let bytes = self.stretch(response, skip, range.length, cap).await?;
        Ok(Fetched { url, bytes })
    }

    async fn body(&self, mut response: Response, cap: usize) -> Result<Bytes, NetError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            self.came(chunk.len()).await;
            if body.len() + chunk.len() > cap {
                return Err(too_large(&response.url, cap));
            }
            body.extend_from_slice(&chunk);
        }
        // It may be kept for long.
        body.shrink_to_fit();
        Ok(body.into())
    }

    async fn stretch(
        &self,
        mut response: Response,
        mut skip: u64,
        length: u64,
        cap: usize,
    ) -> Result<Bytes, NetError> {
        let length = usize::try_from(length).ok().filter(|length| *length <= cap);
        let Some(length) = length else { return Err(too_large(&response.url, cap)) };
        let mut body = Vec::new();
        while body.len() < length {
            let Some(chunk) = response.chunk().await? else {
                let host = response.url.host_str().unwrap_or_default().to_owned();
                return Err(NetError::Broken { host, reason: "a byte range ended early".to_owned() });
            };
            self.came(chunk.len()).await;
            let passed = usize::try_from(skip).map_or(chunk.len(), |skip| skip.min(chunk.len()));
            skip -= passed as u64;
            body.extend_from_slice(&chunk[passed..]);
        }
        body.truncate(length);
        Ok(body.into())
    }

    async fn read_file(&self, url: &Url, range: Option<ByteRange>) -> Result<Fetched, StreamError> {
        let Root::Folder(folder) = &self.root else {
            return Err(StreamError::Net(NetError::Address("file:".to_owned())));
        };
        let path = url.to_file_path().map_err(|()| NetError::Address("file:".to_owned()))?;
        let folder = folder.clone();
        let read = tokio::task::spawn_blocking(move || super::local::read_below(&folder, &path, range));
        // A task that was aborted has no listener any more.
        let bytes = read.await.map_err(|_| StreamError::Cancelled)??;
        self.monitor.received(bytes.len());
        Ok(Fetched { url: url.clone(), bytes: bytes.into() })
    }
}

fn too_large(url: &Url, cap_bytes: usize) -> NetError {
    NetError::TooLarge { host: url.host_str().unwrap_or_default().to_owned(), cap_bytes }
}
