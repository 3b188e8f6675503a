//! The client against servers on this machine, with names of our own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::config::NetworkSettings;
use crate::model::{CleanText, FaultKind, Reach, Retry, Secret};

use super::resolver::Lookup;
use super::*;

mod bodies;

/// A server that answers `/to/ADDRESS` with a redirect there and everything else with its path. It keeps
/// the paths it was asked for.
fn server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let paths = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&paths);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let head = match path.strip_prefix("/to/") {
                Some(target) => format!("302 Found\r\nLocation: {target}"),
                None => "200 OK".to_owned(),
            };
            let length = path.len();
            let answer =
                format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{path}");
            log.lock().unwrap().push(path);
            // A client that hangs up is part of the play.
            (&stream).write_all(answer.as_bytes()).unwrap_or_default();
        }
    });
    (port, paths)
}

/// All names end in `.example` and stand for this machine.
fn lookup() -> Lookup {
    Arc::new(|name| {
        assert!(name.ends_with(".example"), "{name}");
        Box::pin(async { Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))]) })
    })
}

/// Asks for `/to/TARGET` or `PATH` of `host`, PORT being the server's. Gives the answer's body or error, and
/// what reached the server.
async fn ask(reach: Reach, is_proxied: bool, host: &str, path: &str) -> (Result<String, NetError>, usize) {
    let (port, paths) = server();
    let net = Net::with_lookup(NetworkSettings::default(), lookup(), is_proxied);
    let url = format!("http://{host}:{port}{}", path.replace("PORT", &port.to_string())).parse().unwrap();
    let request = Request { reach, ..Request::get(url, Limit::Api) };
    let result = match net.send(request).await {
        Ok(response) => response.text(1000).await,
        Err(error) => Err(error),
    };
    let asked = paths.lock().unwrap().len();
    (result, asked)
}

#[tokio::test]
async fn names_that_turn_out_private_are_refused_to_strangers() {
    for host in ["rebinding.example", "127.0.0.1", "[::1]", "2130706433", "[::ffff:127.0.0.1]", "localhost"] {
        let (result, asked) = ask(Reach::Public, false, host, "/secret").await;
        let error = result.unwrap_err();
        assert!(matches!(error, NetError::Private { .. }), "{host}: {error:?}");
        assert_eq!((asked, retry_delay(&error, 1, 0.5)), (0, None), "{host}");
        let fault = error.fault();
        assert_eq!((fault.kind, fault.retry), (FaultKind::Refused, Retry::Never));
    }
}

#[tokio::test]
async fn what_the_listener_names_is_opened_wherever_it_is() {
    for host in ["self-hosted.example", "127.0.0.1"] {
        let (result, asked) = ask(Reach::Anywhere, false, host, "/song").await;
        assert_eq!((result.as_deref(), asked), (Ok("/song"), 1), "{host}");
        // His own server may send him on within his network.
        let (result, asked) = ask(Reach::Anywhere, false, host, "/to/http://other.example:PORT/song").await;
        assert_eq!((result.as_deref(), asked), (Ok("/song"), 2), "{host}");
    }
}

#[tokio::test]
async fn a_redirect_from_outside_leads_to_no_private_place() {
    // Through a proxy the server counts as one outside, wherever it is.
    for target in ["http://other.example:PORT/secret", "http://127.0.0.1:PORT/secret", "/secret"] {
        let (result, asked) = ask(Reach::Anywhere, true, "public.example", &format!("/to/{target}")).await;
        assert!(matches!(result, Err(NetError::Private { .. })), "{target}: {result:?}");
        assert_eq!(asked, 1, "{target}");
    }
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let (result, asked) =
        ask(Reach::Anywhere, false, "music.example", "/to/http://music.example:PORT/x").await;
    assert_eq!((result.is_ok(), asked), (true, 2), "one that ends is followed: {result:?}");
    let paths = Arc::new(Mutex::new(0));
    let count = Arc::clone(&paths);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/circle", listener.local_addr().unwrap()).parse().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            BufReader::new(&stream)
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .for_each(drop);
            *count.lock().unwrap() += 1;
            let answer =
                b"HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            (&stream).write_all(answer).unwrap_or_default();
        }
    });
    let error = Net::new(NetworkSettings::default()).send(Request::get(url, Limit::Api)).await.unwrap_err();
    assert!(matches!(error, NetError::Redirects { .. }), "{error:?}");
    assert_eq!((*paths.lock().unwrap(), error.fault().retry), (11, Retry::Never));
}

