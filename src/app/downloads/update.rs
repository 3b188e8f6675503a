//! Decisions on the page of downloads, and from any row to it.

use std::sync::Arc;
use std::time::Duration;

use super::command::{Obeyed, leave_out_refused};
use super::engine::EngineReport;
use super::job::{Added, Weather};
use super::jobs::{JobOrder, Jobs};
use crate::app::editor;
use crate::app::edits::{Edited, Sheet};
use crate::app::effect::Effect;
use crate::app::focus::Focus;
use crate::app::notices::Level;
use crate::app::playback::Stage;
use crate::app::queue::{title_of, tracks};
use crate::app::state::State;
use crate::model::{
    CleanText, DownloadChange, DownloadCommand, DownloadId, DownloadState, Fault, FaultKind, Item,
    KeptDownloads, PlayId, ServiceId, Ticket, Track, TrackRef,
};

/// A step of time.
const STEP_MS: u64 = 1_000;

/// Most copies whose being given to the player is remembered: what plays and what comes next, and those before.
const MOST_GIVEN: usize = 8;

impl State {
    /// Queues what is under the cursor for listening offline, or what is selected.
    pub(in crate::app) fn download_here(&mut self) -> Vec<Effect> {
        if self.focus() == Focus::Downloads {
            return self.name_download();
        }
        if let Some((which, rows)) = self.meant_rows() {
            let found = self.tracks_at(which, &rows);
            let title = title_of(&found);
            if let Some(sheet) = self.sheet(which) {
                sheet.selection.clear();
            }
            return self.download(found, None, &title);
        }
        if let Some(items) = self.items_marked() {
            return self.download_marked(items);
        }
        let others = match self.focus() {
            Focus::SearchResults => self.search.selected().map(|row| row.others.clone()),
            _ => None,
        };
        match self.item_here() {
            Some(Item::Track(track)) => {
                let title = track.title.clone();
                let elsewhere = others.unwrap_or_default().into_iter().map(|other| other.reference).collect();
                self.download(vec![Arc::new(Track { elsewhere, ..track })], None, &title)
            }
            Some(Item::Collection(collection)) => self.gather_kept(&collection),
            Some(Item::List(_)) => self.tell(Level::Info, "A list of lists cannot be downloaded; open it"),
            None => Vec::new(),
        }
    }

    /// Queues tracks for listening offline; `title` is what the notice calls them.
    pub(in crate::app) fn download(
        &mut self,
        found: Vec<Arc<Track>>,
        group: Option<CleanText>,
        title: &CleanText,
    ) -> Vec<Effect> {
        if !self.downloads.runs_here {
            return self.wish_download(found, group, title);
        }
        let (mut effects, obeyed) = self.command_downloads(DownloadCommand::Add { tracks: found, group });
        if let Some(Obeyed { added, .. }) = obeyed {
            let level = if added.queued > 0 { Level::Info } else { Level::Warning };
            effects.extend(self.tell(level, added_words(&added, title)));
        }
        effects
    }

    /// Asks the program that runs the queue for tracks.
    fn wish_download(
        &mut self,
        found: Vec<Arc<Track>>,
        group: Option<CleanText>,
        title: &CleanText,
    ) -> Vec<Effect> {
        let (tracks, refused) = leave_out_refused(found);
        let left_out = refused.len();
        if tracks.is_empty() && left_out > 0 {
            let words = added_words(&Added { refused, ..Added::default() }, title);
            return self.tell(Level::Warning, words);
        }
        let mut effects = self.command_downloads(DownloadCommand::Add { tracks, group }).0;
        let more = if left_out > 0 { format!("; {left_out} may not be kept") } else { String::new() };
        effects
            .extend(self.tell(Level::Info, format!("The Segue that downloads was asked for {title}{more}")));
        effects
    }

