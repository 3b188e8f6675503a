//! Which variant of a master playlist to play.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::config::VariantChoice;

use super::ladder::{Ladder, Rung};
use super::playlist::{MasterPlaylist, Rendition, Variant};

/// What one of the CODECS of a variant is (names of RFC 6381).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Sound,
    /// HE-AAC where only its half-rate core can be decoded.
    HalfSound,
    Picture,
    Unknown,
}

fn format(codec: &str) -> Format {
    let lower = codec.trim().to_ascii_lowercase();
    let family = lower.split('.').next().unwrap_or(&lower);
    match (lower.as_str(), family) {
        ("mp4a.40.5" | "mp4a.40.29", _) if cfg!(feature = "he-aac") => Format::Sound,
        ("mp4a.40.5" | "mp4a.40.29", _) => Format::HalfSound,
        ("mp4a.40.2" | "mp4a.40.02" | "mp4a.40.34" | "mp4a.69" | "mp4a.6b" | "mp4a.67", _)
        | (_, "mp3" | "flac" | "opus" | "alac" | "vorbis") => Format::Sound,
        (
            _,
            "avc1" | "avc3" | "hvc1" | "hev1" | "dvh1" | "dvhe" | "av01" | "vp08" | "vp09" | "vp8" | "vp9"
            | "mp4v" | "stpp" | "wvtt",
        ) => Format::Picture,
        _ => Format::Unknown,
    }
}

/// How well a variant suits, best first in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// AAC of more channels than two, for which there may be no decoder.
    is_surround: bool,
    has_pictures: bool,
    is_half: bool,
}

/// `None` when it cannot be played. `channels` are those of its sound, where the list says so.
fn rank(variant: &Variant, has_audio_group: bool, channels: Option<u32>) -> Option<Rank> {
    let has_more = channels.is_some_and(|channels| channels > 2);
    let Some(codecs) = &variant.codecs else {
        return Some(Rank {
            is_surround: has_more,
            has_pictures: variant.resolution.is_some(),
            is_half: false,
        });
    };
    let formats: Vec<Format> = codecs.split(',').map(format).collect();
    let is_silent = formats.iter().all(|format| *format == Format::Picture);
    if formats.contains(&Format::Unknown) || is_silent && !has_audio_group {
        return None;
    }
    let has_aac = codecs.split(',').any(|codec| codec.trim_start().to_ascii_lowercase().starts_with("mp4a"));
    Some(Rank {
        is_surround: has_more && has_aac,
        has_pictures: formats.contains(&Format::Picture) && !has_audio_group,
        is_half: formats.contains(&Format::HalfSound),
    })
}

/// The playlists to try, best first: of the variants that can be played, AAC of two channels before AAC of more, sound alone
/// before sound with pictures, whole before half-rate sound, then as `choice` wishes. Where a variant names a group of
/// renditions whose default one is apart, that one stands for it (RFC 8216 section 4.3.4.1).
pub(super) fn candidates(master: &MasterPlaylist, choice: VariantChoice) -> Vec<Url> {
    let mut ranked = playable(master);
    let rising = |bandwidth: u64| bandwidth;
    let falling = |bandwidth: u64| u64::MAX - bandwidth;
    ranked.sort_by_key(|(rank, variant, _)| {
        let order = match choice {
            VariantChoice::Auto | VariantChoice::Highest => (false, falling(variant.bandwidth)),
            VariantChoice::Saver => (false, rising(variant.bandwidth)),
            VariantChoice::AtMost(most) if variant.bandwidth <= most.0 => (false, falling(variant.bandwidth)),
            VariantChoice::AtMost(_) => (true, rising(variant.bandwidth)),
        };
        (*rank, order)
    });
    let mut seen = HashSet::new();
    ranked.into_iter().filter(|(_, _, url)| seen.insert(*url)).map(|(_, _, url)| url.clone()).collect()
}

fn playable(master: &MasterPlaylist) -> Vec<(Rank, &Variant, &Url)> {
    let groups = groups(master);
    let ranked = master.variants.iter().filter_map(|variant| {
        // The playlist of the default rendition of its group, if that is apart from the variant.
        let rendition = variant.audio.as_deref().and_then(|group| Some(groups.get(group)?.1));
        let apart = rendition.and_then(|rendition| rendition.resolved.as_ref());
        let rank = rank(variant, apart.is_some(), rendition.and_then(channels))?;
        Some((rank, variant, apart.or(variant.resolved.as_ref())?))
    });
    ranked.collect()
}

