//! The library with 100,000 tracks: what a keystroke in the search costs, what the start costs.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench that cannot run should say so, and it reads the clock"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use rusqlite::{Connection, params};
use segue::library::{Keeper, OwnMusic};
use segue::model::{Kind, ListId, SearchQuery};

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

fn fill(path: &std::path::Path) {
    drop(OwnMusic::open(path).unwrap());
    let mut connection = Connection::open(path).unwrap();
    let change = connection.transaction().unwrap();
    for number in 0..TRACKS {
        let (title, artist) = (words(number, 3), format!("{}{}", words(number / 40, 2), number / 40));
        let album = format!("{}{}", words(number / 10, 2), number / 10);
        let reference = format!("/music/{artist}/{album}/{number}.flac");
        change
            .prepare_cached(
                "INSERT INTO track (id, reference, folder, mtime_ns, size, inode, device, title, artists,
                 main_artist, album, genre, year, number, length_ms, has_art, has_lyrics, added_at)
                 VALUES (?1, ?2, ?3, 0, 0, ?1, 1, ?4, ?5, ?5, ?6, ?7, ?8, ?9, 200000, 0, 0, ?1)",
            )
            .unwrap()
            .execute(params![
                number,
                reference,
                artist,
                title,
                artist,
                album,
                WORDS[(number % 9) as usize],
                1960 + number % 65,
                number % 10
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

/// Every keystroke of some searches, a hundred times: the slowest in a hundred.
fn p99(music: &OwnMusic) -> Duration {
    let typed = ["night ferry", "harbour 1234", "cafe uber", "summer -sea year>1990", "夜想曲"];
    let mut times = Vec::new();
    for _ in 0..20 {
        for words in typed {
            for (end, letter) in words.char_indices() {
                let began = Instant::now();
                search(music, &words[..end + letter.len_utf8()]);
                times.push(began.elapsed());
            }
        }
    }
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

fn library(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    fill(&path);
    let music = OwnMusic::new(&path);
    println!("keystroke to rows, p99 of {TRACKS} tracks: {:?}", p99(&music));
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
