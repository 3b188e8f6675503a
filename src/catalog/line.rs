//! The one line to a service: its gate, and one flight for everybody who asks for the same thing at the same
//! time.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use url::Url;

use crate::model::{Change, Secret, is_nearby};
use crate::net::{Gate, Method, Pace, Request};

use super::cache::Pages;

/// The pace of a service that documents none: never more than five requests a second, four at a time.
pub(super) const USUAL_PACE: Pace = Pace { burst: 3, period: Duration::from_millis(500), in_flight: 4 };

/// What the calls to one service share. `T` is what a flight brings.
pub(super) struct Line<T> {
    /// Every request passes here.
    pub gate: Gate,
    /// Pages that were read.
    pub pages: Pages,
    flights: Mutex<Vec<Flight<T>>>,
    /// Held while a playlist is changed.
    playlists: tokio::sync::Mutex<()>,
}

struct Flight<T> {
    asked: Asked,
    seat: Weak<Seat<T>>,
}

/// Held by whoever makes the request; those who wait for it find there what it brought.
type Seat<T> = tokio::sync::Mutex<Option<T>>;

/// What makes two GETs the same: the address and what is sent along, but for what is new in each signature.
#[derive(Clone, PartialEq, Eq)]
struct Asked {
    url: Url,
    headers: Vec<(String, Secret)>,
    open_headers: Vec<(&'static str, String)>,
}

impl<T: Clone> Line<T> {
    /// A line at this pace. A server in the listener's own network has no quota to keep to.
    pub(super) fn new(pace: Pace, base: Option<&Url>) -> Self {
        let is_own = base.is_some_and(is_nearby);
        let pace = if is_own { Pace { period: Duration::ZERO, ..pace } } else { pace };
        Self {
            gate: Gate::new(pace),
            pages: Pages::default(),
            flights: Mutex::default(),
            playlists: tokio::sync::Mutex::default(),
        }
    }

    /// Something was changed at `now`, in unix seconds: what was asked before tells nobody who asks from now
    /// on, neither a page that was read nor a flight that is under way.
    pub(super) fn changed(&self, folder: Option<&Path>, now: u64) {
        self.pages.changed(folder, now);
        // Who waits for one already holds its seat.
        self.flights().clear();
    }

    /// The turn of a change of a playlist, held until it is made: what it holds is often read first and then
    /// written whole, and of two that do so at the same time one would be lost. Other changes need none.
    pub(super) async fn turn(&self, change: &Change) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match change {
            Change::CreatePlaylist { .. }
            | Change::EditPlaylist { .. }
            | Change::DeletePlaylist { .. }
            | Change::AddToPlaylist { .. }
            | Change::ArrangePlaylist { .. } => Some(self.playlists.lock().await),
            Change::Like { .. }
            | Change::Repost { .. }
            | Change::Follow { .. }
            | Change::NoteDownloads { .. } => None,
        }
    }

    /// What `fly` brings, or what a flight for the same GET that is under way brings. When that one is
    /// called off, the next who waits makes the request.
    pub(super) async fn share(&self, request: &Request, fly: impl Future<Output = T>) -> T {
        if request.method != Method::GET {
            return fly.await;
        }
        let seat = self.seat(Asked::of(request));
        let mut brought = seat.lock().await;
        if let Some(answer) = brought.as_ref() {
            return answer.clone();
        }
        let answer = fly.await;
        *brought = Some(answer.clone());
        // Who asks from now on asks anew.
        self.flights().retain(|flight| !std::ptr::eq(flight.seat.as_ptr(), Arc::as_ptr(&seat)));
        answer
    }

    fn seat(&self, asked: Asked) -> Arc<Seat<T>> {
        let mut flights = self.flights();
        flights.retain(|flight| flight.seat.strong_count() > 0);
        let found = flights.iter().find(|flight| flight.asked == asked);
        if let Some(seat) = found.and_then(|flight| flight.seat.upgrade()) {
            return seat;
        }
        let seat = Arc::new(Seat::new(None));
        flights.push(Flight { asked, seat: Arc::downgrade(&seat) });
        seat
    }

    fn flights(&self) -> MutexGuard<'_, Vec<Flight<T>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    fn of(request: &Request) -> Self {
        let lasting = |(name, value): &(String, Secret)| (name.clone(), Secret::new(lasting(value.reveal())));
        Self {
            url: request.url.clone(),
            headers: request.headers.iter().map(lasting).collect(),
            open_headers: request.open_headers.clone(),
        }
    }
}

