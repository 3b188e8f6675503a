//! What bytes are by their looks, whatever their name or media type says.

use super::hls::playlist::without_lead;

/// Bytes that suffice to tell what a body is.
pub(super) const SNIFF_BYTES: usize = 512;

/// Whether it is an HLS playlist (or another extended M3U).
pub(super) fn is_manifest(head: &[u8]) -> bool {
    without_lead(head).starts_with(b"#EXTM3U")
}

/// Whether a media type is one that HLS playlists are sent with (RFC 8216 section 4 and practice).
pub(super) fn is_hls_media_type(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/vnd.apple.mpegurl"
            | "application/x-mpegurl"
            | "application/mpegurl"
            | "audio/mpegurl"
            | "audio/x-mpegurl"
    )
}

/// What text was sent where sound was expected, if it is text.
pub(super) fn text_in_place_of_audio(media_type: Option<&str>, head: &[u8]) -> Option<&'static str> {
    if is_web_page(head) || media_type == Some("text/html") {
        return Some("a web page");
    }
    (media_type == Some("application/json")).then_some("text")
}

/// Whether it begins as an HTML page does.
pub(super) fn is_web_page(head: &[u8]) -> bool {
    let lower = without_lead(head).get(..14).unwrap_or(without_lead(head)).to_ascii_lowercase();
    lower.starts_with(b"<html") || lower.starts_with(b"<!doctype html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_decide() {
        assert!(is_manifest(b"\xef\xbb\xbf\r\n #EXTM3U\n") && !is_manifest(b"EXTM3U"));
        for page in ["<!DOCTYPE html><p>", "\n  <HTML lang=de>", "<!doctype HTML>"] {
            assert_eq!(text_in_place_of_audio(None, page.as_bytes()), Some("a web page"), "{page}");
        }
        assert_eq!(text_in_place_of_audio(Some("audio/mpeg"), b"ID3"), None);
        assert_eq!(text_in_place_of_audio(Some("text/html"), b"hello"), Some("a web page"));
        assert_eq!(text_in_place_of_audio(Some("application/json"), b"{}"), Some("text"));
        assert_eq!(text_in_place_of_audio(None, b"<"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(head in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..100)) {
            let text = text_in_place_of_audio(Some("audio/mpeg"), &head);
            proptest::prop_assert!(text.is_none() || head.contains(&b'<'));
            is_manifest(&head);
        }
    }
}
