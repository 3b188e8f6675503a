//! Whether the terminal's window has the keyboard, where it tells, and how often it is drawn then.

use std::ops::Add;
use std::time::Duration;

use crossterm::event::Event as Input;

use crate::config::Unfocused;

/// Time between two frames: sixty a second.
const FRAME: Duration = Duration::from_micros(16_667);

/// The same while the window does not have the keyboard.
const SLOW_FRAME: Duration = Duration::from_secs(1);

/// How soon a terminal that was busy is looked at again, the first time; twice as late each further time, up to
/// [`LONGEST_LOOK`].
const BUSY_LOOK: Duration = Duration::from_millis(2);

/// No busy terminal is looked at less often.
const LONGEST_LOOK: Duration = Duration::from_millis(250);

/// What is known of the window. Until the terminal tells otherwise it has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attention {
    is_here: bool,
    wish: Unfocused,
    /// How soon a busy terminal is looked at again.
    look: Duration,
}

impl Attention {
    pub fn new(wish: Unfocused) -> Self {
        Self { is_here: true, wish, look: BUSY_LOOK }
    }

    /// Takes in what the terminal tells; `true` when the window has the keyboard again.
    pub fn hear(&mut self, input: &Input) -> bool {
        let before = self.is_here;
        match input {
            Input::FocusLost => self.is_here = false,
            // Whoever types is here, whatever a terminal forgot to tell.
            Input::FocusGained | Input::Key(_) | Input::Paste(_) => self.is_here = true,
            Input::Mouse(_) | Input::Resize(..) => {}
        }
        self.is_here && !before
    }

    /// The listener wishes otherwise.
    pub fn wish(&mut self, wish: Unfocused) {
        self.wish = wish;
    }

    /// The terminal is ours again: it is looked at.
    pub fn regain(&mut self) {
        self.is_here = true;
    }

    /// Whether the window has the keyboard.
    pub fn is_here(self) -> bool {
        self.is_here
    }

    /// Whether anything is drawn now.
    pub fn draws(self) -> bool {
        self.is_here || self.wish != Unfocused::Still
    }

    /// Whether what moves all the time is worth drawing.
    pub fn animates(self) -> bool {
        self.is_here || self.wish == Unfocused::Same
    }

    /// When the next frame may be drawn after one that was due at `due` is drawn at `now`: sixty a second though each is a
    /// little late, and what changes at once is one frame.
    pub fn next_frame<At: Ord + Copy + Add<Duration, Output = At>>(&mut self, due: At, now: At) -> At {
        self.look = BUSY_LOOK;
        let frame = if self.animates() { FRAME } else { SLOW_FRAME };
        (due + frame).max(now + frame / 2)
    }

    /// When a terminal that is still busy at `now` with the last frame is looked at again.
    pub fn next_look<At: Add<Duration, Output = At>>(&mut self, now: At) -> At {
        let look = self.look;
        self.look = (look * 2).min(LONGEST_LOOK);
        now + look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_without_the_keyboard_is_drawn_as_wished() {
        let check = |wish, draws, frame_ms| {
            let mut attention = Attention::new(wish);
            let frame = |mut attention: Attention| attention.next_frame(Duration::ZERO, Duration::ZERO);
            assert!(attention.draws() && attention.animates() && frame(attention) == FRAME);
            assert!(!attention.hear(&Input::FocusLost));
            assert!(!attention.hear(&Input::Resize(3, 4)));
            assert_eq!((attention.draws(), frame(attention).as_millis()), (draws, frame_ms), "{wish:?}");
            assert!(attention.hear(&Input::FocusGained) && !attention.hear(&Input::FocusGained));
            assert_eq!(frame(attention), FRAME);
            attention.hear(&Input::FocusLost);
            assert!(attention.hear(&Input::Paste(String::new())), "whoever types is here");
        };
        check(Unfocused::Slow, true, 1000);
        check(Unfocused::Still, false, 1000);
        check(Unfocused::Same, true, 16);
    }

    #[test]
    fn frames_that_come_late_do_not_make_the_later_ones_later() {
        let mut attention = Attention::new(Unfocused::Same);
        let (mut due, mut drawn) = (Duration::ZERO, 0);
        // Something changes all the time, and timers wake up to two milliseconds late.
        while due < Duration::from_secs(10) {
            let late = Duration::from_millis(drawn % 3);
            due = attention.next_frame(due, due + late);
            drawn += 1;
        }
        assert_eq!(drawn, 600);
        // After a while in which nothing changed, what comes with the first frame is not drawn twice at once.
        let now = due + Duration::from_secs(5);
        assert_eq!(attention.next_frame(due, now), now + FRAME / 2);
        // A terminal that hangs is looked at ever less often, until it has taken a frame.
        let looks: Vec<u128> = (0..9).map(|_| attention.next_look(Duration::ZERO).as_millis()).collect();
        assert_eq!(looks, [2, 4, 8, 16, 32, 64, 128, 250, 250]);
        attention.next_frame(due, now);
        assert_eq!(attention.next_look(Duration::ZERO), BUSY_LOOK);
    }
}