    /// Does what is asked of the queue here, or asks the program that runs it.
    pub(in crate::app) fn command_downloads(
        &mut self,
        command: DownloadCommand,
    ) -> (Vec<Effect>, Option<Obeyed>) {
        if !self.downloads.runs_here {
            return (vec![Effect::WishDownload(Box::new(command))], None);
        }
        let obeyed = self.downloads.jobs.obey(command, self.time.map(|time| time.unix_s));
        self.downloads.follow_rows();
        let effects = self.follow_orders(obeyed.orders.clone(), None);
        (effects, Some(obeyed))
    }

    /// What the queue wants done, and what is to be kept of it.
    fn follow_orders(&mut self, orders: Vec<JobOrder>, done: Option<u64>) -> Vec<Effect> {
        let jobs = &self.downloads.jobs;
        let effect = |order: JobOrder| match order {
            JobOrder::Fetch { id, run } => {
                let job = jobs.job(crate::model::EntryId(id.0))?;
                Some(Effect::Fetch { id, run, track: job.track.clone() })
            }
            JobOrder::Stop { id } => Some(Effect::StopFetch { id }),
            JobOrder::Read(source) => Some(Effect::ReadList(source)),
            JobOrder::Remove(copy) => Some(Effect::RemoveCopy(copy)),
        };
        let mut effects: Vec<_> = orders.into_iter().filter_map(effect).collect();
        let changes = self.downloads.jobs.take_changes();
        if changes
            .iter()
            .any(|change| matches!(change, DownloadChange::List(_) | DownloadChange::ListGone(_)))
        {
            self.show_kept_lists();
        }
        if !changes.is_empty() || done.is_some() {
            effects.push(Effect::KeepDownloads { changes, done });
        }
        if self.downloads.step.is_none() && self.downloads.runs_here && self.downloads.jobs.is_ticking() {
            let ticket = self.next_ticket();
            self.downloads.step = Some(ticket);
            effects.push(Effect::Wait { ticket, delay_ms: STEP_MS });
        }
        effects
    }

    /// What follows from a list that was read.
    pub(in crate::app) fn follow_downloads(&mut self, orders: Vec<JobOrder>) -> Vec<Effect> {
        self.downloads.follow_rows();
        self.follow_orders(orders, None)
    }

