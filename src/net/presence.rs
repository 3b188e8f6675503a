//! Whether there is a network, as far as requests tell. Pure: what came of them, what the machine says of its own
//! addresses and the time are arguments.

use std::time::Duration;

use super::error::{NetError, Phase, Unreached};
use super::way::Way;
use crate::model::Network;

/// Different hosts in a row that cannot be reached before it is the network.
const MANY_HOSTS: usize = 2;

/// How soon whoever wants something may try again; twice as long each further time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// Nobody waits longer for another try.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What is known of the network.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// The listener wants none.
    is_off: bool,
    /// The hosts that could not be reached since somebody answered.
    unreached: Vec<String>,
    gone: Option<Gone>,
}

/// There is no network.
#[derive(Debug)]
struct Gone {
    /// How the machine stood to the world when that was found.
    way: Way,
    tries: u32,
    try_at: Duration,
    is_tried: bool,
}

impl Gone {
    fn new(way: Way, tries: u32, now: Duration) -> Self {
        let wait = FIRST_WAIT.saturating_mul(1 << tries.min(8)).min(LONGEST_WAIT);
        Self { way, tries, try_at: now + wait, is_tried: false }
    }
}

impl Presence {
    /// Nobody has been asked yet.
    pub fn new(is_off: bool) -> Self {
        Self { is_off, ..Self::default() }
    }

    /// What is known.
    pub fn network(&self) -> Network {
        match &self.gone {
            _ if self.is_off => Network::Off,
            Some(gone) if gone.is_tried => Network::Trying,
            Some(_) => Network::Gone,
            None => Network::There,
        }
    }

    /// Whether a request may go. What is near is there without the world, but not against the listener's wish.
    pub fn may_go(&self, is_near: bool) -> Result<(), NetError> {
        match self.network() {
            Network::Off => Err(NetError::Offline { by_wish: true }),
            Network::Gone if !is_near => Err(NetError::Offline { by_wish: false }),
            Network::Gone | Network::Trying | Network::There => Ok(()),
        }
    }

    /// The listener wants no network, or wants it again.
    pub fn set_off(&mut self, off: bool) {
        *self = Self::new(off);
    }

    /// Somebody out there has answered.
    pub fn answered(&mut self) {
        self.gone = None;
        self.unreached.clear();
    }

    /// A request out there came to nothing.
    pub fn failed(&mut self, error: &NetError, way: Way, now: Duration) {
        let Some(host) = unreached_host(error, way) else { return };
        match &self.gone {
            Some(gone) if gone.is_tried => self.gone = Some(Gone::new(way, gone.tries + 1, now)),
            Some(_) => {}
            None => {
                if !self.unreached.iter().any(|known| known == host) {
                    self.unreached.push(host.to_owned());
                }
                // Nobody looks names up, or no way leads out of this machine: that is no host's fault.
                let is_sure = way == Way::None || is_resolver_silent(error);
                if is_sure || self.unreached.len() >= MANY_HOSTS {
                    self.unreached.clear();
                    self.gone = Some(Gone::new(way, 0, now));
                }
            }
        }
    }

    /// Looks whether it is worth a try: the machine has another way out, or some time has passed.
    pub fn look(&mut self, way: Way, now: Duration) {
        let Some(gone) = self.gone.as_mut().filter(|gone| !gone.is_tried) else { return };
        let has_new_way = matches!(way, Way::By(_)) && way != gone.way;
        gone.is_tried = has_new_way || (now >= gone.try_at && way != Way::None);
    }
}

/// The host that a request did not get through to, where that says something about the network.
fn unreached_host(error: &NetError, way: Way) -> Option<&str> {
    match error {
        // The host that is asked for names said that there is no such name.
        NetError::Connect { why: Unreached::Name, .. } if way != Way::None && !is_resolver_silent(error) => {
            None
        }
        NetError::Connect { host, why: Unreached::Name | Unreached::NoRoute, .. }
        | NetError::Timeout { host, phase: Phase::Connect } => Some(host),
        // Somebody there refused, or the connection ended in the middle.
        _ => None,
    }
}

