//! What was learned of an address whose sound is kept: enough to hear it again without asking, for as long as its server
//! lets it count as fresh (RFC 9111 section 4.2), and beyond that where the server cannot be reached. Neither the address nor
//! what signs it is written down.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Cache, Identity, Kept, digest, name};
use crate::stream::FormatHint;

/// How long a file counts as fresh whose server says nothing of it; most do not change at all.
const USUALLY_FRESH: Duration = Duration::from_secs(86_400);

/// The longest that is believed.
const LONGEST_FRESH: Duration = Duration::from_secs(30 * 86_400);

/// Longest note that is read, in bytes.
const MAX_BYTES: u64 = 4 << 10;

/// How the name of a note ends.
const ENDING: &str = "known";

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::stream) struct Known {
    /// The file that its sound is kept in.
    file: String,
    pub total: u64,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    media_type: Option<String>,
    extension: Option<String>,
    /// In seconds since 1970.
    fresh_until: u64,
}

impl Known {
    pub fn hint(&self) -> FormatHint {
        FormatHint { extension: self.extension.clone(), media_type: self.media_type.clone() }
    }

    /// Whether its server need not be asked whether it is still the same.
    pub fn is_fresh(&self, now: SystemTime) -> bool {
        seconds(now) < self.fresh_until
    }
}

/// How long an answer counts as fresh whose `Cache-Control` field says so (RFC 9111 section 5.2.2).
pub(in crate::stream) fn fresh_for(cache_control: Option<&str>) -> Duration {
    let rules = cache_control.unwrap_or_default().to_ascii_lowercase();
    let mut rules = rules.split(',').map(str::trim);
    let age = rules.clone().find_map(|rule| rule.strip_prefix("max-age=")?.trim_matches('"').parse().ok());
    if rules.any(|rule| rule == "no-cache" || rule == "no-store") {
        return Duration::ZERO;
    }
    age.map_or(USUALLY_FRESH, Duration::from_secs).min(LONGEST_FRESH)
}

impl Cache {
    /// What is known of an address.
    pub(in crate::stream) fn known(&self, url: &Url) -> Option<Known> {
        let mut text = String::new();
        fs::File::open(self.note_of(url)).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Notes what an address gave.
    pub(in crate::stream) fn learn(
        &self,
        url: &Url,
        identity: &Identity<'_>,
        hint: &FormatHint,
        fresh_for: Duration,
        now: SystemTime,
    ) {
        let Some(file) = name(identity) else { return };
        let known = Known {
            file,
            total: identity.total,
            etag: identity.etag.map(str::to_owned),
            last_modified: identity.last_modified.map(str::to_owned),
            media_type: hint.media_type.clone(),
            extension: hint.extension.clone(),
            fresh_until: seconds(now).saturating_add(fresh_for.as_secs()),
        };
        let noted = serde_json::to_vec(&known).map_err(io::Error::other);
        let noted = noted.and_then(|bytes| write(&self.note_of(url), &bytes));
        if let Err(error) = noted {
            tracing::debug!(%error, "what an address gave cannot be noted");
        }
    }

    /// The sound of an address that is known, if all of it is here.
    pub(in crate::stream) fn open_known(&self, known: &Known, now: SystemTime) -> Option<Kept> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let path = self.folder.join(&known.file);
        if !known.file.chars().all(is_name) || !path.is_file() {
            return None;
        }
        self.open_file(&path, known.total, now).ok().filter(Kept::is_whole)
    }

    fn note_of(&self, url: &Url) -> PathBuf {
        let mut url = url.clone();
        url.set_fragment(None);
        self.folder.join(format!("{}.{ENDING}", digest(url.as_str())))
    }
}

/// Writes a file that nobody else may read, whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let number = getrandom::u64().map_err(io::Error::other)?;
    let new = path.with_extension(format!("{number:016x}"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&new).and_then(|mut file| io::Write::write_all(&mut file, bytes));
    let placed = written.and_then(|()| fs::rename(&new, path));
    placed.inspect_err(|_| drop(fs::remove_file(&new)))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_how_long_an_answer_is_fresh() {
        let day = 86_400;
        for (rules, expected) in [
            (None, day),
            (Some("public, max-age=60"), 60),
            (Some("Max-Age=\"60\""), 60),
            (Some("max-age=999999999999"), 30 * day),
            (Some("max-age=60, no-cache"), 0),
            (Some("no-store"), 0),
            (Some("max-age=soon"), day),
        ] {
            assert_eq!(fresh_for(rules), Duration::from_secs(expected), "{rules:?}");
        }
    }

    #[test]
    fn what_is_whole_is_known_again_and_nothing_tells_where_from() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("sound"), 1 << 20);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let url: Url = "https://a.example/secret.mp3?sig=abc".parse().unwrap();
        let identity = Identity { url: &url, etag: Some("\"x\""), last_modified: None, total: 6 };
        let hint = FormatHint { extension: Some("mp3".to_owned()), media_type: None };
        let mut kept = cache.open(&identity, now).unwrap();
        cache.learn(&url, &identity, &hint, Duration::from_secs(60), now);
        let known = cache.known(&url).unwrap();
        assert!(cache.open_known(&known, now).is_none(), "nothing of it is here yet");
        kept.write(0, b"abcdef").unwrap();
        drop(kept);
        assert!(cache.open_known(&known, now).unwrap().is_whole());
        assert_eq!(known.hint(), hint);
        assert!(
            known.is_fresh(now + Duration::from_secs(59)) && !known.is_fresh(now + Duration::from_secs(60))
        );
        assert_eq!(cache.known(&"https://a.example/secret.mp3?sig=abd".parse().unwrap()), None);
        for file in fs::read_dir(folder.path().join("sound")).unwrap().flatten() {
            let told =
                [file.path().to_string_lossy().into_owned().into_bytes(), fs::read(file.path()).unwrap()];
            let told = String::from_utf8_lossy(&told.concat()).into_owned();
            assert!(!told.contains("secret") && !told.contains("abc?"), "{told}");
        }
        let outside = Known { file: "../../etc/passwd".to_owned(), ..known };
        assert!(cache.open_known(&outside, now).is_none());
    }
}
