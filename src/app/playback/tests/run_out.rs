//! Addresses whose time is over.

use super::*;
use crate::model::{Fault, Retry};

#[test]
fn an_address_whose_time_is_over_is_asked_for_as_often_as_need_be() {
    let over = || Fault { retry: Retry::Later, ..Fault::new(FaultKind::Refused, "it has run out") };
    // Reconnections that nobody wished for, each after a few seconds of sound.
    let mut steps = vec![At(12), Failed(over())];
    for at in [24, 36, 48] {
        steps.extend([Located, Started, At(at), Failed(over())]);
    }
    check_playing("a b", &steps, "locate a again", "*a b | a locating @48");
    // One that is over before it brought anything is asked for once more, and not for ever.
    let late = [At(12), Failed(over()), Located, Failed(over()), NotElsewhere];
    check_playing("a b", &late, "locate b", "a! *b | b locating @0");
    let late = [Keys("<Space>"), Located, Failed(over())];
    check("a b", &late, "locate a again", "*a b | a locating @0");

    // The network is away while it is asked for.
    let away = [At(12), Failed(over()), NotLocated(slow())];
    check_playing("a b", &away[..2], "locate a again", "*a b | a locating @12");
    let mut run = Run::with("a b").steps(PLAY).steps(away);
    for tries in 1..=120 {
        let wait = run.effects.iter().find_map(|effect| match effect {
            Effect::Wait { ticket, delay_ms: 5_000 } => Some(*ticket),
            _ => None,
        });
        run.send(Msg::Event(Event::Elapsed(wait.unwrap())));
        let expected = ("locate a again".to_owned(), "*a b | a locating @12".to_owned());
        assert_eq!((run.asked(), run.playing()), expected, "try {tries}");
        run = run.steps([NotLocated(slow())]);
    }
    let run = run.steps([NotElsewhere]);
    assert_eq!((run.asked().as_str(), run.playing().as_str()), ("locate b", "a! *b | b locating @0"));
}
