//! Likes, reposts and follows of services: each is kept on this machine first, shown at once and until its service has it,
//! and given up only when the service does not take it.

use super::effect::Effect;
use super::limits::reason;
use super::notices::Level;
use super::state::State;
use crate::model::{Fault, MarkSettled, MarkWish, ServiceId, Ticket, ToldMark, WaitingMark};

impl State {
    /// Keeps a mark for its service.
    pub(super) fn keep_mark(&mut self, wish: MarkWish) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.outbox.keeping.push((ticket, wish.clone()));
        self.outbox.take_mark(wish.clone());
        vec![Effect::KeepMark { ticket, wish: Box::new(wish) }]
    }

    /// A mark is on the disk and can be sent; where it could not be kept, it is sent all the same.
    pub(super) fn mark_kept(&mut self, ticket: Ticket, result: &Result<(), Fault>) -> Vec<Effect> {
        let Some(at) = self.outbox.keeping.iter().position(|(asked, _)| *asked == ticket) else {
            return Vec::new();
        };
        let (_, wish) = self.outbox.keeping.remove(at);
        if result.is_ok() {
            return self.send_changes(false);
        }
        self.outbox.marks.retain(|mark| !mark.wish.is_of(&wish));
        let MarkWish { mark, item, on, title } = wish;
        self.send_mark(mark, item, on, title)
    }

    /// What waits after a round of sending: as it is kept, and what is being kept just now.
    pub(super) fn take_marks(&mut self, marks: Vec<WaitingMark>) {
        self.outbox.marks = marks;
        for (_, wish) in self.outbox.keeping.clone() {
            self.outbox.take_mark(wish);
        }
        self.show_waiting_marks();
    }

    /// Rows that have come show what their services have yet to hear.
    pub(super) fn show_waiting_marks(&mut self) {
        for mark in std::mem::take(&mut self.outbox.marks) {
            self.show_mark(mark.wish.mark, &mark.wish.item, mark.wish.on);
            self.outbox.marks.push(mark);
        }
    }

    /// What came of a mark.
    pub(super) fn tell_mark(&mut self, told: &ToldMark) -> Vec<Effect> {
        let ToldMark { wish, what } = told;
        let (title, service) = (&wish.title, &wish.item.service);
        // Something else is wanted by now.
        let is_old = self.outbox.marks.iter().any(|mark| mark.wish.is_of(wish) && mark.wish.on != wish.on);
        match what {
            MarkSettled::Arrived => self.kept_lists_changed_at(service),
            MarkSettled::Waits(fault) => {
                let place = self.place_name(service);
                let mut effects = self.note_limit(service, fault);
                let words = format!("The mark of {title} is kept and waits for {place}. {fault}");
                effects.extend(self.tell(Level::Warning, words));
                effects
            }
            MarkSettled::Refused(fault) => {
                if !is_old {
                    self.show_mark(wish.mark, &wish.item, !wish.on);
                }
                let words = format!("{title}: the mark was not taken. {}", reason(fault));
                let mut effects = self.tell(Level::Error, words);
                effects.extend(self.note_limit(service, fault));
                effects
            }
        }
    }

    /// Somebody else is signed in at a service, or nobody: what waits there is not theirs. Tells how much that is.
    pub(super) fn leave_outbox(&mut self, service: &ServiceId) -> u64 {
        let outbox = &mut self.outbox;
        let playlists = outbox.waiting.iter().filter(|waiting| waiting.remote.service == *service);
        let marks = outbox.marks.iter().filter(|mark| mark.wish.item.service == *service).count();
        let count = playlists.map(|waiting| waiting.changes).sum::<u64>() + marks as u64;
        outbox.waiting.retain(|waiting| waiting.remote.service != *service);
        outbox.marks.retain(|mark| mark.wish.item.service != *service);
        self.marked.retain(|(_, item)| item.service != *service);
        count
    }
}

impl super::outbox::Outbox {
    fn take_mark(&mut self, wish: MarkWish) {
        self.marks.retain(|mark| !mark.wish.is_of(&wish));
        self.marks.push(WaitingMark { wish, next_try_at: 0 });
    }
}
