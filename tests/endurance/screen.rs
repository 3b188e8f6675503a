//! The player on a terminal, killed while keys edit a playlist and while it plays.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use segue::library::Playlists;
use segue::model::OpenedPlaylist;

use crate::chance::{Chance, kills};
use crate::program::Home;
use crate::pty::Pty;
use crate::store::{assert_undo_works, assert_whole, ids, opened};

/// Keys of one burst, at most: the list is longer, and short enough to be seen whole.
const MOST_KEYS: usize = 8;

/// How far behind what is kept of the place in a track may be, in seconds, and the screen's own coarseness.
const MOST_BEHIND: u64 = 5 + 1;

const SILENT: &str = "[player]\noutput = \"null\"\n";

/// Where the demo's library is.
pub fn database(home: &Home) -> PathBuf {
    home.path().join("data/demo/library.db")
}

/// The player with the playlist open.
pub fn open_trip(home: &Home) -> Pty {
    let mut player = Pty::start(home, &["--demo"], 80, 24, &[]);
    // A killed one may have left the page of playlists behind.
    let first =
        player.wait("the first page", |screen| screen.contains("Trending") || screen.contains("Trip"));
    if !first.contains("kept") {
        player.keys("4");
        player.wait_for("Trip");
        player.keys("\r");
    }
    player.wait("the playlist", |screen| screen.contains("kept") && screen.contains("tracks"));
    player
}

/// A home with a playlist of so many files that hold nothing, and its rows.
pub fn trip_of(files: usize) -> (Home, OpenedPlaylist) {
    let home = Home::new().demo_config(SILENT);
    let files: Vec<_> = (0..files).map(|number| home.path().join(format!("piece{number:02}.mp3"))).collect();
    for file in &files {
        std::fs::write(file, "").unwrap();
    }
    let names: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let made = home.run(&[&["--demo", "playlist", "new", "local", "Trip"], names.as_slice()].concat());
    assert_eq!(made.code, 0, "{made:?}");
    let trip = read(&database(&home));
    (home, trip)
}

fn read(path: &Path) -> OpenedPlaylist {
    opened(&mut Playlists::open(path).unwrap(), "Trip").unwrap()
}

/// The rows' titles as they are on the disk.
pub fn rows_of(path: &Path) -> Vec<String> {
    let title = |row: &segue::model::Entry| row.track.title.as_str().trim_end_matches(".mp3").to_owned();
    read(path).entries.iter().map(title).collect()
}

#[test]
fn a_kill_while_keys_edit_loses_nothing_that_was_shown_as_kept() {
    let (home, trip) = trip_of(MOST_KEYS + 3);
    let path = database(&home);
    let first = ids(&trip);
    let mut rows = first.clone();
    let (kills, mut chance) = (kills(3, 20), Chance(46));
    let (mut on_the_way, mut kept, mut shown_as_kept) = (0, 0, 0);
    for round in 0..kills {
        let mut player = open_trip(&home);
        let pressed = chance.below(MOST_KEYS) + 1;
        player.keys(&"J".repeat(pressed));
        chance.wait(60_000);
        let screen = player.wait("a frame", |_| true);
        player.signal("KILL");
        player.child.wait().unwrap();
        assert_whole(&path);
        let shown = read(&path);
        let found = ids(&shown);
        // The first row, so many places further down.
        let moved = found.iter().position(|id| *id == rows[0]).unwrap();
        rows[..=moved].rotate_left(1);
        assert_eq!(found, rows, "round {round}: moved by {moved} of {pressed}");
        assert!(moved <= pressed, "round {round}: {moved} of {pressed}");
        // What the screen showed as kept.
        let first_row = shown.entries[moved].track.title.as_str().to_owned();
        let mut lines = screen.lines().filter(|line| line.contains("piece"));
        let seen = lines.position(|line| line.contains(&first_row)).unwrap();
        if screen.contains("kept") {
            assert!(moved >= seen, "round {round}: {moved} of {seen}:\n{screen}");
            shown_as_kept += usize::from(seen > 0);
        }
        if moved < pressed {
            on_the_way += 1;
        } else {
            kept += 1;
        }
        assert_eq!(assert_undo_works(shown), first, "round {round}");
    }
    println!(
        "{kills} kills: {kept} after all keys were kept, {on_the_way} while some were on their way, {shown_as_kept} with moves on the \
         screen as kept"
    );
    // Everything is taken back by keys, in a run of its own.
    let mut player = open_trip(&home);
    let steps = read(&path).journal.all().len();
    player.keys(&"u".repeat(steps));
    let is_first = || ids(&read(&path)) == first;
    crate::program::until("everything taken back", is_first);
    player.keys("Q");
    player.end().assert_clean();
}

