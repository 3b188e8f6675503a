//! Signing in to each kind of service from the screen and from the command line, against services on this
//! machine; where tokens are kept, and where they never are.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{Done, Home, have};
use crate::pty::Pty;
use crate::services::Services;

/// A browser for `$BROWSER` that does with its address what `lines` say.
pub fn browser(home: &Home, lines: &str) -> String {
    let path = home.path().join("browser");
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// One that follows every redirect, as people's do.
pub fn following(home: &Home) -> String {
    browser(home, "exec curl -sL -o /dev/null \"$1\"")
}

/// The screen with the accounts, the cursor on the service of this row.
fn accounts(home: &Home, row: usize, browser: &str) -> Pty {
    let mut screen = Pty::start(home, &[], 120, 40, &[("BROWSER", browser)]);
    screen.wait_for("Listen now");
    screen.keys("gi");
    screen.wait_for("signed in to 0 of 4");
    screen.keys("gg");
    screen.keys(&"j".repeat(row));
    screen
}

pub fn run_with(home: &Home, arguments: &[&str], browser: &str, input: &str) -> Done {
    let mut command = home.segue(arguments);
    command.env("BROWSER", browser).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Done::from(child.wait_with_output().unwrap())
}

/// Who is signed in at a service, as the command line tells it.
fn who(home: &Home, service: &str) -> Option<String> {
    let done = home.run(&["accounts", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let rows: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let row = rows.as_array().unwrap().iter().find(|row| row["service"] == service).unwrap().clone();
    row["who"].as_str().map(str::to_owned)
}

/// Every regular file below a folder, but for the tokens' own: a daemon that has just ended may leave its sockets.
fn other_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        match kind.is_dir() {
            true if path.ends_with("secrets") => {}
            true => found.extend(other_files(&path)),
            false if kind.is_file() => found.push(path),
            false => {}
        }
    }
    found
}

/// I11: what was typed is in no file but the vault's, and never on the screen.
fn assert_nowhere(home: &Home, screen: &[u8], secret: &str) {
    assert!(!String::from_utf8_lossy(screen).contains(secret), "on the screen");
    for path in other_files(home.path()) {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains(secret), "in {}", path.display());
    }
}

fn leave(mut screen: Pty) -> Vec<u8> {
    let bytes = screen.bytes();
    screen.keys("\x03");
    let end = screen.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
    bytes
}

#[test]
fn a_token_is_pasted_and_kept_where_only_its_owner_reads() {
    let services = Services::start();
    let home = services.home();
    let token = services.sandbox.credentials().audiosocket.token;
    let mut screen = accounts(&home, 3, "false");
    screen.wait_for("with the token that Audiosocket gave you");
    screen.keys("\r");
    screen.wait_for("Paste the token");
    screen.keys("wr0ngwr0ngwr0ng\r");
    screen.wait_for("does not take this token");
    screen.keys(&format!("\x15\x1b[200~{token}\n\x1b[201~"));
    screen.wait_for("·········");
    screen.keys("\r");
    let told = screen.wait_for("You are signed in to Audiosocket");
    assert!(told.contains("No keyring service is running"), "{told}");
    screen.wait_for("signed in to 1 of 4");
    let bytes = leave(screen);
    assert_nowhere(&home, &bytes, token);
    assert_nowhere(&home, &bytes, "wr0ngwr0ng");
    let file = home.path().join("data/secrets/audiosocket.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(fs::read_to_string(&file).unwrap().contains(token));

    // The next run knows it, and forgets it when it is told to.
    assert!(who(&home, "audiosocket").is_some());
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    screen.wait_for("Listen now");
    screen.keys("gi");
    screen.wait_for("signed in to 1 of 4");
    screen.keys("Gd");
    screen.wait_for("d again does it for good");
    screen.keys("d");
    screen.wait_for("You are signed out of Audiosocket");
    screen.wait_for("signed in to 0 of 4");
    leave(screen);
    assert!(!file.exists());
    assert_eq!(who(&home, "audiosocket"), None);
}

#[test]
fn a_code_comes_by_e_mail_and_a_new_listener_says_who_it_is() {
    let services = Services::start();
    let home = services.home();
    let keys = services.sandbox.credentials().yourmusic;
    let mut screen = accounts(&home, 2, "false");
    screen.wait_for("with a code sent by e-mail");
    screen.keys("\r");
    screen.wait_for("E-mail address");
    screen.keys("nia@example.net\r\r");
    screen.wait_for("Code from the e-mail");
    screen.keys("99999\r");
    screen.wait_for("2 tries are left");
    screen.keys(&format!("{}\r", keys.otp_code));
    screen.wait_for("Date of birth");
    screen.keys("Nia\tOkoro\t1990-01-15\r");
    screen.wait_for("You are signed in to YourMusic as Nia Okoro");
    screen.wait_for("signed in as Nia Okoro");
    // Its lists are there at once.
    screen.keys("2");
    screen.wait_for("Your playlists");
    leave(screen);
    assert_eq!(who(&home, "yourmusic").as_deref(), Some("Nia Okoro"));
    let done = home.run(&["logout", "yourmusic"]);
    assert_eq!((done.code, done.out.as_str()), (0, "Signed out of YourMusic.\n"), "{done:?}");
    assert_eq!(who(&home, "yourmusic"), None);

    // The same from a script: what is asked is told on standard error, the answers are piped.
    let input = format!("{}\n\n{}\n", keys.email, keys.otp_code);
    let done = run_with(&home, &["login", "yourmusic"], "false", &input);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.starts_with("Signed in to YourMusic as "), "{done:?}");
    assert!(done.err.contains("E-mail address") && done.err.contains("Code from the e-mail"), "{done:?}");
    assert!(who(&home, "yourmusic").is_some());
}

