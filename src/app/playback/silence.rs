//! Why nothing is heard, in words.

use std::fmt;

use super::state::Stage;
use crate::app::event::PlayState;
use crate::app::state::State;
use crate::model::{CleanText, Fault, OutputState, TrackRef};

/// A reason for silence.
#[derive(Clone, Debug, PartialEq)]
pub enum Silence {
    /// Nothing was chosen yet.
    NothingChosen,
    /// A track is there and does not play; the play key starts it.
    Stopped,
    /// The last try failed.
    Failed(Fault),
    /// The listener paused.
    Paused,
    /// Held because the device went away; it goes on when that one is back.
    Lost(CleanText),
    /// There is no sound device.
    NoDevice(CleanText),
    /// There is no network, and what plays is not on this machine.
    Offline,
    /// The service is asked where the track's bytes are.
    WaitingForService,
    /// The track is being opened.
    Opening,
    /// Sound comes in too slowly.
    Buffering {
        /// What came in lately.
        bytes_per_second: u64,
    },
    /// Nothing comes in, for this reason; it is asked for again.
    Snagged(CleanText),
    /// Muted.
    Muted,
    /// The volume is 0.
    VolumeZero,
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingChosen => f.write_str("nothing chosen yet"),
            Self::Stopped => f.write_str("stopped"),
            Self::Failed(fault) => write!(f, "failed: {fault}"),
            Self::Paused => f.write_str("paused"),
            Self::Lost(device) => write!(f, "paused: {device} is gone"),
            Self::NoDevice(reason) => write!(f, "no sound device: {reason}"),
            Self::Offline => f.write_str("offline"),
            Self::WaitingForService => f.write_str("waiting for the service"),
            Self::Opening => f.write_str("opening the track"),
            Self::Buffering { bytes_per_second: 0 } => f.write_str("buffering: nothing comes in"),
            Self::Buffering { bytes_per_second } => {
                write!(f, "buffering at {} kB/s", bytes_per_second.div_ceil(1000))
            }
            Self::Snagged(why) => write!(f, "{why}; asked for again"),
            Self::Muted => f.write_str("muted"),
            Self::VolumeZero => f.write_str("volume 0"),
        }
    }
}

impl State {
    /// Why nothing is heard at this moment; `None` when something is. Its `Display` is in words.
    pub fn why_silent(&self) -> Option<Silence> {
        let playback = &self.playback;
        let Some(now) = &playback.now else {
            return Some(match (&playback.failed, self.queue.current_entry()) {
                (Some(fault), _) => Silence::Failed(fault.clone()),
                (None, Some(_)) => Silence::Stopped,
                (None, None) => Silence::NothingChosen,
            });
        };
        if playback.paused {
            return Some(match &playback.lost {
                Some(device) => Silence::Lost(device.clone()),
                None => Silence::Paused,
            });
        }
        if let Some(OutputState::NoDevice { reason }) = &playback.output {
            return Some(Silence::NoDevice(reason.clone()));
        }
        let nothing_comes = now.stage != Stage::Sounding || playback.play_state() == PlayState::Buffering;
        if nothing_comes && self.is_out_of_reach(&now.track) {
            return Some(Silence::Offline);
        }
        if let Some(why) = now.snag.as_ref().filter(|_| nothing_comes) {
            return Some(Silence::Snagged(why.clone()));
        }
        match (now.stage, &now.track.reference) {
            (Stage::Locating, TrackRef::Service { .. }) => return Some(Silence::WaitingForService),
            (Stage::Locating | Stage::Loading | Stage::Ended, _) => return Some(Silence::Opening),
            (Stage::Sounding, _) => {}
        }
        if playback.play_state() == PlayState::Buffering {
            return Some(Silence::Buffering { bytes_per_second: playback.heard.bytes_per_second });
        }
        match (playback.muted, playback.volume.percent()) {
            (true, _) => Some(Silence::Muted),
            (false, 0) => Some(Silence::VolumeZero),
            (false, _) => None,
        }
    }
}
