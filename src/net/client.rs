//! The client itself.

use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use url::Url;

use crate::config::NetworkSettings;
use crate::model::is_web_address;

use super::error::{NetError, Phase};
use super::redirect::{MAX_REDIRECTS, host_of, next_hop};
use super::request::{Body, Limit, Request};
use super::response::Response;

/// The one HTTP client. Clones share its connections. It is made at the first request, so that a
/// program that needs no network pays nothing for it.
#[derive(Clone, Debug)]
pub struct Net(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: NetworkSettings,
    client: OnceLock<Result<reqwest::Client, NetError>>,
}

impl Net {
    /// A client with these limits.
    pub fn new(settings: NetworkSettings) -> Self {
        Self(Arc::new(Inner { settings, client: OnceLock::new() }))
    }

    /// The limits it keeps.
    pub fn settings(&self) -> &NetworkSettings {
        &self.0.settings
    }

    /// Sends a request and follows redirects. Any HTTP status is an `Ok` answer;
    /// [`Response::success`] tells them apart.
    pub async fn send(&self, request: Request) -> Result<Response, NetError> {
        let whole = match request.limit {
            Limit::Api => Some(self.0.settings.api_timeout),
            Limit::Playlist => Some(self.0.settings.playlist_timeout),
            Limit::Segment => Some(self.0.settings.segment_timeout),
            Limit::Stream => None,
        };
        let deadline = whole.map(|limit| tokio::time::Instant::now() + limit);
        let mut request = request;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.hop(&request, deadline).await?;
            let location = match response.status {
                301 | 302 | 303 | 307 | 308 => response.header("location"),
                _ => None,
            };
            match location {
                Some(location) => request = next_hop(&request, response.status, location)?,
                None => return Ok(response),
            }
        }
        Err(NetError::Redirects { host: host_of(&request.url) })
    }

    async fn hop(
        &self,
        request: &Request,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Response, NetError> {
        if !is_web_address(&request.url) {
            return Err(NetError::Address(request.url.scheme().to_owned() + ":"));
        }
        let client = self.0.client.get_or_init(|| build(&self.0.settings)).as_ref().map_err(Clone::clone)?;
        let mut builder = client.request(request.method.clone(), request.url.clone());
        for (name, value) in &request.headers {
            builder = builder.header(name, value.reveal());
        }
        for (name, value) in &request.open_headers {
            builder = builder.header(*name, value);
        }
        builder = match &request.body {
            Body::Empty => builder,
            Body::Form(form) => {
                builder.header("Content-Type", "application/x-www-form-urlencoded").body(form.clone())
            }
            Body::Json(json) => builder.header("Content-Type", "application/json").body(json.clone()),
            Body::Bytes(bytes) => builder.body(bytes.clone()),
        };
        // reqwest bounds silence inside a body; the wait for the first header byte is bounded here.
        let patience = self.0.settings.connect_timeout + self.0.settings.idle_timeout;
        let first_byte = tokio::time::Instant::now() + patience;
        let until = deadline.map_or(first_byte, |deadline| deadline.min(first_byte));
        let timed_out = NetError::Timeout { host: host_of(&request.url), phase: Phase::Byte };
        let inner = tokio::time::timeout_at(until, builder.send())
            .await
            .map_err(|_| timed_out)?
            .map_err(|error| classify(&error, &request.url))?;
        Ok(Response { status: inner.status().as_u16(), url: request.url.clone(), inner, deadline })
    }
}

fn build(settings: &NetworkSettings) -> Result<reqwest::Client, NetError> {
    // An error only means that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        reqwest::Client::builder()
            .user_agent(concat!("segue/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.idle_timeout)
            .pool_idle_timeout(Duration::from_secs(60))
    };
    // A machine without a certificate store (slim containers) gets Mozilla's roots instead.
    builder().build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|der| reqwest::Certificate::from_der(der).ok());
        builder().tls_certs_only(roots).build().map_err(|error| NetError::Setup(innermost(&error)))
    })
}

/// What a failure of the HTTP library means for the caller.
pub(super) fn classify(error: &reqwest::Error, url: &Url) -> NetError {
    let host = host_of(url);
    let reason = innermost(error);
    if error.is_timeout() {
        let phase = if error.is_connect() { Phase::Connect } else { Phase::Byte };
        NetError::Timeout { host, phase }
    } else if error.is_connect() {
        if reason.contains("certificate") {
            NetError::Certificate { host, reason }
        } else {
            NetError::Connect { host, reason }
        }
    } else if error.is_builder() {
        NetError::Setup(reason)
    } else {
        NetError::Broken { host, reason }
    }
}

/// The deepest cause in words; the outer layers repeat the address, query included.
fn innermost(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else { return "no reason given".to_owned() };
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
