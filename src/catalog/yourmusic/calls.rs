//! One call to YourMusic: who makes it, what goes along, and a token that is refused is renewed once.

use serde_json::Value;
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::{Operation, is_private};
use crate::catalog::call::{Asked, Kept, bearer_header};
use crate::catalog::tolerant;
use crate::model::{FaultKind, Item, Page, Secret};
use crate::net::{Body, Limit, Method, Request};

use super::{NAME, YourMusic};

/// In whose name a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Nobody's: a guest, who names the tenant.
    Guest,
    /// The client's.
    Client,
    /// The listener's.
    User,
}

/// One call: which, about what, with what in its path, its query and its body.
#[derive(Debug)]
pub(super) struct Call<'a> {
    operation: &'a Operation,
    by: By,
    method: Method,
    thing: Option<String>,
    values: Vec<(&'a str, &'a str)>,
    query: Vec<(&'a str, String)>,
    body: Option<Value>,
}

impl<'a> Call<'a> {
    /// The listener's.
    pub(super) fn get(operation: &'a Operation) -> Self {
        Self {
            operation,
            by: By::User,
            method: Method::GET,
            thing: None,
            values: Vec::new(),
            query: Vec::new(),
            body: None,
        }
    }

    /// The listener's, with a JSON body.
    pub(super) fn send(method: Method, operation: &'a Operation, body: Value) -> Self {
        Self { method, body: Some(body), ..Self::get(operation) }
    }

    pub(super) fn by(self, by: By) -> Self {
        Self { by, ..self }
    }

    /// About one thing, whose id is in the path.
    pub(super) fn about(mut self, kind: &str, place: &'a str, id: &'a str) -> Self {
        self.thing.get_or_insert_with(|| format!("{kind} {id}"));
        self.values.push((place, id));
        self
    }

