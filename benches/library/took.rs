//! How long something took, on the clock and of the processor: on a busy machine only the second one tells.

use std::fs;
use std::time::{Duration, Instant};

/// Something that goes on.
pub struct Begun {
    clock: Instant,
    processor: Duration,
}

/// What it took.
#[derive(Clone, Copy)]
pub struct Took {
    clock: Duration,
    processor: Duration,
}

/// What this thread has had of a processor; nothing where the system does not tell.
fn processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

impl Begun {
    pub fn now() -> Self {
        Self { processor: processor(), clock: Instant::now() }
    }

    pub fn took(&self) -> Took {
        let clock = self.clock.elapsed();
        Took { clock, processor: processor().saturating_sub(self.processor) }
    }
}

/// Prints the middle and the slowest in a hundred.
pub fn tell(what: &str, times: &[Took]) {
    let of = |part: fn(&Took) -> Duration| {
        let mut times: Vec<_> = times.iter().map(part).collect();
        times.sort_unstable();
        let at = |hundredth: usize| times[times.len() * hundredth / 100].as_secs_f64() * 1e3;
        format!("median {:.2} ms, p99 {:.2} ms", at(50), at(99))
    };
    println!("{what}: {}; of the processor {}", of(|took| took.clock), of(|took| took.processor));
}
