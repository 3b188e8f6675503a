//! What is heard, read now and then: as often as the screen shows something else.

use std::time::Duration;

use crate::app::{Heard, PlayState, State};
use crate::audio::{Command, Player, PlayerState, Snapshot};

/// How often the position is read while something plays.
pub(super) const HEARD_INTERVAL: Duration = Duration::from_millis(500);

/// The same while words are followed, or samples are waited for.
const CLOSE_INTERVAL: Duration = Duration::from_millis(250);

/// How long after a second has begun the position is read: then it surely has.
const MARGIN: Duration = Duration::from_millis(5);

/// How long the sound may take to fade at the end: the fade of a pause, and what a device holds.
const LAST_FADE: Duration = Duration::from_millis(80);

/// Lets what sounds fade away rather than be cut.
pub(super) async fn fall_silent(state: &State, player: &Player) {
    if state.playback.play_state() == PlayState::Playing {
        player.send(Command::Pause);
        tokio::time::sleep(LAST_FADE).await;
    }
}

/// When the next second of the track begins, or earlier.
pub(super) fn next_look(heard: &Heard, closely: bool) -> Duration {
    if closely || heard.state == PlayState::Buffering {
        return CLOSE_INTERVAL;
    }
    let left =
        Duration::from_secs(1).saturating_sub(Duration::from_nanos(heard.position.subsec_nanos().into()));
    HEARD_INTERVAL.min(left + MARGIN)
}

/// Whether what is heard is news beside what was told before: the clock shows seconds.
pub(super) fn tells_more(heard: &Heard, before: &Heard, closely: bool) -> bool {
    let what = |heard: &Heard| {
        (
            heard.play_id,
            heard.is_about,
            heard.is_live,
            heard.length,
            heard.state,
            heard.exact,
            heard.level_db.to_bits(),
        )
    };
    let closely = closely || heard.state == PlayState::Buffering;
    heard.position.as_secs() != before.position.as_secs()
        || what(heard) != what(before)
        || closely && heard != before
}

/// The player's snapshot in the app's words.
pub fn heard(snapshot: &Snapshot) -> Heard {
    Heard {
        play_id: snapshot.play_id,
        position: snapshot.position,
        is_about: snapshot.is_about,
        is_live: snapshot.is_live,
        length: snapshot.length,
        buffered: snapshot.buffered,
        bytes_per_second: snapshot.bytes_per_second,
        exact: snapshot.exact,
        level_db: snapshot.level_db,
        state: match snapshot.state {
            PlayerState::Stopped => PlayState::Stopped,
            PlayerState::Playing => PlayState::Playing,
            PlayerState::Paused => PlayState::Paused,
            PlayerState::Buffering => PlayState::Buffering,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(position_ms: u64, state: PlayState) -> Heard {
        Heard { position: Duration::from_millis(position_ms), state, ..Heard::default() }
    }

    #[test]
    fn it_is_read_when_another_second_is_shown() {
        let look =
            |position_ms, closely| next_look(&at(position_ms, PlayState::Playing), closely).as_millis();
        assert_eq!([0, 400, 700, 999].map(|ms| look(1000 + ms, false)), [500, 500, 305, 6]);
        assert_eq!(look(1990, true), 250);
        assert_eq!(next_look(&at(1990, PlayState::Buffering), false), CLOSE_INTERVAL);
    }

    #[test]
    fn news_is_what_is_seen() {
        let news = |from_ms, to_ms, closely| {
            tells_more(&at(to_ms, PlayState::Playing), &at(from_ms, PlayState::Playing), closely)
        };
        assert!(!news(1000, 1999, false) && news(1999, 2000, false) && news(5000, 4999, false));
        assert!(news(1000, 1250, true) && !news(1000, 1000, true));
        assert!(tells_more(&at(1000, PlayState::Buffering), &at(1000, PlayState::Playing), false));
    }
}
