//! Playlists come in and go out: as files of other players, as text for an editor, from one service to another.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::Arrangement;
use crate::app::list_text::{self, TextRow};
use crate::catalog::Catalog;
use crate::library::described;
use crate::library::playlist_file::{self, FileRow, MAX_BYTES, Paths, PlaylistFile, PlaylistFormat};
use crate::model::{
    CleanText, Entry, EntryId, Fault, FaultKind, FilePart, Item, Kind, LOCAL, PlaylistAbout, SearchQuery,
    ServiceId, Track, TrackRef,
};

use super::playlists::{PlaylistDone, PlaylistRows};
use super::target::Target;
use super::theirs::{Opened, own};
use super::tracks::tracks;
use super::{Shelves, clock, find, find_or_local};

/// A playlist that comes from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// What it is called there.
    pub title: CleanText,
    /// Its rows. Of what a file does not tell, the name of the place makes do; a row whose place is none may have no title.
    pub tracks: Vec<Track>,
    /// What is wrong with the place of each row, if anything.
    pub problems: Vec<Option<CleanText>>,
}

/// A playlist with its rows, about to be changed.
#[derive(Debug)]
pub struct HeldList {
    opened: Opened,
}

impl HeldList {
    /// The list as text for an editor.
    pub fn text(&self) -> String {
        list_text::to_text(&self.opened.list.about.name, &self.opened.list.entries)
    }

    /// Whether a text asks for no row where there are some.
    pub fn is_emptied_by(&self, text: &str) -> bool {
        let entries = &self.opened.list.entries;
        !entries.is_empty() && list_text::from_text(text, entries).is_ok_and(|rows| rows.is_empty())
    }
}

