//! A store in memory, for tests of the parts that use the traits: it opens no socket and no file.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use libp2p::PeerId;
use spinney::{
    format::{RAW, cid_of, ipns},
    keys::Id,
    net::{
        keep::Removed,
        mailbox::{Digest, Mail, Token},
    },
};
use tokio::sync::broadcast;

use super::{
    Blobs, CHANGES, DepositOutcome, Error, Invited, MailboxUsage, PutOutcome, RecordUpdate, Records,
    Removals, Requests, Subscription, Subscriptions,
};
use crate::limits;

/// Records, blocks and mailboxes that last as long as the value.
pub(crate) struct Memory {
    tables: Mutex<Tables>,
    changes: broadcast::Sender<RecordUpdate>,
    mail: broadcast::Sender<Id>,
}

#[derive(Default)]
struct Tables {
    blocks: HashMap<Cid, Bytes>,
    records: HashMap<Id, (ipns::Record, Bytes)>,
    mailboxes: HashMap<Id, Mailbox>,
    /// Identities that keep a root here.
    keepers: HashSet<Id>,
    invited: HashSet<Id>,
    removed: HashMap<Id, Removed>,
    subscriptions: HashMap<(Id, PeerId), Subscription>,
    /// The number of the last mail.
    number: u64,
}

#[derive(Default)]
struct Mailbox {
    mails: Vec<(u64, Mail, bool)>,
    tokens: HashMap<Token, Option<Digest>>,
}

impl Default for Memory {
    fn default() -> Self {
        let (changes, mail) = (broadcast::channel(CHANGES).0, broadcast::channel(CHANGES).0);
        Self { tables: Mutex::default(), changes, mail }
    }
}

impl Memory {
    /// A store with one raw block.
    pub(crate) fn with_block(bytes: &'static [u8]) -> Self {
        let memory = Self::default();
        memory.tables().blocks.insert(cid_of(RAW, bytes), Bytes::from_static(bytes));
        memory
    }

    /// Invites an identity.
    pub(crate) fn invite(&self, id: &Id) {
        self.tables().invited.insert(*id);
    }

    /// Notes that an identity keeps a root here.
    pub(crate) fn keeps_root(&self, id: &Id) {
        self.tables().keepers.insert(*id);
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }
}

#[async_trait]
impl Subscriptions for Memory {
    async fn subscribe(&self, id: &Id, new: &Subscription) -> Result<(), Error> {
        self.tables().subscriptions.insert((*id, new.device), new.clone());
        Ok(())
    }

    async fn unsubscribe(&self, id: &Id, device: &PeerId, endpoint: Option<&str>) -> Result<(), Error> {
        let mut tables = self.tables();
        let key = (*id, *device);
        let is_same = |held: &Subscription| endpoint.is_none_or(|endpoint| held.endpoint == endpoint);
        if tables.subscriptions.get(&key).is_some_and(is_same) {
            tables.subscriptions.remove(&key);
        }
        Ok(())
    }

    async fn subscriptions(&self, id: &Id) -> Result<Vec<Subscription>, Error> {
        let tables = self.tables();
        Ok(tables
            .subscriptions
            .iter()
            .filter(|((of, _), _)| of == id)
            .map(|(_, held)| held.clone())
            .collect())
    }
}

#[async_trait]
impl Blobs for Memory {
    async fn have(&self, cids: &[Cid]) -> Result<Vec<bool>, Error> {
        let tables = self.tables();
        Ok(cids.iter().map(|cid| tables.blocks.contains_key(cid)).collect())
    }

    async fn block(&self, cid: &Cid) -> Result<Option<Bytes>, Error> {
        Ok(self.tables().blocks.get(cid).cloned())
    }
}

#[async_trait]
impl Records for Memory {
    async fn put(
        &self,
        id: Id,
        record: &ipns::Record,
        bytes: Bytes,
        replaces: Option<u64>,
    ) -> Result<PutOutcome, Error> {
        let mut tables = self.tables();
        if let Some((current, stored)) = tables.records.get(&id) {
            if *stored == bytes {
                return Ok(PutOutcome::Done);
            }
            if replaces.is_some_and(|replaces| replaces != current.sequence) || !record.supersedes(current) {
                return Ok(PutOutcome::Conflict(current.sequence));
            }
        }
        if !tables.blocks.contains_key(&record.root) {
            return Ok(PutOutcome::UnknownRoot);
        }
        tables.records.insert(id, (record.clone(), bytes.clone()));
        self.changes.send(RecordUpdate { id, sequence: record.sequence, record: bytes }).ok();
        Ok(PutOutcome::Done)
    }

    async fn newest(&self, id: &Id) -> Result<Option<(u64, Bytes)>, Error> {
        Ok(self.tables().records.get(id).map(|(record, bytes)| (record.sequence, bytes.clone())))
    }

