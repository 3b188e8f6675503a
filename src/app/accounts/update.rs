//! Decisions about signing in and out.

use super::state::Standing;
use super::talk::Talk;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::focus::Page;
use crate::app::limits::reason;
use crate::app::notices::{Level, words};
use crate::app::state::State;
use crate::model::{Fault, ServiceId, SignInAnswer, SignInStep, Ticket};

impl State {
    /// Shows the accounts with the cursor on the first service that can be signed in to, or lacks something.
    pub(in crate::app) fn show_sign_in(&mut self) -> Vec<Effect> {
        let wanting = |standing| matches!(standing, Standing::CanSignIn { .. } | Standing::Missing(_));
        let row = self.account_rows().position(|service| wanting(self.standing(service)));
        self.show_accounts_at(row)
    }

    /// Shows the accounts with the cursor on this service.
    pub(in crate::app) fn show_account(&mut self, service: &ServiceId) -> Vec<Effect> {
        let row = self.account_rows().position(|row| row.id == *service);
        self.show_accounts_at(row)
    }

    fn show_accounts_at(&mut self, row: Option<usize>) -> Vec<Effect> {
        if let Some(row) = row {
            let height = self.list_height();
            self.accounts.list.go_to(row, height);
        }
        self.show_page(Page::Accounts)
    }

    /// Begins the sign-in to the service under the cursor, or says why there is none.
    pub(in crate::app) fn sign_in_here(&mut self) -> Vec<Effect> {
        let Some(service) = self.account_here() else { return Vec::new() };
        let name = service.name.clone();
        match self.standing(service) {
            Standing::CanSignIn { .. } => {
                let service = service.id.clone();
                self.begin_sign_in(service)
            }
            Standing::SignedIn(who) => {
                let words = format!("You are signed in to {name} as {who}");
                self.tell(Level::Info, words)
            }
            Standing::Leaving => Vec::new(),
            Standing::Missing(what) => {
                let words = format!("{name} cannot be used yet. {what}");
                self.tell(Level::Warning, words)
            }
            Standing::Set => {
                let words = format!("{name} works with the credentials in the configuration");
                self.tell(Level::Info, words)
            }
            Standing::Open => {
                let words = format!("{name} needs no sign-in");
                self.tell(Level::Info, words)
            }
        }
    }

