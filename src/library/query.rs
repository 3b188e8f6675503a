//! What is typed into a search, as conditions on rows: `artist:"ada cole" year>2019 not:played rating>=4 night`.
//! Nothing typed is an error: what is no condition is plain words. Nothing typed becomes part of a statement:
//! values are bound, names come from a fixed list.

use rusqlite::types::Value;

use super::words::{folded, phrase};
use crate::model::parse_clock;

/// Most terms of one search; further ones are left out.
const MAX_TERMS: usize = 32;

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

/// A term as it was typed: what stands before any quote, and the whole without quotes.
struct Term {
    bare: usize,
    text: String,
}

/// Reads a search.
pub(super) fn parse(text: &str) -> Wanted {
    let mut wanted = Wanted::default();
    for term in terms(text).into_iter().take(MAX_TERMS) {
        if !wanted.take_condition(&term) {
            wanted.take_words(&term.text);
        }
    }
    wanted
}

/// Parts between spaces that are not within double quotes; a quote that is never closed ends with the text.
fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut now = Term { bare: 0, text: String::new() };
    let (mut quoted, mut was_quoted) = (false, false);
    for letter in text.chars().chain([' ']) {
        match letter {
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            _ if letter.is_whitespace() && !quoted => {
                if !now.text.trim().is_empty() {
                    terms.push(now);
                }
                now = Term { bare: 0, text: String::new() };
                was_quoted = false;
            }
            _ => {
                now.text.push(letter);
                if !was_quoted {
                    now.bare = now.text.len();
                }
            }
        }
    }
    if !now.text.trim().is_empty() {
        terms.push(now);
    }
    terms
}

/// The columns of the word index by the names they have in a search.
fn columns(name: &str) -> Option<&'static str> {
    Some(match name {
        "title" => "title",
        "artist" | "artists" | "by" => "artists",
        "album" => "album",
        "genre" => "genre",
        "path" | "folder" | "file" => "path",
        _ => return None,
    })
}

/// What numbers are compared with.
fn number_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "year" => "t.year",
        "rating" | "stars" => "ifnull(r.stars, 0)",
        "plays" => "t.plays",
        "length" => "t.length_ms / 1000",
        "track" | "number" => "t.number",
        "disc" | "disk" => "t.disc",
        _ => return None,
    })
}

/// What a track may be or have.
fn flag(name: &str) -> Option<&'static str> {
    Some(match name {
        "played" => "t.plays > 0",
        "liked" | "loved" => "ifnull(r.liked, 0) > 0",
        "rated" => "ifnull(r.stars, 0) > 0",
        "art" | "cover" => "t.has_art > 0",
        "lyrics" => "t.has_lyrics > 0",
        "problem" => "t.problem IS NOT NULL",
        _ => return None,
    })
}

impl Wanted {
    /// Takes a term that is a condition; `false` when it is none.
    fn take_condition(&mut self, term: &Term) -> bool {
        let bare = term.text.get(..term.bare).unwrap_or_default();
        let Some(at) = bare.find([':', '<', '>', '=']) else { return self.take_negated(&term.text) };
        let (name, rest) = term.text.split_at(at);
        let name = name.to_ascii_lowercase();
        let operators = [">=", "<=", ">", "<", "=", ":"];
        let Some(operator) = operators.into_iter().find(|operator| rest.starts_with(operator)) else {
            return false;
        };
        let value = rest.get(operator.len()..).unwrap_or_default().trim();
        if value.is_empty() {
            // Still being typed.
            return columns(&name).is_some() || number_of(&name).is_some();
        }
        if operator == ":" && matches!(name.as_str(), "not" | "no") {
            return match flag(&value.to_ascii_lowercase()) {
                Some(flag) => self.condition(&format!("NOT ({flag})"), None),
                None => self.without(value),
            };
        }
        if operator == ":" && matches!(name.as_str(), "is" | "has") {
            return flag(&value.to_ascii_lowercase()).is_some_and(|flag| self.condition(flag, None));
        }
        if let Some(column) = columns(&name)
            && matches!(operator, ":" | "=")
        {
            return phrase(value).is_some_and(|phrase| {
                self.phrases.push((column, phrase));
                true
            });
        }
        let Some(number) = number_of(&name) else { return false };
        let typed = value.parse().ok().or_else(|| {
            let clock = parse_clock(value).filter(|_| name == "length")?;
            i64::try_from(clock.as_secs()).ok()
        });
        let comparison = if operator == ":" { "=" } else { operator };
        typed.is_some_and(|typed: i64| {
            self.condition(&format!("{number} {comparison} ?"), Some(Value::Integer(typed)))
        })
    }

    /// `-word`: rows without that word.
    fn take_negated(&mut self, text: &str) -> bool {
        // The sign alone is still being typed.
        text.strip_prefix('-').is_some_and(|word| word.is_empty() || self.without(word))
    }

    fn without(&mut self, words: &str) -> bool {
        phrase(words).is_some_and(|phrase| {
            self.without.push(phrase);
            true
        })
    }

    fn condition(&mut self, condition: &str, value: Option<Value>) -> bool {
        self.conditions.push(condition.to_owned());
        self.values.extend(value);
        true
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
                    "instr(t.title || char(10) || t.artists || char(10) || ifnull(t.album, ''), ?) > 0",
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
        // What looks like a condition and is none is words.
        check("year:none", Some("\"year:none\" *"), &[], &[]);
        check("colour:red a=b", Some("\"colour:red\" * AND \"a=b\" *"), &[], &[]);
        check("\"artist:ada\"", Some("\"artist:ada\" *"), &[], &[]);
        check("\"never closed", Some("\"never closed\" *"), &[], &[]);
        check("  \" \"  ", None, &[], &[]);
    }
}