    pub(in crate::app) fn downloads_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.downloads.step != Some(ticket) {
            return Vec::new();
        }
        self.downloads.step = None;
        let orders = self.downloads.jobs.step(Duration::from_millis(STEP_MS));
        self.follow_orders(orders, None)
    }

    /// Begins what waits from last time.
    pub(in crate::app) fn begin_downloads(&mut self) -> Vec<Effect> {
        if !self.downloads.runs_here {
            return Vec::new();
        }
        let orders = self.downloads.jobs.step(Duration::ZERO);
        self.follow_orders(orders, None)
    }

    /// Leaves the program; where copies are made just now, only the second time.
    pub(in crate::app) fn quit(&mut self) -> Vec<Effect> {
        let running = self.downloads.sum().running;
        if running == 0 || !self.downloads.runs_here || std::mem::replace(&mut self.downloads.warned, true) {
            return vec![Effect::Quit];
        }
        let what = if running == 1 { "A download runs" } else { "Downloads run" };
        self.tell(Level::Warning, format!("{what} and would go on at the next start; once more quits"))
    }

    /// The engine reports.
    pub(in crate::app) fn download_went_on(&mut self, report: EngineReport) -> Vec<Effect> {
        if !self.downloads.jobs.is_of_this_run(&report) {
            return Vec::new();
        }
        let chance = self.random.entry_id().0;
        let id = crate::model::EntryId(report.id.0);
        let orders = self.downloads.jobs.hear(report, chance);
        let mut effects = self.follow_orders(orders, None);
        // What fails for good is said once, wherever the listener is.
        if let (Some(DownloadState::Failed(fault)), Some(job)) =
            (self.downloads.jobs.state(id), self.downloads.jobs.job(id))
            && job.is_over()
        {
            let words = format!("{} was not downloaded. {fault}", job.track.title);
            effects.extend(self.tell(Level::Warning, words));
        }
        effects
    }

    /// What other programs want of the queue.
    pub(in crate::app) fn downloads_wished(
        &mut self,
        upto: u64,
        commands: Vec<DownloadCommand>,
    ) -> Vec<Effect> {
        if !self.downloads.runs_here {
            return Vec::new();
        }
        let made_at = self.time.map(|time| time.unix_s);
        let jobs = &mut self.downloads.jobs;
        let (mut orders, mut retraced) = (Vec::new(), Vec::new());
        for command in commands {
            let is_back = command == DownloadCommand::Undo;
            let obeyed = jobs.obey(command, made_at);
            orders.extend(obeyed.orders);
            retraced.extend(obeyed.retraced.map(|step| (is_back, step)));
        }
        self.downloads.follow_rows();
        let mut effects = self.follow_orders(orders, Some(upto));
        // It may have been asked here, before the turn to download had come.
        for (is_back, step) in retraced {
            effects.extend(self.tell_retraced(is_back, step));
        }
        effects
    }

    /// The queue as it is kept: this program runs it from now on, or another one has changed it.
    pub(in crate::app) fn downloads_came(&mut self, kept: KeptDownloads, runs_here: bool) -> Vec<Effect> {
        let downloads = &mut self.downloads;
        if !runs_here && !downloads.runs_here {
            downloads.mirror(kept);
            self.show_kept_lists();
            return Vec::new();
        }
        if !runs_here || downloads.runs_here {
            return Vec::new();
        }
        let own = std::mem::take(&mut downloads.jobs.copies.own);
        downloads.jobs = Jobs::new(kept, downloads.jobs.limits);
        downloads.jobs.set_own(own);
        downloads.jobs.weather = downloads.weather;
        (downloads.runs_here, downloads.runs_elsewhere) = (true, false);
        downloads.follow_rows();
        self.show_kept_lists();
        let mut effects = self.begin_downloads();
        effects.extend(self.read_kept_lists());
        effects
    }

    pub(in crate::app) fn weather_changed(&mut self, weather: Weather) -> Vec<Effect> {
        let is_offline = self.network.is_offline();
        self.downloads.weather = Weather { is_offline, ..weather };
        if !self.downloads.runs_here {
            return Vec::new();
        }
        let orders = self.downloads.jobs.set_weather(self.downloads.weather);
        self.follow_orders(orders, None)
    }

    /// What waited for a sign-in goes on.
    pub(in crate::app) fn signed_in_for_downloads(&mut self, service: &ServiceId) -> Vec<Effect> {
        let orders = self.downloads.jobs.signed_in(service);
        self.follow_orders(orders, None)
    }

    /// Downloads are held while nobody may be asked.
    pub(in crate::app) fn network_counts_for_downloads(&mut self) -> Vec<Effect> {
        self.weather_changed(self.downloads.weather)
    }

    /// Edits the rows in a way that can be taken back. What is taken out is cancelled.
    pub(in crate::app) fn edit_downloads(
        &mut self,
        name: String,
        edit: impl FnOnce(&mut Sheet<'_>),
    ) -> Vec<Effect> {
        let before = self.downloads.jobs.entries.clone();
        edit(&mut self.downloads.sheet());
        if !self.downloads.runs_here {
            let stays: Vec<_> = self.downloads.jobs.entries.iter().map(|entry| entry.id).collect();
            let gone = before.iter().filter(|entry| !stays.contains(&entry.id));
            let gone: Vec<_> = gone.map(|entry| DownloadId(entry.id.0)).collect();
            // As it is kept until the program that runs the queue has done it.
            self.downloads.jobs.entries = before;
            self.downloads.follow_rows();
            if gone.is_empty() {
                return self.tell(Level::Warning, "Another Segue downloads; put rows in order there");
            }
            return self.command_downloads(DownloadCommand::Cancel(gone)).0;
        }
        let orders = self.downloads.jobs.edited(name, &before, self.time.map(|time| time.unix_s));
        self.downloads.follow_rows();
        self.follow_orders(orders, None)
    }

    pub(in crate::app) fn undo_in_downloads(&mut self) -> Vec<Effect> {
        self.retrace_downloads(DownloadCommand::Undo)
    }

    pub(in crate::app) fn redo_in_downloads(&mut self) -> Vec<Effect> {
        self.retrace_downloads(DownloadCommand::Redo)
    }

    fn retrace_downloads(&mut self, command: DownloadCommand) -> Vec<Effect> {
        let is_back = command == DownloadCommand::Undo;
        let (mut effects, obeyed) = self.command_downloads(command);
        effects.extend(match obeyed.map(|obeyed| obeyed.retraced) {
            Some(Some(step)) => self.tell_retraced(is_back, step),
            Some(None) => self.tell(Level::Info, if is_back { "Nothing to undo" } else { "Nothing to redo" }),
            None => self.tell(Level::Info, "The Segue that downloads was asked"),
        });
        effects
    }

    /// Tells which edit was taken back or made again, and whether it fitted.
    fn tell_retraced(&mut self, is_back: bool, (name, fits): (String, bool)) -> Vec<Effect> {
        if fits {
            let done = if is_back { "Undone" } else { "Done again" };
            let count = tracks(self.downloads.jobs.entries.len());
            return self.tell(Level::Info, format!("{done}: {name} (now {count})"));
        }
        let words = format!("{name} does not fit the downloads any more and was passed over");
        self.tell(Level::Warning, words)
    }

    /// Goes to where the edit of this number is the last one that is done.
    pub(in crate::app) fn go_in_download_journal(&mut self, number: u64) -> Vec<Effect> {
        let (mut effects, obeyed) = self.command_downloads(DownloadCommand::GoTo(number));
        let count = tracks(self.downloads.jobs.entries.len());
        effects.extend(match obeyed.map(|obeyed| obeyed.count) {
            Some(0) => {
                self.tell(Level::Warning, "The downloads were changed otherwise; this is out of reach")
            }
            Some(_) => self.tell(Level::Info, format!("Now as it was then: {count}")),
            None => self.tell(Level::Info, "The Segue that downloads was asked"),
        });
        effects
    }

    /// The jobs that a key is about: those that are selected, else the one under the cursor.
    pub(super) fn jobs_meant(&mut self) -> Vec<DownloadId> {
        let Some(sheet) = self.sheet(Edited::Downloads) else { return Vec::new() };
        let rows = sheet.meant();
        rows.iter().filter_map(|row| Some(DownloadId(sheet.entries.get(*row)?.id.0))).collect()
    }

    /// Puts the rows before all others.
    pub(in crate::app) fn download_first(&mut self) -> Vec<Effect> {
        if !self.downloads.runs_here {
            let ids = self.jobs_meant();
            let to = crate::model::MoveTo::Top;
            return self.command_downloads(DownloadCommand::Move { ids, to }).0;
        }
        let Some(mut sheet) = self.sheet(Edited::Downloads) else { return Vec::new() };
        sheet.settle_range();
        let rows = sheet.meant();
        let height = self.list_height();
        self.edit_downloads("moving rows to the top".to_owned(), |sheet| {
            let block = editor::remove(sheet.entries, &rows);
            editor::with_rows_at(sheet.entries, 0, block);
            sheet.list.go_to(0, height);
        })
    }

    /// Takes what is over out of the list: what is done, and what failed for good. Copies stay.
    pub(in crate::app) fn clear_downloads(&mut self) -> Vec<Effect> {
        let jobs = &self.downloads.jobs;
        let over: Vec<_> = jobs
            .entries
            .iter()
            .filter(|entry| jobs.job(entry.id).is_some_and(super::Job::is_over))
            .map(|entry| entry.id)
            .collect();
        if over.is_empty() {
            return self.tell(Level::Info, "Nothing is over yet; cancel rows one by one");
        }
        let mut effects = self.edit_downloads("taking out what is over".to_owned(), |sheet| {
            sheet.entries.retain(|entry| !over.contains(&entry.id));
        });
        let words = format!("Took out {}; copies stay \u{b7} {}", tracks(over.len()), self.undo_words());
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// A track with a finished copy plays from it, and nobody is asked for anything.
    pub(in crate::app) fn use_copies(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        effects.into_iter().map(|effect| self.use_copy(effect)).collect()
    }

    fn use_copy(&mut self, effect: Effect) -> Effect {
        let Effect::Locate { play_id, track, purpose } = effect else { return effect };
        let jobs = &self.downloads.jobs;
        let copy = match self.track_of(play_id).filter(|known| known.reference == track) {
            Some(known) => jobs.copies.to_hear(known, self.network.is_offline()),
            None => jobs.copy(&track),
        };
        let given = copy.map(|copy| (copy.track.reference.clone(), copy.file.path.clone()));
        let Some((reference, path)) = given else { return Effect::Locate { play_id, track, purpose } };
        let given = &mut self.downloads.given;
        given.retain(|(known, _)| *known != play_id);
        given.push((play_id, reference));
        if given.len() > MOST_GIVEN {
            // The oldest goes, but for the one that plays.
            let now = self.playback.now.as_ref().map(|now| now.play_id);
            let oldest = given.iter().position(|(known, _)| Some(*known) != now);
            oldest.map(|oldest| given.remove(oldest));
        }
        Effect::Locate { play_id, track: TrackRef::File(path), purpose }
    }

    /// The copy that is played under this number, if one is.
    pub(in crate::app) fn copy_that_plays(&self, play_id: PlayId) -> Option<&TrackRef> {
        self.downloads.given.iter().find(|(known, _)| *known == play_id).map(|(_, copy)| copy)
    }

    /// The copy that plays cannot be played: it is forgotten, and the track comes from its source. `None`: no copy
    /// plays, or it is not its fault.
    pub(in crate::app) fn without_copy(&mut self, play_id: PlayId, fault: &Fault) -> Option<Vec<Effect>> {
        let now = self.playback.now.as_ref().filter(|now| now.play_id == play_id)?;
        let (reference, title) = (self.copy_that_plays(play_id)?.clone(), now.track.title.clone());
        if fault.kind == FaultKind::Device || self.downloads.jobs.copy(&reference).is_none() {
            return None;
        }
        if let Some(now) = &mut self.playback.now {
            // The player has let go of it.
            now.stage = Stage::Ended;
        }
        self.downloads.jobs.forget_copy(&reference);
        let mut effects = self.follow_orders(Vec::new(), None);
        let words = format!("The copy of {title} cannot be played. {fault} It comes from its source instead");
        effects.extend(self.tell(Level::Warning, words));
        Some(effects)
    }
}

/// What became of what was to be downloaded.
pub(super) fn added_words(added: &Added, title: &CleanText) -> String {
    let Added { queued, better, here, known, refused, beyond } = added;
    let all = queued + here + known + refused.len() + beyond;
    let mut words = Vec::new();
    if all == 1 {
        words.push(match (queued, here, known, refused.first()) {
            (1, ..) if *better > 0 => {
                format!("{title} is queued for download: better than the one that is here")
            }
            (1, ..) => format!("{title} is queued for download"),
            (_, 1, ..) => format!("{title} is on this machine already"),
            (_, _, 1, _) => format!("{title} is queued for download already"),
            (_, _, _, Some((title, why))) => format!("{title} may not be kept: {why}"),
            _ => "The queue of downloads is full".to_owned(),
        });
        return words.concat();
    }
    if *queued == all {
        words.push(format!("{title}: {} queued for download", tracks(all)));
    } else {
        words.push(format!("{title}: {queued} of {} queued for download", tracks(all)));
    }
    if *better > 0 {
        words.push(format!("{better} of them better than what is here"));
    }
    if *here > 0 {
        words.push(format!("{here} on this machine already"));
    }
    if *known > 0 {
        words.push(format!("{known} queued already"));
    }
    if let Some((title, why)) = refused.first() {
        words.push(match refused.len() {
            1 => format!("{title} may not be kept: {why}"),
            count => format!("{count} may not be kept, the first one because: {why}"),
        });
    }
    if *beyond > 0 {
        words.push(format!("the queue is full, {beyond} stayed out"));
    }
    words.join("; ")
}