/// How many channels a rendition has: the first number of its `CHANNELS`.
fn channels(rendition: &Rendition) -> Option<u32> {
    rendition.channels.as_deref()?.split('/').next()?.trim().parse().ok()
}

/// The variants that may stand in for the one whose sound is at `address` while it plays: of the same
/// rank, with the same codecs, and of a known rate that is that of the sound.
pub(super) fn ladder(master: &MasterPlaylist, address: &Url) -> Ladder {
    let ranked = playable(master);
    let Some((rank, chosen, _)) = ranked.iter().find(|(_, _, url)| *url == address) else {
        return Ladder::default();
    };
    let mut rungs: Vec<Rung> = Vec::new();
    let (mut addresses, mut rates, wanted) = (HashSet::new(), HashSet::new(), codecs(chosen));
    for (other, variant, url) in &ranked {
        let is_known = variant.bandwidth > 0 && !has_pictures(variant);
        let is_new = !addresses.contains(url) && !rates.contains(&variant.bandwidth);
        if other == rank && codecs(variant) == wanted && is_known && is_new {
            addresses.insert(*url);
            rates.insert(variant.bandwidth);
            rungs.push(Rung { rate: variant.bandwidth, address: (*url).clone(), playlist: None });
        }
    }
    rungs.sort_by_key(|rung| rung.rate);
    Ladder::new(rungs)
}

/// The codecs in one way of writing.
fn codecs(variant: &Variant) -> Option<Vec<String>> {
    let mut names: Vec<_> =
        variant.codecs.as_ref()?.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
    names.sort();
    Some(names)
}

fn has_pictures(variant: &Variant) -> bool {
    let of_codecs = variant.codecs.as_deref().unwrap_or_default().split(',').map(format);
    variant.resolution.is_some() || of_codecs.into_iter().any(|format| format == Format::Picture)
}

