//! Calls that no screen offers: numbers, reports, the profile, and the list of downloads as it is.

use serde_json::{Value, json};

use crate::catalog::CatalogError;
use crate::catalog::address::asked_id;
use crate::catalog::call::Asked;
use crate::model::{Change, Kind, Special};
use crate::net::{Limit, Method, Request};

use super::changes::cannot;
use super::requests::{By, Sent};
use super::{Audiomack, NAME};

/// Where one gets an account.
const JOIN_PAGE: &str = "https://audiomack.com/join";

/// Most of a preview that is read, in bytes.
const MAX_PREVIEW_BYTES: usize = 8 * 1024 * 1024;

/// All of them.
pub(super) const SPECIALS: &[Special] = &[
    Special {
        name: "metrics",
        words: "what happened to a track, album, artist or playlist in the last hour",
        values: &["kind!", "id!"],
    },
    Special { name: "preview", words: "what there is to hear before buying", values: &["id!"] },
    Special {
        name: "report-unplayable",
        words: "tell the service that a track cannot be played",
        values: &["id!"],
    },
    Special { name: "user", words: "your own account", values: &[] },
    Special {
        name: "notifications",
        words: "what happened to your account",
        values: &["unseen", "limit", "paging_token"],
    },
    Special { name: "notifications seen", words: "mark all notifications as seen", values: &[] },
    Special { name: "pinned", words: "what a profile shows first", values: &["artist"] },
    Special {
        name: "pinned add",
        words: "show something first on your profile: music:ID or playlist:ID, commas between them",
        values: &["items!"],
    },
    Special {
        name: "pinned replace",
        words: "show just these on your profile; nothing clears it",
        values: &["items"],
    },
    Special { name: "pinned remove", words: "no longer show these on your profile", values: &["items!"] },
    Special {
        name: "downloads",
        words: "ids in your account's list of downloads",
        values: &["type", "exclude", "offset", "limit"],
    },
    Special { name: "downloads add", words: "put ids on that list", values: &["ids!"] },
    Special { name: "downloads remove", words: "take ids off that list", values: &["ids!"] },
    Special { name: "register", words: "where to get an account", values: &[] },
    Special { name: "forgot-password", words: "have a new password sent by e-mail", values: &["email!"] },
];

