//! What is kept comes back, whoever kept it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::model::{
    CleanText, DownloadGroup, DownloadJob, DownloadState, Entry, EntryId, Facts, FaultKind, FinishedCopy,
    Hold, HoldReason, MoveTo, OfflineCopy, SampleRate, Snapshot, SoundFormat, Step, Track,
};

fn open(path: &Path) -> Downloads {
    Downloads::open(path).unwrap()
}

fn track(number: u64) -> Arc<Track> {
    let reference = format!("audius:track:{number}").parse().unwrap();
    let mut track = Track::new(reference, format!("雨 {number}"));
    track.artists = vec!["Ada Cole".into()];
    track.isrc = Some("FIXYZ2600001".into());
    track.elsewhere = vec!["audiomack:track:9".parse().unwrap()];
    if number % 2 == 1 {
        track.artwork = Some("https://i.example/a.jpg?w=500".parse().unwrap());
        track.link = Some("https://audius.example/a".parse().unwrap());
        track.facts = Some(Arc::new(Facts {
            number: Some(3),
            disc: Some(1),
            year: Some(2026),
            genre: Some("Folk".into()),
            album_artist: Some("紙の舟".into()),
            lyrics: Some("one\ntwo".to_owned()),
            is_lossless: true,
        }));
    }
    Arc::new(track)
}

fn job(id: u64, state: DownloadState) -> DownloadJob {
    let group = (id > 2).then(|| DownloadGroup { id: 3, title: "Tides".into() });
    let wait = matches!(state, DownloadState::Failed(_)).then(|| Duration::from_secs(60));
    DownloadJob {
        id: DownloadId(id),
        track: track(id),
        group,
        state,
        tries: 2,
        wait,
        bytes: 7,
        total: Some(9),
    }
}

fn states() -> Vec<DownloadState> {
    let fault = |kind| Fault::new(kind, "Nothing comes").hint("Wait");
    let hold = |reason| DownloadState::Held(Hold { reason, fault: fault(FaultKind::Limited) });
    vec![
        DownloadState::Waiting,
        DownloadState::Locating,
        DownloadState::Fetching,
        DownloadState::Verifying,
        DownloadState::Tagging,
        DownloadState::Done,
        DownloadState::Paused,
        DownloadState::Failed(fault(FaultKind::Network)),
        DownloadState::Failed(Fault::new(FaultKind::Refused, "Not here")),
        hold(HoldReason::Service),
        hold(HoldReason::Space),
        hold(HoldReason::Elsewhere),
    ]
}

#[test]
fn every_state_comes_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut jobs: Vec<_> = (1..).zip(states()).map(|(id, state)| job(id, state)).collect();
    jobs.reverse();
    let put = |(place, job): (usize, &DownloadJob)| DownloadChange::Job { place, job: Box::new(job.clone()) };
    let mut changes: Vec<_> = jobs.iter().enumerate().map(put).collect();
    changes.push(DownloadChange::Paused(true));
    open(&path).keep(&changes, None, 1_000_000).unwrap();
    let kept = open(&path).load(1_000_000).unwrap();
    assert_eq!(kept.jobs, jobs);
    assert_eq!((kept.is_paused, kept.last_id), (true, 12));
    // Numbers are not given twice, also when the last job is gone.
    open(&path).keep(&[DownloadChange::Gone(DownloadId(12))], None, 0).unwrap();
    let kept = open(&path).load(0).unwrap();
    assert_eq!((kept.jobs.len(), kept.last_id), (11, 12));
    // What was taken out may come back.
    assert_eq!(kept.gone, jobs[..1]);
    let back = DownloadChange::Job { place: 11, job: Box::new(jobs[0].clone()) };
    open(&path).keep(&[back], None, 0).unwrap();
    let kept = open(&path).load(0).unwrap();
    assert_eq!((kept.jobs.len(), kept.gone.len()), (12, 0));
}

#[test]
fn edits_of_the_order_come_back_with_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let rows: Vec<_> = (1..=3).map(|id| Entry::new(EntryId(id), track(2 * id))).collect();
    let step = |before: &[Entry], after: &[Entry]| {
        let step = Step::between("an edit", Snapshot::new(before, None, None), after, None, None);
        Box::new(step.unwrap())
    };
    let steps = [step(&[], &rows), step(&rows, &rows[..1])];
    for (after, step) in (0..).zip(&steps) {
        let change = DownloadChange::Step { after, step: step.clone() };
        open(&path).keep(&[change], None, 0).unwrap();
    }
    let journal = open(&path).load(0).unwrap().journal;
    assert_eq!((journal.number(), journal.all().len()), (2, 2));
    assert_eq!(journal.all()[1], Step { made_at: Some(0), ..*steps[1].clone() });
    open(&path).keep(&[DownloadChange::StandAt(1)], None, 0).unwrap();
    assert_eq!(open(&path).load(0).unwrap().journal.number(), 1);
    // An edit after that keeps what was taken back.
    let change = DownloadChange::Step { after: 1, step: step(&rows, &rows[1..]) };
    open(&path).keep(&[change], None, 0).unwrap();
    let journal = open(&path).load(0).unwrap().journal;
    assert_eq!((journal.number(), journal.all().len()), (4, 4));
}

