//! The command line beside playing: what it tells, in words and as JSON, and its stages one by one.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::program::{Done, Home, demo_music, ffmpeg_samples, files, have, wav_samples};
use crate::server::{Reply, Server};

fn json_of(home: &Home, arguments: &[&str]) -> Value {
    let done = home.run(arguments);
    assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.out))
}

/// Runs with `input` on standard input.
fn fed(home: &Home, arguments: &[&str], input: &str) -> Done {
    let mut command = home.segue(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Done::from(child.wait_with_output().unwrap())
}

#[test]
fn paths_are_told_and_can_be_chosen() {
    let home = Home::new();
    let told = json_of(&home, &["paths", "--json"]);
    for name in ["config", "data", "cache", "state"] {
        assert_eq!(told[name], home.path().join(name).to_str().unwrap());
        let demo = json_of(&home, &["--demo", "paths", "--json"]);
        assert_eq!(demo[name], home.path().join(name).join("demo").to_str().unwrap());
    }
    let words = home.run(&["paths"]);
    assert_eq!((words.code, words.out.lines().count()), (0, 4), "{words:?}");
    // Without the overrides they follow the home folder, and an empty one does not count.
    let mut command = home.segue(&["paths", "--json"]);
    command.env_remove("SEGUE_CONFIG_DIR").env("SEGUE_DATA_DIR", "");
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env_remove(name);
    }
    let told: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let below = |name: &str| Path::new(told[name].as_str().unwrap()).starts_with(home.path().join("home"));
    assert!(below("config") && below("data") && !below("state"), "{told}");
}

#[test]
fn the_doctor_finds_the_demo_in_good_health() {
    let home = Home::new();
    let findings = json_of(&home, &["--demo", "doctor", "--json"]);
    let findings = findings.as_array().unwrap();
    let health = |subject: &str| {
        let found = findings.iter().find(|finding| finding["subject"] == subject);
        found.unwrap_or_else(|| panic!("{subject}: {findings:?}"))["health"].as_str().unwrap()
    };
    for subject in
        ["configuration", "config folder", "data folder", "cache folder", "state folder", "database"]
    {
        assert_eq!(health(subject), "good", "{subject}");
    }
    for service in ["Audius", "Audiomack", "YourMusic", "Audiosocket"] {
        assert_eq!(health(service), "good", "{service}");
    }
    assert!(["good", "note"].contains(&health("sound")));
    assert_eq!(health("terminal"), "note");

    // What is wrong is told with what to do, and ends with 1.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let home = Home::new().config(&format!(
        "[player]\nvolum = 3\n[services.audius]\nbase_url = \"http://{free}\"\n[network]\nretries = 0\n"
    ));
    let done = home.run(&["doctor"]);
    assert_eq!(done.code, 1, "{done:?}");
    for words in
        ["line 2, column 1: player.volum", "problem  Audius", "not set up", "Set services.audiosocket.token"]
    {
        assert!(done.out.contains(words), "{words}: {}", done.out);
    }
}

#[test]
fn every_bundled_file_is_probed_as_ffprobe_does() {
    if !have("ffprobe") {
        return;
    }
    let home = Home::new();
    for track in files(&demo_music().join("tracks"), &["mp3", "m4a", "flac", "ogg", "opus"]) {
        let name = track.to_str().unwrap();
        let ours = json_of(&home, &["probe", name, "--json"]);
        let theirs = ffprobe(&track);
        let stream = &theirs["streams"][0];
        let codec = ours["codec"].as_str().unwrap().to_lowercase();
        assert_eq!(codec, stream["codec_name"].as_str().unwrap(), "{name}");
        assert_eq!(ours["sample_rate"].to_string(), stream["sample_rate"].as_str().unwrap(), "{name}");
        assert_eq!(ours["channels"], stream["channels"], "{name}");
        // What ffmpeg decodes tells better than what it says beforehand, but for the padding in M4A.
        let frames = ffmpeg_samples(&track).len() as f64 / 2.0;
        let rate = ours["sample_rate"].as_f64().unwrap();
        let mut seconds = frames / rate;
        if codec == "aac" {
            seconds = stream["duration"].as_str().unwrap().parse().unwrap();
        }
        let duration = ours["duration"].as_f64().unwrap();
        assert!((duration - seconds).abs() < 1e-3, "{name}: {duration} {seconds}");
        let tags = |from: &Value, tag: &str| {
            let tags = from.as_object().into_iter().flatten();
            tags.filter(|(name, _)| name.eq_ignore_ascii_case(tag)).map(|(_, value)| value.clone()).next()
        };
        for tag in ["title", "artist", "album", "genre", "date"] {
            let known = tags(&theirs["format"]["tags"], tag).or_else(|| tags(&stream["tags"], tag));
            assert!(known.is_some(), "{name}: {tag}");
            assert_eq!(tags(&ours["tags"], tag), known, "{name}: {tag}");
        }
        let size = std::fs::metadata(&track).unwrap().len() as f64;
        let bitrate = ours["bitrate"].as_f64().unwrap();
        assert!((bitrate - size * 8.0 / duration).abs() < 2.0, "{name}: {bitrate}");
        let words = home.run(&["probe", name]);
        assert!(words.out.contains(ours["tags"]["title"].as_str().unwrap()), "{words:?}");
    }
}

