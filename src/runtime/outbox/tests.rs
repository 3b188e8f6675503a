//! The outbox against a service that loses answers, breaks down, is changed by somebody else, and while the program is
//! killed: what it holds in the end is what was wanted, each edit once.

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::FutureExt;
use proptest::prelude::*;

use super::*;
use crate::model::{
    Entry, EntryId, JournalMove, OpenedPlaylist, PlaylistAnswer, PlaylistEdit, PlaylistOrder, Snapshot, Step,
};

mod accounts;
mod deletions;
pub(in crate::runtime) mod fake;
mod lag;
mod marks;

use fake::{Fake, Mishap, service, track};

thread_local! {
    /// Seconds since 1970.
    static NOW: Cell<u64> = const { Cell::new(1_000_000) };
}

/// So much later that services show everything that they were sent.
const LATER_S: u64 = 100;

/// A listener, the library and the service.
struct House {
    post: Post,
    fake: Arc<Fake>,
    catalogs: Vec<Arc<dyn Catalog>>,
    tasks: tokio::runtime::Runtime,
    id: PlaylistId,
    numbers: u64,
    told: Vec<Settled>,
}

impl House {
    /// With a playlist `Mix` of these rows that is made at the service, but not sent yet.
    fn new(rows: &[&str]) -> Self {
        let fake = Arc::new(Fake::default());
        let mut library = Playlists::in_memory();
        library.sign_in(&service(), Some("ada")).unwrap();
        let entries = (1..).zip(rows).map(|(number, id)| Entry::new(EntryId(number), track(id))).collect();
        let order =
            PlaylistOrder::MakeAt { service: service(), name: "Mix".into(), entries, is_private: false };
        let PlaylistAnswer::Shelved { done: Some(step), .. } = library.order(&order, 0).unwrap() else {
            panic!()
        };
        Self {
            post: Post { library: Arc::new(Mutex::new(library)), now: || NOW.get() },
            catalogs: vec![fake.clone()],
            fake,
            tasks: tokio::runtime::Builder::new_current_thread().build().unwrap(),
            id: step.id,
            numbers: 1000,
            told: Vec::new(),
        }
    }

    fn library(&self) -> std::sync::MutexGuard<'_, Playlists> {
        self.post.library.lock().unwrap()
    }

    fn open(&self) -> Option<OpenedPlaylist> {
        match self.library().order(&PlaylistOrder::Open(self.id), 0) {
            Ok(PlaylistAnswer::Opened(opened)) => Some(*opened),
            _ => None,
        }
    }

    fn rows(&self) -> Vec<String> {
        let entries = self.open().map(|opened| opened.entries).unwrap_or_default();
        entries.iter().map(|entry| entry.track.title.to_string()).collect()
    }

    fn edit(&mut self, change: impl FnOnce(&mut Vec<Entry>)) {
        let Some(opened) = self.open() else { return };
        let mut after = opened.entries.clone();
        change(&mut after);
        let snapshot = Snapshot::new(&opened.entries, None, None);
        let Some(step) = Step::between("an edit", snapshot, &after, None, None) else { return };
        let journal = JournalMove::Step { after: opened.journal.number(), step };
        self.send_edit(opened, after, journal);
    }

    fn send_edit(&mut self, opened: OpenedPlaylist, after: Vec<Entry>, journal: JournalMove) {
        let edit = PlaylistEdit {
            id: self.id,
            name: "an edit".to_owned(),
            revision: opened.revision,
            before: opened.entries.into(),
            after: after.into(),
            journal,
        };
        self.library().order(&PlaylistOrder::Edit(Box::new(edit)), 0).unwrap();
    }

    fn undo(&mut self) -> bool {
        let Some(opened) = self.open() else { return false };
        let mut journal = opened.journal.clone();
        let Some(step) = journal.step_back() else { return false };
        let mut after = opened.entries.clone();
        step.apply(&mut after).unwrap();
        self.send_edit(opened, after, JournalMove::To(journal.number()));
        true
    }

    fn add(&mut self, at: usize, name: &str) {
        self.numbers += 1;
        let entry = Entry::new(EntryId(self.numbers), track(name));
        self.edit(|rows| rows.insert(at.min(rows.len()), entry));
    }

    /// A round, which may be killed.
    fn round(&mut self, mishaps: &[Mishap]) {
        NOW.set(NOW.get() + LATER_S);
        self.round_now(mishaps);
    }

    /// The same, with no time between it and what was before.
    fn round_now(&mut self, mishaps: &[Mishap]) {
        self.fake.world().mishaps = mishaps.iter().copied().collect();
        let sweep = Sweep { early: true, held: false };
        let sent = self.tasks.block_on(async {
            tokio::select! {
                biased;
                round = round(&self.post, &self.catalogs, sweep) => Some(round.unwrap()),
                () = self.fake.killed.notified() => None,
            }
        });
        self.fake.world().mishaps.clear();
        self.told.extend(sent.into_iter().flat_map(|sent| sent.told).map(|told| told.what));
    }

    /// Rounds in fair weather until nothing waits.
    fn calm(&mut self) {
        for _ in 0..20 {
            self.round(&[]);
            if self.library().waiting().unwrap().is_empty() {
                return;
            }
        }
        panic!("it never arrives: {:?}, {:?}", self.library().waiting(), self.told);
    }
}

