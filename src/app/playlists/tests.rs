mod long_journal;
mod theirs;

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::app::tests::Step::{self, BrowsedItems, Keys};
use crate::app::tests::{Run, gone, services, track, tracks};
use crate::app::{Effect, Event, Focus, ListPlace, Overlay, Page, Start, State, parse_keys};
use crate::library::Playlists;
use crate::model::{Fault, FaultKind, ListId, PlaylistOrder, Session, Ticket};

/// A program with a library that answers at once, and that can be started anew.
struct House {
    run: Run,
    library: Playlists,
    seed: u64,
}

fn start(titles: &str, seed: u64) -> Start {
    let tracks = tracks(titles);
    let current = (!tracks.is_empty()).then_some(0);
    let session =
        Session { tracks: tracks.into_iter().map(Into::into).collect(), current, ..Session::default() };
    Start { services: services(), session, seed, ..Start::default() }
}

impl House {
    fn new(queue: &str) -> Self {
        Self { run: Run::new(start(queue, 1)), library: Playlists::in_memory(), seed: 1 }
    }

    fn orders(&self) -> VecDeque<(Ticket, PlaylistOrder)> {
        let order = |effect: &Effect| match effect {
            Effect::Playlists { ticket, order } => Some((*ticket, PlaylistOrder::clone(order))),
            _ => None,
        };
        self.run.effects.iter().filter_map(order).collect()
    }

    fn answer(&mut self) {
        let mut orders = self.orders();
        while let Some((ticket, order)) = orders.pop_front() {
            let result = self.library.order(&order, 5);
            self.run.send(crate::app::Msg::Event(Event::Playlists { ticket, result }));
            orders.extend(self.orders());
        }
    }

    fn step(mut self, step: Step) -> Self {
        self.run.step(step);
        self.answer();
        self
    }

    fn keys(mut self, keys: &str) -> Self {
        for chord in parse_keys(keys).unwrap() {
            self.run.send(crate::app::Msg::Key(chord));
            self.answer();
        }
        self
    }

    fn restart(mut self) -> Self {
        self.seed += 1;
        let session = self.run.state.session();
        self.run = Run::new(Start { session, ..start("", self.seed) });
        // The page that was left asks for its rows.
        self.answer();
        self
    }

    fn rows(&self) -> String {
        rows(&self.run.state)
    }

    fn notice(&self) -> String {
        self.run.state.notices.latest().map_or_else(String::new, |notice| notice.words.to_string())
    }

    fn shelf(&self) -> String {
        let playlists = &self.run.state.playlists;
        playlists.own().map(|about| format!("{}:{}", about.name, about.tracks)).collect::<Vec<_>>().join(" ")
    }
}

fn rows(state: &State) -> String {
    let open = state.playlists.open.as_ref().expect("a playlist is open");
    open.entries.iter().map(|entry| entry.track.title.to_string()).collect::<Vec<_>>().join(" ")
}

/// With a playlist of these rows that is open.
fn open(rows: &str) -> House {
    let house = House::new(rows).keys("<C-s>mix<Enter>4<Enter>");
    assert_eq!(house.rows(), rows);
    house
}

#[test]
fn the_queue_is_kept_as_a_playlist() {
    let house = House::new("a b c").keys("<C-s>");
    assert_eq!(house.run.state.focus(), Focus::Naming);
    let house = house.keys("<Enter>");
    assert_eq!(house.notice(), "Type the name, then Enter");
    let house = house.keys("Night<Space>drive<Enter>");
    assert_eq!(house.notice(), "Kept Night drive (3 tracks) \u{b7} u undoes on the page of playlists");
    let house = house.keys("4");
    assert_eq!((house.shelf().as_str(), house.run.state.focus()), ("Night drive:3", Focus::Playlists));
    let house = house.keys("<Enter>");
    assert_eq!((house.rows().as_str(), house.run.state.focus()), ("a b c", Focus::Playlist));
    // A queue that was kept under this name makes way, also where it is open, and comes back.
    let house = house.keys("<C-s>Night<Space>drive<Enter>");
    let told = "Kept Night drive (3 tracks); undo twice brings back what was kept so before \u{b7} u undoes";
    assert_eq!((house.notice().as_str(), house.shelf().as_str()), (told, "Night drive:3"));
    let house = house.keys("uu");
    assert_eq!(house.notice(), "Night drive is back (3 tracks)");
    assert_eq!(House::new("").keys("<C-s>").notice(), "The queue is empty; there is nothing to save");
}

