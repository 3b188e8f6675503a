//! The language in which the own music is searched: `artist:"ada cole" year>2019 not:played rating>=4 night`. What is
//! no condition is plain words; what is meant as a condition and is none is a problem that can be told.

use super::fault::{Fault, FaultKind};
use super::numbers::parse_clock;

/// Most terms of one search; further ones are left out.
const MAX_TERMS: usize = 32;

/// Most letters of a term that a problem repeats.
const SHOWN: usize = 40;

/// What words are looked for in, and the other names of it.
const TEXTS: [(&str, &[&str]); 5] = [
    ("title", &[]),
    ("artist", &["artists", "by"]),
    ("album", &[]),
    ("genre", &[]),
    ("path", &["folder", "file"]),
];

/// What numbers are compared with, and the other names of it.
const NUMBERS: [(&str, &[&str]); 6] = [
    ("year", &[]),
    ("rating", &["stars"]),
    ("plays", &[]),
    ("length", &[]),
    ("track", &["number"]),
    ("disc", &["disk"]),
];

/// What a track may be or have, and the other names of it.
const FLAGS: [(&str, &[&str]); 6] = [
    ("played", &[]),
    ("liked", &["loved"]),
    ("rated", &[]),
    ("art", &["cover"]),
    ("lyrics", &[]),
    ("problem", &[]),
];

const COMPARISONS: [&str; 6] = [">=", "<=", ">", "<", "=", ":"];

/// What a row must fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryTerm {
    /// These words are anywhere in it.
    Words(String),
    /// They are nowhere in it.
    Without(String),
    /// They are in this: title, artist, album, genre or path.
    Text {
        /// In what.
        field: &'static str,
        /// The words.
        words: String,
    },
    /// This is so: year, rating, plays, length in seconds, track or disc.
    Number {
        /// What.
        field: &'static str,
        /// `>=`, `<=`, `>`, `<` or `=`.
        comparison: &'static str,
        /// With what.
        value: i64,
    },
    /// It is, or is not: played, liked, rated, or has art, lyrics or a problem.
    Flag {
        /// What.
        flag: &'static str,
        /// Whether it shall be so.
        on: bool,
    },
}

/// A term that reads like a condition and is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{term}: {why}")]
pub struct QueryProblem {
    /// Where it begins, in letters from 1.
    pub at: usize,
    /// The term, as far as it is shown.
    pub term: String,
    /// What is wrong with it, and what there is.
    pub why: String,
    /// The name that is not known, if that is what is wrong.
    unknown: Option<String>,
}

impl QueryProblem {
    /// The same for a person, with its place.
    pub fn fault(&self) -> Fault {
        Fault::new(FaultKind::Usage, format!("The search is not understood at letter {}, {self}", self.at))
            .hint("What stands in quotes is looked for as words: '\"year:none\"'")
    }
}

/// The first term of a search that reads like a condition and is none; names of `others` are conditions of somebody else.
pub fn query_problem(text: &str, others: &[&str]) -> Option<QueryProblem> {
    let theirs = |name: &String| others.iter().any(|other| other.eq_ignore_ascii_case(name));
    read_query(text).1.into_iter().find(|problem| !problem.unknown.as_ref().is_some_and(theirs))
}

