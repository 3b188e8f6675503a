//! What the listener asks of the sound.

use std::time::Duration;

use super::state::{Ahead, Now, Playback, Stage};
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::queue::Repeat;
use crate::app::state::State;
use crate::model::{OutputState, Purpose, Track, Volume};

/// "Previous" goes to the start of the track once this much of it has played.
const RESTART_AFTER: Duration = Duration::from_secs(3);

/// Longest wait for the ear to be where a seek leads.
const SEEK_WAIT_MS: u64 = 3_000;

/// A listen of this long counts, however long the track is.
const COUNTS_AFTER: Duration = Duration::from_secs(240);

/// A seek stops this short of the end, so that the end is heard.
const BEFORE_END: Duration = Duration::from_secs(1);

impl State {
    /// Plays a row of the queue from `start`, in place of what plays; a long track that is to start at its
    /// beginning goes on where it was left.
    pub(in crate::app) fn play_row(&mut self, row: usize, start: Duration) -> Vec<Effect> {
        let mut effects = self.unload();
        let Some(entry) = self.queue.entries.get(row) else { return effects };
        let (id, track) = (entry.id, Track::clone(&entry.track));
        let mut start = start;
        if let Some(place) = self.resume_point(&track.reference).filter(|_| start.is_zero()) {
            start = place;
            effects.extend(self.tell_resumed(place));
        }
        let play_id = self.next_play_id();
        self.queue.current = Some(row);
        let playback = &mut self.playback;
        playback.paused = false;
        playback.over = false;
        playback.failed = None;
        playback.resume_at = Duration::ZERO;
        effects.push(Effect::Locate { play_id, track: track.reference.clone(), purpose: Purpose::Listen });
        playback.now = Some(Now::new(play_id, id, track, start));
        effects
    }

    /// Unloads what is loaded, if anything.
    pub(in crate::app) fn unload(&mut self) -> Vec<Effect> {
        let loaded = self.playback.is_loaded();
        let mut effects = self.keep_place();
        effects.extend(self.playback.listen());
        self.playback.clear();
        if loaded {
            effects.push(Effect::Stop);
        }
        effects
    }

    pub(in crate::app) fn toggle_pause(&mut self) -> Vec<Effect> {
        if self.playback.now.is_none() || self.playback.paused { self.play() } else { self.pause() }
    }

    pub(in crate::app) fn play(&mut self) -> Vec<Effect> {
        if self.playback.now.is_none() {
            let row = self.queue.current.or(self.queue.list.cursor());
            let start = self.playback.resume_at;
            return match row {
                Some(row) => self.play_row(row, start),
                None => self.tell(Level::Info, "Nothing to play yet: choose a track first"),
            };
        }
        self.hold(false)
    }

    pub(in crate::app) fn pause(&mut self) -> Vec<Effect> {
        if self.playback.now.is_some() { self.hold(true) } else { Vec::new() }
    }

    /// Pauses or goes on. A track that is not loaded yet is loaded accordingly.
    fn hold(&mut self, paused: bool) -> Vec<Effect> {
        let playback = &mut self.playback;
        if let (false, Some(device), Some(OutputState::NoDevice { .. })) =
            (paused, &playback.lost, &playback.output)
        {
            // Time would pass in silence, and the place with it.
            let words = format!("There is no sound device: it plays on when {device} is back");
            return self.tell(Level::Warning, words);
        }
        playback.lost = None;
        if playback.paused == paused {
            return Vec::new();
        }
        playback.paused = paused;
        if !paused && let Some(now) = &mut playback.now {
            now.may_relocate_again();
        }
        match (playback.is_loaded(), paused) {
            (false, _) => Vec::new(),
            (true, true) => vec![Effect::Pause],
            (true, false) => vec![Effect::Resume],
        }
    }

    /// Unloads; the current row stays and starts from its beginning next time.
    pub(in crate::app) fn stop(&mut self) -> Vec<Effect> {
        let place = self.forget_resume();
        if let Some(now) = &mut self.playback.now {
            now.has_sounded = false;
        }
        let mut effects = self.unload();
        self.playback.forget_place();
        effects.extend(place);
        effects
    }

    pub(in crate::app) fn next_track(&mut self) -> Vec<Effect> {
        match self.row_after(true) {
            Some(row) => self.play_row(row, Duration::ZERO),
            None if self.queue.entries.is_empty() => self.tell(Level::Info, "The queue is empty"),
            None => self.tell(Level::Info, "This is the queue's last track"),
        }
    }

    pub(in crate::app) fn previous_track(&mut self) -> Vec<Effect> {
        let restarts = self.playback.position() > RESTART_AFTER;
        match self.queue.current.and_then(|row| row.checked_sub(1)) {
            Some(row) if !restarts => self.play_row(row, Duration::ZERO),
            Some(_) | None => self.restart_track(),
        }
    }

    /// The row that follows the one that plays: by itself, or because it is `asked` for, which
    /// leaves a track that is repeated.
    pub(in crate::app) fn row_after(&self, asked: bool) -> Option<usize> {
        let next = self.row_in_order(asked)?;
        let rows = &self.queue.entries;
        let is_here = |row: &usize| rows.get(*row).is_some_and(|entry| !self.is_out_of_reach(&entry.track));
        // Without a network what can be heard comes; where nothing can, the next one says why.
        let is_round = self.queue.repeat == Repeat::All;
        let round = (0..next).filter(|_| is_round);
        Some((next..rows.len()).chain(round).find(is_here).unwrap_or(next))
    }

