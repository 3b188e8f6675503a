//! Every service against the sandbox: the same promises, kept over real HTTP, and nothing told to those
//! whom it does not concern. Product code does not know that the other side is a sandbox.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use segue::catalog::{Catalog, MemoryVault, Surroundings, contract, services};
use segue::config::{HlsSettings, NetworkSettings, ServiceSettings};
use segue::model::{Allowed, FaultKind, Item, Locator, Purpose, Secret, Track, TrackRef};
use segue::net::Net;
use segue::sandbox::{self, Sandbox};
use segue::stream::{Cancel, Open, Streams};
use tokio::runtime::Runtime;

#[path = "contract/audiosocket.rs"]
mod audiosocket;

/// 2026-03-01; nothing here looks at the real clock.
const NOW: u64 = 1_772_323_200;

/// A sandbox with the settings that lead to it.
struct Stage {
    tasks: Runtime,
    sandbox: Sandbox,
    settings: ServiceSettings,
    clock: Arc<AtomicU64>,
}

impl Stage {
    fn new() -> Self {
        let tasks =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let clock = Arc::new(AtomicU64::new(NOW));
        let theirs = Arc::clone(&clock);
        let start = sandbox::start(0, Arc::new(move || theirs.load(Ordering::Relaxed)));
        let sandbox = tasks.block_on(start).unwrap();
        let mut settings = ServiceSettings::default();
        let base = |service: &str| Some(sandbox.base_url(service).parse().unwrap());
        let keys = sandbox.credentials();
        settings.audius.base_url = base("audius");
        settings.audius.app_name = keys.audius.app_name.to_owned();
        settings.audiomack.base_url = base("audiomack");
        settings.audiomack.consumer_key = Secret::new(keys.audiomack.consumer_key);
        settings.audiomack.consumer_secret = Secret::new(keys.audiomack.consumer_secret);
        settings.audiomack.access_token = Secret::new(keys.audiomack.access_token);
        settings.audiomack.access_token_secret = Secret::new(keys.audiomack.access_token_secret);
        settings.yourmusic.base_url = base("yourmusic");
        settings.yourmusic.tenant = keys.yourmusic.tenant.to_owned();
        settings.yourmusic.client_id = Secret::new(keys.yourmusic.client_id);
        settings.yourmusic.client_secret = Secret::new(keys.yourmusic.client_secret);
        settings.yourmusic.user_id = keys.yourmusic.user_id.to_owned();
        settings.yourmusic.device_id = keys.yourmusic.device_id.to_owned();
        settings.audiosocket.base_url = base("audiosocket");
        settings.audiosocket.token = Secret::new(keys.audiosocket.token);
        Self { tasks, sandbox, settings, clock }
    }

    fn net() -> Net {
        Net::new(NetworkSettings { retries: 0, ..NetworkSettings::default() })
    }

    fn services(&self) -> Vec<Arc<dyn Catalog>> {
        let clock = Arc::clone(&self.clock);
        // Any numbers that differ will do for a nonce here.
        let count = AtomicU64::new(0);
        let surroundings = Surroundings {
            unix_time: Arc::new(move || clock.load(Ordering::Relaxed)),
            random: Arc::new(move || u128::from(count.fetch_add(1, Ordering::Relaxed)).to_be_bytes()),
            vault: Arc::new(MemoryVault::default()),
            pages: None,
        };
        services(&self.settings, &Self::net(), &surroundings)
    }

    fn service(&self, name: &str) -> Arc<dyn Catalog> {
        self.services().into_iter().find(|service| service.id().as_str() == name).unwrap()
    }

    /// The tracks of a service's first list.
    fn first_list(&self, service: &dyn Catalog) -> Vec<Track> {
        let list = service.capabilities().lists.first().unwrap().id.clone();
        let page = self.tasks.block_on(service.browse(&list, 0)).unwrap();
        page.items.into_iter().filter_map(Item::into_track).collect()
    }
}

