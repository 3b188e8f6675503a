//! Lists that are kept offline, and the budget.

use super::*;
use crate::model::{Allowed, DownloadChange, KeptDownloads, KeptList, OfflineCopy, ServiceId, TrackRef};

const DAY: u64 = 86_400;

fn source(list: &str) -> ListSource {
    ListSource { service: ServiceId::known("open"), list: crate::model::ListId(list.to_owned()) }
}

fn keep(bench: &mut Bench, list: &str) {
    bench.ask(DownloadCommand::KeepList { source: source(list), title: list.into() });
}

fn read(bench: &mut Bench, list: &str, titles: &[&str], at: u64) {
    let tracks = titles.iter().map(|title| track("open", title)).collect();
    let orders = bench.jobs.list_read(&source(list), tracks, at);
    bench.take(orders);
}

fn finish_all(bench: &mut Bench) {
    while let Some(id) = bench.running.keys().next().copied() {
        bench.finish(id);
    }
}

fn words(bench: &Bench) -> String {
    travel_words(&bench.jobs.travel_check())
}

fn bench(budget_bytes: u64) -> Bench {
    Bench::new(JobLimits { at_once: 1, per_service: 1, budget_bytes })
}

#[test]
fn copies_stay_in_step_with_their_list() {
    let mut bench = bench(0);
    assert_eq!(words(&bench), "Nothing is kept offline yet");
    keep(&mut bench, "mix");
    assert_eq!(
        (bench.read.as_slice(), words(&bench).as_str()),
        ([source("mix")].as_slice(), "What is kept offline has not been read yet")
    );
    read(&mut bench, "mix", &["a", "b", "c", "a"], 100);
    assert_eq!(
        (bench.rows().as_str(), words(&bench).as_str()),
        ("1 locates, 2 waits, 3 waits", "3 of 3 are not yet here")
    );
    bench.finish(id(1));
    assert_eq!(words(&bench), "2 of 3 are not yet here");
    finish_all(&mut bench);
    assert_eq!(words(&bench), "All 3 that are kept offline are here");
    assert!(bench.jobs.copies().all(|copy| copy.pinned));

    // What is new comes; what was taken out stays for a while, and comes back without being copied again.
    read(&mut bench, "mix", &["d", "a"], 100 + DAY);
    assert_eq!((bench.rows().as_str(), bench.removed.len()), ("1 done, 2 done, 3 done, 4 locates", 0));
    finish_all(&mut bench);
    read(&mut bench, "mix", &["d", "a", "b"], 100 + 2 * DAY);
    read(&mut bench, "mix", &["d", "a", "b"], 100 + 8 * DAY - 1);
    assert_eq!(bench.removed.len(), 0);
    read(&mut bench, "mix", &["d", "a", "b"], 100 + 8 * DAY);
    assert_eq!(
        (bench.removed.as_slice(), bench.rows().as_str()),
        (["/music/3.mp3".into()].as_slice(), "1 done, 2 done, 4 done")
    );
    assert_eq!(words(&bench), "All 3 that are kept offline are here");
    // A clock that goes back takes nothing away.
    read(&mut bench, "mix", &["d"], 100 + 9 * DAY);
    read(&mut bench, "mix", &["d"], 5);
    assert_eq!(bench.removed.len(), 1);
}

#[test]
fn two_lists_hold_what_one_of_them_lets_go() {
    let mut bench = bench(0);
    keep(&mut bench, "mix");
    keep(&mut bench, "tape");
    read(&mut bench, "mix", &["a", "b"], 1);
    read(&mut bench, "tape", &["b"], 1);
    finish_all(&mut bench);
    read(&mut bench, "mix", &[], 1);
    read(&mut bench, "mix", &[], 1 + 8 * DAY);
    assert_eq!(bench.removed, [PathBuf::from("/music/1.mp3")]);
    // Kept no longer: the copy stays, as any other.
    bench.ask(DownloadCommand::LeaveList(source("tape")));
    assert_eq!(bench.removed.len(), 1);
    assert!(bench.jobs.copies().all(|copy| !copy.pinned) && bench.jobs.copies().count() == 1);
}

