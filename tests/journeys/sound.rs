//! What really sounds: the program plays on a sound card that is not there, and the recording is the track.

use std::path::Path;
use std::process::{Child, Stdio};

use crate::card::{Card, have_card};
use crate::program::{Done, Home, demo_music, ffmpeg_samples, have};
use crate::pty::Pty;

/// Frames a second of the card and of all music here.
const RATE: usize = 44_100;

/// The samples of a file as a card of 16 bits gets them.
fn expected(path: &Path) -> Vec<i16> {
    ffmpeg_samples(path)
        .iter()
        .map(|sample| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16)
        .collect()
}

/// How many samples must agree before the recording counts as found in the track again.
const NEEDLE: usize = 2000;

/// Samples that a server may lose when sound begins (108 frames were seen).
const MOMENT: usize = 256;

/// Whether the recording is the track from its beginning on, each sample at most `apart` from its own.
///
/// A sound server on a busy machine puts silence where a program or itself was late, loses a moment when sound
/// begins, and drops what its recorder did not fetch. After silence the track has to go on where it was but for
/// that moment; of drops there may be one a second, and a tenth of the track may be missing in all.
fn is_recorded(recording: &[i16], track: &[i16], apart: u16) -> bool {
    let same = |a: &[i16], b: &[i16]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= apart);
    // Looks for the next sound of the recording in the two seconds of the track that follow.
    let next = |at: usize, from: usize| {
        let near = &track[from..track.len().min(from + 4 * RATE)];
        let places = (at..recording.len().saturating_sub(NEEDLE)).step_by(2);
        let sounding = places.filter(|&at| {
            let needle = &recording[at..at + NEEDLE];
            needle[..2] != [0, 0] && needle.iter().any(|sample| sample.unsigned_abs() > 100)
        });
        // What breaks off within a needle is passed over; what is found nowhere then is something else.
        sounding.take(NEEDLE * 3 / 4).find_map(|at| {
            let needle = &recording[at..at + NEEDLE];
            let found = near.windows(NEEDLE).step_by(2).position(|part| same(part, needle));
            Some((at, from + found? * 2))
        })
    };
    let (mut at, mut from, mut agreed, mut drops) = (0, 0, 0, 0);
    while let Some((heard, meant)) = next(at, from) {
        let pairs = recording[heard..].iter().zip(&track[meant..]);
        let run = pairs.take_while(|(a, b)| a.abs_diff(**b) <= apart).count() / 2 * 2;
        let was_silent = heard > at && recording[at..heard].iter().all(|sample| *sample == 0);
        let was_late = was_silent && meant - from <= MOMENT;
        drops += usize::from(from > 0 && !was_late);
        (at, from, agreed) = (heard + run, meant + run, agreed + run);
    }
    println!("{agreed} of {} samples agree, {drops} drops", track.len());
    drops <= track.len() / 2 / RATE && agreed * 10 >= track.len() * 9
}

#[test]
fn a_recording_is_told_from_another() {
    let tone = |at: usize| (9000.0 * (at as f64 * 0.031 + (at as f64 * 0.000_7).sin() * 40.0).sin()) as i16;
    let track: Vec<i16> = (0..RATE * 4).flat_map(|at| [tone(at), tone(at + 77)]).collect();
    assert!(is_recorded(&track, &track, 0));
    let with_silence: Vec<i16> =
        track.chunks(20_000).flat_map(|part| part.iter().copied().chain([0; 3000])).collect();
    assert!(is_recorded(&with_silence, &track, 0));
    let softer: Vec<i16> = track.iter().map(|sample| sample / 2).collect();
    let swapped: Vec<i16> = track.chunks(2).flat_map(|frame| [frame[1], frame[0]]).collect();
    let with_clicks: Vec<i16> = track.chunks(20_000).flat_map(|part| part.iter().skip(2).copied()).collect();
    let short = track[..track.len() / 2].to_vec();
    for (what, recording) in
        [("softer", softer), ("swapped", swapped), ("clicks", with_clicks), ("short", short)]
    {
        assert!(!is_recorded(&recording, &track, 0), "{what}");
    }
}

