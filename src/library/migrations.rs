//! The schema, a step a version. Released steps never change.

use rusqlite::{Connection, TransactionBehavior};

use super::{heard, index};

/// One step a version: step 1 makes version 1 of an empty file.
pub(super) const MIGRATIONS: &[&str] = &[
    // 1: the queue.
    "
    CREATE TABLE queue (
        place     INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        title     TEXT NOT NULL,
        artists   TEXT NOT NULL,
        album     TEXT,
        length_ms INTEGER
    ) STRICT;
    CREATE TABLE place (
        one         INTEGER PRIMARY KEY CHECK (one = 1),
        current     INTEGER,
        position_ms INTEGER NOT NULL
    ) STRICT;
    ",
    // 2: how it is played, and what is learned about tracks.
    "
    ALTER TABLE queue ADD COLUMN own_place INTEGER;
    CREATE TABLE kept (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE loudness (
        reference TEXT PRIMARY KEY,
        lufs      REAL NOT NULL,
        peak      REAL NOT NULL
    ) STRICT;
    CREATE TABLE resume (
        reference   TEXT PRIMARY KEY,
        position_ms INTEGER NOT NULL,
        length_ms   INTEGER,
        kept_at     INTEGER NOT NULL
    ) STRICT;
    ",
    // 3: the listener's own files, and what was heard of everything.
    "
    CREATE TABLE track (
        id           INTEGER PRIMARY KEY,
        reference    TEXT NOT NULL UNIQUE,
        folder       TEXT NOT NULL,
        mtime_ns     INTEGER NOT NULL,
        size         INTEGER NOT NULL,
        inode        INTEGER NOT NULL,
        device       INTEGER NOT NULL,
        title        TEXT NOT NULL,
        artists      TEXT NOT NULL,
        main_artist  TEXT NOT NULL,
        album        TEXT,
        genre        TEXT,
        year         INTEGER,
        number       INTEGER,
        disc         INTEGER,
        length_ms    INTEGER,
        isrc         TEXT,
        has_art      INTEGER NOT NULL,
        has_lyrics   INTEGER NOT NULL,
        problem      TEXT,
        added_at     INTEGER NOT NULL,
        gone_at      INTEGER,
        plays        INTEGER NOT NULL DEFAULT 0,
        played_at    INTEGER
    ) STRICT;
    CREATE INDEX track_artist ON track (main_artist COLLATE NOCASE, album COLLATE NOCASE, disc, number)
        WHERE gone_at IS NULL;
    CREATE INDEX track_album ON track (album COLLATE NOCASE, main_artist COLLATE NOCASE, year)
        WHERE gone_at IS NULL;
    CREATE INDEX track_genre ON track (genre COLLATE NOCASE) WHERE gone_at IS NULL;
    CREATE INDEX track_year ON track (year) WHERE gone_at IS NULL;
    CREATE INDEX track_folder ON track (folder) WHERE gone_at IS NULL;
    CREATE INDEX track_added ON track (added_at) WHERE gone_at IS NULL;
    CREATE INDEX track_plays ON track (plays, played_at) WHERE gone_at IS NULL;
    CREATE INDEX track_gone ON track (size, inode) WHERE gone_at IS NOT NULL;
    CREATE VIRTUAL TABLE track_words USING fts5 (
        title, artists, album, genre, path,
        content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    );
    CREATE TABLE play (
        id        INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        played_at INTEGER NOT NULL,
        whole     INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX play_reference ON play (reference);
    CREATE TABLE rating (
        reference TEXT PRIMARY KEY,
        stars     INTEGER,
        liked     INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE scan_problem (
        path    TEXT PRIMARY KEY,
        problem TEXT NOT NULL
    ) STRICT;
    ",
    // 4: playlists of the listener's own, and every edit with its way back.
    "
    ALTER TABLE queue ADD COLUMN entry INTEGER;
    CREATE TABLE recording (
        id        INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        title     TEXT NOT NULL,
        artists   TEXT NOT NULL,
        album     TEXT,
        length_ms INTEGER,
        isrc      TEXT,
        elsewhere TEXT NOT NULL
    ) STRICT;
    CREATE INDEX recording_reference ON recording (reference);
    CREATE TABLE playlist (
        id         INTEGER PRIMARY KEY,
        name       TEXT NOT NULL,
        gone       INTEGER NOT NULL,
        revision   INTEGER NOT NULL,
        step       INTEGER NOT NULL,
        made_at    INTEGER NOT NULL,
        changed_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX playlist_name ON playlist (name) WHERE gone = 0;
    CREATE TABLE playlist_entry (
        playlist  INTEGER NOT NULL,
        place     INTEGER NOT NULL,
        entry     INTEGER NOT NULL,
        recording INTEGER NOT NULL,
        PRIMARY KEY (playlist, place)
    ) STRICT;
    CREATE TABLE list_step (
        list           INTEGER NOT NULL,
        number         INTEGER NOT NULL,
        name           TEXT NOT NULL,
        taken          BLOB NOT NULL,
        put            BLOB NOT NULL,
        before_current INTEGER,
        before_order   BLOB,
        before_rows    INTEGER NOT NULL,
        before_ms      INTEGER NOT NULL,
        after_current  INTEGER,
        after_order    BLOB,
        after_rows     INTEGER NOT NULL,
        after_ms       INTEGER NOT NULL,
        PRIMARY KEY (list, number)
    ) STRICT;
    CREATE TABLE shelf_step (
        number   INTEGER PRIMARY KEY,
        playlist INTEGER NOT NULL,
        before   TEXT,
        after    TEXT
    ) STRICT;
    ",
    // 5: what else is known of the queue's rows, and where a queue stood that was saved as a playlist.
    "
    ALTER TABLE queue ADD COLUMN isrc TEXT;
    ALTER TABLE queue ADD COLUMN elsewhere TEXT NOT NULL DEFAULT '';
    CREATE TABLE queue_place (
        playlist    INTEGER PRIMARY KEY,
        entry       INTEGER NOT NULL,
        position_ms INTEGER NOT NULL
    ) STRICT;
    ",
    // 6: playlists of services, and what has not reached them.
    "
    ALTER TABLE playlist ADD COLUMN service TEXT;
    DROP INDEX playlist_name;
    CREATE UNIQUE INDEX playlist_name ON playlist (name) WHERE gone = 0 AND service IS NULL;
    CREATE TABLE remote_playlist (
        playlist    INTEGER PRIMARY KEY,
        service     TEXT NOT NULL,
        remote      TEXT,
        base_title  TEXT NOT NULL,
        base_rows   BLOB NOT NULL,
        is_private  INTEGER NOT NULL,
        sent        TEXT,
        sent_title  TEXT,
        sent_rows   BLOB,
        sent_seen   TEXT,
        changes     INTEGER NOT NULL,
        attempts    INTEGER NOT NULL,
        next_try_at INTEGER NOT NULL,
        arrived_at  INTEGER NOT NULL,
        held        TEXT
    ) STRICT;
    CREATE UNIQUE INDEX remote_playlist_place ON remote_playlist (service, remote) WHERE remote IS NOT NULL;
    ",
    // 7: tracks that are parts of files; searches that are kept.
    "
    ALTER TABLE track ADD COLUMN part TEXT NOT NULL DEFAULT '';
    CREATE TABLE smart_list (
        name    TEXT PRIMARY KEY COLLATE NOCASE,
        words   TEXT NOT NULL,
        made_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX play_at ON play (played_at);
    CREATE INDEX entry_recording ON playlist_entry (recording);
    ",
    // 8: the queue of downloads, the copies that were made, and what other programs want of the queue.
    "
    CREATE TABLE download (
        id          INTEGER PRIMARY KEY,
        place       INTEGER NOT NULL,
        recording   INTEGER NOT NULL,
        group_id    INTEGER,
        group_title TEXT,
        state       TEXT NOT NULL,
        reason      TEXT,
        fault_kind  TEXT,
        fault       TEXT,
        hint        TEXT,
        heals       INTEGER NOT NULL,
        tries       INTEGER NOT NULL,
        wait_ms     INTEGER,
        kept_at_ms  INTEGER NOT NULL,
        bytes       INTEGER NOT NULL,
        total       INTEGER
    ) STRICT;
    CREATE TABLE offline_copy (
        reference     TEXT PRIMARY KEY,
        recording     INTEGER NOT NULL,
        path          TEXT NOT NULL,
        bytes         INTEGER NOT NULL,
        sha256        TEXT NOT NULL,
        source_sha256 TEXT NOT NULL,
        codec         TEXT NOT NULL,
        sample_rate   INTEGER NOT NULL,
        channels      INTEGER NOT NULL,
        bits          INTEGER,
        length_ms     INTEGER NOT NULL,
        pinned        INTEGER NOT NULL,
        made_at       INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE download_wish (
        number  INTEGER PRIMARY KEY AUTOINCREMENT,
        command TEXT NOT NULL
    ) STRICT;
    ",
    // 9: whose a service's playlist is, marks that have not reached their service, and when steps were made.
    "
    ALTER TABLE remote_playlist ADD COLUMN account TEXT;
    DROP INDEX remote_playlist_place;
    CREATE UNIQUE INDEX remote_playlist_place ON remote_playlist (service, account, remote) WHERE remote IS NOT NULL;
    CREATE TABLE mark_change (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        service     TEXT NOT NULL,
        account     TEXT NOT NULL,
        kind        TEXT NOT NULL,
        item        TEXT NOT NULL,
        mark        TEXT NOT NULL,
        wanted      INTEGER NOT NULL,
        title       TEXT NOT NULL,
        attempts    INTEGER NOT NULL,
        next_try_at INTEGER NOT NULL,
        UNIQUE (service, account, kind, item, mark)
    ) STRICT;
    ALTER TABLE list_step ADD COLUMN made_at INTEGER;
    ALTER TABLE shelf_step ADD COLUMN made_at INTEGER;
    ",
    // 10: what services may go on showing for a while of how playlists were.
    "
    ALTER TABLE remote_playlist ADD COLUMN past TEXT NOT NULL DEFAULT '';
    ",
    // 11: titles as they are compared; they and the words, which are folded alike now, are filled in by `migrate`.
    "
    ALTER TABLE track ADD COLUMN title_key TEXT;
    CREATE INDEX track_title_key ON track (title_key) WHERE gone_at IS NULL;
    ",
    // 12: lists that are kept offline, and copies that services are to be told of.
    "
    CREATE TABLE kept_list (
        source  TEXT PRIMARY KEY,
        title   TEXT NOT NULL,
        read_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE kept_member (
        source    TEXT NOT NULL,
        place     INTEGER NOT NULL,
        recording INTEGER NOT NULL,
        gone_at   INTEGER,
        why_not   TEXT,
        PRIMARY KEY (source, place)
    ) STRICT;
    CREATE TABLE copy_note (
        service TEXT NOT NULL,
        track   TEXT NOT NULL,
        is_gone INTEGER NOT NULL,
        PRIMARY KEY (service, track)
    ) STRICT;
    ",
    // 13: by how much the words of a track were made later or earlier.
    "
    CREATE TABLE words_offset (
        reference TEXT PRIMARY KEY,
        offset_ms INTEGER NOT NULL
    ) STRICT;
    ",
    // 14: what goes into the tags of a copy.
    "
    ALTER TABLE download ADD COLUMN facts TEXT;
    ",
    // 15: what was said of the own music with its way back: a like, a rating, a search that was kept.
    "
    CREATE TABLE own_step (
        number    INTEGER PRIMARY KEY,
        kind      TEXT NOT NULL,
        reference TEXT NOT NULL,
        before    TEXT,
        after     TEXT,
        made_at   INTEGER
    ) STRICT;
    ",
    // 16: rows of a step that only go elsewhere, packed.
    "
    ALTER TABLE list_step ADD COLUMN moved BLOB;
    ",
    // 17: services' tracks that were heard, as far as it is known what they are; `migrate` fills in their words.
    "
    CREATE TABLE heard (
        id        INTEGER PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        recording INTEGER NOT NULL,
        plays     INTEGER NOT NULL,
        played_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX heard_plays ON heard (plays, played_at);
    CREATE INDEX heard_at ON heard (played_at);
    INSERT INTO heard (reference, recording, plays, played_at)
        SELECT reference, (SELECT max(id) FROM recording WHERE recording.reference = play.reference), count(*),
        max(played_at) FROM play WHERE reference IN (SELECT reference FROM recording)
        AND reference NOT IN (SELECT reference FROM track) AND reference GLOB '*:track:*' AND reference NOT GLOB '*/*'
        GROUP BY reference;
    CREATE VIRTUAL TABLE heard_words USING fts5 (
        title, artists, album, genre, path,
        content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    );
    ",
    // 18: which rows of the queue are liked (of the listener's own files `rating` tells); letters that are written as two
    // are compared so, and `migrate` fills in titles and words anew.
    "
    ALTER TABLE queue ADD COLUMN liked INTEGER NOT NULL DEFAULT 0;
    UPDATE track SET title_key = NULL;
    ",
];

/// The schema that this program writes.
#[expect(clippy::cast_possible_truncation, reason = "a handful")]
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Brings the schema to its newest version: wholly, or not at all.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    // The version is read inside the transaction: another process may have migrated meanwhile.
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&step)?;
    if found < SCHEMA_VERSION {
        for migration in MIGRATIONS.iter().skip(found as usize) {
            step.execute_batch(migration)?;
        }
        let lacks_keys = "SELECT 1 FROM track WHERE title_key IS NULL AND gone_at IS NULL";
        if step.prepare(lacks_keys)?.exists([])? {
            index::refill_words(&step)?;
        }
        heard::refill_words(&step)?;
        step.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    }
    step.commit()
}

pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
