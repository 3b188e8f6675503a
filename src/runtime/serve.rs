//! `segue sandbox`: the demo's services alone, until a signal comes.

use std::sync::Arc;

use crate::model::{Fault, FaultKind};
use crate::sandbox;

use super::clock;
use super::signals::Signals;

/// Serves on 127.0.0.1:`port` (0 takes a free one) and tells the addresses and credentials through
/// `tell`, a line each. Returns the number of the signal that ended it.
///
/// # Errors
/// When the port is taken.
pub fn serve_sandbox(port: u16, tell: &mut dyn FnMut(&str)) -> Result<u8, Fault> {
    super::tokio_runtime()?.block_on(async {
        let failed = |error: std::io::Error| {
            Fault::new(FaultKind::Other, format!("Port {port} of 127.0.0.1 cannot be served: {error}"))
                .hint("Choose another port, or 0 for a free one")
        };
        let sandbox = sandbox::start(port, Arc::new(clock::unix_seconds)).await.map_err(failed)?;
        let mut signals = Signals::listen().map_err(failed)?;
        let keys = sandbox.credentials();
        let authorize_url = sandbox.audiomack_authorize_url();
        tell("# The sandbox serves; these settings lead to it. End it with Ctrl-C.");
        let sections: [(&str, &[(&str, &str)]); 4] = [
            ("audius", &[("app_name", keys.audius.app_name)]),
            (
                "audiomack",
                &[
                    ("consumer_key", keys.audiomack.consumer_key),
                    ("consumer_secret", keys.audiomack.consumer_secret),
                    ("access_token", keys.audiomack.access_token),
                    ("access_token_secret", keys.audiomack.access_token_secret),
                    ("authorize_url", &authorize_url),
                ],
            ),
            (
                "yourmusic",
                &[
                    ("tenant", keys.yourmusic.tenant),
                    ("client_id", keys.yourmusic.client_id),
                    ("client_secret", keys.yourmusic.client_secret),
                    ("user_id", keys.yourmusic.user_id),
                    ("device_id", keys.yourmusic.device_id),
                ],
            ),
            ("audiosocket", &[("token", keys.audiosocket.token)]),
        ];
        for (service, settings) in sections {
            tell(&format!("[services.{service}]"));
            tell(&format!("base_url = {:?}", sandbox.base_url(service)));
            for (name, value) in settings {
                tell(&format!("{name} = {value:?}"));
            }
        }
        Ok(signals.next().await)
    })
}
