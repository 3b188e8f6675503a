//! From an answer's bytes to JSON, and in words why there is none. Nothing is parsed that is nested too deep.

use serde_json::Value;

/// Deepest nesting of lists and objects that is read.
const MAX_DEPTH: usize = 128;

/// Most values of one body, keys counted. The longest list of any service has a few hundred rows.
const MAX_VALUES: usize = 500_000;

/// Why bytes are no JSON to work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotJson {
    /// There are none.
    #[error("it is empty")]
    Empty,
    /// A page for a browser, or XML.
    #[error("it is a web page")]
    WebPage,
    /// Beyond [`MAX_DEPTH`].
    #[error("it is nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// Beyond [`MAX_VALUES`].
    #[error("it holds more than {MAX_VALUES} values")]
    TooMany,
    /// It ends in the middle.
    #[error("it is cut off at line {line}, column {column}")]
    CutOff {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// Something stands where nothing of the kind may.
    #[error("it is not JSON at line {line}, column {column}")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
}

/// Reads a whole body.
pub(super) fn read(body: &[u8]) -> Result<Value, NotJson> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.trim_ascii_start().first() {
        None => return Err(NotJson::Empty),
        Some(b'<') => return Err(NotJson::WebPage),
        Some(_) => {}
    }
    check_bounds(body)?;
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if error.is_eof() { NotJson::CutOff { line, column } } else { NotJson::Malformed { line, column } }
    })
}

/// Counts brackets, commas and colons outside texts, so that nothing is built that is too deep or too large.
fn check_bounds(body: &[u8]) -> Result<(), NotJson> {
    let (mut depth, mut values, mut in_text, mut is_escaped) = (0_usize, 0_usize, false, false);
    for byte in body {
        match (byte, in_text) {
            _ if is_escaped => is_escaped = false,
            (b'\\', true) => is_escaped = true,
            (b'"', _) => in_text = !in_text,
            (b'[' | b'{', false) => (depth, values) = (depth + 1, values + 1),
            (b']' | b'}', false) => depth = depth.saturating_sub(1),
            (b',' | b':', false) => values += 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(NotJson::TooDeep);
        }
        if values > MAX_VALUES {
            return Err(NotJson::TooMany);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// `depth` lists, one in the other.
    fn nested(depth: usize) -> String {
        "[".repeat(depth) + &"]".repeat(depth)
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        let rows = [
            ("", "it is empty"),
            (" \r\n\t", "it is empty"),
            ("<!DOCTYPE html><p>Sign in to the harbour's network", "it is a web page"),
            ("\u{feff}\n <html>", "it is a web page"),
            ("{\"a\": [1, 2", "it is cut off at line 1, column 11"),
            ("{\n  \"a\": nope\n}", "it is not JSON at line 2, column 9"),
            ("{} {}", "it is not JSON at line 1, column 4"),
            ("[1e400]", "it is not JSON at line 1, column 6"),
            (r#"["\ud800"]"#, "it is not JSON at line 1, column 9"),
            ("\u{1}", "it is not JSON at line 1, column 1"),
        ];
        for (body, expected) in rows {
            assert_eq!(read(body.as_bytes()).unwrap_err().to_string(), expected, "{body:?}");
        }
        assert!(matches!(read(b"[\"\xff\"]"), Err(NotJson::Malformed { .. })), "no UTF-8");
    }

    #[test]
    fn depth_has_an_end() {
        for (depth, expected) in [(127, None), (128, Some(false)), (129, Some(true)), (10_000, Some(true))] {
            let found = read(nested(depth).as_bytes());
            // serde_json's own limit ends it one level earlier.
            assert_eq!(found.err().map(|error| error == NotJson::TooDeep), expected, "{depth}");
        }
        assert_eq!(read("{\"a\":".repeat(3_000_000).as_bytes()), Err(NotJson::TooDeep));
        assert_eq!(read("[".repeat(10_000_000).as_bytes()), Err(NotJson::TooDeep));
        let text = json!({ "title": "[".repeat(500) + "\\\"" + &"{".repeat(500) });
        assert_eq!(read(text.to_string().as_bytes()), Ok(text), "brackets in a text are no nesting");
    }

    #[test]
    fn size_has_an_end() {
        let list = |rows: usize| format!("[{}7]", "7,".repeat(rows - 1));
        assert!(read(list(MAX_VALUES).as_bytes()).is_ok());
        assert_eq!(read(list(MAX_VALUES + 1).as_bytes()), Err(NotJson::TooMany));
        let keys = format!("{{{}\"z\":0}}", "\"a\":0,".repeat(5_000_000));
        assert_eq!(read(keys.as_bytes()), Err(NotJson::TooMany));
        let text = json!({ "title": ",:".repeat(MAX_VALUES) });
        assert_eq!(read(text.to_string().as_bytes()), Ok(text), "in a text they are no values");
    }

    #[test]
    fn of_two_keys_the_last_counts() {
        assert_eq!(read(br#"{"id": 1, "id": 2}"#), Ok(json!({ "id": 2 })));
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(body in any::<Vec<u8>>(), odd in r#"[\[\]{}"\\:,a-c0-9 .eE-]{0,60}"#) {
            let _ = read(&body);
            prop_assert_eq!(read(odd.as_bytes()).ok(), serde_json::from_str::<Value>(&odd).ok());
        }
    }
}
