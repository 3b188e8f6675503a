//! Playlists as people write them, the traps among them, and what nobody should write.

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::attributes::attributes;
use super::*;

const BASE: &str = "https://music.example/a/list.m3u8?token=x";

fn read_at(text: &str, base: &str) -> Result<Value, String> {
    let base: Url = base.parse().unwrap();
    summarise(text.as_bytes(), &base)
        .map(|summary| serde_json::to_value(summary).unwrap())
        .map_err(|error| error.to_string())
}

/// A media playlist with these lines before `EXT-X-ENDLIST`: what `pointer` shows of its summary.
fn check(lines: &str, pointer: &str, expected: impl Into<Value>) {
    let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:6\n{lines}\n#EXT-X-ENDLIST\n");
    let found = read_at(&text, BASE).unwrap();
    assert_eq!(found.pointer(pointer), Some(&expected.into()), "{pointer} of {lines}");
}

fn check_error(text: &str, expected: &str) {
    let error = read_at(text, BASE).unwrap_err();
    assert!(error.contains(expected), "{text:.200}: {error}");
    assert!(error.starts_with("the playlist https://music.example/a/list.m3u8?…"), "{error}");
}

#[test]
fn the_summary_has_the_promised_fields() {
    let text = "#EXTM3U\n#EXT-X-VERSION:4\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:7\n\
                #EXT-X-DISCONTINUITY-SEQUENCE:2\n#EXT-X-PLAYLIST-TYPE:VOD\n\
                #EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\",IV=0x0000000000000000000000000000002A\n\
                #EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"720@0\"\n\
                #EXTINF:5.005,Title, with comma\n#EXT-X-BYTERANGE:100@720\n/b/1.m4s\n\
                #EXT-X-DISCONTINUITY\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
    let key = json!({
        "method": "AES-128", "uri": "k.bin", "iv": "0x0000000000000000000000000000002A", "keyformat": null
    });
    let map = json!({"uri": "init.mp4", "byterange": {"length": 720, "offset": 0}});
    let expected = json!({
        "kind": "media", "version": 4, "target_duration": 6, "media_sequence": 7,
        "discontinuity_sequence": 2, "playlist_type": "VOD", "endlist": true, "segment_count": 2,
        "total_duration": 9.005,
        "segments": [
            {"uri": "/b/1.m4s", "resolved": "https://music.example/b/1.m4s", "duration": 5.005,
             "byterange": {"length": 100, "offset": 720}, "key": key, "map": map, "discontinuity": false},
            {"uri": "file:///etc/passwd", "resolved": null, "duration": 4.0, "byterange": null,
             "key": key, "map": map, "discontinuity": true},
        ],
        "variants": [], "renditions": [],
        "refused": [{"uri": "file:///etc/passwd",
                     "reason": "only http and https addresses are opened, not file:"}],
    });
    assert_eq!(read_at(text, BASE).unwrap(), expected);
}

#[test]
fn a_master_playlist_has_the_same_fields() {
    let text = "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n\
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"English, stereo\",LANGUAGE=\"en\",DEFAULT=YES,\
                AUTOSELECT=YES,CHANNELS=\"2\",URI=\"en.m3u8\"\n\
                #EXT-X-STREAM-INF:BANDWIDTH=1280000,AVERAGE-BANDWIDTH=1000000,CODECS=\"avc1.4d401f,mp4a.40.2\",\
                RESOLUTION=640x360,AUDIO=\"aac\"\nlow/index.m3u8\n\
                #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"pictures.m3u8\"\n\
                #EXT-X-STREAM-INF:CODECS=\"mp4a.40.2\"\nbare.m3u8\n";
    let expected = json!({
        "kind": "master", "version": null, "target_duration": null, "media_sequence": null,
        "discontinuity_sequence": null, "playlist_type": null, "endlist": null, "segment_count": 0,
        "total_duration": null, "segments": [],
        "variants": [
            {"uri": "low/index.m3u8", "resolved": "https://music.example/a/low/index.m3u8",
             "bandwidth": 1_280_000, "average_bandwidth": 1_000_000, "codecs": "avc1.4d401f,mp4a.40.2",
             "resolution": "640x360", "audio": "aac"},
            {"uri": "bare.m3u8", "resolved": "https://music.example/a/bare.m3u8", "bandwidth": 0,
             "average_bandwidth": null, "codecs": "mp4a.40.2", "resolution": null, "audio": null},
        ],
        "renditions": [
            {"type": "AUDIO", "group_id": "aac", "name": "English, stereo", "language": "en",
             "uri": "en.m3u8", "resolved": "https://music.example/a/en.m3u8", "default": true,
             "autoselect": true, "channels": "2"},
        ],
        "refused": [],
    });
    assert_eq!(read_at(text, BASE).unwrap(), expected);
}

