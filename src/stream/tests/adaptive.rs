//! Changing between variants while they play, on a line whose speed the test hands out.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};

use super::server::{Reply, Server};
use super::*;
use crate::stream::hls::testing::demux;

/// A server that takes so many milliseconds for each request named, and none for others. Where the path
/// ends in `!` it answers 503 the first time.
struct Line {
    server: Server,
    clock: Arc<AtomicU64>,
    asked: Receiver<String>,
}

impl Line {
    fn start(files: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static, times: &[(&str, u64)]) -> Self {
        let clock = Arc::new(AtomicU64::new(0));
        let (tell, asked) = channel();
        let times: Vec<(String, u64)> =
            times.iter().map(|(path, time)| ((*path).to_owned(), *time)).collect();
        let (moved, times) = (clock.clone(), Mutex::new(times));
        let server = Server::start(move |asked, _| {
            let mut times = times.lock().unwrap();
            let found = times.iter().position(|(path, _)| path.trim_end_matches('!') == asked.path);
            let (path, time) = found.map_or_else(Default::default, |found| times.remove(found));
            moved.fetch_add(time, Ordering::SeqCst);
            if path.ends_with('!') {
                return Reply::new(503, "text/plain", "").header("Retry-After", "0");
            }
            let body = files(&asked.path[1..]);
            let _ = tell.send(asked.path.clone());
            body.map_or_else(|| Reply::new(404, "text/plain", ""), |body| Reply::new(200, "audio/x", body))
        });
        Self { server, clock, asked }
    }

    /// Plays `/master.m3u8`; reads nothing until `path` was asked for, so that what is fetched until then
    /// depends on nothing but the times.
    fn play(&self, path: &str) -> (Rig, Vec<Heard>) {
        let rig = Rig::timed(&self.clock);
        let mut media = rig.http(self.server.url("/master.m3u8")).unwrap();
        while self.asked.recv().unwrap() != path {}
        let heard = drain(&mut *media).unwrap();
        (rig, heard)
    }

    /// The segments that were sent, in order.
    fn sent(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.server.log().into_iter().map(|asked| asked.path).collect();
        paths.retain(|path| path.contains("seg") || path.contains(".m4s"));
        paths
    }
}

fn switches(rig: &Rig) -> u64 {
    rig.monitor.variant_switches.load(Ordering::Relaxed)
}

/// 1 Mb/s, then 60 kb/s, then 5 Mb/s: of segments of 110, 66 and 35 kB.
const STEPS: [(&str, u64); 6] = [
    ("/high/seg000.ts", 900),
    ("/high/seg001.ts", 15_000),
    ("/low/seg002.ts", 50),
    ("/low/seg003.ts!", 11_000),
    ("/low/seg003.ts", 50),
    ("/mid/seg004.ts", 100),
];

#[test]
fn a_line_that_changes_is_followed_without_a_lost_frame() {
    let line = Line::start(|path| std::fs::read(bundled("night-ferry").join(path)).ok(), &STEPS);
    let (rig, heard) = line.play("/mid/seg005.ts");
    let expected = ["high/0", "high/1", "low/2", "low/3", "low/3", "mid/4", "mid/5", "mid/6"];
    let expected: Vec<String> =
        expected.iter().map(|name| format!("/{}.ts", name.replace('/', "/seg00"))).collect();
    assert_eq!(line.sent(), expected);
    assert_eq!(switches(&rig), 2);
    let mut names = expected;
    names.dedup();
    let frames: Vec<u8> = names
        .iter()
        .flat_map(|name| demux(&std::fs::read(bundled("night-ferry").join(&name[1..])).unwrap()))
        .collect();
    assert_eq!(heard.len(), 1, "the decoder goes on");
    assert_same(&heard[0].2, &frames, "what was sent");
    // As many frames as one variant has alone.
    let count = |bytes: &[u8]| {
        let mut file = tempfile::Builder::new().suffix(".aac").tempfile().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        let path = file.path().to_str().unwrap();
        String::from_utf8(ffmpeg(&["-i", path, "-c", "copy", "-f", "framecrc"])).unwrap().lines().count()
    };
    let alone = bundled("night-ferry/high/index.m3u8");
    let alone = ffmpeg(&["-i", alone.to_str().unwrap(), "-c", "copy", "-f", "adts"]);
    assert_eq!(count(&heard[0].2), count(&alone));
}

#[test]
fn a_variant_that_is_cut_differently_is_left_alone() {
    // The list of the low variant says that it is aligned, but its segments are each the one after.
    let shifted = |path: &str| match path.strip_prefix("low/seg00").and_then(|rest| rest.strip_suffix(".ts"))
    {
        Some(number) => format!("low/seg00{}.ts", number.parse::<u8>().unwrap() + 1),
        None => path.to_owned(),
    };
    let times = [("/high/seg000.ts", 900), ("/high/seg001.ts", 15_000)];
    let line =
        Line::start(move |path| std::fs::read(bundled("night-ferry").join(shifted(path))).ok(), &times);
    let (rig, heard) = line.play("/mid/seg005.ts");
    // The first frames of the low one do not join, so they are not heard, and the next best is taken.
    let names = ["high/0", "high/1", "low/2", "mid/2", "mid/3", "mid/4", "mid/5", "mid/6"];
    let expected: Vec<String> =
        names.iter().map(|name| format!("/{}.ts", name.replace('/', "/seg00"))).collect();
    assert_eq!(line.sent(), expected);
    assert_eq!((switches(&rig), heard.len()), (1, 1));
    assert!(rig.monitor.take_notes().is_empty());
    let frames: Vec<u8> = expected
        .iter()
        .filter(|name| !name.starts_with("/low"))
        .flat_map(|name| demux(&std::fs::read(bundled("night-ferry").join(&name[1..])).unwrap()))
        .collect();
    assert_same(&heard[0].2, &frames, "what was sent but for the low segment");
}

