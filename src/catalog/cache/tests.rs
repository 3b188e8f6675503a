//! Pages through the one way services are called: when somebody is asked, and what is shown when nobody answers.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;

use serde_json::json;
use url::Url;

use super::*;
use crate::catalog::call::{Asked, Caller, Kept};
use crate::catalog::line::{Line, USUAL_PACE};
use crate::catalog::stand::{Call, Reply, Stand, net_that_retries, surroundings};
use crate::catalog::{CatalogError, Surroundings};
use crate::model::{FaultKind, Secret};
use crate::net::Limit;

const START: u64 = 1_800_000_000;

/// A program's run: its memory, its clock, and the folder of pages that the next run finds.
struct Run {
    caller: Caller,
    now: Arc<AtomicU64>,
    url: Url,
}

impl Run {
    fn new(url: Url, folder: Option<PathBuf>, now: &Arc<AtomicU64>) -> Self {
        let theirs = Arc::clone(now);
        let unix_time = Arc::new(move || theirs.load(Ordering::Relaxed));
        let caller = Caller {
            service: "Example",
            net: net_that_retries(6),
            line: Arc::new(Line::new(USUAL_PACE, Some(&url))),
            surroundings: Surroundings { unix_time, pages: folder, ..surroundings(0) },
            sign_in_hint: "",
            clock: None,
            verdict: |_, _| None,
        };
        Self { caller, now: Arc::clone(now), url }
    }

    fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The page of an account, as `value` and whether it is stale.
    async fn read(&self, account: &str) -> Result<(Value, bool), CatalogError> {
        let make = || {
            Request::get(self.url.clone(), Limit::Api)
                .header("Authorization", Secret::new(format!("Bearer s3cret-{account}")))
                .open_header("Accept", "application/json")
        };
        let asked = Asked::known("reading a list").thing("list".to_owned());
        self.caller.page(&asked, account, make).await.map(|Kept { value, is_stale }| (value, is_stale))
    }
}

