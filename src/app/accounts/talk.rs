//! A sign-in that is under way: what the service asks, what is typed, what went wrong.

use std::fmt;

use crate::app::input::TextInput;
use crate::model::{
    CleanText, Fault, Field, Form, Link, MAX_TEXT_CHARS, Retry, Secret, ServiceId, SignInAnswer, Ticket,
};

/// Refused answers after which a service is asked for a new form: codes are not for guessing (NIST SP 800-63B
/// section 5.2.2 limits it too).
const MOST_TRIES: u8 = 3;

/// The talk with one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    /// With which service.
    pub service: ServiceId,
    /// Its own spelling.
    pub name: CleanText,
    /// What it asks for, in its words; empty before it has asked.
    pub words: CleanText,
    /// Where it wants the browser to go.
    pub link: Option<Link>,
    /// What it wants to be typed.
    pub lines: Vec<Line>,
    /// Which of `lines` takes the keys.
    pub line: usize,
    /// Whether it was answered and has not spoken yet.
    pub waiting: bool,
    /// What was wrong with the last answer.
    pub fault: Option<Fault>,
    /// What there is to say about where its token is kept.
    pub(super) remark: Option<CleanText>,
    pub(super) ticket: Ticket,
    tries: u8,
}

/// A line of a form as it is filled in. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// What is asked.
    pub field: Field,
    /// What is typed.
    pub input: TextInput,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("field", &self.field.key).finish_non_exhaustive()
    }
}

impl Line {
    fn is_missing(&self) -> bool {
        !self.field.optional && self.input.text().trim().is_empty()
    }
}

impl Talk {
    pub(super) fn new(service: ServiceId, name: CleanText, ticket: Ticket) -> Self {
        Self {
            service,
            name,
            words: CleanText::default(),
            link: None,
            lines: Vec::new(),
            line: 0,
            waiting: true,
            fault: None,
            remark: None,
            ticket,
            tries: 0,
        }
    }

    /// Whether keys go into a line.
    pub fn is_typing(&self) -> bool {
        !self.lines.is_empty() && !self.waiting
    }

    /// Whether it has come to nothing, so that only a new beginning helps.
    pub fn is_over(&self) -> bool {
        !self.waiting && self.lines.is_empty() && self.fault.is_some()
    }

    /// The service asks.
    pub(super) fn ask(&mut self, form: Option<Form>, link: Option<Link>) {
        let Form { words, fields } = form.unwrap_or(Form { words: CleanText::default(), fields: Vec::new() });
        self.words = words;
        self.link = link;
        self.lines = fields.into_iter().map(|field| Line { field, input: TextInput::default() }).collect();
        self.line = 0;
        self.waiting = false;
        self.fault = None;
        self.tries = 0;
    }

    /// The service did not take an answer, or could not be asked. What was typed stays for another try, and goes
    /// when there were too many.
    pub(super) fn refuse(&mut self, fault: Fault) {
        self.waiting = false;
        // Trouble on the way is no wrong answer.
        if fault.retry == Retry::Never && !self.lines.is_empty() {
            self.tries += 1;
        }
        self.fault = Some(self.without_secrets(fault));
        if self.tries >= MOST_TRIES {
            self.lines.clear();
            self.link = None;
            self.words = "That was the last try.".into();
        }
    }

    /// A service that repeats what was typed is not repeated.
    fn without_secrets(&self, fault: Fault) -> Fault {
        let shown = fault.to_string();
        let mut hidden =
            self.lines.iter().filter(|line| line.field.hidden).map(|line| line.input.text().trim());
        if hidden.any(|typed| !typed.is_empty() && shown.contains(typed)) {
            let words = format!("{} did not take it", self.name);
            return Fault { retry: fault.retry, ..Fault::new(fault.kind, words) };
        }
        fault
    }

    /// Goes to another line, around the ends.
    pub(super) fn step(&mut self, lines: isize) {
        let count = self.lines.len();
        if let (Ok(line), Ok(whole)) = (isize::try_from(self.line), isize::try_from(count))
            && whole > 0
        {
            self.line = usize::try_from((line + lines).rem_euclid(whole)).unwrap_or(0);
        }
    }

    /// Goes to a line.
    pub(in crate::app) fn go_to(&mut self, line: usize) {
        self.line = line.min(self.lines.len().saturating_sub(1));
    }

    /// The line that takes the keys.
    pub(in crate::app) fn input(&mut self) -> Option<&mut TextInput> {
        self.lines.get_mut(self.line).map(|line| &mut line.input)
    }

    /// Puts text in; a token may be far longer than what people type.
    pub(in crate::app) fn type_in(&mut self, text: &str) {
        if let Some(input) = self.input() {
            input.insert_within(text, MAX_TEXT_CHARS);
        }
    }

    /// What Enter does with the line that takes the keys: an answer, once nothing is missing.
    pub(super) fn enter(&mut self) -> Option<SignInAnswer> {
        if self.lines.get(self.line)?.is_missing() {
            return self.complain(self.line);
        }
        if self.line + 1 < self.lines.len() {
            self.line += 1;
            return None;
        }
        if let Some(missing) = self.lines.iter().position(Line::is_missing) {
            return self.complain(missing);
        }
        self.waiting = true;
        self.fault = None;
        let pair = |line: &Line| (line.field.key.to_owned(), Secret::new(line.input.text().trim()));
        Some(SignInAnswer::Form(self.lines.iter().map(pair).collect()))
    }

    fn complain(&mut self, line: usize) -> Option<SignInAnswer> {
        self.line = line;
        let label = self.lines.get(line)?.field.label;
        self.fault = Some(Fault::new(crate::model::FaultKind::Usage, format!("{label} is missing")));
        None
    }
}
