#![no_main]

// The reader takes paths: each process has a file of its own. A panic inside foreign code costs the tags of a file: only
// what escapes the barrier counts, as with the decoder.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| segue::library::fuzzing::tags(&std::env::temp_dir(), bytes)
);
