//! The page with keys: groups as one row, links, and edits that are taken back.

use super::*;
use crate::app::downloads::job::Outcome;
use crate::app::state::Start;
use crate::app::tests::Step::{Do, Keys, Pasted};
use crate::app::tests::{Run, services};
use crate::app::{Action, DownloadStart, Event, ListPlace, Overlay};
use crate::model::{
    DownloadGroup, DownloadJob, KeptDownloads, KeptList, KeptMember, ListId, ListSource, OfflineCopy,
    ServiceId,
};

/// Eight rows, `b` to `d` of one album and `f` and `g` of another, all held.
fn start() -> Run {
    let group = |id: u64, title: &str| Some(DownloadGroup { id, title: title.into() });
    let job = |(id, title): (u64, &str)| DownloadJob {
        id: DownloadId(id),
        track: Arc::new(track("ready", title)),
        group: match id {
            2..=4 => group(2, "Tides"),
            6 | 7 => group(6, "Mix"),
            _ => None,
        },
        state: DownloadState::Waiting,
        tries: 0,
        wait: None,
        bytes: 0,
        total: None,
    };
    let jobs = (1..).zip("a b q d e f g h".split(' ')).map(job).collect();
    let kept = KeptDownloads { jobs, is_paused: true, last_id: 8, ..KeptDownloads::default() };
    let limits = JobLimits { at_once: 0, per_service: 0, budget_bytes: 0 };
    let downloads = DownloadStart { kept, limits, runs_here: true };
    Run::new(Start { services: services(), downloads, ..Start::default() }).steps([Keys("5")])
}

/// The rows that are shown, the one under the cursor marked, folded ones by their title.
fn shown(run: &Run) -> String {
    let state = &run.state;
    let entries = state.downloads.jobs.entries();
    let all: Vec<usize> = (0..entries.len()).collect();
    let rows = state.fold_of(ListPlace::Downloads).map_or(all.as_slice(), Fold::rows);
    let rows = state.filter_of(ListPlace::Downloads).map_or(rows, |filter| &filter.rows);
    let row = |row: &usize| {
        let mark = if state.downloads.list.cursor() == Some(*row) { "*" } else { "" };
        match state.folded_group(*row) {
            Some(group) => format!("{mark}{}({})", group.title, group.rows),
            None => format!("{mark}{}", entries[*row].track.title),
        }
    };
    rows.iter().map(row).collect::<Vec<_>>().join(" ")
}

fn order(run: &Run) -> String {
    let entries = run.state.downloads.jobs.entries();
    entries.iter().map(|entry| entry.track.title.to_string()).collect::<String>()
}

fn paused(run: &Run) -> String {
    let jobs = &run.state.downloads.jobs;
    let is_held = |entry: &&crate::model::Entry| jobs.job(entry.id).is_some_and(|job| job.is_paused);
    jobs.entries().iter().filter(is_held).map(|entry| entry.track.title.to_string()).collect()
}

