//! Whether a service has what it needs before any request is made.

use url::Url;

use crate::model::SignIn;

use super::CatalogError;
use super::address::usable_base;

/// A service's API base, or what must be set first.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    service: &'static str,
    /// The base, or which settings are missing.
    base: Result<Url, String>,
    /// Whether credentials belong to it.
    signed: bool,
}

impl Setup {
    /// For a service whose keys start with `prefix` ("services.audius"). `needs` lists each setting it
    /// cannot do without, and whether it is there.
    pub(super) fn new(
        service: &'static str,
        prefix: &str,
        base: Option<&Url>,
        needs: &[(&'static str, bool)],
    ) -> Self {
        let missing: Vec<&str> = needs.iter().filter(|(_, there)| !there).map(|(key, _)| *key).collect();
        let base = match (usable_base(base), missing.split_last()) {
            (None, _) => Err(format!("Set {prefix}.base_url to an https address")),
            (Some(base), None) => Ok(base),
            (Some(_), Some((last, []))) => Err(format!("Set {prefix}.{last}")),
            (Some(_), Some((last, rest))) => Err(format!("Set {prefix}.{} and {last}", rest.join(", "))),
        };
        Self { service, base, signed: !needs.is_empty() }
    }

    /// The API base; without the settings a sign-in error that names them.
    pub(super) fn base(&self) -> Result<&Url, CatalogError> {
        self.base.as_ref().map_err(|hint| CatalogError::SignIn { service: self.service, hint: hint.clone() })
    }

    /// The same for a service's capabilities.
    pub(super) fn sign_in(&self) -> SignIn {
        match &self.base {
            Ok(_) if self.signed => SignIn::Ready,
            Ok(_) => SignIn::NotNeeded,
            Err(hint) => SignIn::Missing(hint.as_str().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let base: Url = "https://api.example/v1".parse().unwrap();
        let odd: Url = "ftp://api.example/".parse().unwrap();
        let check = |base: Option<&Url>, needs: &[(&'static str, bool)], expected: SignIn| {
            let setup = Setup::new("Example", "services.example", base, needs);
            assert_eq!(setup.base().is_ok(), !matches!(expected, SignIn::Missing(_)));
            assert_eq!(setup.sign_in(), expected);
        };
        check(Some(&base), &[], SignIn::NotNeeded);
        check(Some(&base), &[("key", true)], SignIn::Ready);
        check(
            None,
            &[("key", true)],
            SignIn::Missing("Set services.example.base_url to an https address".into()),
        );
        check(Some(&odd), &[], SignIn::Missing("Set services.example.base_url to an https address".into()));
        check(Some(&base), &[("key", false)], SignIn::Missing("Set services.example.key".into()));
        check(
            Some(&base),
            &[("key", false), ("id", true), ("secret", false), ("user", false)],
            SignIn::Missing("Set services.example.key, secret and user".into()),
        );
    }
}
