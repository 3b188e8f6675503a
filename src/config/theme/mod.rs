//! Themes: what each role on the screen looks like, as text and as values. Reads no file itself, and knows nothing of
//! what draws.

mod depth;
mod ink;
mod read;
mod shipped;
mod terminal;
#[cfg(test)]
mod tests;

pub use depth::Depth;
pub use ink::{Colour, Ink};
pub use read::OwnTheme;
pub use shipped::{AUTO, COVER};
pub use terminal::Terminal;

use super::colour::Rgb;
use super::warning::ConfigWarning;

/// What words need to be read by everybody (WCAG 2.2, success criterion 1.4.3).
const READABLE: f64 = 4.5;

/// What a part of the screen is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What everything without another role looks like; its background is that of the screen.
    Text,
    /// Less important: headings of columns, artists beside titles.
    Faint,
    /// What matters on its line: titles of pages, the title that is heard.
    Strong,
    /// The tab of the page that is shown.
    OpenPage,
    /// The row of the track that is heard.
    Playing,
    /// The row that keys act on, in the pane that has the keyboard.
    Cursor,
    /// The row that keys will act on once its pane has the keyboard.
    IdleCursor,
    /// The heard part of the progress line, and the spectrum.
    Heard,
    /// Keys in the hint line and the help.
    Key,
    /// Something is as it should not be, and heals or can be ignored.
    Warning,
    /// Something failed.
    Failure,
}

impl Role {
    /// All roles with their names in a theme's file, in the order of [`Look`]'s inks.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Text, "text"),
        (Self::Faint, "faint"),
        (Self::Strong, "strong"),
        (Self::OpenPage, "open-page"),
        (Self::Playing, "playing"),
        (Self::Cursor, "cursor"),
        (Self::IdleCursor, "idle-cursor"),
        (Self::Heard, "heard"),
        (Self::Key, "key"),
        (Self::Warning, "warning"),
        (Self::Failure, "failure"),
    ];
}

/// What each role looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    inks: [Ink; Role::ALL.len()],
}

impl Look {
    /// What a role looks like.
    pub fn ink(&self, role: Role) -> Ink {
        self.inks[role as usize]
    }

    fn set(&mut self, role: Role, ink: Ink) {
        self.inks[role as usize] = ink;
    }

    /// The same with this colour where something stands out. Where the background is not known, it is one that is read
    /// on black and on white.
    #[must_use]
    pub fn tinted(mut self, tint: Rgb, background: Option<Rgb>) -> Self {
        let tint = match background {
            Some(_) => tint,
            None => tint.readable_on(Rgb::BLACK, READABLE).readable_on(Rgb::WHITE, READABLE),
        };
        for role in [Role::Playing, Role::Heard, Role::Key, Role::OpenPage] {
            self.set(role, Ink { front: Some(Colour::Rgb(tint)), ..self.ink(role) });
        }
        self
    }

    fn map(mut self, change: impl Fn(Role, Ink) -> Ink) -> Self {
        for (role, _) in Role::ALL {
            self.set(role, change(role, self.ink(role)));
        }
        self
    }

    /// The worst contrast between the words of a role and what is behind them, with the role's name; `None` where it
    /// cannot be told, as with the terminal's own colours.
    pub fn worst_contrast(&self) -> Option<(&'static str, f64)> {
        let text = self.ink(Role::Text);
        let pairs = Role::ALL.iter().filter_map(|(role, name)| {
            let ink = self.ink(*role);
            let front = ink.front.or(text.front)?.known()?;
            let back = ink.back.or(text.back)?.known()?;
            Some((*name, front.contrast(back)))
        });
        pairs.min_by(|one, two| one.1.total_cmp(&two.1))
    }
}

/// The themes there are: those that come with the program, and the listener's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Themes {
    own: Vec<OwnTheme>,
}

impl Themes {
    /// With these of the listener's own; one that is called as a shipped one stands in its place.
    pub fn new(mut own: Vec<OwnTheme>) -> Self {
        own.sort_by(|one, two| one.name.cmp(&two.name));
        own.retain(|theme| theme.name != AUTO);
        Self { own }
    }

    /// All names, "auto" first, the listener's own last.
    pub fn names(&self) -> Vec<&str> {
        let own = self.own.iter().map(|theme| theme.name.as_str());
        let shipped = std::iter::once(COVER)
            .chain(shipped::names())
            .map(|name| -> &str { name })
            .filter(|name| self.own.iter().all(|theme| theme.name != *name));
        std::iter::once(AUTO).chain(shipped).chain(own).collect()
    }

    /// Whether it is the listener's own.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|theme| theme.name == name)
    }

    /// The theme of this name, for a terminal with this background: "auto" is a dark or a light one, or where the
    /// background is not known one in the terminal's own colours. `None` when there is none of this name.
    pub fn look(&self, name: &str, background: Option<Rgb>) -> Option<Look> {
        let follows = name == AUTO || self.is_of_cover(name);
        let name = if follows { shipped::fitting(background) } else { name };
        self.names().contains(&name).then(|| read::read(self, name).0)
    }

    /// Whether it takes its colour from the cover.
    pub fn is_of_cover(&self, name: &str) -> bool {
        name == COVER && !self.is_own(name)
    }

    /// Everything that is wrong with the listener's own themes, each with the theme's name.
    pub fn warnings(&self) -> Vec<(&str, ConfigWarning)> {
        let of = |theme: &OwnTheme| read::read(self, &theme.name).1;
        self.own
            .iter()
            .flat_map(|theme| of(theme).into_iter().map(|warning| (theme.name.as_str(), warning)))
            .collect()
    }

    /// The text of a theme. A theme of the listener's own that inherits its own name means the shipped one.
    fn text(&self, name: &str, from: Option<&str>) -> Option<&str> {
        let own = self.own.iter().find(|theme| theme.name == name && from != Some(name));
        own.map(|theme| theme.text.as_str()).or_else(|| shipped::text(name))
    }
}

/// Whether a theme can be called so: letters, digits, `-` and `_`, so that its file stays in its folder.
pub fn is_theme_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    (1..=64).contains(&name.chars().count()) && name.chars().all(is_plain)
}
