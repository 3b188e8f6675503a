//! What proves a part: the control file, which outlives a power cut, and the note of what came since, which outlives a kill.

use std::os::unix::fs::FileExt as _;

use super::*;
use crate::stream::keep::Version;
use control::{CONTROL_SUFFIX, NOTE_SUFFIX};
use folder::Folder;
use part::Part;

const NAME: &str = ".segue-1.part";

fn opened(folder: &Path) -> Part {
    let held = Arc::new(Folder::open(folder).unwrap());
    let file = held.find(NAME).unwrap().unwrap_or_else(|| held.create(NAME).unwrap());
    Part::open(&held, NAME, file).unwrap()
}

/// A part of which 1,000,000 bytes are safe, and as many again are noted; it ends as a kill ends it.
fn killed(folder: &Path) {
    let whole = noise(3_000_000);
    let mut part = opened(folder);
    part.set_version(Version {
        etag: Some("\"a\"".to_owned()),
        bytes: Some(3_000_000),
        ..Version::default()
    });
    part.write(0, &whole[..1_000_000]).unwrap();
    part.save().unwrap();
    part.write(1_000_000, &whole[1_000_000..1_500_000]).unwrap();
    part.write_note().unwrap();
    part.write(1_500_000, &whole[1_500_000..2_000_000]).unwrap();
    part.write_note().unwrap();
    part.write(2_000_000, &whole[2_000_000..2_100_000]).unwrap();
}

#[test]
fn what_is_noted_is_not_fetched_again_and_only_as_far_as_it_is_proved() {
    let check = |what: &str, expected: u64, damage: &dyn Fn(&Path)| {
        let folder = TempDir::new().unwrap();
        killed(folder.path());
        damage(folder.path());
        let part = opened(folder.path());
        assert_eq!(part.bytes(), expected, "{what}");
        let tag = part.version().and_then(|version| version.etag.clone());
        assert_eq!(tag.is_some(), expected > 0, "{what}");
    };
    let beside = |folder: &Path, suffix: &str| folder.join(format!("{NAME}{suffix}"));
    let flip = |folder: &Path, at: u64| {
        let file = fs::OpenOptions::new().read(true).write(true).open(folder.join(NAME)).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[!byte[0]], at).unwrap();
    };
    check("a kill", 2_000_000, &|_| ());
    check("a byte behind what is safe is lost", 1_000_000, &|folder| flip(folder, 1_700_000));
    check("a byte of what is safe is lost", 0, &|folder| flip(folder, 7_000));
    check("the note is lost", 1_000_000, &|folder| fs::remove_file(beside(folder, NOTE_SUFFIX)).unwrap());
    check("the control file is lost", 2_000_000, &|folder| {
        fs::remove_file(beside(folder, CONTROL_SUFFIX)).unwrap();
    });
    check("the note is torn", 1_000_000, &|folder| {
        let note = fs::read(beside(folder, NOTE_SUFFIX)).unwrap();
        fs::write(beside(folder, NOTE_SUFFIX), &note[..note.len() / 2]).unwrap();
    });
    check("the part is cut", 1_000_000, &|folder| {
        fs::OpenOptions::new().write(true).open(folder.join(NAME)).unwrap().set_len(1_200_000).unwrap();
    });
    check("the note is of another version", 1_000_000, &|folder| {
        let note = fs::read(beside(folder, NOTE_SUFFIX)).unwrap();
        let mut control = control::Control::read(&note).unwrap();
        control.version.etag = Some("\"b\"".to_owned());
        fs::write(beside(folder, NOTE_SUFFIX), control.to_bytes()).unwrap();
    });
}

#[test]
fn a_part_that_became_a_copy_is_left_alone() {
    let (rig, whole) = (Rig::new(), noise(100_000));
    let body = whole.clone();
    let server = Server::start(move |asked, _| ranged(asked, &body, "\"a\""));
    let first = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
    // A second download of that number makes a part of its own.
    let second = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
    assert_ne!(first.path, second.path);
    assert!(fs::read(&first.path).unwrap() == whole && fs::read(&second.path).unwrap() == whole);
    assert_eq!(rig.files().len(), 2);
}
