//! What the fuzz target calls: the tags of a stranger's file. What breaks a foreign reader costs that file's tags.

use std::path::Path;

/// A file in `folder`, written anew each time; its first byte says what its name ends in.
pub fn tags(folder: &Path, bytes: &[u8]) {
    let names = ["mp3", "flac", "ogg", "opus", "m4a", "wav", "aiff", "ape"];
    let Some((first, content)) = bytes.split_first() else { return };
    let extension = names.get(usize::from(*first) % names.len()).copied().unwrap_or_default();
    let path = folder.join(format!("segue-fuzz-{}.{extension}", std::process::id()));
    if std::fs::write(&path, content).is_ok() {
        let tags = super::tags::read(&path);
        assert!(tags.problem.is_none_or(|problem| !problem.is_empty()));
    }
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn seeds_hold() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/tags");
        let (own, mut count) = (tempfile::tempdir().unwrap(), 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            super::tags(own.path(), &std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 3, "{count} seeds");
    }
}