impl Shelves {
    /// Reads a playlist file of any kind.
    ///
    /// # Errors
    /// When it cannot be read, or is no list of tracks; with the line where it breaks.
    pub fn read_playlist_file(&self, path: &Path) -> Result<Incoming, Fault> {
        let unreadable = |error: &io::Error| {
            Fault::new(FaultKind::NotFound, format!("{} cannot be read: {error}", path.display()))
        };
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(&error))?;
        let whole = std::path::absolute(path).map_err(|error| unreadable(&error))?;
        let folder = whole.parent().unwrap_or(Path::new("/"));
        let list = playlist_file::read(&bytes, path, folder, &|path| path.is_file()).map_err(|error| {
            let fault = error.fault();
            Fault { message: format!("{}: {}", path.display(), fault.message).into(), ..fault }
        })?;
        let name = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned().into();
        Ok(Incoming {
            title: list.title.unwrap_or_else(name),
            problems: list.rows.iter().map(|row| row.problem.clone().map(CleanText::from)).collect(),
            tracks: list.rows.into_iter().map(track).collect(),
        })
    }

    /// Writes a playlist to a file, whose name tells the format; gives how many rows it has. The file comes whole or
    /// not at all.
    ///
    /// # Errors
    /// When the name tells no format that is written, when there is such a file and not `over`, or when it cannot
    /// be written.
    pub fn write_playlist_file(
        &self,
        rows: &PlaylistRows,
        path: &Path,
        relative: bool,
        over: bool,
    ) -> Result<usize, Fault> {
        let unwritable = |error: &io::Error| {
            Fault::new(FaultKind::Other, format!("{} cannot be written: {error}", path.display()))
        };
        let format = PlaylistFormat::of_name(path).ok_or_else(|| {
            Fault::new(FaultKind::Usage, format!("The name {} tells no format", path.display()))
                .hint("End it in .m3u8, .xspf or .jspf")
        })?;
        let whole = std::path::absolute(path).map_err(|error| unwritable(&error))?;
        let folder = whole.parent().unwrap_or(Path::new("/")).to_owned();
        let list = PlaylistFile {
            title: Some(rows.about.title.clone()),
            rows: rows.tracks.iter().map(FileRow::from).collect(),
            ..PlaylistFile::default()
        };
        let paths = if relative { Paths::Relative(folder) } else { Paths::Absolute };
        let bytes = playlist_file::write(&list, format, &paths).map_err(|error| error.fault())?;
        if !over && whole.exists() {
            return Err(Fault::new(FaultKind::Usage, format!("There is a file {} already", path.display()))
                .hint("Add --force to write over it"));
        }
        write_whole(&whole, &bytes).map_err(|error| unwritable(&error))?;
        Ok(list.rows.len())
    }

    /// Makes a playlist of tracks that are known, on this machine or at a service.
    ///
    /// # Errors
    /// As [`Shelves::create_playlist`].
    pub fn make_playlist(
        &self,
        service: &ServiceId,
        title: &CleanText,
        tracks: Vec<Track>,
    ) -> Result<PlaylistDone, Fault> {
        if service.as_str() == LOCAL {
            return self.make_local(title, tracks.into_iter().map(fresh).collect());
        }
        let about = PlaylistAbout { title: Some(title.as_str().to_owned()), ..PlaylistAbout::default() };
        let catalog = find_or_local(&self.catalogs, service)?;
        let entries = tracks.iter().map(|track| Ok(fresh(own(&**catalog, track)?)));
        self.make_theirs(service, about, entries.collect::<Result<_, Fault>>()?)
    }

    /// A playlist as it is now, to be changed.
    ///
    /// # Errors
    /// As [`Shelves::change_playlist`].
    pub fn held_list(&self, target: &Target) -> Result<HeldList, Fault> {
        Ok(HeldList { opened: self.opened(target)? })
    }

    /// Puts a playlist in another order, or thins it, as one change; `None` when nothing is different.
    ///
    /// # Errors
    /// As [`Shelves::change_playlist`].
    pub fn arrange_playlist(
        &self,
        list: HeldList,
        arrangement: &Arrangement,
    ) -> Result<Option<PlaylistDone>, Fault> {
        let mut after = list.opened.list.entries.clone();
        arrangement.apply(&mut after);
        self.put(list, &arrangement.words(), &after)
    }

    /// Does what somebody made of the text, as one change; `None` when nothing is different.
    ///
    /// # Errors
    /// Of kind `Usage` for lines that cannot be understood or lead to nothing, all of them named; then nothing is
    /// changed. Else as [`Shelves::change_playlist`].
    pub fn apply_text(&self, list: HeldList, text: &str) -> Result<Option<PlaylistDone>, Fault> {
        let entries = &list.opened.list.entries;
        let rows =
            list_text::from_text(text, entries).map_err(|problems| list_text::text_fault(&problems))?;
        let service = list.opened.list.about.remote.as_ref().map(|remote| remote.service.clone());
        let after = self.meant(entries, rows, service.as_ref())?;
        self.put(list, "editing it as text", &after)
    }

    /// Gives a list these rows.
    fn put(&self, list: HeldList, name: &str, after: &[Entry]) -> Result<Option<PlaylistDone>, Fault> {
        if after == list.opened.list.entries {
            return Ok(None);
        }
        self.rearrange(name, list.opened, after).map(Some)
    }

    /// The rows that are meant, or everything that leads to nothing.
    fn meant(
        &self,
        entries: &[Entry],
        rows: Vec<(usize, TextRow)>,
        service: Option<&ServiceId>,
    ) -> Result<Vec<Entry>, Fault> {
        let known: HashMap<EntryId, &Entry> = entries.iter().map(|entry| (entry.id, entry)).collect();
        let (mut after, mut problems, mut used) = (Vec::new(), Vec::new(), HashSet::new());
        for (line, row) in rows {
            let found = match row {
                TextRow::Kept(id) => {
                    let id_now = if used.insert(id) { id } else { random_id() };
                    after.extend(known.get(&id).map(|entry| Entry { id: id_now, ..Entry::clone(entry) }));
                    continue;
                }
                new => self.tasks.block_on(text_row(&self.catalogs, &new, service)),
            };
            let found = found.and_then(|tracks| match service {
                Some(service) => {
                    let catalog = find(&self.catalogs, service)?;
                    tracks.iter().map(|track| own(&**catalog, track)).collect()
                }
                None => Ok(tracks),
            });
            match found {
                Ok(tracks) => after.extend(tracks.into_iter().map(fresh)),
                Err(fault) => problems.push(format!("line {line}: {}", fault.message)),
            }
        }
        if problems.is_empty() {
            return Ok(after);
        }
        Err(Fault::new(FaultKind::Usage, problems.join("; ")).hint("Nothing was changed"))
    }
}

