//! "Log in with Audius": OAuth 2.0 with PKCE (RFC 7636) over the listener's browser. The browser comes back
//! to this machine; where it cannot, the address it ends at can be pasted.

use std::sync::PoisonError;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::{fill, short_words};
use crate::catalog::call::{Asked, bearer_header};
use crate::catalog::tolerant::{self, shown};
use crate::model::{Field, Form, Secret, SignInAnswer, SignInStep};
use crate::net::{Limit, Request};

use super::session::{Account, Session, Shape, Tokens};
use super::{NAME, wire};

/// Where the browser is sent when nobody listens: the address it then shows can be pasted.
const NOBODY: &str = "http://localhost:8976/callback";

/// A sign-in that was begun.
pub(super) struct Pending {
    verifier: Secret,
    state: Secret,
    redirect_uri: String,
}

/// `BASE64URL(SHA256(verifier))` (RFC 7636 section 4.2).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

fn refused(reason: &str) -> CatalogError {
    CatalogError::Refused { service: NAME, reason: short_words(reason) }
}

impl Account {
    /// The next step.
    pub(super) async fn sign_in(&self, answer: SignInAnswer) -> Result<SignInStep, CatalogError> {
        match &answer {
            SignInAnswer::Begin { callback } => self.ask_browser(callback.as_ref()),
            SignInAnswer::Callback(_) => self.came_back(&answer).await,
            SignInAnswer::Form(_) => {
                let pasted = answer.value("address").and_then(|text| Url::parse(text).ok());
                let pasted =
                    pasted.ok_or_else(|| refused("paste the whole address that the browser shows"))?;
                let pairs = url::form_urlencoded::parse(pasted.query().unwrap_or_default().as_bytes());
                let pairs = pairs.map(|(name, value)| (name.into_owned(), Secret::new(value))).collect();
                self.came_back(&SignInAnswer::Callback(pairs)).await
            }
        }
    }

    fn ask_browser(&self, callback: Option<&Url>) -> Result<SignInStep, CatalogError> {
        if self.client_id.is_empty() {
            let hint = "Set services.audius.api_key to the key of a developer app, from Audius' settings";
            return Err(CatalogError::SignIn { service: NAME, hint: hint.to_owned() });
        }
        let redirect_uri = callback.map_or(NOBODY, Url::as_str).to_owned();
        let surroundings = self.surroundings();
        let verifier = surroundings.token() + &surroundings.token();
        let state = surroundings.token();
        let mut address = fill(&self.gateway.base, "/oauth/authorize", &[])
            .ok_or_else(|| self.gateway.caller.senseless("its address is no base"))?;
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "write")
            .append_pair("api_key", self.client_id.reveal())
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("state", &state)
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256")
            // A listener on this machine never sees a fragment.
            .append_pair("response_mode", "query")
            .append_pair("app_name", &self.app_name);
        let pending = Pending { verifier: Secret::new(verifier), state: Secret::new(state), redirect_uri };
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
        let field = Field::new("address", "Address", "http://localhost:8976/callback?code=...&state=...");
        let words = "If the browser cannot come back here, paste the address that it shows at the end";
        let form = Form { words: words.into(), fields: vec![field.hidden()] };
        Ok(SignInStep::Visit { address, code: Some(form) })
    }

    async fn came_back(&self, answer: &SignInAnswer) -> Result<SignInStep, CatalogError> {
        let pending = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            let state = answer.value("state").unwrap_or_default();
            let fits = pending.as_ref().is_some_and(|pending| pending.state.is(state));
            // What does not fit comes from somebody else; who began may still come back.
            if fits { pending.take() } else { None }
        };
        let pending =
            pending.ok_or_else(|| refused("this is no answer to the sign-in that was begun here"))?;
        if let Some(error) = answer.value("error_description").or_else(|| answer.value("error")) {
            return Err(refused(error));
        }
        let code = answer.value("code").ok_or_else(|| refused("the browser came back without a code"))?;
        let body = json!({ "grant_type": "authorization_code", "code": code,
            "code_verifier": pending.verifier.reveal(), "client_id": self.client_id.reveal(),
            "redirect_uri": pending.redirect_uri });
        let asked = Asked::known("signing in");
        let answer = self.post("/oauth/token", &asked, &body, Shape::Json).await?;
        let session = self.who(self.tokens(answer)?).await?;
        let who = session.name.clone();
        let unkept = self.begin(session).await;
        Ok(SignInStep::Done { who, unkept })
    }

    /// Whose tokens they are. The id may come as a number there, and is wanted as everywhere else.
    async fn who(&self, tokens: Tokens) -> Result<Session, CatalogError> {
        let caller = &self.gateway.caller;
        let bearer = bearer_header(&tokens.access);
        let me: wire::Me = self.thing("/me", "", Some(bearer)).await?;
        let id = me.id.or(me.user_id).ok_or_else(|| caller.senseless("it does not say who signed in"))?;
        let user: wire::Me = self.thing("/users/{id}", &id, None).await.unwrap_or_default();
        let user_id = user.id.unwrap_or(id);
        let name = shown(me.name).or_else(|| shown(me.handle)).or_else(|| shown(user.name));
        Ok(Session {
            access: tokens.access,
            refresh: tokens.refresh,
            expires_at: tokens.expires_at,
            name: name.unwrap_or_else(|| user_id.as_str().into()),
            user_id,
        })
    }

    async fn thing(&self, path: &str, id: &str, bearer: Option<Secret>) -> Result<wire::Me, CatalogError> {
        let caller = &self.gateway.caller;
        let mut url = fill(&self.gateway.base, path, &[("id", id)])
            .ok_or_else(|| caller.senseless("its address is no base"))?;
        url.query_pairs_mut().append_pair("app_name", &self.app_name);
        let mut request = Request::get(url, Limit::Api).open_header("Accept", "application/json");
        request.headers.extend(bearer.map(|bearer| ("Authorization".to_owned(), bearer)));
        let answer = caller.json(&Asked::known("reading who signed in"), || request.clone()).await?;
        Ok(tolerant::single(answer, &["data"]).and_then(tolerant::item).unwrap_or_default())
    }
}
