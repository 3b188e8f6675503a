#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| segue::library::playlist_file::fuzzing::playlist_file(bytes));
