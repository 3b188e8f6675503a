//! What the screen looks like on this terminal: the themes there are, the colours it has, and its background.

use std::fs;
use std::io;
use std::path::Path;

use crate::app::ThemeRow;
use crate::artwork::encode::Protocol;
use crate::config::{
    AUTO, Depth, OwnTheme, PicturesChoice, Rgb, ScreenSettings, Terminal, Themes, is_theme_name,
};
use crate::model::{Fault, FaultKind, nearest};
use crate::ui::{Pictures, Theme};

use super::paths::Paths;
use super::pictures::Way;

/// Largest file of a theme, in bytes.
const MAX_THEME_BYTES: u64 = 64 << 10;

/// Most themes of the listener's own.
const MAX_THEMES: usize = 200;

/// Makes themes for one terminal.
#[derive(Debug)]
pub(super) struct Looks {
    themes: Themes,
    terminal: Terminal,
    choice: PicturesChoice,
    /// How the terminal shows pictures.
    pub way: Way,
    /// The colour of the cover.
    tint: Option<Rgb>,
    /// Whether right-to-left text is put in order here.
    orders: bool,
}

impl Looks {
    /// For the terminal whose environment `variable` reads.
    pub fn new(themes: Themes, settings: &ScreenSettings, variable: impl Fn(&str) -> Option<String>) -> Self {
        let terminal = Terminal::of_environment(&variable);
        let depth = settings.colours.unwrap_or(terminal.depth);
        let way = Way::of(settings.pictures, variable);
        let (choice, orders) = (settings.pictures, settings.bidi);
        Self { themes, terminal: Terminal { depth, ..terminal }, choice, way, tint: None, orders }
    }

    /// The themes as the list shows them.
    pub fn rows(&self) -> Vec<ThemeRow> {
        let row = |name: &str| ThemeRow { name: name.to_owned(), is_own: self.themes.is_own(name) };
        self.themes.names().into_iter().map(row).collect()
    }

    /// The theme of this name on this terminal; "auto" where there is none.
    pub fn theme(&self, name: &str) -> Theme {
        let Terminal { depth, background, has_signs } = self.terminal;
        let look = self.themes.look(name, background).or_else(|| self.themes.look(AUTO, background));
        let tint = self.tint.filter(|_| self.themes.is_of_cover(name));
        let look = look.map(|look| tint.map_or(look, |tint| look.tinted(tint, background)));
        let theme = Theme::of(&look.unwrap_or_default().on(depth, background));
        let theme = if has_signs { theme } else { theme.typed() };
        let theme = if self.orders { theme } else { theme.as_read() };
        theme.with_pictures(self.pictures())
    }

    /// Whether these are the themes it knows, to the letter.
    pub fn knows(&self, themes: &Themes) -> bool {
        self.themes == *themes
    }

    /// Takes other themes and wishes over; the background stays known.
    pub fn replace(
        &mut self,
        themes: Themes,
        settings: &ScreenSettings,
        variable: impl Fn(&str) -> Option<String>,
    ) {
        let (background, way, tint) = (self.terminal.background, self.way, self.tint);
        *self = Self::new(themes, settings, variable);
        self.tint = tint;
        // What was told once holds on.
        if self.way == Way::Unknown && settings.pictures == PicturesChoice::Auto {
            self.way = way;
        }
        self.terminal.background = background.or(self.terminal.background);
    }

    fn pictures(&self) -> Pictures {
        match (self.choice, self.terminal.depth, self.way.protocol()) {
            (PicturesChoice::Off, _, _) => Pictures::None,
            (_, Depth::True, _) if self.terminal.has_signs => Pictures::Blocks,
            (_, Depth::Indexed, _) if self.terminal.has_signs => Pictures::FewBlocks,
            (_, _, Some(_)) => Pictures::Empty,
            (_, _, None) => Pictures::None,
        }
    }

    /// The cover has this colour now; whether that is another one than before.
    pub fn take_tint(&mut self, tint: Option<[u8; 3]>) -> bool {
        let tint = tint.map(|[red, green, blue]| Rgb(red, green, blue));
        std::mem::replace(&mut self.tint, tint) != tint
    }

    /// The terminal may have told its background, and how it shows pictures. Returns whether it told anything.
    pub fn learn(&mut self, background: Option<Rgb>, protocol: Option<Protocol>) -> bool {
        if let Some(protocol) = protocol.filter(|_| self.way == Way::Unknown) {
            self.way = Way::By(protocol);
        }
        self.terminal.background = background.or(self.terminal.background);
        background.is_some() || protocol.is_some()
    }
}

/// The themes there are, with the listener's own from `themes` in the config folder, and what is wrong with those.
pub(super) fn load_themes(paths: &Paths) -> (Themes, Vec<Fault>) {
    let folder = paths.themes_folder();
    let mut own = Vec::new();
    let mut faults = Vec::new();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                let message = format!("{} cannot be read: {error}", folder.display());
                faults.push(
                    Fault::new(FaultKind::Usage, message).hint("The themes that come with Segue are there"),
                );
            }
            return (Themes::default(), faults);
        }
    };
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    for path in files.take(MAX_THEMES) {
        match read_theme(&path) {
            Ok(theme) => own.push(theme),
            Err(words) => faults.push(Fault::new(FaultKind::Usage, format!("{}: {words}", path.display()))),
        }
    }
    let themes = Themes::new(own);
    for (name, warning) in themes.warnings() {
        faults.push(warning.fault(&folder.join(format!("{name}.toml"))));
    }
    (themes, faults)
}

fn read_theme(path: &Path) -> Result<OwnTheme, String> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if !is_theme_name(&name) || name == AUTO {
        return Err("a theme cannot be called so; expected letters, digits, - and _".to_owned());
    }
    let size = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if size > MAX_THEME_BYTES {
        return Err(format!("is too large for a theme: more than {} KiB", MAX_THEME_BYTES >> 10));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    Ok(OwnTheme { name, text: String::from_utf8_lossy(&bytes).into_owned() })
}

/// What is wrong with the name of a theme in the configuration, if there is none of this name.
pub(super) fn unknown_theme(themes: &Themes, name: &str) -> Option<Fault> {
    let names = themes.names();
    if names.contains(&name) {
        return None;
    }
    let fault = Fault::new(FaultKind::Usage, format!("screen.theme: there is no theme {name}"));
    Some(match nearest(name, names.iter().copied()) {
        Some(near) => fault.hint(format!("Did you mean {near}?")),
        None => fault.hint("T on the screen shows all of them"),
    })
}
