//! Whether there is a network.

/// What is known of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Network {
    /// There is one, or nobody knows better.
    #[default]
    There,
    /// There is none: nobody is asked for anything.
    Gone,
    /// There was none; whoever wants something may try whether there is one again.
    Trying,
    /// The listener wants none: nobody is asked for anything.
    Off,
}

impl Network {
    /// Whether nobody is asked for anything.
    pub fn is_offline(self) -> bool {
        matches!(self, Self::Gone | Self::Off)
    }

    /// Whether nothing has come lately, as far as is known.
    pub fn is_missed(self) -> bool {
        self != Self::There
    }
}
