//! Pages that were read, so that going back is instant and works offline: the newest in memory, all of them in
//! a folder if there is one. Each belongs to one account. Asks nothing of the network, and never keeps what
//! opens a door: no credentials, no signed address.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use crate::model::Secret;
use crate::net::Request;

mod disk;
mod memory;
mod signed;
#[cfg(test)]
mod tests;

use disk::Folder;
use memory::Memory;

/// Seconds for which a page is given without a question to anybody.
pub(super) const FRESH_S: u64 = 300;

/// Largest page that is kept, in bytes.
const MAX_PAGE_BYTES: usize = 4 << 20;

/// The pages of one service.
#[derive(Debug, Default)]
pub(super) struct Pages {
    memory: Mutex<Memory>,
    folder: Folder,
    /// Unix seconds; pages read until then may show what the listener has changed since.
    changed_at: AtomicU64,
    /// How often an account was forgotten.
    forgotten: Arc<AtomicU64>,
}

/// A time at which pages were asked for. What was asked for before an account was forgotten is not kept.
#[derive(Clone, Debug)]
pub(super) struct Since {
    count: u64,
    forgotten: Arc<AtomicU64>,
}

impl Since {
    fn holds(&self) -> bool {
        self.forgotten.load(Ordering::SeqCst) == self.count
    }
}

/// What a page is kept under: nothing can be read out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    account: String,
    page: String,
}

/// A page as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    pub about: About,
    /// JSON.
    pub body: Vec<u8>,
}

/// What is known about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// Unix seconds at which it was asked for, or whether it still holds.
    pub read_at: u64,
    /// The `ETag` header, as it came.
    pub etag: Option<String>,
    /// The `Last-Modified` header, as it came.
    pub modified: Option<String>,
}

impl Name {
    /// The name of the page that `request` asks for. `account` tells listeners apart and is no secret; it is
    /// empty where nobody is signed in.
    pub(super) fn of(service: &str, account: &str, request: &Request) -> Self {
        let accept = request.open_headers.iter().map(|(name, value)| format!("\n{name}: {value}"));
        let asked = format!("{service}\n{account}\n{}{}", request.url, accept.collect::<String>());
        Self { account: digest(&format!("{service}\n{account}")), page: digest(&asked) }
    }

    /// The name of its file.
    fn file(&self) -> String {
        let account = self.account.get(..16).unwrap_or(&self.account);
        format!("{account}-{}", self.page)
    }
}

impl Leaf {
    /// The page as JSON; `None` when it is damaged.
    pub(super) fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Pages {
    /// This moment, before anything is asked for.
    pub(super) fn since(&self) -> Since {
        Since { count: self.forgotten.load(Ordering::SeqCst), forgotten: Arc::clone(&self.forgotten) }
    }

    /// The page of this name, from wherever it is kept.
    pub(super) async fn find(&self, folder: Option<&Path>, name: &Name, now: u64) -> Option<Arc<Leaf>> {
        if let Some(leaf) = self.memory().find(name) {
            return Some(leaf);
        }
        let since = self.since();
        let leaf = Arc::new(self.folder.read(folder?, name, now).await?);
        self.remember(name, &leaf, &since);
        Some(leaf)
    }

    /// Whether the page may be given as it is.
    pub(super) fn is_fresh(&self, leaf: &Leaf, now: u64) -> bool {
        let read_at = leaf.about.read_at;
        read_at > self.changed_at.load(Ordering::Relaxed)
            && now.checked_sub(read_at).is_some_and(|age| age < FRESH_S)
    }

    /// Keeps a page that was asked for at `since`, but for what is signed in it. One that is too large is
    /// forgotten.
    pub(super) async fn keep(
        &self,
        folder: Option<&Path>,
        name: &Name,
        about: About,
        value: &Value,
        since: &Since,
    ) {
        let body = signed::left_out(value.clone()).to_string().into_bytes();
        if body.len() > MAX_PAGE_BYTES {
            self.memory().forget(name);
            return;
        }
        self.put(folder, name, Leaf { about, body }, since).await;
    }

    /// The server says that the page still holds.
    pub(super) async fn renew(
        &self,
        folder: Option<&Path>,
        name: &Name,
        leaf: &Leaf,
        now: u64,
        since: &Since,
    ) {
        let about = About { read_at: now, ..leaf.about.clone() };
        self.put(folder, name, Leaf { about, body: leaf.body.clone() }, since).await;
    }

    async fn put(&self, folder: Option<&Path>, name: &Name, leaf: Leaf, since: &Since) {
        let leaf = Arc::new(leaf);
        self.remember(name, &leaf, since);
        if let Some(folder) = folder {
            self.folder.write(folder, name, leaf, since.clone()).await;
        }
    }

    fn remember(&self, name: &Name, leaf: &Arc<Leaf>, since: &Since) {
        let mut memory = self.memory();
        // Asked under the lock: who forgets counts first, and takes the lock then.
        if since.holds() {
            memory.put(name.clone(), Arc::clone(leaf));
        }
    }

    /// The listener changed something: every page is asked for again before it counts, in the next run too.
    pub(super) fn changed(&self, folder: Option<&Path>, now: u64) {
        self.changed_at.fetch_max(now, Ordering::Relaxed);
        if let Some(folder) = folder {
            Folder::changed(folder, now);
        }
    }

    /// Forgets all pages of an account, on disk too. Pages that are on their way are not kept.
    pub(super) async fn forget(&self, folder: Option<&Path>, service: &str, account: &str) {
        let account = digest(&format!("{service}\n{account}"));
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.memory().forget_account(&account);
        if let Some(folder) = folder {
            self.folder.forget(folder, account.get(..16).unwrap_or(&account)).await;
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name for whoever holds a secret, out of which the secret cannot be read.
pub(super) fn account_of(secret: &Secret) -> String {
    if secret.is_empty() { String::new() } else { digest(secret.reveal()) }
}

fn digest(text: &str) -> String {
    hex(&Sha1::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
