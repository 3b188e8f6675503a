//! Power cuts: what a program writes while it edits is recorded, call by call, and the disk is made up as it may be when the
//! power goes at any of them. What was synced is there; of what was not, each write is there, missing, or torn at a sector.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use segue::library::Playlists;

use crate::chance::{Chance, kills};
use crate::editing::{Said, drive_command, made};
use crate::program::have;
use crate::store::{assert_undo_works, assert_whole, ids, opened};

/// Edits that are recorded.
const EDITS: u32 = 150;

/// What a disk writes wholly or not at all.
const SECTOR: usize = 512;

/// What was done to one of the files of the database, or said.
enum Done {
    Write(String, usize, Vec<u8>),
    Cut(String, usize),
    Sync(String),
    Said(String),
}

/// The bytes of a string as `strace -xx` shows it.
fn bytes(text: &str) -> Vec<u8> {
    let digits = |pair: &str| u8::from_str_radix(pair.get(..2).unwrap(), 16).unwrap();
    text.split("\\x").skip(1).map(digits).collect()
}

/// What a line of `strace -f -y -xx` tells, if it is of use. A call that another thread interrupts stands on two lines: what
/// it writes on the first, that it has ended on the second, which names it alone.
fn told(line: &str, syncing: &mut BTreeMap<String, String>) -> Option<Done> {
    let (thread, call) = line.split_once(' ').map(|(thread, call)| (thread, call.trim_start()))?;
    if call.starts_with("<... f") && call.ends_with("= 0") {
        return syncing.remove(thread).map(Done::Sync);
    }
    let (name, rest) = call.split_once('(')?;
    let (place, rest) = rest.split_once('<')?.1.split_once('>')?;
    let place = String::from_utf8(bytes(place)).ok()?;
    let file = Path::new(&place).file_name()?.to_str()?.to_owned();
    let text = || rest.split('"').nth(1).map(bytes);
    let number = |text: &str| text.trim().trim_end_matches(')').parse::<usize>().ok();
    // Behind the string: its length, and where it goes.
    let behind = || {
        rest.rsplit('"')
            .next()?
            .split(" <unfinished")
            .next()?
            .split(") =")
            .next()?
            .rsplit(',')
            .next()
            .and_then(number)
    };
    match name {
        "write" if call.starts_with("write(1<") => Some(Done::Said(String::from_utf8(text()?).ok()?)),
        _ if !file.starts_with("library.db") || file.ends_with("-shm") => None,
        "pwrite64" => Some(Done::Write(file, behind()?, text()?)),
        "ftruncate" => {
            Some(Done::Cut(file, rest.split(") =").next()?.trim_matches([',', ' ']).parse().ok()?))
        }
        "fsync" | "fdatasync" if rest.contains("unfinished") => {
            syncing.insert(thread.to_owned(), file);
            None
        }
        "fsync" | "fdatasync" => Some(Done::Sync(file)),
        _ => None,
    }
}

/// A file as it surely is, and what may have come to it since.
#[derive(Default)]
struct Page {
    sure: Vec<u8>,
    since: Vec<(usize, Option<Vec<u8>>)>,
}

impl Page {
    fn apply(bytes: &mut Vec<u8>, at: usize, written: Option<&[u8]>) {
        match written {
            None => bytes.resize(at, 0),
            Some(written) => {
                let end = at + written.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[at..end].copy_from_slice(written);
            }
        }
    }

    fn sync(&mut self) {
        for (at, written) in std::mem::take(&mut self.since) {
            Self::apply(&mut self.sure, at, written.as_deref());
        }
    }

