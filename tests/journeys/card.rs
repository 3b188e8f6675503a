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
    server: Child,
    recorder: Child,
    recorded: Arc<(Mutex<Vec<u8>>, Condvar)>,
    folder: TempDir,
}

impl Card {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("native");
        let script = format!(
            "load-module module-native-protocol-unix socket={0} auth-anonymous=1\n\
             load-module module-null-sink sink_name=vsink rate={RATE} format=s16le channels=2\n\
             set-default-sink vsink\n",
            socket.display()
        );
        let setup = folder.path().join("setup.pa");
        std::fs::write(&setup, script).unwrap();
        let options = ["--daemonize=no", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no", "--high-priority=no", "--realtime=no", "--log-level=error"];
        let server = Command::new("pulseaudio")
            .args(["-n", "-F", setup.to_str().unwrap()])
            .args(options)
            .envs(variables(folder.path()))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The recorder connects as soon as the server answers; until then it is started again.
        let recorded = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let recorder = loop {
            let mut recorder = Command::new("parec")
                .args(["-d", "vsink.monitor", "--format=s16le", "--channels=2", "--latency-msec=20", "--raw"])
                .arg(format!("--rate={RATE}"))
                .envs(variables(folder.path()))
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut out = recorder.stdout.take().unwrap();
            let mut chunk = [0; 4096];
            match out.read(&mut chunk) {
                Ok(0) | Err(_) => {
                    let _ = recorder.wait();
                    continue;
                }
                Ok(_) => {}
            }
            let writer = Arc::clone(&recorded);
            thread::spawn(move || {
                while let Ok(read @ 1..) = out.read(&mut chunk) {
                    writer.0.lock().unwrap().extend_from_slice(&chunk[..read]);
                    writer.1.notify_all();
                }
            });
            break recorder;
        };
        Self { server, recorder, recorded, folder }
    }

    /// What leads a program to this card.
    pub fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        variables(self.folder.path())
    }

    /// Waits until `wanted` samples have sounded since the first that is not silent; gives them, interleaved.
    pub fn sounded(&self, wanted: usize) -> Vec<i16> {
        let (lock, more) = &*self.recorded;
        let mut bytes = lock.lock().unwrap();
        loop {
            let samples: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
            let first = samples.iter().position(|sample| *sample != 0).map(|at| at / 2 * 2);
            if let Some(first) = first
                && samples.len() >= first + wanted
            {
                return samples[first..first + wanted].to_vec();
            }
            let (next, limit) = more.wait_timeout(bytes, Duration::from_secs(60)).unwrap();
            bytes = next;
            assert!(!limit.timed_out(), "the card fell silent");
        }
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        for child in [&mut self.recorder, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn variables(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let socket = format!("unix:{}", folder.join("native").display());
    vec![("XDG_RUNTIME_DIR", folder.to_owned()), ("HOME", folder.join("home")), ("PULSE_SERVER", socket.into())]
}
