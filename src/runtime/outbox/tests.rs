//! The outbox against a service that loses answers, breaks down, is changed by somebody else, and while the program is
//! killed: what it holds in the end is what was wanted, each edit once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures_util::FutureExt;
use proptest::prelude::*;
use tokio::sync::Notify;

use super::*;
use crate::catalog::Answer;
use crate::model::{
    Account, Capabilities, Collection, Entry, EntryId, Item, JournalMove, ListId, Locator, Page,
    PlaylistAnswer, PlaylistEdit, PlaylistOrder, Powers, Purpose, SearchQuery, Snapshot, Step, Track,
    TrackRef,
};
use crate::net::{NetError, Phase, Unreached};

const NAME: &str = "Fake";

fn service() -> ServiceId {
    ServiceId::known("fake")
}

/// What befalls a request that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    /// Nothing.
    Fine,
    /// It is done, and the answer is lost.
    Lost,
    /// It is not done, and nobody knows.
    Broken,
    /// There is no connection.
    Offline,
    /// The service wants to be left alone.
    Limited,
    /// It is done, and the program is killed before the answer.
    KilledAfter,
    /// The program is killed before it is done.
    KilledBefore,
    /// It is made, and filling it fails.
    Unfinished,
    /// Somebody else puts a track in just before.
    AddedElsewhere,
    /// Somebody else takes the first track out just before.
    RemovedElsewhere,
    /// Somebody else moves the first track to the end just before.
    MovedElsewhere,
    /// It is done and the answer is lost, and then somebody else puts a track in.
    LostAndAdded,
}

#[derive(Debug, Default)]
struct World {
    playlists: BTreeMap<String, (String, Vec<String>)>,
    made: u64,
    foreign: u64,
    /// What somebody else took out.
    removed: BTreeSet<String>,
    /// What somebody else took out while nobody here knew that it was in: nothing tells that from its never having been.
    either: BTreeSet<String>,
    /// Rows of requests whose answers were lost.
    doubtful: BTreeSet<String>,
    mishaps: VecDeque<Mishap>,
    writes: usize,
}

impl World {
    fn elsewhere(&mut self, mishap: Mishap) {
        let Some((_, rows)) = self.playlists.values_mut().next() else { return };
        match mishap {
            Mishap::AddedElsewhere | Mishap::LostAndAdded => {
                self.foreign += 1;
                rows.insert(rows.len() / 2, format!("theirs{}", self.foreign));
            }
            Mishap::RemovedElsewhere if !rows.is_empty() => {
                let row = rows.remove(0);
                if self.doubtful.contains(&row) {
                    self.either.insert(row.clone());
                }
                self.removed.insert(row);
            }
            Mishap::MovedElsewhere if !rows.is_empty() => rows.rotate_left(1),
            _ => {}
        }
    }

    /// It is done, and the answer never comes.
    fn make_unheard(&mut self, change: &Change) {
        if let Change::ArrangePlaylist { after, .. } = change {
            self.doubtful.extend(after.iter().cloned());
        }
        let _ = self.make(change, true);
    }

    fn make(&mut self, change: &Change, whole: bool) -> Result<Option<ItemRef>, CatalogError> {
        let gone = |id: &str| CatalogError::NotFound { service: NAME, what: format!("playlist {id}") };
        let title = |about: &crate::model::PlaylistAbout| about.title.clone().unwrap_or_default();
        match change {
            Change::CreatePlaylist { about, tracks } => {
                self.made += 1;
                let id = format!("p{}", self.made);
                let rows = if whole { tracks.clone() } else { Vec::new() };
                self.playlists.insert(id.clone(), (title(about), rows));
                Ok(Some(ItemRef { service: service(), kind: Kind::Playlist, id }))
            }
            Change::EditPlaylist { id, about } => {
                self.playlists.get_mut(id).ok_or_else(|| gone(id))?.0 = title(about);
                Ok(None)
            }
            Change::ArrangePlaylist { id, before, after } => {
                let rows = &mut self.playlists.get_mut(id).ok_or_else(|| gone(id))?.1;
                if rows == before {
                    rows.clone_from(after);
                } else if rows != after {
                    return Err(CatalogError::Changed { service: NAME });
                }
                Ok(None)
            }
            Change::DeletePlaylist { id } => self.playlists.remove(id).map(|_| None).ok_or_else(|| gone(id)),
            other => panic!("{other:?}"),
        }
    }
}

#[derive(Debug, Default)]
struct Fake {
    world: Mutex<World>,
    killed: Notify,
}

impl Fake {
    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn rows(&self) -> Vec<(String, Vec<String>)> {
        self.world().playlists.values().cloned().collect()
    }
}

fn broken() -> CatalogError {
    let source = NetError::Timeout { host: "fake".to_owned(), phase: Phase::Byte };
    CatalogError::Net { service: NAME, source }
}

