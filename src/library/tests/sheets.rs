//! Files that cue sheets cut into tracks: scanned, moved, cut anew, and sheets of strangers.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::super::sheet_tracks;
use super::music::{CAFE, HARBOUR, House, NIGHT_FERRY, put, silence, titles};
use crate::model::{
    Entry, EntryId, FilePart, Item, Kind, ListId, PlaylistAnswer, PlaylistOrder, Track, TrackRef,
};

/// Two tracks of a second of sound: the second one begins at 30/75 s.
const SHEET: &str = "PERFORMER \"Ada Cole\"\nTITLE \"Tides\"\nREM DATE 2021\nFILE \"image.wav\" WAVE\n TRACK 01 AUDIO\n  \
    TITLE \"One\"\n  INDEX 01 00:00:00\n TRACK 02 AUDIO\n  TITLE \"Two\"\n  PERFORMER \"Sue\"\n  ISRC GBAYE0000351\n  \
    REM REPLAYGAIN_TRACK_GAIN -2.0 dB\n  INDEX 00 00:00:20\n  INDEX 01 00:00:30\n";

fn image() -> House {
    let house = House::new();
    put(&house.path("a/image.wav"), NIGHT_FERRY);
    fs::write(house.path("a/image.cue"), SHEET).unwrap();
    let report = house.scan();
    assert_eq!((report.files, report.added, report.problems), (1, 1, 0));
    house
}

impl House {
    fn tracks(&self, list: &str) -> Vec<Track> {
        let page = self.music.browse(&ListId(list.to_owned()), 0).unwrap().unwrap();
        page.items.into_iter().filter_map(Item::into_track).collect()
    }

    fn played_one(&self, reference: &TrackRef) {
        let track = Box::new(Track::new(reference.clone(), ""));
        self.keep(super::super::Order::Played { track, at: 77, whole: true });
    }

    fn problems(&self) -> Vec<String> {
        let check = self.music.check().unwrap();
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        check.problems.iter().map(|row| format!("{}: {}", name(&row.path), row.problem)).collect()
    }
}

#[test]
fn a_sheet_makes_tracks_of_a_file() {
    let house = image();
    let tracks = house.tracks("tracks");
    let [one, two] = &tracks[..] else { panic!("{tracks:?}") };
    let path = house.path("a/image.wav");
    let at = Duration::from_millis(400);
    let part = |start, end| TrackRef::Part(FilePart { path: path.clone(), start, end });
    assert_eq!((&one.reference, one.length), (&part(Duration::ZERO, Some(at)), Some(at)));
    assert_eq!((&two.reference, two.length), (&part(at, None), Some(Duration::from_millis(600))));
    assert_eq!((one.artist_line(), two.artist_line()), ("Ada Cole".to_owned(), "Sue".to_owned()));
    assert_eq!(two.isrc.as_ref().unwrap().as_str(), "GBAYE0000351");
    assert_eq!(one.album.as_ref().unwrap().as_str(), "Tides");
    assert_eq!(house.search("sue two year:2021 track:2", Kind::Track), ["Two"]);
    assert_eq!(house.search("Night Ferry", Kind::Track), Vec::<String>::new());
    assert_eq!(house.list("artists"), ["Ada Cole"]);
    let stats = house.music.stats().unwrap();
    let bytes = fs::metadata(&path).unwrap().len();
    assert_eq!((stats.tracks, stats.length_s, stats.bytes), (2, 1, bytes));
    let learned = house.keep(super::super::Order::Save(crate::model::Session::default())).learned;
    assert!((learned.loudness[&two.reference].lufs + 16.0).abs() < 1e-9);
    assert!(!house.scan().has_changes());
    // Without a library it is the same.
    let alone = sheet_tracks(&house.path("a/image.cue")).unwrap();
    let facts = |tracks: &[Track]| -> Vec<_> {
        tracks.iter().map(|track| (track.reference.clone(), track.title.clone(), track.length)).collect()
    };
    assert_eq!(facts(&alone), facts(&tracks));
}

