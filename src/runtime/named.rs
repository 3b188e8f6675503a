//! What a link, a name or a path leads to that somebody pasted or typed on the screen.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;
use url::Url;

use crate::app::Event;
use crate::catalog::Catalog;
use crate::library::{OwnMusic, described};
use crate::model::{Fault, FaultKind, Item, Kind, Track};
use crate::net::{Limit, Net, Request, Response};

use super::accounts::noting_sessions;
use super::ask::{self, Target};

/// The thing, or the tracks of a file.
///
/// # Errors
/// When there is no such thing, or its service does not say.
pub(super) async fn named(
    events: &Sender<Event>,
    net: &Net,
    catalogs: &[Arc<dyn Catalog>],
    library: Option<PathBuf>,
    words: &str,
) -> Result<Vec<Item>, Fault> {
    let target = words.parse::<Target>().map_err(|error| Fault::new(FaultKind::Usage, error.to_string()))?;
    let target = target.with_whole_path();
    match &target {
        Target::Link(link) => {
            let (catalog, answer) = match ask::page_of(catalogs, link) {
                Some(found) => found,
                None if names_a_file(link) || is_sound(net, link).await => {
                    return rows(catalogs, &target).await;
                }
                None => return Err(ask::no_page(catalogs, link)),
            };
            Ok(vec![noting_sessions(events, &**catalog, answer.await).await?])
        }
        Target::Item(item) => {
            let catalog = ask::find(catalogs, &item.service)?;
            let found = match item.kind {
                Kind::Track => catalog.track(&item.id).await.map(Item::Track),
                Kind::Album | Kind::Artist | Kind::Playlist => catalog.item(item.kind, &item.id).await,
            };
            Ok(vec![noting_sessions(events, &**catalog, found).await?])
        }
        Target::File(path) | Target::Part(crate::model::FilePart { path, .. }) => {
            let about = tokio::fs::metadata(path).await;
            if !about.as_ref().is_ok_and(std::fs::Metadata::is_file) {
                let path = path.display();
                let words = match about {
                    Ok(about) if about.is_dir() => {
                        format!("{path} is a folder: name one of its files, or add it to library.folders")
                    }
                    _ => format!("There is no file {path}"),
                };
                return Err(Fault::new(FaultKind::NotFound, words));
            }
            let found = ask::tracks(catalogs, &target).await?;
            let tell = move || {
                let library = library.as_deref();
                found.into_iter().map(|track| Item::Track(as_known(library, track))).collect()
            };
            let told = tokio::task::spawn_blocking(tell).await;
            told.map_err(|error| Fault::new(FaultKind::Other, format!("The file was not read: {error}")))
        }
    }
}

async fn rows(catalogs: &[Arc<dyn Catalog>], target: &Target) -> Result<Vec<Item>, Fault> {
    Ok(ask::tracks(catalogs, target).await?.into_iter().map(Item::Track).collect())
}

/// A track of a file with what the library knows of it, else with what its tags tell.
fn as_known(library: Option<&Path>, track: Track) -> Track {
    let known = library.map(|library| OwnMusic::new(library).track(&track.reference));
    match known {
        Some(Ok(Some(known))) => known,
        Some(Ok(None) | Err(_)) | None => described(track),
    }
}

/// Whether there is sound at an address, as its server says: that of a station seldom names a file.
async fn is_sound(net: &Net, link: &Url) -> bool {
    let request = Request { is_sound: true, ..Request::get(link.clone(), Limit::Playlist) };
    let answer = net.send(request.open_header("Accept-Encoding", "identity")).await;
    let Ok(answer) = answer.and_then(Response::success) else { return false };
    let kind = answer.media_type().unwrap_or_default();
    kind.starts_with("audio/") || kind.contains("mpegurl") || kind == "application/ogg"
}

/// Whether an address that is no page of a service is that of a file to be heard, by its last word.
fn names_a_file(link: &Url) -> bool {
    let name = link.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| !["html", "htm", "php", "aspx"].contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files_and_pages_are_told_apart() {
        let is = |text: &str| names_a_file(&text.parse().unwrap());
        assert!(is("https://a.example/x/night.mp3") && is("https://a.example/live.m3u8?x=1"));
        assert!(
            !is("https://a.example/ada/tides")
                && !is("https://a.example/a.html")
                && !is("https://a.example/")
        );
    }

    #[tokio::test]
    async fn files_are_told_by_their_tags_or_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Night Ferry.wav");
        let (events, _heard) = tokio::sync::mpsc::channel(1);
        let net = Net::new(crate::config::NetworkSettings::default());
        let name = path.to_str().unwrap();
        let fault = named(&events, &net, &[], None, name).await.unwrap_err();
        assert!(fault.message.as_str().contains("There is no file"), "{fault}");
        std::fs::write(&path, b"RIFF").unwrap();
        let found = named(&events, &net, &[], None, name).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].track().unwrap().title.as_str(), "Night Ferry");
        let page = named(&events, &net, &[], None, "https://127.0.0.1:9/ada").await.unwrap_err();
        assert!(page.message.as_str().contains("knows links to 127.0.0.1"), "{page}");
        let file = named(&events, &net, &[], None, "https://a.example/ada.mp3").await.unwrap();
        assert_eq!(file[0].track().unwrap().title.as_str(), "ada.mp3");
        let service = named(&events, &net, &[], None, "nobody:track:1").await.unwrap_err();
        assert!(service.message.as_str().contains("no service named nobody"), "{service}");
    }
}
