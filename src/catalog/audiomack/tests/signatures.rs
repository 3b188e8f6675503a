//! The mistakes that signers make (RFC 5849 sections 3.4.1 and 3.6): for each a request that shows it, signed
//! here, by a signer written by others, and wrongly.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::oauth1::{Unsigned, percent_encode, sign};
use super::*;
use crate::catalog::audiomack::requests::{By, Sent};
use crate::net::{Body, Method};

/// One request in all that a signer looks at.
#[derive(Clone)]
struct Asked {
    url: &'static str,
    /// Its query, decoded.
    query: Vec<(&'static str, &'static str)>,
    form: Vec<(&'static str, &'static str)>,
    token: Option<(&'static str, &'static str)>,
}

const PROTOCOL: [(&str, &str); 5] = [
    ("oauth_consumer_key", "demo-consumer"),
    ("oauth_nonce", "7d8f3e4a9c21"),
    ("oauth_signature_method", "HMAC-SHA1"),
    ("oauth_timestamp", "1735689600"),
    ("oauth_version", "1.0"),
];

fn protocol_of(asked: &Asked) -> Vec<(&'static str, &'static str)> {
    PROTOCOL.into_iter().chain(asked.token.map(|(token, _)| ("oauth_token", token))).collect()
}

fn ours(asked: &Asked, realm: Option<&str>) -> String {
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let mut url: Url = asked.url.parse().unwrap();
    if !asked.query.is_empty() {
        url.set_query(Some(&oauth1::join_params(&owned(&asked.query))));
    }
    let realm = realm.map(|realm| ("realm".to_owned(), realm.to_owned()));
    sign(&Unsigned {
        method: "POST".to_owned(),
        url,
        form: owned(&asked.form),
        oauth: realm.into_iter().chain(owned(&protocol_of(asked))).collect(),
        consumer_secret: "demo secret/+".into(),
        token_secret: asked.token.map_or("", |(_, secret)| secret).into(),
    })
    .signature
}

/// By the independent signer, which takes the address without query and default port.
fn theirs(asked: &Asked, url: &str) -> String {
    let client = independent::Credentials::new("demo-consumer", "demo secret/+");
    let mut builder: independent::Builder<'_, _, &str> =
        independent::Builder::new(client, independent::HmacSha1::new());
    builder.token(asked.token.map(|(token, secret)| independent::Credentials::new(token, secret)));
    builder.nonce("7d8f3e4a9c21").timestamp(NonZeroU64::new(1_735_689_600)).version(true);
    let all: Vec<_> = asked.query.iter().chain(&asked.form).copied().collect();
    let header = builder.authorize("POST", url, &independent::ParameterList::new(all));
    let (_, rest) = header.split_once("oauth_signature=\"").unwrap();
    let value = rest.split('"').next().unwrap();
    url::form_urlencoded::parse(value.replace('+', "%2B").as_bytes()).next().unwrap().0.into_owned()
}

/// By hand, so that it can be done wrongly: what is encoded how, in which order, over which address and key.
struct ByHand {
    url: String,
    pairs: Vec<(String, String)>,
    key: String,
}

impl ByHand {
    fn right(asked: &Asked) -> Self {
        let all = asked.query.iter().chain(&asked.form).copied().chain(protocol_of(asked));
        let mut pairs: Vec<_> =
            all.map(|(name, value)| (percent_encode(name), percent_encode(value))).collect();
        pairs.sort();
        let secret = asked.token.map_or("", |(_, secret)| secret);
        Self {
            url: asked.url.to_owned(),
            pairs,
            key: format!("{}&{}", percent_encode("demo secret/+"), percent_encode(secret)),
        }
    }

