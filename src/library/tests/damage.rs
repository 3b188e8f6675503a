//! Damage of many kinds: the library opens all the same, and the damaged file stays.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use rusqlite::Connection;

use super::super::database::{Condition, examine, open};
use super::super::keeper::News;
use super::super::keeper::{Keeper, Left, Order};
use super::super::rescue;
use super::quiet;
use crate::model::{Loudness, Session, Track};

/// A database with a few hundred rows, as bytes.
fn made(folder: &Path) -> Vec<u8> {
    let path = folder.join("library.db");
    let (keeper, _) = Keeper::open(&path, 0, quiet).unwrap();
    let tracks = (0..300).map(|number| {
        let reference = format!("/music/{number}.flac").parse().unwrap();
        keeper.take(Order::KeepLoudness { reference, loudness: Loudness { lufs: -14.0, peak: 1.0 } });
        Track::new(format!("audius:track:{number}").parse().unwrap(), format!("Night Ferry {number}"))
    });
    let session =
        Session { tracks: tracks.map(Into::into).collect(), current: Some(7), ..Session::default() };
    assert!(keeper.take(Order::Save(session)));
    drop(keeper);
    let bytes = fs::read(&path).unwrap();
    fs::remove_dir_all(folder.join("backups")).unwrap();
    fs::remove_file(&path).unwrap();
    bytes
}

/// Opens these bytes as a library: what came back, and whether it was rescued.
fn opened(folder: &Path, bytes: &[u8]) -> (Left, bool) {
    let path = folder.join("library.db");
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            fs::remove_file(file).unwrap();
        }
    }
    fs::write(&path, bytes).unwrap();
    let opened = open(&path).unwrap();
    let rescued = opened.rescue.is_some();
    if let Some(rescue) = &opened.rescue {
        assert_eq!(fs::read(&rescue.aside).unwrap(), bytes, "what was set aside is what was there");
    }
    let left = super::super::keeper::load(&opened.connection).unwrap();
    drop(opened);
    assert!(matches!(examine(&path).unwrap(), Condition::Whole { .. }));
    (left, rescued)
}

/// `SplitMix64`, as `app` has it.
fn random(seed: &Rc<RefCell<u64>>, below: usize) -> usize {
    let mut state = seed.borrow_mut();
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap()
}

#[test]
fn a_flipped_byte_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let whole = made(folder.path());
    let seed = Rc::new(RefCell::new(42));
    let (mut rescued, mut kept) = (0, 0);
    for _ in 0..1_000 {
        let mut bytes = whole.clone();
        let at = random(&seed, bytes.len());
        bytes[at] ^= 1 << random(&seed, 8);
        let (left, was_rescued) = opened(folder.path(), &bytes);
        rescued += usize::from(was_rescued);
        kept += left.session.tracks.len() + left.learned.loudness.len();
    }
    assert!(rescued > 20, "{rescued} of 1000 needed a rescue");
    // One byte in one page: at least nine rows in ten come back, over all.
    assert!(kept > 540_000, "{kept} of 600000 rows came back");
}

#[test]
fn what_is_no_database_any_more_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let whole = made(folder.path());
    for kept in [0, 1, 15, 100, 4096, 5000, whole.len() / 2, whole.len() - 1] {
        opened(folder.path(), &whole[..kept]);
    }
    let (left, rescued) = opened(folder.path(), "this is a letter, not a database ".repeat(1000).as_bytes());
    assert_eq!((left, rescued), (Left::default(), true));
    let mut headless = whole.clone();
    headless[..24].fill(b'x');
    let (left, rescued) = opened(folder.path(), &headless);
    assert_eq!((left.session.tracks.len(), left.learned.loudness.len(), rescued), (300, 300, true));
}

/// As `made`, with a backup beside it.
fn made_and_backed_up(folder: &Path) -> Vec<u8> {
    let path = folder.join("library.db");
    let bytes = made(folder);
    fs::write(&path, &bytes).unwrap();
    super::super::backup::make(&Connection::open(&path).unwrap(), &path, 0).unwrap();
    bytes
}

