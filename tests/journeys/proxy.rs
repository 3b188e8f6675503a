//! The listener's proxy: used where he says, left out where he says, and its password never shown.

use crate::program::{Done, Home};
use crate::server::{Reply, Server};

const PASSWORD: &str = "pr0xy-pa55word";

/// Plays `locator` with these variables, nothing being playable anywhere.
fn run(variables: &[(&str, &str)], locator: &str) -> (Done, String) {
    let home = Home::new()
        .config("[network]\nconnect_timeout = 1\nidle_timeout = 1\nretries = 0\n[log]\nlevel = \"debug\"\n");
    let mut command = home.segue(&["play", locator, "--output", "null"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    let done = Done::from(command.envs(variables.iter().copied()).output().unwrap());
    let logs = std::fs::read_dir(home.path().join("state")).into_iter().flatten().flatten();
    let log = logs.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
    (done, log)
}

#[test]
fn the_proxy_is_asked_and_its_password_is_not_told() {
    let proxy = Server::start(|_| Reply::status(403));
    let address = format!("http://listener:{PASSWORD}@{}", proxy.address);
    let (done, log) = run(&[("http_proxy", &address)], "http://music.example/a.mp3");
    assert_eq!(done.code, 4, "{done:?}");
    assert_eq!(proxy.paths().first().map(String::as_str), Some("http://music.example/a.mp3"));
    assert!(!format!("{done:?}{log}").contains(PASSWORD), "{done:?}");

    // Nobody there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://listener:{PASSWORD}@{free}");
    let (done, log) = run(&[("http_proxy", &address)], "http://music.example/a.mp3");
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.err.contains("music.example cannot be reached"), "{}", done.err);
    assert!(!format!("{done:?}{log}").contains(PASSWORD), "{done:?}");
}

#[test]
fn what_needs_no_proxy_goes_around_it() {
    let (proxy, server) = (Server::start(|_| Reply::status(403)), Server::start(|_| Reply::status(404)));
    let address = format!("http://{}", proxy.address);
    let (done, _) = run(&[("http_proxy", &address), ("no_proxy", "127.0.0.1")], &server.url("/a.mp3"));
    assert_eq!((done.code, proxy.paths().len(), server.paths().len()), (3, 0, 1), "{done:?}");
    let (done, _) = run(&[("http_proxy", &address), ("no_proxy", "other.example")], &server.url("/a.mp3"));
    assert_eq!((done.code, proxy.paths().len(), server.paths().len()), (4, 1, 1), "{done:?}");
}

/// A network that wants a sign-in first answers everything with its own page.
#[test]
fn a_sign_in_page_of_the_network_is_told_as_such() {
    let portal =
        Server::start(|_| Reply::text("text/html", "<!doctype html><title>Welcome to our wifi</title>"));
    let (done, _) =
        run(&[("http_proxy", &format!("http://{}", portal.address))], "http://music.example/a.mp3");
    assert_eq!(done.code, 6, "{done:?}");
    assert!(done.err.contains("web page"), "{}", done.err);
}
