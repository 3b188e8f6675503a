//! Verbs of the command line, each killed at some moment: one that said it was done was done, any other one wholly or not at
//! all, and `undo` takes it back.

use std::process::Stdio;

use segue::library::Playlists;

use crate::chance::{Chance, kills};
use crate::program::Home;
use crate::store::{assert_undo_works, assert_whole, opened};

/// Rows by what they play.
pub fn rows(home: &Home) -> Vec<String> {
    let mut library = Playlists::open(&home.path().join("data/library.db")).unwrap();
    let shown = opened(&mut library, "Trip").unwrap();
    let rows = shown.entries.iter().map(|row| row.track.reference.to_string()).collect();
    assert_undo_works(shown);
    rows
}

#[test]
fn a_kill_while_a_verb_edits_loses_nothing_that_was_told() {
    let home = Home::new();
    for name in ["a", "b", "c", "d"] {
        std::fs::write(home.path().join(format!("{name}.mp3")), "").unwrap();
    }
    let file = |name: &str| home.path().join(format!("{name}.mp3")).to_str().unwrap().to_owned();
    let made = home.run(&["playlist", "new", "local", "Trip", &file("a"), &file("b"), &file("c")]);
    assert_eq!(made.code, 0, "{made:?}");
    #[expect(clippy::disallowed_methods, reason = "how long a verb takes here, not whether it is quick")]
    let took = {
        let begun = std::time::Instant::now();
        assert_eq!(home.run(&["playlist", "add", "Trip", &file("d")]).code, 0);
        begun.elapsed()
    };
    let latest = usize::try_from(took.as_micros()).unwrap() * 12 / 10;
    let (kills, mut chance) = (kills(20, 2), Chance(46));
    let (mut told, mut done_untold) = (0, 0);
    let mut now = rows(&home);
    for round in 0..kills {
        let (one, added) = (chance.below(now.len()), file(["a", "b", "c", "d"][chance.below(4)]));
        let (place, other) = ((one + 1).to_string(), (chance.below(now.len()) + 1).to_string());
        let mut wanted = now.clone();
        let arguments = match chance.below(4) {
            0 if now.len() > 3 => {
                wanted.remove(one);
                vec!["remove", "Trip", &place]
            }
            1 if place != other => {
                let row = wanted.remove(one);
                wanted.insert(other.parse::<usize>().unwrap() - 1, row);
                vec!["move", "Trip", &place, &other]
            }
            2 => {
                wanted.sort();
                vec!["sort", "Trip", "--by", "title"]
            }
            _ => {
                wanted.push(added.clone());
                vec!["add", "Trip", &added]
            }
        };
        let mut command = home.segue(&[&["playlist"], arguments.as_slice()].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        chance.wait(latest);
        child.kill().unwrap();
        let out = child.wait_with_output().unwrap().stdout;
        assert_whole(&home.path().join("data/library.db"));
        let found = rows(&home);
        let is_told = out.ends_with(b"\n");
        assert!(
            found == wanted || (!is_told && found == now),
            "round {round}: {arguments:?} of {now:?} made {found:?}"
        );
        told += usize::from(is_told);
        done_untold += usize::from(!is_told && found == wanted && wanted != now);
        now = found;
    }
    println!("{kills} kills: {told} after the verb had said so, {done_untold} between that and the edit");
    // What is left can be taken back to the beginning.
    let back = home.run(&["playlist", "undo", "Trip", "--steps", "100000"]);
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(rows(&home), [file("a"), file("b"), file("c")]);
}
