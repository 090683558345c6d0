//! What is moving: exact counters, smoothed rates, and events that never flood.
//!
//! Counters move when a verified block was written or acknowledged, never by polling. Each transfer tells at
//! most one event in [`TELL_EVERY`] and always its last. What must survive a reload is kept by the component that began
//! the transfer (a draft, an outbox, a wish for files), not here.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Error;
use crate::engine::api::{
    Direction, Event, Failure, FileProgress, RelayRoom, Saved, Transfer, TransferId, TransferState,
    WaitingFor,
};
use crate::engine::events::{Hub, MAX_FILES_NAMED};
use crate::platform;

/// Ten events a second are as many as an eye can follow.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Over which time a rate is smoothed: long enough for batches, short enough to show a stall.
const SMOOTHING_SECONDS: f64 = 3.0;

/// Ended transfers that stay listed.
const MAX_ENDED: usize = 50;

/// Every transfer of the unlocked profile.
#[derive(Clone)]
pub(in crate::engine) struct Transfers(Rc<Inner>);

struct Inner {
    hub: Rc<Hub>,
    running: RefCell<BTreeMap<TransferId, Entry>>,
    /// What ends the work of a transfer, for each that has any.
    cancel: RefCell<BTreeMap<TransferId, CancellationToken>>,
}

struct Entry {
    transfer: Transfer,
    order: u64,
    rate: Rate,
    moved: BTreeMap<String, FileProgress>,
    told_at: u64,
    timer: bool,
}

impl Transfers {
    pub(in crate::engine) fn new(hub: Rc<Hub>) -> Self {
        Self(Rc::new(Inner { hub, running: RefCell::default(), cancel: RefCell::default() }))
    }

    /// Lists a transfer; one of the same id that had ended begins anew.
    pub(in crate::engine) fn begin(
        &self,
        id: &TransferId,
        share: &dyn Display,
        direction: Direction,
        total: u64,
        state: TransferState,
    ) {
        let transfer = Transfer {
            id: id.clone(),
            share: share.to_string(),
            direction,
            bytes: 0,
            total,
            bytes_per_second: 0.0,
            seconds_left: None,
            state,
            waiting_for: None,
            room: None,
            files: Vec::new(),
            error: None,
            saved: None,
        };
        let mut running = self.0.running.borrow_mut();
        let order = running.values().map(|e| e.order + 1).max().unwrap_or(0);
        let entry = Entry {
            transfer: transfer.clone(),
            order,
            rate: Rate::new(platform::now_ms()),
            moved: BTreeMap::new(),
            told_at: platform::now_ms(),
            timer: false,
        };
        let known = running.insert(id.clone(), entry).is_some();
        drop(running);
        if !known {
            self.0.hub.emit(&Event::TransferAdded { id: id.clone() });
        }
        self.0.hub.emit(&Event::Transfer(transfer));
        self.forget_oldest();
    }

    /// Counts `bytes` more as done, of them those of `file` where one file is meant.
    pub(in crate::engine) fn advance(&self, id: &TransferId, bytes: u64, file: Option<FileProgress>) {
        let mut running = self.0.running.borrow_mut();
        let Some(entry) = running.get_mut(id) else { return };
        let now = platform::now_ms();
        entry.transfer.bytes += bytes;
        entry.rate.count(bytes, now);
        let has_room =
            |file: &FileProgress| entry.moved.len() < MAX_FILES_NAMED || entry.moved.contains_key(&file.path);
        if let Some(file) = file.filter(has_room) {
            entry.moved.insert(file.path.clone(), file);
        }
        let since = now.saturating_sub(entry.told_at);
        if since >= TELL_EVERY.as_millis() as u64 {
            let event = entry.told(now);
            drop(running);
            self.0.hub.emit(&event);
        } else if !entry.timer {
            entry.timer = true;
            drop(running);
            self.tell_later(id.clone(), TELL_EVERY - Duration::from_millis(since));
        }
    }

    /// Counts bytes that were there already: they are done, but nothing moved at any rate.
    pub(in crate::engine) fn found(&self, id: &TransferId, bytes: u64) {
        self.change(id, |entry| entry.transfer.bytes += bytes);
    }

    /// Moves a transfer to another state.
    pub(in crate::engine) fn set_state(
        &self,
        id: &TransferId,
        state: TransferState,
        waiting_for: Option<WaitingFor>,
    ) {
        let unchanged = self.get(id).is_none_or(|t| t.state == state && t.waiting_for == waiting_for);
        if !unchanged {
            self.change(id, |entry| {
                entry.transfer.state = state;
                entry.transfer.waiting_for = waiting_for;
                entry.transfer.room = None;
                entry.rate = Rate::new(platform::now_ms());
            });
        }
    }

    /// Has a transfer wait until the relay keeps less for this profile, or more may be kept.
    pub(in crate::engine) fn wait_for_quota(&self, id: &TransferId, room: RelayRoom) {
        self.set_state(id, TransferState::Waiting, Some(WaitingFor::Quota));
        if self.get(id).is_some_and(|transfer| transfer.room != Some(room)) {
            self.change(id, |entry| entry.transfer.room = Some(room));
        }
    }

