//! Pieces that pages are made of. Each draws into the cells it is given and never beyond.

mod frame;
mod line;
mod list;
mod progress;
mod whole;

pub(super) use frame::{blank, frame};
pub(super) use line::{Ink, put, put_right, rule, spans};
pub(super) use list::{BAR_CELLS, Column, List, MOST_SAID, NUMBERS, Row, Span, Weight};
pub(super) use progress::progress;
pub(super) use whole::whole;