/// What is kept of how things were: how many rows the queue has, the place in the track in seconds, and the volume.
fn left(home: &Home) -> (i64, u64, u64) {
    let file = Connection::open(database(home)).unwrap();
    let number = |words: &str| file.query_row(words, [], |row| row.get::<_, i64>(0)).unwrap_or(0);
    let volume = number("SELECT CAST(value AS INTEGER) FROM kept WHERE name = 'volume'");
    let place = number("SELECT position_ms FROM place") / 1000;
    (number("SELECT count(*) FROM queue"), place.cast_unsigned(), volume.cast_unsigned())
}

/// How far the track is, in seconds, and the volume, as the screen shows both.
fn shown(screen: &str) -> Option<(u64, u64)> {
    let line = screen.lines().find(|line| line.contains(" vol "))?;
    let mut words = line.split_whitespace();
    let (minutes, seconds) = words.next()?.split_once(':')?;
    let volume = line.split(" vol ").nth(1)?.split_whitespace().next()?;
    Some((minutes.parse::<u64>().ok()? * 60 + seconds.parse::<u64>().ok()?, volume.parse().ok()?))
}

#[test]
fn what_plays_is_at_most_five_seconds_behind_after_a_kill_and_never_louder() {
    let home = Home::new().demo_config(SILENT);
    let mut chance = Chance(61);
    for round in 0..kills(2, 20) {
        let mut player = Pty::start(&home, &["--demo"], 120, 40, &[]);
        if round == 0 {
            player.wait_for("Trending");
            player.keys("\r");
            player.wait_for("Night Ferry");
            player.keys("ejeje3");
            player.wait_for("Track 1 of 3");
        } else {
            // With a queue it begins there.
            player.wait_for("Track 1 of 3");
        }
        let before = player.wait("the player", |screen| shown(screen).is_some());
        let volume = shown(&before).unwrap().1;
        player.keys("gg\r");
        player.wait("sound", |screen| shown(screen).is_some_and(|(place, _)| (1..5).contains(&place)));
        // Half of them die right after the volume went down, the others later.
        let late = round % 2 == 0;
        if late {
            player.wait("six seconds", |screen| shown(screen).is_some_and(|(place, _)| place >= 7));
        }
        let softer = if volume >= 20 { volume - 5 } else { volume + 60 };
        player.keys(&if softer < volume { "-".to_owned() } else { "+".repeat(12) });
        player.wait("the volume", |screen| shown(screen).is_some_and(|(_, volume)| volume == softer));
        // A fifth of a second for the disk of a busy machine.
        std::thread::park_timeout(std::time::Duration::from_millis(200));
        chance.wait(if late { 2_000_000 } else { 300_000 });
        let screen = player.wait("a frame", |screen| shown(screen).is_some());
        player.signal("KILL");
        player.child.wait().unwrap();
        assert_whole(&database(&home));
        let (place, volume) = shown(&screen).unwrap();
        let kept = left(&home);
        assert_eq!((kept.0, kept.2), (3, volume), "round {round}: the queue's rows and the volume");
        assert!(kept.1 + MOST_BEHIND >= place, "round {round}: {} is kept of {place} seconds", kept.1);
    }
}
