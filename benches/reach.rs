//! How soon something is heard: a seek in a file, in what is kept of a stream, and far ahead in a stream; another track
//! by key. Every half minute of sound is soft and then loud; each seek goes from where it is soft to where it is loud, and
//! ends when the last 46 ms of what the ear gets are nearly all loud, which is some 10 ms after it is heard. The sound goes
//! to the silent output, which takes it every 20 ms: half of that is in each figure, as the device's period. The server
//! answers after a round trip of its own making. What is printed is the time beyond it: beyond one round trip for a seek,
//! where anything was asked for, and beyond one for each request where a track begins.
//! `cargo bench --bench reach`; `ROUNDS=40 TRIP_MS=50` are the defaults.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench that cannot run should say so")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use segue::audio::{self, Player, PlayerOptions, decode_all};
use segue::config::{ReplayGain, Settings};
use segue::model::{Locator, OutputChoice, PlayId, RemoteAddress, Volume};
use segue::net::Net;
use segue::stream::{Cancel, Monitor, Open as _, Streams};

/// Seconds of each file.
const SECONDS: u64 = 600;

/// Where the loud half is nearly all that is in the window: its mean is -13.8 dB, that of the soft half -33.8 dB.
const BETWEEN_DB: f32 = -16.3;

/// Softer than anything in the tracks.
const SILENT_DB: f32 = -45.0;

/// Longest wait for a sound.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of one folder that takes its time before each answer.
struct Server {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn start(folder: &Path, trip: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let (counted, folder) = (Arc::clone(&requests), folder.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counted, folder) = (Arc::clone(&counted), folder.clone());
                // Who seeks away hangs up.
                thread::spawn(move || answer(stream, &folder, trip, &counted).ok());
            }
        });
        Self { address, requests }
    }

    fn locator(&self, name: &str) -> Locator {
        Locator::Http(RemoteAddress::plain(format!("{}/{name}", self.address).parse().expect("an address")))
    }
}

fn answer(
    mut stream: TcpStream,
    folder: &Path,
    trip: Duration,
    counted: &AtomicUsize,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut path, mut start, mut line) = (None, 0, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            path =
                path.or_else(|| line.split(' ').nth(1).map(|path| path.trim_start_matches('/').to_owned()));
            if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                start = range.split('-').next().and_then(|start| start.parse().ok()).unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        counted.fetch_add(1, Ordering::Relaxed);
        let name = path.unwrap_or_default();
        let body = std::fs::read(folder.join(&name)).unwrap_or_default();
        #[expect(clippy::disallowed_methods, reason = "the way there and back")]
        thread::sleep(trip);
        let kind =
            if name.ends_with("m3u8") { "application/vnd.apple.mpegurl" } else { "application/octet-stream" };
        let start = start.min(body.len().saturating_sub(1));
        let (last, all) = (body.len().saturating_sub(1), body.len());
        write!(
            stream,
            "HTTP/1.1 206 X\r\nContent-Type: {kind}\r\nETag: \"{name}\"\r\nContent-Length: {}\r\n\
             Content-Range: bytes {start}-{last}/{all}\r\n\r\n",
            all - start
        )?;
        stream.write_all(&body[start..])?;
    }
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a bench measures")]
    Instant::now()
}

/// Waits until what the ear gets is loud, or soft.
fn heard(player: &mut Player, is_loud: bool) -> Duration {
    let begun = now();
    loop {
        let level = player.spectrum().levels[0].mean_db;
        if (level > BETWEEN_DB) == is_loud && level > SILENT_DB {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < PATIENCE, "not heard: {level} dB, {:?}", player.snapshot());
        thread::park_timeout(Duration::from_micros(200));
    }
}

fn print(name: &str, mut times: Vec<Duration>, requests: usize) {
    times.sort();
    let at =
        |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    println!("{name:44}{:8.1}{:8.1}   {requests}", at(50), at(90));
}

fn made(folder: &Path, name: &str, options: &str) -> PathBuf {
    let path = folder.join(name);
    // Loud from the beginning of each half minute on.
    let noise = format!("aevalsrc='(random(0)-0.5)*if(lt(mod(t,30),15),1,0.1)':d={SECONDS}:s=44100");
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &noise, "-ac", "2"])
        .args(options.split(' '))
        .arg(&path)
        .status()
        .expect("ffmpeg");
    assert!(done.success(), "{name}");
    path
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

struct Rig {
    player: Player,
    server: Server,
    trip: Duration,
    rounds: u64,
    plays: u64,
}

impl Rig {
    fn load(&mut self, locator: Locator) -> PlayId {
        self.plays += 1;
        let play_id = PlayId(self.plays);
        let (known, start, paused) = (None, Duration::ZERO, false);
        self.player.send(audio::Command::Load { play_id, locator, known, start, paused });
        play_id
    }

