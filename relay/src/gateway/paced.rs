//! Bodies that hold a place, and lose it if their client reads too slowly.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::limits;

/// Pieces that wait for the connection; the largest is a block of 1 MiB.
const AHEAD: usize = 2;

/// Writes a body at the pace of its client.
pub(super) struct Writer {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    finished: Arc<AtomicBool>,
    since: Instant,
    /// How long the client has kept us waiting for the last [`limits::SLOW_BYTES`], and how many of them it has taken.
    waited: Duration,
    taken: u64,
}

/// The client is gone, or reads too slowly.
#[derive(Debug)]
pub(super) struct Gone;

/// Returns the body of a response, and what writes it. If the writer is dropped before it has finished, the response
/// breaks off, so that it does not look complete.
pub(super) fn body() -> (Writer, Body) {
    let (pieces, mut waiting) = mpsc::channel(AHEAD);
    let finished = Arc::new(AtomicBool::new(false));
    let mut broken = Some(finished.clone());
    let body = Body::from_stream(stream::poll_fn(move |context| {
        waiting.poll_recv(context).map(|piece| match piece {
            None if broken.take().is_some_and(|finished| !finished.load(Ordering::Acquire)) => {
                Some(Err(io::ErrorKind::TimedOut.into()))
            }
            piece => piece,
        })
    }));
    let since = Instant::now();
    (Writer { pieces, finished, since, waited: Duration::ZERO, taken: 0 }, body)
}

impl Writer {
    /// Waits until the client takes the next piece, or an error that breaks the response off.
    pub(super) async fn send(&mut self, piece: io::Result<Bytes>) -> Result<(), Gone> {
        let size = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        let due = limits::SLOW_TIME.mul_f64(1.0 + size as f64 / limits::SLOW_BYTES as f64);
        let left = limits::RESPONSE_TIME.saturating_sub(self.since.elapsed());
        let begun = Instant::now();
        let sent = timeout(left.min(due.saturating_sub(self.waited)), self.pieces.send(piece)).await;
        sent.map_err(|_| Gone)?.map_err(|_| Gone)?;
        self.waited += begun.elapsed();
        self.taken += size;
        if self.taken >= limits::SLOW_BYTES {
            (self.waited, self.taken) = (Duration::ZERO, 0);
        }
        Ok(())
    }

    /// Ends the body in order.
    pub(super) fn finish(self) {
        self.finished.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use tokio::time::sleep;

    use super::*;

    /// Sends pieces of this size until the client is gone, and returns how long that took.
    async fn send_all(mut writer: Writer, size: usize) -> Duration {
        let begun = Instant::now();
        while writer.send(Ok(vec![7; size].into())).await.is_ok() {}
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_too_slowly_is_given_up_and_the_response_breaks_off() {
        for size in [1, 100_000, 1 << 20] {
            let (writer, body) = body();
            let mut body = body.into_data_stream();
            // A little at a time, but less than a line has.
            let reading = async {
                loop {
                    match body.next().await {
                        Some(Ok(_)) => sleep(limits::SLOW_TIME * 10).await,
                        end => return end,
                    }
                }
            };
            let (took, end) = tokio::join!(send_all(writer, size), reading);
            assert!(took < limits::SLOW_TIME * 20, "{size}: {took:?}");
            assert!(matches!(end, Some(Err(_))), "it does not look complete");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_is_served_until_the_time_for_one_response_is_over() {
        let (writer, body) = body();
        let mut body = body.into_data_stream();
        let reading = async {
            while let Some(Ok(piece)) = body.next().await {
                sleep(limits::SLOW_TIME.mul_f64(piece.len() as f64 / limits::SLOW_BYTES as f64)).await;
            }
        };
        let (took, ()) = tokio::join!(send_all(writer, 64 << 10), reading);
        assert!(took >= limits::RESPONSE_TIME, "{took:?}");
        assert!(took < limits::RESPONSE_TIME * 2, "{took:?}");
    }

    #[tokio::test]
    async fn a_body_that_is_finished_ends_in_order() {
        let (mut writer, body) = body();
        writer.send(Ok(Bytes::from_static(b"all"))).await.unwrap();
        writer.finish();
        let pieces: Vec<_> = body.into_data_stream().map(|piece| piece.unwrap()).collect().await;
        assert_eq!(pieces, ["all"]);
    }
}
