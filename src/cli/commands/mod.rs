//! One file a command: asks `runtime`, prints the answer.

pub(super) mod accounts;
pub(super) mod debug;
pub(super) mod devices;
pub(super) mod doctor;
pub(super) mod paths;
pub(super) mod play;
pub(super) mod player;
pub(super) mod probe;
pub(super) mod sandbox;