    fn signature(&self) -> String {
        let pairs: Vec<String> = self.pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let base = format!("POST&{}&{}", percent_encode(&self.url), percent_encode(&pairs.join("&")));
        let mut mac = Hmac::<Sha1>::new_from_slice(self.key.as_bytes()).unwrap();
        mac.update(base.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    fn replaced(mut self, from: &str, to: &str) -> Self {
        for (_, value) in &mut self.pairs {
            *value = value.replace(from, to);
        }
        self
    }
}

#[test]
fn each_mistake_would_show() {
    let api = "https://api.audiomack.com/v1/playlist/4211/track";
    let plain = Asked { url: api, query: vec![("a", "1")], form: vec![("b", "2")], token: Some(("t", "s")) };
    let check = |mistake: &str, asked: &Asked, wrong: &dyn Fn(ByHand) -> ByHand| {
        let signature = ours(asked, None);
        assert_eq!(signature, theirs(asked, asked.url), "{mistake}");
        let right = ByHand::right(asked);
        assert_eq!(signature, right.signature(), "{mistake}");
        assert_ne!(signature, wrong(right).signature(), "{mistake} does not show");
    };
    let with_query =
        |query: &[(&'static str, &'static str)]| Asked { query: query.to_vec(), ..plain.clone() };
    check("+ against %20", &with_query(&[("q", "rock roll")]), &|hand| hand.replaced("%20", "+"));
    check("lower-case hex", &with_query(&[("q", "größe/")]), &|hand| hand.replaced("%2F", "%2f"));
    for (sign, encoded) in [("*", "%2A"), ("!", "%21"), ("'", "%27"), ("(", "%28"), (")", "%29")] {
        check("signs left as they are", &with_query(&[("q", sign)]), &|hand| hand.replaced(encoded, sign));
    }
    check("~ encoded", &with_query(&[("q", "a~b")]), &|hand| hand.replaced("~", "%7E"));
    // The other signer makes this very mistake; the value is that of Python's own hmac and urllib.
    let order = with_query(&[("a b", "1"), ("a!", "2"), ("a-", "3"), ("a", "ä"), ("a", "z")]);
    assert_eq!(ours(&order, None), "7F0JWcw57LePttq9NMTzUz9V1dw=");
    assert_ne!(ours(&order, None), theirs(&order, api), "sorted before encoding does not show");
    check("duplicate names dropped", &with_query(&[("music_id", "1"), ("music_id", "2")]), &|mut hand| {
        hand.pairs.dedup_by(|one, other| one.0 == other.0);
        hand
    });
    check("empty values dropped", &with_query(&[("key", "")]), &|mut hand| {
        hand.pairs.retain(|(_, value)| !value.is_empty());
        hand
    });
    check("query left out", &plain, &|mut hand| {
        hand.pairs.retain(|(name, _)| name != "a");
        hand
    });
    check("form left out", &plain, &|mut hand| {
        hand.pairs.retain(|(name, _)| name != "b");
        hand
    });
    check("query kept in the address", &plain, &|hand| ByHand { url: format!("{api}?a=1"), ..hand });
    let alone = Asked { token: None, ..plain.clone() };
    check("& missing without a token", &alone, &|hand| ByHand {
        key: hand.key.trim_end_matches('&').to_owned(),
        ..hand
    });
    check("token secret missing", &plain, &|hand| ByHand {
        key: hand.key.trim_end_matches('s').to_owned(),
        ..hand
    });
    check("secrets not encoded", &plain, &|hand| ByHand { key: "demo secret/+&s".to_owned(), ..hand });
    let odd = Asked { url: "https://api.audiomack.com/v1/user/downloads/4%2C5", ..plain.clone() };
    check("path decoded", &odd, &|hand| ByHand { url: hand.url.replace("%2C", ","), ..hand });
    let raw = Asked { url: "https://api.audiomack.com/v1/user/downloads/4,5", ..plain.clone() };
    check("path encoded again", &raw, &|hand| ByHand { url: hand.url.replace(',', "%2C"), ..hand });
    let paged = Asked { url: "https://api.audiomack.com/v1/music/recent/page/2", ..plain.clone() };
    check("page left out of the path", &paged, &|hand| ByHand {
        url: hand.url.replace("/page/2", ""),
        ..hand
    });

    // A default port and capital letters in a host do not count, another port does, and a realm is not signed.
    for same in [
        "https://api.audiomack.com:443/v1/playlist/4211/track",
        "HTTPS://API.Audiomack.COM/v1/playlist/4211/track",
    ] {
        assert_eq!(ours(&Asked { url: same, ..plain.clone() }, None), ours(&plain, None), "{same}");
    }
    let port = Asked { url: "https://api.audiomack.com:8443/v1/playlist/4211/track", ..plain.clone() };
    assert_eq!(ours(&port, None), theirs(&port, port.url));
    assert_ne!(ours(&port, None), ours(&plain, None));
    assert_eq!(ours(&plain, Some("Audiomack")), ours(&plain, None));
}

/// Bodies other than forms are not signed: the signature is that of the request without one.
#[test]
fn only_forms_are_signed() {
    let stand = Stand::start(server);
    let catalog = audiomack(&stand);
    let url = catalog.url("/artist/sandbox/pinned", &[], &[]).unwrap();
    let call = |sent: Sent<'_>, body: &str| {
        let request = catalog.signed(Method::PUT, &url, sent, By::default());
        let authorization = request.headers[0].1.reveal().to_owned();
        let headers = vec![
            ("authorization".to_owned(), authorization),
            ("host".to_owned(), format!("127.0.0.1:{}", url.port().unwrap())),
        ];
        let call = Call {
            method: "PUT".to_owned(),
            path: url.path().to_owned(),
            query: Vec::new(),
            headers,
            body: body.to_owned(),
        };
        (call, request.body)
    };
    let items = json!([{ "kind": "music", "id": "7" }]);
    let (sent, body) = call(Sent::Json(&items), "");
    assert!(is_signed(&sent, None) && matches!(body, Body::Json(_)));
    let parts = form::Parts::new(&[("title", "a b")], b"\x89PNG", "boundary");
    let (sent, body) = call(Sent::Parts(&parts), "");
    assert!(is_signed(&sent, None) && matches!(body, Body::Bytes(_)));
    let (sent, body) = call(Sent::Form(&[("title", "a b&c")]), "title=a%20b%26c");
    assert!(is_signed(&sent, None) && matches!(&body, Body::Form(text) if text == "title=a%20b%26c"));
    let (unsigned, _) = call(Sent::Form(&[("title", "a b&c")]), "");
    assert!(!is_signed(&unsigned, None), "the form is part of what is signed");
}

/// 10,000 requests with the system's randomness: no nonce twice, each of 128 bits, and only HMAC-SHA1.
#[test]
fn no_nonce_comes_twice() {
    let stand = Stand::start(server);
    let random = || {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).unwrap();
        bytes
    };
    let surroundings = Surroundings { random: Arc::new(random), ..surroundings(TIME) };
    let catalog = Audiomack::new(&settings(&stand), &net(), &surroundings);
    let url = catalog.url("/search", &[], &[("q", "a")]).unwrap();
    let mut nonces = HashSet::new();
    for _ in 0..10_000 {
        let request = catalog.signed(Method::GET, &url, Sent::Nothing, By::default());
        let header = request.headers[0].1.reveal();
        let (_, nonce) = header.split_once("oauth_nonce=\"").unwrap();
        let nonce = nonce.split('"').next().unwrap().to_owned();
        assert!(nonce.len() == 32 && header.contains("oauth_signature_method=\"HMAC-SHA1\""));
        assert!(nonces.insert(nonce));
    }
}
