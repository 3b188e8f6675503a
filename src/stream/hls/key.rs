//! AES-128 decryption of whole segments (RFC 8216 sections 4.3.2.4 and 5.2).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use url::Url;

use crate::stream::StreamError;

use super::address_shown;
use super::playlist::Key;
use super::source::{Source, Want};

/// Most keys remembered at once.
const MAX_KEYS: usize = 1_000;

/// Keys fetched so far, so that each is asked for once.
#[derive(Default)]
pub(super) struct Keys(Mutex<HashMap<Url, [u8; 16]>>);

impl Keys {
    fn find(&self, url: &Url) -> Option<[u8; 16]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).copied()
    }

    fn keep(&self, url: &Url, secret: [u8; 16]) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(url.clone(), secret);
    }
}

/// Fetches the key if it is not known yet and decrypts a segment.
///
/// `None` when key and segment do not fit each other; an error when the key cannot be had or the method
/// is one that cannot be played.
pub(super) async fn decipher(
    key: &Key,
    sequence: u64,
    bytes: Vec<u8>,
    source: &Source,
) -> Result<Option<Vec<u8>>, StreamError> {
    let url = playable(key)?;
    let secret = match source.keys.find(url) {
        Some(secret) => secret,
        None => fetch(url, source).await?,
    };
    let vector = key.initialisation_vector().unwrap_or_else(|| u128::from(sequence).to_be_bytes());
    Ok(decrypt(&secret, &vector, bytes))
}

async fn fetch(url: &Url, source: &Source) -> Result<[u8; 16], StreamError> {
    let fetched = source.fetch(url, None, Want::Key).await?.bytes;
    let secret = <[u8; 16]>::try_from(fetched.as_ref()).map_err(|_| StreamError::Playlist {
        from: address_shown(url),
        reason: format!("a key has 16 bytes, this one {}", fetched.len()),
    })?;
    source.keys.keep(url, secret);
    Ok(secret)
}

/// Why a key cannot be used whatever it is.
fn unsupported(key: &Key) -> Option<String> {
    if let Some(format) = key.keyformat.as_deref().filter(|format| *format != "identity") {
        return Some(format!("its keys are for {format} (copy protection)"));
    }
    let is_known = key.method == "AES-128";
    (!is_known).then(|| format!("its encryption {} is not supported", key.method))
}

/// Why none of the keys can be used, if that is so.
pub(super) fn refusal(keys: &[Key]) -> Option<String> {
    let reasons: Option<Vec<String>> =
        keys.iter().filter(|key| key.method != "NONE").map(unsupported).collect();
    reasons?.into_iter().next()
}

/// The key's address, if its method can be played at all.
fn playable(key: &Key) -> Result<&Url, StreamError> {
    let from = || key.resolved.as_ref().map_or_else(|| "the playlist".to_owned(), address_shown);
    if let Some(reason) = unsupported(key) {
        return Err(StreamError::Unsupported { from: from(), reason });
    }
    key.resolved.as_ref().ok_or_else(|| StreamError::Unsupported {
        from: from(),
        reason: "its key has no address that may be opened".to_owned(),
    })
}

/// CBC over the whole segment with PKCS #7 padding.
pub(in crate::stream) fn decrypt(key: &[u8; 16], vector: &[u8; 16], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let cipher = cbc::Decryptor::<Aes128>::new(key.into(), vector.into());
    let length = cipher.decrypt_padded::<Pkcs7>(&mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn the_published_vector_decrypts() {
        // RFC 3602 section 4 case 1 with a block of padding added by openssl enc -aes-128-cbc.
        let key = bytes("06a9214036b8a15b512e03d534120006").try_into().unwrap();
        let vector = bytes("3dafba429d9eb430b422da802c9fac41").try_into().unwrap();
        let sealed = bytes(SEALED);
        assert_eq!(decrypt(&key, &vector, sealed.clone()).unwrap(), b"Single block msg");
        for length in [0, 16, 31] {
            assert_eq!(decrypt(&key, &vector, sealed[..length].to_vec()), None, "{length} bytes");
        }
    }

    const SEALED: &str = "e353779c1079aeb82708942dbe77181ab97c825e1c785146542d396941bce55d";
}
