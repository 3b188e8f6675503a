//! What can go wrong with a service, by what the caller can do.

use std::time::Duration;

use crate::config::METHODS;
use crate::model::{Fault, FaultKind, ItemRef, Retry};
use crate::net::{NetError, wait_words};

/// Why a service gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The request failed on the wire or with a status the service did not explain.
    #[error("{service}: {source}")]
    Net {
        /// The service's own spelling.
        service: &'static str,
        /// What happened.
        source: NetError,
    },
    /// The service wants to be left alone for a while.
    #[error("{service} {}; again in {}", if *.is_down { "is not available" } else { "limits requests" }, wait_words(*.wait))]
    Limited {
        /// The service's own spelling.
        service: &'static str,
        /// Whether it is down for everybody and not only tired of this listener.
        is_down: bool,
        /// For how long yet.
        wait: Duration,
    },
    /// Credentials are missing or no longer good.
    #[error("{service} needs you to sign in")]
    SignIn {
        /// The service's own spelling.
        service: &'static str,
        /// What to do: which settings to fill.
        hint: String,
    },
    /// The service refused, in its own words.
    #[error("{service} refused: {reason}")]
    Refused {
        /// The service's own spelling.
        service: &'static str,
        /// Its words.
        reason: String,
    },
    /// Somebody else changed the playlist meanwhile; nothing was done.
    #[error("{service} refused: the playlist was changed elsewhere; open it again")]
    Changed {
        /// The service's own spelling.
        service: &'static str,
    },
    /// There is no such thing.
    #[error("{service} has no {what}")]
    NotFound {
        /// The service's own spelling.
        service: &'static str,
        /// "track D7KyD".
        what: String,
    },
    /// A path that is only a guess answered "not found": the listener can set the right one.
    #[error("{service} does not know the path for {operation}")]
    UnknownPath {
        /// The service's own spelling.
        service: &'static str,
        /// The configuration key of the path, such as `services.yourmusic.paths.track_search`.
        key: String,
        /// What was tried.
        operation: &'static str,
    },
    /// A call that is only a guess was sent with a method that is not taken: the listener can set the right one.
    #[error("{service} takes another method for {operation}")]
    WrongMethod {
        /// The service's own spelling.
        service: &'static str,
        /// The configuration key of the call.
        key: String,
        /// Its path as it is now.
        path: String,
        /// What was tried.
        operation: &'static str,
    },
    /// A path that was set leads over an open connection, where anybody on the way reads what is sent.
    #[error("{service} is not asked at {host} without encryption")]
    OpenPath {
        /// The service's own spelling.
        service: &'static str,
        /// The configuration key of the path.
        key: String,
        /// Whom it names.
        host: String,
        /// Whether it is for sound, which the listener may allow to be open.
        is_sound: bool,
    },
    /// A page for a browser came: the network wants a sign-in first, or the address is another site's.
    #[error("{service} sent a web page instead of data")]
    WebPage {
        /// The service's own spelling.
        service: &'static str,
    },
    /// It sends on to somebody else, who wants what only the service may see, or has nothing to give.
    #[error("{service} sends on to {place}, which is somebody else")]
    Elsewhere {
        /// The service's own spelling.
        service: &'static str,
        /// The other host.
        place: String,
    },
    /// What a sign-in gave cannot be read or kept.
    #[error("the sign-in at {service} cannot be kept: {fault}")]
    Vault {
        /// The service's own spelling.
        service: &'static str,
        /// What happened.
        fault: Fault,
    },
    /// Something was made, and what should follow failed. To ask for the same again makes a second one.
    #[error("{made} was made, but not all of it: {error}")]
    Unfinished {
        /// What there is now.
        made: ItemRef,
        /// What failed then.
        error: Box<CatalogError>,
    },
    /// The answer makes no sense.
    #[error("{service} sent an answer that makes no sense: {reason}")]
    Answer {
        /// The service's own spelling.
        service: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl CatalogError {
    /// The same after something was made.
    pub(super) fn after(self, made: ItemRef) -> Self {
        Self::Unfinished { made, error: Box::new(self) }
    }

    /// Whether it is certain that nothing was done: it was not even sent, or not looked at.
    pub fn is_undone(&self) -> bool {
        match self {
            Self::Net { source, .. } => source.is_unsent(),
            Self::Limited { .. }
            | Self::SignIn { .. }
            | Self::Refused { .. }
            | Self::Changed { .. }
            | Self::NotFound { .. }
            | Self::UnknownPath { .. }
            | Self::WrongMethod { .. }
            | Self::OpenPath { .. }
            | Self::Vault { .. } => true,
            Self::WebPage { .. } | Self::Elsewhere { .. } | Self::Unfinished { .. } | Self::Answer { .. } => {
                false
            }
        }
    }

    /// The same in words for a person.
    pub fn fault(&self) -> Fault {
        let text = self.to_string();
        match self {
            Self::Net { source, .. } => Fault { message: text.into(), ..source.fault() },
            Self::Limited { wait, .. } => {
                // A second that has begun is waited for.
                let wait_s = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
                Fault { wait_s: Some(wait_s), ..Fault::new(FaultKind::Limited, text) }
            }
            Self::SignIn { hint, .. } => Fault::new(FaultKind::SignInNeeded, text).hint(hint),
            Self::Refused { .. } | Self::Changed { .. } => Fault::new(FaultKind::Refused, text),
            Self::NotFound { .. } => Fault::new(FaultKind::NotFound, text),
            Self::UnknownPath { key, .. } => Fault::new(FaultKind::NotFound, text)
                .hint(format!("This path is not known for sure; set {key}")),
            Self::WrongMethod { key, path, .. } => {
                let hint = format!(
                    "This call is not known for sure; set {key} = \"METHOD {path}\", where METHOD is one of {}",
                    METHODS.join(", ")
                );
                Fault::new(FaultKind::NotFound, text).hint(hint)
            }
            Self::OpenPath { key, is_sound, .. } => {
                let or = if *is_sound { ", or network.allow_http_media = true" } else { "" };
                Fault::new(FaultKind::Usage, text).hint(format!("Set {key} to a path or an https address{or}"))
            }
            Self::WebPage { .. } | Self::Elsewhere { .. } => Fault::new(FaultKind::Network, text).hint(
                "Open any page in a browser to see whether this network wants a sign-in, or check the address",
            ),
            Self::Vault { service, fault } => {
                let text = format!("The sign-in at {service} cannot be kept: {}", fault.message);
                Fault { message: text.into(), ..fault.clone() }
            }
            Self::Unfinished { error, .. } => {
                Fault { message: text.into(), retry: Retry::Never, wait_s: None, ..error.fault() }
            }
            Self::Answer { .. } => Fault::new(FaultKind::Network, text).hint("Try again later"),
        }
    }
}
