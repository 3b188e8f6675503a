//! Tells addresses that open something for whoever has them, and leaves them out of what is kept.

use serde_json::Value;
use url::Url;

/// Parts of the names of parameters that sign an address, in lower case.
const MARKS: [&str; 10] =
    ["signature", "sig", "token", "expires", "policy", "hdn", "hmac", "auth", "credential", "key-pair-id"];

/// Parts of the names of fields that hold credentials.
const SECRETS: [&str; 4] = ["token", "password", "secret", "jwt"];

/// Parts of the names of fields that say what a listener may hear, of whatever type: opaque, and nobody else's.
const ENTITLEMENTS: [&str; 2] = ["payload", "entitlement"];

/// The same page with nothing in place of what is signed or secret.
pub(super) fn left_out(value: Value) -> Value {
    match value {
        Value::String(text) if is_signed(&text) => Value::Null,
        Value::Array(rows) => rows.into_iter().map(left_out).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let lower = name.to_ascii_lowercase();
                let is_secret = value.is_string() && SECRETS.iter().any(|mark| lower.contains(mark));
                let is_secret = is_secret || ENTITLEMENTS.iter().any(|mark| lower.contains(mark));
                (name, if is_secret { Value::Null } else { left_out(value) })
            })
            .collect(),
        other => other,
    }
}

/// Whether a text is an address, whole or relative, with a signature or a user in it.
fn is_signed(text: &str) -> bool {
    let text = text.trim();
    if !text.contains("://") && !text.starts_with('/') {
        return false;
    }
    let base = || Url::parse("https://base.invalid/");
    let Ok(url) = base().and_then(|base| base.join(text)) else { return true };
    let marked = |name: &str| MARKS.iter().any(|mark| name.to_ascii_lowercase().contains(mark));
    !url.username().is_empty() || url.password().is_some() || url.query_pairs().any(|(name, _)| marked(&name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn doors_are_left_out() {
        let signed = [
            "https://cdn.example/a.mp3?Expires=1&Signature=x&Key-Pair-Id=K",
            "https://s3.example/a?X-Amz-Algorithm=A&X-Amz-Credential=x&X-Amz-Signature=y",
            "https://media.example/a.mp3?token=abc",
            "/rails/active_storage/a.mp3?sig=1",
            "https://a.example/?hdnts=exp=1~acl=/*~hmac=00",
            "https://node.example/stream?user_signature=0x1",
            "https://ada:pa55@a.example/a.mp3",
        ];
        for text in signed {
            assert_eq!(left_out(json!([text])), json!([null]), "{text}");
        }
        let plain = [
            "https://media.example/a/812.jpg",
            "https://media.example/a.jpg?w=500",
            "/artwork/812.jpg",
            "Signature: a song?",
            "Token of Love",
            "",
        ];
        for text in plain {
            assert_eq!(left_out(json!({"title": text})), json!({"title": text}), "{text}");
        }
        let row = json!({"data": [{"id": 1, "auth_token": "x", "tokens": 7, "stream": {"udt_secret": "y"}}]});
        let kept =
            json!({"data": [{"id": 1, "auth_token": null, "tokens": 7, "stream": {"udt_secret": null}}]});
        assert_eq!(left_out(row), kept);
        let row = json!([{"id": 7, "payload": "b3BhcXVl"}, {"payload": {"a": ["b"]}, "entitlements": [1]}]);
        assert_eq!(
            left_out(row),
            json!([{"id": 7, "payload": null}, {"payload": null, "entitlements": null}])
        );
    }
}
