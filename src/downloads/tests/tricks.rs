//! Everything that a server may do to a transfer that goes on: old and new bytes are never joined wrongly.

use std::os::unix::fs::FileExt as _;

use super::*;

/// Stops a copy at 2.5 MB, lets `trick` answer what follows (it counts from 0), and compares the end.
fn check(name: &str, expected: &[u8], trick: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) {
    check_from(name, "\"a\"", expected, trick);
}

fn check_from(
    name: &str,
    etag: &'static str,
    expected: &[u8],
    trick: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
) {
    let (rig, old) = (Rig::new(), noise(6_000_000));
    let first = AtomicUsize::new(0);
    let server = Server::start(move |asked, number| {
        if first.fetch_add(1, Ordering::SeqCst) == 0 {
            let mut reply = ranged(asked, &old, etag);
            reply.headers.retain(|(_, value)| !value.is_empty());
            return reply;
        }
        trick(asked, number - 1)
    });
    let desk = Desk { stop_at: Some(2_500_000), ..Rig::desk(vec![http(server.url("/a"))]) };
    assert_eq!(rig.copy(&rig.wanted(), bare(), &desk), Err(Stop::Cancelled), "{name}");
    let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))]));
    let copy = copy.unwrap_or_else(|stop| panic!("{name}: {stop}"));
    assert!(fs::read(&copy.path).unwrap() == expected, "{name}");
    assert_eq!(rig.files().len(), 1, "{name}: {:?}", rig.files());
}

/// Another file of the same length: the same noise, turned round.
fn other() -> Vec<u8> {
    let mut other = noise(6_000_000);
    other[44..].reverse();
    other
}

#[test]
fn a_changed_file_is_begun_anew() {
    let other = other();
    let body = other.clone();
    check("another tag, as RFC 9110 has it", &other, move |asked, _| ranged(asked, &body, "\"b\""));
    let body = other.clone();
    check("another tag in spite of If-Range", &other, move |asked, _| {
        let mut asked = asked.clone();
        asked.headers.remove("if-range");
        ranged(&asked, &body, "\"b\"")
    });
    let longer = noise(6_500_000);
    let body = longer.clone();
    check("another length with the same tag", &longer, move |asked, _| ranged(asked, &body, "\"a\""));
    let shorter = noise(2_000_000);
    let body = shorter.clone();
    check("416, since it is shorter now", &shorter, move |asked, _| ranged(asked, &body, "\"a\""));
}

#[test]
fn a_stretch_from_elsewhere_is_not_joined() {
    let whole = noise(6_000_000);
    let body = whole.clone();
    check("206 that starts elsewhere", &whole, move |asked, number| {
        let mut asked = asked.clone();
        if number == 0 {
            asked.headers.insert("range".to_owned(), "bytes=1000000-".to_owned());
        }
        ranged(&asked, &body, "\"a\"")
    });
    let body = whole.clone();
    check("206 that does not say which", &whole, move |asked, number| {
        let mut reply = ranged(asked, &body, "\"a\"");
        if number == 0 {
            reply.headers.retain(|(name, _)| *name != "Content-Range");
        }
        reply
    });
}

#[test]
fn the_whole_in_place_of_a_stretch_is_used_where_it_is_the_same() {
    let whole = noise(6_000_000);
    let body = whole.clone();
    check("200 with the same tag", &whole, move |_, _| {
        Reply::new(200, "audio/wav", body.clone()).header("ETag", "\"a\"")
    });
    let body = whole.clone();
    check("200 without a tag", &whole, move |_, _| Reply::new(200, "audio/wav", body.clone()));
    let other = other();
    let body = other.clone();
    check("200 without a tag, of another file", &other, move |_, _| {
        Reply::new(200, "audio/wav", body.clone())
    });
}

#[test]
fn without_any_tag_the_bytes_decide() {
    let whole = noise(6_000_000);
    let body = whole.clone();
    check_from("the same file", "", &whole, move |asked, _| {
        assert!(asked.start() > 2_000_000, "some is fetched again, not all");
        let mut reply = ranged(asked, &body, "");
        reply.headers.retain(|(_, value)| !value.is_empty());
        reply
    });
    let other = other();
    let body = other.clone();
    check_from("another of the same length", "", &other, move |asked, _| {
        let mut reply = ranged(asked, &body, "");
        reply.headers.retain(|(_, value)| !value.is_empty());
        reply
    });
}

#[test]
fn bodies_of_the_wrong_length_are_put_right() {
    let whole = noise(6_000_000);
    let body = whole.clone();
    check("shorter than it says", &whole, move |asked, _| ranged(asked, &body, "\"a\"").cut_after(1_000_000));
    let body = whole.clone();
    check("longer than it says", &whole, move |asked, _| {
        let mut reply = ranged(asked, &body, "\"a\"");
        reply.body.extend_from_slice(&[7; 5000]);
        reply.hides_length = true;
        reply
    });
}

#[test]
fn a_packed_stretch_is_not_joined() {
    let whole = noise(6_000_000);
    let body = whole.clone();
    check("Content-Encoding on the answer to a range", &whole, move |asked, _| {
        let reply = ranged(asked, &body, "\"a\"");
        if asked.start() > 0 { reply.header("Content-Encoding", "gzip") } else { reply }
    });
}

#[test]
fn a_part_is_trusted_as_far_as_its_control_file_proves_it() {
    let whole = noise(6_000_000);
    for damage in ["control gone", "control torn", "part gone", "part torn", "part flipped", "part a link"] {
        let (rig, body) = (Rig::new(), whole.clone());
        let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
        let desk = Desk { stop_at: Some(2_500_000), ..Rig::desk(vec![http(server.url("/a"))]) };
        assert_eq!(rig.copy(&rig.wanted(), bare(), &desk), Err(Stop::Cancelled));
        let (part, control) =
            (rig.folder.path().join(".segue-1.part"), rig.folder.path().join(".segue-1.part.control"));
        let outside = rig.folder.path().with_extension("canary");
        fs::write(&outside, b"canary").unwrap();
        let file = || fs::OpenOptions::new().write(true).open(&part).unwrap();
        match damage {
            "control gone" => fs::remove_file(&control).unwrap(),
            "control torn" => fs::write(&control, &fs::read(&control).unwrap()[..50]).unwrap(),
            "part gone" => fs::remove_file(&part).unwrap(),
            "part torn" => file().set_len(1_000_000).unwrap(),
            "part flipped" => {
                file().write_all_at(&[!whole[77_777]], 77_777).unwrap();
            }
            _ => {
                fs::remove_file(&part).unwrap();
                std::os::unix::fs::symlink(&outside, &part).unwrap();
            }
        }
        let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
        assert!(fs::read(&copy.path).unwrap() == whole, "{damage}");
        assert_eq!(server.log()[1].start(), 0, "{damage}");
        assert_eq!(fs::read(&outside).unwrap(), b"canary", "{damage}");
        fs::remove_file(&outside).unwrap();
    }
}
