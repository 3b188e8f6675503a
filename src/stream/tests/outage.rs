//! The network goes away in the middle of a track, and comes back.

use std::sync::Mutex;

use super::http::song;
use super::server::{Asked, Reply, Server};
use super::*;

/// When the network is back, in milliseconds.
const BACK: u64 = 120_000;

/// Coarse steps while nothing but waiting goes on, fine ones where times are measured: until a little after the
/// network went away, and around its return.
fn step(now: u64, gone_at: &AtomicU64) -> u64 {
    let gone_at = gone_at.load(Ordering::SeqCst);
    match now {
        _ if now < gone_at.saturating_add(100) => 1,
        _ if now < BACK - 2_500 => 500,
        _ => 10,
    }
}

fn list(name: &str) -> Reply {
    let mut text = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n".to_owned();
    for number in 0..4 {
        text.extend(["#EXTINF:4.992290,\n", name, &number.to_string(), "\n"]);
    }
    Reply::new(200, "audio/mpegurl", text + "#EXT-X-ENDLIST\n")
}

fn segment(path: &str) -> Reply {
    let number = &path[path.len() - 1..];
    Reply::new(200, "audio/aac", std::fs::read(bundled(&format!("cafe-muller/seg00{number}.aac"))).unwrap())
}

/// The four segments one behind the other.
fn whole() -> Vec<u8> {
    let server = Server::start(|asked, _| if asked.path == "/a" { list("") } else { segment(&asked.path) });
    drain(&mut *Rig::new().http(server.url("/a")).unwrap()).unwrap().remove(0).2
}

/// What a network that is away does to a request, by its number.
type Away = fn(usize) -> Reply;

const AWAY: [(&str, Away); 4] = [
    ("nobody answers", |_| Reply::silent()),
    ("connections are closed", |_| Reply::hang_up()),
    ("now this, now that", |number| if number % 2 == 0 { Reply::silent() } else { Reply::hang_up() }),
    ("an answer stops, then nobody answers", |number| match number {
        0 => Reply::new(200, "audio/x", vec![0; 9000]).stall_after(2000),
        _ => Reply::silent(),
    }),
];

/// A server that is away from the first request on that `is_hit` until the network is back. Says when it answered
/// such a request again.
fn server(
    clock: &Arc<AtomicU64>,
    away: Away,
    is_hit: impl Fn(&Asked, usize) -> bool + Send + Sync + 'static,
    answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Option<u64>>>, Arc<AtomicU64>) {
    let (clock, count, back_at) = (clock.clone(), AtomicU64::new(0), Arc::new(Mutex::new(None)));
    let (told, gone_at) = (back_at.clone(), Arc::new(AtomicU64::new(u64::MAX)));
    let gone = gone_at.clone();
    let server = Server::start(move |asked, number| {
        let has_begun = count.load(Ordering::SeqCst) > 0;
        if has_begun || is_hit(asked, number) {
            let now = clock.load(Ordering::SeqCst);
            if now < BACK {
                gone.fetch_min(now, Ordering::SeqCst);
                return away(usize::try_from(count.fetch_add(1, Ordering::SeqCst)).unwrap());
            }
            told.lock().unwrap().get_or_insert(now);
        }
        answer(asked)
    });
    (server, back_at, gone_at)
}

fn assert_prompt(back_at: &Mutex<Option<u64>>, what: &str) {
    let late = back_at.lock().unwrap().expect(what) - BACK;
    assert!(late <= 2_000, "{what}: asked again {late} ms after the network was back");
}

#[test]
fn two_minutes_without_network_cost_no_segment() {
    for (what, away) in AWAY {
        let clock = Arc::new(AtomicU64::new(0));
        let (server, back_at, gone_at) = server(
            &clock,
            away,
            |asked, _| asked.path == "/2",
            |asked| if asked.path == "/a" { list("") } else { segment(&asked.path) },
        );
        let url = server.url("/a");
        let (heard, notes) = in_time_lapse(
            &clock,
            move |now| step(now, &gone_at),
            move |rig| {
                let heard = drain(&mut *rig.http(url).unwrap()).unwrap();
                (heard, rig.monitor.take_notes())
            },
        );
        assert_prompt(&back_at, what);
        assert_eq!((heard.len(), notes.len()), (1, 0), "{what}: {notes:?}");
        assert_same(&heard[0].2, &whole(), what);
    }
}

