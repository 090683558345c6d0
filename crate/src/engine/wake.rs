//! Wakes tasks that wait for work; many wakes before one looks are one.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures::future::{Either, select};

use crate::platform;

/// A bell that anybody may ring.
#[derive(Clone, Default)]
pub(super) struct Wake(Rc<Bell>);

#[derive(Default)]
struct Bell {
    rings: Cell<u64>,
    wakers: RefCell<Vec<Waker>>,
}

impl Wake {
    /// Lets every listener look once more, now or when it next listens.
    pub(super) fn ring(&self) {
        self.0.rings.set(self.0.rings.get() + 1);
        for waker in self.0.wakers.take() {
            waker.wake();
        }
    }

    /// Somebody who listens from now on.
    pub(super) fn listener(&self) -> Listener {
        Listener { bell: self.0.clone(), heard: self.0.rings.get() }
    }
}

/// Somebody who listens to a [`Wake`].
pub(super) struct Listener {
    bell: Rc<Bell>,
    heard: u64,
}

impl Listener {
    /// Waits for a ring, but no longer than `patience`; says whether there was one.
    pub(super) async fn rung_within(&mut self, patience: Duration) -> bool {
        let rung = pin!(self.rung());
        matches!(select(rung, pin!(platform::sleep(patience))).await, Either::Left(_))
    }

    /// Ends at the next ring, at once if there was one since the last time.
    ///
    /// # Cancel safety
    ///
    /// A ring is lost only by a future that ended.
    pub(super) async fn rung(&mut self) {
        poll_fn(|cx| {
            if self.bell.rings.get() != self.heard {
                self.heard = self.bell.rings.get();
                return Poll::Ready(());
            }
            self.bell.wakers.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn every_listener_hears_rings_before_it_listens_as_one() {
        let wake = Wake::default();
        let mut listeners = [wake.listener(), wake.listener()];
        wake.ring();
        wake.ring();
        for listener in &mut listeners {
            assert!(listener.rung().now_or_never().is_some());
            assert!(listener.rung().now_or_never().is_none());
        }
    }
}