/// Whether nobody answers who looks names up, in the words of the C libraries.
fn is_resolver_silent(error: &NetError) -> bool {
    let NetError::Connect { why: Unreached::Name, reason, .. } = error else { return false };
    ["emporary failure", "ry again"].iter().any(|words| reason.contains(words))
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const WAY: Way = Way::By(IpAddr::V4(Ipv4Addr::new(192, 168, 1, 7)));

    fn name(host: &str, reason: &str) -> NetError {
        NetError::Connect { host: host.into(), why: Unreached::Name, reason: reason.into() }
    }

    fn silent(host: &str) -> NetError {
        NetError::Timeout { host: host.into(), phase: Phase::Connect }
    }

    const SILENT: &str = "its name cannot be looked up (Temporary failure in name resolution)";
    const UNKNOWN: &str = "its name cannot be looked up (Name or service not known)";

    fn after(errors: &[NetError], way: Way) -> Network {
        let mut presence = Presence::new(false);
        for error in errors {
            presence.failed(error, way, Duration::ZERO);
        }
        presence.network()
    }

    #[test]
    fn one_host_is_not_the_network() {
        let refused = NetError::Connect { host: "a".into(), why: Unreached::Other, reason: "refused".into() };
        let no_route = NetError::Connect { host: "a".into(), why: Unreached::NoRoute, reason: "no".into() };
        let broken = NetError::Broken { host: "b".into(), reason: "reset".into() };
        let rows: [(&[NetError], Way, Network); 10] = [
            (&[silent("a"), silent("a"), silent("a")], WAY, Network::There),
            (&[silent("a"), silent("b")], WAY, Network::Gone),
            (&[silent("a"), no_route.clone()], WAY, Network::There),
            (&[silent("b"), no_route.clone()], WAY, Network::Gone),
            (&[refused.clone(), refused, broken], WAY, Network::There),
            (&[name("a", UNKNOWN), name("b", UNKNOWN), name("c", UNKNOWN)], WAY, Network::There),
            (&[name("a", UNKNOWN)], Way::None, Network::Gone),
            (&[name("a", SILENT)], WAY, Network::Gone),
            (&[no_route], Way::None, Network::Gone),
            (&[silent("a")], Way::Unknown, Network::There),
        ];
        for (errors, way, expected) in rows {
            assert_eq!(after(errors, way), expected, "{errors:?} {way:?}");
        }
        let mut presence = Presence::new(false);
        presence.failed(&silent("a"), WAY, Duration::ZERO);
        presence.answered();
        presence.failed(&silent("b"), WAY, Duration::ZERO);
        assert_eq!(presence.network(), Network::There, "somebody answered in between");
    }

    #[test]
    fn another_way_out_is_tried_at_once_and_the_same_one_later_and_later() {
        let s = Duration::from_secs;
        let mut presence = Presence::new(false);
        presence.failed(&silent("a"), Way::None, s(100));
        assert_eq!(presence.may_go(false), Err(NetError::Offline { by_wish: false }));
        assert_eq!(presence.may_go(true), Ok(()), "what is near is there");
        presence.look(Way::None, s(100_000));
        assert_eq!(presence.network(), Network::Gone, "no way leads out");
        presence.look(WAY, s(101));
        assert_eq!((presence.network(), presence.may_go(false)), (Network::Trying, Ok(())));
        // In vain: the next try is later, and later still.
        for wait in [10, 20, 40, 60, 60] {
            presence.failed(&silent("a"), WAY, s(1000));
            presence.failed(&silent("b"), WAY, s(1000));
            presence.look(WAY, s(1000 + wait - 1));
            assert_eq!(presence.network(), Network::Gone, "{wait}");
            presence.look(WAY, s(1000 + wait));
            assert_eq!(presence.network(), Network::Trying, "{wait}");
        }
        presence.answered();
        assert_eq!(presence.network(), Network::There);
    }

    #[test]
    fn what_the_listener_wants_comes_first() {
        let mut presence = Presence::new(true);
        assert_eq!(presence.may_go(true), Err(NetError::Offline { by_wish: true }));
        presence.answered();
        presence.look(WAY, Duration::MAX);
        assert_eq!(presence.network(), Network::Off);
        presence.failed(&silent("a"), Way::None, Duration::ZERO);
        presence.set_off(false);
        assert_eq!(presence.network(), Network::There, "whoever asks for it wants a try");
    }
}
