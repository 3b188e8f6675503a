//! Albums, artists, links, marks and kinds: what goes beyond tracks of a list.

use super::*;
use crate::model::{
    Account, Collection, Filter, ItemRef, MarkSettled, MarkWish, Powers, ToldMark, WaitingMark,
};

fn collection(kind: Kind, id: &str) -> Item {
    let reference = ItemRef { service: ServiceId::known("open"), kind, id: id.to_owned() };
    Item::Collection(Collection::new(reference, id.to_uppercase()))
}

fn list(id: &str) -> Item {
    Item::List(BrowseList { id: ListId(id.to_owned()), title: id.into() })
}

/// The open service with everything a service can have.
fn run() -> Run {
    run_with("")
}

/// The same with a queue from last time.
fn run_with(titles: &str) -> Run {
    let mut services = services();
    services[0].capabilities.search = Kind::ALL.to_vec();
    services[0].capabilities.suggests = true;
    services[0].capabilities.similar = true;
    services[0].capabilities.filters =
        vec![Filter { key: "sort", words: "order", values: vec!["recent".to_owned()], is_free: false }];
    services[0].capabilities.powers =
        Powers { like: vec![Kind::Track, Kind::Album], follow: vec![Kind::Artist], ..Powers::default() };
    services[1].capabilities.account =
        Account { way: Some("in the browser".into()), who: None, key: None, join: None };
    let tracks = tracks(titles);
    let current = (!tracks.is_empty()).then_some(0);
    let session =
        Session { tracks: tracks.into_iter().map(Into::into).collect(), current, ..Session::default() };
    Run::new(Start { services, session, ..Start::default() })
}

/// What is asked last, the rows that are shown, and the newest notice.
fn check(steps: Vec<Step>, asked: &str, facts: &str) -> Run {
    let told = format!("{steps:?}");
    let run = run().steps(steps);
    let open = run.state.browse.open().unwrap();
    let rows: Vec<_> = open.rows.iter().map(|row| row.title().as_str()).collect();
    let trail = run.state.browse.trail.len();
    let found = format!("{:?} {} {trail}: {}", run.state.page, open.title(), rows.join(" "));
    assert_eq!((run.asked().as_str(), found.as_str()), (asked, facts), "{told}");
    run
}

fn notice(run: &Run) -> String {
    run.state.notices.latest().map_or_else(String::new, |notice| notice.words.to_string())
}

fn opened(more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let rows = vec![list("charts"), collection(Kind::Album, "tides"), track("open", "a").into()];
    let mut steps = vec![Step::Keys("1"), Step::BrowsedItems(rows, false)];
    steps.extend(more);
    steps
}

#[test]
fn a_track_opens_to_those_like_it() {
    let facts = "Browse Similar to a 1: ";
    check(opened([Step::Keys("G"), Step::Keys("gl")]), "browse open track/a 0", facts);
    let back = [Step::Keys("G"), Step::Keys("gl"), Step::Keys("<Esc>")];
    check(opened(back), "", "Browse top 0: charts TIDES a");
    let told = |rows: Vec<Item>, words: &str| {
        let run = run().steps([Step::Keys("1"), Step::BrowsedItems(rows, false), Step::Keys("gl")]);
        assert!(run.state.browse.trail.is_empty());
        assert_eq!(notice(&run), words);
    };
    told(vec![list("charts")], "Only of a track is known what is like it");
    told(vec![track("ready", "b").into()], "ready does not tell which tracks are similar");
    told(
        vec![Item::Track(Track::new(TrackRef::File("/b.mp3".into()), "b"))],
        "Only of a service's track is known what is like it",
    );
}

