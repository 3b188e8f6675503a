//! How a service's call is written in the settings: a path, or a method and a path.

/// The methods that a call can be given.
pub const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The two parts of a call such as `/tracks/{id}` or `PUT /tracks/{id}`: the method, where one is said, and the
/// path. `None` when the text is neither.
pub fn split_path(text: &str) -> Option<(Option<&'static str>, &str)> {
    let (method, path) = match text.split_once(' ') {
        Some((word, path)) => (Some(*METHODS.iter().find(|method| **method == word)?), path),
        None => (None, text),
    };
    let is_path = !path.is_empty() && !METHODS.contains(&path) && !path.contains(char::is_whitespace);
    is_path.then_some((method, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_may_stand_before_a_path() {
        let check = |text: &str, expected: Option<(Option<&str>, &str)>| {
            assert_eq!(split_path(text), expected, "{text:?}");
        };
        check("/tracks/{id}", Some((None, "/tracks/{id}")));
        check("tracks", Some((None, "tracks")));
        check("https://s.example/{id}?a=1", Some((None, "https://s.example/{id}?a=1")));
        check("PUT /tracks/{id}", Some((Some("PUT"), "/tracks/{id}")));
        check("DELETE https://s.example/x", Some((Some("DELETE"), "https://s.example/x")));
        for bad in
            ["", " ", "PUT", "PUT ", "PUT  /x", "put /x", "FETCH /x", "/a b", "PUT /a b", "GET PUT", "/a\n"]
        {
            check(bad, None);
        }
    }
}
