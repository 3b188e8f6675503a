//! Long lists, all of whose rows move, a thousand times.

use super::*;
use crate::library::playlists::steps;
use crate::model::{ListEdit, MAX_JOURNAL_BYTES, Moves, Side};

const ROWS: u64 = 5_000;

/// Numbers that look like chance and are the same at each run (Knuth's MMIX constants).
fn next(random: &mut u64) -> usize {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*random >> 33).unwrap()
}

fn shuffle<T>(rows: &mut [T], random: &mut u64) {
    for row in (1..rows.len()).rev() {
        rows.swap(row, next(random) % (row + 1));
    }
}

/// All rows go elsewhere, by chance.
fn step(rows: &[Entry], own: Option<&Arc<[EntryId]>>, random: &mut u64) -> Step {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    shuffle(&mut places, random);
    let pairs: Vec<_> = places.into_iter().enumerate().collect();
    let moves = Moves::new(&pairs, rows.iter().map(|row| row.id));
    let change = ListEdit::from_parts(Vec::new(), Vec::new()).with_moves(moves);
    let side = Side::of(rows, None, own);
    Step { name: "shuffling".to_owned(), change, before: side.clone(), after: side, made_at: None }
}

/// Keeps steps in one transaction, reopens the file, and takes all of them back.
fn there_and_back(count: u64, own: Option<&Arc<[EntryId]>>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut library = Playlists::open(&path).unwrap();
    let beginning: Vec<Entry> = (0..ROWS).map(|number| entry(number, "x")).collect();
    let (mut rows, mut random) = (beginning.clone(), 7);
    let kept = library.within(|change| {
        for number in 0..count {
            let step = step(&rows, own, &mut random);
            step.apply(&mut rows).unwrap();
            steps::add(change, 1, number.cast_signed(), step, 9)?;
        }
        Ok(())
    });
    kept.unwrap();
    drop(library);
    let library = Playlists::open(&path).unwrap();
    let mut journal = steps::journal(&library.connection, 1, count).unwrap();
    assert_eq!((journal.first_number(), journal.all().len() as u64), (0, count), "none was forgotten");
    let bytes: usize = journal.all().iter().map(|step| step.change.bytes()).sum();
    assert!(bytes < MAX_JOURNAL_BYTES / 2, "{bytes}");
    while let Some(step) = journal.step_back() {
        step.apply(&mut rows).unwrap();
        assert_eq!(step.before.order.as_ref(), own);
    }
    assert!(rows == beginning, "as it was in the beginning");
}

#[test]
fn a_thousand_shuffles_of_a_long_list_lead_back_to_the_beginning() {
    there_and_back(1_000, None);
}

#[test]
fn so_do_those_of_a_queue_that_knows_its_own_order() {
    let own: Arc<[EntryId]> = (0..ROWS).map(EntryId).collect();
    there_and_back(100, Some(&own));
}

#[test]
fn steps_of_earlier_versions_hold_rows_that_moved() {
    let mut library = Playlists::in_memory();
    let id = make(&mut library, "a", "a b c");
    let mut editor = Editor::open(&mut library, id);
    let mut after = editor.shown.entries.clone();
    after.rotate_left(1);
    editor.edit(&mut library, "moving", after);
    // As version 15 kept it: the row taken out at the beginning and put in at the end, the order as plain numbers.
    let row = &editor.shown.entries[2].clone();
    let pack =
        |place| steps::packed(&library.connection.unchecked_transaction().unwrap(), &[(place, row.clone())]);
    let (taken, put) = (pack(0).unwrap(), pack(2).unwrap());
    let order: Vec<u8> = [2_u64, 1, 3].iter().flat_map(|id| id.to_le_bytes()).collect();
    library
        .connection
        .execute(
            "UPDATE list_step SET taken = ?1, put = ?2, moved = NULL, before_order = ?3, after_order = ?3",
            rusqlite::params![taken, put, order],
        )
        .unwrap();
    let mut editor = Editor::open(&mut library, id);
    let step = editor.shown.journal.all()[0].clone();
    assert_eq!(step.change, ListEdit::from_parts(vec![(0, row.clone())], vec![(2, row.clone())]));
    assert_eq!(step.change.moves().pairs(), [(0, 2)]);
    assert_eq!(step.before.order.as_deref(), Some(&[2, 1, 3].map(EntryId)[..]));
    editor.undo(&mut library);
    assert_eq!(editor.titles(), "a b c");
}
