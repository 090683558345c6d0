//! What I know about another identity, and how news of it is ingested.

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

mod fork;
mod removed;

pub use self::fork::{Fork, PATIENCE as FORK_PATIENCE};
pub use self::removed::RemovedDevices;

use super::{feed, share::Recipient, stored, succession::NewKeys, vault::KnownContact};
use crate::{
    format::{
        DecodeError, ReadError,
        device::Certificate,
        is_block, limits,
        profile::Profile,
        root::Root,
        signed::{self, Verified},
    },
    keys::Id,
};

/// How far ahead of the clock an invite may name a sequence, in seconds: sequences are unix seconds, unless many records
/// are published at once, and clocks may be set to another time zone.
pub const CLAIM_SECONDS: u64 = 24 * 60 * 60;

/// Another identity that I added, as its row stores it.
///
/// Every `apply` is idempotent. The order of news does not matter, because older news changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: Id,
    /// When I added it, in milliseconds since 1970.
    pub added: u64,
    /// My name for it.
    pub petname: Option<String>,
    /// Relays that the invite named. They are used until the profile names others. Hostile input until
    /// checked.
    pub hints: Vec<String>,
    /// The lowest sequence to accept: the highest that was seen, or that the vault remembers.
    pub floor: u64,
    /// The lowest sequence to accept until a first root was ingested, as an invite says. It is a claim of nobody, because
    /// invites are not signed.
    #[serde(default)]
    pub claimed: Option<u64>,
    /// Its newest profile.
    #[serde(with = "stored::profile")]
    pub profile: Option<Profile>,
    /// Keys that the vault remembers, used until there is a profile.
    #[serde(default)]
    pub remembered: Option<Recipient>,
    /// The block of that profile, and the sequence of the root that named it.
    pub profile_from: Option<(Cid, u64)>,
    /// The first commitment to its successor that I saw. It is never replaced.
    pub heir: Option<[u8; 32]>,
    /// Another one that its newest profile names. Nothing is taken from it until the person decides.
    #[serde(default)]
    pub other_heir: Option<OtherHeir>,
    /// That it follows another identity, until the person has read it.
    #[serde(default)]
    pub new_keys: Option<NewKeys>,
    /// Its newest ingested root.
    pub head: Option<Head>,
    /// How far I have read my letterbox at this contact. If there is one, the contact added me too.
    pub reading: Option<ReadPosition>,
    /// How far I have read what it left for former keys of mine, and for which: the number of their seed.
    #[serde(default)]
    pub late: Option<(u32, ReadPosition)>,
    /// How far I have read its feed.
    #[serde(default)]
    pub feed: Option<feed::ReadPosition>,
    /// Its devices, from its notes.
    pub devices: Vec<Device>,
    /// Those that act for it no longer.
    #[serde(default)]
    pub removed: RemovedDevices,
    /// Two roots of one sequence that no root has joined yet.
    #[serde(default)]
    pub fork: Option<Fork>,
    /// A warning about this identity, for the person to see.
    pub warning: Option<Warning>,
}

/// The newest root of a contact that was ingested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its sequence.
    pub seq: u64,
    /// Its block.
    pub root: Cid,
    /// When it was written, in milliseconds since 1970. A claim of its author.
    pub time: u64,
    /// The CID of its profile.
    pub profile: Cid,
    /// The CID of its letterbox map.
    pub letterboxes: Cid,
}

impl Head {
    /// Returns the head of a root that was read from block `cid`.
    pub fn of(cid: Cid, root: &Root) -> Self {
        let Root { seq, time, profile, letterboxes, .. } = *root;
        Self { seq, root: cid, time, profile, letterboxes }
    }
}

/// A device that a contact certified. The verified certificate is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ByteBuf", into = "ByteBuf")]
pub struct Device {
    /// The contents of the certificate.
    pub certificate: Certificate,
    envelope: ByteBuf,
}

impl TryFrom<ByteBuf> for Device {
    type Error = DecodeError;

    fn try_from(envelope: ByteBuf) -> Result<Self, DecodeError> {
        Ok(Self { certificate: signed::reopen(&envelope)?, envelope })
    }
}

impl From<Device> for ByteBuf {
    fn from(device: Device) -> Self {
        device.envelope
    }
}

/// A commitment to another successor than the first one that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherHeir {
    /// The commitment. It pins nothing.
    heir: [u8; 32],
    /// Whether the person wants news of them all the same.
    is_taken: bool,
}

/// How far a letterbox has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPosition {
    /// The number of the newest page that was seen.
    pub no: u64,
    /// Its block.
    pub page: Cid,
    /// How many notes of this page were ingested. Older pages were ingested whole.
    pub notes: u64,
}

