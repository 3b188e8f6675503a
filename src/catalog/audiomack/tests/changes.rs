//! What is sent when something is changed.

use super::*;
use crate::model::PlaylistAbout;

fn with_token(stand: &Stand) -> Audiomack {
    let settings = AudiomackSettings {
        access_token: "tok-user".into(),
        access_token_secret: "tok secret/+".into(),
        ..settings(stand)
    };
    Audiomack::new(&settings, &net(), &surroundings(TIME))
}

fn item(kind: Kind, id: &str) -> ItemRef {
    ItemRef { service: ServiceId::known(ID), kind, id: id.to_owned() }
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Every change and the requests it makes: method, path, query or body.
#[tokio::test]
async fn changes_are_sent_as_documented() {
    let held: Arc<Mutex<Vec<String>>> = Arc::default();
    let theirs = Arc::clone(&held);
    let stand = Stand::start(move |call| match call.method.as_str() {
        "GET" => {
            let song = |id: &String| json!({"id": id, "type": "song", "title": "x"});
            let tracks: Value = theirs.lock().unwrap().iter().map(song).collect();
            let row = json!({"id": "7", "type": "playlist", "title": "Old & New", "genre": "pop", "private": "yes",
                "tracks": tracks});
            json(200, &json!({ "results": row }))
        }
        _ => (204, "text/plain", String::new()),
    });
    let catalog = with_token(&stand);
    let check = async |change: Change, expected: &[&str]| {
        let before = stand.calls().len();
        catalog.change(&change).await.unwrap();
        let calls = stand.calls()[before..].to_vec();
        let shown: Vec<String> = calls
            .iter()
            .map(|call| {
                let query: Vec<String> =
                    call.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let path = call.path.strip_prefix("/audiomack/v1").unwrap();
                format!("{} {path} {}", call.method, query.join("&") + &call.body).trim_end().to_owned()
            })
            .collect();
        assert_eq!(shown, expected, "{change:?}");
        assert!(calls.iter().all(|call| is_signed(call, Some(("tok-user", "tok secret/+")))));
    };
    let like = |kind, on| Change::Like { item: item(kind, "7"), on };
    check(like(Kind::Track, true), &["PUT /music/7/favorite"]).await;
    check(like(Kind::Album, false), &["DELETE /music/7/favorite"]).await;
    check(like(Kind::Playlist, true), &["PUT /playlist/7/favorite"]).await;
    check(like(Kind::Playlist, false), &["DELETE /playlist/7/favorite"]).await;
    check(Change::Repost { item: item(Kind::Track, "7"), on: true }, &["PUT /music/7/repost"]).await;
    check(Change::Repost { item: item(Kind::Album, "7"), on: false }, &["DELETE /music/7/repost"]).await;
    check(
        Change::Follow { item: item(Kind::Artist, "ada-cole"), on: true },
        &["PUT /artist/ada-cole/follow"],
    )
    .await;
    check(
        Change::Follow { item: item(Kind::Artist, "ada-cole"), on: false },
        &["DELETE /artist/ada-cole/follow"],
    )
    .await;
    check(Change::DeletePlaylist { id: "7".to_owned() }, &["DELETE /playlist/7"]).await;
    let add = Change::AddToPlaylist { id: "7".to_owned(), tracks: ids(&["901", "902"]) };
    check(add, &["POST /playlist/7/track music_id=901%2C902"]).await;
    check(
        Change::NoteDownloads { tracks: ids(&["4", "5"]), on: true },
        &["POST /user/downloads music_id=4,5"],
    )
    .await;
    check(Change::NoteDownloads { tracks: ids(&["4", "5"]), on: false }, &["DELETE /user/downloads/4,5"])
        .await;

    let head = "GET /playlist/7 fields=id,title,genre,private";
    let about = PlaylistAbout { title: Some("New".to_owned()), ..PlaylistAbout::default() };
    let edit = Change::EditPlaylist { id: "7".to_owned(), about };
    check(edit, &[head, "PUT /playlist/7 title=New&genre=pop&private=yes"]).await;
    let about = PlaylistAbout {
        title: Some("New".to_owned()),
        genre: Some("rock".to_owned()),
        public: Some(true),
        ..PlaylistAbout::default()
    };
    let edit = Change::EditPlaylist { id: "7".to_owned(), about };
    check(edit, &["PUT /playlist/7 title=New&genre=rock&private=no"]).await;

    let arrange = async |before: &[&str], after: &[&str], expected: &[&str]| {
        *held.lock().unwrap() = ids(before);
        let change = Change::ArrangePlaylist { id: "7".to_owned(), before: ids(before), after: ids(after) };
        let read = "GET /playlist/7 fields=id,title,genre,private,tracks";
        check(change, &[&[read], expected].concat()).await;
    };
    arrange(&["1", "2"], &["1", "2"], &[]).await;
    arrange(&["1", "2"], &["1", "2", "3"], &["POST /playlist/7/track music_id=3"]).await;
    arrange(&["1", "2", "3"], &["1", "3"], &["DELETE /playlist/7/2"]).await;
    arrange(&["1"], &[], &["DELETE /playlist/7/1"]).await;
    let whole =
        |music: &str| format!("PUT /playlist/7 title=Old%20%26%20New&genre=pop&private=yes&music_id={music}");
    arrange(&["1", "2", "3"], &["3", "1", "2"], &[&whole("3%2C1%2C2")]).await;
    // The service removes every one of an id.
    arrange(&["1", "2", "1"], &["1", "2"], &[&whole("1%2C2")]).await;
    arrange(&["1", "2"], &[], &[&whole("")]).await;
    // What was changed elsewhere is not overwritten.
    let calls = stand.calls().len();
    for after in [ids(&["3", "2", "1"]), ids(&["1", "2", "3", "4"]), ids(&["1", "2"])] {
        let change = Change::ArrangePlaylist { id: "7".to_owned(), before: ids(&["1", "2", "3"]), after };
        *held.lock().unwrap() = ids(&["1", "2", "3", "9"]);
        let error = catalog.change(&change).await.unwrap_err();
        assert_eq!(error.to_string(), "Audiomack refused: the playlist was changed elsewhere; open it again");
    }
    assert!(stand.calls()[calls..].iter().all(|call| call.method == "GET"));
    let about = PlaylistAbout { description: Some("Songs".to_owned()), ..PlaylistAbout::default() };
    let fault =
        catalog.change(&Change::EditPlaylist { id: "7".to_owned(), about }).await.unwrap_err().fault();
    assert!(fault.message.as_str().contains("has no description"), "{fault}");
}

#[tokio::test]
async fn what_is_so_already_is_a_success() {
    let row = |code: u32, status: u16| {
        let body = json!({"errorcode": code, "message": "already"}).to_string();
        Stand::start(move |_| json(status, &body))
    };
    let like = |on| Change::Like { item: item(Kind::Track, "7"), on };
    with_token(&row(1000, 422)).change(&like(true)).await.unwrap();
    with_token(&row(1001, 422)).change(&like(false)).await.unwrap();
    let fault = with_token(&row(1005, 404)).change(&like(true)).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::NotFound);
    let fault = with_token(&row(1017, 503)).change(&like(true)).await.unwrap_err().fault();
    assert!(matches!(fault.kind, FaultKind::Network | FaultKind::Limited), "{fault}");
}

