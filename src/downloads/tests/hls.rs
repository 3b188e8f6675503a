//! Music that comes in pieces: joined to one file that other players open, sample for sample as it was.

use std::process::Command;

use super::*;
use crate::model::CleanText;

/// Serves the files of a folder.
fn serve(folder: PathBuf, fault: impl Fn(&Asked, usize) -> Option<Reply> + Send + Sync + 'static) -> Server {
    Server::start(move |asked, number| {
        fault(asked, number).unwrap_or_else(|| {
            match fs::read(folder.join(asked.path.trim_start_matches('/'))) {
                Ok(body) if asked.headers.contains_key("range") => ranged(asked, &body, "\"a\""),
                Ok(body) => Reply::new(200, "application/octet-stream", body),
                Err(_) => Reply::new(404, "text/plain", ""),
            }
        })
    })
}

fn tool(name: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(name).args(arguments).output();
    let output = output.unwrap_or_else(|_| panic!("these tests compare with {name}, which is not there"));
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What ffmpeg decodes a file or list to.
fn decoded(path: &Path) -> Vec<u8> {
    let path = path.to_str().unwrap();
    let list = ["-allowed_extensions", "ALL", "-extension_picky", "0"];
    let options: &[&str] = if path.ends_with(".m3u8") { &list } else { &[] };
    let start = ["-v", "error", "-nostdin"];
    let end = ["-i", path, "-map", "0:a:0", "-f", "s16le", "-"];
    tool("ffmpeg", &[start.as_slice(), options, &end].concat())
}

fn probed(path: &Path, entry: &str) -> String {
    let path = path.to_str().unwrap();
    let shown = tool("ffprobe", &["-v", "error", "-show_entries", entry, "-of", "csv=p=0", path]);
    String::from_utf8(shown).unwrap().trim().to_owned()
}

/// Copies the list and returns the rig that holds the copy.
fn copied(folder: &Path, list: &str, rules: Rules) -> (Rig, FinishedCopy) {
    let rig = Rig::new();
    let server = serve(folder.to_owned(), |_, _| None);
    let desk = Rig::desk(vec![http(server.url(&format!("/{list}")))]);
    let copy = rig.copy(&rig.wanted(), rules, &Desk { cover: Some(cover()), ..desk });
    let copy = copy.unwrap_or_else(|stop| panic!("{list}: {stop}"));
    (rig, copy)
}

fn cover() -> Vec<u8> {
    fs::read(bundled("covers/cafe-muller.jpg")).unwrap()
}

/// Copies a list, and compares what the file is decoded to with what the list is.
fn check(folder: &Path, list: &str, extension: &str) {
    check_against(folder, list, &folder.join(list), extension);
}

fn check_against(folder: &Path, list: &str, source: &Path, extension: &str) {
    let (rig, copy) = copied(folder, list, Rules::default());
    assert_eq!(rig.files(), [format!("Ada Cole/Tides/01 Night Ferry.{extension}")]);
    assert_eq!(copy.notes, Vec::<CleanText>::new(), "{list}");
    let (ours, theirs) = (decoded(&copy.path), decoded(source));
    let differs = ours.iter().zip(&theirs).position(|(one, other)| one != other);
    assert_eq!((differs, ours.len()), (None, theirs.len()), "{list}: first difference, lengths");
    let seconds: f64 = probed(&copy.path, "format=duration").parse().unwrap();
    assert!(
        (seconds - copy.length.as_secs_f64()).abs() < 0.06,
        "{list}: ffprobe {seconds}, we {:?}",
        copy.length
    );
    assert_eq!(probed(&copy.path, "format_tags=title"), "Night Ferry", "{list}");
    assert_eq!(probed(&copy.path, "format_tags=artist"), "Ada Cole", "{list}");
    assert_eq!(probed(&copy.path, "format_tags=album"), "Tides", "{list}");
    assert!(probed(&copy.path, "format_tags=track").starts_with('1'), "{list}");
    let path = copy.path.to_str().unwrap();
    let mpv = ["--no-config", "--ao=pcm", "--ao-pcm-file=/dev/null", "--no-video", "--really-quiet", path];
    tool("mpv", &mpv);
    let picture = ["-v", "error", "-i", path, "-map", "0:v:0", "-c", "copy", "-f", "image2pipe", "-"];
    assert!(tool("ffmpeg", &picture) == cover(), "{list}: the cover");
}

#[test]
fn the_four_kinds_become_files_with_the_same_samples() {
    let hls = bundled("hls");
    check(&hls.join("ame-no-minato"), "index.m3u8", "m4a");
    check(&hls.join("cafe-muller"), "index.m3u8", "m4a");
    check(&hls.join("harbour-lights"), "index.m3u8", "m4a");
    // Of several variants the best.
    check_against(&hls.join("night-ferry"), "master.m3u8", &hls.join("night-ferry/high/index.m3u8"), "m4a");
}

/// Cuts a bundled file with ffmpeg.
fn cut(folder: &Path, source: &str, options: &[&str]) -> PathBuf {
    let (source, list) = (bundled(source), folder.join("list.m3u8"));
    let start =
        ["-v", "error", "-nostdin", "-i", source.to_str().unwrap(), "-map", "0:a", "-map_metadata", "-1"];
    let end = ["-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", list.to_str().unwrap()];
    tool("ffmpeg", &[start.as_slice(), options, &end].concat());
    list
}

#[test]
fn mpeg_audio_stays_what_it_is() {
    let folder = TempDir::new().unwrap();
    cut(folder.path(), "tracks/night-ferry.mp3", &["-c", "copy"]);
    check(folder.path(), "list.m3u8", "mp3");
}

#[test]
fn whatever_lies_in_fragments_stays_what_it_is() {
    let options: [(&str, &[&str]); 4] = [
        ("tracks/paper-lanterns.flac", &["-c", "copy", "-strict", "-2"]),
        ("tracks/ame-no-minato.opus", &["-c", "copy"]),
        ("tracks/paper-lanterns.flac", &["-c:a", "alac"]),
        ("tracks/slow-orbit.m4a", &["-c", "copy"]),
    ];
    for (source, codec) in options {
        let folder = TempDir::new().unwrap();
        let kind = ["-hls_segment_type", "fmp4"];
        cut(folder.path(), source, &[codec, &kind].concat());
        check(folder.path(), "list.m3u8", "m4a");
    }
    // Pieces that are stretches of one file.
    let folder = TempDir::new().unwrap();
    let kind = ["-c", "copy", "-strict", "-2", "-hls_segment_type", "fmp4", "-hls_flags", "single_file"];
    cut(folder.path(), "tracks/paper-lanterns.flac", &kind);
    check(folder.path(), "list.m3u8", "m4a");
}

#[test]
fn pieces_that_came_are_not_asked_for_again() {
    let rig = Rig::new();
    let folder = bundled("hls/ame-no-minato");
    let server = serve(folder.clone(), |_, _| None);
    let locator = || http(server.url("/index.m3u8"));
    let desk = Desk { stop_at: Some(200_000), ..Rig::desk(vec![locator()]) };
    assert_eq!(rig.copy(&rig.wanted(), bare(), &desk), Err(Stop::Cancelled));
    assert_eq!(rig.files(), [".segue-1.part"]);
    // What a kill leaves at the end.
    let part = rig.folder.path().join(".segue-1.part");
    let torn = fs::metadata(&part).unwrap().len() - 1000;
    fs::OpenOptions::new().write(true).open(&part).unwrap().set_len(torn).unwrap();
    let before = server.log().len();
    let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![locator()])).unwrap();
    let again = server.log().split_off(before);
    assert!(again.iter().filter(|asked| asked.path.ends_with(".ts")).count() < 7, "{again:?}");
    assert_eq!(
        server.count("/key.bin"),
        if again.iter().any(|asked| asked.path == "/key.bin") { 2 } else { 1 }
    );
    assert!(decoded(&copy.path) == decoded(&folder.join("index.m3u8")));
}

