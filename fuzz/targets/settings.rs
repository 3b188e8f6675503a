#![no_main]

// A file of settings gives settings whatever is in it, and every warning says something.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (_, warnings) = segue::config::parse(&String::from_utf8_lossy(bytes));
    assert!(warnings.iter().all(|warning| !warning.to_string().is_empty()));
});
