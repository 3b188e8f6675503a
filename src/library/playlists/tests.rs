mod long;
mod theirs;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{
    Entry, EntryId, Journal, JournalMove, OpenedPlaylist, PlaylistEdit, PlaylistInfo, QueuePlace, Snapshot,
    Step, Track,
};

fn entry(number: u64, title: &str) -> Entry {
    let mut track = Track::new(format!("audius:track:{title}").parse().unwrap(), title);
    track.artists = vec!["Ada Cole".into(), "雨".into()];
    track.length = Some(std::time::Duration::from_millis(27_341));
    track.isrc = Some("GBAYE0601498".into());
    track.elsewhere = vec!["/music/ä b.flac".parse().unwrap(), "audiomack:track:7".parse().unwrap()];
    Entry::new(EntryId(number), track)
}

fn rows(titles: &str) -> Vec<Entry> {
    titles.split_whitespace().zip(1..).map(|(title, number)| entry(number, title)).collect()
}

fn titles(entries: &[Entry]) -> String {
    entries.iter().map(|entry| entry.track.title.to_string()).collect::<Vec<_>>().join(" ")
}

fn make(library: &mut Playlists, name: &str, titles: &str) -> PlaylistId {
    let order = PlaylistOrder::Make { name: name.into(), entries: rows(titles) };
    match library.order(&order, 7) {
        Ok(PlaylistAnswer::Shelved { done: Some(step), .. }) => step.id,
        other => panic!("{other:?}"),
    }
}

fn opened(library: &mut Playlists, id: PlaylistId) -> OpenedPlaylist {
    match library.order(&PlaylistOrder::Open(id), 7) {
        Ok(PlaylistAnswer::Opened(opened)) => *opened,
        other => panic!("{other:?}"),
    }
}

/// The names of all playlists after an order, or why it was not carried out.
fn names(library: &mut Playlists, order: &PlaylistOrder) -> String {
    let joined = |all: &[PlaylistInfo]| {
        all.iter().map(|about| format!("{}:{}", about.name, about.tracks)).collect::<Vec<_>>().join(" ")
    };
    match library.order(order, 7) {
        Ok(PlaylistAnswer::Listed(all) | PlaylistAnswer::Shelved { all, .. }) => joined(&all),
        Ok(other) => panic!("{other:?}"),
        Err(fault) => fault.message.to_string(),
    }
}

/// One of two programs that edit.
struct Editor {
    shown: OpenedPlaylist,
}

impl Editor {
    fn open(library: &mut Playlists, id: PlaylistId) -> Self {
        Self { shown: opened(library, id) }
    }

    fn edit(&mut self, library: &mut Playlists, name: &str, after: Vec<Entry>) -> bool {
        let before = std::mem::replace(&mut self.shown.entries, after);
        let snapshot = Snapshot::new(&before, None, None);
        let Some(step) = Step::between(name, snapshot, &self.shown.entries, None, None) else { return false };
        // When it is kept.
        let step = Step { made_at: Some(9), ..step };
        let journal = JournalMove::Step { after: self.shown.journal.number(), step: step.clone() };
        self.shown.journal.push(step);
        self.send(library, name, before, journal)
    }

    fn walk(&mut self, library: &mut Playlists, step: Option<Step>) -> bool {
        let Some(step) = step else { return false };
        let before = self.shown.entries.clone();
        step.apply(&mut self.shown.entries).unwrap();
        let journal = JournalMove::To(self.shown.journal.number());
        self.send(library, &step.name, before, journal)
    }

    fn undo(&mut self, library: &mut Playlists) -> bool {
        let step = self.shown.journal.step_back();
        self.walk(library, step)
    }

    fn redo(&mut self, library: &mut Playlists) -> bool {
        let step = self.shown.journal.step_on();
        self.walk(library, step)
    }