    async fn newer(&self, known: &[(Id, u64)]) -> Result<Vec<Id>, Error> {
        let tables = self.tables();
        let is_newer =
            |(id, known): &&(Id, u64)| tables.records.get(id).is_some_and(|(it, _)| it.sequence > *known);
        Ok(known.iter().filter(is_newer).map(|(id, _)| *id).collect())
    }

    fn changes(&self) -> broadcast::Receiver<RecordUpdate> {
        self.changes.subscribe()
    }
}

#[async_trait]
impl Invited for Memory {
    async fn is_invited(&self, id: &Id) -> Result<bool, Error> {
        Ok(self.tables().invited.contains(id))
    }
}

#[async_trait]
impl Removals for Memory {
    async fn is_removed(&self, id: &Id, device: &PeerId) -> Result<bool, Error> {
        let tables = self.tables();
        let is_it = |removed: &Id| removed.peer_id() == device.to_bytes();
        Ok(tables.removed.get(id).is_some_and(|removed| removed.devices.iter().any(is_it)))
    }

    async fn remove(&self, id: &Id, removed: &Removed) -> Result<(), Error> {
        self.tables().removed.insert(*id, removed.clone());
        Ok(())
    }
}

#[async_trait]
impl Requests for Memory {
    async fn open_mailbox(&self, id: &Id) -> Result<(), Error> {
        self.tables().mailboxes.entry(*id).or_default();
        Ok(())
    }

    async fn usage(&self, to: &Id) -> Result<Option<MailboxUsage>, Error> {
        Ok(self.tables().usage(to))
    }

    async fn deposit(&self, to: &Id, mail: &Mail, token: Option<&Token>) -> Result<DepositOutcome, Error> {
        let mut tables = self.tables();
        let Some(usage) = tables.usage(to) else { return Ok(DepositOutcome::NoMailbox) };
        let number = tables.number + 1;
        let mailbox = tables.mailboxes.get_mut(to).expect("it has a usage");
        if mailbox.mails.iter().any(|(_, other, _)| other.digest() == mail.digest()) {
            return Ok(DepositOutcome::Done);
        }
        match token.map(|token| mailbox.tokens.get(token)) {
            Some(None) => return Ok(DepositOutcome::UnknownToken),
            Some(Some(Some(used))) if *used == mail.digest() => return Ok(DepositOutcome::Done),
            Some(Some(Some(_))) => return Ok(DepositOutcome::UsedToken),
            None if usage.strangers >= usage.room_for_strangers() => return Ok(DepositOutcome::Full),
            Some(Some(None)) if usage.invited >= usage.room_for_invited() => return Ok(DepositOutcome::Full),
            None | Some(Some(None)) => {}
        }
        mailbox.mails.push((number, mail.clone(), token.is_some()));
        if let Some(token) = token {
            mailbox.tokens.insert(*token, Some(mail.digest()));
        }
        tables.number = number;
        self.mail.send(*to).ok();
        Ok(DepositOutcome::Done)
    }

    async fn expect(&self, id: &Id, tokens: &[Token]) -> Result<bool, Error> {
        let mut tables = self.tables();
        let expected = &mut tables.mailboxes.entry(*id).or_default().tokens;
        let new = tokens.iter().filter(|token| !expected.contains_key(*token)).count();
        if expected.len() + new > limits::TOKENS as usize {
            return Ok(false);
        }
        for token in tokens {
            expected.entry(*token).or_default();
        }
        Ok(true)
    }

    async fn forget(&self, id: &Id, tokens: &[Token]) -> Result<(), Error> {
        if let Some(mailbox) = self.tables().mailboxes.get_mut(id) {
            mailbox.tokens.retain(|token, _| !tokens.contains(token));
        }
        Ok(())
    }

    async fn discard(&self, id: &Id, mails: &[Digest]) -> Result<(), Error> {
        if let Some(mailbox) = self.tables().mailboxes.get_mut(id) {
            mailbox.mails.retain(|(_, mail, _)| !mails.contains(&mail.digest()));
        }
        Ok(())
    }

    async fn mail_after(&self, id: &Id, number: u64) -> Result<Vec<(u64, Bytes)>, Error> {
        let tables = self.tables();
        let mails = tables.mailboxes.get(id).into_iter().flat_map(|mailbox| &mailbox.mails);
        let after = mails.filter(|(other, ..)| *other > number);
        Ok(after.map(|(number, mail, _)| (*number, mail.bytes().clone())).collect())
    }

    fn arrivals(&self) -> broadcast::Receiver<Id> {
        self.mail.subscribe()
    }
}

impl Tables {
    fn usage(&self, of: &Id) -> Option<MailboxUsage> {
        let mailbox = self.mailboxes.get(of)?;
        let invited = mailbox.mails.iter().filter(|(_, _, invited)| *invited).count();
        let strangers = mailbox.mails.len() - invited;
        let all: usize = self.mailboxes.values().map(|mailbox| mailbox.mails.len()).sum();
        let keeps_root = self.keepers.contains(of);
        Some(MailboxUsage {
            strangers: strangers as u32,
            invited: invited as u32,
            all: all as u32,
            keeps_root,
        })
    }
}
