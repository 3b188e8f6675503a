//! `segue probe`: what a file, an address or a playlist is.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::audio;
use crate::model::{Fault, FaultKind, FilePart, Locator, RemoteAddress, TrackRef};
use crate::net::{Limit, Net, Request};
use crate::stream::hls::playlist::{MAX_PLAYLIST_BYTES, PlaylistSummary, summarise};
use crate::stream::{Cancel, Media, Monitor, Open, StreamError, Streams};

use super::profile::Profile;

/// Tells what `target` is: for sound container, codec, rate, channels, duration, bitrate, tags and
/// gapless information, for a playlist what `segue debug playlist` tells.
///
/// # Errors
/// When it cannot be read, or is neither.
pub fn probe(profile: &Profile, target: &TrackRef) -> Result<Value, Fault> {
    let tasks = super::tokio_runtime()?;
    let streams = streams(profile, &tasks);
    let media = open(&streams, target)?;
    // Only playlists are sought in through their parts.
    if media.seeks_by_part() {
        return json(&playlist(profile, &tasks, target, None)?);
    }
    json(&audio::probe(media).map_err(|error| error.fault())?)
}

/// Bytes for one run of a tool.
pub(super) fn streams(profile: &Profile, tasks: &tokio::runtime::Runtime) -> Streams {
    let settings = &profile.settings;
    Streams::new(Net::new(settings.network.clone()), settings.hls.clone(), tasks.handle().clone())
}

/// Opens what needs no service.
pub(super) fn open(streams: &Streams, target: &TrackRef) -> Result<Box<dyn Media>, Fault> {
    let locator = match target {
        // A stretch of a file is as the file is.
        TrackRef::File(path) | TrackRef::Part(FilePart { path, .. }) => Locator::File(path.clone()),
        TrackRef::Url(url) => Locator::Http(RemoteAddress::plain(url.clone())),
        TrackRef::Service { .. } => return Err(no_service(target)),
    };
    let monitor = Arc::new(Monitor::default());
    streams.open(&locator, &Cancel::default(), &monitor).map_err(|error| error.fault())
}

fn no_service(target: &TrackRef) -> Fault {
    Fault::new(FaultKind::Usage, format!("{target} is a service's track"))
        .hint("Give a path or an http(s) address")
}

/// Reads a playlist; `base` counts as the address it came from.
pub(super) fn playlist(
    profile: &Profile,
    tasks: &tokio::runtime::Runtime,
    target: &TrackRef,
    base: Option<&Url>,
) -> Result<PlaylistSummary, Fault> {
    let (text, from) = match target {
        TrackRef::File(path) | TrackRef::Part(FilePart { path, .. }) => {
            let failed = |source| StreamError::File { path: path.clone(), source }.fault();
            let path = path.canonicalize().map_err(failed)?;
            if path.is_dir() {
                return Err(StreamError::Directory(path).fault());
            }
            let mut bytes = Vec::new();
            let cap = MAX_PLAYLIST_BYTES as u64 + 1;
            File::open(&path).and_then(|file| file.take(cap).read_to_end(&mut bytes)).map_err(failed)?;
            let from = Url::from_file_path(&path)
                .map_err(|()| Fault::new(FaultKind::Other, format!("{} has no address", path.display())))?;
            (bytes, from)
        }
        TrackRef::Url(url) => {
            let net = Net::new(profile.settings.network.clone());
            let fetched = tasks.block_on(async {
                let request = Request { is_sound: true, ..Request::get(url.clone(), Limit::Playlist) };
                let response = net.send(request).await?.success()?;
                let from = response.url.clone();
                Ok::<_, crate::net::NetError>((response.bytes(MAX_PLAYLIST_BYTES).await?, from))
            });
            let (bytes, from) = fetched.map_err(|error| error.fault())?;
            (bytes.to_vec(), from)
        }
        TrackRef::Service { .. } => return Err(no_service(target)),
    };
    summarise(&text, base.unwrap_or(&from)).map_err(|error| error.fault())
}

/// The value as JSON.
pub(super) fn json(value: &impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|error| Fault::new(FaultKind::Other, error.to_string()))
}
