//! Each page at three sizes, kept as pictures in `snapshots/`. A changed picture is looked at before
//! it is taken over (`cargo insta review`, or `INSTA_UPDATE=always`).

use insta::{Settings, assert_snapshot};

use std::time::Duration;

use super::house::{House, mixed, page, plain, services};
use super::screen::{buffer, picture};
use crate::app::{Action, Event, Heard, Msg, PlayState, Start};
use crate::model::{
    Collection, Fault, FaultKind, Item, ItemRef, Kind, Level, ListId, MAX_STARS, OutputState, Page,
    ServiceId, Session, SoundDevice, Spectrum, Ticket,
};
use crate::ui::{Theme, said};

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

/// Further sizes for what a page looks like at its most usual.
const MORE_SIZES: [(u16, u16); 2] = [(200, 60), (60, 20)];

/// Draws what `build` makes of a program of each size.
pub(super) fn check(name: &str, build: impl Fn(u16, u16) -> House) {
    for (columns, rows) in SIZES {
        shown(name, &build(columns, rows), columns, rows);
    }
}

/// The same at all five sizes.
pub(super) fn check_page(name: &str, build: impl Fn(u16, u16) -> House) {
    check(name, &build);
    for (columns, rows) in MORE_SIZES {
        shown(name, &build(columns, rows), columns, rows);
    }
}

fn shown(name: &str, house: &House, columns: u16, rows: u16) {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        assert_snapshot!(format!("{name}_{columns}x{rows}"), picture(&house.state, columns, rows));
    });
}

/// The search page with its results, the cursor on the second of them.
pub(in crate::ui) fn found(columns: u16, rows: u16) -> House {
    let mut house = House::usual(columns, rows);
    house.action(Action::Search);
    house.keys("night");
    house.keys("<Enter>");
    house
}

/// The queue while its fourth track plays.
pub(in crate::ui) fn playing(columns: u16, rows: u16) -> House {
    let mut house = House::with_queue(plain("audius", 9), columns, rows);
    house.action(Action::Play);
    house.hear(117, PlayState::Playing);
    house
}

/// The queue, whose rows have no star to five.
fn rated(columns: u16, rows: u16) -> House {
    let mut tracks = plain("audius", 9);
    (0..=MAX_STARS).zip(&mut tracks).for_each(|(stars, track)| track.stars = stars);
    tracks[4].liked = true;
    House::with_queue(tracks, columns, rows)
}

#[test]
fn ratings() {
    check("rated", rated);
    // Without pictures the stars are those of a keyboard, and read out they are words.
    let house = rated(120, 40);
    let drawn = buffer(&house.state, &Theme::default().typed(), 120, 40);
    let rows: Vec<String> =
        (0..40).map(|y| (0..120).map(|x| drawn[(x, y)].symbol()).collect::<String>()).collect();
    assert!(
        rows.iter().any(|row| row.contains("  ****   *  ") && row.contains("Paper Lanterns 5")),
        "{rows:#?}"
    );
    assert!(
        said(&house.state).page.rows[4].1.contains("4 of 5 stars, liked"),
        "{:?}",
        said(&house.state).page.rows
    );
}

#[test]
fn welcome() {
    check_page("welcome", House::usual);
}

#[test]
fn demo() {
    check_page("demo", |columns, rows| {
        let start = Start { services: services(), demo: true, columns, rows, ..Start::default() };
        House::open(start, super::house::usual)
    });
}

#[test]
fn search() {
    check("search_typing", |columns, rows| {
        let mut house = House::usual(columns, rows);
        house.action(Action::Search);
        house
    });
    check_page("search_found", |columns, rows| {
        let mut house = found(columns, rows);
        house.keys("jj");
        house
    });
}

#[test]
fn search_without_an_answer() {
    check("search_failed", |columns, rows| {
        let start = Start { services: services(), columns, rows, ..Start::default() };
        let mut house = House::open(start, |service| match service.as_str() {
            "audius" => Some(Err(
                Fault::new(FaultKind::Network, "Audius did not answer").hint("Press R to try again")
            )),
            _ => Some(Ok(super::house::page(Vec::new(), None))),
        });
        house.action(Action::Search);
        house.keys("night<Space>ferry");
        house.keys("<Enter>");
        house
    });
}

