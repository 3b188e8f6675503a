//! Folders with music: scanned, scanned again, listed, searched.

use std::fs;
use std::path::{Path, PathBuf};

use lofty::config::WriteOptions;
use lofty::tag::{Accessor, ItemKey, Tag, TagExt, TagType};

use super::super::keeper::{Keeper, Left, Order};
use super::super::{OwnMusic, ScanReport, scan};
use super::quiet;
use crate::model::{Item, Kind, ListId, SearchQuery, Track, TrackRef};

/// Title, artist, album, genre, year, number.
pub(super) type Facts = (&'static str, &'static str, &'static str, &'static str, u16, u32);

pub(super) const NIGHT_FERRY: Facts = ("Night Ferry", "Ada Cole", "Tides", "Electronic", 2021, 1);
pub(super) const HARBOUR: Facts = ("Harbour Lights", "Ada Cole", "Tides", "Electronic", 2021, 2);
pub(super) const CAFE: Facts = ("Café Ñandú", "Björk Übermann", "Été", "Chanson", 1999, 7);
pub(super) const NOCTURNE: Facts = ("夜想曲第二番", "坂本 雨", "月の光", "Classical", 2015, 3);

/// A second of silence as a WAV file with tags.
pub(super) fn put(path: &Path, facts: Facts) {
    silence(path);
    let (title, artist, album, genre, year, number) = facts;
    let mut tag = Tag::new(TagType::Id3v2);
    tag.set_title(title.to_owned());
    tag.set_artist(artist.to_owned());
    tag.set_album(album.to_owned());
    tag.set_genre(genre.to_owned());
    tag.set_track(number);
    tag.insert_text(ItemKey::RecordingDate, year.to_string());
    tag.save_to_path(path, WriteOptions::default()).unwrap();
}

/// The same without tags.
pub(super) fn silence(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let data = [0_u8; 8000];
    let length = 8000_u32;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

pub(super) struct House {
    folder: tempfile::TempDir,
    pub music: OwnMusic,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let music = OwnMusic::open(&folder.path().join("library.db")).unwrap();
        fs::create_dir(folder.path().join("music")).unwrap();
        Self { folder, music }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("music").join(name)
    }

    pub fn scan(&self) -> ScanReport {
        scan(self.music.path(), &[self.folder.path().join("music")], 1000, &mut |_| true).unwrap()
    }

    pub fn search(&self, words: &str, kind: Kind) -> Vec<String> {
        let query = SearchQuery { words: words.to_owned(), kind, filters: Vec::new(), limit: 50, page: 0 };
        titles(&self.music.search(&query).unwrap().items)
    }

    pub fn list(&self, id: &str) -> Vec<String> {
        titles(&self.music.browse(&ListId(id.to_owned()), 0).unwrap().unwrap_or_default().items)
    }

    pub fn played(&self, path: &Path) {
        let track = Box::new(Track::new(TrackRef::File(path.to_owned()), ""));
        self.keep(Order::Played { track, at: 77, whole: true });
    }

    /// Gives an order to the keeper, which finishes it; what was there before.
    pub fn keep(&self, order: Order) -> Left {
        let (keeper, left) = Keeper::open(self.music.path(), 0, quiet).unwrap();
        assert!(keeper.take(order));
        left
    }
}

pub(super) fn titles(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item.title().to_string()).collect()
}

fn four() -> House {
    let house = House::new();
    put(&house.path("Tides/1.wav"), NIGHT_FERRY);
    put(&house.path("Tides/2.wav"), HARBOUR);
    put(&house.path("cafe.wav"), CAFE);
    put(&house.path("n.wav"), NOCTURNE);
    let report = house.scan();
    assert_eq!((report.files, report.added, report.problems), (4, 4, 0));
    house
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let house = four();
    assert!(!house.scan().has_changes());
    put(&house.path("Tides/2.wav"), ("Harbour Lights (live)", "Ada Cole", "Tides", "Electronic", 2021, 2));
    fs::remove_file(house.path("cafe.wav")).unwrap();
    let report = house.scan();
    assert_eq!((report.added, report.changed, report.moved, report.removed), (0, 1, 0, 1));
    assert_eq!(house.search("harbour", Kind::Track), ["Harbour Lights (live)"]);
    assert_eq!(house.search("cafe", Kind::Track), Vec::<String>::new());
}

