//! What was said of the own music with its way back: likes, ratings and kept searches as steps, added at the end only, the
//! oldest ones forgotten.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::rows::{read_reference, reference_text, whole};
use super::session::{keep, kept};
use super::smart::set;
use crate::model::{CleanText, OwnChange, OwnJournal, OwnMove, OwnStep};

/// Steps that are kept, at most; 1,000 are promised.
const MAX_STEPS: i64 = 2_000;

/// The name under which the number of the last step that is done is kept.
const STEP: &str = "own-step";

/// What a step is about: which kind of word, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matter {
    pub kind: &'static str,
    /// A track's reference, or a list's name.
    pub reference: String,
}

pub(super) const LIKE: &str = "like";
pub(super) const RATE: &str = "rate";
pub(super) const SEARCH: &str = "search";

impl Matter {
    pub fn of(wish: &OwnChange) -> Self {
        let (kind, reference) = match wish {
            OwnChange::Like { track, .. } => (LIKE, reference_text(track)),
            OwnChange::Rate { track, .. } => (RATE, reference_text(track)),
            OwnChange::KeepSearch { name, .. } | OwnChange::ForgetSearch { name } => {
                (SEARCH, super::smart::name_of(name))
            }
        };
        Self { kind, reference }
    }

    fn read(row: &Row<'_>, from: usize) -> rusqlite::Result<Self> {
        let kind = match row.get::<_, String>(from)?.as_str() {
            LIKE => LIKE,
            RATE => RATE,
            _ => SEARCH,
        };
        Ok(Self { kind, reference: row.get(from + 1)? })
    }

    /// What says that it is so; `None` where what it is about cannot be read.
    fn said(&self, value: Option<&str>) -> Option<OwnChange> {
        let track = || read_reference(&self.reference);
        Some(match self.kind {
            LIKE => OwnChange::Like { track: track()?, on: value == Some("1") },
            RATE => OwnChange::Rate {
                track: track()?,
                stars: value.and_then(|stars| stars.parse().ok()).unwrap_or(0),
            },
            _ => {
                let name = CleanText::new(&self.reference);
                match value {
                    Some(words) => OwnChange::KeepSearch { name, words: words.to_owned() },
                    None => OwnChange::ForgetSearch { name },
                }
            }
        })
    }
}

/// A step as it is kept.
struct Kept {
    matter: Matter,
    before: Option<String>,
    after: Option<String>,
    made_at: Option<i64>,
}

impl Kept {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let matter = Matter::read(row, 0)?;
        Ok(Self { matter, before: row.get(2)?, after: row.get(3)?, made_at: row.get(4)? })
    }

    fn inverted(self) -> Self {
        Self { before: self.after, after: self.before, ..self }
    }
}

const STEPS: &str = "SELECT kind, reference, before, after, made_at FROM own_step";

fn number(connection: &Connection) -> rusqlite::Result<i64> {
    Ok(kept(connection, STEP)?.and_then(|value| value.parse().ok()).unwrap_or(0))
}

/// Keeps a step that was made, behind the ways back of those that were taken back.
pub(super) fn push(
    change: &Transaction<'_>,
    matter: Matter,
    [before, after]: [Option<String>; 2],
    at: i64,
) -> rusqlite::Result<()> {
    if before == after {
        return Ok(());
    }
    let done = number(change)?;
    let mut find = change.prepare_cached(&format!("{STEPS} WHERE number > ?1 ORDER BY number DESC"))?;
    let undone: Vec<Kept> = find.query_map([done], Kept::read)?.collect::<rusqlite::Result<_>>()?;
    let mut last = done + whole(undone.len());
    let made = Kept { matter, before, after, made_at: None };
    let mut insert = change.prepare_cached(
        "INSERT INTO own_step (number, kind, reference, before, after, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for step in undone.into_iter().map(Kept::inverted).chain([made]) {
        last += 1;
        let Kept { matter, before, after, .. } = step;
        insert.execute(params![last, matter.kind, matter.reference, before, after, at])?;
    }
    keep(change, STEP, &last.to_string())?;
    change.execute("DELETE FROM own_step WHERE number <= ?1", [last - MAX_STEPS]).map(|_| ())
}

/// Goes through the steps as asked; tells what is so then, and which steps there are.
pub(super) fn go(change: &Transaction<'_>, by: OwnMove, at: i64) -> rusqlite::Result<OwnJournal> {
    let now = number(change)?;
    let (first, last): (i64, i64) = change.query_row(
        "SELECT ifnull(min(number), ?1 + 1), ifnull(max(number), ?1) FROM own_step",
        [now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let to = match by {
        OwnMove::Look => now,
        OwnMove::Back => now - 1,
        OwnMove::On => now + 1,
        OwnMove::To(number) => number.cast_signed(),
    };
    let to = to.clamp(first - 1, last);
    let mut walked = Vec::new();
    let mut at_step = now;
    while at_step != to {
        let (number, back) = if to < at_step { (at_step, true) } else { (at_step + 1, false) };
        let mut find = change.prepare_cached(&format!("{STEPS} WHERE number = ?1"))?;
        if let Some(step) = find.query_row([number], Kept::read).optional()? {
            let value = if back { step.before.as_deref() } else { step.after.as_deref() };
            set(change, &step.matter, value, at)?;
            walked.extend(told(change, &step)?);
        }
        at_step = if back { at_step - 1 } else { at_step + 1 };
    }
    keep(change, STEP, &to.to_string())?;
    let mut find = change.prepare_cached(&format!("{STEPS} ORDER BY number"))?;
    let steps: Vec<Kept> = find.query_map([], Kept::read)?.collect::<rusqlite::Result<_>>()?;
    let mut all = Vec::with_capacity(steps.len());
    for step in &steps {
        // A step that cannot be told keeps its place.
        all.push(told(change, step)?.unwrap_or_default());
    }
    let (first_number, number) = ((first - 1).max(0).cast_unsigned(), to.max(0).cast_unsigned());
    Ok(OwnJournal { walked, is_back: to < now, steps: all, first_number, number })
}

fn told(connection: &Connection, step: &Kept) -> rusqlite::Result<Option<OwnStep>> {
    let Kept { matter, before, after, made_at } = step;
    let (Some(before), Some(after)) = (matter.said(before.as_deref()), matter.said(after.as_deref())) else {
        return Ok(None);
    };
    let mut find = connection.prepare_cached("SELECT title FROM track WHERE reference = ?1")?;
    let title: Option<String> = match matter.kind {
        SEARCH => None,
        _ => find.query_row([&matter.reference], |row| row.get(0)).optional()?,
    };
    let title = CleanText::new(title.as_deref().unwrap_or(&matter.reference));
    let made_at = made_at.and_then(|at| u64::try_from(at).ok());
    Ok(Some(OwnStep { before: Some(before), after: Some(after), title, made_at }))
}