fn ffprobe(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_format", "-show_streams", "-select_streams", "a:0", "-of", "json"])
        .arg(path)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn playlists_are_told_in_full() {
    let home = Home::new();
    let hls = demo_music().join("hls");
    let at = |path: &str| hls.join(path).to_str().unwrap().to_owned();
    let master = json_of(&home, &["probe", &at("night-ferry/master.m3u8"), "--json"]);
    assert_eq!(master["kind"], "master");
    let bandwidths: Vec<_> = master["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["bandwidth"].as_u64().unwrap())
        .collect();
    // As they stand in the file.
    assert_eq!(bandwidths, [55_734, 106_454, 175_724]);

    // Every media playlist against its own lines.
    for playlist in files(&hls, &["m3u8"]).iter().filter(|path| !path.ends_with("master.m3u8")) {
        let told = json_of(&home, &["debug", "playlist", playlist.to_str().unwrap()]);
        let text = std::fs::read_to_string(playlist).unwrap();
        let durations: Vec<f64> = text
            .lines()
            .filter_map(|line| line.strip_prefix("#EXTINF:")?.split(',').next()?.parse().ok())
            .collect();
        assert_eq!(told["kind"], "media");
        assert_eq!(told["segment_count"], durations.len());
        assert!((told["total_duration"].as_f64().unwrap() - durations.iter().sum::<f64>()).abs() < 1e-5);
        assert_eq!(told["endlist"], true);
        let encrypted = text.contains("METHOD=AES-128");
        assert_eq!(told["segments"][0]["key"]["method"] == "AES-128", encrypted);
        assert_eq!(told["segments"][0]["map"].is_null(), !text.contains("EXT-X-MAP"));
    }

    // From a server, and from a base that is named.
    let server = Server::start(|_| {
        Reply::text(
            "application/vnd.apple.mpegurl",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        )
    });
    let address = server.url("/folder/list.m3u8?token=1");
    let told = json_of(&home, &["debug", "playlist", &address]);
    assert_eq!(told["segments"][0]["resolved"], server.url("/folder/a.ts"));
    assert_eq!(told["refused"][0]["uri"], "file:///etc/passwd", "{told}");
    let told = json_of(&home, &["debug", "playlist", &address, "--base-url", "https://example.net/x/y.m3u8"]);
    assert_eq!(told["segments"][0]["resolved"], "https://example.net/x/a.ts");
}

#[test]
fn a_file_is_decoded_whole() {
    if !have("ffmpeg") {
        return;
    }
    let home = Home::new();
    let track = demo_music().join("tracks/paper-lanterns.flac");
    let wav = home.path().join("out.wav");
    let told = json_of(&home, &["debug", "decode", track.to_str().unwrap(), "--wav", wav.to_str().unwrap()]);
    let theirs = ffmpeg_samples(&track);
    assert_eq!(told["frames"].as_u64().unwrap() as usize * 2, theirs.len());
    assert_eq!(
        (&told["sample_rate"], &told["channels"], &told["errors_skipped"]),
        (&json!(44_100), &json!(2), &json!(0))
    );
    assert_eq!(wav_samples(&wav), (theirs, 2));
    assert!(told["peak_rss_bytes"].as_u64().unwrap() < 64 << 20, "{told}");
    assert_eq!(home.run(&["debug", "decode", "nothing.flac"]).code, 3);
}

/// The example of RFC 5849 section 1.2, and a request with everything that needs care against another
/// implementation.
#[test]
fn requests_are_signed_as_others_do() {
    let home = Home::new();
    let signed = |request: Value| {
        let done = fed(&home, &["debug", "sign-oauth1"], &request.to_string());
        assert_eq!(done.code, 0, "{done:?}");
        serde_json::from_str::<Value>(&done.out).unwrap()
    };
    let form = [("title", "R&B + Soul/100%"), ("empty", ""), ("z", "雨 *'()!~")];
    let told = signed(json!({
        "method": "POST",
        "url": "https://api.example.net/v1/playlist",
        "form_body": form,
        "consumer_secret": "secret &/+",
        "token_secret": "other=%",
        "oauth_params": {
            "oauth_consumer_key": "key", "oauth_token": "token", "oauth_nonce": "n0nce",
            "oauth_timestamp": "1772323200", "oauth_version": "1.0",
        },
    }));
    let client = oauth1_request::Credentials::new("key", "secret &/+");
    let mut builder: oauth1_request::Builder<'_, _, &str> =
        oauth1_request::Builder::new(client, oauth1_request::HmacSha1::new());
    builder.token(Some(oauth1_request::Credentials::new("token", "other=%"))).nonce("n0nce");
    builder.timestamp(std::num::NonZeroU64::new(1_772_323_200)).version(true);
    let mut sorted = form;
    sorted.sort_unstable();
    let list = oauth1_request::ParameterList::new(sorted);
    let theirs = builder.authorize("POST", "https://api.example.net/v1/playlist", &list);
    let signature =
        |header: &str| header.split("oauth_signature=").nth(1).unwrap().split('"').nth(1).unwrap().to_owned();
    assert_eq!(signature(told["authorization_header"].as_str().unwrap()), signature(&theirs));

    let told = signed(json!({
        "method": "GET",
        "url": "http://photos.example.net/photos?file=vacation.jpg&size=original",
        "consumer_secret": "kd94hf93k423kf44",
        "token_secret": "pfkkdhi9sl3r4s00",
        "oauth_params": {
            "oauth_consumer_key": "dpf43f3p2l4k3l03",
            "oauth_token": "nnch734d00sl2jdk",
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": "137131202",
            "oauth_nonce": "chapoH",
        },
    }));
    assert_eq!(told["signature"], "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    let header = told["authorization_header"].as_str().unwrap();
    assert!(header.starts_with("OAuth ") && header.contains("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"), "{header}");
    assert_eq!(fed(&home, &["debug", "sign-oauth1"], "[]").code, 2);
    assert_eq!(fed(&home, &["debug", "sign-oauth1"], "no json").code, 2);
}

#[test]
fn texts_are_cleaned_for_screen_and_file() {
    let home = Home::new();
    let clean = |target: &str, raw: &str| {
        let done = fed(&home, &["debug", "clean-text", "--target", target], &json!(raw).to_string());
        assert_eq!(done.code, 0, "{done:?}");
        let told: Value = serde_json::from_str(&done.out).unwrap();
        (told["text"].as_str().unwrap().to_owned(), told["cells"].as_u64().unwrap())
    };
    assert_eq!(clean("ui", "\u{1b}]0;owned\u{7}Title\u{9b}\u{202e}"), ("]0;ownedTitle".to_owned(), 13));
    assert_eq!(clean("ui", "雨の港"), ("雨の港".to_owned(), 6));
    for raw in
        ["../../etc/passwd", "CON", "a/b\\c", "x\u{0}y", "trailing.", "\u{1b}[2J", "", "..", "~", "-rf"]
    {
        let (name, _) = clean("file", raw);
        assert!(!name.is_empty() && name != "." && name != ".." && name.len() <= 255, "{raw:?}: {name:?}");
        assert!(!name.contains(['/', '\\', '\0', '\u{1b}', ':']), "{raw:?}: {name:?}");
        assert!(!name.eq_ignore_ascii_case("con") && !name.ends_with('.'), "{raw:?}: {name:?}");
    }
}

#[test]
fn screens_are_shown_as_text() {
    let home = Home::new();
    let told = json_of(&home, &["debug", "render", "--keys", "<F3>night<Esc>3?", "--size", "100x30"]);
    let screens = told["screens"].as_array().unwrap();
    // One for the start and one for each of nine keys.
    assert_eq!(screens.len(), 10);
    for screen in screens {
        assert_eq!(screen["lines"].as_array().unwrap().len(), 30);
    }
    assert!(screens[6]["lines"].to_string().contains("Night Ferry"), "{}", screens[6]);
    assert!(screens[9]["lines"].to_string().contains("Keys"), "{}", screens[9]);
    // The demo is the same every time.
    let twice = ["debug", "render", "--keys", "jj<Enter>j3?", "--size", "100x30"];
    assert_eq!(json_of(&home, &twice), json_of(&home, &twice));
    assert_eq!(home.run(&["debug", "render", "--keys", "<Nokey>"]).code, 2);
    assert_eq!(home.run(&["debug", "render", "--size", "0x0"]).code, 2);
}

#[test]
fn events_and_a_summary_come_as_json() {
    let home = Home::new();
    let track = demo_music().join("tracks/paper-lanterns.flac");
    let missing = home.path().join("missing.mp3");
    let wav = home.path().join("out.wav");
    let (track, missing) = (track.to_str().unwrap(), missing.to_str().unwrap());
    // One after the other; what fails does not stop the rest, and the first failure is the code.
    let done =
        home.run(&["play", track, missing, track, "--output", &format!("wav:{}", wav.display()), "--json"]);
    assert_eq!(done.code, 3, "{done:?}");
    let lines = done.json_lines();
    let count = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!(
        (count("started"), count("failed"), count("ended"), count("summary")),
        (2, 1, 2, 1),
        "{lines:?}"
    );
    let failed = lines.iter().find(|line| line["event"] == "failed").unwrap();
    assert_eq!(failed["kind"], "not_found");
    let summary = done.summary();
    for field in ["frames_heard", "underruns", "retries", "variant_switches"] {
        assert!(summary[field].is_u64(), "{field}: {summary}");
    }
    assert_eq!(summary["frames_heard"], 2 * 946_337);
    assert_eq!(wav_samples(&wav).0.len(), 2 * 2 * 946_337);
}

#[test]
fn a_services_track_is_played_by_its_name() {
    let home = Home::new();
    let wav = format!("wav:{}", home.path().join("out.wav").display());
    // The sandbox alone, told by a configuration as it prints it.
    let mut command = home.segue(&["sandbox", "--port", "0"]);
    let mut sandbox = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(sandbox.stdout.take().unwrap());
    let mut config = String::new();
    while !config.contains("[services.audiosocket]")
        || !config.ends_with("token = \"sandboxtokensandboxtoken1\"\n")
    {
        assert!(out.read_line(&mut config).unwrap() > 0, "{config}");
    }
    let home = home.config(&config);
    let findings = json_of(&home, &["doctor", "--json"]);
    let good = |service: &&str| {
        findings.as_array().unwrap().iter().any(|it| it["subject"] == *service && it["health"] == "good")
    };
    assert!(["Audius", "Audiomack", "YourMusic", "Audiosocket"].iter().all(good), "{findings}");
    let done = home.run(&["play", "audius:track:nothing-there", "--output", &wav]);
    assert_eq!(done.code, 3, "{done:?}");
    let stop = Command::new("kill").args(["-TERM", &sandbox.id().to_string()]).status().unwrap();
    assert!(stop.success());
    assert_eq!(sandbox.wait().unwrap().code(), Some(143));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let done = home.run(&["play", "audius:track:nothing-there", "--output", &wav]);
    assert_eq!(done.code, 5, "{done:?}");
}

/// Hostile names reach a terminal, and a file of standard error, as text alone.
#[test]
fn names_are_clean_wherever_they_are_told() {
    let home = Home::new();
    let done = home.run(&["play", "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}.mp3", "--output", "null"]);
    assert_eq!(done.code, 3, "{done:?}");
    let odd = |text: &str| {
        text.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    assert!(!odd(&done.err) && done.out.is_empty(), "{done:?}");
    let log = std::fs::read_to_string(home.path().join("state/segue.log")).unwrap_or_default();
    assert!(!odd(&log), "{log:?}");
}
