//! The queue of downloads, killed at moments it does not choose while servers do what servers do: whatever was queued is there in the
//! end, once, byte for byte. `SEGUE_TEST_KILLS` sets how often it is killed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::chance::{Chance, kills};
use crate::program::Home;
use crate::server::{Call, Reply, Server};

/// Jobs in the queue.
const JOBS: usize = 50;

/// How often a queue is killed at most, so that it also gets somewhere: a program that is killed every second forever fetches
/// the beginnings of pieces forever.
const KILLS_A_QUEUE: usize = 24;

/// What is written into no copy: they are compared byte for byte.
const CONFIG: &str =
    "[downloads]\ntags = false\nat_once = 3\nper_service = 3\n[network]\nidle_timeout = 2\nretries = 3\n";

/// What the server does with a job's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// Cuts what it sends, hangs up, and says now and then that it is too much.
    Rough,
    /// Falls silent in the middle.
    Silent,
    /// Has another file after a while.
    Changing,
    /// Knows no ranges.
    Whole,
    /// Says that the address has run out.
    RunsOut,
    /// Music in pieces, of one of four kinds.
    Pieces(&'static str),
}

const PIECES: [&str; 4] = [
    "ame-no-minato/index.m3u8",
    "cafe-muller/index.m3u8",
    "harbour-lights/index.m3u8",
    "night-ferry/master.m3u8",
];

fn kind(job: usize) -> Kind {
    match job % 10 {
        4 if job % 20 == 4 => Kind::Silent,
        0..=4 => Kind::Rough,
        5 => Kind::Changing,
        6 => Kind::Whole,
        7 => Kind::RunsOut,
        _ => Kind::Pieces(PIECES[(job / 10 + job % 2 * 2) % 4]),
    }
}

/// A wave file of noise of its own for each number (RIFF WAVE, 16 bits, two channels, 44.1 kHz).
fn noise(number: usize) -> Vec<u8> {
    let bytes = 300_000 + number * 77_777 % 2_600_000 / 4 * 4;
    let length = |more: usize| u32::try_from(bytes + more).unwrap().to_le_bytes();
    let mut file = [b"RIFF".as_slice(), &length(36), b"WAVEfmt \x10\0\0\0\x01\0\x02\0"].concat();
    file.extend_from_slice(&44_100_u32.to_le_bytes());
    file.extend_from_slice(&176_400_u32.to_le_bytes());
    file.extend_from_slice(b"\x04\0\x10\0data");
    file.extend_from_slice(&length(0));
    let mut state = 0x2545_f491_4f6c_dd1d_u64.wrapping_mul(number as u64 * 2 + 1);
    while file.len() < bytes + 44 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.extend_from_slice(&state.to_le_bytes());
    }
    file.truncate(bytes + 44);
    file
}

/// How often each path was asked for so far.
type Seen = HashMap<String, usize>;

/// Sends a file, as much as it was asked for.
fn file(call: &Call, whole: &[u8], etag: &str, knows_ranges: bool) -> (u16, String, Vec<u8>) {
    let mut headers = format!("Content-Type: audio/wav\r\nETag: {etag}\r\n");
    let if_range = call.header("if-range");
    let range = call.header("range").strip_prefix("bytes=").filter(|_| knows_ranges);
    let Some((start, last)) =
        range.filter(|_| if_range.is_empty() || if_range == etag).and_then(|range| range.split_once('-'))
    else {
        return (200, headers, whole.to_vec());
    };
    let start: usize = start.parse().unwrap();
    let end = last.parse::<usize>().map_or(whole.len(), |last| whole.len().min(last + 1));
    if start >= end {
        return (416, headers, Vec::new());
    }
    let range = format!("Content-Range: bytes {start}-{}/{}\r\n", end - 1, whole.len());
    headers.push_str(&range);
    (206, headers, whole[start..end].to_vec())
}

/// A file of a list.
fn piece(list: &str, name: &str) -> PathBuf {
    let folder = Path::new(list).parent().unwrap();
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/hls").join(folder).join(name)
}

