//! Every setting with its default; `config/segue.toml` documents them for people.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::downloads::DownloadSettings;
use super::keys_preset::KeysPreset;
use super::lyrics::LyricsSettings;
use super::pictures::PicturesChoice;
use super::screen::{AfterSuspend, Unfocused};
use super::sound::SoundSettings;
use super::theme::{AUTO, Depth};
use crate::model::{Bitrate, LinkPattern, OutputChoice, Secret, Volume};

/// All settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Sound.
    pub player: PlayerSettings,
    /// How it is shaped.
    pub sound: SoundSettings,
    /// The screen.
    pub screen: ScreenSettings,
    /// Time limits and retries.
    pub network: NetworkSettings,
    /// Choice among HLS variants.
    pub hls: HlsSettings,
    /// The listener's own files.
    pub library: LibrarySettings,
    /// The words of tracks.
    pub lyrics: LyricsSettings,
    /// Copies for listening offline.
    pub downloads: DownloadSettings,
    /// The tokens of sign-ins.
    pub secrets: SecretsSettings,
    /// The music services.
    pub services: ServiceSettings,
    /// What is kept of what was heard.
    pub cache: CacheSettings,
    /// The log file.
    pub log: LogSettings,
    /// `[keys]`: the listener's own keys by action name. Whether the names and keys are any is
    /// for the app to say.
    pub keys: BTreeMap<String, Vec<String>>,
    /// `keys.preset`: the keys that those stand on.
    pub keys_preset: KeysPreset,
}

/// `[cache]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// Most bytes of sound that are kept; 0 keeps none.
    pub sound_bytes: u64,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { sound_bytes: 512 << 20 }
    }
}

/// `[log]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogSettings {
    /// The least important lines that are kept.
    pub level: LogLevel,
}

/// How much the log file tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Only what failed.
    Error,
    /// What may matter.
    #[default]
    Warn,
    /// What the program does.
    Info,
    /// How it does it.
    Debug,
}

/// `[player]`.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayerSettings {
    /// Where sound goes.
    pub output: OutputChoice,
    /// Loudness at start.
    pub volume: Volume,
    /// Percent points a key press changes the volume by, 1 to 50.
    pub volume_step: u8,
    /// Whether tracks are brought to one loudness by their tags.
    pub replaygain: ReplayGain,
    /// Decibels added to what the tags say, -15 to 15.
    pub replaygain_preamp_db: f32,
    /// What is done when the device goes away.
    pub unplugged: Unplugged,
    /// Milliseconds of sound that a device takes at a time, 5 to 200.
    pub buffer_ms: u8,
    /// How long one track goes while the next one comes, up to 12 s; zero: they follow without a gap.
    pub crossfade: Duration,
    /// What becomes of the sound when the program comes back after it was suspended.
    pub after_suspend: AfterSuspend,
}

/// What is done when the device that plays goes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unplugged {
    /// Playing pauses: loudspeakers do not go on where headphones were pulled out. It goes on by itself when
    /// the same device is back.
    Pause,
    /// Playing goes on, on the next device there is.
    #[default]
    Move,
}

/// Which tags level the loudness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplayGain {
    /// None: samples stay as they are.
    #[default]
    Off,
    /// Those of the track: all tracks are equally loud.
    Track,
    /// Those of the album: its quiet tracks stay quiet.
    Album,
    /// Those of the album, or while the queue is shuffled those of the track.
    Smart,
}

impl Default for PlayerSettings {
    fn default() -> Self {
        Self {
            output: OutputChoice::Auto,
            volume: Volume::FULL,
            volume_step: 5,
            replaygain: ReplayGain::Off,
            replaygain_preamp_db: 0.0,
            unplugged: Unplugged::Pause,
            buffer_ms: 46,
            crossfade: Duration::ZERO,
            after_suspend: AfterSuspend::Play,
        }
    }
}

/// `[screen]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenSettings {
    /// Whether clicks, drags and the wheel come to the player; else they stay the terminal's own.
    pub mouse: bool,
    /// What it looks like: the name of a theme, "auto" for one that suits the terminal.
    pub theme: String,
    /// How many colours it has; `None`: as many as the environment tells.
    pub colours: Option<Depth>,
    /// How covers are shown.
    pub pictures: PicturesChoice,
    /// Whether right-to-left text is put in reading order here; else that is left to the terminal.
    pub bidi: bool,
    /// How often it is drawn while its window does not have the keyboard.
    pub unfocused: Unfocused,
    /// Whether the desktop is told when a track begins while the window does not have the keyboard.
    pub notifications: bool,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            mouse: true,
            theme: AUTO.to_owned(),
            colours: None,
            pictures: PicturesChoice::Auto,
            bidi: true,
            unfocused: Unfocused::Slow,
            notifications: false,
        }
    }
}

