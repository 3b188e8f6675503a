//! A sound card that is not there: a PulseAudio server of our own with a null sink, and a recorder on it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

const RATE: u32 = 44_100;

/// The server and its recorder; both end with it.
pub struct Card {
    /// While it runs.
    running: Option<[Child; 2]>,
    recorded: Arc<(Mutex<Vec<u8>>, Condvar)>,
    folder: TempDir,
}

/// Whether there is a sound server to make a card of. On a machine with another one the tests of
/// real sound are left out.
pub fn have_card() -> bool {
    let there =
        |tool| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    let all = there("pulseaudio") && there("parec");
    if !all {
        println!("skipped: pulseaudio and parec are not installed");
    }
    all
}

impl Card {
    pub fn start() -> Self {
        let recorded = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let mut card = Self { running: None, recorded, folder: tempfile::tempdir().unwrap() };
        card.plug_in(RATE);
        card
    }

    /// Starts the server with a card of this rate, and a recorder of all that sounds on it.
    pub fn plug_in(&mut self, rate: u32) {
        let folder = self.folder.path();
        let script = format!(
            "load-module module-native-protocol-unix socket={0} auth-anonymous=1\n\
             load-module module-null-sink sink_name=vsink rate={rate} format=s16le channels=2\n\
             set-default-sink vsink\n",
            folder.join("native").display()
        );
        let setup = folder.join("setup.pa");
        std::fs::write(&setup, script).unwrap();
        let mut server = Command::new("pulseaudio")
            .args(["-n", "-F", setup.to_str().unwrap()])
            .args(["--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no"])
            .args(["--high-priority=no", "--realtime=no", "--log-level=error"])
            .envs(variables(folder))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The recorder connects as soon as the server answers; until then it is started again.
        loop {
            assert!(server.try_wait().unwrap().is_none(), "the sound server ended");
            let mut recorder = Command::new("parec")
                .args(["-d", "vsink.monitor", "--format=s16le", "--channels=2", "--latency-msec=20", "--raw"])
                .arg(format!("--rate={RATE}"))
                .envs(variables(folder))
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut out = recorder.stdout.take().unwrap();
            let mut chunk = [0; 4096];
            if matches!(out.read(&mut chunk), Ok(0) | Err(_)) {
                let _ = recorder.wait();
                continue;
            }
            let writer = Arc::clone(&self.recorded);
            thread::spawn(move || {
                while let Ok(read @ 1..) = out.read(&mut chunk) {
                    writer.0.lock().unwrap().extend_from_slice(&chunk[..read]);
                    writer.1.notify_all();
                }
            });
            self.running = Some([recorder, server]);
            return;
        }
    }

    /// Kills the server; what was recorded is forgotten.
    pub fn pull_out(&mut self) {
        for mut child in self.running.take().into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        self.recorded.0.lock().unwrap().clear();
    }

    /// What leads a program to this card.
    pub fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        variables(self.folder.path())
    }

    /// Waits until so many samples have sounded that were not silence; gives the recording from the first of them on, interleaved.
    pub fn sounded(&self, wanted: usize) -> Vec<i16> {
        let (lock, more) = &*self.recorded;
        let mut bytes = lock.lock().unwrap();
        let (mut first, mut counted, mut sounding) = (None, 0, 0);
        loop {
            // Whole frames, so that left stays left.
            for (frame, at) in bytes.chunks_exact(4).zip(0..).skip(counted) {
                if frame.iter().any(|byte| *byte != 0) {
                    first.get_or_insert(at);
                    sounding += 2;
                }
                counted = at + 1;
            }
            if let Some(first) = first
                && sounding >= wanted
            {
                let sample = |pair: &[u8]| i16::from_le_bytes([pair[0], pair[1]]);
                return bytes[first * 4..].chunks_exact(2).map(sample).collect();
            }
            let (next, limit) = more.wait_timeout(bytes, Duration::from_secs(60)).unwrap();
            bytes = next;
            assert!(!limit.timed_out(), "the card fell silent");
        }
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.pull_out();
    }
}

fn variables(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let socket = format!("unix:{}", folder.join("native").display());
    vec![
        ("XDG_RUNTIME_DIR", folder.to_owned()),
        ("HOME", folder.join("home")),
        ("PULSE_SERVER", socket.into()),
    ]
}
