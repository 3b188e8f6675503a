//! The talk between a service and a listener who signs in: the service asks, the listener answers, until it
//! is done. The same talk is held on the screen and on the command line.

use std::fmt;

use url::Url;

use super::fault::Fault;
use super::locator::without_query;
use super::secret::Secret;
use super::text::CleanText;

/// A web page to show the listener. `Debug` hides the query: it may carry what only the listener may see.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(pub Url);

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_query(&self.0))
    }
}

/// What a service asks next.
#[derive(Clone, PartialEq)]
pub enum SignInStep {
    /// To fill in a form.
    Form(Form),
    /// To go somewhere with a browser, which then comes back to the address that was given at the beginning.
    /// `code`: what can be typed in instead.
    Visit {
        /// Where to go. Shown to the listener, never logged.
        address: Url,
        /// For a code that the page shows.
        code: Option<Form>,
    },
    /// Nothing more.
    Done {
        /// Who is signed in now.
        who: CleanText,
        /// Why it lasts only until the program ends: it could not be kept. `None`: it was.
        unkept: Option<Fault>,
    },
}

impl SignInStep {
    /// Nothing more: somebody is signed in, and stays so.
    pub fn done(who: impl Into<CleanText>) -> Self {
        Self::Done { who: who.into(), unkept: None }
    }
}

impl fmt::Debug for SignInStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(form) => f.debug_tuple("Form").field(form).finish(),
            Self::Visit { address, code } => {
                let address = Link(address.clone());
                f.debug_struct("Visit").field("address", &address).field("code", code).finish()
            }
            Self::Done { who, unkept } => {
                f.debug_struct("Done").field("who", who).field("unkept", unkept).finish()
            }
        }
    }
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What it is for: "Ada's code was sent to ada@example.net".
    pub words: CleanText,
    /// Line by line.
    pub fields: Vec<Field>,
}

/// One line of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Comes back with the answer.
    pub key: &'static str,
    /// What to type: "E-mail address".
    pub label: &'static str,
    /// How it looks: "1990-01-15".
    pub example: &'static str,
    /// Whether it must not be seen while it is typed.
    pub hidden: bool,
    /// Whether it may stay empty.
    pub optional: bool,
}

impl Field {
    /// A line that must be filled in and may be seen.
    pub fn new(key: &'static str, label: &'static str, example: &'static str) -> Self {
        Self { key, label, example, hidden: false, optional: false }
    }

    /// The same, typed unseen.
    pub fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }
}

/// What the listener answers.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInAnswer {
    /// Let us begin, from anew whatever was before.
    Begin {
        /// Where a browser can come back to: `http://127.0.0.1:PORT/callback`. `None`: nowhere.
        callback: Option<Url>,
    },
    /// The form's lines by key.
    Form(Vec<(String, Secret)>),
    /// What the browser came back with: the query of the address.
    Callback(Vec<(String, Secret)>),
}

impl SignInAnswer {
    /// A line of a form or a parameter of a query, trimmed.
    pub fn value(&self, key: &str) -> Option<&str> {
        let (Self::Form(pairs) | Self::Callback(pairs)) = self else { return None };
        let found = pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.reveal().trim());
        found.filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_hides_what_its_address_carries() {
        let address: Url = "https://a.example/authorize?state=s3cret&oauth_token=t0ken#f4".parse().unwrap();
        let step = SignInStep::Visit { address: address.clone(), code: None };
        for shown in [format!("{step:?}"), format!("{:?}", Link(address))] {
            assert!(shown.contains("https://a.example/authorize"), "{shown}");
            assert!(!["s3cret", "t0ken", "f4"].iter().any(|secret| shown.contains(secret)), "{shown}");
        }
    }
}
