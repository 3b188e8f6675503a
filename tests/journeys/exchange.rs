//! Playlists that come from other players, go out to them, move between services, and are edited as text.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::program::{Done, Home, demo_music, files};
use crate::services::Services;

fn run(home: &Home, arguments: &[&str]) -> Done {
    let done = home.run(arguments);
    assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    done
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let done = run(home, &[arguments, &["--json"]].concat());
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.out))
}

/// The sources of a playlist's rows.
fn rows(home: &Home, playlist: &str) -> Vec<String> {
    let shown = json(home, &["playlist", "show", playlist]);
    let name = |row: &Value| row["name"].as_str().or(row["source"].as_str()).unwrap_or_default().to_owned();
    shown["items"].as_array().unwrap_or_else(|| panic!("{shown}")).iter().map(name).collect()
}

/// Three of the bundled tracks in a folder with a name that needs care.
fn music(home: &Home) -> Vec<String> {
    let folder = home.path().join("Müsic #1");
    fs::create_dir(&folder).unwrap();
    let tracks = files(&demo_music().join("tracks"), &["mp3", "flac"]);
    let copied = tracks.iter().take(3).map(|track| {
        let place = folder.join(track.file_name().unwrap());
        fs::copy(track, &place).unwrap();
        place.to_str().unwrap().to_owned()
    });
    copied.collect()
}

#[test]
fn a_list_goes_out_to_every_format_and_comes_back() {
    let home = Home::new();
    let tracks = music(&home);
    let [one, two, three] = tracks.as_slice() else { panic!("{tracks:?}") };
    run(&home, &["playlist", "new", "local", "Trip: é & \"co\"", one, two, three, one]);
    for (number, name) in ["out.m3u8", "out.xspf", "sub/out.jspf"].into_iter().enumerate() {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let path = path.to_str().unwrap();
        for (at, relative) in [None, Some("--relative")].into_iter().enumerate() {
            let (title, copy) = ("Trip: é & \"co\"", format!("copy {number} {at}"));
            let mut words = vec!["playlist", "export", title, path, "--force"];
            words.extend(relative);
            run(&home, &words);
            let text = fs::read_to_string(path).unwrap();
            assert_eq!(text.contains(home.path().to_str().unwrap()), relative.is_none(), "{text}");
            let told = json(&home, &["playlist", "import", path, "--name", &copy]);
            assert!(told["rows"].as_array().unwrap().iter().all(|row| row["match"] == "same"), "{told}");
            assert_eq!(rows(&home, &copy), [one, two, three, one].map(|path| path.clone()), "{name}");
        }
        // The name comes from the file, and is taken.
        let taken = home.run(&["playlist", "import", path]);
        assert!(taken.code == 2 && taken.err.contains("There is a playlist called Trip"), "{taken:?}");
        let there = home.run(&["playlist", "export", "copy 0 0", path]);
        assert!(there.code == 2 && there.err.contains("--force"), "{there:?}");
    }
    let unknown = home.run(&["playlist", "export", "copy 0 0", "x.txt"]);
    assert!(unknown.code == 2 && unknown.err.contains(".m3u8, .xspf or .jspf"), "{unknown:?}");
}

