//! The server's side of OAuth 1.0a with HMAC-SHA1 (RFC 5849): whether a request was signed by whom it
//! says, lately, and for the first time. Written from the RFC; shares no code with the side that signs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::ask::Ask;
use super::percent::{decode, encode};

/// How far a timestamp may be off, in seconds, either way.
pub(super) const WINDOW_S: u64 = 300;

/// Whom the server knows.
pub(super) struct Known<'a> {
    pub consumer_key: &'a str,
    pub consumer_secret: &'a str,
    /// The secret of a token, if it is good here and now.
    pub token_secret: &'a dyn Fn(&str) -> Option<String>,
}

/// What a good signature was made over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signed {
    /// Whom the program signed for; `None` when it was for itself.
    pub token: Option<String>,
    /// `oauth_callback`.
    pub callback: Option<String>,
    /// `oauth_verifier`.
    pub verifier: Option<String>,
}

/// Why a signature is refused, in the words of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Consumer,
    Parameters,
    Method,
    Token,
    Timestamp,
    Nonce,
    Signature,
}

impl Refusal {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Consumer => "Invalid consumer key",
            Self::Parameters => "A parameter is missing, doubled or unreadable",
            Self::Method => "Only HMAC-SHA1 and version 1.0 are supported",
            Self::Token => "Invalid or expired access token",
            Self::Timestamp => "Timestamp is out of range",
            Self::Nonce => "Nonce was used before",
            Self::Signature => "Invalid signature",
        }
    }
}

/// The nonces seen within the window: (timestamp, token, nonce), as section 3.3 asks.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<BTreeSet<(u64, String, String)>>);

impl Nonces {
    /// Notes a nonce; `false` when it was there.
    fn note(&self, now: u64, timestamp: u64, token: &str, nonce: &str) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Older ones are refused by their timestamp.
        let oldest = (now.saturating_sub(WINDOW_S), String::new(), String::new());
        *seen = seen.split_off(&oldest);
        seen.insert((timestamp, token.to_owned(), nonce.to_owned()))
    }
}

/// Checks a request (RFC 5849 section 3.2).
pub(super) fn check(ask: &Ask, known: &Known<'_>, nonces: &Nonces, now: u64) -> Result<Signed, Refusal> {
    let header = header_parameters(ask.header("authorization")).ok_or(Refusal::Parameters)?;
    let form = ask.form();
    let all: Vec<&(String, String)> = header.iter().chain(&ask.query).chain(&form).collect();
    // A protocol parameter must not appear more than once (section 3.1).
    let one = |name: &str| {
        let mut found = all.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (Some(value), None) => Ok(Some(value)),
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(Refusal::Parameters),
        }
    };
    let needed = |name: &str| one(name)?.filter(|value| !value.is_empty()).ok_or(Refusal::Parameters);
    if one("oauth_consumer_key")? != Some(known.consumer_key) {
        return Err(Refusal::Consumer);
    }
    if needed("oauth_signature_method")? != "HMAC-SHA1" || one("oauth_version")?.is_some_and(|v| v != "1.0") {
        return Err(Refusal::Method);
    }
    let signature = STANDARD.decode(needed("oauth_signature")?).map_err(|_| Refusal::Signature)?;
    let nonce = needed("oauth_nonce")?;
    let timestamp: u64 = needed("oauth_timestamp")?.parse().map_err(|_| Refusal::Timestamp)?;
    let token = one("oauth_token")?.filter(|token| !token.is_empty());
    let token_secret = match token {
        None => String::new(),
        Some(token) => (known.token_secret)(token).ok_or(Refusal::Token)?,
    };
    let key = format!("{}&{}", encode(known.consumer_secret), encode(&token_secret));
    let base = base_string(ask, &all).ok_or(Refusal::Parameters)?;
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).map_err(|_| Refusal::Signature)?;
    mac.update(base.as_bytes());
    mac.verify_slice(&signature).map_err(|_| Refusal::Signature)?;
    if now.abs_diff(timestamp) > WINDOW_S {
        return Err(Refusal::Timestamp);
    }
    // Last, so that a forged request cannot use up somebody's nonce.
    if !nonces.note(now, timestamp, token.unwrap_or_default(), nonce) {
        return Err(Refusal::Nonce);
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(Signed {
        token: owned(token),
        callback: owned(one("oauth_callback")?),
        verifier: owned(one("oauth_verifier")?),
    })
}