#[test]
fn what_may_not_be_kept_is_told_and_what_was_cancelled_comes_again() {
    let mut bench = bench(0);
    keep(&mut bench, "mix");
    let bought = Track { keepable: Allowed::No("only for buyers".into()), ..track("open", "bought") };
    let own = Track::new(TrackRef::File("/music/own.mp3".into()), "own");
    let all = vec![bought, own, track("open", "a")];
    let orders = bench.jobs.list_read(&source("mix"), all.clone(), 1);
    bench.take(orders);
    assert_eq!(words(&bench), "1 of 3 are not yet here, and 1 may not be kept");
    bench.ask(DownloadCommand::Cancel(vec![id(1)]));
    bench.tell(id(1), EngineNews::Stopped);
    assert_eq!(bench.rows(), "");
    let orders = bench.jobs.list_read(&source("mix"), all.clone(), 2);
    bench.take(orders);
    assert_eq!(bench.rows(), "2 locates");
    // What is denied is not asked for again and again.
    bench.tell(id(2), EngineNews::Failed(Fault::new(FaultKind::Refused, "no")));
    let orders = bench.jobs.list_read(&source("mix"), all, 3);
    bench.take(orders);
    assert_eq!((bench.rows().as_str(), bench.runs().len()), ("2 failed Refused", 0));
}

#[test]
fn lists_come_back_as_they_were_kept() {
    let mut bench = bench(0);
    keep(&mut bench, "mix");
    read(&mut bench, "mix", &["a", "b"], 7);
    finish_all(&mut bench);
    let mut lists: Vec<KeptList> = Vec::new();
    let mut copies: Vec<OfflineCopy> = Vec::new();
    for change in bench.jobs.take_changes() {
        match change {
            DownloadChange::List(list) => lists = vec![*list],
            DownloadChange::Copy(copy) => copies.push(*copy),
            _ => {}
        }
    }
    let kept = KeptDownloads { copies, lists, ..KeptDownloads::default() };
    let again = Bench::with(Jobs::new(kept, JobLimits::default()));
    assert_eq!(words(&again), "All 2 that are kept offline are here");
    assert_eq!(again.jobs.read_lists(), [JobOrder::Read(source("mix"))]);
}

/// Every copy of the bench has 1000 bytes.
#[test]
fn what_was_played_longest_ago_makes_room() {
    let mut bench = bench(3500);
    bench.add(some("open", 3));
    finish_all(&mut bench);
    for heard in ["open1", "open0"] {
        let reference = track("open", heard).reference;
        bench.jobs.is_heard(&reference);
    }
    bench.add(some("ready", 2));
    assert_eq!((bench.removed.clone(), bench.runs()), (vec![PathBuf::from("/music/2.mp3")], vec![4]));
    bench.finish(id(4));
    assert_eq!(bench.removed, [PathBuf::from("/music/2.mp3"), PathBuf::from("/music/1.mp3")]);
    bench.finish(id(5));
    // Nothing is left that was heard: what was not stays, and the rest is held in words.
    bench.add(vec![track("shut", "more")]);
    assert_eq!((bench.rows().ends_with("6 held Budget"), bench.removed.len()), (true, 2), "{}", bench.rows());
    let DownloadState::Held(hold) = bench.state(id(6)) else { panic!("{}", bench.rows()) };
    assert!(hold.fault.to_string().contains("downloads.budget_megabytes"), "{}", hold.fault);
    assert!(!bench.jobs.is_busy(10), "nobody waits for that");
    let heard = track("ready", "ready0").reference;
    bench.jobs.is_heard(&heard);
    bench.seconds(31);
    assert_eq!((bench.runs(), bench.removed.len()), (vec![6], 3));
}