impl Audiomack {
    /// Makes one of them.
    pub(super) async fn call(&self, name: &str, values: &[(String, String)]) -> Result<Value, CatalogError> {
        let known = SPECIALS.iter().find(|special| special.name == name);
        let known = known.ok_or_else(|| cannot(&format!("it has no call {name:?}")))?;
        let value = |key: &str| {
            values
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value.as_str())
                .filter(|v| !v.is_empty())
        };
        let missing =
            known.values.iter().filter_map(|key| key.strip_suffix('!')).find(|key| value(key).is_none());
        if let Some(missing) = missing {
            return Err(cannot(&format!("{name} needs {missing}")));
        }
        let needed = |key: &str| value(key).unwrap_or_default();
        match name {
            "metrics" => self.metrics(needed("kind"), needed("id")).await,
            "preview" => self.preview(needed("id")).await,
            "report-unplayable" => self.report_unplayable(needed("id")).await.map(|()| done()),
            "user" => {
                self.listener()?;
                self.read(&Asked::known("asking who you are"), &self.url("/user", &[], &[])?).await
            }
            "notifications" => {
                let mut query: Vec<(&str, &str)> =
                    value("unseen").map(|on| ("only_unseen", on)).into_iter().collect();
                for key in ["limit", "paging_token"] {
                    query.extend(value(key).map(|value| (key, value)));
                }
                self.told(&query).await
            }
            "notifications seen" => self.see_notifications().await.map(|()| done()),
            "pinned" => {
                let own = if value("artist").is_none() { Some(self.own_slug().await?) } else { None };
                let slug = asked_id(NAME, "artist", value("artist").or(own.as_deref()).unwrap_or_default())?;
                let url = self.url("/artist/{slug}/pinned", &[("slug", slug)], &[])?;
                self.read(&Asked::known("reading a profile").thing(format!("artist {slug}")), &url).await
            }
            "pinned add" => self.pin(Method::POST, needed("items")).await,
            "pinned replace" => self.pin(Method::PUT, needed("items")).await,
            "pinned remove" => self.pin(Method::DELETE, needed("items")).await,
            "downloads" => {
                self.listener()?;
                let query: Vec<(&str, &str)> = ["type", "exclude", "offset", "limit"]
                    .into_iter()
                    .filter_map(|key| value(key).map(|value| (key, value)))
                    .collect();
                let url = self.url("/user/downloads", &[], &query)?;
                self.read(&Asked::known("reading the list of downloads"), &url).await
            }
            "downloads add" | "downloads remove" => {
                let tracks = needed("ids").split(',').map(|id| id.trim().to_owned()).collect();
                let change = Change::NoteDownloads { tracks, on: name == "downloads add" };
                self.make(&change).await.map(|_| done())
            }
            "register" => Ok(json!({ "open": JOIN_PAGE })),
            "forgot-password" => {
                let url = self.url("/user/forgot-password", &[], &[])?;
                let form = [("email", needed("email"))];
                let asked = Asked::known("asking for a new password");
                self.send(&asked, Method::POST, &url, Sent::Form(&form)).await.map(|_| done())
            }
            _ => Err(cannot(&format!("it has no call {name:?}"))),
        }
    }

    async fn metrics(&self, kind: &str, id: &str) -> Result<Value, CatalogError> {
        let kind: Kind = kind.parse().map_err(|words: String| cannot(&words))?;
        let id = asked_id(NAME, kind.as_str(), id)?;
        let asked = Asked::known("reading numbers").thing(format!("{kind} {id}"));
        let path = match kind {
            Kind::Track | Kind::Album => "/music/{id}/metrics",
            Kind::Playlist => "/playlist/{id}/metrics",
            Kind::Artist => "/artist/{id}/metrics",
        };
        let number = match kind {
            // The one call that wants the artist's number.
            Kind::Artist if !id.bytes().all(|byte| byte.is_ascii_digit()) => {
                let url = self.url("/artist/{id}", &[("id", id)], &[("fields", "id")])?;
                self.single(&asked, &url).await?.id
            }
            Kind::Artist | Kind::Track | Kind::Album | Kind::Playlist => None,
        };
        let url = self.url(path, &[("id", number.as_deref().unwrap_or(id))], &[])?;
        self.read(&asked, &url).await
    }

    /// Sound or words: what comes tells.
    async fn preview(&self, id: &str) -> Result<Value, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let url = self.url("/music/preview/{id}", &[("id", id)], &[])?;
        let session = self.session();
        let request: Request = self.signed(Method::GET, &url, Sent::Nothing, By::session(session.as_ref()));
        let request = Request { limit: Limit::Api, ..request };
        let asked = Asked::known("asking for a preview").thing(format!("preview of track {id}"));
        let response = self.caller.open(&asked, request).await?;
        let media_type = response.media_type().unwrap_or_default();
        if media_type.starts_with("audio/") {
            let bytes = response
                .bytes(MAX_PREVIEW_BYTES)
                .await
                .map_err(|source| CatalogError::Net { service: NAME, source })?;
            return Ok(json!({ "media_type": media_type, "bytes": bytes.len() }));
        }
        self.caller.read_json(&asked, response).await
    }

    /// Edits what the listener's profile shows first.
    async fn pin(&self, method: Method, items: &str) -> Result<Value, CatalogError> {
        let items: Vec<Value> = items
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| {
                let (kind, id) = item.split_once(':').unwrap_or(("music", item));
                let kind = match kind {
                    "music" | "track" | "album" => "music",
                    "playlist" => "playlist",
                    _ => return Err(cannot("pinned items are music:ID or playlist:ID")),
                };
                Ok(json!({ "kind": kind, "id": asked_id(NAME, kind, id)? }))
            })
            .collect::<Result<_, _>>()?;
        let slug = self.own_slug().await?;
        let url = self.url("/artist/{slug}/pinned", &[("slug", &slug)], &[])?;
        let asked = Asked::known("changing your profile").thing("such music".to_owned());
        self.send(&asked, method, &url, Sent::Json(&Value::Array(items))).await?;
        self.caller.changed();
        Ok(done())
    }
}

/// What is told when there is nothing to tell.
fn done() -> Value {
    json!({ "done": true })
}
