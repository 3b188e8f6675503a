//! Downloads in every state.

use std::time::Duration;

use super::house::{House, services, track, usual};
use crate::app::{Action, DownloadStart, EngineNews, EngineReport, Event, JobLimits, Start};
use crate::model::{
    DownloadCommand, DownloadGroup, DownloadId, DownloadJob, DownloadProgress, DownloadState, Fault,
    FaultKind, FinishedCopy, KeptDownloads, ListId, ListSource, Network, OfflineCopy, SampleRate, ServiceId,
    SoundFormat,
};

/// Some are done, some run, some wait, and some do not go on.
pub(super) fn busy(columns: u16, rows: u16) -> House {
    let fault = |kind, words: &str| DownloadState::Failed(Fault::new(kind, words));
    let refused = fault(FaultKind::Refused, "Audius does not let this track be kept");
    let slow = fault(FaultKind::Network, "Audiomack did not answer");
    let rows_kept = [
        ("audius", "Night Ferry", "Ada Cole", DownloadState::Done),
        ("audius", "雨の港", "紙の舟", DownloadState::Waiting),
        ("audiomack", "Harbour Lights", "Lena Ford", DownloadState::Waiting),
        ("audius", "Slow Orbit", "Mara Voss", DownloadState::Paused),
        ("audius", "Members Only", "The Gate", refused),
        ("audiomack", "Northern Line", "Ada Cole", slow),
        ("audius", "Paper Lanterns", "Ada Cole", DownloadState::Waiting),
        ("audius", "Morning Post", "Ada Cole", DownloadState::Waiting),
    ];
    let group = |id: u64| (id > 6).then(|| DownloadGroup { id: 7, title: "Tides".into() });
    let jobs = (1..).zip(rows_kept).map(|(id, (service, title, artist, state))| DownloadJob {
        id: DownloadId(id),
        track: track(service, title, artist, "", 200).into(),
        group: group(id),
        tries: u32::from(matches!(state, DownloadState::Failed(_))),
        wait: Some(Duration::from_secs(42)),
        bytes: if state == DownloadState::Done { 4_200_000 } else { 0 },
        total: (state == DownloadState::Done).then_some(4_200_000),
        state,
    });
    let copy = OfflineCopy {
        track: track("audius", "Night Ferry", "Ada Cole", "", 200).into(),
        file: FinishedCopy {
            path: "/music/Night Ferry.mp3".into(),
            bytes: 4_200_000,
            sha256: String::new(),
            source_sha256: String::new(),
            format: SoundFormat {
                codec: "MP3".into(),
                sample_rate: SampleRate(44_100),
                channels: 2,
                bits: None,
            },
            length: Duration::from_secs(200),
            notes: Vec::new(),
            learned: None,
        },
        pinned: false,
        played_at: None,
    };
    let kept =
        KeptDownloads { jobs: jobs.collect(), last_id: 8, copies: vec![copy], ..KeptDownloads::default() };
    let downloads = DownloadStart {
        kept,
        limits: JobLimits { at_once: 2, per_service: 1, budget_bytes: 0 },
        runs_here: true,
    };
    let start = Start { services: services(), downloads, columns, rows, ..Start::default() };
    let mut house = House::open(start, usual);
    for (id, run, state, bytes) in
        [(2, 1, DownloadState::Fetching, 1_730_000), (3, 2, DownloadState::Verifying, 5_000_000)]
    {
        let progress = DownloadProgress { state, bytes, total: Some(5_000_000), pieces: None };
        let news = EngineNews::Progress(progress);
        house.event(Event::Download(EngineReport { id: DownloadId(id), run, news }));
    }
    house
}

/// The queue without a network: one track has a copy, and it is said why the others are faint.
fn without_network(columns: u16, rows: u16) -> House {
    let mut house = busy(columns, rows);
    let source = ListSource { service: ServiceId::known("audius"), list: ListId("playlist/7".to_owned()) };
    let tracks = vec![
        track("audius", "Night Ferry", "Ada Cole", "", 200),
        track("audius", "Morning Post", "Ada Cole", "", 90),
    ];
    let command = DownloadCommand::KeepList { source: source.clone(), title: "Trip".into() };
    house.event(Event::DownloadsWished { upto: 1, commands: vec![command] });
    house.event(Event::ListRead { source, result: Ok(tracks.clone()), at: 7 });
    house.event(Event::NetworkChanged(Network::Gone));
    house.action(Action::PlayAll { tracks, start: Duration::ZERO });
    house
}

#[test]
fn offline() {
    super::golden::check("offline_queue", |columns, rows| {
        let mut house = without_network(columns, rows);
        house.action(Action::ShowQueue);
        house.action(Action::Bottom);
        house
    });
    super::golden::check("offline_downloads", |columns, rows| {
        let mut house = without_network(columns, rows);
        house.action(Action::ShowDownloads);
        house
    });
}
