//! What is known about what is heard.

use std::time::Duration;

use super::ending::Ending;
use crate::app::event::{Heard, PlayState};
use crate::config::{Equaliser, SoundSettings, Unplugged};
use crate::model::{
    CleanText, EntryId, Fault, OutputChoice, OutputState, PlayId, ServiceId, SoundFormat, Spectrum, Ticket,
    Track, Volume,
};

/// Everything about the sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// The track that plays or is about to; `None`: nothing is loaded.
    pub now: Option<Now>,
    /// Whether the listener holds the sound.
    pub paused: bool,
    /// Loudness.
    pub volume: Volume,
    /// Silent for now.
    pub muted: bool,
    /// Where the sound goes, once that is known.
    pub output: Option<OutputState>,
    /// Where the listener wants it.
    pub(in crate::app) choice: OutputChoice,
    /// What is done when the device goes away.
    pub(in crate::app) unplugged: Unplugged,
    /// The device whose going away paused it.
    pub(in crate::app) lost: Option<CleanText>,
    /// The newest report of what is heard.
    pub heard: Heard,
    /// Why the last track ended playing altogether, when that was a failure.
    pub failed: Option<Fault>,
    /// When playing is to end before the queue does.
    pub ending: Ending,
    /// How the sound is shaped.
    pub sound: SoundSettings,
    /// How it is configured.
    pub(in crate::app) sound_configured: SoundSettings,
    /// Whether the spectrum is shown.
    pub shows_spectrum: bool,
    /// The newest one.
    pub spectrum: Option<Spectrum>,
    /// The listener's own bands, to come back to.
    pub(super) own_bands: Option<[f32; 10]>,
    pub(super) ahead: Ahead,
    /// Where the current row starts when nothing is loaded.
    pub(super) resume_at: Duration,
    /// Where a seek under way leads, until the ear is there.
    pub(super) seeking: Option<Duration>,
    /// Where the pointer drags the progress to, until it is let go.
    pub(in crate::app) aim: Option<Duration>,
    pub(super) seek_wait: Option<Ticket>,
    /// The longest wait for a track that was appended to begin.
    pub(super) gap_wait: Option<Ticket>,
    pub(super) failures_in_row: u32,
    pub(super) over: bool,
    pub(in crate::app) volume_step: u8,
}

/// An attempt to play a row of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Now {
    /// Which attempt.
    pub play_id: PlayId,
    /// Which row of the queue.
    pub entry: EntryId,
    /// What it plays, even when the row has been taken out since.
    pub track: Track,
    /// How far it is.
    pub stage: Stage,
    /// What is heard, once it is.
    pub format: Option<SoundFormat>,
    /// What a station says it plays, where it says so.
    pub on_air: Option<CleanText>,
    /// The sound's own length where known, else the source's word for it.
    pub length: Option<Duration>,
    /// Where this attempt starts.
    pub(super) start: Duration,
    /// Whether any of it was heard.
    pub(super) has_sounded: bool,
    /// Whether its address was already asked for a second time.
    pub(super) relocated: bool,
    /// How often its source may yet be asked where it goes on, should nobody be reached.
    pub(super) patience: u8,
    /// The pause before that.
    pub(super) locate_wait: Option<Ticket>,
    /// Its service was told of the listen.
    pub(super) counted: bool,
    /// Whether the player wants the next track.
    pub(super) wants_next: bool,
    /// Whether its service is to be asked for its address once it may be.
    pub(super) is_limited: bool,
    /// How often that was so.
    pub(super) limits: u8,
    /// Why the same recording was looked for elsewhere, if it was.
    pub(super) sought: Option<Fault>,
    /// Why nothing comes in, while it is asked for again.
    pub(super) snag: Option<CleanText>,
}

/// How far an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its source is asked where the bytes are.
    Locating,
    /// The player opens it.
    Loading,
    /// It is heard, or paused.
    Sounding,
    /// Its last sample was heard; the next track is due.
    Ended,
}

/// What will follow without a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Ahead {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Its address is asked for.
    Locating(PlayId, EntryId),
    /// The player has it.
    Appended(PlayId, EntryId),
    /// It did not work ahead of time; it is tried again when its turn comes.
    GaveUp(EntryId),
    /// Its service may not be asked now; it is once that is over.
    Limited(ServiceId, EntryId),
}

impl Playback {
    pub(in crate::app) fn new(
        volume: Volume,
        volume_step: u8,
        sound: SoundSettings,
        resume_at: Duration,
    ) -> Self {
        Self {
            now: None,
            paused: false,
            volume,
            muted: false,
            output: None,
            choice: OutputChoice::Auto,
            unplugged: Unplugged::Move,
            lost: None,
            heard: Heard::default(),
            failed: None,
            ending: Ending::Never,
            sound,
            sound_configured: sound,
            shows_spectrum: false,
            spectrum: None,
            own_bands: match sound.equaliser {
                Equaliser::Own(gains) => Some(gains),
                Equaliser::Off | Equaliser::Preset(_) => None,
            },
            ahead: Ahead::Nothing,
            resume_at,
            seeking: None,
            aim: None,
            seek_wait: None,
            gap_wait: None,
            failures_in_row: 0,
            over: false,
            volume_step,
        }
    }

    /// How far into the current track the ear is, or will be once it plays.
    pub fn position(&self) -> Duration {
        match &self.now {
            None => self.resume_at,
            Some(now) => match self.seeking {
                Some(target) => target,
                None if self.heard.play_id == Some(now.play_id) => self.heard.position,
                None => now.start,
            },
        }
    }

    /// Where the progress line stands: at the position, or where the pointer drags it to.
    pub fn shown_position(&self) -> Duration {
        self.aim.unwrap_or_else(|| self.position())
    }

    /// Whether the position is only about right, since the file does not tell where its places are.
    pub fn is_about(&self) -> bool {
        self.heard_now() && self.heard.is_about
    }

    /// Whether what plays has no end, as a station has none.
    pub fn is_live(&self) -> bool {
        self.heard_now() && self.heard.is_live
    }

    /// How long the track that plays is, where that is known.
    pub fn length(&self) -> Option<Duration> {
        self.now.as_ref()?.length
    }

    /// Whether what is heard is bit for bit what was decoded.
    pub fn is_exact(&self) -> bool {
        self.heard_now() && self.heard.exact
    }

    /// By how many decibels the loudness of what is heard is evened out; `None` where it is not.
    pub fn level_db(&self) -> Option<f32> {
        Some(self.heard.level_db).filter(|db| self.heard_now() && db.abs() >= 0.05)
    }

    /// How much sound is ready beyond the ear.
    pub fn buffered(&self) -> Duration {
        if self.heard_now() { self.heard.buffered } else { Duration::ZERO }
    }

    /// What the play glyph shows: stopped, playing, paused or waiting for sound.
    pub fn play_state(&self) -> PlayState {
        match &self.now {
            None => PlayState::Stopped,
            Some(_) if self.paused => PlayState::Paused,
            Some(now) if now.stage == Stage::Sounding && self.heard_now() => match self.heard.state {
                PlayState::Buffering => PlayState::Buffering,
                PlayState::Playing | PlayState::Paused | PlayState::Stopped => PlayState::Playing,
            },
            Some(now) if now.stage == Stage::Sounding => PlayState::Playing,
            Some(_) => PlayState::Buffering,
        }
    }

    pub(super) fn heard_now(&self) -> bool {
        self.now.as_ref().is_some_and(|now| self.heard.play_id == Some(now.play_id))
    }
}
