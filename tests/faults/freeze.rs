//! A machine that was asleep: the program stands still for long, and when it goes on every connection is dead.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::good;
use crate::seeks::{minutes, part, playing, position};
use crate::server::{Reply, Server};

/// How long it stands still where nothing else is asked for; `SEGUE_FREEZE_SECONDS=3600` is the hour. What an hour does
/// to connections is done at once: they are cut.
const SECONDS: u64 = 4;

/// How long the first thing done afterwards may take.
const AT_ONCE: Duration = Duration::from_secs(3);

#[test]
fn after_a_sleep_it_goes_on_where_it_was_on_new_connections() {
    let seconds = std::env::var("SEGUE_FREEZE_SECONDS").ok().and_then(|count| count.parse().ok());
    let seconds = seconds.unwrap_or(SECONDS);
    let parts = Arc::new(AtomicUsize::new(0));
    let (theirs, file) = (Arc::clone(&parts), minutes(4));
    let server = Server::start(move |call| {
        if call.path.ends_with("/music/812/play") {
            return Reply::json(
                200,
                json!({ "url": format!("http://{}/media", call.header("host")) }).to_string(),
            );
        }
        if call.path == "/media" {
            theirs.fetch_add(1, Ordering::Relaxed);
            return part(call, &file);
        }
        good(call)
    });
    let (_home, mut screen) = playing(&server);
    let before = screen.wait("it plays", |screen| position(screen).is_some_and(|at| at >= 2));
    screen.signal("STOP");
    server.cut_all();
    #[expect(clippy::disallowed_methods, reason = "the program sleeps, and nothing else can tell it")]
    thread::sleep(Duration::from_secs(seconds));
    let asked = parts.load(Ordering::Relaxed);
    screen.signal("CONT");
    #[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
    let woken = Instant::now();
    // The first thing somebody does: far from what had come before.
    screen.keys(" ");
    let paused = screen.wait("the pause is shown", |screen| screen.contains("Paused"));
    assert!(woken.elapsed() < AT_ONCE, "{:?}", woken.elapsed());
    let (was, is) = (position_of(&before), position_of(&paused));
    assert!(is.abs_diff(was) <= 2, "from {was} it went to {is}");
    screen.keys(" ]");
    screen.wait("it plays on far away", |screen| position(screen).is_some_and(|at| at >= is + 61));
    assert!(woken.elapsed() < 2 * AT_ONCE, "{:?}", woken.elapsed());
    assert!(parts.load(Ordering::Relaxed) > asked, "on a connection of its own");
    screen.keys("\x03");
    screen.end().assert_clean();
}

/// Playing or paused.
fn position_of(screen: &str) -> u64 {
    let playing = screen.replace("⏸", "▶").replace("‖", "▶");
    position(&playing).unwrap_or_else(|| panic!("{screen}"))
}
