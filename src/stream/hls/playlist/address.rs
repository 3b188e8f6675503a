//! Which addresses of a playlist may be opened at all.

use std::path::Component;

use url::Url;

use crate::model::{is_nearby, is_web_address};

/// The address `uri` means in a playlist at `base`, or why it is not opened.
///
/// Only http and https are, wherever the playlist came from. A playlist that is a file may also name
/// files below its own folder, by a relative path. A playlist of a public host must not reach into the
/// listener's own network. Whether what it names may leave an encrypted connection is for the fetching to say.
pub(super) fn resolve(uri: &str, base: &Url) -> Result<Url, String> {
    if uri.contains('\\') {
        return Err("a backslash has no place in an address".to_owned());
    }
    let url = base.join(uri).map_err(|_| "it is not a valid address".to_owned())?;
    if is_web_address(&url) {
        if is_web_address(base) && is_nearby(&url) && !is_nearby(base) {
            return Err("it leads from a public host into a private network".to_owned());
        }
        return Ok(url);
    }
    if url.scheme() == "file" && base.scheme() == "file" && Url::parse(uri).is_err() {
        if is_below(&url, base) {
            return Ok(url);
        }
        return Err("it is outside the playlist's own folder".to_owned());
    }
    Err(format!("only http and https addresses are opened, not {}:", url.scheme()))
}

/// Whether the file `url` is in the folder of the file `base`, going by the names alone; symbolic
/// links are looked at when the file is opened.
fn is_below(url: &Url, base: &Url) -> bool {
    let (Ok(path), Ok(playlist)) = (url.to_file_path(), base.to_file_path()) else { return false };
    let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
    url.host().is_none()
        && path.components().all(plain)
        && playlist.parent().is_some_and(|folder| path.starts_with(folder))
}
