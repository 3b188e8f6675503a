//! Title, artists and cover are written into a copy. What the file has of its own and we know nothing of stays.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use lofty::config::{ParseOptions, ParsingMode, WriteOptions};
use lofty::file::{AudioFile as _, TaggedFileExt as _};
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::probe::Probe;
use lofty::tag::items::Timestamp;
use lofty::tag::{Accessor as _, ItemKey, ItemValue, Tag, TagItem, TagType};

use url::Url;

use crate::model::{CleanText, Facts, Track, TrackRef, Wanted};

/// Largest cover that goes into a file.
const MAX_COVER_BYTES: usize = 8 << 20;

/// Writes what is known of `wanted` into the file. A writer that panics is an error like any other; whatever went
/// wrong, the file is not to be used after that.
pub(super) fn write(file: &mut File, wanted: &Wanted, cover: Option<&[u8]>) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(|| write_tags(file, wanted, cover))) {
        Ok(written) => written,
        Err(_) => Err("the writer of tags failed".to_owned()),
    }
}

/// Takes over what the file says of itself and nobody else does; its title, too, where only the address is known. What
/// cannot be read says nothing.
pub(super) fn learn(file: &mut File, track: &mut Track) {
    if let Ok(Some(tag)) = catch_unwind(AssertUnwindSafe(|| read_tag(file))) {
        take_over(&tag, track);
    }
}

fn read_tag(file: &mut File) -> Option<Tag> {
    file.seek(SeekFrom::Start(0)).ok()?;
    let mut options = ParseOptions::new();
    options.parsing_mode(ParsingMode::Relaxed);
    options.read_cover_art(false);
    let tagged = Probe::new(&mut *file).options(options).guess_file_type().ok()?.read().ok()?;
    tagged.primary_tag().or_else(|| tagged.first_tag()).cloned()
}

fn take_over(tag: &Tag, track: &mut Track) {
    let text = |key: ItemKey| tag.get_string(key).map(CleanText::new).filter(|text| !text.is_empty());
    if let Some(title) = text(ItemKey::TrackTitle).filter(|_| track.title == track.reference.bare_title()) {
        track.title = title;
    }
    let facts = Facts {
        number: tag.track(),
        disc: tag.disk(),
        year: tag.date().map(|date| date.year),
        genre: text(ItemKey::Genre),
        album_artist: text(ItemKey::AlbumArtist),
        ..Facts::default()
    };
    track.fill_from(&Track {
        artists: text(ItemKey::TrackArtist).into_iter().collect(),
        album: text(ItemKey::AlbumTitle),
        isrc: text(ItemKey::Isrc),
        facts: Some(Arc::new(facts)),
        ..Track::new(track.reference.clone(), track.title.clone())
    });
}

fn write_tags(file: &mut File, wanted: &Wanted, cover: Option<&[u8]>) -> Result<(), String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    file.seek(SeekFrom::Start(0)).map_err(|error| words(&error))?;
    let mut options = ParseOptions::new();
    options.parsing_mode(ParsingMode::Relaxed);
    let probe = Probe::new(&mut *file).options(options).guess_file_type().map_err(|error| words(&error))?;
    let mut tagged = probe.read().map_err(|error| words(&error))?;
    let kind = tagged.primary_tag_type();
    if tagged.primary_tag().is_none() {
        // What an older tag knows goes over.
        let mut tag = tagged.first_tag().cloned().unwrap_or_else(|| Tag::new(kind));
        tag.re_map(kind);
        tagged.insert_tag(tag);
    }
    let Some(tag) = tagged.primary_tag_mut() else { return Err("this kind of file has no tags".to_owned()) };
    fill(tag, wanted);
    if let Some(picture) = cover.and_then(picture) {
        tag.remove_picture_type(PictureType::CoverFront);
        if kind == TagType::Mp4Ilst {
            // Its pictures have no kinds, and the first one is the cover.
            tag.remove_picture_type(PictureType::Other);
        }
        tag.push_picture(picture);
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| words(&error))?;
    tagged.save_to(file, WriteOptions::default()).map_err(|error| words(&error))
}

fn fill(tag: &mut Tag, wanted: &Wanted) {
    let (track, facts) = (&wanted.track, wanted.track.facts.clone().unwrap_or_default());
    let mut set = |key: ItemKey, text: Option<&str>| {
        text.filter(|text| !text.is_empty()).is_none_or(|text| tag.insert_text(key, text.to_owned()))
    };
    set(ItemKey::TrackTitle, Some(track.title.as_str()));
    set(ItemKey::AlbumTitle, track.album.as_ref().map(CleanText::as_str));
    set(ItemKey::AlbumArtist, facts.album_artist.as_ref().map(CleanText::as_str));
    set(ItemKey::Genre, facts.genre.as_ref().map(CleanText::as_str));
    set(ItemKey::Isrc, track.isrc.as_ref().map(CleanText::as_str));
    // ID3 has a frame for words without times alone.
    if !set(ItemKey::Lyrics, facts.lyrics.as_deref()) {
        set(ItemKey::UnsyncLyrics, facts.lyrics.as_deref());
    }
    set(ItemKey::TrackArtist, Some(track.artist_line().as_str()));
    if track.artists.len() > 1 {
        tag.remove_key(ItemKey::TrackArtists);
        for artist in &track.artists {
            tag.push(TagItem::new(ItemKey::TrackArtists, ItemValue::Text(artist.as_str().to_owned())));
        }
    }
    if let Some(number) = facts.number {
        tag.set_track(number);
    }
    if let Some(disc) = facts.disc {
        tag.set_disk(disc);
    }
    if let Some(year) = facts.year {
        tag.set_date(Timestamp { year, ..Timestamp::default() });
    }
    // The page of the track, for people; never the address that a service gave the bytes at, nor what may let somebody in.
    let is_plain = |url: &&Url| {
        let tail = url.query().is_none() && url.fragment().is_none();
        tail && url.username().is_empty() && url.password().is_none()
    };
    let address = match &track.reference {
        TrackRef::Url(url) => Some(url).filter(is_plain),
        TrackRef::File(_) | TrackRef::Part(_) | TrackRef::Service { .. } => None,
    };
    if let Some(link) = track.link.as_ref().or(address) {
        let item = TagItem::new(ItemKey::AudioSourceUrl, ItemValue::Locator(link.to_string()));
        // The writer of ID3 loses addresses that are not in a comment.
        let is_kept = tag.tag_type() != TagType::Id3v2 && tag.insert(item);
        if !is_kept && tag.get_string(ItemKey::Comment).is_none() {
            tag.insert_text(ItemKey::Comment, link.to_string());
        }
    }
}

/// A cover, if the bytes are a picture of a kind that goes into tags.
fn picture(bytes: &[u8]) -> Option<Picture> {
    let kind = match bytes {
        [0xff, 0xd8, 0xff, ..] => MimeType::Jpeg,
        [0x89, b'P', b'N', b'G', ..] => MimeType::Png,
        _ => return None,
    };
    let picture = Picture::unchecked(bytes.to_vec()).pic_type(PictureType::CoverFront).mime_type(kind);
    (bytes.len() <= MAX_COVER_BYTES).then(|| picture.build())
}
