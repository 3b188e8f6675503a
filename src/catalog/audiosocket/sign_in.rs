//! Signing in: a pasted token that is tried once, or e-mail address and password for a session.

use serde_json::{Value, json};

use crate::catalog::CatalogError;
use crate::catalog::cache::account_of;
use crate::catalog::call::{Asked, error_words};
use crate::catalog::tolerant::text_of;
use crate::config::AudiosocketProfile;
use crate::model::{Fault, Field, Form, Secret, SignInAnswer, SignInStep};
use crate::net::{Body, Limit, Method, Request};

use super::auth::Session;
use super::operations::{PING, SESSION};
use super::{Audiosocket, ID, NAME};

impl Audiosocket {
    /// How one signs in, in words.
    pub(super) fn way(&self) -> &'static str {
        match self.profile {
            AudiosocketProfile::Bearer | AudiosocketProfile::V5 => "with the token that Audiosocket gave you",
            AudiosocketProfile::Consumer => "with e-mail address and password",
        }
    }

    pub(super) async fn step(&self, answer: SignInAnswer) -> Result<SignInStep, CatalogError> {
        let session = match self.profile {
            AudiosocketProfile::Bearer | AudiosocketProfile::V5 => match answer.value("token") {
                Some(token) => self.try_token(token).await?,
                None => return Ok(self.form()),
            },
            AudiosocketProfile::Consumer => match (answer.value("email"), answer.value("password")) {
                (Some(email), Some(password)) => self.begin_session(email, password).await?,
                _ => return Ok(self.form()),
            },
        };
        let kept = self.auth.kept(self.setup.base()?, &session);
        let who = session.who.as_str().into();
        let here = || self.auth.set_session(Some(session));
        let unkept = self.caller.surroundings.signed_in((ID, NAME), &kept, here).await;
        Ok(SignInStep::Done { who, unkept })
    }

    fn form(&self) -> SignInStep {
        let (words, fields) = match self.profile {
            AudiosocketProfile::Bearer | AudiosocketProfile::V5 => {
                ("Paste the token that Audiosocket gave you", vec![Field::new("token", "Token", "").hidden()])
            }
            AudiosocketProfile::Consumer => (
                "Sign in at Audiosocket",
                vec![
                    Field::new("email", "E-mail address", "ada@example.net"),
                    Field::new("password", "Password", "").hidden(),
                ],
            ),
        };
        SignInStep::Form(Form { words: words.into(), fields })
    }

    /// Sees whether the token is taken. Where nobody answers a ping, whatever is asked first will tell.
    async fn try_token(&self, pasted: &str) -> Result<Session, CatalogError> {
        let token = match pasted.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => pasted,
        };
        let session =
            Session { token: Secret::new(token), who: "your token".to_owned(), account: String::new() };
        let base = self.setup.base()?;
        let operation = self.operation(&PING)?;
        let url = self.paths.url(base, &operation, &[])?;
        let make = || {
            let headers = self.auth.headers(base, &url, Some(&session.token));
            Request { headers, ..Request::get(url.clone(), Limit::Api) }
                .open_header("Accept", "application/json")
        };
        match self.caller.text(&Asked::guessed(&self.paths, &operation), make).await {
            Ok(_) | Err(CatalogError::UnknownPath { .. } | CatalogError::WrongMethod { .. }) => Ok(session),
            Err(CatalogError::SignIn { .. }) => Err(refused("it does not take this token")),
            Err(error) => Err(error),
        }
    }

    async fn begin_session(&self, email: &str, password: &str) -> Result<Session, CatalogError> {
        let base = self.base()?;
        let operation = self.operation(&SESSION)?;
        let url = self.paths.url(base, &operation, &[])?;
        let body = json!({ "email": email, "password": password }).to_string();
        let make = || Request {
            method: Method::POST,
            headers: self.auth.headers(base, &url, None),
            body: Body::Json(body.clone()),
            ..Request::get(url.clone(), Limit::Api)
        };
        let outcome = self.caller.outcome(&Asked::guessed(&self.paths, &operation), make).await?;
        if let Err(error) = outcome.meaning {
            return Err(match outcome.status {
                401 | 403 | 422 => {
                    let words = error_words(&outcome.body).unwrap_or_default().to_ascii_lowercase();
                    let is_app = words.contains("token") && !words.contains("password");
                    refused(if is_app {
                        "it does not take services.audiosocket.app_token"
                    } else {
                        "it knows no such e-mail address and password"
                    })
                }
                _ => error,
            });
        }
        let found = |name: &str| {
            let holder = outcome.body.get("data").filter(|data| data.is_object()).unwrap_or(&outcome.body);
            holder.get(name).and_then(text_of)
        };
        let token = found("auth_token").ok_or_else(|| self.caller.senseless("it holds no auth_token"))?;
        let names: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(found).collect();
        let who = if names.is_empty() {
            found("email").unwrap_or_else(|| email.to_owned())
        } else {
            names.join(" ")
        };
        let account = account_of(&Secret::new(email.trim().to_lowercase()));
        Ok(Session { token: Secret::new(token), who, account })
    }

    pub(super) async fn take_up(&self) -> Result<(), CatalogError> {
        let Ok(base) = self.setup.base() else { return Ok(()) };
        let kept = self.caller.surroundings.vault.read(ID).await.map_err(not_kept)?;
        if let Some(session) = kept.and_then(|kept| self.auth.session_of(base, &kept)) {
            self.auth.set_session(Some(session));
        }
        Ok(())
    }

    /// The service has no way to end a token.
    pub(super) async fn forget(&self) -> Result<(), CatalogError> {
        let account = self.auth.account(self.auth.token().as_ref());
        if self.auth.session().is_some() {
            self.auth.set_session(None);
            self.caller.forget_pages(&account).await;
        }
        self.caller.surroundings.vault.erase(ID).await.map_err(not_kept)
    }

    /// The service has ended a session: what is kept of it goes, unless somebody has signed in meanwhile.
    pub(super) async fn ended(&self, session: &Session) {
        self.caller.forget_pages(&account_of(&session.token)).await;
        let vault = &self.caller.surroundings.vault;
        let _turn = vault.exclusive(ID).await;
        let kept = vault.read(ID).await.ok().flatten();
        let base = self.setup.base().ok();
        let kept = base.zip(kept).and_then(|(base, kept)| self.auth.session_of(base, &kept));
        if kept.is_some_and(|kept| kept.token == session.token)
            && let Err(fault) = vault.erase(ID).await
        {
            tracing::warn!(%fault, "the ended sign-in at Audiosocket is still kept");
        }
    }
}

fn not_kept(fault: Fault) -> CatalogError {
    CatalogError::Vault { service: NAME, fault }
}

fn refused(reason: &str) -> CatalogError {
    CatalogError::Refused { service: NAME, reason: reason.to_owned() }
}

/// The same answer without what is secret in it.
pub(super) fn without_secrets(value: Value) -> Value {
    let is_secret = |name: &String| {
        let name = name.to_ascii_lowercase();
        ["token", "password", "secret", "jwt", "card"].iter().any(|word| name.contains(word))
    };
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, _)| !is_secret(name))
            .map(|(name, value)| (name, without_secrets(value)))
            .collect(),
        Value::Array(rows) => rows.into_iter().map(without_secrets).collect(),
        other => other,
    }
}
