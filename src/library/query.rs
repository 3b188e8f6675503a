//! Searches of the own music as conditions on rows. Nothing typed becomes part of a statement: values are bound, names
//! come from a fixed list.

use rusqlite::types::Value;

use super::words::{folded, phrase};
use crate::model::{QueryTerm, read_query};

/// What rows must fulfil.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wanted {
    /// Searches of the word index, each with the columns it may look in (empty: all).
    pub phrases: Vec<(&'static str, String)>,
    /// Conditions on the row `t` and its rating `r`.
    pub conditions: Vec<String>,
    /// What the conditions' `?` stand for.
    pub values: Vec<Value>,
    /// Searches of the word index that rows must not fulfil.
    pub without: Vec<String>,
    /// The plain words, folded, for putting the best rows first.
    pub plain: Vec<String>,
}

/// Reads a search.
pub(super) fn parse(text: &str) -> Wanted {
    let mut wanted = Wanted::default();
    for term in read_query(text).0 {
        wanted.take(term);
    }
    wanted
}

/// The column of the word index that a field is.
fn column(field: &str) -> &'static str {
    match field {
        "title" => "title",
        "artist" => "artists",
        "album" => "album",
        "genre" => "genre",
        _ => "path",
    }
}

/// What a number is compared with.
fn number(field: &str) -> &'static str {
    match field {
        "year" => "t.year",
        "rating" => "ifnull(r.stars, 0)",
        "plays" => "t.plays",
        "length" => "t.length_ms / 1000",
        "track" => "t.number",
        _ => "t.disc",
    }
}

fn condition(flag: &str) -> &'static str {
    match flag {
        "played" => "t.plays > 0",
        "liked" => "ifnull(r.liked, 0) > 0",
        "rated" => "ifnull(r.stars, 0) > 0",
        "art" => "t.has_art > 0",
        "lyrics" => "t.has_lyrics > 0",
        _ => "t.problem IS NOT NULL",
    }
}

impl Wanted {
    fn take(&mut self, term: QueryTerm) {
        match term {
            QueryTerm::Words(words) => self.take_words(&words),
            QueryTerm::Without(words) => self.without.extend(phrase(&words)),
            QueryTerm::Text { field, words } => {
                self.phrases.extend(phrase(&words).map(|phrase| (column(field), phrase)));
            }
            QueryTerm::Number { field, comparison, value } => {
                self.condition(format!("{} {comparison} ?", number(field)), Some(Value::Integer(value)));
            }
            QueryTerm::Flag { flag, on: true } => self.condition(condition(flag).to_owned(), None),
            QueryTerm::Flag { flag, on: false } => {
                self.condition(format!("NOT ({})", condition(flag)), None);
            }
        }
    }

    fn condition(&mut self, condition: String, value: Option<Value>) {
        self.conditions.push(condition);
        self.values.extend(value);
    }

    fn take_words(&mut self, text: &str) {
        match phrase(text) {
            Some(phrase) => {
                self.phrases.push(("", phrase));
                self.plain.push(folded(text));
            }
            // Signs alone are in no index.
            None => {
                self.condition(
                    "instr(t.title || char(10) || t.artists || char(10) || ifnull(t.album, ''), ?) > 0"
                        .to_owned(),
                    Some(Value::Text(text.to_owned())),
                );
            }
        }
    }

    /// The one search of the word index that fulfils all phrases; those of plain words look in `within` alone,
    /// where that names columns. `None`: there are no words.
    pub fn matching(&self, within: &str) -> Option<String> {
        let parts = self.phrases.iter().map(|(column, phrase)| match (*column, within) {
            ("", "") => phrase.clone(),
            ("", within) => format!("{{{within}}} : {phrase}"),
            (column, _) => format!("{column} : {phrase}"),
        });
        let parts: Vec<_> = parts.collect();
        // Left to the index, what must not be there is looked up only for rows that are there.
        let without = self.without.iter().fold(String::new(), |without, phrase| without + " NOT " + phrase);
        match parts.as_slice() {
            [] => None,
            [one] => Some(format!("{one}{without}")),
            _ if without.is_empty() => Some(parts.join(" AND ")),
            _ => Some(format!("({}){without}", parts.join(" AND "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_and_words_are_told_apart() {
        let check = |text: &str, matching: Option<&str>, conditions: &[&str], values: &[i64]| {
            let wanted = parse(text);
            assert_eq!(wanted.matching("").as_deref(), matching, "{text}");
            assert_eq!(wanted.conditions, conditions, "{text}");
            let numbers: Vec<_> = values.iter().map(|value| Value::Integer(*value)).collect();
            assert_eq!(wanted.values, numbers, "{text}");
        };
        check("night ferry", Some("\"night\" * AND \"ferry\" *"), &[], &[]);
        check("\"night ferry\"", Some("\"night ferry\" *"), &[], &[]);
        check(
            "artist:\"ada cole\" year>2019 not:played rating>=4",
            Some("artists : \"ada cole\" *"),
            &["t.year > ?", "NOT (t.plays > 0)", "ifnull(r.stars, 0) >= ?"],
            &[2019, 4],
        );
        check(
            "night ferry -sea not:blue",
            Some("(\"night\" * AND \"ferry\" *) NOT \"sea\" * NOT \"blue\" *"),
            &[],
            &[],
        );
        check("length<3:30 has:art", None, &["t.length_ms / 1000 < ?", "t.has_art > 0"], &[210]);
        // What is still being typed asks for nothing yet.
        check("ferry year>", Some("\"ferry\" *"), &[], &[]);
        check("ferry -", Some("\"ferry\" *"), &[], &[]);
        // What is wrong asks for nothing, and a name that is not known is words.
        check("ferry year:none", Some("\"ferry\" *"), &[], &[]);
        check("colour:red a=b", Some("\"colour:red\" * AND \"a=b\" *"), &[], &[]);
        check("\"artist:ada\"", Some("\"artist:ada\" *"), &[], &[]);
        check("\"never closed", Some("\"never closed\" *"), &[], &[]);
        check("  \" \"  ", None, &[], &[]);
    }
}