fn play(home: &Home, card: &Card, arguments: &[&str]) -> Child {
    let mut command = home.segue(arguments);
    command.envs(card.variables()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_file_sounds_sample_for_sample() {
    if !have_card() || !have("ffmpeg") {
        return;
    }
    let track = demo_music().join("tracks/paper-lanterns.flac");
    let wanted = expected(&track);
    let (home, card) = (Home::new(), Card::start());
    let segue = play(&home, &card, &["play", track.to_str().unwrap(), "--json"]);
    let recording = card.sounded(wanted.len() - 2 * RATE);
    let done = Done::from(segue.wait_with_output().unwrap());
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(done.summary()["frames_heard"].as_u64().unwrap() as usize * 2, wanted.len());
    assert!(is_recorded(&recording, &wanted, 0), "the recording is not the track");
}

/// From a key in the demo to the ear: a stream of segments of a service that hands out playlists.
#[test]
fn a_stream_chosen_by_key_sounds_as_it_was_made() {
    if !have_card() || !have("ffmpeg") {
        return;
    }
    let wanted = expected(&demo_music().join("hls/night-ferry/high/index.m3u8"));
    let (home, card) = (Home::new(), Card::start());
    let mut demo = begin_stream(&home, &card);
    let recording = card.sounded(wanted.len() - 2 * RATE);
    demo.keys("Q");
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
    // Two decoders of a lossy codec round the last bit differently.
    assert!(is_recorded(&recording, &wanted, 2), "the recording is not the track");
}

/// The demo, playing Night Ferry as YourMusic has it.
fn begin_stream(home: &Home, card: &Card) -> Pty {
    let variables = card.variables();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.to_str().unwrap())).collect();
    let mut demo = Pty::start(home, &["--demo"], 120, 40, &variables);
    let screen = demo.wait_for("Night Ferry");
    let row = |text: &str| screen.lines().position(|line| line.trim_start().starts_with(text)).unwrap();
    demo.keys(&"j".repeat(row("YourMusic") - row("Audius ")));
    demo.keys("\r");
    demo.wait("the list", |screen| screen.contains("YourMusic · Featured") && screen.contains("Night Ferry"));
    demo.keys("\r");
    demo.wait("sound", |screen| screen.contains("▶ Night Ferry") && screen.contains("YourMusic · AAC"));
    demo
}

#[test]
fn a_card_that_goes_is_missed_and_one_that_comes_is_taken() {
    if !have_card() {
        return;
    }
    let (home, mut card) = (Home::new(), Card::start());
    let mut demo = begin_stream(&home, &card);
    demo.wait_for("Playing on");
    card.sounded(RATE);
    card.pull_out();
    demo.wait_for("is gone");
    // Told to play all the same, it says why not: time would pass in silence, and the place with it.
    demo.keys(" ");
    demo.wait_for("There is no sound device: it plays on when");
    // The one that comes has another rate; it is the same by its name, or another one that is asked for.
    card.plug_in(48_000);
    let came =
        demo.wait("a device", |screen| screen.contains("is back") || screen.contains("Sound would go to"));
    if !came.contains("is back") {
        demo.keys(" ");
    }
    demo.wait_for("Playing on");
    card.sounded(RATE);
    demo.keys("Q");
    let end = demo.end();
    end.assert_clean();
    assert_eq!(end.code, 0, "{end:?}");
}

#[test]
fn devices_are_listed_and_chosen_by_name() {
    if !have_card() {
        return;
    }
    let (home, card) = (Home::new(), Card::start());
    let run = |arguments: &[&str]| Done::from(play(&home, &card, arguments).wait_with_output().unwrap());
    let done = run(&["devices", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let found: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let device = found.as_array().unwrap().iter().find(|device| device["is_default"] == true).unwrap();
    let name = device["name"].as_str().unwrap();
    let words = run(&["devices"]);
    assert!(words.out.contains(&format!("* {name}")), "{words:?}");

    let track = demo_music().join("tracks/paper-lanterns.flac");
    let output = format!("device:{name}");
    let mut segue = play(&home, &card, &["play", track.to_str().unwrap(), "--output", &output]);
    card.sounded(RATE);
    segue.kill().unwrap();
    segue.wait().unwrap();
}

/// Without any sound system the program says so, plays on in silence, and tells scripts too.
#[test]
fn without_a_card_it_plays_silently_and_says_so() {
    let home = Home::new();
    let folder = demo_music();
    let track = folder.join("tracks/paper-lanterns.flac");
    let nowhere = format!("unix:{}", home.path().join("nothing").display());
    let run = |arguments: &[&str]| {
        let mut command = home.segue(arguments);
        command
            .env("PULSE_SERVER", &nowhere)
            .env("XDG_RUNTIME_DIR", home.path())
            .env("ALSA_CONFIG_PATH", "/dev/null");
        Done::from(command.output().unwrap())
    };
    let done = run(&["play", track.to_str().unwrap(), "--start", "0:19", "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.err.contains("No audio device, playing silently"), "{done:?}");
    assert!(done.summary()["frames_heard"].as_u64().unwrap() > RATE as u64, "{done:?}");
    let done = run(&["devices"]);
    assert_eq!((done.code, done.out.starts_with("No sound device")), (0, true), "{done:?}");
}
