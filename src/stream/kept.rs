//! Progressive sound kept on disk as it is read, so that seeking back and playing again ask nothing of the line.
//! A folder of this listener's own, never larger than a setting; what was used longest ago makes room.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use url::Url;

mod desk;
mod file;
mod known;
mod ranges;

use desk::Desk;
pub(super) use file::Kept;
pub(super) use known::{Known, fresh_for};
#[cfg(any(fuzzing, test))]
pub(super) use ranges::Ranges;

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    most_bytes: u64,
    /// What is open of it.
    desk: Arc<Desk>,
}

/// What a file on a server is known by.
#[derive(Debug)]
pub(super) struct Identity<'a> {
    /// Who answered.
    pub url: &'a Url,
    /// A strong entity tag, if the server gives one (RFC 9110 section 8.8.3).
    pub etag: Option<&'a str>,
    /// When it changed last, in the server's words.
    pub last_modified: Option<&'a str>,
    /// Its length in bytes.
    pub total: u64,
}

impl Cache {
    /// A cache of at most `most_bytes` in `folder`, which is made when something is kept.
    pub(super) fn new(folder: PathBuf, most_bytes: u64) -> Self {
        Self { folder, most_bytes, desk: Arc::default() }
    }

    /// What is kept of a file, ready to take more. `None` when it is too long, as it is when those that are open need the
    /// room, or the folder cannot be used. Waits while a file that was let go just now is noted down.
    pub(super) fn open(&self, identity: &Identity<'_>, now: SystemTime) -> Option<Kept> {
        if identity.total > self.most_bytes {
            return None;
        }
        let opened = self.try_open(identity, now);
        opened.inspect_err(|error| tracing::debug!(%error, "sound cannot be kept")).ok()
    }

    fn try_open(&self, identity: &Identity<'_>, now: SystemTime) -> io::Result<Kept> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        let Some(name) = name(identity) else {
            // Nothing tells it from another file at the same address: it serves this once.
            let number = getrandom::u64().map_err(io::Error::other)?;
            let path = self.folder.join(format!(".{number:016x}"));
            let (place, open, room) = self.desk.take(&path, identity.total, self.most_bytes)?;
            make_room(&self.folder, &open, room)?;
            let kept = Kept::open(&path, identity.total)?.without_notes(place);
            fs::remove_file(&path)?;
            return Ok(kept);
        };
        self.open_file(&self.folder.join(name), identity.total, now)
    }

    fn open_file(&self, path: &Path, total: u64, now: SystemTime) -> io::Result<Kept> {
        // A file that is there in part may grow to its whole length as well.
        let (place, open, room) = self.desk.take(path, total, self.most_bytes)?;
        make_room(&self.folder, &open, room)?;
        let kept = Kept::open(path, total)?.noted_later(place);
        // Used just now; a file system that keeps no such times takes the order of writing.
        let _ = fs::File::options().write(true).open(path).and_then(|file| file.set_modified(now));
        Ok(kept)
    }
}

/// The name of the file on disk: a digest, so that no address and no signature is written. With an entity tag what
/// signs the address, and until when, is left out of the query, so that tomorrow's signature finds the same file.
fn name(identity: &Identity<'_>) -> Option<String> {
    let mut url = identity.url.clone();
    url.set_fragment(None);
    let validator = match (identity.etag, identity.last_modified) {
        (Some(etag), _) => {
            let kept: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| !signs(name)).collect();
            url.set_query(None);
            if !kept.is_empty() {
                url.query_pairs_mut().extend_pairs(kept);
            }
            etag
        }
        (None, Some(time)) => time,
        (None, None) => return None,
    };
    Some(digest(&format!("{url}\n{validator}\n{}", identity.total)))
}

