//! One rule a test.

use super::*;
use crate::model::{Allowed, DownloadChange, Facts, KeptDownloads, MoveTo, TrackRef};

fn limits(at_once: usize, per_service: usize) -> JobLimits {
    JobLimits { at_once, per_service, budget_bytes: 0 }
}

#[test]
fn so_many_run_at_once_and_services_take_turns() {
    let mut bench = Bench::new(limits(3, 2));
    bench.add(some("open", 5));
    bench.add(some("ready", 2));
    assert_eq!(bench.runs(), [1, 2, 6]);
    bench.finish(id(1));
    // The service that has nothing running is first, then the listener's order.
    assert_eq!(bench.begun, [id(1), id(2), id(6), id(3)]);
    assert_eq!(bench.rows(), "1 done, 2 locates, 3 locates, 4 waits, 5 waits, 6 locates, 7 waits");
    let mut bench = Bench::new(limits(3, 3));
    bench.ask(DownloadCommand::PauseAll);
    bench.add(some("open", 5));
    bench.add(some("ready", 5));
    assert_eq!(bench.runs(), [0; 0]);
    bench.ask(DownloadCommand::ResumeAll);
    assert_eq!(bench.begun, [id(1), id(6), id(2)]);
}

#[test]
fn the_listeners_order_is_the_order() {
    let mut bench = Bench::new(limits(1, 1));
    bench.add(some("open", 4));
    bench.ask(DownloadCommand::Move { ids: vec![id(4)], to: MoveTo::Top });
    bench.ask(DownloadCommand::Move { ids: vec![id(2)], to: MoveTo::Down });
    assert_eq!(bench.rows(), "4 waits, 1 locates, 3 waits, 2 waits");
    bench.finish(id(1));
    bench.finish(id(4));
    bench.finish(id(3));
    assert_eq!(bench.begun, [id(1), id(4), id(3), id(2)]);
    bench.ask(DownloadCommand::Move { ids: vec![id(2), id(1)], to: MoveTo::Place(1) });
    assert_eq!(bench.rows(), "4 done, 1 done, 2 locates, 3 done");
}

#[test]
fn what_is_here_or_may_not_be_kept_is_not_queued() {
    let mut bench = Bench::new(limits(1, 1));
    let mut bought = track("open", "bought");
    bought.keepable = Allowed::No("only for buyers".into());
    let mut coded = track("open", "one");
    coded.isrc = Some("FI-XYZ-26-00001".into());
    let same = Track { isrc: Some("fixyz2600001".into()), ..track("ready", "uno") };
    let elsewhere = Track { elsewhere: vec![coded.reference.clone()], ..track("ready", "one") };
    let own = Track::new(TrackRef::File("/music/a.mp3".into()), "a");
    let added = bench.add(vec![bought, coded.clone(), coded.clone(), same.clone(), elsewhere.clone(), own]);
    assert_eq!((added.queued, added.known, added.here), (1, 3, 0));
    let refused: Vec<_> = added.refused.iter().map(|(title, why)| (title.as_str(), why.as_str())).collect();
    assert_eq!(refused, [("bought", "only for buyers"), ("a", "it is a file on this machine")]);
    bench.finish(id(1));
    let added = bench.add(vec![coded.clone(), same, elsewhere]);
    assert_eq!((added.queued, added.here), (0, 3));
    // Once its file is gone, it is copied again.
    bench.jobs.forget_copy(&coded.reference);
    assert_eq!(bench.add(vec![coded]).queued, 1);
}

#[test]
fn what_failed_for_good_bars_no_other_source() {
    let gone =
        || Fault { retry: crate::model::Retry::Never, ..Fault::new(FaultKind::NotFound, "It is gone") };
    let mut bench = Bench::new(limits(2, 1));
    bench.add(vec![track("open", "one")]);
    // While it may still come, one is enough.
    assert_eq!(bench.add(vec![track("ready", "one")]).known, 1);
    bench.tell(id(1), EngineNews::Failed(gone()));
    assert_eq!(bench.add(vec![track("ready", "one"), track("open", "one")]).queued, 1);
    assert_eq!(bench.rows(), "1 failed NotFound, 2 locates");
    bench.tell(id(2), EngineNews::Failed(gone()));
    // Asked for again, it is tried again.
    assert_eq!(bench.add(vec![track("open", "one")]).known, 1);
    assert_eq!(bench.rows(), "1 locates, 2 failed NotFound");
}

