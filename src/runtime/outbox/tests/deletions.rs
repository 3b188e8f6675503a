//! Playlists that are deleted here, and changed by somebody else before the service hears of it.

use super::*;

impl House {
    fn delete(&self) {
        self.library().order(&PlaylistOrder::Delete(self.id), 0).unwrap();
    }

    fn change_elsewhere(&self, title: &str, rows: &[&str]) {
        *self.fake.world().playlists.values_mut().next().unwrap() = (title.to_owned(), names(rows));
    }
}

#[test]
fn what_was_changed_elsewhere_is_not_deleted_unseen() {
    let mut house = House::new(&["a", "b"]);
    house.calm();
    house.post.now = || 2_000_000;
    house.add(2, "mine");
    house.delete();
    house.change_elsewhere("Mix", &["b", "a", "theirs"]);
    house.round(&[]);
    assert_eq!(house.fake.rows().len(), 1, "it is there");
    assert!(matches!(house.told.last(), Some(Settled::Spared { .. } | Settled::Arrived)), "{:?}", house.told);
    assert!(house.told.contains(&Settled::Spared { lost: Vec::new() }), "{:?}", house.told);
    // It is here again, with both changes, and each of them is within reach.
    house.calm();
    assert_eq!(house.rows(), names(&["b", "mine", "a", "theirs"]), "mine was put behind b");
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), house.rows())]);
    assert!(house.undo());
    assert_eq!(house.rows(), names(&["b", "a", "theirs"]), "as it was there");
    assert!(house.undo());
    assert_eq!(house.rows(), names(&["a", "b", "mine"]), "as it was here");
    house.calm();
    // Deleted again, it goes.
    house.post.now = || 3_000_000;
    house.delete();
    house.calm();
    assert!(house.fake.rows().is_empty());
}

#[test]
fn another_name_is_a_change_too() {
    let mut house = House::new(&["a"]);
    house.calm();
    house.post.now = || 2_000_000;
    house.delete();
    house.change_elsewhere("Theirs", &["a"]);
    house.calm();
    assert_eq!(house.fake.rows(), [("Theirs".to_owned(), names(&["a"]))]);
    assert_eq!(house.open().unwrap().about.name.as_str(), "Theirs");
    // That it is back is a change of the shelf: taken back, it is deleted, as is known by now.
    house.library().order(&PlaylistOrder::Undo, 0).unwrap();
    house.calm();
    assert!(house.fake.rows().is_empty());
}

#[test]
fn what_shows_late_is_no_change_of_somebody_else() {
    let mut house = House::new(&["a"]);
    house.calm();
    house.add(0, "b");
    house.calm();
    house.delete();
    // A moment after it was sent, the service shows it as it was before.
    house.change_elsewhere("Mix", &["a"]);
    house.round_now(&[]);
    assert!(matches!(house.told.last(), Some(Settled::Waits(_))), "{:?}", house.told);
    house.change_elsewhere("Mix", &["b", "a"]);
    house.calm();
    assert!(house.fake.rows().is_empty());
}
