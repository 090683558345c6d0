//! Requests to be added: mine to people who may not know me, and theirs to me.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    invite::{Invites, ProofCheck},
    relation::{Decision, Relation},
    share::Recipient,
    vault::Entry,
};
use crate::{
    format::{DecodeError, ReadError, limits, request, secret::Secret, signed::Verified},
    keys::{self, Id, KEM_EPOCH, Ring},
    platform,
};

/// How far a sender's clock may be ahead of mine, in milliseconds: a day, because clocks may be set to
/// another time zone.
const AHEAD_MS: u64 = 24 * 60 * 60 * 1000;

/// Requests that wait for an answer, at most: more than anybody reads. Later ones stay in the mailbox.
pub const MAX_WAITING: usize = 512;

/// Seals a request for somebody's mailbox, with the proof of their invite if I have one.
///
/// # Errors
///
/// If the message is longer than [`limits::MESSAGE_CHARS`], or there are too many relays.
pub fn ask(
    ring: &Ring,
    to: &Recipient,
    message: &str,
    relays: &[String],
    invite: Option<&Secret>,
    now: u64,
) -> Result<Vec<u8>, DecodeError> {
    let request = request::Request {
        to: to.id.verifying_key(),
        time: now,
        message: crate::format::text::normalize(message),
        relays: relays.to_vec(),
        proof: invite.map(|secret| keys::invite::proof(secret, &ring.id(), &to.id)),
        extra: Default::default(),
    };
    request.seal(ring.identity(), &to.kem.key, &mut |bytes| platform::fill_random(bytes))
}

/// An opened request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its sender.
    pub from: Id,
    /// When it was written, in milliseconds since 1970, by the sender's clock.
    pub time: u64,
    /// The message.
    pub message: String,
    /// Relays that have the sender's record. Hostile input until checked.
    pub relays: Vec<String>,
    proof: Option<[u8; 32]>,
}

impl Request {
    /// Whether the sender claims to have an invite.
    pub fn names_an_invite(&self) -> bool {
        self.proof.is_some()
    }
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It does not open, is for another identity, or breaks a rule of the format.
    #[error(transparent)]
    Refused(#[from] ReadError),
    /// It is older than 60 days.
    #[error("the request is too old")]
    TooOld,
    /// Its time is in the future.
    #[error("the request is of a time to come")]
    Ahead,
    /// I sent it myself.
    #[error("the request is my own")]
    Mine,
}

/// Opens a mail from my mailbox, at `now` in milliseconds since 1970.
pub fn open(ring: &Ring, sealed: &[u8], now: u64) -> Result<Request, RequestError> {
    let me = ring.identity().verifying_key();
    let Verified { signer, object } = request::Request::open(&ring.kem(KEM_EPOCH), &me, sealed)?;
    if signer == me {
        return Err(RequestError::Mine);
    }
    if object.time.saturating_add(limits::REQUEST_MS) <= now {
        return Err(RequestError::TooOld);
    }
    if object.time > now.saturating_add(AHEAD_MS) {
        return Err(RequestError::Ahead);
    }
    let request::Request { time, message, relays, proof, .. } = object;
    Ok(Request { from: signer.into(), time, message, relays, proof })
}

/// A request that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRequest {
    /// When it was written, in milliseconds since 1970, by the sender's clock.
    pub time: u64,
    /// The message.
    pub message: String,
    /// Relays that have the sender's record. Hostile input until checked.
    pub relays: Vec<String>,
    /// Why the sender's invite did not count, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteRefusal>,
}

impl Entry for PendingRequest {
    const PREFIX: &'static str = "request/";
    type Name = Id;
}

/// Why an invite did not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InviteRefusal {
    /// Somebody became a contact by it before.
    Used,
    /// It had expired.
    Ended,
}

/// Requests that wait for an answer: of each sender the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    waiting: BTreeMap<Id, PendingRequest>,
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IngestOutcome {
    /// The sender had an invite of mine and is added now, without a question.
    Added,
    /// The sender was added before. The relays in the request may help to find them.
    Known,
    /// It waits for an answer.
    Waits,
    /// It is not shown: it is older than a known one, was answered before, comes soon after one that was
    /// declined, or its sender is blocked.
    Nothing,
    /// There is no room. The request must stay in the mailbox.
    Full,
}