/// A header's value without what is made anew for each OAuth 1.0a request (RFC 5849 section 3.1).
fn lasting(value: &str) -> String {
    let Some(params) = value.strip_prefix("OAuth ") else { return value.to_owned() };
    let once = ["oauth_nonce=", "oauth_timestamp=", "oauth_signature="];
    let keeps = |param: &&str| !once.iter().any(|name| param.starts_with(name));
    params.split(',').map(str::trim).filter(keeps).collect::<Vec<_>>().join(",")
}

impl<T> fmt::Debug for Line<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("gate", &self.gate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::{join_all, pending};

    use super::*;
    use crate::net::Limit;

    fn line() -> Line<usize> {
        Line::new(USUAL_PACE, None)
    }

    fn get(path: &str, authorization: &str) -> Request {
        let url = format!("https://api.example/{path}").parse().unwrap();
        Request::get(url, Limit::Api).header("Authorization", Secret::new(authorization))
    }

    /// Flights made when all of `requests` are asked for at once.
    async fn flights(requests: &[Request]) -> usize {
        let (line, made) = (line(), AtomicUsize::new(0));
        let fly = || async {
            tokio::task::yield_now().await;
            made.fetch_add(1, Ordering::Relaxed)
        };
        join_all(requests.iter().map(|request| line.share(request, fly()))).await;
        made.into_inner()
    }

    #[tokio::test]
    async fn one_flight_for_the_same_thing() {
        let same = get("a", "Bearer x");
        assert_eq!(flights(&[same.clone(), same.clone(), same.clone()]).await, 1);
        assert_eq!(flights(&[same.clone(), get("b", "Bearer x")]).await, 2, "another address");
        assert_eq!(flights(&[same.clone(), get("a", "Bearer y")]).await, 2, "another listener");
        let other = same.clone().open_header("Accept", "text/html");
        assert_eq!(flights(&[same.clone(), other]).await, 2, "another media type");
        let post = Request { method: Method::POST, ..same };
        assert_eq!(flights(&[post.clone(), post]).await, 2, "not to be asked for once only");
    }

    #[tokio::test]
    async fn a_signature_makes_no_difference() {
        let signed = |nonce: u8, token: &str| {
            get(
                "a",
                &format!(
                    "OAuth oauth_consumer_key=\"k\", oauth_nonce=\"{nonce}\", oauth_timestamp=\"{nonce}\", oauth_token=\"{token}\", oauth_signature=\"s{nonce}\""
                ),
            )
        };
        assert_eq!(flights(&[signed(1, "t"), signed(2, "t")]).await, 1);
        assert_eq!(flights(&[signed(1, "t"), signed(2, "u")]).await, 2);
    }

    #[tokio::test]
    async fn what_has_landed_is_asked_for_anew() {
        let (line, request) = (line(), get("a", ""));
        assert_eq!(line.share(&request, async { 1 }).await, 1);
        assert_eq!(line.share(&request, async { 2 }).await, 2);
        assert!(line.flights().is_empty());
    }

    /// Who waits since before it is told what was then; who asks after it is not.
    #[tokio::test]
    async fn a_change_ends_the_flights_from_before_it() {
        let (line, request) = (line(), get("a", ""));
        let (land, landed) = tokio::sync::oneshot::channel();
        let fly = async { landed.await.unwrap() };
        let mut early =
            [line.share(&request, fly.boxed()).boxed(), line.share(&request, async { 9 }.boxed()).boxed()];
        assert!(early.iter_mut().all(|asked| asked.now_or_never().is_none()));
        line.changed(None, 1);
        assert_eq!(line.share(&request, async { 2 }).now_or_never(), Some(2));
        land.send(1).unwrap();
        assert_eq!(join_all(early).await, [1, 1]);
        assert!(line.flights().is_empty());
    }

    #[tokio::test]
    async fn who_waits_takes_over_when_a_flight_is_called_off() {
        let (line, request) = (line(), get("a", ""));
        let mut first = line.share(&request, pending::<usize>()).boxed();
        let mut second = line.share(&request, async { 2 }).boxed();
        assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
        drop(first);
        assert_eq!(second.await, 2);
        assert!(line.flights().is_empty());
    }

    #[test]
    fn the_listeners_own_server_is_asked_as_fast_as_it_answers() {
        let shown = |base: &str| format!("{:?}", Line::<()>::new(USUAL_PACE, Some(&base.parse().unwrap())));
        assert!(shown("http://127.0.0.1:4000/v1").contains("period: 0ns"));
        assert!(shown("https://api.example/v1").contains("period: 500ms"));
    }
}