#[test]
fn what_another_player_wrote_is_found_or_told() {
    let services = Services::start();
    let home = services.home();
    let tracks = music(&home);
    let found = json(&home, &["search", "night ferry", "--service", "audius", "--limit", "1"]);
    let (title, length) = (found[0]["title"].as_str().unwrap(), found[0]["length"].as_f64().unwrap());
    let artist = found[0]["artists"][0].as_str().unwrap();
    let list = home.path().join("old.m3u");
    let near = Path::new(&tracks[0]).strip_prefix(home.path()).unwrap().to_str().unwrap();
    let text = format!(
        "#EXTM3U\r\n#EXTINF:9,Somebody - First\r\n{}\r\n#EXTINF:{length:.0},{artist} - {title}\r\nD:\\Music\\gone.mp3\r\n\
         #EXTINF:10,Nobody - Nowhere\r\n/gone/nowhere.mp3\r\nftp://old.example/x.mp3\r\n",
        near.replace('/', "\\")
    );
    fs::write(&list, text).unwrap();
    let list = list.to_str().unwrap();
    let dry = run(&home, &["playlist", "import", list, "--dry-run"]);
    assert!(dry.out.contains("4 rows: 1 as named, 1 by recording, 2 not found."), "{dry:?}");
    assert!(
        dry.out.contains("same title, artist and length") && dry.out.contains("not found: Nowhere — Nobody"),
        "{dry:?}"
    );
    assert!(dry.out.contains("dry run") && !home.run(&["playlist", "show", "old"]).err.is_empty(), "{dry:?}");
    let told = json(&home, &["playlist", "import", list]);
    let kept = rows(&home, "old");
    assert_eq!((kept.len(), kept[0].as_str()), (2, tracks[0].as_str()), "{told}");
    assert_eq!(told["rows"][1]["found"], kept[1].as_str(), "{told}");
    json(&home, &["playlist", "import", list, "--name", "all", "--keep-missing"]);
    // What is at no place that can be used is told, and cannot be kept.
    assert!(
        dry.out.contains("not found: row 4 (\"ftp://old.example/x.mp3\": ftp: addresses cannot be played"),
        "{dry:?}"
    );
    assert_eq!(rows(&home, "all").len(), 3);

    // Lines that break are named, and nothing is made of the rest.
    let broken = home.path().join("broken.xspf");
    fs::write(&broken, "<playlist>\n<trackList>\n<track></trackList></playlist>").unwrap();
    let told = home.run(&["playlist", "import", broken.to_str().unwrap()]);
    assert!(told.code != 0 && told.err.contains("broken.xspf: line 3"), "{told:?}");
}

#[test]
fn a_list_moves_between_services() {
    let services = Services::start();
    let home = services.signed_in();
    let found = json(&home, &["search", "a", "--service", "audius", "--limit", "6"]);
    let names: Vec<&str> =
        found.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    run(&home, &[&["playlist", "new", "local", "Mixed"], names.as_slice()].concat());
    let before = services.sandbox.requests().len();
    let dry = json(&home, &["playlist", "copy", "Mixed", "audiomack", "--dry-run"]);
    let rows_of = |told: &Value| told["rows"].as_array().unwrap().clone();
    let moved: Vec<Value> = rows_of(&dry).into_iter().filter(|row| row["match"] == "recording").collect();
    assert!(!moved.is_empty() && dry["name"].is_null(), "{dry}");
    let asked = services.sandbox.requests();
    assert!(
        asked.iter().skip(before).all(|request| request.method == "GET" || request.path.contains("oauth"))
    );
    let told = json(&home, &["playlist", "copy", "Mixed", "audiomack", "--name", "Moved"]);
    assert_eq!(rows_of(&told), rows_of(&dry), "{told}");
    let there: Vec<Value> = moved.iter().map(|row| row["found"].clone()).collect();
    assert_eq!(rows(&home, told["name"].as_str().unwrap()), there);
    assert!(there.iter().all(|name| name.as_str().unwrap().starts_with("audiomack:track:")), "{told}");
    // Back to this machine: nothing has to be looked for.
    let back = json(&home, &["playlist", "copy", told["name"].as_str().unwrap(), "local"]);
    assert!(rows_of(&back).iter().all(|row| row["match"] == "same"), "{back}");
    assert_eq!(rows(&home, "Moved"), there);
}

