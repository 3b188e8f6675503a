//! The queue of downloads without a screen: asked, changed, or handed to the program that runs it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::app::{Added, FoundDownload, JobLimits, Jobs};
use crate::catalog::Catalog;
use crate::library::Downloads;
use crate::model::{DownloadCommand, DownloadId, Fault, FaultKind, KeptDownloads, Kind, OfflineCopy};

use super::target::Target;
use super::tracks::tracks;
use super::{Shelves, clock, find, page_of};
use crate::runtime::downloads::keep;
use crate::runtime::profile::Profile;

/// For a queue that is only changed.
pub(super) const IDLE: JobLimits = JobLimits { at_once: 0, per_service: 0, budget_bytes: 0 };

/// What came of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum DownloadsDone {
    /// It was done here.
    Done {
        /// What became of what was to be added.
        added: Added,
        /// How many downloads it changed.
        count: usize,
    },
    /// Another program runs the queue, and was asked.
    Asked,
}

fn open(profile: &Profile) -> Result<Downloads, Fault> {
    Downloads::open(&profile.paths.library_file()).map_err(|error| error.fault())
}

/// The queue as it is kept, and what is here already.
///
/// # Errors
/// When the library fails.
pub fn downloads(profile: &Profile) -> Result<KeptDownloads, Fault> {
    // Looking makes no library.
    if !profile.paths.library_file().exists() {
        return Ok(KeptDownloads::default());
    }
    open(profile)?.load(clock::unix_millis())
}

/// Asks something of the queue.
///
/// # Errors
/// When the library fails, or a download is named that is not there.
pub fn command_downloads(profile: &Profile, command: DownloadCommand) -> Result<DownloadsDone, Fault> {
    let mut kept = open(profile)?;
    if !kept.take_turn() {
        check_ids(&kept.load(clock::unix_millis())?, &command)?;
        kept.wish(&command)?;
        return Ok(DownloadsDone::Asked);
    }
    let now = clock::unix_millis();
    let before = kept.load(now)?;
    check_ids(&before, &command)?;
    // Nothing runs here: what would be begun waits for whoever runs the queue.
    let mut jobs = Jobs::new(before, IDLE);
    let wishes = kept.wishes()?;
    let done = wishes.last().map(|wish| wish.number);
    if wishes.iter().map(|wish| &wish.command).chain([&command]).any(adds) {
        jobs.set_own(kept.own_codes()?);
    }
    for wish in wishes {
        jobs.obey(wish.command, Some(now / 1000));
    }
    let obeyed = jobs.obey(command, Some(now / 1000));
    keep(&mut kept, &folder(profile), &jobs.take_changes(), done)?;
    Ok(DownloadsDone::Done { added: obeyed.added, count: obeyed.count })
}

/// Whether recordings may come into the queue by a command.
fn adds(command: &DownloadCommand) -> bool {
    matches!(command, DownloadCommand::Add { .. } | DownloadCommand::KeepList { .. })
}

/// Where copies go.
fn folder(profile: &Profile) -> PathBuf {
    profile.settings.downloads.folder.clone().unwrap_or_else(|| profile.paths.downloads_folder())
}

fn check_ids(kept: &KeptDownloads, command: &DownloadCommand) -> Result<(), Fault> {
    let ids: &[DownloadId] = match command {
        DownloadCommand::Pause(ids)
        | DownloadCommand::Resume(ids)
        | DownloadCommand::Cancel(ids)
        | DownloadCommand::Delete(ids)
        | DownloadCommand::Retry(ids)
        | DownloadCommand::Move { ids, .. } => ids,
        DownloadCommand::Add { .. }
        | DownloadCommand::Renew(_)
        | DownloadCommand::PauseAll
        | DownloadCommand::ResumeAll
        | DownloadCommand::RetryFailed
        | DownloadCommand::KeepList { .. }
        | DownloadCommand::LeaveList(_)
        | DownloadCommand::Undo
        | DownloadCommand::Redo
        | DownloadCommand::GoTo(_) => &[],
    };
    match ids.iter().find(|id| kept.jobs.iter().all(|job| job.id != **id)) {
        Some(id) => Err(Fault::new(FaultKind::NotFound, format!("There is no download {}", id.0))
            .hint("segue download list tells the numbers")),
        None => Ok(()),
    }
}

