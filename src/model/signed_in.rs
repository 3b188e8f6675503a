//! Who is signed in at which service, as far as that tells accounts apart: what one account left behind is none of the
//! next one's.

use super::catalogue::ServiceId;
use super::mirror::Remote;

/// The accounts that are signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedIn(Vec<(ServiceId, String)>);

impl SignedIn {
    /// From now on this account is signed in at a service; `None`: nobody, or nobody knows who.
    pub fn note(&mut self, service: &ServiceId, account: Option<&str>) {
        self.0.retain(|(known, _)| known != service);
        self.0.extend(account.map(|account| (service.clone(), account.to_owned())));
    }

    /// The account at a service.
    pub fn at(&self, service: &ServiceId) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == service).map(|(_, account)| account.as_str())
    }

    /// Whether what is kept at this place is that of whoever is signed in there.
    pub fn sees(&self, remote: &Remote) -> bool {
        remote.account.is_some() && self.at(&remote.service) == remote.account.as_deref()
    }
}
