//! The place on this machine that a browser comes back to. It takes one answer and is gone; other programs and
//! pages on this machine can reach it, so nothing they send is believed.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::Url;

use crate::model::{Fault, FaultKind, Secret};

use super::head::{self, MAX_HEAD_BYTES, Refusal};
use super::page;

const PATH: &str = "/callback";

/// Clients that are served at the same time; more of them wait.
const MAX_CLIENTS: usize = 16;

/// How long, and how much, is read after a page was sent.
const LINGER: Duration = Duration::from_secs(1);
const MAX_REST_BYTES: u64 = 256 * 1024;

/// How long nobody is let in after the system refused to.
const AFTER_TROUBLE: Duration = Duration::from_millis(50);

/// How long the listener waits for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The whole sign-in.
    pub whole: Duration,
    /// One client's request, and one answer.
    pub client: Duration,
}

const LIMITS: Limits = Limits { whole: Duration::from_mins(5), client: Duration::from_secs(5) };

/// How the redirect address spells this machine; a service knows one of them only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `127.0.0.1`, as RFC 8252 section 7.3 recommends.
    Numbers,
    /// `localhost`, for services that refuse numbers.
    Localhost,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No port of this machine can be listened to.
    #[error("This machine cannot be listened to: {0}")]
    Closed(#[from] io::Error),
    /// Nobody came back within five minutes.
    #[error("Nothing came back from the browser in time")]
    TooLate,
}

impl SignInError {
    /// The same for people, with what to do.
    pub fn fault(&self) -> Fault {
        Fault::new(FaultKind::SignInNeeded, self.to_string()).hint(match self {
            Self::Closed(_) => "Check that programs may listen on 127.0.0.1, and sign in again",
            Self::TooLate => "Sign in again",
        })
    }
}

/// The pairs of an answer's query.
pub type Pairs = Vec<(String, Secret)>;

/// Listens on a free port of 127.0.0.1 from the moment it is opened until it is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    host: String,
    address: Url,
    limits: Limits,
}

/// What came of a client: an answer to be judged, or nothing.
type Come = Option<(TcpStream, Pairs)>;

impl Listener {
    /// Opens a random free port, on 127.0.0.1 whatever the spelling.
    pub async fn open(spelling: Spelling) -> Result<Self, SignInError> {
        Self::open_with(spelling, LIMITS).await
    }

    pub(super) async fn open_with(spelling: Spelling, limits: Limits) -> Result<Self, SignInError> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let name = match spelling {
            Spelling::Numbers => "127.0.0.1",
            Spelling::Localhost => "localhost",
        };
        let host = format!("{name}:{}", socket.local_addr()?.port());
        let address = Url::parse(&format!("http://{host}{PATH}")).map_err(io::Error::other)?;
        Ok(Self { socket, host, address, limits })
    }

    /// Where the service is to send the browser: `http://127.0.0.1:PORT/callback`.
    pub fn redirect_address(&self) -> &Url {
        &self.address
    }

    /// Waits for the one answer that `judge` accepts, and gives its pairs. `judge` compares the `state` (see
    /// [`super::belongs_to`]): what it
    /// refuses, with words for the page, is a stranger's, and the listener goes on waiting. An answer
    /// that says `error` is an answer; the page then tells so. Ends after five minutes; dropping the future
    /// ends it at once.
    pub async fn answer<J>(self, judge: J) -> Result<Pairs, SignInError>
    where
        J: Fn(&[(String, Secret)]) -> Result<(), String> + Send,
    {
        let limit = self.limits.whole;
        timeout(limit, self.serve(judge)).await.map_err(|_| SignInError::TooLate)?
    }

    async fn serve<J>(self, judge: J) -> Result<Pairs, SignInError>
    where
        J: Fn(&[(String, Secret)]) -> Result<(), String> + Send,
    {
        let Self { socket, host, limits, .. } = self;
        let mut clients: FuturesUnordered<BoxFuture<'_, Come>> = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(come) = clients.next() => {
                    let Some((stream, pairs)) = come else { continue };
                    match judge(&pairs) {
                        Ok(()) => {
                            // Nobody else is served any more, and the port is closed before the page is read.
                            drop((clients, socket));
                            within(limits.client, reply(stream, &last_page(&pairs))).await;
                            return Ok(pairs);
                        }
                        Err(words) => {
                            let page = page::answer("403 Forbidden", "This is not the answer Segue waits for", &words);
                            clients.push(Box::pin(async move {
                                within(limits.client, reply(stream, &page)).await;
                                None
                            }));
                        }
                    }
                }
                accepted = socket.accept(), if clients.len() < MAX_CLIENTS => match accepted {
                    Ok((stream, _)) => clients.push(Box::pin(client(stream, &host, limits.client))),
                    // The client is gone again, or there are no descriptors for now.
                    Err(error) => {
                        tracing::debug!("no client: {error}");
                        tokio::time::sleep(AFTER_TROUBLE).await;
                    }
                },
            }
        }
    }
}

/// The page that ends the sign-in in the browser.
fn last_page(pairs: &Pairs) -> String {
    let said = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.reveal());
    match said("error").or(said("denied").map(|_| "access_denied")) {
        None => {
            page::answer("200 OK", "Segue has the answer", "You can close this page and go back to Segue.")
        }
        Some(error) => {
            let words = said("error_description").unwrap_or(error);
            page::answer("200 OK", "Not signed in", &format!("The service said: {words}"))
        }
    }
}

/// Serves one client: gives back the answer, or has told the client why it is none.
async fn client(mut stream: TcpStream, host: &str, limit: Duration) -> Come {
    let read = within(limit, read_head(&mut stream, host)).await??;
    match read {
        Ok(pairs) => Some((stream, pairs)),
        Err(refusal) => {
            let page = page::answer(refusal.status(), "This is not the page", "Nothing is to be seen here.");
            within(limit, reply(stream, &page)).await;
            None
        }
    }
}

/// Reads a head; `None` when the client hung up.
async fn read_head(stream: &mut TcpStream, host: &str) -> Option<Result<Pairs, Refusal>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = head::end_of(&bytes) {
            return Some(head::read(bytes.get(..end)?, PATH, host));
        }
        if bytes.len() >= MAX_HEAD_BYTES {
            return Some(Err(Refusal::TooLong));
        }
        let room = MAX_HEAD_BYTES - bytes.len();
        if (&mut *stream).take(room as u64).read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Sends a page, and reads on for a little: a socket closed on unread bytes takes its last page with it.
async fn reply(mut stream: TcpStream, page: &str) {
    if stream.write_all(page.as_bytes()).await.is_ok() && stream.shutdown().await.is_ok() {
        let mut rest = tokio::io::sink();
        within(LINGER, tokio::io::copy(&mut stream.take(MAX_REST_BYTES), &mut rest)).await;
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    timeout(limit, work).await.ok()
}
