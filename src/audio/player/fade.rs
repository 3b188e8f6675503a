//! Cross-fades: when one begins, and what the track that goes still gives.

use std::time::Duration;

use super::super::command::Report;
use super::super::deck::{Block, Item};
use super::control::Control;
use super::voice::{Mark, Unheard, What};

/// So long before a fade the next track should be ready.
const READY_BEFORE: Duration = Duration::from_millis(200);

/// A fade shorter than this would be none.
const SHORTEST: Duration = Duration::from_millis(20);

impl Control {
    /// Whether the track being fed should wait for the next one, which is to be heard together with it.
    /// It does so only while there is enough on the line.
    pub fn waits_for_next(&mut self) -> bool {
        let Some(from) = self.fade_region() else { return false };
        let near = self.voices.get(self.feeding).and_then(|voice| voice.expected);
        if near.is_none_or(|at| at + READY_BEFORE < from) {
            return false;
        }
        let plenty = self.outlet.sink.as_ref().is_some_and(|sink| !sink.until_room().is_zero());
        plenty && self.voices.get_mut(self.feeding + 1).is_some_and(|next| !next.is_ready())
    }

    /// Where in the track being fed a fade would begin at the earliest.
    fn fade_region(&self) -> Option<Duration> {
        let next = self.voices.get(self.feeding + 1)?;
        let fading = self.outlet.sink.as_ref().is_none_or(|sink| sink.mix.is_fading());
        if self.crossfade.is_zero() || !next.blends || fading {
            return None;
        }
        let length = self.voices.get(self.feeding)?.length?;
        Some(length.saturating_sub(self.crossfade.min(length / 2)))
    }

    /// Begins a fade where it is due within `block`: gives back what of the block comes before it.
    pub fn fade_if_due(&mut self, mut block: Block) -> Option<Block> {
        let (Some(from), index) = (self.fade_region(), self.feeding) else { return Some(block) };
        let end = block.at + super::super::deck::span(block.frames() as u64, block.rate.0);
        let next = self.voices.get_mut(index + 1).filter(|_| end > from);
        let Some(coming) =
            next.and_then(|next| next.is_ready().then_some(next)).and_then(|next| next.coming_length())
        else {
            return Some(block);
        };
        let voice = self.voices.get_mut(index)?;
        let length = voice.length.unwrap_or_default();
        let from = from.max(length.saturating_sub(coming / 2)).max(block.at);
        let overlap = length.saturating_sub(from);
        if end <= from || overlap < SHORTEST {
            return Some(block);
        }
        let before = frames(from.saturating_sub(block.at), block.rate.0);
        if before > 0 {
            // The fade begins with the rest, which comes next.
            let mut rest = block.clone();
            rest.drop_front(before);
            block.samples.truncate(before * block.channels);
            if !rest.samples.is_empty() {
                voice.returned.push_front(Item::Block(rest));
            }
            return Some(block);
        }
        let sink = self.outlet.sink.as_mut()?;
        let frame = sink.mix.next_frame();
        sink.mix.begin_fade(frames(overlap, sink.rate.0) as u64);
        voice.goes_from = Some(frame);
        self.going = Some(voice.play_id);
        voice.returned.push_front(Item::Block(block));
        self.marks.push_back(Mark { frame, play_id: voice.play_id, what: What::End(None) });
        self.feeding += 1;
        None
    }

    /// Takes one thing from the track that goes; false when there is none yet.
    pub fn feed_going(&mut self) -> bool {
        let of = self.going;
        let heard = self.voices.iter_mut().find(|voice| Some(voice.play_id) == of);
        let is_loaded = heard.is_some();
        let Some(sink) = &mut self.outlet.sink else { return false };
        let Some(voice) = heard.or(self.gone.as_mut()) else {
            return sink.mix.end_going(&mut self.pending).is_ok();
        };
        let Some(item) = voice.take() else { return false };
        let play_id = voice.play_id;
        let mut frame = sink.mix.next_frame();
        let outcome = match &item {
            Item::Block(block) => {
                sink.mix.convert_going(block, voice.factor, &mut self.pending).map(|its| frame = its)
            }
            Item::End | Item::Failed(_) => sink.mix.end_going(&mut self.pending),
            Item::Trouble(fault) => {
                (self.report)(Report::Troubled { play_id, fault: fault.clone() });
                Ok(())
            }
            Item::Measured(loudness) => {
                (self.report)(Report::Measured { play_id, loudness: *loudness });
                Ok(())
            }
            Item::Format { .. } => Ok(()),
        };
        if let Err(error) = outcome {
            (self.report)(Report::Troubled { play_id, fault: error.fault() });
        }
        if is_loaded && matches!(item, Item::Block(_) | Item::End | Item::Failed(_)) {
            self.unheard.push_back(Unheard { frame, play_id, item });
        }
        true
    }

    /// The fade is over, or nobody wants it any more.
    pub fn end_fade(&mut self) {
        self.going = None;
        if let Some(voice) = self.gone.take() {
            self.retire(&voice);
        }
    }

    /// The track that is heard does not go after all: what was mixed is taken back.
    pub fn take_fade_back(&mut self) {
        let Some((voice, from)) = self.voices.front_mut().and_then(|voice| {
            let from = voice.goes_from.take()?;
            Some((voice, from))
        }) else {
            return;
        };
        let play_id = voice.play_id;
        let mixed = |unheard: &Unheard| unheard.play_id == play_id && unheard.frame >= from;
        let kept = self.unheard.iter().position(mixed).unwrap_or(self.unheard.len());
        for unheard in self.unheard.drain(kept..).rev().filter(mixed) {
            voice.returned.push_front(unheard.item);
        }
        voice.expected = None;
        voice.soften = true;
        self.marks.retain(|mark| mark.play_id == play_id && !matches!(mark.what, What::End(_)));
        self.feeding = 0;
        self.end_fade();
    }
}

/// The nearest number of frames.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths of tracks, not negative"
)]
fn frames(time: Duration, rate: u32) -> usize {
    (time.as_secs_f64() * f64::from(rate)).round() as usize
}
