//! One file a command: asks `runtime`, prints the answer.

use crate::cli::text;
use crate::model::Fault;
use crate::runtime::{Profile, Shelves};

pub(super) mod accounts;
pub(super) mod arrange;
pub(super) mod browse;
pub(super) mod change;
pub(super) mod config;
pub(super) mod debug;
pub(super) mod devices;
pub(super) mod doctor;
pub(super) mod download;
mod editor;
pub(super) mod exchange;
mod keeping;
pub(super) mod keys;
pub(super) mod library;
pub(super) mod open;
pub(super) mod paths;
pub(super) mod play;
pub(super) mod player;
pub(super) mod playlist;
pub(super) mod probe;
pub(super) mod queue;
pub(super) mod sandbox;
pub(super) mod search;
pub(super) mod service;
pub(super) mod show;
pub(super) mod sync;

/// The services of a profile, after a word about what is wrong with it.
fn open_shelves(profile: Profile) -> Result<Shelves, Fault> {
    Shelves::open(profile, &|fault| text::error_line(&format!("segue: {fault}")))
}
