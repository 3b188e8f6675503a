//! Long tracks go on where they were left, also weeks later.

use std::time::Duration;

use super::state::Stage;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::{Resume, TrackRef, format_clock};

/// What is longer than this is seldom heard in one go.
const LONG: Duration = Duration::from_mins(20);

/// So close to its start or its end a place in a track is none to go on from.
const MARGIN: Duration = Duration::from_mins(1);

impl State {
    /// Keeps where the current track is left, if it is one to go on with, or forgets where it was left
    /// before.
    pub(super) fn keep_place(&mut self) -> Vec<Effect> {
        // A track that was never heard has not left its place, and one that is over has none.
        let Some(now) = self.playback.now.as_ref().filter(|now| now.has_sounded) else { return Vec::new() };
        let point = place(self.playback.position(), now.length);
        self.set_place(now.track.reference.clone(), point)
    }

    /// The current track begins anew next time.
    pub(super) fn forget_resume(&mut self) -> Vec<Effect> {
        if let Some(now) = &mut self.playback.now {
            now.has_sounded &= now.stage != Stage::Ended;
        }
        match self.current_track().map(|track| track.reference.clone()) {
            Some(track) => self.set_place(track, None),
            None => Vec::new(),
        }
    }

    /// The track that stands there from the last run goes on where it was left, whatever is played before.
    pub(in crate::app) fn keep_place_of_last_time(&mut self) -> Vec<Effect> {
        let position = self.playback.position();
        let Some(track) = self.current_track() else { return Vec::new() };
        match place(position, track.length) {
            Some(point) => self.set_place(track.reference.clone(), Some(point)),
            None => Vec::new(),
        }
    }

    fn set_place(&mut self, track: TrackRef, place: Option<Resume>) -> Vec<Effect> {
        let before = match place {
            Some(place) => self.learned.resume.insert(track.clone(), place),
            None => self.learned.resume.remove(&track),
        };
        match place {
            Some(Resume { position, length: Some(length), .. }) => {
                vec![Effect::KeepResume { track, position, length }]
            }
            Some(_) | None if before.is_some() => vec![Effect::ForgetResume { track }],
            Some(_) | None => Vec::new(),
        }
    }

    /// Where a track goes on, where it was left in the middle.
    pub(super) fn resume_point(&self, track: &TrackRef) -> Option<Duration> {
        self.learned.resume.get(track).map(|point| point.position)
    }

    pub(super) fn tell_resumed(&mut self, position: Duration) -> Vec<Effect> {
        let keys = self.keymap.keys_of(&Action::Restart);
        let again = keys.first().map(|key| format!("; {key} starts it again")).unwrap_or_default();
        self.tell(Level::Info, format!("Went on at {}{again}", format_clock(position)))
    }
}

/// A place in the middle of something long; whoever keeps it knows when that was.
fn place(position: Duration, length: Option<Duration>) -> Option<Resume> {
    let length = length.filter(|length| *length > LONG)?;
    let left = length.saturating_sub(position);
    (position >= MARGIN && left >= MARGIN).then_some(Resume { position, length: Some(length), kept_at: 0 })
}
