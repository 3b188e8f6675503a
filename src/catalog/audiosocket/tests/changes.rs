//! What a change sends, and which answers are a success.

use super::*;
use crate::model::{Change, ItemRef, PlaylistAbout};

fn item(text: &str) -> ItemRef {
    format!("{ID}:{text}").parse().unwrap()
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

/// What was sent, as `POST /path body`.
fn sent(stand: &Stand) -> Vec<String> {
    let path = |call: &Call| call.path.trim_start_matches("/audiosocket/v1").to_owned();
    stand.calls().iter().map(|call| format!("{} {} {}", call.method, path(call), call.body)).collect()
}

const PLACES: &str = r#"{"data": [
    {"id": 61, "order": 1, "mediable_type": "Track", "mediable_id": 801, "mediable": {"id": 801, "title": "x"}},
    {"id": 62, "order": 2, "mediable_type": "Sfx", "mediable_id": 701},
    {"id": 63, "order": 3, "mediable_type": "Track", "mediable_id": "802"}], "meta": {"count": 3}}"#;

fn playlists(call: &Call) -> Reply {
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", _) => json(200, &PLACES),
        ("POST", "/audiosocket/v1/consumers_playlists") => {
            json(201, &json!({"status": 201, "message": "Created", "data": {"id": 77, "name": "x"}}))
        }
        ("DELETE", "/audiosocket/v1/consumers_playlists/5") => (204, "application/json", String::new()),
        // The sentence, and the list of the others.
        ("DELETE", _) => json(200, &json!({"consumer_playlists": [], "meta": {"count": 0}})),
        _ => json(200, &json!({"status": "Track added to playlist"})),
    }
}

