//! One setting changed in the text of a configuration; everything else stays as it stands, comments and order too.

use toml_edit::{Document, DocumentMut, Item, RawString, Table, TableLike, TomlError, Value};

use super::warning::Place;

/// The text with one setting, named by its path such as `screen.theme`, set to a value as TOML writes it. Sections that are
/// missing come at the end. `None` takes the setting out, its lines and no others; a comment beside it stays as a line.
///
/// # Errors
/// What is wrong with the text or the value, in words, when one is no TOML or there is a value where a section should be.
pub fn with_value(text: &str, path: &str, value: Option<&str>) -> Result<String, String> {
    let (sections, name) = path.rsplit_once('.').unwrap_or(("", path));
    let Some(value) = value else { return without(text, sections, name) };
    let mut document: DocumentMut = text.parse().map_err(|error| words(text, &error))?;
    let mut table = document.as_table_mut() as &mut dyn TableLike;
    for section in sections.split('.').filter(|section| !section.is_empty()) {
        let inner = table.entry(section).or_insert_with(|| {
            let mut inner = Table::new();
            // A section that only holds others needs no line of its own.
            inner.set_implicit(true);
            Item::Table(inner)
        });
        table =
            inner.as_table_like_mut().ok_or_else(|| format!("{section} is a section; write [{section}]"))?;
    }
    let mut new: Value = value.parse().map_err(|error| words(value, &error))?;
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        Some(Item::Table(_) | Item::ArrayOfTables(_)) => {
            return Err(format!("[{path}] is a section there; change it in the file"));
        }
        Some(Item::None) | None => {
            new.decor_mut().clear();
            table.insert(name, Item::Value(new));
        }
    }
    Ok(document.to_string())
}

/// The text with one setting set to a text.
///
/// # Errors
/// As [`with_value`].
pub fn with_text(text: &str, path: &str, value: &str) -> Result<String, String> {
    with_value(text, path, Some(&Value::from(value).to_string()))
}

/// A text as a value of TOML.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The text without the lines of a setting; what is written above it stays.
fn without(text: &str, sections: &str, name: &str) -> Result<String, String> {
    let document: Document<&str> = Document::parse(text).map_err(|error| words(text, &error))?;
    let mut table = document.as_table() as &dyn TableLike;
    let mut is_inline = false;
    for section in sections.split('.').filter(|section| !section.is_empty()) {
        let Some(inner) = table.get(section) else { return Ok(text.to_owned()) };
        is_inline |= inner.is_inline_table();
        let Some(inner) = inner.as_table_like() else { return Ok(text.to_owned()) };
        table = inner;
    }
    let span = table.get_key_value(name).and_then(|(key, item)| Some(key.span()?.start..item.span()?.end));
    let Some(span) = span.filter(|_| !is_inline) else { return without_entry(text, sections, name) };
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let after = text.get(span.end..).and_then(|after| after.find('\n'));
    let end = after.map_or(text.len(), |length| span.end + length + 1);
    let inside =
        table.get(name).and_then(Item::as_value).map(|value| comments_in(text, value)).unwrap_or_default();
    let beside = text.get(span.end..end).unwrap_or_default().trim_start();
    // In front of a dotted key is its own beginning.
    let indent = text.get(start..span.start).filter(|before| before.trim().is_empty()).unwrap_or_default();
    let comments = inside.into_iter().map(|comment| format!("{indent}{comment}\n"));
    let comments: String =
        comments.chain((!beside.is_empty()).then(|| format!("{indent}{beside}"))).collect();
    Ok([text.get(..start), Some(comments.as_str()), text.get(end..)].into_iter().flatten().collect())
}

/// The comments within a value of several lines.
fn comments_in(text: &str, value: &Value) -> Vec<String> {
    let Value::Array(array) = value else { return Vec::new() };
    let mut found = Vec::new();
    let mut look = |between: Option<&RawString>| {
        let between = between.and_then(RawString::span).and_then(|span| text.get(span));
        let lines = between.unwrap_or_default().lines().map(str::trim);
        found.extend(lines.filter(|line| line.starts_with('#')).map(str::to_owned));
    };
    for value in array {
        look(value.decor().prefix());
        look(value.decor().suffix());
    }
    look(Some(array.trailing()));
    found
}

/// The same for one among others on a line.
fn without_entry(text: &str, sections: &str, name: &str) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error| words(text, &error))?;
    let mut table = document.as_table_mut() as &mut dyn TableLike;
    for section in sections.split('.').filter(|section| !section.is_empty()) {
        let Some(inner) = table.get_mut(section).and_then(Item::as_table_like_mut) else {
            return Ok(text.to_owned());
        };
        table = inner;
    }
    table.remove(name);
    Ok(document.to_string())
}

