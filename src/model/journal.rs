//! Every edit of a list with its way back. Nothing that was ever there is lost: an edit made after taking others back
//! keeps those too, and `undo` walks through them. Steps are only ever added at the end, so that a journal can be kept
//! on disk as it grows.

use std::sync::Arc;
use std::time::Duration;

use super::entry::{Entry, total_length};
use super::list_edit::{DoesNotFit, EntryId, ListEdit};

/// What is held for taking edits back, all steps of a list together, in bytes; the oldest steps go first, the newest stays
/// in any case. A thousand shuffles of 5,000 rows take 10 MB. Of the queue more is kept on the disk, and read once it is wanted.
pub const MAX_JOURNAL_BYTES: usize = 24 << 20;

/// What a step takes beside its rows, about, in bytes.
pub const STEP_BYTES: usize = 256;

/// A list as it is around an edit, apart from its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// The row that plays, or would.
    pub current: Option<EntryId>,
    /// The rows' own order, while they are shuffled.
    pub order: Option<Arc<[EntryId]>>,
    /// How many rows there are.
    pub rows: usize,
    /// How long they play.
    pub length: Duration,
}

impl Side {
    /// Of a list of these rows.
    pub fn of(entries: &[Entry], current: Option<EntryId>, order: Option<&Arc<[EntryId]>>) -> Self {
        Self { current, order: order.cloned(), rows: entries.len(), length: total_length(entries) }
    }
}

/// A list before an edit.
#[derive(Debug)]
pub struct Snapshot {
    /// Its rows.
    pub entries: Vec<Entry>,
    /// What else it is.
    pub side: Side,
}

impl Snapshot {
    /// The list as it is now.
    pub fn new(entries: &[Entry], current: Option<EntryId>, order: Option<&Arc<[EntryId]>>) -> Self {
        Self { entries: entries.to_vec(), side: Side::of(entries, current, order) }
    }
}

/// An edit that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was done: "clearing the queue".
    pub name: String,
    /// The rows that it took out and put in.
    pub change: ListEdit<Entry>,
    /// How the list was.
    pub before: Side,
    /// How it was then.
    pub after: Side,
    /// When it was made, in seconds since 1970, where that is known.
    pub made_at: Option<u64>,
}

impl Step {
    /// What was done between a snapshot and now; `None` when that is nothing.
    pub fn between(
        name: impl Into<String>,
        before: Snapshot,
        entries: &[Entry],
        current: Option<EntryId>,
        order: Option<&Arc<[EntryId]>>,
    ) -> Option<Self> {
        let change = ListEdit::between(&before.entries, entries);
        let after = Side::of(entries, current, order);
        let is_nothing = change.is_empty() && before.side.order == after.order;
        (!is_nothing).then(|| Self { name: name.into(), change, before: before.side, after, made_at: None })
    }

    /// The step that takes this one back.
    pub fn inverted(&self) -> Self {
        let (before, after) = (self.after.clone(), self.before.clone());
        Self { name: self.name.clone(), change: self.change.inverted(), before, after, made_at: self.made_at }
    }

    /// The same as a step of its own in the journal, named for what it is.
    fn way_back(&self) -> Self {
        let name = match self.name.strip_prefix(TAKING_BACK) {
            Some(name) => name.to_owned(),
            None => format!("{TAKING_BACK}{}", self.name),
        };
        Self { name, ..self.inverted() }
    }

    /// Makes the step, and says how the list is then.
    ///
    /// # Errors
    /// When it does not fit; nothing is done then.
    pub fn apply(&self, entries: &mut Vec<Entry>) -> Result<&Side, DoesNotFit> {
        self.change.apply(entries).map(|()| &self.after)
    }

    /// The orders that it names.
    fn orders(&mut self) -> impl Iterator<Item = &mut Arc<[EntryId]>> {
        self.before.order.iter_mut().chain(&mut self.after.order)
    }
}

/// What a new step adds to a journal in which these steps, the oldest first, were taken back: the ways back of those, so
/// that they stay reachable, and the step.
pub fn added_by(taken_back: &[Step], step: Step) -> impl Iterator<Item = Step> {
    let made_at = step.made_at;
    taken_back.iter().rev().map(move |back| Step { made_at, ..back.way_back() }).chain([step])
}

