//! A listener's session: an access token, and a refresh token that is good for one use. A renewed pair is in the
//! vault before it is first used, and only one task of one process renews at a time. Shows nothing of it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::catalog::address::Paths;
use crate::catalog::call::{Asked, Caller};
use crate::catalog::origin::Origin;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{CleanText, Fault, Secret};
use crate::net::NetError;

use super::delegation::good_until;
use super::operations::{LOGOUT, REFRESH};
use super::{ID, NAME, not_kept, post, wire};

/// Life of a token that does not say.
const ACCESS_LIFE_S: u64 = 3600;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub id: String,
    /// First and last name, or the address of the e-mail.
    pub name: CleanText,
}

impl Who {
    /// What tells accounts apart.
    pub(super) fn key(&self) -> String {
        if self.id.is_empty() { self.name.to_string() } else { self.id.clone() }
    }
}

/// A session.
#[derive(Clone)]
struct Pair {
    access: Secret,
    /// Renewed from then on.
    access_until_unix_s: u64,
    refresh: Secret,
    who: Who,
}

/// A session as the vault keeps it; borrowed, so that nothing of it is copied to where it is not wiped.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    /// Where it is good. Earlier versions kept none.
    #[serde(default, borrow)]
    origin: Option<Cow<'a, str>>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    access_until: u64,
    #[serde(borrow)]
    refresh_token: Cow<'a, str>,
    #[serde(borrow)]
    user_id: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Default)]
struct Kept {
    /// Whether the vault was looked into.
    is_restored: bool,
    pair: Option<Pair>,
    /// Whether the vault does not hold the pair, because it could not be written there.
    is_unwritten: bool,
}

/// The session, if there is one. Clones share it.
#[derive(Clone)]
pub(super) struct Session(Arc<Inner>);

struct Inner {
    caller: Caller,
    paths: Paths,
    /// Where tokens go.
    origin: Origin,
    kept: Mutex<Kept>,
    /// One renewal at a time within this process.
    renewing: tokio::sync::Mutex<()>,
}

impl Session {
    pub(super) fn new(caller: Caller, paths: Paths, origin: Origin) -> Self {
        Self(Arc::new(Inner {
            caller,
            paths,
            origin,
            kept: Mutex::default(),
            renewing: tokio::sync::Mutex::default(),
        }))
    }

    /// Who is signed in, as far as is known without a look into the vault.
    pub(super) fn who(&self) -> Option<Who> {
        self.0.kept().pair.as_ref().map(|pair| pair.who.clone())
    }

    /// Takes up what the vault holds, also what another run of the program put there.
    pub(super) async fn restore(&self) -> Result<(), CatalogError> {
        let stored = self.0.stored().await?;
        let mut kept = self.0.kept();
        let pair = kept.newest(stored);
        kept.is_restored = true;
        kept.pair = pair;
        Ok(())
    }

    /// The access token, renewed when it is about to end or is the one that was `refused`. Somebody who
    /// stops waiting does not stop the renewal.
    pub(super) async fn bearer(&self, base: &Url, refused: Option<&Secret>) -> Result<Secret, CatalogError> {
        if !self.0.kept().is_restored {
            self.restore().await?;
        }
        if let Some(access) = self.0.usable(refused)? {
            return Ok(access);
        }
        let (inner, base, refused) = (Arc::clone(&self.0), base.clone(), refused.cloned());
        let renewal = tokio::spawn(async move { inner.renew(&base, refused.as_ref()).await });
        renewal.await.map_err(|_| self.0.caller.senseless("renewing the sign-in broke off"))?
    }

    /// Takes a new session, if the answer holds one, and says whose it is and why it is not kept, if it is not.
    pub(super) async fn begin(&self, answer: &Value) -> Option<(Who, Option<Fault>)> {
        let pair = self.0.pair(answer, None)?;
        let (who, written) = (pair.who.clone(), pair.written(&self.0.origin));
        let here = || *self.0.kept() = Kept { is_restored: true, pair: Some(pair), is_unwritten: true };
        let unkept = self.0.caller.surroundings.signed_in((ID, NAME), &written, here).await;
        self.0.kept().is_unwritten = unkept.is_some();
        Some((who, unkept))
    }

