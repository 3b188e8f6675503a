//! A list that is being edited as text, and texts that could not be taken.

use crate::app::editor::Entry;
use crate::app::list_text::{TextProblem, TextRow};
use crate::model::{PlaylistId, Ticket};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texted {
    Queue,
    Playlist(PlaylistId),
}

/// A list whose text is in the editor, or is being understood.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct TextUnderWay {
    pub(super) ticket: Ticket,
    pub(super) what: Texted,
    /// The rows that the text names.
    pub(super) base: Vec<Entry>,
    /// The text as the editor was given it, then as it came back.
    pub(super) text: String,
    /// What it asks for, while new rows are looked up.
    pub(super) rows: Vec<(usize, TextRow)>,
}

/// A text that could not be taken: offered again.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Draft {
    pub(super) what: Texted,
    pub(super) text: String,
    /// The rows that it names.
    pub(super) base: Vec<Entry>,
}

/// What a remark of ours begins with.
const REMARK: &str = "#! ";

/// The text with a remark above each line that was not understood.
pub(super) fn with_remarks(text: &str, problems: &[TextProblem]) -> String {
    let mut remarked = String::with_capacity(text.len() + 80 * problems.len());
    for (line, number) in text.lines().zip(1..) {
        for problem in problems.iter().filter(|problem| problem.line == number) {
            remarked.extend([REMARK, &problem.problem, "\n"]);
        }
        remarked.extend([line, "\n"]);
    }
    remarked
}

/// The text without such remarks.
pub(super) fn without_remarks(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with(REMARK)).flat_map(|line| [line, "\n"]).collect()
}
