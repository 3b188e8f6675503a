//! Faults as the listener meets them: the whole program on a terminal, four services that fail at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::clocks::stamp;
use crate::going_on::short_lived;
use crate::house::{NOW, Who, good};
use crate::leaks::{
    ACCESS_TOKEN, API_KEY, BEARER, CONSUMER_SECRET, NEXT_BEARER, TOKEN_SECRET, assert_none,
    assert_none_on_disk,
};
use crate::program::{Home, until};
use crate::pty::Pty;
use crate::server::{Call, Reply, Server};

use segue::secrets::{self, Keep};

const FOUR: [Who; 4] = [Who::Audius, Who::Audiomack, Who::YourMusic, Who::Audiosocket];

/// A home in which somebody is signed in everywhere, each service below a path of its own; `only` these.
fn home(server: &Server, retries: u8, only: &[Who]) -> Home {
    let base = |who: Who| server.url(&format!("/{}/v1", who.id()));
    let keys = |who: Who| match who {
        Who::Audius => format!("api_key = \"{API_KEY}\""),
        Who::Audiomack => format!(
            "consumer_key = \"m4rk-key\"\nconsumer_secret = \"{CONSUMER_SECRET}\"\n\
             access_token = \"{ACCESS_TOKEN}\"\naccess_token_secret = \"{TOKEN_SECRET}\""
        ),
        Who::YourMusic => "tenant = \"house\"".to_owned(),
        _ => format!("token = \"{BEARER}\""),
    };
    let services = FOUR.map(|who| {
        let (id, base, is_on, keys) = (who.id(), base(who), only.contains(&who), keys(who));
        format!("[services.{id}]\nenabled = {is_on}\nbase_url = \"{base}\"\n{keys}\n")
    });
    let home = Home::new().config(&format!(
        "[player]\noutput = \"null\"\n[log]\nlevel = \"debug\"\n\
         [network]\nretries = {retries}\nconnect_timeout = 1\nidle_timeout = 1\napi_timeout = 60\n{}",
        services.concat()
    ));
    let vault = secrets::Vault::open(&home.path().join("data"), "segue", Keep::File);
    for who in [Who::Audius, Who::YourMusic] {
        vault.write(who.id(), &who.session(&base(who), NOW + 4_000_000_000).unwrap()).unwrap();
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

type Script = Box<dyn Fn(&Call) -> Reply + Send + Sync>;

/// What the services do, and what the screen says of each: what happened, and what to do about it.
struct Row {
    name: &'static str,
    /// `None`: every connection is torn down.
    script: Option<Script>,
    words: [&'static str; 4],
}

fn row(
    name: &'static str,
    script: impl Fn(&Call) -> Reply + Send + Sync + 'static,
    words: [&'static str; 4],
) -> Row {
    Row { name, script: Some(Box::new(script)), words }
}

/// On one screen a search for each row, until all of its words are there.
fn check(retries: u8, rows: Vec<Row>) -> Vec<Call> {
    let present: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(good)));
    let theirs = Arc::clone(&present);
    let server = Server::start(move |call| theirs.lock().unwrap()(call));
    let home = home(&server, retries, &FOUR);
    let mut screen = Pty::start(&home, &[], 160, 50, &[]);
    screen.wait_for("Listen now");
    for Row { name, script, words } in rows {
        server.tears.store(script.is_none(), Ordering::Relaxed);
        if let Some(script) = script {
            *present.lock().unwrap() = script;
        }
        // Other words each time: pages that were read are kept.
        screen.keys(&format!("gs\x15{name}\r"));
        let shown = screen.wait(&format!("{name}: {words:?}"), |screen| {
            let flat = flat(screen);
            words.iter().all(|words| flat.contains(words))
        });
        assert_none(&format!("the screen, {name}"), &shown);
        assert!(!shown.contains("panic"), "{name}: {shown}");
    }
    assert_none("all that was drawn", &String::from_utf8_lossy(&screen.bytes()));
    leave(screen, &home);
    server.calls()
}

/// Ends the program; it keeps no secret.
fn leave(mut screen: Pty, home: &Home) {
    screen.keys("\x03");
    let end = screen.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
    assert!(!end.text.contains("panic"), "{end:?}");
    // The log, the kept pages, the database.
    assert!(assert_none_on_disk(home.path(), &["secrets", "config"]) >= 2);
    assert!(home.path().join("state/segue.log").exists());
}

fn nonsense(call: &Call) -> Reply {
    match service(call) {
        "audius" => Reply::with(200, "Content-Type: text/html\r\n", "<html>Welcome to the hotel</html>"),
        "audiomack" => Reply::json(200, "[".repeat(10_000)),
        "yourmusic" => Reply::json(200, "{\"data\":[{\"id\":"),
        _ => Reply::Flood(50 << 20),
    }
}

fn silence(call: &Call) -> Reply {
    match service(call) {
        "audius" => Reply::Stall { begins: false },
        "audiomack" => Reply::HangUp,
        "yourmusic" => Reply::with(302, "Location: http://ada:pass@127.0.0.1:9/\r\n", ""),
        // It says back what it was told.
        _ => Reply::json(403, format!("{{\"message\":\"No: {}\"}}", call.header("authorization"))),
    }
}

fn unfit(call: &Call) -> Reply {
    let said = |field| format!("{{\"message\":\"The {field} is too short\",\"errors\":{{}}}}");
    Reply::json(422, said(service(call)))
}

fn wrong_types(call: &Call) -> Reply {
    match service(call) {
        "audius" => Reply::json(200, "{\"data\":-7}"),
        "audiomack" => Reply::json(200, "-7"),
        "yourmusic" => Reply::json(200, "{\"data\":true}"),
        _ => Reply::json(200, "{\"data\":\"no\",\"results\":1e300}"),
    }
}

fn statuses(call: &Call) -> Reply {
    match service(call) {
        "audius" => Reply::json(403, "{\"message\":\"Not in your country\"}"),
        "audiomack" => Reply::with(429, "Retry-After: 300\r\n", "{}"),
        "yourmusic" => Reply::json(404, "{\"message\":\"The route could not be found.\"}"),
        _ => Reply::json(500, "{}"),
    }
}

/// Sessions that are over: the token that renews them was used by somebody else.
fn spent(_: &Call) -> Reply {
    Reply::json(401, "{\"message\":\"Unauthenticated.\",\"errorcode\":1003}")
}

/// What is wrong about answers themselves, or the connections that they come by.
fn wrong_answers() -> Vec<Row> {
    vec![
        row(
            "nonsense",
            nonsense,
            [
                "Audius sent a web page instead of data",
                "nested more than 128 deep",
                "it is cut off at line 1",
                "sent more than 32 MiB",
            ],
        ),
        row(
            "silence",
            silence,
            [
                "did not send anything for too long",
                "broke",
                "it names a user",
                "Audiosocket refused: No: Bearer [hidden]",
            ],
        ),
        Row {
            name: "reset",
            script: None,
            words: [
                "Audius: the connection to 127.0.0.1",
                "Audiomack: the connection to 127.0.0.1",
                "Audiosocket: the connection to 127.0.0.1",
                "Try again in a moment.",
            ],
        },
        row(
            "unfit",
            unfit,
            [
                "Audius refused: The audius is too short.",
                "Audiomack refused: The audiomack is too short.",
                "YourMusic refused: The yourmusic is too short.",
                "Audiosocket refused: The audiosocket is too short.",
            ],
        ),
        row(
            "types",
            wrong_types,
            [
                "Audius sent an answer that makes no sense: it holds no list. Try again later.",
                "Audiomack sent an answer that makes no sense",
                "YourMusic sent an answer that makes no sense",
                "Audiosocket sent an answer that makes no sense",
            ],
        ),
    ]
}

#[test]
fn faults_are_words() {
    let other = Server::start(|_| Reply::json(401, "{}"));
    let hotel =
        Server::start(|_| Reply::with(200, "Content-Type: text/html\r\n", "<html>Sign in here</html>"));
    let (there, page) = (other.url("/elsewhere"), hotel.url("/welcome"));
    let elsewhere = move |call: &Call| {
        Reply::redirect(302, if matches!(service(call), "audius" | "yourmusic") { &there } else { &page })
    };
    let others = vec![
        row(
            "elsewhere",
            elsewhere,
            [
                "Audius sends on to 127.0.0.1",
                "Audiomack sends on to 127.0.0.1",
                "YourMusic sends on to 127.0.0.1",
                "whether this network wants a sign-in, or check the address",
            ],
        ),
        row(
            "limits",
            |_| Reply::json(429, "{}"),
            [
                "Audius: 127.0.0.1",
                "YourMusic: 127.0.0.1",
                "(too many requests). Wait a little and try again.",
                "R try again",
            ],
        ),
        row(
            "statuses",
            statuses,
            [
                "Audius refused: Not in your country",
                "Audiomack asks to wait",
                "set services.yourmusic.paths.track_search",
                "(its own fault)",
            ],
        ),
    ];
    check(0, wrong_answers().into_iter().chain(others).collect());
    check(
        0,
        vec![row(
            "spent",
            spent,
            [
                "Audius needs you to sign in. Sign in again, or check services.audius.api_key.",
                "Audiomack needs you to sign in. Check services.audiomack.consumer_key and consumer_secret, and this machine's clock.",
                "has ended your session; sign in again",
                "Audiosocket not signed in",
            ],
        )],
    );
    for call in other.calls().iter().chain(&hotel.calls()) {
        assert_none("another origin", &call.raw);
    }
}

/// What heals is seen as what it is: rows. Tokens that ran out are renewed, a clock that is ten minutes off is put
/// right by the service's, and what was down for a moment is asked again.
#[test]
fn faults_that_heal_show_their_rows() {
    for off in [-600, 600] {
        let (now, date) = service_time(off);
        let tries = AtomicUsize::new(0);
        let heal = move |call: &Call| {
            let bearer = call.header("authorization");
            let renews = ["/auth/refresh", "/oauth/token"].iter().any(|path| call.path.ends_with(path));
            match service(call) {
                "audius" | "yourmusic" if !renews && bearer.contains(BEARER) => spent(call),
                "audiomack" if stamp(call).abs_diff(now) > 300 => {
                    Reply::with(401, &format!("Date: {date}\r\nContent-Type: application/json\r\n"), "{}")
                }
                "audiosocket" if tries.fetch_add(1, Ordering::Relaxed) < 2 => {
                    Reply::with(502, "Retry-After: 0\r\n", "")
                }
                _ => good(call),
            }
        };
        let words = ["Audius 1 found", "Audiomack 1 found", "YourMusic 1 found", "Audiosocket 1 found"];
        let calls = check(2, vec![row("heal", heal, words)]);
        let refused =
            calls.iter().filter(|call| service(call) == "audiomack" && stamp(call).abs_diff(now) > 300);
        assert!(refused.count() <= 2, "learnt from the first refusals");
        assert!(calls.iter().any(|call| call.header("authorization").contains(NEXT_BEARER)));
    }
}

/// What time it is at a service whose clock is so many seconds ahead, also as its `Date`.
fn service_time(ahead: i64) -> (u64, String) {
    let ask = |what: &str, when: String| {
        let date =
            std::process::Command::new("date").env("LC_ALL", "C").args(["-u", "-d", &when, what]).output();
        String::from_utf8(date.unwrap().stdout).unwrap().trim().to_owned()
    };
    let now = ask("+%s", format!("{ahead} seconds"));
    let date = ask("+%a, %d %b %Y %H:%M:%S GMT", format!("@{now}"));
    (now.parse().unwrap(), date)
}

/// A bearer that ends while its track is heard: the screen goes on with it, or says that the session is over.
#[test]
fn a_bearer_that_ends_midway_is_seen_on_the_screen() {
    let over = "YourMusic needs you to sign in. Sign in on the accounts page or with: segue login yourmusic.";
    for (renews, words) in [(true, "▶ Night Ferry — Ada Cole"), (false, over)] {
        let server = short_lived(renews);
        let home = home(&server, 0, &[Who::YourMusic]);
        let mut screen = Pty::start(&home, &[], 160, 50, &[]);
        screen.wait_for("Listen now");
        screen.keys("gsferry\r");
        screen.wait_for("1 found");
        screen.keys("\r");
        let is_new = |call: &Call| call.header("authorization").contains(NEXT_BEARER);
        let goes_on = || server.calls().iter().any(|call| is_new(call) && call.path.ends_with("seg005.ts"));
        until("the rest was asked for", || goes_on() || !renews);
        let shown = screen.wait(words, |screen| flat(screen).contains(words));
        assert_eq!(shown.contains("needs you to sign in"), !renews, "{shown}");
        let renewals = server.calls().iter().filter(|call| call.path.ends_with("/auth/refresh")).count();
        assert_eq!(renewals, 1, "a refresh token is used once");
        assert_none("all that was drawn", &String::from_utf8_lossy(&screen.bytes()));
        leave(screen, &home);
    }
}

/// The seconds that a service asks to wait yet, as the screen says them.
fn seconds_left(screen: &str) -> Option<u64> {
    let flat = flat(screen);
    let (_, rest) = flat.split_once("Audiomack asks to wait ")?;
    rest.split(' ').next()?.parse().ok()
}

/// `Retry-After` is kept to and counted down before the listener's eyes, whatever was asked for; what only reads is
/// asked for again by itself.
#[test]
fn a_named_wait_is_counted_down() {
    let (searches, plays) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = Server::start(move |call| {
        let count = match call.path.as_str() {
            path if path.ends_with("/search") => &searches,
            path if path.ends_with("/play") => &plays,
            _ => return good(call),
        };
        match count.fetch_add(1, Ordering::Relaxed) {
            0 => Reply::with(429, "Retry-After: 4\r\n", "{}"),
            _ => good(call),
        }
    });
    let home = home(&server, 2, &[Who::Audiomack]);
    let mut screen = Pty::start(&home, &[], 160, 50, &[]);
    screen.wait_for("Listen now");
    for (keys, end) in [("/ferry\r", "Audiomack 1 found"), ("\r", "/play")] {
        let begun = server.calls().len();
        screen.keys(keys);
        let first = seconds_left(&screen.wait("a wait", |screen| seconds_left(screen).is_some())).unwrap();
        assert!((1..=4).contains(&first), "{first}");
        let less = |screen: &str| seconds_left(screen).is_some_and(|left| left < first);
        screen.wait("a shorter wait", less);
        screen.wait("no wait", |screen| seconds_left(screen).is_none());
        if end == "/play" {
            let asked = || server.calls()[begun..].iter().filter(|call| call.path.ends_with(end)).count();
            until("the address was asked for again", || asked() == 2);
        } else {
            screen.wait_for(end);
        }
    }
    leave(screen, &home);
}
