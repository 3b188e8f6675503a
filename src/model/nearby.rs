//! Which addresses are this machine's or in a private network. Looks no name up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Where a request may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere: the listener named the address himself.
    Anywhere,
    /// Only out of the listener's own network: somebody else named the address.
    Public,
}

/// Whether a host is this machine or in a private network, going by what is written.
pub fn is_nearby(url: &Url) -> bool {
    const SUFFIXES: [&str; 6] = [".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa"];
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        }
        Some(Host::Ipv4(address)) => is_nearby_ip(address.into()),
        Some(Host::Ipv6(address)) => is_nearby_ip(address.into()),
        None => false,
    }
}

/// Whether an address of the Internet Protocol is kept for one machine, one network, or a group of
/// receivers, also where an IPv6 address carries such an IPv4 address (RFC 6890, RFC 4291, RFC 6052).
pub fn is_nearby_ip(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_nearby_v4(address),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast()
                || carried_v4(address).is_some_and(is_nearby_v4)
        }
    }
}

/// The IPv4 address inside `::ffff:0:0/96`, `::/96`, `64:ff9b::/96` or `2002::/16`.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.octets() {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]
        | [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
        | [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]
        | [0x20, 0x02, a, b, c, d, ..] => Some(Ipv4Addr::new(a, b, c, d)),
        _ => None,
    }
}

fn is_nearby_v4(address: Ipv4Addr) -> bool {
    // 0.0.0.0/8 is this machine too; 100.64.0.0/10 is shared behind a provider's translation.
    let [first, second, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || first == 0
        || first == 100 && second & 0xc0 == 0x40
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_nearby() {
        let rows = [
            ("http://127.0.0.1/", true),
            ("http://2130706433/", true),
            ("http://0177.0.0.1/", true),
            ("http://0x7f.1/", true),
            ("http://169.254.169.254/", true),
            ("http://10.1.2.3/", true),
            ("http://172.31.0.1/", true),
            ("http://172.32.0.1/", false),
            ("http://100.64.0.1/", true),
            ("http://100.128.0.1/", false),
            ("http://224.0.0.1/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:192.168.0.1]/", true),
            ("http://[::ffff:8.8.8.8]/", false),
            ("http://[64:ff9b::7f00:1]/", true),
            ("http://[2002:a00:1::]/", true),
            ("http://[2002:808:808::]/", false),
            ("http://[fe80::1]/", true),
            ("http://[fd00::1]/", true),
            ("http://[ff02::1]/", true),
            ("http://[2001:4860:4860::8888]/", false),
            ("http://nas/", true),
            ("http://nas.lan./", true),
            ("http://localhost:80/", true),
            ("http://music.example/", false),
            ("http://8.8.8.8/", false),
        ];
        for (url, expected) in rows {
            assert_eq!(is_nearby(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
