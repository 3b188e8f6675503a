//! Whether an answer belongs to the sign-in that was begun, as far as the address tells that the browser was led
//! to. It keeps strangers from ending a sign-in; the service judges what the answer is worth.

use url::Url;

use crate::model::Secret;

use super::listener::Pairs;

/// What comes back as it was sent: `state` (RFC 6749 section 4.1.2) or `oauth_token` (RFC 5849 section 2.2).
const COMES_BACK: [&str; 2] = ["state", "oauth_token"];

/// Who says no to an OAuth 1.0 application names the token so.
const DENIED: &str = "denied";

/// A judge for [`super::Listener::answer`]: what the `visited` address says must come back, does. An address
/// that says nothing of the kind lets every answer through.
pub fn belongs_to(visited: &Url) -> impl Fn(&[(String, Secret)]) -> Result<(), String> + Send + use<> {
    let expected: Pairs = visited
        .query_pairs()
        .filter(|(name, _)| COMES_BACK.contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), Secret::new(value)))
        .collect();
    move |pairs| {
        let came = |name: &str, value: &Secret| {
            let named = |known: &str| known == name || (known == DENIED && name == "oauth_token");
            pairs.iter().any(|(known, found)| named(known) && value.is(found.reveal()))
        };
        if expected.iter().all(|(name, value)| came(name, value)) {
            Ok(())
        } else {
            Err("It does not belong to the sign-in that was begun. Go back to Segue and sign in again."
                .into())
        }
    }
}