/// The answer to a request; `calm`: nothing goes wrong.
fn answer(call: &Call, seen: &Mutex<Seen>, calm: bool) -> Reply {
    let mut parts = call.path.trim_start_matches('/').splitn(2, '/');
    let job: usize = parts.next().unwrap_or_default().parse().unwrap();
    let rest = parts.next().unwrap_or_default();
    let mut seen = seen.lock().unwrap();
    let count = seen.entry(call.path.clone()).or_default();
    let times = std::mem::replace(count, *count + 1);
    let kind = kind(job);
    let (status, headers, body) = match kind {
        Kind::Pieces(list) => match fs::read(piece(list, rest)) {
            Ok(body) => (200, String::new(), body),
            Err(_) => (404, String::new(), Vec::new()),
        },
        Kind::Changing if times >= 2 => file(call, &noise(1_000 + job), "\"b\"", true),
        Kind::Whole => file(call, &noise(job), "\"a\"", false),
        _ => file(call, &noise(job), "\"a\"", true),
    };
    let mut cut = body.len();
    let trouble = (times * 7 + job * 3) % 11;
    let reply = |status: u16, headers: String, body: Vec<u8>, cut: usize| {
        if cut < body.len() {
            let (body, promised) = (body[..cut].to_vec(), body.len());
            Reply::Cut { status, headers, body, promised }
        } else {
            Reply::Full { status, headers, body }
        }
    };
    if calm || status >= 400 {
        return reply(status, headers, body, cut);
    }
    let limit = |status| Reply::with(status, "Retry-After: 0\r\n", "");
    match kind {
        Kind::Pieces(_) if trouble < 2 => Reply::HangUp,
        Kind::Pieces(_) if trouble == 2 => reply(status, headers, body, cut / 2),
        Kind::Rough if times == 3 && job.is_multiple_of(4) => limit(429),
        Kind::Rough if times == 4 && job % 4 == 2 => limit(503),
        Kind::Rough if trouble == 0 => Reply::HangUp,
        Kind::RunsOut if times % 4 == 1 => Reply::with(403, "", "expired"),
        Kind::Silent if times.is_multiple_of(3) => {
            let promised = body.len();
            let body = body[..cut / 3].to_vec();
            Reply::Held { status, headers, body, promised }
        }
        Kind::Rough | Kind::RunsOut | Kind::Changing => {
            cut = cut.min(200_000 + (times * 77_777 + job * 13_131) % 900_000);
            reply(status, headers, body, cut)
        }
        Kind::Whole | Kind::Silent | Kind::Pieces(_) => reply(status, headers, body, cut),
    }
}

fn address(server: &Server, job: usize) -> String {
    let name = match kind(job) {
        Kind::Pieces(list) => Path::new(list).file_name().unwrap().to_str().unwrap().to_owned(),
        _ => format!("track{job}.wav"),
    };
    server.url(&format!("/{job}/{name}")).to_string()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    // What tells of the copies is none.
    found.retain(|path| !path.ends_with(".segue-copies.jsonl"));
    found
}