#[test]
fn two_minutes_without_network_cost_no_byte() {
    for (what, away) in AWAY.into_iter().take(3) {
        let clock = Arc::new(AtomicU64::new(0));
        let (server, back_at, gone_at) = server(
            &clock,
            away,
            |_, number| number == 1,
            |asked| {
                let reply = Reply::part(asked, "audio/mpeg", &song(300_000));
                if asked.start() == 0 { reply.cut_after(100_000) } else { reply }
            },
        );
        let url = server.url("/song.mp3");
        let bytes = in_time_lapse(
            &clock,
            move |now| step(now, &gone_at),
            move |rig| {
                let mut part = rig.http(url).unwrap().next_part().unwrap().unwrap();
                let mut bytes = Vec::new();
                part.bytes.read_to_end(&mut bytes).map(|_| bytes).unwrap()
            },
        );
        assert_prompt(&back_at, what);
        assert_same(&bytes, &song(300_000), what);
    }
}

#[test]
fn a_network_that_stays_away_is_given_up_after_ten_minutes() {
    let clock = Arc::new(AtomicU64::new(0));
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/a" => list(""),
        "/0" => segment("/0"),
        _ => Reply::silent(),
    });
    let url = server.url("/a");
    let error = in_time_lapse(&clock, |_| 500, move |rig| drain(&mut *rig.http(url).unwrap()).unwrap_err());
    assert!(error.to_string().contains("did not send anything"), "{error}");
    let seconds = clock.load(Ordering::SeqCst) / 1_000;
    assert!((600..640).contains(&seconds), "after {seconds} s");
}

#[test]
fn who_waits_for_the_network_can_go_on_at_once() {
    let clock = Arc::new(AtomicU64::new(0));
    let server = Server::start(|asked, _| match asked.path.as_str() {
        "/a" => list(""),
        "/0" => segment("/0"),
        _ => Reply::silent(),
    });
    let url = server.url("/a");
    let (moved, shown) = (clock.clone(), clock.clone());
    let (error, late) = in_time_lapse(
        &clock,
        |_| 100,
        move |rig| {
            let cancel = rig.cancel.clone();
            let canceller = std::thread::spawn(move || {
                while moved.load(Ordering::SeqCst) < 30_000 {
                    std::thread::yield_now();
                }
                cancel.cancel();
                moved.load(Ordering::SeqCst)
            });
            let error = drain(&mut *rig.http(url).unwrap()).unwrap_err();
            (error, shown.load(Ordering::SeqCst) - canceller.join().unwrap())
        },
    );
    assert!(matches!(error, StreamError::Cancelled), "{error}");
    assert!(late <= 1_000, "{late} ms later");
}

/// What a server answers once.
type Fault = fn() -> Reply;

#[test]
fn another_variant_stands_in_for_one_that_breaks_off() {
    let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000,CODECS=\"mp4a.40.2\"\nhigh.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=5000,CODECS=\"mp4a.40.2\"\nlow.m3u8\n";
    let faults: [(&str, Fault); 5] = [
        ("reset", || Reply::new(200, "audio/aac", vec![0; 9000]).cut_after(5)),
        ("busy", || Reply::new(503, "text/plain", "")),
        ("gone", || Reply::new(404, "text/plain", "")),
        ("refused", || Reply::new(403, "text/plain", "")),
        ("damaged", || Reply::new(200, "audio/aac", "<!doctype html>")),
    ];
    for (what, fault) in faults {
        let clock = Arc::new(AtomicU64::new(0));
        let server = Server::start(move |asked, _| match asked.path.as_str() {
            "/master.m3u8" => Reply::new(200, "audio/mpegurl", master),
            "/high.m3u8" => list("high"),
            "/low.m3u8" => list("low"),
            "/high1" => fault(),
            path => segment(path),
        });
        let url = server.url("/master.m3u8");
        let (heard, notes) = in_time_lapse(
            &clock,
            |_| 100,
            move |rig| {
                let heard = drain(&mut *rig.http(url).unwrap()).unwrap();
                (heard, rig.monitor.take_notes())
            },
        );
        assert_eq!((heard.len(), notes.len()), (1, 0), "{what}: {notes:?}");
        assert_same(&heard[0].2, &whole(), what);
        // It is left alone for a minute.
        assert_eq!((server.count("/low1"), server.count("/high2")), (1, 0), "{what}");
    }
}

#[test]
fn one_segment_that_never_comes_is_hopped() {
    let clock = Arc::new(AtomicU64::new(0));
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/a" => list(""),
        "/1" => Reply::new(503, "text/plain", ""),
        path => segment(path),
    });
    let url = server.url("/a");
    let (heard, notes) = in_time_lapse(
        &clock,
        |_| 100,
        move |rig| {
            let heard = drain(&mut *rig.http(url).unwrap()).unwrap();
            (heard, rig.monitor.take_notes())
        },
    );
    assert_eq!(heard.iter().map(|(at, ..)| at.as_secs()).collect::<Vec<_>>(), [0, 9]);
    assert!(matches!(notes.as_slice(), [StreamError::MissingSegment { number: 2, .. }]), "{notes:?}");
    let seconds = clock.load(Ordering::SeqCst) / 1_000;
    assert!(seconds < 60, "hopped after {seconds} s");
}
