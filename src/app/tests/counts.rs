//! Numbers before the keys of the list editor.

use super::*;

fn queue(keys: &'static str) -> Vec<String> {
    let titles = (0..40).map(|number| format!("t{number}")).collect::<Vec<_>>().join(" ");
    let tracks = tracks(Box::leak(titles.into_boxed_str()));
    let session = crate::model::Session {
        tracks: tracks.into_iter().map(Into::into).collect(),
        current: Some(20),
        ..Default::default()
    };
    let run = Run::new(Start { session, services: services(), ..Start::default() }).steps([Step::Keys(keys)]);
    run.state.queue.entries.iter().map(|entry| entry.track.title.to_string()).collect()
}

#[test]
fn a_number_is_so_many_rows_and_one_edit() {
    let place = |rows: &[String], title: &str| rows.iter().position(|row| row == title);
    assert_eq!(place(&queue("gg6J"), "t0"), Some(6));
    assert_eq!(queue("gg6Ju"), queue("gg"), "one step takes it back");
    assert_eq!(place(&queue("gg999J"), "t0"), Some(39));
    assert_eq!(place(&queue("G6K"), "t39"), Some(33));
    assert_eq!(place(&queue("gg6d"), "t6"), Some(0));
    assert_eq!(queue("gg6du"), queue("gg"));
    let rows = queue("gg6xG7p");
    assert_eq!((rows.len(), place(&rows, "t6")), (34 + 42, Some(0)));
    assert_eq!(queue("gg6xG7puu"), queue("gg"));
    assert_eq!(queue("gg6yGp").len(), 46);
    assert_eq!(queue("G9d").len(), 39, "as many as there are");
    assert_eq!(queue("ggvj9d").len(), 38, "what is marked counts before a number");
}
