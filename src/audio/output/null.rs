//! Nowhere, in real time: frames are taken as fast as a device would take them.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Happened, Loudness, Opened, Order, Tell, Wanted, connect};

/// How often frames are taken.
const ROUND: Duration = Duration::from_millis(20);

/// Longest time made up for after the machine was late.
const LONGEST_ROUND: Duration = Duration::from_millis(500);

pub(super) fn run(wanted: Wanted, loudness: Loudness, orders: &Receiver<Order>, tell: &Tell) {
    let channels = wanted.channels.clamp(1, 2);
    let (samples, mut renderer, line) = connect(wanted.rate, channels, loudness);
    tell(Happened::Opened(Opened {
        samples,
        line,
        rate: wanted.rate,
        channels,
        bits: 0,
        device: "silence".into(),
        unpark: None,
    }));
    tell(Happened::Running);
    let rate = f64::from(wanted.rate.0);
    let mut room = Vec::new();
    let mut last = now();
    let mut owed = 0.0;
    loop {
        match orders.recv_timeout(ROUND) {
            Err(RecvTimeoutError::Timeout) | Ok(Order::Wake) => {}
            Err(RecvTimeoutError::Disconnected) => return,
            Ok(Order::Rest) => {
                // Until something comes again there is nothing to take.
                loop {
                    match orders.recv() {
                        Ok(Order::Rest) => {}
                        Ok(Order::Wake) => break,
                        Err(_) => return,
                    }
                }
                last = now();
            }
        }
        let time = now();
        owed += time.duration_since(last).min(LONGEST_ROUND).as_secs_f64() * rate;
        last = time;
        // At most half a second of frames.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
        let frames = owed as usize;
        owed -= frames as f64;
        room.resize(frames * usize::from(channels), 0.0);
        renderer.render(&mut room);
    }
}

#[expect(clippy::disallowed_methods, reason = "this output is a clock")]
fn now() -> Instant {
    Instant::now()
}
