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

fn ids(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn rows(text: &str) -> PlaylistWish {
    PlaylistWish::Remove(text.split_whitespace().map(|row| row.parse().unwrap()).collect())
}

fn add(text: &str) -> PlaylistWish {
    PlaylistWish::Add(text.split_whitespace().map(|target| target.parse().unwrap()).collect())
}

/// What one service is asked to do for a wish about its playlist `p`, or what is said instead.
fn check(shelf: Shelf, wish: PlaylistWish, expected: Result<Change, &str>) {
    let told = format!("{wish:?}");
    let shelf = Arc::new(shelf);
    let shelves = shelves([Arc::clone(&shelf), Arc::new(Shelf::new("other"))]);
    let playlist = format!("{}:playlist:p", shelf.id).parse().unwrap();
    let done = shelves.change_playlist(&playlist, wish);
    let changes = shelf.changes.lock().unwrap().clone();
    match expected {
        Ok(change) => assert_eq!((done.map(|_| ()), changes), (Ok(()), vec![change]), "{told}"),
        Err(words) => {
            assert_eq!((done.unwrap_err().to_string().as_str(), changes), (words, vec![]), "{told}");
        }
    }
}

#[test]
fn wishes_become_the_fewest_changes() {
    let id = || "p".to_owned();
    let all = "1 2 3 4 5 6 7 8 9 10";
    let arranged =
        |after: &str| Ok(Change::ArrangePlaylist { id: id(), before: ids(all), after: ids(after) });
    let one = || keeper("one");
    let edit = |about: PlaylistAbout| Ok(Change::EditPlaylist { id: id(), about });
    check(one(), PlaylistWish::Edit(named("New")), edit(named("New")));
    let public = PlaylistAbout { public: Some(true), ..PlaylistAbout::default() };
    check(one(), PlaylistWish::Edit(public.clone()), edit(public));
    check(one(), PlaylistWish::Delete, Ok(Change::DeletePlaylist { id: id() }));
    let added = |tracks: &str| Ok(Change::AddToPlaylist { id: id(), tracks: ids(tracks) });
    check(one(), add("one:track:7 one:track:1"), added("7 1"));
    check(one(), add("one:album:a/1"), added(all));
    check(one(), add("https://one.example/track"), added("1"));
    // Positions are those from before, whatever the order they are typed in.
    check(one(), rows("2 10 1"), arranged("3 4 5 6 7 8 9"));
    check(one(), rows("one:track:5 5"), arranged("1 2 3 4 6 7 8 9 10"));
    check(one(), PlaylistWish::Move { from: 3, to: 1 }, arranged("3 1 2 4 5 6 7 8 9 10"));
    check(one(), PlaylistWish::Move { from: 1, to: 10 }, arranged("2 3 4 5 6 7 8 9 10 1"));
}

#[test]
fn what_cannot_be_is_said_before_anybody_is_asked() {
    let one = || keeper("one");
    let description = PlaylistAbout { description: Some("x".to_owned()), ..PlaylistAbout::default() };
    let words = "one has no description for playlists. \
                 Beside a name they have there: choice of public or private.";
    check(one(), PlaylistWish::Edit(description), Err(words));
    let genre = PlaylistAbout { genre: Some("folk".to_owned()), ..named("New") };
    let words = "one has no genre for playlists. \
                 Beside a name they have there: choice of public or private.";
    check(one(), PlaylistWish::Edit(genre), Err(words));
    // Where there are none, it is granted to have none.
    let silent = PlaylistAbout { description: Some(String::new()), ..named("New") };
    let edit = Change::EditPlaylist { id: "p".to_owned(), about: silent.clone() };
    check(one(), PlaylistWish::Edit(silent), Ok(edit));
    check(one(), PlaylistWish::Edit(named(" ")), Err("A playlist needs a name."));
    let move_to = |to| PlaylistWish::Move { from: 1, to };
    check(one(), move_to(11), Err("one:playlist:p has no row 11. Its rows are 1 to 10."));
    check(one(), move_to(0), Err("one:playlist:p has no row 0. Its rows are 1 to 10."));
    let words = "one:track:11 is not in one:playlist:p. segue playlist show one:playlist:p tells what is.";
    check(one(), rows("one:track:11"), Err(words));
    let words = "A playlist at one holds only tracks of one, and other:track:1 is none.";
    check(one(), add("other:track:1"), Err(words));
    check(one(), add("https://other.example/track"), Err(words));

    let mut shelf = one();
    shelf.capabilities.powers.delete_playlist = false;
    check(shelf, PlaylistWish::Delete, Err("one has no way to delete playlists."));
    let mut shelf = one();
    shelf.capabilities.powers = Powers::default();
    shelf.capabilities.account.who = None;
    let words = "one needs you to sign in before you change a playlist. segue login one.";
    check(shelf, add("one:track:1"), Err(words));
    // Nothing is written over what was kept from earlier.
    let mut shelf = one();
    shelf.is_stale = true;
    let words = "one cannot be reached, and what is in one:playlist:p may have changed. Try again later.";
    check(shelf, move_to(2), Err(words));
    assert!("0".parse::<PlaylistRow>().is_err() && "song.mp3".parse::<PlaylistRow>().is_err());
}

#[test]
fn playlists_are_made_and_listed_where_somebody_is_signed_in() {
    let one = Arc::new(keeper("one"));
    let all = shelves([Arc::clone(&one), Arc::new(Shelf::new("other"))]);
    let service = ServiceId::known("one");
    let done = all.create_playlist(&service, named("Night"), &["one:track:3".parse().unwrap()]).unwrap();
    assert_eq!(done.words.as_str(), "Night is now a playlist at one; segue playlist list one tells its name");
    let change = Change::CreatePlaylist { about: named("Night"), tracks: ids("3") };
    assert_eq!(*one.changes.lock().unwrap(), [change]);
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
