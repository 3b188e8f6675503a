//! The themes that come with the program, written as the listener's own are.

use crate::config::colour::Rgb;

/// The theme that follows the terminal's background.
pub const AUTO: &str = "auto";

/// The one that does so too, with the colour of the cover that is shown.
pub const COVER: &str = "cover";

/// The theme that all others inherit from unless they say another.
pub(super) const TERMINAL: &str = "terminal";

const SHIPPED: [(&str, &str); 15] = [
    (TERMINAL, include_str!("../../../config/themes/terminal.toml")),
    ("dark", include_str!("../../../config/themes/dark.toml")),
    ("light", include_str!("../../../config/themes/light.toml")),
    ("high-contrast", include_str!("../../../config/themes/high-contrast.toml")),
    ("monochrome", include_str!("../../../config/themes/monochrome.toml")),
    ("catppuccin-latte", include_str!("../../../config/themes/catppuccin-latte.toml")),
    ("catppuccin-mocha", include_str!("../../../config/themes/catppuccin-mocha.toml")),
    ("dracula", include_str!("../../../config/themes/dracula.toml")),
    ("gruvbox-dark", include_str!("../../../config/themes/gruvbox-dark.toml")),
    ("gruvbox-light", include_str!("../../../config/themes/gruvbox-light.toml")),
    ("nord", include_str!("../../../config/themes/nord.toml")),
    ("rose-pine", include_str!("../../../config/themes/rose-pine.toml")),
    ("solarized-dark", include_str!("../../../config/themes/solarized-dark.toml")),
    ("solarized-light", include_str!("../../../config/themes/solarized-light.toml")),
    ("tokyo-night", include_str!("../../../config/themes/tokyo-night.toml")),
];

/// Their names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The text of one.
pub(super) fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The one for a background.
pub(super) fn fitting(background: Option<Rgb>) -> &'static str {
    match background {
        Some(colour) if colour.is_dark() => "dark",
        Some(_) => "light",
        None => TERMINAL,
    }
}
