//! Playlists of this machine beside those of services that are kept here too.

use super::super::local_playlist;
use crate::library::Playlists;
use crate::model::{PlaylistOrder, ServiceId};

#[test]
fn a_name_means_a_playlist_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut library = Playlists::open(&path).unwrap();
    let service = ServiceId::known("audius");
    library.sign_in(&service, Some("ada")).unwrap();
    library
        .order(
            &PlaylistOrder::MakeAt { service, name: "Mix".into(), entries: Vec::new(), is_private: false },
            0,
        )
        .unwrap();
    let target = "Mix".parse().unwrap();
    assert!(local_playlist(&path, &target).is_err());
    library.order(&PlaylistOrder::Make { name: "Mix".into(), entries: Vec::new() }, 0).unwrap();
    assert_eq!(local_playlist(&path, &target).unwrap().about.remote, None);
}
