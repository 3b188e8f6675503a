//! Who is signed in: tokens, how they are kept, and how they are renewed. A refresh token serves once, so
//! that one task of one process renews at a time and writes down what it got before anybody uses it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::catalog::call::{Asked, Kept};
use crate::catalog::origin::Origin;
use crate::catalog::tolerant::{self, count_of, shown};
use crate::catalog::{CatalogError, Surroundings, Vault};
use crate::config::AudiusSettings;
use crate::model::{CleanText, Fault, Secret};
use crate::net::{Body, Limit, Method, Request};

use super::hosts::{Host, is_down};
use super::sign_in::Pending;
use super::{ID, NAME, wire};

/// Renewed this long before its end, in seconds.
const MARGIN_S: u64 = 30;

/// One who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// Unix seconds; `None`: until it is refused.
    pub expires_at: Option<u64>,
    /// As the API writes ids.
    pub user_id: String,
    pub name: CleanText,
}

/// What is in a body that is sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// JSON.
    Json,
    /// JSON of a page that may be one that was read before.
    Page,
    /// Nothing that matters.
    Any,
}

/// The listener at the gateway.
pub(super) struct Account {
    pub gateway: Host,
    /// The API key, which names the program at the sign-in.
    pub client_id: Secret,
    pub app_name: String,
    /// Where tokens go.
    origin: Origin,
    current: Mutex<Option<Session>>,
    /// Whether the vault does not hold it, because it could not be written there.
    is_unwritten: AtomicBool,
    /// One renewal at a time within this process.
    renewing: tokio::sync::Mutex<()>,
    pub pending: Mutex<Option<Pending>>,
}

impl Account {
    pub(super) fn new(gateway: &Host, client_id: &Secret, app_name: &str) -> Self {
        Self {
            gateway: gateway.clone(),
            client_id: client_id.clone(),
            app_name: app_name.to_owned(),
            origin: Origin::new(Some(&gateway.base), AudiusSettings::default().base_url.as_ref()),
            current: Mutex::default(),
            is_unwritten: AtomicBool::default(),
            renewing: tokio::sync::Mutex::default(),
            pending: Mutex::default(),
        }
    }

    pub(super) fn surroundings(&self) -> &Surroundings {
        &self.gateway.caller.surroundings
    }

    fn vault(&self) -> &Arc<dyn Vault> {
        &self.surroundings().vault
    }

    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever is signed in.
    pub(super) fn session(&self) -> Option<Session> {
        self.lock().clone()
    }

    fn set(&self, session: Option<Session>) {
        *self.lock() = session;
    }

    /// Takes up what was kept.
    pub(super) async fn restore(&self) -> Result<(), CatalogError> {
        let kept = self.stored().await?;
        self.set(self.newest(kept));
        Ok(())
    }

    /// What the vault holds. The session of another API is none here; it stays in the vault, for who sets that
    /// address again.
    async fn stored(&self) -> Result<Option<Session>, CatalogError> {
        let kept = self.vault().read(ID).await.map_err(told)?;
        let Some((session, noted)) = kept.as_ref().and_then(read) else { return Ok(None) };
        if self.origin.takes(noted.as_deref()) {
            return Ok(Some(session));
        }
        if !self.is_unwritten.load(Ordering::SeqCst) {
            self.set(None);
        }
        Err(self.gateway.caller.other_sign_in(&self.origin))
    }

    /// Takes a session in place of what was there; why it is not kept, if it is not.
    pub(super) async fn begin(&self, session: Session) -> Option<Fault> {
        let kept = written(&session, &self.origin);
        let here = || {
            self.set(Some(session));
            self.is_unwritten.store(true, Ordering::SeqCst);
        };
        let unkept = self.surroundings().signed_in((ID, NAME), &kept, here).await;
        self.is_unwritten.store(unkept.is_some(), Ordering::SeqCst);
        unkept
    }

