//! Which known name somebody meant who wrote an unknown one.

/// Names that are less alike than this are no help (0: nothing in common, 1: the same).
const LEAST_LIKENESS: f64 = 0.5;

/// The name that is spelt most like `word`, if any comes close.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(word, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > LEAST_LIKENESS)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let names = ["audius", "audiomack", "yourmusic", "audiosocket"];
        let rows = [
            ("audus", Some("audius")),
            ("yuormusic", Some("yourmusic")),
            ("audiomac", Some("audiomack")),
            ("audius", Some("audius")),
            ("spot", None),
            ("", None),
        ];
        for (word, expected) in rows {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
        assert_eq!(nearest("audius", []), None);
    }
}