fn id(track: &Track) -> &str {
    match &track.reference {
        TrackRef::Service { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_service_keeps_its_promises() {
    let stage = Stage::new();
    let services = stage.services();
    assert_eq!(services.len(), 4);
    for service in services {
        let broken = stage.tasks.block_on(contract::check(&*service));
        assert!(broken.is_empty(), "{broken:#?}");
    }
    let requests = stage.sandbox.requests();
    let audius: Vec<_> = requests.iter().filter(|line| line.path.starts_with("/audius/")).collect();
    assert!(!audius.is_empty());
    for line in audius {
        assert!(line.query.split('&').any(|pair| pair == "app_name=segue"), "{line:?}");
    }
    for line in &requests {
        // The CDN answers 400 to whoever brings credentials of somewhere else.
        assert!(!(line.path.starts_with("/cdn/") && line.status == 400), "{line:?}");
        assert!(!line.path.contains("/../") && !line.path.contains("%00"), "{line:?}");
        let agent = line.header("user-agent").unwrap_or_default();
        assert!(agent.starts_with("segue/"), "{line:?}");
    }
}

/// What a service says where a track is can be opened, has sound in it, and is asked for without its keys.
#[test]
fn what_is_located_opens() {
    let stage = Stage::new();
    let streams = Streams::new(Stage::net(), HlsSettings::default(), stage.tasks.handle().clone());
    for service in stage.services() {
        let tracks = stage.first_list(&*service);
        let mut opened = 0;
        for track in tracks.iter().filter(|track| track.playable == Allowed::Yes).take(12) {
            let located = match stage.tasks.block_on(service.locate(id(track), Purpose::Listen)) {
                Ok(located) => located,
                Err(error) if error.fault().kind == FaultKind::Refused => continue,
                Err(error) => panic!("{}: {error}", service.name()),
            };
            assert!(!matches!(located, Locator::File(_)));
            let mut media = match streams.open(&located, &Cancel::default(), &Arc::default()) {
                Ok(media) => media,
                // Some services say only here that a track is not for this listener.
                Err(error) if error.fault().kind == FaultKind::Refused => continue,
                Err(error) => panic!("{located:?}: {error}"),
            };
            let mut part = media.next_part().unwrap().unwrap();
            let mut head = [0; 16_384];
            part.bytes.read_exact(&mut head).unwrap();
            assert!(head.iter().any(|byte| *byte != 0));
            opened += 1;
        }
        assert!(opened >= 5, "{}: {opened}", service.name());
    }
    let requests = stage.sandbox.requests();
    let from_cdn: Vec<_> = requests.iter().filter(|line| line.path.starts_with("/cdn/")).collect();
    assert!(from_cdn.len() > 20);
    // The CDN answers 400 where it sees an Authorization header.
    for line in from_cdn {
        assert!(matches!(line.status, 200 | 206 | 302 | 307), "{line:?}");
    }
}

/// Addresses live for seconds at some services: one that ran out is refused, not damaged or retried.
#[test]
fn an_address_that_ran_out_is_refused() {
    let stage = Stage::new();
    let streams = Streams::new(Stage::net(), HlsSettings::default(), stage.tasks.handle().clone());
    let service = stage.service("audiomack");
    let tracks = stage.first_list(&*service);
    let located = tracks
        .iter()
        .find_map(|track| stage.tasks.block_on(service.locate(id(track), Purpose::Listen)).ok())
        .unwrap();
    stage.clock.fetch_add(24 * 3600, Ordering::Relaxed);
    let before = stage.sandbox.requests().len();
    let error = streams.open(&located, &Cancel::default(), &Arc::default()).err().unwrap();
    assert_eq!(error.fault().kind, FaultKind::Refused, "{error}");
    assert_eq!(stage.sandbox.requests().len(), before + 1);
}

#[test]
fn wrong_keys_are_told_as_such() {
    let check = |name: &str, spoil: &dyn Fn(&mut ServiceSettings)| {
        let mut stage = Stage::new();
        spoil(&mut stage.settings);
        let service = stage.service(name);
        let list = service.capabilities().lists.first().unwrap().id.clone();
        let fault = stage.tasks.block_on(service.browse(&list, 0)).unwrap_err().fault();
        assert_eq!(fault.kind, FaultKind::SignInNeeded, "{name}: {fault}");
        assert!(fault.hint.is_some(), "{name}: {fault}");
        assert!(fault.to_string().contains(service.name()), "{fault}");
        assert!(!fault.to_string().contains("wrong-secret"), "{fault}");
    };
    check("audiomack", &|settings| settings.audiomack.consumer_secret = Secret::new("wrong-secret"));
    check("audiomack", &|settings| settings.audiomack.access_token_secret = Secret::new("wrong-secret"));
    check("yourmusic", &|settings| settings.yourmusic.client_secret = Secret::new("wrong-secret"));
    check("audiosocket", &|settings| settings.audiosocket.token = Secret::new("wrong-secret"));
}

/// A service that is not there is the network's fault, with a name in it.
#[test]
fn nobody_there_is_told_as_such() {
    let mut stage = Stage::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    stage.settings.audius.base_url = Some(format!("http://{free}/audius").parse().unwrap());
    let service = stage.service("audius");
    let fault = stage.tasks.block_on(service.ping()).unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::Network, "{fault}");
}
