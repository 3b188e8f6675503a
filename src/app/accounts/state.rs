//! What the accounts page shows.

use super::talk::Talk;
use crate::app::list::List;
use crate::app::state::State;
use crate::model::{CleanText, ServiceId, ServiceInfo, SignIn, Ticket};

/// The accounts page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accounts {
    /// Cursor over [`State::account_rows`].
    pub list: List,
    /// The sign-in that is under way; it stays while other pages are shown.
    pub talk: Option<Talk>,
    /// Where the listener was asked whether to sign out, until the question has gone.
    pub(super) asked: Option<(ServiceId, Ticket)>,
    /// Where the listener is being signed out.
    pub(super) leaving: Option<ServiceId>,
    /// How many changes waited at a service for the account that has gone.
    pub(super) left_behind: Option<(ServiceId, u64)>,
}

/// How the listener stands with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'s> {
    /// Signed in, and as whom.
    SignedIn(&'s CleanText),
    /// Being signed out.
    Leaving,
    /// Not signed in; how that can be done, and whether nothing works before.
    CanSignIn {
        /// In words: "with a code sent by e-mail".
        way: &'s CleanText,
        /// Nothing works before.
        needed: bool,
    },
    /// A setting is missing: which.
    Missing(&'s CleanText),
    /// The settings hold all it needs.
    Set,
    /// There is nothing to sign in to.
    Open,
}

impl Accounts {
    pub(in crate::app) fn new(services: &[ServiceInfo]) -> Self {
        let mut accounts = Self::default();
        accounts.list.set_len(rows(services).count());
        accounts
    }

    /// Something else was done than to answer it.
    pub(in crate::app) fn forget_question(&mut self) {
        self.asked = None;
    }
}

/// Folders on this machine are nobody's account.
fn rows(services: &[ServiceInfo]) -> impl Iterator<Item = &ServiceInfo> {
    services.iter().filter(|service| !service.capabilities.is_local)
}

impl State {
    /// The services of the accounts page, in their order.
    pub fn account_rows(&self) -> impl Iterator<Item = &ServiceInfo> {
        rows(&self.services)
    }

    /// How the listener stands with a service.
    pub fn standing<'s>(&self, service: &'s ServiceInfo) -> Standing<'s> {
        let account = &service.capabilities.account;
        match (&account.who, &account.way, &service.capabilities.sign_in) {
            (Some(_), _, _) if self.accounts.leaving.as_ref() == Some(&service.id) => Standing::Leaving,
            (Some(who), _, _) => Standing::SignedIn(who),
            (None, Some(way), sign_in) => {
                Standing::CanSignIn { way, needed: matches!(sign_in, SignIn::Missing(_)) }
            }
            (None, None, SignIn::Missing(what)) => Standing::Missing(what),
            (None, None, SignIn::Ready) => Standing::Set,
            (None, None, SignIn::NotNeeded) => Standing::Open,
        }
    }

    /// The service under the cursor of the accounts page.
    pub fn account_here(&self) -> Option<&ServiceInfo> {
        self.account_rows().nth(self.accounts.list.cursor()?)
    }
}
