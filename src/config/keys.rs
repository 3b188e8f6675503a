//! The one table of settings: name, what is expected, how a value is taken.

use std::collections::BTreeMap;
use std::time::Duration;

use toml::de::DeValue;
use url::Url;

use super::downloads::{QuietHours, TEMPLATE, is_template};
use super::keys_preset::KeysPreset;
use super::path::split_path;
use super::pictures::PicturesChoice;
use super::screen::{AfterSuspend, Unfocused};
use super::settings::{
    AudiosocketProfile, DownloadFormat, KeepTokens, LogLevel, MeteredNetwork, PlaylistTrackId, ReplayGain,
    Settings, Unplugged, VariantChoice,
};
use super::sound::{EQUALISER_WORDS, Equaliser, Speed};
use super::theme::{Depth, is_theme_name};
use crate::model::{Bitrate, LinkPattern, Secret, Volume, is_web_address};

/// One setting.
pub(super) struct Key {
    /// Dotted name.
    pub path: &'static str,
    /// What a value must be, after "expected".
    pub expected: &'static str,
    /// Whether a value must never be shown.
    pub secret: bool,
    /// Takes a value, or `None` when it is not what is expected.
    pub set: Set,
    /// For a table with names of its own: takes one of its entries, or `None` when it is not what is expected,
    /// which is told here. Then `set` takes what is no table.
    pub each: Option<(&'static str, SetEntry)>,
}

type Set = fn(&mut Settings, &DeValue<'_>) -> Option<()>;
type SetEntry = fn(&mut Settings, &str, &DeValue<'_>) -> Option<()>;

const fn key(path: &'static str, expected: &'static str, set: Set) -> Key {
    Key { path, expected, secret: false, set, each: None }
}

const fn secret(path: &'static str, set: Set) -> Key {
    Key { path, expected: "text in quotes", secret: true, set, each: None }
}

/// A table of calls and their paths.
const fn paths(path: &'static str, each: SetEntry) -> Key {
    Key { each: Some((PATH, each)), ..key(path, PATHS, |_, _| None) }
}

const TEXT: &str = "text in quotes";
const SWITCH: &str = "true or false";
const SECONDS: &str = "a number of seconds from 0.05 to 3600";
const MEGABYTES: &str = "a whole number from 0 to 100000000";
const ADDRESS: &str = "an http or https address in quotes";
const ADDRESSES: &str = "a list of http or https addresses in quotes";
const LINKS: &str = "a list of links in quotes with {track}, {album}, {artist} or {playlist} in the place of the id, as in [\"https://shop.example/song/{track}\"]";
const TEXTS: &str = "a list of texts in quotes";
const OWN_KEYS: &str = "keys in quotes, or a list of them, as in \"<C-n>\" or [\"n\", \"g n\"]";
const PATHS: &str = "a table of operation = \"path\"";
const PATH: &str =
    "a path such as \"/tracks\", or GET, POST, PUT, PATCH or DELETE and a path, as in \"PUT /tracks\"";

pub(super) const KEYS: &[Key] = &[
    key("player.output", "\"auto\", \"null\", \"wav:PATH\" or \"device:NAME\"", |s, v| {
        put(&mut s.player.output, v.as_str()?.parse().ok())
    }),
    key("player.volume", "a whole number from 0 to 100", |s, v| {
        put(&mut s.player.volume, whole(v, 0, 100).map(Volume::new))
    }),
    key("player.volume_step", "a whole number from 1 to 50", |s, v| {
        put(&mut s.player.volume_step, whole(v, 1, 50))
    }),
    key("player.replaygain", "\"off\", \"track\", \"album\" or \"smart\"", |s, v| {
        put(&mut s.player.replaygain, replaygain(v.as_str()?))
    }),
    key("player.replaygain_preamp_db", "a number from -15 to 15", |s, v| {
        put(&mut s.player.replaygain_preamp_db, decibels(v))
    }),
    key("player.buffer_ms", "a whole number from 5 to 200", |s, v| {
        put(&mut s.player.buffer_ms, whole(v, 5, 200))
    }),
    key("player.unplugged", "\"pause\" or \"move\"", |s, v| {
        put(&mut s.player.unplugged, unplugged(v.as_str()?))
    }),
    key("player.crossfade_seconds", "a number of seconds from 0 to 12", |s, v| {
        let seconds = number(v).filter(|seconds| (0.0..=12.0).contains(seconds));
        put(&mut s.player.crossfade, seconds.map(Duration::from_secs_f64))
    }),
    key("player.after_suspend", "\"play\" or \"pause\"", |s, v| {
        put(&mut s.player.after_suspend, AfterSuspend::named(v.as_str()?))
    }),
    key("sound.equaliser", EQUALISER_WORDS, |s, v| put(&mut s.sound.equaliser, equaliser(v))),
    key("sound.balance", "a whole number from -100 to 100", |s, v| {
        let balance = number(v).filter(|balance| balance.fract() == 0.0 && balance.abs() <= 100.0);
        #[expect(clippy::cast_possible_truncation, reason = "whole, and at most a hundred")]
        put(&mut s.sound.balance, balance.map(|balance| balance as i8))
    }),
    key("sound.mono", SWITCH, |s, v| put(&mut s.sound.mono, v.as_bool())),
    key("sound.speed", "a number from 0.5 to 2", |s, v| {
        // Hundredths of a number that is at most 2.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked, and Speed checks"
        )]
        let percent =
            number(v).filter(|speed| (0.5..=2.0).contains(speed)).map(|its| (its * 100.0).round() as u8);
        put(&mut s.sound.speed, percent.and_then(Speed::new))
    }),
    key("sound.skip_silence", SWITCH, |s, v| put(&mut s.sound.skip_silence, v.as_bool())),
    key("screen.mouse", SWITCH, |s, v| put(&mut s.screen.mouse, v.as_bool())),
    key("screen.theme", "the name of a theme in quotes", |s, v| {
        put(&mut s.screen.theme, text(v).filter(|name| is_theme_name(name)))
    }),
    key("screen.colours", "\"auto\", \"true\", \"256\", \"16\" or \"none\"", |s, v| {
        put(&mut s.screen.colours, colours(v.as_str()?))
    }),
    key("screen.pictures", "\"auto\", \"kitty\", \"sixel\", \"iterm2\", \"blocks\" or \"off\"", |s, v| {
        put(&mut s.screen.pictures, PicturesChoice::named(v.as_str()?))
    }),
    key("screen.bidi", SWITCH, |s, v| put(&mut s.screen.bidi, v.as_bool())),
    key("screen.unfocused", "\"slow\", \"still\" or \"same\"", |s, v| {
        put(&mut s.screen.unfocused, Unfocused::named(v.as_str()?))
    }),
    key("screen.notifications", SWITCH, |s, v| put(&mut s.screen.notifications, v.as_bool())),
    key("network.connect_timeout", SECONDS, |s, v| put(&mut s.network.connect_timeout, seconds(v))),
    key("network.idle_timeout", SECONDS, |s, v| put(&mut s.network.idle_timeout, seconds(v))),
    key("network.api_timeout", SECONDS, |s, v| put(&mut s.network.api_timeout, seconds(v))),
    key("network.playlist_timeout", SECONDS, |s, v| put(&mut s.network.playlist_timeout, seconds(v))),
    key("network.segment_timeout", SECONDS, |s, v| put(&mut s.network.segment_timeout, seconds(v))),
    key("network.retries", "a whole number from 0 to 6", |s, v| put(&mut s.network.retries, whole(v, 0, 6))),
    key("network.allow_http_media", SWITCH, |s, v| put(&mut s.network.allow_http_media, v.as_bool())),
    key("network.extra_ca", "the path of a PEM file in quotes", |s, v| {
        let path = v.as_str()?.trim();
        put(&mut s.network.extra_ca, Some((!path.is_empty()).then(|| path.into())))
    }),
    key("network.offline", SWITCH, |s, v| put(&mut s.network.offline, v.as_bool())),
    key("network.metered", "\"auto\", \"yes\" or \"no\"", |s, v| {
        put(&mut s.network.metered, MeteredNetwork::named(v.as_str()?))
    }),
    key("hls.variant", "\"auto\", \"highest\", \"saver\" or a bandwidth such as \"96k\"", |s, v| {
        put(&mut s.hls.variant, variant(v.as_str()?))
    }),
    key("library.folders", "a list of folders in quotes", |s, v| {
        put(&mut s.library.folders, texts(v).map(|list| list.into_iter().map(Into::into).collect()))
    }),
    key("lyrics.lrclib", SWITCH, |s, v| put(&mut s.lyrics.lrclib, v.as_bool())),
    key("lyrics.lrclib_url", ADDRESS, |s, v| put(&mut s.lyrics.lrclib_url, address(v).map(Some))),
    key("downloads.folder", "a folder in quotes", |s, v| {
        let folder = v.as_str()?;
        put(&mut s.downloads.folder, Some((!folder.is_empty()).then(|| folder.into())))
    }),
    key("downloads.template", TEMPLATE, |s, v| {
        put(&mut s.downloads.template, text(v).filter(|name| is_template(name)))
    }),
    key("downloads.at_once", "a whole number from 1 to 16", |s, v| {
        put(&mut s.downloads.at_once, whole(v, 1, 16))
    }),
    key("downloads.per_service", "a whole number from 1 to 16", |s, v| {
        put(&mut s.downloads.per_service, whole(v, 1, 16))
    }),
    key("downloads.connections", "a whole number from 1 to 8", |s, v| {
        put(&mut s.downloads.connections, whole(v, 1, 8))
    }),
    key("downloads.kilobytes_per_second", "a whole number from 0 to 10000000", |s, v| {
        let kilobytes = number(v).filter(|number| number.fract() == 0.0 && (0.0..=1e7).contains(number));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
        put(&mut s.downloads.bytes_per_second, kilobytes.map(|number| number as u64 * 1000))
    }),
    key("downloads.tags", SWITCH, |s, v| put(&mut s.downloads.writes_tags, v.as_bool())),
    key(
        "downloads.quiet_hours",
        "two times of the day such as 22:30-07:00, or nothing, in quotes",
        |s, v| {
            let words = v.as_str()?.trim();
            let hours = if words.is_empty() { Some(None) } else { QuietHours::read(words).map(Some) };
            put(&mut s.downloads.quiet_hours, hours)
        },
    ),
    key("downloads.budget_megabytes", MEGABYTES, |s, v| put(&mut s.downloads.budget_bytes, megabytes(v))),
    key("downloads.free_megabytes", MEGABYTES, |s, v| put(&mut s.downloads.reserve_bytes, megabytes(v))),
    key("cache.sound_megabytes", "a whole number from 0 to 1000000", |s, v| {
        let megabytes = number(v).filter(|number| number.fract() == 0.0 && (0.0..=1e6).contains(number));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
        put(&mut s.cache.sound_bytes, megabytes.map(|number| (number as u64) << 20))
    }),
    key("secrets.keep", "\"auto\", \"keyring\" or \"file\"", |s, v| {
        put(&mut s.secrets.keep, keep_tokens(v.as_str()?))
    }),
    Key {
        each: Some((OWN_KEYS, |s, name, v| set_keys(&mut s.keys, name, v))),
        ..key("keys", "a table of action = \"keys\" or action = [\"keys\", \"keys\"]", |_, _| None)
    },
    key("keys.preset", "\"default\", \"vim\", \"cmus\", \"ncmpcpp\" or \"spotify-player\"", |s, v| {
        put(&mut s.keys_preset, KeysPreset::named(v.as_str()?))
    }),
    key("log.level", "\"off\", \"error\", \"warn\", \"info\" or \"debug\"", |s, v| {
        put(&mut s.log.level, log_level(v.as_str()?))
    }),
    key("services.audius.enabled", SWITCH, |s, v| put(&mut s.services.audius.enabled, v.as_bool())),
    key("services.audius.base_url", ADDRESS, |s, v| {
        put(&mut s.services.audius.base_url, address(v).map(Some))
    }),
    key("services.audius.app_name", TEXT, |s, v| put(&mut s.services.audius.app_name, text(v))),
    secret("services.audius.api_key", |s, v| put(&mut s.services.audius.api_key, hidden(v))),
    secret("services.audius.bearer", |s, v| put(&mut s.services.audius.bearer, hidden(v))),
    key("services.audiomack.enabled", SWITCH, |s, v| put(&mut s.services.audiomack.enabled, v.as_bool())),
    key("services.audiomack.base_url", ADDRESS, |s, v| {
        put(&mut s.services.audiomack.base_url, address(v).map(Some))
    }),
    secret("services.audiomack.consumer_key", |s, v| put(&mut s.services.audiomack.consumer_key, hidden(v))),
    secret("services.audiomack.consumer_secret", |s, v| {
        put(&mut s.services.audiomack.consumer_secret, hidden(v))
    }),
    secret("services.audiomack.access_token", |s, v| put(&mut s.services.audiomack.access_token, hidden(v))),
    secret("services.audiomack.access_token_secret", |s, v| {
        put(&mut s.services.audiomack.access_token_secret, hidden(v))
    }),
    key("services.audiomack.authorize_url", ADDRESS, |s, v| {
        put(&mut s.services.audiomack.authorize_url, address(v).map(Some))
    }),
    key("services.audiomack.genres", TEXTS, |s, v| put(&mut s.services.audiomack.genres, texts(v))),
    key("services.yourmusic.enabled", SWITCH, |s, v| put(&mut s.services.yourmusic.enabled, v.as_bool())),
    key("services.yourmusic.base_url", ADDRESS, |s, v| {
        put(&mut s.services.yourmusic.base_url, address(v).map(Some))
    }),
    key("services.yourmusic.tenant", TEXT, |s, v| put(&mut s.services.yourmusic.tenant, text(v))),
    secret("services.yourmusic.client_id", |s, v| put(&mut s.services.yourmusic.client_id, hidden(v))),
    secret("services.yourmusic.client_secret", |s, v| {
        put(&mut s.services.yourmusic.client_secret, hidden(v))
    }),
    key("services.yourmusic.user_id", TEXT, |s, v| put(&mut s.services.yourmusic.user_id, text(v))),
    key("services.yourmusic.device_id", TEXT, |s, v| put(&mut s.services.yourmusic.device_id, text(v))),
    key("services.yourmusic.hide_explicit", SWITCH, |s, v| {
        put(&mut s.services.yourmusic.hide_explicit, v.as_bool())
    }),
    key("services.yourmusic.playlist_track_id", "\"catalogue\" or \"stream\"", |s, v| {
        put(&mut s.services.yourmusic.playlist_track_id, playlist_track_id(v.as_str()?))
    }),
    key("services.yourmusic.stream_hosts", ADDRESSES, |s, v| {
        put(&mut s.services.yourmusic.stream_hosts, list(v, address))
    }),
    paths("services.yourmusic.paths", |s, name, v| set_path(&mut s.services.yourmusic.paths, name, v)),
    key("services.yourmusic.links", LINKS, |s, v| put(&mut s.services.yourmusic.links, list(v, link))),
    key("services.audiosocket.enabled", SWITCH, |s, v| put(&mut s.services.audiosocket.enabled, v.as_bool())),
    key("services.audiosocket.profile", "\"bearer\", \"v5\" or \"consumer\"", |s, v| {
        put(&mut s.services.audiosocket.profile, audiosocket_profile(v.as_str()?))
    }),
    key("services.audiosocket.base_url", ADDRESS, |s, v| {
        let there = !v.as_str()?.trim().is_empty();
        put(&mut s.services.audiosocket.base_url, if there { address(v).map(Some) } else { Some(None) })
    }),
    secret("services.audiosocket.token", |s, v| put(&mut s.services.audiosocket.token, hidden(v))),
    secret("services.audiosocket.app_token", |s, v| put(&mut s.services.audiosocket.app_token, hidden(v))),
    key("services.audiosocket.auth_header", TEXT, |s, v| {
        put(&mut s.services.audiosocket.auth_header, text(v))
    }),
    key("services.audiosocket.auth_prefix", TEXT, |s, v| {
        put(&mut s.services.audiosocket.auth_prefix, text(v))
    }),
    key("services.audiosocket.download_format", "\"mp3\" or \"wav\"", |s, v| {
        put(&mut s.services.audiosocket.download_format, download_format(v.as_str()?))
    }),
    paths("services.audiosocket.paths", |s, name, v| set_path(&mut s.services.audiosocket.paths, name, v)),
    key("services.audiosocket.links", LINKS, |s, v| put(&mut s.services.audiosocket.links, list(v, link))),
];

fn put<T>(slot: &mut T, value: Option<T>) -> Option<()> {
    *slot = value?;
    Some(())
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn playlist_track_id(name: &str) -> Option<PlaylistTrackId> {
    match name {
        "catalogue" => Some(PlaylistTrackId::Catalogue),
        "stream" => Some(PlaylistTrackId::Stream),
        _ => None,
    }
}

fn hidden(value: &DeValue<'_>) -> Option<Secret> {
    value.as_str().map(Secret::new)
}

fn whole(value: &DeValue<'_>, least: u8, most: u8) -> Option<u8> {
    let number = value.as_integer()?;
    let number = u8::from_str_radix(number.as_str(), number.radix()).ok()?;
    (least..=most).contains(&number).then_some(number)
}

/// Whole or not.
fn number(value: &DeValue<'_>) -> Option<f64> {
    let written = value
        .as_float()
        .map(|float| float.as_str())
        .or_else(|| value.as_integer().map(|whole| whole.as_str()))?;
    written.parse().ok()
}

fn seconds(value: &DeValue<'_>) -> Option<Duration> {
    let seconds = number(value)?;
    (0.05..=3600.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

/// As bytes.
fn megabytes(value: &DeValue<'_>) -> Option<u64> {
    let number = number(value).filter(|number| number.fract() == 0.0 && (0.0..=1e8).contains(number))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    Some(number as u64 * 1_000_000)
}

fn decibels(value: &DeValue<'_>) -> Option<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "a finer step than f32 has is not heard")]
    let decibels = number(value)? as f32;
    (-15.0..=15.0).contains(&decibels).then_some(decibels)
}

fn equaliser(value: &DeValue<'_>) -> Option<Equaliser> {
    match value.as_str() {
        Some(name) => Equaliser::named(name),
        None => Equaliser::own(&list(value, decibels)?),
    }
}

fn address(value: &DeValue<'_>) -> Option<Url> {
    value.as_str()?.parse().ok().filter(is_web_address)
}

fn list<T>(value: &DeValue<'_>, item: fn(&DeValue<'_>) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(|entry| item(entry.get_ref())).collect()
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    list(value, text)
}

fn link(value: &DeValue<'_>) -> Option<LinkPattern> {
    value.as_str()?.parse().ok()
}

fn set_path(paths: &mut BTreeMap<String, String>, name: &str, value: &DeValue<'_>) -> Option<()> {
    let path = text(value).filter(|path| split_path(path).is_some())?;
    paths.insert(name.to_owned(), path);
    Some(())
}

/// One text means one binding.
fn set_keys(keys: &mut BTreeMap<String, Vec<String>>, name: &str, value: &DeValue<'_>) -> Option<()> {
    let bindings = text(value).map(|keys| vec![keys]).or_else(|| texts(value))?;
    keys.insert(name.to_owned(), bindings);
    Some(())
}

fn variant(text: &str) -> Option<VariantChoice> {
    match text {
        "auto" => Some(VariantChoice::Auto),
        "highest" => Some(VariantChoice::Highest),
        "saver" => Some(VariantChoice::Saver),
        _ => {
            let kilobits: u64 = text.strip_suffix('k')?.parse().ok()?;
            Some(VariantChoice::AtMost(Bitrate(kilobits.checked_mul(1000)?)))
        }
    }
}

fn audiosocket_profile(text: &str) -> Option<AudiosocketProfile> {
    match text {
        "bearer" => Some(AudiosocketProfile::Bearer),
        "v5" => Some(AudiosocketProfile::V5),
        "consumer" => Some(AudiosocketProfile::Consumer),
        _ => None,
    }
}

fn download_format(text: &str) -> Option<DownloadFormat> {
    match text {
        "mp3" => Some(DownloadFormat::Mp3),
        "wav" => Some(DownloadFormat::Wav),
        _ => None,
    }
}

fn unplugged(word: &str) -> Option<Unplugged> {
    match word {
        "pause" => Some(Unplugged::Pause),
        "move" => Some(Unplugged::Move),
        _ => None,
    }
}

fn replaygain(text: &str) -> Option<ReplayGain> {
    match text {
        "off" => Some(ReplayGain::Off),
        "track" => Some(ReplayGain::Track),
        "album" => Some(ReplayGain::Album),
        "smart" => Some(ReplayGain::Smart),
        _ => None,
    }
}

#[expect(
    clippy::option_option,
    reason = "a word that is none, and one that leaves the choice to the terminal"
)]
fn colours(word: &str) -> Option<Option<Depth>> {
    match word {
        "auto" => Some(None),
        "true" => Some(Some(Depth::True)),
        "256" => Some(Some(Depth::Indexed)),
        "16" => Some(Some(Depth::Sixteen)),
        "none" => Some(Some(Depth::Monochrome)),
        _ => None,
    }
}

fn keep_tokens(text: &str) -> Option<KeepTokens> {
    match text {
        "auto" => Some(KeepTokens::Auto),
        "keyring" => Some(KeepTokens::Keyring),
        "file" => Some(KeepTokens::File),
        _ => None,
    }
}

fn log_level(text: &str) -> Option<LogLevel> {
    match text {
        "off" => Some(LogLevel::Off),
        "error" => Some(LogLevel::Error),
        "warn" => Some(LogLevel::Warn),
        "info" => Some(LogLevel::Info),
        "debug" => Some(LogLevel::Debug),
        _ => None,
    }
}
