//! Who is signed in: the token that signs for them, kept in the vault for the year it lives, and what they
//! like as far as the service has told.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::catalog::cache::account_of;
use crate::catalog::call::Asked;
use crate::catalog::origin::Origin;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Fault, Secret};

use super::{Audiomack, ID, NAME, wire};

/// What to do when a sign-in is over or was never made.
const SIGN_IN_HINT: &str = "Sign in on the accounts page or with: segue login audiomack";

/// Who a token of the settings belongs to, until the service says.
const OF_THE_SETTINGS: &str = "the token in your settings";

/// A listener at the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub token: Secret,
    pub secret: Secret,
    /// Unix seconds; `None` for a token of the settings.
    pub expires: Option<u64>,
    /// The name for the screen.
    pub who: String,
    /// The name in addresses; empty until the service says.
    pub slug: String,
}

/// What a sign-in keeps. What is secret is borrowed: nothing of it is copied to where it is not wiped.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    /// Where it is good. Earlier versions kept none.
    #[serde(default)]
    origin: Option<String>,
    #[serde(borrow)]
    token: Cow<'a, str>,
    #[serde(borrow)]
    secret: Cow<'a, str>,
    expires: u64,
    #[serde(default)]
    who: String,
    #[serde(default)]
    slug: String,
}

/// What the listener likes and whom they follow, by id.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub music: HashSet<String>,
    pub playlists: HashSet<String>,
    /// Numbers, not names in addresses.
    pub artists: HashSet<String>,
    /// Whether the service was asked.
    is_told: bool,
}

impl Session {
    /// That of the settings, if there is one.
    pub(super) fn of_settings(token: &Secret, secret: &Secret) -> Option<Self> {
        (!token.is_empty() && !secret.is_empty()).then(|| Self {
            token: token.clone(),
            secret: secret.clone(),
            expires: None,
            who: OF_THE_SETTINGS.to_owned(),
            slug: String::new(),
        })
    }

    /// What tells this account apart: its name in addresses, once the service has said it; a token of the settings
    /// stays what it is, and nothing is known of whose it is without a network.
    pub(super) fn key(&self) -> Option<String> {
        match self.expires {
            None => Some(account_of(&self.token)),
            Some(_) => Some(self.slug.clone()).filter(|slug| !slug.is_empty()),
        }
    }

    fn kept(&self, expires: u64, origin: &Origin) -> Secret {
        let kept = Kept {
            origin: Some(origin.as_str().to_owned()),
            token: self.token.reveal().into(),
            secret: self.secret.reveal().into(),
            expires,
            who: self.who.clone(),
            slug: self.slug.clone(),
        };
        Secret::json(&kept)
    }

    /// With the origin that was noted beside it, if any was.
    fn read(kept: &Secret) -> Option<(Self, Option<String>)> {
        let kept: Kept<'_> = serde_json::from_str(kept.reveal()).ok()?;
        let session = Self {
            token: Secret::new(kept.token),
            secret: Secret::new(kept.secret),
            expires: Some(kept.expires),
            who: kept.who,
            slug: kept.slug,
        };
        Some((session, kept.origin))
    }
}

