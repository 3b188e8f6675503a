use super::*;
use crate::app::tests::{Run, Step, services, slow, track};
use crate::app::{Effect, Event, Focus, Msg, Overlay, Start};
use crate::model::{Account, Collection, Item, ItemRef, Kind, ListId, Powers, ServiceId};

/// The open service keeps playlists; the ready one does after a sign-in, the others have none.
fn start() -> Run {
    let mut services = services();
    let able = &mut services[0].capabilities;
    able.powers = Powers { arrange_playlist: true, create_playlist: true, ..Powers::default() };
    able.own_playlists = Some(ListId("mine".to_owned()));
    services[1].capabilities.account =
        Account { way: Some("in the browser".into()), who: None, key: None, join: None };
    Run::new(Start { services, ..Start::default() })
}

fn playlist(id: &str, title: &str) -> Item {
    let reference = ItemRef { service: ServiceId::known("open"), kind: Kind::Playlist, id: id.to_owned() };
    Item::Collection(Collection::new(reference, title))
}

fn mine() -> Vec<Item> {
    vec![playlist("1", "Night drive"), playlist("2", "By day"), playlist("3", "Night shift")]
}

/// The first of a service's tracks under the cursor, then these steps.
fn on(service: &'static str, more: Vec<Step>) -> Run {
    let rows = vec![track(service, "a").into(), track(service, "b").into()];
    let steps = [Step::Keys("1"), Step::BrowsedItems(rows, false)];
    start().steps(steps).steps(more)
}

fn rows(run: &Run) -> Vec<String> {
    let Some(Overlay::Picker(picker)) = run.state.overlays.last() else { return Vec::new() };
    let row = |(at, row): (usize, &PickRow)| {
        let mark = if picker.list.cursor() == Some(at) { "*" } else { "" };
        match row {
            PickRow::Playlist(found) => format!("{mark}{}", found.title),
            PickRow::New(name) => format!("{mark}+{name}"),
            PickRow::Own(about) => format!("{mark}={}", about.name),
            PickRow::NewOwn(name) => format!("{mark}here+{name}"),
        }
    };
    picker.rows.iter().enumerate().map(row).collect()
}

fn notice(run: &Run) -> String {
    run.state.notices.latest().map_or_else(String::new, |notice| notice.words.to_string())
}

fn check(more: Vec<Step>, asked: &str, expected: &[&str]) -> Run {
    let told = format!("{more:?}");
    let run = on("open", more);
    assert_eq!(
        (run.asked().as_str(), rows(&run)),
        (asked, expected.iter().map(ToString::to_string).collect()),
        "{told}"
    );
    run
}

fn opened(keys: &'static str) -> Vec<Step> {
    vec![Step::Keys("a"), Step::BrowsedItems(mine(), false), Step::Keys(keys)]
}

#[test]
fn playlists_are_found_by_typing() {
    let run = check(vec![Step::Keys("a")], "playlists, browse open mine 0", &["*here+", "+"]);
    assert_eq!(run.state.focus(), Focus::Picker);
    let all = ["*Night drive", "By day", "Night shift", "here+", "+"];
    check(opened(""), "", &all);
    check(opened("night"), "", &["*Night drive", "Night shift", "here+night", "+night"]);
    check(opened("SHIFT"), "", &["*Night shift", "here+SHIFT", "+SHIFT"]);
    check(opened("q"), "", &["*here+q", "+q"]);
    check(opened("q<Backspace>"), "", &all);
    check(opened("<Down><Down><Up>"), "", &["Night drive", "*By day", "Night shift", "here+", "+"]);
    check(opened("<Esc>"), "", &[]);
    // More come page by page, and the cursor stays where it is.
    let more = vec![Step::Keys("a"), Step::BrowsedItems(mine(), true)];
    check(more.clone(), "browse open mine 1", &all);
    let last = [Step::Keys("<Down>"), Step::BrowsedItems(vec![playlist("4", "Last")], false)];
    let both = more.into_iter().chain(last).collect();
    check(both, "", &["Night drive", "*By day", "Night shift", "Last", "here+", "+"]);
    let failed = check(vec![Step::Keys("a"), Step::Browsed(Err(slow()))], "", &["*here+", "+"]);
    let Some(Overlay::Picker(picker)) = failed.state.overlays.last() else { panic!("it is closed") };
    assert_eq!(picker.state, PickerState::Failed(slow()));
}

