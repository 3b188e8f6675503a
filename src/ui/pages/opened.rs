//! What is known of an album, an artist or a playlist that was opened, in a line below its title.

use ratatui::layout::Rect;

use crate::app::Shelf;
use crate::model::{CleanText, Kind};
use crate::ui::canvas::Canvas;
use crate::ui::layout::{below, row};
use crate::ui::theme::Theme;
use crate::ui::widgets::put;

/// From this many rows up there is room for it.
const ROWS: u16 = 12;

/// Draws the line below a heading in `whole`, whose rest is `rest`; gives what is left for rows.
pub(super) fn draw(buffer: &mut Canvas<'_>, whole: Rect, rest: Rect, about: &str, theme: &Theme) -> Rect {
    buffer.words.sentences.push(about.to_owned());
    if whole.height < ROWS {
        return rest;
    }
    put(buffer, row(whole, 1), about, theme.faint);
    below(whole, 3)
}

/// What it is, whose, of when, and where it is from.
pub(super) fn about(shelf: &Shelf, theme: &Theme) -> Option<String> {
    let about = shelf.about.as_deref()?;
    let kind = match about.reference.kind {
        Kind::Album => "Album",
        Kind::Artist => "Artist",
        Kind::Playlist => "Playlist",
        Kind::Track => return None,
    };
    let by = match about.reference.kind {
        Kind::Artist => None,
        Kind::Album | Kind::Playlist | Kind::Track => about.by.clone().or_else(|| the_artist(shelf)),
    };
    let year = about.year.map(|year| year.to_string());
    let note = about.note.as_ref().map(CleanText::to_string);
    let explicit = about.explicit.then(|| "explicit".to_owned());
    let by = by.map(|by| by.to_string());
    let source = Some(shelf.service_name.to_string());
    let parts: Vec<_> =
        [Some(kind.to_owned()), by, year, note, explicit, source].into_iter().flatten().collect();
    Some(parts.join(&format!(" {} ", theme.signs.dot)))
}

/// Who made all tracks of an album, where that is one.
fn the_artist(shelf: &Shelf) -> Option<CleanText> {
    let mut artists = shelf.tracks().map(|track| track.artists.first());
    let first = artists.next()??;
    artists.all(|artist| artist == Some(first)).then(|| first.clone())
}