/// What the name of a step begins with that takes another one back.
const TAKING_BACK: &str = "taking back ";

/// All steps of a list, numbered from 1, and how many of them are done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// Steps that were forgotten because they are old.
    forgotten: u64,
    steps: Vec<Step>,
    /// Those of `steps` that are done; the others were taken back.
    done: usize,
    /// Whether steps before these can be had from where it is kept.
    has_earlier: bool,
}

impl Journal {
    /// A journal as it was kept: its steps, of which the first one follows on `forgotten` others, and the number of
    /// the last one that is done.
    pub fn new(forgotten: u64, steps: Vec<Step>, number: u64) -> Self {
        let done = number.saturating_sub(forgotten);
        let done = usize::try_from(done).unwrap_or(usize::MAX).min(steps.len());
        let mut journal = Self { forgotten, steps, done, has_earlier: false };
        journal.share_orders(0);
        journal.forget_old();
        journal
    }

    /// The same, of which steps before the first one can be had from where it is kept.
    pub fn with_earlier(self, has_earlier: bool) -> Self {
        Self { has_earlier, ..self }
    }

    /// Whether steps before the first one can be had from where it is kept.
    pub fn has_earlier(&self) -> bool {
        self.has_earlier
    }

    /// Takes over the steps before the first one, as far as `kept` has them; the journal stands where it stood. They stay
    /// until the next new step.
    pub fn take_earlier(&mut self, mut kept: Self) {
        let count = usize::try_from(self.forgotten.saturating_sub(kept.forgotten)).unwrap_or(usize::MAX);
        if count > kept.steps.len() {
            return;
        }
        self.has_earlier = kept.has_earlier;
        kept.steps.truncate(count);
        kept.steps.append(&mut self.steps);
        self.steps = kept.steps;
        self.forgotten -= count as u64;
        self.done += count;
        self.share_orders(0);
    }

    /// Orders that are the same as the one before are kept once, from this step on.
    fn share_orders(&mut self, from: usize) {
        let mut last: Option<Arc<[EntryId]>> = None;
        for order in self.steps.iter_mut().skip(from.saturating_sub(1)).flat_map(Step::orders) {
            match &last {
                Some(known) if known == order => *order = Arc::clone(known),
                _ => last = Some(Arc::clone(order)),
            }
        }
    }

    /// What each step takes, in bytes; an order counts where it is named first.
    fn sizes(&self) -> impl Iterator<Item = usize> {
        let mut last: Option<&Arc<[EntryId]>> = None;
        self.steps.iter().map(move |step| {
            let mut size = step.change.bytes() + STEP_BYTES;
            for order in step.before.order.iter().chain(&step.after.order) {
                if !last.is_some_and(|last| Arc::ptr_eq(last, order)) {
                    size += order.len() * size_of::<EntryId>();
                    last = Some(order);
                }
            }
            size
        })
    }

    /// Whether it takes more than [`MAX_JOURNAL_BYTES`].
    pub fn is_full(&self) -> bool {
        self.sizes().sum::<usize>() > MAX_JOURNAL_BYTES
    }

    /// Keeps to [`MAX_JOURNAL_BYTES`]; of what is done, the newest step stays. The others are where it is kept, for a while.
    fn forget_old(&mut self) {
        let sizes: Vec<usize> = self.sizes().collect();
        let mut bytes: usize = sizes.iter().sum();
        let mut surplus = 0;
        for size in sizes.iter().take(self.done.saturating_sub(1)) {
            if bytes <= MAX_JOURNAL_BYTES {
                break;
            }
            bytes -= size;
            surplus += 1;
        }
        self.has_earlier |= surplus > 0;
        self.steps.drain(..surplus);
        self.forgotten += surplus as u64;
        self.done -= surplus;
    }

    /// The number of the last step that is done; 0: of none.
    pub fn number(&self) -> u64 {
        self.forgotten + self.done as u64
    }

