//! What a secret must not be found in: the words of a crash, a core file, the list of processes.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::program::{Home, have, until};
use crate::pty::Pty;
use crate::services::Services;

#[test]
fn the_words_of_a_crash_hold_no_secret() {
    let home = Home::new();
    let words = "no answer from https://music.example/a.mp3?Signature=pl4nted: Authorization: Bearer pl4nted\n\
                 OAuth pl4nted refresh_token=pl4nted {\"access_token\":\"pl4nted\"} after 3 tries";
    let end = Pty::start(&home, &["debug", "panic", words], 200, 24, &[]).end();
    assert!(
        end.code == 101 && end.text.contains("no answer from https://music.example/a.mp3?[hidden]"),
        "{end:?}"
    );
    assert!(end.text.contains("after 3 tries") && !end.text.contains("pl4nted"), "{end:?}");
}

/// The limit that counts when the program crashes, and what a crash leaves.
#[test]
#[cfg(target_os = "linux")]
fn a_crash_leaves_no_core() {
    let home = Home::new();
    let mut command = std::process::Command::new("sh");
    // The most that the system gives is asked for first.
    let line = r#"ulimit -S -c "$(ulimit -H -c)"; exec "$@""#;
    let mut child = command
        .args(["-c", line, "sh", env!("CARGO_BIN_EXE_segue"), "sandbox", "--port", "0"])
        .envs(home.variables())
        .current_dir(home.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // It has begun once it says where it listens.
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    assert!(std::io::BufRead::read_line(&mut out, &mut String::new()).unwrap() > 0);
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-ABRT", &id]).status().unwrap().success());
    assert!(!child.wait().unwrap().success());
    let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("core")), "{left:?}");
}

/// What anybody on the machine may see of a process and of those that it started: their arguments, and what
/// they were given as variables.
fn shown(parent: u32) -> String {
    let parent_of = |id: u32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
    };
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let ids: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let mut family = HashSet::from([parent]);
    while let Some(child) =
        ids.iter().find(|id| !family.contains(id) && parent_of(**id).is_some_and(|its| family.contains(&its)))
    {
        family.insert(*child);
    }
    let files = family.iter().flat_map(|id| [format!("/proc/{id}/cmdline"), format!("/proc/{id}/environ")]);
    files.filter_map(|file| Some(String::from_utf8_lossy(&fs::read(file).ok()?).into_owned())).collect()
}

/// The tokens that a sign-in brought, as its file has them.
fn tokens(home: &Home, service: &str) -> Vec<String> {
    let file = fs::read_to_string(home.path().join(format!("data/secrets/{service}.json"))).unwrap();
    let record: Value = serde_json::from_str(&file).unwrap();
    let kept: Value = serde_json::from_str(record["secret"].as_str().unwrap()).unwrap();
    let values =
        kept.as_object().unwrap().iter().filter(|(name, _)| name.contains("token") || *name == "secret");
    values.filter_map(|(_, value)| Some(value.as_str()?.to_owned())).filter(|text| !text.is_empty()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn the_list_of_processes_shows_no_secret() {
    if !have("curl") {
        return;
    }
    let services = Services::start();
    let home = services.home();
    let keys = services.sandbox.credentials();
    // A browser that keeps what it was given, says that it is there, and comes back when it is told to.
    let (browser, ready, go) =
        (home.path().join("browser"), home.path().join("ready"), home.path().join("go"));
    let lines = format!(
        "#!/bin/sh\nenv > {0}.env\nmv {0}.env {0}\nwhile [ ! -e {1} ]; do sleep 0.02; done\n\
         curl -sL -o /dev/null \"$1\"\n",
        ready.display(),
        go.display()
    );
    fs::write(&browser, lines).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();

    let mut screen = Pty::start(&home, &[], 120, 40, &[("BROWSER", browser.to_str().unwrap())]);
    let id = screen.child.process_id().unwrap();
    screen.wait_for("Listen now");
    screen.keys("gi");
    screen.wait_for("signed in to 0 of 4");
    screen.keys("Gk\x1b[F\r");
    screen.wait_for("Paste the token");
    screen.keys(&format!("\x1b[200~{}\x1b[201~\r", keys.audiosocket.token));
    screen.wait_for("You are signed in to Audiosocket");
    screen.keys("ggj\r");
    until("the browser is there", || ready.exists());
    let meanwhile = shown(id) + &fs::read_to_string(&ready).unwrap();
    assert!(
        meanwhile.contains("oauth_token=") && meanwhile.contains("BROWSER="),
        "the browser is seen: {meanwhile}"
    );
    fs::write(&go, "").unwrap();
    screen.wait_for("You are signed in to Audiomack as ");
    let after = shown(id);
    let minted = tokens(&home, "audiomack");
    assert!(minted.len() >= 2, "{minted:?}");
    let planted = [
        keys.audiosocket.token,
        keys.audiomack.consumer_key,
        keys.audiomack.consumer_secret,
        keys.audius.api_key,
    ];
    for secret in planted.into_iter().chain(minted.iter().map(String::as_str)) {
        assert!(!meanwhile.contains(secret) && !after.contains(secret), "{secret}");
    }
    screen.keys("\x03");
    assert_eq!(screen.end().code, 0);
}
