//! Two places that edit one playlist: what is seen to have changed meanwhile is put together, and nothing is overwritten.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::playlists::{json, shown, text, there, tracks};
use crate::program::Home;
use crate::services::Services;

/// Passes everything on to `address`; when something is read for the second time, `meanwhile` is done before.
fn between(address: SocketAddr, meanwhile: impl FnOnce() + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap();
    let once: Box<dyn FnOnce() + Send> = Box::new(meanwhile);
    let seen = Arc::new(Mutex::new((HashSet::new(), Some(once))));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(address).unwrap();
            let (answers, back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pass(answers, back, |_| ()));
            let seen = Arc::clone(&seen);
            thread::spawn(move || {
                pass(client, server, |request| {
                    let line = String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned();
                    let path = line.split(['?', ' ']).nth(1).unwrap_or_default().to_owned();
                    let mut seen = seen.lock().unwrap();
                    if line.starts_with("GET") && path.contains("playlist") && !seen.0.insert(path) {
                        seen.1.take().into_iter().for_each(|meanwhile| meanwhile());
                    }
                });
            });
        }
    });
    own
}

/// Until one side has ended.
fn pass(mut from: TcpStream, mut to: TcpStream, mut look: impl FnMut(&[u8])) {
    let mut chunk = vec![0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut chunk) {
        look(&chunk[..read]);
        if to.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn what_somebody_else_added_meanwhile_is_not_lost() {
    let services = Services::start();
    let home = Arc::new(services.signed_in());
    for service in ["audiomack", "yourmusic", "audiosocket"] {
        let tracks = tracks(&home, service);
        let [first, second, third, fourth] = tracks.as_slice() else { panic!("{tracks:?}") };
        for change in [&["move"][..], &["remove"]] {
            let made = json(&home, &["playlist", "new", service, "Ours", first, second, third]);
            let name = text(&made["name"]);
            let (elsewhere, their_name, theirs) = (Arc::clone(&home), name.clone(), fourth.clone());
            let address = services.sandbox.address();
            let proxy = between(address, move || {
                json(&elsewhere, &["playlist", "add", &their_name, &theirs]);
            });
            let config = services.signed_in_config().replace(&address.to_string(), &proxy.to_string());
            let here = Home::new().config(&config);
            let rest: &[&str] = if change == ["move"] { &["3", "1"] } else { &["2"] };
            json(&here, &[&["playlist"], change, &[name.as_str()], rest].concat());
            let title = |name: &String| text(&json(&home, &["show", name])["title"]);
            let mut expected: Vec<String> = tracks.iter().map(title).collect();
            match change {
                ["move"] => expected[..3].rotate_right(1),
                _ => drop(expected.remove(1)),
            }
            assert_eq!(there(&home, &name), expected, "{service} {change:?}");
            assert_eq!(shown(&here, &name), ("Ours".to_owned(), expected), "{service} {change:?}");
        }
    }
}

/// An edit that waits here, and one made there meanwhile: both are in it, and both versions can be had back by the verbs.
#[test]
fn verbs_put_together_what_waited_and_what_was_done_elsewhere() {
    let services = Services::start();
    let (home, elsewhere) = (services.signed_in(), services.signed_in());
    let names = tracks(&home, "audiomack");
    let [first, second, third, fourth] = names.as_slice() else { panic!("{names:?}") };
    let made = json(&home, &["playlist", "new", "audiomack", "Ours", first, second, third]);
    let name = text(&made["name"]);
    // Each look is of one who has seen nothing before.
    let now = || there(&services.signed_in(), &name);
    let title = |name: &String| text(&json(&home, &["show", name])["title"]);
    let [one, two, three, four] = [first, second, third, fourth].map(title);
    let file = home.path().join("config/config.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    // Port 9 takes no connections.
    std::fs::write(&file, config.replace(&services.sandbox.address().to_string(), "127.0.0.1:9")).unwrap();
    let done = home.run(&["playlist", "move", &name, "3", "1"]);
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.out.contains("here; Audiomack hears of it with the next start"), "{done:?}");
    assert_eq!(shown(&home, &name).1, [three.clone(), one.clone(), two.clone()]);
    json(&elsewhere, &["playlist", "add", &name, fourth]);
    std::fs::write(&file, config).unwrap();
    let done = home.run(&["playlist", "remove", &name, second]);
    let told =
        "Ours has 1 track fewer at Audiomack; it was changed there too, and both changes are in it now.\n";
    assert_eq!((done.code, done.out.as_str()), (0, told), "{done:?}");
    assert_eq!(now(), [three.clone(), one.clone(), four.clone()]);
    let log = home.run(&["playlist", "log", &name]);
    assert!(log.out.contains("both changes, here and at Audiomack"), "{log:?}");
    // Ours as it was, which is sent; then both again.
    json(&home, &["playlist", "undo", &name, "--steps", "3"]);
    assert_eq!(now(), [three.clone(), one.clone(), two]);
    json(&home, &["playlist", "redo", &name, "--steps", "3"]);
    assert_eq!(now(), [three, one, four]);
    assert!(home.run(&["playlist", "sync"]).out.starts_with("Nothing waits"));
}
