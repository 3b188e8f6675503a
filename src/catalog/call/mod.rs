//! One way to call a service's API: send, try again, cap, decode, and say what a failure means. Knows
//! no service: what is particular to one is its [`Caller::verdict`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::SemaphorePermit;
use url::Url;

use crate::model::Secret;
use crate::net::{Method, Net, NetError, Request, Response, host_of, retry_delay};

use super::address::{Operation, Paths, resolve_sound, short_words};
use super::cache::About;
use super::clock::ServiceClock;
use super::hush::{confided, hushed};
use super::json::{self, NotJson};
use super::line::Line;
use super::origin::Origin;
use super::{CatalogError, Surroundings};

mod pages;

pub(super) use pages::Kept;

/// Largest answer of an API that is read, in bytes.
const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;

/// Largest body of a refusal that is read, in bytes.
const MAX_ERROR_BYTES: usize = 1024 * 1024;

/// Most tries of one call, the first included.
const MAX_TRIES: u8 = 3;

/// Most times that one GET is sent on.
const MAX_HOPS: u8 = 3;

/// A longer wait between two tries is told as an error: somebody is looking at the screen.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A longer wait that the service named is told at once, so that it can be counted down before their eyes.
const LONGEST_NAMED_WAIT: Duration = Duration::from_secs(1);

/// What a service's own error body means, whatever the HTTP status says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Credentials are missing or no longer good.
    SignIn,
    /// There is no such thing.
    NotFound,
    /// It does not want to, in its own words.
    Refused(String),
    /// Nothing is wrong: it was so already.
    Done,
}

/// How one service is called.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The service's own spelling.
    pub service: &'static str,
    /// The wire.
    pub net: Net,
    /// What all calls to the service share.
    pub line: Arc<Line<Result<Answer, NetError>>>,
    /// Time and randomness.
    pub surroundings: Surroundings,
    /// What to do when the credentials are refused.
    pub sign_in_hint: &'static str,
    /// Kept by services whose requests carry the time.
    pub clock: Option<Arc<ServiceClock>>,
    /// Reads a status and a JSON body that may be an error; `None`: nothing particular.
    pub verdict: fn(u16, &Value) -> Option<Verdict>,
}

/// What was asked, for the words of an error.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// "searching tracks".
    operation: &'static str,
    /// "track 2146"; `None` when no one thing was asked for.
    thing: Option<String>,
    /// Where the call is a guess.
    guess: Option<Guess>,
}

/// A call that the configuration can replace.
#[derive(Clone, Debug)]
struct Guess {
    /// The configuration key.
    key: String,
    /// The path as it is now.
    path: String,
    /// The method that was set for it.
    method: Option<Method>,
}

impl Asked {
    /// A call whose path is documented.
    pub(super) fn known(operation: &'static str) -> Self {
        Self { operation, thing: None, guess: None }
    }

    /// A call whose path is a guess.
    pub(super) fn guessed(paths: &Paths, operation: &Operation) -> Self {
        let (key, path) = (paths.key(operation), paths.path(operation).to_owned());
        let guess = Guess { key, path, method: paths.method(operation) };
        Self { operation: operation.words, thing: None, guess: Some(guess) }
    }

    /// The request with the method that the listener set for the call.
    fn put(&self, request: Request) -> Request {
        let method = self.guess.as_ref().and_then(|guess| guess.method.clone());
        Request { method: method.unwrap_or(request.method), ..request }
    }

    /// Names the one thing that is asked for.
    pub(super) fn thing(self, thing: String) -> Self {
        Self { thing: Some(thing), ..self }
    }
}

/// An answer whose status the caller wants to see, too.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; `null` where there is none.
    pub body: Value,
    /// What the status and the body mean.
    pub meaning: Result<(), CatalogError>,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    /// What the status means, if it is no success.
    failure: Option<NetError>,
    /// The `Date` header.
    date: String,
    /// The `Location` header, empty where there is none.
    location: String,
    /// What a copy is kept by; `None`: no copy may be kept.
    copied: Option<About>,
    /// Who answered or is to be asked, where that is not who was asked.
    elsewhere: Option<String>,
    /// What was told in confidence, and must not be in what the service says.
    confided: Vec<Secret>,
    body: Bytes,
}