/// A warning about a contact, for the person to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Warning {
    /// A fork that no root joined within an hour: two roots have this sequence, so the identity was used in two places at
    /// once. A higher sequence ends the warning.
    TwoRoots(u64),
    /// The profile names another successor than the first one did, so somebody else may have the identity.
    Heir,
}

/// How a root relates to what is known about its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Newer than all that was seen. It is to be fetched and ingested.
    Newer,
    /// The root that was ingested last.
    Known,
    /// Older than what was seen, or than the invite. It is refused.
    Older,
    /// A fork: another root with the sequence of the known one. The first one stays, and a [`Warning`]
    /// follows unless a root joins both.
    Fork,
}

/// Whether a record of this sequence can have been accepted before `now`, in milliseconds since 1970: with one that is
/// further ahead in the vault, no record of the contact would ever be accepted.
fn is_seen(seq: u64, now: u64) -> bool {
    seq <= (now / 1000).saturating_add(limits::SEQUENCE_AHEAD_S)
}

impl Contact {
    /// Makes a contact that was added at `now`: relays to ask, and the lowest sequence to accept.
    pub fn new(id: Id, hints: Vec<String>, floor: u64, now: u64) -> Self {
        Self {
            id,
            added: now,
            petname: None,
            hints,
            floor,
            claimed: None,
            profile: None,
            remembered: None,
            profile_from: None,
            heir: None,
            other_heir: None,
            new_keys: None,
            head: None,
            reading: None,
            late: None,
            feed: None,
            devices: Vec::new(),
            removed: RemovedDevices::default(),
            fork: None,
            warning: None,
        }
    }

    /// Makes a contact from its vault entry at `now`, in milliseconds since 1970. The rest is found again by its id.
    pub fn from_known(id: Id, known: KnownContact, now: u64) -> Self {
        let KnownContact { added, relays, seq, heir, recipient } = known;
        let seq = if is_seen(seq, now) { seq } else { 0 };
        // Keys under another's name would seal to the wrong person.
        let remembered = recipient.filter(|recipient| recipient.id == id);
        Self { heir, remembered, ..Self::new(id, relays, seq, added) }
    }

    /// Applies at `now`, in milliseconds since 1970, what another device of mine knows about it. Idempotent, in any order
    /// alike.
    pub fn apply_known(&mut self, known: KnownContact, now: u64) {
        let KnownContact { added, relays, seq, heir, recipient } = known;
        self.added = added;
        let seq = if is_seen(seq, now) { seq } else { 0 };
        // From equal sequences the relays are those of one profile.
        if seq > self.seen() || self.profile.is_none() {
            self.apply_hints(&relays);
            self.remembered =
                recipient.filter(|recipient| recipient.id == self.id).or(self.remembered.take());
        }
        self.floor = self.floor.max(seq);
        self.heir = heir.or(self.heir);
    }

    /// Returns the vault entry of this contact.
    pub fn known(&self) -> KnownContact {
        KnownContact {
            added: self.added,
            relays: self.relays().to_vec(),
            seq: self.seen(),
            heir: self.heir,
            recipient: self.recipient(),
        }
    }

    /// Whether it has a letterbox for me, as far as I have looked.
    pub fn has_letterbox(&self) -> bool {
        self.reading.is_some()
    }

    /// Stores the relays at which it was found last. They count until its profile names others.
    pub fn apply_hints(&mut self, relays: &[String]) {
        let before = std::mem::replace(&mut self.hints, relays.to_vec());
        self.hints.extend(before.into_iter().filter(|relay| !relays.contains(relay)));
        self.hints.truncate(limits::RELAYS);
    }

    /// Lets its newest root be ingested again, because I want more of it than before.
    pub fn forget_head(&mut self) {
        self.floor = self.seen();
        self.head = None;
    }

    /// Returns the petname, or else the name in its profile.
    pub fn name(&self) -> Option<&str> {
        self.petname.as_deref().or(self.profile.as_ref().map(|profile| profile.name.as_str()))
    }

    /// Returns the relays at which its record is looked for: the profile's, or the invite's until there is a
    /// profile.
    pub fn relays(&self) -> &[String] {
        match &self.profile {
            Some(profile) if !profile.relays.is_empty() => &profile.relays,
            _ => &self.hints,
        }
    }

    /// Returns the keys to which a share for this contact is sealed, or `None` while they are unknown.
    pub fn recipient(&self) -> Option<Recipient> {
        let of_profile =
            |profile: &Profile| Recipient { id: self.id, kem: profile.kem.clone(), label: profile.label };
        self.profile.as_ref().map(of_profile).or_else(|| self.remembered.clone())
    }

