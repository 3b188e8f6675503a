//! What is written into copies, read back by ffprobe and ffmpeg.

use std::process::Command;

use super::*;

fn probed(path: &Path, key: &str) -> String {
    let entry = format!("format_tags={key}:stream_tags={key}");
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", &entry, "-of", "default=nw=1:nk=1"])
        .arg(path)
        .output()
        .expect("these tests compare with ffprobe, which is not there");
    String::from_utf8(output.stdout).unwrap().lines().next().unwrap_or_default().to_owned()
}

/// All that ffprobe tells; lofty tells what ffprobe does not, as of the frame for addresses.
fn every_tag(path: &Path) -> String {
    use lofty::file::TaggedFileExt as _;
    let tagged = lofty::read_from_path(path).unwrap();
    let items = tagged.tags().iter().flat_map(lofty::tag::Tag::items);
    items.map(|item| format!("{:?}", item.value())).collect::<Vec<_>>().join("\n")
}

fn ffmpeg(path: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(arguments)
        .arg("-")
        .output()
        .expect("these tests compare with ffmpeg, which is not there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn told(folder: &Path) -> Wanted {
    let mut wanted = wanted(folder, 1, "雨の港");
    wanted.track.artists = vec!["紙の舟".into(), "Ada Cole".into()];
    wanted.track.isrc = Some("ZZSEG2600003".into());
    wanted.track.link = Some("https://audius.example/t/1".parse().unwrap());
    wanted.track.facts = Some(Arc::new(Facts {
        number: Some(3),
        disc: Some(1),
        year: Some(2026),
        genre: Some("Ambient".into()),
        album_artist: Some("港".into()),
        lyrics: Some("ame\nminato".to_owned()),
        is_lossless: false,
    }));
    wanted
}

/// Copies a bundled file with everything that is known of it.
fn copied(source: &str, wanted: impl Fn(&Path) -> Wanted, cover: Option<Vec<u8>>) -> (Rig, FinishedCopy) {
    let rig = Rig::new();
    let body = fs::read(bundled(source)).unwrap();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let desk = Desk { cover, ..Rig::desk(vec![http(server.url("/a.exe"))]) };
    let copy = rig.copy(&wanted(rig.folder.path()), Rules::default(), &desk).unwrap();
    (rig, copy)
}

#[test]
fn tags_and_cover_are_read_by_others_and_the_sound_stays() {
    let cover = fs::read(bundled("covers/ame-no-minato.jpg")).unwrap();
    for (source, extension) in [
        ("tracks/night-ferry.mp3", "mp3"),
        ("tracks/cafe-muller.m4a", "m4a"),
        ("tracks/paper-lanterns.flac", "flac"),
        ("tracks/northern-line.ogg", "ogg"),
        ("tracks/ame-no-minato.opus", "opus"),
    ] {
        let (_rig, copy) = copied(source, told, Some(cover.clone()));
        assert_eq!(copy.path.extension().unwrap(), extension);
        assert!(copy.notes.is_empty(), "{source}: {:?}", copy.notes);
        assert_ne!(copy.sha256, copy.source_sha256);
        assert_eq!(copy.sha256, sha256(&fs::read(&copy.path).unwrap()));
        assert_eq!(copy.source_sha256, sha256(&fs::read(bundled(source)).unwrap()));
        let rows = [("title", "雨の港"), ("album", "Tides"), ("genre", "Ambient"), ("album_artist", "港")];
        for (key, expected) in rows {
            assert_eq!(probed(&copy.path, key), expected, "{source}: {key}");
        }
        for (key, value) in [("ISRC", "ZZSEG2600003"), ("lyrics", "minato"), ("audius", "audius.example/t/1")]
        {
            let all = every_tag(&copy.path);
            assert!(all.contains(value), "{source}: {key} in {all}");
        }
        assert!(probed(&copy.path, "artist").contains("紙の舟"), "{source}");
        assert!(probed(&copy.path, "track").starts_with('3'), "{source}: {}", probed(&copy.path, "track"));
        assert!(probed(&copy.path, "date").starts_with("2026"), "{source}: {}", probed(&copy.path, "date"));
        let picture = ffmpeg(&copy.path, &["-map", "0:v:0", "-c", "copy", "-f", "image2pipe"]);
        assert!(picture == cover, "{source}: the cover");
        let sound = ["-map", "0:a", "-f", "f32le"];
        assert!(ffmpeg(&copy.path, &sound) == ffmpeg(&bundled(source), &sound), "{source}: the samples");
    }
}

#[test]
fn what_a_row_does_not_tell_is_asked_for_once_what_came_is_proved() {
    let rig = Rig::new();
    let body = fs::read(bundled("tracks/night-ferry.mp3")).unwrap();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let mut wanted = rig.wanted();
    wanted.track.facts = None;
    let mut about = wanted.track.clone();
    about.facts = Some(Arc::new(Facts { number: Some(7), genre: Some("Folk".into()), ..Facts::default() }));
    let desk = Desk { about: Some(about), ..Rig::desk(vec![http(server.url("/a"))]) };
    let copy = rig.copy(&wanted, Rules::default(), &desk).unwrap();
    assert_eq!(copy.path.file_name().unwrap(), "07 Night Ferry.mp3");
    assert_eq!(probed(&copy.path, "genre"), "Folk");
}

#[test]
fn what_the_file_knows_and_we_do_not_stays() {
    let bare = |folder: &Path| {
        let mut wanted = wanted(folder, 1, "Other");
        wanted.track.album = None;
        wanted
    };
    let (_rig, copy) = copied("tracks/night-ferry.mp3", bare, None);
    assert_eq!(probed(&copy.path, "title"), "Other");
    assert_eq!(probed(&copy.path, "album"), probed(&bundled("tracks/night-ferry.mp3"), "album"));
    assert_eq!(copy.path.file_name().unwrap(), "01 Other.mp3");
}

#[test]
fn what_comes_from_an_address_is_called_as_the_file_says() {
    let at = |folder: &Path, title: Option<&str>| {
        let reference = TrackRef::Url("https://files.example/a/8f14e45f-ceea-467f".parse().unwrap());
        let title = title.map_or_else(|| reference.bare_title(), CleanText::from);
        Wanted { track: Track::new(reference, title), ..wanted(folder, 1, "") }
    };
    for source in ["night-ferry.mp3", "cafe-muller.m4a", "paper-lanterns.flac", "ame-no-minato.opus"] {
        let source = format!("tracks/{source}");
        let (_rig, copy) = copied(&source, |folder| at(folder, None), None);
        let title = probed(&bundled(&source), "title");
        for key in ["title", "artist", "album"] {
            assert_eq!(probed(&copy.path, key), probed(&bundled(&source), key), "{source}: {key}");
        }
        let name = copy.path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(name.contains(&title), "{name}: {title}");
        assert!(every_tag(&copy.path).contains("files.example/a/8f14e45f"), "{source}: where it came from");
        assert_eq!(copy.learned.unwrap().title.as_str(), title, "and the row is called so from now on");
    }
    // What the listener called it stays.
    let (_rig, copy) = copied("tracks/night-ferry.mp3", |folder| at(folder, Some("Mine")), None);
    assert_eq!(probed(&copy.path, "title"), "Mine");
    // An address that may let somebody in is written nowhere.
    let secret = |folder: &Path| {
        let reference = TrackRef::Url("https://files.example/a.mp3?token=8f14e45f".parse().unwrap());
        Wanted { track: Track::new(reference, "Mine"), ..wanted(folder, 1, "") }
    };
    let (_rig, copy) = copied("tracks/night-ferry.mp3", secret, None);
    assert!(!every_tag(&copy.path).contains("files.example"), "{}", every_tag(&copy.path));
}

#[test]
fn a_file_that_takes_no_tags_comes_as_it_is() {
    let rig = Rig::new();
    // ADTS with a tag writer's worst friend: bytes behind the last frame.
    let body = fs::read(bundled("hls/cafe-muller/seg000.aac")).unwrap();
    let frames = body[73..].to_vec();
    let sent = frames.clone();
    let server = Server::start(move |asked, _| ranged(asked, &sent, "\"a\""));
    let desk = Desk { cover: Some(b"GIF89a".to_vec()), ..Rig::desk(vec![http(server.url("/a"))]) };
    let copy = rig.copy(&rig.wanted(), Rules::default(), &desk).unwrap();
    let sound = ["-map", "0:a", "-f", "f32le"];
    let source = rig.folder.path().join("source.aac");
    fs::write(&source, frames).unwrap();
    assert!(ffmpeg(&copy.path, &sound) == ffmpeg(&source, &sound));
}
