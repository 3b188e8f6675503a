//! Holds the house together: which room may name which, and which outside crate lives where.
//! The table is the one in ARCHITECTURE.md.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// Room, rooms it may name, outside crates that may live in it and that live nowhere else unless
/// listed twice.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("model", &[], &[]),
    ("config", &["model"], &["toml", "toml_edit"]),
    ("app", &["model", "config"], &[]),
    ("ui", &["model", "config", "app"], &["ratatui", "unicode_bidi"]),
    ("net", &["model", "config"], &["reqwest", "rustls", "webpki_root_certs"]),
    ("catalog", &["model", "config", "net"], &["hmac", "sha1"]),
    ("stream", &["model", "config", "net"], &["m3u8_rs", "aes", "cbc"]),
    (
        "audio",
        &["model", "config", "stream"],
        &[
            "symphonia",
            "symphonia_adapter_libopus",
            "symphonia_adapter_fdk_aac",
            "cpal",
            "rubato",
            "rtrb",
            "ebur128",
            "realfft",
        ],
    ),
    (
        "library",
        &["model", "config"],
        &["rusqlite", "lofty", "notify", "quick_xml", "encoding_rs", "percent_encoding", "rustix"],
    ),
    ("downloads", &["model", "config", "stream"], &["lofty", "rustix", "icu_normalizer", "md5"]),
    ("artwork", &["model", "config", "net"], &["image", "lofty"]),
    ("lyrics", &["model", "config", "net"], &["lofty"]),
    ("secrets", &["model"], &["keyring_core", "zbus_secret_service_keyring_store", "rustix"]),
    ("sandbox", &["model"], &["axum", "hmac", "sha1", "include_dir"]),
    (
        "runtime",
        &[
            "model",
            "config",
            "app",
            "ui",
            "net",
            "catalog",
            "stream",
            "audio",
            "downloads",
            "artwork",
            "lyrics",
            "library",
            "secrets",
            "sandbox",
        ],
        &["crossterm", "ratatui", "rustix", "notify", "zbus"],
    ),
    ("cli", &["model", "config", "app", "runtime"], &["clap"]),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every `first::` path segment that stands free in a line: not inside a word or after `::`.
fn names<'l>(line: &'l str, first: &str) -> Vec<&'l str> {
    let pattern = format!("{first}::");
    line.match_indices(&pattern)
        .filter(|(at, _)| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':')))
        .map(|(at, _)| &line[at + pattern.len()..])
        .collect()
}

/// The code of a file, without comments, and without its unit tests (which may reach further).
fn code(path: &Path) -> String {
    if path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests") {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let body = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn room_names() -> Vec<&'static str> {
    ROOMS.iter().map(|(room, _, _)| *room).collect()
}

#[test]
fn rooms_name_only_what_the_table_allows() {
    let mut broken = Vec::new();
    for (room, allowed, _) in ROOMS {
        let mut files = Vec::new();
        rust_files(&Path::new("src").join(room), &mut files);
        for file in files {
            let code = code(&file);
            // `use crate::{a, b}` would hide a name from this test; one `use` a room is the style.
            assert!(!code.contains("crate::{"), "{}: write one `use crate::room::..` a room", file.display());
            for rest in names(&code, "crate") {
                let named = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                if named != *room && room_names().contains(&named) && !allowed.contains(&named) {
                    broken.push(format!("{} names {named}", file.display()));
                }
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn outside_crates_live_in_their_rooms() {
    let mut broken = Vec::new();
    for (_, _, crates) in ROOMS {
        for outside in *crates {
            let homes: Vec<_> = ROOMS
                .iter()
                .filter(|(_, _, here)| here.contains(outside))
                .map(|(room, _, _)| *room)
                .collect();
            let mut files = Vec::new();
            rust_files(Path::new("src"), &mut files);
            for file in files {
                let room = file
                    .components()
                    .nth(1)
                    .map(|part| part.as_os_str().to_string_lossy().into_owned())
                    .unwrap_or_default();
                if !homes.contains(&room.as_str()) && !names(&code(&file), outside).is_empty() {
                    broken.push(format!("{} names {outside}, which lives in {homes:?}", file.display()));
                }
            }
        }
    }
    broken.dedup();
    assert_eq!(broken, Vec::<String>::new());
}

/// I2: the pure rooms hold nothing that waits, reads a clock, or touches the world.
#[test]
fn pure_rooms_are_pure() {
    let banned = [
        "async fn",
        ".await",
        "std::fs",
        "std::thread",
        "std::sync::Mutex",
        "RwLock",
        "tokio::",
        "Instant::now",
        ".elapsed()",
        "SystemTime",
        "static mut",
        "static ",
        "thread_local",
        "println!",
    ];
    let mut broken = Vec::new();
    for room in ["model", "config", "app", "ui"] {
        let mut files = Vec::new();
        rust_files(&Path::new("src").join(room), &mut files);
        for file in files {
            for line in code(&file).lines() {
                for word in banned {
                    let is_lifetime = word == "static " && line.contains("'static ");
                    if line.contains(word) && !is_lifetime {
                        broken.push(format!("{}: {}", file.display(), line.trim()));
                    }
                }
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// `lib.rs` lists exactly the rooms of the table, and every room has its folder.
#[test]
fn the_table_is_the_house() {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    let mut listed: Vec<_> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut folders: Vec<_> = fs::read_dir("src")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut rooms = room_names();
    listed.sort_unstable();
    folders.sort_unstable();
    rooms.sort_unstable();
    assert_eq!(listed, rooms);
    assert_eq!(folders, rooms);
}

/// The map that people read is the table that is tested.
#[test]
fn architecture_md_has_the_same_table() {
    let map = fs::read_to_string("ARCHITECTURE.md").unwrap();
    for (room, allowed, crates) in ROOMS {
        let row = map
            .lines()
            .find(|line| line.starts_with(&format!("| {room} |")))
            .unwrap_or_else(|| panic!("no row for {room}"));
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let list = |cell: &str| {
            cell.split([',', ' '])
                .map(str::trim)
                .filter(|name| !name.is_empty() && *name != "-")
                .map(|name| name.trim_matches('`').replace('-', "_"))
                .collect::<Vec<_>>()
        };
        assert_eq!(list(cells[2]), *allowed, "{room} may name");
        assert_eq!(list(cells[3]), *crates, "{room} holds");
    }
}

/// The README's keys are the table the program works by.
#[test]
fn the_readme_shows_the_keys() {
    let readme = fs::read_to_string("README.md").unwrap();
    let keys = segue::app::keys_as_markdown();
    assert!(readme.contains(keys.trim()), "put this into README.md, under `On the screen`:\n\n{keys}");
}
