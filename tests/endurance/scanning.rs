//! A scan of a folder that changes, killed at any moment: the database is whole, what was there before still is, and the
//! next scan ends with what the files say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rusqlite::Connection;

use crate::chance::{Chance, kills};
use crate::program::Home;
use crate::store::assert_whole;

/// Files in the folder.
const FILES: usize = 300;

/// Files that change between two scans.
const CHANGES: usize = 60;

/// Every so many kills a scan may end, and is compared with the files.
const COMPARED_EACH: usize = 10;

/// A tenth of a second of silence as a WAV file with a title (chunk LIST of form INFO, "Multimedia Programming
/// Interface and Data Specifications 1.0", chapter 3).
fn put(path: &Path, title: &str) {
    let samples = [128_u8; 800];
    let mut name = title.as_bytes().to_vec();
    name.resize(name.len() + 2 - name.len() % 2, 0);
    let chunk = |id: &[u8], body: &[u8]| -> Vec<u8> {
        [id, &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
    };
    let form = [
        &b"WAVE"[..],
        &chunk(b"fmt ", b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"),
        &chunk(b"LIST", &[&b"INFO"[..], &chunk(b"INAM", &name)].concat()),
        &chunk(b"data", &samples),
    ]
    .concat();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, chunk(b"RIFF", &form)).unwrap();
}

/// A folder with music, and what is in it.
pub struct Folder {
    pub path: PathBuf,
    pub titles: BTreeMap<PathBuf, String>,
    made: usize,
}

impl Folder {
    pub fn new(path: PathBuf, files: usize, chance: &mut Chance) -> Self {
        let mut folder = Self { path, titles: BTreeMap::new(), made: 0 };
        (0..files).for_each(|_| folder.add(chance));
        folder
    }

    fn add(&mut self, chance: &mut Chance) {
        self.made += 1;
        let path = self.path.join(format!("{}/{:05}.wav", chance.below(12), self.made));
        self.put(path);
    }

    fn put(&mut self, path: PathBuf) {
        self.made += 1;
        let title = format!("Night Ferry {}", self.made);
        put(&path, &title);
        self.titles.insert(path, title);
    }

    fn any(&self, chance: &mut Chance) -> PathBuf {
        self.titles.keys().nth(chance.below(self.titles.len())).unwrap().clone()
    }

    /// Files come, go, move and get other titles.
    pub fn change(&mut self, chance: &mut Chance, files: usize) {
        for _ in 0..files {
            let path = self.any(chance);
            match chance.below(6) {
                0 => {
                    fs::remove_file(&path).unwrap();
                    self.titles.remove(&path);
                    self.add(chance);
                }
                1 => {
                    let place = self.path.join(format!("moved/{:05}.wav", self.made));
                    self.made += 1;
                    fs::create_dir_all(place.parent().unwrap()).unwrap();
                    fs::rename(&path, &place).unwrap();
                    let title = self.titles.remove(&path).unwrap();
                    self.titles.insert(place, title);
                }
                _ => self.put(path),
            }
        }
    }
}

/// What the library tells of the files.
pub fn known(path: &Path) -> BTreeMap<PathBuf, String> {
    let file = Connection::open(path).unwrap();
    let mut rows = file.prepare("SELECT reference, title FROM track WHERE gone_at IS NULL").unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok((PathBuf::from(row.get::<_, String>(0)?), row.get(1)?));
    rows.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_kill_while_folders_are_scanned_leaves_a_whole_library() {
    let home = Home::new();
    let mut chance = Chance(46);
    let mut music = Folder::new(home.path().join("music"), FILES, &mut chance);
    let home = home.config(&format!("[library]\nfolders = [{:?}]\n", music.path));
    let path = home.path().join("data/library.db");
    let scan = |home: &Home| {
        let done = home.run(&["library", "scan"]);
        assert!(done.code == 0 && done.out.contains(" 0 with problems"), "{done:?}");
    };
    scan(&home);
    let listed = home.run(&["playlist", "new", "local", "Kept", music.any(&mut chance).to_str().unwrap()]);
    assert_eq!(listed.code, 0, "{listed:?}");
    #[expect(clippy::disallowed_methods, reason = "how long a scan takes here, not whether it is quick")]
    let took = {
        music.change(&mut chance, CHANGES);
        let begun = std::time::Instant::now();
        scan(&home);
        begun.elapsed()
    };
    let latest = usize::try_from(took.as_micros()).unwrap() * 11 / 10;
    let kills = kills(20, 1);
    let mut ended = 0;
    let mut partly = 0;
    for round in 0..kills {
        music.change(&mut chance, CHANGES);
        let before = known(&path);
        let mut command = home.segue(&["library", "scan"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        chance.wait(latest);
        child.kill().unwrap();
        let out = child.wait_with_output().unwrap().stdout;
        assert_whole(&path);
        let found = known(&path);
        if out.ends_with(b"\n") {
            // It has said that it was done.
            ended += 1;
            assert_eq!(found, music.titles, "round {round}");
        } else if found != music.titles {
            partly += usize::from(found != before);
            // What it has not come to is as it was; nothing else is there.
            for (file, title) in &found {
                let is_known = music.titles.get(file) == Some(title) || before.get(file) == Some(title);
                assert!(is_known, "round {round}: {} is {title}", file.display());
            }
        }
        if round % COMPARED_EACH == COMPARED_EACH - 1 {
            scan(&home);
            assert_eq!(known(&path), music.titles, "round {round}");
            assert_whole(&path);
        }
    }
    let kept = home.run(&["playlist", "show", "Kept"]);
    assert_eq!(kept.code, 0, "{kept:?}");
    println!("{kills} kills: {ended} after the scan had ended, {partly} in its midst");
    assert!(partly > 0 || kills < 20, "no kill hit a scan's midst");
}
