//! Pages that were read before: what is shown again, and what of them is on the disk.

use std::sync::atomic::AtomicBool;

use super::*;

/// Lists come again without a request; with the service gone they come marked, and sound does not come at all.
#[tokio::test]
async fn going_back_asks_nobody_and_nothing_is_lost_when_the_service_is_gone() {
    let is_gone = Arc::new(AtomicBool::new(false));
    let gone = Arc::clone(&is_gone);
    let stand = Stand::start(move |call| {
        if gone.load(Ordering::Relaxed) {
            return json(503, &"");
        }
        if call.path == "/yourmusic/tracks/search" {
            let row = json!({"id": 7, "title": "Ferry", "payload": "b3BhcXVl", "entitlement": {"until": 9}});
            return token(call)
                .unwrap_or_else(|| json(200, &json!({"results": [row], "page": 1, "totalItems": 1})));
        }
        server(call)
    });
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicU64::new(1000));
    let run = || {
        let time = Arc::clone(&clock);
        let unix_time = Arc::new(move || time.load(Ordering::Relaxed));
        let around = Surroundings { unix_time, pages: Some(folder.path().to_owned()), ..surroundings(0) };
        YourMusic::new(&settings(&stand), &net(), &around)
    };
    let read = async |catalog: &YourMusic| {
        let words = words("ferry", 10, 0);
        let mut pages = vec![catalog.search(&words).await.unwrap()];
        for list in ["home", "featured", "mine"] {
            pages.push(catalog.browse(&ListId(list.to_owned()), 0).await.unwrap());
        }
        pages
    };
    let catalog = run();
    let first = read(&catalog).await;
    assert!(first.iter().all(|page| !page.is_stale && !page.items.is_empty()));
    let asked = stand.calls().len();
    assert_eq!(read(&catalog).await, first);
    assert_eq!(stand.calls().len(), asked, "going back costs no request");

    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned();
        for secret in ["b3BhcXVl", "until", "delegated", "s3cret"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }

    // Another run, hours later, which cannot even get a token.
    is_gone.store(true, Ordering::Relaxed);
    clock.store(9000, Ordering::Relaxed);
    let catalog = run();
    let again = read(&catalog).await;
    assert!(again.iter().all(|page| page.is_stale));
    let rows = |pages: Vec<Page<Item>>| pages.into_iter().map(|page| page.items).collect::<Vec<_>>();
    assert_eq!(rows(again), rows(first));
    catalog.locate("7", Purpose::Listen).await.unwrap_err();
    catalog.ping().await.unwrap_err();
    catalog.sign_out().await.unwrap();
    catalog.browse(&ListId("mine".to_owned()), 0).await.unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
