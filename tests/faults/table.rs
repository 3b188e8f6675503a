//! Every fault against every service and everything that can be asked of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use segue::catalog::CatalogError;
use segue::model::FaultKind;
use tokio::runtime::Runtime;

use crate::house::{ALL, ASKS, Ask, House, NOW, Plan, Who, good, net};
use crate::leaks::{assert_log_is_clean, watch_log};
use crate::server::{Call, Reply, Server};

pub fn tasks() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// What came of one question.
struct Outcome {
    who: Who,
    ask: Ask,
    result: Result<(), CatalogError>,
    calls: Vec<Call>,
    /// Bytes of a flood that were taken.
    taken: usize,
}

impl Outcome {
    fn name(&self) -> String {
        let told = self.result.as_ref().err().map(|error| error.fault().to_string());
        let lines: Vec<_> = self.calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
        format!("{:?} {:?}: {told:?} after {lines:?}", self.who, self.ask)
    }

    fn kind(&self) -> Option<FaultKind> {
        self.result.as_ref().err().map(|error| error.fault().kind)
    }
}

/// How the client is set up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    /// Waits long, tries once.
    Patient,
    /// Waits for moments only, tries once.
    Hasty,
    /// Waits long, tries again.
    Stubborn,
}

/// Asks everything of everybody at a server of its own each.
fn all(client: Client, server: impl Fn() -> Server) -> Vec<Outcome> {
    watch_log();
    let net = net(if client == Client::Stubborn { 6 } else { 0 }, client == Client::Hasty);
    let pairs = ALL.iter().flat_map(|&who| ASKS.map(|ask| (who, ask))).filter(|(who, ask)| who.has(*ask));
    let questions = pairs.map(|(who, ask)| {
        let (server, plan) = (server(), Plan::new(&net));
        async move {
            let house = House::new(who, &server.url("/v1"), plan).await;
            let result = house.ask(ask).await;
            let taken = server.taken.load(Ordering::Relaxed);
            Outcome { who, ask, result, calls: server.calls(), taken }
        }
    });
    let outcomes = tasks().block_on(join_all(questions));
    assert_log_is_clean();
    for outcome in &outcomes {
        assert!(!outcome.calls.is_empty(), "nothing was asked: {}", outcome.name());
        let mut changes: Vec<_> = outcome.calls.iter().filter(|call| !call.is_get()).collect();
        // A renewal stands for itself, and so does what is asked for with new credentials.
        changes
            .retain(|call| !["/auth/refresh", "/oauth/token"].iter().any(|path| call.path.ends_with(path)));
        for (number, call) in changes.iter().enumerate() {
            let same = |other: &&&Call| {
                other.path == call.path && other.header("authorization") == call.header("authorization")
            };
            let again = changes[..number].iter().find(same);
            assert!(again.is_none(), "sent twice: {}", outcome.name());
        }
    }
    outcomes
}

/// What need not fail: a listen is counted by the time its sound begins to come, and a token is pasted where
/// nobody answers a ping.
fn is_lenient(outcome: &Outcome, reply: &Reply) -> bool {
    match (outcome.who, outcome.ask) {
        (Who::Audius, Ask::Listened) => {
            matches!(
                reply,
                Reply::Cut { .. } | Reply::Stall { begins: true } | Reply::Full { status: 200, .. }
            )
        }
        (Who::Audiosocket, Ask::SignIn) => matches!(reply, Reply::Full { status: 404, .. }),
        _ => false,
    }
}

