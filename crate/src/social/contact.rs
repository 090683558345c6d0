//! What I know of another identity, and how news of it is taken in.

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::{feed, share::Recipient, stored, vault::KnownContact};
use crate::{
    crypto::{WeakKey, agree},
    format::{
        DecodeError, Fault, ReadError,
        device::Certificate,
        is_block, limits,
        profile::Profile,
        root::Root,
        signed::{self, Verified},
    },
    keys::Id,
};

/// Another identity that I imported, as it is kept in a row of state.
///
/// Every `apply` is idempotent, and the order in which news arrives does not matter: what is older than what is
/// known changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Who it is.
    pub id: Id,
    /// When I added it, in milliseconds since 1970.
    pub added: u64,
    /// What I call it.
    pub petname: Option<String>,
    /// Relays that the invite named, used until the profile names its own: hostile input until checked.
    pub hints: Vec<String>,
    /// The lowest sequence to accept: that of the invite, or the highest that the vault remembers.
    pub floor: u64,
    /// Its newest profile.
    #[serde(with = "stored::option")]
    pub profile: Option<Profile>,
    /// Keys that the vault remembers, used until there is a profile.
    #[serde(default)]
    pub remembered: Option<Recipient>,
    /// The block of that profile, and the sequence of the root through which it was found.
    pub profile_from: Option<(Cid, u64)>,
    /// The commitment to its successor that I saw first; never replaced.
    pub heir: Option<[u8; 32]>,
    /// Its newest root whose content has been taken in.
    pub head: Option<Head>,
    /// How far I have read in my letterbox there; there being one means that it added me too.
    pub reading: Option<Reading>,
    /// How far I have read what it shared with everybody.
    #[serde(default)]
    pub feed: Option<feed::Reading>,
    /// Its devices, as its notes brought them.
    pub devices: Vec<Device>,
    /// What a person should be told about this identity.
    pub warning: Option<Warning>,
}

/// The newest root of a contact that I have taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its sequence.
    pub seq: u64,
    /// Its block.
    pub root: Cid,
    /// When it was written, in milliseconds since 1970: its author's claim.
    pub time: u64,
    /// The profile that it names.
    pub profile: Cid,
    /// The letterbox map that it names.
    pub letterboxes: Cid,
}

impl Head {
    /// The head that a root makes, which was read from the block `cid`.
    pub fn of(cid: Cid, root: &Root) -> Self {
        let Root { seq, time, profile, letterboxes, .. } = *root;
        Self { seq, root: cid, time, profile, letterboxes }
    }
}

/// A device that a contact certified, kept as the certificate that was verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ByteBuf", into = "ByteBuf")]
pub struct Device {
    /// What was certified.
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

/// How far a letterbox has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The number of the newest page that I have seen.
    pub no: u64,
    /// Its block.
    pub page: Cid,
    /// How many of its notes I have taken in; all of every older page.
    pub notes: u64,
}

/// What a person should be told about a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Warning {
    /// Two roots carry this sequence: the identity was used in two places at once. A higher one ends this.
    TwoRoots(u64),
    /// The profile names another successor than at first: the identity may be in somebody else's hands.
    Heir,
}

/// How a root stands to what is known of its author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Newer than anything seen: to be fetched and taken in.
    Newer,
    /// The one that has been taken in.
    Known,
    /// Older than what has been seen, or than the invite: refused.
    Older,
    /// Another root with the sequence of the known one: the first seen stays, and there is a [`Warning`].
    Twin,
}

impl Contact {
    /// A contact of which nothing is known but its invite: relays to ask, and the lowest sequence to accept.
    pub fn new(id: Id, hints: Vec<String>, floor: u64, now: u64) -> Self {
        Self {
            id,
            added: now,
            petname: None,
            hints,
            floor,
            profile: None,
            remembered: None,
            profile_from: None,
            heir: None,
            head: None,
            reading: None,
            feed: None,
            devices: Vec::new(),
            warning: None,
        }
    }

    /// A contact that the vault brings back: everything else is found again by its id.
    pub fn from_known(id: Id, known: KnownContact) -> Self {
        let KnownContact { added, petname, relays, seq, heir, recipient } = known;
        // Keys under another's name would seal to somebody else.
        let remembered = recipient.filter(|recipient| recipient.id == id);
        Self { petname, heir, remembered, ..Self::new(id, relays, seq, added) }
    }

    /// What the vault keeps of this contact.
    pub fn known(&self) -> KnownContact {
        KnownContact {
            added: self.added,
            petname: self.petname.clone(),
            relays: self.relays().to_vec(),
            seq: self.seq(),
            heir: self.heir,
            recipient: self.recipient(),
        }
    }

