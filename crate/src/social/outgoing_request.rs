//! My request to somebody whom I added, until it is in their mailbox.

use std::array::TryFromSliceError;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use super::{
    request::{self, InviteRefusal},
    share::Recipient,
    stored,
    vault::Entry,
};
use crate::{
    format::{
        DecodeError,
        invite::Ticket,
        limits,
        secret::{CodeSecret, Secret},
    },
    keys::{self, Id, Ring},
};

/// After this time a full mailbox is tried again, in milliseconds: a day, because its owner has to read it
/// first.
const FULL_MS: u64 = 20 * 60 * 60 * 1000;

/// For this time a sealed request stays as it is, in milliseconds: 30 days, half of the time for which it is
/// valid.
const FRESH_MS: u64 = limits::REQUEST_MS / 2;

/// A request to somebody, and how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingRequest {
    /// My message. It may be empty.
    message: String,
    /// Their invite, if I have one for one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invite: Option<InviteTicket>,
    /// Why their invite did not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent: Option<InviteRefusal>,
    /// When their mailbox was full, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    full: Option<u64>,
    /// Whether it is left even if they have a letterbox for me: they may have removed me, and I do not learn of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    insists: bool,
    /// The sealed request. It stays the same, because a token lets only one mail pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Mail>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredTicket", into = "StoredTicket")]
struct InviteTicket {
    secret: TicketSecret,
    until: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TicketSecret {
    Invite(CodeSecret),
    Introduction(Secret),
}

/// An [`InviteTicket`] as rows and the vault keep it: what it is a ticket of says how long its secret is.
#[derive(Serialize, Deserialize)]
struct StoredTicket {
    secret: ByteBuf,
    until: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    introduced: bool,
}

impl TryFrom<StoredTicket> for InviteTicket {
    type Error = TryFromSliceError;

    fn try_from(StoredTicket { secret, until, introduced }: StoredTicket) -> Result<Self, Self::Error> {
        let bytes = Zeroizing::new(secret.into_vec());
        let secret = match introduced {
            true => TicketSecret::Introduction(stored::secret_of(&bytes)?),
            false => TicketSecret::Invite(stored::secret_of(&bytes)?),
        };
        Ok(Self { secret, until })
    }
}

impl From<InviteTicket> for StoredTicket {
    fn from(InviteTicket { secret, until }: InviteTicket) -> Self {
        let (secret, introduced) = match &secret {
            TicketSecret::Introduction(secret) => (&secret.as_bytes()[..], true),
            TicketSecret::Invite(secret) => (&secret.as_bytes()[..], false),
        };
        Self { secret: secret.to_vec().into(), until, introduced }
    }
}

impl InviteTicket {
    fn token(&self) -> [u8; 32] {
        match &self.secret {
            TicketSecret::Invite(secret) => keys::invite::token(secret),
            TicketSecret::Introduction(secret) => keys::introduction::token(secret),
        }
    }

