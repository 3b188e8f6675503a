//! What a configuration comes to: every setting with its value as it is written, and where that is from.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::DEFAULT_TEXT;
use super::keys::{KEYS, Key};
use super::settings::Settings;
use super::warning::Place;

/// What is shown of a secret.
const HIDDEN: &str = "\"...\"";

/// A setting as it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effective {
    /// Its dotted name.
    pub path: String,
    /// Its value as TOML; dots in the place of a secret.
    pub value: String,
    /// The line of the configuration that sets it; `None`: it has its default.
    pub line: Option<usize>,
}

/// Every setting as it counts with this configuration. What cannot be used is left out, as it does not count.
pub fn effective(text: &str) -> Vec<Effective> {
    let own = DeTable::parse_recoverable(text).0;
    let shipped = DeTable::parse_recoverable(DEFAULT_TEXT).0;
    let mut rows = Vec::new();
    for key in KEYS {
        let said = find(own.get_ref(), key.path);
        if let (Some((_, each)), Some(table)) = (key.each, said.and_then(|said| said.get_ref().as_table())) {
            for (name, value) in table {
                let path = format!("{}.{}", key.path, name.get_ref());
                let is_setting = KEYS.iter().any(|other| other.path == path);
                if !is_setting && each(&mut Settings::default(), name.get_ref(), value.get_ref()).is_some() {
                    rows.push(row(text, path, value, key.secret, true));
                }
            }
            continue;
        }
        let counts =
            |said: &&Spanned<DeValue<'_>>| (key.set)(&mut Settings::default(), said.get_ref()).is_some();
        match (said.filter(counts), find(shipped.get_ref(), key.path)) {
            (Some(said), _) => rows.push(row(text, key.path.to_owned(), said, key.secret, true)),
            (None, Some(default)) if !is_section(key, default) => {
                rows.push(row(DEFAULT_TEXT, key.path.to_owned(), default, false, false));
            }
            (None, _) => {}
        }
    }
    rows
}

/// Line and column, both from 1, of the value of a setting in a configuration; `None` when it is not there.
pub fn place_of(text: &str, path: &str) -> Option<(usize, usize)> {
    let table = DeTable::parse_recoverable(text).0;
    let at = find(table.get_ref(), path)?.span().start;
    let Place { line, column } = Place::of(text, at);
    Some((line, column))
}

/// Line and column of every key of the listener's own, by the name of its setting, as `keys.mute`.
pub fn places_of_keys(text: &str) -> BTreeMap<String, (usize, usize)> {
    let table = DeTable::parse_recoverable(text).0;
    let keys = find(table.get_ref(), "keys").and_then(|keys| keys.get_ref().as_table());
    let place = |value: &Spanned<DeValue<'_>>| Place::of(text, value.span().start);
    let placed = keys.into_iter().flatten().map(|(name, value)| {
        let Place { line, column } = place(value);
        (format!("keys.{}", name.get_ref()), (line, column))
    });
    placed.collect()
}

/// Sections with settings of their own are no setting.
fn is_section(key: &Key, value: &Spanned<DeValue<'_>>) -> bool {
    key.path == "keys" && value.get_ref().as_table().is_some()
}

fn row(text: &str, path: String, value: &Spanned<DeValue<'_>>, secret: bool, own: bool) -> Effective {
    let span = value.span();
    let said = text.get(span.clone()).unwrap_or_default();
    let is_set = value.get_ref().as_str().is_none_or(|said| !said.is_empty());
    Effective {
        path,
        value: if secret && is_set { HIDDEN.to_owned() } else { said.to_owned() },
        line: own.then(|| Place::of(text, span.start).line),
    }
}

pub(super) fn find<'t, 'i>(table: &'t DeTable<'i>, path: &str) -> Option<&'t Spanned<DeValue<'i>>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (_, value) = table.iter().find(|(name, _)| name.get_ref() == first)?;
    match rest {
        None => Some(value),
        Some(rest) => find(value.get_ref().as_table()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_tells_where_it_is_from() {
        let text = "[player]\nvolume = 30\nvolume_step = 99\n[services.audius]\napi_key = \"s3cret\"\n\
                    [keys]\nmute = [\"M\"]\npreset = \"vim\"\n[services.yourmusic.paths]\nme = \"/m\"\nhome = 3\n";
        let rows = effective(text);
        let check = |path: &str, expected: Option<(&str, Option<usize>)>| {
            let found = rows.iter().find(|row| row.path == path);
            assert_eq!(found.map(|row| (row.value.as_str(), row.line)), expected, "{path}");
        };
        check("player.volume", Some(("30", Some(2))));
        check("player.volume_step", Some(("5", None)));
        check("player.output", Some(("\"auto\"", None)));
        check("services.audius.api_key", Some(("\"...\"", Some(5))));
        check("services.audius.bearer", Some(("\"\"", None)));
        check("keys.mute", Some(("[\"M\"]", Some(7))));
        check("keys.preset", Some(("\"vim\"", Some(8))));
        check("keys", None);
        check("services.yourmusic.paths.me", Some(("\"/m\"", Some(10))));
        check("services.yourmusic.paths.home", None);
        check("services.audiosocket.paths", Some(("{}", None)));
        assert_eq!(place_of(text, "keys.mute"), Some((7, 8)));
        assert_eq!(place_of(text, "keys.next"), None);
        let keys = [("keys.mute".to_owned(), (7, 8)), ("keys.preset".to_owned(), (8, 10))];
        assert_eq!(places_of_keys(text), keys.into());
        assert!(!effective("x = = 3\n[player]\nvolume = 4").is_empty());
    }

    #[test]
    fn without_a_file_every_setting_has_its_default() {
        let rows = effective("");
        for key in KEYS.iter().filter(|key| key.path != "keys") {
            assert!(rows.iter().any(|row| row.path == key.path && row.line.is_none()), "{}", key.path);
        }
    }
}
