//! Sound devices, for the command line and the doctor.

use crate::audio::{self, DeviceInfo};
use crate::model::{Fault, FaultKind};

use super::profile::Profile;
use super::stderr::StderrGuard;

/// The devices that sound can go to.
pub fn devices(profile: &Profile) -> Result<Vec<DeviceInfo>, Fault> {
    // What C libraries say meanwhile is not for the listener; without a place for it they may say it.
    let _quiet = StderrGuard::redirect(&profile.paths.stderr_file());
    audio::devices().map_err(|error| Fault::new(FaultKind::Device, error))
}
