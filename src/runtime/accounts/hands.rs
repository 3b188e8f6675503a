//! Effects about accounts, carried out.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::AbortHandle;

use crate::app::Event;
use crate::catalog::{Catalog, CatalogError};
use crate::model::{Fault, FaultKind, Link, ServiceId, ServiceInfo, SignInAnswer, SignInStep, Ticket};
use crate::runtime::hands::{Hands, tell};
use crate::runtime::sign_in::Browser;

use super::talk::hold;

/// Answers that wait for their service, at most; the screen gives one at a time.
const WAITING_ANSWERS: usize = 4;

/// The sign-in that is held; it ends when this is dropped.
pub(in crate::runtime) struct TalkUnderWay {
    ticket: Ticket,
    service: ServiceId,
    answers: Sender<SignInAnswer>,
    task: AbortHandle,
}

impl Drop for TalkUnderWay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A service as the screen knows it.
pub(in crate::runtime) fn info(catalog: &dyn Catalog) -> ServiceInfo {
    ServiceInfo { id: catalog.id(), name: catalog.name().into(), capabilities: catalog.capabilities() }
}

fn changed(catalog: &dyn Catalog) -> Event {
    Event::ServiceChanged(Box::new(info(catalog)))
}

/// The same result with a fault for people. One that wants a sign-in may be the end of a session, so what the
/// service can do now is told too.
pub(in crate::runtime) async fn noting_sessions<T>(
    events: &Sender<Event>,
    catalog: &dyn Catalog,
    result: Result<T, CatalogError>,
) -> Result<T, Fault> {
    let result = result.map_err(|error| error.fault());
    if let Err(fault) = &result
        && fault.kind == FaultKind::SignInNeeded
    {
        tell(events, changed(catalog)).await;
    }
    result
}

impl Hands {
    /// Takes up what is kept from earlier sign-ins, each service by itself.
    pub fn restore(&self) {
        let mut restored = Vec::new();
        for catalog in &self.catalogs {
            let (catalog, events) = (Arc::clone(catalog), self.events.clone());
            restored.push(self.tasks.spawn(async move {
                let before = info(&*catalog);
                if let Err(error) = catalog.restore().await {
                    tell(&events, Event::Warned(error.fault())).await;
                }
                let now = info(&*catalog);
                if now != before {
                    tell(&events, Event::ServiceChanged(Box::new(now))).await;
                }
            }));
        }
        let (begin, events) = (self.downloads.as_ref().map(|desk| desk.begin()), self.events.clone());
        self.tasks.spawn(async move {
            for one in restored {
                // A panic there has been told already.
                let _ = one.await;
            }
            // Nobody is asked for a track as a stranger that the listener is not.
            if let Some(begin) = begin {
                begin();
            }
            tell(&events, Event::Restored).await;
        });
    }

    /// Begins a sign-in, or answers the one that is under way.
    pub fn sign_in(&mut self, ticket: Ticket, service: ServiceId, answer: SignInAnswer) {
        if let SignInAnswer::Form(_) | SignInAnswer::Callback(_) = answer {
            let talk = self.talk.as_ref().filter(|talk| talk.ticket == ticket);
            if talk.is_none_or(|talk| talk.answers.try_send(answer).is_err()) {
                let fault = Fault::new(FaultKind::Other, "This sign-in is over").hint("Begin again");
                self.tell_later(Event::SignInAsked { ticket, result: Err(fault) });
            }
            return;
        }
        self.talk = None;
        let catalog = match self.catalog(&service) {
            Ok(catalog) => catalog,
            Err(fault) => return self.tell_later(Event::SignInAsked { ticket, result: Err(fault) }),
        };
        let (answers, to_service) = mpsc::channel(WAITING_ANSWERS);
        let (events, asked_of) = (self.events.clone(), Arc::clone(&catalog));
        let task = self.tasks.spawn(hold(catalog, true, to_service, move |result| {
            let (events, catalog) = (events.clone(), Arc::clone(&asked_of));
            let told = async move {
                if let Ok(SignInStep::Done { .. }) = result {
                    tell(&events, changed(&*catalog)).await;
                }
                tell(&events, Event::SignInAsked { ticket, result }).await;
            };
            told.boxed()
        }));
        self.talk = Some(TalkUnderWay { ticket, service, answers, task: task.abort_handle() });
    }

    /// Ends the sign-in that is under way.
    pub fn cancel_sign_in(&mut self) {
        self.talk = None;
    }

    /// Signs out; what is under way with this service ends.
    pub fn sign_out(&mut self, service: ServiceId) {
        if self.talk.as_ref().is_some_and(|talk| talk.service == service) {
            self.talk = None;
        }
        let catalog = match self.catalog(&service) {
            Ok(catalog) => catalog,
            Err(fault) => return self.tell_later(Event::SignedOut { service, result: Err(fault) }),
        };
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let result = catalog.sign_out().await.map_err(|error| error.fault());
            tell(&events, changed(&*catalog)).await;
            tell(&events, Event::SignedOut { service, result }).await;
        });
    }

    /// Shows a page in the listener's browser.
    pub fn open_link(&self, link: Link) {
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let opened = tokio::task::spawn_blocking(move || Browser::of_listener().open(&link.0)).await;
            if let Ok(Err(error)) = opened {
                let fault = Fault::new(FaultKind::Other, error.to_string());
                tell(&events, Event::Warned(fault)).await;
            }
        });
    }

    fn tell_later(&self, event: Event) {
        let events = self.events.clone();
        self.tasks.spawn(async move { tell(&events, event).await });
    }
}
