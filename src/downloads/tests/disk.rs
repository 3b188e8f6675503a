//! A disk that does not want to: told as held, with what came kept.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use super::*;
use crate::model::HoldReason;

fn serve(whole: &[u8]) -> Server {
    let body = whole.to_vec();
    Server::start(move |asked, _| ranged(asked, &body, "\"a\""))
}

fn held(result: Result<FinishedCopy, Stop>) -> (HoldReason, String) {
    match result {
        Err(Stop::Held(hold)) => (hold.reason, hold.fault.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_room_nothing_is_begun_and_with_room_it_goes_on() {
    let (rig, whole) = (Rig::new(), noise(3_000_000));
    let server = serve(&whole);
    let rules = Rules { reserve_bytes: u64::MAX / 2, ..bare() };
    let (reason, words) = held(rig.copy(&rig.wanted(), rules, &Rig::desk(vec![http(server.url("/a"))])));
    assert_eq!(reason, HoldReason::Space);
    assert!(words.contains("There is no room in") && words.contains("Make room"), "{words}");
    let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
    assert!(fs::read(&copy.path).unwrap() == whole);
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let (rig, server) = (Rig::new(), serve(&noise(100_000)));
    let mut wanted = rig.wanted();
    wanted.target.folder = rig.folder.path().join("usb");
    let (reason, words) = held(rig.copy(&wanted, bare(), &Rig::desk(vec![http(server.url("/a"))])));
    assert!(reason == HoldReason::Folder && words.contains("is not there"), "{words}");
    assert_eq!((rig.files(), server.log().len()), (Vec::new(), 0));
}

#[test]
fn another_program_at_the_same_copy_is_let_be() {
    let (rig, whole) = (Rig::new(), noise(100_000));
    let server = serve(&whole);
    let part = fs::File::create(rig.folder.path().join(".segue-1.part")).unwrap();
    assert!(folder::lock(&part).unwrap());
    let (reason, words) = held(rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])));
    assert!(reason == HoldReason::Elsewhere && words.contains("Another Segue copies Night Ferry"), "{words}");
    assert!(!discard(rig.folder.path(), DownloadId(1)).unwrap());
    drop(part);
    assert_eq!(leftovers(rig.folder.path()).unwrap(), [DownloadId(1)]);
    assert!(discard(rig.folder.path(), DownloadId(1)).unwrap());
    assert_eq!(rig.files(), Vec::<String>::new());
}

#[test]
fn errors_of_the_disk_are_told_by_what_helps() {
    use rustix::io::Errno;
    let folder = Path::new("/music");
    let rows = [
        (Errno::NOSPC, HoldReason::Space, "The disk of /music is full"),
        (Errno::DQUOT, HoldReason::Space, "share of the disk"),
        (Errno::ROFS, HoldReason::Folder, "read-only"),
        (Errno::IO, HoldReason::Folder, "fails"),
        (Errno::ACCESS, HoldReason::Folder, "may not be written"),
        (Errno::PERM, HoldReason::Folder, "may not be written"),
        (Errno::NOENT, HoldReason::Folder, "is not there"),
        (Errno::NODEV, HoldReason::Folder, "is not there"),
        (Errno::LOOP, HoldReason::Folder, "link"),
        (Errno::MFILE, HoldReason::System, "no more files"),
    ];
    for (errno, reason, words) in rows {
        let Stop::Held(hold) = Stop::disk(&errno.into(), folder) else { panic!("{errno}") };
        assert_eq!(hold.reason, reason, "{errno}");
        assert!(hold.fault.to_string().contains(words) && hold.fault.hint.is_some(), "{}", hold.fault);
    }
    assert!(matches!(Stop::disk(&Errno::NAMETOOLONG.into(), folder), Stop::Failed(_)));
}

