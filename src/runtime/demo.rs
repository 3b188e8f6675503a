//! The demo: the services on this machine, and settings that lead to them.

use std::sync::Arc;

use tokio::runtime::Runtime;
use url::Url;

use crate::config::Settings;
use crate::model::{Fault, FaultKind, Secret};
use crate::sandbox::{self, Sandbox};

use super::clock;
use super::profile::Profile;

/// The demo's services; they end when this is dropped.
#[derive(Debug)]
pub(super) struct Demo(Sandbox);

impl Demo {
    /// Starts them for a run of the demo, and leads its settings to them. Nothing for other runs. What
    /// comes back is to be kept as long as the run.
    pub fn begin(profile: &mut Profile, tasks: &Runtime) -> Result<Option<Self>, Fault> {
        let demo = profile.demo.then(|| tasks.block_on(Self::start())).transpose()?;
        if let Some(demo) = &demo {
            profile.settings = demo.settings(&profile.settings);
        }
        Ok(demo)
    }

    /// Starts them on a free port.
    async fn start() -> Result<Self, Fault> {
        let started = sandbox::start(0, Arc::new(clock::unix_seconds)).await;
        started.map(Self).map_err(|error| {
            Fault::new(FaultKind::Other, format!("The demo's services cannot be started: {error}"))
        })
    }

    /// The same settings with every service on this machine.
    fn settings(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        let base = |service| Url::parse(&self.0.base_url(service)).ok();
        let keys = self.0.credentials();
        let services = &mut settings.services;
        services.audius.enabled = true;
        services.audius.base_url = base("audius");
        services.audius.app_name = keys.audius.app_name.to_owned();
        services.audiomack.enabled = true;
        services.audiomack.base_url = base("audiomack");
        services.audiomack.consumer_key = Secret::new(keys.audiomack.consumer_key);
        services.audiomack.consumer_secret = Secret::new(keys.audiomack.consumer_secret);
        services.audiomack.access_token = Secret::new(keys.audiomack.access_token);
        services.audiomack.access_token_secret = Secret::new(keys.audiomack.access_token_secret);
        services.audiomack.authorize_url = Url::parse(&self.0.audiomack_authorize_url()).ok();
        services.yourmusic.enabled = true;
        services.yourmusic.base_url = base("yourmusic");
        services.yourmusic.tenant = keys.yourmusic.tenant.to_owned();
        services.yourmusic.client_id = Secret::new(keys.yourmusic.client_id);
        services.yourmusic.client_secret = Secret::new(keys.yourmusic.client_secret);
        services.yourmusic.user_id = keys.yourmusic.user_id.to_owned();
        services.yourmusic.device_id = keys.yourmusic.device_id.to_owned();
        services.audiosocket.enabled = true;
        services.audiosocket.base_url = base("audiosocket");
        services.audiosocket.token = Secret::new(keys.audiosocket.token);
        settings
    }
}