    /// Changes what rows of all steps say; which row is which stays.
    pub fn each_row(&mut self, mut change: impl FnMut(&mut Entry)) {
        self.steps.iter_mut().for_each(|step| step.change.each_row(&mut change));
    }

    /// Whether there is anything to take back.
    pub fn is_empty(&self) -> bool {
        self.done == 0
    }

    /// What can be taken back, the newest first: what was done, and how many rows of what length taking it back would bring.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (&str, usize, Duration)> {
        let done = self.steps.iter().take(self.done).rev();
        done.map(|step| (step.name.as_str(), step.before.rows, step.before.length))
    }

    /// Keeps a new step. What had been taken back before it is kept as steps of its own: there, and back.
    pub fn push(&mut self, step: Step) {
        let added: Vec<_> = added_by(&self.steps[self.done..], step).collect();
        let new = self.steps.len();
        self.steps.extend(added);
        self.done = self.steps.len();
        self.share_orders(new);
        self.forget_old();
    }

    /// The step that takes the newest edit back, which can be done again after that.
    pub fn step_back(&mut self) -> Option<Step> {
        self.done = self.done.checked_sub(1)?;
        self.steps.get(self.done).map(Step::inverted)
    }

    /// The step that was taken back last.
    pub fn step_on(&mut self) -> Option<Step> {
        let step = self.steps.get(self.done)?;
        self.done += 1;
        Some(step.clone())
    }

    /// The number of the step before the oldest that is known.
    pub fn first_number(&self) -> u64 {
        self.forgotten
    }

    /// The steps that lead from where the list stands to where the step of this number is the last one that is done.
    pub fn way_to(&self, number: u64) -> Vec<Step> {
        let to = usize::try_from(number.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        let to = to.min(self.steps.len());
        match self.steps.get(to..self.done) {
            Some(back) => back.iter().rev().map(Step::inverted).collect(),
            None => self.steps.get(self.done..to).unwrap_or_default().to_vec(),
        }
    }

    /// The list stands there now.
    pub fn stand_at(&mut self, number: u64) {
        let to = usize::try_from(number.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        self.done = to.min(self.steps.len());
    }

    /// Everything there is, the oldest first.
    pub fn all(&self) -> &[Step] {
        &self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Track;

    /// Steps of which each puts in 100,000 rows of one track, or takes them out.
    fn steps(count: u64) -> Vec<Step> {
        let track = Arc::new(Track::new("/m/a.flac".parse().unwrap(), "A"));
        let rows: Vec<Entry> = (0..100_000).map(|id| Entry::new(EntryId(id), Arc::clone(&track))).collect();
        let step = |before: &[Entry], after: &[Entry]| {
            Step::between("filling", Snapshot::new(before, None, None), after, None, None).unwrap()
        };
        let there_and_back = [step(&[], &rows), step(&rows, &[])];
        there_and_back.into_iter().cycle().zip(0..count).map(|(step, _)| step).collect()
    }

    #[test]
    fn what_is_too_much_to_hold_comes_back() {
        let all = steps(20);
        let mut journal = Journal::default();
        for step in &all {
            journal.push(step.clone());
        }
        let held = journal.all().len();
        // 32 bytes a row: 3.2 MB a step.
        assert_eq!((held, journal.number(), journal.has_earlier()), (7, 20, true));
        // What leads elsewhere than to the first one here is not taken.
        journal.take_earlier(Journal::new(0, all[..5].to_vec(), 5));
        assert_eq!((journal.all().len(), journal.has_earlier()), (held, true));
        journal.take_earlier(Journal::new(8, all[8..13].to_vec(), 13).with_earlier(true));
        assert_eq!((journal.first_number(), journal.has_earlier()), (8, true));
        journal.take_earlier(Journal::new(8, Vec::new(), 8));
        assert_eq!((journal.first_number(), journal.number(), journal.has_earlier()), (8, 20, false));
        let rows = |steps: &[Step]| steps.iter().map(|step| step.after.rows).collect::<Vec<_>>();
        assert_eq!(rows(journal.all()), rows(&all[8..]));
        // A new step makes room again.
        journal.push(all[0].clone());
        assert_eq!((journal.all().len(), journal.number(), journal.has_earlier()), (held, 21, true));
    }
}
