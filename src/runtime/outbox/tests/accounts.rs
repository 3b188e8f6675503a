//! Two people at one service, one after the other: what is one's is neither shown nor sent in the other's name.

use super::*;
use crate::model::{Mark, MarkWish};

impl House {
    /// Somebody is signed in, as the services tell at each round.
    fn sign_in(&self, who: &'static str) {
        *self.fake.account.lock().unwrap() = Some(who);
        self.library().sign_in(&service(), Some(who)).unwrap();
    }

    fn shown(&self) -> Vec<String> {
        match self.library().order(&PlaylistOrder::List, 0).unwrap() {
            PlaylistAnswer::Listed(all) => all.iter().map(|about| about.name.to_string()).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn shelf(&self, order: &PlaylistOrder) -> Option<String> {
        match self.library().order(order, 0).unwrap() {
            PlaylistAnswer::Shelved { done, .. } => {
                done.map(|step| format!("{:?}>{:?}", step.before, step.after))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_of_one_account_is_shown_or_sent_in_anothers() {
    let mut house = House::new(&["a", "b"]);
    house.calm();
    house.add(0, "c");
    let item = ItemRef { service: service(), kind: Kind::Track, id: "a".to_owned() };
    let wish = MarkWish { item, mark: Mark::Like, on: true, title: "a".into() };
    house.library().keep_mark(&wish).unwrap();
    let before = house.fake.world().writes;
    house.library().sign_in(&service(), None).unwrap();
    assert_eq!((house.shown(), house.library().waiting().unwrap().len()), (Vec::new(), 0));

    house.sign_in("bea");
    house.round(&[]);
    assert_eq!(house.fake.world().writes, before);
    assert!(house.library().waiting_marks().unwrap().is_empty());
    // Bea makes one of her own, of the same name; hers alone is shown, sent, and taken back.
    let order = PlaylistOrder::MakeAt {
        service: service(),
        name: "Mix".into(),
        entries: Vec::new(),
        is_private: false,
    };
    house.shelf(&order).unwrap();
    assert_eq!(house.shown(), ["Mix"]);
    house.round(&[]);
    assert_eq!(house.fake.rows(), [("Mix".to_owned(), names(&["a", "b"])), ("Mix".to_owned(), Vec::new())]);
    assert!(house.shelf(&PlaylistOrder::Undo).is_some());
    assert_eq!(house.shelf(&PlaylistOrder::Undo), None, "ada's is not hers to take back");
    let PlaylistAnswer::Logged(log) = house.library().order(&PlaylistOrder::Log, 0).unwrap() else {
        panic!()
    };
    let first = log.steps[0].step.after.as_ref().unwrap().as_str();
    assert_eq!((log.steps.len(), first), (2, "a playlist of another account"));
    assert!(house.shelf(&PlaylistOrder::Redo).is_some());
    // The service's own id of ada's playlist leads bea to no copy of it.
    assert_eq!(house.library().mirrored(&service(), "p1").unwrap(), None);

    house.sign_in("ada");
    assert_eq!((house.shown(), house.rows()), (vec!["Mix".to_owned()], names(&["c", "a", "b"])));
    house.round(&[]);
    assert_eq!(house.fake.rows()[0].1, names(&["c", "a", "b"]));
    assert_eq!(house.fake.world().liked.iter().collect::<Vec<_>>(), ["a"]);
    assert_eq!(house.library().waiting().unwrap(), []);
    assert_eq!(house.library().waiting_marks().unwrap(), []);
}

#[test]
fn nothing_is_sent_while_nobody_knows_who_is_signed_in() {
    let mut house = House::new(&["a"]);
    house.sign_in("bea");
    house.round(&[]);
    assert_eq!(house.fake.world().writes, 0);
    house.sign_in("ada");
    house.calm();
    assert_eq!(house.fake.rows().len(), 1);
}