/// `[network]`. Each limit runs on its own clock.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSettings {
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the next byte of anything.
    pub idle_timeout: Duration,
    /// Longest a whole API call may take.
    pub api_timeout: Duration,
    /// Longest a whole HLS playlist may take.
    pub playlist_timeout: Duration,
    /// Longest a whole HLS segment may take.
    pub segment_timeout: Duration,
    /// How often a failed transfer is tried again when that may help, 0 to 6.
    pub retries: u8,
    /// Whether sound that an encrypted place names may be fetched without encryption, nothing secret along.
    pub allow_http_media: bool,
    /// A PEM file of certificates that are trusted beside the system's own.
    pub extra_ca: Option<PathBuf>,
    /// Whether nobody is asked for anything until the listener goes online.
    pub offline: bool,
    /// Whether the network is paid for by the byte, so that nothing is copied over it.
    pub metered: MeteredNetwork,
}

/// `network.metered`: whether the network is paid for by the byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MeteredNetwork {
    /// As the system says of the network that is used.
    #[default]
    Auto,
    /// It is.
    Yes,
    /// It is not, whatever the system says.
    No,
}

impl MeteredNetwork {
    /// By its name in the settings.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "yes" => Some(Self::Yes),
            "no" => Some(Self::No),
            _ => None,
        }
    }
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(10),
            api_timeout: Duration::from_secs(30),
            playlist_timeout: Duration::from_secs(20),
            segment_timeout: Duration::from_secs(120),
            retries: 6,
            allow_http_media: false,
            extra_ca: None,
            offline: false,
            metered: MeteredNetwork::Auto,
        }
    }
}

/// `[hls]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HlsSettings {
    /// Which variant of a master playlist to play.
    pub variant: VariantChoice,
}

/// How to choose among the variants of a master playlist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VariantChoice {
    /// The best one that the line bears, changed while it plays.
    #[default]
    Auto,
    /// The highest bandwidth.
    Highest,
    /// The lowest bandwidth.
    Saver,
    /// The best one that stays within this bandwidth, else the lowest.
    AtMost(Bitrate),
}

/// `[library]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibrarySettings {
    /// Folders with the listener's own music; empty: the system's music folder.
    pub folders: Vec<PathBuf>,
}

/// `[secrets]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretsSettings {
    /// Where tokens are kept.
    pub keep: KeepTokens,
}

/// Where the tokens of sign-ins are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepTokens {
    /// In the system's keyring; where none can be used, in files that only the listener can read.
    #[default]
    Auto,
    /// In the keyring or nowhere.
    Keyring,
    /// In files; the keyring is never asked.
    File,
}

/// `[services.*]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceSettings {
    /// `[services.audius]`.
    pub audius: AudiusSettings,
    /// `[services.audiomack]`.
    pub audiomack: AudiomackSettings,
    /// `[services.yourmusic]`.
    pub yourmusic: YourMusicSettings,
    /// `[services.audiosocket]`.
    pub audiosocket: AudiosocketSettings,
}

/// Audius: open, needs no account.
#[derive(Clone, Debug, PartialEq)]
pub struct AudiusSettings {
    /// Whether it is offered at all.
    pub enabled: bool,
    /// API base without `/v1`.
    pub base_url: Option<Url>,
    /// Sent with every request, as the API asks.
    pub app_name: String,
    /// Optional; raises limits.
    pub api_key: Secret,
    /// Optional: an app's own token, sent until somebody signs in.
    pub bearer: Secret,
}

impl Default for AudiusSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            base_url: "https://api.audius.co".parse().ok(),
            app_name: "segue".to_owned(),
            api_key: Secret::default(),
            bearer: Secret::default(),
        }
    }
}

/// Audiomack: OAuth 1.0a with the listener's own consumer key.
#[derive(Clone, Debug, PartialEq)]
pub struct AudiomackSettings {
    /// Whether it is offered at all.
    pub enabled: bool,
    /// API base with its version.
    pub base_url: Option<Url>,
    /// Given by Audiomack on request.
    pub consumer_key: Secret,
    /// Given with the key.
    pub consumer_secret: Secret,
    /// Of a finished sign-in; empty: application level only.
    pub access_token: Secret,
    /// Belongs to the access token.
    pub access_token_secret: Secret,
    /// The page of the web site where a sign-in is agreed to.
    pub authorize_url: Option<Url>,
    /// First path segments for genres.
    pub genres: Vec<String>,
}

