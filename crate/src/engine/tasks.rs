//! The tasks, calls and streams of an unlocked profile: all end when it is locked.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::LocalBoxStream;
use futures::{Stream, StreamExt};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::TaskTracker;

use crate::platform;

use super::api::Error;

/// The stream that a [`Pieces`] reads, until the profile is locked.
type Source = RefCell<Option<LocalBoxStream<'static, Result<Bytes, Error>>>>;

/// Starts tasks, and stops them together. A task that has ended leaves nothing behind.
#[derive(Clone, Default)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    streams: Rc<RefCell<Vec<Weak<Source>>>>,
}

impl Tasks {
    /// Runs a task until it ends, or until these tasks are stopped; dropping the token's guard stops it earlier.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + 'static) -> CancellationToken {
        let stop = self.stop.child_token();
        let stopped = stop.clone();
        platform::spawn(self.tracker.track_future(async move {
            stopped.run_until_cancelled(task).await;
        }));
        stop
    }

    /// Runs a call until it ends, or until these tasks are stopped: then it is dropped, and fails as [`Error::Locked`].
    pub(super) async fn until_stopped<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.stop.run_until_cancelled(call).await.unwrap_or(Err(Error::Locked))
    }

    /// Reads a stream until these tasks are stopped.
    pub(super) fn pieces(&self, source: impl Stream<Item = Result<Bytes, Error>> + 'static) -> Pieces {
        let source = Rc::new(RefCell::new(Some(source.boxed_local())));
        let mut streams = self.streams.borrow_mut();
        streams.retain(|stream| stream.strong_count() > 0);
        streams.push(Rc::downgrade(&source));
        Pieces { source, stopped: Box::pin(self.stop.clone().cancelled_owned()), stop: self.stop.clone() }
    }

    /// How many tasks run.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.tracker.len()
    }

    /// Stops every task, call and stream, and waits until no task runs. Later ones end at once.
    ///
    /// What a stream holds is dropped now, also if nobody reads it any more.
    pub(super) async fn stop(&self) {
        self.stop.cancel();
        for stream in self.streams.take() {
            let source = stream.upgrade().and_then(|stream| stream.take());
            drop(source);
        }
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Bytes of an unlocked profile, read as they are wanted. Locking ends them with [`Error::Locked`].
pub struct Pieces {
    source: Rc<Source>,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
    stop: CancellationToken,
}

impl Pieces {
    /// Ends when the profile is locked, so that a reader who waits for something else hears of it.
    pub fn locked(&self) -> impl Future<Output = ()> + 'static {
        self.stop.clone().cancelled_owned()
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(Error::Locked)));
        }
        // Out of its place while it runs, since it may be what locks the profile.
        let Some(mut source) = self.source.take() else { return Poll::Ready(None) };
        let polled = source.poll_next_unpin(cx);
        if !matches!(polled, Poll::Ready(None)) && !self.stop.is_cancelled() {
            self.source.replace(Some(source));
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures::stream;
    use tokio::task::{LocalSet, yield_now};

    use super::*;

    #[tokio::test]
    async fn tasks_that_ended_are_forgotten_and_the_others_stop_together() {
        LocalSet::new()
            .run_until(async {
                let tasks = Tasks::default();
                for _ in 0..1_000 {
                    tasks.spawn(async {});
                }
                while tasks.len() > 0 {
                    yield_now().await;
                }
                let early = tasks.spawn(pending());
                tasks.spawn(pending());
                early.cancel();
                while tasks.len() > 1 {
                    yield_now().await;
                }
                tasks.stop().await;
                assert_eq!(tasks.len(), 0);
            })
            .await;
    }

    #[tokio::test]
    async fn a_stream_that_nobody_reads_lets_go_of_what_it_holds_when_the_tasks_stop() {
        let tasks = Tasks::default();
        let held = Rc::new(());
        let holds = held.clone();
        let mut pieces = tasks.pieces(stream::repeat_with(move || {
            let _holds = &holds;
            Ok(Bytes::from_static(b"piece"))
        }));
        assert_eq!(pieces.next().await, Some(Ok(Bytes::from_static(b"piece"))));
        tasks.stop().await;
        assert_eq!(Rc::strong_count(&held), 1);
        pieces.locked().await;
        assert_eq!(pieces.next().await, Some(Err(Error::Locked)));
    }

    #[tokio::test]
    async fn a_call_that_waits_is_locked_when_the_tasks_stop() {
        let tasks = Tasks::default();
        let (called, ()) = futures::join!(tasks.until_stopped(pending::<Result<(), Error>>()), tasks.stop());
        assert_eq!(called, Err(Error::Locked));
    }
}
