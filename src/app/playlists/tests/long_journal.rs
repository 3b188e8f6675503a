//! Edits of the queue that are on the disk and not in memory.

use super::*;
use crate::app::Msg;
use crate::model::{Journal, Step as Edit};

fn came(journal: Journal) -> Msg {
    Msg::Event(Event::QueueJournal(journal))
}

#[test]
fn edits_of_the_queue_that_are_not_here_are_read_when_they_are_wanted() {
    let mut house = House::new("a b c");
    house.run.send(came(Journal::default()));
    let house = House { run: house.run.steps([Keys("3dd")]), ..house };
    let steps: Vec<Edit> = house.run.state.queue.journal.all().to_vec();
    let mut again = house.restart();
    again.run.send(came(Journal::new(1, vec![steps[1].clone()], 2).with_earlier(true)));
    let again = again.keys("3u");
    assert_eq!(again.run.playing(), "*b c | none @0");
    // The page waits for them, and so do edits that are to be taken back.
    let asks = |run: &Run| run.effects.contains(&Effect::ReadQueueJournal { last: 1 });
    let again = again.keys("u");
    assert!(asks(&again.run));
    let mut again = again.keys("gj");
    assert!(!asks(&again.run), "they are on their way");
    again.run.send(came(Journal::new(0, steps, 0)));
    assert_eq!(again.run.playing(), "*a b c | none @0");
    let page = again.run.state.overlays.last();
    assert!(matches!(page, Some(crate::app::Overlay::Journal(page)) if page.changes() == 2 && !page.waiting));
}

#[test]
fn the_page_of_a_long_journal_is_filled_bit_by_bit() {
    let mut house = House::new("a b c d");
    house.run.send(came(Journal::default()));
    let house = House { run: house.run.steps([Keys("3ddd")]), ..house };
    let steps: Vec<Edit> = house.run.state.queue.journal.all().to_vec();
    let bit = |number: u64| {
        let step = steps[usize::try_from(number).unwrap() - 1].clone();
        came(Journal::new(number - 1, vec![step], number).with_earlier(number > 1))
    };
    let changes = |run: &Run| match run.state.overlays.last() {
        Some(crate::app::Overlay::Journal(page)) => (page.changes(), page.waiting),
        other => panic!("{other:?}"),
    };
    let mut again = house.restart();
    again.run.send(bit(3));
    let mut again = again.keys("gj");
    for number in [2, 1] {
        assert!(again.run.effects.contains(&Effect::ReadQueueJournal { last: number }), "{number}");
        assert_eq!(changes(&again.run), (0, true));
        again.run.send(bit(number));
    }
    assert_eq!((changes(&again.run), again.run.asked().as_str()), ((3, false), ""));
    // What cannot be read is not asked for again and again.
    let mut again = again.restart();
    again.run.send(bit(3));
    let mut again = again.keys("gj");
    again.run.send(came(Journal::default().with_earlier(true)));
    assert_eq!((changes(&again.run), again.run.asked().as_str()), ((1, false), ""));
}