#[test]
fn lists_open_out_of_lists_and_lead_back() {
    let charts = || Step::BrowsedItems(vec![list("songs"), collection(Kind::Artist, "ada")], false);
    check(opened([Step::Keys("<Enter>")]), "browse open charts 0", "Browse charts 1: ");
    check(opened([Step::Keys("<Enter>"), charts()]), "", "Browse charts 1: songs ADA");
    let deep = [Step::Keys("<Enter>"), charts(), Step::Keys("j<Enter>")];
    check(opened(deep), "browse open artist/ada 0", "Browse ADA 2: ");
    let back = [Step::Keys("<Enter>"), charts(), Step::Keys("<Enter>"), Step::Keys("<Esc>")];
    check(opened(back), "", "Browse charts 1: songs ADA");
    let out = [Step::Keys("<Enter>"), charts(), Step::Keys("h")];
    check(opened(out), "", "Browse top 0: charts TIDES a");
    let elsewhere = [Step::Keys("<Enter>"), charts(), Step::Keys("<Esc><Esc>j")];
    check(opened(elsewhere), "wait 250", "Browse new 0: ");
}

#[test]
fn a_track_among_other_rows_plays_with_the_tracks_only() {
    let run = check(opened([Step::Keys("G<Enter>")]), "locate a", "Browse top 0: charts TIDES a");
    assert_eq!(run.playing(), "*a | a locating @0");
}

#[test]
fn whole_albums_are_queued_page_by_page() {
    let album = "Browse top 0: charts TIDES a";
    check(opened([Step::Keys("je")]), "wait 5000, browse open album/tides 0", album);
    let first = || Step::BrowsedItems(vec![track("open", "x").into(), track("open", "y").into()], true);
    check(opened([Step::Keys("je"), first()]), "browse open album/tides 1", album);
    let last = || Step::BrowsedItems(vec![track("open", "z").into()], false);
    let run = check(opened([Step::Keys("je"), first(), last()]), "wait 5000", album);
    assert_eq!(run.playing(), "*x y z | none @0");
    assert_eq!(notice(&run), "Queued at the end: TIDES (now 3 tracks)");
    let run = check(opened([Step::Keys("je"), first(), Step::Browsed(Err(slow()))]), "", album);
    assert_eq!(
        (run.playing().as_str(), notice(&run).as_str()),
        (" | none @0", "TIDES was not queued. Nothing comes.")
    );
}

/// The like of track `a` at the open service.
fn wish(on: bool) -> MarkWish {
    let item = ItemRef { service: ServiceId::known("open"), kind: Kind::Track, id: "a".to_owned() };
    MarkWish { item, mark: Mark::Like, on, title: "a".into() }
}

/// A round in which this came of the like, and what waits then.
fn sent(on: bool, what: MarkSettled) -> Step {
    let waits = matches!(what, MarkSettled::Waits(_));
    let marks = if waits { vec![WaitingMark { wish: wish(on), next_try_at: 9 }] } else { Vec::new() };
    Step::Sent(Box::new(Round { marked: vec![ToldMark { wish: wish(on), what }], marks, ..Round::default() }))
}

fn liked(run: &Run) -> bool {
    run.state.browse.open().unwrap().rows[2].track().unwrap().liked
}

#[test]
fn a_mark_shows_at_once_and_goes_when_it_is_refused() {
    let rows = "Browse top 0: charts TIDES a";
    let run = check(opened([Step::Keys("Gf")]), "keep like open:track:a true, wait 5000", rows);
    assert!(liked(&run));
    // Sent once it is on the disk.
    let kept = || [Step::Keys("Gf"), Step::MarkKept(Ok(()))];
    check(opened(kept()), "send", rows);
    let run = check(opened(kept().into_iter().chain([sent(true, MarkSettled::Arrived)])), "", rows);
    assert!(liked(&run) && run.state.outbox_words().is_none());
    let run = check(opened(kept().into_iter().chain([sent(true, MarkSettled::Refused(gone()))])), "", rows);
    assert!(!liked(&run));
    assert_eq!(notice(&run), "a: the mark was not taken. It is gone.");
    // Wanted otherwise before the answer: what came of the first says nothing of the second.
    let both = kept().into_iter().chain([Step::Keys("f"), Step::MarkKept(Ok(()))]);
    let run = check(opened(both), "", rows);
    assert!(!liked(&run));
    let run = check(opened([Step::Keys("Gg r")]), "wait 5000", rows);
    assert_eq!(notice(&run), "open has no reposting for tracks");
    // Without a library it is asked of the service at once.
    let lost = [Step::Keys("Gf"), Step::MarkKept(Err(gone()))];
    check(opened(lost), "like open:track:a true", rows);
}

