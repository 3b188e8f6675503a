//! Changes of playlists: which calls they are, and with what in them.

use super::*;
use crate::model::PlaylistAbout;

const ROWS: [&str; 3] = ["2001", "2002", "2003"];

/// A playlist of three rows. Whatever is changed is answered with the playlist.
fn three_rows() -> Stand {
    Stand::start(|call| {
        token(call).unwrap_or_else(|| match (call.method.as_str(), call.path.as_str()) {
            ("GET", "/yourmusic/tracks/batch") => {
                let track = |id: &str| json!({"id": id, "stream_id": STREAM_ID, "title": "x"});
                let rows: Vec<Value> = call.param("trackids").split(',').map(track).collect();
                json(200, &json!({"items": {"tracks": rows}}))
            }
            ("GET", _) => {
                let row = |(order, id): (u64, &&str)| json!({"id": format!("r{order}"), "track_id": id, "order": order});
                json(200, &(1..).zip(&ROWS).map(row).collect::<Value>())
            }
            _ => json(200, &json!({"id": "p", "playlist_name": "x"})),
        })
    })
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

async fn made(
    settings: impl Fn(YourMusicSettings) -> YourMusicSettings,
    change: &Change,
) -> (Result<Option<ItemRef>, CatalogError>, Vec<(String, Value)>) {
    let stand = three_rows();
    let catalog = YourMusic::new(&settings(super::settings(&stand)), &net(), &surroundings(1000));
    let result = catalog.change(change).await;
    let calls = stand.calls().into_iter().filter(|call| token(call).is_none());
    let said = |call: Call| {
        let line = call.line().replace("/yourmusic", "");
        (line, serde_json::from_str(&call.body).unwrap_or_default())
    };
    (result, calls.map(said).collect())
}

async fn check(change: Change, expected: &[(&str, Value)]) {
    let (result, calls) = made(|settings| settings, &change).await;
    result.unwrap();
    let expected: Vec<_> = expected.iter().map(|(line, body)| ((*line).to_owned(), body.clone())).collect();
    assert_eq!(calls, expected, "{change:?}");
}

fn arrange(after: &[&str]) -> Change {
    Change::ArrangePlaylist { id: "p".to_owned(), before: ids(&ROWS), after: ids(after) }
}

fn replaced(rows: &[&str]) -> Value {
    let rows: Vec<Value> =
        (1..).zip(rows).map(|(order, id): (u64, _)| json!({"track_id": id, "order": order})).collect();
    json!({ "tracks": rows })
}

#[tokio::test]
async fn each_change_is_the_fewest_calls() {
    let tracks = "/playlists/p/tracks";
    let (put, post, get) = (format!("PUT {tracks}"), format!("POST {tracks}"), format!("GET {tracks}"));
    let none = Value::Null;
    let read = || (get.as_str(), none.clone());
    check(arrange(&ROWS), &[read()]).await;
    check(arrange(&["2001", "2003"]), &[read(), (&put, replaced(&["2001", "2003"]))]).await;
    check(arrange(&[]), &[read(), (&put, replaced(&[]))]).await;
    check(arrange(&["2001", "2002", "2003", "2009"]), &[read(), (&post, json!({"track_id": "2009"}))]).await;
    let patch = |row: u8| format!("PATCH {tracks}/r{row}");
    check(arrange(&["2002", "2003", "2001"]), &[read(), (&patch(1), json!({"order": 3}))]).await;
    check(arrange(&["2003", "2001", "2002"]), &[read(), (&patch(3), json!({"order": 1}))]).await;
    check(arrange(&["2003", "2002", "2001"]), &[read(), (&put, replaced(&["2003", "2002", "2001"]))]).await;
    let add = |tracks: &[&str]| Change::AddToPlaylist { id: "p".to_owned(), tracks: ids(tracks) };
    check(add(&["7", "8"]), &[(&post, json!({"track_id": "7"})), (&post, json!({"track_id": "8"}))]).await;
    let all = replaced(&["2001", "2002", "2003", "1", "2", "3", "4"]);
    check(add(&["1", "2", "3", "4"]), &[read(), (&put, all)]).await;
}

#[tokio::test]
async fn playlists_are_made_and_renamed() {
    let about =
        PlaylistAbout { title: Some("New".to_owned()), public: Some(true), ..PlaylistAbout::default() };
    let body = json!({"playlist_name": "New", "public": true});
    let create = |tracks: &[&str]| Change::CreatePlaylist { about: about.clone(), tracks: ids(tracks) };
    let (made_ref, _) = made(|settings| settings, &create(&[])).await;
    assert_eq!(made_ref.unwrap().unwrap().to_string(), "yourmusic:playlist:p");
    check(create(&[]), &[("POST /playlists", body.clone())]).await;
    let one = ("POST /playlists/p/tracks", json!({"track_id": "7"}));
    check(create(&["7"]), &[("POST /playlists", body.clone()), one]).await;
    let two = ("PUT /playlists/p/tracks", replaced(&["7", "8"]));
    check(create(&["7", "8"]), &[("POST /playlists", body.clone()), two]).await;
    let edit = |about: &PlaylistAbout| Change::EditPlaylist { id: "p".to_owned(), about: about.clone() };
    check(edit(&about), &[("PATCH /playlists/p", body)]).await;
    let private = PlaylistAbout { public: Some(false), ..PlaylistAbout::default() };
    check(edit(&private), &[("PATCH /playlists/p", json!({"public": false}))]).await;
    let (result, calls) = made(|settings| settings, &edit(&PlaylistAbout::default())).await;
    assert!(result.is_err() && calls.is_empty());
}

#[tokio::test]
async fn rows_may_name_streams() {
    let by_stream = |settings| YourMusicSettings { playlist_track_id: PlaylistTrackId::Stream, ..settings };
    let change = Change::AddToPlaylist { id: "p".to_owned(), tracks: ids(&["7"]) };
    let (result, calls) = made(by_stream, &change).await;
    result.unwrap();
    let expected = ("POST /playlists/p/tracks".to_owned(), json!({"track_id": STREAM_ID}));
    assert_eq!(calls.last(), Some(&expected));
}

#[tokio::test]
async fn what_cannot_be_done_is_not_tried() {
    let item: ItemRef = "yourmusic:track:7".parse().unwrap();
    let (id, on) = (|| "p".to_owned(), true);
    let believed = || ids(&["1", "2", "3"]);
    let about = |public| PlaylistAbout { title: Some("New".to_owned()), public, ..PlaylistAbout::default() };
    let described = PlaylistAbout { description: Some("Songs".to_owned()), ..about(None) };
    let pictured = PlaylistAbout { cover: Some(vec![1]), ..about(Some(true)) };
    let rows = [
        (Change::DeletePlaylist { id: id() }, 0, "delete"),
        (Change::Like { item: item.clone(), on }, 0, "favourites"),
        (Change::Repost { item: item.clone(), on }, 0, "reposts"),
        (Change::Follow { item, on }, 0, "following"),
        (Change::NoteDownloads { tracks: Vec::new(), on }, 0, "downloads"),
        (
            Change::ArrangePlaylist { id: id(), before: believed(), after: ids(&["2", "3", "1"]) },
            1,
            "changed elsewhere",
        ),
        (Change::ArrangePlaylist { id: id(), before: believed(), after: Vec::new() }, 1, "changed elsewhere"),
        (Change::EditPlaylist { id: id(), about: described.clone() }, 0, "has no description"),
        (Change::EditPlaylist { id: id(), about: pictured.clone() }, 0, "has no cover"),
        (Change::CreatePlaylist { about: described, tracks: Vec::new() }, 0, "has no description"),
        (Change::CreatePlaylist { about: pictured, tracks: Vec::new() }, 0, "has no cover"),
    ];
    for (change, asked, part) in rows {
        let (result, calls) = made(|settings| settings, &change).await;
        let fault = result.unwrap_err().fault();
        assert_eq!(fault.kind, FaultKind::Refused, "{change:?}");
        assert!(fault.to_string().contains(part), "{fault}");
        assert_eq!(calls.len(), asked, "{change:?}");
    }
}

/// A playlist that was made and could not be filled is named: it is there.
#[tokio::test]
async fn a_playlist_that_could_not_be_filled_is_named() {
    for tracks in [&["7"][..], &["7", "8"]] {
        let stand = Stand::start(|call| {
            token(call).unwrap_or_else(|| match call.path.as_str() {
                "/yourmusic/playlists" => json(200, &json!({"id": "p", "playlist_name": "x"})),
                _ => json(422, &json!({"message": "The track is not for you"})),
            })
        });
        let catalog = YourMusic::new(&super::settings(&stand), &net(), &surroundings(1000));
        let change = Change::CreatePlaylist { about: PlaylistAbout::default(), tracks: ids(tracks) };
        let error = catalog.change(&change).await.unwrap_err();
        let expected =
            "yourmusic:playlist:p was made, but not all of it: YourMusic refused: The track is not for you";
        assert_eq!(error.fault().message.as_str(), expected);
        let CatalogError::Unfinished { made, .. } = error else { panic!("{error:?}") };
        assert_eq!(made, "yourmusic:playlist:p".parse().unwrap());
    }
}

proptest! {
    /// Whatever is told to have moved gives the new order when it is moved.
    #[test]
    fn a_move_is_a_move(len in 2_usize..8, from in 0_usize..8, to in 0_usize..8, same in any::<bool>()) {
        let before: Vec<String> = (0..len).map(|n| (if same { n % 3 } else { n }).to_string()).collect();
        let mut after = before.clone();
        let row = after.remove(from % len);
        after.insert(to % len, row);
        let (from, to) = super::super::changes::moved(&before, &after).unwrap_or((0, 0));
        let mut moved = before.clone();
        let row = moved.remove(from);
        moved.insert(to, row);
        prop_assert_eq!(moved, after);
    }
}

/// A row that says nothing of its track may be of another kind than is known here.
#[tokio::test]
async fn rows_that_cannot_be_read_are_not_written_over() {
    let stand = Stand::start(|call| {
        token(call).unwrap_or_else(|| match call.method.as_str() {
            "GET" => {
                json(200, &json!([{"id": "r1", "track_id": "2001", "order": 1}, {"id": "r2", "order": 2}]))
            }
            _ => json(200, &json!({})),
        })
    });
    let catalog = YourMusic::new(&super::settings(&stand), &net(), &surroundings(1000));
    let change = Change::AddToPlaylist { id: "p".to_owned(), tracks: ids(&["5", "6", "7", "8", "9"]) };
    let fault = catalog.change(&change).await.unwrap_err().fault();
    assert!(fault.to_string().contains("1 of the playlist's rows cannot be read"), "{fault}");
    assert!(stand.calls().iter().all(|call| call.method != "PUT"));
}
