//! What is said of the own music: likes, ratings, searches that are kept; and how it is searched.

use super::*;
use crate::app::{Brings, Overlay, ScanOutcome};
use crate::model::{Filter, OwnChange, OwnJournal, OwnStep, Powers, Session, TrackRef};

/// With own music that can be searched and liked, and a service that narrows searches down by genre.
fn run() -> Run {
    let mut services = services();
    services[0].capabilities.filters =
        vec![Filter { key: "genre", words: "", values: vec![], is_free: true }];
    let own = &mut services[3].capabilities;
    own.search = vec![Kind::Track];
    own.powers = Powers { like: vec![Kind::Track], ..Powers::default() };
    own.lists = service("files", true, &["music", "liked", "smart"], SignIn::NotNeeded).capabilities.lists;
    Run::new(Start { services, ..Start::default() })
}

fn file(name: &str) -> Track {
    Track::new(name.parse().unwrap(), name)
}

fn opened(rows: Vec<Item>) -> Run {
    run().steps([Step::Keys("2"), Step::BrowsedItems(rows, false)])
}

fn told(run: &Run) -> String {
    run.state.notices.latest().map_or_else(String::new, |notice| notice.words.to_string())
}

#[test]
fn own_tracks_are_liked_and_rated() {
    let rows = || vec![file("/m/a.flac").into(), file("/m/b.flac#t=1,2").into()];
    let run = opened(rows()).steps([Step::Keys("f")]);
    assert!(run.asked().starts_with("own Like { track: /m/a.flac, on: true }"), "{}", run.asked());
    assert!(run.state.browse.open().unwrap().rows[0].track().unwrap().liked);
    let run = run.steps([Step::Keys("f")]);
    assert!(run.asked().starts_with("own Like { track: /m/a.flac, on: false }"), "{}", run.asked());
    let run = opened(rows()).steps([Step::Keys("j;4")]);
    assert!(run.asked().starts_with("own Rate { track: /m/b.flac#t=1,2, stars: 4 }"), "{}", run.asked());
    assert_eq!(told(&run), "4 of 5 stars: /m/b.flac#t=1,2 \u{b7} u undoes");
    let run = opened(vec![track("open", "a").into()]).steps([Step::Keys(";1")]);
    assert!(!run.asked().contains("own"), "{}", run.asked());
    assert!(told(&run).starts_with("Only your own files are rated"));
}

/// Ratings are on every row of the track, until they are taken back.
#[test]
fn a_rating_shows_wherever_the_track_is() {
    let session =
        Session { tracks: vec![file("/m/a.flac").into(), file("/m/b.flac").into()], ..Session::default() };
    let run = Run::new(Start { session, services: services(), ..Start::default() });
    let run = run.steps([Step::Keys("2"), Step::BrowsedItems(vec![file("/m/a.flac").into()], false)]);
    let stars = |run: &Run| {
        let state = &run.state;
        let queue = state.queue.entries.iter().map(|entry| entry.track.stars);
        let open = state.browse.open().unwrap();
        (
            queue.collect::<Vec<_>>(),
            open.rows[0].track().unwrap().stars,
            state.queue.is_rated(),
            open.amount().rated,
        )
    };
    let run = run.steps([Step::Keys("3gg;4")]);
    assert_eq!(stars(&run), (vec![4, 0], 4, true, true));
    // A row that was taken out meanwhile has it too when it comes back.
    let mut run = run.steps([Step::Keys("d")]);
    run.state.show_stars(&"/m/a.flac".parse().unwrap(), 2);
    assert_eq!(stars(&run), (vec![0], 2, false, true));
    let run = run.steps([Step::Keys("u")]);
    assert_eq!(stars(&run), (vec![2, 0], 2, true, true));
    let rate = |stars| Some(OwnChange::Rate { track: "/m/a.flac".parse().unwrap(), stars });
    let step = OwnStep { before: rate(0), after: rate(2), title: "A".into(), made_at: None };
    let run = run.steps([Step::Keys(";2"), Step::Keys("u")]);
    assert_eq!(run.asked(), "own Back");
    assert_eq!(stars(&run.hears(went(step, true))), (vec![0, 0], 0, false, false));
}

