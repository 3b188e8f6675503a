//! Playing that ends before the queue does: after this track, or when the sleep timer runs out.

use std::time::Duration;

use super::state::Stage;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::model::Ticket;

/// The steps of the sleep timer, in minutes.
const STEPS: [u16; 5] = [15, 30, 45, 60, 90];

/// How long the sound fades when the sleep timer has run out.
const FADE: Duration = Duration::from_secs(10);

const MINUTE_MS: u64 = 60_000;

/// When playing is to end, apart from the queue's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// Not at all.
    #[default]
    Never,
    /// With the track that plays.
    WithTrack,
    /// By the sleep timer.
    In {
        /// What is left, begun minutes counted whole.
        minutes: u16,
        /// Of the minute that runs.
        minute: Ticket,
    },
    /// The sleep timer has run out: the sound fades, and is held once this has elapsed.
    Fading(Ticket),
}

impl Ending {
    /// As the screen says it; `None` when there is nothing to say.
    pub fn title(self) -> Option<String> {
        match self {
            Self::Never => None,
            Self::WithTrack => Some("stops after this".to_owned()),
            Self::In { minutes, .. } => Some(format!("sleep {minutes} min")),
            Self::Fading(_) => Some("sleep now".to_owned()),
        }
    }
}

impl State {
    pub(in crate::app) fn toggle_stop_after(&mut self) -> Vec<Effect> {
        match self.playback.ending {
            Ending::WithTrack => self.end_never("Playing goes on after this track"),
            Ending::Never | Ending::In { .. } | Ending::Fading(_) => self.end_with_track(),
        }
    }

    /// The sleep timer's next step: the end of this track, then longer and longer, then off.
    pub(in crate::app) fn change_sleep(&mut self) -> Vec<Effect> {
        let minutes = match self.playback.ending {
            Ending::Never => return self.end_with_track(),
            Ending::WithTrack => STEPS.first(),
            Ending::In { minutes, .. } => STEPS.iter().find(|step| **step > minutes),
            Ending::Fading(_) => None,
        };
        match minutes {
            None => self.end_never("Sleep timer: off"),
            Some(&minutes) => self.sleep_in(minutes),
        }
    }

    /// Sets the sleep timer to so many minutes.
    pub(in crate::app) fn sleep_in(&mut self, minutes: u16) -> Vec<Effect> {
        let mut effects = self.end_in(minutes);
        effects.extend(self.plan_ahead());
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        effects.extend(self.tell(Level::Info, format!("Sleep timer: {minutes} {unit}")));
        effects
    }

    fn end_with_track(&mut self) -> Vec<Effect> {
        let was = std::mem::replace(&mut self.playback.ending, Ending::WithTrack);
        let mut effects = self.plan_ahead();
        if self.playback.now.as_ref().is_some_and(|now| now.stage == Stage::Ended) {
            effects.extend(self.end_here());
        } else {
            let words = match was {
                Ending::In { .. } | Ending::Fading(_) => {
                    "Playing stops after this track; the sleep timer is off"
                }
                Ending::Never | Ending::WithTrack => "Playing stops after this track",
            };
            effects.extend(self.tell(Level::Info, words));
        }
        effects
    }

    fn end_never(&mut self, words: &'static str) -> Vec<Effect> {
        self.playback.ending = Ending::Never;
        let mut effects = self.plan_ahead();
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    fn end_in(&mut self, minutes: u16) -> Vec<Effect> {
        let minute = self.next_ticket();
        self.playback.ending = Ending::In { minutes, minute };
        vec![Effect::Wait { ticket: minute, delay_ms: MINUTE_MS }]
    }

    /// The row that plays by itself when this track is over; none when it is the last one wanted.
    pub(super) fn row_to_come(&self) -> Option<usize> {
        match self.playback.ending {
            Ending::WithTrack => None,
            Ending::Never | Ending::In { .. } | Ending::Fading(_) => self.row_after(false),
        }
    }

    /// The track after which playing was to stop is over: the next one is at hand, and does not play.
    pub(super) fn end_here(&mut self) -> Vec<Effect> {
        self.playback.ending = Ending::Never;
        let next = self.row_after(false);
        let effects = self.unload();
        self.playback.give_up();
        self.playback.forget_place();
        self.queue.current = next.or((!self.queue.entries.is_empty()).then_some(0));
        effects.into_iter().chain(self.tell(Level::Info, "Stopped after the track, as asked")).collect()
    }

    pub(in crate::app) fn ending_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        match self.playback.ending {
            Ending::In { minutes, minute } if minute == ticket => match minutes.saturating_sub(1) {
                0 => self.fall_asleep(),
                left => self.end_in(left),
            },
            Ending::Fading(end) if end == ticket => {
                self.playback.ending = Ending::Never;
                let mut effects = self.pause();
                effects.extend(self.tell(Level::Info, "Paused by the sleep timer"));
                effects
            }
            Ending::Never | Ending::WithTrack | Ending::In { .. } | Ending::Fading(_) => Vec::new(),
        }
    }

    fn fall_asleep(&mut self) -> Vec<Effect> {
        self.playback.ending = Ending::Never;
        if self.playback.now.is_none() || self.playback.paused {
            return Vec::new();
        }
        let ticket = self.next_ticket();
        self.playback.ending = Ending::Fading(ticket);
        let delay_ms = u64::try_from(FADE.as_millis()).unwrap_or(u64::MAX);
        vec![Effect::FadeOut { over: FADE }, Effect::Wait { ticket, delay_ms }]
    }

    /// Somebody is there after all: the sound that fades comes back.
    pub(in crate::app) fn stay_awake(&mut self) -> Vec<Effect> {
        if !matches!(self.playback.ending, Ending::Fading(_)) {
            return Vec::new();
        }
        self.playback.ending = Ending::Never;
        let mut effects = vec![Effect::FadeIn];
        effects.extend(self.tell(Level::Info, "Sleep timer: off"));
        effects
    }
}