#[test]
fn keys_and_maps_hold_until_the_next() {
    let lines = "#EXTINF:1,\n0\n#EXT-X-KEY:METHOD=AES-128,URI=\"one\"\n#EXTINF:1,\n1\n#EXTINF:1,\n2\n\
                 #EXT-X-KEY:METHOD=NONE\n#EXTINF:1,\n3\n#EXTINF:1,\n4\n\
                 #EXT-X-KEY:METHOD=AES-128,URI=\"two\"\n#EXT-X-MAP:URI=\"map\"\n#EXTINF:1,\n5\n#EXTINF:1,\n6";
    let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n{lines}\n");
    let found = read_at(&text, BASE).unwrap();
    let at = |what: &str| -> Vec<Option<String>> {
        let segments = found["segments"].as_array().unwrap();
        segments.iter().map(|segment| segment[what]["uri"].as_str().map(str::to_owned)).collect()
    };
    let (one, two, map) = (Some("one".to_owned()), Some("two".to_owned()), Some("map".to_owned()));
    assert_eq!(at("key"), [None, one.clone(), one, None, None, two.clone(), two]);
    assert_eq!(at("map"), [None, None, None, None, None, map.clone(), map]);
}

#[test]
fn dates_show_where_they_are_written() {
    // RFC 8216 section 4.3.2.6; a date is that of the next segment alone.
    let lines = "#EXT-X-PROGRAM-DATE-TIME:2010-02-19T14:54:23.031+08:00\n#EXTINF:1,\n0\n#EXTINF:1,\n1\n\
                 #EXT-X-PROGRAM-DATE-TIME:\x1b]0;x\n#EXTINF:1,\n2";
    check(lines, "/segments/0/program_date_time", "2010-02-19T14:54:23.031+08:00");
    let text = format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n{lines}\n");
    let found = read_at(&text, BASE).unwrap();
    assert_eq!(
        (found["segments"][1].get("program_date_time"), found["segments"][2].get("program_date_time")),
        (None, None)
    );
}