/// What stands for a text in the name of a file, and does not tell it.
fn digest(text: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// Whether a part of a query with this name says who may have the file and until when, not which file it is: the names
/// that Amazon S3 and CloudFront, Google and Azure storage, Akamai, and services with tokens of their own use.
fn signs(name: &str) -> bool {
    const NAMES: [&str; 30] = [
        "signature",
        "sig",
        "sign",
        "expires",
        "expire",
        "expiry",
        "exp",
        "policy",
        "key-pair-id",
        "token",
        "access_token",
        "auth",
        "auth_token",
        "hdnea",
        "hdnts",
        "hdntl",
        "hmac",
        "hash",
        "nonce",
        "timestamp",
        "ts",
        "awsaccesskeyid",
        "googleaccessid",
        "se",
        "st",
        "sp",
        "sv",
        "sr",
        "skoid",
        "session",
    ];
    let name = name.to_ascii_lowercase();
    name.starts_with("x-amz-")
        || name.starts_with("x-goog-")
        || name.starts_with("oauth_")
        || NAMES.contains(&&*name)
}

/// Removes what was used longest ago, but for the files that are `open`, until at most `room` bytes are taken by the rest.
fn make_room(folder: &Path, open: &[PathBuf], room: u64) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| {
            let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            if open.contains(&entry.path()) {
                return None;
            }
            Some((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), taken(&about), entry.path()))
        })
        .collect();
    files.sort();
    let mut bytes: u64 = files.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in files {
        if bytes <= room {
            break;
        }
        // Another run of the program may have been faster; one that plays it keeps it open.
        let _ = fs::remove_file(path);
        bytes -= size;
    }
    Ok(())
}

