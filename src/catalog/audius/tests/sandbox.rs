//! Against the rehearsal server, which was written from the documents by itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sign_in::{Desk, desk};
use super::*;
use crate::catalog::contract;
use crate::model::PlaylistAbout;
use crate::sandbox::{self, Sandbox};

async fn sandbox() -> Sandbox {
    sandbox::start(0, Arc::new(|| 1_800_000_000)).await.unwrap()
}

fn audius_at(sandbox: &Sandbox, host: &str, api_key: &str) -> Audius {
    let base = sandbox.base_url("audius") + host;
    let settings =
        AudiusSettings { base_url: base.parse().ok(), api_key: api_key.into(), ..AudiusSettings::default() };
    Audius::new(&settings, &net(), &surroundings(1_800_000_000))
}

/// Signs in as a browser and a listener would.
async fn signed_in(sandbox: &Sandbox) -> Desk {
    let mut desk = desk(sandbox.base_url("audius").parse().unwrap(), &Arc::default());
    desk.audius = audius_at(sandbox, "", sandbox.credentials().audius.api_key);
    enter(&desk.audius).await;
    desk
}

/// The listener's browser, which agrees at once.
pub(super) async fn enter(audius: &Audius) {
    let callback = "http://127.0.0.1:8976/callback".parse().ok();
    let step = audius.sign_in(SignInAnswer::Begin { callback }).await.unwrap();
    let SignInStep::Visit { address, .. } = step else { panic!("{step:?}") };
    let request =
        crate::net::Request { follows: false, ..crate::net::Request::get(address, crate::net::Limit::Api) };
    let response = net().send(request).await.unwrap();
    let back: Url = response.header("location").unwrap().parse().unwrap();
    assert!(back.as_str().starts_with("http://127.0.0.1:8976/callback?"));
    let pairs = back.query_pairs().map(|(name, value)| (name.into_owned(), Secret::new(value))).collect();
    let step = audius.sign_in(SignInAnswer::Callback(pairs)).await.unwrap();
    assert_eq!(step, SignInStep::done("Lis Tener"));
}

async fn titles(audius: &Audius, list: &str) -> Vec<String> {
    let page = audius.browse(&ListId(list.to_owned()), 0).await.unwrap();
    page.items.iter().map(|item| item.title().to_string()).collect()
}

#[tokio::test]
async fn every_generation_keeps_the_contract() {
    let sandbox = sandbox().await;
    for host in ["", "/python", "/go2025"] {
        let audius = audius_at(&sandbox, host, "");
        let broken = contract::check(&audius).await;
        // The first servers have few of the lists, and know of no others that have them.
        let lacks = |promise: &&String| {
            host != "/python" || !promise.contains("no answer to") && !promise.contains("has no answer")
        };
        let broken: Vec<&String> = broken.iter().filter(lacks).collect();
        assert_eq!(broken, Vec::<&String>::new(), "{host}");
    }
    let named = |line: &&sandbox::RequestLine| line.query.contains("user_id=");
    assert_eq!(sandbox.requests().iter().filter(named).count(), 0);
}

#[tokio::test]
async fn a_listener_keeps_the_contract() {
    let sandbox = sandbox().await;
    let desk = signed_in(&sandbox).await;
    assert_eq!(contract::check(&desk.audius).await, Vec::<String>::new());
    let lines = sandbox.requests();
    let named: Vec<_> = lines.iter().filter(|line| line.query.contains("user_id=")).collect();
    assert!(named.len() > 20);
    assert!(named.iter().all(|line| line.credentials() == "bearer"));
    assert!(lines.iter().all(|line| line.status != 403 || line.path.contains("/stream")), "refused");
}

/// Each list there is, down to those in an artist and in a genre.
#[tokio::test]
async fn every_list_opens() {
    let sandbox = sandbox().await;
    let Desk { audius, .. } = signed_in(&sandbox).await;
    let artist = audius.track("1").await.unwrap().artist_id.unwrap();
    let mut waiting: Vec<ListId> = audius.capabilities().lists.into_iter().map(|list| list.id).collect();
    waiting.push(ListId(format!("artist/{artist}")));
    let mut opened = BTreeSet::new();
    while let Some(list) = waiting.pop() {
        let page = audius.browse(&list, 0).await.unwrap_or_else(|error| panic!("{list:?}: {error}"));
        let lists = page.items.into_iter().filter_map(|item| match item {
            Item::List(list) => Some(list.id),
            Item::Track(_) | Item::Collection(_) => None,
        });
        waiting.extend(lists.take(14));
        opened.insert(list.0);
    }
    // 17 at the top, 12 in the artist, some tags, and genres with two further times each.
    assert!(opened.len() > 50, "{opened:?}");
    let named = |start: &str| opened.iter().any(|list| list.starts_with(start));
    assert!(named("tag/") && named("trending/all-time/") && named("mine/recommended"));
}

