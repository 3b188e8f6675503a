//! When a source fails, the same recording from another one: from where it is known to be, else from where a search finds it.

use super::state::{Now, Stage};
use super::update::sentence;
use crate::app::effect::Effect;
use crate::app::notices::Level;
use crate::app::search::Likeness;
use crate::app::state::State;
use crate::model::{Fault, FaultKind, FilePart, Kind, PlayId, Purpose, ServiceId, SignIn, Track, TrackRef};

impl State {
    /// The same recording from the next of its sources, where it is known to have more; says which, and how sure that is.
    pub(super) fn play_elsewhere(&mut self, fault: &Fault, sure: Option<Likeness>) -> Option<Vec<Effect>> {
        let mut now = self.playback.now.clone().filter(|now| !now.track.elsewhere.is_empty())?;
        let (position, paused) = (self.playback.position(), self.playback.paused);
        now.track.reference = now.track.elsewhere.remove(0);
        let source = match &now.track.reference {
            TrackRef::Service { service, .. } => self.place_name(service).to_string(),
            TrackRef::File(path) | TrackRef::Part(FilePart { path, .. }) => path.display().to_string(),
            TrackRef::Url(url) => url.host_str().unwrap_or_default().to_owned(),
        };
        let mut effects = self.unload();
        let play_id = self.next_play_id();
        let track = now.track.reference.clone();
        effects.push(Effect::Locate { play_id, track, purpose: Purpose::Listen });
        let sure = sure.map(|sure| format!(" ({})", sure.words())).unwrap_or_default();
        let words = format!("{}: {} It comes from {source} instead{sure}", now.track.title, sentence(fault));
        let sought = now.sought.take();
        let again = Now::new(play_id, now.entry, now.track, position);
        self.playback.now = Some(Now { length: now.length, sought, ..again });
        self.playback.paused = paused;
        effects.extend(self.tell(Level::Warning, words));
        Some(effects)
    }

    /// Has the same recording looked for where it is not known to be: once for each track, when its source says that it has
    /// it no more or not for this listener, or fails in the middle of it. Without a network the listener's own files are looked
    /// through.
    pub(super) fn look_elsewhere(&mut self, fault: &Fault) -> Option<Vec<Effect>> {
        let is_lost = matches!(fault.kind, FaultKind::NotFound | FaultKind::Refused);
        let is_cut = matches!(fault.kind, FaultKind::Network | FaultKind::Damaged) || is_lost;
        let is_offline = self.network.is_offline();
        let is_due =
            |now: &Now| (is_lost || is_offline) && now.stage == Stage::Locating || is_cut && now.has_sounded;
        let now = self.playback.now.clone().filter(|now| now.sought.is_none() && is_due(now))?;
        let TrackRef::Service { service: own, .. } = &now.track.reference else { return None };
        let able = self.services.iter().filter(|service| {
            let able = &service.capabilities;
            service.id != *own
                && (able.is_local || !is_offline)
                && able.search.contains(&Kind::Track)
                && !matches!(able.sign_in, SignIn::Missing(_))
        });
        let services: Vec<ServiceId> = able.map(|service| service.id.clone()).collect();
        let may_be_there = !is_offline || self.is_here(&now.track);
        if services.is_empty() || now.track.artists.is_empty() || !may_be_there {
            return None;
        }
        let (position, paused) = (self.playback.position(), self.playback.paused);
        let mut effects = self.unload();
        let play_id = self.next_play_id();
        let track = Box::new(now.track.clone());
        effects.push(Effect::FindRecording { play_id, track, services });
        // What was wrong is told with what comes of it.
        let words =
            format!("{} cannot be played from its source; it is looked for elsewhere", now.track.title);
        let sought = Some(fault.clone());
        let again = Now::new(play_id, now.entry, now.track, position);
        self.playback.now = Some(Now { length: now.length, sought, ..again });
        self.playback.paused = paused;
        effects.extend(self.tell(Level::Warning, words));
        Some(effects)
    }

    /// A search for the recording has ended.
    pub(in crate::app) fn recording_found(
        &mut self,
        play_id: PlayId,
        found: Option<(Track, Likeness)>,
    ) -> Vec<Effect> {
        let Some(now) = self.playback.now.as_mut().filter(|now| now.play_id == play_id) else {
            return Vec::new();
        };
        let Some(fault) = now.sought.clone() else { return Vec::new() };
        let sure = found.map(|(track, sure)| {
            now.track.elsewhere = vec![track.reference];
            sure
        });
        match self.play_elsewhere(&fault, sure) {
            Some(effects) => effects,
            None => self.give_track_up(fault),
        }
    }
}