    /// Forgets the session here, then tells the service, which nobody waits for to succeed.
    pub(super) async fn end(&self, base: &Url) -> Result<(), CatalogError> {
        let vault = &self.0.caller.surroundings.vault;
        let (refresh, erased) = {
            let _turn = vault.exclusive(ID).await.map_err(not_kept)?;
            let stored = self.0.stored().await.ok().flatten();
            let known =
                std::mem::replace(&mut *self.0.kept(), Kept { is_restored: true, ..Kept::default() }).pair;
            (stored.or(known).map(|pair| pair.refresh), vault.erase(ID).await.map_err(not_kept))
        };
        if let Some(refresh) = refresh {
            let url = self.0.paths.url(base, &LOGOUT, &[])?;
            let body = json!({ "refresh_token": refresh.reveal() });
            let asked = Asked::guessed(&self.0.paths, &LOGOUT);
            let told = self.0.caller.outcome(&asked, || post(&url, &body)).await;
            if let Err(error) = told.and_then(|outcome| outcome.meaning) {
                tracing::debug!(%error, "the service was not told of the sign-out");
            }
        }
        erased
    }
}

impl Inner {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        (self.caller.surroundings.unix_time)()
    }

    /// The access token that may be used; an error when nobody is signed in.
    fn usable(&self, refused: Option<&Secret>) -> Result<Option<Secret>, CatalogError> {
        let kept = self.kept();
        let pair = kept.pair.as_ref().ok_or_else(|| self.caller.sign_in())?;
        Ok(pair.is_good(self.now(), refused).then(|| pair.access.clone()))
    }

    /// What the vault holds. The session of another API is none here; it stays in the vault, for who sets that
    /// address again.
    async fn stored(&self) -> Result<Option<Pair>, CatalogError> {
        let text = self.caller.surroundings.vault.read(ID).await.map_err(not_kept)?;
        let Some((pair, noted)) = text.and_then(|text| Pair::read(text.reveal())) else { return Ok(None) };
        if self.origin.takes(noted.as_deref()) {
            return Ok(Some(pair));
        }
        let mut kept = self.kept();
        if !kept.is_unwritten {
            kept.pair = None;
        }
        Err(self.caller.other_sign_in(&self.origin))
    }

    async fn renew(&self, base: &Url, refused: Option<&Secret>) -> Result<Secret, CatalogError> {
        let _one_task = self.renewing.lock().await;
        if let Some(access) = self.usable(refused)? {
            return Ok(access);
        }
        // What is known here alone is renewed here alone.
        let is_unwritten = self.kept().is_unwritten;
        let _one_process = match self.caller.surroundings.vault.exclusive(ID).await {
            Err(fault) if !is_unwritten => return Err(not_kept(fault)),
            turn => turn.ok(),
        };
        let stored = if is_unwritten { None } else { self.stored().await? };
        let newest = self.kept().newest(stored);
        let Some(newest) = newest else {
            // Another process has signed out.
            self.kept().pair = None;
            return Err(self.caller.sign_in());
        };
        if newest.is_good(self.now(), refused) {
            let access = newest.access.clone();
            self.kept().pair = Some(newest);
            return Ok(access);
        }
        let next = self.refreshed(base, &newest).await?;
        let access = next.access.clone();
        self.take(next).await;
        Ok(access)
    }

    /// The pair after this one. A service that does not take the refresh token ends the session.
    async fn refreshed(&self, base: &Url, pair: &Pair) -> Result<Pair, CatalogError> {
        let url = self.paths.url(base, &REFRESH, &[])?;
        let body = json!({ "refresh_token": pair.refresh.reveal() });
        let asked = Asked::guessed(&self.paths, &REFRESH);
        let make = || post(&url, &body);
        let outcome = match self.caller.outcome(&asked, make).await {
            // The token may be spent or not: that is found out by asking again, once.
            Err(CatalogError::Net { source: NetError::Timeout { .. } | NetError::Broken { .. }, .. }) => {
                self.caller.outcome(&asked, make).await?
            }
            outcome => outcome?,
        };
        match outcome.meaning {
            Ok(()) => self
                .pair(&outcome.body, Some(&pair.who))
                .ok_or_else(|| self.caller.senseless("it holds no session")),
            Err(error @ CatalogError::Elsewhere { .. }) => Err(error),
            Err(_) if matches!(outcome.status, 400 | 401 | 422) => {
                *self.kept() = Kept { is_restored: true, ..Kept::default() };
                if let Err(fault) = self.caller.surroundings.vault.erase(ID).await {
                    tracing::warn!(%fault, "the ended sign-in at YourMusic is still kept");
                }
                Err(self.caller.sign_in())
            }
            Err(error) => Err(error),
        }
    }

    /// Writes a renewed pair down, then uses it. Nobody can stop it in between: it runs by itself.
    async fn take(&self, pair: Pair) {
        let written = self.caller.surroundings.vault.write(ID, &pair.written(&self.origin)).await;
        if let Err(fault) = &written {
            // The pair before it is spent, so that it is used all the same until the program ends.
            tracing::warn!(%fault, "the sign-in at YourMusic is not kept");
        }
        *self.kept() = Kept { is_restored: true, pair: Some(pair), is_unwritten: written.is_err() };
    }

    /// The session in an answer, if there is one.
    fn pair(&self, answer: &Value, known: Option<&Who>) -> Option<Pair> {
        let wire: wire::Session = tolerant::single(answer.clone(), &["data"]).and_then(tolerant::item)?;
        let now = self.now();
        let life = |life: Option<std::time::Duration>, usual| life.map_or(usual, |life| life.as_secs());
        let who = wire.user.map(wire::User::who).or_else(|| known.cloned());
        Some(Pair {
            access: Secret::new(wire.access_token?),
            access_until_unix_s: good_until(now, life(wire.expires_in, ACCESS_LIFE_S)),
            refresh: Secret::new(wire.refresh_token?),
            who: who.unwrap_or_else(|| Who { id: String::new(), name: "a listener".into() }),
        })
    }
}