    /// Whether it was put together with what somebody else did.
    fn send(
        &mut self,
        library: &mut Playlists,
        name: &str,
        before: Vec<Entry>,
        journal: JournalMove,
    ) -> bool {
        let edit = PlaylistEdit {
            id: self.shown.about.id,
            name: name.to_owned(),
            revision: self.shown.revision,
            before: before.into(),
            after: self.shown.entries.as_slice().into(),
            journal,
        };
        match library.order(&PlaylistOrder::Edit(Box::new(edit)), 9).unwrap() {
            PlaylistAnswer::Kept { merged: Some(merged), .. } => {
                self.shown = *merged;
                true
            }
            PlaylistAnswer::Kept { revision, merged: None, .. } => {
                self.shown.revision = revision;
                false
            }
            other => panic!("{other:?}"),
        }
    }

    fn titles(&self) -> String {
        titles(&self.shown.entries)
    }
}

#[test]
fn a_playlist_is_there_at_the_next_start_with_all_that_is_known_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut library = Playlists::open(&path).unwrap();
    let id = make(&mut library, "Night drive", "a b c");
    let mut editor = Editor::open(&mut library, id);
    let before = editor.shown.clone();
    assert_eq!(before.entries, rows("a b c"));
    editor.edit(&mut library, "turning round", rows("a b c").into_iter().rev().collect());
    editor.edit(&mut library, "clearing", Vec::new());
    drop(library);
    let mut library = Playlists::open(&path).unwrap();
    let mut editor = Editor::open(&mut library, id);
    assert_eq!((editor.titles().as_str(), editor.shown.revision), ("", before.revision + 2));
    let steps: Vec<_> = editor.shown.journal.steps().map(|(name, rows, _)| (name, rows)).collect();
    assert_eq!(steps, [("clearing", 3), ("turning round", 3)]);
    editor.undo(&mut library);
    drop(library);
    let mut library = Playlists::open(&path).unwrap();
    let mut editor = Editor::open(&mut library, id);
    assert_eq!(editor.titles(), "c b a");
    editor.undo(&mut library);
    assert_eq!(editor.shown.entries, before.entries);
    editor.redo(&mut library);
    editor.redo(&mut library);
    assert_eq!(opened(&mut library, id).entries, []);
}

#[test]
fn only_what_nothing_could_bring_back_is_forgotten() {
    let mut library = Playlists::in_memory();
    let kept = make(&mut library, "kept", "a b c");
    let deleted = make(&mut library, "deleted", "d");
    let mut editor = Editor::open(&mut library, kept);
    editor.edit(&mut library, "removing", rows("a"));
    names(&mut library, &PlaylistOrder::Delete(deleted));
    let change = library.connection.transaction().unwrap();
    let queued = Step::between("clearing", Snapshot::new(&rows("q"), None, None), &[], None, None).unwrap();
    keep_queue_step(&change, 0, &queued, 7).unwrap();
    recordings::number(&change, &entry(1, "nowhere").track).unwrap();
    assert_eq!(sweep(&change).unwrap(), 1);
    assert_eq!(sweep(&change).unwrap(), 0);
    assert_eq!(steps::journal(&change, 0, 1).unwrap().steps().len(), 1);
    change.commit().unwrap();
    editor.undo(&mut library);
    assert_eq!(titles(&opened(&mut library, kept).entries), "a b c");
    names(&mut library, &PlaylistOrder::Undo);
    assert_eq!(titles(&opened(&mut library, deleted).entries), "d");
}

#[test]
fn rows_have_the_rating_of_their_files() {
    let mut library = Playlists::in_memory();
    let file = Track::new("/music/ada.flac".parse().unwrap(), "Ada");
    let entries = vec![entry(1, "a"), Entry::new(EntryId(2), file)];
    names(&mut library, &PlaylistOrder::Make { name: "mix".into(), entries });
    let rate = "INSERT INTO rating (reference, stars) VALUES ('/music/ada.flac', 3)";
    library.connection.execute(rate, []).unwrap();
    let stars =
        opened(&mut library, PlaylistId(1)).entries.iter().map(|row| row.track.stars).collect::<Vec<_>>();
    assert_eq!(stars, [0, 3]);
}

