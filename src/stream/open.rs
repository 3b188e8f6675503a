//! Opens locators: tells files, streams and playlists apart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use url::Url;

use crate::config::HlsSettings;
use crate::model::{FilePart, Locator, RemoteAddress, is_web_address};
use crate::net::{Net, NetError};

use super::file::FileStream;
use super::hls::playlist::MAX_PLAYLIST_BYTES;
use super::hls::{self, Fetched, HlsMedia, Manifest, Meter, Root, Source};
use super::http::{self, Begun, HttpStream, Remote, cache_time};
use super::kept::{Cache, Known};
use super::sniff::{SNIFF_BYTES, is_manifest, is_web_page};
use super::{ByteStream, Cancel, FormatHint, Media, Monitor, Open, Part, StreamError};

/// Opens files, progressive addresses and HLS playlists.
#[derive(Clone, Debug)]
pub struct Streams {
    pub(super) net: Net,
    hls: HlsSettings,
    runtime: Handle,
    pub(super) meter: Meter,
    cache: Option<Cache>,
}

impl Streams {
    /// Streams that fetch with `net` on the tasks of `runtime`. Everything they open is to be used on
    /// threads that are none of the runtime's workers.
    pub fn new(net: Net, hls: HlsSettings, runtime: Handle) -> Self {
        // Time only measures transfers here: how long from one reading to the next.
        #[expect(clippy::disallowed_methods, reason = "the clock that times transfers")]
        let start = std::time::Instant::now();
        Self::with_meter(net, hls, runtime, Meter::new(move || start.elapsed()))
    }

    /// The same with a clock that a test sets.
    pub(super) fn with_meter(net: Net, hls: HlsSettings, runtime: Handle, meter: Meter) -> Self {
        Self { net, hls, runtime, meter, cache: None }
    }

    /// The same, keeping progressive sound in `folder` as it is read, at most `most_bytes` of it; 0 keeps none.
    pub fn keeping_in(self, folder: PathBuf, most_bytes: u64) -> Self {
        Self { cache: (most_bytes > 0).then(|| Cache::new(folder, most_bytes)), ..self }
    }

    fn wait<T>(
        &self,
        cancel: &Cancel,
        work: impl Future<Output = Result<T, StreamError>>,
    ) -> Result<T, StreamError> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(StreamError::Cancelled),
                result = work => result,
            }
        })
    }

    fn file(
        &self,
        path: &Path,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
    ) -> Result<Box<dyn Media>, StreamError> {
        let failed = |source| StreamError::File { path: path.to_owned(), source };
        let mut file = FileStream::open(path, monitor)?;
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        let mut head = [0; SNIFF_BYTES];
        let count = file.peek(&mut head).map_err(failed)?;
        if is_manifest(&head[..count]) || extension.as_deref() == Some("m3u8") {
            let bytes = file.read_capped(MAX_PLAYLIST_BYTES + 1).map_err(failed)?;
            let path = path.canonicalize().map_err(failed)?;
            let url =
                Url::from_file_path(&path).map_err(|()| NetError::Address(path.display().to_string()))?;
            let folder = path.parent().unwrap_or(&path).to_owned();
            let fetched = Fetched { url: url.clone(), bytes: bytes.into() };
            return self.playlist(Root::Folder(folder), cancel, monitor, |_| async {
                Ok(Manifest { asked: url, fetched })
            });
        }
        Ok(Single::media(Box::new(file), FormatHint { extension, media_type: None }))
    }

    fn address(
        &self,
        address: &RemoteAddress,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
    ) -> Result<Box<dyn Media>, StreamError> {
        if address.url.path().to_ascii_lowercase().ends_with(".m3u8") {
            return self.manifest_at(address, cancel, monitor);
        }
        let known = self.cache.as_ref().and_then(|cache| cache.known(&address.url));
        let again = |known: &Known| self.kept_whole(known, address, cancel, monitor);
        if let Some(media) = known.as_ref().filter(|known| known.is_fresh(cache_time())).and_then(again) {
            return Ok(media);
        }
        let begun = match self.wait(cancel, http::open(&self.net, address, cancel, monitor)) {
            Err(StreamError::Net(error)) if error.is_unreached() => {
                return known.as_ref().and_then(again).ok_or(StreamError::Net(error));
            }
            begun => begun?,
        };
        match begun {
            Begun::Audio(opened) => {
                let hint = opened.hint.clone();
                Ok(Single::media(
                    Box::new(HttpStream::new(self.runtime.clone(), *opened, self.cache.as_ref())),
                    hint,
                ))
            }
            Begun::Playlist(answer, head) => {
                let asked = address.url.clone();
                let limit = self.net.settings().playlist_timeout;
                self.playlist(Root::Web(address.clone()), cancel, monitor, |source| async move {
                    source.learn(&answer.response);
                    let fetched = tokio::time::timeout(limit, rest_of_playlist(*answer, head));
                    let timed_out = NetError::Timeout {
                        host: asked.host_str().unwrap_or_default().to_owned(),
                        phase: crate::net::Phase::Whole,
                    };
                    Ok(Manifest { asked, fetched: fetched.await.map_err(|_| timed_out)?? })
                })
            }
        }
    }

    /// The sound of an address that is kept whole: nobody is asked for anything.
    fn kept_whole(
        &self,
        known: &Known,
        address: &RemoteAddress,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
    ) -> Option<Box<dyn Media>> {
        let kept = self.cache.as_ref()?.open_known(known, cache_time())?;
        let remote =
            Remote::known(self.net.clone(), address.clone(), known, cancel.clone(), Arc::clone(monitor));
        let stream = HttpStream::of_kept(self.runtime.clone(), remote, kept);
        Some(Single::media(Box::new(stream), known.hint()))
    }

    /// An address that is known to answer a playlist, or a JSON object with the playlist's address.
    fn manifest_at(
        &self,
        address: &RemoteAddress,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
    ) -> Result<Box<dyn Media>, StreamError> {
        let from = address.shown();
        let url = address.url.clone();
        self.playlist(Root::Web(address.clone()), cancel, monitor, |source| async move {
            http::check_life(address)?;
            let manifest = hls::fetch_manifest(&source, url).await?;
            let manifest = match address_in_json(&manifest.fetched) {
                Some(next) => hls::fetch_manifest(&source, next).await?,
                None => manifest,
            };
            let bytes = &manifest.fetched.bytes;
            if bytes.is_empty() {
                return Err(StreamError::Empty(from));
            }
            if is_web_page(bytes) {
                return Err(StreamError::NotAudio { from, what: "a web page" });
            }
            Ok(manifest)
        })
    }

    fn playlist<W: Future<Output = Result<Manifest, StreamError>>>(
        &self,
        root: Root,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
        manifest: impl FnOnce(Arc<Source>) -> W,
    ) -> Result<Box<dyn Media>, StreamError> {
        let source = Arc::new(Source::new(self.net.clone(), root, monitor.clone(), self.meter.clone()));
        let chosen = self.wait(cancel, async {
            let manifest = manifest(source.clone()).await?;
            hls::choose(&source, manifest, self.hls.variant).await
        })?;
        Ok(Box::new(HlsMedia::start(self.runtime.clone(), source, chosen, cancel.clone())))
    }
}