#[test]
fn parts_keep_their_history() {
    let house = image();
    let plays = |house: &House| titles_of(&house.tracks("most-played"));
    let two = house.tracks("tracks").remove(1).reference;
    house.played_one(&two);
    assert_eq!(plays(&house), ["Two"]);
    // The folder moves.
    fs::rename(house.path("a"), house.path("b")).unwrap();
    let report = house.scan();
    assert_eq!((report.added, report.moved, report.removed), (0, 1, 0));
    assert_eq!(plays(&house), ["Two"]);
    // The sheet is put right by a few frames, and tells another title.
    let sheet = SHEET.replace("00:00:30", "00:00:33").replace("Two", "Second");
    fs::write(house.path("b/image.cue"), &sheet).unwrap();
    let report = house.scan();
    assert_eq!((report.added, report.changed, report.removed), (0, 1, 0));
    assert_eq!(plays(&house), ["Second"]);
    assert_eq!(house.tracks("tracks")[1].reference.to_string().rsplit('#').next(), Some("t=0.44"));
    // Without the sheet it is one track again, and with it two.
    fs::remove_file(house.path("b/image.cue")).unwrap();
    house.scan();
    assert_eq!(titles_of(&house.tracks("tracks")), ["Night Ferry"]);
    fs::write(house.path("b/image.cue"), &sheet).unwrap();
    house.scan();
    assert_eq!(
        (titles_of(&house.tracks("tracks")), plays(&house)),
        (vec!["One".into(), "Second".into()], vec!["Second".into()])
    );
}

fn titles_of(tracks: &[Track]) -> Vec<String> {
    tracks.iter().map(|track| track.title.to_string()).collect()
}

#[test]
fn copies_that_move_keep_what_is_their_own() {
    let house = House::new();
    for folder in ["x", "y"] {
        put(&house.path(&format!("{folder}/{folder}.wav")), HARBOUR);
    }
    house.scan();
    house.played(&house.path("x/x.wav"));
    // Both are copied elsewhere, which makes new inodes, and removed.
    fs::create_dir(house.path("z")).unwrap();
    for name in ["y", "x"] {
        fs::copy(house.path(&format!("{name}/{name}.wav")), house.path(&format!("z/{name}.wav"))).unwrap();
        fs::remove_dir_all(house.path(name)).unwrap();
    }
    let report = house.scan();
    assert_eq!((report.added, report.moved, report.removed), (0, 2, 0));
    let played = house.tracks("most-played");
    let paths: Vec<_> = played.iter().map(|track| track.reference.file().unwrap().to_owned()).collect();
    assert_eq!(paths, [house.path("z/x.wav")]);
    // A copy beside it changes nothing, and the original may go elsewhere.
    fs::copy(house.path("z/x.wav"), house.path("copy.wav")).unwrap();
    assert_eq!(house.scan().added, 1);
    fs::rename(house.path("z/x.wav"), house.path("x-again.wav")).unwrap();
    assert_eq!(house.scan().moved, 1);
    assert_eq!(house.tracks("most-played")[0].reference.file().unwrap(), house.path("x-again.wav"));
}

#[test]
fn rows_of_playlists_follow_a_file() {
    let house = House::new();
    put(&house.path("a.wav"), HARBOUR);
    house.scan();
    let mut playlists = super::super::Playlists::open(house.music.path()).unwrap();
    let row = Entry::new(EntryId(1), house.tracks("tracks").remove(0));
    let made = playlists.order(&PlaylistOrder::Make { name: "p".into(), entries: vec![row] }, 1).unwrap();
    let PlaylistAnswer::Shelved { done: Some(step), .. } = made else { panic!("{made:?}") };
    fs::rename(house.path("a.wav"), house.path("b.wav")).unwrap();
    assert_eq!(house.scan().moved, 1);
    let opened = playlists.order(&PlaylistOrder::Open(step.id), 2).unwrap();
    let PlaylistAnswer::Opened(opened) = opened else { panic!("{opened:?}") };
    assert_eq!(opened.entries[0].track.reference, TrackRef::File(house.path("b.wav")));
}

