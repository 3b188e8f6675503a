//! The three steps of a sign-in (RFC 5849 section 2), with answers as forms, not JSON.

use axum::response::Response;
use url::Url;

use crate::sandbox::ask::Ask;
use crate::sandbox::oauth::Signed;
use crate::sandbox::percent::encode;
use crate::sandbox::world::World;
use crate::sandbox::{reply, seal};

use super::lists::{error, invalid};
use super::state::{AccessToken, RequestToken};
use super::{UNAVAILABLE, Visit};

/// Seconds in which a sign-in must be finished.
pub(super) const REQUEST_LIFE_S: u64 = 3600;

/// Seconds that an access token lives: a year.
const ACCESS_LIFE_S: u64 = 365 * 86_400;

/// The callback of programs that cannot receive one.
const OUT_OF_BAND: &str = "oob";

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";

impl Visit<'_> {
    /// Step one: a token to agree to.
    pub(super) fn request_token(&mut self, signed: &Signed) -> Response {
        let callback = signed.callback.clone().unwrap_or_default();
        let is_address = Url::parse(&callback).is_ok_and(|url| url.has_host());
        if !is_address && callback != OUT_OF_BAND {
            return invalid("oauth_callback", "isInvalid");
        }
        let (token, secret) = self.new_token("rq");
        let issued = self.world.now();
        let known = RequestToken { secret: secret.clone(), callback, issued, verifier: None };
        self.state.request_tokens.insert(token.clone(), known);
        form(&[
            ("oauth_token", &token),
            ("oauth_token_secret", &secret),
            ("oauth_callback_confirmed", "true"),
        ])
    }

    /// Step three: the agreed token for one that lasts.
    pub(super) fn access_token(&mut self, signed: &Signed) -> Response {
        let token = signed.token.clone().unwrap_or_default();
        let Some(known) = self.state.request_tokens.get(&token) else {
            return error(401, 1003, "Invalid or expired request token");
        };
        if signed.verifier.as_deref() == Some(UNAVAILABLE) {
            return error(503, 1007, "Could not create an access token");
        }
        if known.verifier.is_none() || known.verifier != signed.verifier {
            return error(401, 1003, "Invalid verifier");
        }
        // Good for one try.
        self.state.request_tokens.remove(&token);
        let expires = self.world.now() + ACCESS_LIFE_S;
        let (token, secret) = self.new_access_token();
        form(&[
            ("oauth_token", &token),
            ("oauth_token_secret", &secret),
            ("oauth_expires", &expires.to_string()),
        ])
    }

    /// A token that signs for the account from now on, and its secret.
    pub(super) fn new_access_token(&mut self) -> (String, String) {
        let (token, secret) = self.new_token("at");
        let known = AccessToken { secret: secret.clone(), expires: self.world.now() + ACCESS_LIFE_S };
        self.state.access_tokens.insert(token.clone(), known);
        (token, secret)
    }

    fn new_token(&mut self, kind: &str) -> (String, String) {
        let number = self.state.next_name();
        let proof = seal::seal(kind, self.world.now() + u64::from(number));
        // What must be encoded in forms and signatures alike.
        (format!("{kind}{number}.{proof}"), format!("{proof}&{kind}+/="))
    }
}

/// Step two, in the listener's browser, who agrees at once. Not signed.
pub(super) fn agree(world: &World, ask: &Ask) -> Response {
    let token = ask.query("oauth_token").unwrap_or_default().to_owned();
    let mut state = world.audiomack.state();
    let now = world.now();
    let known = state.request_tokens.get_mut(&token).filter(|known| now < known.issued + REQUEST_LIFE_S);
    let Some(known) = known else {
        return reply::body(404, PAGE, "<!DOCTYPE html><p>This sign-in has expired. Start again.");
    };
    let verifier = seal::seal(&token, known.issued).chars().take(10).collect::<String>();
    known.verifier = Some(verifier.clone());
    let Ok(mut callback) = Url::parse(&known.callback) else {
        let page = format!("<!DOCTYPE html><p>Type this code into the player: <b id=verifier>{verifier}</b>");
        return reply::body(200, PAGE, page);
    };
    callback.query_pairs_mut().append_pair("oauth_token", &token).append_pair("oauth_verifier", &verifier);
    reply::redirect(302, callback.as_str())
}

fn form(pairs: &[(&str, &str)]) -> Response {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    reply::body(200, FORM, pairs.join("&"))
}