/// A search without the conditions that are wrong or unfinished, for those who would take them for words.
pub fn without_problems(text: &str) -> String {
    let wrong: Vec<usize> = read_query(text)
        .1
        .into_iter()
        .filter_map(|problem| problem.unknown.is_none().then_some(problem.at))
        .collect();
    if wrong.is_empty() {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let kept = typed_terms(text).into_iter().filter(|term| !wrong.contains(&term.at));
    let kept = kept.map(|term| letters.get(term.at - 1..term.end).unwrap_or_default().iter().collect());
    kept.collect::<Vec<String>>().join(" ")
}

/// Reads a search. Conditions that are wrong or unfinished ask for nothing; of names that are not known the whole is words.
pub fn read_query(text: &str) -> (Vec<QueryTerm>, Vec<QueryProblem>) {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (number, typed) in typed_terms(text).into_iter().enumerate() {
        if number == MAX_TERMS {
            problems.push(typed.problem(format!("a search has at most {MAX_TERMS} terms")));
            break;
        }
        let (term, problem) = typed.read();
        read.extend(term);
        problems.extend(problem);
    }
    (read, problems)
}

/// A term as it was typed.
#[derive(Default)]
struct Typed {
    /// Where it begins, in letters from 1.
    at: usize,
    /// Behind its last letter.
    end: usize,
    /// What stands before any quote, in bytes of `text`.
    bare: usize,
    /// The whole without quotes.
    text: String,
}

/// Parts between spaces that are not within double quotes; a quote that is never closed ends with the text.
fn typed_terms(text: &str) -> Vec<Typed> {
    let mut terms = Vec::new();
    let mut now = Typed { at: 1, ..Typed::default() };
    let (mut quoted, mut was_quoted) = (false, false);
    for (at, letter) in text.chars().enumerate() {
        match letter {
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            _ if letter.is_whitespace() && !quoted => {
                if !now.text.trim().is_empty() {
                    terms.push(Typed { end: at, ..std::mem::take(&mut now) });
                }
                now = Typed { at: at + 2, ..Typed::default() };
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
        terms.push(Typed { end: text.chars().count(), ..now });
    }
    terms
}

impl Typed {
    fn read(self) -> (Option<QueryTerm>, Option<QueryProblem>) {
        let bare = self.text.get(..self.bare).unwrap_or_default();
        let Some(at) = bare.find([':', '<', '>', '=']) else { return (self.without_condition(), None) };
        let (name, rest) = self.text.split_at(at);
        let name = name.to_ascii_lowercase();
        let Some(comparison) = COMPARISONS.into_iter().find(|comparison| rest.starts_with(comparison)) else {
            return (Some(self.words()), None);
        };
        let value = rest.get(comparison.len()..).unwrap_or_default().trim().to_owned();
        let comparison = if comparison == ":" { "=" } else { comparison };
        let found = match name.as_str() {
            "not" | "no" if comparison == "=" => self.negated(&value),
            "is" | "has" if comparison == "=" => match known(&FLAGS, &value) {
                Some(flag) => Ok(QueryTerm::Flag { flag, on: true }),
                None => Err(format!("{name}: is followed by {}", names(&FLAGS))),
            },
            _ => match (known(&TEXTS, &name), known(&NUMBERS, &name)) {
                (Some(field), _) => self.text_term(field, comparison, value),
                (None, Some(field)) => number_term(field, comparison, &value),
                (None, None) => return self.unknown(&name, &value),
            },
        };
        match found {
            Ok(term) => (Some(term), None),
            Err(why) => (None, Some(self.problem(why))),
        }
    }

    fn words(&self) -> QueryTerm {
        QueryTerm::Words(self.text.clone())
    }

    /// Plain words, or `-word`: rows without it. The sign alone is still being typed.
    fn without_condition(&self) -> Option<QueryTerm> {
        match self.text.strip_prefix('-') {
            Some("") => None,
            Some(word) if has_letters(word) => Some(QueryTerm::Without(word.to_owned())),
            Some(_) | None => Some(self.words()),
        }
    }

    fn negated(&self, value: &str) -> Result<QueryTerm, String> {
        match known(&FLAGS, value) {
            Some(flag) => Ok(QueryTerm::Flag { flag, on: false }),
            None if value.is_empty() => Err(format!("not: is followed by {}, or by a word", names(&FLAGS))),
            None if has_letters(value) => Ok(QueryTerm::Without(value.to_owned())),
            None => Ok(self.words()),
        }
    }

    fn text_term(&self, field: &'static str, comparison: &str, words: String) -> Result<QueryTerm, String> {
        if words.is_empty() || comparison != "=" {
            return Err(format!("{field} is followed by : and words, as in {field}:\"ada cole\""));
        }
        // Signs alone are in no index.
        Ok(if has_letters(&words) { QueryTerm::Text { field, words } } else { self.words() })
    }

    /// Times of day, addresses and titles hold such signs too.
    fn unknown(&self, name: &str, value: &str) -> (Option<QueryTerm>, Option<QueryProblem>) {
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_meant = is_name && !value.is_empty() && !value.starts_with("//");
        let why = || {
            let all = [names(&TEXTS), names(&NUMBERS)].join(", ");
            format!("there is no {name} to ask for; there are {all}, is, has and not")
        };
        let problem =
            is_meant.then(|| QueryProblem { unknown: Some(name.to_owned()), ..self.problem(why()) });
        (Some(self.words()), problem)
    }

    fn problem(&self, why: String) -> QueryProblem {
        let mut term: String = self.text.chars().take(SHOWN).collect();
        if term.len() < self.text.len() {
            term.push('…');
        }
        QueryProblem { at: self.at, term, why, unknown: None }
    }
}

fn number_term(field: &'static str, comparison: &'static str, value: &str) -> Result<QueryTerm, String> {
    let clock = || parse_clock(value).filter(|_| field == "length").map(|clock| clock.as_secs());
    let value = value.parse().ok().or_else(|| i64::try_from(clock()?).ok());
    value.map(|value| QueryTerm::Number { field, comparison, value }).ok_or_else(|| match field {
        "length" => "length is compared with seconds or a time, as in length<3:30".to_owned(),
        "year" => "year is compared with a whole number, as in year>2019".to_owned(),
        "rating" => "rating is compared with a whole number, as in rating>=4".to_owned(),
        _ => format!("{field} is compared with a whole number, as in {field}>=2"),
    })
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The first of its names that this is one of.
fn known(table: &[(&'static str, &[&'static str])], name: &str) -> Option<&'static str> {
    let is_it = |one: &str| one.eq_ignore_ascii_case(name);
    table
        .iter()
        .find(|(first, others)| is_it(first) || others.iter().any(|other| is_it(other)))
        .map(|row| row.0)
}

fn names(table: &[(&str, &[&str])]) -> String {
    table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let check = |text: &str, expected: Option<(usize, &str)>| {
            let found = query_problem(text, &["bpm"]);
            let told = found.as_ref().map(|problem| (problem.at, problem.to_string()));
            match (&told, expected) {
                (None, None) => {}
                (Some((at, words)), Some((place, part))) if *at == place && words.contains(part) => {}
                _ => panic!("{text}: {told:?}, not {expected:?}"),
            }
        };
        check("rating>=abc", Some((1, "rating>=abc: rating is compared with a whole number")));
        check("night  year>", Some((8, "year is compared")));
        check("é \"a b\" bogus:foo", Some((9, "there is no bogus to ask for; there are title, artist")));
        check("length<soon", Some((1, "length<3:30")));
        check("artist>5", Some((1, "artist is followed by :")));
        check("is:good", Some((1, "played, liked, rated")));
        check("not:", Some((1, "played, liked")));
        check(&"a ".repeat(33), Some((65, "at most 32 terms")));
        for right in [
            "artist:\"ada cole\" year>2019 not:played rating>=4 night",
            "stars=5 by:ada -sea not:blue length<3:30 has:cover",
            "\"bogus:foo\" bpm:120 10:15 re: :) https://example.net/a night - day",
            "",
        ] {
            check(right, None);
        }
        for (text, expected) in [
            ("night  \"é a\" rating>=abc ferry", "night \"é a\" ferry"),
            ("night  year>", "night"),
            ("night  bogus:foo year>2019", "night  bogus:foo year>2019"),
            ("is:x", ""),
        ] {
            assert_eq!(without_problems(text), expected);
        }
        let told = query_problem("night year>", &[]).map(|problem| problem.fault().to_string());
        assert!(told.unwrap().contains("at letter 7, year>"));
    }

    proptest! {
        #[test]
        fn any_search_is_read(text in any::<String>(), odd in r#"(is:|not:|year>|artist:|"|-|a| ){0,12}"#) {
            for text in [text, odd] {
                let (terms, problems) = read_query(&text);
                let letters = text.chars().count();
                prop_assert!(terms.len() <= MAX_TERMS);
                prop_assert!(problems.iter().all(|problem| problem.at >= 1 && problem.at <= letters));
            }
        }
    }
}
