//! Rows of other lists against services that are made up here.

use super::*;
use crate::app::Likeness;
use crate::model::PlaylistAbout;
use crate::runtime::Match;

fn wanted(title: &str, artist: &str, seconds: Option<u64>, isrc: Option<&str>) -> Track {
    let mut track = Track::new(TrackRef::File("/gone/x.mp3".into()), title);
    track.artists = [artist].into_iter().filter(|name| !name.is_empty()).map(Into::into).collect();
    track.length = seconds.map(std::time::Duration::from_secs);
    track.isrc = isrc.map(Into::into);
    track
}

/// A service that has tracks of three minutes by Ada Cole.
fn ada(id: &'static str) -> Arc<Shelf> {
    let mut shelf = Shelf::new(id);
    shelf.by = Some("Ada Cole");
    Arc::new(shelf)
}

fn told(found: &Match) -> String {
    match found {
        Match::Same(track) => format!("same {}", track.reference),
        Match::Recording(track, sure) => format!("{} {}", sure.words(), track.reference),
        Match::Missing(fault) => fault.as_ref().map_or("missing".to_owned(), ToString::to_string),
    }
}

fn check(services: &str, track: &Track, stays: bool, expected: &str) {
    let shelves = shelves([ada("one"), ada("other")]);
    let services: Vec<ServiceId> = services.split_whitespace().map(|name| name.parse().unwrap()).collect();
    let mut done = Vec::new();
    let tracks = [track.clone()];
    let found = shelves.match_tracks(&tracks, &services, &|_| stays, &mut |count| done.push(count)).unwrap();
    assert_eq!(told(&found[0]), expected, "{track:?}");
    assert_eq!(done, [1]);
}

#[test]
fn the_same_recording_is_found() {
    let title = "Title 2";
    check("", &wanted(title, "Ada Cole", Some(180), None), true, "same /gone/x.mp3");
    check(
        "",
        &wanted(title, "Ada Cole", Some(180), None),
        false,
        "same title, artist and length one:track:2",
    );
    check(
        "other",
        &wanted("title - 2!", "ADA COLE", Some(178), None),
        false,
        "same title, artist and length other:track:2",
    );
    check(
        "",
        &wanted(title, "Ada Cole, Somebody", Some(180), None),
        false,
        "same title, artist and length one:track:2",
    );
    check(
        "",
        &wanted(title, "Ada Cole feat. X", None, None),
        false,
        "same title and artist, length not known one:track:2",
    );
    check("", &wanted("Another name", "X", None, Some("ZZSEG0000002")), false, "same ISRC one:track:2");
    // The same words for other recordings.
    check("", &wanted(title, "Ada Cole", Some(200), None), false, "missing");
    check("", &wanted(title, "Ada Cole", Some(180), Some("ZZSEG9999999")), false, "missing");
    check("", &wanted(title, "Bert", Some(180), None), false, "missing");
    check("", &wanted(title, "", Some(180), None), false, "missing");
    let nowhere = shelves([ada("one")]).match_tracks(&[], &["nix".parse().unwrap()], &|_| true, &mut |_| ());
    assert!(nowhere.unwrap_err().to_string().contains("no service named nix"));
    // Who may name this machine is told so.
    let (shelves, locale) = (shelves([ada("one")]), "locale".parse().unwrap());
    let title = "Mix".into();
    for refused in [
        shelves.own_playlists(std::slice::from_ref(&locale)).map(|_| ()),
        shelves.create_playlist(&locale, PlaylistAbout::default(), &[]).map(|_| ()),
        shelves.make_playlist(&locale, &title, Vec::new()).map(|_| ()),
    ] {
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("Did you mean local? Known here: local, one"), "{told}");
    }
}

#[test]
fn a_recording_is_found_elsewhere() {
    let shelves = shelves([ada("one"), ada("other")]);
    let services = ["other".parse().unwrap()];
    let find = |track: &Track| {
        shelves.tasks.block_on(super::super::recording_elsewhere(&shelves.catalogs, &services, track))
    };
    let (found, sure) = find(&wanted("Title 2", "Ada Cole", Some(180), None)).unwrap();
    assert_eq!((found.reference.to_string().as_str(), sure), ("other:track:2", Likeness::Length));
    assert_eq!(find(&wanted("Title 2", "Bert", Some(180), None)), None);
}

/// The surest match counts, not the first.
#[test]
fn codes_are_believed_before_names() {
    let mut without_codes = Shelf::new("one");
    (without_codes.by, without_codes.has_codes) = (Some("Ada Cole"), false);
    let shelves = shelves([Arc::new(without_codes), ada("other")]);
    let track = wanted("Title 2", "Ada Cole", Some(180), Some("ZZSEG0000002"));
    let found = shelves.match_tracks(&[track], &[], &|_| false, &mut |_| ()).unwrap();
    assert_eq!(told(&found[0]), "same ISRC other:track:2");
    assert!(Likeness::Code < Likeness::Name);
}
