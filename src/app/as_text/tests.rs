use crate::app::editor::list_text::name;
use crate::app::list_text::TextRow;
use crate::app::tests::Run;
use crate::app::tests::Step::{Keys, Located, Started};
use crate::app::tests::{gone, track};
use crate::app::{Effect, Event};
use crate::model::{Fault, Ticket, Track};

/// The ticket and the text that the editor was given last.
fn given(run: &Run) -> (Ticket, String) {
    let found = run.effects.iter().find_map(|effect| match effect {
        Effect::EditText { ticket, text } => Some((*ticket, text.clone())),
        _ => None,
    });
    found.expect("the editor is asked for")
}

/// The lines that stand for rows.
fn lines(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with('='));
    rows.map(ToOwned::to_owned).collect()
}

/// The queue `a b c` in the editor, and what came back.
fn edited(make: impl FnOnce(&[String]) -> String) -> Run {
    back(Run::with("a b c").steps([Keys("<C-e>")]), make)
}

fn back(run: Run, make: impl FnOnce(&[String]) -> String) -> Run {
    let (ticket, text) = given(&run);
    let text = Some(make(&lines(&text)));
    run.hears(Event::TextEdited { ticket, text, result: Ok(()) })
}

fn notice(run: &Run) -> String {
    run.state.notices.latest().map_or_else(String::new, |notice| notice.words.to_string())
}

#[test]
fn what_the_text_says_is_one_edit() {
    let run = edited(|rows| format!("{}\n{}\n{}\n", rows[2], rows[0], rows[2]));
    assert_eq!(run.playing(), "c *a c | none @0");
    assert_eq!(notice(&run), "Your text is taken: 1 added, 1 taken out, the order changed \u{b7} u undoes");
    let run = run.steps([Keys("u")]);
    assert_eq!(run.playing(), "*a b c | none @0");
    let run = edited(|_| "# nothing\n".to_owned());
    assert_eq!(run.playing(), " | none @0");
    let run = edited(|rows| rows.join("\n"));
    assert_eq!((run.playing().as_str(), notice(&run).as_str()), ("*a b c | none @0", "Nothing was changed"));
}

#[test]
fn new_lines_are_looked_up_first() {
    let run = edited(|rows| format!("? night ferry\n{}\naudius:track:x\n", rows[1]));
    let asked = run.effects.iter().find_map(|effect| match effect {
        Effect::FindRows { ticket, rows, .. } => Some((*ticket, rows.clone())),
        _ => None,
    });
    let (ticket, rows) = asked.unwrap();
    let place = "audius:track:x".parse().unwrap();
    assert_eq!(rows, [(1, TextRow::Words("night ferry".into())), (3, TextRow::Place(place))]);
    assert_eq!(run.playing(), "*a b c | none @0", "nothing is changed before");
    let again = |run: Run, result: Result<Vec<Vec<Track>>, Vec<(usize, Fault)>>| {
        run.hears(Event::RowsFound { ticket, result })
    };
    let busy = run.steps([Keys("<C-e>")]);
    assert!(notice(&busy).contains("still being read"));
    let found = vec![vec![track("open", "x")], vec![track("open", "y"), track("open", "z")]];
    let run = again(busy, Ok(found));
    assert_eq!(run.playing(), "x *b y z | none @0");
    let run = edited(|_| "? nothing\n".to_owned());
    let ticket = Ticket(ticket.0);
    let run = run.hears(Event::RowsFound { ticket, result: Err(vec![(1, gone())]) });
    assert!(notice(&run).contains("line 1: It is gone: ? nothing. Nothing was changed."), "{}", notice(&run));
    assert_eq!(run.playing(), "*a b c | none @0");
}

#[test]
fn a_text_that_is_not_understood_is_offered_again() {
    let run = edited(|rows| format!("{}\nwhat is this\n{}\n", rows[2], rows[0]));
    assert_eq!(
        notice(&run),
        "line 2: this is neither a row nor something to add: what is this. Nothing was changed. Ctrl-e offers your text again"
    );
    assert_eq!(run.playing(), "*a b c | none @0");
    let run = run.steps([Keys("<C-e>")]);
    let (ticket, text) = given(&run);
    let c = name(run.state.queue.entries[2].id);
    assert!(text.starts_with(&c), "{text}");
    assert_eq!(text.lines().nth(1), Some("#! this is neither a row nor something to add"));
    // Left as it is, it is no more understood than before, at the same line.
    let run = run.hears(Event::TextEdited { ticket, text: Some(text), result: Ok(()) });
    assert!(notice(&run).starts_with("line 2: "), "{}", notice(&run));
    let run = back(run.steps([Keys("<C-e>")]), |rows| rows.join("\n"));
    assert_eq!(run.playing(), "c *a | none @0");
    assert!(run.state.drafts.is_empty());
}

#[test]
fn an_editor_that_fails_changes_nothing_and_loses_nothing() {
    let run = Run::with("a b c").steps([Keys("<C-e>")]);
    let (ticket, text) = given(&run);
    let result = Err(gone());
    let run = run.hears(Event::TextEdited { ticket, text: Some(text), result: result.clone() });
    assert_eq!(notice(&run), "It is gone.");
    assert!(run.state.drafts.is_empty());
    let run = run.steps([Keys("<C-e>")]);
    let (ticket, _) = given(&run);
    let run = run.hears(Event::TextEdited { ticket, text: Some("? mine".to_owned()), result });
    assert!(notice(&run).contains("offers your text again"), "{}", notice(&run));
    assert_eq!(given(&run.steps([Keys("<C-e>")])).1, "? mine");
}

#[test]
fn what_was_done_meanwhile_stays() {
    let run = Run::with("a b c").steps([Keys("<C-e>")]);
    let (ticket, text) = given(&run);
    let rows = lines(&text);
    // The second one is taken out while the editor is open, and the listener moves it there.
    let run = run.steps([Keys("jdG"), Keys("Y")]);
    let text = format!("{}\n{}\n{}\n", rows[1], rows[2], rows[0]);
    let run = run.hears(Event::TextEdited { ticket, text: Some(text), result: Ok(()) });
    assert_eq!(run.playing(), "c *a c | none @0");
    let told = notice(&run);
    assert!(told.starts_with("The list had changed meanwhile; both changes are in it."), "{told}");
    assert_eq!(run.steps([Keys("u")]).playing(), "*a c c | none @0");
}

#[test]
fn what_plays_plays_on() {
    let run = Run::with("a b c").steps([Keys("<Space>"), Located, Started, Keys("<C-e>")]);
    let run = back(run, |rows| format!("{}\n{}\n", rows[2], rows[0]));
    assert_eq!(run.playing(), "c *a | a sounding @0");
    let run = back(run.steps([Keys("<C-e>")]), |rows| rows[0].clone());
    assert_eq!(run.playing(), "*c | none @0");
}
