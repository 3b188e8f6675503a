//! Ids: short, opaque, and as good as the plain number.

/// Letters of the ids, the whole sixty-two.
const ALPHABET: &[u8; 62] = b"azbycxdwevfugthsirjqkplomn0918273645AZBYCXDWEVFUGTHSIRJQKPLOMN";

/// Users are numbered from here, by the first thing they uploaded.
pub(super) const USERS: u32 = 10_000;

/// Albums, by their first track.
pub(super) const ALBUMS: u32 = 20_000;

/// Playlists that were there from the start.
pub(super) const PLAYLISTS: u32 = 25_000;

/// Playlists that listeners make.
pub(super) const MADE: u32 = 30_000;

/// The one user who can sign in.
pub(super) const ME: u32 = 40_000;

/// A short id that gives nothing away, as the service's: five letters or digits, a letter first.
pub(super) fn id(number: u32) -> String {
    // Steps through 26 * 62^4 values without meeting one twice, since the factor is odd and no multiple
    // of 13 or 31.
    let mut rest = u64::from(number) * 101_027_987 % (26 * 62_u64.pow(4));
    let mut id = String::new();
    for base in [26, 62, 62, 62, 62] {
        let letter = usize::try_from(rest % base).unwrap_or(0);
        id.push(ALPHABET.get(letter).map_or('a', |byte| char::from(*byte)));
        rest /= base;
    }
    id
}

/// Whether a text names the number, as a short id or plainly.
pub(super) fn names(text: &str, number: u32) -> bool {
    text.parse() == Ok(number) || text == id(number)
}