#[test]
fn of_a_long_journal_of_the_queue_the_newest_steps_are_held() {
    let mut library = Playlists::in_memory();
    let change = library.connection.transaction().unwrap();
    let many: Vec<Entry> = (0..1_000).map(|number| entry(number, &format!("t{number}"))).collect();
    let (mut before, last) = (Vec::new(), 60);
    for number in 0..last {
        let after = if before.is_empty() { many.clone() } else { Vec::new() };
        let step = Step::between("filling", Snapshot::new(&before, None, None), &after, None, None).unwrap();
        keep_queue_step(&change, number, &step, 7).unwrap();
        before = after;
    }
    let whole = steps::journal(&change, 0, last).unwrap();
    let mut held = newest_of_queue(&change, last).unwrap();
    // 24 bytes a row: 21 steps are more than half a megabyte.
    assert_eq!((held.steps().len(), held.number(), held.has_earlier()), (21, last, true));
    held.take_earlier(earlier_of_queue(&change, held.first_number()).unwrap());
    assert_eq!(held, whole);
    // What was taken back is held whatever it takes, and so is the step before it.
    let held = newest_of_queue(&change, 5).unwrap();
    assert_eq!((held.steps().len(), held.all().len(), held.has_earlier()), (1, 56, true));
    let held = newest_of_queue(&change, 0).unwrap();
    assert_eq!((held.all().len(), held.has_earlier()), (60, false));
    assert_eq!(newest_of_queue(&library_of_nothing(), 3).unwrap(), Journal::new(3, Vec::new(), 3));
}

fn library_of_nothing() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::library::migrations::migrate(&mut connection).unwrap();
    connection
}

#[test]
fn making_renaming_and_deleting_can_be_taken_back() {
    let mut library = Playlists::in_memory();
    let a = make(&mut library, "a", "x y");
    make(&mut library, "B", "");
    let check = |library: &mut Playlists, order: PlaylistOrder, expected: &str| {
        assert_eq!(names(library, &order), expected, "{order:?}");
    };
    let name = |id, name: &str| PlaylistOrder::Rename { id, name: name.into() };
    check(&mut library, PlaylistOrder::List, "a:2 B:0");
    check(&mut library, name(a, "B"), "There is a playlist called B already");
    check(&mut library, name(a, "  "), "A playlist needs a name");
    check(&mut library, name(a, "c"), "B:0 c:2");
    check(&mut library, PlaylistOrder::Delete(a), "B:0");
    check(&mut library, name(a, "d"), "This playlist is not there any more");
    check(&mut library, PlaylistOrder::Undo, "B:0 c:2");
    assert_eq!(titles(&opened(&mut library, a).entries), "x y");
    check(&mut library, PlaylistOrder::Undo, "a:2 B:0");
    check(&mut library, PlaylistOrder::Redo, "B:0 c:2");
    // What was taken back stays reachable behind a new change.
    check(&mut library, name(a, "e"), "B:0 e:2");
    for expected in ["B:0 c:2", "B:0", "B:0 c:2", "a:2 B:0", "a:2", "", ""] {
        check(&mut library, PlaylistOrder::Undo, expected);
    }
    for _ in 0..9 {
        library.order(&PlaylistOrder::Redo, 7).unwrap();
    }
    check(&mut library, PlaylistOrder::List, "B:0 e:2");
    // A name that somebody else has got meanwhile is no hindrance.
    check(&mut library, PlaylistOrder::Delete(a), "B:0");
    let order = PlaylistOrder::Make { name: "e".into(), entries: Vec::new() };
    check(&mut library, order, "B:0 e:0");
    check(&mut library, PlaylistOrder::Undo, "B:0");
    check(&mut library, PlaylistOrder::Undo, "B:0 e:2");
}

