//! The page that the browser shows in the end. It holds no script, loads nothing, and tells nobody where it was.

use crate::model::clean;

/// What a page says, at most, of words that came from outside.
const MAX_WORDS: usize = 300;

/// A whole HTTP answer with a page of these words, which may be a stranger's.
pub(super) fn answer(status: &str, title: &str, words: &str) -> String {
    let words: String = clean(words).chars().take(MAX_WORDS).collect();
    let (title, words) = (escaped(title), escaped(&words));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Segue</title></head>\n\
         <body>\n<h1>{title}</h1>\n<p>{words}</p>\n</body>\n</html>\n"
    );
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\
         Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{page}",
        page.len()
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