fn names(rows: &[&str]) -> Vec<String> {
    rows.iter().map(ToString::to_string).collect()
}

#[test]
fn many_edits_are_one_request() {
    let mut house = House::new(&["a", "b", "c"]);
    house.calm();
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), names(&["a", "b", "c"]))]);
    let before = house.fake.world().writes;
    house.add(0, "d");
    house.edit(|rows| rows.rotate_left(1));
    house.edit(|rows| drop(rows.remove(1)));
    house.round(&[Mishap::Offline]);
    let waiting = house.library().waiting().unwrap();
    assert_eq!((waiting.len(), waiting[0].changes), (1, 3));
    for _ in 0..5 {
        house.round(&[Mishap::Offline]);
        house.add(9, "e");
    }
    house.edit(|rows| rows.retain(|row| row.track.title.as_str() != "e"));
    house.calm();
    let rows = house.rows();
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), rows.clone())]);
    assert_eq!(
        (rows, house.fake.world().writes - before),
        (names(&["a", "c", "d"]), 7),
        "six of them failed"
    );
    // What is taken back before it is sent is never sent.
    house.add(0, "f");
    assert!(house.undo());
    assert!(house.library().waiting().unwrap().is_empty());
}

#[test]
fn both_versions_stay_within_reach() {
    let mut house = House::new(&["a", "b", "c"]);
    house.calm();
    house.edit(|rows| rows.rotate_left(1));
    house.round(&[Mishap::RemovedElsewhere]);
    let lost = Settled::Merged { lost: vec!["a".into()], renamed: None };
    assert!(house.told.contains(&lost), "{:?}", house.told);
    assert_eq!(house.rows(), names(&["b", "c"]), "what was taken out there is out");
    house.add(0, "d");
    house.round(&[Mishap::AddedElsewhere]);
    assert_eq!(house.rows(), names(&["d", "b", "theirs1", "c"]));
    assert_eq!(house.fake.rows()[0].1, house.rows());
    house.undo();
    assert_eq!(house.rows(), names(&["b", "theirs1", "c"]), "as it was there");
    house.undo();
    assert_eq!(house.rows(), names(&["d", "b", "c"]), "as it was here");
    house.calm();
    assert_eq!(house.fake.rows()[0].1, names(&["d", "b", "c"]));
}

/// Nobody knows whether it was sent, it was not, and somebody else makes the same move: what was put in is not taken for
/// something that was taken out again there.
#[test]
fn a_row_is_not_lost_to_a_doubt() {
    let mut house = House::new(&["a", "b"]);
    house.calm();
    house.edit(|rows| rows.rotate_left(1));
    house.add(0, "c");
    house.round(&[Mishap::Broken]);
    house.round(&[Mishap::MovedElsewhere]);
    house.calm();
    assert_eq!(house.fake.rows()[0].1, names(&["c", "b", "a"]));
}

