//! A panic anywhere gives the terminal back, says so where people see it, and ends the program with
//! code 101; one on a decode thread is that track's fault and is caught there.

use std::panic;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::model::clean;

use super::log::hide_secrets;
use super::{stderr, terminal};

/// Whether the screen is taken, so that the hook knows what to give back.
static SCREEN_TAKEN: AtomicBool = AtomicBool::new(false);

/// Tells the panic hook whether the screen is taken.
pub(super) fn screen_is_taken(taken: bool) {
    SCREEN_TAKEN.store(taken, Ordering::Release);
}

/// Keeps a crash from writing the memory, tokens included, to a file. Called once, at the very start.
pub fn leave_no_core() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    // A system that does not allow less than it gave is as it was.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}

/// Installs the hook. Called once, at the very start.
pub fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let here = thread::current();
        let name = here.name().unwrap_or("unnamed");
        // Types that hold secrets hide them; an error of somebody else's may quote an address or a header.
        let message = hide_secrets(&clean(&info.to_string()));
        tracing::error!(thread = name, "panic: {message}");
        // Decoders and readers of tags meet hostile files; their panics are caught and told as damaged media.
        if name.starts_with("decode-") || name.starts_with("tags-") {
            return;
        }
        if SCREEN_TAKEN.swap(false, Ordering::AcqRel) {
            terminal::restore_now();
        }
        stderr::write_real(&format!("segue: a fault in the program itself, on thread {name}: {message}\n"));
        leave();
    }));
}

#[expect(clippy::exit, reason = "other threads may hold anything; unwinding further helps nobody")]
fn leave() {
    process::exit(101);
}