#[test]
fn the_editor_is_the_queues() {
    let only = |keys: &str, expected: &str| {
        let house = open("a b c d e").keys(keys);
        assert_eq!(house.rows(), expected, "{keys}");
        assert!(house.run.state.playlists.open.as_ref().unwrap().is_kept());
        let again = house.restart().keys("o4<Enter>");
        assert_eq!(again.rows(), expected, "{keys}, after a restart");
    };
    only("jvjd", "a d e");
    only("<C-Space>*d", "a");
    only("jvjJ", "a d b c e");
    only("jvjvJuU", "a d b c e");
    only("jvjxGp", "a d e b c");
    only("jvjY", "a b c b c d e");
    only("jvjX", "b c");
    only("yjpg u", "a b c d e");
    only("D", "");
    only("Du", "a b c d e");
    only("ddduu", "b c d e");
    only("dduujd", "a c d e");
}

#[test]
fn what_was_done_is_told_with_the_way_back() {
    let words =
        |keys: &str, expected: &str| assert_eq!(open("a b c").keys(keys).notice(), expected, "{keys}");
    words("vjd", "Removed 2 \u{b7} u undoes");
    words("D", "The playlist is empty: removed 3 tracks \u{b7} u undoes");
    words("x", "Cut 1 track \u{b7} u undoes");
    words("yp", "Pasted 1 track \u{b7} u undoes");
    words("du", "Undone: taking a row out (now 3 tracks)");
    words("u", "Nothing to undo");
    words("g u", "Nothing is there twice");
}

#[test]
fn rows_go_from_list_to_list() {
    let house = open("a b c").keys("vjy3P");
    assert_eq!(house.run.playing(), "a b *a b c | none @0");
    let house = house.keys("Gx4p");
    assert_eq!(house.rows(), "a b c c");
    // All at once into the queue, or played from here on.
    let house = open("a b c").keys("vje");
    assert_eq!(house.run.playing(), "*a b c a b | none @0");
    assert_eq!(house.notice(), "Queued at the end: 2 tracks (now 5 tracks)");
    let house = open("a b c").keys("j<Enter>");
    assert_eq!(house.run.playing(), "a *b c | b locating @0");
}

#[test]
fn an_order_is_shown_for_now_until_it_is_kept() {
    let house = open("c a b").keys(", t");
    let sorted = |house: &House| house.run.state.playlists.open.as_ref().unwrap().sorted().is_some();
    assert!(sorted(&house) && house.rows() == "a b c");
    assert_eq!(house.notice(), "Shown in another order for now \u{b7} , , keeps it, Esc puts it back");
    assert_eq!(house.restart().keys("o4<Enter>").rows(), "c a b", "it was not kept");
    for back in ["<Esc>", "u"] {
        let house = open("c a b").keys(", t").keys(back);
        assert!(!sorted(&house) && house.rows() == "c a b");
    }
    let house = open("c a b").keys(", t, ,");
    assert!(!sorted(&house));
    assert_eq!(house.restart().keys("o4<Enter>").rows(), "a b c");
    // An edit of what is shown keeps the order too, as a step of its own.
    let house = open("c a b").keys(", td");
    assert_eq!(house.rows(), "b c");
    let house = house.keys("u");
    assert_eq!(house.rows(), "a b c");
    assert_eq!(house.keys("u").rows(), "c a b");
    assert_eq!(open("a b").keys(", t").notice(), "It is in this order already");
}

