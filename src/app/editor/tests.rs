use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::{EntryId, Snapshot, Step, Track, TrackRef};

fn entry(number: u64, title: &str) -> Entry {
    let reference = TrackRef::File(format!("{title}.flac").into());
    Entry { id: EntryId(number), track: Arc::new(Track::new(reference, title)), problem: None }
}

fn list(titles: &str) -> Vec<Entry> {
    titles.split_whitespace().zip(1..).map(|(title, number)| entry(number, title)).collect()
}

fn titles(entries: &[Entry]) -> String {
    entries.iter().map(|entry| entry.track.title.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn blocks_move_together() {
    let check = |rows: &[usize], down: bool, expected: Option<(usize, &str)>| {
        let mut entries = list("a b c d e");
        let place = moved(&mut entries, rows, down, 1);
        assert_eq!(place, expected.map(|(place, _)| place), "{rows:?} {down}");
        assert_eq!(titles(&entries), expected.map_or("a b c d e", |(_, titles)| titles), "{rows:?} {down}");
    };
    check(&[0], true, Some((1, "b a c d e")));
    check(&[4], true, None);
    check(&[0], false, None);
    check(&[1, 2], true, Some((2, "a d b c e")));
    check(&[1, 2], false, Some((0, "b c a d e")));
    check(&[0, 2], true, Some((2, "b d a c e")));
    check(&[0, 2], false, Some((0, "a c b d e")));
    check(&[1, 4], true, Some((3, "a c d b e")));
    check(&[3, 4], true, None);
    check(&[], true, None);
}

#[test]
fn what_is_there_twice_is_found() {
    let mut entries = list("a b a c Song song d e");
    let mut with = |row: usize, artist: &str, seconds: u64, code: Option<&str>| {
        let track = Arc::make_mut(&mut entries[row].track);
        track.artists = vec![artist.into()];
        track.length = Some(Duration::from_secs(seconds));
        track.isrc = code.map(Into::into);
    };
    with(4, "Ada", 200, None);
    with(5, "ADA", 201, None);
    with(6, "Bo", 100, Some("GBAYE0601498"));
    with(7, "Bo", 100, Some("GB-AYE-06-01498"));
    assert_eq!(duplicates(&entries), [2, 5, 7]);
    Arc::make_mut(&mut entries[5].track).length = Some(Duration::from_secs(300));
    assert_eq!(duplicates(&entries), [2, 7], "another length is another recording");
}

#[test]
fn an_edit_after_taking_others_back_keeps_them() {
    let mut entries = Vec::new();
    let mut journal = Journal::default();
    let edit = |entries: &mut Vec<Entry>, journal: &mut Journal, after: Vec<Entry>| {
        let before = Snapshot::new(entries, None, None);
        *entries = after;
        journal.push(Step::between("edit", before, entries, None, None).unwrap());
    };
    let all = list("a b c");
    for count in 1..=3 {
        edit(&mut entries, &mut journal, all[..count].to_vec());
    }
    for expected in ["a b", "a"] {
        journal.step_back().unwrap().apply(&mut entries).unwrap();
        assert_eq!(titles(&entries), expected);
    }
    edit(&mut entries, &mut journal, vec![entry(9, "x")]);
    assert_eq!(journal.step_on(), None);
    // All the way back, past what had been taken back.
    let mut seen = Vec::new();
    while let Some(step) = journal.step_back() {
        step.apply(&mut entries).unwrap();
        seen.push(titles(&entries));
    }
    assert_eq!(seen, ["a", "a b", "a b c", "a b", "a", ""]);
    assert_eq!(journal.steps().len(), 0);
}

#[test]
fn the_journal_tells_what_each_step_brings_back() {
    let mut journal = Journal::default();
    let mut rows = list("a b");
    Arc::make_mut(&mut rows[0].track).length = Some(Duration::from_secs(60));
    let before = Snapshot::new(&rows, None, None);
    journal.push(Step::between("clearing the queue", before, &[], None, None).unwrap());
    let steps: Vec<_> = journal.steps().collect();
    assert_eq!(steps, [("clearing the queue", 2, Duration::from_secs(60))]);
    let nothing = Snapshot::new(&rows, None, None);
    assert_eq!(Step::between("nothing", nothing, &rows, None, None), None);
}

#[test]
fn a_full_list_keeps_what_it_has() {
    let mut rows = list("a b c d e");
    let before: Vec<EntryId> = [1, 4, 5].map(EntryId).into();
    assert_eq!((leave_out(&mut rows, &before, 5), titles(&rows).as_str()), (0, "a b c d e"));
    assert_eq!((leave_out(&mut rows, &before, 4), titles(&rows).as_str()), (1, "a b d e"));
    assert_eq!((leave_out(&mut rows, &before, 2), titles(&rows).as_str()), (2, "a d"));
}

proptest! {
    #[test]
    fn a_selection_is_what_was_selected(
        steps in proptest::collection::vec((0_u8..5, 0_usize..8), 0..20),
    ) {
        let entries = list("a b c d e f g h");
        let mut selection = Selection::default();
        let mut expected = [false; 8];
        let mut from = None;
        for (what, row) in steps {
            let cursor = Some(row);
            match what {
                0 => { selection.toggle(entries[row].id); expected[row] ^= true; }
                1 => {
                    selection.toggle_range(&entries, cursor, None);
                    from = match from {
                        None => cursor,
                        Some(from) => {
                            expected[row.min(from)..=row.max(from)].fill(true);
                            None
                        }
                    };
                }
                2 => { selection.clear(); expected.fill(false); from = None; }
                3 => {
                    selection.invert(&entries, cursor, None);
                    if let Some(from) = from.take() {
                        expected[row.min(from)..=row.max(from)].fill(true);
                    }
                    expected = expected.map(|selected| !selected);
                }
                _ => { selection.select(&entries, None, |_, _| true); expected.fill(true); from = None; }
            }
            let mut shown = expected;
            if let Some(from) = from {
                shown[row.min(from)..=row.max(from)].fill(true);
            }
            let mut rows: Vec<_> = (0..8).filter(|row| shown[*row]).collect();
            if rows.is_empty() {
                rows.push(row);
            }
            prop_assert_eq!(selection.rows(&entries, cursor, None), rows);
        }
    }

    #[test]
    fn moving_keeps_every_row(selected in proptest::collection::btree_set(0_usize..6, 0..6), down: bool) {
        let mut entries = list("a b c d e f");
        let rows: Vec<_> = selected.into_iter().collect();
        moved(&mut entries, &rows, down, 1);
        let mut sorted: Vec<_> = titles(&entries).split(' ').map(str::to_owned).collect();
        sorted.sort();
        prop_assert_eq!(sorted.join(" "), "a b c d e f");
    }
}
