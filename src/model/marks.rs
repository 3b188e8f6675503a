//! Marks on their way to a service: what is liked or followed here is kept until the service has it.

use super::catalogue::ItemRef;
use super::change::Mark;
use super::fault::Fault;
use super::text::CleanText;

/// A mark that is to be put on a thing of a service, or taken from it. Made twice it is as if made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkWish {
    /// Of what.
    pub item: ItemRef,
    /// Which mark.
    pub mark: Mark,
    /// Or taken from it.
    pub on: bool,
    /// What the thing is called.
    pub title: CleanText,
}

impl MarkWish {
    /// Whether both are about the same mark of the same thing.
    pub fn is_of(&self, other: &Self) -> bool {
        (self.mark, &self.item) == (other.mark, &other.item)
    }
}

/// A mark that has not reached its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingMark {
    /// Which.
    pub wish: MarkWish,
    /// When it is sent again, in seconds since 1970.
    pub next_try_at: u64,
}

/// A mark that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkErrand {
    /// Tells it from what is wanted of the same thing later.
    pub number: u64,
    /// Which.
    pub wish: MarkWish,
}

/// What came of a mark that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkSettled {
    /// The service has it.
    Arrived,
    /// It waits, and why.
    Waits(Fault),
    /// The service does not take it, and why; it is given up.
    Refused(Fault),
}

/// One mark's news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldMark {
    /// Which.
    pub wish: MarkWish,
    /// What there is to tell.
    pub what: MarkSettled,
}