#[tokio::test]
async fn marks_are_made_once() {
    let like = |item_text: &str, on| Change::Like { item: item(item_text), on };
    let follow = |item_text: &str, on| Change::Follow { item: item(item_text), on };
    let rows = [
        (like("track:801", true), r#"POST /favorites_following/favorite {"id":801,"klass":"track"}"#),
        (like("track:sfx-7", true), r#"POST /favorites_following/favorite {"id":7,"klass":"sfx"}"#),
        (like("track:801", false), r#"POST /favorites_following/unfavorite {"id":801,"klass":"track"}"#),
        (follow("artist:77", true), r#"POST /favorites_following/follow {"id":77,"klass":"artist"}"#),
        (
            follow("playlist:31", false),
            r#"POST /favorites_following/unfollow {"id":31,"klass":"curated_playlist"}"#,
        ),
    ];
    let duplicate = json!({"status": 409, "message": "Conflict", "error": "Resource conflict (duplicate)"});
    for (change, expected) in rows {
        let is_on = matches!(change, Change::Like { on: true, .. } | Change::Follow { on: true, .. });
        let answers = [
            (json(200, &json!({"status": "Track added to favorites"})), true),
            (json(201, &json!({"status": 201, "message": "Created", "data": {}})), true),
            ((204, "application/json", String::new()), true),
            (json(409, &duplicate), is_on),
            (json(500, &json!({"errors": {"base": ["no"]}, "message": "no"})), false),
        ];
        for (answer, is_fine) in answers {
            let stand = Stand::start(move |_| answer.clone());
            let made = audiosocket(&stand).change(&change).await;
            assert_eq!((made.is_ok(), sent(&stand)), (is_fine, vec![expected.to_owned()]), "{made:?}");
        }
    }
    // What nothing can be done about is said before anything is sent.
    let stand = Stand::start(playlists);
    for change in [like("album:1", true), like("playlist:own-5", true), like("track:a/b", true)] {
        assert!(audiosocket(&stand).change(&change).await.is_err());
    }
    let repost = Change::Repost { item: item("track:801"), on: true };
    assert!(audiosocket(&stand).change(&repost).await.is_err());
    assert!(stand.calls().is_empty());
}

#[tokio::test]
async fn playlists_are_made_named_and_deleted() {
    let stand = Stand::start(playlists);
    let catalog = audiosocket(&stand);
    let about = PlaylistAbout { title: Some("Sea \"songs\"".to_owned()), ..PlaylistAbout::default() };
    let create = Change::CreatePlaylist { about: about.clone(), tracks: ids(&["801", "sfx-701"]) };
    assert_eq!(catalog.change(&create).await.unwrap(), Some(item("playlist:own-77")));
    catalog.change(&Change::EditPlaylist { id: "own-77".to_owned(), about }).await.unwrap();
    for id in ["own-5", "own-6"] {
        catalog.change(&Change::DeletePlaylist { id: id.to_owned() }).await.unwrap();
    }
    let expected = [
        r#"POST /consumers_playlists {"name":"Sea \"songs\""}"#,
        r#"PATCH /consumers_playlists/77 {"playlist_tracks_attributes":[{"mediable_id":801,"mediable_type":"Track"},{"mediable_id":701,"mediable_type":"Sfx"}]}"#,
        r#"PATCH /consumers_playlists/77/rename {"name":"Sea \"songs\""}"#,
        "DELETE /consumers_playlists/5 ",
        "DELETE /consumers_playlists/6 ",
    ];
    assert_eq!(sent(&stand), expected);
    let curated = Change::DeletePlaylist { id: "31".to_owned() };
    assert_eq!(catalog.change(&curated).await.unwrap_err().fault().kind, FaultKind::NotFound);
}

/// A playlist that was made and could not be filled is named: it is there.
#[tokio::test]
async fn a_playlist_that_could_not_be_filled_is_named() {
    let stand = Stand::start(|call| match call.path.as_str() {
        "/audiosocket/v1/consumers_playlists" => playlists(call),
        _ => json(503, &""),
    });
    let about = PlaylistAbout { title: Some("Sea".to_owned()), ..PlaylistAbout::default() };
    let create = |about, tracks: &[&str]| Change::CreatePlaylist { about, tracks: ids(tracks) };
    let error = audiosocket(&stand).change(&create(about.clone(), &["801"])).await.unwrap_err();
    assert!(
        error.fault().message.as_str().starts_with("audiosocket:playlist:own-77 was made, but"),
        "{error}"
    );
    let CatalogError::Unfinished { made, .. } = error else { panic!("{error:?}") };
    assert_eq!(made, item("playlist:own-77"));
    // What can be told before is, and so is what would be dropped.
    let before = stand.calls().len();
    audiosocket(&stand).change(&create(about.clone(), &["a/b"])).await.unwrap_err();
    let about = PlaylistAbout { description: Some("x".to_owned()), ..about };
    let fault = audiosocket(&stand).change(&create(about, &[])).await.unwrap_err().fault();
    assert!(fault.message.as_str().contains("has no description"), "{fault}");
    assert_eq!(stand.calls().len(), before);
}

#[tokio::test]
async fn playlists_are_put_in_order_with_few_requests() {
    let stand = Stand::start(playlists);
    let catalog = audiosocket(&stand);
    let before = ids(&["801", "sfx-701", "802"]);
    let arrange = |after: &[&str]| Change::ArrangePlaylist {
        id: "own-5".to_owned(),
        before: before.clone(),
        after: ids(after),
    };
    let read = "GET /consumers_playlists/5/playlist_tracks ";
    let rows: [(Change, &[&str]); 5] = [
        (arrange(&["801", "sfx-701", "802"]), &[read]),
        (arrange(&["801", "802"]), &[read, "DELETE /consumers_playlists/5/playlist_tracks/62 "]),
        (
            arrange(&["802", "801", "803"]),
            &[
                read,
                r#"PATCH /consumers_playlists/5 {"playlist_tracks_attributes":[{"_destroy":true,"id":61},{"_destroy":true,"id":62},{"mediable_id":801,"mediable_type":"Track"},{"mediable_id":803,"mediable_type":"Track"}]}"#,
            ],
        ),
        (
            Change::AddToPlaylist { id: "own-5".to_owned(), tracks: ids(&["sfx-702"]) },
            &["POST /consumers_playlists/5/add_media mediable_id=702&mediable_type=Sfx"],
        ),
        (Change::AddToPlaylist { id: "own-5".to_owned(), tracks: Vec::new() }, &[]),
    ];
    for (change, expected) in rows {
        let already = sent(&stand).len();
        catalog.change(&change).await.unwrap();
        assert_eq!(sent(&stand)[already..], *expected);
    }
    // Somebody else was faster: nothing is overwritten.
    let change =
        Change::ArrangePlaylist { id: "own-5".to_owned(), before: ids(&["801"]), after: ids(&["802"]) };
    let error = catalog.change(&change).await.unwrap_err();
    assert!(error.to_string().contains("changed elsewhere"), "{error}");
    assert!(sent(&stand).last().unwrap().starts_with("GET "));
}

#[tokio::test]
async fn the_partner_api_changes_nothing() {
    let stand = Stand::start(playlists);
    let catalog = super::profiles::of(crate::config::AudiosocketProfile::V5, &stand);
    let change = Change::Like { item: item("track:801"), on: true };
    assert_eq!(catalog.change(&change).await.unwrap_err().fault().kind, FaultKind::Refused);
    assert!(stand.calls().is_empty());
}

/// Whatever was shown, an order is made out of what is there: more than a page of it, with or without pages.
#[tokio::test]
async fn an_order_is_made_of_what_is_there_now() {
    for has_pages in [true, false] {
        let stand = Stand::start(move |call| {
            let page: usize = call.param("page").parse().unwrap_or(1);
            let place = |n: usize| json!({"id": 9000 + n, "mediable_type": "Track", "mediable_id": 1000 + n});
            let from = if has_pages { (page - 1) * 50 } else { 0 };
            let rows: Vec<Value> = (from..100).take(if has_pages { 50 } else { 100 }).map(place).collect();
            json(200, &json!({ "playlist_tracks": rows }))
        });
        let catalog = audiosocket(&stand);
        catalog.browse(&ListId("playlist/own-5".to_owned()), 0).await.unwrap();
        let before: Vec<String> = (1000..1100).map(|id| id.to_string()).collect();
        let after = before[..99].to_vec();
        let change = Change::ArrangePlaylist { id: "own-5".to_owned(), before, after };
        catalog.change(&change).await.unwrap();
        let last = sent(&stand).pop().unwrap();
        assert_eq!(last, "DELETE /consumers_playlists/5/playlist_tracks/9099 ");
        assert_eq!(stand.calls().len(), if has_pages { 5 } else { 4 });
    }
}