impl Inbox {
    /// Ingests a request to `me` at `now`, given my relation to its sender, and my invites.
    ///
    /// It is idempotent, and requests may come in any order and repeatedly, because the newest of each sender
    /// stays. Only an invite depends on the order: the first to use it gets it. The caller compares the three
    /// values with what they were, to see whether something must be stored.
    pub fn ingest(
        &mut self,
        me: &Id,
        request: &Request,
        relation: &mut Relation,
        invites: &mut Invites,
        now: u64,
    ) -> IngestOutcome {
        let Request { from, time, message, relays, proof } = request;
        match relation.decision() {
            Decision::Added => {
                // Adding the sender answered it. So it stays answered if the sender is removed later.
                relation.decide(Decision::Added, Some(*time), now);
                self.waiting.remove(from);
                return IngestOutcome::Known;
            }
            Decision::Blocked => {
                self.waiting.remove(from);
                return IngestOutcome::Nothing;
            }
            Decision::None | Decision::Following => {}
        }
        if !relation.is_unanswered(*time) {
            return IngestOutcome::Nothing;
        }
        let invite = match invites.check_proof(me, from, proof.as_ref(), *time) {
            ProofCheck::First(name) => {
                invites.apply_used(&name, *from);
                relation.decide(Decision::Added, Some(*time), now);
                self.waiting.remove(from);
                return IngestOutcome::Added;
            }
            ProofCheck::Used => Some(InviteRefusal::Used),
            ProofCheck::Ended => Some(InviteRefusal::Ended),
            ProofCheck::Nothing => None,
        };
        if !relation.hears(*time) {
            return IngestOutcome::Nothing;
        }
        match self.waiting.get(from) {
            Some(waiting) if waiting.time >= *time => return IngestOutcome::Nothing,
            None if self.waiting.len() >= MAX_WAITING => return IngestOutcome::Full,
            _ => {}
        }
        let (message, relays) = (message.clone(), relays.clone());
        self.waiting.insert(*from, PendingRequest { time: *time, message, relays, invite });
        IngestOutcome::Waits
    }

    /// Returns the request of this sender, if it waits.
    pub fn get(&self, from: &Id) -> Option<&PendingRequest> {
        self.waiting.get(from)
    }

    /// Puts back a request that waited before a change that could not be stored.
    pub fn put_back(&mut self, from: Id, waiting: Option<PendingRequest>) {
        match waiting {
            Some(waiting) => self.waiting.insert(from, waiting),
            None => self.waiting.remove(&from),
        };
    }

    /// Returns all waiting requests, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &PendingRequest)> {
        let mut waiting: Vec<_> = self.waiting.iter().collect();
        waiting.sort_by_key(|(from, waiting)| (std::cmp::Reverse(waiting.time), **from));
        waiting.into_iter()
    }

    /// Answers a sender who waits, by a decision about them. Returns their request, if there was one.
    pub fn answer(
        &mut self,
        from: &Id,
        decision: Decision,
        relation: &mut Relation,
        now: u64,
    ) -> Option<PendingRequest> {
        let waiting = self.waiting.remove(from);
        relation.decide(decision, waiting.as_ref().map(|waiting| waiting.time), now);
        waiting
    }

    /// Declines a sender who waits. They are not told.
    pub fn decline(&mut self, from: &Id, relation: &mut Relation) -> Option<PendingRequest> {
        let waiting = self.waiting.remove(from)?;
        relation.decline(waiting.time);
        Some(waiting)
    }

    /// Drops requests that are too old. Returns their senders.
    pub fn forget(&mut self, now: u64) -> Vec<Id> {
        let is_over = |waiting: &PendingRequest| waiting.time.saturating_add(limits::REQUEST_MS) <= now;
        self.waiting.extract_if(.., |_, waiting| is_over(waiting)).map(|(from, _)| from).collect()
    }
}

impl FromIterator<(Id, PendingRequest)> for Inbox {
    fn from_iter<T: IntoIterator<Item = (Id, PendingRequest)>>(waiting: T) -> Self {
        Self { waiting: waiting.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests;
