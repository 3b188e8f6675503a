//! What the fuzz target calls: a playlist file of a stranger, and what has to hold whatever it is. A broken promise is
//! a panic here.

use std::path::Path;

use super::{MAX_ROWS, read};

/// A playlist file; its first byte says what its name is.
pub fn playlist_file(bytes: &[u8]) {
    let names = ["a.m3u", "a.m3u8", "a.pls", "a.xspf", "a.jspf", "a"];
    let Some((first, content)) = bytes.split_first() else { return };
    let name = names.get(usize::from(*first) % names.len()).copied().unwrap_or_default();
    for is_there in [true, false] {
        match read(content, Path::new(name), Path::new("/music"), &|_| is_there) {
            Ok(list) => assert!(list.rows.len() <= MAX_ROWS),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn seeds_hold() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/playlist_file");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            super::playlist_file(&std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 3, "{count} seeds");
    }
}
