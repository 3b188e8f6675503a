//! Files on the web that were read before.

use std::io::{Seek as _, SeekFrom};

use super::http::song;
use super::server::{Asked, Reply, Server};
use super::*;

const LENGTH: usize = 3_000_000;

fn tagged(asked: &Asked, tag: &str) -> Reply {
    Reply::part(asked, "audio/mpeg", &song(LENGTH)).header("ETag", tag)
}

/// Opens `/song.mp3` with a signature and reads it from `start` to its end.
fn hear(rig: &Rig, server: &Server, signature: &str, start: usize) -> Vec<u8> {
    let url = server.url(&format!("/song.mp3?signature={signature}"));
    let mut part = rig.http(url).unwrap().next_part().unwrap().unwrap();
    part.bytes.seek(SeekFrom::Start(start as u64)).unwrap();
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The first bytes that were asked for, request by request.
fn starts(server: &Server) -> Vec<usize> {
    server.log().iter().map(Asked::start).collect()
}

#[test]
fn what_was_heard_is_heard_again_without_its_bytes_being_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|asked, _| tagged(asked, "\"one\""));
    assert_same(&hear(&Rig::keeping(folder.path(), 1 << 30), &server, "a", 0), &song(LENGTH), "first");
    assert_eq!(starts(&server), [0]);
    // Another run, another signature, from anywhere: one request, which tells that it is the same file; then none.
    let rig = Rig::keeping(folder.path(), 1 << 30);
    for start in [0, 2_000_000, 5] {
        assert_same(&hear(&rig, &server, "b", start), &song(LENGTH)[start..], "again");
    }
    assert_eq!(starts(&server), [0; 2]);
    assert_same(&hear(&rig, &server, "a", 0), &song(LENGTH), "as at first");
    assert_eq!(starts(&server), [0; 2]);
}

#[test]
fn what_was_heard_is_heard_again_when_the_server_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::keeping(folder.path(), 1 << 30);
    let server = Server::start(|asked, _| tagged(asked, "\"one\"").header("Cache-Control", "no-cache"));
    assert_same(&hear(&rig, &server, "a", 0), &song(LENGTH), "first");
    assert_same(&hear(&rig, &server, "a", 0), &song(LENGTH), "again");
    assert_eq!(starts(&server), [0; 2], "it wants to be asked each time");
    let url = server.url("/song.mp3?signature=a");
    drop(server);
    let mut bytes = Vec::new();
    rig.http(url).unwrap().next_part().unwrap().unwrap().bytes.read_to_end(&mut bytes).unwrap();
    assert_same(&bytes, &song(LENGTH), "without it");
}

#[test]
fn only_what_is_missing_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    // Longer than all windows together.
    let song = song(9_000_000);
    let whole = song.clone();
    let server =
        Server::start(move |asked, _| Reply::part(asked, "audio/mpeg", &whole).header("ETag", "\"one\""));
    let rig = Rig::keeping(folder.path(), 1 << 30);
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    let read = |part: &mut Part, start: usize, count: usize| {
        let mut bytes = vec![0; count];
        part.bytes.seek(SeekFrom::Start(start as u64)).unwrap();
        part.bytes.read_exact(&mut bytes).unwrap();
        assert_same(&bytes, &song[start..start + count], "stretch");
    };
    read(&mut part, 0, 1_000_000);
    read(&mut part, 8_500_000, 500_000);
    assert_eq!(starts(&server), [0, 8_500_000]);
    // Back in what was read, far behind what a window holds.
    read(&mut part, 8_600_000, 400_000);
    read(&mut part, 100, 200_000);
    drop(part);
    assert_same(&hear(&rig, &server, "", 0), &song, "whole");
    let later = starts(&server)[2..].to_vec();
    let opened = later.iter().filter(|start| **start == 0).count();
    assert_eq!(opened, 1, "{later:?}");
    assert!(later.iter().all(|start| *start == 0 || (1_000_000..8_500_000).contains(start)), "{later:?}");
}

#[test]
fn another_file_at_the_same_address_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut other = song(LENGTH);
    other[1_000] ^= 1;
    let changed = other.clone();
    let server = Server::start(move |asked, number| match number {
        0 => tagged(asked, "\"one\"").header("Cache-Control", "max-age=0"),
        _ => Reply::part(asked, "audio/mpeg", &changed).header("ETag", "\"two\""),
    });
    let rig = Rig::keeping(folder.path(), 1 << 30);
    assert_same(&hear(&rig, &server, "a", 0), &song(LENGTH), "one");
    assert_same(&hear(&rig, &server, "a", 0), &other, "two");
}

#[test]
fn a_file_that_nothing_identifies_is_kept_while_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    // Without ranges there is no seeking back but in what was read.
    let server =
        Server::start(|_, _| Reply::new(200, "audio/mpeg", song(LENGTH)).header("ETag", "W/\"weak\""));
    let rig = Rig::keeping(folder.path(), 1 << 30);
    let mut part = rig.http(server.url("/song.mp3")).unwrap().next_part().unwrap().unwrap();
    let mut bytes = Vec::new();
    part.bytes.read_to_end(&mut bytes).unwrap();
    part.bytes.seek(SeekFrom::Start(7)).unwrap();
    bytes.clear();
    part.bytes.read_to_end(&mut bytes).unwrap();
    assert_same(&bytes, &song(LENGTH)[7..], "again");
    assert_eq!(server.log().len(), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_must_not_be_kept_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start(|asked, _| tagged(asked, "\"one\"").header("Cache-Control", "private, No-Store"));
    let rig = Rig::keeping(folder.path(), 1 << 30);
    assert_same(&hear(&rig, &server, "a", 0), &song(LENGTH), "song");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_written_to_costs_nothing_but_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("a file");
    std::fs::write(&blocked, "x").unwrap();
    let server = Server::start(|asked, _| tagged(asked, "\"one\""));
    let rig = Rig::keeping(&blocked.join("sound"), 1 << 30);
    assert_same(&hear(&rig, &server, "a", 0), &song(LENGTH), "song");
}
