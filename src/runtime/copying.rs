//! What the room that copies needs of others: addresses of the services, a decoder, covers. Decides nothing.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use url::Url;

use crate::audio;
use crate::catalog::Catalog;
use crate::downloads::{Helper, Verified};
use crate::model::{
    DownloadId, DownloadProgress, Fault, FaultKind, Locator, Purpose, Reach, RemoteAddress, Track, TrackRef,
    Wanted,
};
use crate::net::{Limit, Net, Request};
use crate::stream::{Cancel, Media};

use super::ask;

/// Packets that may be broken in a file that is whole: some encoders leave one at its end.
const MOST_BROKEN_PACKETS: u64 = 3;

/// Largest cover that is fetched.
const MAX_COVER_BYTES: usize = 8 << 20;

/// Serves everything that is copied at the same time.
pub struct CopyDesk {
    catalogs: Vec<Arc<dyn Catalog>>,
    net: Net,
    tasks: Handle,
    progress: Mutex<HashMap<DownloadId, DownloadProgress>>,
}

impl CopyDesk {
    /// Asks `catalogs` for addresses, and `net` for covers, on the tasks of `tasks`.
    pub fn new(catalogs: Vec<Arc<dyn Catalog>>, net: Net, tasks: Handle) -> Self {
        Self { catalogs, net, tasks, progress: Mutex::default() }
    }

    /// Who is asked for a track, where that is a service.
    pub fn service_of(&self, track: &Track) -> Option<Arc<dyn Catalog>> {
        let TrackRef::Service { service, .. } = &track.reference else { return None };
        ask::find(&self.catalogs, service).ok().cloned()
    }

    /// What is new of how far each copy is since this was asked last.
    pub fn take_progress(&self) -> HashMap<DownloadId, DownloadProgress> {
        std::mem::take(&mut *self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn wait<T>(&self, cancel: &Cancel, work: impl Future<Output = T>) -> Option<T> {
        self.tasks.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                result = work => Some(result),
            }
        })
    }

    /// Whoever tells of a track.
    fn source(&self, wanted: &Wanted) -> Option<(&dyn Catalog, String)> {
        let TrackRef::Service { service, id } = &wanted.track.reference else { return None };
        Some((&**ask::find(&self.catalogs, service).ok()?, id.clone()))
    }

    async fn picture(&self, url: Url, reach: Reach) -> Option<Vec<u8>> {
        let request = Request { reach, ..Request::get(url, Limit::Api) };
        let answer = self.net.send(request).await.and_then(crate::net::Response::success);
        match answer {
            Ok(answer) => answer.bytes(MAX_COVER_BYTES).await.ok().map(Vec::from),
            Err(error) => {
                tracing::info!(%error, "a copy has no cover");
                None
            }
        }
    }
}

impl Helper for CopyDesk {
    fn locate(&self, wanted: &Wanted, cancel: &Cancel) -> Result<Locator, Fault> {
        let (service, id) = match &wanted.track.reference {
            TrackRef::File(path) => return Ok(Locator::File(path.clone())),
            TrackRef::Part(part) => return Ok(Locator::Part(part.clone())),
            TrackRef::Url(url) => return Ok(Locator::Http(RemoteAddress::plain(url.clone()))),
            TrackRef::Service { service, id } => (service, id),
        };
        let catalog = ask::find(&self.catalogs, service)?;
        let located = self.wait(cancel, catalog.locate(id, Purpose::Keep));
        let located = located.ok_or_else(|| Fault::new(FaultKind::Other, "cancelled"))?;
        located.map_err(|error| error.fault())
    }

    fn verify(&self, media: Box<dyn Media>, cancel: &Cancel) -> Result<Verified, Fault> {
        // Decoders are strangers' code fed with strangers' bytes.
        let proved = catch_unwind(AssertUnwindSafe(|| audio::prove(media, cancel)));
        let broken = |message: &str| Fault::new(FaultKind::Damaged, message);
        let proved = proved.map_err(|_| broken("What came cannot be decoded"))?;
        let (format, summary) = proved.map_err(|error| error.fault())?;
        if summary.errors_skipped > MOST_BROKEN_PACKETS {
            return Err(broken(&format!("{} packets of what came are broken", summary.errors_skipped)));
        }
        let seconds = summary.frames as f64 / f64::from(summary.sample_rate.0.max(1));
        let length = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Ok(Verified { format, length, frames: summary.frames })
    }

    fn about(&self, wanted: &Wanted, cancel: &Cancel) -> Option<Track> {
        let (catalog, id) = self.source(wanted)?;
        match self.wait(cancel, catalog.track(&id))? {
            Ok(track) => Some(track),
            Err(error) => {
                tracing::info!(%error, "a copy says no more than its row");
                None
            }
        }
    }

    fn cover(&self, wanted: &Wanted, cancel: &Cancel) -> Option<Vec<u8>> {
        let url = wanted.track.artwork.clone()?;
        let reach = self.source(wanted).map_or(Reach::Public, |(catalog, _)| catalog.reach(&url));
        self.wait(cancel, self.picture(url, reach)).flatten()
    }

    fn tell(&self, id: DownloadId, progress: DownloadProgress) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).insert(id, progress);
    }
}
