//! Encrypted connections: whose certificates are believed, and what may leave them for an open one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::ServerConfig;
use segue::config::NetworkSettings;
use segue::net::{self, Limit, Net};
use tokio::runtime::{Builder, Runtime};

use crate::authority::{Authority, HERE, self_signed};
use crate::program::{Done, Home, demo_music, files};
use crate::server::{Reply, Request, Server};

const TOKEN: &str = "t0ken-of-the-listener";

/// Whether a path ends like this.
fn is(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

/// A file of the bundled music below its folder.
fn bundled(path: &str) -> Option<Reply> {
    let body = std::fs::read(demo_music().join(path.trim_start_matches('/'))).ok()?;
    let media_type = if is(path, "m3u8") { "application/vnd.apple.mpegurl" } else { "audio/mpeg" };
    Some(Reply::File { media_type, body })
}

fn music(request: &Request) -> Reply {
    bundled(&request.path).unwrap_or_else(|| Reply::status(404))
}

/// The path of a track that comes in one file.
fn track() -> String {
    let found = files(&demo_music().join("tracks"), &["mp3"]).remove(0);
    format!("/{}", found.strip_prefix(demo_music()).unwrap().display())
}

/// A home that trusts the authority, with these further lines of `[network]`.
fn trusting(authority: &Authority, network: &str) -> Home {
    Home::new().config(&format!("[network]\nextra_ca = \"{}\"\n{network}\n", authority.file().display()))
}

fn play(home: &Home, locator: &str) -> Done {
    play_by(home, locator, |_| ())
}

fn play_by(home: &Home, locator: &str, with: impl Fn(&mut Command)) -> Done {
    let output = format!("wav:{}", home.path().join("out.wav").display());
    let mut command = home.segue(&["play", locator, "--output", &output]);
    with(&mut command);
    Done::from(command.output().unwrap())
}

fn at(server: &Server, path: &str) -> String {
    format!("https://{}{path}", server.address)
}

#[test]
fn only_a_certificate_that_is_good_for_the_host_is_believed() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let rows = [
        ("good", authority.certified(HERE), None),
        ("another host's", authority.certified("music.example"), Some("it is for another host")),
        ("expired", authority.certified_until(HERE, 2021), Some("it has run out")),
        ("not good yet", authority.certified_until(HERE, 2999), Some("it is not good yet")),
        ("its own", self_signed(HERE), Some("nobody that this machine trusts has signed it")),
        ("a stranger's", stranger.certified(HERE), Some("nobody that this machine trusts has signed it")),
    ];
    for (what, certificate, trouble) in rows {
        let server = Server::encrypted(certificate, music);
        // The system's own store may be named too, as OpenSSL does it.
        let by_variable = play_by(&Home::new(), &at(&server, &track()), |command| {
            command.env("SSL_CERT_FILE", authority.file());
        });
        let connections = server.connections();
        // A setting that some programs have is none here.
        let home = trusting(&authority, "insecure = true\nverify = false");
        let by_setting = play(&home, &at(&server, &track()));
        let Some(trouble) = trouble else {
            assert_eq!((by_setting.code, by_variable.code), (0, 0), "{what}: {by_setting:?} {by_variable:?}");
            continue;
        };
        for done in [by_variable, by_setting] {
            assert_eq!(done.code, 5, "{what}: {done:?}");
            let told = [trouble, &format!("{} has no valid certificate", server.address), "network.extra_ca"];
            assert!(told.iter().all(|words| done.err.contains(words)), "{what}: {}", done.err);
        }
        assert_eq!((connections, server.connections()), (1, 2), "{what}: each asked once");
        assert_eq!(server.requests().len(), 0, "{what}");
    }
}