/// Where a new playlist is stands in a header; names may stand there in place of the id.
#[tokio::test]
async fn a_new_playlist_is_named() {
    let catalog = |body: &'static str| Stand::start(move |_| json(201, &body));
    let about =
        PlaylistAbout { title: Some("Mine".to_owned()), public: Some(false), ..PlaylistAbout::default() };
    let make = Change::CreatePlaylist { about, tracks: ids(&["1", "2"]) };
    let stand = catalog(r#"{"results": {"id": 5001, "title": "Mine"}}"#);
    let made = with_token(&stand).change(&make).await.unwrap().unwrap();
    assert_eq!(made.to_string(), "audiomack:playlist:5001");
    assert_eq!(stand.calls()[0].body, "title=Mine&genre=other&private=yes&music_id=1%2C2");
    assert_eq!(with_token(&catalog("")).change(&make).await.unwrap(), None, "nobody says where it is");
    let nameless = Change::CreatePlaylist { about: PlaylistAbout::default(), tracks: Vec::new() };
    let fault = with_token(&stand).change(&nameless).await.unwrap_err().fault();
    assert!(fault.message.as_str().contains("title"), "{fault}");
}

/// Nobody who is not signed in changes anything, and nothing is asked of the service.
#[tokio::test]
async fn without_a_listener_nothing_changes() {
    let stand = Stand::start(|_| json(200, &""));
    let catalog = audiomack(&stand);
    assert_eq!(catalog.capabilities().powers, crate::model::Powers::default());
    let fault = catalog.change(&Change::DeletePlaylist { id: "7".to_owned() }).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::SignInNeeded);
    assert!(fault.hint.unwrap().as_str().contains("segue login audiomack"));
    assert!(catalog.browse(&ListId("mine/feed".to_owned()), 0).await.is_err());
    assert!(stand.calls().is_empty());
}

#[tokio::test]
async fn hostile_ids_go_nowhere() {
    let stand = Stand::start(|_| json(200, &""));
    let catalog = with_token(&stand);
    for id in ["", "..", "a/b", "1\n2"] {
        for change in [
            Change::DeletePlaylist { id: id.to_owned() },
            Change::Like { item: item(Kind::Track, id), on: true },
            Change::AddToPlaylist { id: "7".to_owned(), tracks: ids(&[id]) },
            Change::NoteDownloads { tracks: ids(&["1", id]), on: false },
        ] {
            assert!(catalog.change(&change).await.is_err(), "{change:?}");
        }
    }
    let commas = Change::NoteDownloads { tracks: ids(&["1,2"]), on: true };
    assert!(catalog.change(&commas).await.is_err());
    let other = ItemRef { service: ServiceId::known("audius"), ..item(Kind::Track, "7") };
    assert!(catalog.change(&Change::Like { item: other, on: true }).await.is_err());
    assert!(stand.calls().is_empty());
}
