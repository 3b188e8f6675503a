//! Whatever is asked and whatever the engine does: no job in two states, never more than so many at once, nothing
//! lost or doubled, and everything ends or says why not.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::app::downloads::job::Outcome;
use crate::model::{Allowed, DownloadChange, Entry, EntryId, MoveTo, Retry, ServiceId, TrackRef};

const SERVICES: [&str; 4] = ["open", "ready", "shut", "other"];

/// A few by default; `SEGUE_SEQUENCES=10000` for all that the queue is held to.
fn sequences() -> u32 {
    std::env::var("SEGUE_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

#[derive(Clone, Debug)]
enum Step {
    Add(Vec<(usize, u8, bool)>),
    Ask(Verb, Vec<Index>),
    Edit(Vec<Index>),
    Bring(Index),
    Engine(Index, Does),
    Stale(Index, Does),
    Seconds(u16),
    Weather(bool, bool, bool),
}

#[derive(Clone, Copy, Debug)]
enum Verb {
    Pause,
    Resume,
    PauseAll,
    ResumeAll,
    Cancel,
    Retry,
    RetryFailed,
    Move(MoveTo),
    Undo,
    Redo,
}

#[derive(Clone, Debug)]
enum Does {
    Progress(u8, u64),
    Done,
    Stop,
    Hold(HoldReason),
    Fail(FaultKind, bool, Option<u64>),
}

fn does() -> impl Strategy<Value = Does> {
    use HoldReason::{Budget, Elsewhere, Folder, NoNetwork, QuietHours, Service, SignIn, Space, System};
    let reasons = vec![Budget, Elsewhere, Folder, NoNetwork, QuietHours, Service, SignIn, Space, System];
    let kinds = vec![
        FaultKind::Network,
        FaultKind::Network,
        FaultKind::Limited,
        FaultKind::Refused,
        FaultKind::SignInNeeded,
        FaultKind::NotFound,
        FaultKind::Damaged,
        FaultKind::Other,
    ];
    prop_oneof![
        4 => (any::<u8>(), 0..2000_u64).prop_map(|(stage, bytes)| Does::Progress(stage, bytes)),
        4 => Just(Does::Done),
        3 => Just(Does::Stop),
        2 => prop::sample::select(reasons).prop_map(Does::Hold),
        4 => (prop::sample::select(kinds), any::<bool>(), prop::option::of(0..5000_u64))
            .prop_map(|(kind, later, wait_s)| Does::Fail(kind, later, wait_s)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let to = prop_oneof![
        Just(MoveTo::Up),
        Just(MoveTo::Down),
        Just(MoveTo::Top),
        (0..40_usize).prop_map(MoveTo::Place)
    ];
    let verb = prop_oneof![
        2 => Just(Verb::Pause),
        2 => Just(Verb::Resume),
        1 => Just(Verb::PauseAll),
        2 => Just(Verb::ResumeAll),
        2 => Just(Verb::Cancel),
        1 => Just(Verb::Retry),
        1 => Just(Verb::RetryFailed),
        2 => to.prop_map(Verb::Move),
        2 => Just(Verb::Undo),
        1 => Just(Verb::Redo),
    ];
    let indexes = || prop::collection::vec(any::<Index>(), 0..4);
    prop_oneof![
        4 => prop::collection::vec((0..SERVICES.len(), 0..30_u8, prop::bool::weighted(0.9)), 1..8).prop_map(Step::Add),
        6 => (verb, indexes()).prop_map(|(verb, rows)| Step::Ask(verb, rows)),
        1 => indexes().prop_map(Step::Edit),
        1 => any::<Index>().prop_map(Step::Bring),
        12 => (any::<Index>(), does()).prop_map(|(which, does)| Step::Engine(which, does)),
        1 => (any::<Index>(), does()).prop_map(|(which, does)| Step::Stale(which, does)),
        4 => (1..900_u16).prop_map(Step::Seconds),
        1 => (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(a, b, c)| Step::Weather(a && b, b && c, a && c)),
    ]
}

fn news(does: &Does, id: DownloadId) -> EngineNews {
    let stages = [
        DownloadState::Locating,
        DownloadState::Fetching,
        DownloadState::Verifying,
        DownloadState::Tagging,
        DownloadState::Done,
        DownloadState::Waiting,
    ];
    match does {
        Does::Progress(stage, bytes) => EngineNews::Progress(DownloadProgress {
            state: stages[usize::from(*stage) % stages.len()].clone(),
            bytes: *bytes,
            total: Some(2000),
            pieces: None,
        }),
        Does::Done => EngineNews::Done(Box::new(file(id))),
        Does::Stop => EngineNews::Stopped,
        Does::Hold(reason) => EngineNews::Held(Hold { reason: *reason, fault: slow() }),
        Does::Fail(kind, later, wait_s) => {
            let retry = if *later { Retry::Later } else { Retry::Never };
            EngineNews::Failed(Fault { retry, wait_s: *wait_s, ..Fault::new(*kind, "It failed") })
        }
    }
}

/// What is known apart from the queue itself.
#[derive(Default)]
struct Model {
    /// The rows in order.
    rows: Vec<EntryId>,
    done: HashSet<EntryId>,
    /// Rows that were taken out.
    gone: Vec<crate::model::Entry>,
    /// What is kept, as a library would.
    kept: BTreeMap<u64, usize>,
    /// What there are copies of.
    copied: HashSet<TrackRef>,
    /// The rows after each edit of the order, and the one that the queue stands at.
    history: Vec<Vec<EntryId>>,
    at: usize,
}

/// Whether a row is to copy a track: it is of that one, or of the same recording at another service unless that failed for good.
fn is_open(bench: &Bench, row: EntryId, track: &Track) -> bool {
    let job = bench.jobs.job(row).unwrap();
    let is_its = job.track.reference == track.reference || job.track.title == track.title && !job.is_over();
    is_its && job.outcome != Outcome::Done
}

impl Model {
    fn check(&mut self, bench: &mut Bench, limits: JobLimits) {
        let rows: Vec<_> = bench.jobs.entries().iter().map(|entry| entry.id).collect();
        assert_eq!(rows, self.rows, "nothing is lost, doubled or out of order");
        assert!(bench.running.len() <= limits.at_once, "{:?}", bench.running);
        for service in SERVICES {
            let its = |id: &&DownloadId| {
                let track = &bench.jobs.job(EntryId(id.0)).unwrap().track;
                track.reference.item().unwrap().service.as_str() == service
            };
            assert!(bench.running.keys().filter(its).count() <= limits.per_service);
        }
        let mut open = HashSet::new();
        for id in &rows {
            let state = bench.jobs.state(*id).unwrap();
            assert_eq!(state == DownloadState::Done, self.done.contains(id), "{id:?} {state:?}");
            let runs = bench.running.get(&DownloadId(id.0));
            let is_busy = matches!(
                state,
                DownloadState::Locating
                    | DownloadState::Fetching
                    | DownloadState::Verifying
                    | DownloadState::Tagging
            );
            assert_eq!(is_busy, runs.is_some_and(|(_, stops)| !stops), "{id:?} {state:?}");
            if state != DownloadState::Done {
                let reference = bench.jobs.job(*id).unwrap().track.reference.clone();
                assert!(open.insert(reference), "the same is copied twice");
            }
            if let DownloadState::Held(hold) = &state {
                assert!(!hold.fault.message.as_str().is_empty());
            }
            assert!(bench.jobs.wait(*id).is_none_or(|wait| wait <= Duration::from_secs(600)));
        }
        for change in bench.jobs.take_changes() {
            match change {
                DownloadChange::Job { place, job } => drop(self.kept.insert(job.id.0, place)),
                DownloadChange::Gone(id) => drop(self.kept.remove(&id.0)),
                DownloadChange::Paused(_)
                | DownloadChange::Copy(_)
                | DownloadChange::CopyGone(_)
                | DownloadChange::Step { .. }
                | DownloadChange::StandAt(_)
                | DownloadChange::List(_)
                | DownloadChange::ListGone(_) => {}
            }
        }
        let in_order: BTreeMap<usize, u64> = self.kept.iter().map(|(id, place)| (*place, *id)).collect();
        assert_eq!(in_order.len(), self.kept.len(), "two rows at one place");
        assert_eq!(
            in_order.into_values().collect::<Vec<_>>(),
            rows.iter().map(|id| id.0).collect::<Vec<_>>()
        );
    }

    /// The order was edited: what had been taken back stays reachable.
    fn edited(&mut self) {
        if self.history.is_empty() {
            self.history.push(Vec::new());
        }
        if self.history[self.at] == self.rows {
            return;
        }
        let back: Vec<_> = self.history[self.at..].iter().rev().skip(1).cloned().collect();
        self.history.extend(back);
        self.history.push(self.rows.clone());
        self.at = self.history.len() - 1;
    }

    /// An edit is taken back, or made again: the rows are those of then, but for what is copied by another row now.
    fn retraced(&mut self, is_back: bool, bench: &Bench) {
        let to = if is_back { self.at.checked_sub(1) } else { Some(self.at + 1) };
        let Some(to) = to.filter(|to| *to < self.history.len()) else { return };
        let found: Vec<_> = bench.jobs.entries().iter().map(|entry| entry.id).collect();
        let (before, then) = (std::mem::take(&mut self.rows), &self.history[to]);
        let fits = found.iter().all(|id| then.contains(id)) || found == before;
        assert!(fits, "{before:?} became {found:?} in place of {then:?}");
        let missing = then.iter().filter(|id| !found.contains(id));
        for id in missing.filter(|_| found != before) {
            let track = &bench.jobs.job(*id).unwrap().track;
            assert!(found.iter().any(|other| is_open(bench, *other, track)), "{id:?} is lost");
        }
        let in_order: Vec<_> = then.iter().filter(|id| found.contains(id)).copied().collect();
        assert!(found == in_order || found == before, "{found:?} in place of {in_order:?}");
        // Rows that came back although they are copied are done.
        for id in found.iter().filter(|id| !before.contains(id)) {
            if self.copied.contains(&bench.jobs.job(*id).unwrap().track.reference)
                && !bench.running.contains_key(&DownloadId(id.0))
            {
                self.done.insert(*id);
            }
        }
        let out = before.iter().filter(|id| !found.contains(id));
        let entry = |id: &EntryId| Entry::new(*id, bench.jobs.job(*id).unwrap().track.clone());
        self.gone.extend(out.map(entry));
        self.gone.retain(|entry| !found.contains(&entry.id));
        self.rows = found;
        (self.at, self.history[to]) = (to, self.rows.clone());
    }

    fn pick(&self, indexes: &[Index]) -> Vec<DownloadId> {
        let mut ids: Vec<_> = Vec::new();
        for index in indexes.iter().filter(|_| !self.rows.is_empty()) {
            let id = DownloadId(index.get(&self.rows).0);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    fn take_out(&mut self, ids: &[EntryId], bench: &Bench) {
        self.gone.extend(bench.jobs.entries().iter().filter(|entry| ids.contains(&entry.id)).cloned());
        self.rows.retain(|id| !ids.contains(id));
    }

    fn shift(&mut self, ids: &[DownloadId], to: MoveTo) {
        let ids: Vec<_> = self.rows.iter().copied().filter(|row| ids.contains(&DownloadId(row.0))).collect();
        let Some(first) = self.rows.iter().position(|row| ids.contains(row)) else { return };
        let last = self.rows.iter().rposition(|row| ids.contains(row)).unwrap();
        let others: Vec<_> = self.rows.iter().copied().filter(|row| !ids.contains(row)).collect();
        let before = |upto: usize| self.rows.iter().take(upto).filter(|row| !ids.contains(row)).count();
        let place = match to {
            MoveTo::Up => before(first.saturating_sub(1)),
            MoveTo::Down => before(last + 2),
            MoveTo::Top => 0,
            MoveTo::Place(place) => place.min(others.len()),
        };
        self.rows = others[..place].iter().chain(&ids).chain(&others[place..]).copied().collect();
    }
}

#[expect(clippy::too_many_lines, reason = "a row for each step")]
fn run(steps: Vec<Step>, limits: JobLimits) {
    let mut bench = Bench::new(limits);
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Add(tracks) => {
                let tracks: Vec<_> = tracks
                    .into_iter()
                    .map(|(service, title, keepable)| Track {
                        keepable: if keepable { Allowed::Yes } else { Allowed::No("no".into()) },
                        ..track(SERVICES[service], &format!("t{title}"))
                    })
                    .collect();
                let added = bench.add(tracks.clone());
                let sum = added.queued + added.here + added.known + added.refused.len() + added.beyond;
                assert_eq!(sum, tracks.len(), "of everything is said what became of it");
                let new = bench.jobs.entries().len().saturating_sub(added.queued);
                model.rows.extend(bench.jobs.entries()[new..].iter().map(|entry| entry.id));
                model.edited();
            }
            Step::Ask(verb, indexes) => {
                let ids = model.pick(&indexes);
                let command = match verb {
                    Verb::Pause => DownloadCommand::Pause(ids),
                    Verb::Resume => DownloadCommand::Resume(ids),
                    Verb::PauseAll => DownloadCommand::PauseAll,
                    Verb::ResumeAll => DownloadCommand::ResumeAll,
                    Verb::Retry => DownloadCommand::Retry(ids),
                    Verb::RetryFailed => DownloadCommand::RetryFailed,
                    Verb::Cancel => {
                        model.take_out(&ids.iter().map(|id| EntryId(id.0)).collect::<Vec<_>>(), &bench);
                        DownloadCommand::Cancel(ids)
                    }
                    Verb::Move(to) => {
                        model.shift(&ids, to);
                        DownloadCommand::Move { ids, to }
                    }
                    Verb::Undo => DownloadCommand::Undo,
                    Verb::Redo => DownloadCommand::Redo,
                };
                bench.ask(command);
                match verb {
                    Verb::Undo | Verb::Redo => model.retraced(matches!(verb, Verb::Undo), &bench),
                    Verb::Cancel | Verb::Move(_) => model.edited(),
                    _ => {}
                }
            }
            Step::Edit(indexes) => {
                // As the list editor does: rows are taken out of the list itself.
                let ids: Vec<_> = model.pick(&indexes).iter().map(|id| EntryId(id.0)).collect();
                model.take_out(&ids, &bench);
                let before = bench.jobs.entries.clone();
                bench.jobs.entries.retain(|entry| !ids.contains(&entry.id));
                let orders = bench.jobs.edited("editing".to_owned(), &before, None);
                bench.take(orders);
                model.edited();
            }
            Step::Bring(index) => {
                // And undo puts them back.
                if model.gone.is_empty() {
                    continue;
                }
                let entry = model.gone.remove(index.index(model.gone.len()));
                let is_open = |row: &EntryId| is_open(&bench, *row, &entry.track);
                let is_copied = model.copied.contains(&entry.track.reference)
                    && !bench.running.contains_key(&DownloadId(entry.id.0));
                if is_copied {
                    model.done.insert(entry.id);
                }
                // What failed for good stands in the way of nothing, and only another row of the same track in its.
                let has_failed = bench.jobs.job(entry.id).unwrap().is_over();
                let is_same = |row: &EntryId| {
                    is_open(row) && bench.jobs.job(*row).unwrap().track.reference == entry.track.reference
                };
                let in_its_way = |row: &EntryId| if has_failed { is_same(row) } else { is_open(row) };
                if model.done.contains(&entry.id) || !model.rows.iter().any(in_its_way) {
                    model.rows.insert(0, entry.id);
                }
                let before = bench.jobs.entries.clone();
                bench.jobs.entries.insert(0, entry);
                let orders = bench.jobs.edited("bringing back".to_owned(), &before, None);
                bench.take(orders);
                model.edited();
            }
            Step::Engine(which, does) => {
                let running: Vec<_> = bench.running.keys().copied().collect();
                if running.is_empty() {
                    continue;
                }
                let id = *which.get(&running);
                if matches!(does, Does::Done) {
                    model.done.insert(EntryId(id.0));
                    let reference = bench.jobs.job(EntryId(id.0)).unwrap().track.reference.clone();
                    // Another row of the same, put in while this one came, is done with it.
                    let is_its = |row: &&EntryId| {
                        let job = bench.jobs.job(**row).unwrap();
                        job.track.reference == reference && job.is_idle()
                    };
                    model.done.extend(model.rows.iter().filter(is_its));
                    model.copied.insert(reference);
                }
                bench.tell(id, news(&does, id));
            }
            Step::Stale(which, does) => {
                if let Some(id) = model.pick(&[which]).first() {
                    let before = bench.jobs.clone();
                    let stale = EngineReport { id: *id, run: u64::MAX, news: news(&does, *id) };
                    assert_eq!(bench.jobs.hear(stale, 1), Vec::new());
                    assert_eq!(bench.jobs, before);
                }
            }
            Step::Seconds(seconds) => {
                let orders = bench.jobs.step(Duration::from_secs(seconds.into()));
                bench.take(orders);
            }
            Step::Weather(is_offline, is_quiet, is_metered) => {
                let orders = bench.jobs.set_weather(Weather { is_offline, is_quiet, is_metered });
                bench.take(orders);
            }
        }
        model.check(&mut bench, limits);
    }
    to_the_end(bench, model, limits);
}

/// In fair weather, with an engine that works, everything ends.
fn to_the_end(mut bench: Bench, mut model: Model, limits: JobLimits) {
    let orders = bench.jobs.set_weather(Weather::default());
    bench.take(orders);
    for service in SERVICES {
        let orders = bench.jobs.signed_in(&ServiceId::known(service));
        bench.take(orders);
    }
    bench.ask(DownloadCommand::ResumeAll);
    let all: Vec<_> = model.rows.iter().map(|id| DownloadId(id.0)).collect();
    bench.ask(DownloadCommand::Resume(all));
    bench.ask(DownloadCommand::RetryFailed);
    for _ in 0..2 * model.rows.len() + 10 {
        for (id, (_, stops)) in bench.running.clone() {
            if stops {
                bench.tell(id, EngineNews::Stopped);
            } else {
                model.done.insert(EntryId(id.0));
                bench.finish(id);
            }
        }
        let orders = bench.jobs.step(Duration::from_secs(700));
        bench.take(orders);
        model.check(&mut bench, limits);
    }
    for id in &model.rows {
        assert_eq!(bench.jobs.state(*id), Some(DownloadState::Done), "{id:?} never ends");
    }
    assert!(bench.running.is_empty() && !bench.jobs.is_ticking());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(sequences()))]

    #[test]
    fn any_sequence_keeps_the_queue_whole(
        steps in prop::collection::vec(step(), 1..80),
        at_once in 1..5_usize,
        per_service in 1..4_usize,
    ) {
        run(steps, JobLimits { at_once, per_service, budget_bytes: 0 });
    }
}
