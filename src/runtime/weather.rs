//! Tells when nothing is to be copied: quiet hours, and a network that is paid for by the byte. The clock is looked at
//! again and again, so that it may jump.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

use crate::app::{Event, Weather};
use crate::config::{MeteredNetwork, QuietHours, Settings};
use crate::library::minute_of_day;

use super::clock;
use super::metered::{self, Metered};

/// Between two looks at the clock.
pub(super) const LOOK: Duration = Duration::from_secs(15);

/// How long the system is waited for when it is asked what the network costs.
const ANSWER: Duration = Duration::from_millis(500);

/// What is to be told of the time and the network, apart from whether there is one.
#[derive(Clone, Debug)]
pub(super) struct WeatherHouse {
    quiet_hours: Option<QuietHours>,
    metered: Metered,
}

impl WeatherHouse {
    /// Goes by the settings, and asks the system, on a task of `tasks`, where these leave it to that.
    pub fn new(settings: &Settings, tasks: &Handle) -> Self {
        let metered = match settings.network.metered {
            MeteredNetwork::Auto => metered::ask(tasks),
            MeteredNetwork::Yes => metered::known(true),
            MeteredNetwork::No => metered::known(false),
        };
        Self { quiet_hours: settings.downloads.quiet_hours, metered }
    }

    /// Waits a moment for what the system says, so that nothing is begun before.
    pub async fn settle(&mut self) {
        let known = self.metered.wait_for(Option::is_some);
        // Who does not answer in time is heard later.
        drop(tokio::time::timeout(ANSWER, known).await);
    }

    /// As it is at this moment, in seconds since 1970.
    pub fn at(&self, unix_seconds: u64) -> Weather {
        let is_quiet = self
            .quiet_hours
            .is_some_and(|hours| minute_of_day(unix_seconds).is_some_and(|minute| hours.holds(minute)));
        let is_metered = self.metered.borrow().unwrap_or(false);
        Weather { is_quiet, is_metered, is_offline: false }
    }

    /// Tells of every change until nobody listens any more. Where nothing can change, nobody looks.
    pub fn watch(mut self, tasks: &Handle, events: Sender<Event>) {
        let mut told = Weather::default();
        tasks.spawn(async move {
            let mut may_change = true;
            loop {
                let weather = self.at(clock::unix_seconds());
                if weather != told {
                    told = weather;
                    if events.send(Event::DownloadWeather(weather)).await.is_err() {
                        return;
                    }
                }
                if self.quiet_hours.is_none() && !may_change {
                    return;
                }
                tokio::select! {
                    changed = self.metered.changed(), if may_change => may_change = changed.is_ok(),
                    () = tokio::time::sleep(LOOK), if self.quiet_hours.is_some() => {}
                }
            }
        });
    }
}
