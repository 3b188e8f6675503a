//! The words of what plays: asked for while they are shown, followed by the ear or scrolled by hand.

use std::sync::Arc;
use std::time::Duration;

use super::effect::Effect;
use super::focus::Page;
use super::notices::Level;
use super::state::State;
use crate::model::{CleanText, Fault, Lyrics, Ticket, TrackRef};

/// Milliseconds that a key press makes words earlier or later.
const OFFSET_STEP_MS: i64 = 100;

/// Words are at most so much earlier or later.
const MAX_OFFSET_MS: i64 = 60_000;

/// The words, or why there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LyricsPane {
    /// Whether the page of what is heard shows them.
    pub is_shown: bool,
    /// Whether that page was opened for them.
    opened_page: bool,
    of: Option<TrackRef>,
    ticket: Option<Ticket>,
    /// The words.
    pub lyrics: Option<Arc<Lyrics>>,
    /// Why there are none.
    pub fault: Option<Fault>,
    /// The line that was scrolled to by hand; `None`: they follow the ear.
    pub by_hand: Option<usize>,
    /// Milliseconds by which they come later than they say.
    pub offset_ms: i64,
}

impl LyricsPane {
    /// Whether they are on their way.
    pub fn is_waiting(&self) -> bool {
        self.ticket.is_some()
    }
}

impl State {
    /// Shows the words on the page of what is heard, or no longer.
    pub(super) fn toggle_lyrics(&mut self) -> Vec<Effect> {
        if self.page == Page::Now && self.overlays.is_empty() && !self.now_page.is_mini {
            self.lyrics.is_shown = !self.lyrics.is_shown;
            if !self.lyrics.is_shown && std::mem::take(&mut self.lyrics.opened_page) {
                return self.leave_page();
            }
            return Vec::new();
        }
        self.lyrics.opened_page = self.page != Page::Now;
        self.lyrics.is_shown = true;
        self.show_now()
    }

    /// Whether there are words to scroll.
    pub(super) fn scrolls_lyrics(&self) -> bool {
        self.page == Page::Now && self.lyrics.is_shown && self.lyrics.lyrics.is_some()
    }

    /// Asks for the words of what plays when they are shown and it is another track than before.
    pub(super) fn settle_lyrics(&mut self) -> Vec<Effect> {
        let is_seen = self.page == Page::Now && self.lyrics.is_shown;
        if !is_seen || self.current_track().map(|track| &track.reference) == self.lyrics.of.as_ref() {
            return Vec::new();
        }
        let track = self.current_track().cloned();
        let LyricsPane { is_shown, opened_page, .. } = self.lyrics;
        let of = track.as_ref().map(|track| track.reference.clone());
        let offset_ms = of.as_ref().and_then(|of| self.learned.words_offset_ms.get(of)).copied();
        let offset_ms = offset_ms.unwrap_or_default();
        self.lyrics = LyricsPane { is_shown, opened_page, of, offset_ms, ..LyricsPane::default() };
        let Some(track) = track else { return Vec::new() };
        let ticket = self.next_ticket();
        self.lyrics.ticket = Some(ticket);
        vec![Effect::FindLyrics { ticket, track: Box::new(track) }]
    }

    pub(super) fn lyrics_found(&mut self, ticket: Ticket, result: Result<Arc<Lyrics>, Fault>) -> Vec<Effect> {
        if self.lyrics.ticket == Some(ticket) {
            self.lyrics.ticket = None;
            match result {
                Ok(lyrics) => self.lyrics.lyrics = Some(lyrics),
                Err(fault) => self.lyrics.fault = Some(fault),
            }
        }
        Vec::new()
    }

    /// Asks once more.
    pub(super) fn retry_lyrics(&mut self) -> Vec<Effect> {
        if self.lyrics.fault.is_none() {
            return Vec::new();
        }
        self.lyrics.of = None;
        self.settle_lyrics()
    }

