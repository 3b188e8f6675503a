//! Addresses that live no longer than ten seconds, under a listener who leaps about in a long track.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::good;
use crate::leaks::{CONSUMER_SECRET, SIGNATURE};
use crate::program::Home;
use crate::pty::Pty;
use crate::server::{Call, Reply, Server};

/// How long an address lives, as Audiomack's do. The program counts it by its own clock, so it passes here.
const LIFE: Duration = Duration::from_secs(10);

/// Bytes of sound that come at once; the rest is late, so that a far leap finds nothing that came before.
const AT_ONCE: usize = 2 << 20;

/// A listener of Audiomack alone, which is at this server, who plays what a search finds.
pub fn playing(server: &Server) -> (Home, Pty) {
    let others = ["audius", "yourmusic", "audiosocket"];
    let home = Home::new().config(&format!(
        "[player]\noutput = \"null\"\n[services.audiomack]\nbase_url = \"{}\"\n\
         consumer_key = \"consumer\"\nconsumer_secret = \"{CONSUMER_SECRET}\"\n{}",
        server.url("/v1"),
        others.map(|other| format!("[services.{other}]\nenabled = false\n")).concat()
    ));
    let mut screen = Pty::start(&home, &[], 120, 40, &[]);
    screen.wait_for("Listen now");
    screen.keys("gsferry\r");
    screen.wait_for("1 found");
    screen.keys("\r");
    (home, screen)
}

/// Minutes of a soft saw tooth as WAV: mono, 16 bits, 44.1 kHz.
pub fn minutes(count: u32) -> Vec<u8> {
    const RATE: u32 = 44_100;
    let bytes = count * 60 * RATE * 2;
    let mut file = Vec::with_capacity(bytes as usize + 44);
    file.extend(b"RIFF");
    file.extend((bytes + 36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend((0..bytes / 2).flat_map(|sample| i16::try_from(sample % 100 * 40).unwrap().to_le_bytes()));
    file
}

pub fn part(call: &Call, file: &[u8]) -> Reply {
    let from: usize =
        call.header("range").trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap();
    let (last, length) = (file.len() - 1, file.len());
    let range = format!("Content-Range: bytes {from}-{last}/{length}\r\n");
    let headers = format!("Content-Type: audio/wav\r\nAccept-Ranges: bytes\r\n{range}");
    let body = &file[from..];
    Reply::Held { status: 206, headers, body: body[..body.len().min(AT_ONCE)].to_vec(), promised: body.len() }
}

/// Where the ear is, in seconds.
pub fn position(screen: &str) -> Option<u64> {
    let at = screen.lines().position(|line| line.starts_with(" ▶ Night Ferry"))?;
    let clock = screen.lines().nth(at + 1)?.split_whitespace().next()?;
    let (minutes, seconds) = clock.split_once(':')?;
    Some(minutes.parse::<u64>().ok()? * 60 + seconds.parse::<u64>().ok()?)
}

#[test]
fn a_far_seek_costs_one_address() {
    let refused = Arc::new(AtomicU64::new(0));
    let refusals = Arc::clone(&refused);
    // When each address was given.
    let given = Arc::new(Mutex::new(Vec::<Instant>::new()));
    let (theirs, file) = (Arc::clone(&given), minutes(4));
    let server = Server::start(move |call| {
        let mut given = theirs.lock().unwrap();
        if call.path.ends_with("/music/812/play") {
            #[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
            given.push(Instant::now());
            let (host, number) = (call.header("host"), given.len() - 1);
            let address = format!("http://{host}/media/{number}?Expires=1&Signature={SIGNATURE}");
            return Reply::json(200, json!({ "url": address }).to_string());
        }
        match call.path.strip_prefix("/media/").map(|number| number.parse::<usize>().unwrap()) {
            Some(number) if given[number].elapsed() > LIFE => {
                refusals.fetch_add(1, Ordering::Relaxed);
                Reply::json(403, "")
            }
            Some(_) => part(call, &file),
            None => good(call),
        }
    });
    let (_home, mut screen) = playing(&server);
    screen.wait("it plays", |screen| position(screen).is_some_and(|at| at >= 1));
    let addresses = || given.lock().unwrap().len();
    let is_old = || given.lock().unwrap().last().unwrap().elapsed() > LIFE + Duration::from_millis(200);
    assert_eq!(addresses(), 1, "it plays on from an address that ran out");
    let here = screen.wait("the address has run out", |screen| is_old() && position(screen).is_some());
    let from = position(&here).unwrap();
    screen.keys("]");
    // Where the seek leads is shown at once; the ear is further when it plays on there.
    let is_past = |screen: &str| position(screen).is_some_and(|at| at >= from + 61);
    let there = screen.wait("it plays on", is_past);
    assert!(!there.contains("403") && !there.contains("run out"), "{there}");
    assert_eq!(addresses(), 2, "{there}");
    assert_eq!(refused.load(Ordering::Relaxed), 0, "no old address was asked");
    screen.keys("\x03");
    screen.end().assert_clean();
}
