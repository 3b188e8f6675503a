//! Whatever a player and the services report, honestly and in order, a queue comes to its end: nothing is
//! waited for that never comes, and every track is either heard or recorded as failed.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::app::Likeness;

/// A player that keeps to its contract; `luck` decides what fails and what comes first.
#[derive(Default)]
struct Player {
    voices: VecDeque<PlayId>,
    started: bool,
    asked_for_next: bool,
    answers: VecDeque<Event>,
    heard: Vec<PlayId>,
}

impl Player {
    fn obey(&mut self, effects: &[Effect], luck: &mut impl FnMut(u8) -> bool) {
        for effect in effects {
            match effect {
                Effect::Locate { play_id, .. } => {
                    let result = if luck(5) { Err(slow()) } else { Ok(Locator::File("/x".into())) };
                    self.answers.push_back(Event::Located { play_id: *play_id, result });
                }
                Effect::FindRecording { play_id, .. } => {
                    let found = luck(2).then(|| Box::new((track("ready", "other"), Likeness::Length)));
                    self.answers.push_back(Event::RecordingFound { play_id: *play_id, found });
                }
                Effect::Load { play_id, .. } => {
                    self.voices = VecDeque::from([*play_id]);
                    (self.started, self.asked_for_next) = (false, false);
                }
                Effect::Append { play_id, .. } => {
                    self.voices.truncate(1);
                    self.voices.push_back(*play_id);
                }
                Effect::DropAppended => self.voices.truncate(1),
                Effect::Stop => self.voices.clear(),
                _ => {}
            }
        }
    }

    /// What happens next; `None`: nothing ever.
    fn next(&mut self, luck: &mut impl FnMut(u8) -> bool) -> Option<Event> {
        if (self.voices.is_empty() || luck(2))
            && let Some(answer) = self.answers.pop_front()
        {
            return Some(answer);
        }
        let play_id = *self.voices.front()?;
        if self.voices.len() == 2 && luck(6) {
            let play_id = self.voices.pop_back()?;
            return Some(Event::Failed { play_id, fault: gone() });
        }
        if luck(4) {
            return Some(self.leave(Event::Failed { play_id, fault: if luck(2) { slow() } else { gone() } }));
        }
        if !self.started {
            self.started = true;
            self.heard.push(play_id);
            return Some(Event::Started { play_id, format: format(), length: None });
        }
        if !self.asked_for_next && !luck(3) {
            self.asked_for_next = true;
            return Some(Event::WantsNext { play_id });
        }
        Some(self.leave(Event::Ended { play_id }))
    }

    fn leave(&mut self, event: Event) -> Event {
        self.voices.pop_front();
        (self.started, self.asked_for_next) = (false, false);
        event
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn every_queue_comes_to_its_end(count in 1_usize..8, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = bytes.into_iter();
        let mut luck = |of: u8| bytes.next().is_some_and(|byte| byte.is_multiple_of(of));
        let mut run = Run::new(Start { services: services(), ..Start::default() });
        let mut player = Player::default();
        let all = (0..count).map(|number| track("open", &format!("t{number}"))).collect();
        run.send(Msg::Action(Action::PlayAll { tracks: all, start: Duration::ZERO }));
        let mut reports = 0;
        while !run.state.finished() {
            player.obey(&run.effects, &mut luck);
            let event = player.next(&mut luck);
            prop_assert!(event.is_some(), "waits for ever: {} {:?}", run.playing(), run.state.playback);
            if let Some(event) = event {
                run.send(Msg::Event(event));
            }
            reports += 1;
            prop_assert!(reports < 500, "goes round in circles: {}", run.playing());
        }
        let failed = run.state.queue.entries.iter().filter(|entry| entry.problem.is_some()).count();
        prop_assert_eq!(failed, run.state.faults().len());
        prop_assert!(player.heard.len() + failed >= count || failed >= 5, "{} {failed}", player.heard.len());
    }
}