#[test]
fn rows_are_shuffled_for_now_and_taken_back() {
    let own = "a b c d e f g h i j k l";
    let house = open(own).keys(", x");
    let shuffled = house.rows();
    let sorted = |rows: &str| {
        let mut rows: Vec<_> = rows.split(' ').map(str::to_owned).collect();
        rows.sort();
        rows.join(" ")
    };
    assert!(shuffled != own && sorted(&shuffled) == own, "{shuffled}");
    let house = house.keys(", ,");
    let house = house.restart().keys("o4<Enter>");
    assert_eq!(house.rows(), shuffled);
    assert_eq!(house.keys("u").rows(), own);
    // Of those that are selected each stays among the places of the others.
    let rows = open(own).keys("v5j, x").rows();
    assert!(rows.ends_with(" g h i j k l") && sorted(&rows) == own, "{rows}");
    // By a second key, what is equal by it stays as the first one put it.
    assert_eq!(open("c a b").keys(", t, a, ,").rows(), "a b c");
}

#[test]
fn playlists_are_made_renamed_and_deleted() {
    let house = House::new("").keys("o4nNight<Enter>n雨<Enter>");
    assert_eq!(house.shelf(), "Night:0 雨:0");
    let house = house.keys("ggi<Space>drive<Enter>");
    assert_eq!(house.shelf(), "Night drive:0 雨:0");
    let house = house.keys("d");
    assert_eq!(
        (house.shelf().as_str(), house.notice().as_str()),
        ("雨:0", "Deleted Night drive \u{b7} u undoes")
    );
    let house = house.restart().keys("o4u");
    assert_eq!(house.shelf(), "Night drive:0 雨:0");
    assert_eq!(house.notice(), "Night drive is back (0 tracks)");
    let house = house.keys("uuu");
    assert_eq!(house.shelf(), "");
    assert_eq!(house.keys("u").notice(), "Nothing to undo");
    let house = House::new("a").keys("<C-s>x<Enter>4<Enter><F2>");
    assert_eq!(house.run.state.focus(), Focus::Playlist, "F2 is a key of the page");
}

#[test]
fn tracks_are_put_into_a_playlist_from_anywhere() {
    let rows = vec![track("open", "x").into(), track("files", "y").into()];
    let house = open("a b c").step(Keys("2<Enter>")).step(BrowsedItems(rows, false)).step(Keys("a"));
    let Some(Overlay::Picker(picker)) = house.run.state.overlays.last() else { panic!("no picker") };
    assert_eq!(picker.rows.len(), 2, "{picker:?}");
    let house = house.keys("<Enter>");
    assert_eq!(house.notice(), "x is now in mix (4 tracks)");
    let house = house.keys("ja<Enter>4");
    assert_eq!(house.rows(), "a b c x y");
    let house = house.keys("ggvjaother<Enter>");
    assert_eq!(house.notice(), "Kept other (2 tracks) \u{b7} u undoes on the page of playlists");
    assert_eq!(house.keys("<Esc>").shelf(), "mix:5 other:2");
}

#[test]
fn a_playlist_that_could_not_be_kept_is_shown_as_it_is() {
    let mut house = open("a b c");
    house.run.step(Keys("d"));
    assert_eq!(rows(&house.run.state), "b c");
    let open = |house: &House| house.run.state.playlists.open.clone().unwrap();
    assert!(!open(&house).is_kept());
    let (ticket, _) = house.orders()[0].clone();
    let fault = Fault::new(FaultKind::Other, "the disk is full");
    house.run.send(crate::app::Msg::Event(Event::Playlists { ticket, result: Err(fault) }));
    assert_eq!(house.notice(), "The change of mix was not kept. the disk is full.");
    house.answer();
    assert_eq!(house.rows(), "a b c");
    assert!(open(&house).is_kept());
    assert_eq!(house.keys("d").restart().keys("o4<Enter>").rows(), "b c");
}

#[test]
fn two_programs_see_what_each_other_did() {
    let one = open("a b c d");
    let mut other = House { run: Run::new(start("", 9)), library: one.library, seed: 9 };
    other = other.keys("o4<Enter>d");
    let mut one = House { run: one.run, library: other.library, seed: 1 };
    one = one.keys("Gd");
    assert_eq!(one.rows(), "b c");
    assert_eq!(one.notice(), "mix was changed elsewhere too; both changes are in it now");
    let one = one.keys("uu");
    assert_eq!(one.rows(), "a b c d");
}