#[test]
fn a_mark_that_waits_is_shown_and_counted_until_it_arrives() {
    let rows = "Browse top 0: charts TIDES a";
    let offline = sent(true, MarkSettled::Waits(slow()));
    let run = check(opened([Step::Keys("Gf"), Step::MarkKept(Ok(())), offline.clone()]), "wait 5000", rows);
    assert!(liked(&run));
    assert_eq!(notice(&run), "The mark of a is kept and waits for open. Nothing comes.");
    assert_eq!(run.state.outbox_words().as_deref(), Some("1 change waits for open"));
    // The list as the service has it knows nothing of it yet.
    let again = run.steps([Step::Keys("R"), Step::BrowsedItems(vec![track("open", "a").into()], false)]);
    assert!(
        again.state.browse.open().unwrap().rows.iter().any(|row| row.track().is_some_and(|row| row.liked))
    );
    // So it is after a restart, before anything was marked.
    let start = run_with("").hears(Event::Restored).steps([offline]);
    assert_eq!(start.state.outbox_words().as_deref(), Some("1 change waits for open"));
    let start = start.steps(opened([]));
    assert!(liked(&start));
    let arrived = start.steps([Step::Keys("Gf"), Step::MarkKept(Ok(())), sent(false, MarkSettled::Arrived)]);
    assert!(!liked(&arrived) && arrived.state.outbox_words().is_none());
}

#[test]
fn another_account_sees_nothing_of_what_waits() {
    let known = |key: Option<&str>| {
        let mut info = run().state.services[0].clone();
        info.capabilities.account.key = key.map(str::to_owned);
        Step::ServiceChanged(Box::new(info))
    };
    let run = run().steps([known(Some("ada"))]);
    assert!(run.asked().starts_with("account open ada"), "{}", run.asked());
    let run =
        run.steps(opened([Step::Keys("Gf"), Step::MarkKept(Ok(())), sent(true, MarkSettled::Waits(slow()))]));
    assert!(run.state.outbox_words().is_some());
    let run = run.steps([known(None)]);
    assert!(run.asked().starts_with("account open -"), "{}", run.asked());
    assert_eq!(run.state.outbox_words(), None);
    let run = run.steps([Step::SignedOut("open", Ok(()))]);
    assert_eq!(notice(&run), "You are signed out of open; 1 change waits here until you are back");
}

#[test]
fn who_must_sign_in_first_is_told_how() {
    let found = Step::FoundItems("ready", vec![track("ready", "b").into()]);
    let run = run().steps([Step::Keys("/b<Enter>"), found, Step::Keys("f")]);
    assert_eq!(notice(&run), "ready wants you to sign in before liking: in the browser");
}

#[test]
fn kinds_and_narrowing_choose_who_is_asked() {
    let asked = |keys: &'static str| run().steps([Step::Keys(keys)]);
    let run = asked("/night<C-t><Enter>");
    assert_eq!(run.state.search.kind, Kind::Album);
    let run = run.steps([Step::FoundItems("open", vec![collection(Kind::Album, "tides")])]);
    let words: Vec<_> = run.state.search.services.iter().map(|service| service.answer.words()).collect();
    assert_eq!(words, ["1 found", "has no albums", "not signed in", "cannot be searched"]);
    let run = run.steps([Step::Keys("<Enter>")]);
    assert_eq!(
        (run.asked().as_str(), run.state.page),
        ("browse open album/tides 0", crate::app::Page::Browse)
    );
    let run = run.steps([Step::Keys("<Esc>")]);
    assert_eq!((run.state.page, run.state.search.rows.len()), (crate::app::Page::Search, 1));

    let run = asked("/night<Space>sort:recent<Enter>");
    assert_eq!(run.asked().rsplit(", ").next(), Some("search open \"night\" 0"));
    assert_eq!(run.state.search.services[1].answer.words(), "knows no sort:");
}

