//! Who asks: the token of a sign-in, else that of the configuration, and where it may go.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::catalog::cache::account_of;
use crate::config::{AudiosocketProfile, AudiosocketSettings};
use crate::model::Secret;

/// The API of a profile until another one is configured.
pub(super) fn usual_base(profile: AudiosocketProfile) -> Option<Url> {
    let base = match profile {
        AudiosocketProfile::Bearer => "https://api.audiosocket.com/v1",
        AudiosocketProfile::V5 => "https://api.audiosocket.com/v5",
        AudiosocketProfile::Consumer => "https://manage.audiosocket.com/api/v1",
    };
    base.parse().ok()
}

/// What every request carries.
pub(super) struct Auth {
    profile: AudiosocketProfile,
    header: String,
    prefix: String,
    /// Of the configuration: a token, or in the consumer profile the web site's own.
    configured: Secret,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    /// The service does not take what is sent.
    is_refused: bool,
}

/// What a sign-in gave.
#[derive(Clone)]
pub(super) struct Session {
    pub token: Secret,
    /// Who it is, in words.
    pub who: String,
    /// What tells accounts apart; empty for a token that was pasted, which does so itself.
    pub account: String,
}

/// A session as the vault keeps it. The token is borrowed: it is not copied to where it is not wiped.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    /// Where the token may go; another base wants another sign-in.
    origin: String,
    profile: String,
    #[serde(borrow)]
    token: Cow<'a, str>,
    who: String,
    /// Earlier versions kept none.
    #[serde(default)]
    account: String,
}

impl Auth {
    pub(super) fn new(settings: &AudiosocketSettings) -> Self {
        let profile = settings.profile;
        let (header, prefix, configured) = match profile {
            AudiosocketProfile::Bearer => ("Authorization", "Bearer ", &settings.token),
            AudiosocketProfile::V5 => ("X-Audiosocket-Token", "", &settings.token),
            AudiosocketProfile::Consumer => ("Authorization", "", &settings.app_token),
        };
        let (header, prefix) = match (settings.auth_header.as_str(), settings.auth_prefix.as_str()) {
            ("", "") => (header, prefix),
            ("", own) => (header, own),
            (own, prefix) => (own, prefix),
        };
        Self {
            profile,
            header: header.to_owned(),
            prefix: prefix.to_owned(),
            configured: configured.clone(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, if somebody is signed in.
    pub(super) fn session(&self) -> Option<Session> {
        self.state().session.clone()
    }

    /// The token of the session, if somebody is signed in.
    pub(super) fn token(&self) -> Option<Secret> {
        self.state().session.as_ref().map(|session| session.token.clone())
    }

    pub(super) fn set_session(&self, session: Option<Session>) {
        *self.state() = State { session, is_refused: false };
    }

    /// What is missing before anything can be asked; `None`: nothing.
    pub(super) fn missing(&self) -> Option<&'static str> {
        match self.profile {
            AudiosocketProfile::Consumer if self.configured.is_empty() => {
                Some("Set services.audiosocket.app_token")
            }
            AudiosocketProfile::Consumer => None,
            AudiosocketProfile::Bearer | AudiosocketProfile::V5 => {
                let has_none = self.configured.is_empty() && self.state().session.is_none();
                has_none.then_some("Set services.audiosocket.token, or sign in with it")
            }
        }
    }

    /// Tells listeners apart: a name for whoever holds the `token` of a session or, without one, that of the
    /// configuration, out of which it cannot be read. Empty where nobody is signed in.
    pub(super) fn account(&self, token: Option<&Secret>) -> String {
        match (token, self.profile) {
            (Some(token), _) => account_of(token),
            (None, AudiosocketProfile::Consumer) => String::new(),
            (None, AudiosocketProfile::Bearer | AudiosocketProfile::V5) => account_of(&self.configured),
        }
    }

    /// What tells the account apart that is signed in, the same after each sign-in.
    pub(super) fn key(&self, session: Option<&Session>) -> String {
        match session {
            Some(session) if !session.account.is_empty() => session.account.clone(),
            session => self.account(session.map(|session| &session.token)),
        }
    }

    /// Whether what is sent was refused the last time.
    pub(super) fn is_refused(&self) -> bool {
        self.state().is_refused
    }

    /// Learns whether the service took what was `sent`: the token of a session, or without one that of the
    /// configuration. What it says about a token that is no longer used counts for nothing. A listener's session
    /// that it does not take is over, and given back; a pasted token stays, since it may be the service's fault.
    pub(super) fn learn(&self, sent: Option<&Secret>, is_refused: bool) -> Option<Session> {
        let mut state = self.state();
        if state.session.as_ref().map(|session| &session.token) != sent {
            return None;
        }
        if is_refused && self.profile == AudiosocketProfile::Consumer && state.session.is_some() {
            return state.session.take();
        }
        state.is_refused = is_refused;
        None
    }

    /// The headers for an address, with the token of a session if there is one: none outside the API, since
    /// media hosts refuse signed requests that carry a token too.
    pub(super) fn headers(&self, base: &Url, url: &Url, token: Option<&Secret>) -> Vec<(String, Secret)> {
        if base.origin() != url.origin() {
            return Vec::new();
        }
        let main =
            |token: &Secret| (self.header.clone(), Secret::new(format!("{}{}", self.prefix, token.reveal())));
        match self.profile {
            AudiosocketProfile::Bearer | AudiosocketProfile::V5 => {
                vec![main(token.unwrap_or(&self.configured))]
            }
            AudiosocketProfile::Consumer => {
                let own = token.map(|token| ("auth-token".to_owned(), token.clone()));
                std::iter::once(main(&self.configured)).chain(own).collect()
            }
        }
    }

    /// A session as the vault keeps it.
    pub(super) fn kept(&self, base: &Url, session: &Session) -> Secret {
        let kept = Kept {
            origin: base.origin().ascii_serialization(),
            profile: format!("{:?}", self.profile),
            token: session.token.reveal().into(),
            who: session.who.clone(),
            account: session.account.clone(),
        };
        Secret::json(&kept)
    }

    /// What the vault kept, if it is for this base and profile.
    pub(super) fn session_of(&self, base: &Url, kept: &Secret) -> Option<Session> {
        let kept: Kept<'_> = serde_json::from_str(kept.reveal()).ok()?;
        let is_ours = kept.origin == base.origin().ascii_serialization()
            && kept.profile == format!("{:?}", self.profile);
        is_ours.then(|| Session { token: Secret::new(kept.token), who: kept.who, account: kept.account })
    }
}