#[test]
fn a_seek_goes_on_with_the_variant_that_plays() {
    let line = Line::start(|path| std::fs::read(bundled("night-ferry").join(path)).ok(), &STEPS[..2]);
    let rig = Rig::timed(&line.clock);
    let mut media = rig.http(line.server.url("/master.m3u8")).unwrap();
    while line.asked.recv().unwrap() != "/low/seg004.ts" {}
    media.seek(Duration::from_secs(31)).unwrap();
    let heard = drain(&mut *media).unwrap();
    let last = demux(&std::fs::read(bundled("night-ferry/low/seg006.ts")).unwrap());
    assert_same(&heard[0].2, &last, "the last segment");
}

#[test]
fn a_segment_that_does_not_come_is_had_from_a_lower_variant() {
    // The second segment is so short that waiting for it ends soon.
    let list = |name: &str| {
        let segment = |number: u8, seconds: f64| format!("#EXTINF:{seconds},\n{name}{number}\n");
        let segments = segment(0, 5.0) + &segment(1, 0.05) + &segment(2, 5.0);
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:5\n{segments}#EXT-X-ENDLIST\n")
    };
    let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=90000\nhigh.m3u8\n\
                  #EXT-X-STREAM-INF:BANDWIDTH=50000\nlow.m3u8\n";
    let server = Server::start(move |asked, _| match asked.path.as_str() {
        "/master.m3u8" => Reply::new(200, "audio/mpegurl", master),
        "/high.m3u8" => Reply::new(200, "audio/mpegurl", list("high")),
        "/low.m3u8" => Reply::new(200, "audio/mpegurl", list("low")),
        "/high1" => Reply::new(200, "audio/aac", vec![0; 5000]).stall_after(100),
        path => {
            let number = &path[path.len() - 1..];
            let file = bundled(&format!("cafe-muller/seg00{number}.aac"));
            Reply::new(200, "audio/aac", std::fs::read(file).unwrap())
        }
    });
    let rig = Rig::new();
    let heard = drain(&mut *rig.http(server.url("/master.m3u8")).unwrap()).unwrap();
    let paths: Vec<String> = server.log().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        paths,
        ["/master.m3u8", "/high.m3u8", "/high0", "/high1", "/low.m3u8", "/low1", "/low2"],
        "given up once"
    );
    assert_eq!((switches(&rig), heard.len()), (1, 1));
    assert!(rig.monitor.take_notes().is_empty());
    let whole = drain(&mut *rig.file(bundled("cafe-muller/index.m3u8")).unwrap()).unwrap().remove(0).2;
    assert!(whole.starts_with(&heard[0].2), "the same frames");
}

/// Three seconds in pieces of one, at two rates, as fragments.
fn fragments(folder: &std::path::Path, codec: &[&str]) {
    let mut master = "#EXTM3U\n".to_owned();
    for (name, rate, bandwidth) in [("low", "48k", "60000"), ("high", "160k", "170000")] {
        std::fs::create_dir(folder.join(name)).unwrap();
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-f", "lavfi", "-i", "aevalsrc=0.3*sin(t*t*900):d=6:s=48000"])
            .args(codec)
            .args(["-b:a", rate, "-f", "hls", "-hls_time", "1", "-hls_list_size", "0"])
            .args(["-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"])
            .arg(folder.join(name).join("index.m3u8"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        master.extend(["#EXT-X-STREAM-INF:BANDWIDTH=", bandwidth, "\n", name, "/index.m3u8\n"]);
    }
    std::fs::write(folder.join("master.m3u8"), master).unwrap();
}

#[test]
fn fragments_of_two_variants_are_one_sound() {
    let folder = tempfile::tempdir().unwrap();
    fragments(folder.path(), &["-c:a", "aac"]);
    let root = folder.path().to_owned();
    let times = [("/high/index1.m4s", 9_000)];
    let line = Line::start(move |path| std::fs::read(root.join(path)).ok(), &times);
    let (rig, heard) = line.play("/low/index5.m4s");
    assert_eq!(line.sent()[..3], ["/high/index0.m4s", "/high/index1.m4s", "/low/index2.m4s"]);
    assert_eq!((switches(&rig), heard.len()), (1, 1));
    let joined = folder.path().join("joined.mp4");
    std::fs::write(&joined, &heard[0].2).unwrap();
    // Where each packet is and how long it lasts, as ffmpeg reads it: the same as of one variant alone.
    let places = |path: &Path| {
        let lines = ffmpeg(&["-i", path.to_str().unwrap(), "-c", "copy", "-f", "framecrc"]);
        let lines = String::from_utf8(lines).unwrap();
        let of = |line: &str| line.split(',').skip(1).take(3).map(str::to_owned).collect::<Vec<_>>();
        lines.lines().filter(|line| !line.starts_with('#')).map(of).collect::<Vec<_>>()
    };
    assert_eq!(places(&joined), places(&folder.path().join("high/index.m3u8")));
}
