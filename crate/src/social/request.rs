//! Requests to be added: mine to somebody who may not know me, and those of others to me.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    invite::{Invites, Proven},
    relation::{Relation, Stance},
    share::Recipient,
    vault::Entry,
};
use crate::{
    format::{DecodeError, ReadError, limits, request, secret::Secret, signed::Verified},
    keys::{self, Id, KEM_EPOCH, Ring},
    platform,
};

/// How far the clock of a sender may be ahead of mine, in milliseconds: a day, for clocks set to another zone.
const AHEAD_MS: u64 = 24 * 60 * 60 * 1000;

/// Requests that wait for an answer at most: more than anybody reads; what comes then stays in the mailbox.
pub const MAX_WAITING: usize = 512;

/// Seals a request to somebody for their mailbox, with the proof of their invite if I was given one.
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

/// A request that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who sent it.
    pub from: Id,
    /// When, in milliseconds since 1970, by their clock.
    pub time: u64,
    /// What they write.
    pub message: String,
    /// Relays that have their record: hostile input until checked.
    pub relays: Vec<String>,
    proof: Option<[u8; 32]>,
}

impl Request {
    /// Whether its sender claims to have an invite.
    pub fn names_an_invite(&self) -> bool {
        self.proof.is_some()
    }
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It does not open, is for somebody else, or breaks a rule.
    #[error(transparent)]
    Refused(#[from] ReadError),
    /// It is older than 60 days.
    #[error("the request is too old")]
    TooOld,
    /// It claims to be of a time to come.
    #[error("the request is of a time to come")]
    Ahead,
    /// It is my own.
    #[error("the request is my own")]
    Mine,
}

/// Opens what was left in my mailbox, at `now` in milliseconds since 1970.
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
pub struct Waiting {
    /// When it was written, in milliseconds since 1970, by their clock.
    pub time: u64,
    /// What they write.
    pub message: String,
    /// Relays that have their record: hostile input until checked.
    pub relays: Vec<String>,
    /// The invite that they had was not good any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Spent>,
}

impl Entry for Waiting {
    const PREFIX: &'static str = "request/";
    type Name = Id;
}

/// Why an invite did not spare the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spent {
    /// Somebody became a contact by it before.
    Used,
    /// It had ended.
    Ended,
}

/// Requests that wait for an answer: of each sender the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    waiting: BTreeMap<Id, Waiting>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Its sender had an invite of mine and is added now, without being asked for.
    Added,
    /// Its sender was added before: its relays may help to find them.
    Known,
    /// It waits for an answer.
    Waits,
    /// It is not to be shown: older than what is known, answered before, declined lately, or of somebody blocked.
    Nothing,
    /// There is no room: to be left where it is.
    Full,
}

impl Inbox {
    /// Takes in a request to `me`, given how I stand to its sender and my invites, at `now`.
    ///
    /// Idempotent; requests may come in any order and as often as they like, the newest of each sender stays. The
    /// one thing that depends on the order is an invite, which is for whoever comes first. Whether something is to
    /// be stored follows from comparing the three with what they were.
    pub fn take_in(
        &mut self,
        me: &Id,
        request: &Request,
        relation: &mut Relation,
        invites: &mut Invites,
        now: u64,
    ) -> Taken {
        let Request { from, time, message, relays, proof } = request;
        match relation.stance() {
            Stance::Added => {
                // Answered by my having added them, so that it stays so when they are removed.
                relation.decide(Stance::Added, Some(*time), now);
                self.waiting.remove(from);
                return Taken::Known;
            }
            Stance::Blocked => {
                self.waiting.remove(from);
                return Taken::Nothing;
            }
            Stance::None | Stance::Following => {}
        }
        if !relation.is_unanswered(*time) {
            return Taken::Nothing;
        }
        let invite = match invites.proven(me, from, proof.as_ref(), *time) {
            Proven::First(name) => {
                invites.apply_used(&name, *from);
                relation.decide(Stance::Added, Some(*time), now);
                self.waiting.remove(from);
                return Taken::Added;
            }
            Proven::Used => Some(Spent::Used),
            Proven::Ended => Some(Spent::Ended),
            Proven::Nothing => None,
        };
        if !relation.hears(*time) {
            return Taken::Nothing;
        }
        match self.waiting.get(from) {
            Some(waiting) if waiting.time >= *time => return Taken::Nothing,
            None if self.waiting.len() >= MAX_WAITING => return Taken::Full,
            _ => {}
        }
        let (message, relays) = (message.clone(), relays.clone());
        self.waiting.insert(*from, Waiting { time: *time, message, relays, invite });
        Taken::Waits
    }

    /// The request of this sender, if it waits.
    pub fn get(&self, from: &Id) -> Option<&Waiting> {
        self.waiting.get(from)
    }

    /// Puts back what waited before a change that could not be stored.
    pub fn put_back(&mut self, from: Id, waiting: Option<Waiting>) {
        match waiting {
            Some(waiting) => self.waiting.insert(from, waiting),
            None => self.waiting.remove(&from),
        };
    }

    /// Everybody who waits for an answer, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Waiting)> {
        let mut waiting: Vec<_> = self.waiting.iter().collect();
        waiting.sort_by_key(|(from, waiting)| (std::cmp::Reverse(waiting.time), **from));
        waiting.into_iter()
    }

    /// Answers whoever waits by deciding how I stand to them; gives their request, if there was one.
    pub fn answer(
        &mut self,
        from: &Id,
        stance: Stance,
        relation: &mut Relation,
        now: u64,
    ) -> Option<Waiting> {
        let waiting = self.waiting.remove(from);
        relation.decide(stance, waiting.as_ref().map(|waiting| waiting.time), now);
        waiting
    }

    /// Declines whoever waits. They learn nothing of it.
    pub fn decline(&mut self, from: &Id, relation: &mut Relation) -> Option<Waiting> {
        let waiting = self.waiting.remove(from)?;
        relation.decline(waiting.time);
        Some(waiting)
    }

    /// Drops what has become too old, and says whose it was.
    pub fn forget(&mut self, now: u64) -> Vec<Id> {
        let is_over = |waiting: &Waiting| waiting.time.saturating_add(limits::REQUEST_MS) <= now;
        self.waiting.extract_if(.., |_, waiting| is_over(waiting)).map(|(from, _)| from).collect()
    }
}

impl FromIterator<(Id, Waiting)> for Inbox {
    fn from_iter<T: IntoIterator<Item = (Id, Waiting)>>(waiting: T) -> Self {
        Self { waiting: waiting.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests;