#[test]
fn what_the_listener_has_a_file_of_is_skipped_and_said() {
    let mut bench = Bench::new(limits(1, 1));
    let of = |code: &str, is_lossless: bool| Track {
        isrc: Some(code.into()),
        facts: Some(Arc::new(crate::model::Facts { is_lossless, ..crate::model::Facts::default() })),
        ..track("open", &format!("{code} {is_lossless}"))
    };
    let files = [("ZZSEG2600001", "/a.mp3"), ("ZZSEG2600002", "/b.flac")];
    bench.jobs.set_own(
        files.map(|(code, path)| (code.to_owned(), TrackRef::File(path.into()))).into_iter().collect(),
    );
    for (code, is_lossless, expected) in [
        ("ZZSEG2600001", false, (0, 0, 1)),
        ("ZZSEG2600001", true, (1, 1, 0)),
        ("zz-seg-26-00002", true, (0, 0, 1)),
        ("ZZSEG2600003", false, (1, 0, 0)),
    ] {
        let added = bench.add(vec![of(code, is_lossless)]);
        assert_eq!((added.queued, added.better, added.here), expected, "{code} {is_lossless}");
    }
}

#[test]
fn what_is_here_in_lesser_quality_is_queued_and_said() {
    let coded = |track: Track| Track { isrc: Some("FIXYZ2600001".into()), ..track };
    let whole = |track: Track| {
        let facts = Facts { is_lossless: true, ..Facts::default() };
        Track { facts: Some(Arc::new(facts)), ..track }
    };
    let mut bench = Bench::new(limits(1, 1));
    bench.add(vec![coded(track("open", "one"))]);
    bench.finish(id(1));
    // As far as is known no better, and the same from the same place.
    let added = bench.add(vec![coded(track("ready", "uno")), whole(coded(track("open", "one")))]);
    assert_eq!((added.queued, added.here), (0, 2));
    let better = whole(coded(track("ready", "uno")));
    let added = bench.add(vec![better.clone()]);
    assert_eq!((added.queued, added.better, added.here), (1, 1, 0));
    let words = super::super::update::added_words(&added, &better.title);
    assert_eq!(words, "uno is queued for download: better than the one that is here");
    let mut file = file(id(2));
    file.format.codec = "FLAC".into();
    bench.tell(id(2), EngineNews::Done(Box::new(file)));
    let third = whole(coded(track("limited", "eins")));
    assert_eq!(bench.add(vec![third]).here, 1, "now there is one that is as good");
    // The listener's own files count by their kind.
    for (path, here) in [("/music/a.flac", 1), ("/music/a.mp3", 0)] {
        let own = TrackRef::File(path.into());
        let added = bench.add(vec![whole(Track { elsewhere: vec![own], ..track("ready", path) })]);
        assert_eq!((added.here, added.better), (here, 1 - here), "{path}");
    }
}

#[test]
fn a_row_of_an_address_is_called_as_the_file_says() {
    let mut bench = Bench::new(limits(1, 1));
    bench.add(vec![track("open", "8f14e45f")]);
    let learned = Arc::new(Track { title: "Night Ferry".into(), ..track("open", "8f14e45f") });
    bench.tell(id(1), EngineNews::Done(Box::new(FinishedCopy { learned: Some(learned), ..file(id(1)) })));
    assert_eq!(bench.jobs.entries()[0].track.title.as_str(), "Night Ferry");
    assert_eq!(bench.jobs.told(EntryId(1)).unwrap().track.title.as_str(), "Night Ferry");
    let copies: Vec<_> = bench.jobs.copies().map(|copy| copy.track.title.to_string()).collect();
    assert_eq!(copies, ["Night Ferry"]);
}

#[test]
fn failures_wait_longer_each_time_and_what_is_denied_is_not_tried_again() {
    let mut bench = Bench::new(limits(1, 1));
    bench.add(vec![track("open", "a")]);
    let mut waits = Vec::new();
    for _ in 0..4 {
        bench.tell(id(1), EngineNews::Failed(slow()));
        assert_eq!(bench.rows(), "1 failed Network");
        let wait = bench.jobs.wait(EntryId(1)).unwrap();
        waits.push(wait);
        bench.seconds(wait.as_secs() + 1);
        assert_eq!(bench.rows(), "1 locates");
    }
    // Doubling from a second, between half of it and all.
    for (wait, whole) in waits.iter().zip([1_u64, 2, 4, 8]) {
        let whole = Duration::from_secs(whole);
        assert!(*wait >= whole / 2 && *wait <= whole, "{waits:?}");
    }
    // What brought something begins a new row.
    bench.progress(id(1), DownloadState::Fetching, 500);
    bench.tell(id(1), EngineNews::Failed(slow()));
    assert!(bench.jobs.wait(EntryId(1)).unwrap() <= Duration::from_secs(1));
    bench.seconds(2);
    for kind in [FaultKind::Refused, FaultKind::SignInNeeded, FaultKind::NotFound] {
        // Whatever a service says of it.
        let fault = Fault { retry: crate::model::Retry::Later, ..Fault::new(kind, "no") };
        let heals = kind == FaultKind::NotFound;
        bench.tell(id(1), EngineNews::Failed(fault));
        assert_eq!(bench.jobs.wait(EntryId(1)).is_some(), heals, "{kind:?}");
        bench.seconds(3000);
        assert_eq!(bench.runs().is_empty(), !heals, "{kind:?}");
        bench.ask(DownloadCommand::Retry(vec![id(1)]));
        assert_eq!(bench.runs(), [1]);
    }
}

