//! Tells when the configuration or one of the listener's themes was saved.

use std::fs;
use std::path::{Path, PathBuf};

use notify::event::{Event, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{self, Receiver};

use super::paths::{Paths, make_private_folder};

/// A watch over the files; it ends with this.
#[derive(Debug)]
pub(super) struct ConfigWatch {
    /// Something was saved.
    pub saved: Receiver<()>,
    _watcher: Option<RecommendedWatcher>,
}

impl ConfigWatch {
    /// Watches the folders, and makes that of the configuration, so that the first file in it is seen too. Where the system
    /// cannot watch, nothing ever comes.
    pub fn begin(paths: &Paths) -> Self {
        let (tell, saved) = mpsc::channel(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // One word that waits is enough, however often a save writes.
            if event.is_ok_and(|event| is_a_save(&event)) {
                let _ = tell.try_send(());
            }
        });
        if let Err(error) = make_private_folder(&paths.config) {
            tracing::info!("{} cannot be made: {error}", paths.config.display());
        }
        let watcher = watcher.map(|mut watcher| {
            for (folder, depth) in folders(paths) {
                if let Err(error) = watcher.watch(&folder, depth) {
                    tracing::info!("{} is not watched: {error}", folder.display());
                }
            }
            watcher
        });
        Self { saved, _watcher: watcher.inspect_err(|error| tracing::info!("no watch: {error}")).ok() }
    }
}

/// The folder of the configuration with all in it (one of themes may be made later), and where the configuration is a link
/// that of the file behind it: editors put a new file in the place of the old one.
fn folders(paths: &Paths) -> Vec<(PathBuf, RecursiveMode)> {
    let behind = fs::canonicalize(paths.config_file()).ok();
    let behind = behind.as_deref().and_then(Path::parent).map(Path::to_owned);
    let is_elsewhere = |folder: &PathBuf| fs::canonicalize(&paths.config).ok().as_ref() != Some(folder);
    let behind = behind.filter(is_elsewhere).map(|folder| (folder, RecursiveMode::NonRecursive));
    [(paths.config.clone(), RecursiveMode::Recursive)].into_iter().chain(behind).collect()
}

/// Reading is none, or every look at the files would bring the next one.
fn is_a_save(event: &Event) -> bool {
    let is_change = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
    is_change && event.paths.iter().any(|path| path.extension().is_some_and(|extension| extension == "toml"))
}