#[test]
fn low_latency_tags_are_passed_over() {
    // After the example of RFC 8216bis appendix B.1.
    let text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n\
                #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0,CAN-SKIP-UNTIL=12.0\n\
                #EXT-X-PART-INF:PART-TARGET=0.33334\n#EXT-X-MEDIA-SEQUENCE:266\n\
                #EXTINF:4.00008,\nfileSequence266.mp4\n\
                #EXT-X-PART:DURATION=0.33334,URI=\"filePart267.a.mp4\"\n\
                #EXT-X-PART:DURATION=0.33334,URI=\"filePart267.b.mp4\",INDEPENDENT=YES,GAP=YES\n\
                #EXTINF:4.00008,\nfileSequence267.mp4\n\
                #EXT-X-PART:DURATION=0.33334,URI=\"filePart268.a.mp4\"\n\
                #EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"filePart268.b.mp4\"\n\
                #EXT-X-RENDITION-REPORT:URI=\"../1M/waitForMSN.php\",LAST-MSN=268,LAST-PART=0\n";
    let found = read_at(text, BASE).unwrap();
    let uris: Vec<&str> = found["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| segment["uri"].as_str().unwrap())
        .collect();
    assert_eq!(uris, ["fileSequence266.mp4", "fileSequence267.mp4"]);
    assert_eq!((&found["endlist"], &found["refused"]), (&json!(false), &json!([])));
    check_error(
        &text.replace("#EXT-X-PART-INF", "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXT-X-PART-INF"),
        "only the changes",
    );
}

#[test]
fn of_several_keys_the_usable_one_is_kept() {
    let drm = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"";
    let plain = "#EXT-X-KEY:METHOD=AES-128,URI=\"plain\",KEYFORMAT=\"identity\"";
    for lines in [format!("{drm}\n{plain}"), format!("{plain}\n{drm}")] {
        check(&format!("{lines}\n#EXTINF:1,\n0"), "/segments/0/key/uri", "plain");
    }
    check(&format!("{drm}\n#EXTINF:1,\n0"), "/segments/0/key/method", "SAMPLE-AES");
    // One of another format ends none.
    check(&format!("{plain}\n#EXTINF:1,\n0\n{drm}\n#EXTINF:1,\n1"), "/segments/1/key/uri", "plain");
    let none = "#EXT-X-KEY:METHOD=NONE";
    check(
        &format!("{plain}\n#EXTINF:1,\n0\n{none}\n#EXTINF:1,\n1\n{drm}\n#EXTINF:1,\n2"),
        "/segments/2/key/method",
        "SAMPLE-AES",
    );
}

#[test]
fn a_section_keeps_the_key_that_it_was_named_under() {
    let key = |name: &str| format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{name}\",IV=0x{:032}\n", 1);
    let text = format!("{}#EXT-X-MAP:URI=\"m\"\n#EXTINF:1,\n0\n{}#EXTINF:1,\n1", key("first"), key("second"));
    check(&text, "/segments/1/key/uri", "second");
    let Ok(Playlist::Media(playlist)) = parse(format!("#EXTM3U\n{text}").as_bytes(), &BASE.parse().unwrap())
    else {
        panic!("{text}")
    };
    let map = playlist.segments[1].map.as_ref().unwrap();
    assert_eq!(map.key.as_ref().unwrap().uri.as_deref(), Some("first"));
}

#[test]
fn traps_of_the_reader_are_avoided() {
    let read = |text: &str| read_at(text, BASE).unwrap();
    let float = read("#EXTM3U\n#EXT-X-TARGETDURATION:6.5\n#EXTINF:6.4,\na\n");
    assert_eq!((&float["target_duration"], &float["segment_count"]), (&json!(7), &json!(1)));
    let marked = read("\u{feff}\r\n\r\n#EXTM3U\r\n#EXT-X-TARGETDURATION:6\r\n#EXTINF:6\r\na\r\n");
    assert_eq!(marked["segments"][0]["uri"], "a");
    let without_target = read("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:3\n#EXTINF:4.2,\na");
    assert_eq!((&without_target["target_duration"], &without_target["endlist"]), (&json!(5), &json!(false)));
    check("a-without-duration\n#EXTINF:2,\nb", "/segment_count", 1);
    check("#EXTINF:2,\na\n\n# a comment\n#EXT-X-UNKNOWN:X=1\n#EXTINF:2.5,\nb", "/total_duration", 4.5);
    check("#EXT-X-PROGRAM-DATE-TIME:gibberish\n#EXT-X-BITRATE:x\n#EXTINF:2,\na", "/segment_count", 1);
    check("#EXTINF:2,\n#EXT-X-PART:DURATION=1,URI=\"p\"\na", "/segments/0/uri", "a");
    check("#EXTINF:2,\na b.ts", "/segments/0/resolved", "https://music.example/a/a%20b.ts");
}

