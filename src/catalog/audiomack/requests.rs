//! Requests to the API: their addresses, their signatures, and pages of lists.

use serde_json::Value;
use url::Url;

use crate::catalog::address::fill;
use crate::catalog::cache::account_of;
use crate::catalog::call::{Asked, Kept, Verdict, error_words};
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Item, Page, Secret};
use crate::net::{Body, Limit, Method, Request};

use super::convert::View;
use super::form::Parts;
use super::session::Session;
use super::{Audiomack, NAME, PAGE_ROWS, oauth1, wire};

/// Names and values, not encoded.
pub(super) type Params<'a> = &'a [(&'a str, &'a str)];

/// What is sent along. Only forms of one part are signed (RFC 5849 section 3.4.1.3.1).
#[derive(Clone, Copy)]
pub(super) enum Sent<'a> {
    Nothing,
    Form(Params<'a>),
    Json(&'a Value),
    Parts(&'a Parts),
}

/// Who signs, besides the program.
#[derive(Clone, Copy, Default)]
pub(super) struct By<'a> {
    /// A token and its secret.
    pub token: Option<(&'a Secret, &'a Secret)>,
    /// A further protocol parameter of a sign-in: `oauth_callback` or `oauth_verifier`.
    pub step: Option<(&'static str, &'a str)>,
}

impl<'a> By<'a> {
    /// The listener, if one is signed in.
    pub(super) fn session(session: Option<&'a Session>) -> Self {
        Self { token: session.map(|session| (&session.token, &session.secret)), step: None }
    }
}

impl Audiomack {
    /// The address of a call.
    pub(super) fn url(&self, path: &str, values: Params<'_>, query: Params<'_>) -> Result<Url, CatalogError> {
        let mut url = fill(self.setup.base()?, path, values)
            .ok_or_else(|| self.caller.senseless("its address is no base"))?;
        if !query.is_empty() {
            // Percent-encoded as it is signed, so that a space is %20 on both sides.
            url.set_query(Some(&oauth1::join_params(&owned(query))));
        }
        Ok(url)
    }

    /// A request with a new nonce, time stamp and signature.
    pub(super) fn signed(&self, method: Method, url: &Url, sent: Sent<'_>, by: By<'_>) -> Request {
        let settings = &self.settings;
        let surroundings = &self.caller.surroundings;
        let mut oauth = owned(&[
            ("oauth_consumer_key", settings.consumer_key.reveal()),
            ("oauth_nonce", &surroundings.token()),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &self.clock.time((surroundings.unix_time)()).to_string()),
            ("oauth_version", "1.0"),
        ]);
        oauth.extend(by.token.map(|(token, _)| ("oauth_token".to_owned(), token.reveal().to_owned())));
        oauth.extend(by.step.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let form = match sent {
            Sent::Form(form) => owned(form),
            Sent::Nothing | Sent::Json(_) | Sent::Parts(_) => Vec::new(),
        };
        let body = match sent {
            Sent::Nothing => Body::Empty,
            Sent::Form(_) => Body::Form(oauth1::join_params(&form)),
            Sent::Json(value) => Body::Json(value.to_string()),
            Sent::Parts(parts) => Body::Bytes(parts.body.clone()),
        };
        let signed = oauth1::sign(&oauth1::Unsigned {
            method: method.as_str().to_owned(),
            url: url.clone(),
            form,
            oauth,
            consumer_secret: settings.consumer_secret.clone(),
            token_secret: by.token.map(|(_, secret)| secret.clone()).unwrap_or_default(),
        });
        // A signature is for one address: whoever is sent elsewhere signs anew.
        let request = Request { method, body, follows: false, ..Request::get(url.clone(), Limit::Api) }
            .header("Authorization", Secret::new(signed.authorization_header))
            .open_header("Accept", "application/json");
        match sent {
            Sent::Parts(parts) => request.open_header("Content-Type", parts.media_type.clone()),
            Sent::Nothing | Sent::Form(_) | Sent::Json(_) => request,
        }
    }

    /// The JSON that answers a GET.
    pub(super) async fn read(&self, asked: &Asked, url: &Url) -> Result<Value, CatalogError> {
        let session = self.session();
        let make =
            |place: &Url| self.signed(Method::GET, place, Sent::Nothing, By::session(session.as_ref()));
        match self.caller.json_at(asked, url, make).await {
            Err(error) => Err(self.explain(error, session.as_ref()).await),
            answer => answer,
        }
    }

    /// As [`Audiomack::read`], for a page that may be one that was read before.
    pub(super) async fn read_page(&self, asked: &Asked, url: &Url) -> Result<Kept, CatalogError> {
        let session = self.session();
        let account = session.as_ref().map(|session| account_of(&session.token)).unwrap_or_default();
        let make =
            |place: &Url| self.signed(Method::GET, place, Sent::Nothing, By::session(session.as_ref()));
        match self.caller.page_at(asked, &account, url, make).await {
            Err(error) => Err(self.explain(error, session.as_ref()).await),
            kept => kept,
        }
    }

    /// Sends something; the `Location` of what was made, empty when there is none, and the body.
    pub(super) async fn send(
        &self,
        asked: &Asked,
        method: Method,
        url: &Url,
        sent: Sent<'_>,
    ) -> Result<(String, String), CatalogError> {
        let session = self.session();
        let make = || self.signed(method.clone(), url, sent, By::session(session.as_ref()));
        match self.caller.made(asked, make).await {
            Err(error) => Err(self.explain(error, session.as_ref()).await),
            answer => answer,
        }
    }

    /// Whether the program's own signature is taken.
    pub(super) async fn answers_the_program(&self) -> bool {
        let Ok(url) = self.url("/music/trending", &[], &[("fields", "id"), ("limit", "1")]) else {
            return false;
        };
        let make = || self.signed(Method::GET, &url, Sent::Nothing, By::default());
        self.caller.json(&Asked::known("reading a list"), make).await.is_ok()
    }

    /// A page (from 0) of a list whose number stands at the end of its path.
    pub(super) async fn list_page(
        &self,
        path: &str,
        values: Params<'_>,
        query: Params<'_>,
        page: u32,
    ) -> Result<Page<Item>, CatalogError> {
        let url = if page == 0 {
            self.url(path, values, query)?
        } else {
            let number = (u64::from(page) + 1).to_string();
            let values: Vec<_> = values.iter().copied().chain([("page", number.as_str())]).collect();
            self.url(&format!("{path}/page/{{page}}"), &values, query)?
        };
        let kept = self.read_page(&Asked::known("reading a list"), &url).await?;
        self.page_of(kept, (PAGE_ROWS, page))
    }

    /// The rows of an answer, when `limit` were asked for.
    pub(super) fn page_of(&self, kept: Kept, (limit, page): (u64, u32)) -> Result<Page<Item>, CatalogError> {
        let Kept { value: answer, is_stale } = kept;
        let total = answer.get("count").and_then(tolerant::count_of);
        let rows =
            tolerant::rows(answer, &["results"]).ok_or_else(|| self.caller.senseless("it holds no list"))?;
        let came = rows.len() as u64;
        let seen = u64::from(page) * limit + came;
        // The count may be wrong for mixed lists: a full page is always worth asking for the next one.
        let more = came > 0
            && page < tolerant::MAX_PAGES
            && (came >= limit || total.is_some_and(|total| total > seen));
        let items = self.view(|view| tolerant::items(NAME, rows, |row: wire::Row| view.item(row)))?;
        Ok(Page { items, total, more, is_stale })
    }

    /// Writes rows for whoever is signed in.
    pub(super) fn view<T>(&self, write: impl FnOnce(&View<'_>) -> T) -> Result<T, CatalogError> {
        let base = self.setup.base()?;
        let own = self.session().map(|session| session.slug).unwrap_or_default();
        let (marks, keys) = (self.marks(), self.keys());
        Ok(write(&View { base, own: &own, marks: &marks, keys: &keys }))
    }
}

/// An error body can come with any HTTP status; its `errorcode` decides.
pub(super) fn verdict(_status: u16, body: &Value) -> Option<Verdict> {
    match body.get("errorcode").and_then(tolerant::count_of)? {
        // Liked already, or not liked anyway.
        1000 | 1001 => Some(Verdict::Done),
        1003 | 1004 => Some(Verdict::SignIn),
        1002 | 1005 => Some(Verdict::NotFound),
        // Theirs to heal: the HTTP status tells.
        1006 | 1007 | 1010 | 1011 | 1017 => None,
        code => Some(Verdict::Refused(refusal(body).unwrap_or_else(|| format!("error {code}")))),
    }
}

/// Its words, with the fields that it does not like.
fn refusal(body: &Value) -> Option<String> {
    let words = error_words(body)?;
    let fields: Vec<String> = body
        .get("errors")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(field, rules)| {
            let rule = match rules {
                Value::Object(rules) => rules.values().find_map(tolerant::text_of),
                other => tolerant::text_of(other),
            };
            Some(format!("{field}: {}", rule?))
        })
        .collect();
    Some(if fields.is_empty() { words } else { format!("{words} ({})", fields.join("; ")) })
}

/// The same with texts of their own.
pub(super) fn owned(params: Params<'_>) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
