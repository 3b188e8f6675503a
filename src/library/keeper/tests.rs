use std::time::Duration;

use super::*;
use crate::model::{EntryId, Repeat, ScreenLeft, Track};

fn open(path: &Path) -> (Keeper, Left) {
    let report = |news| assert!(matches!(news, News::QueueJournal(_)), "{news:?}");
    Keeper::open(path, 0, report).unwrap()
}

#[test]
fn what_was_kept_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut first = Track::new("audius:track:D7KyD".parse().unwrap(), "Night Ferry");
    first.artists = vec!["Ada Cole".into(), "雨".into()];
    first.album = Some("Tides".into());
    first.length = Some(Duration::from_millis(27_341));
    first.isrc = Some("GBAYE0601498".into());
    first.elsewhere = vec!["/music/ä b.flac".parse().unwrap(), "audiomack:track:7".parse().unwrap()];
    first.liked = true;
    let session = Session {
        tracks: vec![
            first.into(),
            Track::new("/music/a.flac".parse().unwrap(), "a").into(),
            Track::new("b.mp3".parse().unwrap(), "b").into(),
        ],
        entries: vec![EntryId(7), EntryId(3), EntryId(9)],
        step: 2,
        current: Some(1),
        position: Duration::from_millis(4321),
        volume: Some(Volume::new(35)),
        muted: true,
        repeat: Repeat::One,
        order: Some(vec![2, 0]),
        screen: Box::new(ScreenLeft { page: "browse".to_owned(), lists: Some(44), ..ScreenLeft::default() }),
    };
    let (keeper, left) = open(&path);
    assert_eq!(left, Left::default());
    assert!(keeper.take(Order::Save(Session { tracks: vec![], ..session.clone() })));
    assert!(keeper.take(Order::Save(session.clone())));
    drop(keeper);
    assert_eq!(open(&path).1.session, session);
}

/// Triggers of SQLite count what is written, which our own code has no part in.
#[test]
fn while_something_plays_only_the_position_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    drop(open(&path));
    let file = Connection::open(&path).unwrap();
    file.execute_batch("CREATE TABLE written (what TEXT)").unwrap();
    for (table, event) in [("queue", "INSERT"), ("queue", "DELETE"), ("kept", "INSERT"), ("place", "INSERT")]
    {
        let name = format!("{table}_{event}");
        file.execute_batch(&format!(
            "CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN INSERT INTO written VALUES ('{name}'); END"
        ))
        .unwrap();
    }
    let written = || {
        let count = |name: &str| {
            let words = "SELECT count(*) FROM written WHERE what = ?1";
            file.query_row(words, [name], |row| row.get::<_, i64>(0)).unwrap()
        };
        let counts = ["queue_INSERT", "kept_INSERT", "place_INSERT"].map(count);
        file.execute("DELETE FROM written", []).unwrap();
        counts
    };
    let track = Arc::new(Track::new("a.mp3".parse().unwrap(), "a"));
    let tracks = |count: usize| std::iter::repeat_n(&track, count).cloned().collect();
    let session = |count: usize, at: u64| Session {
        tracks: tracks(count),
        entries: (0..count as u64).map(EntryId).collect(),
        current: Some(0),
        position: Duration::from_secs(at),
        volume: Some(Volume::new(50)),
        ..Session::default()
    };
    let (told, heard) = std::sync::mpsc::channel();
    let (keeper, _) = Keeper::open(&path, 0, move |news| told.send(news).unwrap()).unwrap();
    let keep = |order: Order| {
        assert!(keeper.take(order));
        // What is answered comes after what was taken before.
        let ticket = Ticket(1);
        assert!(keeper.take(Order::Playlists { ticket, at: 1, order: PlaylistOrder::List }));
        while !matches!(heard.recv().unwrap(), News::Playlists { .. }) {}
    };
    let saved = || session::load(&file).unwrap();
    keep(Order::Save(session(300, 0)));
    keep(Order::Save(session(300, 0)));
    assert_eq!(written()[0], 300);
    for at in [4, 8, 12] {
        keep(Order::Save(session(300, at)));
        keep(Order::Save(session(300, at)));
        assert_eq!(saved().position, Duration::from_secs(at));
    }
    let [rows, kept, places] = written();
    assert!(rows == 0 && kept == 0 && places >= 3, "{rows} {kept} {places}");
    keep(Order::KeepPlace { current: Some(2), position: Duration::from_secs(16) });
    assert_eq!((written(), saved().current), ([0, 0, 1], Some(2)));
    assert_eq!(saved().position, Duration::from_secs(16));
    keep(Order::Save(Session { repeat: Repeat::One, ..session(300, 12) }));
    keep(Order::Save(session(2, 12)));
    keep(Order::Save(session(2, 12)));
    assert_eq!((written()[0], saved().tracks.len(), saved().repeat), (2, 2, Repeat::Off));
}

#[test]
fn what_was_learned_comes_back_and_no_order_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let reference = |number: u32| format!("audius:track:{number}").parse::<TrackRef>().unwrap();
    let resume = |number: u32| Resume {
        position: Duration::from_secs(u64::from(number)),
        length: number.is_multiple_of(2).then_some(Duration::from_secs(9000)),
        kept_at: u64::from(number),
    };
    let (keeper, _) = open(&path);
    for number in 0..300 {
        let loudness = Loudness { lufs: -f64::from(number), peak: 0.5 };
        assert!(keeper.take(Order::KeepLoudness { reference: reference(number), loudness }));
        let resume = resume(number);
        assert!(keeper.take(Order::KeepResume { reference: reference(number), resume }));
        assert!(keeper.take(Order::Save(Session::default())));
    }
    assert!(keeper.take(Order::ForgetResume { reference: reference(7) }));
    for (number, offset_ms) in [(1, 300), (2, -1_200), (1, 0), (3, 100), (3, 200)] {
        assert!(keeper.take(Order::KeepWordsOffset { reference: reference(number), offset_ms }));
    }
    drop(keeper);
    let learned = open(&path).1.learned;
    assert_eq!((learned.loudness.len(), learned.resume.len()), (300, 299));
    assert_eq!(learned.loudness[&reference(12)], Loudness { lufs: -12.0, peak: 0.5 });
    assert_eq!(learned.resume[&reference(12)], resume(12));
    assert_eq!(learned.resume.get(&reference(7)), None);
    assert_eq!(learned.words_offset_ms, [(reference(2), -1_200), (reference(3), 200)].into());
}