    /// Forgets the session here, then at the service, which may fail without harm to who leaves.
    pub(super) async fn end(&self) -> Result<(), CatalogError> {
        let turn = self.vault().exclusive(ID).await.map_err(told)?;
        let session = self.lock().take();
        let erased = self.vault().erase(ID).await.map_err(told);
        drop(turn);
        if let Some(session) = &session {
            self.gateway.caller.forget_pages(&session.user_id).await;
        }
        if let Some(token) = session.map(|session| session.refresh.unwrap_or(session.access)) {
            let body = json!({ "token": token.reveal(), "client_id": self.client_id.reveal() });
            let asked = Asked::known("signing out");
            if let Err(error) = self.post("/oauth/revoke", &asked, &body, Shape::Any).await {
                tracing::warn!(%error, "Audius was not told of the sign-out");
            }
        }
        erased
    }

    /// What a call brings that is made for whoever is signed in. `make` may run twice: a token that is
    /// refused is renewed once.
    pub(super) async fn call(
        self: &Arc<Self>,
        asked: &Asked,
        shape: Shape,
        make: &(dyn Fn(&Session) -> Request + Send + Sync),
    ) -> Result<Kept, CatalogError> {
        let mut session = self.session().ok_or_else(|| self.gateway.caller.sign_in())?;
        let now = (self.surroundings().unix_time)();
        if session.expires_at.is_some_and(|end| end <= now.saturating_add(MARGIN_S)) {
            session = match self.renew(&session).await {
                // A token that cannot be renewed now: what was read before is still the listener's.
                Err(error) if shape == Shape::Page && is_down(&error) => {
                    return self.gateway.caller.kept(&session.user_id, &make(&session)).await.ok_or(error);
                }
                renewed => renewed?,
            };
        }
        match self.send(asked, make(&session), shape, &session.user_id).await {
            Err(CatalogError::SignIn { .. }) => {
                let session = self.renew(&session).await?;
                self.send(asked, make(&session), shape, &session.user_id).await
            }
            answer => answer,
        }
    }

    /// `account` is whose page it is.
    async fn send(
        &self,
        asked: &Asked,
        request: Request,
        shape: Shape,
        account: &str,
    ) -> Result<Kept, CatalogError> {
        let caller = &self.gateway.caller;
        let live = |value| Kept { value, is_stale: false };
        match shape {
            Shape::Page => caller.page(asked, account, || request.clone()).await,
            Shape::Json => caller.json(asked, || request.clone()).await.map(live),
            Shape::Any => {
                let text = caller.text(asked, || request.clone()).await?;
                Ok(live(serde_json::from_str(&text).unwrap_or_default()))
            }
        }
    }

    /// A call without a token, with JSON. Never follows a redirect: the body holds what opens the account.
    pub(super) async fn post(
        &self,
        path: &str,
        asked: &Asked,
        body: &Value,
        shape: Shape,
    ) -> Result<Value, CatalogError> {
        let url = crate::catalog::address::fill(&self.gateway.base, path, &[])
            .ok_or_else(|| self.gateway.caller.senseless("its address is no base"))?;
        let request = Request {
            method: Method::POST,
            body: Body::Json(body.to_string()),
            follows: false,
            ..Request::get(url, Limit::Api).open_header("Accept", "application/json")
        };
        self.send(asked, request, shape, "").await.map(|kept| kept.value)
    }

    /// New tokens in place of those of `old`, unless somebody else got new ones meanwhile. Somebody who stops
    /// waiting does not stop the renewal: its token would be lost.
    async fn renew(self: &Arc<Self>, old: &Session) -> Result<Session, CatalogError> {
        let (account, old) = (Arc::clone(self), old.clone());
        let renewal = tokio::spawn(async move { account.renewed(&old).await });
        renewal.await.map_err(|_| self.gateway.caller.senseless("renewing the sign-in broke off"))?
    }

