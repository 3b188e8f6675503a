//! Where manifests are: what an answer may be, and what happens when it is refused.

use super::*;

/// A stand whose streams answer this.
fn streams(status: u16, media_type: &'static str, body: &str) -> Stand {
    let body = body.to_owned();
    Stand::start(move |call| {
        token(call).unwrap_or_else(|| match call.path.as_str() {
            "/yourmusic/me" => json(200, &recorded("user").replace("SUBSCRIBED", "EXPIRED")),
            _ => (status, media_type, body.clone()),
        })
    })
}

#[tokio::test]
async fn a_manifest_is_told_by_its_first_line() {
    for media_type in ["application/vnd.apple.mpegurl", "audio/mpegurl", "text/plain", "application/json"] {
        let stand = streams(200, media_type, "\u{feff}#EXTM3U\r\n#EXT-X-VERSION:3\r\n");
        let catalog = yourmusic(&stand);
        for _ in 0..3 {
            let Locator::Hls(address) = catalog.locate(STREAM_ID, Purpose::Listen).await.unwrap() else {
                panic!()
            };
            assert_eq!(address.url, stand.url(&format!("/yourmusic/stream/{STREAM_ID}")));
            assert_eq!(address.headers.len(), 2);
        }
        let calls = stand.calls();
        let asked: Vec<&Call> = calls.iter().filter(|call| call.path.contains("/stream/")).collect();
        assert_eq!(asked.len(), 1, "once, and then it is known");
        assert!(asked[0].header("accept").starts_with("application/vnd.apple.mpegurl"));
    }
}

#[tokio::test]
async fn an_answer_may_name_the_manifest() {
    let rows = [
        (r#"{"url": "https://hls.example/a.m3u8?sig=1"}"#, Some("https://hls.example/a.m3u8?sig=1"), 0),
        (r#"{"data": {"stream_url": "/hls/a.m3u8"}}"#, Some("/hls/a.m3u8"), 2),
        (r#"{"data": "a.m3u8"}"#, Some("/yourmusic/stream/a.m3u8"), 2),
        (r#"{"url": "file:///etc/passwd"}"#, None, 0),
        (r#"{"url": null}"#, None, 0),
        ("ID3", None, 0),
    ];
    for (body, expected, headers) in rows {
        let stand = streams(200, "application/json", body);
        let located = yourmusic(&stand).locate(STREAM_ID, Purpose::Listen).await;
        let Some(expected) = expected else {
            assert_eq!(located.unwrap_err().fault().kind, FaultKind::Network, "{body}");
            continue;
        };
        let Ok(Locator::Hls(address)) = located else { panic!("{body}") };
        assert_eq!(address.url, stand.url("/").join(expected).unwrap(), "{body}");
        assert_eq!(address.headers.len(), headers, "the bearer stays with its own: {body}");
    }
}

#[tokio::test]
async fn going_on_renews_a_refused_token() {
    let mints = Arc::new(AtomicU64::new(0));
    let minted = Arc::clone(&mints);
    let stand = Stand::start(move |call| match call.path.as_str() {
        "/yourmusic/oauth/token" => json(200, &json!({"access_token": "client"})),
        "/yourmusic/users/u1/udt" => {
            let number = minted.fetch_add(1, Ordering::SeqCst) + 1;
            json(200, &json!({"token": format!("delegated-{number}"), "expires_in": 600}))
        }
        _ if call.header("authorization")
            == format!("Bearer delegated-{}", minted.load(Ordering::SeqCst)) =>
        {
            (200, "text/plain", "#EXTM3U\n".to_owned())
        }
        _ => json(401, &json!({})),
    });
    let catalog = yourmusic(&stand);
    catalog.locate(STREAM_ID, Purpose::Listen).await.unwrap();
    // The service takes another one from now on.
    mints.fetch_add(1, Ordering::SeqCst);
    let Locator::Hls(address) = catalog.locate(STREAM_ID, Purpose::GoOn).await.unwrap() else { panic!() };
    assert_eq!(address.headers[0].1.reveal(), "Bearer delegated-3");
}

#[tokio::test]
async fn who_has_not_paid_is_told_so() {
    let stand = streams(403, "application/json", r#"{"message": "A subscription is needed."}"#);
    let fault = yourmusic(&stand).locate(STREAM_ID, Purpose::Listen).await.unwrap_err().fault();
    assert_eq!(fault.kind, FaultKind::Refused);
    for part in ["A subscription is needed", "EXPIRED", "segue service yourmusic checkout"] {
        assert!(fault.to_string().contains(part), "{fault}");
    }
}