/// Whom the listener no longer trusts is believed no more, whichever way that is said.
#[test]
fn an_authority_that_is_taken_out_is_believed_no_more() {
    let (authority, next) = (Authority::new(), Authority::new());
    let server = Server::encrypted(authority.certified(HERE), music);
    let address = at(&server, &track());
    let (file, played) = (authority.file(), |home: &Home| play(home, &address));
    let setting = format!("[network]\nextra_ca = \"{}\"\n", file.display());
    let home = Home::new().config(&setting);
    assert_eq!(played(&home).code, 0);
    // By the file, and by the setting; another one that is trusted does not help.
    std::fs::copy(next.file(), &file).unwrap();
    let by_file = played(&home);
    // The file as it was.
    assert_eq!((authority.file(), played(&home).code), (file, 0));
    let home = home.config("");
    let by_setting = played(&home);
    let asked = server.requests().len();
    for done in [by_file, by_setting] {
        assert_eq!(done.code, 5, "{done:?}");
        assert!(done.err.contains("nobody that this machine trusts has signed it"), "{done:?}");
    }
    let home = home.config(&setting);
    assert_eq!(played(&home).code, 0);
    assert!(server.requests().len() > asked, "and is asked again once it is trusted");
}

/// A server that takes any connection, reads what comes first, and says this.
fn stubborn(answer: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    let address = format!("https://{}/a.mp3", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            let read = stream.read(&mut [0; 4096]).unwrap_or(0);
            assert!(read > 0, "a greeting comes");
            // A client that hangs up is part of the play.
            stream.write_all(answer).unwrap_or_default();
            let _ = stream.read(&mut [0; 4096]);
        }
    });
    (address, connections)
}

#[test]
fn old_encryption_is_refused_and_asked_once() {
    // ServerHello (RFC 5246 section 7.4.1.3) of a server that has no more than TLS 1.1 (version 3.2): its random
    // number is zeros, no session, the suite TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
    const OLD_HELLO: &[u8] = &{
        let mut hello = [0; 47];
        let head = [0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
        let mut at = 0;
        while at < head.len() {
            hello[at] = head[at];
            at += 1;
        }
        hello[45] = 0x2f;
        hello
    };
    let old = "it has no TLS 1.2 or later";
    let rows = [
        ("a hello of TLS 1.1", OLD_HELLO, old),
        // Alert 70, protocol_version: what a server says that finds no version of its own in the greeting.
        ("an alert of TLS 1.1", &[0x15, 3, 2, 0, 2, 2, 70], old),
        ("no TLS at all", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "it does not speak TLS"),
    ];
    for (what, answer, reason) in rows {
        let (address, connections) = stubborn(answer);
        let done = play(&trusting(&Authority::new(), ""), &address);
        assert_eq!(done.code, 5, "{what}: {done:?}");
        assert!(
            done.err.contains("no safe connection to 127.0.0.1") && done.err.contains(reason),
            "{done:?}"
        );
        assert_eq!(connections.load(Ordering::SeqCst), 1, "{what}");
    }
}

/// A home whose Audiosocket is at this server.
fn service_at(server: &Server, authority: &Authority, network: &str) -> Home {
    let config = format!(
        "[network]\nextra_ca = \"{}\"\n{network}\n[log]\nlevel = \"debug\"\n\
         [services.audius]\nenabled = false\n[services.audiomack]\nenabled = false\n\
         [services.yourmusic]\nenabled = false\n\
         [services.audiosocket]\nbase_url = \"{}\"\ntoken = \"{TOKEN}\"\n",
        authority.file().display(),
        at(server, "/api"),
    );
    Home::new().config(&config)
}

/// Those to whom the token went.
fn told(server: &Server) -> usize {
    server.requests().iter().filter(|request| format!("{request:?}").contains(TOKEN)).count()
}

#[test]
fn a_service_with_a_bad_certificate_is_told_nothing() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = Server::encrypted(stranger.certified(HERE), music);
    let done = service_at(&server, &authority, "").run(&["search", "ferry", "--service", "audiosocket"]);
    assert!(done.code == 5 && done.err.contains("no valid certificate"), "{done:?}");
    assert_eq!((server.connections(), server.requests().len()), (1, 0));
}

