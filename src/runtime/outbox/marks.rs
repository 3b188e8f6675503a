//! Sends likes, reposts and follows. Each may be sent twice and is as if sent once, so that a lost answer is followed by the
//! same request.

use crate::catalog::{Catalog, CatalogError};
use crate::model::{Fault, FaultKind, MarkSettled, Retry, ToldMark};

use super::{MAX_SENT, Post};

/// What came of the marks that were due at one service, in order, and whether the service can be asked for more.
pub(super) async fn send_marks(
    post: &Post,
    catalog: &dyn Catalog,
    early: bool,
) -> Result<(Vec<ToldMark>, bool), Fault> {
    let mut told = Vec::new();
    let mut last = 0;
    for _ in 0..MAX_SENT {
        let service = catalog.id();
        let errand = post.ask(move |library, now| library.next_mark(&service, early, last, now)).await?;
        let Some(errand) = errand else { break };
        let (number, wish) = (errand.number, errand.wish);
        last = number;
        let what = match catalog.change(&wish.mark.change(wish.item.clone(), wish.on)).await {
            Ok(_) => MarkSettled::Arrived,
            Err(error) => failed(&error),
        };
        let settled = what.clone();
        post.ask(move |library, now| library.settle_mark(number, &settled, now)).await?;
        let is_over = matches!(&what, MarkSettled::Waits(fault) if ends_round(fault));
        told.push(ToldMark { wish, what });
        if is_over {
            return Ok((told, false));
        }
    }
    Ok((told, true))
}

/// Whether who says this to one request says it to the next.
pub(super) fn ends_round(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Network | FaultKind::Limited | FaultKind::SignInNeeded)
}

fn failed(error: &CatalogError) -> MarkSettled {
    let fault = error.fault();
    if can_wait(&fault) { MarkSettled::Waits(fault) } else { MarkSettled::Refused(fault) }
}

/// Whether it may still be done another time.
pub(in crate::runtime) fn can_wait(fault: &Fault) -> bool {
    fault.retry == Retry::Later || fault.kind == FaultKind::SignInNeeded
}
