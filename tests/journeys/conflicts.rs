//! Two places that edit one playlist: what is seen to have changed meanwhile is told, and nothing is overwritten.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::playlists::{json, refused, shown, text, tracks};
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
            let arguments = [&["playlist"], change, &[name.as_str()], rest].concat();
            refused(&here, &arguments, 4, "the playlist was changed elsewhere; open it again");
            let title = |name: &String| text(&json(&home, &["show", name])["title"]);
            let all: Vec<String> = tracks.iter().map(title).collect();
            assert_eq!(shown(&home, &name), ("Ours".to_owned(), all.clone()), "{service} {change:?}");
            // With what there is now it is done.
            let done = here.run(&arguments);
            assert_eq!(done.code, 0, "{done:?}");
            let mut expected = all;
            match change {
                ["move"] => expected[..3].rotate_right(1),
                _ => drop(expected.remove(1)),
            }
            assert_eq!(shown(&here, &name).1, expected, "{service} {change:?}");
        }
    }
}
