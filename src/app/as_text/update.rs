//! Decisions about lists as text.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::state::{Draft, TextUnderWay, Texted, with_remarks, without_remarks};
use crate::app::editor::Entry;
use crate::app::edits::Edited;
use crate::app::effect::Effect;
use crate::app::list_text::{self, TextProblem, TextRow, text_fault};
use crate::app::notices::{Level, words};
use crate::app::queue::tracks;
use crate::app::state::State;
use crate::model::{
    CleanText, EntryId, Fault, ListEdit, MAX_PLAYLIST_ROWS, Merged, ServiceId, Ticket, Track, at_service,
    merge,
};

/// Drafts that are kept, the newest.
const MAX_DRAFTS: usize = 8;

impl State {
    /// Gives the list that has the keys to the listener's editor, or the text of it that could not be taken.
    pub(in crate::app) fn edit_as_text(&mut self) -> Vec<Effect> {
        if self.text.is_some() {
            return self.tell(Level::Info, "The last text is still being read; wait for it first");
        }
        let what = match (self.edited(), &self.playlists.open) {
            (Some(Edited::Playlist), Some(open)) => Texted::Playlist(open.id),
            (Some(Edited::Queue), _) => Texted::Queue,
            (_, _) => {
                return self.tell(Level::Info, "Go to the queue, or open a playlist, to edit it as text");
            }
        };
        let draft = self.drafts.iter().position(|draft| draft.what == what).map(|at| self.drafts.remove(at));
        let (text, base) = if let Some(draft) = draft {
            (draft.text, draft.base)
        } else {
            let (title, entries) = match &self.playlists.open {
                Some(open) if what != Texted::Queue => (open.name.clone(), &open.entries),
                Some(_) | None => ("Queue".into(), &self.queue.entries),
            };
            (list_text::to_text(&title, entries), entries.clone())
        };
        let ticket = self.next_ticket();
        self.text = Some(TextUnderWay { ticket, what, base, text: text.clone(), rows: Vec::new() });
        vec![Effect::EditText { ticket, text }]
    }

    /// The editor has ended, with this in its file.
    pub(in crate::app) fn text_edited(
        &mut self,
        ticket: Ticket,
        text: Option<String>,
        result: Result<(), Fault>,
    ) -> Vec<Effect> {
        let Some(mut under_way) = self.text.take_if(|under_way| under_way.ticket == ticket) else {
            return Vec::new();
        };
        // A text that was offered once more may be the very one that is wanted.
        let was_draft = under_way.text.lines().any(|line| line.starts_with("#! "));
        let same = text.as_ref() == Some(&under_way.text);
        match (result, text) {
            (Err(fault), Some(text)) if !same => {
                let words = format!("{fault} {}", self.kept_words());
                self.keep_draft(under_way, text);
                self.tell(Level::Error, words)
            }
            (Err(fault), _) => {
                if was_draft {
                    let text = under_way.text.clone();
                    self.keep_draft(under_way, text);
                }
                self.tell(Level::Error, words(&fault))
            }
            (Ok(()), None) => self.tell(Level::Error, "The text cannot be read back; nothing was changed"),
            (Ok(()), Some(_)) if same && !was_draft => self.tell(Level::Info, "Nothing was changed"),
            (Ok(()), Some(text)) => {
                under_way.text = without_remarks(&text);
                self.understand(under_way)
            }
        }
    }

    /// Takes each line for what it is. New rows are looked up first.
    fn understand(&mut self, mut under_way: TextUnderWay) -> Vec<Effect> {
        let rows = match list_text::from_text(&under_way.text, &under_way.base) {
            Ok(rows) => rows,
            Err(problems) => return self.not_understood(under_way, &problems),
        };
        if rows.len() > MAX_PLAYLIST_ROWS {
            let problem = format!("a list holds at most {MAX_PLAYLIST_ROWS} rows");
            let line = rows.get(MAX_PLAYLIST_ROWS).map_or(1, |(line, _)| *line);
            let problem = TextProblem { line, text: CleanText::default(), problem };
            return self.not_understood(under_way, &[problem]);
        }
        let is_new = |(_, row): &&(usize, TextRow)| !matches!(row, TextRow::Kept(_));
        let wanted: Vec<_> = rows.iter().filter(is_new).cloned().collect();
        under_way.rows = rows;
        if wanted.is_empty() {
            return self.apply_text(under_way, Vec::new());
        }
        let ticket = self.next_ticket();
        under_way.ticket = ticket;
        let words = match wanted.len() {
            1 => "Looking for the new line...".to_owned(),
            count => format!("Looking for {count} new lines..."),
        };
        let service = self.service_of_text(&under_way);
        self.text = Some(under_way);
        let mut effects = vec![Effect::FindRows { ticket, rows: wanted, service }];
        effects.extend(self.tell(Level::Info, words));
        effects
    }