#[test]
fn a_folded_group_is_one_row_for_every_key() {
    let check = |keys: &'static str, expected: &str, in_order: &str| {
        let run = start().steps([Keys(keys)]);
        assert_eq!((shown(&run).as_str(), order(&run).as_str()), (expected, in_order), "{keys}");
        run
    };
    check("jj<Tab>", "a *Tides(3) e f g h", "abqdefgh");
    check("jj<Tab><Tab>", "a *b q d e f g h", "abqdefgh");
    check("jj<Tab>j", "a Tides(3) *e f g h", "abqdefgh");
    check("jj<Tab>G", "a Tides(3) e f g *h", "abqdefgh");
    check("jj<Tab>jj<Tab>kkk", "*a Tides(3) e Mix(2) h", "abqdefgh");
    check("jj<Tab>J", "a e *Tides(3) f g h", "aebqdfgh");
    check("jj<Tab>K", "*Tides(3) a e f g h", "bqdaefgh");
    check("jj<Tab>jj<Tab>kkJJ", "a e Mix(2) *Tides(3) h", "aefgbqdh");
    check("jj<Tab>kJ", "Tides(3) *a e f g h", "bqdaefgh");
    check("jj<Tab>d", "a *e f g h", "aefgh");
    check("jj<Tab>du", "a *Tides(3) e f g h", "abqdefgh");
    check("jj<Tab>gt", "*Tides(3) a e f g h", "bqdaefgh");
    check("jj<Tab>Ju", "a *Tides(3) e f g h", "abqdefgh");
    // Marks are of what is shown, and of all that it stands for.
    check("jj<Tab>k<C-Space><C-Space>d", "*e f g h", "efgh");
    assert_eq!(paused(&check("jj<Tab><Space>", "a *Tides(3) e f g h", "abqdefgh")), "bqd");
    assert_eq!(paused(&check("jj<Tab><Space><Space>", "a *Tides(3) e f g h", "abqdefgh")), "");
    // What is looked for is found in folded groups, too.
    check("jj<Tab>/mix", "*f g", "abqdefgh");
    check("jj<Tab>/q<Enter>", "*q", "abqdefgh");
    check("jj<Tab>/q<Enter>d<Esc>", "a *Tides(2) e f g h", "abdefgh");
    check("/tides<Enter><Space>", "*b q d", "abqdefgh");
    // Where nothing is of a group, nothing is folded.
    check("<Tab>", "*a b q d e f g h", "abqdefgh");
}

#[test]
fn the_journal_of_the_page_leads_anywhere() {
    // Three edits: b to d go, a goes down, e goes.
    let run = start().steps([Keys("jj<Tab>d"), Keys("ggJ"), Keys("ggd"), Keys("gj")]);
    assert_eq!(order(&run), "afgh");
    let Some(Overlay::Journal(page)) = run.state.overlays.last() else { panic!("no journal") };
    let names: Vec<_> = page.rows.iter().map(|row| row.name.to_string()).collect();
    assert_eq!((page.title.as_str(), names.len()), ("the downloads", 4), "{names:?}");
    let run = run.steps([Keys("G<Enter>")]);
    assert_eq!(order(&run), "abqdefgh");
    let run = run.steps([Keys("gjgg<Enter>")]);
    assert_eq!(order(&run), "afgh");
    assert_eq!(order(&run.steps([Keys("u")])), "eafgh");
}

#[test]
fn what_is_typed_or_pasted_is_looked_up_and_queued() {
    let run = start().steps([Keys("w"), Keys("ready:album:9<Enter>")]);
    assert!(run.asked().contains("find ready:album:9 to download"), "{}", run.asked());
    let ticket = run.state.downloads.finding[0];
    let found = vec![Arc::new(track("ready", "new")), Arc::new(track("ready", "a"))];
    let answer = Event::DownloadFound { ticket, result: Ok((found, Some("Songs".into()))) };
    let run = run.hears(answer.clone());
    assert_eq!(order(&run), "abqdefghnew");
    let notice = run.state.notices.latest().unwrap().words.to_string();
    assert_eq!(notice, "Songs: 1 of 2 tracks queued for download; 1 queued already");
    // An answer counts once.
    assert_eq!(order(&run.hears(answer)), "abqdefghnew");
    let pasted = start().steps([Pasted("https://audius.example/ada/night-ferry")]);
    assert!(pasted.asked().contains("to download"), "{}", pasted.asked());
}

/// Three rows whose copies are here, the third one kept offline with a list, and one that waits.
fn with_copies() -> Run {
    let job = |(id, title): (u64, &str)| DownloadJob {
        id: DownloadId(id),
        track: Arc::new(track("ready", title)),
        group: None,
        state: if id < 4 { DownloadState::Done } else { DownloadState::Waiting },
        tries: 0,
        wait: None,
        bytes: 0,
        total: None,
    };
    let jobs: Vec<_> = (1..).zip("a b c d".split(' ')).map(job).collect();
    let copy = |job: &DownloadJob| OfflineCopy {
        track: job.track.clone(),
        file: FinishedCopy { bytes: job.id.0 * 1_260_000, ..file(job.id) },
        pinned: job.id.0 == 3,
        played_at: None,
    };
    let copies = jobs.iter().take(3).map(copy).collect();
    let member = KeptMember { track: jobs[2].track.clone(), gone_at: None, why_not: None };
    let source = "ready/playlist/1".parse().unwrap();
    let list = KeptList { source, title: "Tides".into(), members: vec![member], read_at: 1 };
    let kept = KeptDownloads {
        jobs,
        copies,
        lists: vec![list],
        is_paused: true,
        last_id: 4,
        ..KeptDownloads::default()
    };
    let limits = JobLimits { at_once: 0, per_service: 0, budget_bytes: 0 };
    let downloads = DownloadStart { kept, limits, runs_here: true };
    Run::new(Start { services: services(), downloads, ..Start::default() }).steps([Keys("5")])
}