#[test]
fn a_file_that_moves_keeps_its_history() {
    let house = four();
    house.played(&house.path("Tides/1.wav"));
    fs::create_dir(house.path("Elsewhere")).unwrap();
    fs::rename(house.path("Tides/1.wav"), house.path("Elsewhere/ferry.wav")).unwrap();
    let report = house.scan();
    assert_eq!((report.added, report.moved, report.removed), (0, 1, 0));
    assert_eq!(house.list("most-played"), ["Night Ferry"]);
    // Copied and removed: another inode, the same music.
    fs::copy(house.path("Elsewhere/ferry.wav"), house.path("copy.wav")).unwrap();
    fs::remove_file(house.path("Elsewhere/ferry.wav")).unwrap();
    let report = house.scan();
    assert_eq!((report.added, report.moved), (0, 1));
    assert_eq!(house.list("most-played"), ["Night Ferry"]);
    // Gone and back.
    let bytes = fs::read(house.path("copy.wav")).unwrap();
    fs::remove_file(house.path("copy.wav")).unwrap();
    house.scan();
    assert_eq!(house.list("most-played"), Vec::<String>::new());
    fs::write(house.path("copy.wav"), bytes).unwrap();
    house.scan();
    assert_eq!(house.list("most-played"), ["Night Ferry"]);
}

#[test]
fn an_artist_opens_to_albums_and_tracks() {
    let house = four();
    let open = |id: &str| house.music.browse(&ListId(id.to_owned()), 0).unwrap().unwrap().items;
    let items = open("artist/Ada Cole");
    assert_eq!(titles(&items), ["Tides", "Night Ferry", "Harbour Lights"]);
    let Item::Collection(album) = &items[0] else { panic!("{items:?}") };
    let second = std::time::Duration::from_secs(1);
    assert_eq!((album.tracks, album.length, album.year), (Some(2), Some(2 * second), Some(2021)));
    assert_eq!(titles(&open(&album.reference.list().0)), ["Night Ferry", "Harbour Lights"]);
    let amounts = |id: &str| -> Vec<_> {
        let of = |item: Item| match item {
            Item::Collection(found) => (found.title.to_string(), found.tracks, found.length),
            other => panic!("{other:?}"),
        };
        open(id).into_iter().map(of).collect()
    };
    assert!(amounts("artists").contains(&("Ada Cole".to_owned(), Some(2), Some(2 * second))));
    let broken = house.path("Tides/3.wav");
    put(&broken, ("Broken", "Ada Cole", "Tides", "Electronic", 2021, 3));
    house.scan();
    rusqlite::Connection::open(house.music.path())
        .unwrap()
        .execute("UPDATE track SET length_ms = NULL WHERE title = 'Broken'", [])
        .unwrap();
    assert!(
        amounts("artists").contains(&("Ada Cole".to_owned(), Some(3), None)),
        "not all lengths are known"
    );
}

#[test]
fn searches_forgive_accents_case_and_order() {
    let house = four();
    let check =
        |words: &str, expected: &[&str]| assert_eq!(house.search(words, Kind::Track), expected, "{words}");
    check("ferry night", &["Night Ferry"]);
    check("NIG FER", &["Night Ferry"]);
    check("cafe nandu", &["Café Ñandú"]);
    check("bjork", &["Café Ñandú"]);
    check("想曲", &["夜想曲第二番"]);
    check("雨", &["夜想曲第二番"]);
    check("月の", &["夜想曲第二番"]);
    check("ada", &["Night Ferry", "Harbour Lights"]);
    check("artist:\"ada\" track>=2", &["Harbour Lights"]);
    check("genre:chanson year<2000", &["Café Ñandú"]);
    check("ada -lights", &["Night Ferry"]);
    check("not:played year:2015", &["夜想曲第二番"]);
    assert_eq!(house.search("tides", Kind::Album), ["Tides"]);
    assert_eq!(house.search("cole", Kind::Artist), ["Ada Cole"]);
    for hostile in [
        "'; DROP TABLE track; --",
        "\"",
        "\"\"\"",
        "NEAR(a b)",
        "title:",
        "a* OR",
        "^ferry",
        "{title}: x",
        "%",
        "_",
        "a AND",
        "(((",
        "-",
        "--",
        "not:",
        "\0",
        "title:\"",
        "year>99999999999999999999",
        "AND",
        "*",
        "track_words",
        "rowid:1",
        "+",
        "\\",
        "🎵",
        "artist:'",
        "col:val:x",
        "\u{202e}ferry",
    ] {
        house.search(hostile, Kind::Track);
        house.search(hostile, Kind::Album);
        house.search(hostile, Kind::Artist);
    }
    assert_eq!(house.scan().files, 4);
}

