//! Playlists at services that are made up here: what is asked of them, and what is refused before.

use super::*;
use crate::model::{PlaylistAbout, PlaylistPart};
use crate::runtime::{PlaylistRow, PlaylistWish};

/// A service where somebody is signed in who may do everything with playlists of tracks 1 to 10.
fn keeper(id: &'static str) -> Shelf {
    let mut shelf = Shelf::new(id);
    shelf.capabilities.powers = Powers {
        create_playlist: true,
        edit_playlist: true,
        delete_playlist: true,
        arrange_playlist: true,
        playlist_parts: vec![PlaylistPart::Audience],
        ..Powers::default()
    };
    shelf.capabilities.account =
        Account { way: Some("here".into()), who: Some("Ada".into()), key: None, join: None };
    shelf
}

fn named(title: &str) -> PlaylistAbout {
    PlaylistAbout { title: Some(title.to_owned()), ..PlaylistAbout::default() }
}

fn add(text: &str) -> PlaylistWish {
    PlaylistWish::Add(text.split_whitespace().map(|target| target.parse().unwrap()).collect())
}

/// What is said instead of doing what is wished of its playlist `p`.
fn check(shelf: Shelf, wish: PlaylistWish, expected: &str) {
    let told = format!("{wish:?}");
    let shelf = Arc::new(shelf);
    let shelves = shelves([Arc::clone(&shelf), Arc::new(Shelf::new("other"))]);
    let playlist = format!("{}:playlist:p", shelf.id).parse().unwrap();
    let words = shelves.change_playlist(&playlist, wish).unwrap_err().to_string();
    assert_eq!((words.as_str(), shelf.changes.lock().unwrap().len()), (expected, 0), "{told}");
}

#[test]
fn what_cannot_be_is_said_before_anybody_is_asked() {
    let one = || keeper("one");
    let description = PlaylistAbout { description: Some("x".to_owned()), ..PlaylistAbout::default() };
    let words = "one has no description for playlists. \
                 Beside a name they have there: choice of public or private.";
    check(one(), PlaylistWish::Edit(description), words);
    let genre = PlaylistAbout { genre: Some("folk".to_owned()), ..named("New") };
    let words = "one has no genre for playlists. \
                 Beside a name they have there: choice of public or private.";
    check(one(), PlaylistWish::Edit(genre), words);
    check(one(), PlaylistWish::Edit(named(" ")), "A playlist needs a name.");

    let mut shelf = one();
    shelf.capabilities.powers.delete_playlist = false;
    check(shelf, PlaylistWish::Delete, "one has no way to delete playlists.");
    let mut shelf = one();
    shelf.capabilities.powers = Powers::default();
    shelf.capabilities.account.who = None;
    let words = "one needs you to sign in before you change a playlist. segue login one.";
    check(shelf, add("one:track:1"), words);
    assert!("0".parse::<PlaylistRow>().is_err() && "song.mp3".parse::<PlaylistRow>().is_err());
}

/// What has nothing to do with rows or names goes to the service at once.
#[test]
fn who_sees_it_is_told_at_once() {
    let shelf = Arc::new(keeper("one"));
    let shelves = shelves([Arc::clone(&shelf)]);
    let playlist = "one:playlist:p".parse().unwrap();
    let public = PlaylistAbout { public: Some(true), ..PlaylistAbout::default() };
    let done = shelves.change_playlist(&playlist, PlaylistWish::Edit(public.clone())).unwrap();
    assert_eq!((done.words.as_str(), done.waits), ("one:playlist:p is now public at one", None));
    assert_eq!(*shelf.changes.lock().unwrap(), [Change::EditPlaylist { id: "p".to_owned(), about: public }]);
    // Where there are none, it is granted to have none.
    let silent = PlaylistAbout { description: Some(String::new()), ..PlaylistAbout::default() };
    shelves.change_playlist(&playlist, PlaylistWish::Edit(silent)).unwrap();
}

#[test]
fn playlists_are_listed_where_somebody_is_signed_in() {
    let service = ServiceId::known("one");
    let all = shelves([keeper("one"), Shelf::new("other")].map(Arc::new));
    let other = ServiceId::known("other");
    assert_eq!(all.create_playlist(&other, named("x"), &[]).unwrap_err().kind, FaultKind::Refused);
    let nobody = all.own_playlists(&[]).unwrap_err();
    assert_eq!(nobody.kind, FaultKind::SignInNeeded);
    let mut one = keeper("one");
    one.capabilities.own_playlists = Some(ListId("playlist/p".to_owned()));
    let all = shelves([one, Shelf::new("other")].map(Arc::new));
    let found = all.own_playlists(&[]).unwrap();
    assert_eq!((found.rows.len(), found.failures.len()), (10, 0));
    let found = all.own_playlists(&[other, service]).unwrap();
    assert_eq!((found.rows.len(), found.failures.len()), (10, 1));
}
