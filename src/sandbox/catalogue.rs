//! What the services have: a few hundred entries over the bundled pieces, the same at every start.
//! The pieces come first under their own names; made-up and awkward ones follow and sound like them.

use std::io;
use std::sync::Arc;

use super::awkward;
use super::piece::{Piece, pieces};

/// Entries in all.
pub(super) const ENTRIES: u32 = 360;

/// Every which entry after the real ones is awkward, as long as there are any. Shares no factor with the
/// number of pieces, so that awkward entries sound like each of them.
const AWKWARD_EVERY: u32 = 3;

/// Number of the entry whose title is too long for anything.
const LONG_ENTRY: u32 = 13;

/// Whether an entry can be played, in the words of no service in particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// By everybody.
    Open,
    /// Not in this country.
    Region,
    /// Only by those who paid or were invited.
    Gated,
    /// Not any more.
    TakenDown,
}

/// One recording that the services have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// From 1, without gaps.
    pub number: u32,
    pub title: Option<String>,
    pub artist: Option<String>,
    pub album: Option<String>,
    pub genre: String,
    pub year: u32,
    pub isrc: Option<String>,
    pub explicit: bool,
    pub access: Access,
    /// How it sounds.
    pub piece: Arc<Piece>,
    /// What a search looks through.
    haystack: String,
}

impl Entry {
    /// Whether a service sends this entry with every switch as another type and with gaps.
    pub(super) fn is_sloppy(&self) -> bool {
        self.number.is_multiple_of(5) && !self.is_real()
    }

    /// Whether it is a bundled piece under its own name.
    pub(super) fn is_real(&self) -> bool {
        self.isrc.as_deref() == Some(self.piece.isrc.as_str())
    }

    /// The title, or a text that says there is none, for where a service cannot do without.
    pub(super) fn title_or_untitled(&self) -> &str {
        self.title.as_deref().unwrap_or("untitled")
    }

    /// How often it was played; the real pieces lead.
    pub(super) fn plays(&self) -> u64 {
        let rank = u64::from(ENTRIES.saturating_sub(self.number)) + 1;
        rank * rank * 7
    }

    /// When it was uploaded, in unix seconds: a day apart, the last entry first.
    pub(super) fn uploaded(&self) -> u64 {
        1_767_225_600 + u64::from(self.number) * 86_400
    }
}

/// All entries.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Catalogue {
    entries: Vec<Arc<Entry>>,
}

impl Catalogue {
    /// The one there is.
    pub(super) fn new() -> io::Result<Self> {
        let pieces: Vec<Arc<Piece>> = pieces()?.into_iter().map(Arc::new).collect();
        let mut odd = awkward::ROWS.iter();
        let mut words = Words(0x5e60_e000);
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        for (number, piece) in (1..=ENTRIES).zip(pieces.iter().cycle()) {
            let real = entries.len() < pieces.len();
            let awkward = if !real && number.is_multiple_of(AWKWARD_EVERY) { odd.next() } else { None };
            let mut entry = made_up(number, piece, &mut words);
            if real {
                entry.title = Some(piece.title.clone());
                entry.artist = Some(piece.artist.clone());
                entry.album = Some(piece.album.clone());
                entry.genre.clone_from(&piece.genre);
                entry.year = piece.year;
                entry.isrc = Some(piece.isrc.clone());
                entry.explicit = false;
                entry.access = Access::Open;
            } else if let Some((title, artist, album)) = awkward {
                entry.title = title.map(str::to_owned);
                entry.artist = artist.map(str::to_owned);
                entry.album = album.map(str::to_owned);
                entry.access = Access::Open;
            } else if number == LONG_ENTRY {
                entry.title = Some(awkward::LONG.repeat(awkward::LONG_TIMES));
            }
            let texts = [&entry.title, &entry.artist, &entry.album];
            let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
            entry.haystack = texts.join(" ").to_lowercase();
            entries.push(Arc::new(entry));
        }
        Ok(Self { entries })
    }

    /// All of them, most played first.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> {
        self.entries.iter()
    }

    /// Those whose title, artist and album hold every word, in whatever case.
    pub(super) fn search(&self, words: &str) -> Vec<&Arc<Entry>> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.all().filter(|entry| words.iter().all(|word| entry.haystack.contains(word.as_str()))).collect()
    }

    /// The one with this number.
    pub(super) fn entry(&self, number: u32) -> Option<&Arc<Entry>> {
        self.entries.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Those of a genre, by its slug.
    pub(super) fn genre(&self, genre: &str) -> impl Iterator<Item = &Arc<Entry>> {
        self.all().filter(move |entry| slug(&entry.genre) == genre)
    }
}

/// A text as services write it in addresses: `Hip-Hop/Rap` is `hip-hop-rap`.
pub(super) fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

fn made_up(number: u32, piece: &Arc<Piece>, words: &mut Words) -> Entry {
    let title = format!("{} {}", words.one(FIRST), words.one(SECOND));
    let title = match number % 9 {
        2 => format!("{title} (Live)"),
        5 => format!("{title}, Pt. {}", number % 4 + 1),
        _ => title,
    };
    Entry {
        number,
        title: Some(title),
        artist: Some(words.one(ARTISTS).to_owned()),
        album: (number % 6 != 1).then(|| format!("{} {}", words.one(SECOND), words.one(PLACES))),
        genre: words.one(GENRES).to_owned(),
        year: 1970 + number % 56,
        isrc: (number % 7 != 3).then(|| format!("ZZSEG27{number:05}")),
        explicit: number % 13 == 4,
        access: match number % 43 {
            17 => Access::Region,
            29 => Access::Gated,
            41 => Access::TakenDown,
            _ => Access::Open,
        },
        piece: Arc::clone(piece),
        haystack: String::new(),
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014), so that the same words come at every start.
struct Words(u64);

impl Words {
    fn one(&mut self, list: &'static [&'static str]) -> &'static str {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let at = usize::try_from((mixed ^ (mixed >> 31)) % list.len().max(1) as u64).unwrap_or(0);
        list.get(at).copied().unwrap_or_default()
    }
}

