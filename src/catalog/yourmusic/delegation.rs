//! The advanced way in: the client's token administers users, and mints a short-lived delegation token for one
//! user and one device, which goes along with every other call. One renewal at a time; nothing is kept.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::Paths;
use crate::catalog::call::{Asked, Caller, bearer_header};
use crate::catalog::tolerant;
use crate::config::YourMusicSettings;
use crate::model::Secret;

use super::device::Device;
use super::operations::{OAUTH_TOKEN, UDT};
use super::{post, wire};

/// Tokens are renewed this long before their end, or a tenth of their life if that is less.
pub(super) const MARGIN_S: u64 = 60;

/// Lives of tokens that do not say.
const CLIENT_LIFE_S: u64 = 3600;
const DELEGATION_LIFE_S: u64 = 600;

/// A token and the time until which it may be used.
struct Token {
    value: Secret,
    good_until_unix_s: u64,
}

impl Token {
    fn is_good(&self, now: u64, refused: Option<&Secret>) -> bool {
        self.good_until_unix_s > now && refused != Some(&self.value)
    }
}

#[derive(Default)]
struct Tokens {
    client: Option<Token>,
    delegation: Option<Token>,
}

/// Keeps the tokens, in memory only.
pub(super) struct Delegation {
    caller: Caller,
    paths: Paths,
    client_id: Secret,
    client_secret: Secret,
    user_id: String,
    device: Arc<Device>,
    /// Held while a token is fetched, so that others wait for it instead of fetching their own.
    tokens: Mutex<Tokens>,
}

impl Delegation {
    pub(super) fn new(
        settings: &YourMusicSettings,
        caller: Caller,
        paths: Paths,
        device: Arc<Device>,
    ) -> Self {
        Self {
            caller,
            paths,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            user_id: settings.user_id.clone(),
            device,
            tokens: Mutex::default(),
        }
    }

    /// The user's token, minted when there is none that is good for a while, or when the one there is was
    /// `refused`.
    pub(super) async fn user(&self, base: &Url, refused: Option<&Secret>) -> Result<Secret, CatalogError> {
        let mut tokens = self.tokens.lock().await;
        let now = (self.caller.surroundings.unix_time)();
        if let Some(token) = tokens.delegation.as_ref().filter(|token| token.is_good(now, refused)) {
            return Ok(token.value.clone());
        }
        let had_client = tokens.client.as_ref().is_some_and(|token| token.is_good(now, None));
        let client = self.client_of(&mut tokens, base, None).await?;
        let device = self.device.id().await?;
        let minted = match self.mint(base, &client, &self.user_id, device).await {
            Err(CatalogError::SignIn { .. }) if had_client => {
                let client = self.client_of(&mut tokens, base, Some(&client)).await?;
                self.mint(base, &client, &self.user_id, device).await
            }
            result => result,
        };
        let minted = self.token(minted?, DELEGATION_LIFE_S)?;
        let bearer = minted.value.clone();
        tokens.delegation = Some(minted);
        Ok(bearer)
    }

    /// The client's own token, fetched when there is none that is good or the one there is was `refused`.
    pub(super) async fn client(&self, base: &Url, refused: Option<&Secret>) -> Result<Secret, CatalogError> {
        if self.client_id.is_empty() || self.client_secret.is_empty() {
            let hint = "Set services.yourmusic.client_id and client_secret".to_owned();
            return Err(CatalogError::SignIn { service: self.caller.service, hint });
        }
        let mut tokens = self.tokens.lock().await;
        self.client_of(&mut tokens, base, refused).await
    }

    async fn client_of(
        &self,
        tokens: &mut Tokens,
        base: &Url,
        refused: Option<&Secret>,
    ) -> Result<Secret, CatalogError> {
        let now = (self.caller.surroundings.unix_time)();
        if let Some(token) = tokens.client.as_ref().filter(|token| token.is_good(now, refused)) {
            return Ok(token.value.clone());
        }
        let url = self.paths.url(base, &OAUTH_TOKEN, &[])?;
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": self.client_id.reveal(),
            "client_secret": self.client_secret.reveal(),
        });
        let asked = Asked::guessed(&self.paths, &OAUTH_TOKEN);
        let answer = self.caller.json(&asked, || post(&url, &body)).await?;
        let token = self.token(answer, CLIENT_LIFE_S)?;
        let client = token.value.clone();
        tokens.client = Some(token);
        Ok(client)
    }

    /// The answer that holds a token for a user on a device.
    pub(super) async fn mint(
        &self,
        base: &Url,
        client: &Secret,
        user: &str,
        device: &str,
    ) -> Result<Value, CatalogError> {
        let url = self.paths.url(base, &UDT, &[("user_id", user)])?;
        let body = json!({ "deviceId": device });
        let asked = Asked::guessed(&self.paths, &UDT).thing(format!("user {user:?}"));
        self.caller.json(&asked, || post(&url, &body).header("Authorization", bearer_header(client))).await
    }

    /// Forgets the tokens.
    pub(super) async fn clear(&self) {
        *self.tokens.lock().await = Tokens::default();
    }

    fn token(&self, answer: Value, usual_life_s: u64) -> Result<Token, CatalogError> {
        let senseless = || self.caller.senseless("it holds no token");
        let wire: wire::Token =
            tolerant::single(answer, &["data"]).and_then(tolerant::item).ok_or_else(senseless)?;
        let value = wire.delegation.or(wire.client).ok_or_else(senseless)?;
        let life_s = wire.expires_in.map_or(usual_life_s, |life| life.as_secs());
        let now = (self.caller.surroundings.unix_time)();
        Ok(Token { value: Secret::new(value), good_until_unix_s: good_until(now, life_s) })
    }
}

/// Until when a token is used that lives for `life_s` seconds.
pub(super) fn good_until(now: u64, life_s: u64) -> u64 {
    now.saturating_add(life_s).saturating_sub(MARGIN_S.min(life_s / 10))
}
