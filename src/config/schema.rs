//! The JSON Schema of the configuration, for editors that complete and check it. It is made from what the program goes
//! by: the table of settings, whose sentence on what is expected is also that of its warnings, and the documented
//! defaults.

use serde_json::{Value, json};

use super::DEFAULT_TEXT;
use super::keys::KEYS;

/// The schema (JSON Schema draft 7, which editors' TOML tools know). `actions` are the names that `[keys]` takes, with
/// what they do.
pub fn schema(actions: impl IntoIterator<Item = (&'static str, &'static str)>) -> Value {
    let defaults: Value = toml::from_str(DEFAULT_TEXT).unwrap_or_default();
    let comments = comments(DEFAULT_TEXT);
    let comment =
        |path: &str| comments.iter().find(|(known, _)| known == path).map(|(_, words)| words.clone());
    let mut root = section(comment(""));
    // Sections of settings come after the table that they are in, such as `keys.preset` in `keys`.
    for key in KEYS {
        let mut form = form(key.expected).unwrap_or_else(|| json!({}));
        if let Some(words) = comment(key.path) {
            form["description"] = words.into();
        }
        let default = key.path.split('.').try_fold(&defaults, |value, name| value.get(name));
        if let Some(default) = default.filter(|default| key.path != "keys" || !default.is_object()) {
            form["default"] = default.clone();
        }
        put(&mut root, key.path, form, &comment);
    }
    let keys = &mut root["properties"]["keys"];
    keys["additionalProperties"] = Value::Bool(false);
    for (name, help) in actions {
        let mut form = own_keys();
        form["description"] = help.into();
        keys["properties"][name] = form;
    }
    root["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    root["title"] = "Segue's config.toml".into();
    root
}

fn section(words: Option<String>) -> Value {
    let mut section = json!({ "type": "object", "additionalProperties": false, "properties": {} });
    if let Some(words) = words {
        section["description"] = words.into();
    }
    section
}

fn put(into: &mut Value, path: &str, form: Value, comment: &dyn Fn(&str) -> Option<String>) {
    let mut place = into;
    let mut at = String::new();
    let (sections, name) = path.rsplit_once('.').unwrap_or(("", path));
    for part in sections.split('.').filter(|part| !part.is_empty()) {
        at = if at.is_empty() { part.to_owned() } else { format!("{at}.{part}") };
        let inner = &mut place["properties"][part];
        if inner.is_null() {
            *inner = section(comment(&at));
        }
        place = inner;
    }
    let known = &mut place["properties"][name];
    match (known.as_object_mut(), form) {
        (Some(known), Value::Object(form)) => known.extend(form),
        (_, form) => *known = form,
    }
}

/// What a value must be, from the sentence that says it to people. `None` for a sentence of no known kind.
pub(super) fn form(expected: &str) -> Option<Value> {
    if let Some(range) = expected.strip_prefix("a whole number from ") {
        let (least, most) = bounds(range)?;
        return Some(json!({ "type": "integer", "minimum": least, "maximum": most }));
    }
    let number = ["a number from ", "a number of seconds from "];
    if let Some(range) = number.iter().find_map(|start| expected.strip_prefix(start)) {
        let (least, most) = bounds(range)?;
        return Some(json!({ "type": "number", "minimum": least, "maximum": most }));
    }
    if expected == "true or false" {
        return Some(json!({ "type": "boolean" }));
    }
    if expected.starts_with("a list of ") {
        return Some(json!({ "type": "array", "items": { "type": "string" } }));
    }
    if expected.starts_with("a table of action = ") {
        return Some(json!({ "type": "object", "properties": {} }));
    }
    if expected.starts_with("a table of ") {
        return Some(json!({ "type": "object", "additionalProperties": { "type": "string" } }));
    }
    if expected.starts_with('"') {
        return words(expected);
    }
    expected.ends_with("in quotes").then(|| json!({ "type": "string" }))
}

/// Words in quotes, and what else may stand in their place.
fn words(expected: &str) -> Option<Value> {
    let (list, last) = expected.rsplit_once(" or ")?;
    let mut known: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    if let Some(word) = last.strip_prefix('"') {
        known.push(word.strip_suffix('"')?);
        // A word with a part in capitals stands for many.
        let stands_for_many = |word: &str| word.contains(|c: char| c.is_ascii_uppercase());
        return Some(if known.iter().any(|word| stands_for_many(word)) {
            known.retain(|word| !stands_for_many(word));
            json!({ "anyOf": [{ "enum": known }, { "type": "string" }] })
        } else {
            json!({ "enum": known })
        });
    }
    let other = match last.strip_prefix("ten numbers from ") {
        Some(range) => {
            let (least, most) = bounds(range)?;
            let item = json!({ "type": "number", "minimum": least, "maximum": most });
            json!({ "type": "array", "minItems": 10, "maxItems": 10, "items": item })
        }
        None => json!({ "type": "string" }),
    };
    Some(json!({ "anyOf": [{ "enum": known }, other] }))
}

/// The two numbers of "0 to 100".
fn bounds(range: &str) -> Option<(Value, Value)> {
    let (least, most) = range.split_once(" to ")?;
    Some((serde_json::from_str(least).ok()?, serde_json::from_str(most).ok()?))
}

fn own_keys() -> Value {
    json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
}

/// What the documented configuration says about a setting.
pub(super) fn comment_of(path: &str) -> Option<String> {
    comments(DEFAULT_TEXT).into_iter().find(|(known, _)| known == path).map(|(_, words)| words)
}

/// What the comments of a documented configuration say about each setting and section. One without a comment shares
/// that of the setting above it.
fn comments(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut section, mut words) = (String::new(), Vec::new());
    let mut last: Option<String> = None;
    let mut is_begun = false;
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            words.push(comment.trim().to_owned());
            continue;
        }
        let said = (!words.is_empty()).then(|| std::mem::take(&mut words).join(" "));
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut section);
            found.extend(said.map(|said| (section.clone(), said)));
            last = None;
        } else if let Some((name, _)) = line.split_once(" = ") {
            last = said.or(last);
            let path = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            found.extend(last.clone().map(|words| (path, words)));
        } else if !is_begun {
            found.extend(said.map(|said| (String::new(), said)));
        }
        is_begun = true;
    }
    found
}

