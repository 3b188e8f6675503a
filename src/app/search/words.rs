//! The search line: plain words, and `key:value` where a service knows the key.

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// What is left of the line.
    pub words: String,
    /// How it is narrowed down.
    pub filters: Vec<(String, String)>,
}

/// Takes those `key:value` out of a line whose key is one of `known`. A value with spaces stands in quotes.
pub(super) fn narrowed(line: &str, known: &[&str]) -> Wish {
    let mut wish = Wish::default();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        let Some((key, value)) = word.split_once(':').filter(|(key, _)| known.contains(key)) else {
            push(&mut wish.words, word);
            continue;
        };
        let mut value = value.to_owned();
        if let Some(begun) = value.strip_prefix('"').map(str::to_owned) {
            value = begun;
            let quoted = format!("{value}{after}");
            if let Some((inside, behind)) = quoted.split_once('"') {
                value = inside.to_owned();
                let taken = rest.len().saturating_sub(behind.trim_start().len());
                rest = rest.get(taken..).unwrap_or_default();
            }
        }
        if !value.is_empty() {
            wish.filters.push((key.to_owned(), value));
        }
    }
    wish
}

fn push(words: &mut String, word: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

    #[test]
    fn known_keys_narrow_and_others_are_words() {
        let known = ["sort", "genre"];
        let rows: [Row; 7] = [
            ("night ferry", "night ferry", &[]),
            ("night sort:recent ferry", "night ferry", &[("sort", "recent")]),
            ("genre:\"hip hop\" night", "night", &[("genre", "hip hop")]),
            ("genre:\"jazz\" night", "night", &[("genre", "jazz")]),
            ("re: night", "re: night", &[]),
            ("sort: night", "night", &[]),
            ("genre:\"hip hop", "hop", &[("genre", "hip")]),
        ];
        for (line, words, filters) in rows {
            let wish = narrowed(line, &known);
            let found: Vec<_> =
                wish.filters.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!((wish.words.as_str(), found.as_slice()), (words, filters), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in any::<String>(), odd in r#"(sort:|genre:|"|a| ){0,12}"#) {
            narrowed(&line, &["sort"]);
            narrowed(&odd, &["sort", "genre"]);
        }
    }
}
