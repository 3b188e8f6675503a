//! From decks to the line: items taken in order, converted, pushed, and marked where the ear will find
//! them.

use std::time::Duration;

use crate::model::Fault;

use super::super::command::Report;
use super::super::deck::{Block, Item, span};
use super::super::loudness::LoudnessTags;
use super::super::output::Wanted;
use super::control::Control;
use super::outlet::Sink;
use super::voice::{Mark, Unheard, What};

/// So long before the end of a track the next one is asked for.
const ASK_AHEAD: Duration = Duration::from_secs(10);

/// A step in the positions of blocks that is more than rounding.
const JUMP: Duration = Duration::from_millis(5);

impl Control {
    /// Pushes what there is and what there is room for. An output that takes faster than that is fed on in the next
    /// turn, so that no order waits.
    pub fn feed(&mut self) {
        self.awaits_next = false;
        let enough = self.outlet.sink.as_ref().map_or(u64::MAX, Sink::full_once_more);
        self.has_more = false;
        loop {
            self.push_pending();
            if self.outlet.sink.as_ref().is_some_and(|sink| sink.pushed >= enough) {
                self.has_more = true;
                break;
            }
            if self.pending_from < self.pending.len() {
                break;
            }
            if self.going.is_some() {
                let sink = self.outlet.sink.as_ref();
                if sink.is_none_or(|sink| !sink.mix.is_fading()) {
                    self.end_fade();
                } else if sink.is_some_and(|sink| sink.mix.wants_going()) {
                    if self.feed_going() {
                        continue;
                    }
                    break;
                }
            }
            self.awaits_next = self.waits_for_next();
            if self.awaits_next {
                break;
            }
            let Some(voice) = self.voices.get_mut(self.feeding) else { break };
            if self.outlet.sink.is_none()
                && let Some(format) = &voice.format
            {
                let wanted =
                    Wanted { rate: format.sample_rate, channels: format.channels, bits: format.bits };
                self.want_output(wanted);
                break;
            }
            let Some(item) = voice.take() else {
                // Nothing comes in time: what was held back for the sake of what comes is heard.
                let sink = self.outlet.sink.as_mut();
                if sink.is_some_and(|sink| sink.mix.let_go(&mut self.pending)) {
                    continue;
                }
                break;
            };
            self.place(item);
        }
        let more = self.feeding < self.voices.len();
        let mut flowing = false;
        if let Some(sink) = &self.outlet.sink {
            flowing = sink.flowing;
            sink.line.expect_music(more && flowing);
        }
        let pushed = self.outlet.sink.as_ref().map_or(0, |sink| sink.pushed);
        let held =
            self.outlet.sink.is_none() && self.voices.front().is_some_and(|voice| !voice.returned.is_empty());
        self.on_board(|board| {
            (board.feeding, board.held) = (more, held);
            board.pushed = pushed;
        });
        if flowing && !self.paused && !self.voices.is_empty() {
            self.outlet.wake();
        }
    }