#[test]
fn one_piece_in_three_fails_at_first_and_all_come() {
    let rig = Rig::new();
    let folder = bundled("hls/cafe-muller");
    let failed = Mutex::new(std::collections::HashSet::new());
    let server = serve(folder.clone(), move |asked, _| {
        let number = asked.path.chars().filter_map(|c| c.to_digit(10)).sum::<u32>();
        let is_first = failed.lock().unwrap().insert(asked.path.clone());
        let fails = is_first && asked.path.ends_with(".aac");
        match number % 3 {
            0 if fails => Some(Reply::new(503, "text/plain", "")),
            1 if fails => Some(Reply::new(200, "text/html", "<html>not now</html>")),
            2 if fails => Some(Reply::hang_up()),
            _ => None,
        }
    });
    let desk = Rig::desk(vec![http(server.url("/index.m3u8"))]);
    let copy = rig.copy(&rig.wanted(), bare(), &desk).unwrap();
    assert!(decoded(&copy.path) == decoded(&folder.join("index.m3u8")));
    assert_eq!(server.log().len(), 13);
}

#[test]
fn what_cannot_be_one_file_is_refused_in_words() {
    let folder = TempDir::new().unwrap();
    let copy = |name: &str, from: &str| {
        fs::copy(bundled("hls").join(from), folder.path().join(name)).unwrap();
    };
    copy("a.aac", "cafe-muller/seg000.aac");
    copy("b.m4s", "harbour-lights/seg000.m4s");
    copy("init.mp4", "harbour-lights/init.mp4");
    let vod = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:4.99,\na.aac\n";
    let lists = [
        (
            "live.m3u8",
            "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\na.aac\n".to_owned(),
            "it is a live stream",
        ),
        (
            "mixed.m3u8",
            format!(
                "{vod}#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:5,\nb.m4s\n#EXT-X-ENDLIST\n"
            ),
            "its format changes in the middle",
        ),
        (
            "gap.m3u8",
            format!("{vod}#EXT-X-GAP\n#EXTINF:5,\nx.aac\n#EXT-X-ENDLIST\n"),
            "parts of it are missing",
        ),
        (
            "drm.m3u8",
            format!("{vod}#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n#EXTINF:5,\na.aac\n#EXT-X-ENDLIST\n"),
            "encryption SAMPLE-AES is not supported",
        ),
    ];
    for (name, text, expected) in lists {
        fs::write(folder.path().join(name), text).unwrap();
        let (rig, server) = (Rig::new(), serve(folder.path().to_owned(), |_, _| None));
        let desk = Rig::desk(vec![http(server.url(&format!("/{name}")))]);
        let Err(Stop::Failed(fault)) = rig.copy(&rig.wanted(), bare(), &desk) else { panic!("{name}") };
        assert!(fault.message.as_str().contains(expected), "{name}: {fault}");
        assert_eq!(fault.retry, Retry::Never, "{name}: {fault}");
    }
}

