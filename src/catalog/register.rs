//! The only list of services. A new service is one folder and one entry here.

use std::sync::Arc;

use crate::config::ServiceSettings;
use crate::net::Net;

use super::audiomack::Audiomack;
use super::audiosocket::Audiosocket;
use super::audius::Audius;
use super::yourmusic::YourMusic;
use super::{Catalog, Surroundings};

/// The services that the settings offer, in the order the screen shows them. Nothing is asked of any of
/// them here.
pub fn services(settings: &ServiceSettings, net: &Net, surroundings: &Surroundings) -> Vec<Arc<dyn Catalog>> {
    let entries: [(bool, Arc<dyn Catalog>); 4] = [
        (settings.audius.enabled, Arc::new(Audius::new(&settings.audius, net, surroundings))),
        (settings.audiomack.enabled, Arc::new(Audiomack::new(&settings.audiomack, net, surroundings))),
        (settings.yourmusic.enabled, Arc::new(YourMusic::new(&settings.yourmusic, net, surroundings))),
        (settings.audiosocket.enabled, Arc::new(Audiosocket::new(&settings.audiosocket, net, surroundings))),
    ];
    entries.into_iter().filter(|(enabled, _)| *enabled).map(|(_, service)| service).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::stand::{net, surroundings};
    use crate::model::{ServiceId, SignIn};

    fn names(settings: &ServiceSettings) -> Vec<String> {
        let services = services(settings, &net(), &surroundings(0));
        services.iter().map(|service| service.id().to_string()).collect()
    }

    #[test]
    fn the_settings_choose_who_is_offered() {
        let mut settings = ServiceSettings::default();
        assert_eq!(names(&settings), ["audius", "audiomack", "yourmusic", "audiosocket"]);
        settings.audiomack.enabled = false;
        settings.audiosocket.enabled = false;
        assert_eq!(names(&settings), ["audius", "yourmusic"]);
    }

    #[test]
    fn who_lacks_keys_says_which() {
        let services = services(&ServiceSettings::default(), &net(), &surroundings(0));
        let words: Vec<String> = services
            .iter()
            .map(|service| match service.capabilities().sign_in {
                SignIn::Missing(words) => words.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        let expected = [
            "NotNeeded",
            "Set services.audiomack.consumer_key and consumer_secret",
            "Set services.yourmusic.tenant",
            "Set services.audiosocket.token, or sign in with it",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn names_and_lists_are_one_of_a_kind() {
        for service in services(&ServiceSettings::default(), &net(), &surroundings(0)) {
            assert_eq!(service.id().as_str().parse::<ServiceId>(), Ok(service.id()));
            let lists = service.capabilities().lists;
            let ids: HashSet<_> = lists.iter().map(|list| &list.id).collect();
            assert_eq!(ids.len(), lists.len(), "{}", service.name());
        }
    }
}
