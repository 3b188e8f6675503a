//! The first page: four doors, each with what it needs.

use crate::model::{CleanText, ServiceInfo, SignIn};

use super::action::Action;
use super::list::List;

/// Told where there is no music of the listener's own.
pub(super) const NO_LIBRARY: &str = "There is no music folder; set library.folders in the configuration";

/// The welcome page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Welcome {
    /// The doors in order.
    pub doors: Vec<Door>,
    /// Cursor over them.
    pub list: List,
}

/// A way to the first sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Door {
    /// What opening it does.
    pub action: Action,
    /// The number that opens it.
    pub key: char,
    /// What it is: "Listen now".
    pub title: &'static str,
    /// What it needs: "Audius, needs no account".
    pub words: CleanText,
}

impl Welcome {
    pub(super) fn new(services: &[ServiceInfo]) -> Self {
        let names = |wanted: fn(&ServiceInfo) -> bool| {
            let wanted = services.iter().filter(|service| wanted(service));
            wanted.map(|service| service.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let listen = match names(is_open_service) {
            none if none.is_empty() => "no service works here without an account".to_owned(),
            open => format!("{open}: needs the network, no account"),
        };
        let own = if services.iter().any(is_own_music) {
            "your own folder, needs no network"
        } else {
            "set library.folders in the configuration first"
        };
        let sign_in = match names(|service| matches!(service.capabilities.sign_in, SignIn::Missing(_))) {
            none if none.is_empty() => "nothing is missing".to_owned(),
            missing => format!("{missing}: shows what to set"),
        };
        let door = |key, action, title, words: &str| Door { action, key, title, words: words.into() };
        let doors = vec![
            door('1', Action::ListenNow, "Listen now", &listen),
            door('2', Action::OpenMyMusic, "My music", own),
            door('3', Action::EnterDemo, "The demo", "bundled music, needs no network and no account"),
            door('4', Action::ShowSignIn, "Sign in", &sign_in),
        ];
        let mut list = List::default();
        list.set_len(doors.len());
        Self { doors, list }
    }
}

/// Offers lists and search, and nothing more is needed.
pub(super) fn is_open_service(service: &ServiceInfo) -> bool {
    let capabilities = &service.capabilities;
    !matches!(capabilities.sign_in, SignIn::Missing(_))
        && !capabilities.is_local
        && !capabilities.lists.is_empty()
        && !capabilities.search.is_empty()
}

/// Folders on this machine.
pub(super) fn is_own_music(service: &ServiceInfo) -> bool {
    service.capabilities.is_local && !service.capabilities.lists.is_empty()
}
