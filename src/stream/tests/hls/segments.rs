//! Segments that are missing, late, cut up or gone.

use super::*;

#[test]
fn a_missing_segment_is_hopped_and_noted() {
    for fault in [
        Reply::new(404, "text/html", "<html>not here"),
        Reply::new(403, "text/plain", ""),
        Reply::new(200, "text/html", "<!doctype html><p>Log in"),
        Reply::new(200, "audio/aac", ""),
        Reply::new(200, "audio/aac", "Sound it is not"),
    ] {
        let status = fault.status;
        let server = cafe(list(&["0", "1", "2", "3"]), move |path| (path == "/1").then(|| fault.clone()));
        let rig = Rig::new();
        let mut media = rig.http(server.url("/index.m3u8")).unwrap();
        let parts = drain(&mut *media).unwrap();
        let starts: Vec<f64> = parts.iter().map(|(at, ..)| at.as_secs_f64()).collect();
        assert_eq!(starts, [0.0, 9.984_58], "after {status}");
        let notes = rig.monitor.take_notes();
        assert!(
            matches!(notes.as_slice(), [StreamError::MissingSegment { number: 2, .. }]),
            "after {status}: {notes:?}"
        );
        let asked = if status == 200 { 1 } else { 2 };
        assert_eq!(server.count("/1"), asked, "what is gone may have been late, what is damaged stays so");
    }
}

#[test]
fn a_server_that_is_mistaken_once_costs_nothing() {
    for status in [404, 403, 410] {
        let asked = AtomicUsize::new(0);
        let server = cafe(list(&["0", "1", "2"]), move |path| {
            let is_hit = path == "/1" && asked.fetch_add(1, Ordering::Relaxed) == 0;
            is_hit.then(|| Reply::new(status, "text/plain", ""))
        });
        let rig = Rig::new();
        let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
        assert_eq!((parts.len(), server.count("/1")), (1, 2), "{status}");
        assert!(rig.monitor.take_notes().is_empty());
    }
}

#[test]
fn what_may_heal_is_asked_for_again() {
    for (fault, times) in [
        (Reply::new(503, "text/plain", "").header("Retry-After", "0"), 3),
        (Reply::new(200, "audio/aac", vec![7; 5000]).cut_after(2000), 1),
    ] {
        let asked = AtomicUsize::new(0);
        let server = cafe(list(&["0", "1", "2"]), move |path| {
            let is_hit = path == "/1" && asked.fetch_add(1, Ordering::Relaxed) < times;
            is_hit.then(|| fault.clone())
        });
        let rig = Rig::new();
        let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
        assert_eq!((parts.len(), rig.monitor.retries.load(Ordering::Relaxed)), (1, times as u64));
        assert!(rig.monitor.take_notes().is_empty());
    }
}

#[test]
fn three_missing_in_a_row_end_it_with_the_reason() {
    let server = cafe(list(&["0", "x", "y", "z", "1"]), |_| None);
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let mut part = media.next_part().unwrap().unwrap();
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    assert!(!bytes.is_empty(), "the first segment plays");
    let error = media.next_part().map(|part| part.is_some()).unwrap_err();
    assert!(error.to_string().contains("segment 4") && error.to_string().contains("404"), "{error}");
    assert_eq!(error.fault().kind, FaultKind::NotFound);
    assert_eq!((server.count("/1"), server.count("/index.m3u8")), (0, 2), "one look for new addresses");
}

#[test]
fn an_expired_playlist_shows_as_refused() {
    let server = cafe(list(&["0", "1"]), |_| Some(Reply::new(403, "text/plain", "")));
    let error = drain(&mut *Rig::new().http(server.url("/index.m3u8")).unwrap()).unwrap_err();
    assert_eq!(error.fault().kind, FaultKind::Refused, "{error}");
}