fn words(text: &str, error: &TomlError) -> String {
    let place = Place::of(text, error.span().map_or(0, |span| span.start));
    format!("line {}, column {}: {}", place.line, place.column, error.message().replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rest_stays_as_it_stands() {
        let check = |text: &str, expected: Result<&str, &str>| match (
            with_text(text, "screen.theme", "nord"),
            expected,
        ) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
            (Err(words), Err(part)) => assert!(words.contains(part), "{words}"),
            (found, _) => panic!("{text}: {found:?}"),
        };
        check("", Ok("[screen]\ntheme = \"nord\"\n"));
        check(
            "# c\n[player] # d\nvolume = 3\n",
            Ok("# c\n[player] # d\nvolume = 3\n\n[screen]\ntheme = \"nord\"\n"),
        );
        check(
            "[screen]\n# a\nmouse = false\ntheme   =  \"dark\"  # b\n\n[log]\n",
            Ok("[screen]\n# a\nmouse = false\ntheme   =  \"nord\"  # b\n\n[log]\n"),
        );
        check("[screen]\nmouse = false\n", Ok("[screen]\nmouse = false\ntheme = \"nord\"\n"));
        check("screen.theme = 3 # x\n", Ok("screen.theme = \"nord\" # x\n"));
        check("screen = { mouse = true }\n", Ok("screen = { mouse = true , theme = \"nord\" }\n"));
        check("screen = 3\n", Err("write [screen]"));
        check("\n[screen\n", Err("line 2"));
    }

    #[test]
    fn values_are_of_every_kind() {
        let check = |text: &str, path: &str, value: Option<&str>, expected: &str| {
            assert_eq!(with_value(text, path, value).as_deref(), Ok(expected), "{text} {path} {value:?}");
        };
        check("[player]\nvolume = 3 # a\n", "player.volume", Some("40"), "[player]\nvolume = 40 # a\n");
        check("", "keys.mute", Some("[\"x\", \"<C-m>\"]"), "[keys]\nmute = [\"x\", \"<C-m>\"]\n");
        check("", "services.audius.enabled", Some("false"), "[services.audius]\nenabled = false\n");
        // What is taken out takes its own lines along and nothing else, and no comment.
        let text =
            "# c\n[player]\n# how loud\nvolume = 3 # a\nmono = [\n  1,\n] # b\n\n[log]\nlevel = \"off\"";
        check(
            text,
            "player.volume",
            None,
            "# c\n[player]\n# how loud\n# a\nmono = [\n  1,\n] # b\n\n[log]\nlevel = \"off\"",
        );
        check(
            text,
            "player.mono",
            None,
            "# c\n[player]\n# how loud\nvolume = 3 # a\n# b\n\n[log]\nlevel = \"off\"",
        );
        check(
            text,
            "log.level",
            None,
            "# c\n[player]\n# how loud\nvolume = 3 # a\nmono = [\n  1,\n] # b\n\n[log]\n",
        );
        check(text, "screen.theme", None, text);
        let list = "[library]\n  folders = [ # x\n  '/a', # y\n  # z\n  '/b' # w\n  ] # v";
        check(list, "library.folders", None, "[library]\n  # x\n  # y\n  # z\n  # w\n  # v");
        check("a.b = 1\na.c = 2\n", "a.b", None, "a.c = 2\n");
        check("a.b = 1 # x\na.c = 2\n", "a.b", None, "# x\na.c = 2\n");
        check("a.b = [ # x\n  1,\n]\n", "a.b", None, "# x\n");
        check("[a]\n  b.c = 1 # x\n", "a.b.c", None, "[a]\n# x\n");
        check("a = { b = 1, c = 2 }\n", "a.b", None, "a = { c = 2 }\n");
        assert!(with_value("", "player.volume", Some("= 3")).is_err());
        assert!(
            with_value("[services.yourmusic.paths]\nme = \"/m\"\n", "services.yourmusic.paths", Some("{}"))
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn what_was_set_is_read(text in "(\\[(screen|log|keys)\\]\n|(mouse|theme|level) ?= ?(\"x\"|true|3)( # c)?\n|# y\n){0,6}") {
            if let Ok(changed) = with_text(&text, "screen.theme", "nord") {
                let (settings, _) = crate::config::parse(&changed);
                prop_assert_eq!(settings.screen.theme, "nord", "{}", changed);
                let back = with_value(&changed, "screen.theme", None).unwrap();
                let (settings, _) = crate::config::parse(&back);
                prop_assert_eq!(settings.screen.theme, "auto", "{}", back);
            }
        }
    }
}
