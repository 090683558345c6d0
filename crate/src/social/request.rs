//! Requests to be added: mine to people who may not know me, and theirs to me.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::{
    invite::{Invites, IssuedInvite, ProofCheck},
    relation::{Decision, Relation},
    share::Recipient,
    vault::Entry,
};
use crate::{
    format::{DecodeError, ReadError, drop_box::Files, limits, request, signed::Verified},
    keys::{Id, KEM_EPOCH, Ring},
    platform,
};

/// How far a sender's clock may be ahead of mine, in milliseconds: as far as that of who publishes a record.
const AHEAD_MS: u64 = limits::SEQUENCE_AHEAD_S * 1000;

/// Requests that wait for an answer, at most: more than anybody reads. Later ones stay in the mailbox.
pub const MAX_WAITING: usize = 512;

/// Declined requests that are kept, at most, so that a person can change their mind. The oldest go.
pub const MAX_DECLINED: usize = 128;

/// Seals a request for somebody's mailbox, with the proof of their invite or of an introduction if I have one, and the
/// identity that I follow.
///
/// # Errors
///
/// If the message is longer than [`limits::MESSAGE_CHARS`], or there are too many relays.
pub fn ask(
    ring: &Ring,
    to: &Recipient,
    message: &str,
    relays: &[String],
    proof: Option<[u8; 32]>,
    predecessor: Option<&Id>,
    now: u64,
) -> Result<Vec<u8>, DecodeError> {
    let request = request::Request {
        to: to.id.verifying_key(),
        time: now,
        message: crate::format::text::normalize(message),
        relays: relays.to_vec(),
        proof,
        predecessor: predecessor.map(Id::verifying_key),
        drop: None,
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
    /// Whom the sender claims to follow. It counts only if they fit the commitment that was pinned.
    pub predecessor: Option<Id>,
    /// The files that the sender left in a drop box. Then the request asks for nothing else.
    pub drop: Option<Files>,
    proof: Option<[u8; 32]>,
}

impl Request {
    /// Whether the sender claims to have an invite, or to be introduced.
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
    let request::Request { time, message, relays, proof, predecessor, drop, .. } = object;
    let predecessor = predecessor.map(Id::from);
    Ok(Request { from: signer.into(), time, message, relays, predecessor, drop, proof })
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
    /// What the sender proves with, if it fits no invite of mine: it may fit an introduction, of which I may hear later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ByteArray<32>>,
    /// Whether I declined it, or one shortly before. Then it is kept aside, and can still be accepted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub declined: bool,
}

impl PendingRequest {
    /// Makes the request of somebody who was added by an invite that another device of mine gave to somebody else first.
    ///
    /// What they wrote is not known any more. It waits, because it is later than the one that was `answered`.
    pub fn of_second(answered: u64, relays: Vec<String>) -> Self {
        let (time, invite) = (answered + 1, Some(InviteRefusal::Used));
        Self { time, message: String::new(), relays, invite, proof: None, declined: false }
    }
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

/// Requests that wait for an answer or were declined: of each sender the newest.
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
    /// It came soon after one that was declined, and is kept with the declined ones.
    SetAside,
    /// It is not shown: it is older than a known one, was answered before, or its sender is blocked.
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
        let Request { from, time, message, relays, proof, .. } = request;
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
                let made = invites.get(&name).map_or(0, IssuedInvite::made);
                if relation.lets_in(made) {
                    invites.apply_used(&name, *from);
                    relation.add_by_invite(name, made, *time, now);
                    self.waiting.remove(from);
                    return IngestOutcome::Added;
                }
                None
            }
            ProofCheck::Used => Some(InviteRefusal::Used),
            ProofCheck::Ended => Some(InviteRefusal::Ended),
            ProofCheck::Nothing => None,
        };
        let declined = !relation.hears(*time);
        let known = self.waiting.get(from);
        if known.is_some_and(|known| known.time >= *time) {
            return IngestOutcome::Nothing;
        }
        let is_one_more = known.is_none_or(|known| known.declined);
        if !declined && is_one_more && self.waiting_count() >= MAX_WAITING {
            return IngestOutcome::Full;
        }
        let (message, relays) = (message.clone(), relays.clone());
        let proof = proof.filter(|_| invite.is_none()).map(ByteArray::new);
        self.waiting.insert(*from, PendingRequest { time: *time, message, relays, invite, proof, declined });
        if declined {
            self.forget_surplus();
            return IngestOutcome::SetAside;
        }
        IngestOutcome::Waits
    }

    /// Keeps of these requests what still has to be answered and what was declined, by what was decided of their senders.
    ///
    /// Another device of mine may have read a request that this one has answered since.
    #[must_use]
    pub fn unanswered(mut self, relation_of: impl Fn(&Id) -> Relation, now: u64) -> Self {
        self.forget(now);
        self.waiting.retain(|from, request| {
            let relation = relation_of(from);
            request.declined |= !relation.hears(request.time);
            let is_open = matches!(relation.decision(), Decision::None | Decision::Following);
            is_open && (relation.is_unanswered(request.time) || relation.was_declined(request.time))
        });
        self.forget_surplus();
        self
    }

    /// Returns the request of this sender, if it waits or was declined.
    pub fn get(&self, from: &Id) -> Option<&PendingRequest> {
        self.waiting.get(from)
    }

    /// Returns the requests that wait for an answer, the newest first.
    pub fn waiting(&self) -> impl Iterator<Item = (&Id, &PendingRequest)> {
        self.iter().filter(|(_, request)| !request.declined)
    }

    fn waiting_count(&self) -> usize {
        self.waiting.values().filter(|request| !request.declined).count()
    }

    /// Returns the requests that were declined, the newest first.
    pub fn declined(&self) -> impl Iterator<Item = (&Id, &PendingRequest)> {
        self.iter().filter(|(_, request)| request.declined)
    }

    /// Puts back a request that waited before a change that could not be stored.
    pub fn put_back(&mut self, from: Id, waiting: Option<PendingRequest>) {
        match waiting {
            Some(waiting) => self.waiting.insert(from, waiting),
            None => self.waiting.remove(&from),
        };
    }

    /// Returns all requests: first those that wait, then those that were declined, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &PendingRequest)> {
        let mut all: Vec<_> = self.waiting.iter().collect();
        all.sort_by_key(|(from, request)| (request.declined, std::cmp::Reverse(request.time), **from));
        all.into_iter()
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

    /// Declines a sender who waits. They are not told. Their request is kept aside, so that I can change my mind.
    ///
    /// Returns whether there was such a request.
    pub fn decline(&mut self, from: &Id, relation: &mut Relation) -> bool {
        let Some(request) = self.waiting.get_mut(from).filter(|request| !request.declined) else {
            return false;
        };
        request.declined = true;
        relation.decline(request.time);
        self.forget_surplus();
        true
    }

    /// Drops the oldest declined requests, as far as they are more than [`MAX_DECLINED`].
    fn forget_surplus(&mut self) {
        let surplus: Vec<_> = self.declined().skip(MAX_DECLINED).map(|(from, _)| *from).collect();
        for from in surplus {
            self.waiting.remove(&from);
        }
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
