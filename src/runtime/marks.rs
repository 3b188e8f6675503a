//! Marks that did not reach their service: kept, and sent when they can be. Decides nothing.

use std::path::Path;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::library::{Marks, WaitingMark};
use crate::model::{Fault, FaultKind, Retry};

/// Keeps a mark until it is sent.
pub(super) async fn keep_mark(library: &Path, waiting: WaitingMark) -> Result<(), Fault> {
    with_marks(library, move |marks| marks.put(&waiting)).await
}

/// Sends the marks that wait; gives what was refused for good, or went wrong here.
pub(super) async fn send_marks(library: &Path, catalogs: &[Arc<dyn Catalog>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for catalog in catalogs.iter().filter(|catalog| !catalog.capabilities().is_local) {
        if let Err(fault) = send_to(library, &**catalog, &mut faults).await {
            faults.push(fault);
        }
    }
    faults
}

/// The error is one of the library alone.
async fn send_to(library: &Path, catalog: &dyn Catalog, faults: &mut Vec<Fault>) -> Result<(), Fault> {
    let service = catalog.id();
    let waiting = with_marks(library, move |marks| marks.waiting(&service)).await?;
    for wish in waiting {
        if !wish.mark.allowed(&catalog.capabilities().powers).contains(&wish.item.kind) {
            // Nobody is signed in: it waits.
            continue;
        }
        if let Err(error) = catalog.change(&wish.mark.change(wish.item.clone(), wish.on)).await {
            let fault = error.fault();
            if fault.retry == Retry::Later || fault.kind == FaultKind::SignInNeeded {
                return Ok(());
            }
            faults.push(fault);
        }
        with_marks(library, move |marks| marks.settle(&wish)).await?;
    }
    Ok(())
}

async fn with_marks<T: Send + 'static>(
    library: &Path,
    question: impl FnOnce(&mut Marks) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let path = library.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        question(&mut Marks::join(&path).map_err(|error| error.fault())?)
    });
    asked.await.map_err(|error| Fault::new(FaultKind::Other, error.to_string()))?
}