/// Bytes that a file takes on the disk: less than its length where it has holes.
fn taken(about: &fs::Metadata) -> u64 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::blocks(about) * 512;
    #[cfg(not(unix))]
    about.len()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn identity<'a>(url: &'a Url, etag: Option<&'a str>, last_modified: Option<&'a str>) -> Identity<'a> {
        Identity { url, etag, last_modified, total: 100 }
    }

    #[test]
    fn the_same_file_is_known_again_and_another_never_taken_for_it() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let (one, signed, other) = (
            url("https://a.example/1.mp3?sig=1"),
            url("https://a.example/1.mp3?sig=2"),
            url("https://a.example/2.mp3"),
        );
        let tagged = name(&identity(&one, Some("\"x\""), None)).unwrap();
        assert_eq!(name(&identity(&signed, Some("\"x\""), Some("yesterday"))).unwrap(), tagged);
        assert_ne!(name(&identity(&signed, Some("\"y\""), None)).unwrap(), tagged);
        assert_ne!(name(&identity(&other, Some("\"x\""), None)).unwrap(), tagged);
        assert_ne!(name(&Identity { total: 101, ..identity(&one, Some("\"x\""), None) }).unwrap(), tagged);
        // What a query asks for tells files apart, what signs it does not.
        let asked = |query: &str| {
            let url = url(&format!("https://a.example/stream?{query}"));
            name(&identity(&url, Some("\"x\""), None)).unwrap()
        };
        assert_ne!(asked("id=1"), asked("id=2"));
        assert_eq!(asked("id=1&Signature=a&Expires=1"), asked("id=1&Signature=b&Expires=2"));
        assert_eq!(asked("X-Amz-Date=1&id=1&X-Amz-Signature=y"), asked("id=1"));
        assert_ne!(asked("id=1&Signature=a"), asked("id=2&Signature=a"));
        // A time alone does not tell what a query asked for.
        let timed = name(&identity(&one, None, Some("yesterday"))).unwrap();
        assert_ne!(name(&identity(&signed, None, Some("yesterday"))).unwrap(), timed);
        assert_eq!(name(&identity(&one, None, None)), None);
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("sound"), 300_000);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let url = "https://a.example/1.mp3".parse::<Url>().unwrap();
        let open = |etag: &str, second: u64| {
            let identity = Identity { total: 100_000, ..identity(&url, Some(etag), None) };
            cache.open(&identity, now + Duration::from_secs(second)).unwrap()
        };
        for (etag, second) in [("a", 0), ("b", 1)] {
            open(etag, second).write(0, &vec![7; 100_000]).unwrap();
            // Closing it is not using it.
            open(etag, second);
        }
        assert!(open("a", 2).is_whole());
        open("c", 3).write(0, &vec![7; 100_000]).unwrap();
        open("c", 3);
        assert!(open("a", 4).is_whole() && open("c", 5).is_whole());
        assert!(!open("b", 6).is_whole());
        let long = Identity { total: 300_001, ..identity(&url, Some("long"), None) };
        assert!(cache.open(&long, now).is_none());
    }

    #[test]
    fn what_is_kept_in_part_makes_room_for_the_rest_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("sound"), 300_000);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let url = "https://a.example/1.mp3".parse::<Url>().unwrap();
        let open = |etag: &str, second: u64| {
            let identity = Identity { total: 140_000, ..identity(&url, Some(etag), None) };
            cache.open(&identity, now + Duration::from_secs(second)).unwrap()
        };
        // Little of each is there; then each is heard to its end.
        for (second, etag) in (0..).zip(["a", "b", "c"]) {
            open(etag, second).write(0, &[7; 5_000]).unwrap();
        }
        for (second, etag) in (10..).zip(["a", "b", "c"]) {
            open(etag, second).write(0, &vec![7; 140_000]).unwrap();
            let files = fs::read_dir(folder.path().join("sound")).unwrap().flatten();
            let bytes: u64 = files.map(|file| taken(&file.metadata().unwrap())).sum();
            // A note of some bytes is behind each.
            assert!(bytes < 300_000 + 3 * 4096, "{etag}: {bytes} bytes");
        }
        assert!(open("c", 20).is_whole() && open("b", 21).is_whole());
    }

    #[test]
    fn files_that_grow_at_the_same_time_share_the_room() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("sound"), 300_000);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let url = "https://a.example/1.mp3".parse::<Url>().unwrap();
        let open = |etag: Option<&str>, second: u64| {
            let identity = Identity { total: 140_000, ..identity(&url, etag, None) };
            cache.clone().open(&identity, now + Duration::from_secs(second))
        };
        drop(open(Some("old"), 0).unwrap().write(0, &vec![7; 140_000]));
        let (mut one, mut two) = (open(Some("a"), 1).unwrap(), open(None, 2).unwrap());
        // Both are still short, and together with a third they would be too long.
        assert!(open(Some("b"), 3).is_none());
        assert!(open(Some("a"), 3).is_some(), "the same file once more takes no more");
        for kept in [&mut one, &mut two] {
            kept.write(0, &vec![7; 140_000]).unwrap();
        }
        let files = fs::read_dir(folder.path().join("sound")).unwrap().flatten();
        let named: u64 = files.map(|file| taken(&file.metadata().unwrap())).sum();
        assert!(named + 140_000 < 300_000 + 2 * 4096, "{named} bytes and what has no name");
        drop(two);
        assert!(open(Some("b"), 4).is_some());
        drop(one);
        assert!(open(Some("a"), 5).unwrap().is_whole());
    }

    #[test]
    fn notes_are_made_by_the_time_that_the_cache_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let url = "https://a.example/1.mp3".parse::<Url>().unwrap();
        let identity = Identity { total: 9_000_000, ..identity(&url, Some("x"), None) };
        let cache = || Cache::new(folder.path().join("sound"), 1 << 30);
        let mut kept = cache().open(&identity, SystemTime::UNIX_EPOCH).unwrap();
        for megabyte in 0..9 {
            kept.write(megabyte * 1_000_000, &vec![7; 1_000_000]).unwrap();
        }
        // It holds what is left of the cache.
        drop(kept);
        assert!(cache().open(&identity, SystemTime::UNIX_EPOCH).unwrap().is_whole());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("sound"), 1 << 20);
        let url = "https://a.example/secret-name.mp3?signature=abc".parse::<Url>().unwrap();
        cache
            .open(&identity(&url, Some("\"x\""), None), SystemTime::UNIX_EPOCH)
            .unwrap()
            .write(0, b"x")
            .unwrap();
        cache.open(&identity(&url, None, None), SystemTime::UNIX_EPOCH).unwrap().write(0, b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.path().join("sound")), 0o700);
        let files: Vec<_> = fs::read_dir(folder.path().join("sound")).unwrap().flatten().collect();
        assert_eq!(files.len(), 1, "one without a name leaves nothing");
        assert_eq!(mode(&files[0].path()), 0o600);
        assert!(!files[0].path().to_string_lossy().contains("secret"));
        assert!(!String::from_utf8_lossy(&fs::read(files[0].path()).unwrap()).contains("example"));
    }
}
