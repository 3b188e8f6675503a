//! Takes out of a service's own words what it was told in confidence: some repeat a token or a whole request
//! in their errors, and these words are shown and logged.

use serde_json::Value;
use url::form_urlencoded;

use crate::model::Secret;
use crate::net::{Body, Request};

/// Shorter values are no secrets, and would tear words apart.
const MIN_CHARS: usize = 5;

/// Ends of the names of what must not be repeated.
const TELLING: [&str; 6] = ["token", "secret", "password", "code", "verifier", "signature"];

/// Whatever in a request opens something for whoever has it.
pub(super) fn confided(request: &Request) -> Vec<Secret> {
    let mut found: Vec<String> = Vec::new();
    for (_, value) in &request.headers {
        let value = value.reveal();
        match value.strip_prefix("OAuth ") {
            Some(params) => params.split(',').filter_map(|param| param.trim().split_once('=')).for_each(
                |(name, value)| {
                    if is_telling(name) || name.ends_with("consumer_key") {
                        let value = value.trim_matches('"');
                        // As it is written there, and as it was before.
                        found.extend(
                            form_urlencoded::parse(value.as_bytes()).map(|(text, _)| text.into_owned()),
                        );
                        found.push(value.to_owned());
                    }
                },
            ),
            None => found.extend(value.rsplit(' ').next().map(str::to_owned)),
        }
    }
    match &request.body {
        Body::Json(text) => {
            let fields: Value = serde_json::from_str(text).unwrap_or_default();
            let fields = fields.as_object().into_iter().flatten().filter(|(name, _)| is_telling(name));
            found.extend(fields.filter_map(|(_, value)| value.as_str().map(str::to_owned)));
        }
        Body::Form(form) => {
            let fields = form_urlencoded::parse(form.as_bytes()).filter(|(name, _)| is_telling(name));
            found.extend(fields.map(|(_, value)| value.into_owned()));
        }
        Body::Empty | Body::Bytes(_) => {}
    }
    found.into_iter().filter(|text| text.chars().count() >= MIN_CHARS).map(Secret::new).collect()
}

fn is_telling(name: &str) -> bool {
    TELLING.iter().any(|end| name.ends_with(end))
}

/// The words with nothing of that in them.
pub(super) fn hushed(words: &str, confided: &[Secret]) -> String {
    confided.iter().fold(words.to_owned(), |words, secret| words.replace(secret.reveal(), "[hidden]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Limit;

    #[test]
    fn what_was_confided_is_not_repeated() {
        let request = || Request::get("https://a.example/x".parse().unwrap(), Limit::Api);
        let check = |request: Request, words: &str, expected: &str| {
            assert_eq!(hushed(words, &confided(&request)), expected);
        };
        let bearer = request().header("Authorization", Secret::new("Bearer abc.def-1"));
        check(bearer.clone(), "Bearer abc.def-1 is no good", "Bearer [hidden] is no good");
        check(bearer, "the bearer is no good", "the bearer is no good");
        let key = request().header("X-API-Key", Secret::new("k3y-k3y"));
        check(key, "unknown key k3y-k3y", "unknown key [hidden]");
        let signed = "OAuth oauth_consumer_key=\"program\", oauth_token=\"a%2Fbcdef\", oauth_version=\"1.0\"";
        let signed = request().header("Authorization", Secret::new(signed));
        check(signed, "a/bcdef of program, 1.0", "[hidden] of [hidden], 1.0");
        let body = Body::Json(r#"{"email":"ada@a.example","code":"01372","title":"Mix tape"}"#.to_owned());
        let sent = Request { body, ..request() };
        check(sent, "01372 for ada@a.example, Mix tape", "[hidden] for ada@a.example, Mix tape");
        let sent = Request { body: Body::Form("token=abcdef&type=play".to_owned()), ..request() };
        check(sent, "abcdef play", "[hidden] play");
        let short = request().header("Authorization", Secret::new("a"));
        check(short, "a bad thing", "a bad thing");
    }
}