/// The web site's own sign-in: what is typed for the password is shown nowhere and kept nowhere.
#[test]
fn an_e_mail_address_and_a_password_sign_in() {
    let services = Services::start();
    let keys = services.sandbox.credentials().audiosocket;
    let config = format!(
        "[player]\noutput = \"null\"\n[log]\nlevel = \"debug\"\n\
         [services.audiosocket]\nprofile = \"consumer\"\nbase_url = \"{}\"\napp_token = \"{}\"\n",
        services.sandbox.base_url("audiosocket consumer"),
        keys.app_token,
    );
    let home = Home::new().config(&config);
    let mut screen = accounts(&home, 3, "false");
    screen.wait_for("with e-mail address and password");
    screen.keys("\r");
    screen.wait_for("E-mail address");
    screen.keys(&format!("{}\rwr0ng pass&word\r", keys.email));
    screen.wait("a word against it", |screen| screen.contains("Password") && screen.contains("refused"));
    screen.keys(&format!("\x15{}", keys.password));
    screen.wait_for(&"·".repeat(keys.password.len()));
    screen.keys("\r");
    screen.wait_for("You are signed in to Audiosocket as ");
    screen.wait_for("signed in to 1 of 4");
    screen.keys("2");
    screen.wait_for("Your playlists");
    let bytes = leave(screen);
    for secret in [keys.password, "wr0ng", "sandbox+pass", "pass%26word"] {
        assert_nowhere(&home, &bytes, secret);
    }
    // Nor in the vault: the session's token is all that is kept.
    let file = home.path().join("data/secrets/audiosocket.json");
    assert!(!fs::read_to_string(&file).unwrap().contains(keys.password));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(who(&home, "audiosocket").is_some());
    assert_eq!(home.run(&["logout", "audiosocket"]).code, 0);
    assert_eq!((who(&home, "audiosocket"), file.exists()), (None, false));

    // On a terminal without the player what is typed is not seen either.
    let mut screen = Pty::start(&home, &["login", "audiosocket"], 100, 24, &[]);
    screen.wait_for("E-mail address");
    screen.keys(&format!("{}\r", keys.email));
    screen.wait_for("Password");
    screen.keys(&format!("{}\r", keys.password));
    screen.wait_for("Signed in to Audiosocket as ");
    let end = screen.end();
    end.assert_clean();
    assert!(end.code == 0 && !end.text.contains(keys.password), "{end:?}");
    assert_nowhere(&home, &[], keys.password);
}