    /// The line that is sung now, the listener's offset taken in.
    pub fn sung_line(&self) -> Option<usize> {
        let position = self.playback.shown_position();
        let by = Duration::from_millis(self.lyrics.offset_ms.unsigned_abs());
        let position =
            if self.lyrics.offset_ms > 0 { position.saturating_sub(by) } else { position.saturating_add(by) };
        self.lyrics.lyrics.as_ref()?.line_at(position)
    }

    /// Scrolls by hand, from the line that is sung.
    pub(super) fn scroll_lyrics(&mut self, lines: isize) -> Vec<Effect> {
        let Some(lyrics) = &self.lyrics.lyrics else { return Vec::new() };
        let from = self.lyrics.by_hand.or_else(|| self.sung_line()).unwrap_or_default();
        let last = lyrics.lines.len().saturating_sub(1);
        self.lyrics.by_hand = Some(from.saturating_add_signed(lines).min(last));
        Vec::new()
    }

    /// Follows the ear again; whether it did not.
    pub(super) fn follow_lyrics(&mut self) -> bool {
        self.scrolls_lyrics() && self.lyrics.by_hand.take().is_some()
    }

    /// Plays from the line that was scrolled to.
    pub(super) fn play_line(&mut self) -> Vec<Effect> {
        let Some(line) = self.lyrics.by_hand.filter(|_| self.scrolls_lyrics()) else { return Vec::new() };
        let at = self.lyrics.lyrics.as_ref().and_then(|lyrics| lyrics.lines.get(line)?.at);
        let Some(at) = at else { return self.tell(Level::Info, "These words have no times") };
        self.lyrics.by_hand = None;
        let by = Duration::from_millis(self.lyrics.offset_ms.unsigned_abs());
        let at = if self.lyrics.offset_ms > 0 { at.saturating_add(by) } else { at.saturating_sub(by) };
        self.seek_to(at)
    }

