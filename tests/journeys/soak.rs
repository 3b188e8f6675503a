//! A day of play in little time: track after track, from this machine, from a server and from playlists, as fast as
//! they can be decoded, with an eye on what the program holds. `SEGUE_SOAK_TRACKS` says how many tracks.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use crate::formats::{address, music_server};
use crate::program::{Home, demo_music, files};

/// Tracks where nothing else is asked for.
const TRACKS: usize = 40;

/// After so many tracks everything has been in use once; what is held then is looked at over as many more.
const WARM: usize = 15;
const LOOKS: usize = 10;

/// What a process holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    resident_kib: u64,
    threads: usize,
    descriptors: usize,
}

fn held(process: u32) -> Option<Held> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let field =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next();
    let count = |folder: &str| Some(fs::read_dir(format!("/proc/{process}/{folder}")).ok()?.count());
    Some(Held {
        resident_kib: field("VmRSS:")?.parse().ok()?,
        threads: count("task")?,
        descriptors: count("fd")?,
    })
}

#[test]
fn a_day_of_play_takes_no_more_than_its_beginning() {
    let tracks = std::env::var("SEGUE_SOAK_TRACKS").ok().and_then(|count| count.parse().ok());
    let tracks = tracks.unwrap_or(TRACKS).max(WARM + 2 * LOOKS);
    let server = music_server();
    let known: Vec<PathBuf> = files(&demo_music().join("tracks"), &["mp3", "m4a", "flac", "ogg", "opus"]);
    let lists: Vec<PathBuf> = files(&demo_music().join("hls"), &["m3u8"]);
    let locators: Vec<String> = (0..tracks)
        .map(|number| match number % 3 {
            0 => known[number / 3 % known.len()].to_str().unwrap().to_owned(),
            1 => address(&server, &known[number / 3 % known.len()]),
            _ => address(&server, &lists[number / 3 % lists.len()]),
        })
        .collect();
    let home = Home::new();
    let mut words = vec!["play", "--output", "wav:/dev/null", "--json"];
    words.extend(locators.iter().map(String::as_str));
    let mut segue = home.segue(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut looks = Vec::new();
    let mut summary = serde_json::Value::Null;
    for line in BufReader::new(segue.stdout.take().unwrap()).lines() {
        let told: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_ne!(told["event"], "failed", "{told}");
        if told["event"] == "ended" {
            looks.extend(held(segue.id()));
        } else if told.get("underruns").is_some() {
            summary = told;
        }
    }
    assert!(segue.wait().unwrap().success());
    assert_eq!(summary["underruns"], 0, "{summary}");
    // The last ones may come when it is ending.
    assert!(looks.len() + 2 >= tracks, "{} of {tracks}", looks.len());
    let most = |looks: &[Held]| Held {
        resident_kib: looks.iter().map(|held| held.resident_kib).max().unwrap(),
        threads: looks.iter().map(|held| held.threads).max().unwrap(),
        descriptors: looks.iter().map(|held| held.descriptors).max().unwrap(),
    };
    let begin = most(&looks[WARM..WARM + LOOKS]);
    let end = most(&looks[looks.len() - LOOKS..]);
    println!("{tracks} tracks: {begin:?} became {end:?}");
    assert!(end.resident_kib * 10 <= begin.resident_kib * 11, "{begin:?} became {end:?}");
    // A connection more or less is kept for the next request.
    assert!(
        end.threads <= begin.threads + 1 && end.descriptors <= begin.descriptors + 4,
        "{begin:?} became {end:?}"
    );
}