#[test]
fn browse() {
    check_page("browse_lists", |columns, rows| {
        let mut house = House::usual(columns, rows);
        house.action(Action::ShowBrowse);
        house
    });
    check_page("browse_tracks", |columns, rows| {
        let mut house = House::usual(columns, rows);
        house.action(Action::ShowBrowse);
        house.keys("jjjjj<Enter>");
        house.action(Action::PaneRight);
        house.keys("jjjjjjj");
        house
    });
    check("browse_sign_in", |columns, rows| {
        let mut house = House::usual(columns, rows);
        house.action(Action::ShowBrowse);
        house.keys("G");
        house
    });
}

/// Albums of the own music, then tracks.
fn own_albums(service: &ServiceId) -> Page<Item> {
    let album = |title: &str, tracks, seconds| {
        let reference = ItemRef { service: service.clone(), kind: Kind::Album, id: title.to_owned() };
        let (by, length) = (Some("Ada Cole".into()), Some(Duration::from_secs(seconds)));
        let about = Collection::new(reference, title);
        Item::Collection(Collection { by, length, year: Some(2021), tracks: Some(tracks), ..about })
    };
    let mut found = page(plain("files", 9), None);
    found.items.splice(
        0..0,
        [album("Tides", 11, 2550), album("Harbour Lights", 1, 171), album("雨の港", 240, 54_000)],
    );
    found
}

#[test]
fn library() {
    check_page("library", |columns, rows| {
        let start = Start { services: services(), columns, rows, ..Start::default() };
        let mut house = House::open(start, |service| Some(Ok(own_albums(service))));
        house.action(Action::ShowLibrary);
        house.keys("<Enter>");
        house
    });
}

/// An album or an artist that was opened by its link.
fn opened(about: &Collection, columns: u16, rows: u16) -> House {
    let mut house = playing(columns, rows);
    house.send(Msg::Paste("https://audius.example/tides".to_owned()));
    for ticket in 0..60 {
        house.event(Event::Resolved { ticket: Ticket(ticket), result: Ok(vec![about.clone().into()]) });
    }
    house
}

#[test]
fn album_and_artist() {
    let of = |kind: Kind, title: &str| {
        let reference = ItemRef { service: ServiceId::known("audius"), kind, id: "1".to_owned() };
        Collection::new(reference, title)
    };
    let album = Collection { by: Some("Ada Cole".into()), year: Some(2024), ..of(Kind::Album, "Tides") };
    check_page("album", |columns, rows| opened(&album, columns, rows));
    let artist = Collection { note: Some("1,204 followers".into()), ..of(Kind::Artist, "Ada Cole") };
    check_page("artist", |columns, rows| opened(&artist, columns, rows));
}

#[test]
fn queue() {
    check("queue_empty", |columns, rows| {
        let mut house = House::usual(columns, rows);
        house.action(Action::ShowQueue);
        house
    });
    check_page("queue_restored", |columns, rows| House::with_queue(mixed("audius"), columns, rows));
    check_page("queue_long", |columns, rows| {
        let mut house = House::with_queue(plain("files", 200), columns, rows);
        house.keys("G");
        house
    });
}

#[test]
fn spectrum() {
    check_page("spectrum", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::Spectrum);
        let mut spectrum = Spectrum::default();
        for (band, level) in (0_u8..).zip(&mut spectrum.bands) {
            *level = -2.5 * f32::from(band);
        }
        spectrum.levels = [-3.0, -40.0].map(|peak_db| Level { peak_db, mean_db: peak_db - 12.4 });
        house.event(Event::Spectrum(spectrum));
        house
    });
}

#[test]
fn outputs() {
    let device = |name: &str, is_default| SoundDevice { name: name.into(), is_default };
    check_page("outputs", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::ShowOutputs);
        let devices = vec![device("Built-in speakers", true), device("USB headphones", false)];
        house.event(Event::OutputsListed(Ok(devices)));
        house
    });
}

#[test]
fn playing_band() {
    check_page("playing", playing);
    check("playing_paused", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::Pause);
        house.action(Action::Repeat);
        house
    });
    check("playing_last_track", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::StopAfterTrack);
        house
    });
    check("playing_exact", |columns, rows| {
        let mut house = playing(columns, rows);
        let heard = Heard { exact: true, ..house.state.playback.heard.clone() };
        house.event(Event::Heard(heard));
        house
    });
    check("playing_levelled", |columns, rows| {
        let mut house = playing(columns, rows);
        let heard = Heard { level_db: -7.24, ..house.state.playback.heard.clone() };
        house.event(Event::Heard(heard));
        house
    });
    check("playing_shaped", |columns, rows| {
        let mut house = playing(columns, rows);
        house.keys("g e g m");
        house
    });
    check("playing_station", |columns, rows| {
        let mut house = playing(columns, rows);
        let play_id = house.state.playback.now.as_ref().unwrap().play_id;
        house.event(Event::Titled { play_id, title: "Lena Ford - Slow Orbit".into() });
        house
    });
    check("playing_buffering", |columns, rows| {
        let mut house = playing(columns, rows);
        house.hear(118, PlayState::Buffering);
        house
    });
}