#[tokio::test]
async fn nothing_is_written_into_headers() {
    let (port, paths) = server();
    let net = Net::with_lookup(NetworkSettings::default(), lookup(), false);
    let get =
        |path: &str| Request::get(format!("http://a.example:{port}{path}").parse().unwrap(), Limit::Api);
    for value in ["t0ken\r\nX-Evil: 1", "t0ken\nX-Evil: 1", "t0ken\0", "t0ken\u{7f}"] {
        let error = net.send(get("/").header("Authorization", Secret::new(value))).await.unwrap_err();
        let shown = format!("{error} {error:?} {}", error.fault());
        assert!(matches!(error, NetError::Header { .. }) && !shown.contains("t0ken"), "{shown}");
        assert_eq!((retry_delay(&error, 1, 0.5), error.fault().kind), (None, FaultKind::Usage));
    }
    assert!(net.send(get("/").header("Author ization", Secret::new("x"))).await.is_err());
    assert!(paths.lock().unwrap().is_empty(), "nothing was sent");
    // In an address a line break is no line break any more.
    let path = net.send(get("/a\r\nX-Evil: 1?b=\r\nX-Evil: 2")).await.unwrap().text(100).await.unwrap();
    assert_eq!(path, "/aX-Evil:%201?b=X-Evil:%202");
    // Whoever stands before the @ is not asked, and nobody else names him.
    let request = Request { reach: Reach::Public, ..get("/") };
    let url = format!("http://good.example@a.example:{port}/").parse().unwrap();
    let error = net.send(Request { url, ..request }).await.unwrap_err();
    assert!(matches!(error, NetError::Address(_)), "{error:?}");
    let target = "/to/http://good.example@b.example/";
    let (result, asked) = ask(Reach::Anywhere, false, "a.example", target).await;
    assert!(matches!(result, Err(NetError::RedirectRefused { .. })), "{result:?}");
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_told_plainly() {
    let nobody: Lookup = Arc::new(|_| Box::pin(async { Err(std::io::Error::other("no such name")) }));
    let net = Net::with_lookup(NetworkSettings::default(), nobody, false);
    let url = "http://user:pa55@nowhere.example/a?token=s3cret".parse().unwrap();
    let fault = net.send(Request::get(url, Limit::Api)).await.unwrap_err().fault();
    assert_eq!(
        fault.message.as_str(),
        "nowhere.example cannot be reached: its name cannot be looked up (no such name)"
    );
    assert_eq!((fault.kind, fault.retry), (FaultKind::Network, Retry::Later));
}

/// What a lookup gives for names with one kind of address, or both.
#[tokio::test]
async fn a_host_with_ipv6_alone_is_named_as_one() {
    let lookup: Lookup = Arc::new(|name| {
        let (v4, v6) =
            (SocketAddr::from(([192, 0, 2, 1], 0)), SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 0)));
        let found = match name.as_str() {
            "new.example" => vec![v6, v6],
            "both.example" => vec![v6, v4],
            _ => Vec::new(),
        };
        Box::pin(async move { Ok(found) })
    });
    let net = Net::with_lookup(NetworkSettings::default(), lookup, false);
    let words = "it has only IPv6 addresses, and no way leads from this network to them";
    let rows = [
        ("http://new.example/", Unreached::NoRoute, words),
        ("http://[2001:db8::1]/", Unreached::NoRoute, words),
        ("http://new.example/", Unreached::Other, "refused"),
        ("http://both.example/", Unreached::NoRoute, "refused"),
        ("http://192.0.2.1/", Unreached::NoRoute, "refused"),
        ("http://gone.example/", Unreached::NoRoute, "refused"),
    ];
    for (url, why, expected) in rows {
        let error = NetError::Connect { host: "x.example".to_owned(), why, reason: "refused".to_owned() };
        let fault = net.explained(error, &url.parse().unwrap()).await.fault();
        assert_eq!(
            fault.message.as_str(),
            format!("x.example cannot be reached: {expected}"),
            "{url} {why:?}"
        );
        let hint = fault.hint.as_ref().map_or("", CleanText::as_str);
        assert_eq!(hint.contains("IPv6"), expected == words, "{hint}");
        assert_eq!((fault.kind, fault.retry), (FaultKind::Network, Retry::Later));
    }
}

#[test]
fn what_the_system_says_is_told_apart() {
    use std::io::ErrorKind;
    for (kind, expected) in [
        (ErrorKind::NetworkUnreachable, Unreached::NoRoute),
        (ErrorKind::HostUnreachable, Unreached::NoRoute),
        (ErrorKind::AddrNotAvailable, Unreached::NoRoute),
        (ErrorKind::ConnectionRefused, Unreached::Other),
    ] {
        assert_eq!(super::client::no_way(kind), expected, "{kind}");
    }
}
