//! What a service can do has changed: a sign-in, a sign-out, the end of a session.

use crate::app::effect::Effect;
use crate::app::focus::Page;
use crate::app::notices::Level;
use crate::app::state::State;
use crate::app::welcome::Welcome;
use crate::model::{ServiceInfo, SignIn};

impl State {
    /// Takes over what a service can do now. What others show stays as it is.
    pub(in crate::app) fn service_changed(&mut self, info: &ServiceInfo) -> Vec<Effect> {
        let Some(known) = self.services.iter_mut().find(|known| known.id == info.id) else {
            return Vec::new();
        };
        if *known == *info {
            return Vec::new();
        }
        let before = std::mem::replace(known, info.clone());
        let door = self.welcome.list.clone();
        self.welcome = Welcome { list: door, ..Welcome::new(&self.services) };
        let count = self.account_rows().count();
        self.accounts.list.set_len(count);
        let account = (&before.capabilities.account.key, &info.capabilities.account.key);
        let is_other = account.0 != account.1;
        let mut effects = Vec::new();
        if is_other {
            effects.extend(self.account_changed(info, account.0.is_some()));
        }
        effects.extend(self.search_changed(info));
        self.renew_lists(info);
        let is_open = self.browse.open().is_some_and(|shelf| shelf.service == info.id);
        if self.page == Page::Browse && is_open {
            effects.extend(self.fill_open_shelf());
        }
        if is_other || before.capabilities.own_playlists != info.capabilities.own_playlists {
            self.gather_playlists();
            effects.extend(self.send_changes(false));
        }
        let can_be_asked = |info: &ServiceInfo| !matches!(info.capabilities.sign_in, SignIn::Missing(_));
        let account = (&before.capabilities.account.who, &info.capabilities.account.who);
        if account.0 != account.1 && account.1.is_some() || can_be_asked(info) && !can_be_asked(&before) {
            effects.extend(self.signed_in_for_downloads(&info.id));
        }
        if let (Some(_), None) = account
            && self.accounts.leaving.as_ref() != Some(&info.id)
        {
            let words = format!("{} has ended your session; sign in again", info.name);
            effects.extend(self.tell(Level::Warning, words));
        }
        effects
    }
}

impl State {
    /// Somebody else is signed in at a service, or nobody: what is shown and waits of the one before goes out of sight, and
    /// comes back with them.
    fn account_changed(&mut self, info: &ServiceInfo, was_known: bool) -> Vec<Effect> {
        let left = self.leave_outbox(&info.id);
        self.accounts.left_behind = Some((info.id.clone(), left)).filter(|_| was_known && left > 0);
        let is_shown = self.page == Page::Playlists;
        self.forget_theirs(&info.id);
        let account = info.capabilities.account.key.clone();
        let mut effects = vec![Effect::NoteAccount { service: info.id.clone(), account }];
        if self.playlists.known {
            // One that was asked for before is of the other account.
            effects.extend(self.list_playlists_anew());
        }
        if is_shown {
            effects.extend(self.list_theirs());
        }
        effects
    }
}