#[test]
fn several_files_and_odd_names() {
    let house = House::new();
    put(&house.path("d/1.wav"), NIGHT_FERRY);
    silence(&house.path("d/2.wav"));
    // A file for each track, and the pause before the second one at the end of the first.
    let sheet = "PERFORMER \"Ada Cole\"\nTITLE \"Tides\"\nFILE \"1.wav\" WAVE\n TRACK 01 AUDIO\n  TITLE \"Of the sheet\"\n  \
        INDEX 01 00:00:00\n TRACK 02 AUDIO\n  TITLE \"Named by its sheet\"\n  INDEX 00 00:00:70\nFILE \"2.wav\" WAVE\n  \
        INDEX 01 00:00:00\n";
    fs::write(house.path("d/x.cue"), sheet).unwrap();
    // An image whose sheet was written where it was still a WAVE file, in Windows-1252, and by another path.
    put(&house.path("e/été.wav"), CAFE);
    let sheet = b"FILE \"C:\\Rips\\\xe9t\xe9.ape\" WAVE\n TRACK 01 AUDIO\n  TITLE \"Caf\xe9\"\n  INDEX 01 00:00:00\n TRACK 02 \
        AUDIO\n  INDEX 01 00:00:10\n";
    fs::write(house.path("e/y.cue"), sheet).unwrap();
    // A name that reads like a part of another file.
    put(&house.path("f#t=1/g#t=2,3"), HARBOUR);
    put(&house.path("f#t=1/g#t=2,3.wav"), HARBOUR);
    assert_eq!(house.scan().problems, 0);
    let tracks = house.tracks("tracks");
    let mut found = titles_of(&tracks);
    found.sort();
    assert_eq!(found, ["Café", "Harbour Lights", "Named by its sheet", "Night Ferry", "Track 02"]);
    let whole = tracks.iter().filter(|track| matches!(track.reference, TrackRef::File(_))).count();
    assert_eq!(whole, 3);
    assert!(!house.scan().has_changes());
}

