//! Our wants of one peer: which are in flight, and which wait for their turn.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cid::Cid;
use futures::channel::{mpsc, oneshot};

use super::{Answer, AskError, SILENCE};
use crate::net::bitswap::wire::{Entry, Message, Wantlist};
use crate::platform::Instant;

/// Wants of one peer in flight: enough to use a fast line with small blocks. With large blocks the peer sets
/// the pace. We hold only the CIDs of wants.
const WINDOW: usize = 256;

/// Wants of one peer that wait for their turn. No transfer of ours asks for more at once.
const MAX_QUEUED: usize = 8192;

/// A session without wants ends after this time, and no longer holds the connection.
const IDLE: Duration = Duration::from_secs(5);

/// After a lost connection, a peer that is silent for this long is asked again. What it sent over a
/// connection that had ended without its notice is lost.
const AGAIN: Duration = Duration::from_secs(2);

pub(super) type Reply = oneshot::Sender<Result<Answer, AskError>>;

/// Our wants of one peer.
#[derive(Debug)]
pub(in crate::net::bitswap) struct Session {
    pub(super) wants: HashMap<Cid, Want>,
    queued: VecDeque<Cid>,
    pub(super) cancels: Vec<Cid>,
    pub(super) asked: usize,
    /// When the peer last answered, or was first asked after a pause.
    pub(super) heard: Instant,
    /// How often it is asked again if it stays silent.
    pub(super) again: u32,
    bell: mpsc::Sender<()>,
}

#[derive(Debug)]
pub(super) struct Want {
    pub(super) asked: bool,
    pub(super) waiting: Vec<Reply>,
}

impl Session {
    pub(super) fn new(bell: mpsc::Sender<()>) -> Self {
        Self {
            wants: HashMap::new(),
            queued: VecDeque::new(),
            cancels: Vec::new(),
            asked: 0,
            heard: Instant::now(),
            again: 0,
            bell,
        }
    }

    pub(super) fn want(&mut self, cid: Cid, reply: Reply) -> Result<(), AskError> {
        if let Some(want) = self.wants.get_mut(&cid) {
            want.waiting.push(reply);
            return Ok(());
        }
        if self.queued.len() >= MAX_QUEUED {
            return Err(AskError::Busy);
        }
        self.wants.insert(cid, Want { asked: false, waiting: vec![reply] });
        self.queued.push_back(cid);
        if self.asked < WINDOW {
            self.ring();
        }
        Ok(())
    }

    /// Drops a want. If `cancel` is set and the peer was asked, it is told.
    pub(super) fn forget(&mut self, cid: &Cid, cancel: bool) -> Option<Want> {
        let want = self.wants.remove(cid)?;
        if want.asked {
            self.asked -= 1;
            if cancel {
                self.cancels.push(*cid);
            }
            if cancel || !self.queued.is_empty() {
                self.ring();
            }
        } else {
            self.queued.retain(|queued| queued != cid);
        }
        Some(want)
    }

    fn ring(&mut self) {
        // One pending notification is enough.
        let _ = self.bell.try_send(());
    }

    /// Returns what to tell the peer now.
    pub(super) fn next_message(&mut self) -> Option<Message> {
        let mut entries: Vec<_> = self.cancels.drain(..).map(|cid| Entry::cancel(&cid)).collect();
        if self.asked == 0 {
            self.heard = Instant::now();
        }
        while self.asked < WINDOW
            && let Some(cid) = self.queued.pop_front()
        {
            let want = self.wants.get_mut(&cid).expect("what is queued is wanted");
            want.asked = true;
            self.asked += 1;
            entries.push(Entry::ask(&cid));
        }
        let wantlist = Wantlist { entries, full: false };
        (!wantlist.entries.is_empty()).then(|| Message { wantlist: Some(wantlist), ..Message::default() })
    }

    /// Acts as if time had passed.
    #[cfg(test)]
    pub(in crate::net::bitswap) fn age(&mut self, by: Duration) {
        self.heard -= by;
        self.ring();
    }

    /// Marks all wants to be asked again.
    pub(super) fn ask_again(&mut self) {
        for (cid, want) in self.wants.iter_mut().filter(|(_, want)| want.asked) {
            want.asked = false;
            self.queued.push_front(*cid);
        }
        self.asked = 0;
    }

    pub(super) fn patience(&self) -> Duration {
        let wait = match (self.asked, self.again) {
            (0, _) => return IDLE,
            (_, 0) => SILENCE,
            _ => AGAIN,
        };
        (self.heard + wait).saturating_duration_since(Instant::now())
    }
}

impl Want {
    pub(super) fn answer(self, answer: &Result<Answer, AskError>) {
        for reply in self.waiting {
            // The caller may be gone.
            let _ = reply.send(answer.clone());
        }
    }
}
