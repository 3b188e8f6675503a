//! From what a track says of its cover to pixels: memory, disk, file or address, then the worker.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

use super::decode::decode;
use super::error::ArtworkError;
use super::shelf::Shelf;
use super::{MAX_BYTES, beside};
use crate::model::{Picture, Reach, is_web_address};
use crate::net::{Limit, Net, Request, Response};

/// Longest that reading and decoding a picture may take.
const WORK_LIMIT: Duration = Duration::from_secs(1);

/// Longest wait for the worker, which may be busy with a picture that nobody wants any more.
const TURN_LIMIT: Duration = Duration::from_secs(5);

/// Pictures kept in memory: with their pixels, at most some 1.3 MB each.
const REMEMBERED: usize = 12;

/// Where a cover may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// In the tags of this file, or beside it.
    OfFile(PathBuf),
    /// At this address.
    At(Url),
}

/// Finds covers. One picture is decoded at a time, whatever is asked.
#[derive(Debug)]
pub struct Artwork {
    net: Net,
    homes: Vec<Url>,
    shelf: Option<Shelf>,
    turn: Arc<Semaphore>,
    lately: Mutex<Vec<(Wanted, Arc<Picture>)>>,
}

impl Artwork {
    /// Fetches over `net` and keeps in `folder`, where there is one. Addresses lead into the listener's own network
    /// only where the host is that of one of `homes`, which the listener named.
    pub fn new(net: Net, homes: Vec<Url>, folder: Option<PathBuf>) -> Self {
        let (turn, lately) = (Arc::new(Semaphore::new(1)), Mutex::default());
        Self { net, homes, shelf: folder.map(Shelf::new), turn, lately }
    }

    /// The cover; `None` when a file has none. `now` is noted with what is kept.
    ///
    /// # Errors
    /// When it does not come, is too large, or cannot be decoded.
    pub async fn find(&self, wanted: &Wanted, now: SystemTime) -> Result<Option<Arc<Picture>>, ArtworkError> {
        if let Some(known) = self.remembered(wanted) {
            return Ok(Some(known));
        }
        let found = match wanted {
            Wanted::OfFile(path) => {
                let path = path.clone();
                self.work(move || beside::find(&path).map(|bytes| decode(&bytes)).transpose()).await?
            }
            Wanted::At(address) => Some(self.fetched(address, now).await?),
        };
        let Some(found) = found.map(Arc::new) else { return Ok(None) };
        self.remember(wanted.clone(), Arc::clone(&found));
        Ok(Some(found))
    }

    async fn fetched(&self, address: &Url, now: SystemTime) -> Result<Picture, ArtworkError> {
        if let Some(shelf) = self.shelf.clone() {
            let address = address.clone();
            if let Some(kept) = self.work(move || Ok(shelf.read(&address, now))).await? {
                return Ok(kept);
            }
        }
        if !is_web_address(address) {
            return Err(ArtworkError::Kind);
        }
        let at_home = self.homes.iter().any(|home| home.host() == address.host());
        let reach = if at_home { Reach::Anywhere } else { Reach::Public };
        let request = Request { reach, ..Request::get(address.clone(), Limit::Api) };
        let answer = self.net.send(request).await.and_then(Response::success)?;
        if answer.content_length().is_some_and(|bytes| bytes > MAX_BYTES as u64) {
            return Err(ArtworkError::TooLarge);
        }
        let bytes = answer.bytes(MAX_BYTES).await?;
        let (shelf, address) = (self.shelf.clone(), address.clone());
        self.work(move || {
            let picture = decode(&bytes)?;
            if let Some(Err(error)) = shelf.map(|shelf| shelf.write(&address, &picture)) {
                tracing::debug!(%error, "a cover cannot be kept");
            }
            Ok(picture)
        })
        .await
    }

    /// Does work on a thread that may take long, but not beyond the limit: what runs on after it holds the one place
    /// of the worker until it is done, and nobody waits for what comes of it.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ArtworkError> + Send + 'static,
    ) -> Result<T, ArtworkError> {
        let turn = timeout(TURN_LIMIT, Arc::clone(&self.turn).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(ArtworkError::TooSlow) };
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        match timeout(WORK_LIMIT, worked).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(ArtworkError::Broken("its worker failed".to_owned())),
            Err(_) => Err(ArtworkError::TooSlow),
        }
    }

    fn remembered(&self, wanted: &Wanted) -> Option<Arc<Picture>> {
        let lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.iter().find(|(known, _)| known == wanted).map(|(_, picture)| Arc::clone(picture))
    }

    fn remember(&self, wanted: Wanted, picture: Arc<Picture>) {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        lately.insert(0, (wanted, picture));
        lately.truncate(REMEMBERED);
    }
}
