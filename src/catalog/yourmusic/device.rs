//! The UUID of this installation: tokens belong to a device, so it is made once and kept for ever. It is no
//! secret, and stays when somebody signs out.

use tokio::sync::OnceCell;

use crate::catalog::{CatalogError, Surroundings};
use crate::model::Secret;

use super::{NAME, convert, not_kept};

/// What it is kept under.
const KEPT_AS: &str = "yourmusic-device";

/// Knows the UUID, or finds or makes it when it is first needed.
#[derive(Debug)]
pub(super) struct Device {
    /// As configured; empty: not.
    set: String,
    surroundings: Surroundings,
    known: OnceCell<String>,
}

impl Device {
    pub(super) fn new(set: &str, surroundings: &Surroundings) -> Self {
        Self { set: set.to_owned(), surroundings: surroundings.clone(), known: OnceCell::new() }
    }

    /// The UUID.
    pub(super) async fn id(&self) -> Result<&str, CatalogError> {
        if !self.set.is_empty() {
            return Ok(&self.set);
        }
        self.known.get_or_try_init(|| self.kept()).await.map(String::as_str)
    }

    async fn kept(&self) -> Result<String, CatalogError> {
        let vault = &self.surroundings.vault;
        // Another process may be starting for the first time too.
        let _turn = vault.exclusive(KEPT_AS).await.map_err(not_kept)?;
        let kept = vault.read(KEPT_AS).await.map_err(not_kept)?;
        if let Some(id) = kept.filter(|id| convert::is_uuid(id.reveal())) {
            return Ok(id.reveal().to_owned());
        }
        let id = uuid((self.surroundings.random)());
        tracing::debug!(service = NAME, "this installation gets its device id");
        vault.write(KEPT_AS, &Secret::new(id.as_str())).await.map_err(not_kept)?;
        Ok(id)
    }
}

/// A UUID of version 4 (RFC 9562 section 5.4).
fn uuid(random: [u8; 16]) -> String {
    let bits = u128::from_be_bytes(random);
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of RFC 9562 section 5.4, and its example with the bits set that the RFC sets.
    #[test]
    fn device_ids_are_random_uuids() {
        let check = |random: u128, expected: &str| {
            assert_eq!(uuid(random.to_be_bytes()), expected);
            assert!(convert::is_uuid(expected));
        };
        check(0x919108f7_52d1_4320_9bac_f847db4148a8, "919108f7-52d1-4320-9bac-f847db4148a8");
        check(0, "00000000-0000-4000-8000-000000000000");
        check(u128::MAX, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