#[test]
fn a_backup_stands_in_for_a_table_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = made_and_backed_up(folder.path());
    let (left, rescued) = opened(folder.path(), &vec![7; bytes.len()]);
    assert_eq!((left.session.tracks.len(), rescued), (300, true));
}

#[test]
fn damage_that_was_found_meanwhile_is_mended_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    fs::write(&path, made(folder.path())).unwrap();
    rescue::mark(&path).unwrap();
    let opened = open(&path).unwrap();
    assert!(opened.rescue.is_some_and(|rescue| rescue.rows > 600));
    assert_eq!(open(&path).unwrap().rescue, None);
}

#[test]
fn a_database_in_use_is_not_rebuilt_under_who_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    fs::write(&path, made(folder.path())).unwrap();
    let player = open(&path).unwrap();
    rescue::mark(&path).unwrap();
    let refusal = open(&path).unwrap_err().fault();
    assert!(refusal.to_string().contains("in use"), "{refusal}");
    // What is acknowledged after that is there after the rebuild.
    player.connection.execute("INSERT INTO kept (name, value) VALUES ('late', 'edit')", []).unwrap();
    drop(player);
    let opened = open(&path).unwrap();
    assert!(opened.rescue.is_some());
    let late =
        opened.connection.query_row("SELECT value FROM kept WHERE name = 'late'", [], |row| row.get(0));
    assert_eq!(late, Ok("edit".to_owned()));
}

#[test]
fn of_several_starts_on_a_damaged_file_one_rebuilds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut bytes = made(folder.path());
    bytes[..24].fill(b'x');
    fs::write(&path, &bytes).unwrap();
    let begin = std::sync::Arc::new(std::sync::Barrier::new(4));
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let (path, begin) = (path.clone(), std::sync::Arc::clone(&begin));
            std::thread::spawn(move || {
                begin.wait();
                open(&path).unwrap()
            })
        })
        .collect();
    let opened: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
    assert_eq!(opened.iter().filter(|opened| opened.rescue.is_some()).count(), 1);
    let rows = opened[3].connection.query_row("SELECT count(*) FROM queue", [], |row| row.get::<_, i64>(0));
    assert_eq!(rows, Ok(300));
}

#[test]
fn of_two_processes_one_keeps_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let (first, _) = Keeper::open(&path, 0, quiet).unwrap();
    let (told, faults) = std::sync::mpsc::channel();
    let (second, _) = Keeper::open(&path, 0, move |news| told.send(news).unwrap()).unwrap();
    let Ok(News::Trouble(fault)) = faults.recv() else { panic!("nothing is told") };
    assert!(fault.to_string().contains("keeps the queue"));
    let session = |title: &str| Session {
        tracks: vec![Track::new("a.mp3".parse().unwrap(), title).into()],
        ..Session::default()
    };
    for number in 0..200 {
        let loudness = Loudness { lufs: -14.0, peak: 1.0 };
        for (keeper, who) in [(&first, "first"), (&second, "second")] {
            let reference = format!("/music/{who}/{number}").parse().unwrap();
            assert!(keeper.take(Order::KeepLoudness { reference, loudness }));
            assert!(keeper.take(Order::Save(session(who))));
        }
    }
    drop((first, second));
    let left = Keeper::open(&path, 0, quiet).unwrap().1;
    assert_eq!(left.session.tracks[0].title.as_str(), "first");
    assert_eq!(left.learned.loudness.len(), 400);
}

#[test]
fn what_a_damaged_page_held_comes_from_the_backup() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = made_and_backed_up(folder.path());
    let mut rescued = 0;
    for page in 0..bytes.len() / 4096 {
        let mut bytes = bytes.clone();
        bytes[page * 4096..][..4096].fill(7);
        let (left, was_rescued) = opened(folder.path(), &bytes);
        rescued += usize::from(was_rescued);
        assert_eq!((left.session.tracks.len(), left.learned.loudness.len()), (300, 300), "page {page}");
    }
    assert!(rescued > 10, "{rescued}");
    // Nothing at all is damage too.
    let (left, was_rescued) = opened(folder.path(), b"");
    assert_eq!((left.session.tracks.len(), was_rescued), (300, true));
}
