//! The services on this machine, in the process of the test, so that it sees every request.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use segue::sandbox::{self, Sandbox};
use tokio::runtime::Runtime;

use crate::program::Home;

/// The services of a test; they end with it.
pub struct Services {
    _tasks: Runtime,
    pub sandbox: Sandbox,
}

impl Services {
    pub fn start() -> Self {
        Self::start_at(0)
    }

    /// On this port, where somebody looks for them; 0: on a free one.
    pub fn start_at(port: u16) -> Self {
        let tasks =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        #[expect(clippy::disallowed_methods, reason = "the program under test has the real clock")]
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let sandbox = tasks.block_on(sandbox::start(port, Arc::new(clock))).unwrap();
        Self { _tasks: tasks, sandbox }
    }

    /// A home whose configuration leads here, with what a listener has before a sign-in.
    pub fn home(&self) -> Home {
        Home::new().config(&self.config())
    }

    /// That configuration.
    pub fn config(&self) -> String {
        let keys = self.sandbox.credentials();
        let base = |service| self.sandbox.base_url(service);
        format!(
            "[player]\noutput = \"null\"\n[log]\nlevel = \"debug\"\n\
             [services.audius]\nbase_url = \"{}\"\napi_key = \"{}\"\n\
             [services.audiomack]\nbase_url = \"{}\"\nauthorize_url = \"{}\"\n\
             consumer_key = \"{}\"\nconsumer_secret = \"{}\"\n\
             [services.yourmusic]\nbase_url = \"{}\"\ntenant = \"{}\"\n\
             [services.audiosocket]\nbase_url = \"{}\"\n",
            base("audius"),
            keys.audius.api_key,
            base("audiomack"),
            self.sandbox.audiomack_authorize_url(),
            keys.audiomack.consumer_key,
            keys.audiomack.consumer_secret,
            base("yourmusic"),
            keys.yourmusic.tenant,
            base("audiosocket"),
        )
    }

    /// A home where somebody is signed in everywhere but at Audius.
    pub fn signed_in(&self) -> Home {
        Home::new().config(&self.signed_in_config())
    }

    /// That configuration.
    pub fn signed_in_config(&self) -> String {
        let keys = self.sandbox.credentials();
        let config = self
            .config()
            .replace(
                "consumer_secret = ",
                &format!(
                    "access_token = \"{}\"\naccess_token_secret = \"{}\"\nconsumer_secret = ",
                    keys.audiomack.access_token, keys.audiomack.access_token_secret
                ),
            )
            .replace(
                "tenant = ",
                &format!(
                    "client_id = \"{}\"\nclient_secret = \"{}\"\nuser_id = \"{}\"\ndevice_id = \"{}\"\ntenant = ",
                    keys.yourmusic.client_id,
                    keys.yourmusic.client_secret,
                    keys.yourmusic.user_id,
                    keys.yourmusic.device_id
                ),
            );
        format!("{config}token = \"{}\"\n", keys.audiosocket.token)
    }
}