#[test]
fn tracks_go_to_the_end_of_a_playlist_that_is_not_open() {
    let mut library = Playlists::in_memory();
    let id = make(&mut library, "a", "x y");
    let order = PlaylistOrder::Append { id, entries: rows("z z") };
    let answer = library.order(&order, 9).unwrap();
    let PlaylistAnswer::Appended { about, count } = answer else { panic!("{answer:?}") };
    assert_eq!((about.tracks, about.changed_at, count), (4, 9, 2));
    let opened = opened(&mut library, id);
    assert_eq!(titles(&opened.entries), "x y z z");
    let mut ids: Vec<_> = opened.entries.iter().map(|entry| entry.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 4, "no number twice: {ids:?}");
    assert_eq!(opened.journal.steps().len(), 1);
}

#[test]
fn edits_of_two_programs_are_put_together() {
    let mut library = Playlists::in_memory();
    let id = make(&mut library, "a", "a b c d");
    let mut one = Editor::open(&mut library, id);
    let mut other = Editor::open(&mut library, id);
    let without = |rows: &[Entry], title: &str| -> Vec<Entry> {
        rows.iter().filter(|entry| entry.track.title.as_str() != title).cloned().collect()
    };
    let after = without(&one.shown.entries, "b");
    assert!(!one.edit(&mut library, "taking b out", after));
    let mut after = without(&other.shown.entries, "c");
    after.push(entry(99, "x"));
    assert!(other.edit(&mut library, "c out, x in", after));
    assert_eq!(other.titles(), "a d x");
    // The first one has not seen it yet, and takes its own edit back.
    assert!(one.undo(&mut library));
    assert_eq!(one.titles(), "a b d x");
    assert_eq!(one.shown, opened(&mut library, id), "as it is on the disk");
    let mut seen = Vec::new();
    while !one.shown.journal.is_empty() {
        assert!(!one.undo(&mut library));
        seen.push(one.titles());
    }
    assert_eq!(seen, ["a d x", "a c d", "a b c d"], "each edit can be taken back");
}

/// Each of two programs makes so many edits of one playlist; `SEGUE_TEST_EDITS` sets another count, up to 1,000.
#[test]
fn two_programs_lose_none_of_their_edits() {
    let edits = std::env::var("SEGUE_TEST_EDITS").map_or(100, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let id = make(&mut Playlists::open(&path).unwrap(), "a", "");
    let work = |who: u64| {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut library = Playlists::open(&path).unwrap();
            let mut editor = Editor::open(&mut library, id);
            for number in 0..edits {
                let mut after = editor.shown.entries.clone();
                after.push(entry(who * 1000 + number, &format!("{who}-{number}")));
                editor.edit(&mut library, "adding", after);
            }
        })
    };
    let workers = [work(1), work(2)];
    for worker in workers {
        worker.join().unwrap();
    }
    let mut library = Playlists::open(&path).unwrap();
    let mut editor = Editor::open(&mut library, id);
    assert_eq!((editor.shown.entries.len() as u64, editor.shown.revision), (2 * edits, 2 * edits + 1));
    for who in [1, 2] {
        let own: Vec<_> =
            editor.shown.entries.iter().map(|entry| entry.id.0).filter(|id| id / 1000 == who).collect();
        assert_eq!(own, (who * 1000..who * 1000 + edits).collect::<Vec<_>>(), "in order");
    }
    while !editor.shown.journal.is_empty() {
        editor.undo(&mut library);
    }
    assert_eq!(editor.titles(), "");
}

#[test]
fn at_least_a_thousand_steps_are_kept_and_old_ones_forgotten() {
    let mut library = Playlists::in_memory();
    let id = make(&mut library, "a", "");
    let mut editor = Editor::open(&mut library, id);
    for number in 0..2_100 {
        editor.edit(&mut library, "one for another", vec![entry(number, "x")]);
    }
    let mut editor = Editor::open(&mut library, id);
    assert_eq!(editor.shown.journal.steps().len(), 2_000);
    assert_eq!(editor.shown.journal.number(), 2_100);
    for _ in 0..2_000 {
        editor.undo(&mut library);
    }
    assert_eq!(editor.shown.entries[0].id, EntryId(99));
}

