//! Playlists: a key that moves a block, up to the frame that shows it; the same edits on their way to the disk; and how long a
//! thousand of them take to open.

use std::collections::VecDeque;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::Criterion;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use segue::app::{Effect, Event, Msg, Page, Start, State, parse_keys, update};
use segue::library::{Keeper, Playlists};
use segue::model::{
    Entry, EntryId, JournalMove, OpenedPlaylist, PlaylistAnswer, PlaylistEdit, PlaylistId, PlaylistOrder,
    Snapshot, Step, Track,
};
use segue::ui::{self, Theme};

use super::took::{Begun, Took, tell};

/// Rows of the playlist in which a block is moved.
const ROWS: u64 = 5_000;

/// Rows of that block.
const BLOCK: usize = 500;

/// Rows of the longest playlist, and how many short ones there are beside it.
const MOST_ROWS: u64 = 10_000;
const PLAYLISTS: u64 = 1_000;

pub fn measure(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut library = Playlists::open(&path).unwrap();
    screen(&mut library);
    disk(&mut library);
    shelf(&mut library, &path);
    criterion.bench_function("start with 1,000 playlists", |bench| {
        bench.iter(|| Keeper::open(&path, 0, |_| {}).unwrap());
    });
}

fn rows(count: u64) -> Vec<Entry> {
    let row = |number: u64| {
        let mut track =
            Track::new(format!("audius:track:{number}").parse().unwrap(), format!("Night Ferry {number}"));
        track.artists = vec![format!("Ada Cole {}", number / 9).into()];
        track.album = Some(format!("Tides {}", number / 12).into());
        track.length = Some(Duration::from_secs(180 + number % 60));
        Entry::new(EntryId(number), Arc::new(track))
    };
    (1..=count).map(row).collect()
}

fn make(library: &mut Playlists, name: &str, entries: Vec<Entry>) -> PlaylistId {
    match library.order(&PlaylistOrder::Make { name: name.into(), entries }, 7) {
        Ok(PlaylistAnswer::Shelved { done: Some(step), .. }) => step.id,
        other => unreachable!("{other:?}"),
    }
}

/// A program that shows the library's playlists.
struct House<'l> {
    state: State,
    library: &'l mut Playlists,
    terminal: Terminal<TestBackend>,
    theme: Theme,
}

impl House<'_> {
    /// Types keys, draws, and lets the library answer afterwards; gives what the keys and the drawing took.
    fn keys(&mut self, keys: &str) -> Took {
        let chords = parse_keys(keys).unwrap();
        let begun = Begun::now();
        let mut effects = Vec::new();
        for chord in chords {
            effects.extend(update(&mut self.state, Msg::Key(chord)));
        }
        let (state, theme) = (&self.state, &self.theme);
        self.terminal.draw(|frame| _ = ui::draw(frame, state, theme)).unwrap();
        let took = begun.took();
        self.answer(effects);
        took
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            if let Effect::Playlists { ticket, order } = effect {
                let result = self.library.order(&order, 7);
                effects.extend(update(&mut self.state, Msg::Event(Event::Playlists { ticket, result })));
            }
        }
    }
}

fn screen(library: &mut Playlists) {
    make(library, "Block", rows(ROWS));
    let (mut state, effects) = State::new(Start { columns: 120, rows: 40, ..Start::default() });
    state.page = Page::Queue;
    let terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let mut house = House { state, library, terminal, theme: Theme::coloured() };
    house.answer(effects);
    house.keys("4");
    house.keys("<Enter>");
    assert_eq!(house.state.playlists.open.as_ref().unwrap().entries.len() as u64, ROWS);
    house.keys("v");
    house.keys(&"j".repeat(BLOCK - 1));
    let mut times: Vec<_> = (0..200).map(|_| house.keys("J")).collect();
    times.extend((0..100).map(|_| house.keys("K")));
    let first = house.state.playlists.open.as_ref().unwrap().entries[100].id;
    assert_eq!(first, EntryId(1), "the block was moved");
    tell(&format!("a block of {BLOCK} of {ROWS} rows moved by a key, to the frame"), &times);
    let mut times = Vec::new();
    for _ in 0..50 {
        // Cut at the top, put in at the end; and back.
        house.keys("ggv");
        house.keys(&"j".repeat(BLOCK - 1));
        times.push(house.keys("x"));
        house.keys("G");
        times.push(house.keys("p"));
        times.push(house.keys("u"));
        times.push(house.keys("u"));
    }
    tell(&format!("a block of {BLOCK} of {ROWS} rows cut, put in, and back, to the frame"), &times);
}

/// A playlist as an editor has it.
struct Editor<'l> {
    library: &'l mut Playlists,
    shown: OpenedPlaylist,
}

impl Editor<'_> {
    /// Takes a row out and puts it in elsewhere; gives how long the library took to keep it.
    fn take(&mut self, from: usize, to: usize) -> Took {
        let before = self.shown.entries.clone();
        let row = self.shown.entries.remove(from);
        self.shown.entries.insert(to, row);
        let after = &self.shown.entries;
        let step = Step::between("moving", Snapshot::new(&before, None, None), after, None, None).unwrap();
        let journal = JournalMove::Step { after: self.shown.journal.number(), step: step.clone() };
        self.shown.journal.push(step);
        let edit = PlaylistEdit {
            id: self.shown.about.id,
            name: "moving".to_owned(),
            revision: self.shown.revision,
            before: before.into(),
            after: after.as_slice().into(),
            journal,
        };
        let begun = Begun::now();
        let answer = self.library.order(&PlaylistOrder::Edit(Box::new(edit)), 7);
        let took = begun.took();
        let Ok(PlaylistAnswer::Kept { revision, merged: None, .. }) = answer else {
            unreachable!("{answer:?}")
        };
        self.shown.revision = revision;
        took
    }
}

fn disk(library: &mut Playlists) {
    let id = make(library, "Long", rows(MOST_ROWS));
    let begun = Begun::now();
    let Ok(PlaylistAnswer::Opened(opened)) = library.order(&PlaylistOrder::Open(id), 7) else {
        unreachable!()
    };
    tell(&format!("a playlist of {MOST_ROWS} rows read"), &[begun.took()]);
    let mut editor = Editor { library, shown: *opened };
    let last = editor.shown.entries.len() - 1;
    let times: Vec<_> = (0..100).map(|number| editor.take(number * 90, number * 90 + 1)).collect();
    tell(&format!("a row of {MOST_ROWS} moved by one place, to the disk"), &times);
    let times: Vec<_> = (0..50).flat_map(|_| [editor.take(last, 0), editor.take(0, last)]).collect();
    tell(&format!("a row of {MOST_ROWS} moved from one end to the other, to the disk"), &times);
}

fn shelf(library: &mut Playlists, path: &Path) {
    let times = (0..PLAYLISTS).map(|number| {
        let begun = Begun::now();
        make(library, &format!("Playlist {number}"), rows(20));
        begun.took()
    });
    tell(&format!("a playlist made beside up to {PLAYLISTS}, to the disk"), &times.collect::<Vec<_>>());
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Begun::now();
        let mut library = Playlists::open(path).unwrap();
        black_box(library.order(&PlaylistOrder::List, 7).unwrap());
        times.push(begun.took());
    }
    tell(&format!("opened and listed with {PLAYLISTS} playlists, one of {MOST_ROWS} rows"), &times);
}
