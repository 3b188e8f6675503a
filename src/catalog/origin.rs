//! Where a sign-in is good. What is kept of one names the API that gave it, since another address in the settings
//! may be another's: its tokens go nowhere else. Asks nothing of the network.

use serde_json::Value;
use url::Url;

/// The API that the settings name.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    origin: String,
    /// Whether it is the one that is named until another is set.
    is_usual: bool,
}

impl Origin {
    /// That of the API at `base`; `usual` is the base until another is set.
    pub(super) fn new(base: Option<&Url>, usual: Option<&Url>) -> Self {
        let origin = |base: &Url| base.origin().ascii_serialization();
        let (base, usual) = (base.map(origin), usual.map(origin));
        Self { is_usual: base.is_some() && base == usual, origin: base.unwrap_or_default() }
    }

    /// As it is kept and shown: `https://api.example`.
    pub(super) fn as_str(&self) -> &str {
        &self.origin
    }

    /// The origin that was noted in what is kept, if any was; one that makes no sense is that of no API.
    pub(super) fn noted(kept: &Value) -> Option<String> {
        kept.get("origin").map(|origin| origin.as_str().unwrap_or_default().to_owned())
    }

    /// Why a sign-in that is kept is not used here, and `what` to do.
    pub(super) fn refusal(&self, what: &str) -> String {
        format!("The sign-in that is kept was not made at {}, and is not sent there. {what}", self.origin)
    }

    /// Whether a sign-in is good here that `noted` an origin. Earlier versions noted none: what they kept is
    /// good where nobody has set another API.
    pub(super) fn takes(&self, noted: Option<&str>) -> bool {
        noted.map_or(self.is_usual, |noted| noted == self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_is_good_where_it_was_made() {
        let usual = "https://api.example/v1";
        let rows = [
            (usual, Some("https://api.example"), true),
            ("https://api.example:443/v2/", Some("https://api.example"), true),
            ("https://api.example:8443/v1", Some("https://api.example"), false),
            ("http://api.example/v1", Some("https://api.example"), false),
            ("https://api.example.net/v1", Some("https://api.example"), false),
            ("http://127.0.0.1:4000/", Some("http://127.0.0.1:4000"), true),
            (usual, Some(""), false),
            (usual, None, true),
            ("https://api.example/v2", None, true),
            ("https://other.example/v1", None, false),
        ];
        for (base, noted, expected) in rows {
            let origin = Origin::new(base.parse().ok().as_ref(), usual.parse().ok().as_ref());
            assert_eq!(origin.takes(noted), expected, "{base} {noted:?}");
        }
        // Without any API, and none that is usual, nothing is good.
        assert!(!Origin::new(None, None).takes(None));
    }
}
