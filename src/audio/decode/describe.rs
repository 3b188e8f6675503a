//! What a container tells about itself beyond its sound: tags, a cover, its name.

use std::collections::BTreeMap;

use symphonia::core::formats::FormatReader;
use symphonia::core::meta::{MetadataRevision, RawValue, StandardTag, StandardVisualKey, Tag, Visual};

use crate::model::CleanText;

/// Most tags kept; files with more are spoilt or hostile.
const MAX_TAGS: usize = 200;

/// Everything that has been read of the container's metadata so far.
#[derive(Clone, Debug, Default)]
pub(in crate::audio) struct Description {
    /// By plain names: "title", "artist", or else what the file calls them in lower case.
    pub(in crate::audio) tags: BTreeMap<String, CleanText>,
    /// Media type and length in bytes of the front cover, or else of the first picture.
    pub(in crate::audio) cover: Option<(Option<CleanText>, usize)>,
}

/// Takes the metadata out of a demuxer; a second call may find less.
pub(super) fn describe(demuxer: &mut dyn FormatReader) -> Description {
    let mut all = Description::default();
    let mut metadata = demuxer.metadata();
    loop {
        // Reading on queues newer revisions behind the current one, which cannot be popped itself.
        if metadata.is_latest() {
            if let Some(revision) = metadata.current() {
                all.add(revision);
            }
            return all;
        }
        if let Some(revision) = metadata.pop() {
            all.add(&revision);
        }
    }
}

impl Description {
    fn add(&mut self, revision: &MetadataRevision) {
        let of_tracks = revision.per_track.iter().map(|track| &track.metadata);
        for container in std::iter::once(&revision.media).chain(of_tracks) {
            container.tags.iter().for_each(|tag| self.add_tag(tag));
            container.visuals.iter().for_each(|visual| self.add_cover(visual));
        }
    }

    fn add_tag(&mut self, tag: &Tag) {
        // "1/2" stands in the file once and comes as two tags; one is enough.
        let is_total = matches!(tag.std, Some(StandardTag::TrackTotal(_) | StandardTag::DiscTotal(_)));
        let text = match &tag.raw.value {
            RawValue::Binary(_) | RawValue::Flag => return,
            _ if is_total => return,
            value => CleanText::new(value.to_string()),
        };
        let name = tag
            .std
            .as_ref()
            .and_then(plain_name)
            .map_or_else(|| CleanText::new(&tag.raw.key).as_str().to_lowercase(), str::to_owned);
        if self.tags.len() < MAX_TAGS && !text.is_empty() && !name.is_empty() {
            self.tags.entry(name).or_insert(text);
        }
    }

    fn add_cover(&mut self, visual: &Visual) {
        let is_front = visual.usage == Some(StandardVisualKey::FrontCover);
        if self.cover.is_none() || is_front {
            self.cover = Some((visual.media_type.as_ref().map(CleanText::new), visual.data.len()));
        }
    }
}

/// One name for what every format calls differently.
fn plain_name(tag: &StandardTag) -> Option<&'static str> {
    Some(match tag {
        StandardTag::TrackTitle(_) => "title",
        StandardTag::Artist(_) => "artist",
        StandardTag::Album(_) => "album",
        StandardTag::AlbumArtist(_) => "album_artist",
        StandardTag::Composer(_) => "composer",
        StandardTag::Genre(_) => "genre",
        StandardTag::TrackNumber(_) => "track",
        StandardTag::DiscNumber(_) => "disc",
        StandardTag::Comment(_) => "comment",
        StandardTag::Copyright(_) => "copyright",
        StandardTag::Lyrics(_) => "lyrics",
        StandardTag::ReplayGainTrackGain(_) => "replaygain_track_gain",
        StandardTag::ReplayGainTrackPeak(_) => "replaygain_track_peak",
        StandardTag::ReplayGainAlbumGain(_) => "replaygain_album_gain",
        StandardTag::ReplayGainAlbumPeak(_) => "replaygain_album_peak",
        StandardTag::IdentIsrc(_) => "isrc",
        StandardTag::RecordingDate(_)
        | StandardTag::RecordingYear(_)
        | StandardTag::ReleaseDate(_)
        | StandardTag::ReleaseYear(_) => "date",
        _ => return None,
    })
}