#[test]
fn copies_are_deleted_after_a_question_that_says_how_many_and_how_much() {
    let notice = |run: &Run| run.state.notices.latest().unwrap().words.to_string();
    let removed = |run: &Run| run.asked().matches("remove /music/").count();
    let left = |run: &Run| run.state.downloads.jobs.copies().count();

    let run = with_copies().steps([Keys("gX")]);
    assert_eq!(notice(&run), "Delete 1 copy, 1.2 MB, from the disk? g X again does it");
    assert_eq!((removed(&run), left(&run), order(&run).as_str()), (0, 3, "abcd"));
    // Anything else in between, and the question is another one.
    let run = run.steps([Keys("j"), Keys("gX")]);
    assert_eq!(notice(&run), "Delete 1 copy, 2.5 MB, from the disk? g X again does it");
    assert_eq!(left(&run), 3);

    let run = with_copies().steps([Keys("V"), Keys("gX")]);
    let words =
        "Delete 2 copies, 3.7 MB, from the disk? g X again does it; 1 that a list keeps offline stays";
    assert_eq!(notice(&run), words);
    let run = with_copies().steps([Keys("gX"), Keys("gX")]);
    assert_eq!((removed(&run), left(&run), order(&run).as_str()), (1, 2, "bcd"), "{}", run.asked());
    assert!(run.asked().contains("remove /music/1.mp3"), "{}", run.asked());
    // Taken back, it is to be copied anew.
    let run = run.steps([Keys("u")]);
    assert_eq!((order(&run).as_str(), left(&run)), ("abcd", 2));
    let jobs = &run.state.downloads.jobs;
    assert_eq!(jobs.job(EntryId(1)).map(|job| job.outcome.clone()), Some(Outcome::Open));

    // What a list keeps, and what is not here, is no copy to be deleted.
    let run = with_copies().steps([Keys("jjgX"), Keys("gX")]);
    assert_eq!(notice(&run), "1 is kept offline with a list; that is to be left first");
    let run = with_copies().steps([Keys("GgX"), Keys("gX")]);
    assert_eq!((notice(&run).as_str(), left(&run)), ("There is no copy here to delete", 3));
}

#[test]
fn a_range_that_is_moved_to_the_top_stays_the_same_rows() {
    let run = start().steps([Keys("jjjjvjgt")]);
    assert_eq!(order(&run), "efabqdgh");
    let run = run.steps([Keys("u"), Keys("d")]);
    assert_eq!(order(&run), "abqdgh", "those that were selected, wherever they went");
}

#[test]
fn what_is_asked_before_its_turn_to_download_is_told_when_it_is_done() {
    let mut run = start().steps([Keys("J")]);
    run.state.downloads.runs_here = false;
    let mut run = run.steps([Keys("u")]);
    assert!(run.asked().contains("wish Undo"), "{}", run.asked());
    run.state.downloads.runs_here = true;
    let run = run.hears(Event::DownloadsWished { upto: 1, commands: vec![DownloadCommand::Undo] });
    let told = run.state.notices.latest().unwrap().words.to_string();
    assert_eq!((order(&run).as_str(), told.as_str()), ("abqdefgh", "Undone: moving a row (now 8 tracks)"));
}

