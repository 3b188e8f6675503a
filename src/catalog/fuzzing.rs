//! What the fuzz targets call: what services answer, and what has to hold whatever it is. A broken promise is a
//! panic here.

use serde_json::Value;
use url::Url;

use super::{audiomack, audiosocket, audius, json as body, tolerant, yourmusic};

/// An answer of any service, read as each of them reads its own.
pub fn answer(bytes: &[u8]) {
    let Ok(value) = body::read(bytes) else { return };
    let Ok(base) = Url::parse("https://api.example.net/v1/") else { return };
    let single = tolerant::single(value.clone(), &["data", "results"]);
    let rows = tolerant::rows(value, &["data", "results", "tracks", "items"]).unwrap_or_default();
    let rows: Vec<Value> = rows.into_iter().chain(single).collect();
    audius::fuzzing::rows(&base, &rows);
    audiomack::fuzzing::rows(&base, &rows);
    audiosocket::fuzzing::rows(&base, &rows);
    yourmusic::fuzzing::rows(&base, &rows);
    for row in &rows {
        let _ = (tolerant::text_of(row), tolerant::count_of(row));
    }
}

/// The answer of a service that grants a token.
pub fn token(bytes: &[u8]) {
    audiomack::fuzzing::token(&String::from_utf8_lossy(bytes));
    if let Ok(answer) = body::read(bytes) {
        yourmusic::fuzzing::token(&answer);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            run(&std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 3, "{target}: {count} seeds");
    }

    #[test]
    fn seeds_hold() {
        replay("answer", super::answer);
        replay("token", super::token);
    }
}