#[test]
fn sheets_of_strangers_are_told_and_harm_nothing() {
    let house = House::new();
    put(&house.path("a.wav"), NIGHT_FERRY);
    put(&house.path("s/b.wav"), HARBOUR);
    let track = |number: u32, time: &str| format!(" TRACK {number:02} AUDIO\n  INDEX 01 {time}\n");
    let write = |name: &str, text: &str| fs::write(house.path(name), text).unwrap();
    let [zero, late] = [track(1, "00:00:00"), track(2, "59:00:00")];
    write("beyond.cue", &format!("FILE a.wav WAVE\n{zero}{late}"));
    write("back.cue", &format!("FILE none.wav WAVE\n{late}{zero}"));
    write("circle.cue", &format!("FILE \"circle.cue\" WAVE\n{zero}{late}"));
    write("s/up.cue", &format!("FILE \"../a.wav\" WAVE\n{zero}{late}"));
    write("huge.cue", &"FILE a.wav WAVE\n TRACK 01 AUDIO\n".repeat(300_000));
    write("many.cue", &format!("FILE b.wav WAVE\n{}", zero.repeat(20_000)));
    write("empty.cue", "");
    fs::write(house.path("noise.cue"), [0xff, 0xfe, 0x00, 0xd8, 0x41]).unwrap();
    fs::create_dir(house.path("folder.cue")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(house.path("nowhere"), house.path("dangling.cue")).unwrap();
    let report = house.scan();
    let problems = house.problems();
    for named in [
        "a.wav#t=3540: its cue sheet has it begin after the file's end",
        "back.cue: line 5: the track begins no later than the one before; names a file \
         that is not there: none.wav",
        "circle.cue: names a file that is not there: circle.cue",
        "up.cue: names a file that is not there: ../a.wav",
        "huge.cue: is larger than a cue sheet can be (1024 KiB)",
        "many.cue: line 5: the track begins no later than the one before",
        "dangling.cue: cannot be read",
    ] {
        assert!(problems.iter().any(|problem| problem.starts_with(named)), "{named}: {problems:#?}");
    }
    assert_eq!(report.problems, problems.len());
    // Several threads read: of what has no order of its own, any may come first.
    let mut titles = titles_of(&house.tracks("tracks"));
    titles.sort();
    assert_eq!(titles, ["Harbour Lights", "Track 01", "Track 02"]);
    assert_eq!(house.scan().problems, report.problems);
    assert!(sheet_tracks(&house.path("circle.cue")).is_err());
    assert!(
        sheet_tracks(&house.path("huge.cue")).is_err() && sheet_tracks(&house.path("empty.cue")).is_err()
    );
    assert!(sheet_tracks(&house.path("nowhere.cue")).is_err());
}

#[test]
fn what_tags_say_of_sheets_and_ratings_is_taken() {
    let house = House::new();
    let path = house.path("own.flac");
    let sheet = SHEET.replace("image.wav", "CDImage.flac");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-metadata"])
        .arg(format!("CUESHEET={sheet}"))
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    for (name, key, value) in
        [("f.flac", "FMPS_RATING", "0.8"), ("r.flac", "RATING", "60"), ("n.flac", "RATING", "x")]
    {
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-metadata", &format!("{key}={value}")])
            .args(["-metadata", &format!("title={name}")])
            .arg(house.path(name))
            .status()
            .unwrap();
        assert!(made.success());
    }
    assert_eq!(house.scan().files, 4);
    assert_eq!(house.search("album:tides", Kind::Track), ["One", "Two"]);
    assert_eq!(house.search("rating:4", Kind::Track), ["f.flac"]);
    assert_eq!(house.search("rating:3", Kind::Track), ["r.flac"]);
    assert_eq!(house.search("is:rated", Kind::Track).len(), 2);
    assert!(!house.scan().has_changes());
    assert_eq!(titles(&house.music.browse(&ListId("albums".into()), 0).unwrap().unwrap().items), ["Tides"]);
}

/// The block is written byte by byte as RFC 9639 says (sections 8.1, 8.7 and its tables), the sound by ffmpeg.
#[test]
fn the_block_of_flac_files_cuts_them() {
    let house = House::new();
    let path = house.path("disc.flac");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "sine=d=3:r=44100", "-metadata", "ALBUM=Tides"])
        .args(["-metadata", "ARTIST=Ada Cole"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let mut block = vec![0; 128];
    block.extend(88_200_u64.to_be_bytes());
    block.push(0x80);
    block.extend([0; 258]);
    block.push(4);
    let mut track = |offset: u64, number: u8, isrc: &[u8; 12], flags: u8, indices: &[(u64, u8)]| {
        block.extend(offset.to_be_bytes());
        block.push(number);
        block.extend(isrc);
        block.push(flags);
        block.extend([0; 13]);
        block.push(u8::try_from(indices.len()).unwrap());
        for (place, number) in indices {
            block.extend(place.to_be_bytes());
            block.extend([*number, 0, 0, 0]);
        }
    };
    // One second; then half a second of pause that is still the first's, and one more; the rest is for computers.
    track(0, 1, b"GBAYE0601498", 0, &[(0, 1)]);
    track(44_100, 2, &[0; 12], 0, &[(0, 0), (22_050, 1)]);
    track(110_250, 3, &[0; 12], 0x80, &[(0, 1)]);
    track(132_300, 170, &[0; 12], 0, &[]);
    let plain = fs::read(&path).unwrap();
    let with = |block: &[u8]| {
        // Behind the first block, which is 34 bytes of STREAMINFO.
        let (head, rest) = plain.split_at(4 + 4 + 34);
        let size = u32::try_from(block.len()).unwrap().to_be_bytes();
        let bytes = [head, &[5], &size[1..], block, rest].concat();
        fs::write(&path, bytes).unwrap();
        house.scan();
        let tracks = house.tracks("tracks");
        let rows = tracks.iter().map(|track| {
            let isrc = track.isrc.as_ref().map(ToString::to_string).unwrap_or_default();
            format!(
                "{} {} {} {}ms",
                track.reference.to_string().rsplit_once('/').unwrap().1,
                track.title,
                isrc,
                track.length.unwrap().as_millis()
            )
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(
        with(&block),
        ["disc.flac#t=0,1.5 Track 01 GBAYE0601498 1500ms", "disc.flac#t=1.5,2.5 Track 02  1000ms"]
    );
    let tracks = house.tracks("tracks");
    assert_eq!(tracks[1].album.as_ref().unwrap().as_str(), "Tides");
    // What makes no sense is none: the file is one track. Nothing that is cut off breaks it.
    for length in [0, 1, 395, 396, 430, block.len() - 1] {
        let rows = with(&block[..length]);
        assert!(
            rows.len() == 1 && rows[0].starts_with("disc.flac  ") || rows[0].contains("disc.flac disc"),
            "{rows:?}"
        );
    }
}
