//! Running the binary, and the tools it is compared with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A home of its own for one run of the program.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the demo's configuration.
    pub fn demo_config(self, text: &str) -> Self {
        std::fs::create_dir_all(self.path().join("config/demo")).unwrap();
        std::fs::write(self.path().join("config/demo/config.toml"), text).unwrap();
        self
    }

    /// Writes the configuration.
    pub fn config(self, text: &str) -> Self {
        std::fs::create_dir_all(self.path().join("config")).unwrap();
        std::fs::write(self.path().join("config/config.toml"), text).unwrap();
        self
    }

    /// The variables that lead the program here and nowhere else.
    pub fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        let at = |name: &str| self.path().join(name);
        vec![
            ("HOME", at("home")),
            ("SEGUE_CONFIG_DIR", at("config")),
            ("SEGUE_DATA_DIR", at("data")),
            ("SEGUE_CACHE_DIR", at("cache")),
            ("SEGUE_STATE_DIR", at("state")),
            // Nor to the keyring of whoever runs the tests.
            ("DBUS_SESSION_BUS_ADDRESS", "disabled:".into()),
        ]
    }

    /// The program with these arguments, ready to run.
    pub fn segue(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
        command.args(arguments).envs(self.variables()).env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Done {
        Done::from(self.segue(arguments).output().unwrap())
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Done {
    /// The JSON lines on standard output.
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// The last JSON line, which sums up what was played.
    pub fn summary(&self) -> serde_json::Value {
        let last = self.json_lines().pop().unwrap();
        assert_eq!(last["event"], "summary");
        last
    }
}

/// Waits until `there`; only a broken program makes it give up.
pub fn until(what: &str, there: impl Fn() -> bool) {
    // A pause between looks, so that looking does not take the time of what is looked at.
    for _ in 0..6000 {
        if there() {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    panic!("{what}: it did not happen");
}

/// Whether a tool that a test compares with is there. Where the suite was told that all are
/// (`SEGUE_TEST_TOOLS=required`, as `make test` does), a missing one fails the test.
pub fn have(tool: &str) -> bool {
    let there = Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .output()
        .is_ok_and(|output| output.status.success());
    let required = std::env::var_os("SEGUE_TEST_TOOLS").is_some_and(|value| value == "required");
    assert!(there || !required, "{tool} is missing; run make setup-tests");
    if !there {
        println!("skipped: {tool} is not installed");
    }
    there
}

/// The samples that ffmpeg makes of `input`, interleaved, at the file's own rate and channels.
pub fn ffmpeg_samples(input: &Path) -> Vec<f32> {
    let before: &[&str] = match input.extension().and_then(|extension| extension.to_str()) {
        Some("m3u8") => &["-allowed_extensions", "ALL"],
        // The decoder of those who made the format; ffmpeg's own is coarser.
        Some("opus") => &["-c:a", "libopus"],
        _ => &[],
    };
    let output = Command::new("ffmpeg")
        .args(["-v", "error"])
        .args(before)
        .arg("-i")
        .arg(input)
        .args(["-map", "0:a:0", "-f", "f32le", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// The samples of a WAV file as numbers from -1 to 1, with its channels.
pub fn wav_samples(path: &Path) -> (Vec<f32>, u16) {
    let mut reader = hound::WavReader::open(path).unwrap();
    let spec = reader.spec();
    let samples = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader.samples::<i32>().map(|sample| sample.unwrap() as f32 / full).collect()
        }
    };
    (samples, spec.channels)
}

/// The bundled music.
pub fn demo_music() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

/// Files below a folder with one of these extensions, in order.
pub fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path
            .extension()
            .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