#[test]
fn what_is_chosen_is_asked_for_and_then_added() {
    check(opened("<Down><Enter>"), "open open:playlist:2", &[]);
    check(opened("Quiet<Enter>"), "make Quiet 1", &[]);
    check(opened("Quiet<Down><Enter>"), "make at open Quiet 1", &[]);
    // Without a name there is nothing to make.
    let run = check(
        opened("<Up><Down><Down><Down><Down><Enter>"),
        "wait 5000",
        &["Night drive", "By day", "Night shift", "here+", "*+"],
    );
    assert_eq!(notice(&run), "Type the name of the new playlist, then Enter");
}

#[test]
fn who_keeps_no_playlists_says_so() {
    let words = |service| {
        let run = on(service, vec![Step::Keys("a")]);
        assert_eq!(rows(&run), ["*here+"], "there is always this machine");
        let Some(Overlay::Picker(picker)) = run.state.overlays.last() else { panic!("it is closed") };
        let PickerState::None(why) = &picker.state else { panic!("{:?}", picker.state) };
        why.to_string()
    };
    assert_eq!(words("ready"), "ready keeps playlists once you sign in");
    assert_eq!(words("files"), "files keeps no playlists of yours");
    assert_eq!(words("elsewhere"), "kept on this machine");
    let album = vec![playlist("1", "Night drive")];
    let run = start().steps([Step::Keys("1"), Step::BrowsedItems(album, false), Step::Keys("a")]);
    assert_eq!(notice(&run), "Open it, and add its tracks to a playlist");
}

/// Rows of several services in the queue, these keys, and the first of the listener's playlists at the service.
fn queued(rows: &[(&'static str, &str)], keys: &'static str) -> Run {
    let rows: Vec<Item> = rows.iter().map(|(service, id)| track(service, id).into()).collect();
    let put: Vec<_> = rows.iter().flat_map(|_| [Step::Keys("e"), Step::Keys("j")]).collect();
    let run = start().steps([Step::Keys("1"), Step::BrowsedItems(rows, false)]).steps(put);
    run.steps([Step::Keys("3gg"), Step::Keys(keys), Step::Keys("a")])
}

#[test]
fn selected_rows_of_the_queue_are_added_together() {
    let mixed =
        [("open", "a"), ("elsewhere", "b"), ("open", "c"), ("ready", "d"), ("open", "e"), ("open", "a")];
    let rows: [(&[_], _, _, _); 5] = [
        (&mixed, "V", 2, "4 tracks (2 from elsewhere stayed out)"),
        (&mixed, "vjj", 1, "2 tracks (1 from elsewhere stayed out)"),
        (&mixed, "vj", 1, "1 track (1 from elsewhere stayed out)"),
        (&mixed[..1], "V", 0, "a"),
        // Without a selection it is the row under the cursor.
        (&mixed, "jj", 0, "c"),
    ];
    for (queue, keys, left_out, what) in rows {
        let run = queued(queue, keys);
        let Some(Overlay::Picker(picker)) = run.state.overlays.last() else { panic!("{keys}: not open") };
        assert_eq!(picker.at.as_ref().map(|at| at.left_out), Some(left_out), "{keys}");
        let mut run = run.steps([Step::BrowsedItems(mine(), false), Step::Keys("<Enter>")]);
        assert_eq!(run.asked(), "open open:playlist:1", "{keys}");
        let asked = run.effects.iter().find_map(|effect| match effect {
            Effect::OpenTheirs { ticket, .. } => Some(*ticket),
            _ => None,
        });
        run.send(Msg::Event(Event::TheirsOpened { ticket: asked.unwrap(), result: Err(slow()) }));
        let words = format!(
            "Not added to Night drive: {what}. Nothing comes. It was never opened here; once it was, it can be changed without \
             a network too."
        );
        assert_eq!(notice(&run), words, "{keys}");
    }
}
