//! Without a network: what is held, found, passed over and told; and what goes on when there is one again.

use std::sync::Arc;

use super::*;
use crate::app::downloads::tests::file;
use crate::app::{DownloadStart, Silence, Weather};
use crate::model::{DownloadId, KeptDownloads, Network, OfflineCopy};

fn copy(title: &str) -> OfflineCopy {
    let track = Arc::new(track("open", title));
    OfflineCopy { track, file: file(DownloadId(9)), pinned: false, played_at: None }
}

/// A program with copies of these of the service `open`.
fn with_copies(titles: &[&str]) -> Run {
    let kept = KeptDownloads {
        copies: titles.iter().map(|title| copy(title)).collect(),
        ..KeptDownloads::default()
    };
    let downloads = DownloadStart { kept, runs_here: true, ..DownloadStart::default() };
    Run::new(Start { services: services(), downloads, ..Start::default() })
}

fn offline(run: &mut Run) {
    run.send(Msg::Event(Event::NetworkChanged(Network::Gone)));
}

#[test]
fn the_key_and_the_network_hold_downloads_and_let_them_go_on() {
    let mut run = with_copies(&[]);
    let is_offline = |run: &Run| run.state.downloads.jobs.weather().is_offline;
    run.step(Step::Do(Action::ToggleOffline));
    assert_eq!(run.effects.first(), Some(&Effect::GoOffline(true)));
    assert_eq!((run.state.network, is_offline(&run)), (Network::Off, true));
    // What the wire says to it is no news.
    run.send(Msg::Event(Event::NetworkChanged(Network::Off)));
    assert_eq!(run.effects, Vec::new());
    // Quiet hours end: there is still no network.
    run.send(Msg::Event(Event::DownloadWeather(Weather { is_quiet: true, ..Weather::default() })));
    run.send(Msg::Event(Event::DownloadWeather(Weather::default())));
    assert!(is_offline(&run));
    run.step(Step::Do(Action::ToggleOffline));
    assert_eq!(run.effects.first(), Some(&Effect::GoOffline(false)));
    assert!(!is_offline(&run) && run.asked().contains("send"), "{}", run.asked());
    offline(&mut run);
    assert!(run.state.notices.latest().unwrap().words.as_str().starts_with("There is no network"));
    run.send(Msg::Event(Event::NetworkChanged(Network::Trying)));
    assert!(!is_offline(&run) && run.state.network.is_missed());
    let downloads = DownloadStart { runs_here: true, ..DownloadStart::default() };
    let begun = Run::new(Start { offline: true, downloads, ..Start::default() });
    assert_eq!((begun.state.network, is_offline(&begun)), (Network::Off, true));
}

#[test]
fn the_queue_passes_over_what_cannot_be_heard() {
    let mut run = with_copies(&["b", "d"]);
    offline(&mut run);
    let all = tracks("a b c d e");
    assert!(run.state.is_out_of_reach(&all[0]) && !run.state.is_out_of_reach(&all[1]));
    run.step(Step::Do(Action::PlayAll { tracks: all, start: Duration::ZERO }));
    assert_eq!(run.state.why_silent(), Some(Silence::Offline));
    // Asked for, it is tried, and says at once why not; then the next that is here plays, from its file.
    run.step(Step::NotLocated(Fault::new(FaultKind::Network, "There is no network")));
    assert!(run.asked().contains("locate /music/9.mp3"), "{}", run.asked());
    assert_eq!(run.state.playing_row(), Some(1));
    assert_ne!(run.state.why_silent(), Some(Silence::Offline));
    run.step(Step::Do(Action::Next));
    assert_eq!(run.state.playing_row(), Some(3));
    assert_eq!(run.state.row_after(false), Some(4), "where nothing is here, the next one says why");
    run.send(Msg::Event(Event::NetworkChanged(Network::There)));
    run.step(Step::Do(Action::Previous));
    assert_eq!(run.state.row_after(false), Some(run.state.playing_row().unwrap() + 1));
}

#[test]
fn an_own_file_of_the_recording_is_heard_without_a_network() {
    let coded = |title: &str, code: &str| Track { isrc: Some(code.into()), ..track("open", title) };
    let tracks = vec![coded("a", "ZZSEG2600001"), coded("b", "ZZSEG2600002")];
    let mut services = services();
    services.iter_mut().find(|info| info.capabilities.is_local).unwrap().capabilities.search =
        vec![Kind::Track];
    let mut run = Run::new(Start { services, ..Start::default() });
    let own = [("ZZSEG2600001".to_owned(), TrackRef::File("/music/own.flac".into()))];
    run.send(Msg::Event(Event::OwnCodes(own.into_iter().collect())));
    offline(&mut run);
    assert!(!run.state.is_out_of_reach(&tracks[0]) && run.state.is_out_of_reach(&tracks[1]));
    run.step(Step::Do(Action::PlayAll { tracks, start: Duration::ZERO }));
    run.step(Step::NotLocated(Fault::new(FaultKind::Network, "There is no network")));
    assert!(run.asked().contains("find a at files"), "{}", run.asked());
    let own = Track { reference: TrackRef::File("/music/own.flac".into()), ..track("open", "a") };
    let found = Some(Box::new((own, crate::app::Likeness::Code)));
    let play_id = run.newest;
    run.send(Msg::Event(Event::RecordingFound { play_id, found }));
    assert!(run.asked().contains("locate /music/own.flac"), "{}", run.asked());
}

