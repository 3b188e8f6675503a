//! Answers that are too large, packed or not.

use super::*;

/// 10 GiB of zeros: 640 times 16 MiB through the Brotli encoder of Node's zlib at quality 9, window 24.
const TEN_GIB: &[u8] = include_bytes!("../../../tests/fixtures/net/ten-gib-of-zeros.br");

const CAP: usize = 32 << 20;

/// Sends `head`, then the pieces, to the first who asks. Gives the address, and later the request's lines and
/// how many bytes of the body were taken before the client hung up.
fn serve(
    head: &str,
    pieces: impl Iterator<Item = Vec<u8>> + Send + 'static,
) -> (url::Url, thread::JoinHandle<(Vec<String>, usize)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{head}");
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(&stream).lines().map_while(Result::ok);
        let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
        (&stream).write_all(head.as_bytes()).unwrap_or_default();
        let taken =
            pieces.take_while(|piece| (&stream).write_all(piece).is_ok()).map(|piece| piece.len()).sum();
        (lines, taken)
    });
    (url, server)
}

async fn read(url: url::Url, cap: usize) -> Result<usize, NetError> {
    let response = Net::new(NetworkSettings::default()).send(Request::get(url, Limit::Api)).await?;
    response.bytes(cap).await.map(|body| body.len())
}

/// A gzip body (RFC 1951, RFC 1952) of zeros without end: a zero, then copies of 258 bytes from one byte before,
/// each 13 bits long.
fn endless_gzip() -> impl Iterator<Item = Vec<u8>> {
    let start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // The last block, with fixed codes; the literal 0; then length code 285 and distance code 0.
    let head = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    let copy = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let bytes = |bits: Vec<u8>| -> Vec<u8> {
        bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect()
    };
    // Sixteen bits end on a byte; eight copies are thirteen bytes.
    let (mut first, mut cycle) = (head.to_vec(), copy.into_iter().cycle());
    first.extend(cycle.by_ref().take(5));
    let more = bytes(cycle.take(13 * 8 * 600).collect());
    std::iter::once([start.to_vec(), bytes(first)].concat()).chain(std::iter::repeat(more))
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_stop_at_the_cap() {
    // What 10 GiB of zeros are at least in gzip, at 13 bits for 258 bytes.
    const TEN_GIB_OF_GZIP: usize = (10 << 30) / 258 * 13 / 8;
    for (coding, pieces) in [
        ("gzip", Box::new(endless_gzip()) as Box<dyn Iterator<Item = Vec<u8>> + Send>),
        ("br", Box::new(TEN_GIB.chunks(4096).map(<[u8]>::to_vec))),
    ] {
        let (url, server) = serve(&format!("Content-Encoding: {coding}\r\n\r\n"), pieces);
        let net = Net::new(NetworkSettings::default());
        let mut response = net.send(Request::get(url, Limit::Api)).await.unwrap();
        // The body is read in small pieces: nothing beyond the cap is ever held.
        let piece = response.chunk().await.unwrap().unwrap();
        assert!(
            (1..=64 << 10).contains(&piece.len()) && piece.iter().all(|byte| *byte == 0),
            "{}",
            piece.len()
        );
        let error = response.bytes(CAP).await.unwrap_err();
        assert!(matches!(error, NetError::TooLarge { cap_bytes: CAP, .. }), "{coding}: {error:?}");
        assert!(error.to_string().ends_with("sent more than 32 MiB"), "{error}");
        let (asked, taken) = server.join().unwrap();
        assert!(asked.iter().any(|line| line.eq_ignore_ascii_case("accept-encoding: gzip,br")), "{asked:?}");
        assert!(coding == "br" || taken < TEN_GIB_OF_GZIP, "{coding}: {taken}");
    }
}

/// What is packed several times is not unpacked: it comes as it is, and small.
#[tokio::test]
async fn layers_are_left_alone() {
    let pieces = endless_gzip().take(1).collect::<Vec<_>>();
    let size = pieces[0].len();
    let head = "Content-Encoding: gzip, gzip, br, gzip, gzip, gzip\r\n\r\n";
    let (url, _server) = serve(head, pieces.into_iter());
    assert_eq!(read(url, CAP).await, Ok(size));
}

#[tokio::test]
async fn a_body_may_be_as_large_as_its_cap() {
    for (size, expected) in [(CAP - 1, Some(CAP - 1)), (CAP, Some(CAP)), (CAP + 1, None)] {
        for head in [format!("Content-Length: {size}\r\n\r\n"), "\r\n".to_owned()] {
            let (url, _server) = serve(&head, std::iter::once(vec![7; size]));
            let read = read(url, CAP).await;
            assert_eq!(read.as_ref().ok(), expected.as_ref(), "{size}: {read:?}");
            assert!(read.is_ok() || matches!(read, Err(NetError::TooLarge { .. })), "{read:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_have_an_end() {
    let ends = |size: usize| format!("X-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(size));
    let (url, _server) = serve(&ends(300 << 10), std::iter::empty());
    assert_eq!(read(url, CAP).await, Ok(0));
    let (url, server) = serve("X-Long: ", std::iter::repeat(vec![b'x'; 1 << 16]));
    let error = read(url, CAP).await.unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error:?}");
    assert!(server.join().unwrap().1 < CAP, "it hung up");
    let many = "X-Many: 1\r\n".repeat(5000);
    let (url, _server) = serve(&format!("{many}\r\n"), std::iter::empty());
    let error = read(url, CAP).await.unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error:?}");
}

/// Lies about the coding and bodies cut in the middle are no answers.
#[tokio::test]
async fn what_cannot_be_unpacked_is_broken() {
    for (coding, body) in
        [("gzip", &b"{\"data\":[]}"[..]), ("br", &TEN_GIB[..100]), ("gzip", &[0x1f, 0x8b, 8])]
    {
        let head = format!("Content-Encoding: {coding}\r\n\r\n");
        let (url, _server) = serve(&head, std::iter::once(body.to_vec()));
        let error = read(url, usize::MAX).await.unwrap_err();
        assert!(matches!(error, NetError::Broken { .. }), "{coding}: {error:?}");
    }
}
