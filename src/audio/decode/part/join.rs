//! Parts of one sound: the decoder of one goes on with the next.

use symphonia::core::formats::TrackType;

use super::super::source::Source;
use super::{PartDecoder, demux};
use crate::audio::error::DecodeError;
use crate::stream::ByteStream;

/// Packets at the end that cannot be decoded and are worth a word: a fifth of a second.
const A_FEW: u32 = 10;

impl PartDecoder {
    /// Goes on with bytes whose sound begins where that of this part ended. On an error all is as before.
    pub(in crate::audio::decode) fn go_on(&mut self, bytes: Box<dyn ByteStream>) -> Result<(), DecodeError> {
        let source = Source::new(bytes);
        let (demuxer, forward_only) = demux::open(&source, self.forward_only)?;
        let track = demuxer.default_track(TrackType::Audio);
        self.track.id =
            track.ok_or_else(|| DecodeError::Unsupported("there is no sound in it".to_owned()))?.id;
        (self.source, self.demuxer, self.forward_only) = (source, demuxer, forward_only);
        // Its demuxer counts from nothing.
        self.shift = self.next_tick;
        (self.ended, self.broke_off, self.errors_in_a_row) = (false, false, 0);
        self.maps = super::Maps::default();
        Ok(())
    }

    /// Whether the end of the part was no sound: it ended amid a packet, or its last packets could not be decoded.
    pub(in crate::audio::decode) fn broke_off(&self) -> bool {
        self.broke_off || self.errors_in_a_row >= A_FEW
    }
}
