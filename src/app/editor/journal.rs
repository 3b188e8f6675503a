//! Every edit of a list with its way back. Nothing that was ever there is lost: an edit made after taking others back
//! keeps those too, and `undo` walks through them.

use std::sync::Arc;
use std::time::Duration;

use super::{Entry, total_length};
use crate::model::{EntryId, ListEdit};

/// Rows kept for taking edits back, all steps together; the oldest steps go first, the newest stays in any case.
const MAX_ROWS: usize = 500_000;

/// A list as it is around an edit, apart from its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::app) struct Side {
    /// The row that plays, or would.
    pub current: Option<EntryId>,
    /// The rows' own order, while they are shuffled.
    pub order: Option<Arc<[EntryId]>>,
    /// How many rows there are.
    pub rows: usize,
    /// How long they play.
    pub length: Duration,
}

/// A list before an edit.
#[derive(Debug)]
pub(in crate::app) struct Snapshot {
    entries: Vec<Entry>,
    side: Side,
}

/// An edit that was made.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Step {
    /// What was done: "clearing the queue".
    pub name: String,
    change: ListEdit<Entry>,
    before: Side,
    after: Side,
}

/// The steps that lead back, and those that lead on again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    undo: Vec<Step>,
    redo: Vec<Step>,
}

impl Snapshot {
    pub(in crate::app) fn new(
        entries: &[Entry],
        current: Option<EntryId>,
        order: Option<&Arc<[EntryId]>>,
    ) -> Self {
        Self { entries: entries.to_vec(), side: side(entries, current, order) }
    }
}

fn side(entries: &[Entry], current: Option<EntryId>, order: Option<&Arc<[EntryId]>>) -> Side {
    Side { current, order: order.cloned(), rows: entries.len(), length: total_length(entries) }
}

impl Step {
    /// What was done between a snapshot and now; `None` when that is nothing.
    pub(in crate::app) fn between(
        name: impl Into<String>,
        before: Snapshot,
        entries: &[Entry],
        current: Option<EntryId>,
        order: Option<&Arc<[EntryId]>>,
    ) -> Option<Self> {
        let change = ListEdit::between(&before.entries, entries);
        let after = side(entries, current, order);
        let is_nothing = change.is_empty() && before.side.order == after.order;
        (!is_nothing).then(|| Self { name: name.into(), change, before: before.side, after })
    }

    /// The step that takes this one back.
    pub(in crate::app) fn inverted(&self) -> Self {
        let (before, after) = (self.after.clone(), self.before.clone());
        Self { name: self.name.clone(), change: self.change.inverted(), before, after }
    }

    /// Makes the step, and says how the list is then; `None` and nothing done when it does not fit.
    pub(in crate::app) fn apply(&self, entries: &mut Vec<Entry>) -> Option<&Side> {
        self.change.apply(entries).ok().map(|()| &self.after)
    }

    fn size(&self) -> usize {
        self.change.len() + 1
    }
}

impl Journal {
    /// Whether there is anything to take back.
    pub fn is_empty(&self) -> bool {
        self.undo.is_empty()
    }

    /// What can be taken back, the newest first: what was done, and how many rows of what length taking it back would bring.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (&str, usize, Duration)> {
        self.undo.iter().rev().map(|step| (step.name.as_str(), step.before.rows, step.before.length))
    }

    /// Keeps a new step. What had been taken back before it is kept as steps of its own: there, and back.
    pub(in crate::app) fn push(&mut self, step: Step) {
        let branch: Vec<Step> = self.redo.drain(..).rev().collect();
        let back: Vec<Step> = branch.iter().rev().map(Step::inverted).collect();
        self.undo.extend(branch);
        self.undo.extend(back);
        self.undo.push(step);
        let mut rows: usize = self.undo.iter().map(Step::size).sum();
        let mut surplus = 0;
        while rows > MAX_ROWS && surplus + 1 < self.undo.len() {
            rows -= self.undo[surplus].size();
            surplus += 1;
        }
        self.undo.drain(..surplus);
    }

    /// The step that takes the newest edit back, which can be done again after that.
    pub(in crate::app) fn step_back(&mut self) -> Option<Step> {
        let step = self.undo.pop()?;
        let back = step.inverted();
        self.redo.push(step);
        Some(back)
    }

    /// The step that was taken back last.
    pub(in crate::app) fn step_on(&mut self) -> Option<Step> {
        let step = self.redo.pop()?;
        self.undo.push(step.clone());
        Some(step)
    }
}
