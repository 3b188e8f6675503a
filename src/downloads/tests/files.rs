//! Files that come as one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;

#[test]
fn a_file_comes_whole_under_its_name_and_leaves_nothing_else() {
    use DownloadState::{Done, Fetching, Locating, Verifying};
    let (rig, whole) = (Rig::new(), noise(3_000_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let desk = Rig::desk(vec![http(server.url("/track?signature=secret"))]);
    let copy = rig.copy(&rig.wanted(), bare(), &desk).unwrap();
    assert_eq!(rig.files(), ["Ada Cole/Tides/01 Night Ferry.wav"]);
    assert!(fs::read(&copy.path).unwrap() == whole);
    assert_eq!((copy.sha256.as_str(), copy.bytes), (sha256(&whole).as_str(), whole.len() as u64));
    assert_eq!(copy.source_sha256, copy.sha256);
    assert_eq!(copy.length.as_secs(), 17, "3,000,000 bytes of 176,400 a second");
    assert_eq!(server.log().len(), 1);
    assert_eq!(*desk.states.lock().unwrap(), [Locating, Fetching, Verifying, Done]);
}

#[test]
fn a_long_file_is_decoded_while_it_comes() {
    let (rig, whole) = (Rig::new(), Arc::new(noise(5_000_000)));
    let gate = Arc::new(Barrier::new(2));
    let (body, waits) = (whole.clone(), gate.clone());
    // The rest comes once somebody decodes.
    let server = Server::start(move |asked, _| {
        let mut reply = ranged(asked, &body, "\"a\"");
        reply.body.truncate(1 << 20);
        Reply { rest: Some((body.clone(), 1 << 20)), gate: Some(waits.clone()), ..reply }
    });
    let desk = Desk { gate: Some(gate), ..Rig::desk(vec![http(server.url("/a"))]) };
    let copy = rig.copy(&rig.wanted(), bare(), &desk).unwrap();
    assert!(fs::read(&copy.path).unwrap() == *whole);
    assert_eq!((copy.length.as_secs(), server.log().len()), (28, 1));
}

#[test]
fn a_stopped_copy_goes_on_at_another_address_from_the_byte_it_had() {
    let (rig, whole) = (Rig::new(), noise(6_000_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let desk = Desk { stop_at: Some(2_500_000), ..Rig::desk(vec![http(server.url("/one?s=1"))]) };
    assert_eq!(rig.copy(&rig.wanted(), bare(), &desk), Err(Stop::Cancelled));
    assert_eq!(rig.files(), [".segue-1.part", ".segue-1.part.control"]);
    let desk = Rig::desk(vec![http(server.url("/two?s=2"))]);
    let copy = rig.copy(&rig.wanted(), bare(), &desk).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
    let log = server.log();
    assert_eq!(
        (log.len(), log[1].path.as_str(), log[1].headers["if-range"].as_str()),
        (2, "/two?s=2", "\"a\"")
    );
    assert!(log[1].start() >= 2_500_000, "{}", log[1].start());
}

#[test]
fn a_line_that_breaks_every_megabyte_costs_no_byte_twice() {
    let (rig, whole) = (Rig::new(), noise(6_000_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\"").cut_after(1_000_000));
    let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
    let starts: Vec<usize> = server.log().iter().map(Asked::start).collect();
    assert_eq!(starts, [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000]);
}

/// A server that sends the first mebibyte and goes on when somebody asks for another stretch, which it gives, or denies.
fn slow_server(whole: &[u8], denies: bool) -> Server {
    let (whole, gate) = (Arc::new(whole.to_vec()), Arc::new(Barrier::new(2)));
    Server::start(move |asked, number| match number {
        0 => {
            let mut reply = ranged(asked, &whole, "\"a\"");
            reply.body.truncate(1 << 20);
            Reply { rest: Some((whole.clone(), 1 << 20)), gate: Some(gate.clone()), ..reply }
        }
        1 if denies => Reply { gate: Some(gate.clone()), ..Reply::new(429, "text/plain", "") },
        1 => Reply { gate: Some(gate.clone()), ..ranged(asked, &whole, "\"a\"") },
        _ => ranged(asked, &whole, "\"a\""),
    })
}

fn lanes(connections: u8) -> Rules {
    Rules { connections, look: Duration::from_millis(20), ..bare() }
}

#[test]
fn a_further_connection_fetches_what_the_first_is_slow_with() {
    let (rig, whole) = (Rig::new(), noise(21_000_000));
    let server = slow_server(&whole, false);
    let desk = Desk { stop_at: Some(9_000_000), ..Rig::desk(vec![http(server.url("/a"))]) };
    assert_eq!(rig.copy(&rig.wanted(), lanes(2), &desk), Err(Stop::Cancelled));
    let log = server.log();
    assert_eq!(log[1].start(), whole.len() - (4 << 20), "from the end");
    // What lies between is fetched when it goes on.
    let desk = Rig::desk(vec![http(server.url("/a"))]);
    let copy = rig.copy(&rig.wanted(), lanes(1), &desk).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
    assert!(server.log().len() <= log.len() + 2, "a request a gap");
}

#[test]
fn a_server_that_denies_a_further_connection_is_left_with_one() {
    let (rig, whole) = (Rig::new(), noise(21_000_000));
    let server = slow_server(&whole, true);
    let copy = rig.copy(&rig.wanted(), lanes(2), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
    assert_eq!(server.log().len(), 2);
}

#[test]
fn a_small_file_takes_one_connection_whatever_the_rules() {
    let (rig, whole) = (Rig::new(), noise(2_000_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let desk = Rig::desk(vec![http(server.url("/a"))]);
    let copy = rig.copy(&rig.wanted(), lanes(4), &desk).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
    assert_eq!(server.log().len(), 1);
}

#[test]
fn the_same_name_is_given_once() {
    let (rig, whole) = (Rig::new(), noise(100_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    for (id, title) in [(1, "Café"), (2, "CAFÉ"), (3, "Cafe\u{301}")] {
        let desk = Rig::desk(vec![http(server.url("/a"))]);
        rig.copy(&wanted(rig.folder.path(), id, title), bare(), &desk).unwrap();
    }
    let expected = ["01 CAFÉ (2).wav", "01 Café (3).wav", "01 Café.wav"];
    let expected: Vec<String> = expected.iter().map(|name| format!("Ada Cole/Tides/{name}")).collect();
    assert_eq!(rig.files(), expected);
}

#[test]
fn what_may_not_be_kept_is_not_asked_for() {
    let rig = Rig::new();
    let mut wanted = rig.wanted();
    wanted.track.keepable = crate::model::Allowed::No("only to be streamed".into());
    let desk = Rig::desk(Vec::new());
    let Err(Stop::Failed(fault)) = rig.copy(&wanted, bare(), &desk) else { panic!() };
    assert_eq!((fault.kind, fault.retry), (FaultKind::Refused, Retry::Never));
    assert_eq!(fault.message.as_str(), "Night Ferry may not be kept: only to be streamed");
    assert_eq!(desk.located.load(Ordering::SeqCst), 0);
    assert_eq!(rig.files(), Vec::<String>::new());
}

#[test]
fn an_address_that_runs_out_is_asked_for_again() {
    let (rig, whole) = (Rig::new(), noise(5_000_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| {
        let is_over = asked.path == "/old" && asked.start() > 0;
        if is_over {
            Reply::new(403, "text/plain", "expired")
        } else {
            ranged(asked, &body, "\"a\"").cut_after(2_000_000)
        }
    });
    let desk = Rig::desk(vec![http(server.url("/old")), http(server.url("/new"))]);
    let copy = rig.copy(&rig.wanted(), bare(), &desk).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
    assert_eq!(desk.located.load(Ordering::SeqCst), 2);
    // One that is refused at once is refused for good after another look.
    let desk = Rig::desk(vec![http(server.url("/a"))]);
    let gone = Server::start(|_, _| Reply::new(404, "text/plain", ""));
    let Err(Stop::Failed(fault)) = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(gone.url("/a"))]))
    else {
        panic!()
    };
    assert_eq!((fault.kind, fault.retry, gone.log().len()), (FaultKind::NotFound, Retry::Never, 2));
    drop(desk);
}

#[test]
fn a_limit_is_handed_on_with_its_wait() {
    let rig = Rig::new();
    let server = Server::start(|_, _| Reply::new(429, "text/plain", "").header("Retry-After", "42"));
    let desk = Rig::desk(vec![http(server.url("/a"))]);
    let Err(Stop::Failed(fault)) = rig.copy(&rig.wanted(), bare(), &desk) else { panic!() };
    assert_eq!((fault.kind, fault.retry, fault.wait_s), (FaultKind::Limited, Retry::Later, Some(42)));
    assert_eq!(server.log().len(), 1);
}

#[test]
fn a_checksum_that_differs_is_given_one_fresh_try() {
    let (rig, whole) = (Rig::new(), noise(300_000));
    let mut spoilt = whole.clone();
    spoilt[200_000] ^= 1;
    let good = sha256(&whole);
    let strong = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&whole)));
    let old = STANDARD.encode(md5::Md5::digest(&whole));
    let headers = [("Repr-Digest", strong), ("Content-MD5", old)];
    for (id, (times, fetched)) in [(1, true), (2, false), (1, true), (2, false)].into_iter().enumerate() {
        let (whole, spoilt) = (whole.clone(), spoilt.clone());
        let (name, value) = headers[id / 2].clone();
        let server = Server::start(move |asked, number| {
            // The whole, as MD5 is of what comes with it.
            let asked = Asked {
                headers: asked.headers.clone().into_iter().filter(|(name, _)| name != "range").collect(),
                ..asked.clone()
            };
            ranged(&asked, if number < times { &spoilt } else { &whole }, "\"a\"").header(name, value.clone())
        });
        let mut wanted = rig.wanted();
        wanted.id = DownloadId(id as u64 + 1);
        let result = rig.copy(&wanted, bare(), &Rig::desk(vec![http(server.url("/a"))]));
        assert_eq!(server.log().len(), 2);
        match result {
            Ok(copy) => assert!(fetched && copy.source_sha256 == good),
            Err(Stop::Failed(fault)) => {
                assert!(!fetched && fault.retry == Retry::Never, "{fault:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(rig.files().iter().filter(|name| name.ends_with(".wav")).count(), 2);
}

#[test]
fn half_a_track_is_no_track() {
    let rig = Rig::new();
    let body = noise(500_000);
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let mut wanted = rig.wanted();
    wanted.track.length = Some(Duration::from_secs(200));
    let Err(Stop::Failed(fault)) = rig.copy(&wanted, bare(), &Rig::desk(vec![http(server.url("/a"))])) else {
        panic!()
    };
    assert_eq!(fault.message.as_str(), "What came plays 2.8 s where 200.0 s were promised");
    assert!(!rig.files().iter().any(|name| name.ends_with(".wav")));
}
