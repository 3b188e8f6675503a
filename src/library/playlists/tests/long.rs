//! Long lists, all of whose rows move, a thousand times.

use super::*;
use crate::library::playlists::{earlier_of_queue, keep_queue_step, newest_of_queue, steps};
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

/// A queue makes way for another one of as many rows, a thousand times.
#[test]
fn a_thousand_queues_of_2000_rows_come_back_after_a_restart() {
    const COUNT: u64 = 1_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut library = Playlists::open(&path).unwrap();
    let track = |title| Arc::clone(&entry(0, title).track);
    let queue = |from: u64, title| -> Vec<Entry> {
        let track = track(title);
        (from..from + 2_000).map(|number| Entry::new(EntryId(number), Arc::clone(&track))).collect()
    };
    let (one, other) = (queue(1, "x"), queue(2_001, "y"));
    let replaced = |before: &[Entry], after: &[Entry]| {
        Step::between("playing", Snapshot::new(before, None, None), after, None, None).unwrap()
    };
    let (there, back) = (replaced(&one, &other), replaced(&other, &one));
    let kept = library.within(|change| {
        keep_queue_step(change, 0, &there, 7)?;
        keep_queue_step(change, 1, &back, 7)?;
        // As if it was done again and again; the last ones look how much room all of them take.
        change.execute(
            "WITH RECURSIVE again (by) AS (SELECT 2 UNION ALL SELECT by + 2 FROM again WHERE by < ?1 - 34)
             INSERT INTO list_step SELECT list, number + by, name, taken, put, before_current, before_order, before_rows,
             before_ms, after_current, after_order, after_rows, after_ms, made_at, moved
             FROM again JOIN list_step ON number <= 2",
            [COUNT.cast_signed()],
        )?;
        for number in COUNT - 32..COUNT {
            keep_queue_step(change, number, if number % 2 == 0 { &there } else { &back }, 7)?;
        }
        Ok(())
    });
    kept.unwrap();
    drop(library);
    let library = Playlists::open(&path).unwrap();
    let mut journal = newest_of_queue(&library.connection, COUNT).unwrap();
    assert!((1..8).contains(&journal.all().len()), "few are held from the start: {}", journal.all().len());
    let (mut rows, mut taken_back) = (one.clone(), 0);
    loop {
        while let Some(step) = journal.step_back() {
            step.apply(&mut rows).unwrap();
            taken_back += 1;
        }
        assert!(rows == if taken_back % 2 == 0 { &one[..] } else { &other[..] });
        let first = journal.first_number();
        if !journal.has_earlier() {
            break;
        }
        let earlier = earlier_of_queue(&library.connection, first).unwrap();
        assert!(earlier.all().len() < 100, "few are read at once: {}", earlier.all().len());
        journal.take_earlier(earlier);
        assert!(journal.first_number() < first);
    }
    assert_eq!((taken_back, journal.first_number()), (COUNT, 0));
    assert!(rows == one, "as it was in the beginning");
    // And all the way on again.
    while let Some(step) = journal.step_on() {
        step.apply(&mut rows).unwrap();
    }
    assert_eq!(journal.number(), COUNT);
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
