//! Pages that were read before: what is shown again, and when it is marked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::sign_in::{desk, service, signed_in};
use super::*;

/// Lists come again without a request, until something is changed; with every host gone they come marked.
#[tokio::test]
async fn going_back_asks_nobody_and_nothing_is_lost_when_the_service_is_gone() {
    let is_gone = Arc::new(AtomicBool::new(false));
    let (gone, all) = (Arc::clone(&is_gone), service());
    let stand = Stand::start(move |call| {
        if gone.load(Ordering::Relaxed) {
            return json(503, &"");
        }
        match call.path.as_str() {
            "/audius/v1/tracks/search" => json(200, &SEARCH),
            "/audius/v1/users/nlGNe/playlists" if call.method == "GET" => {
                json(200, &json!({ "data": [{ "id": "b", "playlist_name": "Mine" }] }))
            }
            _ => all(call),
        }
    });
    let desk = desk(stand.url("/audius"), &Arc::default());
    let own = ListId(super::lists::OWN_PLAYLISTS.to_owned());
    let words = words("harbour", 20, 0);
    let guest = desk.audius.search(&words).await.unwrap();
    signed_in(&desk).await;
    let read =
        async || [desk.audius.search(&words).await.unwrap(), desk.audius.browse(&own, 0).await.unwrap()];
    let first = read().await;
    assert!(first.iter().all(|page| !page.is_stale && !page.items.is_empty()));
    let asked = stand.calls().len();
    assert_eq!(read().await, first);
    assert_eq!(stand.calls().len(), asked, "going back costs no request");
    desk.time.fetch_add(1, Ordering::SeqCst);
    let item = "audius:track:a".parse().unwrap();
    desk.audius.change(&Change::Like { item, on: true }).await.unwrap();
    read().await;
    assert_eq!(stand.calls().len(), asked + 3, "what was changed is read again");

    is_gone.store(true, Ordering::Relaxed);
    // The second time the token is over, too, and cannot be renewed.
    for later in [400, 9000] {
        desk.time.fetch_add(later, Ordering::SeqCst);
        let again = read().await;
        assert!(again.iter().all(|page| page.is_stale), "after {later} s");
        assert_eq!(again.map(|page| page.items), first.clone().map(|page| page.items));
    }
    desk.audius.ping().await.unwrap_err();
    desk.audius.sign_out().await.unwrap();
    let left = desk.audius.search(&words).await.unwrap();
    assert_eq!((left.is_stale, left.items), (true, guest.items));
    assert_eq!(desk.audius.browse(&own, 0).await.unwrap_err().fault().kind, FaultKind::SignInNeeded);
}