    fn proof(&self, from: &Id, to: &Id) -> [u8; 32] {
        match &self.secret {
            TicketSecret::Invite(secret) => keys::invite::proof(secret, from, to),
            TicketSecret::Introduction(secret) => keys::introduction::proof(secret, from, to),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mail {
    mail: ByteBuf,
    at: u64,
}

/// What somebody is to be told, and when a request was last left for them, as the vault keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Absent where nothing is to be said any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invite: Option<InviteTicket>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent: Option<InviteRefusal>,
    /// When a request was last left for them, or they asked first, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<u64>,
}

impl Entry for Asking {
    const PREFIX: &'static str = "asking/";
    type Name = Id;
}

impl Asking {
    /// Returns what the vault keeps of a request, if there is one, and of when the last was left.
    pub fn new(request: Option<&OutgoingRequest>, asked: Option<u64>) -> Self {
        let Some(OutgoingRequest { message, invite, spent, .. }) = request else {
            return Self { asked, ..Self::default() };
        };
        Self { message: Some(message.clone()), invite: invite.clone(), spent: *spent, asked }
    }

    /// Whether the same is to be said with the same invite.
    pub fn says_as(&self, other: &Self) -> bool {
        self.message == other.message && self.invite == other.invite
    }

    /// Whether there is something to say.
    pub fn is_said(&self) -> bool {
        self.message.is_none()
    }

    /// Returns the request, with what this device alone knows of it, which is `known` if that says the same.
    pub fn request(&self, known: Option<&OutgoingRequest>) -> Option<OutgoingRequest> {
        let Self { message, invite, spent, .. } = self.clone();
        let new = OutgoingRequest { message: message?, invite, spent, ..OutgoingRequest::default() };
        let is_known = |known: &&OutgoingRequest| known.message == new.message && known.invite == new.invite;
        Some(match known.filter(is_known) {
            Some(known) => OutgoingRequest { spent: new.spent.or(known.spent), ..known.clone() },
            None => new,
        })
    }
}

impl OutgoingRequest {
    /// Starts a request to somebody, with the ticket of their invite if I have one, at `now` in milliseconds
    /// since 1970.
    pub fn new(message: String, ticket: Option<Ticket>, now: u64) -> Self {
        let invite = ticket
            .map(|Ticket { secret, until }| InviteTicket { secret: TicketSecret::Invite(secret), until });
        let spent = invite.as_ref().filter(|invite| invite.until <= now).map(|_| InviteRefusal::Ended);
        Self { message, invite, spent, ..Self::default() }
    }

    /// Starts a request to somebody whom a friend introduced with this secret, which is good until then.
    pub fn introduced(secret: Secret, until: u64) -> Self {
        let secret = TicketSecret::Introduction(secret);
        Self { invite: Some(InviteTicket { secret, until }), ..Self::default() }
    }

    /// Returns why their invite did not count, if that is known.
    pub fn spent(&self) -> Option<InviteRefusal> {
        self.spent
    }

    /// Whether it has an invite, and another one than `known`.
    pub fn has_other_invite(&self, known: Option<&Self>) -> bool {
        self.invite.is_some() && self.invite != known.and_then(|known| known.invite.clone())
    }

    /// Whether it has a message, and another one than `known`.
    pub fn has_other_message(&self, known: Option<&Self>) -> bool {
        !self.message.is_empty() && known.is_none_or(|known| known.message != self.message)
    }

    /// Has it left even if they have a letterbox for me.
    pub fn insist(&mut self) {
        self.insists = true;
    }

    /// Whether it is left even if they have a letterbox for me.
    pub fn insists(&self) -> bool {
        self.insists
    }

    /// Whether their mailbox was full when it was last tried.
    pub fn is_full(&self) -> bool {
        self.full.is_some()
    }

    /// Whether their mailbox may be tried at this time.
    pub fn is_due(&self, now: u64) -> bool {
        self.full.is_none_or(|full| now >= full.saturating_add(FULL_MS))
    }

    /// Returns the token that lets the request pass before those of strangers, if it may still be valid.
    pub fn token(&self, now: u64) -> Option<[u8; 32]> {
        let good = self.invite.as_ref().filter(|invite| self.spent.is_none() && now < invite.until);
        good.map(InviteTicket::token)
    }

    /// Returns the request to be left, which names the identity that I follow, if there is one. It is the one that was sealed before, unless that is too old.
    ///
    /// Store it before it is left, so that a second try leaves the same.
    ///
    /// # Errors
    ///
    /// As [`request::ask`].
    pub fn seal(
        &mut self,
        ring: &Ring,
        to: &Recipient,
        relays: &[String],
        predecessor: Option<&Id>,
        now: u64,
    ) -> Result<Vec<u8>, DecodeError> {
        if let Some(sealed) = self.sealed.as_ref().filter(|sealed| now < sealed.at.saturating_add(FRESH_MS)) {
            return Ok(sealed.mail.to_vec());
        }
        let proof = self.invite.as_ref().map(|invite| invite.proof(&ring.id(), &to.id));
        let mail = request::ask(ring, to, &self.message, relays, proof, predecessor, now)?;
        self.sealed = Some(Mail { mail: ByteBuf::from(mail.clone()), at: now });
        Ok(mail)
    }

    /// Records that somebody else used the token. The request is then left as a stranger's.
    pub fn apply_used(&mut self) {
        self.spent.get_or_insert(InviteRefusal::Used);
    }

    /// Records that their mailbox was full.
    pub fn apply_full(&mut self, now: u64) {
        self.full = self.full.max(Some(now));
    }

    /// Records that the request is in their mailbox. If it has to be left again, a new one is sealed.
    pub fn apply_left(&mut self) {
        self.sealed = None;
        self.full = None;
        self.insists = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, recipient, ring};

    const DAY: u64 = 24 * 60 * 60 * 1000;

    fn ticket() -> Ticket {
        Ticket { secret: CodeSecret::from_bytes([7; 16]), until: NOW + DAY }
    }

    #[test]
    fn one_request_is_left_however_often_it_is_tried_until_it_is_old_or_left() {
        let mut asking = OutgoingRequest::new("hi".into(), None, NOW);
        let seal = |asking: &mut OutgoingRequest, now| {
            asking.seal(&ring(1), &recipient(&ring(2)), &[], None, now).unwrap()
        };
        let mail = seal(&mut asking, NOW);
        assert_eq!(seal(&mut asking, NOW + DAY), mail);
        let row = serde_ipld_dagcbor::to_vec(&asking).unwrap();
        let mut back: OutgoingRequest = serde_ipld_dagcbor::from_slice(&row).unwrap();
        assert_eq!(seal(&mut back, NOW + DAY), mail, "also after the tab was closed");
        assert_ne!(seal(&mut asking, NOW + FRESH_MS), mail);
        asking.apply_left();
        assert_ne!(seal(&mut asking, NOW + FRESH_MS), mail);
    }

    #[test]
    fn a_token_is_shown_while_the_invite_is_good_and_the_proof_always() {
        let mut asking = OutgoingRequest::new(String::new(), Some(ticket()), NOW);
        assert_eq!(asking.token(NOW), Some(keys::invite::token(&ticket().secret)));
        assert_eq!((asking.token(NOW + DAY), asking.spent()), (None, None));
        asking.apply_used();
        assert_eq!((asking.token(NOW), asking.spent()), (None, Some(InviteRefusal::Used)));
        let ended = OutgoingRequest::new(String::new(), Some(ticket()), NOW + DAY);
        assert_eq!((ended.token(NOW + DAY), ended.spent()), (None, Some(InviteRefusal::Ended)));
        let mail = asking.seal(&ring(1), &recipient(&ring(2)), &[], None, NOW).unwrap();
        assert!(request::open(&ring(2), &mail, NOW).unwrap().names_an_invite());
    }

    #[test]
    fn a_full_mailbox_is_tried_another_day() {
        let mut asking = OutgoingRequest::default();
        assert!(asking.is_due(NOW));
        asking.apply_full(NOW);
        asking.apply_full(NOW - 1);
        assert!(asking.is_full() && !asking.is_due(NOW + 1) && asking.is_due(NOW + DAY));
        asking.apply_left();
        assert!(!asking.is_full() && asking.is_due(NOW));
    }
}