#[test]
fn services_that_keep_playlists_have_a_row() {
    let mut services = services();
    services[1].capabilities.own_playlists = Some(ListId("mine".to_owned()));
    let run = Run::new(Start { services, ..Start::default() });
    let house = House { run, library: Playlists::in_memory(), seed: 1 }.keys("o4<Enter>");
    assert_eq!((house.run.state.page, house.run.asked().as_str()), (Page::Browse, "browse ready mine 0"));
}

#[test]
fn a_cleared_queue_comes_back_after_a_restart() {
    let mut house = House::new("a b c");
    let journal = crate::model::Journal::default();
    house.run.send(crate::app::Msg::Event(Event::QueueJournal(journal)));
    let kept = |run: &Run| -> Vec<_> {
        let step = |effect: &Effect| match effect {
            Effect::KeepQueueStep { after, step } => Some((*after, crate::model::Step::clone(step))),
            _ => None,
        };
        run.effects.iter().filter_map(step).collect()
    };
    let house = House { run: house.run.steps([Keys("3D")]), ..house };
    let [(after, step)] = kept(&house.run).try_into().unwrap();
    assert_eq!((after, house.run.state.session().step), (0, 1));
    let mut again = house.restart();
    // An edit that is made before the earlier ones have come follows on them.
    again.run.step(Step::Do(crate::app::Action::PlayAll {
        tracks: tracks("x"),
        start: std::time::Duration::ZERO,
    }));
    assert_eq!(kept(&again.run), []);
    again.run.send(crate::app::Msg::Event(Event::QueueJournal(crate::model::Journal::new(0, vec![step], 1))));
    let [(after, _)] = kept(&again.run).try_into().unwrap();
    assert_eq!(after, 1);
    let again = again.keys("3uu");
    assert_eq!(again.run.playing(), "*a b c | x locating @0");
}

#[test]
fn what_a_source_has_lost_comes_from_another() {
    let mut lost = track("open", "x");
    lost.elsewhere = vec![track("ready", "y").reference, track("files", "z").reference];
    let play = crate::app::Action::PlayAll { tracks: vec![lost], start: std::time::Duration::ZERO };
    let run = Run::new(start("", 1)).steps([Step::Do(play), Step::NotLocated(gone())]);
    assert_eq!(run.asked(), "locate ready:track:y, wait 5000");
    assert_eq!(
        run.state.notices.latest().unwrap().words.as_str(),
        "x: It is gone. It comes from ready instead"
    );
    let run = run.steps([Step::Located, Step::NewestFailed(gone())]);
    assert_eq!(run.asked(), "locate files:track:z, wait 5000");
    let run = run.steps([Step::NotLocated(gone()), Step::NotElsewhere]);
    assert!(run.state.queue.entries[0].problem.is_some(), "there is no other");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever is done to a playlist, all of it is there after a restart, and can be taken back to the beginning.
    #[test]
    fn everything_can_be_taken_back_after_a_restart(steps in prop::collection::vec(prop::sample::select(vec![
        "d", "J", "K", "x", "p", "P", "y", "Y", "V", "v", "j", "k", "G", "g g", "g u", ", t", ", r", ", ,", "<Esc>", "D", "u", "U", "*",
        "<C-Space>", "restart",
    ]), 1..40)) {
        let mut house = open("e d c b a");
        for step in steps {
            let open = house.run.state.playlists.open.as_ref().unwrap();
            // Else it would lead out of the playlist.
            let leaves = step == "<Esc>" && open.selection.is_empty() && open.sorted().is_none();
            house = match step {
                "restart" => house.restart().keys("o4<Enter>"),
                _ if leaves => house,
                keys => house.keys(keys),
            };
        }
        let house = house.keys(", ,");
        let shown = house.rows();
        let mut house = house.restart().keys("o4<Enter>");
        prop_assert_eq!(house.rows(), shown);
        while !house.run.state.playlists.open.as_ref().unwrap().journal.is_empty() {
            house = house.keys("u");
        }
        prop_assert_eq!(house.rows(), "e d c b a");
    }
}

