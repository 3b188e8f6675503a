//! The listener against what could knock, and the browser with programs that only note how they were started.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::model::Secret;

use super::belongs_to;
use super::browser::{Browser, BrowserError};
use super::listener::{Limits, Listener, Pairs, SignInError, Spelling};

/// Limits that no test reaches unless it means to.
const AMPLE: Limits = Limits { whole: Duration::from_secs(300), client: Duration::from_secs(300) };

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// `state=right` is the answer.
fn right_state(pairs: &[(String, Secret)]) -> Result<(), String> {
    match pairs.iter().find(|(name, _)| name == "state") {
        Some((_, value)) if value.reveal() == "right" => Ok(()),
        Some((_, value)) => Err(format!("The state <b>{}</b> is not ours", value.reveal())),
        None => Err("There is no state".into()),
    }
}

/// The address behind `http://HOST:PORT/callback`, and `HOST:PORT`.
fn door(listener: &Listener) -> (SocketAddr, String) {
    let address = listener.redirect_address();
    assert_eq!((address.scheme(), address.path(), address.query()), ("http", "/callback", None));
    let port = address.port().unwrap();
    (SocketAddr::from(([127, 0, 0, 1], port)), format!("{}:{port}", address.host_str().unwrap()))
}

/// Sends these bytes and reads all that comes back.
async fn knock(at: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // The listener may have had enough before all is sent.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard).await;
    String::from_utf8(heard).unwrap()
}