#[test]
fn a_service_that_fails_six_times_in_a_row_is_held_and_others_go_on() {
    let mut bench = Bench::new(limits(2, 2));
    bench.add(some("open", 9));
    for _ in 0..6 {
        let first = bench.running.keys().copied().next().unwrap();
        bench.tell(first, EngineNews::Failed(slow()));
    }
    // One that ran already goes on; nothing is begun.
    assert_eq!(bench.running.len(), 1);
    let last = bench.running.keys().copied().next().unwrap();
    bench.tell(last, EngineNews::Failed(slow()));
    assert_eq!(bench.running.len(), 0);
    assert_eq!(bench.state(id(9)), DownloadState::Held(Hold { reason: HoldReason::Service, fault: slow() }));
    let wait = bench.jobs.wait(EntryId(9)).unwrap();
    assert_eq!(wait, Duration::from_secs(120));
    bench.add(some("ready", 1));
    assert_eq!(bench.runs(), [10], "others go on");
    bench.finish(id(10));
    bench.seconds(119);
    assert_eq!(bench.running.len(), 0);
    bench.seconds(1);
    assert_eq!(bench.running.len(), 1, "one shows whether it works again");
    let probe = bench.running.keys().copied().next().unwrap();
    bench.finish(probe);
    assert_eq!(bench.running.len(), 2, "and then all go on");
}

#[test]
fn a_service_that_says_how_long_is_left_alone_so_long() {
    let mut bench = Bench::new(limits(2, 1));
    bench.add(some("open", 2));
    let limited = Fault { wait_s: Some(40), ..Fault::new(FaultKind::Limited, "Too many requests") };
    bench.tell(id(1), EngineNews::Failed(limited));
    assert_eq!(bench.rows(), "1 held Service, 2 held Service");
    assert_eq!(bench.jobs.wait(EntryId(2)), Some(Duration::from_secs(40)));
    // A restart makes it no shorter.
    let job = bench.jobs.told(EntryId(1)).unwrap();
    let kept = KeptDownloads { jobs: vec![job], last_id: 2, ..KeptDownloads::default() };
    let mut again = Bench::with(Jobs::new(kept, limits(2, 1)));
    again.seconds(1);
    assert_eq!((again.rows().as_str(), again.runs().len()), ("1 held Service", 0));
    assert_eq!(again.jobs.wait(EntryId(1)), Some(Duration::from_secs(39)));
    again.seconds(39);
    assert_eq!(again.runs(), [1]);
    bench.seconds(39);
    assert!(bench.running.is_empty());
    bench.seconds(1);
    assert_eq!(bench.runs(), [1]);
    // Nobody waits a year.
    let forever = Fault { wait_s: Some(31_536_000), ..Fault::new(FaultKind::Limited, "Too many requests") };
    bench.tell(id(1), EngineNews::Failed(forever));
    assert_eq!(bench.jobs.wait(EntryId(2)), Some(Duration::from_secs(600)));
}

#[test]
fn a_full_disk_holds_what_goes_there_and_is_tried_by_one() {
    let mut bench = Bench::new(limits(2, 2));
    bench.add(some("open", 4));
    bench.tell(id(1), EngineNews::Held(full()));
    assert_eq!(bench.rows(), "1 held Space, 2 locates, 3 locates, 4 waits", "smaller ones may find room");
    bench.finish(id(2));
    bench.tell(id(3), EngineNews::Held(full()));
    bench.tell(id(4), EngineNews::Held(full()));
    assert_eq!(bench.rows(), "1 held Space, 2 done, 3 held Space, 4 held Space");
    bench.seconds(29);
    assert!(bench.running.is_empty(), "no try in this time");
    bench.seconds(1);
    assert_eq!(bench.runs(), [1], "one tries");
    bench.tell(id(1), EngineNews::Held(full()));
    assert!(bench.running.is_empty());
    bench.seconds(30);
    assert_eq!(bench.runs(), [3], "and then another one");
    bench.progress(id(3), DownloadState::Fetching, 10);
    bench.seconds(1);
    assert_eq!(bench.runs(), [1, 3]);
}

