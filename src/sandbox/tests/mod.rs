//! The server over loopback, asked by clients that share no code with it.

use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use oauth1_request as independent;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::{Sandbox, start};

mod audiomack;
mod audiosocket;
mod audius;
mod files;
mod services;
mod signatures;
mod yourmusic;

/// The time at which every test begins.
const START: u64 = 1_800_000_000;

/// A sandbox, its clock and a client that follows no redirect.
struct Bench {
    sandbox: Sandbox,
    time: Arc<AtomicU64>,
    client: reqwest::Client,
    nonces: AtomicU64,
}

/// A whole answer.
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Bench {
    async fn new() -> Self {
        let time = Arc::new(AtomicU64::new(START));
        let clock = Arc::clone(&time);
        let sandbox = start(0, Arc::new(move || clock.load(Ordering::SeqCst))).await.unwrap();
        // An error only means that a provider is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("bench/1")
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { sandbox, time, client, nonces: AtomicU64::new(0) }
    }

    fn pass(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    fn url(&self, service: &str, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url: Url = (self.sandbox.base_url(service) + path).parse().unwrap();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    async fn get(&self, url: impl AsRef<str>, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.get(url.as_ref());
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// Follows redirects by hand and keeps the headers, as a player that wants a range does.
    async fn follow(&self, url: impl AsRef<str>, headers: &[(&str, &str)]) -> Answer {
        let mut url: Url = url.as_ref().parse().unwrap();
        for _ in 0..5 {
            let answer = self.get(&url, headers).await;
            if !(300..400).contains(&answer.status) {
                return answer;
            }
            url = url.join(answer.header("location")).unwrap();
        }
        panic!("too many redirects");
    }

    async fn audius(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let mut url = self.url("audius", &format!("/v1{path}"), query);
        url.query_pairs_mut().append_pair("app_name", "bench");
        self.get(url, &[]).await
    }

    async fn audiosocket(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.sandbox.credentials().audiosocket.token);
        self.get(self.url("audiosocket", path, query), &[("authorization", &bearer)]).await
    }

    /// A signature that the sandbox should take, with a nonce of its own.
    fn signature(&self) -> Signature {
        let known = self.sandbox.credentials().audiomack;
        Signature {
            consumer: (known.consumer_key.to_owned(), known.consumer_secret.to_owned()),
            token: None,
            callback: None,
            verifier: None,
            nonce: format!("nonce{}", self.nonces.fetch_add(1, Ordering::SeqCst)),
            timestamp: self.time.load(Ordering::SeqCst),
        }
    }

    /// A request whose parameters travel in the query, or in the form of a POST, PUT or PATCH.
    async fn signed(
        &self,
        method: Method,
        path: &str,
        parameters: &[(&str, &str)],
        by: &Signature,
    ) -> Answer {
        let plain = self.url("audiomack", path, &[]);
        let header = by.header(method.as_str(), plain.as_str(), parameters);
        self.send_signed(method, path, parameters, &header).await
    }

    async fn send_signed(
        &self,
        method: Method,
        path: &str,
        parameters: &[(&str, &str)],
        header: &str,
    ) -> Answer {
        let form = [Method::POST, Method::PUT, Method::PATCH].contains(&method);
        let url = self.url("audiomack", path, if form { &[] } else { parameters });
        let mut request = self.client.request(method, url).header("authorization", header);
        if form && !parameters.is_empty() {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        self.send(request).await
    }

    async fn audiomack(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.signed(Method::GET, path, query, &self.signature()).await
    }

    /// As [`Bench::signature`], for the listener.
    fn listener(&self) -> Signature {
        let known = self.sandbox.credentials().audiomack;
        let token = (known.access_token.to_owned(), known.access_token_secret.to_owned());
        Signature { token: Some(token), ..self.signature() }
    }

    async fn post_json(&self, url: Url, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let request = self.client.post(url).header("content-type", "application/json").body(body.to_string());
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    /// The `Authorization` of YourMusic's one user.
    async fn user(&self) -> String {
        let known = self.sandbox.credentials().yourmusic;
        let grant = serde_json::json!({ "grant_type": "client_credentials", "client_id": known.client_id,
            "client_secret": known.client_secret });
        let client = self.post_json(self.url("yourmusic", "/oauth/token", &[]), &grant, &[]).await.json();
        let client = format!("Bearer {}", client["access_token"].as_str().unwrap());
        let url = self.url("yourmusic", &format!("/users/{}/udt", known.user_id), &[]);
        let device = serde_json::json!({ "deviceId": known.device_id });
        let user = self.post_json(url, &device, &[("authorization", &client)]).await.json();
        format!("Bearer {}", user["token"].as_str().unwrap())
    }

    async fn yourmusic(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let user = self.user().await;
        self.get(self.url("yourmusic", path, query), &[("authorization", &user)]).await
    }
}

/// Whose signature, and when.
#[derive(Clone)]
struct Signature {
    consumer: (String, String),
    token: Option<(String, String)>,
    callback: Option<String>,
    verifier: Option<String>,
    nonce: String,
    timestamp: u64,
}

impl Signature {
    fn header(&self, method: &str, url: &str, parameters: &[(&str, &str)]) -> String {
        self.with(|builder| {
            builder.authorize(method, url, &independent::ParameterList::new(parameters.to_vec()))
        })
    }

    /// The address of a GET with the protocol's parameters and the signature in its query.
    fn query(&self, url: &str, parameters: &[(&str, &str)]) -> String {
        self.with(|builder| {
            builder.to_query("GET", url.to_owned(), &independent::ParameterList::new(parameters.to_vec()))
        })
    }

    fn with<T>(&self, then: impl FnOnce(&independent::Builder<'_, independent::HmacSha1, &str>) -> T) -> T {
        let (key, secret) = &self.consumer;
        let client = independent::Credentials::new(key.as_str(), secret.as_str());
        let mut builder: independent::Builder<'_, _, &str> =
            independent::Builder::new(client, independent::HmacSha1::new());
        let token = self.token.as_ref();
        builder.token(
            token.map(|(token, secret)| independent::Credentials::new(token.as_str(), secret.as_str())),
        );
        builder.nonce(self.nonce.as_str()).timestamp(NonZeroU64::new(self.timestamp)).version(true);
        builder.callback(self.callback.as_deref()).verifier(self.verifier.as_deref());
        then(&builder)
    }
}

/// A file of the bundled music as it is on the disk.
fn disk(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo").join(file)).unwrap()
}

#[tokio::test]
async fn requests_are_logged() {
    let bench = Bench::new().await;
    bench.audius("/tracks/search", &[("query", "a b")]).await;
    bench.get(bench.url("audius", "/v1/nowhere", &[("app_name", "x")]), &[("range", "bytes=0-1")]).await;
    let lines = bench.sandbox.requests();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].method, "GET");
    assert_eq!(lines[0].path, "/audius/v1/tracks/search");
    assert_eq!(lines[0].query, "query=a+b&app_name=bench");
    assert_eq!((lines[0].status, lines[0].header("user-agent")), (200, Some("bench/1")));
    assert_eq!((lines[1].status, lines[1].header("range")), (404, Some("bytes=0-1")));
}

#[tokio::test]
async fn answers_carry_the_date_of_the_clock() {
    let bench = Bench::new().await;
    let answer = bench.get(bench.url("audiomack", "/search", &[]), &[]).await;
    assert_eq!((answer.status, answer.header("date")), (401, "Fri, 15 Jan 2027 08:00:00 GMT"));
    assert_eq!(answer.headers.get_all("date").iter().count(), 1);
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_a_dropped_sandbox_frees_its_own() {
    let first = Bench::new().await;
    let port = first.sandbox.address().port();
    assert_eq!(first.sandbox.base_url("audiomack"), format!("http://127.0.0.1:{port}/audiomack/v1"));
    assert!(start(port, Arc::new(|| START)).await.is_err());
    let address = first.sandbox.address();
    drop(first);
    // The listener goes when its task next runs.
    for _ in 0..1000 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("still listening");
}