/// `[secrets] keep`: files alone, without a word about keyrings; or the keyring and nothing else.
#[test]
fn the_listener_says_where_tokens_are_kept() {
    let services = Services::start();
    let token = services.sandbox.credentials().audiosocket.token;
    let pasted = format!("{token}\n");
    let sign_in = |keep: &str| {
        let home = Home::new().config(&format!("[secrets]\nkeep = \"{keep}\"\n{}", services.config()));
        let done = run_with(&home, &["login", "audiosocket"], "false", &pasted);
        let is_kept = home.path().join("data/secrets/audiosocket.json").exists();
        (done, is_kept, home)
    };
    let (done, is_kept, _home) = sign_in("auto");
    assert!(done.code == 0 && is_kept && done.err.contains("No keyring service is running"), "{done:?}");
    let (done, is_kept, _home) = sign_in("file");
    assert!(done.code == 0 && is_kept && !done.err.contains("keyring"), "{done:?}");
    let (done, is_kept, home) = sign_in("keyring");
    assert!(done.code != 0 && !is_kept, "{done:?}");
    for words in ["cannot be kept", "o keyring service is running", "secrets.keep", "gnome-keyring"] {
        assert!(done.err.contains(words), "{words}: {done:?}");
    }
    assert_nowhere(&home, &[], token);
    assert_eq!(who(&home, "audiosocket"), None);
}

#[test]
fn the_browser_signs_in_by_itself_or_a_code_is_typed() {
    if !have("curl") {
        return;
    }
    let services = Services::start();
    let home = services.home();
    let mut screen = accounts(&home, 1, &following(&home));
    screen.keys("\r");
    screen.wait_for("You are signed in to Audiomack as ");
    screen.wait_for("signed in to 1 of 4");
    leave(screen);
    assert!(who(&home, "audiomack").is_some());
    assert_eq!(home.run(&["logout", "audiomack"]).code, 0);

    // On the command line the browser is opened too.
    let done = run_with(&home, &["login", "audiomack"], &following(&home), "");
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.err.contains("/oauth/authenticate?oauth_token="), "{done:?}");
    assert_eq!(home.run(&["logout", "audiomack"]).code, 0);

    // A browser on another machine: its page shows a code.
    let mut screen = Pty::start(&home, &["login", "audiomack", "--no-browser"], 200, 24, &[]);
    let told = screen.wait_for("Code (such as");
    let address = told.split_whitespace().find(|word| word.contains("oauth_token=")).unwrap().to_owned();
    let page = Command::new("curl").args(["-s", &address]).output().unwrap().stdout;
    let page = String::from_utf8(page).unwrap();
    let code = page.split("verifier>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    screen.keys("wr0ng\r");
    screen.wait_for("the code was not taken");
    // Only then is nothing shown of what is typed.
    screen.wait("the question again", |screen| screen.matches("Code (such as").count() == 2);
    screen.keys(&format!("{code}\r"));
    let told = screen.wait_for("Signed in to Audiomack");
    assert!(!told.contains(&code) && !told.contains("wr0ng"), "{told}");
    let end = screen.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
    assert!(who(&home, "audiomack").is_some());
}

/// RFC 7636: the browser comes back with a code, which only who began can turn into a session.
#[test]
fn the_browser_signs_in_to_audius_with_a_proof() {
    if !have("curl") {
        return;
    }
    let services = Services::start();
    let home = services.home();
    let mut screen = accounts(&home, 0, &following(&home));
    screen.wait_for("in the browser");
    screen.keys("\r");
    screen.wait_for("You are signed in to Audius as ");
    screen.wait_for("signed in to 1 of 4");
    leave(screen);
    assert!(who(&home, "audius").is_some());
    assert_eq!(home.run(&["logout", "audius"]).code, 0);
    assert_eq!(who(&home, "audius"), None);
}

