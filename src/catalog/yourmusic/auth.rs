//! Who listens on YourMusic: the client's token mints a short-lived delegation token for one user and one
//! device, and that one goes along with every call. One renewal at a time.

use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::{Operation, Paths};
use crate::catalog::call::{Asked, Caller};
use crate::catalog::tolerant;
use crate::config::YourMusicSettings;
use crate::model::Secret;
use crate::net::{Body, Limit, Method, Request};

use super::wire;

const OAUTH_TOKEN: Operation =
    Operation { key: "oauth_token", path: "/oauth/token", words: "signing in as a client" };
const UDT: Operation = Operation { key: "udt", path: "/users/{user_id}/udt", words: "signing in as a user" };

/// Tokens are renewed this long before their end, or a tenth of their life if that is less.
const MARGIN_S: u64 = 60;

/// Lives of tokens that do not say.
const CLIENT_LIFE_S: u64 = 3600;
const DELEGATION_LIFE_S: u64 = 600;

/// A token and the time until which it may be used.
struct Token {
    value: Secret,
    good_until_unix_s: u64,
}

#[derive(Default)]
struct Tokens {
    client: Option<Token>,
    delegation: Option<Token>,
}

/// Keeps the tokens, in memory only.
pub(super) struct Auth {
    caller: Caller,
    paths: Paths,
    client_id: Secret,
    client_secret: Secret,
    user_id: String,
    device_id: String,
    /// Held while a token is fetched, so that others wait for it instead of fetching their own.
    tokens: Mutex<Tokens>,
}

impl Auth {
    pub(super) fn new(settings: &YourMusicSettings, caller: Caller, paths: Paths) -> Self {
        Self {
            caller,
            paths,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            user_id: settings.user_id.clone(),
            device_id: settings.device_id.clone(),
            tokens: Mutex::default(),
        }
    }

    /// The delegation token, minted when there is none that is good for a while.
    pub(super) async fn bearer(&self, base: &Url) -> Result<Secret, CatalogError> {
        let mut tokens = self.tokens.lock().await;
        let now = (self.caller.surroundings.unix_time)();
        if let Some(token) = tokens.delegation.as_ref().filter(|token| token.good_until_unix_s > now) {
            return Ok(token.value.clone());
        }
        let kept = tokens.client.take().filter(|token| token.good_until_unix_s > now);
        let had_client = kept.is_some();
        let client = match kept {
            Some(client) => client,
            None => self.client(base, now).await?,
        };
        let minted = match self.mint(base, &client.value, now).await {
            Err(CatalogError::SignIn { .. }) if had_client => {
                let client = self.client(base, now).await?;
                let minted = self.mint(base, &client.value, now).await?;
                tokens.client = Some(client);
                minted
            }
            result => {
                tokens.client = Some(client);
                result?
            }
        };
        let bearer = minted.value.clone();
        tokens.delegation = Some(minted);
        Ok(bearer)
    }

    /// Drops a token that was refused, unless another one has taken its place already.
    pub(super) async fn forget(&self, refused: &Secret) {
        let mut tokens = self.tokens.lock().await;
        if tokens.delegation.as_ref().is_some_and(|token| token.value == *refused) {
            tokens.delegation = None;
        }
    }

    async fn client(&self, base: &Url, now: u64) -> Result<Token, CatalogError> {
        let url = self.paths.url(base, &OAUTH_TOKEN, &[])?;
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": self.client_id.reveal(),
            "client_secret": self.client_secret.reveal(),
        });
        let asked = Asked::guessed(&self.paths, &OAUTH_TOKEN);
        let answer = self.caller.json(&asked, || post(&url, &body)).await?;
        self.token(answer, now, CLIENT_LIFE_S)
    }

    async fn mint(&self, base: &Url, client: &Secret, now: u64) -> Result<Token, CatalogError> {
        let url = self.paths.url(base, &UDT, &[("user_id", &self.user_id)])?;
        let body = json!({ "deviceId": self.device_id });
        let asked = Asked::guessed(&self.paths, &UDT).thing(format!("user {:?}", self.user_id));
        let answer = self
            .caller
            .json(&asked, || post(&url, &body).header("Authorization", bearer_header(client)))
            .await?;
        self.token(answer, now, DELEGATION_LIFE_S)
    }

    fn token(&self, answer: Value, now: u64, usual_life_s: u64) -> Result<Token, CatalogError> {
        let wire: wire::Token = tolerant::single(answer, &["data"])
            .and_then(tolerant::item)
            .ok_or_else(|| self.caller.senseless("it holds no token"))?;
        let value =
            wire.delegation.or(wire.client).ok_or_else(|| self.caller.senseless("it holds no token"))?;
        let life_s = wire.expires_in.map_or(usual_life_s, |life| life.as_secs());
        let margin_s = MARGIN_S.min(life_s / 10);
        Ok(Token {
            value: Secret::new(value),
            good_until_unix_s: now.saturating_add(life_s).saturating_sub(margin_s),
        })
    }
}

/// The value of the `Authorization` header.
pub(super) fn bearer_header(token: &Secret) -> Secret {
    Secret::new(format!("Bearer {}", token.reveal()))
}

fn post(url: &Url, body: &Value) -> Request {
    Request {
        method: Method::POST,
        body: Body::Json(body.to_string()),
        ..Request::get(url.clone(), Limit::Api)
    }
    .open_header("Accept", "application/json")
}