#[test]
fn the_line_is_completed() {
    let run = run().steps([Step::Keys("/nig"), Step::Elapsed]);
    assert!(run.asked().ends_with("suggest open \"nig\""), "{}", run.asked());
    let run = run.steps([Step::Suggested(&["night", "Night Ferry"])]);
    assert_eq!(run.state.search.completion(), Some("ht"));
    let run = run.steps([Step::Keys("<Right>")]);
    assert_eq!(run.state.search.input.text(), "night");
    assert_eq!(run.state.search.completion(), Some(" Ferry"));
}

#[test]
fn links_open_what_they_lead_to() {
    let link = "https://open.example/ada/tides";
    let run = run().steps([Step::Pasted(link)]);
    assert_eq!(run.asked(), format!("wait 5000, resolve {link}"));
    let album = Step::Resolved(Ok(vec![collection(Kind::Album, "tides")]));
    let run = run.steps([album]);
    assert_eq!(run.asked(), "browse open album/tides 0");

    let typed = super::marks::run().steps([Step::Keys("/"), Step::Pasted(link), Step::Keys("<Enter>")]);
    assert!(typed.asked().ends_with(&format!("resolve {link}")), "{}", typed.asked());
    let typed = typed.steps([Step::Resolved(Ok(vec![track("open", "a").into()]))]);
    assert_eq!(typed.state.browse.open().unwrap().title().as_str(), "What was named");
    let failed = super::marks::run().steps([Step::Pasted(link), Step::Resolved(Err(gone()))]);
    assert_eq!(notice(&failed), "It is gone.");
    let words = super::marks::run().steps([Step::Pasted("night ferry")]);
    assert!(notice(&words).contains("no link"), "{}", notice(&words));
}

#[test]
fn sources_of_a_recording_are_rows() {
    let same = |service: &str| Item::Track(track(service, "same"));
    let run = self::run().steps([
        Step::Keys("/same<Enter>"),
        Step::FoundItems("open", vec![same("open")]),
        Step::FoundItems("ready", vec![same("ready")]),
        Step::Keys("g o"),
    ]);
    let open = run.state.browse.open().unwrap();
    assert_eq!((open.title().as_str(), open.rows.len()), ("Sources of same", 2));
    let run = run.steps([Step::Keys("j<Enter>")]);
    assert_eq!(run.asked(), "locate ready:track:same");
    // Elsewhere too: what is known, else who has it is asked.
    let known = Track { elsewhere: vec![track("ready", "a").reference], ..track("open", "a") };
    let shelf =
        |track| [Step::Keys("1"), Step::BrowsedItems(vec![Item::Track(track)], false), Step::Keys("g o")];
    let run = self::run().steps(shelf(known));
    assert_eq!(run.state.browse.open().unwrap().rows.len(), 2);
    let run = self::run().steps(shelf(track("open", "a")));
    assert!(run.asked().contains("search ready \"a Ada Cole\" 0"), "{}", run.asked());
    assert_eq!(run.state.page, crate::app::Page::Search);
}