#[test]
fn what_is_cut_and_pasted_is_the_same_job() {
    let run = start().steps([Keys("jjx"), Keys("G"), Do(Action::PasteAfter)]);
    assert_eq!(order(&run), "abdefghq");
    let of = |run: &Run, row: usize| {
        let jobs = &run.state.downloads.jobs;
        jobs.job(jobs.entries()[row].id).and_then(|job| Some(job.group.as_ref()?.title.to_string()))
    };
    assert_eq!(of(&run, 7).as_deref(), Some("Tides"));
    let run = with_copies().steps([Keys("x"), Keys("G"), Do(Action::PasteAfter)]);
    assert_eq!(order(&run), "bcda", "{}", run.asked());
    let jobs = &run.state.downloads.jobs;
    assert_eq!(jobs.state(jobs.entries()[3].id), Some(DownloadState::Done));
    // The way back leads to the row that it was.
    let run = run.steps([Keys("uu")]);
    assert_eq!(order(&run), "abcd");
}

#[test]
fn lists_that_are_kept_stand_after_what_the_services_offer() {
    let names = |run: &Run| {
        let kept = run.state.browse.shelves.iter().skip_while(|shelf| !shelf.is_kept);
        kept.map(|shelf| format!("{}/{}", shelf.service, shelf.title())).collect::<Vec<_>>().join(" ")
    };
    let mut run = start();
    let keep = |run: &mut Run, service: &'static str, list: &str| {
        let source = ListSource { service: ServiceId::known(service), list: ListId(list.to_owned()) };
        run.state.command_downloads(DownloadCommand::KeepList { source: source.clone(), title: list.into() });
        source
    };
    let offered = run.state.browse.shelves.len();
    let mix = keep(&mut run, "open", "mix");
    keep(&mut run, "open", "tape");
    // A playlist on this machine is on its own page, and needs no network.
    keep(&mut run, "local", "playlist/1");
    assert_eq!((names(&run).as_str(), run.state.browse.list.len()), ("open/mix open/tape", offered + 2));
    // The travel check leads there; where the cursor is it stays, whatever else comes and goes.
    run = run.steps([Do(Action::TravelCheck), Keys("j")]);
    run.state.command_downloads(DownloadCommand::LeaveList(mix.clone()));
    keep(&mut run, "open", "more");
    assert_eq!(names(&run), "open/tape open/more");
    assert_eq!(run.state.browse.open().map(|shelf| shelf.title().to_string()).as_deref(), Some("tape"));
    // What the service offers is made anew where it stands.
    let info = run.state.services[0].clone();
    run.state.renew_lists(&info);
    assert_eq!((names(&run).as_str(), run.state.browse.list.len()), ("open/tape open/more", offered + 2));
    assert_eq!(run.state.browse.open().map(|shelf| shelf.title().to_string()).as_deref(), Some("tape"));
}

#[test]
fn another_segue_is_not_asked_for_what_may_not_be_kept() {
    let notice = |run: &Run| run.state.notices.latest().unwrap().words.to_string();
    let streamed = |title: &str| {
        let mut track = track("ready", title);
        track.keepable = crate::model::Allowed::No("only to be streamed".into());
        Arc::new(track)
    };
    let mut run = Run::new(Start { services: services(), ..Start::default() });
    assert!(!run.state.downloads.runs_here);
    let effects = run.state.download(vec![streamed("a")], None, &"a".into());
    assert!(
        !effects.iter().any(|effect| matches!(effect, crate::app::Effect::WishDownload(_))),
        "{effects:?}"
    );
    assert_eq!(notice(&run), "a may not be kept: only to be streamed");
    let both = vec![streamed("a"), Arc::new(track("ready", "b"))];
    let effects = run.state.download(both, None, &"Mix".into());
    let asked = effects.iter().find_map(|effect| match effect {
        crate::app::Effect::WishDownload(command) => Some(format!("{command:?}")),
        _ => None,
    });
    assert!(asked.is_some_and(|asked| asked.contains("\"b\"") && !asked.contains("\"a\"")), "{effects:?}");
    assert_eq!(notice(&run), "The Segue that downloads was asked for Mix; 1 may not be kept");
}
