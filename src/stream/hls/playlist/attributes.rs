//! Attribute lists of tags (RFC 8216 section 4.2).

/// Splits `NAME=value,NAME="value, with comma"` into pairs, quotes taken off. What is no pair is
/// passed over.
pub(super) fn attributes(list: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    let mut rest = list;
    while let Some(at) = rest.find(['=', ',']) {
        let (name, after) = (rest[..at].trim(), &rest[at + 1..]);
        if rest[at..].starts_with(',') {
            rest = after;
            continue;
        }
        let value;
        (value, rest) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => {
                let (value, behind) = quoted.split_once('"').unwrap_or((quoted, ""));
                (value, behind.split_once(',').map_or("", |(_, next)| next))
            }
            None => after.split_once(',').map_or((after.trim(), ""), |(value, next)| (value.trim(), next)),
        };
        pairs.push((name, value));
    }
    pairs
}

/// The value of the first attribute of that name, unless it is empty.
pub(super) fn value<'a>(pairs: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| *value).filter(|value| !value.is_empty())
}
