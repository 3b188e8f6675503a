//! I3: no sequence of messages panics or leaves a cursor outside its list.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::app::{
    ACTIONS, Bar, Chord, DownloadStart, EngineNews, EngineReport, Key, List, ListPlace, Mouse, Overlay,
    ScanOutcome, ScanProgress, Target,
};
use crate::library::Playlists;
use crate::model::{
    Account, Allowed, DownloadId, Field, Form, ListSource, Network, OutputState, Round, SampleRate,
    SoundDevice,
};

fn chord() -> impl Strategy<Value = Vec<Chord>> {
    let bound: Vec<_> =
        ACTIONS.iter().flat_map(|info| info.keys).map(|keys| parse_keys(keys).unwrap()).collect();
    prop_oneof![
        4 => prop::sample::select(bound),
        1 => any::<char>().prop_map(|c| vec![Chord::plain(Key::Char(c))]),
    ]
}

fn some_tracks() -> impl Strategy<Value = Vec<Track>> {
    let one = (0..40_u8, 0..3_usize, any::<bool>()).prop_map(|(title, service, playable)| {
        let playable = if playable { Allowed::Yes } else { Allowed::No("no".into()) };
        Track { playable, ..track(["open", "ready", "files"][service], &format!("t{title}")) }
    });
    prop::collection::vec(one, 0..30)
}