    /// Makes the words later or earlier by a step, in later runs too.
    pub(super) fn shift_lyrics(&mut self, steps: i64) -> Vec<Effect> {
        if !self.scrolls_lyrics() {
            return Vec::new();
        }
        let offset = self.lyrics.offset_ms + steps * OFFSET_STEP_MS;
        self.lyrics.offset_ms = offset.clamp(-MAX_OFFSET_MS, MAX_OFFSET_MS);
        let words = match self.lyrics.offset_ms {
            0 => "Lyrics as they say".to_owned(),
            late @ 1.. => format!("Lyrics {:.1} s later", late as f64 / 1000.0),
            early => format!("Lyrics {:.1} s earlier", early.unsigned_abs() as f64 / 1000.0),
        };
        let mut effects = self.tell(Level::Info, CleanText::new(words));
        if let Some(track) = self.lyrics.of.clone() {
            let offset_ms = self.lyrics.offset_ms;
            self.learned.words_offset_ms.insert(track.clone(), offset_ms);
            effects.push(Effect::KeepWordsOffset { track, offset_ms });
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Action, Event, Heard, Msg, PlayState, Start, parse_keys, update};
    use crate::model::{FaultKind, LyricLine, LyricsFrom, SampleRate, Session, SoundFormat, Track};

    fn lyrics() -> Arc<Lyrics> {
        let line = |at: u64| LyricLine { at: Some(Duration::from_secs(at)), text: format!("{at}").into() };
        Arc::new(Lyrics { lines: (0..30).map(|at| line(10 * at)).collect(), from: LyricsFrom::Tags })
    }

    fn playing() -> State {
        let track = |name: &str| Track::new(TrackRef::File(name.into()), name);
        let session = Session {
            tracks: vec![track("a").into(), track("b").into()],
            current: Some(0),
            ..Session::default()
        };
        let (mut state, _) = State::new(Start { session, ..Start::default() });
        update(&mut state, Msg::Action(Action::Play));
        let play_id = state.playback.now.as_ref().unwrap().play_id;
        let format =
            SoundFormat { codec: "FLAC".into(), sample_rate: SampleRate(44_100), channels: 2, bits: None };
        update(&mut state, Msg::Event(Event::Started { play_id, format, length: None }));
        hear(&mut state, 65);
        state
    }

    fn hear(state: &mut State, seconds: u64) {
        let play_id = state.playback.now.as_ref().map(|now| now.play_id);
        let heard = Heard {
            play_id,
            position: Duration::from_secs(seconds),
            length: Some(Duration::from_secs(300)),
            state: PlayState::Playing,
            ..Heard::default()
        };
        update(state, Msg::Event(Event::Heard(heard)));
    }

    fn keys(state: &mut State, keys: &str) -> Vec<Effect> {
        let chords = parse_keys(keys).unwrap().into_iter();
        chords.flat_map(|chord| update(state, Msg::Key(chord))).collect()
    }

    fn asked(effects: &[Effect]) -> Option<Ticket> {
        effects.iter().find_map(|effect| match effect {
            Effect::FindLyrics { ticket, .. } => Some(*ticket),
            _ => None,
        })
    }

    #[test]
    fn words_are_asked_for_when_they_are_shown() {
        let mut state = playing();
        let before = state.page;
        let ticket = asked(&keys(&mut state, "L")).unwrap();
        assert_eq!((state.page, asked(&keys(&mut state, "j"))), (Page::Now, None));
        let stale = Event::LyricsFound { ticket: Ticket(ticket.0 + 1000), result: Ok(lyrics()) };
        update(&mut state, Msg::Event(stale));
        assert!(state.lyrics.lyrics.is_none() && state.lyrics.is_waiting());
        update(&mut state, Msg::Event(Event::LyricsFound { ticket, result: Ok(lyrics()) }));
        assert_eq!(state.sung_line(), Some(6));
        // Another track has other words.
        let ticket = asked(&keys(&mut state, ">")).unwrap();
        assert!(state.lyrics.lyrics.is_none());
        let none = Fault::new(FaultKind::NotFound, "There are no lyrics");
        update(&mut state, Msg::Event(Event::LyricsFound { ticket, result: Err(none) }));
        assert!(asked(&keys(&mut state, "R")).is_some(), "once more");
        keys(&mut state, "L");
        assert_eq!(state.page, before);
        assert_eq!(asked(&keys(&mut state, "<")), None, "nobody looks");
    }

    #[test]
    fn words_are_scrolled_by_hand_and_shifted() {
        let mut state = playing();
        let ticket = asked(&keys(&mut state, "L")).unwrap();
        update(&mut state, Msg::Event(Event::LyricsFound { ticket, result: Ok(lyrics()) }));
        keys(&mut state, "jj");
        assert_eq!(state.lyrics.by_hand, Some(8));
        keys(&mut state, "G");
        assert_eq!(state.lyrics.by_hand, Some(29));
        keys(&mut state, "gg");
        assert_eq!(state.lyrics.by_hand, Some(0));
        keys(&mut state, "<Esc>");
        assert_eq!((state.lyrics.by_hand, state.page), (None, Page::Now), "they follow the ear");
        hear(&mut state, 60);
        keys(&mut state, ")))");
        assert_eq!((state.lyrics.offset_ms, state.sung_line()), (300, Some(5)));
        keys(&mut state, "((((");
        assert_eq!((state.lyrics.offset_ms, state.sung_line()), (-100, Some(6)));
        keys(&mut state, "jjj");
        let effects = keys(&mut state, "<Enter>");
        let to = Duration::from_millis(89_900);
        assert!(effects.contains(&Effect::Seek { to }), "{effects:?}");
        // It is kept, for this track alone.
        let track = TrackRef::File("a".into());
        let kept = Effect::KeepWordsOffset { track, offset_ms: 0 };
        assert!(keys(&mut state, ")").contains(&kept));
        keys(&mut state, "((");
        keys(&mut state, ">");
        assert_eq!(state.lyrics.offset_ms, 0);
        keys(&mut state, "<");
        assert_eq!(state.lyrics.offset_ms, -200);
    }
}
