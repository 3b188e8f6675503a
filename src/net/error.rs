//! What can go wrong on the wire, by what the caller can do about it.

use std::time::Duration;

use crate::model::{Fault, FaultKind, Retry};

/// What the client was waiting for when its patience ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A connection.
    Connect,
    /// The answer's first or next byte.
    Byte,
    /// The end of the answer.
    Whole,
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// The host's name cannot be looked up.
    Name,
    /// The host has only IPv6 addresses, and no way leads there.
    OnlyIpv6,
    /// No way leads there.
    NoRoute,
    /// Nobody takes the connection, or the reason is not known.
    Other,
}

/// Why a request brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The client itself cannot be made.
    #[error("the network client cannot start: {0}")]
    Setup(String),
    /// Another scheme than http and https, or no host.
    #[error("{0} is not a web address")]
    Address(String),
    /// No connection: refused, no route, no such host.
    #[error("{host} cannot be reached: {reason}")]
    Connect {
        /// The host.
        host: String,
        /// What stands in the way.
        why: Unreached,
        /// In words, mostly the system's.
        reason: String,
    },
    /// The server's certificate is not to be trusted.
    #[error("{host} has no valid certificate: {reason}")]
    Certificate {
        /// The host.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No encryption that both sides hold safe.
    #[error("no safe connection to {host}: {reason}")]
    Handshake {
        /// The host.
        host: String,
        /// What they do not agree on.
        reason: String,
    },
    /// A time limit ran out.
    #[error("{host} did not {}", match .phase { Phase::Connect => "accept a connection in time", Phase::Byte => "send anything for too long", Phase::Whole => "finish its answer in time" })]
    Timeout {
        /// The host.
        host: String,
        /// What was waited for.
        phase: Phase,
    },
    /// The connection broke in the middle.
    #[error("the connection to {host} broke: {reason}")]
    Broken {
        /// The host.
        host: String,
        /// In the system's words.
        reason: String,
    },
    /// More redirects than anyone needs, or a circle.
    #[error("{host} redirects without end")]
    Redirects {
        /// The last host.
        host: String,
    },
    /// A redirect that must not be followed.
    #[error("{host} redirects to {target}, which is refused: {reason}")]
    RedirectRefused {
        /// Who redirects.
        host: String,
        /// Where to, without its query.
        target: String,
        /// Why not.
        reason: &'static str,
    },
    /// What came encrypted names a place without encryption.
    #[error("{host} has no encryption, and what names it came encrypted; {}", if *.is_key { "a key is never asked for like that" } else { "network.allow_http_media is not set" })]
    Unencrypted {
        /// The host that is named.
        host: String,
        /// Whether it is for a key, which no setting allows.
        is_key: bool,
    },
    /// A header that HTTP has no way to write, such as a token with a line break in it.
    #[error("nothing was sent to {host}: the header {name} holds a character that has no place there")]
    Header {
        /// The host.
        host: String,
        /// The header's name; never its value.
        name: String,
    },
    /// An HTTP status that is no success.
    #[error("{host} answered {status}{}", status_words(*.status))]
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The body is larger than its cap.
    #[error("{host} sent more than {}", size_words(*.cap_bytes))]
    TooLarge {
        /// The host.
        host: String,
        /// The cap.
        cap_bytes: usize,
    },
    /// A place in a private network that somebody outside named.
    #[error("{host} is in a private network, and an address from outside it led there")]
    Private {
        /// The host.
        host: String,
    },
    /// There is no network, or the listener wants none; nobody was asked.
    #[error("{}", if *.by_wish { "you are offline by choice" } else { "there is no network" })]
    Offline {
        /// Whether the listener wants none.
        by_wish: bool,
    },
    /// The server asked to be left alone, and was not asked.
    #[error("{host} wants to be left alone; again in {}", wait_words(*.wait))]
    Closed {
        /// The host.
        host: String,
        /// For how long yet.
        wait: Duration,
    },
}

