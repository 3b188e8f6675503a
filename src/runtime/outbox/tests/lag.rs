//! Services that take a while to show what they have taken, and names that are given here and there.

use super::*;

#[test]
fn what_was_made_is_not_made_twice_while_it_does_not_show() {
    let mut house = House::new(&["a", "b"]);
    house.fake.world().lags = true;
    house.round(&[Mishap::KilledAfter]);
    // Started anew at once, and told to send everything.
    for _ in 0..3 {
        house.round_now(&[]);
        assert_eq!(house.fake.rows().len(), 1, "once");
    }
    house.library().try_again().unwrap();
    house.round_now(&[]);
    assert_eq!(house.fake.rows().len(), 1, "nor when what is held is sent again");
    house.fake.world().lags = false;
    house.calm();
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), names(&["a", "b"]))]);
}

#[test]
fn a_service_that_lags_takes_no_edit_back() {
    let mut house = House::new(&["a", "b", "c"]);
    house.calm();
    house.add(3, "d");
    house.round(&[]);
    // It took that, and shows what was before.
    let set = |house: &House, rows: &[&str]| {
        house.fake.world().playlists.values_mut().for_each(|list| list.1 = names(rows))
    };
    set(&house, &["a", "b", "c"]);
    house.add(4, "e");
    house.told.clear();
    house.round_now(&[]);
    assert!(matches!(house.told.as_slice(), [Settled::Waits(_)]), "{:?}", house.told);
    assert_eq!(house.rows(), names(&["a", "b", "c", "d", "e"]));
    // What somebody else does is put together at once all the same.
    set(&house, &["a", "c", "d"]);
    house.round_now(&[]);
    assert!(matches!(house.told.last(), Some(Settled::Arrived)), "{:?}", house.told);
    assert_eq!(house.rows(), names(&["a", "c", "d", "e"]));
    // And what shows for long is what there is.
    set(&house, &["a", "c", "d"]);
    house.add(4, "f");
    house.calm();
    assert_eq!(house.rows(), names(&["a", "c", "d", "f"]));
}

#[test]
fn of_two_names_ours_stands_and_theirs_is_within_reach() {
    let mut house = House::new(&["a"]);
    house.calm();
    let rename = |house: &House, name: &str| {
        let order = PlaylistOrder::Rename { id: house.id, name: name.into() };
        house.library().order(&order, 0).unwrap();
    };
    let name = |house: &House| house.open().unwrap().about.name.to_string();
    house.fake.world().playlists.values_mut().for_each(|list| list.0 = "Theirs".to_owned());
    rename(&house, "Ours");
    house.calm();
    let told = Settled::Merged { lost: Vec::new(), renamed: Some("Theirs".into()) };
    assert!(house.told.contains(&told), "{:?}", house.told);
    assert_eq!((house.fake.rows()[0].0.as_str(), name(&house).as_str()), ("Ours", "Ours"));
    house.library().order(&PlaylistOrder::Undo, 0).unwrap();
    assert_eq!(name(&house), "Theirs");
    house.library().order(&PlaylistOrder::Undo, 0).unwrap();
    assert_eq!(name(&house), "Ours");
    house.library().order(&PlaylistOrder::Undo, 0).unwrap();
    assert_eq!(name(&house), "Mix");
    house.calm();
    assert_eq!(house.fake.rows()[0].0, "Mix");
}
