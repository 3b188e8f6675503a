//! Signing in with OAuth 1.0a (RFC 5849 section 2): a request token, the listener's word on the web site, an
//! access token that lives for a year.

use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::is_private;
use crate::catalog::call::Asked;
use crate::model::{Field, Form, Secret, SignInAnswer, SignInStep};
use crate::net::Method;

use super::requests::{By, Sent};
use super::session::Session;
use super::wire::{self, Granted};
use super::{Audiomack, NAME};

/// The callback of a listener whose browser cannot come back.
const OUT_OF_BAND: &str = "oob";

/// Seconds in which the listener must have agreed.
const PENDING_LIFE_S: u64 = 3600;

/// Seconds that an access token lives when the service does not say: a year.
const ACCESS_LIFE_S: u64 = 365 * 86_400;

/// The line of the form for the code.
const CODE: &str = "code";

/// A sign-in that has begun.
#[derive(Clone)]
pub(super) struct Pending {
    token: Secret,
    secret: Secret,
    /// Unix seconds.
    begun: u64,
}

impl Audiomack {
    /// The next step.
    pub(super) async fn next_step(&self, answer: SignInAnswer) -> Result<SignInStep, CatalogError> {
        match &answer {
            SignInAnswer::Begin { callback } => self.begin(callback.as_ref()).await,
            SignInAnswer::Callback(_) => {
                let pending = self.pending()?;
                if answer.value("denied").is_some() {
                    return Err(refused("you did not agree there"));
                }
                let token = answer.value("oauth_token").unwrap_or_default();
                if !pending.token.is(token) {
                    return Err(refused("the browser came back from another sign-in; begin again"));
                }
                self.finish(&pending, answer.value("oauth_verifier").unwrap_or_default()).await
            }
            SignInAnswer::Form(_) => {
                let pending = self.pending()?;
                let typed = answer.value(CODE).unwrap_or_default();
                let (token, code) = read_code(typed);
                if token.is_some_and(|token| !pending.token.is(&token)) {
                    return Err(refused("that address is of another sign-in; begin again"));
                }
                self.finish(&pending, &code).await
            }
        }
    }

    async fn begin(&self, callback: Option<&Url>) -> Result<SignInStep, CatalogError> {
        let url = self.url("/request_token", &[], &[])?;
        let step = ("oauth_callback", callback.map_or(OUT_OF_BAND, Url::as_str));
        let by = By { token: None, step: Some(step) };
        let granted = self.token_answer(Method::POST, &url, by).await?;
        // One that does not say so would send the browser elsewhere (RFC 5849 section 2.1).
        if !granted.confirmed {
            return Err(self.caller.senseless("it did not confirm where the browser comes back to"));
        }
        let page = self.settings.authorize_url.clone();
        // It is told the request token, and the listener types a password there.
        let mut address = page.filter(is_private).ok_or_else(|| CatalogError::SignIn {
            service: NAME,
            hint: "Set services.audiomack.authorize_url to an https address".to_owned(),
        })?;
        // Nothing but the token, and not signed.
        address.query_pairs_mut().clear().append_pair("oauth_token", &granted.token);
        *self.pending_slot() = Some(Pending {
            token: Secret::new(granted.token),
            secret: Secret::new(granted.secret),
            begun: (self.caller.surroundings.unix_time)(),
        });
        let (words, label, example) = match callback {
            None => ("Agree on Audiomack's page, then type the code that it shows", "Code", "a1b2c3"),
            Some(_) => (
                "If the browser cannot come back here, paste the address at which it ended",
                "Address or code",
                "http://127.0.0.1/...?oauth_verifier=a1b2c3",
            ),
        };
        let form = Form { words: words.into(), fields: vec![Field::new(CODE, label, example).hidden()] };
        Ok(SignInStep::Visit { address, code: Some(form) })
    }

    async fn finish(&self, pending: &Pending, verifier: &str) -> Result<SignInStep, CatalogError> {
        if verifier.is_empty() {
            return Err(refused("the code is missing"));
        }
        let url = self.url("/access_token", &[], &[])?;
        let by =
            By { token: Some((&pending.token, &pending.secret)), step: Some(("oauth_verifier", verifier)) };
        let granted = match self.token_answer(Method::POST, &url, by).await {
            Err(CatalogError::SignIn { .. }) => {
                return Err(refused("the code was not taken; check it or begin again"));
            }
            other => other?,
        };
        *self.pending_slot() = None;
        let now = (self.caller.surroundings.unix_time)();
        let expires = granted.expires.filter(|expires| *expires > now).unwrap_or(now + ACCESS_LIFE_S);
        let session = Session {
            token: Secret::new(granted.token),
            secret: Secret::new(granted.secret),
            expires: Some(expires),
            who: NAME.to_owned(),
            slug: String::new(),
        };
        let unkept = self.keep(session.clone(), expires).await;
        // The name is welcome; the sign-in stands without.
        let session = self.introduce(session.clone()).await.unwrap_or(session);
        Ok(SignInStep::Done { who: session.who.into(), unkept })
    }

    async fn token_answer(&self, method: Method, url: &Url, by: By<'_>) -> Result<Granted, CatalogError> {
        let make = || self.signed(method.clone(), url, Sent::Nothing, by);
        let body = self.caller.text(&Asked::known("signing in"), make).await?;
        wire::granted(&body).ok_or_else(|| self.caller.senseless("it holds no token"))
    }

    fn pending(&self) -> Result<Pending, CatalogError> {
        let now = (self.caller.surroundings.unix_time)();
        let pending = self.pending_slot().clone();
        pending
            .filter(|pending| now.saturating_sub(pending.begun) < PENDING_LIFE_S)
            .ok_or_else(|| refused("no sign-in has begun, or it took longer than an hour; begin again"))
    }
}

/// A code as it is typed: alone, or in the address at which the browser ended, with its token.
fn read_code(typed: &str) -> (Option<String>, String) {
    let Ok(url) = Url::parse(typed) else { return (None, typed.to_owned()) };
    let value = |name: &str| {
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned())
    };
    (Some(value("oauth_token").unwrap_or_default()), value("oauth_verifier").unwrap_or_default())
}

fn refused(reason: &str) -> CatalogError {
    CatalogError::Refused { service: NAME, reason: reason.to_owned() }
}