    /// What new lines lead to has come, or which of them lead nowhere.
    pub(in crate::app) fn rows_found(
        &mut self,
        ticket: Ticket,
        result: Result<Vec<Vec<Track>>, Vec<(usize, Fault)>>,
    ) -> Vec<Effect> {
        let Some(under_way) = self.text.take_if(|under_way| under_way.ticket == ticket) else {
            return Vec::new();
        };
        let lines: Vec<&str> = under_way.text.lines().collect();
        let of_line = |line: usize, problem: String| TextProblem {
            line,
            text: CleanText::new(lines.get(line.saturating_sub(1)).copied().unwrap_or_default()),
            problem,
        };
        let problems: Vec<TextProblem> = match &result {
            Ok(found) => {
                let foreign = self.foreign_lines(&under_way, found);
                foreign.into_iter().map(|(line, problem)| of_line(line, problem)).collect()
            }
            Err(faults) => {
                let words = |fault: &Fault| fault.message.as_str().trim_end_matches('.').to_owned();
                faults.iter().map(|(line, fault)| of_line(*line, words(fault))).collect()
            }
        };
        match result {
            Ok(found) if problems.is_empty() => self.apply_text(under_way, found),
            Ok(_) | Err(_) => self.not_understood(under_way, &problems),
        }
    }

    /// The service that keeps the list, where one does.
    fn service_of_text(&self, under_way: &TextUnderWay) -> Option<ServiceId> {
        let Texted::Playlist(id) = under_way.what else { return None };
        let open = self.playlists.open.as_ref().filter(|open| open.id == id);
        open?.remote.as_ref().map(|remote| remote.service.clone())
    }

    /// New lines that lead to tracks which the list cannot hold, and why not.
    fn foreign_lines(&self, under_way: &TextUnderWay, found: &[Vec<Track>]) -> Vec<(usize, String)> {
        let Some(service) = self.service_of_text(under_way) else { return Vec::new() };
        let place = self.place_name(&service);
        let new = under_way.rows.iter().filter(|(_, row)| !matches!(row, TextRow::Kept(_)));
        let foreign = new.zip(found).filter_map(|((line, _), tracks)| {
            let foreign = tracks.iter().find(|track| at_service(track, &service).is_none())?;
            Some((
                *line,
                format!("{} is not of {place}, and its playlists hold only its own tracks", foreign.title),
            ))
        });
        foreign.collect()
    }

    fn not_understood(&mut self, under_way: TextUnderWay, problems: &[TextProblem]) -> Vec<Effect> {
        let text = with_remarks(&under_way.text, problems);
        let told = text_fault(problems).message;
        let words = format!("{told}. Nothing was changed. {}", self.kept_words());
        self.keep_draft(under_way, text);
        self.tell(Level::Error, words)
    }

    fn kept_words(&self) -> String {
        let keys = self.keymap.keys_of(&crate::app::Action::EditAsText);
        match keys.first() {
            Some(keys) => format!("{} offers your text again", keys.replace("<C-", "Ctrl-").replace('>', "")),
            None => "Your text is offered again".to_owned(),
        }
    }

    fn keep_draft(&mut self, under_way: TextUnderWay, text: String) {
        let TextUnderWay { what, base, .. } = under_way;
        if self.drafts.len() >= MAX_DRAFTS {
            self.drafts.remove(0);
        }
        self.drafts.push(Draft { what, text, base });
    }

