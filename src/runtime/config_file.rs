//! The configuration file, read and written: changed as it stands, whole or not at all.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::config;
use crate::model::{Fault, FaultKind};

use super::clock;
use super::paths::make_private_folder;

/// Who may read a new configuration: it can hold keys of services.
const NEW_FILE_MODE: u32 = 0o600;

/// What the file says; `None` when there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_config(path: &Path) -> Result<Option<String>, Fault> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(Fault::new(FaultKind::Usage, format!("{} cannot be read: {error}", path.display())))
        }
    }
}

/// Sets one setting in the file to a value as TOML writes it, or takes it out, and keeps everything else as it stands,
/// comments too.
///
/// # Errors
/// When the file is no TOML, or cannot be read or written; it stays as it is then.
pub fn set_in_config(path: &Path, key: &str, value: Option<&str>) -> Result<(), Fault> {
    let text = read_config(path)?.unwrap_or_default();
    let changed = config::with_value(&text, key, value).map_err(|words| {
        Fault::new(FaultKind::Usage, format!("{key} cannot be kept: {}: {words}", path.display()))
            .hint("segue config edit opens the file")
    })?;
    write_config(path, &changed)
}

/// Puts a text in the place of the file. One that is a link stays a link; who may read it stays so.
///
/// # Errors
/// When it cannot be written; what was there stays then.
pub fn write_config(path: &Path, text: &str) -> Result<(), Fault> {
    let failed = |error: io::Error| {
        Fault::new(FaultKind::Other, format!("{} cannot be written: {error}", path.display()))
    };
    if let Some(folder) = path.parent() {
        make_private_folder(folder).map_err(failed)?;
    }
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mode = fs::metadata(&place).map_or(NEW_FILE_MODE, |facts| facts.permissions().mode() & 0o777);
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(format!(".{:x}.part", u128::from_be_bytes(clock::random_bytes())));
    let part = place.with_file_name(name);
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, &place)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&part);
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_setting_changes_and_the_file_stays_what_it_was() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("segue").join("config.toml");
        set_in_config(&path, "screen.theme", Some("\"nord\"")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[screen]\ntheme = \"nord\"\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

        let kept = home.path().join("dotfiles.toml");
        fs::write(&kept, "# mine\n[screen]\ntheme = \"dark\" # for the evening\n").unwrap();
        fs::set_permissions(&kept, fs::Permissions::from_mode(0o644)).unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&kept, &path).unwrap();
        set_in_config(&path, "screen.theme", Some("\"light\"")).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(
            fs::read_to_string(&kept).unwrap(),
            "# mine\n[screen]\ntheme = \"light\" # for the evening\n"
        );
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o644);

        fs::write(&kept, "[screen\n").unwrap();
        let fault = set_in_config(&path, "screen.theme", Some("\"dark\"")).unwrap_err();
        assert!(fault.to_string().contains("line 1"), "{fault}");
        assert_eq!(fs::read_to_string(&kept).unwrap(), "[screen\n");
        let left: Vec<_> = fs::read_dir(home.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "no part stays behind: {left:?}");
    }
}
