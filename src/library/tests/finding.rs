//! What a search finds in a large library, and in one that an earlier program wrote.

use rusqlite::{Connection, params};

use super::super::index::refill_words;
use super::super::migrations::MIGRATIONS;
use super::super::{OwnMusic, SCHEMA_VERSION};
use crate::model::{Item, Kind, SearchQuery};

const ROW: &str = "INSERT INTO track (id, reference, folder, mtime_ns, size, inode, device, title, artists, main_artist, has_art,
    has_lyrics, added_at) VALUES (?1, '/music/' || ?1 || '.flac', '/music', 0, 0, ?1, 1, ?2, ?3, ?3, 0, 0, 0)";

fn found(music: &OwnMusic, words: &str) -> Vec<String> {
    let query =
        SearchQuery { words: words.to_owned(), kind: Kind::Track, filters: Vec::new(), limit: 3, page: 0 };
    let titles = music.search(&query).unwrap().items.into_iter().filter_map(Item::into_track);
    titles.map(|track| track.title.to_string()).collect()
}

#[test]
fn the_very_title_is_found_among_thousands_that_hold_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let music = OwnMusic::open(&path).unwrap();
    let mut connection = Connection::open(&path).unwrap();
    let change = connection.transaction().unwrap();
    for number in 0..3_000 {
        change.execute(ROW, params![number, format!("Some night, {number}"), "Ada Cole"]).unwrap();
    }
    change.execute(ROW, params![3_000, "Nightfall", "Ada Cole"]).unwrap();
    change.execute(ROW, params![3_001, "Night", "Trentemøller"]).unwrap();
    change.execute(ROW, params![3_002, "Łódź", "Đorđe"]).unwrap();
    refill_words(&change).unwrap();
    change.commit().unwrap();
    assert_eq!(found(&music, "night")[..2], ["Night", "Nightfall"]);
    assert_eq!(found(&music, "NIGHT year<3000").len(), 0, "conditions hold for titles too");
    assert_eq!(found(&music, "night -some"), ["Night", "Nightfall"]);
    for typed in ["trentemoller", "TRENTEMØLLER", "artist:trentemoller", "ada trentem"] {
        let expected: &[&str] = if typed.starts_with("ada") { &[] } else { &["Night"] };
        assert_eq!(found(&music, typed), expected, "{typed}");
    }
    for typed in ["lodz", "łódź", "dorde", "ŁODZ đor"] {
        assert_eq!(found(&music, typed), ["Łódź"], "{typed}");
    }
}

#[test]
fn an_earlier_library_is_found_in_as_a_new_one_is() {
    let mut tried = 0;
    for older in 1..SCHEMA_VERSION {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let file = Connection::open(&path).unwrap();
        MIGRATIONS.iter().take(older as usize).for_each(|step| file.execute_batch(step).unwrap());
        file.pragma_update(None, "user_version", older).unwrap();
        // The first versions know no tracks.
        if file.execute(ROW, params![1, "Night", "Trentemøller"]).is_err() {
            continue;
        }
        tried += 1;
        drop(file);
        assert_eq!(found(&OwnMusic::open(&path).unwrap(), "trentemoller"), ["Night"], "of version {older}");
    }
    assert!(tried > 4);
}
