//! The commands that ask the services: search, browse, show, open, changes and special calls.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::program::{Done, Home};
use crate::pty::Pty;
use crate::server::{Reply, Server};

/// The demo's services in a process of their own.
struct Sandbox {
    process: Child,
    config: String,
}

impl Sandbox {
    fn start(home: &Home) -> Self {
        let mut command = home.segue(&["sandbox", "--port", "0"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut config = String::new();
        while !config.contains("[services.audiosocket]") || !config.contains("\ntoken = ") {
            assert!(out.read_line(&mut config).unwrap() > 0, "{config}");
        }
        Self { process, config }
    }

    /// Its settings with a service elsewhere.
    fn config_with(&self, service: &str, address: &str) -> String {
        let section = format!("[services.{service}]\nbase_url = ");
        let (before, after) = self.config.split_once(&section).unwrap();
        let (_, rest) = after.split_once('\n').unwrap();
        format!("[network]\nretries = 0\n{before}{section}\"{address}\"\n{rest}")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A run of the demo that succeeds.
fn demo(home: &Home, arguments: &[&str]) -> Done {
    let done = home.run(&[&["--demo"], arguments].concat());
    assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    done
}

fn demo_json(home: &Home, arguments: &[&str]) -> Value {
    let done = demo(home, &[arguments, &["--json"]].concat());
    serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.out))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A port where nobody listens.
fn nobody() -> String {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{address}")
}

#[test]
fn all_services_are_searched_and_recordings_folded() {
    let home = Home::new();
    let found = demo_json(&home, &["search", "night", "ferry"]);
    let rows: Vec<_> = found.as_array().unwrap().iter().filter(|row| row["isrc"] == "ZZSEG2600001").collect();
    assert_eq!(rows.len(), 1, "{found}");
    let row = rows[0];
    assert_eq!((&row["title"], &row["service"]), (&"Night Ferry".into(), &"audius".into()));
    let names = row["also"].as_array().unwrap().iter().chain([&row["name"]]).map(text);
    let mut services: Vec<_> = names.map(|name| name.split(":track:").next().unwrap()).collect();
    services.sort_unstable();
    assert_eq!(services, ["audiomack", "audiosocket", "audius", "yourmusic"]);
    for field in [
        "kind",
        "id",
        "artists",
        "album",
        "length",
        "explicit",
        "liked",
        "rating",
        "playable",
        "why_not",
        "keepable",
        "artist_name",
        "album_name",
        "artwork",
        "link",
    ] {
        assert!(row.get(field).is_some(), "{field}: {row}");
    }

    // In words each recording stands once too, under a name that can be typed back.
    let told = demo(&home, &["search", "night ferry"]);
    let lines: Vec<_> = told.out.lines().filter(|line| line.contains("Night Ferry  Ada Cole")).collect();
    assert_eq!(lines.len(), 1, "{told:?}");
    let name = lines[0].split_whitespace().next().unwrap();
    assert_eq!(demo_json(&home, &["show", name])["title"], "Night Ferry");

    // A service alone, and no more rows than wanted.
    let few = demo_json(&home, &["search", "a", "--service", "audiomack", "--limit", "3"]);
    assert_eq!(few.as_array().unwrap().len(), 3);
    assert!(few.as_array().unwrap().iter().all(|row| row["service"] == "audiomack"), "{few}");
    let many = demo_json(&home, &["search", "a", "--service", "audius", "--limit", "130"]);
    assert_eq!(many.as_array().unwrap().len(), 130, "more than a page");

    // Nothing found is an answer.
    let none = demo(&home, &["search", "nothing has this name"]);
    assert!(none.out.is_empty() && none.err.contains("Nothing was found"), "{none:?}");
}

#[test]
fn lines_end_with_the_terminal_and_names_stay_whole() {
    let home = Home::new();
    let arguments = ["--demo", "search", "a", "--service", "audius", "--limit", "60"];
    let told = home.run(&arguments);
    let names = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    assert!(names(&told.out).iter().all(|name| name.starts_with("audius:track:")), "{told:?}");
    assert!(told.out.lines().any(|line| line.chars().count() > 80), "nothing is cut where nothing ends");
    // A line too long would go on in the next one.
    for columns in [30, 60, 200] {
        let screen = Pty::start(&home, &arguments, columns, 64, &[]).end();
        assert_eq!((screen.code, names(screen.text.trim_end())), (0, names(&told.out)), "{}", screen.text);
    }
}

#[test]
fn one_service_that_fails_or_stalls_delays_no_other() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let home = home.config(&sandbox.config_with("audiomack", &nobody()));
    let done = home.run(&["search", "night", "ferry"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.out.contains("Night Ferry"), "{done:?}");
    let lines: Vec<_> = done.err.lines().collect();
    assert!(lines.len() == 1 && lines[0].starts_with("segue: Audiomack"), "{done:?}");
    assert_eq!(home.run(&["search", "night", "--service", "audiomack"]).code, 5);

    // Rows of the others are there while one is still waited for.
    let stalled = Server::start(|_| Reply::Stall { media_type: "application/json", body: b"{".to_vec() });
    let home = home.config(&sandbox.config_with("audiomack", &stalled.url("")));
    let mut command = home.segue(&["search", "night", "ferry"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("Night Ferry"), "{line}");
    assert!(process.try_wait().unwrap().is_none(), "it still waits for the one that stalls");
    process.kill().unwrap();
    process.wait().unwrap();

    // Without any service that can be asked there is no answer.
    let alone = Home::new()
        .config(&format!("[network]\nretries = 0\n[services.audius]\nbase_url = \"{}\"\n", nobody()));
    let done = alone.run(&["search", "night"]);
    assert_eq!((done.code, done.err.lines().count()), (5, 1), "{done:?}");
    let done = alone.run(&["search", "night", "--service", "audiosocket"]);
    assert_eq!(done.code, 4, "{done:?}");
    assert!(done.err.contains("Set services.audiosocket.token"), "{done:?}");
}

#[test]
fn lists_are_browsed_as_deep_as_they_go() {
    let home = Home::new();
    let services = demo_json(&home, &["browse"]);
    let services = services.as_array().unwrap();
    let ids: Vec<_> = services.iter().map(|service| text(&service["service"])).collect();
    assert_eq!(ids, ["audius", "audiomack", "yourmusic", "audiosocket", "files"]);
    // The last one's folder is empty here.
    for service in services.iter().take(4) {
        // The first list of each, by the name that was told; then what is in it.
        let list = &service["lists"][0];
        let name = text(&list["name"]);
        assert_eq!(list["kind"], "list");
        assert!(name.starts_with(&format!("{}/", text(&service["service"]))), "{name}");
        let listed = demo_json(&home, &["browse", text(&service["service"])]);
        assert_eq!(listed["items"], service["lists"]);
        let page = demo_json(&home, &["browse", name]);
        let first = &page["items"][0];
        assert!(!text(&first["title"]).is_empty(), "{page}");
        if first["kind"] == "track" {
            assert_eq!(demo_json(&home, &["show", text(&first["name"])])["name"], first["name"]);
        } else {
            let inner = demo_json(&home, &["browse", text(&first["name"])]);
            assert!(inner["items"][0]["name"].is_string(), "{inner}");
        }
        if page["more"] == true {
            let second = demo_json(&home, &["browse", name, "--page", "2"]);
            assert_eq!(second["page"], 2);
            assert_ne!(second["items"], page["items"], "{name}");
        }
        let words = demo(&home, &["browse", name]).out;
        assert_eq!(words.lines().count(), page["items"].as_array().unwrap().len(), "{words}");
        assert!(words.starts_with(text(&first["name"])), "{words}");
    }
    let overview = demo(&home, &["browse"]).out;
    assert!(overview.contains("Audius (audius): ") && overview.contains("\n  audius/"), "{overview}");
}

#[test]
fn what_is_opened_is_told_and_played() {
    let home = Home::new();
    let found = demo_json(&home, &["search", "paper lanterns", "--service", "audius"]);
    let name = text(&found[0]["name"]);
    let only = demo(&home, &["open", name, "--print"]);
    assert!(only.out.contains("title: Paper Lanterns") && only.out.contains("length: 0:"), "{only:?}");
    let wav = home.path().join("out.wav");
    let output = format!("wav:{}", wav.display());
    let done = demo(&home, &["open", name, "--json", "--output", &output]);
    let lines = done.json_lines();
    assert_eq!((&lines[0]["name"], &lines[0]["title"]), (&found[0]["name"], &"Paper Lanterns".into()));
    assert!(done.summary()["frames_heard"].as_u64().unwrap() > 0, "{done:?}");
    // `play` takes the same names.
    let done = demo(&home, &["play", name, "--json", "--output", &output]);
    assert!(done.json_lines().iter().any(|line| line["event"] == "ended"), "{done:?}");
}

/// Exit codes and words for what cannot be.
#[test]
fn what_cannot_be_is_said_with_what_can() {
    let home = Home::new();
    let rows: &[(&[&str], i32, &str)] = &[
        (&["search"], 2, "QUERY"),
        (&["search", "  "], 2, "no words"),
        (&["search", "x", "--kind", "song"], 2, "track, album, artist or playlist"),
        (&["search", "x", "--limit", "0"], 2, "limit"),
        (&["search", "x", "--filter", "genre"], 2, "KEY=VALUE"),
        (&["search", "x", "--filter", "nosuch=1"], 2, "no filter nosuch"),
        (&["search", "x", "--service", "audus"], 2, "Did you mean audius?"),
        (&["browse", "audius/nowhere"], 3, "no list"),
        (&["browse", "nobody/x"], 2, "Known here: audius"),
        (&["browse", "audius:track:x"], 3, "segue show audius:track:x"),
        (&["browse", "audius", "--page", "0"], 2, "page"),
        (&["show", "audius:track:nothing-there"], 3, "no track"),
        (&["show", "song.mp3"], 2, "SERVICE:KIND:ID"),
        (&["show", "https://unknown.example/a"], 3, "No service here knows"),
        (&["open", "nobody:album:1"], 2, "no service named nobody"),
        (&["play", "nobody:album:1", "--output", "null"], 2, "no service named nobody"),
        (&["play", "audius:artist:1", "--output", "null"], 2, "segue browse audius:artist:1"),
        (&["like", "audiosocket:artist:1"], 4, "Audiosocket"),
        (&["follow", "nobody:artist:1", "audiosocket:track:1"], 2, "Audiosocket"),
        (&["service", "audus"], 2, "Did you mean audius?"),
        (&["service", "audius", "nosuchcall"], 2, "audius"),
        (&["service", "audius", "x", "--name"], 2, "--name needs a value"),
    ];
    for (arguments, code, words) in rows {
        let done = home.run(&[&["--demo"], *arguments].concat());
        assert_eq!(done.code, *code, "{arguments:?}: {done:?}");
        assert!(done.err.contains(words) && done.out.is_empty(), "{arguments:?}: {done:?}");
    }
}

/// The sandbox has names that act on terminals; none of them gets there.
#[test]
fn names_of_services_are_clean_wherever_they_are_told() {
    let home = Home::new();
    let odd = |text: &str| {
        text.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    for service in ["audius", "audiomack", "yourmusic", "audiosocket"] {
        for json in [&[][..], &["--json"]] {
            let arguments = [&["search", "e", "--service", service, "--limit", "150"], json].concat();
            let done = demo(&home, &arguments);
            assert!(!odd(&done.out) && !odd(&done.err), "{arguments:?}");
            assert!(!done.out.is_empty());
        }
    }
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let home = Home::new();
    let mut command = home.segue(&["--demo", "search", "e", "--limit", "200"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let mut err = String::new();
    process.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(process.wait().unwrap().success(), "{err}");
    assert_eq!(err, "");
}

/// Everything beside tracks, at services that have it.
#[test]
fn albums_links_likes_and_special_calls_work_by_name() {
    let home = Home::new();
    for kind in ["album", "artist", "playlist"] {
        let found = demo_json(&home, &["search", "a", "--kind", kind, "--service", "audiomack"]);
        let first = &found[0];
        assert_eq!(first["kind"], kind);
        let inside = demo_json(&home, &["browse", text(&first["name"])]);
        assert!(inside["items"][0]["name"].is_string(), "{kind}: {inside}");
        assert_eq!(demo_json(&home, &["show", text(&first["name"])])["title"], first["title"]);
    }
    let album = &demo_json(&home, &["search", "tides", "--kind", "album", "--service", "audiomack"])[0];
    let (name, link) = (text(&album["name"]), text(&album["link"]));
    let tracks = demo_json(&home, &["browse", name])["items"].as_array().unwrap().len();
    // The link is the same thing, and both play every track.
    assert_eq!(demo_json(&home, &["open", link, "--print"])["name"], album["name"]);
    let output = format!("wav:{}", home.path().join("out.wav").display());
    for target in [name, link] {
        let lines = demo(&home, &["play", target, "--json", "--output", &output]).json_lines();
        assert_eq!(lines.iter().filter(|line| line["event"] == "ended").count(), tracks, "{lines:?}");
    }
    let liked = demo(&home, &["like", name, link]);
    assert_eq!(liked.out, format!("{name} is now liked at Audiomack.\n").repeat(2));
    let unliked = demo(&home, &["unlike", name]);
    assert!(unliked.out.contains("is no longer liked"), "{unliked:?}");
    // As JSON each is told, what failed too.
    let done = home.run(&["--demo", "like", name, "audiomack:artist:1", "--json"]);
    assert_eq!(done.code, 4, "{done:?}");
    let rows: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        (&rows[0]["item"], &rows[0]["mark"], &rows[0]["on"]),
        (&name.into(), &"like".into(), &true.into())
    );
    assert_eq!((&rows[0]["error"], &rows[1]["error"]["kind"]), (&Value::Null, &"refused".into()));
    let unliked = demo_json(&home, &["unlike", name]);
    assert_eq!(unliked[0]["words"], format!("{name} is no longer liked at Audiomack"));

    let users = demo_json(&home, &["service", "yourmusic", "admin", "users"]);
    let told = demo(&home, &["service", "yourmusic", "admin", "users"]).out;
    assert!(users.is_object() && told.starts_with("data: "), "{told}");
    let listed = demo(&home, &["service", "yourmusic"]).out;
    assert!(listed.contains("segue service yourmusic admin users"), "{listed}");
    let missing = home.run(&["--demo", "service", "audiomack", "metrics"]);
    assert_eq!(missing.code, 2, "{missing:?}");
    assert!(missing.err.contains("needs --kind and --id"), "{missing:?}");
}

/// The listener's own files among the services: by default, by name, and when no service can be asked.
#[test]
fn own_music_is_searched_and_browsed_too() {
    let home = Home::new();
    let music = home.path().join("home/Music/Tides");
    std::fs::create_dir_all(&music).unwrap();
    let file = music.join("Night Ferry.mp3");
    std::fs::copy("assets/demo/tracks/night-ferry.mp3", &file).unwrap();
    let file = file.display().to_string();
    let names = |rows: &Value| -> Vec<String> {
        rows.as_array().unwrap().iter().map(|row| text(&row["name"]).to_owned()).collect()
    };
    let found = demo_json(&home, &["search", "night ferry", "--limit", "50"]);
    let all: Vec<String> = found
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["also"].as_array().unwrap().iter().chain([&row["name"]]).map(text))
        .map(str::to_owned)
        .collect();
    assert!(all.contains(&file), "{all:?}");
    let alone = demo_json(&home, &["search", "ferry", "--service", "files"]);
    assert_eq!(names(&alone), std::slice::from_ref(&file));
    let lists = demo_json(&home, &["browse", "files"]);
    assert_eq!(text(&lists["items"][0]["name"]), "files/artists");
    let rows = demo_json(&home, &["browse", "files/tracks"]);
    assert_eq!(names(&rows["items"]), [file]);
    let elsewhere = home.run(&["--demo", "browse", "files//etc"]);
    assert!(elsewhere.code == 3 && elsewhere.err.contains("My music"), "{elsewhere:?}");

    // What is on this machine is found without any service; nothing found is no answer of theirs.
    let home =
        home.config(&format!("[network]\nretries = 0\n[services.audius]\nbase_url = \"{}\"\n", nobody()));
    let done = home.run(&["search", "ferry"]);
    assert!(done.code == 0 && done.out.contains("Night Ferry") && done.err.contains("Audius"), "{done:?}");
    assert_eq!(home.run(&["search", "nothing has this name"]).code, 5);
}

#[test]
fn values_of_special_calls_are_typed_with_dashes() {
    let home = Home::new();
    let listed = demo(&home, &["service"]).out;
    assert!(
        !listed.lines().any(|line| line.contains(" --")
            && line
                .split(" --")
                .skip(1)
                .any(|value| { value.split([' ', ']']).next().unwrap().contains('_') })),
        "{listed}"
    );
    let calls = demo_json(&home, &["service"]);
    let names = calls.as_array().unwrap().iter().flat_map(|call| call["values"].as_array().unwrap());
    assert!(names.map(|value| text(&value["name"])).all(|name| !name.contains('_')));
}
