//! The client against servers on this machine, with names of our own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::config::NetworkSettings;
use crate::model::{FaultKind, Reach, Retry};

use super::resolver::Lookup;
use super::*;

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

/// A gzip body (RFC 1951, RFC 1952) of `mib` MiB and more of zeros: a zero, then copies of 258 bytes from one
/// byte before, each 13 bits long.
fn bomb(mib: usize) -> Vec<u8> {
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // The last block, with fixed codes; the literal 0; then length code 285 and distance code 0.
    let head = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    let copy = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let bits: Vec<u8> =
        head.into_iter().chain(copy.into_iter().cycle().take(13 * (mib << 20) / 258)).collect();
    body.extend(bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit)));
    body
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
async fn a_bomb_stops_at_the_cap() {
    const CAP: usize = 4 << 20;
    let body = bomb(64);
    assert!(body.len() < CAP, "{}", body.len());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let client = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let lines: Vec<_> = BufReader::new(&stream)
            .lines()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .collect();
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
        // The client hangs up at its cap.
        (&stream).write_all(&[head.as_bytes(), &body].concat()).unwrap_or_default();
        lines
    });
    let response = Net::new(NetworkSettings::default()).send(Request::get(url, Limit::Api)).await.unwrap();
    let error = response.bytes(CAP).await.unwrap_err();
    assert!(matches!(error, NetError::TooLarge { cap_bytes: CAP, .. }), "{error:?}");
    assert!(error.to_string().ends_with("sent more than 4 MiB"), "{error}");
    let asked = client.join().unwrap();
    assert!(asked.iter().any(|line| line.eq_ignore_ascii_case("accept-encoding: gzip")), "{asked:?}");
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
