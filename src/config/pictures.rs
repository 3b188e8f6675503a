//! How covers come on the screen.

/// How covers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PicturesChoice {
    /// As the terminal can: it is asked.
    #[default]
    Auto,
    /// By kitty's graphics protocol.
    Kitty,
    /// By sixels.
    Sixel,
    /// By iTerm2's inline images.
    Iterm2,
    /// By coloured half blocks, which every terminal with 256 colours can show.
    Blocks,
    /// Not at all, and none are fetched.
    Off,
}

impl PicturesChoice {
    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "kitty" => Some(Self::Kitty),
            "sixel" => Some(Self::Sixel),
            "iterm2" => Some(Self::Iterm2),
            "blocks" => Some(Self::Blocks),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}