fn list(home: &Home) -> Vec<Value> {
    let done = home.run(&["download", "list", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    serde_json::from_str(&done.out).unwrap()
}

/// What each job becomes when nobody is killed and nothing goes wrong: the hashes of the copies by job.
fn undisturbed() -> HashMap<usize, String> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let server = Server::start(move |call| answer(call, &seen, true));
    let home = Home::new().config(CONFIG);
    let mut expected = HashMap::new();
    for job in 0..JOBS {
        if !matches!(kind(job), Kind::Pieces(_)) {
            expected.insert(job, hash(&noise(job)));
        }
    }
    for list in PIECES {
        let jobs: Vec<usize> = (0..JOBS).filter(|job| kind(*job) == Kind::Pieces(list)).collect();
        let url = address(&server, jobs[0]);
        assert_eq!(home.run(&["download", "add", &url]).code, 0);
        let done = home.run(&["download", "run", "--json"]);
        assert_eq!(done.code, 0, "{done:?}");
        let copy = done.json_lines().into_iter().find(|line| line["event"] == "done").unwrap();
        for job in jobs {
            expected.insert(job, copy["sha256"].as_str().unwrap().to_owned());
        }
    }
    expected
}

#[test]
fn a_queue_that_is_killed_again_and_again_copies_everything_once() {
    let expected = undisturbed();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (told, kills) = (Arc::clone(&seen), kills(6, 1));
    let server = Server::start(move |call| answer(call, &told, false));
    let mut chance = Chance(27);
    let (mut killed, mut queues, mut all) = (0, 0, (0, 0));
    while killed < kills || queues == 0 {
        queues += 1;
        seen.lock().unwrap().clear();
        server.sent.lock().unwrap().clear();
        let killed_before = killed;
        let home = Home::new().config(CONFIG);
        let urls: Vec<String> = (0..JOBS).map(|job| address(&server, job)).collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let added = home.run(&[&["download", "add"], urls.as_slice()].concat());
        assert_eq!(added.code, 0, "{added:?}");
        let ids: Vec<Value> = list(&home).iter().map(|row| row["id"].clone()).collect();
        assert_eq!(ids.len(), JOBS);
        // Killed until it has had its share; then it runs to its end, as often as something waits to be tried again.
        let share = killed + KILLS_A_QUEUE.min(kills - killed);
        while killed < share {
            let mut run =
                home.segue(&["download", "run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // Another program wants to run the same queue: one of them does.
            let mut other = (chance.below(3) == 0).then(|| {
                let mut command = home.segue(&["download", "run"]);
                command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
            });
            chance.wait(900_000);
            if run.try_wait().unwrap().is_none() {
                run.kill().unwrap();
                killed += 1;
            }
            run.wait().unwrap();
            if let Some(other) = &mut other {
                let _ = other.kill();
                other.wait().unwrap();
            }
            let found = list(&home);
            let now: Vec<Value> = found.iter().map(|row| row["id"].clone()).collect();
            assert_eq!(now, ids, "nothing is lost, doubled or out of order");
            if found.iter().all(|row| row["state"] == "done") {
                break;
            }
        }
        let mut left = list(&home);
        for _ in 0..20 {
            if left.iter().all(|row| row["state"] == "done") {
                break;
            }
            home.run(&["download", "retry"]);
            home.run(&["download", "run"]);
            left = list(&home);
        }
        let open: Vec<_> = left.iter().filter(|row| row["state"] != "done").collect();
        assert!(open.is_empty(), "{open:?}");
        check(&home, &server, &expected);

        // What was sent, beside what there is, where nothing goes wrong but kills and cuts.
        let (mut sent, mut size) = (0, 0);
        for (path, bytes) in server.sent.lock().unwrap().iter() {
            let (job, rest) = path.trim_start_matches('/').split_once('/').unwrap();
            let whole = match kind(job.parse().unwrap()) {
                Kind::Rough | Kind::RunsOut => noise(job.parse().unwrap()).len(),
                Kind::Pieces(list) if rest.rsplit('.').next() != Some("m3u8") => {
                    fs::read(piece(list, rest)).unwrap().len()
                }
                Kind::Pieces(_) | Kind::Silent | Kind::Changing | Kind::Whole => continue,
            };
            (sent, size) = (sent + bytes, size + whole);
        }
        println!("queue {queues}: {sent} bytes sent for {size}, {} kills", killed - killed_before);
        all = (all.0 + sent, all.1 + size);
    }
    let (sent, size) = all;
    println!(
        "{killed} kills over {queues} queues of {JOBS}; {:.3} bytes sent for each",
        sent as f64 / size as f64
    );
    assert!(sent * 10 <= size * 11, "{sent} bytes were sent for {size}, and {killed} kills");
}

/// The files by the job they are of, by what their job's source says.
fn sizes(home: &Home, server: &Server) -> HashMap<usize, usize> {
    let sources: HashMap<String, usize> = (0..JOBS).map(|job| (address(server, job), job)).collect();
    let of = |row: &Value| {
        let job = sources[row["source"].as_str().unwrap()];
        (job, usize::try_from(row["bytes"].as_u64().unwrap()).unwrap())
    };
    list(home).iter().map(of).collect()
}

fn check(home: &Home, server: &Server, expected: &HashMap<usize, String>) {
    let folder = home.path().join("data/downloads");
    let files = files(&folder);
    let ours = |path: &&PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(".segue-");
    assert_eq!(files.iter().filter(ours).collect::<Vec<_>>(), Vec::<&PathBuf>::new(), "parts are left");
    assert_eq!(files.len(), JOBS, "{files:?}");
    let verified = home.run(&["download", "verify", "--json"]);
    let verified: Value = serde_json::from_str(&verified.out).unwrap();
    assert_eq!(verified["whole"], JOBS, "{verified}");
    assert_eq!(sizes(home, server).len(), JOBS);
    let mut found: HashMap<String, usize> = HashMap::new();
    for path in &files {
        *found.entry(hash(&fs::read(path).unwrap())).or_default() += 1;
    }
    let mut hashes: HashSet<String> = HashSet::new();
    for (job, hash) in expected {
        let is_there = found.contains_key(hash);
        let other = self::hash(&noise(1_000 + job));
        assert!(
            is_there || (kind(*job) == Kind::Changing && found.contains_key(&other)),
            "the copy of job {job} ({:?}) is not its file",
            kind(*job)
        );
        hashes.extend([hash.clone(), other]);
    }
    assert!(found.keys().all(|hash| hashes.contains(hash)), "a copy is of nothing");
}