/// The rendition that stands for each group of sound: the default one, else one that may be chosen unasked, else
/// the first; and how good a choice it is.
fn groups(master: &MasterPlaylist) -> HashMap<&str, (u8, &Rendition)> {
    let mut groups = HashMap::new();
    for media in master.renditions.iter().filter(|media| media.kind == "AUDIO") {
        let weight = if media.default { 2 } else { u8::from(media.autoselect) };
        let found = groups.entry(media.group_id.as_str()).or_insert((weight, media));
        if weight > found.0 {
            *found = (weight, media);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::playlist::{Playlist, parse};
    use super::*;
    use crate::model::Bitrate;

    fn check(tags: &str, choice: VariantChoice, expected: &[&str]) {
        let text = format!("#EXTM3U\n{tags}");
        let Playlist::Master(master) = parse(text.as_bytes(), &"http://h.example/".parse().unwrap()).unwrap()
        else {
            panic!("{tags} is no master playlist")
        };
        let found: Vec<String> =
            candidates(&master, choice).iter().map(|url| url.path()[1..].to_owned()).collect();
        assert_eq!(found, expected, "{choice:?} of {tags}");
    }

    fn row(name: &str, attributes: &str) -> String {
        format!("#EXT-X-STREAM-INF:{attributes}\n{name}\n")
    }

    #[test]
    fn the_choice_is_kept_to() {
        let three = row("mid", "BANDWIDTH=128000,CODECS=\"mp4a.40.2\"")
            + &row("high", "BANDWIDTH=256000,CODECS=\"mp4a.40.2\"")
            + &row("low", "BANDWIDTH=64000,CODECS=\"mp4a.40.2\"");
        check(&three, VariantChoice::Auto, &["high", "mid", "low"]);
        check(&three, VariantChoice::Highest, &["high", "mid", "low"]);
        check(&three, VariantChoice::Saver, &["low", "mid", "high"]);
        check(&three, VariantChoice::AtMost(Bitrate(200_000)), &["mid", "low", "high"]);
        check(&three, VariantChoice::AtMost(Bitrate(1)), &["low", "mid", "high"]);
    }

    #[test]
    fn what_cannot_be_decoded_is_never_chosen() {
        let rows = row("dolby", "BANDWIDTH=900000,CODECS=\"ec-3\"")
            + &row("usac", "BANDWIDTH=800000,CODECS=\"mp4a.40.42\"")
            + &row("film", "BANDWIDTH=700000,CODECS=\"avc1.4d401f,mp4a.40.2\"")
            + &row("mute", "BANDWIDTH=600000,CODECS=\"avc1.4d401f\"")
            + &row("half", "BANDWIDTH=500000,CODECS=\"mp4a.40.5\"")
            + &row("song", "BANDWIDTH=64000,CODECS=\"mp4a.40.2\"")
            + &row("file", "BANDWIDTH=1,CODECS=\"mp4a.40.2\"").replace("\nfile", "\nfile:///etc/passwd");
        check(&rows, VariantChoice::Auto, &["song", "half", "film"]);
    }

    #[test]
    fn the_default_rendition_stands_for_its_variants() {
        let media = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"de\",URI=\"de\"\n\
                     #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",DEFAULT=YES,URI=\"en\"\n\
                     #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"b\",NAME=\"en\",DEFAULT=YES\n";
        let film = "CODECS=\"avc1.4d401f,mp4a.40.2\"";
        let rows = row("one", &format!("BANDWIDTH=2,AUDIO=\"a\",{film}"))
            + &row("two", &format!("BANDWIDTH=1,AUDIO=\"b\",{film}"));
        check(&(media.to_owned() + &rows), VariantChoice::Auto, &["en", "two"]);
    }

    #[test]
    fn sound_of_many_channels_comes_last_where_it_may_not_be_decoded() {
        let media = |group: &str, channels: &str| {
            format!(
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{group}\",NAME=\"en\",DEFAULT=YES,CHANNELS=\"{channels}\",URI=\"{group}\"\n"
            )
        };
        let variant = |group: &str, codec: &str, rate: u32| {
            row(&format!("v{group}"), &format!("BANDWIDTH={rate},CODECS=\"{codec}\",AUDIO=\"{group}\""))
        };
        let rows = media("six", "6")
            + &media("two", "2")
            + &media("joined", "16/JOC")
            + &media("flac", "6")
            + &variant("six", "mp4a.40.2", 900_000)
            + &variant("joined", "avc1.4d401f,mp4a.40.2", 800_000)
            + &variant("flac", "fLaC", 700_000)
            + &variant("two", "mp4a.40.2", 100_000);
        check(&rows, VariantChoice::Highest, &["flac", "two", "six", "joined"]);
    }

    #[test]
    fn only_the_same_codec_stands_in() {
        let check = |tags: &str, chosen: &str, expected: &[&str]| {
            let text = format!("#EXTM3U\n{tags}");
            let base: Url = "http://h.example/".parse().unwrap();
            let Playlist::Master(master) = parse(text.as_bytes(), &base).unwrap() else { panic!("{tags}") };
            let found = ladder(&master, &base.join(chosen).unwrap());
            let names: Vec<&str> = found.rungs.iter().map(|rung| &rung.address.path()[1..]).collect();
            assert_eq!(names, expected, "{chosen} of {tags}");
        };
        let rows = row("mid", "BANDWIDTH=128000,CODECS=\"mp4a.40.2\"")
            + &row("high", "BANDWIDTH=256000,CODECS=\"MP4A.40.2\"")
            + &row("backup", "BANDWIDTH=256000,CODECS=\"mp4a.40.2\"")
            + &row("low", "BANDWIDTH=64000,CODECS=\"mp4a.40.2\"")
            + &row("half", "BANDWIDTH=32000,CODECS=\"mp4a.40.5\"")
            + &row("whole", "BANDWIDTH=900000,CODECS=\"flac\"")
            + &row("unknown", "CODECS=\"mp4a.40.2\"")
            + &row("silent", "BANDWIDTH=5")
            + &row("film", "BANDWIDTH=700000,CODECS=\"avc1.4d401f,mp4a.40.2\"");
        check(&rows, "mid", &["low", "mid", "high"]);
        check(&rows, "whole", &["whole"]);
        check(&rows, "half", &["half"]);
        check(&rows, "silent", &["silent"]);
        check(&rows, "film", &[]);
        check(&rows, "elsewhere", &[]);
    }

    #[test]
    fn a_missing_bandwidth_counts_as_nothing() {
        check(&(row("a", "CODECS=\"mp3\"") + &row("b", "BANDWIDTH=5")), VariantChoice::Auto, &["b", "a"]);
    }
}
