//! Calls that no screen offers: the profile and the subscription, what a download was for, what ids stand for.

use serde_json::{Value, json};

use crate::catalog::address::asked_id;
use crate::catalog::call::Outcome;
use crate::catalog::{Catalog, CatalogError};
use crate::model::Special;
use crate::net::{Body, Method, Request};

use super::operations::{CONTEXT, Call, DOWNLOAD_TITLE, PROFILE, SUBSCRIPTION};
use super::sign_in::without_secrets;
use super::{Audiosocket, NAME};

/// All of them; which ones work depends on the profile.
pub(super) const ALL: &[Special] = &[
    Special { name: "profile", words: "your profile (consumer)", values: &[] },
    Special { name: "subscription", words: "what you pay for (consumer)", values: &[] },
    Special {
        name: "download title",
        words: "say what a download was for (consumer)",
        values: &["id!", "title!"],
    },
    Special {
        name: "context",
        words: "what the ids of genres, moods and the like stand for (v5)",
        values: &[],
    },
];

impl Audiosocket {
    pub(super) async fn special_call(
        &self,
        name: &str,
        values: &[(String, String)],
    ) -> Result<Value, CatalogError> {
        let call: &Call = match name {
            "profile" => &PROFILE,
            "subscription" => &SUBSCRIPTION,
            "download title" => &DOWNLOAD_TITLE,
            "context" => &CONTEXT,
            _ => return Err(self.lacks("such call")),
        };
        let operation = call.of(self.profile).ok_or_else(|| self.lacks("such call"))?;
        if name != "download title" {
            return self.get(call, &[], None).await.map(without_secrets);
        }
        let value = |key: &str| {
            let found = values.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
            let missing = || CatalogError::Refused { service: NAME, reason: format!("--{key} is missing") };
            found.filter(|value| !value.is_empty()).ok_or_else(missing)
        };
        let id = asked_id(NAME, "download", value("id")?)?;
        let body = json!({ "work_title": value("title")? }).to_string();
        let base = self.base()?;
        let url = self.paths.url(base, &operation, &[("id", id)])?;
        let token = self.auth.token();
        let plain = || self.request(base, &url, token.as_ref());
        let make = || Request { method: Method::PATCH, body: Body::Json(body.clone()), ..plain() };
        let asked = self.asked(&operation, Some(format!("download {id}")));
        let Outcome { body, meaning, .. } = self.caller.outcome(&asked, make).await?;
        self.learn(token.as_ref(), meaning).await.map(|()| without_secrets(body))
    }
}
