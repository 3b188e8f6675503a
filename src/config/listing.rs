//! Every setting as a page shows it: its value, where that is from, what is expected and what there is to choose among.

use serde_json::Value;

use super::edit::with_value;
use super::effective::{Effective, effective};
use super::keys::KEYS;
use super::schema::{comment_of, form};

/// A setting as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its dotted name.
    pub path: String,
    /// What the documented configuration says about it.
    pub about: String,
    /// Its value as TOML; dots in the place of a secret.
    pub value: String,
    /// Whether the listener's configuration sets it.
    pub is_own: bool,
    /// Whether its value is never shown.
    pub is_secret: bool,
    /// What a value must be, after "expected".
    pub expected: &'static str,
    /// The values there are, as they are typed; empty: only what is typed counts.
    pub choices: Vec<String>,
    /// Whether something else than one of the choices may be typed.
    pub takes_more: bool,
}

impl Setting {
    /// Its value as it is typed: a text without its quotes.
    pub fn typed(&self) -> String {
        match self.value.parse::<toml_edit::Value>() {
            Ok(toml_edit::Value::String(text)) => text.value().clone(),
            Ok(_) | Err(_) => self.value.clone(),
        }
    }
}

/// Every setting but the keys of actions, in the order of the documented configuration.
pub fn settings(text: &str) -> Vec<Setting> {
    let is_shown = |row: &Effective| row.path == "keys.preset" || !row.path.starts_with("keys.");
    effective(text).into_iter().filter(is_shown).filter_map(setting).collect()
}

fn setting(Effective { path, value, line }: Effective) -> Option<Setting> {
    let key = KEYS.iter().find(|key| key.path == path).or_else(|| {
        // A row of a table of the listener's own.
        let table = path.rsplit_once('.')?.0;
        KEYS.iter().find(|key| key.path == table && key.each.is_some())
    })?;
    let expected = match key.each {
        Some((each, _)) if key.path != path => each,
        Some(_) | None => key.expected,
    };
    let form = form(expected).unwrap_or_default();
    let words = |form: &Value| -> Vec<String> {
        let words = form["enum"].as_array().into_iter().flatten();
        words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let (choices, takes_more) = match (&form["anyOf"][0], form["type"].as_str()) {
        (Value::Object(_), _) => (words(&form["anyOf"][0]), true),
        (_, Some("boolean")) => (vec!["true".to_owned(), "false".to_owned()], false),
        (_, Some(_)) => (Vec::new(), true),
        (_, None) => (words(&form), false),
    };
    let (about, is_secret) = (comment_of(key.path).unwrap_or_default(), key.secret);
    Some(Setting { path, about, value, is_own: line.is_some(), is_secret, expected, choices, takes_more })
}

/// What is typed as a value for a setting, in TOML: a text needs no quotes, the texts of a list need but commas between them.
///
/// # Errors
/// What is expected, in words, when it cannot be a value of this setting.
pub fn as_toml(path: &str, typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    let quoted = |text: &str| toml_edit::Value::from(text.trim()).to_string();
    let texts: Vec<_> = typed.split(',').filter(|text| !text.trim().is_empty()).map(quoted).collect();
    let is_good =
        |value: &String| with_value("", path, Some(value)).is_ok_and(|text| super::parse(&text).1.is_empty());
    let ways = [typed.to_owned(), quoted(typed), format!("[{}]", texts.join(", "))];
    ways.into_iter().find(is_good).ok_or_else(|| {
        let expected = KEYS.iter().find(|key| key.path == path).map_or("another value", |key| key.expected);
        format!("{typed:?} cannot be its value; expected {expected}")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(rows: &[Setting], path: &str) -> Setting {
        rows.iter().find(|row| row.path == path).cloned().unwrap_or_else(|| panic!("no {path}"))
    }

    #[test]
    fn settings_tell_what_can_be_chosen() {
        let rows = settings(
            "[player]\nvolume = 30\n[services.audius]\napi_key = \"s3cret\"\n[keys]\nmute = \"x\"\n",
        );
        let check = |path: &str, choices: &[&str], takes_more: bool| {
            let row = of(&rows, path);
            assert_eq!(
                (row.choices, row.takes_more),
                (choices.iter().map(|it| (*it).to_owned()).collect(), takes_more),
                "{path}"
            );
        };
        check("screen.mouse", &["true", "false"], false);
        check("player.unplugged", &["pause", "move"], false);
        check("player.output", &["auto", "null"], true);
        check("player.volume", &[], true);
        check("keys.preset", &["default", "vim", "cmus", "ncmpcpp", "spotify-player"], false);
        let volume = of(&rows, "player.volume");
        assert_eq!((volume.value.as_str(), volume.is_own), ("30", true));
        assert!(volume.about.starts_with("Loudness at the first start"), "{}", volume.about);
        assert!(!of(&rows, "player.volume_step").is_own);
        assert_eq!(of(&rows, "player.output").typed(), "auto");
        let secret = of(&rows, "services.audius.api_key");
        assert!(secret.is_secret && !format!("{rows:?}").contains("s3cret"));
        assert!(rows.iter().all(|row| row.path != "keys.mute" && row.path != "keys"));
        for row in &rows {
            assert!(!row.about.is_empty() || row.path.starts_with("services."), "{} has no words", row.path);
        }
    }

    #[test]
    fn what_is_typed_is_checked() {
        let check =
            |path: &str, typed: &str, expected: Result<&str, &str>| match (as_toml(path, typed), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{path} {typed}"),
                (Err(words), Err(part)) => assert!(words.contains(part), "{words}"),
                (found, _) => panic!("{path} {typed}: {found:?}"),
            };
        check("player.volume", "40", Ok("40"));
        check("player.volume", "101", Err("a whole number from 0 to 100"));
        check("player.volume", "loud", Err("\"loud\" cannot be its value"));
        check("screen.mouse", "false", Ok("false"));
        check("screen.colours", "256", Ok("\"256\""));
        check("player.output", "device:My \"USB\"", Ok("'device:My \"USB\"'"));
        check("downloads.folder", "/home/ada/Music", Ok("\"/home/ada/Music\""));
        check("library.folders", "/a, /b c", Ok("[\"/a\", \"/b c\"]"));
        check("library.folders", "[\"/a,b\"]", Ok("[\"/a,b\"]"));
        check("library.folders", "", Ok("[]"));
        check("sound.equaliser", "rock", Ok("\"rock\""));
        check("sound.equaliser", "[1, 2]", Err("ten numbers"));
        check("services.yourmusic.paths", "{ me = \"/m\" }", Ok("{ me = \"/m\" }"));
        check("player.volume", "40\nmouse = 3", Err("cannot be"));
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_gets_out_of_its_place(typed in "[\\PC\n]{0,40}") {
            for path in ["downloads.template", "library.folders", "player.output", "player.volume"] {
                if let Ok(value) = as_toml(path, &typed) {
                    let text = with_value("[screen]\nmouse = false\n", path, Some(&value)).unwrap();
                    let (settings, warnings) = crate::config::parse(&text);
                    prop_assert!(warnings.is_empty() && !settings.screen.mouse);
                }
            }
        }
    }
}