/// A run against a scripted server, without a folder.
fn run(script: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (Stand, Run) {
    let stand = Stand::start(script);
    let run = Run::new(stand.url("/list"), None, &Arc::new(AtomicU64::new(START)));
    (stand, run)
}

/// An answer with further headers.
fn with(status: u16, headers: &'static str, body: &Value) -> Reply {
    (status, headers, body.to_string())
}

/// Everything in a folder of pages.
fn on_disk(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.map(|file| (file.file_name(), std::fs::read_to_string(file.path()).unwrap()));
    let texts: Vec<_> = texts.collect();
    if texts.is_empty() { String::new() } else { format!("{texts:?}") }
}

#[tokio::test]
async fn going_back_asks_nobody_for_some_minutes() {
    let (stand, run) = run(|_| with(200, "application/json", &json!({"rows": [1]})));
    for (pass, calls) in [(0, 1), (FRESH_S - 1, 1), (1, 2), (1, 2), (FRESH_S, 3)] {
        run.pass(pass);
        assert_eq!(run.read("ada").await.unwrap(), (json!({"rows": [1]}), false));
        assert_eq!(stand.calls().len(), calls, "{pass}");
    }
    // A clock that was put back makes nothing fresh.
    run.now.store(START - 1000, Ordering::Relaxed);
    run.read("ada").await.unwrap();
    assert_eq!(stand.calls().len(), 4);
}

#[tokio::test]
async fn what_still_holds_is_not_sent_again() {
    const HEADERS: &str =
        "application/json\r\nETag: W/\"a1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT";
    let (stand, run) = run(|call| match call.header("if-none-match") {
        "" => with(200, HEADERS, &json!([1])),
        _ => with(304, "application/json", &json!(null)),
    });
    for (pass, calls) in [(0, 1), (FRESH_S, 2), (FRESH_S - 1, 2), (1, 3)] {
        run.pass(pass);
        assert_eq!(run.read("ada").await.unwrap(), (json!([1]), false));
        assert_eq!(stand.calls().len(), calls, "{pass}");
    }
    let call = stand.calls().pop().unwrap();
    assert_eq!(call.header("if-none-match"), "W/\"a1\"");
    assert_eq!(call.header("if-modified-since"), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(call.header("authorization"), "Bearer s3cret-ada");
}

#[tokio::test]
async fn what_is_known_is_shown_when_nobody_answers() {
    // How the service fails, and whether the page from before is shown then.
    let rows: [(Reply, Option<FaultKind>); 8] = [
        ((503, "text/plain", String::new()), None),
        ((500, "text/plain", String::new()), None),
        ((429, "text/plain\r\nRetry-After: 42", String::new()), None),
        // No HTTP: the connection breaks.
        ((0, "text/plain", String::new()), None),
        // A network that wants a sign-in first.
        ((200, "text/html", "<html>Welcome to our wifi".to_owned()), None),
        ((401, "text/plain", String::new()), Some(FaultKind::SignInNeeded)),
        ((403, "text/plain", String::new()), Some(FaultKind::Refused)),
        ((404, "text/plain", String::new()), Some(FaultKind::NotFound)),
    ];
    for (failure, expected) in rows {
        let asked = AtomicU64::new(0);
        let reply = failure.clone();
        let (stand, run) = run(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
            0 => with(200, "application/json", &json!([1])),
            _ => reply.clone(),
        });
        run.read("ada").await.unwrap();
        run.pass(86_400 * 30);
        let found = run.read("ada").await;
        match expected {
            None => assert_eq!(found.unwrap(), (json!([1]), true), "{failure:?}"),
            Some(kind) => assert_eq!(found.unwrap_err().fault().kind, kind, "{failure:?}"),
        }
        assert_eq!(stand.calls().len(), 2, "nobody waits for another try: {failure:?}");
        // Somebody else has nothing to be shown.
        assert!(run.read("bo").await.is_err(), "{failure:?}");
    }
}

#[tokio::test]
async fn the_next_run_works_offline() {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(AtomicU64::new(START));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url: Url = format!("http://{}/list?page=1", listener.local_addr().unwrap()).parse().unwrap();
    // Answers once; then nobody listens there.
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        drop(listener);
        BufReader::new(&stream)
            .lines()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .for_each(drop);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"a\":1}";
        (&stream).write_all(answer).unwrap();
    });
    let run = || Run::new(url.clone(), Some(folder.path().join("pages")), &now);
    run().read("ada").await.unwrap();
    server.join().unwrap();
    let next = run();
    assert_eq!(next.read("ada").await.unwrap(), (json!({"a": 1}), false));
    next.pass(FRESH_S);
    assert_eq!(next.read("ada").await.unwrap(), (json!({"a": 1}), true));
    assert_eq!(run().read("ada").await.unwrap(), (json!({"a": 1}), true));
    assert_eq!(run().read("bo").await.unwrap_err().fault().kind, FaultKind::Network);
    // Who signs out leaves nothing.
    let last = run();
    last.caller.forget_pages("ada").await;
    assert!(last.read("ada").await.is_err() && run().read("ada").await.is_err());
    assert_eq!(on_disk(&folder.path().join("pages")), "");
}

#[tokio::test]
async fn listeners_never_see_the_pages_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::start(|call| {
        let who = call.header("authorization").replace("Bearer s3cret-", "");
        with(200, "application/json", &json!({ "who": who }))
    });
    let now = Arc::new(AtomicU64::new(START));
    for _ in 0..2 {
        let run = Run::new(stand.url("/list"), Some(folder.path().to_owned()), &now);
        for who in ["ada", "bo", "", "ada"] {
            assert_eq!(run.read(who).await.unwrap().0, json!({ "who": who }));
        }
    }
    assert_eq!(stand.calls().len(), 3);
    let kept = on_disk(folder.path());
    assert_eq!(kept.matches("who").count(), 3);
    assert!(!kept.contains("s3cret") && !kept.contains("Bearer") && !kept.contains("127.0.0.1"), "{kept}");
}

#[tokio::test]
async fn nothing_that_opens_a_door_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::start(|_| {
        let row = json!({"id": 1, "auth_token": "s3cret", "mp3_file": "https://cdn.example/a.mp3?Signature=s3cret"});
        with(200, "application/json", &json!([row]))
    });
    let now = Arc::new(AtomicU64::new(START));
    let run = || Run::new(stand.url("/list"), Some(folder.path().to_owned()), &now);
    assert!(run().read("ada").await.unwrap().0.to_string().contains("s3cret"), "at first it is all there");
    let expected = json!([{"id": 1, "auth_token": null, "mp3_file": null}]);
    assert_eq!(run().read("ada").await.unwrap().0, expected);
    assert!(!on_disk(folder.path()).contains("s3cret"));
}

