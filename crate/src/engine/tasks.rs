//! The tasks of an unlocked profile: all end when it is locked.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::platform;

/// Starts tasks, and stops them together. A task that has ended leaves nothing behind.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
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

    /// How many tasks run.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.tracker.len()
    }

    /// Stops every task and waits until none runs. Later tasks end at once.
    pub(super) async fn stop(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

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
}