#[test]
fn the_address_where_the_browser_ended_can_be_pasted() {
    if !have("curl") {
        return;
    }
    let services = Services::start();
    let home = services.home();
    // This one shows the page, and cannot come back.
    let out = home.path().join("ended");
    let lines = format!("exec curl -s -o /dev/null -w '%{{redirect_url}}' \"$1\" > {}", out.display());
    let mut screen = accounts(&home, 1, &browser(&home, &lines));
    screen.keys("\r");
    screen.wait_for("Address or code");
    crate::program::until("the browser ended", || {
        fs::read_to_string(&out).is_ok_and(|address| address.contains("oauth_verifier="))
    });
    let ended = fs::read_to_string(&out).unwrap();
    screen.keys(&format!("\x1b[200~{ended}\x1b[201~\r"));
    screen.wait_for("You are signed in to Audiomack as ");
    let bytes = leave(screen);
    let verifier = ended.split("oauth_verifier=").nth(1).unwrap();
    assert_nowhere_but(&home, &bytes, verifier, &out);
}

fn assert_nowhere_but(home: &Home, screen: &[u8], secret: &str, note: &Path) {
    fs::remove_file(note).unwrap();
    assert_nowhere(home, screen, secret);
}

#[test]
fn a_sign_in_that_is_left_changes_nothing() {
    let services = Services::start();
    let home = services.home();
    let mut screen = accounts(&home, 2, "false");
    screen.keys("\r");
    screen.wait_for("E-mail address");
    screen.keys("half\x1b");
    screen.wait_for("signed in to 0 of 4");
    leave(screen);

    // What is typed unseen is unseen, and Ctrl-C gives the terminal back.
    let mut screen = Pty::start(&home, &["login", "audiosocket"], 80, 24, &[]);
    screen.wait_for("Token:");
    screen.keys("t0psecret");
    screen.signal("INT");
    let end = screen.end();
    end.assert_clean();
    assert_eq!(end.code, 130, "{end:?}");
    assert!(!end.text.contains("t0psecret"), "{end:?}");
    assert_eq!(who(&home, "audiosocket"), None);
}

#[test]
fn what_cannot_be_signed_in_to_says_so() {
    let home = Home::new();
    let done = home.run(&["login", "nowhere"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(
        done.err.contains("There is no service named nowhere") && done.err.contains("audiomack"),
        "{done:?}"
    );
    let done = home.run(&["login", "audiomack"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.err.contains("services.audiomack.consumer_key"), "{done:?}");
    let done = home.run(&["accounts"]);
    assert!(done.out.contains("Audiomack: not set up."), "{done:?}");
    let services = Services::start();
    let home = services.home();
    let done = run_with(&home, &["login", "audiosocket"], "false", "wr0ng\n");
    assert_eq!(done.code, 4, "{done:?}");
    assert!(done.err.contains("does not take this token") && !done.err.contains("wr0ng"), "{done:?}");
    let done = run_with(&home, &["login", "yourmusic"], "false", "");
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.err.contains("E-mail address"), "{done:?}");
}

/// With a keyring of the session, another program finds the token there, and no file of ours holds it.
#[test]
#[cfg(target_os = "linux")]
fn the_keyring_keeps_the_token_where_there_is_one() {
    let tools = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"];
    if !tools.iter().all(|tool| have(tool)) {
        return;
    }
    let services = Services::start();
    let home = services.home();
    let token = services.sandbox.credentials().audiosocket.token;
    for name in ["run", "home"] {
        fs::create_dir(home.path().join(name)).unwrap();
    }
    let script = r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null &&
        printf '%s\n' "$PASTED" | "$SEGUE" login audiosocket && echo "in the keyring:" &&
        secret-tool lookup service segue username audiosocket && echo && "$SEGUE" accounts &&
        "$SEGUE" logout audiosocket && ! secret-tool lookup service segue username audiosocket"#;
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", script]).envs(home.variables()).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.env("XDG_RUNTIME_DIR", home.path().join("run")).env("XDG_DATA_HOME", home.path().join("home"));
    command.env("PASTED", token).env("SEGUE", env!("CARGO_BIN_EXE_segue"));
    let done = Done::from(command.output().unwrap());
    assert_eq!(done.code, 0, "{done:?}");
    let kept = done.out.split("in the keyring:").nth(1).unwrap_or_default();
    assert!(kept.contains(token), "{done:?}");
    assert!(done.out.contains("Audiosocket: signed in as"), "{done:?}");
    assert!(!done.err.contains("kept in"), "{done:?}");
    assert_nowhere(&home, &[], token);
    assert!(!home.path().join("data/secrets/audiosocket.json").exists());
}
