//! Streams that grow while they are played, by a clock that the test moves.

use std::sync::Mutex;

use super::server::{Reply, Server};
use super::*;

/// Seconds of a segment, and the target duration.
const LONG: u64 = 5;

/// The list at a time in milliseconds: the last ten of the segments made so far, the first ten at 0; complete when
/// `count` are made.
fn list(now: u64, count: u64) -> String {
    let end = (10 + now / (LONG * 1_000)).min(count);
    let first = end - 10;
    let mut text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:{LONG}\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
    for number in first..end {
        text.extend([format!("#EXTINF:{LONG},\n{number}\n")]);
    }
    if end == count { text + "#EXT-X-ENDLIST\n" } else { text }
}

/// Serves such a stream, where `fault` goes first; it is told what number a reload has. Logs when lists were asked for.
fn server(
    clock: &Arc<AtomicU64>,
    count: u64,
    fault: impl Fn(usize) -> Option<Reply> + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Vec<u64>>>) {
    let (clock, times) = (clock.clone(), Arc::new(Mutex::new(Vec::new())));
    let told = times.clone();
    let server = Server::start(move |asked, _| {
        if asked.path == "/live.m3u8" {
            let now = clock.load(Ordering::SeqCst);
            let number = {
                let mut told = told.lock().unwrap();
                told.push(now);
                told.len() - 1
            };
            return fault(number).unwrap_or_else(|| Reply::new(200, "audio/mpegurl", list(now, count)));
        }
        let number: u64 = asked.path[1..].parse().unwrap();
        let path = bundled(&format!("cafe-muller/seg00{}.aac", number % 5));
        Reply::new(200, "audio/aac", std::fs::read(path).unwrap())
    });
    (server, times)
}

/// What happens to a reload, by its number, if not what should.
type Fault = fn(usize) -> Option<Reply>;

/// Numbers of the segments that were asked for.
fn segments(server: &Server) -> Vec<u64> {
    server.log().iter().filter_map(|asked| asked.path[1..].parse().ok()).collect()
}

#[test]
fn a_reload_that_fails_is_made_again() {
    let faults: [(&str, Fault); 4] = [
        ("nothing", |_| None),
        ("404 once", |number| (number == 2).then(|| Reply::new(404, "text/plain", ""))),
        ("503 now and then", |number| (number % 3 == 1).then(|| Reply::new(503, "text/plain", ""))),
        ("404 twice, a page, silence", |number| match number {
            1 | 2 => Some(Reply::new(404, "text/plain", "")),
            4 => Some(Reply::new(200, "text/html", "<html>")),
            6 => Some(Reply::silent()),
            _ => None,
        }),
    ];
    for (what, fault) in faults {
        let clock = Arc::new(AtomicU64::new(0));
        let (server, times) = server(&clock, 16, fault);
        let url = server.url("/live.m3u8");
        let notes = in_time_lapse(
            &clock,
            |_| 50,
            move |rig| {
                drain(&mut *rig.http(url).unwrap()).unwrap();
                rig.monitor.take_notes()
            },
        );
        assert!(notes.is_empty(), "{what}: {notes:?}");
        assert_eq!(segments(&server), (7..16).collect::<Vec<_>>(), "{what}: all, once each, in order");
        let times = times.lock().unwrap();
        let nearest = times.windows(2).map(|two| two[1] - two[0]).min().unwrap();
        // RFC 8216 section 6.3.4; the clock moves in steps.
        assert!(nearest >= LONG * 500 - 100, "{what}: {nearest} ms between two reloads: {times:?}");
    }
}

#[test]
fn a_reload_is_timed_from_the_one_before() {
    let clock = Arc::new(AtomicU64::new(0));
    let (server, times) = server(&clock, 1_000, |number| {
        let start = "#EXT-X-START:TIME-OFFSET=-50\n#EXT-X-TARGET";
        (number == 0)
            .then(|| Reply::new(200, "audio/mpegurl", list(0, 10_000).replace("#EXT-X-TARGET", start)))
    });
    let (url, now) = (server.url("/live.m3u8"), clock.clone());
    in_time_lapse(
        &clock,
        |_| 100,
        move |rig| {
            let mut media = rig.http(url).unwrap();
            let mut part = media.next_part().unwrap().unwrap();
            let mut buffer = [0; 4096];
            // More is there than is fetched ahead, so that the list is used up only once the sound is.
            while now.load(Ordering::SeqCst) < 20_000 {
                std::thread::yield_now();
            }
            while now.load(Ordering::SeqCst) < 30_000 {
                let _ = part.bytes.read(&mut buffer).unwrap();
            }
        },
    );
    let times = times.lock().unwrap();
    assert!((20_000..22_500).contains(&times[1]), "the target duration is over long since: {times:?}");
}

