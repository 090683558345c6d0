//! Counts the pieces of a stream that its reader has room for.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// The pieces that were granted and not used yet. One task uses them, and any task may grant more.
#[derive(Default)]
pub(super) struct Credit {
    pieces: Cell<u32>,
    waiting: RefCell<Option<Waker>>,
}

impl Credit {
    /// Grants this many more pieces.
    pub(super) fn grant(&self, pieces: u32) {
        self.pieces.set(self.pieces.get().saturating_add(pieces));
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// Waits until a piece is granted, and uses it. If the future is dropped, no piece is used.
    pub(super) async fn take(&self) {
        poll_fn(|context| match self.pieces.get().checked_sub(1) {
            Some(left) => {
                self.pieces.set(left);
                Poll::Ready(())
            }
            None => {
                self.waiting.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        })
        .await;
    }
}