    /// Places all over the track, far from each other.
    fn seeks(&mut self, name: &str, locator: Locator) {
        self.load(locator);
        heard(&mut self.player, true);
        let (mut times, mut most) = (Vec::new(), 0);
        for round in 0..self.rounds {
            let to = 30 + (round * 390 + 180) % (SECONDS - 60);
            self.player.send(audio::Command::Seek(Duration::from_secs(to + 20)));
            heard(&mut self.player, false);
            let to = (to + 300) % (SECONDS - 60) + 5;
            let before = self.server.requests.load(Ordering::Relaxed);
            self.player.send(audio::Command::Seek(Duration::from_secs(to)));
            let time = heard(&mut self.player, true);
            let asked = self.server.requests.load(Ordering::Relaxed) - before;
            times.push(time.saturating_sub(self.trip * u32::from(asked > 0)));
            most = most.max(asked);
        }
        print(name, times, most);
    }

    fn nexts(&mut self, name: &str, locators: &[Locator]) {
        let (mut times, mut most) = (Vec::new(), 0);
        for round in 0..self.rounds {
            self.player.send(audio::Command::Seek(Duration::from_secs(20)));
            if round > 0 {
                heard(&mut self.player, false);
            }
            let before = self.server.requests.load(Ordering::Relaxed);
            let locator = locators[usize::try_from(round).unwrap_or(0) % locators.len()].clone();
            self.load(locator);
            let time = heard(&mut self.player, true);
            let asked = self.server.requests.load(Ordering::Relaxed) - before;
            times.push(time.saturating_sub(self.trip * u32::try_from(asked).unwrap_or(0)));
            most = most.max(asked);
        }
        print(name, times, most);
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("a.mp3", "-c:a libmp3lame -b:a 192k"),
        ("v.mp3", "-c:a libmp3lame -q:a 2"),
        ("a.m4a", "-c:a aac -b:a 160k -movflags +faststart"),
        ("a.flac", "-c:a flac"),
        ("a.ogg", "-c:a libvorbis -q:a 5"),
        ("a.opus", "-c:a libopus -b:a 128k"),
        ("a.webm", "-c:a libopus -b:a 128k"),
    ];
    let paths: Vec<(&str, PathBuf)> =
        files.iter().map(|(name, options)| (*name, made(folder.path(), name, options))).collect();
    let hls = "-c:a aac -b:a 160k -f hls -hls_playlist_type vod -hls_time 6";
    made(folder.path(), "list.m3u8", hls);
    let trip = Duration::from_millis(number("TRIP_MS", 50));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let settings = Settings::default();
    let net = Net::new(settings.network.clone());
    let streams = Streams::new(net.clone(), settings.hls.clone(), runtime.handle().clone());
    let streams = Arc::new(streams.keeping_in(folder.path().join("kept"), 4 << 30));
    let options = PlayerOptions {
        output: OutputChoice::Null,
        buffer_ms: settings.player.buffer_ms,
        moves: false,
        closes_after: Duration::MAX,
        volume: Volume::FULL,
        replaygain: ReplayGain::Off,
        preamp_db: 0.0,
        crossfade: Duration::ZERO,
        sound: settings.sound,
    };
    let player = Player::start(options, streams.clone(), Box::new(drop)).expect("a player");
    player.watch(true);
    let server = Server::start(folder.path(), trip);
    let mut rig = Rig { player, server, trip, rounds: number("ROUNDS", 40), plays: 0 };
    println!("{:44}{:>8}{:>8}   most requests", "milliseconds beyond the round trips", "median", "90 %");
    for (name, path) in &paths {
        rig.seeks(&format!("seek in a file, {name}"), Locator::File(path.clone()));
    }
    for (name, _) in &paths {
        rig.seeks(&format!("seek in a stream, {name}"), rig.server.locator(name));
    }
    rig.seeks("seek in a playlist", rig.server.locator("list.m3u8"));
    let all: Vec<Locator> = ["a.mp3", "a.m4a", "a.ogg"].map(|name| rig.server.locator(name)).into();
    rig.nexts("next track, streams", &all);
    let list = [rig.server.locator("list.m3u8")];
    rig.nexts("next track, playlist", &list);
    for (name, _) in &paths {
        let locator = rig.server.locator(name);
        let media =
            streams.open(&locator, &Cancel::default(), &Arc::new(Monitor::default())).expect("a stream");
        decode_all(media, |_| ()).expect("it can be decoded");
        rig.seeks(&format!("seek in a kept stream, {name}"), locator);
    }
}