#[test]
fn lists_lead_to_tracks() {
    let house = four();
    assert_eq!(house.list("artists"), ["Ada Cole", "Björk Übermann", "坂本 雨"]);
    assert_eq!(house.list("artist/Ada Cole"), ["Tides", "Night Ferry", "Harbour Lights"]);
    let albums = house.music.browse(&ListId("albums".to_owned()), 0).unwrap().unwrap().items;
    let Item::Collection(tides) = &albums[0] else { panic!("{albums:?}") };
    assert_eq!((tides.tracks, tides.year), (Some(2), Some(2021)));
    assert_eq!(house.list(&tides.reference.list().0), ["Night Ferry", "Harbour Lights"]);
    assert_eq!(house.list("genres")[1], "Classical (1 track)");
    assert_eq!(house.list("genre:electronic"), ["Night Ferry", "Harbour Lights"]);
    assert_eq!(house.list("years")[0], "2021 (2 tracks)");
    assert_eq!(house.list("year:1999"), ["Café Ñandú"]);
    assert_eq!(house.list("folders").len(), 2);
    assert_eq!(house.list("never-played").len(), 4);
    assert_eq!(house.music.browse(&ListId("no such list".to_owned()), 0).unwrap(), None);
    let stats = house.music.stats().unwrap();
    assert_eq!((stats.tracks, stats.albums, stats.artists, stats.length_s), (4, 3, 3, 4));
}

#[cfg(unix)]
#[test]
fn nothing_in_a_folder_is_fatal() {
    use std::os::unix::fs::symlink;
    let house = four();
    symlink(house.path(""), house.path("Tides/loop")).unwrap();
    symlink(house.path("nowhere"), house.path("dangling.mp3")).unwrap();
    fs::write(house.path("broken.mp3"), [0xff; 5000]).unwrap();
    fs::write(house.path("broken.flac"), b"fLaC\x00\xff\xff\xff").unwrap();
    fs::write(house.path("empty.ogg"), b"").unwrap();
    let strange = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"strange \xff\xfe.wav");
    put(&house.folder.path().join("music").join(strange), HARBOUR);
    fs::write(house.path("Tides/1.lrc"), "[00:01.00]la").unwrap();
    fs::write(house.path("Tides/cover.jpg"), "a picture").unwrap();
    let report = house.scan();
    assert_eq!(report.files, 8);
    let check = house.music.check().unwrap();
    assert_eq!(check.database, None);
    let named = |name: &str| check.problems.iter().any(|problem| problem.path.ends_with(name));
    assert!(named("loop") && named("dangling.mp3") && named("broken.flac"), "{check:?}");
    assert_eq!(report.problems, check.problems.len());
    assert_eq!(house.search("has:lyrics", Kind::Track), ["Night Ferry"]);
    // The picture came after the files were read.
    assert_eq!(house.search("has:art", Kind::Track), ["Night Ferry", "Harbour Lights"]);
    assert_eq!(house.search("harbour", Kind::Track).len(), 2);
    let found = house.music.track(&TrackRef::File(house.path("").join(strange))).unwrap();
    assert_eq!(found.unwrap().title.as_str(), "Harbour Lights");
    // What cannot be read now is not gone.
    assert!(!house.scan().has_changes());
}

#[test]
fn a_scan_that_is_cut_short_goes_on_later() {
    let house = House::new();
    for number in 0..40 {
        put(&house.path(&format!("{number}.wav")), NIGHT_FERRY);
    }
    let folders = [house.path("")];
    let report = scan(house.music.path(), &folders, 1, &mut |progress| progress.total == 0).unwrap();
    assert!(report.stopped);
    let rest = house.scan();
    assert_eq!(rest.added, 40 - report.added);
    assert_eq!(house.list("tracks").len(), 40);
}
