//! What a server says that the whole of a file hashes to, in whichever of its headers it says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a whole file hashes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-256.
    Sha256([u8; 32]),
    /// MD5, as the older headers have it. Good against accidents alone.
    Md5([u8; 16]),
}

/// Headers that tell of the whole file, whichever part of it they come with: RFC 9530 section 3, RFC 3230 section 4.3.2, and
/// what two large stores call the same.
const OF_THE_FILE: [&str; 3] = ["repr-digest", "digest", "x-goog-hash"];

/// Headers that tell of what comes with them: RFC 9530 section 2.
const OF_THE_ANSWER: [&str; 1] = ["content-digest"];

/// The strongest of what the headers say, if they say anything that is understood. `header` gives one by its name; `is_whole`: what
/// comes with them is the whole file.
pub(super) fn checksum<'h>(header: impl Fn(&str) -> Option<&'h str>, is_whole: bool) -> Option<Checksum> {
    let answer = OF_THE_ANSWER.iter().filter(|_| is_whole);
    let lists = OF_THE_FILE.iter().chain(answer).filter_map(|name| header(name));
    let amazon = header("x-amz-checksum-sha256").and_then(sha256);
    // RFC 1864.
    let old = header("content-md5").filter(|_| is_whole).and_then(md5);
    let all: Vec<_> = lists.flat_map(members).chain(amazon).chain(old).collect();
    let strong = all.iter().find(|one| matches!(one, Checksum::Sha256(_)));
    strong.or(all.first()).copied()
}

/// The members of a list such as `sha-256=:BASE64:, md5=BASE64`, with or without the colons of RFC 9651.
fn members(list: &str) -> impl Iterator<Item = Checksum> {
    list.split(',').filter_map(|member| {
        let (name, value) = member.trim().split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix(':').and_then(|value| value.strip_suffix(':')).unwrap_or(value);
        match name.trim().to_ascii_lowercase().as_str() {
            "sha-256" => sha256(value),
            "md5" => md5(value),
            _ => None,
        }
    })
}

fn sha256(text: &str) -> Option<Checksum> {
    bytes(text).map(Checksum::Sha256)
}

fn md5(text: &str) -> Option<Checksum> {
    bytes(text).map(Checksum::Md5)
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 9530 appendix B.1: `{"hello": "world"}` and a line feed.
    const HELLO: &str = "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=";

    /// Of the same bytes, by `openssl md5 -binary | base64`.
    const HELLO_MD5: &str = "UFIauregE76D7gDe0/n0JA==";

    fn check(headers: &[(&str, String)], is_whole: bool, expected: Option<&str>) {
        let header =
            |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let found = checksum(header, is_whole).map(|found| match found {
            Checksum::Sha256(bytes) => STANDARD.encode(bytes),
            Checksum::Md5(bytes) => STANDARD.encode(bytes),
        });
        assert_eq!(found.as_deref(), expected, "{headers:?}");
    }

    #[test]
    fn what_servers_say_is_understood_and_nothing_is_made_of_the_rest() {
        let one = |name: &'static str, value: String| [(name, value)];
        for is_whole in [true, false] {
            check(&one("repr-digest", format!("sha-256=:{HELLO}:")), is_whole, Some(HELLO));
            check(&one("repr-digest", format!("sha-512=:AAAA:, sha-256=:{HELLO}:")), is_whole, Some(HELLO));
            check(&one("digest", format!("MD5={HELLO_MD5},SHA-256={HELLO}")), is_whole, Some(HELLO));
            check(
                &one("x-goog-hash", format!("crc32c=n03x6A==, md5={HELLO_MD5}")),
                is_whole,
                Some(HELLO_MD5),
            );
            check(&one("x-amz-checksum-sha256", HELLO.to_owned()), is_whole, Some(HELLO));
            // Of an upload in parts, which is a hash of hashes.
            check(&one("x-amz-checksum-sha256", format!("{HELLO}-3")), is_whole, None);
            for nonsense in ["", "=", "sha-256", "sha-256=::", "sha-256=:AAAA:", "md5=?", ",,,"] {
                check(&one("repr-digest", nonsense.to_owned()), is_whole, None);
            }
        }
        for name in ["content-digest", "content-md5"] {
            let value =
                if name == "content-md5" { HELLO_MD5.to_owned() } else { format!("sha-256=:{HELLO}:") };
            let expected = if name == "content-md5" { HELLO_MD5 } else { HELLO };
            check(&one(name, value.clone()), true, Some(expected));
            check(&one(name, value), false, None);
        }
        let both = [("content-md5", HELLO_MD5.to_owned()), ("repr-digest", format!("sha-256=:{HELLO}:"))];
        check(&both, true, Some(HELLO));
        check(&[], true, None);
    }
}
