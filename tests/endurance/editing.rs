//! A program that edits a playlist and its queue without pause, and is killed: what it was told is kept is there.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use segue::library::{Keeper, News, Order, Playlists};
use segue::model::{
    Entry, EntryId, JournalMove, OpenedPlaylist, PlaylistAnswer, PlaylistEdit, PlaylistOrder, Session,
    Snapshot, Step, Ticket, Track,
};

use crate::chance::{Chance, kills};
use crate::store::{assert_undo_works, assert_whole, ids, listed, opened};

const NAME: &str = "Night drive";

/// Rows that the playlist begins with.
const ROWS: u64 = 30;

/// Steps of its journal that are kept.
const STEPS_KEPT: usize = 2_000;

/// Which database the driving process edits. Set for that process alone.
const DRIVE: &str = "SEGUE_TEST_DRIVE";

/// Says what it is about to do and what was kept, a line each; nothing else on the line is of ours.
fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n! {words}").unwrap();
    out.flush().unwrap();
}

fn entry(number: u64) -> Entry {
    let mut track =
        Track::new(format!("audius:track:{number}").parse().unwrap(), format!("Night Ferry {number}"));
    track.artists = vec!["Ada Cole".into()];
    Entry::new(EntryId(number), Arc::new(track))
}

/// Edits the playlist of the database at `path` until it is killed, or has made so many edits.
fn drive(path: &Path, seed: u64, edits: u64) {
    let (told, answers) = channel();
    let (keeper, _) = Keeper::open(path, 0, move |news| {
        let _ = told.send(news);
    })
    .unwrap();
    let mut shown = ask_for_it(&keeper, &answers);
    let mut chance = Chance(seed);
    let mut fresh = seed << 32;
    say("ready");
    let mut heard = 0;
    for ticket in 1..=edits {
        let (after, journal) = edited(&mut shown, &mut chance, &mut fresh);
        say(&format!("try {}", after.iter().map(|row| row.id.0.to_string()).collect::<Vec<_>>().join(",")));
        let edit = PlaylistEdit {
            id: shown.about.id,
            name: "edit".to_owned(),
            revision: shown.revision,
            before: std::mem::replace(&mut shown.entries, after.clone()).into(),
            after: after.into(),
            journal,
        };
        shown.revision += 1;
        let order = PlaylistOrder::Edit(Box::new(edit));
        assert!(keeper.take(Order::Playlists { ticket: Ticket(ticket), at: 7, order }));
        // The queue is the same rows, saved as a program does.
        let tracks = shown.entries.iter().map(|row| Arc::clone(&row.track)).collect();
        let entries = shown.entries.iter().map(|row| row.id).collect();
        assert!(keeper.take(Order::Save(Session { tracks, entries, ..Session::default() })));
        // Sometimes several are on their way, as when a key is held.
        if chance.below(3) > 0 || ticket == edits {
            while heard < ticket {
                heard = hear(&answers);
            }
        }
    }
}

/// What edit is made next: rows, and what it is to the journal.
fn edited(shown: &mut OpenedPlaylist, chance: &mut Chance, fresh: &mut u64) -> (Vec<Entry>, JournalMove) {
    let mut after = shown.entries.clone();
    let doing = chance.below(10);
    let step = match doing {
        0 | 1 => shown.journal.step_back(),
        2 => shown.journal.step_on(),
        _ => None,
    };
    if let Some(step) = step {
        step.apply(&mut after).unwrap();
        return (after, JournalMove::To(shown.journal.number()));
    }
    let place = chance.below(after.len());
    match doing {
        3 | 4 if after.len() > 3 => {
            let block: Vec<_> = after.drain(place..(place + 3).min(after.len())).collect();
            let at = chance.below(after.len());
            after.splice(at..at, block);
        }
        5 if after.len() > 3 => drop(after.remove(place)),
        6 if chance.below(20) == 0 => after.clear(),
        _ => {}
    }
    if after.iter().map(|row| row.id).eq(shown.entries.iter().map(|row| row.id)) {
        for _ in 0..=chance.below(3) {
            *fresh += 1;
            after.insert(place, entry(*fresh));
        }
    }
    let step = Step::between("edit", Snapshot::new(&shown.entries, None, None), &after, None, None).unwrap();
    let journal = JournalMove::Step { after: shown.journal.number(), step: step.clone() };
    shown.journal.push(step);
    (after, journal)
}