impl Catalog for Fake {
    fn id(&self) -> ServiceId {
        service()
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> Capabilities {
        let powers = Powers {
            create_playlist: true,
            edit_playlist: true,
            delete_playlist: true,
            arrange_playlist: true,
            ..Powers::default()
        };
        let account = Account { who: Some("ada".into()), ..Account::default() };
        Capabilities {
            own_playlists: Some(ListId("mine".to_owned())),
            powers,
            account,
            ..Capabilities::default()
        }
    }

    fn search<'a>(&'a self, _: &'a SearchQuery) -> Answer<'a, Page<Item>> {
        unreachable!()
    }

    fn browse<'a>(&'a self, list: &'a ListId, _: u32) -> Answer<'a, Page<Item>> {
        let world = self.world();
        let items = if list.0 == "mine" {
            let reference =
                |id: &String| ItemRef { service: service(), kind: Kind::Playlist, id: id.clone() };
            let found = world.playlists.iter();
            found
                .map(|(id, (title, _))| Item::Collection(Collection::new(reference(id), title.as_str())))
                .collect()
        } else {
            let is_it = |(id, _): &(&String, &(String, Vec<String>))| {
                ItemRef { service: service(), kind: Kind::Playlist, id: (*id).clone() }.list() == *list
            };
            let rows =
                world.playlists.iter().find(is_it).map(|(_, (_, rows))| rows.clone()).unwrap_or_default();
            rows.iter().map(|id| Item::Track(track(id))).collect()
        };
        Box::pin(async move { Ok(Page { items, ..Page::default() }) })
    }

    fn track<'a>(&'a self, _: &'a str) -> Answer<'a, Track> {
        unreachable!()
    }

    fn item<'a>(&'a self, kind: Kind, id: &'a str) -> Answer<'a, Item> {
        let found = self.world().playlists.get(id).map(|(title, _)| title.clone());
        Box::pin(async move {
            let title = found.ok_or_else(|| CatalogError::NotFound { service: NAME, what: id.to_owned() })?;
            let reference = ItemRef { service: service(), kind, id: id.to_owned() };
            Ok(Item::Collection(Collection::new(reference, title.as_str())))
        })
    }

    fn locate<'a>(&'a self, _: &'a str, _: Purpose) -> Answer<'a, Locator> {
        unreachable!()
    }

    fn change<'a>(&'a self, change: &'a Change) -> Answer<'a, Option<ItemRef>> {
        Box::pin(async move {
            let mishap = self.world().mishaps.pop_front().unwrap_or(Mishap::Fine);
            self.world().writes += 1;
            match mishap {
                Mishap::Fine => {}
                Mishap::Broken => return Err(broken()),
                Mishap::Offline => {
                    let source = NetError::Connect {
                        host: "fake".to_owned(),
                        why: Unreached::NoRoute,
                        reason: "no route".to_owned(),
                    };
                    return Err(CatalogError::Net { service: NAME, source });
                }
                Mishap::Limited => {
                    let wait = std::time::Duration::from_secs(3);
                    return Err(CatalogError::Limited { service: NAME, is_down: false, wait });
                }
                Mishap::KilledBefore => {
                    self.killed.notify_one();
                    std::future::pending::<()>().await;
                }
                Mishap::KilledAfter => {
                    self.world().make_unheard(change);
                    self.killed.notify_one();
                    std::future::pending::<()>().await;
                }
                Mishap::Lost | Mishap::LostAndAdded => {
                    self.world().make_unheard(change);
                    if mishap == Mishap::LostAndAdded {
                        self.world().elsewhere(mishap);
                    }
                    return Err(broken());
                }
                Mishap::Unfinished => {
                    let made = self.world().make(change, false);
                    return match made {
                        Ok(Some(made)) => Err(CatalogError::Unfinished { made, error: Box::new(broken()) }),
                        other => other,
                    };
                }
                Mishap::AddedElsewhere | Mishap::RemovedElsewhere | Mishap::MovedElsewhere => {
                    self.world().elsewhere(mishap);
                }
            }
            self.world().make(change, true)
        })
    }

    fn ping(&self) -> Answer<'_, ()> {
        unreachable!()
    }
}

fn track(id: &str) -> Track {
    Track::new(TrackRef::Service { service: service(), id: id.to_owned() }, id)
}

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
        let entries = (1..).zip(rows).map(|(number, id)| Entry::new(EntryId(number), track(id))).collect();
        let order = PlaylistOrder::MakeAt { service: service(), name: "Mix".into(), entries };
        let PlaylistAnswer::Shelved { done: Some(step), .. } = library.order(&order, 0).unwrap() else {
            panic!()
        };
        Self {
            post: Post { library: Arc::new(Mutex::new(library)), now: || 1_000_000 },
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
    let lost = Settled::Merged { lost: vec!["a".into()] };
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