#[test]
fn what_is_not_allowed_is_held_and_never_lost() {
    let mut house = House::new(&["a"]);
    house.calm();
    house.fake.world().playlists.clear();
    house.add(1, "b");
    house.round(&[]);
    assert!(matches!(house.told.last(), Some(Settled::Held(_))), "{:?}", house.told);
    let writes = house.fake.world().writes;
    house.round(&[]);
    assert_eq!(house.fake.world().writes, writes, "not by itself");
    house.tasks.block_on(round(&house.post, &house.catalogs, Sweep { early: true, held: true })).unwrap();
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), names(&["a", "b"]))], "made there anew");
}

#[test]
fn a_deletion_that_is_taken_back_makes_it_again() {
    let mut house = House::new(&["a", "b"]);
    house.calm();
    house.library().order(&PlaylistOrder::Delete(house.id), 0).unwrap();
    house.round(&[Mishap::Lost]);
    assert!(house.fake.rows().is_empty());
    house.calm();
    house.library().order(&PlaylistOrder::Undo, 0).unwrap();
    house.calm();
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), names(&["a", "b"]))]);
    assert_eq!(house.library().waiting().unwrap(), []);
}

#[derive(Clone, Debug)]
enum Deed {
    Add(usize),
    Remove(usize),
    Move(usize, usize),
    Undo,
    Rename,
    DeleteAndBack(Vec<Mishap>),
    Send(Vec<Mishap>),
}

fn mishaps(of: &'static [Mishap]) -> impl Strategy<Value = Vec<Mishap>> {
    prop::collection::vec(prop::sample::select(of), 0..4)
}

fn deed(of: &'static [Mishap]) -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => any::<usize>().prop_map(Deed::Add),
        3 => any::<usize>().prop_map(Deed::Remove),
        3 => (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Deed::Move(from, to)),
        2 => Just(Deed::Undo),
        1 => Just(Deed::Rename),
        1 => mishaps(of).prop_map(Deed::DeleteAndBack),
        6 => mishaps(of).prop_map(Deed::Send),
    ]
}

/// Nobody else changes anything: exact.
const ALONE: &[Mishap] = &[
    Mishap::Fine,
    Mishap::Lost,
    Mishap::Broken,
    Mishap::Offline,
    Mishap::Limited,
    Mishap::KilledAfter,
    Mishap::KilledBefore,
    Mishap::Unfinished,
];

/// Somebody else does.
const TOGETHER: &[Mishap] = &[
    Mishap::Fine,
    Mishap::Lost,
    Mishap::Broken,
    Mishap::KilledAfter,
    Mishap::KilledBefore,
    Mishap::AddedElsewhere,
    Mishap::RemovedElsewhere,
    Mishap::MovedElsewhere,
    Mishap::LostAndAdded,
];

