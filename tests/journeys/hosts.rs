//! Who is asked while somebody searches, browses, plays and signs in: the hosts of the services in use, and
//! nobody else; and what the requests say of who asks.

use std::process::Command;

use crate::program::{Done, Home};
use crate::pty::Pty;
use crate::recorder::{Passed, Recorder};
use crate::services::Services;

/// What would tell one listener or machine from another, and must be in no request.
const MARKS: [(&str, &str); 4] = [
    ("USER", "listener-n4me"),
    ("LOGNAME", "listener-n4me"),
    ("HOSTNAME", "machine-n4me"),
    ("EMAIL", "listener-n4me@example.org"),
];

/// All that a request may say beside its address and its body.
const HEADERS: [&str; 14] = [
    "accept",
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "icy-metadata",
    "if-none-match",
    "if-range",
    "proxy-connection",
    "range",
    "user-agent",
    "x-api-key",
    "x-tenant",
];

fn variables(recorder: &Recorder) -> Vec<(&'static str, String)> {
    let proxy = format!("http://{}", recorder.address);
    let proxies =
        ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name, proxy.clone()));
    let marks = MARKS.map(|(name, value)| (name, value.to_owned()));
    proxies
        .into_iter()
        .chain(marks)
        .chain([("no_proxy", String::new()), ("NO_PROXY", String::new())])
        .collect()
}

fn through(recorder: &Recorder, mut command: Command) -> Done {
    Done::from(command.envs(variables(recorder)).output().unwrap())
}

fn screen(home: &Home, recorder: &Recorder) -> Pty {
    let variables = variables(recorder);
    let more: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let screen = Pty::start(home, &[], 120, 40, &more);
    screen.wait_for("Listen now");
    screen
}

fn leave(mut screen: Pty) {
    screen.keys("\x03");
    let end = screen.end();
    assert_eq!(end.code, 0, "{end:?}");
}

fn assert_says_nothing_of_who_asks(passed: &Passed) {
    let agent = format!("segue/{}", env!("CARGO_PKG_VERSION"));
    for (name, value) in &passed.headers {
        assert!(HEADERS.contains(&name.as_str()), "{name} in {passed:?}");
        assert!(name != "user-agent" || *value == agent, "{passed:?}");
    }
    for (_, mark) in MARKS {
        let is_told =
            [&passed.line, &passed.body].into_iter().chain(passed.headers.iter().map(|(_, its)| its));
        assert!(is_told.into_iter().all(|text| !text.contains(mark)), "{mark}: {passed:?}");
    }
}

#[test]
fn only_the_services_in_use_are_asked() {
    let services = Services::start();
    let recorder = Recorder::start();
    let home = Home::new().config(&services.signed_in_config());
    for words in [
        &["search", "night ferry"][..],
        &["browse", "audiomack"],
        &["browse", "yourmusic"],
        &["browse", "audiosocket"],
        &["browse", "audius"],
        &["accounts"],
        &["doctor"],
    ] {
        let done = through(&recorder, home.segue(words));
        assert_eq!(done.code, 0, "{words:?}: {done:?}");
    }
    let mut screen = screen(&home, &recorder);
    screen.keys("gsnight ferry\r");
    screen.wait_for("Night Ferry");
    screen.keys("\r");
    screen.wait_for("Night Ferry");
    screen.wait("it plays", |screen| screen.contains("0:01"));
    screen.keys("gi");
    screen.wait_for("signed in to");
    screen.keys("2");
    screen.wait_for("Trending");
    leave(screen);

    // The rest as the services name it: their addresses, and where they keep their music.
    let passed = recorder.passed();
    let cdn = services.sandbox.requests().into_iter().filter(|line| line.path.starts_with("/cdn/")).count();
    let api = services.sandbox.address().to_string();
    let hosts = recorder.hosts();
    assert!(passed.len() > 20 && cdn > 0 && hosts.contains(&api), "{hosts:?}");
    for passed in &passed {
        assert_says_nothing_of_who_asks(passed);
        let is_cdn = passed.host.starts_with("127.0.0.1:") && passed.line.contains("/cdn/");
        assert!(passed.host == api || is_cdn, "{passed:?}");
    }
    // Nothing went past the proxy.
    assert_eq!(passed.len(), services.sandbox.requests().len());
}

/// As it comes out of the box: nothing is asked before somebody asks, and then only who needs no credentials.
#[test]
fn nobody_is_asked_before_the_listener_asks() {
    let recorder = Recorder::start();
    let home = Home::new().config("[player]\noutput = \"null\"\n[network]\nretries = 0\n");
    let mut screen = screen(&home, &recorder);
    screen.keys("?");
    screen.wait_for(" actions ");
    screen.keys("q");
    screen.wait("the page below", |screen| screen.contains("Listen now") && !screen.contains(" actions "));
    screen.keys("gi");
    screen.wait_for("signed in to 0 of 4");
    assert_eq!(recorder.hosts(), [""; 0]);
    leave(screen);
    for words in [&["accounts"][..], &["devices"], &["paths"], &["library", "stats"]] {
        through(&recorder, home.segue(words));
        assert_eq!(recorder.hosts(), [""; 0], "{words:?}");
    }
    for words in [&["doctor"][..], &["search", "ferry"]] {
        let before = recorder.passed().len();
        through(&recorder, home.segue(words));
        assert!(recorder.passed().len() > before, "{words:?}");
        assert_eq!(recorder.hosts(), ["api.audius.co:443"]);
    }
}