    /// With a parameter in the query.
    pub(super) fn with(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

impl YourMusic {
    /// The headers for an address: the bearer only where it may go.
    pub(super) fn headers(&self, base: &Url, url: &Url, bearer: Option<&Secret>) -> Vec<(String, Secret)> {
        let trusted = std::iter::once(base).chain(&self.stream_hosts);
        let mut headers = Vec::new();
        if is_private(url) && trusted.into_iter().any(|host| host.origin() == url.origin()) {
            headers.extend(bearer.map(|bearer| ("Authorization".to_owned(), bearer_header(bearer))));
            if !self.tenant.is_empty() {
                headers.push(("X-Tenant".to_owned(), Secret::new(self.tenant.as_str())));
            }
        }
        headers
    }

    /// The token for a call; another one than that which was `refused`.
    pub(super) async fn bearer(
        &self,
        base: &Url,
        by: By,
        refused: Option<&Secret>,
    ) -> Result<Option<Secret>, CatalogError> {
        match by {
            By::Guest => Ok(None),
            By::Client => self.delegation.client(base, refused).await.map(Some),
            By::User if self.user_id.is_some() => self.delegation.user(base, refused).await.map(Some),
            By::User => self.session.bearer(base, refused).await.map(Some),
        }
    }

    /// The answer to a call; nothing where nothing was answered to a change.
    pub(super) async fn call(&self, call: Call<'_>) -> Result<Value, CatalogError> {
        self.answer(call, false).await.map(|kept| kept.value)
    }

    /// As [`YourMusic::call`], for a page that may be one that was read before.
    pub(super) async fn page(&self, call: Call<'_>) -> Result<Kept, CatalogError> {
        self.answer(call, true).await
    }

    /// Tells the listeners of pages apart. A guest's are nobody's.
    pub(super) fn account(&self, by: By) -> String {
        let who = match by {
            By::Guest | By::Client => String::new(),
            By::User => format!("user {}", self.listener().unwrap_or_default()),
        };
        format!("{}\n{who}", self.tenant)
    }

    async fn answer(&self, call: Call<'_>, is_page: bool) -> Result<Kept, CatalogError> {
        let base = self.base_for(call.by)?;
        let mut url = self.paths.url(base, call.operation, &call.values)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut asked = Asked::guessed(&self.paths, call.operation);
        if let Some(thing) = call.thing {
            asked = asked.thing(thing);
        }
        let mut refused = None;
        loop {
            let make = |bearer: Option<&Secret>| Request {
                method: call.method.clone(),
                headers: self.headers(base, &url, bearer),
                body: call.body.as_ref().map_or(Body::Empty, |body| Body::Json(body.to_string())),
                ..Request::get(url.clone(), Limit::Api).open_header("Accept", "application/json")
            };
            let bearer = match self.bearer(base, call.by, refused.as_ref()).await {
                // A token that cannot be renewed now: what was read before is still the listener's.
                Err(error) if is_page && is_away(&error) => {
                    return self.caller.kept(&self.account(call.by), &make(None)).await.ok_or(error);
                }
                bearer => bearer?,
            };
            let make = || make(bearer.as_ref());
            let live = |value| Kept { value, is_stale: false };
            let result = if is_page {
                self.caller.page(&asked, &self.account(call.by), make).await
            } else if call.body.is_none() {
                self.caller.json(&asked, make).await.map(live)
            } else {
                let outcome = self.caller.outcome(&asked, make).await?;
                outcome.meaning.map(|()| live(outcome.body))
            };
            match result {
                Err(CatalogError::SignIn { .. }) if refused.is_none() && bearer.is_some() => refused = bearer,
                result => return result,
            }
        }
    }

    /// The rows of a list, wherever they are.
    pub(super) fn rows(&self, answer: Value, keys: &[&str]) -> Result<Vec<Value>, CatalogError> {
        tolerant::rows(answer, keys).ok_or_else(|| self.caller.senseless("it holds no list"))
    }

    /// The one thing that an answer is about.
    pub(super) fn single<T: serde::de::DeserializeOwned>(
        &self,
        answer: Value,
        keys: &[&str],
        what: &str,
    ) -> Result<T, CatalogError> {
        tolerant::single(answer, keys)
            .and_then(tolerant::item)
            .ok_or_else(|| self.caller.senseless(format!("it holds no {what}")))
    }
}

/// Whether the service cannot be asked at the moment.
fn is_away(error: &CatalogError) -> bool {
    matches!(error.fault().kind, FaultKind::Network | FaultKind::Limited)
}

/// The error that there is no such list.
pub(super) fn no_list(list: &str) -> CatalogError {
    CatalogError::NotFound { service: NAME, what: format!("list {list:?}") }
}

/// The number of a page as the service counts, from 1.
pub(super) fn number(page: u32) -> String {
    (u64::from(page) + 1).to_string()
}

/// Where a page of a list stands in the whole, as far as the answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From 0, as asked for.
    page: u32,
    /// Rows of a full page.
    size: u64,
    total: Option<u64>,
    /// Whether `total` is exact.
    is_exact: bool,
    /// Whether the answer is for another page than was asked for: the service cannot turn pages.
    is_other: bool,
}

impl Place {
    /// Reads the counts in `answer`, or in the object under `key` in it.
    pub(super) fn read(answer: &Value, key: &str, page: u32, size: usize) -> Self {
        let inner = answer.get(key).filter(|inner| inner.is_object()).unwrap_or(answer);
        let count = |name: &str| inner.get(name).and_then(tolerant::count_of);
        let told = count("expectedPageSize").or_else(|| count("pageSize"));
        let number = count("page").filter(|number| *number > 0);
        Self {
            page,
            size: told.filter(|size| *size > 0).unwrap_or(size as u64),
            total: count("totalItems").or_else(|| count("estimatedTotalItems")),
            is_exact: count("totalItems").is_some(),
            is_other: number.is_some_and(|number| number != u64::from(page) + 1),
        }
    }

    /// The page, from rows of which some may have been skipped.
    pub(super) fn page(self, came: usize, items: Vec<Item>, is_stale: bool) -> Page<Item> {
        if self.is_other {
            // The same rows again.
            return Page { total: self.total, is_stale, ..Page::default() };
        }
        let seen = u64::from(self.page).saturating_mul(self.size).saturating_add(came as u64);
        let is_full = match (self.total, self.is_exact) {
            (Some(total), true) => total > seen,
            // An estimate says nothing about the end; a short page does.
            _ => came as u64 >= self.size,
        };
        let more = came > 0 && is_full && self.page < tolerant::MAX_PAGES;
        Page { items, total: self.total, more, is_stale }
    }
}
