#![no_main]

// The reader takes paths: each process has a file of its own.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| segue::library::fuzzing::tags(&std::env::temp_dir(), bytes));