    /// As it may be found after a cut.
    fn found(&self, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.sure.clone();
        let luck = chance.below(4);
        for (at, written) in &self.since {
            match (luck, chance.below(4)) {
                // Nothing of it, or all, or by chance some whole, some in sectors.
                (0, _) | (2 | 3, 0) => {}
                (1, _) | (2 | 3, 1) => Self::apply(&mut bytes, *at, written.as_deref()),
                _ => {
                    let Some(written) = written else { continue };
                    for (number, sector) in written.chunks(SECTOR).enumerate() {
                        if chance.below(2) == 0 {
                            Self::apply(&mut bytes, at + number * SECTOR, Some(sector));
                        }
                    }
                }
            }
        }
        bytes
    }
}

/// Records a program that edits, from the database at `path` on.
fn recorded(path: &Path, log: &Path) -> Vec<Done> {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-q", "-y", "-xx", "-s", "10000000", "-o"]).arg(log);
    traced.args(["-e", "trace=pwrite64,ftruncate,fsync,fdatasync,write", "-e", "signal=none"]);
    let program = drive_command(path, 47);
    traced.arg(program.get_program()).args(program.get_args());
    let variables = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
    traced.envs(variables).env("SEGUE_TEST_STOP", EDITS.to_string());
    let ended = traced.stdout(Stdio::piped()).output().unwrap();
    assert!(ended.status.success());
    let mut syncing = BTreeMap::new();
    fs::read_to_string(log).unwrap().lines().filter_map(|line| told(line, &mut syncing)).collect()
}

#[test]
fn a_power_cut_loses_nothing_that_was_kept() {
    if !have("strace")
        || !Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|s| s.success())
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let first = made(&path);
    let sure = fs::read(&path).unwrap();
    assert!(!path.with_file_name("library.db-wal").exists());
    let done = recorded(&path, &folder.path().join("calls"));
    let count = |is: fn(&Done) -> bool| done.iter().filter(|done| is(done)).count();
    let (writes, syncs) =
        (count(|done| matches!(done, Done::Write(..))), count(|done| matches!(done, Done::Sync(_))));
    assert!(writes > EDITS as usize && syncs >= EDITS as usize / 3, "{writes} writes, {syncs} syncs");
    let mut chance = Chance(47);
    let (cuts, mut kept, mut newest) = (kills(40, 2), 0, 0);
    for round in 0..cuts {
        let end = chance.below(done.len());
        let mut disk = BTreeMap::from([("library.db", Page { sure: sure.clone(), since: Vec::new() })]);
        let mut said = String::new();
        for done in &done[..end] {
            match done {
                Done::Write(file, at, bytes) => {
                    disk.entry(file).or_default().since.push((*at, Some(bytes.clone())));
                }
                Done::Cut(file, length) => disk.entry(file).or_default().since.push((*length, None)),
                Done::Sync(file) => disk.entry(file).or_default().sync(),
                Done::Said(words) => said.push_str(words),
            }
        }
        let place = tempfile::tempdir().unwrap();
        for (file, page) in &disk {
            fs::write(place.path().join(file), page.found(&mut chance)).unwrap();
        }
        let path = place.path().join("library.db");
        let mut library = Playlists::open(&path).unwrap();
        let files = fs::read_dir(place.path()).unwrap().map(|file| file.unwrap().file_name());
        let files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
        assert!(!files.iter().any(|name| name.contains("damaged")), "round {round}, {end}: {files:?}");
        assert_whole(&path);
        let shown = opened(&mut library, "Night drive").unwrap();
        let said = Said::of(said.lines());
        let found = ids(&shown);
        let may: Vec<_> = std::iter::once(&first).chain(&said.tried).skip(said.kept).collect();
        assert!(
            may.contains(&&found),
            "round {round}, {end} of {}: {found:?} is none of {may:?}",
            done.len()
        );
        assert_eq!(assert_undo_works(shown), first, "round {round}, {end}");
        kept += said.kept;
        newest += usize::from(may.len() > 1 && *may[0] != found);
    }
    println!(
        "{cuts} power cuts among {writes} writes and {syncs} syncs: {kept} edits had been kept, {newest} times more was there"
    );
}
