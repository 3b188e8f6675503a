//! What is not opened, and who is not told what.

use super::*;

#[test]
fn a_local_playlist_reads_nothing_outside_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("list");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(folder.path().join("secret.aac"), "secret").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.aac"), inside.join("link.aac")).unwrap();
    let absolute = folder.path().join("secret.aac").display().to_string();
    for uri in ["../secret.aac", "%2e%2e/secret.aac", "..%2fsecret.aac", &absolute, "link.aac"] {
        let playlist = inside.join("index.m3u8");
        let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{uri}\n#EXT-X-ENDLIST\n");
        std::fs::write(&playlist, text).unwrap();
        let rig = Rig::new();
        let error = drain(&mut *rig.file(playlist).unwrap()).unwrap_err();
        assert!(error.to_string().contains("segment 1 of"), "{uri}: {error}");
        let notes = rig.monitor.take_notes();
        assert!(matches!(notes.as_slice(), [StreamError::MissingSegment { number: 1, .. }]), "{notes:?}");
        assert_eq!(
            rig.monitor.bytes_received.load(Ordering::Relaxed),
            std::fs::metadata(inside.join("index.m3u8")).unwrap().len(),
            "{uri}"
        );
    }
}

#[test]
fn what_cannot_be_played_is_refused_at_once() {
    let drm = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\"\n\
               #EXTINF:5,\n0\n#EXT-X-ENDLIST\n";
    for (text, expected) in [
        ("#EXTM3U\n", "lists no segments"),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"ec-3\"\na.m3u8\n", "none of its variants"),
        ("<!DOCTYPE html><p>gone", "a web page instead of audio"),
        ("", "is empty"),
        ("hello", "first line is not #EXTM3U"),
        (drm, "SAMPLE-AES is not supported"),
    ] {
        let server = cafe(text.to_owned(), |_| None);
        let rig = Rig::new();
        let end = rig.http(server.url("/index.m3u8")).and_then(|mut media| drain(&mut *media));
        let error = end.unwrap_err().to_string();
        assert!(error.contains(expected), "{text:?}: {error}");
    }
}

#[test]
fn nothing_at_home_is_opened_for_a_stranger() {
    let server = cafe(list(&["0"]), |_| None);
    for (path, is_hls) in [("/index.m3u8", true), ("/index.m3u8", false), ("/0", false)] {
        let address = RemoteAddress { reach: Reach::Public, ..RemoteAddress::plain(server.url(path)) };
        let locator = if is_hls { Locator::Hls(address) } else { Locator::Http(address) };
        let fault = Rig::new().open(&locator).err().unwrap().fault();
        assert_eq!(fault.kind, FaultKind::Refused, "{fault}");
    }
    assert!(server.log().is_empty());
}

#[test]
fn headers_stay_with_their_origin() {
    let other = cafe(String::new(), |_| None);
    let playlist = list(&["0", other.url("/1").as_str()]);
    let server = cafe(playlist, |_| None);
    let rig = Rig::new();
    let address = RemoteAddress {
        headers: vec![("Authorization".to_owned(), crate::model::Secret::new("Bearer x"))],
        ..RemoteAddress::plain(server.url("/index.m3u8"))
    };
    drain(&mut *rig.open(&Locator::Hls(address)).unwrap()).unwrap();
    assert!(
        server.log().len() == 2
            && server.log().iter().all(|asked| asked.headers.contains_key("authorization"))
    );
    assert!(other.log().len() == 1 && !other.log()[0].headers.contains_key("authorization"));
}