    /// Whether it has a letterbox for me, as far as I have looked.
    pub fn has_letterbox(&self) -> bool {
        self.reading.is_some()
    }

    /// Takes in relays at which it was heard of last. They count until its profile names its own.
    pub fn apply_hints(&mut self, relays: &[String]) {
        let before = std::mem::replace(&mut self.hints, relays.to_vec());
        self.hints.extend(before.into_iter().filter(|relay| !relays.contains(relay)));
        self.hints.truncate(limits::RELAYS);
    }

    /// Lets its newest root be taken in once more, since I want more of it than I did.
    pub fn forget_head(&mut self) {
        self.floor = self.seq();
        self.head = None;
    }

    /// What to call it: the petname, or the name that it gives itself.
    pub fn name(&self) -> Option<&str> {
        self.petname.as_deref().or(self.profile.as_ref().map(|profile| profile.name.as_str()))
    }

    /// Relays where its record is looked for: those of the profile, or of the invite until there is one.
    pub fn relays(&self) -> &[String] {
        match &self.profile {
            Some(profile) if !profile.relays.is_empty() => &profile.relays,
            _ => &self.hints,
        }
    }

    /// To whom a share for this contact is sealed; `None` while its keys are unknown.
    pub fn recipient(&self) -> Option<Recipient> {
        let of_profile =
            |profile: &Profile| Recipient { id: self.id, kem: profile.kem.clone(), label: profile.label };
        self.profile.as_ref().map(of_profile).or_else(|| self.remembered.clone())
    }

    /// The highest sequence that this contact is known to have reached.
    pub fn seq(&self) -> u64 {
        self.head.map_or(self.floor, |head| head.seq.max(self.floor))
    }

    /// How a root of this sequence stands to what is known, before anything of it is fetched.
    pub fn consider(&self, seq: u64, root: &Cid) -> Verdict {
        match self.head {
            Some(head) if head.seq == seq && head.root == *root => Verdict::Known,
            Some(head) if head.seq == seq => Verdict::Twin,
            Some(head) if head.seq > seq => Verdict::Older,
            _ if seq < self.floor => Verdict::Older,
            _ => Verdict::Newer,
        }
    }

    /// Notes a root whose content has been taken in.
    ///
    /// To be called last, so that what was not finished is looked at again. A root with the sequence of the known
    /// one leaves a warning, which a higher one takes away.
    pub fn apply_head(&mut self, head: Head) -> Verdict {
        let verdict = self.consider(head.seq, &head.root);
        match verdict {
            Verdict::Newer => {
                self.head = Some(head);
                self.warning.take_if(|warning| matches!(warning, Warning::TwoRoots(_)));
            }
            Verdict::Twin => self.apply_twin(head.seq),
            Verdict::Known | Verdict::Older => {}
        }
        verdict
    }

    /// Notes that another root with the sequence of the known one was signed, whether or not that can be had.
    pub fn apply_twin(&mut self, seq: u64) {
        self.warning.get_or_insert(Warning::TwoRoots(seq));
    }

    /// Takes in the profile block that a root of sequence `seq` names by `cid`; says whether anything changed.
    ///
    /// It must be signed by this identity. One that came through an older root changes nothing. The successor
    /// that was seen first stays pinned; another one leaves a warning.
    pub fn apply_profile(&mut self, seq: u64, cid: Cid, block: &[u8]) -> Result<bool, ReadError> {
        if !is_block(&cid, block) {
            return Err(ReadError::AnotherBlock);
        }
        let Verified { object: profile, .. } =
            signed::open::<Profile>(block, Some(&self.id.verifying_key()))?;
        agree::check(&profile.label).map_err(|WeakKey| DecodeError::at("label", Fault::WeakKey))?;
        if self.profile_from.is_some_and(|(known, from)| known == cid || seq <= from) {
            // The same profile may hang from many roots; the highest decides what is older.
            if let Some((_, from)) = self.profile_from.as_mut().filter(|(known, _)| *known == cid) {
                *from = seq.max(*from);
            }
            return Ok(false);
        }
        if *self.heir.get_or_insert(profile.heir) != profile.heir {
            self.warning = Some(Warning::Heir);
        }
        self.profile_from = Some((cid, seq));
        self.profile = Some(profile);
        Ok(true)
    }

    /// Takes in device certificates that the contact's notes brought; says whether anything changed.
    ///
    /// Those of other identities, malformed or ended ones are dropped; of one device the longest-lived stays.
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
        // The longest-lived are the most recently used.
        self.devices.sort_by_key(|device| (until(device), *device.certificate.device.as_bytes()));
        self.devices.truncate(limits::DEVICES);
        self.devices != before
    }
}

#[cfg(test)]
mod tests;