#[test]
fn kept_lists_do_not_make_room_and_smaller_ones_go_on() {
    let mut bench = bench(2500);
    keep(&mut bench, "mix");
    read(&mut bench, "mix", &["a", "b"], 1);
    finish_all(&mut bench);
    for title in ["a", "b"] {
        let reference = track("open", title).reference;
        bench.jobs.is_heard(&reference);
    }
    bench.add(some("ready", 1));
    assert_eq!((bench.removed.len(), bench.rows().as_str()), (0, "1 done, 2 done, 3 held Budget"));
    // One that turns out too large while it runs stops; what is paused and resumed is looked at again.
    let mut bench = Bench::new(JobLimits { at_once: 2, per_service: 2, budget_bytes: 20_000_000 });
    bench.add(some("open", 2));
    assert_eq!(bench.runs(), [1, 2]);
    let huge =
        DownloadProgress { state: DownloadState::Fetching, bytes: 10, total: Some(19_000_000), pieces: None };
    bench.tell(id(1), EngineNews::Progress(huge));
    assert!(bench.running[&id(1)].1, "it was told to stop");
    bench.tell(id(1), EngineNews::Stopped);
    assert_eq!(bench.rows(), "1 held Budget, 2 locates");
    bench.finish(id(2));
    bench.seconds(31);
    assert_eq!(bench.rows(), "1 locates, 2 done");
}

#[test]
fn what_found_no_room_by_a_guess_begins_once_more_is_known() {
    // A track is taken to need eight megabytes as long as nothing is known.
    let mut bench = Bench::new(JobLimits { at_once: 3, per_service: 3, budget_bytes: 12_000_000 });
    bench.add(some("open", 3));
    assert_eq!(bench.rows(), "1 locates, 2 held Budget, 3 held Budget");
    bench.progress(id(1), DownloadState::Fetching, 10);
    assert_eq!(bench.rows(), "1 fetches, 2 locates, 3 held Budget");
    bench.finish(id(1));
    assert_eq!(bench.rows(), "1 done, 2 locates, 3 locates");
}

#[test]
fn an_ended_sign_in_holds_its_service_until_there_is_another() {
    let mut bench = Bench::new(JobLimits { at_once: 2, per_service: 1, budget_bytes: 0 });
    bench.add(some("open", 2));
    bench.add(some("ready", 1));
    let fault = Fault::new(FaultKind::SignInNeeded, "The sign-in at Open has ended").hint("Sign in again");
    bench.tell(id(1), EngineNews::Held(Hold { reason: HoldReason::SignIn, fault }));
    assert_eq!(bench.rows(), "1 held SignIn, 2 held SignIn, 3 locates");
    bench.finish(id(3));
    bench.seconds(10_000);
    assert_eq!((bench.runs().len(), bench.jobs.is_busy(10), bench.jobs.is_ticking()), (0, false, false));
    let orders = bench.jobs.signed_in(&ServiceId::known("ready"));
    bench.take(orders);
    assert_eq!(bench.runs().len(), 0);
    let orders = bench.jobs.signed_in(&ServiceId::known("open"));
    bench.take(orders);
    assert_eq!(bench.rows(), "1 locates, 2 waits, 3 done");
}

#[test]
fn a_network_that_went_counts_as_no_services_failure() {
    let mut bench = Bench::new(JobLimits { at_once: 3, per_service: 3, budget_bytes: 0 });
    bench.add(some("open", 3));
    for number in [1, 2] {
        bench.tell(id(number), EngineNews::Failed(slow()));
    }
    let orders = bench.jobs.set_weather(Weather { is_offline: true, ..Weather::default() });
    bench.take(orders);
    bench.tell(id(3), EngineNews::Failed(slow()));
    assert_eq!(bench.rows(), "1 held NoNetwork, 2 held NoNetwork, 3 held NoNetwork");
    let orders = bench.jobs.set_weather(Weather::default());
    bench.take(orders);
    assert_eq!(bench.runs(), [1, 2, 3], "all at once, however long they would have waited");
}
