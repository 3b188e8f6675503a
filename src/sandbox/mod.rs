//! The rehearsal room: a loopback server that speaks the four services as their documents describe them,
//! over the bundled music. It serves `--demo`, `segue sandbox` and the tests, and names nothing of the
//! rooms that talk to it: what both sides agree on is the services' documents.
//!
//! The bundled music has few MP3 files, so that services hand out other formats than they would.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;

mod ask;
mod audiomack;
mod audiosocket;
mod audius;
mod awkward;
mod catalogue;
mod cdn;
mod credentials;
mod date;
mod log;
mod oauth;
mod percent;
mod piece;
mod range;
mod reply;
mod seal;
#[cfg(test)]
mod tests;
mod world;
mod yourmusic;

pub use credentials::{
    AudiomackCredentials, AudiosocketCredentials, AudiusCredentials, Credentials, YourMusicCredentials,
};
pub use log::RequestLine;

use ask::Ask;
use world::World;

/// Largest body of a request that is read, in bytes.
const MAX_REQUEST_BYTES: usize = 256 * 1024;

/// The same where a picture may come.
const MAX_PICTURE_BYTES: usize = 12 * 1024 * 1024;

/// The running services. They end when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    world: Arc<World>,
    /// Dropping it ends both servers.
    _alive: watch::Sender<()>,
}

/// Starts the four services on `127.0.0.1:port` (0 takes a free port) and their CDN on another free port,
/// on the current tokio runtime, whose I/O must be enabled. `clock` gives unix seconds: tokens, signed
/// addresses, time stamps and the `Date` header go by it. Fails when the port is taken.
pub async fn start(port: u16, clock: Arc<dyn Fn() -> u64 + Send + Sync>) -> io::Result<Sandbox> {
    let api = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let cdn = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = api.local_addr()?;
    let world = Arc::new(World::new(clock, address, cdn.local_addr()?)?);
    let (alive, ended) = watch::channel(());
    serve(api, Router::new().fallback(answer_api).with_state(Arc::clone(&world)), ended.clone());
    serve(cdn, Router::new().fallback(answer_cdn).with_state(Arc::clone(&world)), ended);
    Ok(Sandbox { address, world, _alive: alive })
}

impl Sandbox {
    /// Where the services listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The API base of a service as its settings want it; `service` is `audius`, `audiomack`,
    /// `yourmusic`, `audiosocket`, or one of its other generations `audiosocket v5` and
    /// `audiosocket consumer`; anything else gives an address that answers 404.
    pub fn base_url(&self, service: &str) -> String {
        let path = match service {
            "audiomack" => "audiomack/v1",
            "audiosocket" => "audiosocket/v1",
            "audiosocket v5" => "audiosocket/v5",
            "audiosocket consumer" => "audiosocket/manage/api/v1",
            service => service,
        };
        format!("{}/{path}", self.world.api)
    }

    /// Where Audiomack's listeners agree to a sign-in.
    pub fn audiomack_authorize_url(&self) -> String {
        format!("{}/audiomack/oauth/authenticate", self.world.api)
    }

    /// What the services accept.
    pub fn credentials(&self) -> Credentials {
        credentials::CREDENTIALS
    }

    /// The newest requests, the oldest first, those to the CDN included.
    pub fn requests(&self) -> Vec<RequestLine> {
        self.world.log.lines()
    }
}

fn serve(listener: TcpListener, router: Router, mut ended: watch::Receiver<()>) {
    let end = async move {
        // Nothing is ever sent: this waits for the sender to go.
        while ended.changed().await.is_ok() {}
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(end);
    // It cannot fail; it ends with the sandbox or the runtime.
    drop(tokio::spawn(async move { server.await }));
}

async fn answer_api(State(world): State<Arc<World>>, request: Request) -> Response {
    answer(&world, request, |world, ask| {
        let segments = ask.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["audius", path @ ..] => audius::answer(world, ask, path),
            ["audiomack", path @ ..] => audiomack::answer(world, ask, path),
            ["yourmusic", path @ ..] => yourmusic::answer(world, ask, path),
            ["audiosocket", path @ ..] => audiosocket::answer(world, ask, path),
            ["rails", "active_storage", path @ ..] => audiosocket::blob(world, path),
            _ => reply::empty(404),
        }
    })
    .await
}

async fn answer_cdn(State(world): State<Arc<World>>, request: Request) -> Response {
    answer(&world, request, cdn::answer).await
}

async fn answer(world: &World, request: Request, by: fn(&World, &Ask) -> Response) -> Response {
    let (parts, body) = request.into_parts();
    let most = if audiomack::takes_cover(&parts) { MAX_PICTURE_BYTES } else { MAX_REQUEST_BYTES };
    let body = axum::body::to_bytes(body, most).await;
    let too_long = body.is_err();
    let ask = Ask::new(parts, body.unwrap_or_default());
    let response = if too_long { reply::empty(413) } else { by(world, &ask) };
    let response = reply::with(response, "date", &date::http_date(world.now()));
    world.log.add(RequestLine {
        method: ask.method.to_string(),
        path: ask.path.clone(),
        query: ask.raw_query.clone(),
        status: response.status().as_u16(),
        headers: ask
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: String::from_utf8_lossy(ask.body.get(..log::MAX_BODY_BYTES).unwrap_or(&ask.body)).into_owned(),
    });
    response
}
