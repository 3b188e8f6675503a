//! Playlists of services as they are kept here.

use super::*;
use crate::model::{Arrival, Found, ServiceId, Settled};

const AT: &str = "audius";

fn found(titles: &str) -> Found {
    Found { title: Some("Mix".into()), is_private: false, entries: rows(titles) }
}

fn library() -> (Playlists, ServiceId) {
    let service = ServiceId::known(AT);
    let mut library = Playlists::in_memory();
    library.sign_in(&service, Some("ada")).unwrap();
    (library, service)
}

#[test]
fn what_opening_puts_together_is_told() {
    let (mut library, service) = library();
    let place = (&service, "7", "Audius");
    let (opened, told) = library.mirror(place, found("a b c"), 1_000).unwrap();
    assert_eq!((titles(&opened.entries).as_str(), told), ("a b c", None));
    let (opened, told) = library.mirror(place, found("a b c d"), 2_000).unwrap();
    assert_eq!((titles(&opened.entries).as_str(), told), ("a b c d", None), "nothing was changed here");
    let mut editor = Editor { shown: opened };
    let mut after = editor.shown.entries.clone();
    after.rotate_left(1);
    editor.edit(&mut library, "moving", after);
    let (opened, told) = library.mirror(place, found("b c d"), 3_000).unwrap();
    assert_eq!(titles(&opened.entries), "b c d");
    assert_eq!(told, Some(Settled::Merged { lost: vec!["a".into()], renamed: None }));
}

#[test]
fn what_an_edit_and_another_program_lose_is_named() {
    let mut library = Playlists::in_memory();
    let id = make(&mut library, "a", "a b c");
    let [mut one, two] = [(); 2].map(|()| Editor::open(&mut library, id));
    let after = one.shown.entries.iter().skip(1).cloned().collect();
    one.edit(&mut library, "taking a out", after);
    let mut after = two.shown.entries.clone();
    after.rotate_left(1);
    let step = Step::between("moving", Snapshot::new(&two.shown.entries, None, None), &after, None, None);
    let edit = PlaylistEdit {
        id,
        name: "moving".to_owned(),
        revision: two.shown.revision,
        before: two.shown.entries.into(),
        after: after.into(),
        journal: JournalMove::Step { after: 0, step: step.unwrap() },
    };
    let answer = library.order(&PlaylistOrder::Edit(Box::new(edit)), 9).unwrap();
    let PlaylistAnswer::Kept { merged: Some(_), lost, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(lost, ["a".into()]);
}

#[test]
fn how_a_service_had_it_is_not_forgotten_and_a_lost_memory_sends_nothing() {
    let (mut library, service) = library();
    let place = (&service, "7", "Audius");
    let (opened, _) = library.mirror(place, found("a b c"), 1_000).unwrap();
    let id = opened.about.id;
    let mut editor = Editor { shown: opened };
    let after = editor.shown.entries.iter().take(2).cloned().collect();
    editor.edit(&mut library, "taking c out", after);
    // Its journal is gone, as after a thousand other steps: only the memory of the service's side names c.
    library.connection.execute("DELETE FROM list_step", []).unwrap();
    let change = library.connection.transaction().unwrap();
    assert_eq!(sweep(&change).unwrap(), 0);
    change.commit().unwrap();
    assert!(library.claim(&service, true, &[], 1_500).unwrap().is_some(), "it is sent that c is out");
    library.connection.execute("DELETE FROM recording WHERE title = 'c'", []).unwrap();
    assert_eq!(library.claim(&service, true, &[], 1_600).unwrap(), None);
    let waiting = library.waiting().unwrap();
    assert!(matches!(waiting[0].remote.arrival, Arrival::Held(_)), "{waiting:?}");
    assert_eq!(titles(&super::opened(&mut library, id).entries), "a b");
    // Once it is read there, nothing of either is missing.
    let (opened, _) = library.mirror(place, found("c a"), 9_000).unwrap();
    assert_eq!(titles(&opened.entries), "c a b");
    assert!(library.claim(&service, true, &[], 9_001).unwrap().is_some());
}
