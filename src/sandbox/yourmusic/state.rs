//! What changes on YourMusic: users, sessions, codes that are under way, and playlists. Judges no request.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::sandbox::catalogue::Catalogue;
use crate::sandbox::credentials::CREDENTIALS;
use crate::sandbox::{date, seal};

use super::seeds;

/// The one tenant's id.
pub(super) const TENANT_ID: &str = "34f5a9d2-0f4b-4b7e-8a51-6d2f0a9b1c3e";

/// Somebody who listens.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub id: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub date_of_birth: String,
    /// Only `SUBSCRIBED` and `TRIAL` may stream.
    pub status: &'static str,
    pub created: u64,
    pub updated: u64,
}

impl User {
    /// As users and administrators see it.
    pub(super) fn shape(&self) -> Value {
        json!({ "id": self.id, "first_name": self.first_name, "last_name": self.last_name,
            "email": self.email, "date_of_birth": self.date_of_birth, "status": self.status,
            "subscription_ends_at": null, "pm_type": "visa", "pm_last_four": "4242",
            "created_at": stamp(self.created), "updated_at": stamp(self.updated) })
    }
}

/// A row of a playlist.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub id: String,
    pub track_id: String,
    /// As it is told; rows need not lie in this order.
    pub order: u64,
    pub created: u64,
    pub updated: u64,
}

impl Row {
    /// Without a title: that is for the reader to look up.
    pub(super) fn shape(&self, playlist: &str) -> Value {
        json!({ "id": self.id, "playlist_id": playlist, "track_id": self.track_id, "order": self.order,
            "created_at": stamp(self.created), "updated_at": stamp(self.updated) })
    }
}

/// A playlist of a user, or the tenant's own.
#[derive(Clone, Debug)]
pub(super) struct Playlist {
    pub id: String,
    /// Nobody's where the tenant made it.
    pub owner: Option<String>,
    pub name: String,
    pub public: bool,
    pub rows: Vec<Row>,
    pub created: u64,
    pub updated: u64,
}

impl Playlist {
    /// Without its rows.
    pub(super) fn shape(&self) -> Value {
        json!({ "id": self.id, "tenant_id": TENANT_ID, "user_id": self.owner, "playlist_name": self.name,
            "public": self.public, "created_at": stamp(self.created), "updated_at": stamp(self.updated) })
    }

    /// The rows as they are told.
    pub(super) fn rows(&self) -> Value {
        self.rows.iter().map(|row| row.shape(&self.id)).collect()
    }

    /// Puts the rows in their order and numbers them from 1.
    pub(super) fn renumber(&mut self, now: u64) {
        self.rows.sort_by_key(|row| row.order);
        for (row, order) in self.rows.iter_mut().zip(1..) {
            row.order = order;
        }
        self.updated = now;
    }

    pub(super) fn is_seen_by(&self, user: &str) -> bool {
        self.public || self.owner.as_deref() == Some(user)
    }
}

/// Codes sent to one address.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// When, the newest last.
    pub at: Vec<u64>,
    /// Whether the newest can still be used.
    pub open: bool,
    /// Wrong codes since the newest was sent.
    pub wrong: u32,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Store {
    pub users: Vec<User>,
    pub playlists: Vec<Playlist>,
    /// By e-mail address.
    pub codes: BTreeMap<String, Sent>,
    /// Addresses that proved themselves, and until when, by onboarding token.
    pub onboarding: BTreeMap<String, (String, u64)>,
    /// User and end of life by refresh token; used ones are gone.
    pub sessions: BTreeMap<String, (String, u64)>,
    serial: u64,
}

impl Store {
    /// A number that nothing has yet.
    pub(super) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// A UUID that nothing has yet.
    pub(super) fn uuid(&mut self) -> String {
        format!("5e60e000-0000-4000-8000-{:012x}", self.serial())
    }

    /// A token that nobody can guess who does not know the sandbox.
    pub(super) fn token(&mut self, kind: &str, now: u64) -> String {
        let serial = self.serial();
        format!("{kind}{serial}.{}", seal::seal(&format!("{kind}/{serial}"), now))
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(super) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&User> {
        self.users.iter().find(|user| user.email.eq_ignore_ascii_case(email))
    }

    pub(super) fn playlist_mut(&mut self, id: &str) -> Option<&mut Playlist> {
        self.playlists.iter_mut().find(|playlist| playlist.id == id)
    }
}

/// The store, for one request at a time.
#[derive(Debug)]
pub(in crate::sandbox) struct State(Mutex<Store>);

impl State {
    /// Two users, and the playlists there are at first.
    pub(in crate::sandbox) fn new(catalogue: &Catalogue) -> Self {
        Self(Mutex::new(Store {
            users: seeds::users(),
            playlists: seeds::playlists(catalogue, CREDENTIALS.yourmusic.user_id),
            codes: BTreeMap::new(),
            onboarding: BTreeMap::new(),
            sessions: BTreeMap::new(),
            serial: 0x1000,
        }))
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// With microseconds, as Laravel writes it.
pub(super) fn stamp(unix_s: u64) -> String {
    format!("{}.000000Z", date::iso(unix_s))
}
