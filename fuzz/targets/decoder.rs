#![no_main]

// A panic inside a foreign decoder costs a track, not the player: only what escapes the barrier counts, and
// the fuzzer's own hook would end the process before the barrier is reached.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| segue::audio::fuzzing::decoder(bytes)
);
