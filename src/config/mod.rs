//! The wishes: what the listener wants, as plain values. Reads no file itself.

mod settings;

pub use settings::{
    AudiomackSettings, AudiosocketSettings, AudiusSettings, HlsSettings, LibrarySettings, NetworkSettings,
    PlayerSettings, ServiceSettings, Settings, VariantChoice, YourMusicSettings,
};