#[test]
fn no_clock_makes_a_wait_longer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let failed = job(1, DownloadState::Failed(Fault::new(FaultKind::Network, "Nothing comes")));
    let now = 1_700_000_000_000;
    let change = DownloadChange::Job { place: 0, job: Box::new(failed) };
    open(&path).keep(&[change], None, now).unwrap();
    let day = 86_400_000;
    for (at, left) in [(now, 60), (now + 20_000, 40), (now + 365 * day, 0), (now - day, 60), (0, 60)] {
        let kept = open(&path).load(at).unwrap();
        assert_eq!(kept.jobs[0].wait, Some(Duration::from_secs(left)), "{at}");
    }
}

#[test]
fn copies_come_back_with_when_they_were_played() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let file = FinishedCopy {
        path: "/music/Ada Cole/雨.mp3".into(),
        bytes: 3_000_000,
        sha256: "a".repeat(64),
        source_sha256: "b".repeat(64),
        format: SoundFormat {
            codec: "FLAC".into(),
            sample_rate: SampleRate(96_000),
            channels: 2,
            bits: Some(24),
        },
        length: Duration::from_millis(27_341),
        notes: Vec::new(),
        learned: None,
    };
    let copy = OfflineCopy { track: track(2), file, pinned: true, played_at: None };
    let mut downloads = open(&path);
    downloads.keep(&[DownloadChange::Copy(Box::new(copy.clone()))], None, 5_000).unwrap();
    assert_eq!(downloads.load(0).unwrap().copies, std::slice::from_ref(&copy));
    downloads
        .connection
        .execute("INSERT INTO play (reference, played_at, whole) VALUES ('audius:track:2', 77, 1)", [])
        .unwrap();
    assert_eq!(downloads.load(0).unwrap().copies[0].played_at, Some(77));
    downloads.keep(&[DownloadChange::CopyGone(copy.track.reference.clone())], None, 0).unwrap();
    assert_eq!(downloads.load(0).unwrap().copies, []);
}

#[test]
fn of_two_programs_one_runs_the_queue_and_takes_the_others_wishes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let (mut first, mut second) = (open(&path), open(&path));
    assert!(first.take_turn() && first.take_turn());
    assert!(!second.take_turn());
    let _ = (first.has_changed().unwrap(), second.has_changed().unwrap());
    let ids = vec![DownloadId(3), DownloadId(4)];
    let commands = [
        DownloadCommand::Add { tracks: vec![track(1), track(2)], group: Some(CleanText::new("Tides")) },
        DownloadCommand::Add { tracks: vec![track(3)], group: None },
        DownloadCommand::Renew(vec![track(2)]),
        DownloadCommand::Pause(ids.clone()),
        DownloadCommand::Resume(ids.clone()),
        DownloadCommand::PauseAll,
        DownloadCommand::ResumeAll,
        DownloadCommand::Cancel(ids.clone()),
        DownloadCommand::Delete(ids.clone()),
        DownloadCommand::Retry(ids.clone()),
        DownloadCommand::RetryFailed,
        DownloadCommand::Undo,
        DownloadCommand::Redo,
        DownloadCommand::GoTo(7),
        DownloadCommand::Move { ids: ids.clone(), to: MoveTo::Up },
        DownloadCommand::Move { ids: ids.clone(), to: MoveTo::Down },
        DownloadCommand::Move { ids: ids.clone(), to: MoveTo::Top },
        DownloadCommand::Move { ids, to: MoveTo::Place(9) },
    ];
    for command in &commands {
        second.wish(command).unwrap();
    }
    assert!(first.has_changed().unwrap() && !first.has_changed().unwrap());
    let wishes = first.wishes().unwrap();
    assert_eq!(wishes.iter().map(|wish| wish.command.clone()).collect::<Vec<_>>(), commands);
    first.keep(&[], Some(wishes[1].number), 0).unwrap();
    assert_eq!(first.wishes().unwrap().len(), commands.len() - 2);
    assert!(!second.take_turn());
    drop(first);
    assert!(second.take_turn(), "whoever is left goes on");
    // A number of the box is never given twice: nothing that was done is done again.
    let last = wishes.last().unwrap().number;
    second.keep(&[], Some(last), 0).unwrap();
    assert!(second.wish(&DownloadCommand::PauseAll).unwrap() > last);
}
