//! A loaded track: its deck, what was taken from it and must be pushed again, and what was told of it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{Fault, Locator, Loudness, PlayId, SoundFormat};

use super::super::deck::{Deck, Frame, Item};
use super::super::skip::Skipper;

#[derive(Debug)]
pub(super) struct Voice {
    pub play_id: PlayId,
    pub locator: Locator,
    /// What was measured of it before.
    pub known: Option<Loudness>,
    pub deck: Deck,
    /// Items that were taken and come again before the deck's next.
    pub returned: VecDeque<Item>,
    /// Whether silences are shortened, and where.
    pub skips: bool,
    pub skipper: Skipper,
    pub format: Option<SoundFormat>,
    pub length: Option<Duration>,
    /// What its samples are multiplied by so that all tracks are as loud as each other.
    pub factor: f32,
    /// Some of its samples went beyond full scale and were limited.
    pub limited: bool,
    /// Where the next block should begin, once one was placed on the line.
    pub expected: Option<Duration>,
    /// What was placed last.
    pub last: Frame,
    /// It was to follow another track.
    pub appended: bool,
    /// The listener knows that it began.
    pub started: bool,
    /// The next samples begin in the middle of something: fade in.
    pub soften: bool,
    pub wants_next_told: bool,
    /// It may come while the track before it goes.
    pub blends: bool,
    /// The frame from which on it goes while the next one comes.
    pub goes_from: Option<u64>,
    /// The deck's thread has ended.
    pub dead: bool,
}

impl Voice {
    pub fn new(
        play_id: PlayId,
        locator: Locator,
        known: Option<Loudness>,
        deck: Deck,
        start: Duration,
    ) -> Self {
        Self {
            play_id,
            locator,
            known,
            deck,
            returned: VecDeque::new(),
            skips: false,
            skipper: Skipper::default(),
            format: None,
            length: None,
            factor: 1.0,
            limited: false,
            expected: None,
            last: Frame::default(),
            appended: false,
            started: false,
            soften: start > Duration::ZERO,
            wants_next_told: false,
            blends: false,
            goes_from: None,
            dead: false,
        }
    }

    /// Whether its first samples are on their way, or will never be.
    pub fn is_ready(&mut self) -> bool {
        if self.returned.is_empty() {
            let next = self.take_new();
            self.returned.extend(next);
        }
        !self.returned.is_empty()
    }

    /// The length of one that is ready and has samples.
    pub fn coming_length(&self) -> Option<Duration> {
        match self.returned.front()? {
            Item::Format { length, .. } => *length,
            Item::Block(_) => self.length,
            Item::Measured(_) | Item::End | Item::Failed(_) | Item::Trouble(_) => None,
        }
    }

    pub fn take(&mut self) -> Option<Item> {
        self.returned.pop_front().or_else(|| self.take_new())
    }

    fn take_new(&mut self) -> Option<Item> {
        if !self.skips {
            self.skipper.let_go();
        }
        loop {
            match self.skipper.next() {
                None if !self.skips => return self.deck.take(),
                None => self.skipper.push(self.deck.take()?),
                item => return item,
            }
        }
    }
}

/// Something that becomes true when the ear gets to a frame.
#[derive(Debug)]
pub(super) struct Mark {
    pub frame: u64,
    pub play_id: PlayId,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The track is at this position from here on; the first such mark of a track begins it.
    At(Duration),
    /// The track is over, or could not go on.
    End(Option<Fault>),
}

/// What is on the line and not yet heard, kept in case it must be pushed again.
#[derive(Debug)]
pub(super) struct Unheard {
    pub frame: u64,
    pub play_id: PlayId,
    pub item: Item,
}
