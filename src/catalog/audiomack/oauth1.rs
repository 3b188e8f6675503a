//! OAuth 1.0a signatures with HMAC-SHA1 (RFC 5849 section 3.4). Pure: nonce and time come in with the
//! protocol parameters, so the same input always gives the same signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use url::Url;

use crate::model::Secret;

/// A request before it is signed.
#[derive(Clone, Debug)]
pub struct Unsigned {
    /// `GET`, `POST`, ...; upper-cased for the base string.
    pub method: String,
    /// The address with its query. The query's parameters are signed too.
    pub url: Url,
    /// Fields of an `application/x-www-form-urlencoded` body, not encoded. Other bodies are not signed.
    pub form: Vec<(String, String)>,
    /// Protocol parameters (`oauth_consumer_key`, `oauth_nonce`, ...), not encoded, without
    /// `oauth_signature`. A `realm` goes into the header and is not signed.
    pub oauth: Vec<(String, String)>,
    /// Belongs to the consumer key.
    pub consumer_secret: Secret,
    /// Belongs to the token; empty without one.
    pub token_secret: Secret,
}

/// A signature and the steps that lead to it.
#[derive(Clone)]
pub struct Signed {
    /// All parameters encoded, sorted and joined (RFC 5849 section 3.4.1.3.2).
    pub normalized_params: String,
    /// What is signed (RFC 5849 section 3.4.1.1).
    pub base_string: String,
    /// `oauth_signature` in base 64, not percent-encoded.
    pub signature: String,
    /// The value of the `Authorization` header (RFC 5849 section 3.5.1). Never logged.
    pub authorization_header: String,
}

/// Signs a request.
pub fn sign(request: &Unsigned) -> Signed {
    let normalized_params = normalized_params(request);
    let base_string = [
        percent_encode(&request.method.to_ascii_uppercase()),
        percent_encode(&base_uri(&request.url)),
        percent_encode(&normalized_params),
    ]
    .join("&");
    let key = [&request.consumer_secret, &request.token_secret]
        .map(|secret| percent_encode(secret.reveal()))
        .join("&");
    let signature = hmac_sha1(key.as_bytes(), base_string.as_bytes());
    let header: Vec<String> = request
        .oauth
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain([("oauth_signature", signature.as_str())])
        .map(|(name, value)| format!("{}=\"{}\"", percent_encode(name), percent_encode(value)))
        .collect();
    let authorization_header = format!("OAuth {}", header.join(", "));
    Signed { normalized_params, base_string, signature, authorization_header }
}

/// Percent-encoding of RFC 5849 section 3.6: only letters, digits and `-._~` stay.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Names and values encoded and joined, as a query or a form body.
pub(super) fn join_params(params: &[(String, String)]) -> String {
    let pairs: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    pairs.join("&")
}

