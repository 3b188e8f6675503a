//! The playlists' page, an open playlist, and the line for a name, at several sizes.

use std::time::Duration;

use super::golden::{check, check_page};
use super::house::{House, mixed};
use crate::app::Action;
use crate::model::{
    Entry, EntryId, Journal, LocalTime, OpenedPlaylist, PlaylistAnswer, PlaylistId, PlaylistInfo,
    PlaylistOrder, total_length,
};

fn about(id: u64, name: &str, tracks: usize, seconds: u64) -> PlaylistInfo {
    let length = Duration::from_secs(seconds);
    PlaylistInfo {
        id: PlaylistId(id),
        name: name.into(),
        tracks,
        length,
        changed_at: 0,
        place: None,
        remote: None,
    }
}

/// What the library answers: two playlists, of which each is full of many scripts. Edits are not answered.
pub(super) fn answer(order: &PlaylistOrder) -> Option<PlaylistAnswer> {
    match order {
        PlaylistOrder::List => Some(PlaylistAnswer::Listed(vec![
            about(1, "雨の夜 (by night)", 11, 4_000),
            about(
                2,
                "A name that goes on and on, as names of playlists do when nobody stops them",
                1_204,
                300_000,
            ),
        ])),
        PlaylistOrder::Open(id) => {
            let rows = mixed("audius").into_iter().zip(1..);
            let entries: Vec<_> = rows.map(|(track, number)| Entry::new(EntryId(number), track)).collect();
            let length = total_length(&entries);
            let about = PlaylistInfo { length, ..about(id.0, "雨の夜 (by night)", entries.len(), 0) };
            let opened = OpenedPlaylist { about, revision: 1, entries, journal: Journal::default() };
            Some(PlaylistAnswer::Opened(Box::new(opened)))
        }
        _ => None,
    }
}

pub(super) fn page(columns: u16, rows: u16) -> House {
    let mut house = House::usual(columns, rows);
    house.action(Action::ShowPlaylists);
    house
}

pub(super) fn open(columns: u16, rows: u16) -> House {
    let mut house = page(columns, rows);
    house.keys("<Enter>jvj");
    house
}

fn sorted(columns: u16, rows: u16) -> House {
    let mut house = page(columns, rows);
    house.keys("<Enter>, t");
    house
}

fn naming(columns: u16, rows: u16) -> House {
    let mut house = page(columns, rows);
    house.keys("nNight");
    house
}

fn picking(columns: u16, rows: u16) -> House {
    let mut house = open(columns, rows);
    house.keys("a");
    house
}

fn filtered(columns: u16, rows: u16) -> House {
    let mut house = page(columns, rows);
    house.keys("<Enter>/na");
    house
}

fn journal(columns: u16, rows: u16) -> House {
    let mut house = super::golden::playing(columns, rows);
    house.action(Action::ShowQueue);
    // One day, 14:02; the next, 9:30 (2026-02-14 and 15, an hour east of Greenwich).
    let at = |unix_s| LocalTime { unix_s, offset_s: 3600 };
    house.state.tell_time(at(1_771_074_120));
    house.keys("jd");
    house.state.tell_time(at(1_771_144_200));
    house.keys("JDuug j");
    house
}

pub(super) fn houses() -> Vec<House> {
    [page, open, sorted, naming, picking, filtered, journal].map(|house| house(80, 24)).into()
}

#[test]
fn all_playlists() {
    check_page("playlists", page);
}

#[test]
fn an_open_playlist() {
    check_page("playlist", open);
}

#[test]
fn an_order_for_now() {
    check("playlist_sorted", sorted);
}

#[test]
fn a_name_is_typed() {
    check("playlist_naming", naming);
}

#[test]
fn a_playlist_is_picked() {
    check("playlist_picking", picking);
}

#[test]
fn a_list_is_filtered() {
    check("playlist_filtered", filtered);
}

#[test]
fn the_journal() {
    check_page("journal", journal);
}