    /// Accepts nothing below this sequence at the first look, because an invite says that it was reached.
    ///
    /// Anybody can write an invite. So it counts only until a first root was seen, and at most to a day from `now`, in
    /// milliseconds since 1970: the person can always publish something newer.
    pub fn apply_claim(&mut self, seq: u64, now: u64) {
        if self.floor == 0 && self.head.is_none() {
            self.claimed = Some(seq.min(now / 1000 + CLAIM_SECONDS));
        }
    }

    /// Forgets what an invite claimed, once a day has gone by without a root that satisfies it.
    pub fn forget_claim(&mut self, now: u64) {
        self.claimed.take_if(|_| self.added.saturating_add(1000 * CLAIM_SECONDS) <= now);
    }

    /// Returns the highest sequence that was seen of this contact.
    pub fn seen(&self) -> u64 {
        self.head.map_or(self.floor, |head| head.seq.max(self.floor))
    }

    /// Returns the highest sequence that this contact is known, or claimed, to have reached.
    pub fn seq(&self) -> u64 {
        self.seen().max(self.claimed.filter(|_| self.head.is_none()).unwrap_or_default())
    }

    /// Says how a root of this sequence relates to what is known, before anything of it is fetched.
    pub fn consider(&self, seq: u64, root: &Cid) -> Verdict {
        match self.head {
            Some(head) if head.seq == seq && head.root == *root => Verdict::Known,
            Some(head) if head.seq == seq => Verdict::Fork,
            Some(head) if head.seq > seq => Verdict::Older,
            _ if seq < self.seq() => Verdict::Older,
            _ => Verdict::Newer,
        }
    }

    /// Whether nothing is taken from it or given to it, because it names another successor than at first.
    pub fn is_doubted(&self) -> bool {
        self.warning == Some(Warning::Heir)
    }

    /// Ends the doubt: the person wants news of them all the same. The first successor stays pinned.
    pub fn take_all_the_same(&mut self) {
        if let Some(other) = self.other_heir.as_mut().filter(|_| self.warning == Some(Warning::Heir)) {
            other.is_taken = true;
            self.warning = None;
            self.forget_head();
        }
    }

    /// Applies the profile block `cid` that a root of sequence `seq` names. Returns whether anything changed.
    ///
    /// This identity must have signed it. A profile from an older root changes nothing. The successor that
    /// was seen first stays pinned. A profile with another one sets a warning and changes nothing else, unless the person
    /// wanted it all the same.
    pub fn apply_profile(&mut self, seq: u64, cid: Cid, block: &[u8]) -> Result<bool, ReadError> {
        if !is_block(&cid, block) {
            return Err(ReadError::AnotherBlock);
        }
        let Verified { object: profile, .. } =
            signed::open::<Profile>(block, Some(&self.id.verifying_key()))?;
        if self.profile_from.is_some_and(|(known, from)| known == cid || seq <= from) {
            // Many roots may name the same profile. The highest sequence decides what is older.
            if let Some((_, from)) = self.profile_from.as_mut().filter(|(known, _)| *known == cid) {
                *from = seq.max(*from);
            }
            return Ok(false);
        }
        let pinned = *self.heir.get_or_insert(profile.heir);
        if pinned != profile.heir && self.other_heir != Some(OtherHeir { heir: profile.heir, is_taken: true })
        {
            self.warning = Some(Warning::Heir);
            self.other_heir = Some(OtherHeir { heir: profile.heir, is_taken: false });
            return Ok(true);
        }
        self.profile_from = Some((cid, seq));
        self.profile = Some(profile);
        Ok(true)
    }

    /// Applies device certificates from the contact's notes. Returns whether anything changed.
    ///
    /// Certificates of other identities, and malformed or expired ones, are dropped. For each device the one
    /// that lasts longest stays.
    pub fn apply_devices(&mut self, certificates: impl IntoIterator<Item = ByteBuf>, now: u64) -> bool {
        let before = self.devices.clone();
        let key = self.id.verifying_key();
        let new = certificates.into_iter().filter_map(|envelope| {
            let certificate = signed::open::<Certificate>(&envelope, Some(&key)).ok()?.object;
            Some(Device { certificate, envelope })
        });
        self.devices.extend(new);
        self.devices.retain(|device| now < device.certificate.until);
        let until = |device: &Device| std::cmp::Reverse(device.certificate.until);
        self.devices.sort_by_key(|device| (*device.certificate.device.as_bytes(), until(device)));
        self.devices.dedup_by_key(|device| device.certificate.device);
        // The certificate that lasts longest belongs to the device that was used last.
        self.devices.sort_by_key(|device| (until(device), *device.certificate.device.as_bytes()));
        self.devices.truncate(limits::DEVICES);
        self.devices != before
    }
}

#[cfg(test)]
mod tests;
