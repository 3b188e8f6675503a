//! A web server for the services' tests: each answer is scripted, each request is kept.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use crate::config::NetworkSettings;
use crate::model::{Allowed, Item, Kind, Page, SearchQuery, Track, TrackRef};
use crate::net::Net;

use super::{MemoryVault, Surroundings};

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// `GET`.
    pub method: String,
    /// The path, percent-encoded, without the query.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Call {
    /// A header's value, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A query parameter's value, or nothing.
    pub(super) fn param(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// `GET /path`.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Status, media type and body.
pub(super) type Reply = (u16, &'static str, String);

/// A JSON answer.
pub(super) fn json(status: u16, body: &impl ToString) -> Reply {
    (status, "application/json", body.to_string())
}

/// A running server; it ends with the test.
pub(super) struct Stand {
    address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Stand {
    /// Answers every request as `script` says.
    pub(super) fn start(script: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (Arc::clone(&calls), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                // A client that hangs up is part of the play.
                thread::spawn(move || answer(stream, &*script, &log).unwrap_or_default());
            }
        });
        Self { address, calls }
    }

    /// An address on this server.
    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// What was asked for so far.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn answer(stream: TcpStream, script: &dyn Fn(&Call) -> Reply, log: &Mutex<Vec<Call>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let url: Url = format!("http://stand{target}").parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut call = Call {
        method: method.to_owned(),
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers,
        body: String::new(),
    };
    let mut body = vec![0; call.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body)?;
    call.body = String::from_utf8(body).unwrap();
    let (status, media_type, text) = script(&call);
    log.lock().unwrap().push(call);
    write!(
        reader.get_mut(),
        // `Retry-After: 0`, so that no test waits.
        "HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\nRetry-After: 0\r\nConnection: close\r\n\r\n{text}",
        text.len(),
    )
}

/// Any JSON, most often objects with these keys, as far as a service could ever go wrong.
pub(super) fn any_json(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9:.-]{0,8}".prop_map(Value::from),
        "https?://[a-z]{0,4}[:/?#]{0,3}[a-z0-9]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            4 => proptest::collection::btree_map(proptest::sample::select(keys), inner, 0..8)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// A recorded reply with each of its values in turn replaced by each other JSON type, and whether the value
/// is in a row of the list at the JSON pointer `list` and so may cost that row.
pub(super) fn wrong_types(reply: &str, list: &str) -> Vec<(Value, bool)> {
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Array(rows) => {
                rows.iter()
                    .enumerate()
                    .for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), found));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), found));
            }
            _ => {}
        }
    }
    let whole: Value = serde_json::from_str(reply).unwrap();
    let others = json!([null, true, -7, 1e300, "", "0x7f", [], [[]], {}, {"id": {}}]);
    let mut found = Vec::new();
    pointers(&whole, "", &mut found);
    let swap = |at: &String, other: &Value| {
        let mut value = whole.clone();
        *value.pointer_mut(at).unwrap() = other.clone();
        (value, at.starts_with(&format!("{list}/")))
    };
    found.iter().flat_map(|at| others.as_array().unwrap().iter().map(move |other| swap(at, other))).collect()
}

/// Checks that each of [`wrong_types`] costs at most the row it is in, of what `read` makes of a reply.
pub(super) fn check_wrong_types(reply: &str, list: &str, read: impl Fn(Value) -> Vec<Item>) {
    let whole = read(serde_json::from_str(reply).unwrap()).len();
    assert!(whole > 0);
    for (wrong, in_row) in wrong_types(reply, list) {
        let left = read(wrong.clone());
        assert!(left.iter().all(|item| !item.title().is_empty()), "{wrong}");
        assert!(left.iter().filter_map(Item::track).all(|track| !id_of(track).is_empty()), "{wrong}");
        assert!(!in_row || left.len() + 1 >= whole, "{wrong}");
    }
}

/// The service's id of a track.
pub(super) fn id_of(track: &Track) -> &str {
    match &track.reference {
        TrackRef::Service { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

/// What a row shows of a track: id, title, artists, seconds, and why it cannot be played.
pub(super) type Shown<'t> = (&'t str, &'t str, String, u64, &'t str);

/// What rows show of the tracks.
pub(super) fn shown(tracks: &[Track]) -> Vec<Shown<'_>> {
    tracks.iter().map(shown_of).collect()
}

fn shown_of(track: &Track) -> Shown<'_> {
    let playable = match &track.playable {
        Allowed::Yes => "",
        Allowed::No(reason) => reason.as_str(),
    };
    let seconds = track.length.map_or(0, |length| length.as_secs());
    (id_of(track), track.title.as_str(), track.artist_line(), seconds, playable)
}

/// A row that is expected.
pub(super) fn row<'t>(
    id: &'t str,
    title: &'t str,
    artists: &str,
    seconds: u64,
    playable: &'t str,
) -> Shown<'t> {
    (id, title, artists.to_owned(), seconds, playable)
}

/// A search for tracks.
pub(super) fn words(words: &str, limit: u16, page: u32) -> SearchQuery {
    SearchQuery { words: words.to_owned(), kind: Kind::Track, filters: Vec::new(), limit, page }
}

/// The page's tracks.
pub(super) fn tracks(page: Page<Item>) -> Page<Track> {
    page.filter_map(Item::into_track)
}

/// A client that does not try again.
pub(super) fn net() -> Net {
    net_that_retries(0)
}

/// A client that tries again.
pub(super) fn net_that_retries(retries: u8) -> Net {
    Net::new(NetworkSettings { retries, ..NetworkSettings::default() })
}

/// A clock that stands at `unix_time`, and numbers that count up.
pub(super) fn surroundings(unix_time: u64) -> Surroundings {
    let next = AtomicU8::new(1);
    Surroundings {
        unix_time: Arc::new(move || unix_time),
        random: Arc::new(move || [next.fetch_add(1, Ordering::Relaxed); 16]),
        vault: Arc::new(MemoryVault::default()),
        pages: None,
    }
}
