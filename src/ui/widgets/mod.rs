//! Pieces that pages are made of. Each draws into the cells it is given and never beyond.

mod frame;
mod line;
mod list;
mod progress;

pub(super) use frame::{blank, frame};
pub(super) use line::{Ink, put, put_right, rule, spans};
pub(super) use list::{BAR_CELLS, Column, List, NUMBERS, Row, Span, Weight};
pub(super) use progress::progress;