/// The parameters of an `Authorization: OAuth` header without the realm (section 3.5.1); none when the
/// header is missing or of another scheme. `None` when it cannot be read.
fn header_parameters(header: Option<&str>) -> Option<Vec<(String, String)>> {
    let Some((scheme, rest)) = header.and_then(|header| header.split_once(' ')) else {
        return Some(Vec::new());
    };
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Some(Vec::new());
    }
    let mut parameters = Vec::new();
    for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
        if !name.trim().eq_ignore_ascii_case("realm") {
            parameters.push((decode(name.trim()), decode(value)));
        }
    }
    Some(parameters)
}

/// Section 3.4.1: the method, the address without query, and all parameters but the signature.
fn base_string(ask: &Ask, parameters: &[&(String, String)]) -> Option<String> {
    let host = ask.header("host")?.to_ascii_lowercase();
    let host = host.strip_suffix(":80").unwrap_or(&host);
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|(name, _)| name != "oauth_signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    let joined: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let address = format!("http://{host}{}", ask.path);
    Some(format!("{}&{}&{}", ask.method.as_str(), encode(&address), encode(&joined.join("&"))))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::Request;

    use super::*;

    const KNOWN: Known<'static> = Known {
        consumer_key: "dpf43f3p2l4k3l03",
        consumer_secret: "kd94hf93k423kf44",
        token_secret: &|token| (token == "nnch734d00sl2jdk").then(|| "pfkkdhi9sl3r4s00".to_owned()),
    };

    fn example(header: &str) -> Ask {
        let request = Request::get("/photos?file=vacation.jpg&size=original")
            .header("Host", "photos.example.net")
            .header("Authorization", header)
            .body(())
            .unwrap();
        Ask::new(request.into_parts().0, Bytes::new())
    }

    /// The last example of RFC 5849 section 1.2.
    #[test]
    fn the_example_of_the_rfc_is_taken() {
        let header =
            r#"OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk",
            oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH",
            oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D""#
                .replace("\n           ", "");
        let check_at = |now: u64, nonces: &Nonces| check(&example(&header), &KNOWN, nonces, now);
        let nonces = Nonces::default();
        let user = Signed { token: Some("nnch734d00sl2jdk".to_owned()), ..Signed::default() };
        assert_eq!(check_at(137_131_202, &nonces), Ok(user));
        assert_eq!(check_at(137_131_203, &nonces), Err(Refusal::Nonce));
        assert_eq!(check_at(137_131_503, &Nonces::default()), Err(Refusal::Timestamp));
        let other = example(&header.replace("chapoH", "chapoX"));
        assert_eq!(check(&other, &KNOWN, &nonces, 137_131_202), Err(Refusal::Signature));
        let plain = example(&header.replace("HMAC-SHA1", "PLAINTEXT"));
        assert_eq!(check(&plain, &KNOWN, &nonces, 137_131_202), Err(Refusal::Method));
    }

    /// The parameters of RFC 5849 section 3.4.1.1, and its base string with this server's scheme.
    #[test]
    fn the_base_string_of_the_rfc_is_made() {
        let request = Request::post("/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b")
            .header("Host", "EXAMPLE.COM:80")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header(
                "Authorization",
                r#"OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D""#,
            )
            .body(())
            .unwrap();
        let ask = Ask::new(request.into_parts().0, Bytes::from_static(b"c2&a3=2+q"));
        let header = header_parameters(ask.header("authorization")).unwrap();
        let form = ask.form();
        let all: Vec<_> = header.iter().chain(&ask.query).chain(&form).collect();
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(base_string(&ask, &all).unwrap(), expected);
    }
}
