//! LRCLIB (<https://lrclib.net/docs>): words that anybody may ask for, without an account.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::MAX_BYTES;
use super::error::LyricsError;
use super::finder::Wanted;
use super::lrc::parse;
use crate::model::{Lyrics, LyricsFrom, Reach};
use crate::net::{Limit, Net, NetError, Request, Response};

/// Who asks, as its documentation wishes: name, version and home page.
const WHO: &str = concat!("segue/", env!("CARGO_PKG_VERSION"), " (https://github.com/segue-player/segue)");

/// A record counts as this track's when its length is so close ("/api/get": duration within 2 seconds).
const SLACK: Duration = Duration::from_secs(2);

/// A record, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    duration: Option<f64>,
    plain_lyrics: Option<String>,
    synced_lyrics: Option<String>,
}

/// Asks for the words of a track: by all of its signature where that is known ("/api/get"), else by title and artist
/// ("/api/search").
pub(super) async fn ask(net: &Net, base: &Url, wanted: &Wanted) -> Result<Option<Lyrics>, LyricsError> {
    if wanted.title.is_empty() || wanted.artist.is_empty() {
        return Ok(None);
    }
    let mut pairs = vec![("track_name", wanted.title.clone()), ("artist_name", wanted.artist.clone())];
    let records: Vec<Record> = match (&wanted.album, wanted.length) {
        (Some(album), Some(length)) => {
            pairs.push(("album_name", album.clone()));
            pairs.push(("duration", length.as_secs().to_string()));
            vec![get(net, base, "api/get", &pairs).await?.unwrap_or_default()]
        }
        (_, _) => get(net, base, "api/search", &pairs).await?.unwrap_or_default(),
    };
    let is_it = |record: &&Record| match (wanted.length, record.duration) {
        (Some(length), Some(seconds)) => {
            Duration::try_from_secs_f64(seconds).is_ok_and(|its| its.abs_diff(length) <= SLACK)
        }
        (_, _) => true,
    };
    let words = |record: &Record| {
        let texts = [&record.synced_lyrics, &record.plain_lyrics];
        texts.into_iter().flatten().find_map(|text| parse(text, LyricsFrom::Lrclib))
    };
    Ok(records.iter().filter(is_it).find_map(words))
}

/// The answer to a call; `None` when it says that there is nothing (404).
async fn get<T: serde::de::DeserializeOwned>(
    net: &Net,
    base: &Url,
    call: &str,
    pairs: &[(&str, String)],
) -> Result<Option<T>, LyricsError> {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(call.split('/'));
    }
    url.query_pairs_mut().extend_pairs(pairs);
    // The listener named the place himself, and it may be his own.
    let request = Request { reach: Reach::Anywhere, ..Request::get(url, Limit::Api) };
    let answer = net.send(request.open_header("User-Agent", WHO)).await.and_then(Response::success);
    let answer = match answer {
        Err(NetError::Status { status: 404, .. }) => return Ok(None),
        answer => answer?,
    };
    // Words twice, and in JSON, where a character may take six.
    let bytes = answer.bytes(4 * MAX_BYTES).await?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}
