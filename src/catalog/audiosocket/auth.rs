//! The token that Audiosocket gave, and where it may go.

use url::Url;

use crate::config::AudiosocketSettings;
use crate::model::Secret;

/// The header that carries the token.
pub(super) struct Auth {
    name: String,
    value: Secret,
}

impl Auth {
    pub(super) fn new(settings: &AudiosocketSettings) -> Self {
        Self {
            name: settings.auth_header.clone(),
            value: Secret::new(format!("{}{}", settings.auth_prefix, settings.token.reveal())),
        }
    }

    /// The headers for an address: none outside the API, since media hosts refuse signed requests that
    /// carry a token too.
    pub(super) fn headers(&self, base: &Url, url: &Url) -> Vec<(String, Secret)> {
        let ours = base.origin() == url.origin();
        ours.then(|| (self.name.clone(), self.value.clone())).into_iter().collect()
    }
}
