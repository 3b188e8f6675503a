//! The verbs on a service's playlist: kept here, sent once, put together with what others did, taken back.

use super::*;
use crate::app::{Arrangement, SortKey};
use crate::model::PlaylistAbout;
use crate::runtime::outbox::tests::fake::{Fake, Mishap};
use crate::runtime::{PlaylistDone, PlaylistWish};

/// A service with a playlist `p1` called Mix, and a library.
struct House {
    _folder: tempfile::TempDir,
    fake: Arc<Fake>,
    shelves: Shelves,
}

impl House {
    fn new(rows: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fake = Arc::new(Fake::default());
        fake.world().playlists.insert("p1".to_owned(), ("Mix".to_owned(), words(rows)));
        let shelves = with_library(vec![fake.clone()], folder.path().join("library.db"));
        Self { _folder: folder, fake, shelves }
    }

    fn try_to(&self, wish: PlaylistWish) -> Result<PlaylistDone, String> {
        self.shelves.change_playlist(&target("fake:playlist:p1"), wish).map_err(|fault| fault.to_string())
    }

    fn does(&self, wish: PlaylistWish, told: &str) -> PlaylistDone {
        let done = self.try_to(wish).unwrap();
        assert_eq!(done.words.as_str(), told);
        done
    }

    /// What the service holds.
    fn holds(&self, title: &str, rows: &str) {
        assert_eq!(self.fake.rows(), [(title.to_owned(), words(rows))]);
    }