    /// Says where a share is saved and what became of its names. Call it before the transfer ends.
    pub(in crate::engine) fn saved(&self, id: &TransferId, saved: Saved) {
        self.change(id, |entry| entry.transfer.saved = Some(saved));
    }

    /// Ends a transfer with everything there.
    pub(in crate::engine) fn finish(&self, id: &TransferId) {
        self.change(id, |entry| {
            entry.transfer.bytes = entry.transfer.total;
            entry.transfer.state = TransferState::Done;
            entry.transfer.waiting_for = None;
            entry.transfer.room = None;
        });
        self.forget_oldest();
    }

    /// Ends a transfer with an error.
    pub(in crate::engine) fn fail(&self, id: &TransferId, error: &Error) {
        let state = if *error == Error::Cancelled { TransferState::Cancelled } else { TransferState::Failed };
        self.change(id, |entry| {
            entry.transfer.state = state;
            entry.transfer.waiting_for = None;
            entry.transfer.room = None;
            entry.transfer.error = (state == TransferState::Failed)
                .then(|| Failure { code: error.code().into(), message: error.to_string() });
        });
        self.forget_oldest();
    }

    /// Runs work of a transfer until it ends, or until the transfer is [cancelled](Self::cancel): then it is
    /// [`Error::Cancelled`], also where that comes before the work is first polled. Several keepers may work at one
    /// transfer.
    pub(in crate::engine) fn until_cancelled<T, E: From<Error>, W: Future<Output = Result<T, E>>>(
        &self,
        id: &TransferId,
        work: W,
    ) -> impl Future<Output = Result<T, E>> + use<T, E, W> {
        let token = self.0.cancel.borrow_mut().entry(id.clone()).or_default().clone();
        async move { token.run_until_cancelled(work).await.unwrap_or_else(|| Err(Error::Cancelled.into())) }
    }

    /// Ends all work of a transfer; what begins afterwards runs.
    pub(in crate::engine) fn cancel(&self, id: &TransferId) {
        let token = self.0.cancel.borrow_mut().remove(id);
        if let Some(token) = token {
            token.cancel();
        }
    }

    /// Ends all work for a share, and lists none of its transfers any more.
    pub(in crate::engine) fn stop_of(&self, share: &str) {
        let running = self.0.running.borrow();
        let of_share = running.iter().filter(|(_, entry)| entry.transfer.share == share);
        let ids: Vec<_> = of_share.map(|(id, _)| id.clone()).collect();
        drop(running);
        for id in ids {
            self.cancel(&id);
            self.remove(&id);
        }
    }

    /// Ends all work of every transfer, because the profile is locked, and lists none any more. What is being saved does
    /// not go on later, so it is told as failed.
    pub(in crate::engine) fn end(&self) {
        let running: Vec<_> = self.0.running.borrow().keys().cloned().collect();
        let is_saving = |id: &&TransferId| {
            matches!(id, TransferId::Save { .. }) && self.get(id).is_some_and(|t| !is_ended(t.state))
        };
        running.iter().filter(is_saving).for_each(|id| self.fail(id, &Error::Locked));
        let working: Vec<_> = self.0.cancel.borrow().keys().cloned().collect();
        working.iter().for_each(|id| self.cancel(id));
        running.iter().for_each(|id| self.remove(id));
    }

    /// No longer lists a transfer.
    pub(in crate::engine) fn remove(&self, id: &TransferId) {
        self.0.cancel.borrow_mut().remove(id);
        let known = self.0.running.borrow_mut().remove(id).is_some();
        if known {
            self.0.hub.emit(&Event::TransferRemoved { id: id.clone() });
        }
    }

    pub(in crate::engine) fn get(&self, id: &TransferId) -> Option<Transfer> {
        self.0.running.borrow().get(id).map(|entry| entry.transfer.clone())
    }

    /// All of them, the newest first.
    pub(in crate::engine) fn list(&self) -> Vec<Transfer> {
        let running = self.0.running.borrow();
        let mut entries: Vec<_> = running.values().collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.order));
        entries.into_iter().map(|entry| entry.transfer.clone()).collect()
    }

    fn change(&self, id: &TransferId, change: impl FnOnce(&mut Entry)) {
        let mut running = self.0.running.borrow_mut();
        let Some(entry) = running.get_mut(id) else { return };
        change(entry);
        let event = entry.told(platform::now_ms());
        drop(running);
        self.0.hub.emit(&event);
    }

    fn tell_later(&self, id: TransferId, after: Duration) {
        let inner = Rc::downgrade(&self.0);
        platform::spawn(async move {
            platform::sleep(after).await;
            let Some(inner) = inner.upgrade() else { return };
            let event = inner.running.borrow_mut().get_mut(&id).and_then(|entry| {
                let waiting = std::mem::take(&mut entry.timer);
                (waiting && !entry.moved.is_empty() || entry.transfer.state == TransferState::Active)
                    .then(|| entry.told(platform::now_ms()))
            });
            if let Some(event) = event {
                inner.hub.emit(&event);
            }
        });
    }

    fn forget_oldest(&self) {
        let surplus: Vec<_> = {
            let running = self.0.running.borrow();
            let mut ended: Vec<_> = running
                .iter()
                .filter(|(_, e)| is_ended(e.transfer.state))
                .map(|(id, e)| (e.order, id))
                .collect();
            ended.sort();
            let surplus = ended.len().saturating_sub(MAX_ENDED);
            ended.into_iter().take(surplus).map(|(_, id)| id.clone()).collect::<Vec<TransferId>>()
        };
        for id in surplus {
            self.remove(&id);
        }
    }
}

