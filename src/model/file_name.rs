//! A title as a file name that every file system takes.

use unicode_segmentation::UnicodeSegmentation;

use super::text::clean;

/// Longest name without its extension, in bytes; common file systems stop at 255 with it.
pub const MAX_FILE_NAME_BYTES: usize = 200;

/// Names that Windows keeps for devices, with or without an extension.
const RESERVED: [&str; 30] = [
    "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "COM¹", "COM²", "COM³", "LPT¹", "LPT²", "LPT³", "COM1",
    "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5",
    "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Whether files of this kind leave nothing of the sound out, by the name's extension; where that does not tell, they do.
pub fn is_lossless_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("wav" | "wave" | "flac" | "aif" | "aiff" | "aifc" | "alac" | "w64"))
}

/// One path component (no extension) made from `raw`: cleaned as [`clean`] does, separators and
/// characters that Windows refuses become `_`, no leading or trailing dot or space, no reserved
/// device name, at most [`MAX_FILE_NAME_BYTES`] bytes and cut between graphemes. Never empty.
pub fn safe_file_name(raw: &str) -> String {
    let replaced: String = clean(raw)
        .chars()
        .map(|c| if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect();
    let mut name = String::new();
    for grapheme in trim(&replaced).graphemes(true) {
        if name.len() + grapheme.len() > MAX_FILE_NAME_BYTES {
            break;
        }
        name.push_str(grapheme);
    }
    let name = trim(&name);
    if name.is_empty() {
        return "untitled".to_owned();
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    if RESERVED.iter().any(|reserved| stem.eq_ignore_ascii_case(reserved)) {
        return format!("_{name}");
    }
    name.to_owned()
}

fn trim(name: &str) -> &str {
    name.trim_matches(|c: char| c == '.' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_safe_everywhere() {
        let rows: &[(&str, &str)] = &[
            ("Night Ferry", "Night Ferry"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("AC/DC: Live?", "AC_DC_ Live_"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("...", "untitled"),
            ("", "untitled"),
            ("ends with dots. . ", "ends with dots"),
            ("tab\tand\u{1b}esc", "tab andesc"),
            ("雨の港", "雨の港"),
        ];
        for (raw, expected) in rows {
            assert_eq!(safe_file_name(raw), *expected, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_one_harmless_component(raw in any::<String>()) {
            let name = safe_file_name(&raw);
            prop_assert!(!name.is_empty() && name.len() <= MAX_FILE_NAME_BYTES + 1);
            let refused = ['/', '\\', '\0', ':'];
            prop_assert!(!name.contains(refused));
            let ends_well = !name.ends_with('.') && !name.ends_with(' ');
            prop_assert!(name != "." && name != ".." && ends_well);
        }
    }
}
