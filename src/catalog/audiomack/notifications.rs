//! What happened to the account. Its pages are known only one by one: each answer names the next.

use std::sync::PoisonError;

use serde_json::Value;

use crate::catalog::call::Asked;
use crate::catalog::{CatalogError, tolerant};
use crate::model::{Item, Page};
use crate::net::Method;

use super::requests::{Params, Sent};
use super::{Audiomack, NAME, wire};

impl Audiomack {
    /// A page, from 0, as rows that say what happened.
    pub(super) async fn notifications(&self, page: u32) -> Result<Page<Item>, CatalogError> {
        if page == 0 {
            self.paging_slot().clear();
        }
        let at = usize::try_from(page).unwrap_or(usize::MAX);
        let token = match at.checked_sub(1) {
            None => None,
            Some(before) => match self.paging_slot().get(before).cloned() {
                Some(token) => Some(token),
                // Nobody has read what is before it.
                None => return Ok(Page::default()),
            },
        };
        let query: Vec<(&str, &str)> =
            token.as_deref().map(|token| ("paging_token", token)).into_iter().collect();
        let answer = self.told(&query).await?;
        let next = answer.get("paging_token").and_then(tolerant::text_of);
        let rows = tolerant::rows(answer, &["results"]).unwrap_or_default();
        // A token that stays the same would lead in circles.
        let more = next.is_some() && next != token && !rows.is_empty() && page < tolerant::MAX_PAGES;
        if let Some(next) = next {
            let mut known = self.paging_slot();
            known.truncate(at);
            known.push(next);
        }
        let items =
            self.view(|view| tolerant::made(NAME, rows, |told: wire::Notification| view.notification(told)))?;
        Ok(Page { items, more, ..Page::default() })
    }

    /// The answer as it comes.
    pub(super) async fn told(&self, query: Params<'_>) -> Result<Value, CatalogError> {
        self.listener()?;
        let url = self.url("/user/native-notifications", &[], query)?;
        self.read(&Asked::known("reading notifications"), &url).await
    }

    /// Marks all of them as seen.
    pub(super) async fn see_notifications(&self) -> Result<(), CatalogError> {
        self.listener()?;
        let url = self.url("/user/native-notifications/seen", &[], &[])?;
        let form = [("for_all", "true")];
        let asked = Asked::known("marking notifications as seen");
        self.send(&asked, Method::POST, &url, Sent::Form(&form)).await.map(drop)
    }

    fn paging_slot(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.paging.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