impl Audiomack {
    fn slot(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the listener likes.
    pub(super) fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is signed in, unless the year is over.
    pub(super) fn session(&self) -> Option<Session> {
        let now = (self.caller.surroundings.unix_time)();
        self.slot().clone().filter(|session| session.expires.is_none_or(|expires| now < expires))
    }

    /// Who is signed in, or the error that somebody must be.
    pub(super) fn listener(&self) -> Result<Session, CatalogError> {
        self.setup.base()?;
        self.session().ok_or_else(sign_in_first)
    }

    /// As [`Audiomack::listener`], with the name in addresses, for which the service may have to be asked.
    pub(super) async fn own_slug(&self) -> Result<String, CatalogError> {
        let session = self.listener()?;
        if !session.slug.is_empty() {
            return Ok(session.slug);
        }
        let session = self.introduce(session).await?;
        Some(session.slug)
            .filter(|slug| !slug.is_empty())
            .ok_or_else(|| self.caller.senseless("it does not say who you are"))
    }

    /// Has the service say once a run who is signed in and what they like. Nothing depends on it.
    pub(super) async fn acquaint(&self) {
        if let Some(session) = self.session()
            // Also when it fails: it is asked once.
            && !std::mem::replace(&mut self.marks().is_told, true)
            && let Err(error) = self.introduce(session).await
        {
            tracing::debug!(%error, "what the listener likes is not known");
        }
    }

    /// Asks who is signed in and what they like, and keeps it.
    pub(super) async fn introduce(&self, session: Session) -> Result<Session, CatalogError> {
        let fields = "name,url_slug,favorite_music,favorite_playlists,following";
        let url = self.url("/user", &[], &[("fields", fields)])?;
        let answer = self.read(&Asked::known("asking who you are"), &url).await?;
        let user: wire::User =
            tolerant::single(answer, &["results"]).and_then(tolerant::item).unwrap_or_default();
        let session = Session {
            who: user.name.unwrap_or(session.who),
            slug: user.url_slug.unwrap_or(session.slug),
            ..session
        };
        {
            let mut slot = self.slot();
            // Who has left meanwhile is not taken back.
            if slot.as_ref().is_none_or(|current| current.token != session.token) {
                return Err(sign_in_first());
            }
            *slot = Some(session.clone());
        }
        *self.marks() = Marks {
            music: user.favorite_music.into_iter().collect(),
            playlists: user.favorite_playlists.into_iter().collect(),
            artists: user.following.into_iter().collect(),
            is_told: true,
        };
        self.note_name(&session).await;
        Ok(session)
    }

    /// Adds the name to what is kept. Without it the service is asked again at the next start.
    async fn note_name(&self, session: &Session) {
        let Some(expires) = session.expires else { return };
        let vault = &self.caller.surroundings.vault;
        let _turn = vault.exclusive(ID).await;
        if self.is_current(session)
            && let Err(fault) = vault.write(ID, &session.kept(expires, &self.origin)).await
        {
            tracing::warn!(%fault, "who is signed in to Audiomack is not kept");
        }
    }

    fn is_current(&self, session: &Session) -> bool {
        self.slot().as_ref().is_some_and(|current| current.token == session.token)
    }

    /// Takes up who has signed in; why it is not kept, if it is not.
    pub(super) async fn keep(&self, session: Session, expires: u64) -> Option<Fault> {
        let kept = session.kept(expires, &self.origin);
        let here = || *self.slot() = Some(session);
        self.caller.surroundings.signed_in((ID, NAME), &kept, here).await
    }

    /// Takes up an earlier sign-in. One whose year is over is dropped.
    pub(super) async fn take_up(&self) -> Result<(), CatalogError> {
        let kept = self.caller.surroundings.vault.read(ID).await.map_err(not_kept)?;
        let Some((session, noted)) = kept.as_ref().and_then(Session::read) else { return Ok(()) };
        if !self.origin.takes(noted.as_deref()) {
            // It stays in the vault, for who sets that address again.
            return Err(CatalogError::SignIn { service: NAME, hint: self.origin.refusal(SIGN_IN_HINT) });
        }
        let now = (self.caller.surroundings.unix_time)();
        if session.expires.is_some_and(|expires| now >= expires) {
            return self.caller.surroundings.vault.erase(ID).await.map_err(not_kept);
        }
        *self.slot() = Some(session);
        Ok(())
    }

    /// Forgets who is signed in; the service has no call for it.
    pub(super) async fn forget(&self) -> Result<(), CatalogError> {
        let session = self.slot().take();
        *self.marks() = Marks::default();
        if let Some(session) = session {
            self.caller.forget_pages(&account_of(&session.token)).await;
        }
        // Whoever writes now sees that nobody is signed in, or has done so before this.
        let _turn = self.caller.surroundings.vault.exclusive(ID).await;
        self.caller.surroundings.vault.erase(ID).await.map_err(not_kept)
    }

    /// What a refusal of credentials means when it was this token that signed. A token that is dead is
    /// forgotten, so that what needs nobody to sign in works on.
    pub(super) async fn explain(&self, error: CatalogError, session: Option<&Session>) -> CatalogError {
        let (CatalogError::SignIn { .. }, Some(session)) = (&error, session) else { return error };
        if !self.answers_the_program().await {
            return error;
        }
        if self.is_current(session)
            && let Err(error) = self.forget().await
        {
            tracing::warn!(%error, "a sign-in that is over could not be erased");
        }
        CatalogError::SignIn { service: NAME, hint: format!("Your sign-in has ended. {SIGN_IN_HINT}") }
    }
}

/// The error that nobody is signed in.
pub(super) fn sign_in_first() -> CatalogError {
    CatalogError::SignIn { service: NAME, hint: SIGN_IN_HINT.to_owned() }
}

fn not_kept(fault: Fault) -> CatalogError {
    CatalogError::Vault { service: NAME, fault }
}
