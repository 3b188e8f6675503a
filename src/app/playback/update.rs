//! What the player and the services report about what plays.

use std::sync::Arc;
use std::time::Duration;

use super::address::{has_run_out, may_have_expired, part_was_refused};
use super::ending::Ending;
use super::state::{Ahead, Now, Stage};
use crate::app::effect::Effect;
use crate::app::event::Heard;
use crate::app::notices::{Level, words};
use crate::app::state::State;
use crate::model::{
    CleanText, EntryId, Fault, Locator, Loudness, PlayId, Purpose, SoundFormat, Ticket, Track, TrackRef,
};

/// Tracks in a row that may fail before playing stops.
pub(super) const MAX_FAILURES_IN_ROW: u32 = 5;

/// A track that has played this long counts as one that works.
const WORKS_AFTER: Duration = Duration::from_secs(5);

/// An address is asked for once more only when the last one has brought this much.
const RELOCATE_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// A seek is over when the ear is this close to where it leads.
const SEEK_SLACK: Duration = Duration::from_secs(2);

/// Longest wait for a track that was appended to begin once the one before has ended.
const GAP_WAIT_MS: u64 = 30_000;

impl Now {
    pub(super) fn new(play_id: PlayId, entry: EntryId, track: Track, start: Duration) -> Self {
        Self {
            play_id,
            entry,
            length: track.length,
            track,
            stage: Stage::Locating,
            format: None,
            on_air: None,
            start,
            has_sounded: false,
            relocated: false,
            patience: 0,
            locate_wait: None,
            counted: false,
            wants_next: false,
            is_limited: false,
            limits: 0,
            sought: None,
            snag: None,
        }
    }
}

impl State {
    /// Whether everything there was to play has been played, or failed: what ends `segue play`.
    pub fn finished(&self) -> bool {
        self.playback.over
    }

    pub(in crate::app) fn located(&mut self, play_id: PlayId, result: Result<Locator, Fault>) -> Vec<Effect> {
        let paused = self.playback.paused;
        if let Some(now) = &mut self.playback.now
            && now.play_id == play_id
            && now.stage == Stage::Locating
        {
            return match result {
                Ok(locator) => {
                    now.stage = Stage::Loading;
                    let known = self.learned.loudness.get(&now.track.reference).copied();
                    vec![Effect::Load { play_id, locator, known, start: now.start, paused }]
                }
                Err(fault) => self.not_located(fault),
            };
        }
        match (&self.playback.ahead, result) {
            (Ahead::Locating(id, entry), Ok(locator)) if *id == play_id => {
                let entry = *entry;
                let blends = !self.is_of_the_same_album(entry);
                let known = self
                    .queue
                    .entry(entry)
                    .and_then(|its| self.learned.loudness.get(&its.track.reference))
                    .copied();
                self.playback.ahead = Ahead::Appended(play_id, entry);
                vec![Effect::Append { play_id, locator, known, blends }]
            }
            (Ahead::Locating(id, entry), Err(fault)) if *id == play_id => {
                let entry = *entry;
                self.limited_ahead(entry, &fault)
            }
            _ => Vec::new(),
        }
    }

    /// Whether a row of the queue is from the album that plays, or another part of the file that plays.
    fn is_of_the_same_album(&self, entry: EntryId) -> bool {
        let (Some(now), Some(next)) = (&self.playback.now, self.queue.entry(entry)) else { return false };
        let is_same_file = match (&now.track.reference, &next.track.reference) {
            (TrackRef::Part(one), TrackRef::Part(other)) => one.path == other.path,
            (_, _) => false,
        };
        is_same_file || now.track.album.is_some() && next.track.album == now.track.album
    }