impl Caller {
    /// The JSON that answers what `make` makes. `make` runs anew for each try, since signed requests
    /// need a new signature. Only a GET is tried again, and the same GET is made once for all who ask for
    /// it at the same time.
    pub(super) async fn json(
        &self,
        asked: &Asked,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Value, CatalogError> {
        self.json_at(asked, &make().url, |_| make()).await
    }

    /// As [`Caller::json`], for requests that are made for one address alone, such as signed ones: where the
    /// service sends on to another address of its own, `make` makes the request for that.
    pub(super) async fn json_at(
        &self,
        asked: &Asked,
        place: &Url,
        make: impl Fn(&Url) -> Request + Send + Sync,
    ) -> Result<Value, CatalogError> {
        let make = |place: &Url| asked.put(make(place));
        let answer = self.landed(MAX_TRIES, place, make).await.map_err(|source| self.net_error(source))?;
        self.decode(asked, &answer)
    }

    /// The body, whatever it is, that answers what `make` makes, as text.
    pub(super) async fn text(
        &self,
        asked: &Asked,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<String, CatalogError> {
        let answer = self.tried(|| asked.put(make())).await.map_err(|source| self.net_error(source))?;
        // Whether it is JSON is for the caller to see.
        let _ = self.judge(asked, &answer)?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// What came of the request, whatever its status, and whether or not the answer has a body. Fails only
    /// when there was no answer.
    pub(super) async fn outcome(
        &self,
        asked: &Asked,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Outcome, CatalogError> {
        let answer = self.tried(|| asked.put(make())).await.map_err(|source| self.net_error(source))?;
        let meaning = self.judge(asked, &answer).map(drop);
        Ok(Outcome { status: answer.status, body: json::read(&answer.body).unwrap_or_default(), meaning })
    }

    /// As [`Caller::text`], for an answer that says where the thing is that was made: the `Location` header,
    /// empty when there is none, and the body.
    pub(super) async fn made(
        &self,
        asked: &Asked,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<(String, String), CatalogError> {
        let answer = self.tried(|| asked.put(make())).await.map_err(|source| self.net_error(source))?;
        let _ = self.judge(asked, &answer)?;
        Ok((answer.location, String::from_utf8_lossy(&answer.body).into_owned()))
    }

    /// A successful answer whose body has not been read yet.
    pub(super) async fn open(&self, asked: &Asked, request: Request) -> Result<Response, CatalogError> {
        let request = asked.put(request);
        let (confided, place) = (confided(&request), request.url.clone());
        let (_permit, response) = self.begin(request).await.map_err(|source| self.net_error(source))?;
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let answer =
            Answer::read(response, &place, confided).await.map_err(|source| self.net_error(source))?;
        Err(self.judge(asked, &answer).err().unwrap_or_else(|| self.senseless("no success and no failure")))
    }

    /// Where a request that must not be followed is sent on to; `None` when it was answered at once.
    pub(super) async fn sent_on(&self, asked: &Asked, request: Request) -> Result<Option<Url>, CatalogError> {
        let request = asked.put(request);
        let (confided, place) = (confided(&request), request.url.clone());
        let (_permit, response) = self.begin(request).await.map_err(|source| self.net_error(source))?;
        let location = response.header("location").filter(|_| (300..400).contains(&response.status));
        if let Some(location) = location {
            let target = response.url.join(location);
            return target.map(Some).map_err(|_| self.senseless("it leads to no address"));
        }
        let answer =
            Answer::read(response, &place, confided).await.map_err(|source| self.net_error(source))?;
        self.judge(asked, &answer).map(|_| None)
    }

    /// The JSON of an answer that [`Caller::open`] gave.
    pub(super) async fn read_json(&self, asked: &Asked, response: Response) -> Result<Value, CatalogError> {
        let place = response.url.clone();
        let answer =
            Answer::read(response, &place, Vec::new()).await.map_err(|source| self.net_error(source))?;
        self.decode(asked, &answer)
    }

    /// The error that an answer makes no sense.
    pub(super) fn senseless(&self, reason: impl Into<String>) -> CatalogError {
        CatalogError::Answer { service: self.service, reason: reason.into() }
    }

    /// The address of sound in an answer that came from `base`; `None` when it is no address.
    pub(super) fn sound_at(&self, base: &Url, text: &str) -> Result<Option<Url>, CatalogError> {
        resolve_sound(base, text, self.net.settings().allow_http_media)
            .map_err(|source| CatalogError::Net { service: self.service, source })
    }

    /// The error that credentials are refused.
    pub(super) fn sign_in(&self) -> CatalogError {
        CatalogError::SignIn { service: self.service, hint: self.sign_in_hint.to_owned() }
    }

    /// The error that the sign-in which is kept is for another API than this.
    pub(super) fn other_sign_in(&self, origin: &Origin) -> CatalogError {
        CatalogError::SignIn { service: self.service, hint: origin.refusal(self.sign_in_hint) }
    }

    fn net_error(&self, source: NetError) -> CatalogError {
        let (status, wait) = match source {
            NetError::Closed { wait, .. } => (429, wait),
            NetError::Status { status: status @ (429 | 503), retry_after: Some(wait), .. }
                if !wait.is_zero() =>
            {
                (status, wait)
            }
            source => return CatalogError::Net { service: self.service, source },
        };
        CatalogError::Limited { service: self.service, is_down: status == 503, wait }
    }

    /// The request in its turn, and the right to be under way. What the answer says about the pace is kept
    /// to.
    async fn begin(&self, request: Request) -> Result<(SemaphorePermit<'_>, Response), NetError> {
        let gate = &self.line.gate;
        let permit = gate.pass(&request.url, LONGEST_NAMED_WAIT).await?;
        let response = self.net.send(request).await?;
        let is_success = (200..300).contains(&response.status);
        gate.learn((!is_success).then(|| response.status_error()).as_ref());
        Ok((permit, response))
    }

    async fn tried(&self, make: impl Fn() -> Request + Send + Sync) -> Result<Answer, NetError> {
        self.tried_up_to(MAX_TRIES, make).await
    }

    async fn tried_up_to(
        &self,
        tries: u8,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Answer, NetError> {
        let request = make();
        self.line.share(&request.clone(), self.fly(request, tries, make)).await
    }

    /// The answer from the place at which a GET ends that the wire must not follow by itself. Only within one
    /// origin: elsewhere nobody may see what it carries.
    async fn landed(
        &self,
        tries: u8,
        place: &Url,
        make: impl Fn(&Url) -> Request + Send + Sync,
    ) -> Result<Answer, NetError> {
        let mut place = place.clone();
        let mut hops = 0;
        loop {
            let answer = self.tried_up_to(tries, || make(&place)).await?;
            match answer.sends_on(&place).filter(|next| next.origin() == place.origin()) {
                Some(next) if hops < MAX_HOPS => (place, hops) = (next, hops + 1),
                _ => return Ok(answer),
            }
        }
    }

    async fn fly(
        &self,
        request: Request,
        tries: u8,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Answer, NetError> {
        let mut request = request;
        let tries = tries.min(self.net.settings().retries.saturating_add(1));
        let mut attempt = 1;
        let mut corrected = false;
        loop {
            let again = request.method == Method::GET && attempt < tries;
            let (confided, place) = (confided(&request), request.url.clone());
            let outcome = match self.begin(request).await {
                Ok((_permit, response)) => Answer::read(response, &place, confided).await,
                Err(error) => Err(error),
            };
            if let (Ok(Answer { status: 401, date, .. }), Some(clock)) = (&outcome, &self.clock) {
                // A refusal may be due to the time that was sent; one that stays has another reason.
                if corrected {
                    clock.forget();
                } else if clock.learn(date, (self.surroundings.unix_time)()) {
                    corrected = true;
                    request = make();
                    continue;
                }
            }
            let failure = match &outcome {
                Ok(answer) => answer.failure.as_ref(),
                Err(error) => Some(error),
            };
            let wait = failure
                .filter(|error| again && !error.is_offline())
                .and_then(|error| {
                    let is_named = matches!(error, NetError::Status { retry_after: Some(_), .. });
                    let longest = if is_named { LONGEST_NAMED_WAIT } else { LONGEST_WAIT };
                    let wait = retry_delay(error, attempt, self.surroundings.jitter());
                    wait.filter(|wait| *wait <= longest)
                })
                .filter(|_| self.line.gate.may_retry());
            let Some(wait) = wait else { return outcome };
            tokio::time::sleep(wait).await;
            attempt += 1;
            request = make();
        }
    }

    fn decode(&self, asked: &Asked, answer: &Answer) -> Result<Value, CatalogError> {
        self.judge(asked, answer)?.map_err(|reason| self.senseless(reason.to_string()))
    }

    /// The body as JSON or why it is none, or what the answer means as an error.
    fn judge(&self, asked: &Asked, answer: &Answer) -> Result<Result<Value, NotJson>, CatalogError> {
        if let Some(place) = answer.refused_elsewhere() {
            return Err(CatalogError::Elsewhere { service: self.service, place: place.to_owned() });
        }
        let value = json::read(&answer.body);
        let verdict = value.as_ref().ok().and_then(|value| (self.verdict)(answer.status, value));
        match (verdict, &answer.failure) {
            (Some(Verdict::SignIn), _) => Err(self.sign_in()),
            (Some(Verdict::NotFound), _) => Err(self.not_found(asked)),
            (Some(Verdict::Refused(reason)), _) => Err(self.refused(&hushed(&reason, &answer.confided))),
            // Not even a change is made where a page for a browser says so.
            (None, None) if matches!(value, Err(NotJson::WebPage)) => {
                Err(CatalogError::WebPage { service: self.service })
            }
            (Some(Verdict::Done), _) | (None, None) => Ok(value),
            (None, Some(failure)) => Err(self.explain(asked, failure, answer, value.as_ref().ok())),
        }
    }

    fn explain(
        &self,
        asked: &Asked,
        failure: &NetError,
        answer: &Answer,
        body: Option<&Value>,
    ) -> CatalogError {
        let words = body.and_then(error_words).map(|words| hushed(&words, &answer.confided));
        match (failure.status(), words) {
            (Some(401), _) => self.sign_in(),
            (Some(402 | 403 | 451), words) => {
                self.refused(words.as_deref().unwrap_or("it may need other credentials"))
            }
            (Some(404 | 405 | 410), words) => match (&asked.thing, &asked.guess) {
                // A service that explains what is missing knows the path; one that speaks of a route
                // or of nothing does not.
                (_, None) => self.not_found(asked),
                (_, Some(Guess { key, path, .. })) if failure.status() == Some(405) => {
                    CatalogError::WrongMethod {
                        service: self.service,
                        key: key.clone(),
                        path: path.clone(),
                        operation: asked.operation,
                    }
                }
                (Some(_), Some(_)) if words.is_some_and(|words| !words.contains("route")) => {
                    self.not_found(asked)
                }
                (_, Some(Guess { key, .. })) => CatalogError::UnknownPath {
                    service: self.service,
                    key: key.clone(),
                    operation: asked.operation,
                },
            },
            (Some(400 | 409 | 422), Some(words)) => self.refused(&words),
            _ => self.net_error(failure.clone()),
        }
    }

    fn refused(&self, reason: &str) -> CatalogError {
        CatalogError::Refused { service: self.service, reason: short_words(reason) }
    }

    fn not_found(&self, asked: &Asked) -> CatalogError {
        let what = asked.thing.clone().unwrap_or_else(|| format!("answer to {}", asked.operation));
        CatalogError::NotFound { service: self.service, what }
    }
}

impl Answer {
    /// Where it says that what was asked for at `place` is (RFC 9110 section 15.4).
    fn sends_on(&self, place: &Url) -> Option<Url> {
        let is_moved = matches!(self.status, 301 | 302 | 303 | 307 | 308) && !self.location.is_empty();
        is_moved.then(|| place.join(&self.location).ok()).flatten()
    }

    /// Who refuses in the service's stead: what he says is nothing that the service says of its credentials.
    fn refused_elsewhere(&self) -> Option<&str> {
        let refuses = matches!(self.status, 300..=403 | 405..=409 | 411..=428);
        self.elsewhere.as_deref().filter(|_| refuses)
    }

    /// All of `response`, which came of asking at `place`.
    async fn read(response: Response, place: &Url, confided: Vec<Secret>) -> Result<Self, NetError> {
        let status = response.status;
        let leads_to = response.header("location").and_then(|location| response.url.join(location).ok());
        let end = leads_to.filter(|_| (300..400).contains(&status)).unwrap_or_else(|| response.url.clone());
        let elsewhere = (end.origin() != place.origin()).then(|| host_of(&end));
        let failure = (!(200..300).contains(&status)).then(|| response.status_error());
        let date = response.header("date").unwrap_or_default().to_owned();
        let location = response.header("location").unwrap_or_default().to_owned();
        let header = |name: &str| response.header(name).map(str::to_owned);
        let may_copy = !header("cache-control").is_some_and(|value| value.contains("no-store"));
        let about = About { read_at: 0, etag: header("etag"), modified: header("last-modified") };
        let copied = may_copy.then_some(about);
        let body = match failure {
            None => response.bytes(MAX_BODY_BYTES).await?,
            // What it says is welcome, and the status says enough.
            Some(_) => response.bytes(MAX_ERROR_BYTES).await.unwrap_or_default(),
        };
        Ok(Self { status, failure, date, location, copied, elsewhere, confided, body })
    }
}

/// The value of an `Authorization` header that carries a bearer token (RFC 6750 section 2.1).
pub(super) fn bearer_header(token: &Secret) -> Secret {
    Secret::new(format!("Bearer {}", token.reveal()))
}

/// The words of an error body, wherever the service puts them.
pub(super) fn error_words(body: &Value) -> Option<String> {
    let word =
        |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let error = body.get("error");
    error
        .and_then(word)
        .or_else(|| error?.get("message").and_then(word))
        .or_else(|| body.get("message").and_then(word))
        .or_else(|| body.get("description").and_then(word))
        .or_else(|| body.get("error_description").and_then(word))
}