#[test]
fn numbers_out_of_range_do_no_harm() {
    for (written, believed) in [
        ("inf", 86_400.0),
        ("1e400", 86_400.0),
        ("nan", 0.0),
        ("-5", 0.0),
        ("", 0.0),
        ("6,5", 6.0),
        ("0x5", 0.0),
    ] {
        check(&format!("#EXTINF:{written},\na"), "/segments/0/duration", believed);
    }
    let most = u64::MAX;
    check(&format!("#EXT-X-MEDIA-SEQUENCE:{most}\n#EXTINF:1,\na\n#EXTINF:1,\nb"), "/media_sequence", most);
    check("#EXT-X-MEDIA-SEQUENCE:99999999999999999999\n#EXTINF:1,\na", "/media_sequence", 0);
    check("#EXT-X-TARGETDURATION:1e99\n#EXTINF:1,\na", "/target_duration", 86_400);
    check(
        &format!("#EXT-X-BYTERANGE:1@{}\n#EXTINF:1,\na", most - 1),
        "/segments/0/byterange/offset",
        most - 1,
    );
    check_error(
        &format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-BYTERANGE:2@{}\n#EXTINF:1,\na\n", most - 1),
        "is no byte range",
    );
}

#[test]
fn a_byte_range_without_offset_goes_on_after_the_one_before() {
    let lines = "#EXT-X-BYTERANGE:10@5\n#EXTINF:1,\na\n#EXT-X-BYTERANGE:7\n#EXTINF:1,\na\n\
                 #EXT-X-BYTERANGE:3\n#EXTINF:1,\na";
    check(lines, "/segments/2/byterange", json!({"length": 3, "offset": 22}));
    let head = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n";
    check_error(&format!("{head}#EXT-X-BYTERANGE:3\n#EXTINF:1,\na\n"), "no offset and follows none");
    check_error(
        &format!("{head}#EXT-X-BYTERANGE:3@0\n#EXTINF:1,\na\n#EXT-X-BYTERANGE:3\n#EXTINF:1,\nb\n"),
        "no offset and follows none",
    );
    check_error(&format!("{head}#EXT-X-BYTERANGE:x@y\n#EXTINF:1,\na\n"), "is no byte range");
}

#[test]
fn broken_rules_are_named() {
    for (text, expected) in [
        ("", "first line is not #EXTM3U"),
        ("\0\u{1}\u{2}garbage", "first line is not #EXTM3U"),
        ("<html><body>404", "first line is not #EXTM3U"),
        ("#EXTINF:6,\na\n", "first line is not #EXTM3U"),
        ("#EXTM3U\n#EXTINF:-1,Radio\nhttp://radio.example/\n", "plain list of tracks"),
        ("#EXTM3U\n#EXTINF:180,Artist - Title\nsong.mp3\n", "plain list of tracks"),
        ("#EXTM3U\nsong.mp3\n", "plain list of tracks"),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n#EXTINF:6,\nb\n", "mixes tags of master and media"),
        ("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", "only the changes"),
        ("#EXTM3U\n#EXT-X-MAP:BYTERANGE=\"1@0\"\n", "EXT-X-MAP without an address"),
    ] {
        check_error(text, expected);
    }
    for iv in [
        "0x12",
        "12345678901234567890123456789012",
        "0xZZ345678901234567890123456789012",
        "0x+0000000000000000000000000000001",
    ] {
        check_error(
            &format!("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV={iv}\n#EXTINF:1,\na\n"),
            "an IV is not 0x and 32 hexadecimal digits",
        );
    }
}

#[test]
fn an_empty_playlist_is_read() {
    assert_eq!(read_at("#EXTM3U", BASE).unwrap()["segment_count"], 0);
    assert_eq!(
        read_at("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-ENDLIST\n", BASE).unwrap()["segments"],
        json!([])
    );
}

/// Every place of a playlist that names an address, with `uri` in it.
fn everywhere(uri: &str) -> [String; 5] {
    let media = |lines: &str| format!("#EXTM3U\n#EXT-X-TARGETDURATION:6\n{lines}\n#EXT-X-ENDLIST\n");
    [
        media(&format!("#EXTINF:1,\n{uri}")),
        media(&format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{uri}\"\n#EXTINF:1,\na")),
        media(&format!("#EXT-X-MAP:URI=\"{uri}\"\n#EXTINF:1,\na")),
        format!("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{uri}\n"),
        format!("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"{uri}\"\n"),
    ]
}