/// The documented configuration with every setting behind a `#`: something to begin with that changes nothing.
pub fn template() -> String {
    let mut text = String::new();
    for line in DEFAULT_TEXT.lines() {
        if !line.is_empty() && !line.starts_with(['#', '[']) {
            text.push_str("# ");
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, parse};
    use toml::de::DeValue;

    /// Whether a value is as a schema says, for the few words of JSON Schema that are used here.
    fn validates(schema: &Value, value: &Value) -> bool {
        let within = |bound: &str, fits: fn(f64, f64) -> bool| match (&schema[bound], value) {
            (Value::Number(bound), Value::Number(value)) => {
                fits(value.as_f64().unwrap(), bound.as_f64().unwrap())
            }
            _ => true,
        };
        let is_of_type = match schema["type"].as_str() {
            None => true,
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("string") => value.is_string(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            Some(other) => panic!("unknown type {other}"),
        };
        let list = schema["anyOf"].as_array();
        let words = schema["enum"].as_array();
        let items = value.as_array().into_iter().flatten();
        let count = value.as_array().map(|items| items.len() as u64);
        is_of_type
            && within("minimum", |value, bound| value >= bound)
            && within("maximum", |value, bound| value <= bound)
            && list.is_none_or(|list| list.iter().any(|schema| validates(schema, value)))
            && words.is_none_or(|words| words.contains(value))
            && items.into_iter().all(|item| schema["items"].is_null() || validates(&schema["items"], item))
            && count.is_none_or(|count| schema["minItems"].as_u64().is_none_or(|least| count >= least))
            && count.is_none_or(|count| schema["maxItems"].as_u64().is_none_or(|most| count <= most))
            && value.as_object().into_iter().flatten().all(|(name, inner)| {
                match (&schema["properties"][name], &schema["additionalProperties"]) {
                    (Value::Null, Value::Bool(false)) => false,
                    (Value::Null, Value::Null | Value::Bool(true)) => true,
                    (Value::Null, others) => validates(others, inner),
                    (known, _) => validates(known, inner),
                }
            })
    }

    fn full() -> Value {
        schema([("next", "Next track"), ("mute", "Silent")])
    }

    fn of(text: &str) -> bool {
        validates(&full(), &toml::from_str::<Value>(text).unwrap())
    }

    #[test]
    fn the_shipped_configuration_is_as_the_schema_says() {
        assert!(of(DEFAULT_TEXT));
        assert!(of(&template()));
        assert_eq!(parse(&template()), (Settings::default(), Vec::new()));
        assert!(of("[keys]\nnext = \"n\"\nmute = [\"M\", \"g m\"]"));
        assert!(of("[sound]\nequaliser = [1, -1.5, 0, 0, 0, 0, 0, 0, 0, 12]"));
        assert!(of("[hls]\nvariant = \"96k\"\n[player]\noutput = \"wav:/tmp/a.wav\""));
        for bad in [
            "volume = 3",
            "[player]\nvolum = 3",
            "[player]\nvolume = 101",
            "[player]\nvolume = \"3\"",
            "[player]\nreplaygain = \"on\"",
            "[player]\nunplugged = true",
            "[keys]\nnxt = \"n\"",
            "[keys]\nnext = 3",
            "[keys]\npreset = \"emacs\"",
            "[sound]\nequaliser = [1, 2]",
            "[library]\nfolders = \"/x\"",
            "[services.yourmusic.paths]\nme = 3",
            "[services.yourmusic]\nenabled = \"yes\"",
        ] {
            assert!(!of(bad), "{bad}");
        }
    }

    #[test]
    fn every_setting_is_in_it_with_words_and_default() {
        let schema = full();
        for key in KEYS {
            assert!(form(key.expected).is_some(), "{}: \"{}\" is of no known kind", key.path, key.expected);
            let pointer = format!("/properties/{}", key.path.replace('.', "/properties/"));
            let its = schema.pointer(&pointer).unwrap_or_else(|| panic!("{pointer}"));
            if key.path != "keys" {
                assert!(its.get("default").is_some(), "{} has no default", key.path);
            }
        }
        let words =
            |path: &str| schema.pointer(path).and_then(|its| its["description"].as_str()).unwrap_or_default();
        assert!(words("/properties/player/properties/volume").starts_with("Loudness at the first start"));
        assert!(words("/properties/services/properties/audius").starts_with("Audius needs no account"));
        assert!(
            words("/properties/services/properties/yourmusic/properties/client_secret")
                .contains("credentials")
        );
    }

    /// The schema and the program take the same values: words, and numbers at their bounds.
    #[test]
    fn it_takes_what_the_program_takes() {
        let takes = |key: &super::super::keys::Key, written: &str| {
            let text = format!("x = {written}");
            let table = toml::de::DeTable::parse(&text).unwrap();
            let value: &DeValue<'_> = table.get_ref().get("x").unwrap().get_ref();
            (key.set)(&mut Settings::default(), value).is_some()
        };
        for key in KEYS.iter().filter(|key| key.each.is_none()) {
            let form = form(key.expected).unwrap();
            let check = |written: &str| {
                let value: Value = toml::from_str::<Value>(&format!("x = {written}")).unwrap()["x"].clone();
                assert_eq!(takes(key, written), validates(&form, &value), "{} = {written}", key.path);
            };
            if form["type"] != "string" && form["anyOf"][1]["type"] != "string" {
                check("\"no such word\"");
            }
            check("true");
            let forms = std::iter::once(&form).chain(form["anyOf"].as_array().into_iter().flatten());
            for form in forms {
                form["enum"].as_array().into_iter().flatten().for_each(|word| check(&word.to_string()));
                if let (Some(least), Some(most)) = (form["minimum"].as_f64(), form["maximum"].as_f64()) {
                    check(&form["minimum"].to_string());
                    check(&form["maximum"].to_string());
                    check(&format!("{:.0}", (least - 1.0).floor()));
                    check(&format!("{:.0}", (most + 1.0).ceil()));
                }
            }
        }
    }
}
