//! Hostile names: whatever a title holds, its file lands in the folder, is the only one of its name, and opens.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::model::CleanText;

/// Pieces that have led writers of files astray.
const PIECES: [&str; 64] = [
    "..",
    ".",
    "/",
    "\\",
    "../..",
    "/etc/passwd",
    "C:\\",
    "\\\\server\\share",
    "~",
    "$HOME",
    "%00",
    "\0",
    "\n",
    "\r",
    "\t",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{9b}",
    "\u{202e}",
    "\u{2066}",
    "\u{2069}",
    "\u{200b}",
    "\u{feff}",
    "\u{e0041}",
    "CON",
    "con",
    "NUL.txt",
    "aux.",
    "COM1",
    "LPT9.tar",
    "CONIN$",
    "CLOCK$",
    "a:stream",
    "*",
    "?",
    "\"",
    "<x>",
    "|",
    "trailing.",
    "trailing ",
    " . . ",
    "...",
    "-rf",
    "--help",
    ".hidden",
    "é",
    "e\u{301}",
    "É",
    "E\u{301}",
    "ß",
    "SS",
    "ſ",
    "İ",
    "i\u{307}",
    "\u{212a}",
    "K",
    "ﬁ",
    "雨の港",
    "👩‍👩‍👧‍👦",
    "{title}",
    "{artist}",
    ".segue-1.part",
    "a\u{300}\u{301}\u{302}\u{303}",
];

/// Each piece alone, doubled, inside, before and behind others, and at lengths about the limits.
fn hostile() -> Vec<String> {
    let mut names: Vec<String> = vec![String::new()];
    for piece in PIECES {
        names.push(piece.to_owned());
        names.push(piece.repeat(2));
        names.push(format!("a{piece}b"));
        names.push(format!("{piece}b"));
        names.push(format!("a{piece}"));
        names.push(format!("{}{piece}", "x".repeat(198)));
        names.push(piece.repeat(200));
    }
    for length in [199, 200, 201, 255, 256, 4000] {
        for grapheme in ["x", "é", "雨", "👩‍👩‍👧‍👦"] {
            names.push(grapheme.repeat(length));
        }
    }
    names
}

