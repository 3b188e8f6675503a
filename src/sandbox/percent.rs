//! Percent-encoding as RFC 3986 section 2.1 and RFC 5849 section 3.6 write it.

use std::fmt::Write as _;

/// Encodes all but letters, digits and `- . _ ~`, in upper case (RFC 5849 section 3.6).
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Decodes `%XX`; what is no such triplet stays, and what is no UTF-8 becomes U+FFFD. A `+` stays a `+`.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(1), digit(2)) {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5849 section 3.4.1.3.1 and the reserved set of RFC 3986 section 2.2.
    #[test]
    fn reserved_characters_are_encoded() {
        let check = |plain: &str, encoded: &str| {
            assert_eq!(encode(plain), encoded);
            assert_eq!(decode(encoded), plain);
        };
        check("r b", "r%20b");
        check("=%3D", "%3D%253D");
        check("a-b.c_d~e", "a-b.c_d~e");
        check("!'()*+&/", "%21%27%28%29%2A%2B%26%2F");
        check("雨", "%E9%9B%A8");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
    }

    proptest::proptest! {
        #[test]
        fn decoding_undoes_encoding(text in ".*") {
            proptest::prop_assert_eq!(decode(&encode(&text)), text);
        }

        #[test]
        fn anything_can_be_decoded(text in "(%[0-9a-f]?|.)*") {
            proptest::prop_assert!(decode(&text).len() <= 3 * text.len());
        }
    }
}
