//! Vaults that do not do what they should, and what every service does about it, for the tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::{BoxFuture, pending};
use tokio::sync::Notify;

use super::{Catalog, CatalogError, MemoryVault, Vault};
use crate::model::{Fault, FaultKind, Secret, SignInStep};

/// A vault that takes only so many writes.
pub(super) struct OddVault {
    inner: MemoryVault,
    room: AtomicU64,
    then: Then,
    /// Told when a write does not end.
    stuck: Notify,
}

/// What becomes of a write for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Fails,
    /// And so does everything else.
    IsClosed,
    NeverEnds,
}

impl OddVault {
    fn new(room: u64, then: Then) -> Arc<Self> {
        Arc::new(Self { inner: MemoryVault::default(), room: room.into(), then, stuck: Notify::new() })
    }

    /// On a disk that is full after so many writes.
    pub(super) fn full_after(writes: u64) -> Arc<Self> {
        Self::new(writes, Then::Fails)
    }

    fn answer<'a, T: Send + 'a>(
        &'a self,
        inner: BoxFuture<'a, Result<T, Fault>>,
    ) -> BoxFuture<'a, Result<T, Fault>> {
        if self.then == Then::IsClosed { full() } else { inner }
    }
}

fn full<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T, Fault>> {
    Box::pin(async { Err(Fault::new(FaultKind::Other, "the disk is full")) })
}

impl Vault for OddVault {
    fn read<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Option<Secret>, Fault>> {
        self.answer(self.inner.read(service))
    }

    fn write<'a>(&'a self, service: &'a str, value: &'a Secret) -> BoxFuture<'a, Result<(), Fault>> {
        let room = self.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| room.checked_sub(1));
        match (room, self.then) {
            (Ok(_), _) => self.inner.write(service, value),
            (Err(_), Then::NeverEnds) => {
                self.stuck.notify_one();
                Box::pin(pending())
            }
            (Err(_), Then::Fails | Then::IsClosed) => full(),
        }
    }

    fn erase<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        self.answer(self.inner.erase(service))
    }

    fn exclusive<'a>(&'a self, service: &'a str) -> BoxFuture<'a, Result<Box<dyn Send>, Fault>> {
        self.answer(self.inner.exclusive(service))
    }
}

/// Checks that a sign-in that cannot be kept says so and lasts as long as the program, and that one that is
/// called off while it is being kept does too. Gives back those whose vault takes nothing.
pub(super) async fn check_unkept<C: Catalog>(
    make: impl Fn(Arc<dyn Vault>) -> C,
    sign_in: impl AsyncFn(&C) -> Result<SignInStep, CatalogError>,
) -> Vec<C> {
    let stuck = OddVault::new(0, Then::NeverEnds);
    let catalog = make(Arc::clone(&stuck) as Arc<dyn Vault>);
    tokio::select! {
        step = sign_in(&catalog) => panic!("{step:?}"),
        () = stuck.stuck.notified() => {}
    }
    assert!(catalog.capabilities().account.who.is_some(), "called off");
    let mut catalogs = Vec::new();
    for vault in [OddVault::full_after(0), OddVault::new(0, Then::IsClosed)] {
        let then = vault.then;
        let catalog = make(vault);
        let Ok(SignInStep::Done { unkept: Some(fault), .. }) = sign_in(&catalog).await else {
            panic!("nobody was told: {then:?}");
        };
        let words = format!("The sign-in at {} cannot be kept: the disk is full", catalog.name());
        assert_eq!(fault.message.as_str(), words);
        assert!(catalog.capabilities().account.who.is_some(), "{then:?}");
        catalogs.push(catalog);
    }
    catalogs
}