/// The library's answer to a way through what was said: one step, gone back or on.
fn went(step: OwnStep, is_back: bool) -> Event {
    Event::OwnJournal(Ok(OwnJournal { walked: vec![step], is_back, ..OwnJournal::default() }))
}

#[test]
fn what_was_said_last_is_taken_back_first() {
    let like = |on| Some(OwnChange::Like { track: "/m/a.flac".parse().unwrap(), on });
    let step = OwnStep { before: like(false), after: like(true), title: "A".into(), made_at: None };
    // In the lists of the own music at any time.
    let run = opened(vec![file("/m/a.flac").into()]).steps([Step::Keys("u")]);
    assert_eq!(run.asked(), "own Back");
    let run = opened(vec![file("/m/a.flac").into()]).steps([Step::Keys("f"), Step::Keys("u")]);
    assert_eq!(run.asked(), "own Back");
    let run = run.hears(went(step.clone(), true));
    assert_eq!(told(&run), "Undone: liking A");
    assert!(!run.state.browse.open().unwrap().rows[0].track().unwrap().liked);
    let run = run.steps([Step::Keys("U")]).hears(went(step.clone(), false));
    assert_eq!(told(&run), "Done again: liking A");
    assert!(run.state.browse.open().unwrap().rows[0].track().unwrap().liked);
    // Elsewhere as long as no list was edited since.
    let session =
        Session { tracks: vec![file("/m/a.flac").into(), file("/m/b.flac").into()], ..Session::default() };
    let run = || Run::new(Start { session: session.clone(), services: services(), ..Start::default() });
    let queue = run().steps([Step::Keys("3gg;4"), Step::Keys("u")]);
    assert_eq!(queue.asked(), "own Back");
    let queue = queue.hears(went(step, true)).steps([Step::Keys("u")]);
    assert!(!queue.asked().contains("own"), "all of it is taken back: {}", queue.asked());
    let queue = run().steps([Step::Keys("3gg;4d"), Step::Keys("u")]);
    assert!(!queue.asked().contains("own"), "{}", queue.asked());
    assert_eq!(queue.state.queue.entries.len(), 2);
}

#[test]
fn what_was_said_is_on_a_page() {
    let rate = |stars| Some(OwnChange::Rate { track: "/m/a.flac".parse().unwrap(), stars });
    let step = |before, after| OwnStep {
        before: rate(before),
        after: rate(after),
        title: "A".into(),
        made_at: None,
    };
    let journal = OwnJournal { steps: vec![step(0, 4), step(4, 2)], number: 2, ..OwnJournal::default() };
    let run = opened(vec![]).steps([Step::Keys("gj")]);
    assert_eq!(run.asked(), "own Look");
    let run = run.hears(Event::OwnJournal(Ok(journal)));
    let Some(Overlay::Journal(page)) = run.state.overlays.last() else { panic!("no journal") };
    let rows: Vec<_> = page.rows.iter().map(|row| (row.name.to_string(), row.brings.clone())).collect();
    assert_eq!(rows[1], ("rating A with 2 stars".to_owned(), Brings::Said("A with 4 stars".into())));
    assert_eq!(rows[2].1, Brings::Said("A not rated".into()));
    assert_eq!(run.steps([Step::Keys("jj<Enter>")]).asked(), "own To(0)");
}

