//! One setting changed in the text of a configuration; everything else stays as it stands, comments and order too.

use toml_edit::{DocumentMut, Item, Table, Value};

use super::warning::Place;

/// The text with one setting, named by its path such as `screen.theme`, set to a text. Sections that are missing come at
/// the end.
///
/// # Errors
/// What is wrong with the text, in words, when it is no TOML or has a value where a section should be.
pub fn with_text(text: &str, path: &str, value: &str) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let place = Place::of(text, error.span().map_or(0, |span| span.start));
        format!("line {}, column {}: {}", place.line, place.column, error.message().replace('\n', " "))
    })?;
    let (sections, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut table = document.as_table_mut() as &mut dyn toml_edit::TableLike;
    for section in sections.split('.').filter(|section| !section.is_empty()) {
        let inner = table.entry(section).or_insert_with(|| Item::Table(Table::new()));
        table =
            inner.as_table_like_mut().ok_or_else(|| format!("{section} is a section; write [{section}]"))?;
    }
    let mut new = Value::from(value);
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            table.insert(name, Item::Value(new));
        }
    }
    Ok(document.to_string())
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

    proptest! {
        #[test]
        fn what_was_set_is_read(text in "(\\[(screen|log|keys)\\]\n|(mouse|theme|level) ?= ?(\"x\"|true|3)( # c)?\n|# y\n){0,6}") {
            if let Ok(changed) = with_text(&text, "screen.theme", "nord") {
                let (settings, _) = crate::config::parse(&changed);
                prop_assert_eq!(settings.screen.theme, "nord", "{}", changed);
            }
        }
    }
}