/// Everything fails with one of `kinds`; what need not is left out.
fn fails(client: Client, kinds: &[FaultKind], reply: &Reply) -> Vec<Outcome> {
    let outcomes = all(client, || {
        let reply = reply.clone();
        Server::start(move |_| reply.clone())
    });
    let mut wrong = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| !is_lenient(outcome, reply)) {
        if !outcome.kind().is_some_and(|kind| kinds.contains(&kind)) {
            wrong.push(format!("{:?}: {}", outcome.kind(), outcome.name()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    outcomes.into_iter().filter(|outcome| outcome.result.is_err()).collect()
}

/// A change may be refused with a 500 and `errors` at Audiosocket; this is none.
const BROKEN: &str = "{\"message\":\"Not today\"}";

const TROUBLE: &str = "{\"message\":\"Not today\",\"errors\":{\"name\":[\"Not today\"]}}";

#[test]
fn refused_credentials() {
    fails(Client::Patient, &[FaultKind::SignInNeeded, FaultKind::Refused], &Reply::json(401, TROUBLE));
}

#[test]
fn refusals() {
    for outcome in fails(Client::Patient, &[FaultKind::Refused], &Reply::json(403, TROUBLE)) {
        let told = outcome.result.as_ref().unwrap_err().fault().to_string();
        let is_own = told.contains("Not today") || outcome.ask == Ask::SignIn;
        assert!(is_own || told.contains("other credentials"), "{}", outcome.name());
    }
}

#[test]
fn nothing_there() {
    for outcome in fails(Client::Patient, &[FaultKind::NotFound, FaultKind::Network], &Reply::json(404, "")) {
        let told = outcome.result.as_ref().unwrap_err().fault().to_string();
        // Where the path is a guess, it says which setting holds it.
        if matches!(outcome.who, Who::YourMusic | Who::YourMusicClient | Who::Audiosocket) {
            let section = format!("services.{}.paths.", outcome.who.id());
            assert!(told.contains(&section), "{}", outcome.name());
        }
    }
}

#[test]
fn unfit_requests() {
    let kinds = [FaultKind::Refused, FaultKind::SignInNeeded];
    for outcome in fails(Client::Patient, &kinds, &Reply::json(422, TROUBLE)) {
        let told = outcome.result.as_ref().unwrap_err().fault().to_string();
        assert!(told.contains("Not today") || outcome.ask == Ask::SignIn, "{}", outcome.name());
    }
}

#[test]
fn limits() {
    let reply = Reply::with(429, "Retry-After: 42\r\n", TROUBLE);
    for outcome in fails(Client::Stubborn, &[FaultKind::Limited], &reply) {
        let told = outcome.result.as_ref().unwrap_err().fault().to_string();
        assert!(told.contains("again in 42 s") || told.contains("again in 41 s"), "{}", outcome.name());
        assert_eq!(outcome.calls.len(), 1, "{}", outcome.name());
    }
    for outcome in fails(Client::Patient, &[FaultKind::Limited], &Reply::json(429, TROUBLE)) {
        let told = outcome.result.as_ref().unwrap_err().fault().to_string();
        assert!(told.contains("too many requests"), "{}", outcome.name());
    }
}

#[test]
fn a_server_that_is_broken() {
    for status in [500, 502, 503, 504] {
        fails(Client::Patient, &[FaultKind::Network], &Reply::json(status, BROKEN));
    }
    let reply = Reply::with(503, "Retry-After: 60\r\n", "<html>Down</html>");
    for outcome in fails(Client::Stubborn, &[FaultKind::Limited], &reply) {
        let told = outcome.result.as_ref().unwrap_err().fault().to_string();
        assert!(told.contains("again in"), "{}", outcome.name());
        assert_eq!(outcome.calls.len(), 1, "{}", outcome.name());
    }
}

/// What only reads is asked for until it comes; what changes something is not.
#[test]
fn bursts_of_trouble() {
    let outcomes = all(Client::Stubborn, || {
        let count = Arc::new(AtomicUsize::new(0));
        Server::start(move |call| match count.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Reply::with(502, "Retry-After: 0\r\n", ""),
            _ => good(call),
        })
    });
    for outcome in outcomes {
        let first = outcome.calls.first().unwrap();
        if first.is_get() && (outcome.who, outcome.ask) != (Who::Audius, Ask::Listened) {
            assert!(outcome.result.is_ok(), "{}", outcome.name());
            assert!(outcome.calls[..3].iter().all(|call| call.path == first.path), "{}", outcome.name());
        } else {
            assert_eq!(outcome.kind(), Some(FaultKind::Network), "{}", outcome.name());
            assert_eq!(outcome.calls.len(), 1, "{}", outcome.name());
        }
    }
}

#[test]
fn silence() {
    for begins in [false, true] {
        fails(Client::Hasty, &[FaultKind::Network], &Reply::Stall { begins });
    }
}

#[test]
fn broken_connections() {
    fails(Client::Patient, &[FaultKind::Network], &Reply::HangUp);
    let body = b"{\"data\":[".to_vec();
    fails(
        Client::Patient,
        &[FaultKind::Network],
        &Reply::Cut { status: 200, headers: String::new(), body, promised: 1000 },
    );
    for outcome in all(Client::Patient, Server::tearing) {
        assert_eq!(outcome.kind(), Some(FaultKind::Network), "{}", outcome.name());
    }
}

#[test]
fn web_pages_for_data() {
    let page = "<!DOCTYPE html><html><body>Welcome to the hotel. Please sign in.</body></html>";
    for media_type in ["text/html", "application/json"] {
        let headers = format!("Content-Type: {media_type}\r\n");
        for outcome in fails(Client::Patient, &[FaultKind::Network], &Reply::with(200, &headers, page)) {
            let told = outcome.result.as_ref().unwrap_err().fault().to_string();
            assert!(told.contains("sent a web page instead of data"), "{}", outcome.name());
        }
    }
}

/// Whether the body of a good answer matters: some changes have none.
fn is_read(outcome: &Outcome) -> bool {
    match outcome.ask {
        Ask::Change | Ask::Listened => false,
        // A code that was sent, a ping.
        Ask::SignIn => outcome.who != Who::Audiosocket,
        Ask::Ping => outcome.who.id() != "audiosocket",
        Ask::Search | Ask::Browse | Ask::Item | Ask::Locate => true,
    }
}

#[test]
fn answers_that_make_no_sense() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deep_object = "{\"data\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    for body in
        [deep, deep_object, "{\"data\":[{\"id\":".to_owned(), "[,]".to_owned(), "\u{0}\u{1}".to_owned()]
    {
        let outcomes = all(Client::Patient, || {
            let body = body.clone();
            Server::start(move |_| Reply::json(200, &body))
        });
        for outcome in outcomes.iter().filter(|outcome| is_read(outcome)) {
            assert_eq!(outcome.kind(), Some(FaultKind::Network), "{:.40}: {}", body, outcome.name());
        }
    }
}

/// More than the 50 MB that are asked for: the system takes much of that into its own hands.
const FLOOD_BYTES: usize = 120 << 20;

#[test]
fn floods() {
    for outcome in all(Client::Patient, || Server::start(|_| Reply::Flood(FLOOD_BYTES))) {
        if (outcome.who, outcome.ask) == (Who::Audius, Ask::Listened) {
            continue;
        }
        // What is read, and what the system holds on its way.
        assert!(outcome.taken < FLOOD_BYTES, "{} bytes taken: {}", outcome.taken, outcome.name());
        let told = outcome.result.as_ref().err().map(|error| error.fault().to_string()).unwrap_or_default();
        assert!(told.contains("sent more than 32 MiB"), "{}", outcome.name());
    }
}

/// A server that says back what it was told, as some do in their errors.
#[test]
fn errors_that_repeat_the_request() {
    for status in [400, 401, 403, 404, 409, 422, 500] {
        for outcome in all(Client::Patient, || {
            Server::start(move |call| {
                let said = call.raw.replace(['"', '\\', '{', '}'], "'").replace("\r\n", " ");
                Reply::json(status, format!("{{\"message\":\"cannot: {said}\",\"error\":\"bad {said}\"}}"))
            })
        }) {
            let is_lenient = (outcome.who, outcome.ask, status) == (Who::Audiosocket, Ask::SignIn, 404);
            assert!(outcome.result.is_err() || is_lenient, "{}", outcome.name());
        }
    }
}

/// What the listener sees goes on when the network is gone, and tells nobody what it must not.
#[test]
fn pages_that_were_read_are_shown_and_hold_no_secret() {
    watch_log();
    let folder = tempfile::tempdir().unwrap();
    let is_down = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let theirs = Arc::clone(&is_down);
    let server =
        Server::start(
            move |call| {
                if theirs.load(Ordering::Relaxed) { Reply::json(503, "") } else { good(call) }
            },
        );
    let tasks = tasks();
    let net = net(0, false);
    for who in ALL {
        is_down.store(false, Ordering::Relaxed);
        let plan =
            |now| Plan { now, until: NOW + 86_400, pages: Some(folder.path().to_owned()), ..Plan::new(&net) };
        let base = server.url("/v1");
        let house = tasks.block_on(House::new(who, &base, plan(NOW)));
        for ask in ASKS.into_iter().filter(|ask| who.has(*ask)) {
            let done = tasks.block_on(house.ask(ask));
            assert!(done.is_ok(), "{who:?} {ask:?}: {done:?}");
        }
        // Another run, an hour later.
        is_down.store(true, Ordering::Relaxed);
        let house = tasks.block_on(House::new(who, &base, plan(NOW + 3600)));
        for ask in [Ask::Search, Ask::Browse, Ask::Item] {
            if let Err(error) = tasks.block_on(house.ask(ask)) {
                assert_eq!(error.fault().kind, FaultKind::Network, "{who:?} {ask:?}: {error}");
            }
        }
    }
    let cookies = server.calls().iter().filter(|call| !call.header("cookie").is_empty()).count();
    assert_eq!(cookies, 0, "nobody keeps cookies");
    assert_log_is_clean();
    assert!(crate::leaks::assert_none_on_disk(folder.path(), &[]) > 0, "nothing was kept");
}
