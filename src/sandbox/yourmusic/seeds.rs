//! Who and what YourMusic has before anybody changes anything.

use crate::sandbox::catalogue::Catalogue;
use crate::sandbox::credentials::CREDENTIALS;

use super::shapes;
use super::state::{Playlist, Row, User};

/// When all of it was made: 2026-03-10 12:00 UTC.
const MADE: u64 = 1_773_144_000;

struct Seed {
    id: &'static str,
    name: &'static str,
    own: bool,
    public: bool,
    /// Which of the tenant's tracks are in it: those from the first to before the second.
    range: (usize, usize),
    /// Whether its rows name streams instead of catalogue tracks.
    by_stream: bool,
}

const PLAYLISTS: &[Seed] = &[
    Seed {
        id: "550e8400-e29b-41d4-a716-446655440001",
        name: "Harbour Mix",
        own: false,
        public: true,
        range: (0, 12),
        by_stream: false,
    },
    Seed {
        id: "550e8400-e29b-41d4-a716-446655440002",
        name: "Odd Sleeves",
        own: false,
        public: true,
        // More than one batch of tracks.
        range: (12, 72),
        by_stream: false,
    },
    Seed {
        id: "550e8400-e29b-41d4-a716-446655440003",
        name: "My Evening 🌙",
        own: true,
        public: false,
        range: (2, 9),
        by_stream: false,
    },
    Seed {
        id: "550e8400-e29b-41d4-a716-446655440004",
        name: "Streams Only",
        own: true,
        public: true,
        range: (0, 4),
        by_stream: true,
    },
    Seed {
        id: "550e8400-e29b-41d4-a716-446655440005",
        name: "Nothing Yet",
        own: true,
        public: false,
        range: (0, 0),
        by_stream: false,
    },
];

/// One who has a subscription, and one whose subscription has ended.
pub(super) fn users() -> Vec<User> {
    let user = |id: &str, first: &str, last: &str, email: &str, status| User {
        id: id.to_owned(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        email: email.to_owned(),
        date_of_birth: "1990-01-15".to_owned(),
        status,
        created: MADE,
        updated: MADE,
    };
    let known = CREDENTIALS.yourmusic;
    vec![
        user(known.user_id, "Ada", "Cole", known.email, "SUBSCRIBED"),
        user("1c8d7e1f-6b50-4e1c-8ead-6f71f1b2c3d4", "Bo", "Lind", "bo@example.net", "EXPIRED"),
    ]
}

/// The tenant's and `owner`'s. Their rows lie back to front and count from 0: only `order` tells the place.
pub(super) fn playlists(catalogue: &Catalogue, owner: &str) -> Vec<Playlist> {
    let playlist = |seed: &Seed| {
        let (from, to) = seed.range;
        let tracks = super::tracks(catalogue).zip(0_u64..).skip(from).take(to - from);
        let mut rows: Vec<Row> = tracks
            .zip(0..)
            .map(|((entry, place), order)| {
                let by_stream = shapes::stream_id(entry).filter(|_| seed.by_stream);
                let track_id = by_stream.unwrap_or_else(|| shapes::id(entry).to_string());
                let id = format!("7a{}-0000-4000-8000-{place:012x}", seed.id.get(30..).unwrap_or_default());
                Row { id, track_id, order, created: MADE, updated: MADE }
            })
            .collect();
        rows.reverse();
        Playlist {
            id: seed.id.to_owned(),
            owner: seed.own.then(|| owner.to_owned()),
            name: seed.name.to_owned(),
            public: seed.public,
            rows,
            created: MADE,
            updated: MADE,
        }
    };
    PLAYLISTS.iter().map(playlist).collect()
}
