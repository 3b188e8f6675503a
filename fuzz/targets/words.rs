#![no_main]

use segue::model::{MAX_FILE_NAME_BYTES, MAX_TEXT_CHARS, clean, safe_file_name};

// What was cleaned is clean, short and holds nothing that a terminal obeys; a name is one component.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let raw = String::from_utf8_lossy(bytes);
    let text = clean(&raw);
    assert_eq!(clean(&text), text);
    assert!(text.chars().count() <= MAX_TEXT_CHARS && !text.chars().any(char::is_control));
    let name = safe_file_name(&raw);
    assert!(!name.is_empty() && name.len() <= MAX_FILE_NAME_BYTES + 1);
    assert!(!name.contains(['/', '\\', '\0']) && name != "." && name != "..");
});
