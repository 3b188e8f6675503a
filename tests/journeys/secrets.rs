//! Tokens in a real Secret Service, beside tools that others made, and in the file when there is none. Each
//! test runs itself again: as a process of its own, in a session of its own, that never meets the
//! listener's keyring.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use segue::secrets::{Keep, KeyringTrouble, Place, Vault};
use tempfile::TempDir;

use crate::program::have;

/// Set for the process that a test starts of itself: the folder to work in.
const INSIDE: &str = "SEGUE_TEST_INSIDE";

/// What that process is to do where there is more than one thing.
const PART: &str = "SEGUE_TEST_PART";

fn inside() -> Option<PathBuf> {
    std::env::var_os(INSIDE).map(PathBuf::from)
}

/// A session: a home without anything, and no bus but the one it is given.
struct Session {
    folder: TempDir,
}

impl Session {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["run", "home", "data"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The test of this name once more, started by the shell lines `first` (which end in `exec "$@"`), with
    /// `before` in front of the shell.
    fn again(&self, test: &str, before: &[&str], first: &str) -> Command {
        let mut words: Vec<&str> = before.to_vec();
        words.extend(["sh", "-c", first, "sh"]);
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .arg(std::env::current_exe().unwrap())
            .args([&format!("secrets::{test}"), "--exact", "--nocapture", "--test-threads=1"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.path().join("run"))
            .env("XDG_DATA_HOME", self.path().join("home"))
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env(INSIDE, self.path().join("data"));
        command
    }
}

/// The test inside ran, and ended well.
fn ran(output: &Output) {
    let out = String::from_utf8_lossy(&output.stdout);
    let fine = output.status.success() && out.contains("1 passed");
    assert!(fine, "{out}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Asks another program what the keyring holds.
fn secret_tool(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("secret-tool").args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// Every regular file below the folder, and what is in it.
fn contents(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            found.extend(contents(&path));
        } else if kind.is_file() {
            let bytes = fs::read(&path).unwrap();
            found.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    found
}

#[test]
#[cfg(target_os = "linux")]
fn the_secret_service_keeps_tokens() {
    if let Some(data) = inside() {
        return keyring_journey(&data);
    }
    let tools = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"];
    if !tools.iter().all(|tool| have(tool)) {
        return;
    }
    let session = Session::new();
    let unlocked =
        r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#;
    let before = ["dbus-run-session", "--"];
    ran(&session.again("the_secret_service_keeps_tokens", &before, unlocked).output().unwrap());
}

fn keyring_journey(data: &Path) {
    let lookup = |service: &str| secret_tool(&["lookup", "service", service, "username", "yourmusic"]);
    let vault = Vault::open(data, "segue", Keep::Auto);
    let token = "t0ken-\"é\"";
    assert_eq!(vault.write("yourmusic", &token.into()).unwrap(), Place::Keyring);
    assert_eq!(lookup("segue"), (true, token.to_owned()));
    assert!(contents(data).iter().all(|(_, text)| !text.contains("t0ken")), "{:?}", contents(data));

    // A run of its own, and in the middle of asynchronous work, where blocking calls of the bus would panic.
    let other = Vault::open(data, "segue", Keep::Keyring);
    let tasks = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = tasks.block_on(async { other.read("yourmusic").unwrap() });
    assert_eq!(found.unwrap().reveal(), token);

    // Another profile is another item.
    let demo = Vault::open(&data.join("demo"), "segue-demo", Keep::Auto);
    assert_eq!(demo.read("yourmusic").unwrap(), None);
    assert_eq!(demo.write("yourmusic", &"demo".into()).unwrap(), Place::Keyring);
    assert_eq!((lookup("segue-demo").1.as_str(), lookup("segue").1.as_str()), ("demo", token));

    // A file that says it has the token is believed, until the keyring has taken the next one.
    let alone = Vault::open(data, "segue", Keep::File);
    alone.write("yourmusic", &"in-file".into()).unwrap();
    assert_eq!(vault.read("yourmusic").unwrap().unwrap().reveal(), "in-file");
    assert_eq!(vault.write("yourmusic", &"renewed".into()).unwrap(), Place::Keyring);
    assert_eq!(lookup("segue"), (true, "renewed".to_owned()));
    assert!(contents(data).iter().all(|(_, text)| !text.contains("in-file") && !text.contains("renewed")));

    // Someone's item of the same name: the next write leaves one.
    let store = "printf other | secret-tool store --label=x service segue username yourmusic more here";
    assert!(Command::new("sh").args(["-c", store]).status().unwrap().success());
    assert!(vault.read("yourmusic").unwrap().is_some());
    vault.write("yourmusic", &"only".into()).unwrap();
    let (_, all) = secret_tool(&["search", "--all", "service", "segue"]);
    assert_eq!((all.matches("secret = ").count(), lookup("segue").1.as_str()), (1, "only"), "{all}");

    vault.erase("yourmusic").unwrap();
    assert_eq!(lookup("segue"), (false, String::new()));
    assert_eq!((vault.read("yourmusic").unwrap(), lookup("segue-demo").0), (None, true));
    vault.erase("yourmusic").unwrap();
}

/// A bus that nobody may start a service on.
const BARE_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

#[test]
#[cfg(target_os = "linux")]
fn without_a_keyring_it_is_a_file_for_its_owner_only() {
    const NAME: &str = "without_a_keyring_it_is_a_file_for_its_owner_only";
    if let Some(data) = inside() {
        return file_journey(&data);
    }
    // What others would let everyone read is closed all the same.
    let open_to_all = r#"umask 000; exec "$@""#;
    let run = |part: &str, before: &[&str], session: &Session| {
        ran(&session.again(NAME, before, open_to_all).env(PART, part).output().unwrap());
    };
    run("NotRunning", &[], &Session::new());
    if !have("dbus-run-session") || !have("gnome-keyring-daemon") {
        return;
    }
    let session = Session::new();
    let config = session.path().join("bus.conf");
    fs::write(&config, BARE_BUS).unwrap();
    let with_config = format!("--config-file={}", config.display());
    run("NotRunning", &["dbus-run-session", &with_config, "--"], &session);
    // The bus starts the service; there is no screen to ask for a password on.
    run("Any", &["dbus-run-session", "--"], &Session::new());

    // A bus that lets in and says nothing.
    let session = Session::new();
    let socket = session.path().join("run/bus");
    let _silent = UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let mut command = session.again(NAME, &[], open_to_all);
    ran(&command.env(PART, "NoAnswer").env("DBUS_SESSION_BUS_ADDRESS", address).output().unwrap());
}

fn file_journey(data: &Path) {
    let vault = Vault::open(data, "segue", Keep::Auto);
    let place = vault.write("yourmusic", &"t0ken".into()).unwrap();
    let Place::File { path, reason: Some(reason) } = &place else { panic!("{place:?}") };
    match std::env::var(PART).unwrap().as_str() {
        "NotRunning" => assert_eq!(*reason, KeyringTrouble::NotRunning),
        "NoAnswer" => assert_eq!(*reason, KeyringTrouble::NoAnswer),
        _ => println!("{reason}"),
    }
    assert!(place.remark().unwrap().ends_with(&format!("kept in {}, readable by you only", path.display())));
    assert_eq!(path, &data.join("secrets/yourmusic.json"));
    assert_eq!(fs::metadata(data.join("secrets")).unwrap().mode() & 0o7777, 0o700);
    for (file, _) in contents(&data.join("secrets")) {
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o600, "{}", file.display());
    }
    assert_eq!(vault.read("yourmusic").unwrap().unwrap().reveal(), "t0ken");
    vault.erase("yourmusic").unwrap();
    assert_eq!(vault.read("yourmusic").unwrap(), None);
    assert!(contents(data).iter().all(|(_, text)| !text.contains("t0ken")));
}

#[test]
fn a_token_told_as_kept_outlives_a_kill() {
    const NAME: &str = "a_token_told_as_kept_outlives_a_kill";
    if let Some(data) = inside() {
        let vault = Vault::open(&data, "segue", Keep::File);
        let from = vault.read("yourmusic").unwrap().map_or(0, |token| token.reveal().parse::<u32>().unwrap());
        for number in from + 1.. {
            vault.write("yourmusic", &number.to_string().as_str().into()).unwrap();
            println!("kept {number}");
        }
    }
    let session = Session::new();
    let mut told = 0;
    for round in 0..30 {
        let mut child = session.again(NAME, &[], r#"exec "$@""#).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut kept = lines.filter_map(|line| line.rsplit_once("kept ")?.1.parse::<u32>().ok());
        told = kept.nth(round % 7).unwrap();
        child.kill().unwrap();
        // What it still said before it was gone.
        told = kept.last().unwrap_or(told);
        child.wait().unwrap();
        let vault = Vault::open(&session.path().join("data"), "segue", Keep::File);
        let found: u32 = vault.read("yourmusic").unwrap().unwrap().reveal().parse().unwrap();
        assert!(found == told || found == told + 1, "told {told}, found {found}");
    }
    assert!(told >= 30, "{told}");
}

#[test]
fn one_process_renews_at_a_time() {
    const NAME: &str = "one_process_renews_at_a_time";
    if let Some(data) = inside() {
        let vault = Vault::open(&data, "segue", Keep::File);
        for _ in 0..20 {
            let _guard = vault.exclusive("yourmusic").unwrap();
            let count =
                vault.read("yourmusic").unwrap().map_or(0, |token| token.reveal().parse::<u32>().unwrap());
            vault.write("yourmusic", &(count + 1).to_string().as_str().into()).unwrap();
        }
        return;
    }
    let session = Session::new();
    let start = || session.again(NAME, &[], r#"exec "$@""#).stdout(Stdio::piped()).spawn().unwrap();
    let children = [start(), start(), start()];
    for child in children {
        ran(&child.wait_with_output().unwrap());
    }
    let vault = Vault::open(&session.path().join("data"), "segue", Keep::File);
    assert_eq!(vault.read("yourmusic").unwrap().unwrap().reveal(), "60");
}