fn answer() -> impl Strategy<Value = Result<Page<Item>, Fault>> {
    prop_oneof![
        3 => (some_tracks(), any::<bool>()).prop_map(|(items, more)| Ok(page(items, more))),
        1 => Just(Err(slow())),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![Just(gone()), Just(slow())]
}

/// Numbers of requests from a short run: some fit, most are stale.
fn id() -> impl Strategy<Value = u64> {
    0..60_u64
}

fn asked() -> impl Strategy<Value = Result<SignInStep, Fault>> {
    let form = |fields: usize| {
        let fields = (0..fields).map(|at| Field { hidden: at % 2 > 0, ..Field::new("key", "Line", "") });
        Form { words: "words".into(), fields: fields.collect() }
    };
    prop_oneof![
        (0..4_usize).prop_map(move |fields| Ok(SignInStep::Form(form(fields)))),
        (0..3_usize).prop_map(move |fields| Ok(SignInStep::Visit {
            address: "https://a.example/?state=1".parse().unwrap(),
            code: (fields > 0).then(|| form(fields)),
        })),
        Just(Ok(SignInStep::done("ada"))),
        fault().prop_map(Err),
    ]
}

/// A service that was there, or one nobody knows, with any lists, search and account.
fn changed() -> impl Strategy<Value = ServiceInfo> {
    let lists = prop::sample::subsequence(vec!["top", "new", "best", "gone"], 0..4);
    let sign_in = prop::sample::select(vec![SignIn::NotNeeded, SignIn::Ready, SignIn::Missing("no".into())]);
    let id = prop::sample::select(vec!["open", "ready", "shut", "files", "other"]);
    (id, any::<bool>(), lists, sign_in, any::<bool>(), any::<bool>()).prop_map(
        |(id, search, lists, sign_in, can, is)| {
            let mut info = service(id, search, &lists, sign_in);
            info.capabilities.own_playlists = is.then(|| ListId("best".to_owned()));
            info.capabilities.account = Account {
                way: can.then(|| "here".into()),
                who: is.then(|| "ada".into()),
                key: is.then(|| "ada".to_owned()),
                join: None,
            };
            info
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let services = prop::sample::select(vec!["open", "ready", "shut", "files"]);
    let lists = prop::sample::select(vec!["top", "new", "best", "music"]);
    let seconds = 0..400_u64;
    prop_oneof![
        (id(), services.clone(), answer()).prop_map(|(ticket, service, result)| Event::Searched {
            ticket: Ticket(ticket),
            service: ServiceId::known(service),
            result
        }),
        (id(), services, lists, answer()).prop_map(|(ticket, service, list, result)| Event::Browsed {
            ticket: Ticket(ticket),
            service: ServiceId::known(service),
            list: ListId(list.to_owned()),
            result
        }),
        (id(), fault()).prop_map(|(id, fault)| Event::Failed { play_id: PlayId(id), fault }),
        id().prop_map(|id| Event::Titled { play_id: PlayId(id), title: "on air".into() }),
        (id(), fault()).prop_map(|(id, fault)| Event::Troubled { play_id: PlayId(id), fault }),
        id().prop_map(|id| Event::Elapsed(Ticket(id))),
        (id(), seconds).prop_map(|(id, seconds)| Event::Heard(Heard {
            play_id: Some(PlayId(id)),
            position: Duration::from_secs(seconds),
            ..Heard::default()
        })),
        (any::<u16>(), any::<u16>()).prop_map(|(columns, rows)| Event::Resized { columns, rows }),
        (id(), any::<bool>()).prop_map(|(id, again)| Event::ChangesSent {
            ticket: Ticket(id),
            result: Ok(Round { again_in_s: again.then_some(5), ..Round::default() }),
        }),
        (id(), fault())
            .prop_map(|(id, fault)| Event::TheirsOpened { ticket: Ticket(id), result: Err(fault) }),
        Just(Event::Restored),
        prop::sample::select(vec![Network::There, Network::Gone, Network::Trying, Network::Off])
            .prop_map(Event::NetworkChanged),
        (some_tracks(), any::<u32>()).prop_map(|(found, at)| Event::ListRead {
            source: ListSource { service: ServiceId::known("open"), list: ListId("top".to_owned()) },
            result: Ok(found),
            at: at.into(),
        }),
        Just(Event::OutputChanged(OutputState::NoDevice { reason: "none".into() })),
        prop::sample::subsequence(vec!["USB", "HDMI"], 0..=2).prop_map(|names| {
            let device = |name: &str| SoundDevice { name: name.into(), is_default: false };
            Event::OutputsListed(Ok(names.into_iter().map(device).collect()))
        }),
        Just(Event::OutputChanged(OutputState::Playing { device: "USB".into(), rate: SampleRate(48_000) })),
        Just(Event::Warned(gone())),
        (1..9_u64, 1..9_u64, 0..4_u8).prop_map(|(id, run, what)| {
            let news = match what {
                0 => EngineNews::Stopped,
                1 => EngineNews::Failed(gone()),
                2 => EngineNews::Failed(slow()),
                _ => EngineNews::Done(Box::new(crate::app::downloads::tests::file(DownloadId(id)))),
            };
            Event::Download(EngineReport { id: DownloadId(id), run, news })
        }),
        any::<bool>().prop_map(|some| Event::SettingsRead(Ok(if some {
            crate::config::settings("")
        } else {
            Vec::new()
        }))),
        fault().prop_map(|fault| Event::SettingKept(Err(fault))),
        Just(Event::SettingKept(Ok(()))),
        Just(Event::Reconfigured(Box::new(super::themes::wishes(&["auto", "nord"], "nord")))),
        Just(Event::TokenKept { name: "web".to_owned(), remark: gone() }),
        Just(Event::ScanWentOn(ScanProgress { done: 3, total: 40 })),
        Just(Event::Scanned(Ok(ScanOutcome { added: 3, problems: 1, ..ScanOutcome::default() }))),
        (id(), asked()).prop_map(|(ticket, result)| Event::SignInAsked { ticket: Ticket(ticket), result }),
        changed().prop_map(|info| Event::ServiceChanged(Box::new(info))),
        prop::sample::select(vec!["open", "shut"])
            .prop_map(|service| Event::SignedOut { service: ServiceId::known(service), result: Ok(()) }),
    ]
}

fn target() -> impl Strategy<Value = Target> {
    let place = prop::sample::select(vec![
        ListPlace::Doors,
        ListPlace::Results,
        ListPlace::Shelves,
        ListPlace::Tracks,
        ListPlace::Queue,
        ListPlace::Playlists,
        ListPlace::Playlist,
        ListPlace::Downloads,
        ListPlace::Upcoming,
        ListPlace::Accounts,
        ListPlace::Form,
        ListPlace::Help,
        ListPlace::Outputs,
        ListPlace::Themes,
        ListPlace::Palette,
        ListPlace::Choice,
        ListPlace::Settings,
        ListPlace::Log,
    ]);
    let bar = || (any::<u16>(), any::<u16>()).prop_map(|(left, cells)| Bar { left, cells });
    let row = prop_oneof![(0_usize..6).prop_map(Some), any::<Option<usize>>()];
    prop_oneof![
        4 => (place, 0_usize..9, row).prop_map(|(list, height, row)| Target::List { list, height, row }),
        1 => prop::sample::select(ACTIONS).prop_map(|info| Target::Action(info.action.clone())),
        1 => bar().prop_map(Target::Progress),
        1 => bar().prop_map(Target::Loudness),
        1 => Just(Target::LoudnessWords),
        1 => Just(Target::Line),
    ]
}

fn mouse() -> impl Strategy<Value = Mouse> {
    let target = || prop::option::of(target());
    prop_oneof![
        (target(), any::<u16>()).prop_map(|(target, column)| {
            // All within the time of a double click.
            Mouse::Press { target, column, at: Duration::ZERO }
        }),
        any::<u16>().prop_map(|column| Mouse::Drag { column }),
        Just(Mouse::Release),
        (target(), any::<bool>()).prop_map(|(target, down)| Mouse::Wheel { target, down }),
    ]
}

fn ordered(effects: &[Effect]) -> Vec<(Ticket, PlaylistOrder)> {
    let order = |effect: &Effect| match effect {
        Effect::Playlists { ticket, order } => Some((*ticket, PlaylistOrder::clone(order))),
        _ => None,
    };
    effects.iter().filter_map(order).collect()
}

#[derive(Clone, Debug)]
enum Happening {
    Keys(Vec<Chord>),
    Paste(String),
    Mouse(Mouse),
    Event(Event),
    Step(Step),
    PlayAll(Vec<Track>),
}

fn happening() -> impl Strategy<Value = Happening> {
    let fitting = prop_oneof![
        Just(Step::Elapsed),
        Just(Step::Located),
        Just(Step::Started),
        Just(Step::WantsNext),
        Just(Step::Ended),
        fault().prop_map(Step::NotLocated),
        fault().prop_map(Step::Failed),
        fault().prop_map(Step::NewestFailed),
        (0..300_u64).prop_map(Step::At),
        answer().prop_map(|result| Step::Found("open", result)),
        answer().prop_map(|result| Step::Found("ready", result)),
        asked().prop_map(Step::Asked),
    ];
    prop_oneof![
        8 => chord().prop_map(Happening::Keys),
        1 => any::<String>().prop_map(Happening::Paste),
        4 => mouse().prop_map(Happening::Mouse),
        3 => event().prop_map(Happening::Event),
        6 => fitting.prop_map(Happening::Step),
        1 => some_tracks().prop_map(Happening::PlayAll),
    ]
}

fn holds(list: &List, rows: usize) -> bool {
    let inside = list.cursor().map_or(rows == 0 || list.is_hidden(), |cursor| cursor < rows);
    list.len() == rows && inside && list.window(7).end <= rows
}

fn check(state: &State) {
    assert!(holds(&state.welcome.list, state.welcome.doors.len()));
    assert!(holds(&state.search.list, state.search.rows.len()));
    assert!(holds(&state.browse.list, state.browse.shelves.len()));
    for shelf in state.browse.shelves.iter().chain(&state.browse.trail) {
        assert!(holds(&shelf.list, shelf.rows.len()));
    }
    assert!(holds(&state.accounts.list, state.account_rows().count()));
    if let Some(talk) = &state.accounts.talk {
        assert!(talk.line < talk.lines.len() || (talk.lines.is_empty() && talk.line == 0));
    }
    assert!(holds(&state.playlists.list, state.playlists.rows.len()));
    if let Some(open) = &state.playlists.open {
        assert!(holds(&open.list, open.entries.len()));
        assert_eq!(open.total_length(), crate::model::total_length(&open.entries));
    }
    assert!(holds(&state.downloads.list, state.downloads.jobs.entries().len()));
    assert!(holds(&state.settings.list, state.settings.rows.len()));
    assert!(holds(&state.log.list, state.notices.past().len()));
    assert!(holds(&state.queue.list, state.queue.entries.len()));
    assert_eq!(state.queue.total_length(), crate::model::total_length(&state.queue.entries));
    assert!(state.queue.current.is_none_or(|row| row < state.queue.entries.len()));
    let playing = state.playing_row();
    assert!(playing.is_none() || playing == state.queue.current, "what plays is the current row");
    for overlay in &state.overlays {
        match overlay {
            Overlay::Help(help) => assert!(holds(&help.list, help.rows.len())),
            Overlay::Outputs(outputs) => assert!(holds(&outputs.list, outputs.rows.len())),
            Overlay::Themes(themes) => assert!(holds(&themes.list, state.themes.len())),
            Overlay::Picker(picker) => assert!(holds(&picker.list, picker.rows.len())),
            Overlay::Journal(journal) => assert!(holds(&journal.list, journal.rows.len())),
            Overlay::Info(info) => assert!(holds(&info.list, info.rows.len())),
            Overlay::Palette(palette) => assert!(holds(&palette.list, palette.rows.len())),
            Overlay::Choice(choice) => assert!(holds(&choice.list, choice.rows.len())),
            Overlay::Capture(_) | Overlay::Naming(_) => {}
        }
    }
    for place in
        [ListPlace::Queue, ListPlace::Playlist, ListPlace::Playlists, ListPlace::Results, ListPlace::Tracks]
    {
        let rows = state.rows_of(place);
        assert!(state.marked_places(place).iter().all(|row| *row < rows));
        if let Some(filter) = state.filter_of(place) {
            assert!(holds(&filter.list, filter.rows.len()) && filter.rows.is_sorted());
            assert!(filter.rows.last().is_none_or(|row| *row < rows));
        }
    }
    assert!(state.playback.volume.percent() <= 100);
    let session = state.session();
    assert!(session.current.is_none_or(|row| row < session.tracks.len()));
    let _ = (state.hints(), state.why_silent(), state.finished(), state.playback.play_state());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_messages_break_the_state(queue in some_tracks(), happenings in prop::collection::vec(happening(), 1..60)) {
        let current = queue.len().checked_sub(1);
        let session = Session { tracks: queue.into_iter().map(Into::into).collect(), current, position: Duration::from_secs(9), ..Session::default() };
        let downloads = DownloadStart { runs_here: true, ..DownloadStart::default() };
        let mut run = Run::new(Start { services: services(), session, downloads, ..Start::default() });
        check(&run.state);
        let mut library = Playlists::in_memory();
        let mut orders = VecDeque::new();
        for happening in happenings {
            match happening {
                Happening::Keys(chords) => {
                    for chord in chords {
                        run.send(Msg::Key(chord));
                        orders.extend(ordered(&run.effects));
                    }
                    run.effects.clear();
                }
                Happening::Mouse(mouse) => run.send(Msg::Mouse(mouse)),
                Happening::Paste(text) => run.send(Msg::Paste(text)),
                Happening::Event(event) => run.send(Msg::Event(event)),
                Happening::Step(step) => run.step(step),
                Happening::PlayAll(tracks) => {
                    run.send(Msg::Action(Action::PlayAll { tracks, start: Duration::ZERO }));
                }
            }
            orders.extend(ordered(&run.effects));
            // The listener's own playlists are kept as in a run of the program.
            while let Some((ticket, order)) = orders.pop_front() {
                let result = library.order(&order, 0);
                run.send(Msg::Event(Event::Playlists { ticket, result }));
                orders.extend(ordered(&run.effects));
            }
            check(&run.state);
        }
    }

    /// I6: answers to requests that were never made, or are over, change nothing.
    #[test]
    fn stale_answers_change_nothing(event in event(), number in 1000_u64..2000) {
        let stale = match event {
            Event::Searched { service, result, .. } => Event::Searched { ticket: Ticket(number), service, result },
            Event::Browsed { service, list, result, .. } => {
                Event::Browsed { ticket: Ticket(number), service, list, result }
            }
            Event::ChangesSent { result, .. } => Event::ChangesSent { ticket: Ticket(number), result },
            Event::TheirsOpened { result, .. } => Event::TheirsOpened { ticket: Ticket(number), result },
            Event::Failed { fault, .. } => Event::Failed { play_id: PlayId(number), fault },
            Event::Troubled { fault, .. } => Event::Troubled { play_id: PlayId(number), fault },
            Event::SignInAsked { result, .. } => Event::SignInAsked { ticket: Ticket(number), result },
            Event::Elapsed(_) => Event::Elapsed(Ticket(number)),
            Event::Titled { title, .. } => Event::Titled { play_id: PlayId(number), title },
            _ => Event::Ended { play_id: PlayId(number) },
        };
        let mut run = Run::with("a b c").steps([Step::Keys("/night<Enter>"), Step::Keys("<Space>2")]);
        let before = run.state.clone();
        run.send(Msg::Event(stale));
        prop_assert_eq!(run.asked(), "");
        prop_assert_eq!(&run.state, &before);
        for play_id in [PlayId(number), PlayId(0)] {
            run.send(Msg::Event(Event::Located { play_id, result: Err(gone()) }));
            run.send(Msg::Event(Event::Started { play_id, format: format(), length: None }));
            run.send(Msg::Event(Event::WantsNext { play_id }));
        }
        prop_assert_eq!(&run.state, &before);
    }
}
