//! Where a database is, as far as that matters to it.

use std::path::Path;

/// File systems that several machines may have open at once, by the numbers of `statfs(2)`: AFS, Coda, CIFS, SMB,
/// SMB2, NFS, NCP, 9P, Ceph, GFS2, OCFS2, Lustre.
const NETWORK: [u64; 12] = [
    0x5346_414f,
    0x7375_7245,
    0xff53_4d42,
    0x517b,
    0xfe53_4d42,
    0x6969,
    0x564c,
    0x0102_1997,
    0x00c3_6400,
    0x0116_1970,
    0x7461_636f,
    0x0bd0_0bd0,
];

/// Whether a file's folder may be on another machine.
#[cfg(target_os = "linux")]
pub(super) fn is_shared(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let about = rustix::fs::statfs(folder.unwrap_or(Path::new(".")));
    about.is_ok_and(|about| is_network(about.f_type))
}

/// Whether a file's folder may be on another machine; not known here.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_shared(_: &Path) -> bool {
    false
}

/// The number is as wide as the machine's words.
#[cfg(target_os = "linux")]
fn is_network<N: TryInto<i128>>(kind: N) -> bool {
    let low = |kind: i128| u64::try_from(kind & 0xffff_ffff).unwrap_or(0);
    kind.try_into().is_ok_and(|kind| NETWORK.contains(&low(kind)))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn drives_of_other_machines_are_known() {
        // <linux/magic.h>; CIFS comes as a negative number on machines of 32 bits.
        for (kind, expected) in
            [(0x6969_i64, true), (0xff53_4d42, true), (0xef53, false), (0x9123_683e, false)]
        {
            assert_eq!(is_network(kind), expected, "{kind:x}");
        }
        assert!(is_network(0xff53_4d42_u32.cast_signed()));
        assert!(!is_shared(Path::new("/proc/self/none")));
    }
}
