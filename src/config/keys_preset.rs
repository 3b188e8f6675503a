//! The keys that the listener's own stand on.

/// Which keys there are where the listener gave none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeysPreset {
    /// The program's own.
    #[default]
    Default,
    /// As far as an editor's keys go: digits count, `Ctrl-w` leads to panes.
    Vim,
    /// Those of cmus.
    Cmus,
    /// Those of ncmpcpp.
    Ncmpcpp,
    /// Those of spotify-player.
    SpotifyPlayer,
}

impl KeysPreset {
    /// All of them with their names.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Default, "default"),
        (Self::Vim, "vim"),
        (Self::Cmus, "cmus"),
        (Self::Ncmpcpp, "ncmpcpp"),
        (Self::SpotifyPlayer, "spotify-player"),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(preset, _)| *preset)
    }

    /// As the configuration names it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(preset, _)| *preset == self).map_or("default", |(_, name)| name)
    }
}