/// The tracks behind a new line of a list's text; none behind a row that is kept.
pub(in crate::runtime) async fn text_row(
    catalogs: &[Arc<dyn Catalog>],
    row: &TextRow,
    service: Option<&ServiceId>,
) -> Result<Vec<Track>, Fault> {
    match row {
        TextRow::Kept(_) => Ok(Vec::new()),
        TextRow::Place(place) => behind(catalogs, place).await,
        TextRow::Words(words) => first_hit(catalogs, words, service).await.map(|track| vec![track]),
    }
}

/// The tracks of a place as it is typed.
async fn behind(catalogs: &[Arc<dyn Catalog>], place: &TrackRef) -> Result<Vec<Track>, Fault> {
    let target = match place {
        TrackRef::File(path) => Target::File(path.clone()).with_whole_path(),
        TrackRef::Part(part) => Target::Part(part.clone()).with_whole_path(),
        TrackRef::Url(_) | TrackRef::Service { .. } => place
            .to_string()
            .parse()
            .map_err(|error: crate::model::TrackRefError| Fault::new(FaultKind::Usage, error.to_string()))?,
    };
    if let Target::File(path) | Target::Part(FilePart { path, .. }) = &target
        && !path.is_file()
    {
        return Err(Fault::new(FaultKind::NotFound, format!("there is no file {}", path.display())));
    }
    Ok(tracks(catalogs, &target).await?.into_iter().map(described).collect())
}

/// What a search for these words finds first: on this machine, then at the services in their order.
async fn first_hit(
    catalogs: &[Arc<dyn Catalog>],
    words: &str,
    service: Option<&ServiceId>,
) -> Result<Track, Fault> {
    let able = |catalog: &&Arc<dyn Catalog>| {
        let fits = service.is_none_or(|service| *service == catalog.id());
        fits && catalog.capabilities().search.contains(&Kind::Track)
    };
    let mut asked: Vec<_> = catalogs.iter().filter(able).collect();
    asked.sort_by_key(|catalog| !catalog.capabilities().is_local);
    let query =
        SearchQuery { words: words.to_owned(), kind: Kind::Track, filters: Vec::new(), limit: 5, page: 0 };
    let mut failure = None;
    for catalog in asked {
        match catalog.search(&query).await {
            Ok(page) => {
                if let Some(track) = page.items.into_iter().find_map(Item::into_track) {
                    return Ok(track);
                }
            }
            Err(error) => failure = failure.or(Some(error.fault()).filter(says_something)),
        }
    }
    Err(failure.unwrap_or_else(|| Fault::new(FaultKind::NotFound, format!("nothing is found for {words:?}"))))
}

/// That nobody is signed in is no answer to what was looked for.
pub(super) fn says_something(fault: &Fault) -> bool {
    fault.kind != FaultKind::SignInNeeded
}

/// A row of its own for a track.
pub(in crate::runtime) fn fresh(track: impl Into<Arc<Track>>) -> Entry {
    Entry::new(random_id(), track)
}

/// Drawn at random by whoever does not see the rows: 40 bits.
fn random_id() -> EntryId {
    EntryId(clock::random_number() >> 24)
}

/// A row of a file as a track; what has no place is nowhere. Without a title, the name of the place tells it, and maybe the
/// artist: `01 - Artist - Title`.
fn track(row: FileRow) -> Track {
    let (artists, title) = match (row.title.filter(|title| !title.is_empty()), &row.place) {
        (Some(title), _) => (row.artists, title),
        (None, None) => (row.artists, CleanText::default()),
        (None, Some(place)) => {
            let name = place.bare_title();
            match playlist_file::artist_and_title(without_number(name.as_str())) {
                Some((artist, title)) => (row.artists.or(Some(artist)), title),
                None => (row.artists, name),
            }
        }
    };
    let reference = row.place.unwrap_or_else(|| TrackRef::File(PathBuf::new()));
    Track {
        artists: artists.into_iter().collect(),
        album: row.album,
        length: row.length,
        isrc: row.isrc,
        artwork: row.artwork,
        link: row.link,
        ..Track::new(reference, title)
    }
}

/// The name without the track's number in front of it: `01 - `, `1. `, `107 `.
fn without_number(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = rest.trim_start_matches(['.', '-', '_', ' ']);
    let is_number = (1..=3).contains(&(name.len() - rest.len())) && rest.len() > after.len();
    if is_number && !after.is_empty() { after } else { name }
}

/// Writes beside the place and moves it there: nobody sees half a file, and what was there stays until it is whole.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(format!(".{:x}.part", random_id().0));
    let part = path.with_file_name(part);
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })
}