#[test]
fn rows_follow_files_that_move() {
    let [before, now] = ["/m/old/a.flac", "/m/new/a.flac"].map(|name| name.parse::<TrackRef>().unwrap());
    let session = Session {
        tracks: vec![file("/m/old/a.flac").into(), file("/m/b.flac").into()],
        current: Some(1),
        ..Session::default()
    };
    let run = Run::new(Start { session, services: services(), ..Start::default() });
    let run = run.steps([Step::Keys("ggyd")]);
    let outcome = ScanOutcome { added: 1, moved: vec![(before, now.clone())], ..ScanOutcome::default() };
    let run = run.hears(Event::Scanned(Ok(outcome)));
    let names = |run: &Run| {
        run.state.session().tracks.iter().map(|track| track.reference.clone()).collect::<Vec<_>>()
    };
    let run = run.steps([Step::Keys("u")]);
    assert_eq!(names(&run)[0], now, "what was taken out comes back from where it is now");
    let run = run.steps([Step::Keys("P")]);
    assert_eq!(names(&run)[..2], [now.clone(), now], "and so does what is pasted");
}

#[test]
fn a_search_is_kept_under_a_name_and_forgotten() {
    let run = run().steps([Step::Keys("gsada<Space>year>2"), Step::Keys("<Enter>"), Step::Keys("gn")]);
    assert_eq!(run.state.overlays.len(), 1);
    let run = run.steps([Step::Keys("Good<Enter>")]);
    let expected = "own KeepSearch { name: \"Good\", words: \"ada year>2\" }";
    assert!(run.asked().starts_with(expected), "{}", run.asked());
    assert!(run.state.overlays.is_empty());
    let list = BrowseList { id: ListId("smart:Good".to_owned()), title: "Good (2 tracks)".into() };
    let run = opened(vec![Item::List(list)]).steps([Step::Keys("gx")]);
    assert!(run.asked().starts_with("own ForgetSearch { name: \"Good\" }"), "{}", run.asked());
    assert_eq!(run.state.browse.open().unwrap().rows, []);
    let run = opened(vec![]).steps([Step::Keys("gx"), Step::Keys("gn")]);
    assert!(!run.asked().contains("own") && run.state.overlays.is_empty());
}

#[test]
fn a_search_that_is_not_understood_is_said_and_not_kept() {
    let run = run().steps([Step::Keys("gsada<Space>genre:jazz<Space>rating>=abc<Enter>")]);
    let hint = run.state.search_hint().map(|problem| (problem.at, problem.to_string()));
    assert!(matches!(&hint, Some((16, words)) if words.starts_with("rating>=abc: rating is")), "{hint:?}");
    let asked = run.asked();
    assert!(asked.contains("search files") && asked.contains("search open \"ada\""), "the rest is: {asked}");
    let run = run.steps([Step::Keys("gn")]);
    assert!(
        run.state.overlays.is_empty() && told(&run).contains("not understood at letter 16"),
        "{}",
        told(&run)
    );
    let run = run.steps([Step::Keys("gs<C-u>bogus:foo")]);
    assert!(
        run.state.search_hint().is_some_and(|problem| problem.to_string().contains("no bogus to ask for"))
    );
    assert_eq!(run.steps([Step::Keys("<C-u>genre:jazz<Space>Re:<Space>x")]).state.search_hint(), None);
    // Who has no own music has no such conditions.
    let run = Run::new(Start { services: services(), ..Start::default() });
    assert_eq!(run.steps([Step::Keys("gsbogus:foo")]).state.search_hint(), None);
}

#[test]
fn own_music_is_asked_the_whole_line() {
    let run = run().steps([Step::Keys("gsada<Space>genre:jazz<Enter>")]);
    let asked = run.asked();
    assert!(asked.contains("search files \"ada genre:jazz\" 0"), "{asked}");
    assert!(asked.contains("search open \"ada\" 0"), "{asked}");
    // Conditions alone are a question to the own music only.
    let run = self::run().steps([Step::Keys("gsgenre:jazz<Enter>")]);
    let asked = run.asked();
    assert!(asked.contains("search files \"genre:jazz\" 0") && !asked.contains("search open"), "{asked}");
}