#[test]
fn a_saved_queue_comes_back_where_it_was_left() {
    let playing = House::new("a b c").keys("<C-s>mix<Enter>").keys("3j<Enter>");
    let house = playing.step(Step::Located).step(Step::Started).step(Step::At(75));
    let house = house.keys("<C-s>later<Enter>D4");
    assert_eq!(house.shelf(), "later:3 mix:3");
    let house = house.keys("ggg q");
    assert_eq!(house.run.playing(), "a *b c | none @75");
    assert_eq!(house.notice(), "later is the queue now \u{b7} u undoes");
    let house = house.keys("u");
    assert_eq!(house.run.playing(), " | none @0");
    // What was the queue before stands where it was left, too.
    let house = house.keys("u");
    assert_eq!(house.run.playing(), "a *b c | none @75");
    let house = house.keys("4d");
    assert_eq!(house.shelf(), "mix:3");
    let house = house.keys("u");
    assert_eq!(house.shelf(), "later:3 mix:3");
    assert!(house.run.state.playlists.own().next().unwrap().place.is_some());
}

#[test]
fn a_playlist_is_queued_whole() {
    let house = open("a b").keys("3D4").keys("<Esc>");
    let queued = |house: House, keys: &str| house.keys(keys).run.playing();
    assert_eq!(queued(house, "ee"), "*a b a b | none @0");
    let house = House::new("x y").keys("<C-s>mix<Enter>4");
    assert_eq!(queued(house, "E"), "*x x y y | none @0");
}

#[test]
fn which_playlists_there_were_is_shown_and_gone_back_to() {
    let house = House::new("a").keys("4none<Enter>").keys("d").keys("ntwo<Enter>").keys("g j");
    let Some(Overlay::Journal(page)) = house.run.state.overlays.last() else { panic!("no journal") };
    let names: Vec<_> = page.rows.iter().map(|row| row.name.to_string()).collect();
    assert_eq!(names, ["", "making two", "deleting one", "making one"]);
    assert_eq!((house.shelf().as_str(), page.list.cursor()), ("two:0", Some(0)));
    let house = house.keys("jj<Enter>");
    assert_eq!(house.shelf(), "one:0");
    let house = house.keys("g j").keys("gg<Enter>");
    assert_eq!(house.shelf(), "two:0");
}

#[test]
fn the_journal_of_a_playlist_leads_anywhere_and_is_kept() {
    let house = open("a b c").keys("jdKD").keys("g j").keys("G<Enter>");
    assert_eq!(house.rows(), "a b c");
    let house = house.keys("<Esc>").restart().keys("4<Enter>").keys("g j").keys("gg<Enter>");
    assert_eq!(house.rows(), "");
    assert_eq!(house.keys("u").rows(), "c a");
}

#[test]
fn a_playlist_goes_through_the_editor() {
    let mut house = open("a b c").keys("<C-e>");
    let asked = house.run.effects.iter().find_map(|effect| match effect {
        Effect::EditText { ticket, text } => Some((*ticket, text.clone())),
        _ => None,
    });
    let (ticket, text) = asked.unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('=')).collect();
    let text = Some(format!("{}\n{}\n", rows[2], rows[0]));
    house.run.send(crate::app::Msg::Event(Event::TextEdited { ticket, text, result: Ok(()) }));
    house.answer();
    assert_eq!(house.rows(), "c a");
    let house = house.restart().keys("4<Enter>");
    assert_eq!(house.rows(), "c a");
    assert_eq!(house.keys("u").rows(), "a b c");
}

#[test]
fn the_open_playlist_comes_back_with_its_filter() {
    let again = open("alpha beta alphabet").keys("/bet<Enter>").restart();
    assert_eq!((again.run.state.page, again.rows().as_str()), (Page::Playlists, "alpha beta alphabet"));
    assert_eq!(again.run.state.filter_of(ListPlace::Playlist).unwrap().rows, [1, 2]);
    assert_eq!(again.run.state.filter_of(ListPlace::Playlists), None);
}