#[test]
fn wide() {
    let (columns, rows) = (200, 40);
    let mut house = playing(columns, rows);
    house.action(Action::Search);
    house.keys("night<Enter>");
    shown("wide_search", &house, columns, rows);
    house.action(Action::ShowBrowse);
    shown("wide_browse", &house, columns, rows);
}

#[test]
fn tiny() {
    for (columns, rows) in [(60, 16), (30, 8), (24, 6), (20, 5), (19, 4), (8, 1)] {
        shown("tiny", &playing(columns, rows), columns, rows);
    }
}

#[test]
fn help() {
    check_page("help", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::Help);
        house.keys("jj");
        house
    });
    check("help_search", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::FindAction);
        house.keys("queue");
        house
    });
}

#[test]
fn picker() {
    fn playlists(service: &ServiceId) -> Option<Result<Page<Item>, Fault>> {
        let playlist = |(id, title, tracks, note): (&str, &str, u64, Option<&str>)| {
            let reference =
                ItemRef { service: ServiceId::known("audius"), kind: Kind::Playlist, id: id.to_owned() };
            let (tracks, note) = (Some(tracks), note.map(Into::into));
            Item::Collection(Collection { tracks, note, ..Collection::new(reference, title) })
        };
        let all = [
            ("1", "Night drive 雨", 12, None),
            ("2", "By day", 1, Some("private")),
            ("3", "Nightshift", 0, None),
        ];
        let page = Page { items: all.map(playlist).to_vec(), ..Page::default() };
        (service.as_str() == "audius").then_some(Ok(page))
    }
    let open = |keys: &'static str| {
        move |columns, rows| {
            let mut services = services();
            let able = &mut services[0].capabilities;
            able.powers.arrange_playlist = true;
            able.powers.create_playlist = true;
            able.own_playlists = Some(ListId("mine".to_owned()));
            let session = Session {
                tracks: plain("audius", 9).into_iter().map(Into::into).collect(),
                current: Some(3),
                ..Session::default()
            };
            let mut house =
                House::open(Start { services, session, columns, rows, ..Start::default() }, playlists);
            house.keys("a");
            house.keys(keys);
            house
        }
    };
    check_page("picker", open("<Down>"));
    check("picker_search", open("night"));
}

#[test]
fn trouble() {
    check("no_device", |columns, rows| {
        let mut house = playing(columns, rows);
        let reason = "ALSA found no playback device".into();
        house.event(Event::OutputChanged(OutputState::NoDevice { reason }));
        house
    });
    check_page("failed", |columns, rows| {
        let mut house = playing(columns, rows);
        let play_id = house.state.playback.now.as_ref().unwrap().play_id;
        let fault =
            Fault::new(FaultKind::Refused, "Audius refused the track: it is not offered in this country")
                .hint("Press > for the next track");
        house.refusal = Some(fault.clone());
        house.event(Event::Failed { play_id, fault });
        house
    });
    check("warned", |columns, rows| {
        let fault = Fault::new(FaultKind::Usage, "config.toml line 7: player.volume is 250")
            .hint("Expected a whole number from 0 to 100; 80 stays");
        let start = Start { services: services(), columns, rows, warnings: vec![fault], ..Start::default() };
        House::open(start, super::house::usual)
    });
    check("muted", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::Mute);
        house
    });
}

#[test]
fn downloads() {
    check("downloads_none", |columns, rows| {
        let mut house = House::usual(columns, rows);
        house.action(Action::ShowDownloads);
        house
    });
    check_page("downloads", |columns, rows| {
        let mut house = super::downloads::busy(columns, rows);
        house.action(Action::ShowDownloads);
        house.keys("jjjjj");
        house
    });
    check("downloads_elsewhere", |columns, rows| {
        let mut house = super::downloads::busy(columns, rows);
        house.action(Action::ShowBrowse);
        house
    });
}