#[test]
fn links_are_never_written_through() {
    let whole = noise(200_000);
    let server = serve(&whole);
    for planted in [
        ".segue-1.part",
        ".segue-1.part.control",
        ".segue-1.part.control.new",
        ".segue-1.part.note",
        ".segue-1.made",
    ] {
        let (rig, outside) = (Rig::new(), TempDir::new().unwrap());
        let canary = outside.path().join("canary");
        fs::write(&canary, b"canary").unwrap();
        symlink(&canary, rig.folder.path().join(planted)).unwrap();
        let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
        assert!(fs::read(&copy.path).unwrap() == whole, "{planted}");
        assert_eq!(fs::read(&canary).unwrap(), b"canary", "{planted}");
    }
    // At the final name: another name is taken.
    let (rig, outside) = (Rig::new(), TempDir::new().unwrap());
    fs::create_dir_all(rig.folder.path().join("Ada Cole/Tides")).unwrap();
    symlink(outside.path().join("x"), rig.folder.path().join("Ada Cole/Tides/01 Night Ferry.wav")).unwrap();
    let copy = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
    assert_eq!(copy.path.file_name().unwrap(), "01 Night Ferry (2).wav");
    // As a folder on the way.
    let rig = Rig::new();
    symlink(outside.path(), rig.folder.path().join("Ada Cole")).unwrap();
    let (reason, words) = held(rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(server.url("/a"))])));
    assert!(reason == HoldReason::Folder, "{words}");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn names_exchanged_in_a_race_lead_nowhere() {
    let rounds = std::env::var("SEGUE_TEST_RACES").map_or(300, |count| count.parse().unwrap());
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let canary = outside.path().join("canary");
    fs::write(&canary, b"canary").unwrap();
    let (name, target) = (folder.path().join("part"), canary.clone());
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let over = is_over.clone();
    let planter = std::thread::spawn(move || {
        while !over.load(Ordering::Relaxed) {
            let _ = fs::remove_file(&name);
            let _ = symlink(&target, &name);
        }
    });
    let held = folder::Folder::open(folder.path()).unwrap();
    for _ in 0..rounds {
        // Whatever fails, fails; what is opened is written.
        if let Ok(mut file) = held.create_anew("part") {
            let _ = std::io::Write::write_all(&mut file, b"ours");
        }
        if let Ok(Some(mut file)) = held.find("part") {
            let _ = std::io::Write::write_all(&mut file, b"ours");
        }
        let _ = held.write("part", b"ours");
    }
    is_over.store(true, Ordering::Relaxed);
    planter.join().unwrap();
    assert_eq!(fs::read(&canary).unwrap(), b"canary");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_may_not_be_written_holds() {
    let rig = Rig::new();
    fs::set_permissions(rig.folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // Who may do everything is stopped by nothing.
    let is_bound = fs::write(rig.folder.path().join("x"), b"").is_err();
    let result = rig.copy(&rig.wanted(), bare(), &Rig::desk(vec![http(serve(&noise(1000)).url("/a"))]));
    fs::set_permissions(rig.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    if is_bound {
        let (reason, words) = held(result);
        assert!(reason == HoldReason::Folder && words.contains("may not be written"), "{words}");
    }
}

/// A small disk of its own, gone when dropped.
struct Disk(TempDir);

impl Disk {
    /// `None` where this user may not have one.
    fn new(kibibytes: u64) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kibibytes}k");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(self.0.path()).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_disk_that_fills_up_at_any_byte_holds_and_costs_nothing() {
    let Some(disk) = Disk::new(4) else { return };
    let (rig, whole) = (Rig::new(), noise(2_000_000));
    // Nobody says how long it is, so it shows only when the disk is full.
    let body = whole.clone();
    let unknown =
        Server::start(move |_, _| Reply { hides_length: true, ..Reply::new(200, "audio/wav", body.clone()) });
    let known = serve(&whole);
    let rules = || Rules { reserve_bytes: 0, ..bare() };
    // With tags there is the file and what it is made of.
    let tagged = || Rules { writes_tags: true, ..rules() };
    let bare_sizes = [4, 8, 64, 500, 1000, 1952, 1956].map(|kibibytes| (kibibytes, rules()));
    let tagged_sizes = [1960, 2000, 3000, 3904].map(|kibibytes| (kibibytes, tagged()));
    for (kibibytes, rules) in bare_sizes.into_iter().chain(tagged_sizes) {
        disk.remount(&format!("size={kibibytes}k"));
        for (id, server) in [(1, &unknown), (2, &known)] {
            let wanted = wanted(disk.0.path(), id, &format!("Track {id}"));
            let desk = Rig::desk(vec![http(server.url("/a"))]);
            let (reason, words) = held(rig.copy(&wanted, rules.clone(), &desk));
            assert_eq!(reason, HoldReason::Space, "{kibibytes} KiB: {words}");
            assert!(words.contains(disk.0.path().to_str().unwrap()), "{words}");
            assert!(!files_below(disk.0.path()).iter().any(|name| name.ends_with(".wav")));
            assert!(discard(disk.0.path(), DownloadId(1)).unwrap(), "room for the other one");
        }
    }
    disk.remount("ro");
    let wanted_two = wanted(disk.0.path(), 2, "Track 2");
    let (reason, words) = held(rig.copy(&wanted_two, rules(), &Rig::desk(vec![http(known.url("/a"))])));
    assert!(reason == HoldReason::Folder && words.contains("read-only"), "{words}");
    disk.remount("rw,size=50m");
    for (id, server) in [(1, &unknown), (2, &known)] {
        let wanted = wanted(disk.0.path(), id, &format!("Track {id}"));
        let copy = rig.copy(&wanted, rules(), &Rig::desk(vec![http(server.url("/a"))])).unwrap();
        assert!(fs::read(&copy.path).unwrap() == whole);
    }
    assert_eq!(files_below(disk.0.path()).len(), 2);
}