fn is_ended(state: TransferState) -> bool {
    matches!(state, TransferState::Done | TransferState::Failed | TransferState::Cancelled)
}

impl Entry {
    /// The event that tells the present state; the files that moved are told once.
    fn told(&mut self, now: u64) -> Event {
        self.told_at = now;
        self.timer = false;
        let transfer = &mut self.transfer;
        transfer.bytes_per_second =
            if transfer.state == TransferState::Active { self.rate.per_second(now) } else { 0.0 };
        let left = transfer.total.saturating_sub(transfer.bytes) as f64;
        transfer.seconds_left =
            (transfer.bytes_per_second >= 1.0).then(|| (left / transfer.bytes_per_second).ceil());
        let files = std::mem::take(&mut self.moved).into_values().collect();
        Event::Transfer(Transfer { files, ..transfer.clone() })
    }
}

/// Bytes per second, smoothed exponentially.
struct Rate {
    since: u64,
    bytes: f64,
    smoothed: Option<f64>,
}

impl Rate {
    fn new(now: u64) -> Self {
        Self { since: now, bytes: 0.0, smoothed: None }
    }

    fn count(&mut self, bytes: u64, now: u64) {
        self.bytes += bytes as f64;
        let seconds = now.saturating_sub(self.since) as f64 / 1000.0;
        if seconds >= 0.25 {
            self.settle(seconds, now);
        }
    }

    fn settle(&mut self, seconds: f64, now: u64) {
        let present = self.bytes / seconds;
        let weight = 1.0 - (-seconds / SMOOTHING_SECONDS).exp();
        self.smoothed = Some(self.smoothed.map_or(present, |before| before + weight * (present - before)));
        self.since = now;
        self.bytes = 0.0;
    }

    fn per_second(&mut self, now: u64) -> f64 {
        let seconds = now.saturating_sub(self.since) as f64 / 1000.0;
        if seconds >= 1.0 {
            self.settle(seconds, now);
        }
        self.smoothed.unwrap_or_else(|| if seconds > 0.0 { self.bytes / seconds } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt};

    use super::*;
    use crate::engine::events::Events;

    fn id() -> TransferId {
        TransferId::up("t")
    }

    fn told(events: &mut Events) -> Vec<Transfer> {
        std::iter::from_fn(|| events.next().now_or_never().flatten())
            .filter_map(|event| if let Event::Transfer(t) = event { Some(t) } else { None })
            .collect()
    }

    #[tokio::test]
    async fn progress_is_exact_and_ends_with_everything() {
        tokio::task::LocalSet::new()
            .run_until(async {
                let hub = Rc::new(Hub::default());
                let transfers = Transfers::new(hub.clone());
                let mut events = hub.listen();
                transfers.begin(&id(), &"s", Direction::Up, 300, TransferState::Active);
                transfers.found(&id(), 100);
                for _ in 0..2 {
                    transfers.advance(&id(), 100, None);
                }
                assert_eq!(transfers.get(&id()).map(|t| t.bytes), Some(300));
                transfers.finish(&id());
                let last = told(&mut events).pop().expect("events were told");
                assert_eq!((last.bytes, last.total, last.state), (300, 300, TransferState::Done));
            })
            .await;
    }

    #[tokio::test]
    async fn a_burst_is_told_by_the_timer_and_names_the_files_that_moved() {
        tokio::task::LocalSet::new()
            .run_until(async {
                let hub = Rc::new(Hub::default());
                let transfers = Transfers::new(hub.clone());
                let mut events = hub.listen();
                transfers.begin(&id(), &"s", Direction::Down, 1_000, TransferState::Active);
                assert_eq!(told(&mut events).len(), 1);
                for bytes in 1..=10 {
                    let file = FileProgress { path: "a.jpg".into(), bytes: bytes * 100, total: 1_000 };
                    transfers.advance(&id(), 100, Some(file));
                }
                let event = events.next().await.expect("the hub is alive");
                let Event::TransferAdded { .. } = event else {
                    let Event::Transfer(t) = event else { panic!("a transfer moved") };
                    assert_eq!(t.bytes, 1_000);
                    assert_eq!(t.files, [FileProgress { path: "a.jpg".into(), bytes: 1_000, total: 1_000 }]);
                    return;
                };
                panic!("the transfer was added before");
            })
            .await;
    }

    #[test]
    fn a_rate_settles_on_what_really_moves() {
        let mut rate = Rate::new(0);
        for tenth in 1..=100 {
            rate.count(1_000, tenth * 100);
        }
        assert!((rate.per_second(10_000) - 10_000.0).abs() < 1.0);
    }
}
