//! How values stand in columns.

use std::time::Duration;

use crate::model::TrackRef;

/// A track's name as it is kept; [`read_reference`] reads it back, whatever bytes a path has.
pub(super) fn reference_text(reference: &TrackRef) -> String {
    reference.kept()
}

/// The track that a text names; `None` where it names nothing any more.
pub(super) fn read_reference(text: &str) -> Option<TrackRef> {
    TrackRef::from_kept(text)
}

/// Between references in one column: no text that names a track holds it.
const BETWEEN: &str = "\n";

/// Several tracks' names in one column.
pub(super) fn references_text(references: &[TrackRef]) -> String {
    references.iter().map(reference_text).collect::<Vec<_>>().join(BETWEEN)
}

/// Those of them that name something.
pub(super) fn read_references(text: &str) -> Vec<TrackRef> {
    text.split(BETWEEN).filter_map(read_reference).collect()
}

pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}
