//! Tracks, and what holds tracks, as every list shows them: what is heard, title, artist, album, source,
//! rating, whether it is liked, length.

use std::time::Duration;

use ratatui::style::Style;

use crate::app::{DownloadMark, State};
use crate::model::{
    Allowed, Collection, Item, MAX_STARS, ServiceId, ServiceInfo, SignIn, Track, TrackRef, format_clock,
};
use crate::ui::playing::sign;
use crate::ui::text::{Align, cells, count};
use crate::ui::theme::Theme;
use crate::ui::widgets::{Column, NUMBERS, Row, Span, Weight};

/// From this many columns up, the album has a column.
const ALBUM_COLUMNS: u16 = 92;

/// From this many columns up, there is room for how many tracks an album has beside its artist.
const COUNT_COLUMNS: u16 = 76;

/// From this many columns up, artist and source have columns.
const ARTIST_COLUMNS: u16 = 50;

/// From this many columns up, ratings have a column where there are any.
const STARS_COLUMNS: u16 = 60;

/// What the listener's own files are called as a source.
const OWN_MUSIC: &str = "My music";

/// Most cells for the name of a source.
const SOURCE_CELLS: u16 = 11;

/// One column of a list.
pub(super) const fn column(title: &'static str, span: Span, align: Align, weight: Weight) -> Column {
    Column { title, span, align, weight }
}

const MARK: Column = column("", Span::Cells(1), Align::Left, Weight::Main);
/// Numbers are seen and not read out: whoever listens is told the place of a row anyhow.
const NUMBER: Column = column(NUMBERS, Span::Cells(1), Align::Right, Weight::Aside);
const TITLE: Column = column("Title", Span::Share(5), Align::Left, Weight::Main);
const ARTIST: Column = column("Artist", Span::Share(3), Align::Left, Weight::Main);
const ALBUM: Column = column("Album", Span::Share(3), Align::Left, Weight::Aside);
const SOURCE: Column = column("Source", Span::Cells(SOURCE_CELLS), Align::Left, Weight::Aside);
const STARS: Column = column("Stars", Span::Cells(MAX_STARS as u16), Align::Left, Weight::Main);
const SIGNS: Column = column("", Span::Cells(4), Align::Left, Weight::Main);
const LENGTH: Column = column("Length", Span::Cells(7), Align::Right, Weight::Aside);

/// The same with the numbers of `len` rows, where there is room for the album too.
pub(super) fn numbered(width: u16, sources: Sources, rated: bool, len: usize) -> Vec<Column> {
    let mut columns = columns(width, sources, rated);
    if width >= ALBUM_COLUMNS {
        let digits = u16::try_from(len.max(1).ilog10() + 1).unwrap_or(u16::MAX);
        columns.insert(1, Column { span: Span::Cells(digits), ..NUMBER });
    }
    columns
}

/// A row of such a list, which is the one at `index`.
pub(super) fn with_number(mut row: Row, width: u16, index: usize) -> Row {
    if width >= ALBUM_COLUMNS && !row.texts.is_empty() {
        row.texts.insert(1, (index + 1).to_string());
    }
    row
}

/// Columns for a list of this width; the source has one where rows differ in it, ratings have one where there are any.
pub(super) fn columns(width: u16, sources: Sources, rated: bool) -> Vec<Column> {
    let source = match sources {
        Sources::Many(cells) => Some(Column { span: Span::Cells(cells), ..SOURCE }),
        Sources::One => None,
    };
    let (before, after): (&[_], &[_]) = match width {
        ALBUM_COLUMNS.. => (&[MARK, TITLE, ARTIST, ALBUM], &[SIGNS, LENGTH]),
        ARTIST_COLUMNS.. => (&[MARK, TITLE, ARTIST], &[SIGNS, LENGTH]),
        _ => return vec![MARK, TITLE, LENGTH],
    };
    let stars = has_stars(width, rated).then_some(STARS);
    before.iter().copied().chain(source).chain(stars).chain(after.iter().copied()).collect()
}

fn has_stars(width: u16, rated: bool) -> bool {
    rated && width >= STARS_COLUMNS
}

/// The row with its rating, where its list has a column for that.
pub(super) fn starred(mut row: Row, track: Option<&Track>, width: u16, rated: bool, theme: &Theme) -> Row {
    // Before the signs and the length.
    let place = row.texts.len().saturating_sub(2);
    if has_stars(width, rated) && place > 0 {
        let text = match track.map_or(0, |track| track.stars) {
            0 => String::new(),
            stars if theme.is_spoken() => format!("{stars} of {MAX_STARS} stars"),
            stars => theme.signs.star.repeat(usize::from(stars.min(MAX_STARS))),
        };
        row.texts.insert(place, text);
    }
    row
}

