use super::*;

fn service() -> ServiceId {
    ServiceId::known("fake")
}

fn rows(text: &str) -> Vec<Entry> {
    let row = |(at, name): (u64, char)| {
        let reference = TrackRef::Service { service: service(), id: name.to_string() };
        Entry::new(EntryId(at), Track::new(reference, name.to_string()))
    };
    (1..).zip(text.chars()).map(row).collect()
}

fn copied(title: &str, text: &str) -> Copied {
    Copied { title: title.into(), entries: rows(text) }
}

#[test]
fn what_is_sent_is_what_differs() {
    let base = || Mirror {
        remote: Some("7".to_owned()),
        base: copied("Mix", "abc"),
        ..Mirror::new(service(), None)
    };
    let ids = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    let about = |title: &str| PlaylistAbout { title: Some(title.to_owned()), ..PlaylistAbout::default() };
    let check = |mirror: &Mirror, wanted: Option<Copied>, expected: Option<Change>| {
        let next = mirror.next(wanted.as_ref()).map(|sent| mirror.change(&sent));
        assert_eq!(next, expected, "{wanted:?}");
    };
    let id = || "7".to_owned();
    check(&base(), Some(copied("Mix", "abc")), None);
    check(&base(), None, Some(Change::DeletePlaylist { id: id() }));
    check(&base(), Some(copied("Max", "cab")), Some(Change::EditPlaylist { id: id(), about: about("Max") }));
    let arranged = Change::ArrangePlaylist { id: id(), before: ids("abc"), after: ids("cab") };
    check(&base(), Some(copied("Mix", "cab")), Some(arranged.clone()));
    check(&Mirror::new(service(), None), None, None);
    let made = Change::CreatePlaylist { about: about("Mix"), tracks: ids("ab") };
    check(&Mirror::new(service(), None), Some(copied("Mix", "ab")), Some(made));
    let private = Mirror { is_private: true, ..Mirror::new(service(), None) };
    let about = PlaylistAbout { public: Some(false), ..about("Mix") };
    check(&private, Some(copied("Mix", "")), Some(Change::CreatePlaylist { about, tracks: Vec::new() }));
    // What nobody answered comes first, whatever is wanted by now.
    let sent = Sent { what: Sending::Arrange, wanted: copied("Mix", "cab") };
    check(&Mirror { sent: Some(sent), ..base() }, None, Some(arranged));
}

#[test]
fn what_a_service_has_elsewhere_is_taken_from_there() {
    let there = TrackRef::Service { service: service(), id: "x".to_owned() };
    let file = TrackRef::File("/a.mp3".into());
    let track = Track { elsewhere: vec![there.clone()], ..Track::new(file.clone(), "a") };
    let found = at_service(&track, &service());
    assert_eq!(found.map(|found| (found.reference, found.elsewhere)), Some((there, vec![file.clone()])));
    assert_eq!(at_service(&Track::new(file, "a"), &service()), None);
}