#[test]
fn expired_addresses_are_looked_up_once_more() {
    // The first playlist names an address that has run out; asked again, the server names a good one.
    let server = Server::start(|asked, number| match asked.path.as_str() {
        "/index.m3u8" if number == 0 => Reply::new(200, "audio/mpegurl", list(&["0?old", "1?old"])),
        "/index.m3u8" => Reply::new(200, "audio/mpegurl", list(&["0?new", "1?new"])),
        "/0?new" | "/1?new" => {
            let path = bundled(&format!("cafe-muller/seg00{}.aac", &asked.path[1..2]));
            Reply::new(200, "audio/aac", std::fs::read(path).unwrap())
        }
        _ => Reply::new(403, "text/plain", ""),
    });
    let rig = Rig::new();
    let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
    assert_eq!(parts.len(), 1);
    assert!(rig.monitor.take_notes().is_empty());
    let paths: Vec<String> = server.log().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/index.m3u8", "/0?old", "/index.m3u8", "/0?new", "/1?new"]);
}

#[test]
fn a_gap_is_not_asked_for_and_a_discontinuity_starts_a_part() {
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n0\n#EXT-X-GAP\n#EXTINF:5,\n1\n\
                    #EXTINF:5,\n2\n#EXT-X-DISCONTINUITY\n#EXTINF:5,\n0\n#EXT-X-ENDLIST\n";
    let server = cafe(playlist.to_owned(), |_| None);
    let rig = Rig::new();
    let parts = drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap();
    let starts: Vec<u64> = parts.iter().map(|(at, ..)| at.as_secs()).collect();
    assert_eq!(starts, [0, 10, 15]);
    assert_eq!(server.count("/1"), 0);
    let notes = rig.monitor.take_notes();
    assert!(matches!(notes.as_slice(), [StreamError::MissingSegment { number: 2, .. }]), "{notes:?}");
    let told = notes[0].fault().message.to_string();
    assert_eq!(told, "5.0 s are left out at 0:05: its list says that there is nothing");
    assert_eq!(parts[0].2, parts[2].2);
}

#[test]
fn byte_ranges_are_the_same_with_and_without_a_server_that_knows_them() {
    let whole: Vec<u8> = (0..3)
        .flat_map(|number| std::fs::read(bundled(&format!("cafe-muller/seg00{number}.aac"))).unwrap())
        .collect();
    let lengths: Vec<u64> = (0..3)
        .map(|number| std::fs::metadata(bundled(&format!("cafe-muller/seg00{number}.aac"))).unwrap().len())
        .collect();
    let playlist = format!(
        "#EXTM3U\n#EXT-X-VERSION:4\n#EXT-X-TARGETDURATION:5\n#EXT-X-BYTERANGE:{}@0\n#EXTINF:5,\nall\n\
         #EXT-X-BYTERANGE:{}\n#EXTINF:5,\nall\n#EXT-X-BYTERANGE:{}\n#EXTINF:5,\nall\n#EXT-X-ENDLIST\n",
        lengths[0], lengths[1], lengths[2]
    );
    let mut heard = Vec::new();
    for knows_ranges in [true, false] {
        let (playlist, whole) = (playlist.clone(), whole.clone());
        let server = Server::start(move |asked, _| match asked.path.as_str() {
            "/all" if knows_ranges => Reply::part(asked, "audio/aac", &whole),
            "/all" => Reply::new(200, "audio/aac", whole.clone()),
            _ => Reply::new(200, "audio/mpegurl", playlist.clone()),
        });
        let rig = Rig::new();
        heard.push(drain(&mut *rig.http(server.url("/index.m3u8")).unwrap()).unwrap());
    }
    let separate =
        drain(&mut *Rig::new().http(cafe(list(&["0", "1", "2"]), |_| None).url("/index.m3u8")).unwrap());
    assert!(heard[0] == heard[1] && heard[0][0].2 == separate.unwrap()[0].2);
}

#[test]
fn a_stalled_segment_ends_with_the_cancel() {
    let server = cafe(list(&["0", "1"]), |path| {
        (path == "/1").then(|| Reply::new(200, "audio/aac", vec![0; 5000]).stall_after(100))
    });
    let rig = Rig::new();
    let mut media = rig.http(server.url("/index.m3u8")).unwrap();
    let mut part = media.next_part().unwrap().unwrap();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        part.bytes.read_to_end(&mut bytes).unwrap();
        let end = media.next_part().map(|part| part.is_some());
        (bytes.len(), end)
    });
    server.stalled();
    rig.cancel.cancel();
    let (count, end) = reader.join().unwrap();
    assert!(count > 0 && matches!(end, Err(StreamError::Cancelled)), "{end:?}");
}