    pub(in crate::app) fn started(
        &mut self,
        play_id: PlayId,
        format: SoundFormat,
        length: Option<Duration>,
    ) -> Vec<Effect> {
        if let Ahead::Appended(id, entry) = self.playback.ahead
            && id == play_id
        {
            self.go_to_ahead(play_id, entry);
        }
        let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) else {
            return Vec::new();
        };
        now.stage = Stage::Sounding;
        now.has_sounded = true;
        now.format = Some(format);
        now.length = length.or(now.length);
        let entry = now.entry;
        let listen = now.track.reference.item().filter(|_| !std::mem::replace(&mut now.counted, true));
        let copy = self.copy_that_plays(play_id).cloned();
        if let Some(copy) = &copy {
            self.downloads.jobs.is_heard(copy);
        }
        // What is on this machine is heard without telling anybody.
        let listen = listen.filter(|_| copy.is_none());
        self.playback.failed = None;
        if let Some(entry) = self.queue.entries.iter_mut().find(|known| known.id == entry) {
            entry.problem = None;
            // What is stopped is as long as it was.
            if length.is_some() && entry.track.length.is_none() {
                Arc::make_mut(&mut entry.track).length = length;
            }
        }
        listen.map(|item| Effect::Listened { service: item.service, id: item.id }).into_iter().collect()
    }

    /// What was ahead is what plays now.
    fn go_to_ahead(&mut self, play_id: PlayId, entry: EntryId) {
        self.playback.ahead = Ahead::Nothing;
        self.playback.seeking = None;
        self.playback.aim = None;
        if let Some(row) = self.queue.row_of(entry)
            && let Some(entry) = self.queue.entries.get(row)
        {
            self.queue.current = Some(row);
            self.playback.now = Some(Now::new(play_id, entry.id, Track::clone(&entry.track), Duration::ZERO));
        }
    }

    /// What is to be played under this number.
    pub(in crate::app) fn track_of(&self, play_id: PlayId) -> Option<&Track> {
        let now = self.playback.now.as_ref().filter(|now| now.play_id == play_id);
        let Some(now) = now else {
            let Ahead::Locating(id, entry) = self.playback.ahead else { return None };
            let row = self.queue.row_of(entry).filter(|_| id == play_id)?;
            return self.queue.entries.get(row).map(|entry| &*entry.track);
        };
        Some(&now.track)
    }

    pub(in crate::app) fn wants_next(&mut self, play_id: PlayId) -> Vec<Effect> {
        let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) else {
            return Vec::new();
        };
        now.wants_next = true;
        // Asked once more, the player has lost what it was given (after a seek, say).
        if matches!(self.playback.ahead, Ahead::Appended(..) | Ahead::GaveUp(_) | Ahead::Limited(..)) {
            self.playback.ahead = Ahead::Nothing;
        }
        self.plan_ahead()
    }

    /// Sees to it that what is ahead is the row that comes next, once the player wants one.
    pub(in crate::app) fn plan_ahead(&mut self) -> Vec<Effect> {
        let wanted = self.playback.now.as_ref().is_some_and(|now| now.wants_next);
        let row = if wanted { self.row_to_come() } else { None };
        let next = row.and_then(|row| self.queue.entries.get(row));
        let next = next.map(|entry| (entry.id, entry.track.reference.clone()));
        let planned = match self.playback.ahead {
            Ahead::Nothing => None,
            Ahead::Locating(_, entry)
            | Ahead::Appended(_, entry)
            | Ahead::GaveUp(entry)
            | Ahead::Limited(_, entry) => Some(entry),
        };
        if planned == next.as_ref().map(|(id, _)| *id) {
            return Vec::new();
        }
        let mut effects = self.drop_ahead();
        if let Some((id, track)) = next {
            if self.resume_point(&track).is_some() {
                // It begins in its middle: by itself, not as what follows without a gap.
                self.playback.ahead = Ahead::GaveUp(id);
                return effects;
            }
            let play_id = self.next_play_id();
            self.playback.ahead = Ahead::Locating(play_id, id);
            effects.push(Effect::Locate { play_id, track, purpose: Purpose::Listen });
        }
        effects
    }

    fn drop_ahead(&mut self) -> Vec<Effect> {
        match std::mem::take(&mut self.playback.ahead) {
            Ahead::Appended(..) => vec![Effect::DropAppended],
            Ahead::Nothing | Ahead::Locating(..) | Ahead::GaveUp(_) | Ahead::Limited(..) => Vec::new(),
        }
    }

    pub(in crate::app) fn ended(&mut self, play_id: PlayId) -> Vec<Effect> {
        let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) else {
            return Vec::new();
        };
        now.stage = Stage::Ended;
        let played = Effect::Played { track: Box::new(now.track.clone()), whole: true };
        self.playback.failures_in_row = 0;
        self.playback.seeking = None;
        let mut effects = self.forget_resume();
        match self.playback.ahead {
            Ahead::Appended(..) => effects.extend(self.wait_for_appended()),
            Ahead::Locating(ahead, entry) => self.go_to_ahead(ahead, entry),
            Ahead::Nothing | Ahead::GaveUp(_) | Ahead::Limited(..) => effects.extend(self.go_on()),
        }
        effects.push(played);
        effects
    }

    /// What was appended is due; should it never begin, it is played in the ordinary way.
    fn wait_for_appended(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.playback.gap_wait = Some(ticket);
        self.playback.seeking = None;
        if let Some(now) = &mut self.playback.now {
            now.stage = Stage::Ended;
        }
        vec![Effect::Wait { ticket, delay_ms: GAP_WAIT_MS }]
    }

    /// The track is over: goes to the next one, unless this was to be the last.
    fn go_on(&mut self) -> Vec<Effect> {
        match self.playback.ending {
            Ending::WithTrack => self.end_here(),
            Ending::Never | Ending::In { .. } | Ending::Fading(_) => self.play_on(self.row_after(false)),
        }
    }

    /// Plays this row, or comes to the queue's end.
    fn play_on(&mut self, row: Option<usize>) -> Vec<Effect> {
        if let Some(row) = row {
            return self.play_row(row, Duration::ZERO);
        }
        self.playback.give_up();
        // The next start is the queue's.
        self.queue.current = (!self.queue.entries.is_empty()).then_some(0);
        self.playback.resume_at = Duration::ZERO;
        Vec::new()
    }

    pub(in crate::app) fn failed(&mut self, play_id: PlayId, fault: Fault) -> Vec<Effect> {
        let ended = self.playback.now.as_ref().is_some_and(|now| now.stage == Stage::Ended);
        if let Ahead::Appended(id, entry) = self.playback.ahead
            && id == play_id
        {
            if !ended {
                self.playback.ahead = Ahead::GaveUp(entry);
                return Vec::new();
            }
            self.go_to_ahead(play_id, entry);
        }
        let position = self.playback.position();
        if let Some(mut effects) = self.without_copy(play_id, &fault) {
            effects.extend(self.locate_again(position, false));
            return effects;
        }
        let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) else {
            return Vec::new();
        };
        let ran_out = has_run_out(now, &fault);
        let again = ran_out || (!now.relocated && may_have_expired(now, &fault));
        // The player has let go of it.
        now.stage = Stage::Ended;
        if again {
            return self.locate_again(position, ran_out);
        }
        if matches!(self.playback.ahead, Ahead::Appended(..)) {
            // The player goes on by itself.
            let mut effects = self.tell_failure(&fault);
            effects.extend(self.wait_for_appended());
            return effects;
        }
        self.give_track_up(fault)
    }

    /// Records that the track that is due cannot be played, and says so.
    fn tell_failure(&mut self, fault: &Fault) -> Vec<Effect> {
        let Some(now) = &self.playback.now else { return Vec::new() };
        let mut words = format!("{}: {fault}", now.track.title);
        if let Some(entry) = self.queue.entries.iter_mut().find(|entry| entry.id == now.entry) {
            entry.problem = Some(Arc::new(fault.clone()));
        }
        let track = now.track.clone();
        self.record(track, fault);
        self.playback.failures_in_row += 1;
        if self.playback.failures_in_row >= MAX_FAILURES_IN_ROW {
            words = format!("Stopped after {MAX_FAILURES_IN_ROW} tracks in a row failed. {words}");
        }
        self.tell(Level::Error, words)
    }

    /// The track that is due cannot be played: goes to the next, unless too many fail.
    pub(super) fn give_track_up(&mut self, fault: Fault) -> Vec<Effect> {
        let other = self.play_elsewhere(&fault, None);
        if let Some(effects) = other.or_else(|| self.look_elsewhere(&fault)) {
            return effects;
        }
        let mut effects = self.tell_failure(&fault);
        let (position, paused) = (self.playback.position(), self.playback.paused);
        let stops = self.playback.ending == Ending::WithTrack;
        let is_out_of_reach = |row: &usize| {
            self.queue.entries.get(*row).is_some_and(|entry| self.is_out_of_reach(&entry.track))
        };
        let next = if stops { None } else { self.row_after(true).filter(|row| !is_out_of_reach(row)) };
        effects.extend(self.unload());
        match next {
            Some(row) if self.playback.failures_in_row < MAX_FAILURES_IN_ROW && !paused => {
                effects.extend(self.play_row(row, Duration::ZERO));
            }
            Some(_) | None => {
                self.playback.failures_in_row = 0;
                self.playback.give_up();
                self.playback.resume_at = position;
                self.playback.failed = Some(fault);
                if stops {
                    self.playback.ending = Ending::Never;
                }
            }
        }
        effects
    }

    pub(in crate::app) fn troubled(&mut self, play_id: PlayId, fault: &Fault) -> Vec<Effect> {
        let position = self.playback.position();
        match &self.playback.now {
            // A segment that is refused: the address it hangs on has run out.
            Some(now) if now.play_id == play_id && !now.relocated && part_was_refused(now, fault) => {
                self.locate_again(position, false)
            }
            Some(now) if now.play_id == play_id => self.tell(Level::Warning, words(fault)),
            Some(_) | None => Vec::new(),
        }
    }

    /// Of the track that plays, or of the one that was appended and is decoded ahead.
    pub(in crate::app) fn measured(&mut self, play_id: PlayId, loudness: Loudness) -> Vec<Effect> {
        let track = match (&self.playback.now, &self.playback.ahead) {
            (Some(now), _) if now.play_id == play_id => Some(&now.track),
            (_, Ahead::Appended(id, entry)) if *id == play_id => {
                self.queue.entry(*entry).map(|entry| &*entry.track)
            }
            (_, _) => None,
        };
        let Some(track) = track.map(|track| track.reference.clone()) else { return Vec::new() };
        self.learned.loudness.insert(track.clone(), loudness);
        vec![Effect::KeepLoudness { track, loudness }]
    }

    pub(in crate::app) fn snagged(&mut self, play_id: PlayId, why: Option<CleanText>) -> Vec<Effect> {
        if let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) {
            now.snag = why;
        }
        Vec::new()
    }

    pub(in crate::app) fn titled(&mut self, play_id: PlayId, title: CleanText) -> Vec<Effect> {
        if let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) {
            now.on_air = Some(title).filter(|title| !title.is_empty());
        }
        Vec::new()
    }

    pub(in crate::app) fn heard(&mut self, heard: Heard) -> Vec<Effect> {
        self.playback.heard = heard;
        let playback = &mut self.playback;
        let Some(now) = playback.now.as_mut().filter(|now| playback.heard.play_id == Some(now.play_id))
        else {
            return Vec::new();
        };
        let position = playback.heard.position;
        now.length = playback.heard.length.or(now.length);
        if playback.seeking.is_some_and(|target| target.abs_diff(position) <= SEEK_SLACK) {
            playback.seeking = None;
        }
        if position >= now.start.saturating_add(WORKS_AFTER) {
            playback.failures_in_row = 0;
        }
        if position >= now.start.saturating_add(RELOCATE_AGAIN_AFTER) {
            now.relocated = false;
        }
        Vec::new()
    }

    pub(in crate::app) fn playback_elapsed(&mut self, ticket: Ticket) -> Vec<Effect> {
        if self.playback.seek_wait == Some(ticket) {
            self.playback.seeking = None;
        }
        let ended = self.playback.now.as_ref().is_some_and(|now| now.stage == Stage::Ended);
        if self.playback.gap_wait == Some(ticket) && ended {
            return self.go_on();
        }
        self.locate_elapsed(ticket)
    }
}

/// What went wrong, with a final stop.
pub(super) fn sentence(fault: &Fault) -> String {
    let message = fault.message.as_str();
    if message.ends_with('.') { message.to_owned() } else { format!("{message}.") }
}
