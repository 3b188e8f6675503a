//! What is done about a segment that is not there, so that as little as possible of the sound is lost.

use std::time::Duration;

use super::super::playlist::Segment;
use super::super::source::Want;
use super::trouble::{Missing, Trouble};
use super::{Fetcher, StreamError};

/// Before a segment that the server did not know is asked for once more, while there is sound in reserve.
const A_MOMENT: Duration = Duration::from_secs(1);

impl Fetcher {
    /// Does what can be done; whether fetching goes on with the same place rather than with the next. An error
    /// when nothing helps any more.
    pub(super) async fn help(&mut self, trouble: Trouble, segment: &Segment) -> Result<bool, StreamError> {
        if self.go_back(&trouble) {
            return Ok(true);
        }
        match trouble {
            Trouble::Slow => self.descend().await,
            // Its key or its codec: those of another variant may be others.
            Trouble::Fatal(StreamError::Unsupported { .. } | StreamError::Playlist { .. })
                if self.replace(segment.sequence).await => {}
            Trouble::Fatal(error) => return Err(error),
            Trouble::Missing(_) | Trouble::Gone(_) | Trouble::Unreachable(_)
                if self.replace(segment.sequence).await => {}
            Trouble::Gone(_) if self.asked_again != Some(segment.sequence) => {
                self.asked_again = Some(segment.sequence);
                let reserve = Duration::try_from_secs_f64(self.filler.seconds() / 2.0).unwrap_or_default();
                tokio::time::sleep(reserve.min(A_MOMENT)).await;
            }
            Trouble::Gone(missing) | Trouble::Missing(missing) => {
                self.hop(missing)?;
                return Ok(false);
            }
            Trouble::Unreachable(error) => {
                let is_answered = error.status().is_some();
                let error = StreamError::Net(error);
                let is_left_out = if self.source.is_warm() {
                    self.is_alone(segment).await
                } else {
                    // The listener has waited long enough for a first sound.
                    is_answered
                };
                if is_left_out {
                    self.hop(Missing::from(error))?;
                    return Ok(false);
                }
                let is_over = self.source.outage().is_hopeless() || self.source.retries() == 0;
                if is_over || !self.source.is_warm() {
                    return Err(error);
                }
            }
        }
        Ok(true)
    }

    /// Whether only this segment cannot be had: the one beside it comes, and this one does not even now.
    async fn is_alone(&self, segment: &Segment) -> bool {
        let at = |index: usize| self.playlist.segments.get(index);
        let Some(beside) = at(self.next + 1).or_else(|| at(self.next.checked_sub(1)?)) else { return false };
        self.comes(beside).await && !self.comes(segment).await
    }

    /// Whether a segment comes when it is asked for once. It is not asked for again if so.
    async fn comes(&self, segment: &Segment) -> bool {
        let Some(url) = segment.resolved.as_ref().filter(|_| !segment.gap) else { return false };
        let fetched = self.source.fetch_once(url, segment.byterange, Want::Segment).await;
        fetched.is_ok_and(|fetched| {
            if self.is_cached() {
                self.source.cache.keep((url.clone(), segment.byterange), fetched.bytes);
            }
            true
        })
    }
}