#[test]
fn a_limit_counts_down_and_then_asks_once_more() {
    let limit = Fault { wait_s: Some(2), ..Fault::new(FaultKind::Limited, "Open limits requests") };
    let open = ServiceId::known("open");
    let run = run().steps([Step::Keys("/x<Enter>"), Step::Found("open", Err(limit.clone()))]);
    assert_eq!((run.asked().as_str(), run.state.limited_for(&open)), ("wait 1000", Some(2)));
    let run = run.steps([Step::Elapsed]);
    assert_eq!((run.asked().as_str(), run.state.limited_for(&open)), ("wait 1000", Some(1)));
    let run = run.steps([Step::Elapsed]);
    assert_eq!((run.asked().as_str(), run.state.limited_for(&open)), ("search open \"x\" 0", None));

    let steps = opened([Step::Keys("j<Enter>"), Step::Browsed(Err(limit)), Step::Elapsed, Step::Elapsed]);
    check(steps, "browse open album/tides 0", "Browse TIDES 1: ");
}

fn limit(wait_s: u64) -> Fault {
    Fault { wait_s: Some(wait_s), ..Fault::new(FaultKind::Limited, "open limits requests") }
}

/// What is asked for is refused for three seconds: that is counted down whatever it was.
#[test]
fn a_limit_counts_down_whatever_was_asked_for() {
    let counts = |name: &str, mut run: Run| {
        let open = ServiceId::known("open");
        assert!(run.asked().contains("wait 1000"), "{name}: {}", run.asked());
        for left in [2, 1] {
            assert_eq!(run.state.limited_for(&open), Some(left + 1), "{name}");
            run.step(Step::Elapsed);
            assert_eq!(run.state.limited().map(|(_, left)| left).collect::<Vec<_>>(), [left], "{name}");
        }
        run.step(Step::Elapsed);
        assert_eq!(run.state.limited().count(), 0, "{name}");
    };
    let refused = sent(true, MarkSettled::Refused(limit(3)));
    let marked = run_with("a").steps([Step::Keys("3f"), Step::MarkKept(Ok(())), refused]);
    let told = marked.state.notices.latest().unwrap().words.to_string();
    assert!(told.ends_with("Requests are limited; try again when the wait is over."), "{told}");
    counts("a mark", marked);
    let link = [Step::Keys("3"), Step::Pasted("https://open.example/x"), Step::Resolved(Err(limit(3)))];
    counts("a link", run().steps(link));
    counts("an address", run_with("a").steps([Step::Keys("3<Enter>"), Step::NotLocated(limit(3))]));
}

/// A track that may not be asked for now is asked for when the wait is over, and the queue stays where it is.
#[test]
fn a_limited_track_plays_when_the_wait_is_over() {
    let mut run = Run::with("a b").steps([Step::Keys("3<Enter>")]);
    for _ in 0..5 {
        run = run.steps([Step::NotLocated(limit(2)), Step::Elapsed]);
        assert_eq!(run.playing(), "*a b | a locating @0");
        run.step(Step::Elapsed);
        assert_eq!(run.asked(), "locate a");
    }
    // Enough is enough.
    let run = run.steps([Step::NotLocated(limit(2))]);
    assert_eq!(run.playing(), "a! *b | b locating @0");
    // Nobody waits an hour, or several minutes, for one track.
    for wait_s in [61, 3600] {
        let run = Run::with("a b").steps([Step::Keys("3<Enter>"), Step::NotLocated(limit(wait_s))]);
        assert_eq!(run.playing(), "a! *b | b locating @0", "{wait_s}");
    }
    let loads = Run::with("a b").steps([
        Step::Keys("3<Enter>"),
        Step::NotLocated(limit(1)),
        Step::Elapsed,
        Step::Located,
        Step::Started,
    ]);
    assert_eq!(loads.playing(), "*a b | a sounding @0");
    // So with the one that comes next, without a gap.
    let ahead = loads.steps([Step::WantsNext, Step::NotLocated(limit(1))]);
    assert_eq!(ahead.playing(), "*a b | a sounding @0");
    let ahead = ahead.steps([Step::Elapsed]);
    assert_eq!(ahead.asked(), "locate b");
    assert_eq!(ahead.steps([Step::Located]).asked(), "append");
}