fn refused(text: &str, base: &str) -> Vec<String> {
    let found = read_at(text, base).unwrap();
    found["refused"].as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_web_addresses_are_opened_wherever_they_stand() {
    for uri in [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "file://host/share",
        "javascript:alert(1)",
        "data:audio/aac;base64,AAAA",
        "concat:a|b",
        "pipe:0",
        "subfile,,start,0,end,9,,:/etc/passwd",
        "ftp://music.example/a",
        "gopher://music.example/a",
        "crypto+file:///etc/passwd",
        "skd://key",
        "blob:https://music.example/1",
        "\\\\host\\share",
        "http://",
    ] {
        for text in everywhere(uri) {
            let is_relative = uri.starts_with("subfile");
            let found = refused(&text, BASE);
            assert_eq!(found, if is_relative { vec![] } else { vec![uri.to_owned()] }, "{text}");
            if is_relative {
                assert!(text.contains(uri) && !read_at(&text, BASE).unwrap().to_string().contains("file:"));
            }
        }
    }
}

#[test]
fn a_public_playlist_leads_into_no_private_network() {
    let private = [
        "http://localhost/a",
        "http://127.0.0.1/a",
        "http://2130706433/a",
        "http://0177.1/a",
        "http://0/a",
        "http://169.254.169.254/latest/",
        "http://10.0.0.8/a",
        "http://192.168.1.1/a",
        "http://172.20.0.1/a",
        "http://100.64.0.1/a",
        "http://224.0.0.1/a",
        "http://[::1]/a",
        "http://[fe80::1]/a",
        "http://[fd00::1]/a",
        "http://[::ffff:10.0.0.1]/a",
        "http://nas/a",
        "http://nas.local./a",
    ];
    for uri in private {
        for text in everywhere(uri) {
            assert_eq!(refused(&text, "http://music.example/list.m3u8"), [uri], "{text}");
            assert_eq!(refused(&text, "http://192.168.1.20/list.m3u8"), [""; 0], "{text}");
        }
    }
    for uri in ["http://8.8.8.8/a", "http://other.example/a", "http://[2001:db8::1]/a", "//cdn.example/a"] {
        for text in everywhere(uri) {
            assert_eq!(refused(&text, "http://music.example/list.m3u8"), [""; 0], "{text}");
        }
    }
}

#[test]
fn a_local_playlist_names_files_below_its_folder_only() {
    let base = "file:///music/album/list.m3u8";
    for (uri, is_open) in [
        ("1.ts", true),
        ("low/1.ts", true),
        ("./1.ts", true),
        ("https://music.example/1.ts", true),
        ("../1.ts", false),
        ("low/../../1.ts", false),
        ("%2e%2e/1.ts", false),
        ("..%2f1.ts", false),
        ("/etc/passwd", false),
        ("//host/share/1.ts", false),
        ("file:///music/album/1.ts", false),
        ("javascript:1", false),
        ("..\\1.ts", false),
    ] {
        let expected = if is_open { vec![] } else { vec![uri.to_owned()] };
        for text in everywhere(uri) {
            assert_eq!(refused(&text, base), expected, "{text}");
        }
    }
}

#[test]
fn sizes_are_capped() {
    let head = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n";
    let full = head.to_owned() + &"#EXTINF:1,\na\n".repeat(MAX_SEGMENTS);
    assert_eq!(read_at(&full, BASE).unwrap()["segment_count"], MAX_SEGMENTS);
    check_error(&(full + "#EXTINF:1,\na\n"), "more than 100000 segments");
    let variants = "#EXTM3U\n".to_owned() + &"#EXT-X-STREAM-INF:BANDWIDTH=1\na\n".repeat(MAX_VARIANTS);
    assert_eq!(read_at(&variants, BASE).unwrap()["variants"].as_array().unwrap().len(), MAX_VARIANTS);
    check_error(&(variants + "#EXT-X-STREAM-INF:BANDWIDTH=1\na\n"), "more than 1000 variants");
    let rendition = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\"\n".repeat(MAX_VARIANTS + 1);
    check_error(&format!("#EXTM3U\n{rendition}"), "more than 1000 renditions");
    check_error(&format!("{head}#EXTINF:1,\n{}", "a".repeat(MAX_LINE_BYTES + 1)), "line 4 is longer than");
    check(&format!("#EXTINF:1,\n{}", "a".repeat(MAX_LINE_BYTES)), "/segment_count", 1);
    check_error(&" ".repeat(MAX_PLAYLIST_BYTES + 1), "larger than");
}

#[test]
fn attribute_lists_are_split_outside_quotes() {
    for (list, expected) in [
        ("A=1,B=\"2,3=4\",C=x", vec![("A", "1"), ("B", "2,3=4"), ("C", "x")]),
        (" A = 1 , B=2", vec![("A", "1"), ("B", "2")]),
        ("A=\"open", vec![("A", "open")]),
        ("A,B=2,,C=", vec![("B", "2"), ("C", "")]),
        ("A=\"1\"junk,B=2", vec![("A", "1"), ("B", "2")]),
        ("=1", vec![("", "1")]),
        ("", vec![]),
    ] {
        assert_eq!(attributes(list), expected, "{list}");
    }
}

/// Lines from which hostile playlists are made.
fn lines() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=",
        "#EXT-X-KEY:METHOD=",
        "#EXT-X-MAP:URI=\"",
        "#EXT-X-BYTERANGE:",
        "#EXTINF:",
        "#EXT-X-TARGETDURATION:",
        "#EXT-X-MEDIA-SEQUENCE:",
        "#EXT-X-STREAM-INF:BANDWIDTH=",
        "#EXT-X-STREAM-INF:CODECS=\"",
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"",
        "#EXT-X-DISCONTINUITY",
        "#EXT-X-PLAYLIST-TYPE:",
        "#EXT-X-VERSION:",
        "#EXT-X-ENDLIST",
        "#EXT-X-GAP",
        "",
    ]);
    let tail = prop_oneof![
        "[0-9]{1,20}(@[0-9]{1,20})?",
        "[ -~]{0,20}",
        any::<String>(),
        Just("0x0000000000000000000000000000002A".to_owned()),
    ];
    (tag, tail).prop_map(|(tag, tail)| format!("{tag}{tail}"))
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let base: Url = BASE.parse().unwrap();
        let _ = parse(&bytes, &base);
        let _ = parse(&[b"#EXTM3U\n", bytes.as_slice()].concat(), &base);
    }

    #[test]
    fn what_is_read_keeps_its_promises(lines in prop::collection::vec(lines(), 0..40)) {
        let text = format!("#EXTM3U\n{}", lines.join("\n"));
        let base: Url = BASE.parse().unwrap();
        match parse(text.as_bytes(), &base) {
            Ok(Playlist::Media(media)) => {
                prop_assert!(media.total_seconds().is_finite());
                prop_assert!(media.segments.len() <= lines.len());
                for segment in &media.segments {
                    prop_assert!((0.0..=MAX_SEGMENT_SECONDS).contains(&segment.duration));
                    prop_assert!(segment.byterange.is_none_or(|range| range.offset.checked_add(range.length).is_some()));
                    let named = [&segment.resolved, &segment.key.as_ref().and_then(|key| key.resolved.clone())];
                    prop_assert!(named.into_iter().flatten().all(crate::model::is_web_address));
                }
            }
            Ok(Playlist::Master(master)) => {
                prop_assert!(master.variants.iter().filter_map(|one| one.resolved.as_ref()).all(crate::model::is_web_address));
            }
            Err(error) => prop_assert!(error.to_string().len() < 1000),
        }
    }

    #[test]
    fn attributes_never_panic(list in any::<String>()) {
        for (name, value) in attributes(&list) {
            prop_assert!(list.contains(name) && list.contains(value));
        }
    }
}
