//! Tells when nothing is to be copied: quiet hours, and a network that is paid for by the byte. The clock is looked at
//! again and again, so that it may jump.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

use crate::app::{Event, Weather};
use crate::config::{QuietHours, Settings};
use crate::library::minute_of_day;

use super::clock;

/// Between two looks at the clock.
pub(super) const LOOK: Duration = Duration::from_secs(15);

/// What is to be told of the time and the network, apart from whether there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct WeatherHouse {
    quiet_hours: Option<QuietHours>,
    is_metered: bool,
}

impl WeatherHouse {
    pub fn new(settings: &Settings) -> Self {
        Self { quiet_hours: settings.downloads.quiet_hours, is_metered: settings.network.metered }
    }

    /// As it is at this moment, in seconds since 1970.
    pub fn at(self, unix_seconds: u64) -> Weather {
        let is_quiet = self
            .quiet_hours
            .is_some_and(|hours| minute_of_day(unix_seconds).is_some_and(|minute| hours.holds(minute)));
        Weather { is_quiet, is_metered: self.is_metered, is_offline: false }
    }

    /// Tells of every change until nobody listens any more. Where nothing can change, nobody looks.
    pub fn watch(self, tasks: &Handle, events: Sender<Event>) {
        let mut told = Weather::default();
        tasks.spawn(async move {
            loop {
                let weather = self.at(clock::unix_seconds());
                if weather != told {
                    told = weather;
                    if events.send(Event::DownloadWeather(weather)).await.is_err() {
                        return;
                    }
                }
                if self.quiet_hours.is_none() {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    }
}