/// `42 s` or `7 min`, never less than it is.
pub fn wait_words(wait: Duration) -> String {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        7200..172_800 => format!("{} h", seconds.div_ceil(3600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

fn size_words(bytes: usize) -> String {
    const MIB: usize = 1 << 20;
    if bytes >= MIB { format!("{} MiB", bytes / MIB) } else { format!("{bytes} bytes") }
}

fn status_words(status: u16) -> &'static str {
    match status {
        300..=399 => " (it sends on elsewhere)",
        401 => " (sign-in needed)",
        403 => " (refused)",
        404 | 410 => " (not found)",
        416 => " (no such range)",
        429 => " (too many requests)",
        500..=599 => " (its own fault)",
        _ => "",
    }
}

impl NetError {
    /// Whether nothing of the request can have reached the server, or it said that it did nothing.
    pub fn is_unsent(&self) -> bool {
        match self {
            Self::Setup(_)
            | Self::Address(_)
            | Self::Connect { .. }
            | Self::Certificate { .. }
            | Self::Handshake { .. }
            | Self::Header { .. }
            | Self::Private { .. }
            | Self::Closed { .. }
            | Self::Offline { .. }
            | Self::Timeout { phase: Phase::Connect, .. } => true,
            Self::Status { status, .. } => (400..500).contains(status) && *status != 408,
            Self::Timeout { .. }
            | Self::Broken { .. }
            | Self::Redirects { .. }
            | Self::RedirectRefused { .. }
            | Self::Unencrypted { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// Whether nobody was asked because there is no network: who looks at the screen does not wait for that.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Offline { .. })
    }

    /// Whether the server was not even reached.
    pub fn is_unreached(&self) -> bool {
        matches!(self, Self::Offline { .. } | Self::Connect { .. } | Self::Timeout { .. })
    }

    /// The status, if the server answered with one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The same in words for a person.
    pub fn fault(&self) -> Fault {
        let (kind, hint) = match self {
            Self::Setup(_) => (FaultKind::Network, "Run segue doctor"),
            Self::Address(_) => (FaultKind::Usage, "Use an http or https address"),
            Self::Header { .. } => (FaultKind::Usage, "Check the credentials for line breaks and the like"),
            Self::Connect { why: Unreached::OnlyIpv6, .. } => {
                (FaultKind::Network, "Use a network that has IPv6, or an address of the host in IPv4")
            }
            Self::Connect { why: Unreached::Name, .. } => {
                (FaultKind::Network, "Check the name and your connection, then try again")
            }
            Self::Connect { why: Unreached::NoRoute | Unreached::Other, .. } => {
                (FaultKind::Network, "Check the address and your connection, then try again")
            }
            Self::Certificate { .. } => (
                FaultKind::Network,
                "Check the machine's clock and the address; network.extra_ca trusts an authority of your own",
            ),
            Self::Handshake { .. } => {
                (FaultKind::Network, "Check the address; its server must offer TLS 1.2 or later")
            }
            Self::Timeout { .. } | Self::Broken { .. } => (FaultKind::Network, "Try again in a moment"),
            Self::Redirects { .. } | Self::RedirectRefused { .. } => {
                (FaultKind::Network, "The address is not set up well; tell its owner")
            }
            Self::Unencrypted { is_key: true, .. } => {
                (FaultKind::Refused, "It is for the service to mend; tell it")
            }
            Self::Unencrypted { is_key: false, .. } => {
                (FaultKind::Refused, "Set network.allow_http_media = true to hear it over an open connection")
            }
            Self::TooLarge { .. } => (FaultKind::Damaged, "Check that the address is the right one"),
            Self::Private { .. } => (FaultKind::Refused, "Open the address yourself if you trust it"),
            Self::Closed { .. } => (FaultKind::Limited, "Try again then"),
            Self::Offline { by_wish: true } => (FaultKind::Network, "Go online again to ask for it"),
            Self::Offline { by_wish: false } => {
                (FaultKind::Network, "What is on this machine plays; the rest goes on when there is one")
            }
            Self::Status { status, .. } => match status {
                401 => (FaultKind::SignInNeeded, "Sign in, or check the credentials in the configuration"),
                402 | 403 | 451 => {
                    (FaultKind::Refused, "It may need other credentials, or the address may have run out")
                }
                404 | 410 => (FaultKind::NotFound, "Check the address"),
                429 => (FaultKind::Limited, "Wait a little and try again"),
                408 | 500..=599 => (FaultKind::Network, "Try again in a moment"),
                _ => (FaultKind::Other, "Check the address"),
            },
        };
        let mut fault = Fault::new(kind, capitalised(&self.to_string())).hint(hint);
        let is_final = matches!(
            self,
            Self::Certificate { .. }
                | Self::Handshake { .. }
                | Self::Redirects { .. }
                | Self::RedirectRefused { .. }
        );
        if is_final {
            fault.retry = Retry::Never;
        }
        fault
    }
}

fn capitalised(text: &str) -> String {
    match text.split_once(' ') {
        Some(("the", rest)) => format!("The {rest}"),
        Some(("there", rest)) => format!("There {rest}"),
        Some(("you", rest)) => format!("You {rest}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_in_words() {
        let rows = [
            (0, "0 s"),
            (1, "1 s"),
            (41_001, "42 s"),
            (119_000, "119 s"),
            (119_001, "2 min"),
            (600_000, "10 min"),
            (7_199_000, "120 min"),
            (7_200_000, "2 h"),
            (7_200_001, "3 h"),
            (172_799_000, "48 h"),
            (172_800_000, "2 days"),
        ];
        for (ms, expected) in rows {
            assert_eq!(wait_words(Duration::from_millis(ms)), expected);
        }
        // Whatever a server names can be told.
        assert_eq!(wait_words(Duration::MAX), "213503982334602 days");
    }
}