#[test]
fn a_call_to_a_service_never_leaves_its_encryption() {
    let authority = Authority::new();
    let open = Server::start(|_| Reply::text("application/json", "{}"));
    let target = open.url("/api");
    let server = Server::encrypted(authority.certified(HERE), move |_| Reply::redirect(&target));
    for setting in ["", "allow_http_media = true"] {
        let home = service_at(&server, &authority, setting);
        let done = home.run(&["search", "ferry", "--service", "audiosocket"]);
        assert!(done.code == 5 && done.err.contains("it leaves the encrypted connection"), "{done:?}");
        assert!(!done.err.contains("allow_http_media"), "it would not help: {done:?}");
    }
    assert_eq!((told(&server), open.connections()), (2, 0));
}

/// What an encrypted stream names or leads to without encryption.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Segment,
    Map,
    Key,
    Variant,
    Rendition,
    SegmentRedirect,
    PlaylistRedirect,
    KeyRedirect,
    FileRedirect,
    /// A service names an open address for the track.
    Service,
}

use Step::{
    FileRedirect, Key, KeyRedirect, Map, PlaylistRedirect, Rendition, Segment, SegmentRedirect, Service,
    Variant,
};

/// What the encrypted server answers, the open one being at `open`.
fn led_astray(step: Step, open: &str, request: &Request) -> Reply {
    let path = request.path.as_str();
    let text = |folder: &str| std::fs::read_to_string(demo_music().join(folder).join("index.m3u8")).unwrap();
    let playlist = |text: &str| Reply::text("application/vnd.apple.mpegurl", text);
    let there = |name: &str| format!("{open}{}", path.replace("index.m3u8", name));
    let head = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS=\"mp4a.40.2\"";
    let elsewhere = |is_there: bool| {
        if is_there { Reply::redirect(&format!("{open}{path}")) } else { music(request) }
    };
    match step {
        // What the service says of the track.
        _ if path.starts_with("/api/") => {
            let host = request.headers.iter().find_map(|line| line.split_once("ost: ")).unwrap().1;
            let address = match step {
                Service => format!("{open}{}", track()),
                FileRedirect => format!("https://{host}{}", track()),
                Map => format!("https://{host}/hls/harbour-lights/index.m3u8"),
                Key | KeyRedirect => format!("https://{host}/hls/ame-no-minato/index.m3u8"),
                _ => format!("https://{host}/hls/cafe-muller/index.m3u8"),
            };
            let track = format!(r#"{{"id": 7, "title": "Night Ferry", "stream_url": "{address}"}}"#);
            Reply::text("application/json", &track)
        }
        Segment if is(path, "m3u8") => playlist(&text("hls/cafe-muller").replace("seg", &there("seg"))),
        Map if is(path, "m3u8") => {
            playlist(&text("hls/harbour-lights").replace("init.mp4", &there("init.mp4")))
        }
        Key if is(path, "m3u8") => playlist(&text("hls/ame-no-minato").replace("key.bin", &there("key.bin"))),
        Variant if is(path, "m3u8") => playlist(&format!("{head}\n{}\n", there("index.m3u8"))),
        Rendition if is(path, "m3u8") => playlist(&format!(
            "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",DEFAULT=YES,URI=\"{}\"\n\
             #EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS=\"mp4a.40.2\",AUDIO=\"a\"\nnone\n",
            there("index.m3u8")
        )),
        SegmentRedirect => elsewhere(is(path, "aac")),
        KeyRedirect => elsewhere(is(path, "bin")),
        PlaylistRedirect => elsewhere(is(path, "m3u8")),
        FileRedirect => elsewhere(is(path, "mp3")),
        _ => music(request),
    }
}

#[test]
fn sound_leaves_the_encryption_only_where_the_listener_says_so_and_keys_never() {
    let authority = Authority::new();
    let steps = [
        Segment,
        Map,
        Key,
        Variant,
        Rendition,
        SegmentRedirect,
        PlaylistRedirect,
        KeyRedirect,
        FileRedirect,
        Service,
    ];
    for step in steps {
        let open = Server::start(music);
        let address = open.url("");
        let server =
            Server::encrypted(authority.certified(HERE), move |request| led_astray(step, &address, request));
        let is_key = matches!(step, Key | KeyRedirect);
        let play = |setting| play(&service_at(&server, &authority, setting), "audiosocket:track:7");

        let done = play("");
        assert!(done.code != 0 && open.connections() == 0, "{step:?}: {done:?} {:?}", open.paths());
        let words = if step == Key {
            "a key is never asked for like that"
        } else if is_key {
            "it leaves the encrypted connection"
        } else {
            "network.allow_http_media"
        };
        assert!(done.err.contains(words), "{step:?}: {}", done.err);
        assert!(!is_key || !done.err.contains("allow_http_media"), "it would not help: {}", done.err);

        let done = play("allow_http_media = true");
        if is_key {
            assert!(done.code != 0 && open.connections() == 0, "{step:?}: {done:?}");
            continue;
        }
        assert_eq!(done.code, 0, "{step:?}: {done:?}");
        assert!(told(&server) > 0, "{step:?}: the token went where it belongs");
        for request in open.requests() {
            let lines = request.headers.iter().map(|line| line.to_ascii_lowercase());
            let names: Vec<_> = lines.filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect();
            let known =
                ["accept", "accept-encoding", "host", "icy-metadata", "if-range", "range", "user-agent"];
            assert!(names.iter().all(|name| known.contains(&name.as_str())), "{step:?}: {names:?}");
        }
        assert!(!open.requests().is_empty() && told(&open) == 0, "{step:?}");
    }
}

/// A server that speaks HTTP/2 (RFC 9113) and nothing else, and what it was asked.
struct Second {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    _tasks: Runtime,
}

impl Second {
    fn start(authority: &Authority) -> Self {
        let mut config = ServerConfig::clone(&authority.certified(HERE));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let tasks = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = tasks.block_on(tokio::net::TcpListener::bind((HERE, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (made, asked) = (Arc::clone(&connections), Arc::clone(&requests));
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        tasks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                made.fetch_add(1, Ordering::SeqCst);
                let (acceptor, asked) = (acceptor.clone(), Arc::clone(&asked));
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await.unwrap();
                    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
                    let mut connection = h2::server::handshake(stream).await.unwrap();
                    while let Some(Ok((_, mut respond))) = connection.accept().await {
                        asked.fetch_add(1, Ordering::SeqCst);
                        let mut body = respond.send_response(axum::http::Response::default(), false).unwrap();
                        body.send_data(bytes::Bytes::from_static(b"{}"), true).unwrap();
                    }
                });
            }
        });
        Self { address, connections, requests, _tasks: tasks }
    }
}