    /// The row that comes next, whether or not it can be heard.
    fn row_in_order(&self, asked: bool) -> Option<usize> {
        let queue = &self.queue;
        let first = (!queue.entries.is_empty()).then_some(0);
        let Some(current) = queue.current else { return first };
        if self.playback.now.is_some() && self.playing_row().is_none() {
            // What plays is no row any more; the current row's turn is still to come.
            return Some(current);
        }
        match queue.repeat {
            Repeat::One if !asked => Some(current),
            Repeat::Off | Repeat::All | Repeat::One if current + 1 < queue.entries.len() => Some(current + 1),
            Repeat::All => first,
            Repeat::Off | Repeat::One => None,
        }
    }

    pub(in crate::app) fn restart_track(&mut self) -> Vec<Effect> {
        self.seek_to(Duration::ZERO)
    }

    pub(in crate::app) fn seek_by(&mut self, seconds: i64) -> Vec<Effect> {
        let step = Duration::from_secs(seconds.unsigned_abs());
        let position = self.playback.position();
        let target = if seconds < 0 { position.saturating_sub(step) } else { position.saturating_add(step) };
        let length = self.length_now();
        // Never back when asked to go on: the last second may have begun.
        let last = length.map_or(target, |length| length.saturating_sub(BEFORE_END));
        self.seek_to(if seconds < 0 { target } else { target.min(last).max(position) })
    }

    /// Whether what plays, or would, is a file of this machine: all of it is there.
    pub fn is_own_file(&self) -> bool {
        self.current_track().is_some_and(|track| track.reference.file().is_some())
    }

    /// How long the track is that plays, or would.
    pub(in crate::app) fn length_now(&self) -> Option<Duration> {
        match &self.playback.now {
            Some(now) => now.length,
            None => self.current_track().and_then(|track| track.length),
        }
    }

    /// Goes where the pointer has dragged the progress to.
    pub(in crate::app) fn seek_to_aim(&mut self) -> Vec<Effect> {
        match (self.playback.aim.take(), self.length_now()) {
            (Some(aim), Some(length)) => self.seek_to(aim.min(length.saturating_sub(BEFORE_END))),
            (_, _) => Vec::new(),
        }
    }

    pub(in crate::app) fn seek_to(&mut self, target: Duration) -> Vec<Effect> {
        let stage = self.playback.now.as_ref().map(|now| now.stage);
        match (stage, &mut self.playback.now) {
            (Some(Stage::Locating), Some(now)) => {
                now.start = target;
                Vec::new()
            }
            (Some(Stage::Loading | Stage::Sounding), Some(now)) => {
                now.may_relocate_again();
                let ticket = self.next_ticket();
                self.playback.seeking = Some(target);
                self.playback.seek_wait = Some(ticket);
                vec![Effect::Seek { to: target }, Effect::Wait { ticket, delay_ms: SEEK_WAIT_MS }]
            }
            (Some(Stage::Ended), Some(_)) => Vec::new(),
            (_, None) | (None, Some(_)) => {
                if self.queue.current.is_some() {
                    self.playback.resume_at = target;
                }
                if target.is_zero() { self.forget_resume() } else { Vec::new() }
            }
        }
    }

    pub(in crate::app) fn change_volume(&mut self, direction: i8) -> Vec<Effect> {
        let step = i8::try_from(self.playback.volume_step).unwrap_or(i8::MAX);
        self.set_volume(self.playback.volume.change(step.saturating_mul(direction)))
    }

    pub(in crate::app) fn set_volume(&mut self, volume: Volume) -> Vec<Effect> {
        self.playback.volume = volume;
        self.playback.muted = false;
        vec![self.playback.loudness()]
    }

    pub(in crate::app) fn toggle_mute(&mut self) -> Vec<Effect> {
        self.playback.muted = !self.playback.muted;
        vec![self.playback.loudness()]
    }
}

impl Playback {
    /// Whether the player holds anything of ours.
    pub(super) fn is_loaded(&self) -> bool {
        let now = self.now.as_ref().is_some_and(|now| matches!(now.stage, Stage::Loading | Stage::Sounding));
        now || matches!(self.ahead, Ahead::Appended(..))
    }

    /// What is left before its end counts as listened to after half of it, or four minutes.
    fn listen(&self) -> Option<Effect> {
        let now = self.now.as_ref().filter(|now| now.stage == Stage::Sounding)?;
        let heard = self.position().saturating_sub(now.start);
        let enough = now.length.map_or(COUNTS_AFTER, |length| COUNTS_AFTER.min(length / 2));
        (heard >= enough).then(|| Effect::Played { track: Box::new(now.track.clone()), whole: false })
    }

    /// Forgets what plays, but not where the current row would start.
    pub(super) fn clear(&mut self) {
        self.now = None;
        self.ahead = Ahead::Nothing;
        self.paused = false;
        self.lost = None;
        self.seeking = None;
        self.aim = None;
    }

    /// The current row starts from its beginning next time, and nothing is wrong with it.
    pub(in crate::app) fn forget_place(&mut self) {
        self.resume_at = Duration::ZERO;
        self.failed = None;
    }

    /// The current row starts from there next time.
    pub(in crate::app) fn wait_at(&mut self, position: Duration) {
        self.resume_at = position;
    }

    /// Everything there was to play is over.
    pub(in crate::app) fn give_up(&mut self) {
        self.clear();
        self.over = true;
    }

    fn loudness(&self) -> Effect {
        Effect::SetVolume { volume: self.volume, muted: self.muted }
    }
}