impl Open for Streams {
    fn open(
        &self,
        locator: &Locator,
        cancel: &Cancel,
        monitor: &Arc<Monitor>,
    ) -> Result<Box<dyn Media>, StreamError> {
        if cancel.is_cancelled() {
            return Err(StreamError::Cancelled);
        }
        match locator {
            Locator::File(path) | Locator::Part(FilePart { path, .. }) => self.file(path, cancel, monitor),
            Locator::Http(address) => self.address(address, cancel, monitor),
            Locator::Hls(address) => self.manifest_at(address, cancel, monitor),
        }
    }
}

/// Reads what is left of a playlist that showed as one in its first bytes.
pub(super) async fn rest_of_playlist(answer: http::Answer, head: Vec<u8>) -> Result<Fetched, StreamError> {
    let url = answer.response.url.clone();
    let rest = answer.response.bytes(MAX_PLAYLIST_BYTES).await?;
    Ok(Fetched { url, bytes: [head.as_slice(), rest.as_ref()].concat().into() })
}

/// The address in a JSON object that was sent in place of a playlist.
pub(super) fn address_in_json(fetched: &Fetched) -> Option<Url> {
    const NAMES: [&str; 8] =
        ["url", "stream_url", "streamUrl", "manifest_url", "manifestUrl", "hls_url", "hls", "manifest"];
    if fetched.bytes.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let object: serde_json::Value = serde_json::from_slice(&fetched.bytes).ok()?;
    let found = [Some(&object), object.get("data")]
        .into_iter()
        .flatten()
        .find_map(|object| NAMES.iter().find_map(|name| object.get(name)?.as_str()))?;
    fetched.url.join(found).ok().filter(is_web_address)
}

/// A media of one part.
struct Single {
    part: Option<Part>,
}

/// A media of nothing but these bytes, opened already.
pub fn whole_media(bytes: Box<dyn ByteStream>, hint: FormatHint) -> Box<dyn Media> {
    Single::media(bytes, hint)
}

impl Single {
    fn media(bytes: Box<dyn ByteStream>, hint: FormatHint) -> Box<dyn Media> {
        Box::new(Self { part: Some(Part { bytes, hint, starts_at: Duration::ZERO, lead: Duration::ZERO }) })
    }
}

impl Media for Single {
    fn length(&self) -> Option<Duration> {
        None
    }

    fn next_part(&mut self) -> Result<Option<Part>, StreamError> {
        Ok(self.part.take())
    }

    fn seeks_by_part(&self) -> bool {
        false
    }

    fn seek(&mut self, to: Duration) -> Result<Duration, StreamError> {
        // Its bytes are sought in directly.
        Ok(to)
    }
}