#[test]
fn twenty_requests_share_one_connection_of_http_2() {
    let authority = Authority::new();
    let server = Second::start(&authority);
    let net = Net::new(NetworkSettings { extra_ca: Some(authority.file()), ..NetworkSettings::default() });
    let ask = async |number: usize| {
        let url = format!("https://{}/{number}", server.address).parse().unwrap();
        let response = net.send(net::Request::get(url, Limit::Api)).await.unwrap();
        assert_eq!(response.text(100).await.unwrap(), "{}");
    };
    let tasks = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // One after the other, then all at once.
    tasks.block_on(async {
        for number in 0..20 {
            ask(number).await;
        }
    });
    assert_eq!((server.connections.load(Ordering::SeqCst), server.requests.load(Ordering::SeqCst)), (1, 20));
    tasks.block_on(futures_util::future::join_all((20..40).map(&ask)));
    assert_eq!((server.connections.load(Ordering::SeqCst), server.requests.load(Ordering::SeqCst)), (1, 40));
}

/// There is no way around the checks: nothing in the source turns them off.
#[test]
fn no_setting_turns_the_checks_off() {
    let sources = files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &["rs"]);
    assert!(sources.len() > 100);
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap();
        for way in ["danger", "accept_invalid", "ServerCertVerifier", "tls_version_min"] {
            assert!(!text.contains(way), "{}: {way}", path.display());
        }
    }
}