#[test]
fn hundreds_of_pieces_of_which_one_in_twenty_fails_become_one_file() {
    let folder = TempDir::new().unwrap();
    let source = bundled("tracks/slow-orbit.m4a");
    let list = folder.path().join("list.m3u8");
    let options =
        ["-v", "error", "-nostdin", "-i", source.to_str().unwrap(), "-map", "0:a", "-c", "copy", "-f", "hls"];
    let cut = ["-hls_time", "0.09", "-hls_playlist_type", "vod", list.to_str().unwrap()];
    tool("ffmpeg", &[options.as_slice(), &cut].concat());
    let rig = Rig::new();
    let failed = Mutex::new(std::collections::HashSet::new());
    let server = serve(folder.path().to_owned(), move |asked, number| {
        let is_first = number % 20 == 7 && failed.lock().unwrap().insert(asked.path.clone());
        (is_first && asked.path.ends_with(".ts")).then(|| Reply::new(500, "text/plain", ""))
    });
    let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/list.m3u8"))])).unwrap();
    let pieces = fs::read_to_string(&list).unwrap().lines().filter(|line| line.ends_with(".ts")).count();
    assert!(pieces >= 250, "{pieces} pieces");
    assert!(server.log().len() <= pieces + 1 + pieces / 15, "{} requests for {pieces}", server.log().len());
    assert!(decoded(&copy.path) == decoded(&list));
}