fn normalized_params(request: &Unsigned) -> String {
    let mut pairs: Vec<(String, String)> = request
        .url
        .query_pairs()
        .map(|(name, value)| (percent_encode(&name), percent_encode(&value)))
        .chain(
            request
                .form
                .iter()
                .chain(request.oauth.iter().filter(|(name, _)| name != "realm"))
                .map(|(name, value)| (percent_encode(name), percent_encode(value))),
        )
        .collect();
    pairs.sort();
    let joined: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

/// The address without query and fragment; `url` has lower-cased scheme and host and dropped a default
/// port already (RFC 5849 section 3.4.1.2).
fn base_uri(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> String {
    // HMAC takes keys of every length; an error cannot come and would give a refused signature.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else { return String::new() };
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use oauth1_request as independent;
    use proptest::prelude::*;

    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn owned(pairs: Pairs<'_>) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn request(method: &str, url: &str, form: Pairs<'_>, oauth: Pairs<'_>, secrets: [&str; 2]) -> Unsigned {
        Unsigned {
            method: method.to_owned(),
            url: url.parse().unwrap(),
            form: owned(form),
            oauth: owned(oauth),
            consumer_secret: secrets[0].into(),
            token_secret: secrets[1].into(),
        }
    }

    const DEMO: Pairs<'static> = &[
        ("oauth_consumer_key", "demo-consumer"),
        ("oauth_nonce", "7d8f3e4a9c21"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1735689600"),
        ("oauth_version", "1.0"),
    ];

    fn demo_with(extra: Pairs<'static>) -> Vec<(&'static str, &'static str)> {
        DEMO.iter().chain(extra).copied().collect()
    }

    #[test]
    fn vectors_of_the_api_description() {
        let api = "https://api.audiomack.com/v1";
        let search = format!("{api}/search?q=rock%20%26%20roll%20(live)!&show=songs&limit=5");
        let a = sign(&request("GET", &search, &[], DEMO, ["demo-secret", ""]));
        assert_eq!(
            a.base_string,
            "GET&https%3A%2F%2Fapi.audiomack.com%2Fv1%2Fsearch&limit%3D5%26oauth_consumer_key%3Ddemo-consumer\
             %26oauth_nonce%3D7d8f3e4a9c21%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1735689600\
             %26oauth_version%3D1.0%26q%3Drock%2520%2526%2520roll%2520%2528live%2529%2521%26show%3Dsongs"
        );
        assert_eq!(a.signature, "TgfTB2uD8NwffXKavY5ZMJOXa5M=");
        assert!(a.authorization_header.starts_with("OAuth oauth_consumer_key=\"demo-consumer\", "));
        assert!(a.authorization_header.ends_with("oauth_signature=\"TgfTB2uD8NwffXKavY5ZMJOXa5M%3D\""));

        let callback = demo_with(&[("oauth_callback", "http://127.0.0.1:8976/callback")]);
        let b = request("post", &format!("{api}/request_token"), &[], &callback, ["demo-secret", ""]);
        assert_eq!(sign(&b).signature, "26kzq0PjV0mnz6LzIvj7gXZ6UtM=");

        let token = demo_with(&[("oauth_token", "tok-user")]);
        let form = [("music_id", "901,902")];
        let c = request(
            "POST",
            &format!("{api}/playlist/4211/track"),
            &form,
            &token,
            ["demo-secret", "tok secret/+"],
        );
        assert_eq!(sign(&c).signature, "z260M7nujLnj3/k/d9nelya1OWY=");
    }

    /// RFC 5849 section 3.4.1.1 and 3.4.1.3.2; the signature is that of erratum 2550.
    #[test]
    fn the_hard_example_of_the_rfc() {
        let oauth = [
            ("realm", "Example"),
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
        ];
        let url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
        let form = [("c2", ""), ("a3", "2 q")];
        let signed = sign(&request("POST", url, &form, &oauth, ["j49sk3j29djd", "dh893hdasih9"]));
        assert_eq!(
            signed.normalized_params,
            "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2\
             &oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201\
             &oauth_token=kkk9d7dh3k39sjv7"
        );
        assert_eq!(
            signed.base_string,
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D\
             %26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a\
             %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201\
             %26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
        assert_eq!(signed.signature, "r6/TJjbCOr97/+UU0NsvSne7s5g=");
        assert!(signed.authorization_header.starts_with("OAuth realm=\"Example\", oauth_consumer_key="));
    }

    /// RFC 5849 section 1.2: the three signed requests of the printing example.
    #[test]
    fn the_walk_through_of_the_rfc() {
        let secret = "kd94hf93k423kf44";
        let check =
            |method: &str, url: &str, time_nonce: [&str; 2], extra: Pairs<'_>, token_secret, expected| {
                let oauth = [
                    ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
                    ("oauth_signature_method", "HMAC-SHA1"),
                    ("oauth_timestamp", time_nonce[0]),
                    ("oauth_nonce", time_nonce[1]),
                ];
                let oauth: Vec<_> = oauth.iter().chain(extra).copied().collect();
                assert_eq!(
                    sign(&request(method, url, &[], &oauth, [secret, token_secret])).signature,
                    expected
                );
            };
        check(
            "POST",
            "https://photos.example.net/initiate",
            ["137131200", "wIjqoS"],
            &[("oauth_callback", "http://printer.example.com/ready")],
            "",
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
        );
        check(
            "POST",
            "https://photos.example.net/token",
            ["137131201", "walatlh"],
            &[("oauth_token", "hh5s93j4hdidpola"), ("oauth_verifier", "hfdp7dh39dks9884")],
            "hdhd0244k9j7ao03",
            "gKgrFCywp7rO0OXSjdot/IHF7IU=",
        );
        check(
            "GET",
            "http://photos.example.net/photos?file=vacation.jpg&size=original",
            ["137131202", "chapoH"],
            &[("oauth_token", "nnch734d00sl2jdk")],
            "pfkkdhi9sl3r4s00",
            "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
        );
    }

    /// The value of `oauth_signature` in a header.
    fn signature_in(header: &str) -> &str {
        let (_, rest) = header.split_once("oauth_signature=\"").unwrap();
        rest.split_once('"').unwrap().0
    }

    proptest! {
        /// A second implementation, written by others, agrees on every signature.
        #[test]
        fn an_independent_signer_agrees(
            form in proptest::collection::btree_map("[a-z]{1,6}", any::<String>(), 0..5),
            key in "[ -~]{1,20}", secret in any::<String>(),
            token in proptest::option::of(("[ -~]{1,20}", any::<String>())),
            nonce in "[a-z0-9]{1,32}", time in 1_u64..4_000_000_000, get in any::<bool>(),
        ) {
            let method = if get { "GET" } else { "POST" };
            let plain = "https://api.audiomack.com/v1/search/page/2";
            let form: Vec<(String, String)> = form.into_iter().collect();
            let time_text = time.to_string();
            let mut oauth = vec![
                ("oauth_consumer_key", key.as_str()),
                ("oauth_nonce", &nonce),
                ("oauth_signature_method", "HMAC-SHA1"),
                ("oauth_timestamp", &time_text),
                ("oauth_version", "1.0"),
            ];
            if let Some((token, _)) = &token {
                oauth.push(("oauth_token", token));
            }
            let token_secret = token.as_ref().map_or("", |(_, secret)| secret.as_str());
            let mut ours = request(method, plain, &[], &oauth, [&secret, token_secret]);
            // The same parameters sign the same, whether in the query or in the form.
            if get { ours.url.set_query(Some(&join_params(&form))) } else { ours.form.clone_from(&form) }

            let client = independent::Credentials::new(key.as_str(), secret.as_str());
            let mut builder: independent::Builder<'_, _, &str> =
                independent::Builder::new(client, independent::HmacSha1::new());
            builder.token(token.as_ref().map(|(token, secret)| {
                independent::Credentials::new(token.as_str(), secret.as_str())
            }));
            builder.nonce(nonce.as_str()).timestamp(NonZeroU64::new(time)).version(true);
            let theirs = builder.authorize(method, plain, &independent::ParameterList::new(form));
            let ours = sign(&ours).authorization_header;
            prop_assert_eq!(signature_in(&ours), signature_in(&theirs));
        }
    }
}
