//! Calls that no screen offers which lead on to something: a page in the browser, a piece of sound; and what the
//! settings teach about services that publish neither paths nor links.

use std::fs;

use crate::accounts::{browser, run_with};
use crate::program::Home;
use crate::services::Services;

/// A browser that writes down where it was sent.
fn writing(home: &Home) -> String {
    browser(home, "printf '%s\\n' \"$#\" \"$1\" > \"$HOME/visited\"")
}

fn visited(home: &Home) -> Option<String> {
    fs::read_to_string(home.path().join("home/visited")).ok()
}

fn home(services: &Services) -> Home {
    let home = services.signed_in();
    fs::create_dir_all(home.path().join("home")).unwrap();
    home
}

#[test]
fn what_wants_a_page_opens_it_in_the_browser() {
    let services = Services::start();
    let home = home(&services);
    let browser = writing(&home);
    let check = |arguments: &[&str], page: &str| {
        let told = run_with(&home, &[arguments, &["--json"]].concat(), &browser, "");
        let value: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        assert!(told.code == 0 && value["url"].as_str().unwrap().starts_with(page), "{told:?}");
        assert_eq!(visited(&home), None, "programs only ask");
        let done = run_with(&home, arguments, &browser, "");
        assert!(done.code == 0 && done.out.starts_with(&format!("url: {page}")), "{done:?}");
        let address = done.out.trim().strip_prefix("url: ").unwrap();
        assert_eq!(visited(&home).unwrap(), format!("1\n{address}\n"), "one argument, the address");
        fs::remove_file(home.path().join("home/visited")).unwrap();
        let failed = run_with(&home, arguments, "false", "");
        assert!(failed.code == 0 && failed.err.contains("open the address yourself"), "{failed:?}");
        assert!(failed.out.starts_with(&format!("url: {page}")), "{failed:?}");
    };
    let slug = services.sandbox.credentials().yourmusic.product_slug;
    check(
        &["service", "yourmusic", "checkout", "--product-slug", slug],
        "https://checkout.stripe.example/c/pay/",
    );
    check(&["service", "audiomack", "register"], "https://audiomack.com/join");
}

#[test]
fn a_preview_is_played_or_kept() {
    let services = Services::start();
    let home = home(&services);
    let told = home.run(&["service", "audiomack", "preview", "14216001", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!((told.code, &value["media_type"]), (0, &"audio/mpeg".into()), "{told:?}");
    let bytes = value["bytes"].as_u64().unwrap();

    let file = home.path().join("preview.mp3");
    let path = file.to_str().unwrap();
    let keep = ["service", "audiomack", "preview", "--id", "14216001", "--output", path];
    let kept = home.run(&keep);
    assert_eq!((kept.code, fs::metadata(&file).unwrap().len()), (0, bytes), "{kept:?}");
    let again = home.run(&keep);
    assert!(again.code != 0 && again.err.contains("cannot be written"), "{again:?}");
    assert_eq!(home.run(&["probe", path]).code, 0);

    // Into a file, which takes it as fast as it comes.
    let wav = home.path().join("played.wav");
    let to_file = format!("output = \"wav:{}\"", wav.display());
    let home = home.config(&services.signed_in_config().replace("output = \"null\"", &to_file));
    let played = home.run(&["service", "audiomack", "preview", "14216001"]);
    assert!(fs::metadata(&wav).unwrap().len() > 20 * 44_100 * 4, "{played:?}");
    assert!(played.code == 0 && played.out.contains("media_type: audio/mpeg"), "{played:?}");
    let left = fs::read_dir(home.path().join("cache")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("excerpt")), "{left:?}");
    assert_eq!(home.run(&["service", "audiomack", "preview", "99"]).code, 3);
}

#[test]
fn assumed_calls_and_links_are_set() {
    let services = Services::start();
    let config = services.signed_in_config();
    let set = |text: &str| config.replace("tenant = ", &format!("{text}\ntenant = "));

    let wrong = Home::new().config(&set("paths = { me = \"POST /me\" }"));
    let done = wrong.run(&["service", "yourmusic", "profile"]);
    let words = "YourMusic takes another method for reading your profile";
    assert!(done.code == 3 && done.err.contains(words), "{done:?}");
    assert!(done.err.contains("set services.yourmusic.paths.me = \"METHOD /me\""), "{done:?}");
    let right = Home::new().config(&set("paths = { me = \"GET /me\", track = \"FETCH /x\" }"));
    let done = right.run(&["service", "yourmusic", "profile"]);
    assert!(
        done.code == 0 && done.err.contains("services.yourmusic.paths.track cannot be \"FETCH /x\""),
        "{done:?}"
    );

    let link = "https://acme.example/ada/song/2001?from=mail";
    let done = right.run(&["open", link, "--print"]);
    assert!(done.code == 3 && done.err.contains("set services.yourmusic.links"), "{done:?}");
    let knows = Home::new().config(&set("links = [\"https://acme.example/*/song/{track}\"]"));
    let done = knows.run(&["open", link, "--print", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(told["name"], "yourmusic:track:2001", "{done:?}");
}

#[test]
fn tracks_like_another_are_a_list() {
    let services = Services::start();
    let home = services.signed_in();
    let alike = |place: &str| {
        let done = home.run(&["browse", place, "--json"]);
        assert_eq!(done.code, 0, "{done:?}");
        let told: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        told["items"].as_array().unwrap().clone()
    };
    assert!(!alike("audiosocket:track:809").is_empty());
    assert_eq!(alike("audiosocket:track:809"), alike("audiosocket/track/809"));
    let done = home.run(&["browse", "audiomack:track:14216001"]);
    assert!(
        done.code == 3 && done.err.contains("Audiomack does not tell which tracks are similar"),
        "{done:?}"
    );
}