#[test]
fn a_list_is_edited_as_text() {
    let services = Services::start();
    let home = services.home();
    let tracks = music(&home);
    let [one, two, three] = tracks.as_slice() else { panic!("{tracks:?}") };
    run(&home, &["playlist", "new", "local", "Trip", one, two]);
    // An editor that turns the list round, doubles its last row and adds a file and a search.
    let editor = home.path().join("editor");
    let script = format!(
        "#!/bin/sh\n{{ grep '^=' \"$1\" | tac; grep '^=' \"$1\" | head -1; echo '{three}'; echo '? night ferry'; }} > \"$1.new\"\n\
         mv \"$1.new\" \"$1\"\n"
    );
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let edited =
        home.segue(&["playlist", "edit", "Trip"]).env("EDITOR", &editor).env_remove("VISUAL").output();
    let edited = Done::from(edited.unwrap());
    assert!(edited.code == 0 && edited.out.contains("Trip has 5 tracks now"), "{edited:?}");
    let kept = rows(&home, "Trip");
    assert_eq!(kept[..4], [two, one, one, three].map(|path| path.clone()), "{kept:?}");
    assert!(kept[4].contains(":track:"), "{kept:?}");

    // A line that cannot be understood changes nothing, and the text stays.
    let bad = home.path().join("bad");
    fs::write(&bad, "#!/bin/sh\necho 'what is this' >> \"$1\"\n").unwrap();
    fs::set_permissions(&bad, fs::Permissions::from_mode(0o755)).unwrap();
    let refused = home.segue(&["playlist", "edit", "Trip"]).env("VISUAL", &bad).output();
    let refused = Done::from(refused.unwrap());
    assert!(
        refused.code == 2 && refused.err.contains("line 11") && refused.err.contains("--text"),
        "{refused:?}"
    );
    assert_eq!(rows(&home, "Trip"), kept);
    let place = refused.err.split("Your text is in ").nth(1).unwrap().split(';').next().unwrap();
    let text = fs::read_to_string(place).unwrap();
    assert_eq!(fs::metadata(place).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(place, text.replace("what is this\n", "")).unwrap();
    let again = run(&home, &["playlist", "edit", "Trip", "--text", place]);
    assert!(again.err.contains("Nothing was changed"), "{again:?}");
    fs::remove_file(place).unwrap();
    let lost = home.path().join("lost.txt");
    fs::write(&lost, "/gone/x.mp3\n? zzzz nothing zzzz\n").unwrap();
    let lost = home.run(&["playlist", "edit", "Trip", "--text", lost.to_str().unwrap()]);
    assert!(lost.code == 2 && lost.err.contains("line 1: there is no file /gone/x.mp3"), "{lost:?}");
    assert!(lost.err.contains("line 2: nothing is found"), "{lost:?}");
}

#[test]
fn a_services_list_is_edited_as_text() {
    let services = Services::start();
    let home = services.signed_in();
    let found = json(&home, &["search", "a", "--service", "audiomack", "--limit", "4"]);
    let names: Vec<String> =
        found.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    let made = json(&home, &["playlist", "new", "audiomack", "Trip", &names[0], &names[1], &names[2]]);
    let playlist = made["name"].as_str().unwrap();
    let editor = home.path().join("editor");
    let script = format!(
        "#!/bin/sh\n{{ grep '^=' \"$1\" | sed -n 3p; grep '^=' \"$1\" | sed -n 1p; echo '{}'; }} > \"$1.new\"\n\
         mv \"$1.new\" \"$1\"\n",
        names[3]
    );
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let edited = home.segue(&["playlist", "edit", playlist]).env("VISUAL", &editor).output();
    let edited = Done::from(edited.unwrap());
    assert!(edited.code == 0 && edited.out == "Trip has 3 tracks now at Audiomack.\n", "{edited:?}");
    assert_eq!(rows(&home, playlist), [&names[2], &names[0], &names[3]].map(|name| name.clone()));
    let text = home.path().join("trip.txt");
    let foreign = json(&home, &["search", "a", "--service", "audius", "--limit", "1"])[0]["name"].clone();
    fs::write(&text, format!("{}\n{}\n", names[0], foreign.as_str().unwrap())).unwrap();
    let refused = home.run(&["playlist", "edit", playlist, "--text", text.to_str().unwrap()]);
    assert!(
        refused.code == 2 && refused.err.contains("line 2: A playlist at Audiomack holds"),
        "{refused:?}"
    );
    assert_eq!(rows(&home, playlist).len(), 3);
    // One edit, which can be taken back there too.
    json(&home, &["playlist", "undo", playlist]);
    assert_eq!(rows(&home, playlist), names[..3]);
}

#[test]
fn a_list_is_sorted_thinned_compared_and_taken_back() {
    let home = Home::new();
    let tracks = music(&home);
    let [one, two, three] = tracks.as_slice() else { panic!("{tracks:?}") };
    run(&home, &["playlist", "new", "local", "Trip", three, one, two, one]);
    let [shuffled, sorted] =
        [[three, one, two, one], [one, one, two, three]].map(|rows| rows.map(Clone::clone));
    let words = |arguments: &[&str]| run(&home, arguments).out;
    words(&["playlist", "sort", "Trip"]);
    assert_eq!(rows(&home, "Trip"), sorted);
    assert!(words(&["playlist", "sort", "Trip"]).contains("Nothing was changed"));
    words(&["playlist", "dedupe", "Trip"]);
    words(&["playlist", "sort", "Trip", "--by", "title", "--reverse"]);
    assert_eq!(rows(&home, "Trip"), [three, two, one].map(Clone::clone));
    let log = words(&["playlist", "log", "Trip"]);
    assert_eq!(log.lines().count(), 3, "{log}");
    assert!(log.contains("sorting by title  before: 4 tracks"), "{log}");
    assert!(log.contains("sorting by title, the last first  before: 3 tracks"), "{log}");
    // Two back, one on, and everything back.
    assert!(words(&["playlist", "undo", "Trip", "--steps", "2"]).contains("2 edits"));
    assert_eq!(rows(&home, "Trip"), sorted);
    words(&["playlist", "redo", "Trip"]);
    assert_eq!(rows(&home, "Trip").len(), 3);
    let told = json(&home, &["playlist", "undo", "Trip", "--steps", "99"]);
    assert_eq!((rows(&home, "Trip"), &told["done"]), (shuffled.to_vec(), &"undo".into()), "{told}");
    let log = json(&home, &["playlist", "log", "Trip"]);
    assert!(log.as_array().unwrap().iter().all(|row| row["done"] == false), "{log}");
    let nothing = home.run(&["playlist", "undo", "Trip"]);
    assert!(nothing.code == 3 && nothing.err.contains("nothing to take back"), "{nothing:?}");

    // A deleted list comes back whole.
    words(&["playlist", "delete", "Trip"]);
    assert_eq!(home.run(&["playlist", "show", "Trip"]).code, 3);
    assert!(words(&["playlist", "undo"]).contains("Trip is there again"));
    assert_eq!(rows(&home, "Trip"), shuffled);

    // By many keys, and in any order: each is one edit.
    words(&["playlist", "sort", "Trip", "--by", "title,album", "--by", "path"]);
    assert_eq!(rows(&home, "Trip"), sorted);
    assert!(words(&["playlist", "log", "Trip"]).contains("sorting by title, then album, then path"));
    words(&["playlist", "shuffle", "Trip"]);
    let mut any = rows(&home, "Trip");
    any.sort();
    assert_eq!(any, sorted);
    words(&["playlist", "undo", "Trip", "--steps", "99"]);
    assert_eq!(rows(&home, "Trip"), shuffled);

    words(&["playlist", "new", "local", "Other", one, three, one]);
    let diff = words(&["playlist", "diff", "Trip", "Other"]);
    assert!(diff.contains("1 only in Trip, 0 only in Other, 3 in both, in another order."), "{diff}");
    let diff = json(&home, &["playlist", "diff", "Trip", "Other"]);
    assert_eq!(
        (&diff["shared"], &diff["only_first"][0]["source"]),
        (&3.into(), &two.as_str().into()),
        "{diff}"
    );
    let wrong = home.run(&["playlist", "sort", "Trip", "--by", "colour"]);
    assert!(wrong.code == 2 && wrong.err.contains("title, artist, album, length, source"), "{wrong:?}");
}