#[test]
fn a_search_finds_the_copies_and_asks_again_when_there_is_a_network() {
    let mut run = with_copies(&["Night Ferry", "Harbour Lights"]);
    offline(&mut run);
    run.step(Step::Keys("g s n i g f e r <Enter>"));
    let titles =
        |run: &Run| run.state.search.rows.iter().map(|row| row.item.title().to_string()).collect::<Vec<_>>();
    assert_eq!(titles(&run), ["Night Ferry"]);
    for service in ["open", "ready", "files"] {
        run.step(Step::Found(service, Err(Fault::new(FaultKind::Network, "There is no network"))));
    }
    assert_eq!(titles(&run), ["Night Ferry"]);
    run.send(Msg::Event(Event::NetworkChanged(Network::There)));
    assert!(run.asked().contains("search open \"nigfer\""), "{}", run.asked());
    assert_eq!(titles(&run), [""; 0], "they come from their services now");
}

#[test]
fn a_list_is_kept_offline_by_a_key_and_read_when_it_can_be() {
    let mut run = with_copies(&["a"]).steps([Step::Keys("2"), Step::Browsed(Ok(page(tracks("a b"), false)))]);
    run.step(Step::Keys("g K"));
    assert!(run.asked().contains("read files/music"), "{}", run.asked());
    let Some(source) = run.state.downloads.jobs.lists().first().map(|list| list.source.clone()) else {
        panic!("nothing is kept");
    };
    let result = Ok(tracks("a b"));
    run.send(Msg::Event(Event::ListRead { source: source.clone(), result, at: 7 }));
    assert!(run.asked().contains("fetch b"), "{}", run.asked());
    assert!(run.state.notices.latest().unwrap().words.as_str().ends_with("1 of 2 are not yet here"));
    // Without a network nobody is asked; with one again, everything is read.
    run.send(Msg::Event(Event::NetworkChanged(Network::Off)));
    run.step(Step::Keys("g T"));
    assert!(!run.asked().contains("read"), "{}", run.asked());
    assert!(run.state.notices.latest().unwrap().words.as_str().starts_with("1 of 2 are not yet here"));
    run.send(Msg::Event(Event::NetworkChanged(Network::There)));
    assert!(run.asked().contains(&format!("read {source}")), "{}", run.asked());
    run.step(Step::Keys("g K"));
    assert_eq!(run.state.downloads.jobs.lists(), []);
}

/// A program with a copy of `a` of the service `open`, playing the same recording of the service `ready`.
fn same_recording(is_lossless: bool, is_offline: bool) -> Run {
    let coded = |track: Track| Track { isrc: Some("ZZSEG2600003".into()), ..track };
    let kept = OfflineCopy { track: Arc::new(coded(track("open", "a"))), ..copy("a") };
    let kept = KeptDownloads { copies: vec![kept], ..KeptDownloads::default() };
    let downloads = DownloadStart { kept, runs_here: true, ..DownloadStart::default() };
    let mut run = Run::new(Start { services: services(), downloads, ..Start::default() });
    if is_offline {
        offline(&mut run);
    }
    let facts = Some(Arc::new(crate::model::Facts { is_lossless, ..crate::model::Facts::default() }));
    let other = Track { facts, ..coded(track("ready", "b")) };
    assert!(!run.state.is_out_of_reach(&other));
    let tracks = vec![other, track("ready", "next")];
    run.step(Step::Do(Action::PlayAll { tracks, start: Duration::ZERO }));
    run
}

#[test]
fn a_copy_is_heard_under_every_name_of_its_recording() {
    for (is_lossless, is_offline) in [(false, false), (false, true), (true, true)] {
        let run = same_recording(is_lossless, is_offline);
        assert!(run.asked().contains("locate /music/9.mp3"), "{}", run.asked());
        // Nobody is told either.
        let run = run.steps([Step::Located, Step::Started]);
        assert!(!run.asked().contains("listened"), "{}", run.asked());
        let played: Vec<_> = run.state.downloads.jobs.copies().map(|copy| copy.played_at).collect();
        assert_eq!(played, [Some(1)]);
    }
    // While the source can be reached, nothing of the sound is left out.
    let run = same_recording(true, false);
    assert!(run.asked().contains("locate ready:track:b"), "{}", run.asked());
    let run = run.steps([Step::Located, Step::Started]);
    assert!(run.asked().contains("listened"), "{}", run.asked());
    // What fails there is no fault of a copy.
    let damaged = || Fault::new(FaultKind::Damaged, "It is damaged");
    let run = run.steps([Step::Failed(damaged())]);
    assert_eq!(run.state.downloads.jobs.copies().count(), 1);
    let run = same_recording(false, false).steps([Step::Located, Step::Failed(damaged())]);
    assert_eq!(run.state.downloads.jobs.copies().count(), 0);
    assert!(run.asked().contains("locate ready:track:b"), "{}", run.asked());
}
