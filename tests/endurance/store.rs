//! What is on the disk, looked at without the program.

use std::path::Path;

use rusqlite::Connection;
use segue::library::Playlists;
use segue::model::{OpenedPlaylist, PlaylistAnswer, PlaylistInfo, PlaylistOrder};

/// SQLite's own checks find nothing, and every track that is there is in the index of words.
pub fn assert_whole(path: &Path) {
    let file = Connection::open(path).unwrap();
    let verdict: String = file.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let strays: i64 =
        file.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(strays, 0);
    let count = |words: &str| file.query_row(words, [], |row| row.get::<_, i64>(0)).unwrap();
    let tracks = count("SELECT count(*) FROM track WHERE gone_at IS NULL");
    let indexed = count(
        "SELECT count(*) FROM track_words, track WHERE track.id = track_words.rowid AND gone_at IS NULL",
    );
    assert_eq!(indexed, tracks);
    let named = "SELECT count(*) FROM playlist_entry e LEFT JOIN recording r ON r.id = e.recording
                 LEFT JOIN playlist p ON p.id = e.playlist WHERE r.id IS NULL OR p.id IS NULL";
    assert_eq!(count(named), 0, "rows of playlists that name nothing");
}

/// All playlists by name.
pub fn listed(library: &mut Playlists) -> Vec<PlaylistInfo> {
    match library.order(&PlaylistOrder::List, 7).unwrap() {
        PlaylistAnswer::Listed(all) => all,
        other => panic!("{other:?}"),
    }
}

/// The playlist of this name.
pub fn opened(library: &mut Playlists, name: &str) -> Option<OpenedPlaylist> {
    let id = listed(library).into_iter().find(|about| about.name.as_str() == name)?.id;
    match library.order(&PlaylistOrder::Open(id), 7).unwrap() {
        PlaylistAnswer::Opened(opened) => Some(*opened),
        other => panic!("{other:?}"),
    }
}

/// Every edit that is in a playlist's journal can be taken back, one after the other, and made again; gives the rows at
/// the journal's beginning.
pub fn assert_undo_works(mut shown: OpenedPlaylist) -> Vec<u64> {
    let rows = shown.entries.clone();
    let mut back = 0;
    while let Some(step) = shown.journal.step_back() {
        step.apply(&mut shown.entries).unwrap();
        back += 1;
    }
    let first = ids(&shown);
    for _ in 0..back {
        shown.journal.step_on().unwrap().apply(&mut shown.entries).unwrap();
    }
    assert_eq!(shown.entries, rows);
    first
}

/// The numbers of its rows.
pub fn ids(shown: &OpenedPlaylist) -> Vec<u64> {
    shown.entries.iter().map(|entry| entry.id.0).collect()
}