#[test]
fn one_that_is_too_large_for_the_disk_does_not_bar_the_others() {
    let mut bench = Bench::new(limits(1, 1));
    bench.add(some("open", 3));
    bench.tell(id(1), EngineNews::Held(full()));
    bench.finish(id(2));
    bench.finish(id(3));
    assert_eq!(bench.rows(), "1 held Space, 2 done, 3 done");
    bench.seconds(30);
    assert_eq!(bench.rows(), "1 locates, 2 done, 3 done");
}

#[test]
fn a_pause_stops_and_what_comes_too_late_counts() {
    let mut bench = Bench::new(limits(1, 1));
    bench.add(some("open", 2));
    bench.progress(id(1), DownloadState::Verifying, 1000);
    bench.ask(DownloadCommand::Pause(vec![id(1)]));
    assert_eq!(bench.rows(), "1 paused, 2 waits");
    assert_eq!(bench.runs(), [1], "its place is taken until it has stopped");
    bench.ask(DownloadCommand::Resume(vec![id(1)]));
    bench.tell(id(1), EngineNews::Stopped);
    assert_eq!(bench.runs(), [1]);
    bench.ask(DownloadCommand::Pause(vec![id(1)]));
    bench.finish(id(1));
    assert_eq!(bench.rows(), "1 done, 2 locates");
    // A report of an earlier run changes nothing.
    let before = bench.jobs.clone();
    let stale = EngineReport { id: id(2), run: 0, news: EngineNews::Failed(slow()) };
    assert_eq!(bench.jobs.hear(stale, 7), Vec::new());
    assert_eq!(bench.jobs, before);
    // Taken out while it runs.
    bench.ask(DownloadCommand::Cancel(vec![id(2)]));
    assert_eq!((bench.rows().as_str(), bench.runs()), ("1 done", vec![2]));
    bench.tell(id(2), EngineNews::Stopped);
    assert!(bench.runs().is_empty());
}

#[test]
fn bad_weather_holds_everything_and_its_end_lets_it_go_on() {
    let weathers = [
        (Weather { is_offline: true, ..Weather::default() }, "held NoNetwork"),
        (Weather { is_metered: true, ..Weather::default() }, "held Metered"),
        (Weather { is_quiet: true, ..Weather::default() }, "held QuietHours"),
    ];
    let mut bench = Bench::new(limits(1, 1));
    bench.add(some("open", 1));
    for (weather, held) in weathers {
        let orders = bench.jobs.set_weather(weather);
        bench.take(orders);
        assert_eq!(bench.rows(), format!("1 {held}"));
        bench.tell(id(1), EngineNews::Stopped);
        bench.seconds(100);
        assert!(bench.runs().is_empty());
        let orders = bench.jobs.set_weather(Weather::default());
        bench.take(orders);
        assert_eq!(bench.rows(), "1 locates");
    }
}

#[test]
fn a_restart_finds_everything_as_it_was() {
    let mut bench = Bench::new(limits(9, 9));
    bench.add(some("open", 6));
    bench.ask(DownloadCommand::Pause(vec![id(5)]));
    bench.tell(id(5), EngineNews::Stopped);
    bench.finish(id(1));
    bench.tell(id(2), EngineNews::Failed(Fault::new(FaultKind::NotFound, "It is gone")));
    for _ in 0..2 {
        bench.tell(id(3), EngineNews::Failed(slow()));
        bench.seconds(2);
    }
    bench.tell(id(3), EngineNews::Failed(slow()));
    bench.ask(DownloadCommand::Move { ids: vec![id(6)], to: MoveTo::Top });
    let before = bench.rows();
    let wait = bench.jobs.wait(EntryId(3));
    assert!(wait.is_some());
    // As a library keeps it.
    let mut kept = KeptDownloads { last_id: 6, ..KeptDownloads::default() };
    let mut rows = BTreeMap::new();
    for change in bench.jobs.take_changes() {
        match change {
            DownloadChange::Job { place, job } => drop(rows.insert(place, *job)),
            DownloadChange::Copy(copy) => kept.copies.push(*copy),
            DownloadChange::Gone(_)
            | DownloadChange::Paused(_)
            | DownloadChange::CopyGone(_)
            | DownloadChange::Step { .. }
            | DownloadChange::StandAt(_)
            | DownloadChange::List(_)
            | DownloadChange::ListGone(_) => {}
        }
    }
    kept.jobs = rows.into_values().collect();
    assert_eq!(kept.jobs.len(), 6);
    assert_eq!(bench.jobs.take_changes(), Vec::new());
    let mut again = Bench::with(Jobs::new(kept, limits(9, 9)));
    assert_eq!(again.jobs.wait(EntryId(3)), wait);
    assert_eq!(again.rows(), before.replace("locates", "waits"));
    again.seconds(1);
    assert_eq!(again.add(some("open", 1)).here, 1);
    again.add(some("ready", 1));
    assert_eq!(again.jobs.entries().last().unwrap().id, EntryId(7), "no number is given twice");
}
