//! How the screen keeps still.

/// How often the screen is drawn while its window does not have the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unfocused {
    /// Once a second at most.
    #[default]
    Slow,
    /// Not at all: what is seen is as it was.
    Still,
    /// As ever.
    Same,
}

impl Unfocused {
    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "slow" => Some(Self::Slow),
            "still" => Some(Self::Still),
            "same" => Some(Self::Same),
            _ => None,
        }
    }
}

/// What becomes of the sound when the program comes back after it was suspended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterSuspend {
    /// What played goes on.
    #[default]
    Play,
    /// It stays paused.
    Pause,
}

impl AfterSuspend {
    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "play" => Some(Self::Play),
            "pause" => Some(Self::Pause),
            _ => None,
        }
    }
}