    /// Makes the list what the text says, with what was done to it meanwhile.
    fn apply_text(&mut self, under_way: TextUnderWay, found: Vec<Vec<Track>>) -> Vec<Effect> {
        let which = match under_way.what {
            Texted::Queue => Edited::Queue,
            Texted::Playlist(id) if self.playlists.open.as_ref().is_some_and(|open| open.id == id) => {
                Edited::Playlist
            }
            Texted::Playlist(_) => {
                let text = under_way.text.clone();
                self.keep_draft(under_way, text);
                let words = "The playlist is not open any more; nothing was changed. Open it, and your text is offered again";
                return self.tell(Level::Warning, words);
            }
        };
        let mine = self.rows_of_text(which, &under_way, found);
        let Some(sheet) = self.sheet(which) else { return Vec::new() };
        let theirs = sheet.entries.clone();
        let ids = |entries: &[Entry]| entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
        let changed_meanwhile = ids(&theirs) != ids(&under_way.base);
        let Merged { rows: after, gone } = if changed_meanwhile {
            merge(&under_way.base, &mine, &theirs)
        } else {
            Merged { rows: mine, gone: Vec::new() }
        };
        let edit = ListEdit::between(&theirs, &after);
        if edit.is_empty() {
            return self.tell(Level::Info, "Nothing was changed");
        }
        let mut effects = self.set_rows(which, &theirs, after);
        // What the list could not hold is not among them.
        let Some(now) = self.sheet(which).map(|sheet| sheet.entries.clone()) else { return effects };
        let told = done_words(&theirs, &now);
        let mut words = format!("{told} \u{b7} {}", self.undo_words());
        if changed_meanwhile {
            words = format!("The list had changed meanwhile; both changes are in it. {words}");
        }
        if !gone.is_empty() {
            words = format!("{words} \u{b7} {} that your text names had been taken out", tracks(gone.len()));
        }
        effects.extend(self.tell_done(&words, MAX_PLAYLIST_ROWS));
        effects
    }

    /// The rows that the text names, new ones with numbers of their own.
    fn rows_of_text(
        &mut self,
        which: Edited,
        under_way: &TextUnderWay,
        found: Vec<Vec<Track>>,
    ) -> Vec<Entry> {
        let known: HashMap<EntryId, &Entry> = under_way.base.iter().map(|entry| (entry.id, entry)).collect();
        let mut used = HashSet::new();
        let mut found = found.into_iter();
        // A row that is kept, or tracks that are to become rows.
        let wanted: Vec<Result<Entry, Vec<Arc<Track>>>> = under_way
            .rows
            .iter()
            .filter_map(|(_, row)| match row {
                TextRow::Kept(id) => {
                    let entry = Entry::clone(known.get(id)?);
                    Some(if used.insert(*id) { Ok(entry) } else { Err(vec![entry.track]) })
                }
                TextRow::Place(_) | TextRow::Words(_) => {
                    Some(Err(found.next()?.into_iter().map(Arc::new).collect()))
                }
            })
            .collect();
        let new: Vec<Arc<Track>> =
            wanted.iter().filter_map(|row| row.as_ref().err()).flatten().cloned().collect();
        let mut new = self.rows_for(which, new).into_iter();
        let rows = wanted.into_iter().flat_map(|row| match row {
            Ok(entry) => vec![entry],
            Err(tracks) => new.by_ref().take(tracks.len()).collect(),
        });
        rows.collect()
    }

    /// Gives a list these rows. When the row that plays is not among them, the one after it plays.
    fn set_rows(&mut self, which: Edited, before: &[Entry], after: Vec<Entry>) -> Vec<Effect> {
        let name = "editing it as text".to_owned();
        let kept = after.iter().map(|entry| entry.id).collect();
        let edit = |sheet: &mut crate::app::edits::Sheet<'_>| {
            *sheet.entries = after;
            sheet.selection.clear();
        };
        if which == Edited::Playlist {
            return self.edit_playlist(name, edit);
        }
        let stays: HashSet<EntryId> = kept;
        let gone: Vec<usize> = before
            .iter()
            .enumerate()
            .filter(|(_, entry)| !stays.contains(&entry.id))
            .map(|(row, _)| row)
            .collect();
        let plays_on = self.plays_on_without(&gone);
        let mut effects = if plays_on.is_some() { self.unload() } else { Vec::new() };
        effects.extend(self.edit_queue_rows(name, edit));
        if plays_on == Some(true) {
            effects.extend(self.play_current());
        }
        effects
    }
}

/// What was done, in words: "3 added, 2 taken out, others moved".
fn done_words(before: &[Entry], after: &[Entry]) -> String {
    let ids = |entries: &[Entry]| entries.iter().map(|entry| entry.id).collect::<HashSet<_>>();
    let (old, new) = (ids(before), ids(after));
    let (added, taken) = (new.difference(&old).count(), old.difference(&new).count());
    let kept = |entries: &[Entry], in_both: &HashSet<EntryId>| -> Vec<EntryId> {
        entries.iter().map(|entry| entry.id).filter(|id| in_both.contains(id)).collect()
    };
    let moved = kept(before, &new) != kept(after, &old);
    let mut parts = Vec::new();
    if added > 0 {
        parts.push(format!("{added} added"));
    }
    if taken > 0 {
        parts.push(format!("{taken} taken out"));
    }
    if moved {
        parts.push("the order changed".to_owned());
    }
    format!("Your text is taken: {}", parts.join(", "))
}