/// Whether the rows of a list come from one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sources {
    /// They do, and a heading names it.
    One,
    /// They may differ; with the cells that their names take.
    Many(u16),
}

impl Sources {
    /// As wide as the names of the services that can be asked, and of the own music.
    pub fn of(state: &State) -> Self {
        let can_be_asked =
            |service: &&ServiceInfo| !matches!(service.capabilities.sign_in, SignIn::Missing(_));
        let names = state.services.iter().filter(can_be_asked).map(|service| cells(service.name.as_str()));
        let widest = names.chain([cells(OWN_MUSIC)]).max().unwrap_or_default();
        Self::Many(u16::try_from(widest).unwrap_or(u16::MAX).min(SOURCE_CELLS))
    }

    /// The same where a number stands behind the name: in how many more places a recording is.
    pub fn found(state: &State) -> Self {
        Self::Many(Self::of(state).cells().saturating_add(3).min(SOURCE_CELLS))
    }

    /// Cells for their names.
    pub fn cells(self) -> u16 {
        match self {
            Self::One => 0,
            Self::Many(cells) => cells,
        }
    }
}

/// What the first column says about a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing.
    None,
    /// It is the one that plays, or would; with the sign of what the player does.
    Current(&'static str),
    /// The next edit is about it.
    Selected,
    /// It could not be played when it was tried last.
    Failed,
}

/// The mark of a track in a list to choose from.
pub(super) fn mark(track: &Track, state: &State, theme: &Theme) -> Mark {
    match &state.playback.now {
        Some(now) if now.track.reference == track.reference => Mark::Current(sign(state, theme)),
        _ => Mark::None,
    }
}

/// The mark of any row of a list to choose from.
fn mark_of(item: &Item, state: &State, theme: &Theme) -> Mark {
    match item {
        Item::Track(track) => mark(track, state, theme),
        Item::Collection(_) | Item::List(_) => Mark::None,
    }
}

/// The same, or that the next edit is about it.
pub(super) fn mark_or_selected(item: &Item, selected: bool, state: &State, theme: &Theme) -> Mark {
    if selected { Mark::Selected } else { mark_of(item, state, theme) }
}

/// `item` in the columns of a list of this width.
pub(super) fn item(item: &Item, width: u16, mark: Mark, source: Option<String>, theme: &Theme) -> Row {
    match item {
        Item::Track(track) => row(track, width, mark, source, theme),
        Item::Collection(collection) => {
            let mut row = collection_row(collection, width, source, theme);
            if mark == Mark::Selected {
                row.texts[0] = theme.signs.selected.to_owned();
                row.style = theme.strong;
            }
            row
        }
        Item::List(list) => {
            let texts = [theme.signs.opens.to_owned(), list.title.to_string()];
            Row { texts: texts.into(), style: theme.text }
        }
    }
}

fn collection_row(collection: &Collection, width: u16, source: Option<String>, theme: &Theme) -> Row {
    let sign = theme.signs.opens.to_owned();
    let title = collection.title.to_string();
    let by = collection.by.as_ref().map(ToString::to_string).unwrap_or_default();
    let note = collection.note.as_ref().map(ToString::to_string);
    let year = collection.year.map(|year| year.to_string());
    let tracks = collection.tracks.and_then(|tracks| usize::try_from(tracks).ok());
    let tracks = tracks.map(|tracks| count(tracks, "track"));
    let joined = |facts: [Option<String>; 3]| {
        facts.into_iter().flatten().collect::<Vec<_>>().join(&format!(" {} ", theme.signs.dot))
    };
    let mut texts = match width {
        ALBUM_COLUMNS.. => vec![sign, title, by, joined([year, tracks, note])],
        ARTIST_COLUMNS.. if by.is_empty() => vec![sign, title, joined([year, tracks, note])],
        COUNT_COLUMNS.. => vec![sign, title, joined([Some(by), tracks, None])],
        ARTIST_COLUMNS.. => vec![sign, title, by],
        _ if by.is_empty() => vec![sign, joined([Some(title), tracks, None])],
        _ => vec![sign, joined([Some(format!("{title} {} {by}", theme.signs.dash)), tracks, None])],
    };
    if width >= ARTIST_COLUMNS {
        texts.extend(source);
        texts.push(signs([collection.liked, collection.explicit, false], "", theme));
    }
    texts.push(collection.length.map(length_words).unwrap_or_default());
    Row { texts, style: theme.text }
}

/// A length in the cells that a track's takes: of many hours only these.
fn length_words(length: Duration) -> String {
    match length.as_secs() / 3600 {
        hours @ 10.. => format!("{hours} h"),
        _ => format_clock(length),
    }
}