    /// What is shown here.
    fn shown(&self) -> String {
        let rows = self.shelves.playlist(&target("fake:playlist:p1")).unwrap().tracks;
        rows.iter().map(|track| track.title.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn next(&self, mishap: Mishap) {
        self.fake.world().mishaps.push_back(mishap);
    }

    fn writes(&self) -> usize {
        std::mem::take(&mut self.fake.world().writes)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn target(text: &str) -> Target {
    text.parse().unwrap()
}

fn add(text: &str) -> PlaylistWish {
    PlaylistWish::Add(text.split_whitespace().map(|id| target(&format!("fake:track:{id}"))).collect())
}

fn remove(text: &str) -> PlaylistWish {
    PlaylistWish::Remove(text.split_whitespace().map(|row| row.parse().unwrap()).collect())
}

fn called(title: &str) -> PlaylistAbout {
    PlaylistAbout { title: Some(title.to_owned()), ..PlaylistAbout::default() }
}

#[test]
fn each_wish_is_one_request() {
    let house = House::new("a b c d");
    let check = |wish: PlaylistWish, told: &str, title: &str, rows: &str| {
        let done = house.does(wish, told);
        let name = done.playlist.map(|item| item.to_string());
        assert_eq!((name.as_deref(), done.waits), (Some("fake:playlist:p1"), None), "{told}");
        house.holds(title, rows);
        assert_eq!((house.shown().as_str(), house.writes()), (rows, 1), "{told}");
    };
    check(add("e f"), "Mix has 2 tracks more at Fake", "Mix", "a b c d e f");
    // Positions are those from before, whatever the order they are typed in.
    check(remove("2 6 1"), "Mix has 3 tracks fewer at Fake", "Mix", "c d e");
    check(remove("fake:track:d"), "Mix has 1 track fewer at Fake", "Mix", "c e");
    check(PlaylistWish::Move { from: 2, to: 1 }, "Mix has at 1 what was at 2 at Fake", "Mix", "e c");
    check(PlaylistWish::Edit(called("Night")), "Mix is now called Night at Fake", "Night", "e c");
    let list = || house.shelves.held_list(&target("fake:playlist:p1")).unwrap();
    let by_title = Arrangement::Sorted { by: vec![SortKey::Title], down: false };
    let done = house.shelves.arrange_playlist(list(), &by_title).unwrap().unwrap();
    assert_eq!(done.words.as_str(), "Night has 2 tracks now at Fake");
    house.holds("Night", "c e");
    assert!(house.shelves.arrange_playlist(list(), &by_title).unwrap().is_none(), "it is so already");
    let text = list().text() + "fake:track:g\n";
    house.shelves.apply_text(list(), &text).unwrap().unwrap();
    house.holds("Night", "c e g");
    assert_eq!(house.writes(), 2);
}

#[test]
fn what_cannot_be_is_said() {
    let house = House::new("a b");
    let check = |wish: PlaylistWish, words: &str| assert_eq!(house.try_to(wish).unwrap_err(), words);
    check(PlaylistWish::Move { from: 1, to: 3 }, "Mix has no row 3. Its rows are 1 to 2.");
    check(PlaylistWish::Move { from: 0, to: 1 }, "Mix has no row 0. Its rows are 1 to 2.");
    let words = "fake:track:x is not in Mix. segue playlist show fake:playlist:p1 tells what is.";
    check(remove("fake:track:x"), words);
    let foreign = PlaylistWish::Add(vec![target("other:track:1")]);
    check(foreign, "A playlist at Fake holds only tracks of Fake, and other:track:1 is none.");
    house.holds("Mix", "a b");
    house.fake.world().others.insert("p2".to_owned());
    house.fake.world().playlists.insert("p2".to_owned(), ("Hers".to_owned(), Vec::new()));
    let fault = house.shelves.change_playlist(&target("fake:playlist:p2"), add("c")).unwrap_err();
    let words = "Hers is no playlist of yours at Fake. segue playlist copy fake:playlist:p2 local makes a copy that is.";
    assert_eq!((fault.kind, fault.to_string().as_str()), (FaultKind::Refused, words));
    assert_eq!(house.writes(), 0);
}

#[test]
fn what_cannot_be_sent_waits_and_arrives_once() {
    let house = House::new("a b");
    house.next(Mishap::Offline);
    let waits =
        "Mix has 1 track more here; Fake hears of it with the next start, or with segue playlist sync";
    let done = house.does(add("c"), waits);
    assert_eq!(done.waits.unwrap().kind, FaultKind::Network);
    house.holds("Mix", "a b");
    assert_eq!(house.shown(), "a b c", "positions are those of what is here");
    // An answer that is lost is no second row.
    house.next(Mishap::Lost);
    assert!(house.try_to(add("d")).unwrap().waits.is_some());
    house.holds("Mix", "a b c d");
    house.does(PlaylistWish::Move { from: 4, to: 1 }, "Mix has at 1 what was at 4 at Fake");
    house.holds("Mix", "d a b c");
    // What is taken back before it is sent is never sent.
    house.next(Mishap::Offline);
    house.try_to(remove("1")).unwrap();
    house.writes();
    let playlist = target("fake:playlist:p1");
    let done = house.shelves.retrace(&playlist, 1, false).unwrap();
    assert_eq!((done.words.as_str(), done.waits), ("Taken back in Mix: taking rows out at Fake", None));
    assert_eq!(house.writes(), 0);
}

#[test]
fn what_somebody_else_did_is_put_together() {
    let house = House::new("a b c d");
    house.next(Mishap::RemovedElsewhere);
    let both = "Mix has at 4 what was at 2 at Fake; it was changed there too, and both changes are in it now";
    house.does(PlaylistWish::Move { from: 2, to: 4 }, both);
    house.holds("Mix", "c d b");
    let playlist = target("fake:playlist:p1");
    let log = house.shelves.playlist_journal(&playlist).unwrap();
    let steps: Vec<_> = log.iter().map(|row| row.words.as_str()).collect();
    let known = [
        "moving a row",
        "what was changed at Fake (before it: yours)",
        "both changes, here and at Fake (before it: theirs)",
    ];
    assert_eq!(steps, known);
    // Both versions are there to go back to, and that is sent.
    assert_eq!(house.shelves.retrace(&playlist, 2, false).unwrap().waits, None);
    house.holds("Mix", "a c d b");
    assert_eq!(house.shelves.retrace(&playlist, 1, true).unwrap().waits, None);
    house.holds("Mix", "b c d");
}

#[test]
fn what_is_made_and_deleted_can_be_taken_back() {
    let house = House::new("a");
    house.fake.world().playlists.clear();
    let service = crate::runtime::outbox::tests::fake::service();
    let of =
        |text: &str| words(text).iter().map(|id| target(&format!("fake:track:{id}"))).collect::<Vec<_>>();
    house.next(Mishap::Offline);
    let done = house.shelves.create_playlist(&service, called("Night"), &of("a b")).unwrap();
    let name = done.playlist.unwrap().to_string();
    assert!(name.starts_with("local:playlist:") && done.waits.is_some(), "{name}: {}", done.words);
    let listed = house.shelves.own_playlists(std::slice::from_ref(&service)).unwrap().rows;
    assert_eq!(listed.iter().map(super::name).collect::<Vec<_>>(), std::slice::from_ref(&name));
    // Until then it has its name here.
    let done = house.shelves.change_playlist(&target(&name), add("c")).unwrap();
    assert_eq!((done.words.as_str(), done.waits), ("Night has 1 track more at Fake", None));
    assert_eq!(done.playlist.unwrap().to_string(), "fake:playlist:p1");
    house.holds("Night", "a b c");

    house.does(PlaylistWish::Delete, "Night is deleted at Fake");
    assert_eq!(house.fake.rows(), []);
    let done = house.shelves.retrace_shelf(false).unwrap();
    assert_eq!((done.words.as_str(), done.waits), ("Night is there again at Fake", None));
    assert_eq!(done.playlist.unwrap().to_string(), "fake:playlist:p2");
    house.holds("Night", "a b c");
}

#[test]
fn what_was_changed_elsewhere_is_not_deleted_unseen() {
    let house = House::new("a b");
    house.shelves.held_list(&target("fake:playlist:p1")).unwrap();
    house.fake.world().playlists.get_mut("p1").unwrap().1.push("theirs".to_owned());
    let words = house.try_to(PlaylistWish::Delete).unwrap_err();
    assert!(words.starts_with("fake:playlist:p1 was changed at Fake after it was last read here"), "{words}");
    house.holds("Mix", "a b theirs");
    assert_eq!(house.shown(), "a b theirs");
    house.does(PlaylistWish::Delete, "Mix is deleted at Fake");
    assert_eq!(house.fake.rows(), []);
}

#[test]
fn what_was_never_read_here_needs_its_service() {
    let check = |breaks: fn(&Fake)| {
        let house = House::new("a b");
        breaks(&house.fake);
        let words = house.try_to(remove("1")).unwrap_err();
        assert!(
            words.starts_with("Nothing was changed: fake:playlist:p1 was never opened here, and"),
            "{words}"
        );
        (house.fake.world().is_unread, house.fake.world().is_stale) = (false, false);
        house.does(remove("1"), "Mix has 1 track fewer at Fake");
        // From then on it can be edited without it.
        breaks(&house.fake);
        house.next(Mishap::Offline);
        assert!(house.try_to(add("c")).unwrap().waits.is_some());
        assert_eq!(house.shown(), "b c");
    };
    check(|fake| fake.world().is_unread = true);
    check(|fake| fake.world().is_stale = true);
}
