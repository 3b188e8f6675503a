//! Calls that no screen offers: numbers, reports, the profile, and the list of downloads as it is.

use serde_json::{Value, json};
use url::Url;

use crate::catalog::CatalogError;
use crate::catalog::address::{asked_id, reach, resolve};
use crate::catalog::call::Asked;
use crate::model::{Change, Excerpt, Kind, Link, Special, SpecialAnswer, Then};
use crate::net::{Limit, Method, Request, Response};

use super::changes::cannot;
use super::requests::{By, Sent};
use super::{Audiomack, NAME};

/// The web site's page for that.
const JOIN_PAGE: &str = "https://audiomack.com/join";

/// Most of a preview that is read, in bytes.
const MAX_PREVIEW_BYTES: usize = 8 * 1024 * 1024;

/// How often a preview is asked for that is being made.
const MAX_PREVIEW_TRIES: u8 = 3;

/// All of them.
pub(super) const SPECIALS: &[Special] = &[
    Special {
        name: "metrics",
        words: "what happened to a track, album, artist or playlist in the last hour",
        values: &["kind!", "id!"],
    },
    Special {
        name: "preview",
        words: "hear what there is to hear before buying, or keep it in a file",
        values: &["id!", "output"],
    },
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
    Special { name: "register", words: "open the page where one gets an account", values: &[] },
    Special { name: "forgot-password", words: "have a new password sent by e-mail", values: &["email!"] },
];

/// Where one gets an account.
pub(super) fn join_page() -> Option<Link> {
    JOIN_PAGE.parse().ok().map(Link)
}

impl Audiomack {
    /// Makes one of them.
    pub(super) async fn call(
        &self,
        name: &str,
        values: &[(String, String)],
    ) -> Result<SpecialAnswer, CatalogError> {
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
        let answer = match name {
            "metrics" => self.metrics(needed("kind"), needed("id")).await,
            "preview" => return self.preview(needed("id")).await,
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
            "register" => {
                let then = join_page().map(Then::Visit);
                return Ok(SpecialAnswer { value: json!({ "url": JOIN_PAGE }), then });
            }
            "forgot-password" => {
                let url = self.url("/user/forgot-password", &[], &[])?;
                let form = [("email", needed("email"))];
                let asked = Asked::known("asking for a new password");
                self.send(&asked, Method::POST, &url, Sent::Form(&form)).await.map(|_| done())
            }
            _ => Err(cannot(&format!("it has no call {name:?}"))),
        };
        answer.map(SpecialAnswer::from)
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

    /// The sound itself comes, or words that name where it is.
    async fn preview(&self, id: &str) -> Result<SpecialAnswer, CatalogError> {
        let id = asked_id(NAME, "track", id)?;
        let url = self.url("/music/preview/{id}", &[("id", id)], &[])?;
        let asked = Asked::known("asking for a preview").thing(format!("preview of track {id}"));
        let response = self.preview_at(&asked, &url).await?;
        if let Some(media_type) = sound_type(&response) {
            return self.excerpt(media_type, response).await;
        }
        let answer = self.caller.read_json(&asked, response).await?;
        let base = self.setup.base()?;
        let told = answer.get("results").unwrap_or(&answer);
        let address =
            ["url", "preview_url", "streaming_url"].iter().find_map(|name| told.get(name)?.as_str());
        let Some(place) = address.and_then(|address| resolve(base, address)) else {
            return Ok(answer.into());
        };
        // It is signed itself, and nobody's business there who asks.
        let request = Request { reach: reach(base, &place), ..Request::get(place, Limit::Api) };
        let response = self.caller.open(&asked, request).await?;
        let media_type = sound_type(&response).ok_or_else(|| self.caller.senseless("it holds no sound"))?;
        self.excerpt(media_type, response).await
    }

    /// The answer to a request for a preview. One that is being made is asked for again when it may be there.
    async fn preview_at(&self, asked: &Asked, url: &Url) -> Result<Response, CatalogError> {
        let session = self.session();
        let mut tries = 1;
        loop {
            let request = self.signed(Method::GET, url, Sent::Nothing, By::session(session.as_ref()));
            match self.caller.open(asked, request).await {
                Err(CatalogError::Limited { is_down: true, .. }) if tries < MAX_PREVIEW_TRIES => tries += 1,
                answer => return answer,
            }
        }
    }

    async fn excerpt(&self, media_type: String, response: Response) -> Result<SpecialAnswer, CatalogError> {
        let bytes = response.bytes(MAX_PREVIEW_BYTES).await;
        let bytes = bytes.map_err(|source| CatalogError::Net { service: NAME, source })?.to_vec();
        let value = json!({ "media_type": media_type, "bytes": bytes.len() });
        Ok(SpecialAnswer { value, then: Some(Then::Hear(Excerpt { media_type, bytes })) })
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

/// The media type of an answer, if that is sound.
fn sound_type(response: &Response) -> Option<String> {
    let is_sound = |kind: &String| kind.starts_with("audio/") || kind == "application/octet-stream";
    response.media_type().filter(is_sound)
}

/// What is told when there is nothing to tell.
fn done() -> Value {
    json!({ "done": true })
}
