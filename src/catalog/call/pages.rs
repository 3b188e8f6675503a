//! Pages that may be kept: what was read before is shown at once, asked for again when it is old, and shown all the
//! same when the service cannot be reached.

use serde_json::Value;
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::cache::{About, Name, Since};
use crate::model::FaultKind;
use crate::net::Request;

use super::{Answer, Asked, Caller, MAX_TRIES};

/// A page, and whether it is what was kept from earlier because the service cannot be reached.
#[derive(Debug)]
pub(in crate::catalog) struct Kept {
    /// The page.
    pub value: Value,
    /// Whether it may no longer be so.
    pub is_stale: bool,
}

impl Caller {
    /// As [`Caller::json`], for a page that may be kept: a list, a search, one thing; never the place of sound
    /// and nothing of a sign-in. What was read for the same `account` some minutes ago is given at once, what is
    /// older is asked for again, and given all the same when the service cannot be reached. `account` tells
    /// listeners apart and is no secret.
    pub(in crate::catalog) async fn page(
        &self,
        asked: &Asked,
        account: &str,
        make: impl Fn() -> Request + Send + Sync,
    ) -> Result<Kept, CatalogError> {
        self.page_at(asked, account, &make().url, |_| make()).await
    }

    /// As [`Caller::page`], for requests that are made for one address alone, as in [`Caller::json_at`].
    pub(in crate::catalog) async fn page_at(
        &self,
        asked: &Asked,
        account: &str,
        place: &Url,
        make: impl Fn(&Url) -> Request + Send + Sync,
    ) -> Result<Kept, CatalogError> {
        let (pages, folder) = (&self.line.pages, self.surroundings.pages.as_deref());
        let make = |place: &Url| asked.put(make(place));
        let name = Name::of(self.service, account, &make(place));
        let (now, since) = ((self.surroundings.unix_time)(), pages.since());
        // A page whose JSON is damaged counts for nothing.
        let kept = pages.find(folder, &name, now).await.and_then(|leaf| Some((leaf.value()?, leaf)));
        if let Some((value, leaf)) = &kept
            && pages.is_fresh(leaf, now)
        {
            return Ok(Kept { value: value.clone(), is_stale: false });
        }
        let Some((value, leaf)) = kept else {
            let answer =
                self.landed(MAX_TRIES, place, make).await.map_err(|source| self.net_error(source))?;
            let value = self.decode(asked, &answer)?;
            self.keep(&name, &answer, &value, now, &since).await;
            return Ok(Kept { value, is_stale: false });
        };
        // Who has something to show does not wait for another try.
        let answer = self.landed(1, place, |place| conditional(make(place), &leaf.about)).await;
        let read = match answer {
            Ok(answer) if answer.status == 304 => {
                pages.renew(folder, &name, &leaf, now, &since).await;
                return Ok(Kept { value, is_stale: false });
            }
            Ok(answer) => match self.decode(asked, &answer) {
                Ok(value) => {
                    self.keep(&name, &answer, &value, now, &since).await;
                    return Ok(Kept { value, is_stale: false });
                }
                Err(error) => error,
            },
            Err(source) => self.net_error(source),
        };
        match read.fault().kind {
            FaultKind::Network | FaultKind::Limited => Ok(Kept { value, is_stale: true }),
            _ => Err(read),
        }
    }

    /// The page that [`Caller::page`] would have, without a question to anybody: for when the question cannot even
    /// be put, because what signs it cannot be renewed.
    pub(in crate::catalog) async fn kept(&self, account: &str, request: &Request) -> Option<Kept> {
        let (pages, folder) = (&self.line.pages, self.surroundings.pages.as_deref());
        let name = Name::of(self.service, account, request);
        let now = (self.surroundings.unix_time)();
        let leaf = pages.find(folder, &name, now).await?;
        Some(Kept { value: leaf.value()?, is_stale: !pages.is_fresh(&leaf, now) })
    }

    /// Keeps a page that was asked for at `asked_at`: what was changed while it was on its way may be missing.
    async fn keep(&self, name: &Name, answer: &Answer, value: &Value, asked_at: u64, since: &Since) {
        let Some(copied) = &answer.copied else { return };
        let about = About { read_at: asked_at, ..copied.clone() };
        self.line.pages.keep(self.surroundings.pages.as_deref(), name, about, value, since).await;
    }

    /// The listener changed something: what was read before is asked for again before it is shown.
    pub(in crate::catalog) fn changed(&self) {
        self.line.changed(self.surroundings.pages.as_deref(), (self.surroundings.unix_time)());
    }

    /// Forgets the pages of an account that signs out.
    pub(in crate::catalog) async fn forget_pages(&self, account: &str) {
        self.line.pages.forget(self.surroundings.pages.as_deref(), self.service, account).await;
    }
}

/// The request that asks only for what is newer (RFC 9110 section 13.1).
fn conditional(request: Request, about: &About) -> Request {
    let request = match &about.etag {
        Some(etag) => request.open_header("If-None-Match", etag.clone()),
        None => request,
    };
    match &about.modified {
        Some(modified) => request.open_header("If-Modified-Since", modified.clone()),
        None => request,
    }
}