impl Shelves {
    /// What a target is to be downloaded as: its tracks, and what they are together.
    ///
    /// # Errors
    /// When there is no such thing, or its service does not say.
    pub fn downloadable(&self, target: &Target) -> Result<FoundDownload, Fault> {
        self.tasks.block_on(downloadable(&self.catalogs, target))
    }
}

/// The same of what somebody typed.
pub(in crate::runtime) async fn download_named(
    catalogs: &[Arc<dyn Catalog>],
    words: &str,
) -> Result<FoundDownload, Fault> {
    let target = words.parse::<Target>().map_err(|error| Fault::new(FaultKind::Usage, error.to_string()))?;
    downloadable(catalogs, &target).await
}

async fn downloadable(catalogs: &[Arc<dyn Catalog>], target: &Target) -> Result<FoundDownload, Fault> {
    let whole = match target {
        Target::Item(item) if item.kind != Kind::Track => {
            let catalog = find(catalogs, &item.service)?;
            catalog.item(item.kind, &item.id).await.map_err(|error| error.fault())?.into_collection()
        }
        // An address that is no page of a service is a file on the web.
        Target::Link(link) => match page_of(catalogs, link) {
            Some((_, answer)) => answer.await.map_err(|error| error.fault())?.into_collection(),
            None => None,
        },
        Target::Item(_) | Target::File(_) | Target::Part(_) => None,
    };
    let mut found = tracks(catalogs, target).await?;
    if let Some(whole) = &whole {
        whole.lend(&mut found);
    }
    Ok((found.into_iter().map(Arc::new).collect(), whole.map(|whole| whole.title)))
}

/// What an examination of all copies found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examined {
    /// How many are as they were made.
    pub whole: usize,
    /// Those whose file is not there.
    pub missing: Vec<OfflineCopy>,
    /// Those whose file is another one, or cannot be read.
    pub damaged: Vec<OfflineCopy>,
    /// How many of these were queued again.
    pub queued: usize,
    /// Whether another program, which runs the queue, was asked to do that.
    pub asked: bool,
}

/// Reads every copy whole and compares it with what was made. What is missing or damaged is queued again, unless this
/// is a `dry_run`; a damaged file is then called `.damaged` behind its name.
///
/// # Errors
/// When the library fails.
pub fn verify_downloads(profile: &Profile, dry_run: bool) -> Result<Examined, Fault> {
    let mut found = Examined::default();
    for copy in downloads(profile)?.copies {
        match hash_of_file(&copy.file.path) {
            Ok(sha256) if sha256 == copy.file.sha256 => found.whole += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => found.missing.push(copy),
            Ok(_) | Err(_) => found.damaged.push(copy),
        }
    }
    if !found.missing.is_empty() || !found.damaged.is_empty() {
        // A program that runs the queue may have removed some meanwhile, or made them anew.
        let now = downloads(profile)?.copies;
        let is_listed = |copy: &OfflineCopy| {
            now.iter().any(|other| other.track.reference == copy.track.reference && other.file == copy.file)
        };
        found.missing.retain(is_listed);
        found.damaged.retain(is_listed);
    }
    if dry_run || (found.missing.is_empty() && found.damaged.is_empty()) {
        return Ok(found);
    }
    found.damaged.iter().for_each(|copy| put_aside(&copy.file.path));
    let lost = found.missing.iter().chain(&found.damaged).map(|copy| Arc::clone(&copy.track)).collect();
    match command_downloads(profile, DownloadCommand::Renew(lost))? {
        DownloadsDone::Done { count, .. } => found.queued = count,
        DownloadsDone::Asked => found.asked = true,
    }
    Ok(found)
}

/// Leaves the name to the copy that comes in place of a damaged one. Whether that rotted or was edited cannot be told, so it stays.
fn put_aside(path: &Path) {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".damaged");
    if let Err(error) = std::fs::rename(path, &aside) {
        tracing::warn!("a damaged copy keeps its name: {}: {error}", path.display());
    }
}

/// SHA-256 of a file, in lower-case hexadecimal digits.
pub(in crate::runtime) fn hash_of_file(path: &Path) -> io::Result<String> {
    let (mut file, mut hash) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hash.update(buffer.get(..count).unwrap_or_default()),
        }
    }
    let bytes: [u8; 32] = hash.finalize().into();
    Ok(bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}