    fn begin_sign_in(&mut self, service: ServiceId) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let found = self.services.iter().find(|known| known.id == service);
        let Some(name) = found.map(|found| found.name.clone()) else { return Vec::new() };
        self.accounts.talk = Some(Talk::new(service.clone(), name, ticket));
        vec![Effect::SignIn { ticket, service, answer: SignInAnswer::Begin { callback: None } }]
    }

    /// Enter in a sign-in: on to the next line, sends the last one, opens the page, or begins anew.
    pub(in crate::app) fn fill_in(&mut self) -> Vec<Effect> {
        let Some(talk) = self.accounts.talk.as_mut().filter(|talk| !talk.waiting) else { return Vec::new() };
        let (ticket, service) = (talk.ticket, talk.service.clone());
        if talk.is_over() {
            return self.begin_sign_in(service);
        }
        if talk.lines.is_empty() {
            return self.open_sign_in_page();
        }
        let answer = talk.enter();
        answer.map(|answer| Effect::SignIn { ticket, service, answer }).into_iter().collect()
    }

    pub(in crate::app) fn step_in_form(&mut self, lines: isize) -> Vec<Effect> {
        if let Some(talk) = &mut self.accounts.talk {
            talk.step(lines);
        }
        Vec::new()
    }

    /// Opens the page of the sign-in once more.
    pub(in crate::app) fn open_sign_in_page(&mut self) -> Vec<Effect> {
        let link = self.accounts.talk.as_ref().and_then(|talk| talk.link.clone());
        link.map(Effect::OpenLink).into_iter().collect()
    }

    /// Leaves the sign-in without an end.
    pub(in crate::app) fn cancel_sign_in(&mut self) -> Vec<Effect> {
        match self.accounts.talk.take() {
            Some(_) => vec![Effect::CancelSignIn],
            None => Vec::new(),
        }
    }

    pub(in crate::app) fn sign_in_asked(
        &mut self,
        ticket: Ticket,
        result: Result<SignInStep, Fault>,
    ) -> Vec<Effect> {
        let Some(talk) = self.accounts.talk.as_mut().filter(|talk| talk.ticket == ticket) else {
            return Vec::new();
        };
        match result {
            Ok(SignInStep::Form(form)) => {
                talk.ask(Some(form), None);
                Vec::new()
            }
            Ok(SignInStep::Visit { address, code }) => {
                talk.ask(code, Some(crate::model::Link(address)));
                self.open_sign_in_page()
            }
            Ok(SignInStep::Done { who, unkept }) => {
                let words = format!("You are signed in to {} as {who}.", talk.name);
                let remark = self.accounts.talk.take().and_then(|talk| talk.remark);
                if let Some(fault) = unkept {
                    let words = format!("{words} It lasts until you quit. {fault}");
                    return self.tell(Level::Warning, words);
                }
                // Where the token is kept was told a moment ago, and would not be seen for long.
                match remark {
                    Some(remark) => self.tell(Level::Warning, format!("{words} {remark}")),
                    None => self.tell(Level::Info, words),
                }
            }
            Err(fault) => {
                let service = talk.service.clone();
                talk.refuse(fault.clone());
                // Nobody is waited for any more.
                let mut effects = if talk.is_over() { vec![Effect::CancelSignIn] } else { Vec::new() };
                effects.extend(self.note_limit(&service, &fault));
                effects
            }
        }
    }

    /// There is something to say about where a token is kept; a sign-in to its service says it again at its end.
    pub(in crate::app) fn token_kept(&mut self, name: &str, remark: &Fault) -> Vec<Effect> {
        let remark = words(remark);
        if let Some(talk) = &mut self.accounts.talk
            && name
                .strip_prefix(talk.service.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        {
            talk.remark = Some(remark.clone());
        }
        self.tell(Level::Warning, remark)
    }

    /// Opens the page where one gets an account at the service under the cursor.
    pub(in crate::app) fn open_join_page(&mut self) -> Vec<Effect> {
        let Some(service) = self.account_here() else { return Vec::new() };
        if let Some(page) = service.capabilities.account.join.clone() {
            let words = format!("Opening {} in the browser", page.0);
            let mut effects = self.tell(Level::Info, words);
            effects.push(Effect::OpenLink(page));
            return effects;
        }
        let name = service.name.clone();
        let words = match self.standing(service) {
            Standing::CanSignIn { .. } => {
                format!("Who is new to {name} signs in all the same, or asks there")
            }
            _ => format!("{name} has no page here where one gets an account"),
        };
        self.tell(Level::Info, words)
    }

    /// Asks whether to sign out of the service under the cursor; asked again, does it.
    pub(in crate::app) fn sign_out_here(&mut self) -> Vec<Effect> {
        let asked = self.accounts.asked.take();
        let Some(service) = self.account_here() else { return Vec::new() };
        let (id, name) = (service.id.clone(), service.name.clone());
        match self.standing(service) {
            Standing::SignedIn(_) if asked.is_some_and(|(asked, _)| asked == id) => {
                self.accounts.leaving = Some(id.clone());
                vec![Effect::SignOut { service: id }]
            }
            Standing::SignedIn(who) => {
                let key = self.keymap.keys_of(&Action::SignOut).into_iter().next();
                let key = key.map_or_else(|| "The same".to_owned(), |key| format!("{key} again"));
                let words = format!("Sign out of {name}, where you are {who}? {key} does it for good");
                let effects = self.tell(Level::Warning, words);
                let ticket = effects.iter().find_map(|effect| match effect {
                    Effect::Wait { ticket, .. } => Some(*ticket),
                    _ => None,
                });
                self.accounts.asked = ticket.map(|ticket| (id, ticket));
                effects
            }
            Standing::Leaving => Vec::new(),
            Standing::CanSignIn { .. } | Standing::Missing(_) | Standing::Set | Standing::Open => {
                let words = format!("Nobody is signed in to {name} here");
                self.tell(Level::Info, words)
            }
        }
    }

    /// A question that nobody sees any more cannot be answered.
    pub(in crate::app) fn accounts_elapsed(&mut self, ticket: Ticket) {
        if self.accounts.asked.as_ref().is_some_and(|(_, asked)| *asked == ticket) {
            self.accounts.asked = None;
        }
    }

    pub(in crate::app) fn signed_out(
        &mut self,
        service: &ServiceId,
        result: Result<(), Fault>,
    ) -> Vec<Effect> {
        if self.accounts.leaving.as_ref() == Some(service) {
            self.accounts.leaving = None;
        }
        let found = self.services.iter().find(|known| known.id == *service);
        let Some(name) = found.map(|found| found.name.clone()) else { return Vec::new() };
        match result {
            Ok(()) => {
                let left = self.accounts.left_behind.take().filter(|(of, _)| of == service);
                let words = match left.map(|(_, left)| left) {
                    Some(1) => "; 1 change waits here until you are back",
                    Some(left) => &format!("; {left} changes wait here until you are back"),
                    None => "",
                };
                self.tell(Level::Info, format!("You are signed out of {name}{words}"))
            }
            Err(fault) => {
                let words = format!("You are signed out of {name} here only. {}", reason(&fault));
                let mut effects = self.tell(Level::Error, words);
                effects.extend(self.note_limit(service, &fault));
                effects
            }
        }
    }
}
