use super::state::{Brings, Standing};
use crate::app::tests::Run;
use crate::app::tests::Step::Keys;
use crate::app::{Overlay, State};

/// The rows of the page: what was done, what going there brings, and where the list stands.
fn rows(state: &State) -> Vec<String> {
    let Some(Overlay::Journal(page)) = state.overlays.last() else { panic!("no journal") };
    let words = |row: &super::Made| {
        let brings = match &row.brings {
            Brings::Rows(rows, length) => format!("{rows} {}", length.as_secs()),
            Brings::Playlist(name, rows, _) => format!("{name} {rows}"),
            Brings::Without(name) => format!("no {name}"),
            Brings::Said(words) => words.to_string(),
            Brings::Newest => "newest".to_owned(),
        };
        let standing = match row.standing {
            Standing::Done => "",
            Standing::Here => "*",
            Standing::TakenBack => "-",
        };
        format!("{standing}{}: {brings}", row.name)
    };
    page.rows.iter().map(words).collect()
}

#[test]
fn the_journal_shows_every_change_and_leads_anywhere() {
    let titles = |run: &Run| run.playing();
    let run = Run::with("a b c").steps([Keys("dJDgj")]);
    assert_eq!(
        rows(&run.state),
        ["*: 0 0", "clearing the queue: 2 400", "moving a row: 2 400", "taking a row out: 3 600",]
    );
    let run = run.steps([Keys("jjj<Enter>")]);
    assert_eq!(titles(&run), "*a b c | none @0");
    let run = run.steps([Keys("gj")]);
    assert_eq!(
        rows(&run.state),
        ["-: 0 0", "-clearing the queue: 2 400", "-moving a row: 2 400", "*taking a row out: 3 600",]
    );
    let run = run.steps([Keys("<Enter>")]);
    assert!(!run.state.overlays.is_empty(), "it is there already");
    let run = run.steps([Keys("k<Enter>")]);
    assert_eq!(titles(&run), "*b c | none @0");
    // A new change after going back: what was taken back stays reachable.
    let run = run.steps([Keys("d"), Keys("gj")]);
    let shown = rows(&run.state);
    assert_eq!(
        shown,
        [
            "*: 1 200",
            "taking a row out: 2 400",
            "taking back moving a row: 2 400",
            "taking back clearing the queue: 0 0",
            "clearing the queue: 2 400",
            "moving a row: 2 400",
            "taking a row out: 3 600",
        ]
    );
    let run = run.steps([Keys("jj<Enter>")]);
    assert_eq!(titles(&run), "c *b | none @0");
    let run = run.steps([Keys("gjgg<Enter>")]);
    assert_eq!(titles(&run), "*c | none @0");
    // What plays goes on.
    let run = run.steps([Keys("<Space>gjG<Enter>")]);
    assert_eq!(titles(&run), "a b *c | c locating @0");
}