fn signs_of(track: &Track, kept: &str, theme: &Theme) -> String {
    signs([track.liked, track.explicit, track.has_lyrics], kept, theme)
}

/// Whether it is liked, here or on its way (`kept`), explicit, and has lyrics: each sign in a cell of its own.
fn signs([liked, explicit, has_lyrics]: [bool; 3], kept: &str, theme: &Theme) -> String {
    let of = |is: bool, sign| if is { sign } else { "" };
    let signs = [
        of(liked, theme.signs.liked),
        kept,
        of(explicit, theme.signs.explicit),
        of(has_lyrics, theme.signs.lyrics),
    ];
    if theme.is_spoken() {
        // Words that are read out.
        return signs.into_iter().filter(|sign| !sign.is_empty()).collect::<Vec<_>>().join(" ");
    }
    signs.map(|sign| format!("{sign:1}")).concat().trim_end().to_owned()
}

/// `track` in the columns of a list of this width.
pub(super) fn row(track: &Track, width: u16, mark: Mark, source: Option<String>, theme: &Theme) -> Row {
    let unplayable = matches!(track.playable, Allowed::No(_));
    let (sign, style) = match mark {
        Mark::Current(sign) => (sign, theme.playing),
        Mark::Selected => (theme.signs.selected, theme.strong),
        Mark::Failed => (theme.signs.failed, theme.faint),
        Mark::None if unplayable => (theme.signs.failed, theme.faint),
        Mark::None => ("", theme.text),
    };
    let sign = sign.to_owned();
    let title = track.title.to_string();
    let artists = track.artist_line();
    let length = track.length.map(format_clock).unwrap_or_default();
    let mut texts = match width {
        ALBUM_COLUMNS.. => {
            let album = track.album.as_ref().map(ToString::to_string).unwrap_or_default();
            vec![sign, title, artists, album]
        }
        ARTIST_COLUMNS.. => vec![sign, title, artists],
        _ => vec![sign, line(track, theme)],
    };
    if width >= ARTIST_COLUMNS {
        texts.extend(source);
        texts.push(signs_of(track, "", theme));
    }
    texts.push(length);
    Row { texts, style }
}

/// The row with a sign for a track that can be heard offline, or that is on its way; without a network a row is faint
/// that cannot be heard now.
pub(super) fn kept(mut row: Row, track: Option<&Track>, state: &State, theme: &Theme) -> Row {
    if track.is_some_and(|track| state.is_out_of_reach(track)) {
        if row.style == theme.text {
            row.style = theme.faint;
        }
        if let Some(sign) = row.texts.first_mut().filter(|sign| sign.is_empty()) {
            theme.signs.failed.clone_into(sign);
        }
    }
    let Some(track) = track else { return row };
    let sign = match state.downloads.mark(track) {
        Some(DownloadMark::Here) => theme.signs.kept,
        Some(DownloadMark::OnItsWay) => theme.signs.fetches,
        None => return row,
    };
    // Before the length; narrow lists have no room for it.
    let is_wide = row.texts.len() > 3;
    let place = row.texts.len().saturating_sub(2);
    if let Some(text) = row.texts.get_mut(place).filter(|_| is_wide) {
        *text = signs_of(track, sign, theme);
    }
    row
}

/// The row of an index beyond the end.
pub(super) fn nothing() -> Row {
    Row { texts: Vec::new(), style: Style::new() }
}

/// Title and artists in one line.
pub(in crate::ui) fn line(track: &Track, theme: &Theme) -> String {
    let artists = track.artist_line();
    if artists.is_empty() {
        track.title.to_string()
    } else {
        format!("{} {} {artists}", track.title, theme.signs.dash)
    }
}

/// Where a row comes from, in a word or two.
pub(super) fn source_of(item: &Item, services: &[ServiceInfo]) -> String {
    match item {
        Item::Track(track) => source(&track.reference, services),
        Item::Collection(Collection { reference, .. }) => name_of(&reference.service, services),
        Item::List(_) => String::new(),
    }
}

fn name_of(service: &ServiceId, services: &[ServiceInfo]) -> String {
    let known = services.iter().find(|known| known.id == *service);
    known.map_or_else(|| service.to_string(), |known| known.name.to_string())
}

/// Where a track comes from, in a word or two.
pub(in crate::ui) fn source(reference: &TrackRef, services: &[ServiceInfo]) -> String {
    match reference {
        TrackRef::File(_) | TrackRef::Part(_) => OWN_MUSIC.to_owned(),
        TrackRef::Url(url) => url.host_str().unwrap_or("web").to_owned(),
        TrackRef::Service { service, .. } => name_of(service, services),
    }
}