const FIRST: &[&str] = &[
    "Quiet", "Copper", "Northern", "Paper", "Hollow", "Amber", "Distant", "Restless", "Velvet", "Broken",
    "Early", "Electric", "Faded", "Golden", "Idle", "Lunar", "Morning", "Neon", "Open", "Salt", "Second",
    "Slow", "Tender", "Winter",
];

const SECOND: &[&str] = &[
    "Harbour",
    "Signal",
    "Window",
    "Garden",
    "Engine",
    "Letter",
    "Mirror",
    "River",
    "Station",
    "Lantern",
    "Bicycle",
    "Orchard",
    "Ferry",
    "Compass",
    "Carousel",
    "Meridian",
    "Postcard",
    "Staircase",
    "Telegram",
    "Umbrella",
    "Weather",
    "Corridor",
    "Avenue",
    "Horizon",
];

const PLACES: &[&str] =
    &["Tapes", "Sessions", "at Dusk", "in Colour", "Revisited", "for Two", "Underground", "Almanac"];

const ARTISTS: &[&str] = &[
    "Ada Cole",
    "The Odd Tuesday Trio",
    "Low Meridian",
    "紙の舟",
    "Marguerite & the Kites",
    "DJ Fathom",
    "Old Ferryman",
    "Señora Niebla",
    "Kofi Brass Union",
    "Halden Quartet",
    "Tin Roof Sound",
    "Bär & Möwe",
    "Sister Voltage",
    "The Paper Cranes",
    "Yaw Lagoon",
    "Mira Okonkwo",
];

const GENRES: &[&str] =
    &["Hip-Hop/Rap", "Afrobeats", "Reggae", "Electronic", "Ambient", "Folk", "Jazz", "Pop", "Rock", "Latin"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_the_same_each_time() {
        let first = Catalogue::new().unwrap();
        assert_eq!(first, Catalogue::new().unwrap());
        assert_eq!(first.all().count(), ENTRIES as usize);
        // Changes with the word lists, the mixer or the order of drawing, and then every id with it.
        let last = first.entry(ENTRIES).unwrap();
        let words = [&last.title, &last.artist, &last.album].map(|text| text.as_deref().unwrap_or_default());
        assert_eq!(words, ["Salt Staircase", "Kofi Brass Union", "Staircase Tapes"]);
        assert!(first.all().zip(1..).all(|(entry, number)| entry.number == number));
    }

    #[test]
    fn the_real_pieces_come_first_under_their_titles() {
        let catalogue = Catalogue::new().unwrap();
        let titles: Vec<_> = catalogue.all().take(8).filter_map(|entry| entry.title.as_deref()).collect();
        let expected = [
            "Night Ferry",
            "Harbour Lights",
            "雨の港",
            "Paper Lanterns",
            "Café Müller",
            "Morning Post",
            "Slow Orbit",
            "Northern Line",
        ];
        assert_eq!(titles, expected);
        assert!(catalogue.all().take(8).all(|entry| entry.is_real() && entry.access == Access::Open));
        assert_eq!(catalogue.all().filter(|entry| entry.is_real()).count(), 8);
    }

    #[test]
    fn every_awkward_row_is_in_it() {
        let catalogue = Catalogue::new().unwrap();
        for (title, artist, album) in awkward::ROWS {
            let found = catalogue.all().any(|entry| {
                (entry.title.as_deref(), entry.artist.as_deref(), entry.album.as_deref())
                    == (*title, *artist, *album)
            });
            assert!(found, "{title:?}");
        }
        let streamed = catalogue.all().filter(|entry| entry.piece.playlist().is_some());
        assert!(streamed.filter_map(|entry| entry.title.as_ref()).any(|title| title.contains('\u{1b}')));
        let longest = catalogue.all().filter_map(|entry| entry.title.as_ref()).map(String::len).max();
        assert!(longest > Some(9000));
        for access in [Access::Region, Access::Gated, Access::TakenDown] {
            assert!(catalogue.all().any(|entry| entry.access == access), "{access:?}");
        }
    }

    #[test]
    fn search_looks_through_title_artist_and_album_in_any_case() {
        let catalogue = Catalogue::new().unwrap();
        let check = |words: &str, first: &str| {
            let found = catalogue.search(words);
            assert_eq!(found.first().and_then(|entry| entry.title.as_deref()), Some(first), "{words}");
        };
        check("night FERRY", "Night Ferry");
        check("tides harbour", "Harbour Lights");
        check("紙の舟", "雨の港");
        check("CAFÉ MÜLLER", "Café Müller");
        check("low perihelion northern", "Northern Line");
        assert!(catalogue.search("no such words anywhere").is_empty());
        assert_eq!(slug("Hip-Hop/Rap"), "hip-hop-rap");
        assert!(catalogue.genre("hip-hop-rap").count() > 5);
    }
}