impl Default for AudiomackSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            base_url: "https://api.audiomack.com/v1".parse().ok(),
            consumer_key: Secret::default(),
            consumer_secret: Secret::default(),
            access_token: Secret::default(),
            access_token_secret: Secret::default(),
            authorize_url: "https://audiomack.com/oauth/authenticate".parse().ok(),
            genres: ["hip-hop-rap", "afrobeats", "reggae", "electronic"].map(str::to_owned).into(),
        }
    }
}

/// Which of a track's two ids YourMusic's playlists hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaylistTrackId {
    /// The catalogue's number.
    Catalogue,
    /// The UUID that opens the stream.
    Stream,
}

/// YourMusic: a tenant's catalogue with HLS streams.
#[derive(Clone, Debug, PartialEq)]
pub struct YourMusicSettings {
    /// Whether it is offered at all.
    pub enabled: bool,
    /// API base.
    pub base_url: Option<Url>,
    /// The tenant's slug.
    pub tenant: String,
    /// Client credentials (advanced sign-in, and the tenant's administration).
    pub client_id: Secret,
    /// Belongs to the client id.
    pub client_secret: Secret,
    /// Whom the client acts for; empty: whoever signs in listens.
    pub user_id: String,
    /// UUID of this installation; empty: one is made and kept.
    pub device_id: String,
    /// Whether searches and artists' releases leave explicit recordings out.
    pub hide_explicit: bool,
    /// How rows of playlists name tracks that are added.
    pub playlist_track_id: PlaylistTrackId,
    /// Further origins that may receive the bearer, as `https://host`.
    pub stream_hosts: Vec<Url>,
    /// Paths, or methods and paths, by operation, for those that differ from the defaults.
    pub paths: BTreeMap<String, String>,
    /// The forms of its web site's share links.
    pub links: Vec<LinkPattern>,
}

impl Default for YourMusicSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            base_url: "https://api.yourmusic.today".parse().ok(),
            tenant: String::new(),
            client_id: Secret::default(),
            client_secret: Secret::default(),
            user_id: String::new(),
            device_id: String::new(),
            hide_explicit: false,
            playlist_track_id: PlaylistTrackId::Catalogue,
            stream_hosts: Vec::new(),
            paths: BTreeMap::new(),
            links: Vec::new(),
        }
    }
}

/// Which generation of Audiosocket's API is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AudiosocketProfile {
    /// That of its published documentation: a bearer token.
    #[default]
    Bearer,
    /// The older one for partners: `X-Audiosocket-Token`.
    V5,
    /// That of its web site of 2022: the site's token, and a listener's sign-in.
    Consumer,
}

/// The file that is kept when a service has several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DownloadFormat {
    /// Small.
    #[default]
    Mp3,
    /// Whole.
    Wav,
}

/// Audiosocket: a pasted token, or e-mail address and password.
#[derive(Clone, Debug, PartialEq)]
pub struct AudiosocketSettings {
    /// Whether it is offered at all.
    pub enabled: bool,
    /// Which API is spoken.
    pub profile: AudiosocketProfile,
    /// API base with its version; `None`: the profile's own.
    pub base_url: Option<Url>,
    /// Given by Audiosocket; a token from a sign-in goes before it.
    pub token: Secret,
    /// The web site's own, which only the consumer profile needs.
    pub app_token: Secret,
    /// Header that carries the token; empty: the profile's own.
    pub auth_header: String,
    /// What stands before the token in that header, with its space. Empty: the profile's own, or nothing if
    /// the header is set.
    pub auth_prefix: String,
    /// What is kept where there is a choice.
    pub download_format: DownloadFormat,
    /// Paths, or methods and paths, by operation, for those that differ from the defaults.
    pub paths: BTreeMap<String, String>,
    /// The forms of its web site's share links.
    pub links: Vec<LinkPattern>,
}

impl Default for AudiosocketSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            profile: AudiosocketProfile::default(),
            base_url: None,
            token: Secret::default(),
            app_token: Secret::default(),
            auth_header: String::new(),
            auth_prefix: String::new(),
            download_format: DownloadFormat::default(),
            paths: BTreeMap::new(),
            links: Vec::new(),
        }
    }
}