#[test]
fn a_queue_saved_under_the_name_of_another_takes_its_place_and_that_is_taken_back() {
    let mut library = Playlists::in_memory();
    let save = |name: &str, titles: &str, row: usize| {
        let entries = rows(titles);
        let place = QueuePlace { entry: entries[row].id, position: std::time::Duration::from_secs(7) };
        PlaylistOrder::SaveQueue { name: name.into(), entries, place }
    };
    let place = |library: &mut Playlists| match library.order(&PlaylistOrder::List, 7) {
        Ok(PlaylistAnswer::Listed(all)) => all[0].place.map(|place| place.entry.0),
        other => panic!("{other:?}"),
    };
    assert_eq!(names(&mut library, &save("later", "a b", 1)), "later:2");
    assert_eq!(names(&mut library, &save("later", "c d e", 0)), "later:3");
    assert_eq!(place(&mut library), Some(1));
    assert_eq!(names(&mut library, &PlaylistOrder::Undo), "");
    assert_eq!(names(&mut library, &PlaylistOrder::Undo), "later:2");
    assert_eq!(place(&mut library), Some(2));
    assert_eq!(names(&mut library, &PlaylistOrder::Redo), "");
    assert_eq!(names(&mut library, &PlaylistOrder::Redo), "later:3");
    // A playlist that is no queue stays.
    make(&mut library, "mine", "x");
    assert_eq!(names(&mut library, &save("mine", "a", 0)), "There is a playlist called mine already");
    assert_eq!(names(&mut library, &PlaylistOrder::List), "later:3 mine:1");
}

#[test]
fn rows_that_are_lost_do_not_shift_the_others() {
    let mut library = Playlists::in_memory();
    let id = make(&mut library, "a", "a b c d");
    library.connection.execute("DELETE FROM recording WHERE title = 'b'", []).unwrap();
    let mut editor = Editor::open(&mut library, id);
    assert_eq!(editor.titles(), "a c d");
    let mut after = editor.shown.entries.clone();
    after.push(entry(9, "x"));
    editor.edit(&mut library, "adding", after);
    assert_eq!(titles(&opened(&mut library, id).entries), "a c d x");
}

#[derive(Clone, Debug)]
enum Doing {
    Rows(Vec<u64>),
    Undo,
    Redo,
    Restart,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The journal on the disk is the one in memory, whenever the program is started anew.
    #[test]
    fn a_restart_changes_nothing(doings in proptest::collection::vec(prop_oneof![
        4 => proptest::sample::subsequence((0..8_u64).collect::<Vec<_>>(), 0..8).prop_shuffle().prop_map(Doing::Rows),
        3 => Just(Doing::Undo),
        2 => Just(Doing::Redo),
        2 => Just(Doing::Restart),
    ], 0..40)) {
        let mut library = Playlists::in_memory();
        let id = make(&mut library, "a", "");
        let mut editor = Editor::open(&mut library, id);
        let mut model = (Vec::<Entry>::new(), Journal::default());
        for doing in doings {
            match doing {
                Doing::Rows(numbers) => {
                    let after: Vec<_> = numbers.into_iter().map(|number| entry(number, &format!("t{number}"))).collect();
                    editor.edit(&mut library, "edit", after.clone());
                    let snapshot = Snapshot::new(&model.0, None, None);
                    if let Some(step) = Step::between("edit", snapshot, &after, None, None) {
                        model.1.push(Step { made_at: Some(9), ..step });
                    }
                    model.0 = after;
                }
                Doing::Undo => {
                    editor.undo(&mut library);
                    if let Some(step) = model.1.step_back() { step.apply(&mut model.0).unwrap(); }
                }
                Doing::Redo => {
                    editor.redo(&mut library);
                    if let Some(step) = model.1.step_on() { step.apply(&mut model.0).unwrap(); }
                }
                Doing::Restart => editor = Editor::open(&mut library, id),
            }
            prop_assert_eq!(&editor.shown.entries, &model.0);
            prop_assert_eq!(&editor.shown.journal, &model.1);
        }
    }
}
