//! The wishes: text into settings, with a warning for whatever it cannot read. Reads no file itself.

mod colour;
mod downloads;
mod edit;
mod effective;
mod keys;
mod keys_preset;
mod listing;
mod lyrics;
mod parse;
mod path;
mod pictures;
mod schema;
mod screen;
mod settings;
mod sound;
mod theme;
mod warning;

pub use colour::Rgb;
pub use downloads::{DownloadSettings, QuietHours};
pub use edit::{quoted, with_text, with_value};
pub use effective::{Effective, effective, place_of, places_of_keys};
pub use keys_preset::KeysPreset;
pub use listing::{Setting, as_toml, settings};
pub use lyrics::LyricsSettings;
pub use parse::parse;
pub use path::{METHODS, split_path};
pub use pictures::PicturesChoice;
pub use schema::{schema, template};
pub use screen::{AfterSuspend, Unfocused};
pub use settings::{
    AudiomackSettings, AudiosocketProfile, AudiosocketSettings, AudiusSettings, DownloadFormat, HlsSettings,
    KeepTokens, LibrarySettings, LogLevel, LogSettings, MeteredNetwork, NetworkSettings, PlayerSettings,
    PlaylistTrackId, ReplayGain, ScreenSettings, SecretsSettings, ServiceSettings, Settings, Unplugged,
    VariantChoice, YourMusicSettings,
};
pub use sound::{BANDS_HZ, Equaliser, MAX_BAND_DB, PRESETS, Preset, SoundSettings, Speed};
pub use theme::{AUTO, COVER, Colour, Depth, Ink, Look, OwnTheme, Role, Terminal, Themes, is_theme_name};
pub use warning::ConfigWarning;

/// The documented default configuration, as shipped in `config/segue.toml`.
pub const DEFAULT_TEXT: &str = include_str!("../../config/segue.toml");
