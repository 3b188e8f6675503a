//! A program that sends what was changed to a service that loses answers, and is killed: whatever was kept is there and arrives
//! in the end, each change once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::process::Stdio;
use std::sync::Arc;

use segue::library::Playlists;
use segue::model::{
    Entry, EntryId, ItemRef, JournalMove, Kind, Mark, MarkWish, PlaylistAnswer, PlaylistEdit, PlaylistId,
    PlaylistOrder, ServiceId, Snapshot, Step, Track, TrackRef,
};
use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::chance::{Chance, kills};
use crate::lossy::Lossy;
use crate::program::Home;
use crate::services::Services;
use crate::store::{assert_undo_works, assert_whole};

const SERVICE: &str = "audiomack";

const TITLE: &str = "Night drive";

/// The listener, and how everything should be.
struct House {
    services: Services,
    way: Lossy,
    home: Home,
    account: String,
    playlist: PlaylistId,
    /// Ids of tracks that the service has.
    known: Vec<String>,
    rows: Vec<String>,
    liked: BTreeMap<String, bool>,
    numbers: u64,
}

impl House {
    fn new() -> Self {
        let services = Services::start();
        let way = Lossy::before(services.sandbox.address());
        let (there, here) = (services.sandbox.address().to_string(), way.address.to_string());
        let mut config = services.signed_in_config().replace(&there, &here);
        for other in ["audius", "yourmusic", "audiosocket"] {
            let section = format!("[services.{other}]\n");
            config = config.replace(&section, &format!("{section}enabled = false\n"));
        }
        let home = Home::new().config(&config);
        let found = asked(&home, &["search", "a", "--service", SERVICE, "--limit", "12"]);
        let id = |row: &Value| row["name"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
        let mut known: Vec<String> = found.as_array().unwrap().iter().map(id).collect();
        known.dedup();
        assert!(known.len() >= 6, "{known:?}");
        let token = services.sandbox.credentials().audiomack.access_token;
        let account = Sha1::digest(token).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        let mut house = Self {
            services,
            way,
            home,
            account,
            playlist: PlaylistId(0),
            known,
            rows: Vec::new(),
            liked: BTreeMap::new(),
            numbers: 0,
        };
        let entries: Vec<_> = (0..3).map(|at| house.entry(at)).collect();
        house.rows = ids_of(&entries);
        let order =
            PlaylistOrder::MakeAt { service: service(), name: TITLE.into(), entries, is_private: false };
        let PlaylistAnswer::Shelved { done: Some(step), .. } = house.library().order(&order, 7).unwrap()
        else {
            panic!()
        };
        house.playlist = step.id;
        house
    }

    fn library(&self) -> Playlists {
        let mut library = Playlists::open(&self.home.path().join("data/library.db")).unwrap();
        library.sign_in(&service(), Some(&self.account)).unwrap();
        library
    }

    fn entry(&mut self, at: usize) -> Entry {
        self.numbers += 1;
        let id = self.known[at % self.known.len()].clone();
        let track = Track::new(TrackRef::Service { service: service(), id: id.clone() }, id);
        Entry::new(EntryId(self.numbers), Arc::new(track))
    }

    /// Some changes; each is on the disk when this returns.
    fn change(&mut self, chance: &mut Chance) {
        let mut library = self.library();
        for _ in 0..=chance.below(3) {
            let order = PlaylistOrder::Open(self.playlist);
            let PlaylistAnswer::Opened(opened) = library.order(&order, 7).unwrap() else { panic!() };
            let mut after = opened.entries.clone();
            match chance.below(4) {
                0 if after.len() > 2 => drop(after.remove(chance.below(after.len()))),
                1 if after.len() > 1 => {
                    let row = after.remove(chance.below(after.len()));
                    after.insert(chance.below(after.len()), row);
                }
                // The service's own list holds a song once.
                _ => {
                    let held: BTreeSet<_> = ids_of(&after).into_iter().collect();
                    let new = self.known.iter().position(|id| !held.contains(id));
                    let Some(new) = new else { continue };
                    let row = self.entry(new);
                    after.insert(chance.below(after.len() + 1), row);
                }
            }
            let before = Snapshot::new(&opened.entries, None, None);
            let Some(step) = Step::between("an edit", before, &after, None, None) else { continue };
            let edit = PlaylistEdit {
                id: self.playlist,
                name: "an edit".to_owned(),
                revision: opened.revision,
                journal: JournalMove::Step { after: opened.journal.number(), step },
                before: opened.entries.into(),
                after: after.as_slice().into(),
            };
            library.order(&PlaylistOrder::Edit(Box::new(edit)), 7).unwrap();
            self.rows = ids_of(&after);
        }
        let (id, on) = (self.known[chance.below(self.known.len())].clone(), chance.below(2) == 0);
        let item = ItemRef { service: service(), kind: Kind::Track, id: id.clone() };
        library.keep_mark(&MarkWish { item, mark: Mark::Like, on, title: "a song".into() }).unwrap();
        self.liked.insert(id, on);
    }

    /// What is on the disk is what was kept, and can be taken back.
    fn assert_kept(&self, round: usize) {
        assert_whole(&self.home.path().join("data/library.db"));
        let mut library = self.library();
        let PlaylistAnswer::Opened(opened) = library.order(&PlaylistOrder::Open(self.playlist), 7).unwrap()
        else {
            panic!()
        };
        assert_eq!(ids_of(&opened.entries), self.rows, "round {round}");
        assert_undo_works(*opened);
    }

    /// In fair weather all arrives; the service has what was wanted, once.
    fn assert_arrives(&self, round: usize) {
        self.way.is_bad(false);
        for _ in 0..10 {
            if self.home.run(&["playlist", "sync", "--held"]).code == 0 {
                break;
            }
        }
        let told = self.home.run(&["playlist", "sync", "--json"]);
        let told: Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(
            (&told["waiting"], &told["marks"]),
            (&Value::Array(vec![]), &Value::Array(vec![])),
            "{told}"
        );
        let own = asked(&self.home, &["playlist", "list", SERVICE]);
        let named: Vec<_> = own.as_array().unwrap().iter().filter(|row| row["title"] == TITLE).collect();
        assert_eq!(named.len(), 1, "round {round}: made once: {own}");
        let shown = asked(&self.home, &["playlist", "show", named[0]["name"].as_str().unwrap()]);
        let ids = shown["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap());
        let ids: Vec<_> = ids.map(|name| name.rsplit(':').next().unwrap().to_owned()).collect();
        assert_eq!(ids, self.rows, "round {round}");
        let liked = asked(&self.home, &["browse", "audiomack/mine/favorites"]);
        let id = |row: &Value| row["name"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
        let liked: BTreeSet<_> = liked["items"].as_array().unwrap().iter().map(id).collect();
        for (id, on) in &self.liked {
            assert_eq!(liked.contains(id), *on, "round {round}: {id} among {liked:?}");
        }
    }
}

fn service() -> ServiceId {
    ServiceId::known(SERVICE)
}

fn ids_of(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.track.title.to_string()).collect()
}

fn asked(home: &Home, arguments: &[&str]) -> Value {
    let done = home.run(&[arguments, &["--json"]].concat());
    assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    serde_json::from_str(&done.out).unwrap()
}

#[test]
fn a_kill_while_changes_are_sent_loses_and_doubles_nothing() {
    let mut house = House::new();
    let mut chance = Chance(59);
    #[expect(clippy::disallowed_methods, reason = "how long sending takes here, not whether it is quick")]
    let took = {
        let begun = std::time::Instant::now();
        house.assert_arrives(0);
        begun.elapsed()
    };
    // Four programs were run in that time.
    let latest = usize::try_from(took.as_micros()).unwrap() / 3;
    let (kills, mut ended) = (kills(16, 4), 0);
    for round in 0..kills {
        house.change(&mut chance);
        house.way.is_bad(true);
        let mut sync = house.home.segue(&["playlist", "sync"]);
        let mut sync = sync.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        chance.wait(latest);
        ended += usize::from(sync.try_wait().unwrap().is_some());
        sync.kill().unwrap();
        sync.wait().unwrap();
        house.assert_kept(round);
        if round % 8 == 7 {
            house.assert_arrives(round);
        }
    }
    house.assert_arrives(kills);
    let requests = house.services.sandbox.requests();
    let writes = requests.iter().filter(|line| line.method != "GET").count();
    let (broken, lost) = house.way.counts();
    println!(
        "{kills} kills, {ended} of them after the end: {writes} changes reached the service; {broken} requests and {lost} answers \
         were lost"
    );
    assert!(writes > kills / 4, "{writes}");
}