/// What Windows refuses as a name, whatever its extension (its documents on naming files).
fn is_reserved(component: &str) -> bool {
    let stem = component.split('.').next().unwrap().trim_end().to_ascii_uppercase();
    let port = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|rest| {
            matches!(rest, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || port("COM")
        || port("LPT")
}

/// Whether a component is one that every file system takes.
fn check_component(component: &str, most: usize) {
    assert!(!component.is_empty() && component.len() <= most, "{component:?} has {} bytes", component.len());
    assert!(!matches!(component, "." | "..") && !component.ends_with(['.', ' ']), "{component:?}");
    let bad = |c: char| {
        c.is_control()
            || "/\\:*?\"<>|".contains(c)
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' | '\u{feff}')
    };
    assert!(!component.contains(bad) && !is_reserved(component), "{component:?}");
    assert_eq!(crate::model::clean(component), component, "{component:?} is not clean");
}

fn placed(title: &str, artist: &str, album: &str) -> Place {
    let mut wanted = wanted(Path::new("/"), 1, "");
    wanted.track.title = CleanText::new(title);
    wanted.track.artists = vec![CleanText::new(artist)];
    wanted.track.album = Some(CleanText::new(album));
    place(&wanted)
}

#[test]
fn every_hostile_name_lands_in_the_folder_alone_and_reopens() {
    let names = hostile();
    assert!(names.len() > 400, "{}", names.len());
    let folder = TempDir::new().unwrap();
    let held = folder::Folder::open(folder.path()).unwrap();
    let mut taken: HashSet<String> = HashSet::new();
    for (index, name) in names.iter().enumerate() {
        let place =
            placed(name, &names[(index * 7 + 3) % names.len()], &names[(index * 11 + 5) % names.len()]);
        assert!(place.folders.len() <= 2);
        for component in &place.folders {
            check_component(component, 200);
        }
        check_component(&place.stem, 200);
        let unique = unique(&place.stem, "mp3", |folded| taken.contains(folded));
        check_component(&unique, 204);
        assert!(taken.insert(folded(&unique)), "{unique:?} twice");
        // All in one folder, where they meet.
        let mut file = held.create(&unique).unwrap();
        std::io::Write::write_all(&mut file, name.as_bytes()).unwrap();
        drop(file);
        assert_eq!(fs::read(folder.path().join(&unique)).unwrap(), name.as_bytes(), "{name:?} as {unique:?}");
        let mut below = folder::Folder::open(folder.path()).unwrap();
        for component in &place.folders {
            let short: String = format!("d {component}").chars().take(60).collect();
            below = below.below(short.trim_end_matches(['.', ' '])).unwrap();
            assert!(below.path().canonicalize().unwrap().starts_with(folder.path().canonicalize().unwrap()));
        }
    }
    let found =
        fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
    assert_eq!(found, names.len());
}

#[test]
fn templates_fill_and_what_is_empty_falls_away() {
    let mut wanted = wanted(Path::new("/"), 1, "Night Ferry");
    let told = |number| Some(Arc::new(Facts { number, year: Some(2026), ..Facts::default() }));
    wanted.track.facts = told(Some(1));
    let check = |wanted: &Wanted, template: &str, expected: &str| {
        let mut wanted = wanted.clone();
        wanted.target.template = template.to_owned();
        let place = place(&wanted);
        let path = [place.folders, vec![place.stem]].concat().join("/");
        assert_eq!(path, expected, "{template}");
    };
    check(&wanted, "{artist}/{album}/{number} {title}", "Ada Cole/Tides/01 Night Ferry");
    check(&wanted, "{artist} - {title}", "Ada Cole - Night Ferry");
    check(&wanted, "{year} {album}/{disc}-{number} {title}", "2026 Tides/01 Night Ferry");
    check(&wanted, "{album_artist}/{album}/{title}", "Ada Cole/Tides/Night Ferry");
    check(&wanted, "../../{title}", "Night Ferry");
    check(&wanted, "/{title}/", "Night Ferry");
    check(&wanted, "{nonsense}", "Night Ferry");
    check(&wanted, "", "Night Ferry");
    check(&wanted, "{title", "{title");
    (wanted.track.facts, wanted.track.album) = (told(None), None);
    check(&wanted, "{artist}/{album}/{number} {title}", "Ada Cole/Night Ferry");
    check(&wanted, "{artist}/{album}/{number} - {title}", "Ada Cole/Night Ferry");
    wanted.track.artists = vec!["AC/DC".into()];
    check(&wanted, "{artist}/{title}", "AC_DC/Night Ferry");
    wanted.track.artists = Vec::new();
    check(&wanted, "{artist} - {title}", "Night Ferry");
}

#[test]
fn a_number_tells_names_apart_that_some_disk_takes_for_one() {
    let rows: [(&str, &[&str]); 4] = [
        ("Café", &["CAFÉ.mp3", "Cafe\u{301}.mp3"]),
        ("straße", &["STRASSE.MP3"]),
        ("k", &["\u{212a}.mp3"]),
        ("a", &["A.mp3", "a (2).MP3"]),
    ];
    let expected = ["Café (2).mp3", "straße (2).mp3", "k (2).mp3", "a (3).mp3"];
    for ((stem, others), expected) in rows.iter().zip(expected) {
        let taken: HashSet<String> = others.iter().map(|name| folded(name)).collect();
        assert_eq!(unique(stem, "mp3", |name| taken.contains(name)), expected);
    }
    // What is named for its address has the extension already.
    for (stem, name) in [
        ("a.mp3", "a.mp3"),
        ("a.MP3", "a.mp3"),
        ("a.wav", "a.wav.mp3"),
        (".mp3", "_.mp3"),
        ("mp3", "mp3.mp3"),
    ] {
        assert_eq!(unique(stem, "mp3", |_| false), name);
    }
    assert_eq!(unique("a.mp3", "mp3", |name| name == "a.mp3"), "a (2).mp3");
    let long = "x".repeat(200);
    let taken = HashSet::from([folded(&format!("{long}.flac"))]);
    let second = unique(&long, "flac", |name| taken.contains(name));
    assert_eq!(second, format!("{} (2).flac", "x".repeat(196)));
}

proptest! {
    #[test]
    fn any_words_in_any_template_stay_in_the_folder(
        title in any::<String>(), artist in any::<String>(), album in any::<String>(), template in any::<String>(),
        parts in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..6),
    ) {
        for template in [template, parts.concat(), "{artist}/{album}/{title}".to_owned()] {
            let mut wanted = wanted(Path::new("/"), 1, "");
            wanted.target.template = template;
            wanted.track.title = CleanText::new(title.clone() + &parts.concat());
            wanted.track.artists = vec![CleanText::new(&artist)];
            wanted.track.album = Some(CleanText::new(&album));
            let place = place(&wanted);
            prop_assert!(place.folders.len() <= 8);
            for component in place.folders.iter().chain([&place.stem]) {
                check_component(component, 200);
            }
        }
    }
}
