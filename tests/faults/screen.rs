//! Faults as the listener meets them: the whole program on a terminal, four services that fail at once.

use crate::house::{NOW, Who, good};
use crate::leaks::{
    ACCESS_TOKEN, API_KEY, BEARER, CLIENT_SECRET, CODE, CONSUMER_SECRET, TOKEN_SECRET, assert_none,
    assert_none_on_disk,
};
use crate::program::Home;
use crate::pty::Pty;
use crate::server::{Call, Reply, Server};

use segue::secrets::{self, Keep};

/// A home in which somebody is signed in everywhere, each service below a path of its own.
fn home(server: &Server) -> Home {
    let base = |service: &str| server.url(&format!("/{service}/v1"));
    let home = Home::new().config(&format!(
        "[player]\noutput = \"null\"\n[log]\nlevel = \"debug\"\n\
         [network]\nretries = 0\nconnect_timeout = 1\nidle_timeout = 1\napi_timeout = 2\n\
         [services.audius]\nbase_url = \"{}\"\napi_key = \"{API_KEY}\"\n\
         [services.audiomack]\nbase_url = \"{}\"\nconsumer_key = \"m4rk-key\"\n\
         consumer_secret = \"{CONSUMER_SECRET}\"\naccess_token = \"{ACCESS_TOKEN}\"\n\
         access_token_secret = \"{TOKEN_SECRET}\"\n\
         [services.yourmusic]\nbase_url = \"{}\"\ntenant = \"house\"\n\
         [services.audiosocket]\nbase_url = \"{}\"\ntoken = \"{BEARER}\"\n",
        base("audius"),
        base("audiomack"),
        base("yourmusic"),
        base("audiosocket"),
    ));
    let vault = secrets::Vault::open(&home.path().join("data"), "segue", Keep::File);
    for who in [Who::Audius, Who::YourMusic] {
        vault.write(who.id(), &who.session(&base(who.id()), NOW + 4_000_000_000).unwrap()).unwrap();
    }
    home
}

/// Which service a request is for.
fn service(call: &Call) -> &str {
    call.path.split('/').nth(1).unwrap_or_default()
}

/// What is on the screen, each line break and gap one space.
fn flat(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Searches, and waits until the screen says all of `words`.
fn check(script: impl Fn(&Call) -> Reply + Send + Sync + 'static, words: [&str; 4]) {
    let server = Server::start(script);
    let home = home(&server);
    let mut screen = Pty::start(&home, &[], 160, 50, &[]);
    screen.wait_for("Listen now");
    screen.keys("/ferry\r");
    let shown = screen.wait(&format!("{words:?}"), |screen| {
        let flat = flat(screen);
        words.iter().all(|words| flat.contains(words))
    });
    assert_none("the screen", &shown);
    assert_none("all that was drawn", &String::from_utf8_lossy(&screen.bytes()));
    screen.keys("\x03");
    let end = screen.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
    assert!(!end.text.contains("panic"), "{end:?}");
    // The log, the kept pages, the database.
    assert!(assert_none_on_disk(home.path(), &["secrets", "config"]) >= 2);
    assert!(home.path().join("state/segue.log").exists());
}

#[test]
fn statuses_are_words() {
    let script = |call: &Call| match service(call) {
        "audius" => Reply::json(403, "{\"message\":\"Not in your country\"}"),
        "audiomack" => Reply::with(429, "Retry-After: 300\r\n", "{}"),
        "yourmusic" => Reply::json(404, "{\"message\":\"The route could not be found.\"}"),
        _ => Reply::json(500, "{}"),
    };
    check(
        script,
        [
            "Audius refused: Not in your country",
            "Audiomack asks to wait",
            "set services.yourmusic.paths.track_search",
            "(its own fault)",
        ],
    );
}

#[test]
fn nonsense_is_words() {
    let script = |call: &Call| match service(call) {
        "audius" => Reply::with(200, "Content-Type: text/html\r\n", "<html>Welcome to the hotel</html>"),
        "audiomack" => Reply::json(200, "[".repeat(10_000)),
        "yourmusic" => Reply::json(200, "{\"data\":[{\"id\":"),
        _ => Reply::Flood(50 << 20),
    };
    check(
        script,
        [
            "Audius sent a web page instead of data",
            "nested more than 128 deep",
            "it is cut off at line 1",
            "sent more than 32 MiB",
        ],
    );
}

#[test]
fn silence_and_broken_lines_are_words() {
    let script = |call: &Call| match service(call) {
        "audius" => Reply::Stall { begins: false },
        "audiomack" => Reply::HangUp,
        "yourmusic" => Reply::with(302, "Location: http://ada:pass@127.0.0.1:9/\r\n", ""),
        // It says back what it was told.
        _ => Reply::json(403, format!("{{\"message\":\"No: {}\"}}", call.header("authorization"))),
    };
    check(
        script,
        [
            "did not send anything for too long",
            "broke",
            "it names a user",
            "Audiosocket refused: No: Bearer [hidden]",
        ],
    );
}

/// A service that works, so that something is kept: none of what it hands out in confidence is.
#[test]
fn what_works_shows_and_keeps_no_secret() {
    check(good, ["Night Ferry", "Audiosocket", "YourMusic", "Audiomack"]);
    // Named here so that all marks are in use somewhere.
    assert!([CLIENT_SECRET, CODE].iter().all(|mark| mark.starts_with("m4rk")));
}
