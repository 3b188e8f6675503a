//! Words of what is heard, and what is known of a row.

use std::sync::Arc;
use std::time::Duration;

use super::golden::{check, check_page, playing};
use super::house::House;
use crate::app::{Action, Event};
use crate::model::{Fault, FaultKind, LyricLine, Lyrics, LyricsFrom, Ticket};

/// A line every three seconds, some long, some wide, some empty.
pub(super) fn lyrics(is_synced: bool) -> Arc<Lyrics> {
    let words = [
        "The lights go out along the quay",
        "and nobody has come to see",
        "雨の港に船が出る、誰もいない桟橋から、灯りの消えた街をあとにして、遠くまで",
        "",
        "the last one leave, the last one stay, until the water takes the day and all that we had meant to say",
        "👩\u{200d}🚀 oh",
    ];
    let line = |at: usize| LyricLine {
        at: is_synced.then(|| Duration::from_secs(3 * at as u64)),
        text: words[at % words.len()].into(),
    };
    Arc::new(Lyrics { lines: (0..70).map(line).collect(), from: LyricsFrom::Beside })
}

/// The page of what is heard with its words, or why there are none.
pub(super) fn reading(result: &Result<Arc<Lyrics>, Fault>, columns: u16, rows: u16) -> House {
    let mut house = playing(columns, rows);
    house.action(Action::Lyrics);
    // The number of the request: whichever it is, only that one counts.
    for ticket in 0..60 {
        house.event(Event::LyricsFound { ticket: Ticket(ticket), result: result.clone() });
    }
    house
}

#[test]
fn words_follow_the_ear() {
    check_page("lyrics", |columns, rows| reading(&Ok(lyrics(true)), columns, rows));
    check("lyrics_by_hand", |columns, rows| {
        let mut house = reading(&Ok(lyrics(true)), columns, rows);
        house.keys("jjjj)))");
        house
    });
    check("lyrics_plain", |columns, rows| reading(&Ok(lyrics(false)), columns, rows));
    check("lyrics_none", |columns, rows| {
        let fault = Fault::new(FaultKind::NotFound, "There are no lyrics of this track")
            .hint("With lrclib = true under [lyrics] in config.toml, LRCLIB is asked too");
        reading(&Err(fault), columns, rows)
    });
}

#[test]
fn all_that_is_known_of_a_row() {
    check_page("info", |columns, rows| {
        let mut house = playing(columns, rows);
        house.action(Action::Info);
        house
    });
}