    fn push_pending(&mut self) {
        let Some(sink) = &mut self.outlet.sink else { return };
        let rest = self.pending.get(self.pending_from..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        let whole = sink.room() * sink.channels();
        let (now, _) = rest.split_at(whole.min(rest.len()));
        if now.is_empty() || sink.samples.push_entire_slice(now).is_err() {
            return;
        }
        if let Ok(mut tape) = self.tape.lock() {
            tape.write(sink.pushed, now);
        }
        self.pending_from += now.len();
        sink.pushed += (now.len() / sink.channels()) as u64;
        sink.flowing = true;
        if let Some(thread) = &sink.unpark {
            thread.unpark();
        }
        if self.pending_from >= self.pending.len() {
            self.pending.clear();
            self.pending_from = 0;
        }
    }

    fn place(&mut self, item: Item) {
        let Some(voice) = self.voices.get_mut(self.feeding) else { return };
        let play_id = voice.play_id;
        match item {
            Item::Format { format, length, loudness } => {
                voice.format = Some(format);
                let told = match voice.known {
                    Some(known) if !loudness.tell_loudness() => LoudnessTags::measured(known),
                    Some(_) | None => loudness,
                };
                voice.factor = told.factor(self.levelling);
                voice.length = length.or(voice.length);
                if self.feeding == 0 && !voice.started {
                    let length = voice.length;
                    self.on_board(|board| board.length = length);
                }
            }
            Item::Block(block) => self.place_block(block),
            Item::Measured(loudness) => (self.report)(Report::Measured { play_id, loudness }),
            Item::End => self.place_end(None),
            Item::Failed(fault) => {
                voice.dead = true;
                if voice.started || voice.expected.is_some() {
                    self.place_end(Some(fault));
                } else {
                    self.fail_unheard(fault);
                }
            }
            Item::Trouble(fault) => (self.report)(Report::Troubled { play_id, fault }),
        }
    }

    fn place_block(&mut self, block: Block) {
        let Some(mut block) = self.fade_if_due(block) else { return };
        let last = self.feeding + 1 == self.voices.len();
        let Some(voice) = self.voices.get_mut(self.feeding) else { return };
        let (play_id, factor) = (voice.play_id, voice.factor);
        let Some(sink) = &mut self.outlet.sink else {
            voice.returned.push_front(Item::Block(block));
            return;
        };
        let frame = sink.mix.next_frame();
        let jumped = voice.expected.is_none_or(|expected| expected.abs_diff(block.at) > JUMP);
        if jumped {
            self.marks.push_back(Mark { frame, play_id, what: What::At(block.at) });
        }
        if std::mem::take(&mut voice.soften) {
            sink.mix.soften();
        } else if jumped && voice.expected.is_some() {
            block.follow(&voice.last);
        }
        block.copy_last(&mut voice.last);
        let end = block.at + span(block.frames() as u64, block.rate.0);
        voice.expected = Some(end);
        let near_end = voice.length.is_some_and(|length| end + ASK_AHEAD + self.crossfade >= length);
        let ask = last && near_end && !std::mem::replace(&mut voice.wants_next_told, true);
        if let Err(error) = sink.mix.convert(&block, factor, &mut self.pending) {
            (self.report)(Report::Troubled { play_id, fault: error.fault() });
        }
        voice.limited |= sink.mix.take_overs();
        self.unheard.push_back(Unheard { frame, play_id, item: Item::Block(block) });
        if ask {
            (self.report)(Report::WantsNext { play_id });
        }
    }

    fn place_end(&mut self, fault: Option<Fault>) {
        let followed = self.feeding + 1 < self.voices.len();
        let Some(voice) = self.voices.get_mut(self.feeding) else { return };
        let play_id = voice.play_id;
        let Some(sink) = &mut self.outlet.sink else {
            voice.returned.push_front(fault.map_or(Item::End, Item::Failed));
            return;
        };
        let frame = sink.mix.next_frame();
        if voice.expected.is_none() {
            // A track without a sample, or a jump to its end.
            let at = voice.length.unwrap_or_default();
            self.marks.push_back(Mark { frame, play_id, what: What::At(at) });
        }
        if !followed && let Err(error) = sink.mix.flush(&mut self.pending) {
            (self.report)(Report::Troubled { play_id, fault: error.fault() });
        }
        let item = fault.clone().map_or(Item::End, Item::Failed);
        self.unheard.push_back(Unheard { frame, play_id, item });
        self.marks.push_back(Mark { frame, play_id, what: What::End(fault) });
        let ask = !followed && !std::mem::replace(&mut voice.wants_next_told, true);
        self.feeding += 1;
        if ask {
            (self.report)(Report::WantsNext { play_id });
        }
    }

    /// A track fails before any of it was pushed: told at once, so that another can be appended.
    pub fn fail_unheard(&mut self, fault: Fault) {
        if let Some(voice) = self.voices.remove(self.feeding) {
            self.on_board(|board| board.past.add_monitor(voice.deck.monitor()));
            (self.report)(Report::Failed { play_id: voice.play_id, fault });
        }
        if self.going.is_some() {
            // The track before goes for nobody: it is played to its end, from where the ear is.
            self.return_unheard();
            self.clear_line();
        } else if self.feeding > 0 && self.feeding >= self.voices.len() {
            // Nothing follows any more: what waits in the mix is the end of the track before.
            self.finish_mixing();
        }
        self.settle();
    }

    /// Takes back what is on the line and not yet heard: it is pushed again, from where the ear is.
    pub fn return_unheard(&mut self) {
        self.listen();
        let Some(sink) = &self.outlet.sink else { return };
        let (ear, rate) = (sink.line.ear(), u64::from(sink.rate.0.max(1)));
        for Unheard { frame, play_id, mut item } in self.unheard.drain(..).rev() {
            let Some(voice) = self.voices.iter_mut().find(|voice| voice.play_id == play_id) else { continue };
            if let Item::Block(block) = &mut item {
                let line = ear.saturating_sub(frame) * u64::from(block.rate.0);
                let heard = line * u64::from(self.sound.speed.percent()) / (rate * 100);
                block.drop_front(usize::try_from(heard).unwrap_or(usize::MAX));
                if block.samples.is_empty() {
                    continue;
                }
            }
            voice.returned.push_front(item);
        }
        self.forget_placed();
        if let Some(voice) = self.voices.front_mut() {
            voice.soften = true;
        }
    }

    /// Makes the line empty as soon as it has faded out.
    pub fn clear_line(&mut self) {
        self.forget_placed();
        self.unheard.clear();
        if let Some(sink) = &mut self.outlet.sink {
            sink.line.discard(sink.line.read(), sink.pushed);
            sink.mix.restart(sink.pushed);
            sink.flowing = false;
            sink.line.expect_music(false);
            let frame = sink.pushed;
            self.on_board(|board| {
                // Until it is known where the ear goes on, it stays where it is.
                board.at = board.position();
                board.frame = frame;
            });
        }
    }

    /// What was placed on the line counts no more: feeding begins with the first track again.
    fn forget_placed(&mut self) {
        self.feeding = 0;
        self.marks.clear();
        self.pending.clear();
        self.pending_from = 0;
        self.end_fade();
        for voice in &mut self.voices {
            voice.expected = None;
            voice.goes_from = None;
        }
    }

    /// Nothing is to be heard from frame `end` on, and everything before it.
    pub fn cut_from(&mut self, end: u64) {
        self.finish_mixing();
        let Some(sink) = &mut self.outlet.sink else { return };
        let keep = usize::try_from(end.saturating_sub(sink.pushed)).unwrap_or(usize::MAX);
        self.pending.truncate(self.pending_from.saturating_add(keep.saturating_mul(sink.channels())));
        if sink.pushed > end {
            sink.line.discard(end, sink.pushed);
        }
        let waiting = (self.pending.len() - self.pending_from) / sink.channels();
        sink.mix.restart(sink.pushed + waiting as u64);
    }

    fn finish_mixing(&mut self) {
        if let Some(sink) = &mut self.outlet.sink {
            let _ = sink.mix.flush(&mut self.pending);
        }
    }
}
