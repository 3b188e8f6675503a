//! The library with 100,000 tracks: what a keystroke in the search costs, what the start costs. Playlists of 5,000 and 10,000
//! rows, and a thousand of them: what an edit costs from the key to the frame, and to the disk.
//!
//! `SEGUE_BENCH_HOUSE=folder cargo bench --bench library` measures nothing: it makes that library with its 100,000 (empty)
//! files in the folder, for `benches/start.py`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench that cannot run should say so, and it reads the clock"
)]

#[path = "library/playlists.rs"]
mod playlists;
#[path = "library/took.rs"]
mod took;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use rusqlite::{Connection, params};
use segue::library::{Keeper, OwnMusic};
use segue::model::{Kind, ListId, SearchQuery, folded};
use took::{Begun, Took, tell};

const TRACKS: u32 = 100_000;

const WORDS: [&str; 24] = [
    "night", "ferry", "harbour", "light", "café", "river", "silver", "über", "garden", "north", "wind",
    "paper", "moon", "glass", "winter", "road", "blue", "stone", "夜", "想曲", "summer", "old", "radio",
    "sea",
];

fn words(number: u32, count: u32) -> String {
    (0..count).fold(String::new(), |mut text, place| {
        let word = WORDS[(number.wrapping_mul(2_654_435_761).rotate_left(place * 5) % 24) as usize];
        let _ = write!(text, "{word} ");
        text
    })
}

/// Rows of 100,000 tracks below `music`; with `files`, there are such files, as a scan would have found them.
fn fill(path: &Path, music: &Path, files: bool) {
    drop(OwnMusic::open(path).unwrap());
    let mut connection = Connection::open(path).unwrap();
    let change = connection.transaction().unwrap();
    let mut folders = HashSet::new();
    for number in 0..TRACKS {
        let (title, artist) = (words(number, 3), format!("{}{}", words(number / 40, 2), number / 40));
        let album = format!("{}{}", words(number / 10, 2), number / 10);
        let folder = music.join(artist.trim()).join(album.trim());
        let file = folder.join(format!("{number}.flac"));
        if files && folders.insert(folder.clone()) {
            fs::create_dir_all(&folder).unwrap();
        }
        let about = files.then(|| fs::write(&file, "").and_then(|()| fs::metadata(&file)).unwrap());
        let stamp = about.map_or((0, number.into(), 1), |about| {
            (
                about.mtime() * 1_000_000_000 + about.mtime_nsec(),
                about.ino().cast_signed(),
                about.dev().cast_signed(),
            )
        });
        let (folder, reference) = (folder.to_str().unwrap(), file.to_str().unwrap());
        change
            .prepare_cached(
                "INSERT INTO track (id, reference, folder, mtime_ns, size, inode, device, title, artists,
                 main_artist, album, genre, year, number, length_ms, has_art, has_lyrics, added_at, title_key)
                 VALUES (?1, ?2, ?3, ?10, 0, ?11, ?12, ?4, ?5, ?5, ?6, ?7, ?8, ?9, 200000, 0, 0, ?1, ?13)",
            )
            .unwrap()
            .execute(params![
                number,
                reference,
                folder,
                title,
                artist,
                album,
                WORDS[(number % 9) as usize],
                1960 + number % 65,
                number % 10,
                stamp.0,
                stamp.1,
                stamp.2,
                folded(&title)
            ])
            .unwrap();
        change
            .prepare_cached(
                "INSERT INTO track_words (rowid, title, artists, album, genre, path) VALUES (?1, ?2, ?3, ?4, '', ?5)",
            )
            .unwrap()
            .execute(params![number, title, artist, album, reference])
            .unwrap();
    }
    change.commit().unwrap();
}

fn search(music: &OwnMusic, words: &str) -> usize {
    let query =
        SearchQuery { words: words.to_owned(), kind: Kind::Track, filters: Vec::new(), limit: 50, page: 0 };
    music.search(&query).unwrap().items.len()
}

/// Every keystroke of some searches, twenty times.
fn keystrokes(music: &OwnMusic) -> Vec<Took> {
    let typed = ["night ferry", "harbour 1234", "cafe uber", "summer -sea year>1990", "夜想曲"];
    let mut times = Vec::new();
    for _ in 0..20 {
        for words in typed {
            for (end, letter) in words.char_indices() {
                let begun = Begun::now();
                search(music, &words[..end + letter.len_utf8()]);
                times.push(begun.took());
            }
        }
    }
    times
}

fn library(criterion: &mut Criterion) {
    if let Some(house) = std::env::var_os("SEGUE_BENCH_HOUSE") {
        let house = Path::new(&house);
        fs::create_dir_all(house.join("data")).unwrap();
        fill(&house.join("data/library.db"), &house.join("music"), true);
        return;
    }
    playlists::measure(criterion);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    fill(&path, Path::new("/music"), false);
    let music = OwnMusic::new(&path);
    tell(&format!("a keystroke to the rows of {TRACKS} tracks"), &keystrokes(&music));
    criterion.bench_function("search, one letter", |bench| bench.iter(|| search(&music, "n")));
    criterion.bench_function("search, two words", |bench| bench.iter(|| search(&music, "night fer")));
    for list in ["artists", "albums", "added", "genres"] {
        let id = ListId(list.to_owned());
        criterion.bench_function(list, |bench| {
            bench.iter(|| music.browse(&id, 0).unwrap().map(|page| page.items.len()));
        });
    }
    criterion.bench_function("start", |bench| bench.iter(|| OwnMusic::open(&path).unwrap()));
    criterion.bench_function("start with the queue", |bench| {
        bench.iter(|| Keeper::open(&path, 0, |_| {}).unwrap());
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = library
}
criterion_main!(benches);