impl Kept {
    /// What the vault holds, unless it holds what was before. No clock is asked which of two is newer: a spent
    /// refresh token must not be sent because somebody set the time.
    fn newest(&self, stored: Option<Pair>) -> Option<Pair> {
        if self.is_unwritten { self.pair.clone() } else { stored }
    }
}

impl Pair {
    fn is_good(&self, now: u64, refused: Option<&Secret>) -> bool {
        self.access_until_unix_s > now && refused != Some(&self.access)
    }

    fn written(&self, origin: &Origin) -> Secret {
        Secret::json(&Written {
            origin: Some(origin.as_str().into()),
            access_token: self.access.reveal().into(),
            access_until: self.access_until_unix_s,
            refresh_token: self.refresh.reveal().into(),
            user_id: self.who.id.as_str().into(),
            name: self.who.name.as_str().into(),
        })
    }

    /// With the origin that was noted beside it, if any was.
    fn read(text: &str) -> Option<(Self, Option<String>)> {
        let kept: Written<'_> = serde_json::from_str(text).ok()?;
        let pair = Self {
            access: Secret::new(kept.access_token),
            access_until_unix_s: kept.access_until,
            refresh: Secret::new(kept.refresh_token),
            who: Who { id: kept.user_id.into_owned(), name: CleanText::new(kept.name) },
        };
        Some((pair, kept.origin.map(Cow::into_owned)))
    }
}