/// The port is closed. A program that another test just started may hold it for the moment before its exec.
async fn closes(at: SocketAddr) {
    for _ in 0..10_000 {
        if TcpStream::connect(at).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{at} is still open");
}

fn get(target: &str, host: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: test\r\n\r\n").into_bytes()
}

fn plain(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect()
}

/// Knocks with each of `before`, compares the status, then comes with the answer.
fn check(spelling: Spelling, before: impl Fn(&str) -> Vec<(Vec<u8>, &'static str)>) -> Vec<String> {
    runtime().block_on(async {
        let listener = Listener::open_with(spelling, AMPLE).await.unwrap();
        let (at, host) = door(&listener);
        let answer = tokio::spawn(listener.answer(right_state));
        let mut pages = Vec::new();
        for (bytes, status) in before(&host) {
            let page = knock(at, &bytes).await;
            let first = page.lines().next().unwrap_or_default();
            let sent = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned();
            assert_eq!(
                first,
                if status.is_empty() { String::new() } else { format!("HTTP/1.1 {status}") },
                "{sent:?}"
            );
            pages.push(page);
        }
        pages.push(knock(at, &get("/callback?code=a%2Bb+c&state=right", &host)).await);
        let pairs = answer.await.unwrap().unwrap();
        assert_eq!(plain(&pairs), [("code", "a+b c"), ("state", "right")]);
        assert!(!format!("{pairs:?}").contains("a+b"));
        closes(at).await;
        pages
    })
}

#[test]
fn the_answer_is_taken_and_the_page_says_so() {
    for (spelling, host) in [(Spelling::Numbers, "127.0.0.1"), (Spelling::Localhost, "localhost")] {
        let pages = check(spelling, |door| {
            assert!(door.starts_with(&format!("{host}:")));
            Vec::new()
        });
        let page = &pages[0];
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"));
        assert!(page.contains("You can close this page and go back to Segue."), "{page}");
        for header in ["Cache-Control: no-store", "default-src 'none'", "Referrer-Policy: no-referrer"] {
            assert!(page.contains(header), "{header}");
        }
        let (head, body) = page.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
        assert!(!page.contains("a+b"), "the code is not on the page");
    }
}

#[test]
fn hostile_callbacks_are_refused_and_the_right_one_still_counts() {
    check(Spelling::Numbers, |host| {
        let port = host.rsplit(':').next().unwrap();
        let head = |text: &str| text.replace('\n', "\r\n").replace("HOST", host).into_bytes();
        let right = "/callback?code=1&state=right";
        let many = (0..40).map(|number| format!("&p{number}=1")).collect::<Vec<_>>().concat();
        vec![
            (get("/favicon.ico", host), "404 Not Found"),
            (get("/", host), "404 Not Found"),
            (get("/callback/../callback?state=right", host), "404 Not Found"),
            (get("/callback%00?state=right", host), "404 Not Found"),
            (get("/callback?code=1&state=wrong", host), "403 Forbidden"),
            (get("/callback?code=1", host), "403 Forbidden"),
            (get("/callback", host), "403 Forbidden"),
            (get("/callback?state=right&state=right", host), "400 Bad Request"),
            (get("/callback?state=wrong&state=right", host), "400 Bad Request"),
            (get(&format!("/callback?state=right{many}"), host), "400 Bad Request"),
            (get(right, "evil.example"), "421 Misdirected Request"),
            (get(right, &format!("evil.example:{port}")), "421 Misdirected Request"),
            (get(right, &format!("localhost:{port}")), "421 Misdirected Request"),
            (get(right, "127.0.0.1"), "421 Misdirected Request"),
            (get(right, &format!("127.0.0.1:{port}@evil.example")), "421 Misdirected Request"),
            (head("GET /callback?state=right HTTP/1.1\n\n"), "400 Bad Request"),
            (head("GET /callback?state=right HTTP/1.1\nHost: HOST\nHost: HOST\n\n"), "400 Bad Request"),
            (
                head("GET /callback?state=right HTTP/1.1\nHost: HOST\nHost: evil\n\n"),
                "421 Misdirected Request",
            ),
            (head("GET /callback?state=right HTTP/1.1\nHost : HOST\n\n"), "400 Bad Request"),
            (head("GET /callback?state=right HTTP/1.1\nHost: HOST\n folded: 1\n\n"), "400 Bad Request"),
            (
                head("GET /callback?state=right HTTP/1.1\nHost: HOST\nContent-Length: 9\n\nsmuggled!"),
                "400 Bad Request",
            ),
            (
                head("GET /callback?state=right HTTP/1.1\nHost: HOST\nTransfer-Encoding: chunked\n\n0\n\n"),
                "400 Bad Request",
            ),
            (head("POST /callback?state=right HTTP/1.1\nHost: HOST\n\n"), "405 Method Not Allowed"),
            (head("OPTIONS /callback?state=right HTTP/1.1\nHost: HOST\n\n"), "405 Method Not Allowed"),
            (head("GET http://HOST/callback?state=right HTTP/1.1\nHost: HOST\n\n"), "400 Bad Request"),
            (head("CONNECT HOST HTTP/1.1\nHost: HOST\n\n"), "400 Bad Request"),
            (head("GET /callback?state=right HTTP/2.0\nHost: HOST\n\n"), "400 Bad Request"),
            (head("GET /callback?state=right\n\n"), "400 Bad Request"),
            (head("GET  /callback?state=right HTTP/1.1\nHost: HOST\n\n"), "400 Bad Request"),
            (b"GET /callback?state=right HTTP/1.1\r\nHost: \xff\r\n\r\n".to_vec(), "400 Bad Request"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), "400 Bad Request"),
            (
                get(&format!("/callback?state=right&x={}", "a".repeat(9000)), host),
                "431 Request Header Fields Too Large",
            ),
            (get("/", &"a".repeat(20_000)), "431 Request Header Fields Too Large"),
            (
                head(&format!("GET / HTTP/1.1\nHost: HOST\n{}\n", "a: 1\n".repeat(100))),
                "431 Request Header Fields Too Large",
            ),
            (b"GET /callback?state=right HTTP/1.1\r\nHost: ".to_vec(), ""),
            (Vec::new(), ""),
        ]
    });
}

#[test]
fn what_strangers_say_is_text_on_the_page() {
    let script = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%26%1B%5B2J";
    let pages = check(Spelling::Numbers, |host| {
        vec![(get(&format!("/callback?state={script}"), host), "403 Forbidden")]
    });
    assert!(
        pages[0].contains("&lt;b&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"),
        "{}",
        pages[0]
    );
    assert!(!pages[0].contains('\u{1b}') && !pages[0].contains("<script"));
}

#[test]
fn an_error_is_an_answer_too() {
    let rows = [
        ("error=access_denied&state=right", "The service said: access_denied"),
        ("error=x&error_description=%3Ci%3Eno&state=right", "The service said: &lt;i&gt;no"),
        ("denied=token&state=right", "The service said: access_denied"),
    ];
    for (query, words) in rows {
        runtime().block_on(async {
            let listener = Listener::open_with(Spelling::Numbers, AMPLE).await.unwrap();
            let (at, host) = door(&listener);
            let answer = tokio::spawn(listener.answer(right_state));
            let page = knock(at, &get(&format!("/callback?{query}"), &host)).await;
            assert!(page.contains("<h1>Not signed in</h1>") && page.contains(words), "{page}");
            let pairs = answer.await.unwrap().unwrap();
            assert!(plain(&pairs).contains(&("state", "right")));
        });
    }
}

/// Clients that say nothing, or one byte, neither keep the real one waiting nor stay.
#[test]
fn slow_clients_hold_nobody_up() {
    runtime().block_on(async {
        let limits = Limits { client: Duration::from_millis(50), ..AMPLE };
        let listener = Listener::open_with(Spelling::Numbers, limits).await.unwrap();
        let (at, host) = door(&listener);
        let answer = tokio::spawn(listener.answer(right_state));
        let mut slow = Vec::new();
        for _ in 0..40 {
            let mut stream = TcpStream::connect(at).await.unwrap();
            stream.write_all(b"G").await.unwrap();
            slow.push(stream);
        }
        for stream in &mut slow {
            let mut heard = Vec::new();
            // Closed by the listener, whether cleanly or not.
            let _ = stream.read_to_end(&mut heard).await;
            assert_eq!(heard, b"");
        }
        knock(at, &get("/callback?state=right", &host)).await;
        assert_eq!(plain(&answer.await.unwrap().unwrap()), [("state", "right")]);
    });
}

#[test]
fn a_head_may_come_in_pieces() {
    runtime().block_on(async {
        let listener = Listener::open_with(Spelling::Numbers, AMPLE).await.unwrap();
        let (at, host) = door(&listener);
        let answer = tokio::spawn(listener.answer(right_state));
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.set_nodelay(true).unwrap();
        for byte in get("/callback?state=right", &host) {
            stream.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        stream.shutdown().await.unwrap();
        assert_eq!(plain(&answer.await.unwrap().unwrap()), [("state", "right")]);
    });
}

#[test]
fn it_closes_when_nobody_comes_and_when_it_is_dropped() {
    runtime().block_on(async {
        let limits = Limits { whole: Duration::from_millis(30), ..AMPLE };
        let listener = Listener::open_with(Spelling::Numbers, limits).await.unwrap();
        let (at, _) = door(&listener);
        let error = listener.answer(right_state).await.unwrap_err();
        assert!(matches!(error, SignInError::TooLate));
        closes(at).await;

        let listener = Listener::open(Spelling::Localhost).await.unwrap();
        let (at, _) = door(&listener);
        let answer = tokio::spawn(listener.answer(right_state));
        let _half = TcpStream::connect(at).await.unwrap();
        answer.abort();
        assert!(answer.await.unwrap_err().is_cancelled());
        closes(at).await;
    });
}

#[test]
fn nobody_outside_this_machine_is_heard() {
    runtime().block_on(async {
        let listener = Listener::open(Spelling::Localhost).await.unwrap();
        let (at, _) = door(&listener);
        // Every other address of this machine, such as another one of the loopback network.
        assert!(TcpStream::connect((std::net::Ipv4Addr::new(127, 0, 0, 2), at.port())).await.is_err());
        assert!(TcpStream::connect((std::net::Ipv6Addr::LOCALHOST, at.port())).await.is_err());
        assert!(TcpStream::connect(at).await.is_ok());
    });
}

#[test]
fn an_answer_belongs_to_the_address_that_was_visited() {
    let rows = [
        ("?client_id=1&state=abc", "code=1&state=abc", true),
        ("?client_id=1&state=abc", "error=access_denied&state=abc", true),
        ("?client_id=1&state=abc", "code=1&state=abd", false),
        ("?client_id=1&state=abc", "code=1&state=ab", false),
        ("?client_id=1&state=abc", "code=1&state=abcd", false),
        ("?client_id=1&state=abc", "code=1&state=", false),
        ("?client_id=1&state=abc", "code=abc", false),
        ("?state=a%2Bb%20c", "state=a%2Bb+c", true),
        ("?oauth_token=rq1", "oauth_token=rq1&oauth_verifier=v", true),
        ("?oauth_token=rq1", "denied=rq1", true),
        ("?oauth_token=rq1", "oauth_token=rq2&oauth_verifier=v", false),
        ("?oauth_token=rq1", "denied=rq2", false),
        ("?oauth_token=rq1&state=s", "oauth_token=rq1", false),
        ("", "anything=1", true),
    ];
    for (visited, came, expected) in rows {
        let judge = belongs_to(&Url::parse(&format!("https://example.org/authorize{visited}")).unwrap());
        let pairs: Pairs = url::form_urlencoded::parse(came.as_bytes())
            .map(|(name, value)| (name.into_owned(), Secret::new(value)))
            .collect();
        assert_eq!(judge(&pairs).is_ok(), expected, "{visited} {came}");
    }
}

/// A folder with a program `name` of these shell lines; `$OUT` is the folder.
fn program(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    let shell = "/bin/sh";
    fs::write(&path, format!("#!{shell}\nOUT='{}'\n{lines}\n", folder.display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

const NOTES_ARGUMENTS: &str = r#"for word in "$@"; do printf '%s\n' "$word"; done > "$OUT/${0##*/}.words""#;

const LONG: Duration = Duration::from_secs(60);

fn words(folder: &Path, name: &str) -> Option<String> {
    fs::read_to_string(folder.join(format!("{name}.words"))).ok()
}

#[test]
fn the_browser_gets_the_address_as_one_word() {
    let address = "https://example.org/a?b=$(touch%20x)`id`;&c='d'|e&f=*#g";
    let parsed = Url::parse(address).unwrap();
    let rows = [
        (None, "xdg-open", format!("{parsed}\n")),
        (Some("firefox"), "firefox", format!("{parsed}\n")),
        (Some("firefox --new-window %s -x"), "firefox", format!("--new-window\n{parsed}\n-x\n")),
        (Some("missing:fails:firefox -a"), "firefox", format!("-a\n{parsed}\n")),
        (Some(""), "xdg-open", format!("{parsed}\n")),
        (Some(":missing %s:"), "xdg-open", format!("{parsed}\n")),
    ];
    for (choice, name, expected) in rows {
        let folder = tempfile::tempdir().unwrap();
        for known in ["xdg-open", "open", "firefox"] {
            program(folder.path(), known, NOTES_ARGUMENTS);
        }
        program(folder.path(), "fails", "exit 3");
        Browser::found_by(choice, folder.path(), LONG).open(&parsed).unwrap();
        let name = if name == "xdg-open" && cfg!(target_os = "macos") { "open" } else { name };
        assert_eq!(words(folder.path(), name), Some(expected), "{choice:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5, "only one was started: {choice:?}");
    }
}

#[test]
fn it_is_told_when_no_browser_starts() {
    let folder = tempfile::tempdir().unwrap();
    let address = Url::parse("https://example.org/").unwrap();
    let open = |choice| Browser::found_by(choice, folder.path(), LONG).open(&address);
    assert_eq!(open(None), Err(BrowserError::NoneStarted));
    program(folder.path(), "xdg-open", "exit 3");
    program(folder.path(), "open", "exit 3");
    assert_eq!(open(None), Err(BrowserError::NoneStarted));
    assert_eq!(open(Some("missing")), Err(BrowserError::NoneStarted));
}

#[test]
fn a_browser_that_stays_is_not_waited_for_and_has_nothing_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    // Runs until someone writes to the pipe.
    let lines = r#"exec 9> "$OUT/streams"
for n in 0 1 2; do [ /dev/fd/$n -ef /dev/null ] && printf 'null ' >&9; done
set -- $(cat /proc/$$/stat); [ "$5" = "$$" ] && printf 'own group' >&9
read -r _ < "$OUT/pipe""#;
    let path = program(folder.path(), "firefox", lines);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    let system = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let browser = Browser::found_by(path.to_str(), Path::new(&system), Duration::from_millis(20));
    browser.open(&Url::parse("http://127.0.0.1:9/").unwrap()).unwrap();
    // Opening the pipe to write waits until the browser reads: it is alive, has made its notes, and ends now.
    fs::OpenOptions::new().write(true).open(folder.path().join("pipe")).unwrap();
    let noted = fs::read_to_string(folder.path().join("streams")).unwrap();
    let expected = if cfg!(target_os = "linux") { "null null null own group" } else { "null null null " };
    assert_eq!(noted, expected);
}

#[test]
fn only_the_web_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    for known in ["xdg-open", "open"] {
        program(folder.path(), known, NOTES_ARGUMENTS);
    }
    let browser = Browser::found_by(None, folder.path(), LONG);
    for address in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "mailto:a@example.org",
        "smb://example.org/share",
        "http://example.org/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "https://good.example@bad.example/",
        "https://:word@bad.example/",
    ] {
        let refused = browser.open(&Url::parse(address).unwrap());
        assert_eq!(refused, Err(BrowserError::Address), "{address}");
    }
    assert_eq!(words(folder.path(), "xdg-open").or(words(folder.path(), "open")), None);
    for address in ["https://example.org/", "http://localhost:8080/x", "http://127.0.0.1/", "http://[::1]:1/"]
    {
        browser.open(&Url::parse(address).unwrap()).unwrap();
    }
}