/// `SEGUE_SEQUENCES=10000` runs the long form.
fn sequences() -> ProptestConfig {
    let count = std::env::var("SEGUE_SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(40);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

proptest! {
    #![proptest_config(sequences())]

    /// The list is a plain one, and every edit is done to it once.
    #[test]
    fn what_was_wanted_is_there_in_the_end(deeds in prop::collection::vec(deed(ALONE), 1..100)) {
        let mut house = House::new(&["a", "b", "c"]);
        let mut model = names(&["a", "b", "c"]);
        let (mut past, mut future): (Vec<Vec<String>>, Vec<Vec<String>>) = (Vec::new(), Vec::new());
        let mut title = "Mix".to_owned();
        for (number, deed) in deeds.into_iter().enumerate() {
            let before = model.clone();
            match deed {
                Deed::Add(at) => {
                    let (at, name) = (at % (model.len() + 1), format!("n{number}"));
                    house.add(at, &name);
                    model.insert(at, name);
                }
                Deed::Remove(at) if !model.is_empty() => {
                    let at = at % model.len();
                    house.edit(|rows| drop(rows.remove(at)));
                    model.remove(at);
                }
                Deed::Move(from, to) if !model.is_empty() => {
                    let (from, to) = (from % model.len(), to % model.len());
                    house.edit(|rows| { let row = rows.remove(from); rows.insert(to, row); });
                    let row = model.remove(from);
                    model.insert(to, row);
                }
                Deed::Remove(_) | Deed::Move(..) => {}
                Deed::Undo => {
                    prop_assert_eq!(house.undo(), !past.is_empty());
                    if let Some(earlier) = past.pop() {
                        future.push(std::mem::replace(&mut model, earlier));
                    }
                    prop_assert_eq!(house.rows(), model.clone());
                    continue;
                }
                Deed::Rename => {
                    title = format!("Mix {number}");
                    let order = PlaylistOrder::Rename { id: house.id, name: title.as_str().into() };
                    house.library().order(&order, 0).unwrap();
                }
                Deed::DeleteAndBack(mishaps) => {
                    house.library().order(&PlaylistOrder::Delete(house.id), 0).unwrap();
                    house.round(&mishaps);
                    house.library().order(&PlaylistOrder::Undo, 0).unwrap();
                }
                Deed::Send(mishaps) => house.round(&mishaps),
            }
            if model != before {
                // What was taken back before stays in the journal as steps there and back.
                let there: Vec<_> = future.drain(..).rev().collect();
                if !there.is_empty() {
                    past.push(before.clone());
                    past.extend(there.iter().cloned());
                    past.extend(there.iter().rev().skip(1).cloned());
                }
                past.push(before);
            }
            prop_assert_eq!(house.rows(), model.clone());
        }
        house.calm();
        prop_assert_eq!(house.fake.rows(), [(title, model)]);
        let was_held = house.told.iter().any(|told| matches!(told, Settled::Held(_) | Settled::Merged { .. }));
        prop_assert!(!was_held, "{:?}", house.told);
    }

    /// Each track is put in once by somebody; it is there in the end, once, unless somebody took it out.
    #[test]
    fn nothing_of_anybody_is_lost_or_doubled(deeds in prop::collection::vec(deed(TOGETHER), 1..100)) {
        let mut house = House::new(&["a", "b", "c"]);
        let mut ours: BTreeSet<String> = names(&["a", "b", "c"]).into_iter().collect();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        house.calm();
        for (number, deed) in deeds.into_iter().enumerate() {
            match deed {
                Deed::Add(at) => {
                    let name = format!("n{number}");
                    house.add(at % (house.rows().len() + 1), &name);
                    ours.insert(name);
                }
                Deed::Remove(at) => {
                    let rows = house.rows();
                    if let Some(row) = rows.get(at % rows.len().max(1)).cloned() {
                        house.edit(|rows| rows.retain(|entry| entry.track.title.as_str() != row));
                        taken.insert(row);
                    }
                }
                Deed::Move(from, to) => {
                    let count = house.rows().len().max(1);
                    house.edit(|rows| if !rows.is_empty() {
                        let row = rows.remove(from % count);
                        rows.insert(to % count, row);
                    });
                }
                Deed::Send(mishaps) => house.round(&mishaps),
                Deed::Undo | Deed::Rename | Deed::DeleteAndBack(_) => {}
            }
        }
        house.calm();
        let rows = house.rows();
        let (foreign, removed, either) = {
            let world = house.fake.world();
            (world.foreign, world.removed.clone(), world.either.clone())
        };
        let mut expected = ours;
        expected.extend((1..=foreign).map(|number| format!("theirs{number}")));
        expected.retain(|row| !taken.contains(row) && !removed.contains(row));
        let found: BTreeSet<String> = rows.iter().cloned().collect();
        let sure = |rows: &BTreeSet<String>| rows.difference(&either).cloned().collect::<BTreeSet<_>>();
        prop_assert_eq!(sure(&found), sure(&expected));
        prop_assert_eq!(rows.len(), found.len(), "none twice");
        prop_assert_eq!(house.fake.rows(), [("Mix".to_owned(), rows)]);
        let was_held = house.told.iter().any(|told| matches!(told, Settled::Held(_)));
        prop_assert!(!was_held, "{:?}", house.told);
        // No step leads to a list that never was.
        while house.undo() {}
        prop_assert!(house.open().is_some());
        prop_assert!(house.fake.killed.notified().now_or_never().is_none());
    }
}
