//! The folder for copies on a disk that is full, read-only or not there: the queue says so, keeps everything, and goes on.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::playlists::{json, tracks};
use crate::program::Home;
use crate::services::Services;

/// A small disk, gone when dropped.
struct Disk(TempDir);

impl Disk {
    /// `None` where this user may not have one.
    fn new(options: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder.path()).output();
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

/// Runs the queue until it says that something is held, and ends it.
fn held(home: &Home) -> String {
    let mut run =
        home.segue(&["download", "run"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(run.stderr.take().unwrap()).lines();
    let words = lines.map(Result::unwrap).find(|line| line.starts_with("held: ")).unwrap_or_default();
    let ended = Command::new("kill").args(["-TERM", &run.id().to_string()]).status().unwrap();
    assert!(ended.success());
    run.wait().unwrap();
    // What was stopped with it is held by nothing.
    let list = home.run(&["download", "list"]);
    assert!(!list.out.contains("quiet hours"), "{list:?}");
    words
}

fn ids(home: &Home) -> Vec<u64> {
    let list = json(home, &["download", "list"]);
    list.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    // But for the list of what each is.
    let entries = entries.filter(|path| !path.ends_with(".segue-copies.jsonl"));
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[test]
fn a_disk_that_does_not_want_to_costs_nothing() {
    let Some(disk) = Disk::new("size=4m") else { return };
    let services = Services::start();
    let folder = disk.0.path().join("copies");
    std::fs::create_dir(&folder).unwrap();
    let config = services.signed_in_config();
    let home = Home::new().config(&format!("[downloads]\nfolder = \"{}\"\n{config}", folder.display()));
    let names = tracks(&home, "audiosocket");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let added = json(&home, &[&["download", "add"], names.as_slice()].concat());
    let count = usize::try_from(added["queued"].as_u64().unwrap()).unwrap();
    assert!(count >= 2, "{added}");
    let all = ids(&home);
    let asked_before = || json(&home, &["download", "list"]);

    // Of every disk some is left free.
    let words = held(&home);
    assert!(words.contains("There is no room in") && words.contains("Make room on that disk"), "{words}");
    let list = asked_before();
    assert!(list.as_array().unwrap().iter().all(|row| row["state"] != "done"), "{list}");
    assert_eq!(ids(&home), all);

    disk.remount("ro");
    let words = held(&home);
    assert!(words.contains("read-only") && words.contains("Choose another folder"), "{words}");
    assert_eq!(ids(&home), all);

    disk.remount("rw,size=200m");
    std::fs::rename(&folder, disk.0.path().join("elsewhere")).unwrap();
    let words = held(&home);
    assert!(words.contains("is not there") && words.contains("Connect its drive"), "{words}");
    assert!(!folder.exists(), "a drive that is not there is not written around");
    assert_eq!(ids(&home), all);

    std::fs::rename(disk.0.path().join("elsewhere"), &folder).unwrap();
    let done = home.run(&["download", "run"]);
    assert!(done.code == 0 && done.out.contains(&format!("{count} done, 0 left.")), "{done:?}");
    assert_eq!(files(&folder), count);
    let verified: Value = json(&home, &["download", "verify"]);
    assert_eq!(verified["whole"], count, "{verified}");
    drop(disk);
}
