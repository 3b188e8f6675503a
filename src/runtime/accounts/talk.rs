//! A sign-in from its beginning to its end: what the service asks goes out, what the listener answers comes in,
//! and so does what the browser comes back with, by itself.

use std::future::pending;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::Receiver;

use crate::catalog::Catalog;
use crate::model::{Fault, Secret, SignInAnswer, SignInStep};
use crate::runtime::sign_in::{Listener, SignInError, Spelling, belongs_to};

/// What the service asks next, or what was wrong.
pub(super) type Asked = Result<SignInStep, Fault>;

type Pairs = Vec<(String, Secret)>;

/// Holds the talk until somebody is signed in or nobody answers any more. Its end, also when it is dropped,
/// closes the place that the browser comes back to. Without `comes_back` there is none: the browser may be on
/// another machine.
pub(super) async fn hold(
    catalog: Arc<dyn Catalog>,
    comes_back: bool,
    mut answers: Receiver<SignInAnswer>,
    mut tell: impl FnMut(Asked) -> BoxFuture<'static, ()> + Send,
) {
    // Some services refuse numbers in place of a name, and none is known to refuse the name. Without a place to
    // come back to, a service may have another way.
    let mut place = None;
    if comes_back {
        match Listener::open(Spelling::Localhost).await {
            Ok(opened) => place = Some(opened),
            Err(error) => tracing::warn!("{error}"),
        }
    }
    let callback = place.as_ref().map(|place: &Listener| place.redirect_address().clone());
    let mut back: Option<BoxFuture<'static, Result<Pairs, SignInError>>> = None;
    let mut answer = SignInAnswer::Begin { callback };
    loop {
        let asked = catalog.sign_in(answer).await.map_err(|error| error.fault());
        let is_over = matches!(asked, Ok(SignInStep::Done { .. }));
        if let Ok(SignInStep::Visit { address, .. }) = &asked
            && let Some(place) = place.take()
        {
            back = Some(Box::pin(place.answer(belongs_to(address))));
        }
        tell(asked).await;
        if is_over {
            return;
        }
        answer = loop {
            tokio::select! {
                answer = answers.recv() => match answer {
                    Some(answer) => break answer,
                    None => return,
                },
                came = come_back(&mut back) => {
                    back = None;
                    match came {
                        Ok(pairs) => break SignInAnswer::Callback(pairs),
                        Err(error) => tell(Err(error.fault())).await,
                    }
                }
            }
        };
    }
}

async fn come_back(
    back: &mut Option<BoxFuture<'static, Result<Pairs, SignInError>>>,
) -> Result<Pairs, SignInError> {
    match back {
        Some(back) => back.await,
        None => pending().await,
    }
}
