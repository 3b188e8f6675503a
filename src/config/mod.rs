//! The wishes: text into settings, with a warning for whatever it cannot read. Reads no file itself.

mod downloads;
mod keys;
mod parse;
mod path;
mod settings;
mod sound;
mod warning;

pub use downloads::DownloadSettings;
pub use parse::parse;
pub use path::{METHODS, split_path};
pub use settings::{
    AudiomackSettings, AudiosocketProfile, AudiosocketSettings, AudiusSettings, DownloadFormat, HlsSettings,
    KeepTokens, LibrarySettings, LogLevel, LogSettings, NetworkSettings, PlayerSettings, PlaylistTrackId,
    ReplayGain, ScreenSettings, SecretsSettings, ServiceSettings, Settings, Unplugged, VariantChoice,
    YourMusicSettings,
};
pub use sound::{BANDS_HZ, Equaliser, MAX_BAND_DB, PRESETS, Preset, SoundSettings, Speed};
pub use warning::ConfigWarning;

/// The documented default configuration, as shipped in `config/segue.toml`.
pub const DEFAULT_TEXT: &str = include_str!("../../config/segue.toml");