#[test]
fn a_list_that_stays_gone_ends_the_stream_after_three_targets() {
    let clock = Arc::new(AtomicU64::new(0));
    let (server, times) =
        server(&clock, 1_000, |number| (number > 2).then(|| Reply::new(404, "text/plain", "")));
    let url = server.url("/live.m3u8");
    let error = in_time_lapse(&clock, |_| 100, move |rig| drain(&mut *rig.http(url).unwrap()).unwrap_err());
    assert!(error.to_string().contains("404"), "{error}");
    let times = times.lock().unwrap();
    let failing = (times.last().unwrap() - times[3]) / 1_000;
    assert!((3 * LONG..4 * LONG).contains(&failing), "ended after {failing} s: {times:?}");
}

#[test]
fn a_seek_goes_by_the_newest_list() {
    let clock = Arc::new(AtomicU64::new(0));
    let (server, _) = server(&clock, 1_000, |_| None);
    let url = server.url("/live.m3u8");
    let now = clock.clone();
    let places = in_time_lapse(
        &clock,
        |_| 100,
        move |rig| {
            let mut media = rig.http(url).unwrap();
            let mut part = media.next_part().unwrap().unwrap();
            let mut buffer = [0; 4096];
            // The stream begins with number 7; by now the list goes from 20 to 29.
            while now.load(Ordering::SeqCst) < 100_000 {
                if part.bytes.read(&mut buffer).unwrap() == 0 {
                    part = media.next_part().unwrap().unwrap();
                }
            }
            let mut seek = |to: u64| {
                let goes_on = media.seek(Duration::from_secs(to)).unwrap();
                let part = media.next_part().unwrap().unwrap();
                (goes_on.as_secs(), part.starts_at.as_secs())
            };
            // Before the list, in it, and beyond it.
            [seek(0), seek(85), seek(97), seek(10_000)]
        },
    );
    // Segment n begins n - 7 segments after the start.
    let beginning = |number: u64| (number - 7) * LONG;
    let newest = *segments(&server).iter().max().unwrap();
    assert!((28..=31).contains(&newest), "{newest}");
    let first = places[0].1;
    assert!(first.is_multiple_of(LONG) && (beginning(19)..=beginning(22)).contains(&first), "{places:?}");
    assert_eq!(places[1], (85, 85));
    assert_eq!(places[2], (97, 95));
    let last = places[3];
    assert!(last.0 == last.1 && (beginning(26)..=beginning(28)).contains(&last.0), "{places:?}");
}

#[test]
fn a_count_that_jumps_or_begins_anew_is_followed() {
    // What the list is from its fourth answer on: five segments, and the end.
    for first in [50, 0] {
        let clock = Arc::new(AtomicU64::new(0));
        let (server, times) = server(&clock, 1_000, move |number| {
            let mut text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:{LONG}\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
            for number in first..first + 5 {
                text.extend([format!("#EXTINF:{LONG},\n{number}\n")]);
            }
            (number > 2).then(|| Reply::new(200, "audio/mpegurl", text + "#EXT-X-ENDLIST\n"))
        });
        let url = server.url("/live.m3u8");
        let parts = in_time_lapse(&clock, |_| 100, move |rig| drain(&mut *rig.http(url).unwrap()).unwrap());
        let asked = segments(&server);
        assert!(asked.ends_with(&(first..first + 5).collect::<Vec<_>>()), "{first}: {asked:?}");
        // Back in place at the next answer, with a decoder that begins afresh there.
        assert_eq!(times.lock().unwrap().len(), 4, "{first}");
        let before = (asked.len() - 5) as u64 * LONG;
        assert!(parts.iter().any(|(at, ..)| at.as_secs() == before), "{first}: {before}");
    }
}
