//! The task that streams a file into a window and mends broken connections.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::net::NetError;
use crate::stream::StreamError;
use crate::stream::buffer::Feed;

use super::icy::Icy;
use super::jitter;
use super::remote::{Answer, Remote};

/// Bytes after which a connection counts as mended, so that failures are counted anew.
const MENDED_BYTES: u64 = 64 << 10;

/// Streams from byte `position` to the end of the file, or until cancelled or dropped.
pub(super) async fn pump(
    remote: Arc<Remote>,
    feed: Feed,
    position: u64,
    begun: Option<(Vec<u8>, Option<Answer>)>,
) {
    let result = tokio::select! {
        result = stream(&remote, &feed, position, begun) => result,
        () = remote.cancel.cancelled() => Err(StreamError::Cancelled),
    };
    feed.finish(result.err());
}

async fn stream(
    remote: &Remote,
    feed: &Feed,
    mut position: u64,
    begun: Option<(Vec<u8>, Option<Answer>)>,
) -> Result<(), StreamError> {
    let mut answer = None;
    if let Some((head, mut begun)) = begun {
        if let Some(icy) = begun.as_mut().and_then(|answer| answer.icy.as_mut()) {
            remote.keep_titles(icy.take_titles().into_iter().map(|(at, title)| (position + at, title)));
        }
        feed.push(&head).await;
        position += head.len() as u64;
        answer = begun;
    }
    let retries = remote.net.settings().retries;
    // Answers in a row that broke off before they were of use: such a server is not away, it has no more. Before
    // anything can have been heard, every failure counts.
    let mut fruitless = 0;
    let mut mended_at = position.saturating_add(MENDED_BYTES);
    loop {
        let mut has_answered = answer.is_some();
        let error = match run(remote, feed, &mut position, answer.take(), &mut has_answered).await {
            Ok(()) if !remote.is_radio && remote.total.is_none_or(|total| position >= total) => return Ok(()),
            // Some servers send their files in stretches.
            Ok(()) if position >= mended_at => {
                fruitless = 0;
                mended_at = position.saturating_add(MENDED_BYTES);
                continue;
            }
            Ok(()) => NetError::Broken {
                host: remote.final_url.host_str().unwrap_or_default().to_owned(),
                reason: "the answer ended early".to_owned(),
            },
            Err(StreamError::Net(error)) => error,
            Err(error) => return Err(error),
        };
        if position >= mended_at {
            fruitless = 0;
            remote.outage.over();
        }
        mended_at = position.saturating_add(MENDED_BYTES);
        let is_warm = remote.monitor.bytes_received.load(Ordering::Relaxed) >= MENDED_BYTES;
        fruitless += u8::from(!is_warm || has_answered && !matches!(error, NetError::Timeout { .. }));
        let Some(delay) = remote.outage.failed(&error, jitter()) else { return Err(error.into()) };
        if retries == 0 || fruitless > retries {
            return Err(error.into());
        }
        remote.monitor.tries_again(&error);
        remote.outage.pause(&remote.monitor.hunger, &error, delay, jitter()).await;
    }
}

/// Reads one answer to its end, asking for it first if need be, and says whether there was one. Bytes beyond the
/// length of the file are dropped.
async fn run(
    remote: &Remote,
    feed: &Feed,
    position: &mut u64,
    answer: Option<Answer>,
    has_answered: &mut bool,
) -> Result<(), StreamError> {
    let is_over = |position: u64| remote.total.is_some_and(|total| position >= total);
    if is_over(*position) {
        return Ok(());
    }
    let Answer { mut response, mut skip, mut icy } = match answer {
        Some(answer) => answer,
        None => remote.ask(*position).await?,
    };
    *has_answered = true;
    // Where the answer began, for one whose first bytes were read elsewhere.
    let base = position.saturating_sub(icy.as_ref().map_or(0, Icy::given));
    while let Some(chunk) = response.chunk().await? {
        remote.monitor.received(chunk.len());
        let chunk = match &mut icy {
            Some(icy) => {
                let sound = icy.strip(&chunk);
                remote.keep_titles(icy.take_titles().into_iter().map(|(at, title)| (base + at, title)));
                sound.into()
            }
            None => chunk,
        };
        let passed = skip.min(chunk.len() as u64);
        skip -= passed;
        let room = remote.total.map_or(u64::MAX, |total| total - *position);
        let fresh = chunk.len() as u64 - passed;
        // Both are at most the length of the chunk.
        let (from, count) =
            (usize::try_from(passed).unwrap_or(0), usize::try_from(fresh.min(room)).unwrap_or(0));
        feed.push(&chunk[from..from + count]).await;
        *position += count as u64;
        if is_over(*position) {
            break;
        }
    }
    Ok(())
}