#[tokio::test]
async fn what_must_not_be_kept_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let large = json!("x".repeat(MAX_PAGE_BYTES));
    let rows =
        [("application/json\r\nCache-Control: private, no-store", json!([1])), ("application/json", large)];
    for (headers, body) in rows {
        let stand = Stand::start(move |_| with(200, headers, &body));
        let run =
            Run::new(stand.url("/list"), Some(folder.path().to_owned()), &Arc::new(AtomicU64::new(START)));
        run.read("ada").await.unwrap();
        run.read("ada").await.unwrap();
        assert_eq!((stand.calls().len(), on_disk(folder.path()).as_str()), (2, ""), "{headers}");
    }
}

#[tokio::test]
async fn damaged_files_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let stand = Stand::start(|_| with(200, "application/json", &json!([1])));
    let now = Arc::new(AtomicU64::new(START));
    let run = || Run::new(stand.url("/list"), Some(folder.path().to_owned()), &now);
    run().read("ada").await.unwrap();
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    for (calls, damage) in (2..).zip(["", "{}", "\n[2]", "no page at all", "{\"page\":1}\n[2]"]) {
        std::fs::write(&path, damage).unwrap();
        assert_eq!(run().read("ada").await.unwrap(), (json!([1]), false), "{damage:?}");
        assert_eq!(stand.calls().len(), calls, "{damage:?}");
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("[1]"), "it is written anew");
    }
    // A folder that cannot be written to keeps nothing, and harms nobody.
    let file = folder.path().join("no-folder");
    std::fs::write(&file, "").unwrap();
    let run = Run::new(stand.url("/list"), Some(file), &now);
    assert_eq!(run.read("ada").await.unwrap(), (json!([1]), false));
}

#[tokio::test]
async fn after_a_change_pages_are_asked_for_again() {
    let (stand, run) = run(|_| with(200, "application/json", &json!([1])));
    run.read("ada").await.unwrap();
    run.caller.changed();
    run.read("ada").await.unwrap();
    assert_eq!(stand.calls().len(), 2);
    run.pass(1);
    run.read("ada").await.unwrap();
    run.read("ada").await.unwrap();
    assert_eq!(stand.calls().len(), 3, "what was read after it counts again");
}

/// What was on its way while something was changed may show what was before.
#[tokio::test]
async fn a_page_from_before_a_change_is_no_page_from_after_it() {
    let (changes, now) = (Arc::new(OnceLock::<Caller>::new()), Arc::new(AtomicU64::new(START)));
    let (caller, clock) = (Arc::clone(&changes), Arc::clone(&now));
    let stand = Stand::start(move |_| {
        clock.fetch_add(1, Ordering::Relaxed);
        caller.get().unwrap().changed();
        clock.fetch_add(1, Ordering::Relaxed);
        with(200, "application/json", &json!([1]))
    });
    let run = Run::new(stand.url("/list"), None, &now);
    changes.set(run.caller.clone()).unwrap();
    run.read("ada").await.unwrap();
    run.read("ada").await.unwrap();
    assert_eq!(stand.calls().len(), 2);
}

/// What was on its way while somebody signed out is shown to who asked, and kept nowhere.
#[tokio::test]
async fn a_page_from_before_a_sign_out_is_not_kept() {
    const HEADERS: &str = "application/json\r\nETag: \"a1\"";
    let folder = tempfile::tempdir().unwrap();
    let (leaver, now) = (Arc::new(OnceLock::<Caller>::new()), Arc::new(AtomicU64::new(START)));
    let caller = Arc::clone(&leaver);
    // The second time it is an answer that the page still holds.
    let stand = Stand::start(move |call| {
        if let Some(caller) = caller.get() {
            let tasks = tokio::runtime::Builder::new_current_thread().build().unwrap();
            tasks.block_on(caller.forget_pages("ada"));
        }
        match call.header("if-none-match") {
            "" => with(200, HEADERS, &json!([1])),
            _ => with(304, "application/json", &json!(null)),
        }
    });
    let run = Run::new(stand.url("/list"), Some(folder.path().to_owned()), &now);
    run.read("ada").await.unwrap();
    run.pass(FRESH_S);
    leaver.set(run.caller.clone()).unwrap();
    for asked in 2..4 {
        assert_eq!(run.read("ada").await.unwrap(), (json!([1]), false));
        assert_eq!((stand.calls().len(), on_disk(folder.path()).as_str()), (asked, ""));
    }
}

#[tokio::test]
async fn the_same_page_is_read_once_at_the_same_time() {
    let (stand, run) = run(|_| with(200, "application/json", &json!([1])));
    let pages = futures_util::future::join_all((0..20).map(|_| run.read("ada"))).await;
    assert!(pages.into_iter().all(|page| page.unwrap() == (json!([1]), false)));
    assert_eq!(stand.calls().len(), 1);
}
