//! Lists that are kept offline, without a screen.

use std::sync::Arc;

use crate::app::Jobs;
use crate::library::Downloads;
use crate::model::{
    CleanText, DownloadCommand, Fault, FaultKind, Item, ItemRef, Kind, ListSource, ListStanding, Track,
};
use crate::runtime::kept_lists::{playlist, read_list};
use crate::runtime::profile::Profile;

use super::downloads::{DownloadsDone, IDLE, command_downloads, downloads};
use super::target::Target;
use super::{Shelves, clock, find};

/// How much of every list that is kept offline is here. Those on this machine are read for that; the others are as they were read
/// last.
///
/// # Errors
/// When the library fails.
pub fn travel_check(profile: &Profile) -> Result<Vec<ListStanding>, Fault> {
    let (mut jobs, library) = (Jobs::new(downloads(profile)?, IDLE), profile.paths.library_file());
    let own: Vec<_> =
        jobs.lists().iter().filter_map(|list| Some((list.source.clone(), list.source.playlist()?))).collect();
    for (source, id) in own {
        match playlist(&library, id) {
            Ok(found) => drop(jobs.list_read(&source, found, clock::unix_seconds())),
            Err(fault) => tracing::warn!("{source} was not read: {fault}"),
        }
    }
    Ok(jobs.travel_check())
}

/// Keeps a list offline no longer; `name` is its title, or as [`ListSource`] is written.
///
/// # Errors
/// When no such list is kept, or the library fails.
pub fn leave_list(profile: &Profile, name: &str) -> Result<(DownloadsDone, CleanText), Fault> {
    let lists = downloads(profile)?.lists;
    let item = name.parse::<ItemRef>().ok().map(|item| ListSource::of(&item));
    let is_meant = |source: &ListSource, title: &CleanText| {
        source.to_string() == name || title.as_str() == name || item.as_ref() == Some(source)
    };
    let Some(list) = lists.into_iter().find(|list| is_meant(&list.source, &list.title)) else {
        let fault = Fault::new(FaultKind::NotFound, format!("No list {name} is kept offline"));
        return Err(fault.hint("segue download check tells which are"));
    };
    Ok((command_downloads(profile, DownloadCommand::LeaveList(list.source))?, list.title))
}

impl Shelves {
    /// Keeps a list offline from now on: an album or playlist, a share link to one, `SERVICE/LIST`, or a playlist on this
    /// machine by its name. Tells what came of it, what the list is called, and how many tracks it has.
    ///
    /// # Errors
    /// When there is no such list, nobody says what is in it, or the library fails.
    pub fn keep_list(
        &self,
        profile: &Profile,
        name: &str,
    ) -> Result<(DownloadsDone, CleanText, usize), Fault> {
        let (source, title) = self.list_named(name)?;
        let found = self.read(&source)?;
        let count = found.len();
        let mut kept = Downloads::open(&profile.paths.library_file()).map_err(|error| error.fault())?;
        let command = DownloadCommand::KeepList { source: source.clone(), title: title.clone() };
        if !kept.take_turn() {
            kept.wish(&command)?;
            return Ok((DownloadsDone::Asked, title, count));
        }
        let now = clock::unix_millis();
        let mut jobs = Jobs::new(kept.load(now)?, IDLE);
        let before = jobs.entries().len();
        jobs.obey(command, Some(now / 1000));
        jobs.list_read(&source, found, now / 1000);
        let queued = jobs.entries().len().saturating_sub(before);
        kept.keep(&jobs.take_changes(), None, now)?;
        let added = crate::app::Added { queued, ..crate::app::Added::default() };
        Ok((DownloadsDone::Done { added, count: queued }, title, count))
    }

    fn read(&self, source: &ListSource) -> Result<Vec<Track>, Fault> {
        let read = read_list(self.catalogs.clone(), self.library.clone(), source.clone());
        match self.tasks.block_on(read) {
            crate::app::Event::ListRead { result, .. } => result,
            _ => Ok(Vec::new()),
        }
    }

    /// The list that a name means, and what it is called.
    fn list_named(&self, name: &str) -> Result<(ListSource, CleanText), Fault> {
        let no_list = |what: &dyn std::fmt::Display| {
            Fault::new(FaultKind::Usage, format!("{what} cannot be kept offline as a list"))
                .hint("Name an album, a playlist, SERVICE/LIST, or a playlist on this machine")
        };
        let target: Target = name.parse().map_err(|_| no_list(&name))?;
        if let Target::File(_) | Target::Part(_) = &target {
            return match self.local_opened(&target) {
                Ok(opened) => Ok((ListSource::local(opened.about.id), opened.about.name)),
                Err(missing) => self.service_list(name).unwrap_or(Err(missing)),
            };
        }
        match self.item(&target)? {
            (_, Item::Collection(found)) if found.reference.kind != Kind::Artist => {
                Ok((ListSource::of(&found.reference), found.title))
            }
            (service, Item::List(list)) => Ok((ListSource { service, list: list.id }, list.title)),
            (_, Item::Collection(_) | Item::Track(_)) => Err(no_list(&name)),
        }
    }

    /// A list that a service offers, as `SERVICE/LIST`; `None`: it is not written so.
    fn service_list(&self, name: &str) -> Option<Result<(ListSource, CleanText), Fault>> {
        let source: ListSource = name.parse().ok()?;
        let catalog = match find(&self.catalogs, &source.service) {
            Ok(catalog) => Arc::clone(catalog),
            Err(fault) => return Some(Err(fault)),
        };
        let offered = catalog.capabilities().lists.into_iter().find(|list| list.id == source.list);
        let title = offered.map_or_else(|| source.list.0.as_str().into(), |list| list.title);
        Some(Ok((source, title)))
    }
}