#[tokio::test]
async fn a_library_is_changed_and_read() {
    let sandbox = sandbox().await;
    let Desk { audius, .. } = signed_in(&sandbox).await;
    assert_eq!(titles(&audius, "mine/tracks").await, ["Night Ferry", "雨の港"]);
    assert_eq!(titles(&audius, "mine/albums").await, ["Tides"]);
    assert_eq!(titles(&audius, "mine/playlists").await, ["My Evening 🌙"]);
    assert!(!titles(&audius, "mine/feed").await.is_empty());
    let link = audius.track("4").await.unwrap().link.unwrap();
    let item = audius.resolve(&link).unwrap().await.unwrap();
    let track = item.track().unwrap().clone();
    assert_eq!(track.title.as_str(), "Paper Lanterns");
    let reference: ItemRef = track.reference.to_string().parse().unwrap();
    audius.change(&Change::Like { item: reference.clone(), on: true }).await.unwrap();
    assert_eq!(titles(&audius, "mine/tracks").await[0], "Paper Lanterns");
    assert!(audius.track(&reference.id).await.unwrap().liked);
    audius.change(&Change::Repost { item: reference.clone(), on: true }).await.unwrap();
    let artist = track.artist_id.clone().unwrap();
    let follow = |on| Change::Follow { item: format!("audius:artist:{artist}").parse().unwrap(), on };
    audius.change(&follow(true)).await.unwrap();
    let Item::Collection(found) = audius.item(Kind::Artist, &artist).await.unwrap() else { panic!() };
    assert!(found.liked);
    audius.change(&follow(false)).await.unwrap();
    let about =
        PlaylistAbout { title: Some("Road".to_owned()), public: Some(false), ..PlaylistAbout::default() };
    let make = Change::CreatePlaylist { about, tracks: vec![reference.id.clone()] };
    let made = audius.change(&make).await.unwrap().unwrap();
    let list = made.list().0;
    assert_eq!(titles(&audius, &list).await, ["Paper Lanterns"]);
    let Item::Collection(found) = audius.item(Kind::Playlist, &made.id).await.unwrap() else { panic!() };
    assert!(found.mine && found.note.as_ref().is_some_and(|note| note.as_str() == "private"));
    let first = id_of(&audius.track("1").await.unwrap()).to_owned();
    audius.change(&Change::AddToPlaylist { id: made.id.clone(), tracks: vec![first.clone()] }).await.unwrap();
    assert_eq!(titles(&audius, &list).await, ["Paper Lanterns", "Night Ferry"]);
    let (before, after) = (vec![reference.id.clone(), first.clone()], vec![first, reference.id.clone()]);
    audius.change(&Change::ArrangePlaylist { id: made.id.clone(), before, after }).await.unwrap();
    assert_eq!(titles(&audius, &list).await, ["Night Ferry", "Paper Lanterns"]);
    let about = PlaylistAbout { title: Some("Rail".to_owned()), ..PlaylistAbout::default() };
    audius.change(&Change::EditPlaylist { id: made.id.clone(), about }).await.unwrap();
    assert!(titles(&audius, "mine/playlists").await.contains(&"Rail".to_owned()));
    audius.change(&Change::DeletePlaylist { id: made.id.clone() }).await.unwrap();
    assert!(!titles(&audius, "mine/playlists").await.contains(&"Rail".to_owned()));
    audius.sign_out().await.unwrap();
    let fault = audius.browse(&ListId("mine/feed".to_owned()), 0).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert!(sandbox.requests().iter().all(|line| line.status < 500));
}

/// The gateway lists a host that forgot everything, one of the first and one of 2025.
#[tokio::test]
async fn metrics_and_lists_come_from_whoever_has_them() {
    let sandbox = sandbox().await;
    let audius = audius_at(&sandbox, "", "");
    let apps = audius.special("metrics", &[("range".to_owned(), "month".to_owned())]).await.unwrap().value;
    assert!(apps.as_array().unwrap().iter().any(|app| app["name"] == "segue" && app["count"].is_u64()));
    // A configured host that is gone has no list of others, and says so.
    let gone = audius_at(&sandbox, "/gone", "");
    assert!(gone.ping().await.is_err());
    let paths: BTreeSet<String> = sandbox.requests().iter().map(|line| line.path.clone()).collect();
    assert!(paths.contains("/audius/python/v1/metrics/app_name/trailing/month"), "{paths:?}");
}

/// Bytes come through the chain of redirects with their range; a listen counts once.
#[tokio::test]
async fn a_listen_counts_once() {
    let sandbox = sandbox().await;
    let audius = audius_at(&sandbox, "", "");
    for id in ["1", "2", "3", "4", "5"] {
        let Locator::Http(place) = audius.locate(id, Purpose::Listen).await.unwrap() else { panic!() };
        for range in ["bytes=0-", "bytes=1000-", "bytes=5000-5999"] {
            let request = crate::net::Request::get_address(&place, crate::net::Limit::Stream);
            let response = net().send(request.open_header("Range", range)).await.unwrap();
            assert_eq!(response.status, 206, "{id} {range}");
        }
        audius.listened(id).await.unwrap();
    }
    let counted = |line: &&sandbox::RequestLine| {
        line.path.ends_with("/stream") && line.query.contains("skip_play_count=false")
    };
    assert_eq!(sandbox.requests().iter().filter(counted).count(), 5);
    let node = |line: &&sandbox::RequestLine| {
        line.path.contains("/audius/node/") && line.query.contains("skip_play_count=false")
    };
    assert_eq!(sandbox.requests().iter().filter(node).count(), 5);
}