    async fn renewed(&self, old: &Session) -> Result<Session, CatalogError> {
        let _one_task = self.renewing.lock().await;
        // What is known here alone is renewed here alone.
        let _one_process = match self.vault().exclusive(ID).await {
            Err(fault) if !self.is_unwritten.load(Ordering::SeqCst) => return Err(told(fault)),
            turn => turn.ok(),
        };
        let kept = match self.stored().await {
            Ok(kept) => self.newest(kept),
            Err(error @ CatalogError::SignIn { .. }) if self.session().is_none() => return Err(error),
            // What cannot be read now may be readable later; what is known here is good as well.
            Err(_) => self.session(),
        };
        let Some(kept) = kept else {
            self.set(None);
            return Err(self.gateway.caller.sign_in());
        };
        if kept.access != old.access {
            self.set(Some(kept.clone()));
            return Ok(kept);
        }
        let Some(refresh) = &kept.refresh else { return self.ended().await };
        let body = json!({ "grant_type": "refresh_token", "refresh_token": refresh.reveal(),
            "client_id": self.client_id.reveal() });
        let answer =
            self.post("/oauth/token", &Asked::known("renewing the sign-in"), &body, Shape::Json).await;
        let tokens = match answer {
            Ok(answer) => self.tokens(answer)?,
            Err(CatalogError::Refused { .. } | CatalogError::SignIn { .. }) => return self.ended().await,
            Err(error) => return Err(error),
        };
        let fresh = Session {
            access: tokens.access,
            refresh: tokens.refresh.or(kept.refresh),
            expires_at: tokens.expires_at,
            user_id: kept.user_id,
            name: kept.name,
        };
        let written = self.vault().write(ID, &written(&fresh, &self.origin)).await;
        if let Err(fault) = &written {
            tracing::warn!(%fault, "the new tokens of Audius are kept only until the program ends");
        }
        self.is_unwritten.store(written.is_err(), Ordering::SeqCst);
        self.set(Some(fresh.clone()));
        Ok(fresh)
    }

    /// What the vault holds, unless it holds what was before: that is spent, and no clock is asked.
    fn newest(&self, kept: Option<Session>) -> Option<Session> {
        self.session().filter(|_| self.is_unwritten.load(Ordering::SeqCst)).or(kept)
    }

    /// The service has ended the session.
    async fn ended(&self) -> Result<Session, CatalogError> {
        self.set(None);
        if let Err(fault) = self.vault().erase(ID).await {
            tracing::warn!(%fault, "an Audius sign-in that is over could not be erased");
        }
        Err(self.gateway.caller.sign_in())
    }

    /// The tokens in an answer.
    pub(super) fn tokens(&self, answer: Value) -> Result<Tokens, CatalogError> {
        let wire: Option<wire::Tokens> = tolerant::single(answer, &["data"]).and_then(tolerant::item);
        let wire = wire.unwrap_or_default();
        let access = wire.access_token.ok_or_else(|| self.gateway.caller.senseless("it holds no token"))?;
        let now = (self.surroundings().unix_time)();
        Ok(Tokens {
            access: Secret::new(access),
            refresh: wire.refresh_token.map(Secret::new),
            expires_at: count_of(&wire.expires_in).map(|life_s| now.saturating_add(life_s)),
        })
    }
}

/// What the token page gave.
pub(super) struct Tokens {
    pub access: Secret,
    pub refresh: Option<Secret>,
    pub expires_at: Option<u64>,
}

fn told(fault: Fault) -> CatalogError {
    CatalogError::Vault { service: NAME, fault }
}

fn written(session: &Session, origin: &Origin) -> Secret {
    let text = json!({
        "origin": origin.as_str(),
        "access_token": session.access.reveal(),
        "refresh_token": session.refresh.as_ref().map(Secret::reveal),
        "expires_at": session.expires_at,
        "user_id": session.user_id,
        "name": session.name.as_str(),
    });
    Secret::new(text.to_string())
}

/// With the origin that was noted beside it, if any was.
fn read(kept: &Secret) -> Option<(Session, Option<String>)> {
    let value: Value = serde_json::from_str(kept.reveal()).ok()?;
    let text = |name: &str| tolerant::text_of(&value[name]);
    let user_id = text("user_id")?;
    let session = Session {
        access: Secret::new(text("access_token")?),
        refresh: text("refresh_token").map(Secret::new),
        expires_at: count_of(&value["expires_at"]),
        name: shown(text("name")).unwrap_or_else(|| user_id.as_str().into()),
        user_id,
    };
    Some((session, Origin::noted(&value)))
}
