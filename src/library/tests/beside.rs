//! What lies beside files, comes and goes; and files that move while somebody shows them.

use std::fs;

use super::music::{HARBOUR, House, NIGHT_FERRY, put};
use crate::model::{Kind, TrackRef};

#[test]
fn covers_and_lyrics_that_are_removed_are_not_shown_any_more() {
    let house = House::new();
    put(&house.path("tides/1.wav"), NIGHT_FERRY);
    house.scan();
    let has = |what: &str| house.search(&format!("has:{what}"), Kind::Track).len();
    for (what, name) in [("cover", "tides/cover.jpg"), ("lyrics", "tides/1.lrc")] {
        assert_eq!(has(what), 0, "{what}");
        fs::write(house.path(name), "x").unwrap();
        assert_eq!(house.scan().changed, 1, "{what}");
        assert_eq!((has(what), house.scan().changed), (1, 0), "{what}");
        fs::remove_file(house.path(name)).unwrap();
        assert_eq!(house.scan().changed, 1, "{what}");
        assert_eq!((has(what), house.scan().changed), (0, 0), "{what}");
    }
}

#[test]
fn a_scan_tells_what_moved_where() {
    let house = House::new();
    put(&house.path("a/1.wav"), NIGHT_FERRY);
    put(&house.path("a/2.wav"), HARBOUR);
    assert_eq!(house.scan().renamed, []);
    fs::rename(house.path("a"), house.path("b")).unwrap();
    let mut renamed = house.scan().renamed;
    renamed.sort_by_key(|(before, _)| before.to_string());
    let file = |name: &str| TrackRef::File(house.path(name));
    assert_eq!(renamed, [(file("a/1.wav"), file("b/1.wav")), (file("a/2.wav"), file("b/2.wav"))]);
}