/// Waits for the next answer about the playlist, and tells that it came.
fn hear(answers: &Receiver<News>) -> u64 {
    loop {
        match answers.recv().unwrap() {
            News::Playlists { ticket, result: Ok(PlaylistAnswer::Kept { merged: None, .. }) } => {
                say("kept");
                return ticket.0;
            }
            News::QueueJournal(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn ask_for_it(keeper: &Keeper, answers: &Receiver<News>) -> OpenedPlaylist {
    let order = PlaylistOrder::Open(segue::model::PlaylistId(1));
    assert!(keeper.take(Order::Playlists { ticket: Ticket(0), at: 7, order }));
    loop {
        match answers.recv().unwrap() {
            News::Playlists { result: Ok(PlaylistAnswer::Opened(opened)), .. } => return *opened,
            News::QueueJournal(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The driving process; nothing to do for whoever runs the tests.
#[test]
fn driver() {
    if let Some(path) = std::env::var_os(DRIVE) {
        let seed = std::env::var("SEGUE_TEST_SEED").unwrap().parse().unwrap();
        let edits = std::env::var("SEGUE_TEST_STOP").map_or(u64::MAX - 1, |edits| edits.parse().unwrap());
        drive(Path::new(&path), seed, edits);
    }
}

/// What the driving process said: rows it was about to make, and how many of these were kept.
#[derive(Default)]
pub struct Said {
    pub tried: Vec<Vec<u64>>,
    pub kept: usize,
}

impl Said {
    pub fn of<'l>(lines: impl Iterator<Item = &'l str>) -> Self {
        let mut said = Self::default();
        lines.for_each(|line| said.take(line));
        said
    }

    fn take(&mut self, line: &str) {
        match line.strip_prefix("! ").map(|words| words.split_once(' ').unwrap_or((words, ""))) {
            Some(("try", rows)) => {
                let rows = rows.split(',').filter(|number| !number.is_empty());
                self.tried.push(rows.map(|number| number.parse().unwrap()).collect());
            }
            Some(("kept", _)) => self.kept += 1,
            _ => {}
        }
    }
}

/// The driving process.
pub fn drive_command(path: &Path, seed: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["editing::driver", "--exact", "--nocapture"]);
    command.env(DRIVE, path).env("SEGUE_TEST_SEED", seed.to_string());
    command
}

/// Makes a library with the playlist, and tells its rows.
pub fn made(path: &Path) -> Vec<u64> {
    let entries = (1..=ROWS).map(entry).collect();
    let make = PlaylistOrder::Make { name: NAME.into(), entries };
    Playlists::open(path).unwrap().order(&make, 7).unwrap();
    (1..=ROWS).collect()
}

/// Runs the driving process until it is killed.
fn killed(path: &Path, chance: &mut Chance, round: usize) -> Said {
    let mut command = drive_command(path, round as u64 + 1);
    let mut child: Child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (ready, is_ready) = channel();
    let reader = thread::spawn(move || {
        let mut said = Said::default();
        // The last line may be cut.
        for line in out.lines().map_while(Result::ok) {
            if line == "! ready" {
                ready.send(()).unwrap();
            }
            said.take(&line);
        }
        said
    });
    // One in ten comes while the library is opened.
    if round % 10 == 9 {
        chance.wait(30_000);
    } else {
        is_ready.recv_timeout(Duration::from_secs(60)).unwrap();
        chance.wait(40_000);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_kill_while_lists_are_edited_loses_nothing_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let first = made(&path);
    let mut rows = first.clone();
    let mut queue: Vec<u64> = Vec::new();
    let mut chance = Chance(46);
    let (mut kept, mut unanswered, mut between) = (0, 0, 0);
    let kills = kills(60, 1);
    for round in 0..kills {
        let said = killed(&path, &mut chance, round);
        assert_whole(&path);
        let mut library = Playlists::open(&path).unwrap();
        assert_eq!(listed(&mut library).len(), 1);
        let shown = opened(&mut library, NAME).unwrap();
        // What was kept last, or any of those that were on their way, each whole.
        let may: Vec<_> = std::iter::once(&rows).chain(&said.tried).skip(said.kept).collect();
        let found = ids(&shown);
        assert!(may.contains(&&found), "round {round}: {found:?} is none of {may:?}");
        unanswered += usize::from(may.len() > 1);
        between += usize::from(may.len() > 1 && *may[0] != found);
        kept += said.kept;
        let saved = saved_queue(&path);
        assert!(saved == queue || said.tried.contains(&saved), "round {round}: the queue is {saved:?}");
        queue = saved;
        let whole_journal = shown.journal.all().len() < STEPS_KEPT;
        let begun = assert_undo_works(shown);
        assert!(!whole_journal || begun == first, "round {round}: {begun:?}");
        rows = found;
    }
    println!(
        "{kills} kills: {kept} edits were kept, {unanswered} kills came while one was on its way, {between} of them after it was \
         written and before it was told"
    );
    assert!(kept >= kills / 2, "{kept}");
}

fn saved_queue(path: &Path) -> Vec<u64> {
    let file = Connection::open(path).unwrap();
    let mut rows = file.prepare("SELECT entry FROM queue ORDER BY place").unwrap();
    let rows = rows.query_map([], |row| row.get::<_, i64>(0).map(i64::cast_unsigned)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}
