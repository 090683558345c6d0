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
            Verdict::Twin => {
                self.warning.get_or_insert(Warning::TwoRoots(head.seq));
            }
            Verdict::Known | Verdict::Older => {}
        }
        verdict
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
mod tests {
    use super::*;
    use crate::{
        keys::device,
        social::fixture::{NOW, cid, contact, head, permutations, profile, published, ring},
    };

    #[test]
    fn roots_in_any_order_end_at_the_highest() {
        for order in permutations(&[head(1, 1), head(2, 2), head(3, 3), head(3, 3)]) {
            let mut contact = contact(&ring(1));
            let mut seq = 0;
            for head in order {
                contact.apply_head(head);
                assert!(contact.seq() >= seq, "went back in time");
                seq = contact.seq();
            }
            assert_eq!((contact.head, contact.warning), (Some(head(3, 3)), None));
        }
    }

    #[test]
    fn a_second_root_of_one_sequence_warns_and_a_higher_one_goes_on() {
        let mut contact = contact(&ring(1));
        assert_eq!(contact.apply_head(head(5, 1)), Verdict::Newer);
        assert_eq!(contact.apply_head(head(5, 1)), Verdict::Known);
        assert_eq!(contact.apply_head(head(5, 2)), Verdict::Twin);
        assert_eq!((contact.head, contact.warning), (Some(head(5, 1)), Some(Warning::TwoRoots(5))));
        assert_eq!(contact.apply_head(head(4, 3)), Verdict::Older);
        assert_eq!(contact.apply_head(head(6, 4)), Verdict::Newer);
        assert_eq!((contact.head, contact.warning), (Some(head(6, 4)), None));
    }

    #[test]
    fn nothing_below_the_floor_of_the_invite_is_taken() {
        let contact = Contact::new(ring(1).id(), Vec::new(), 10, NOW);
        assert_eq!(contact.consider(9, &cid(1)), Verdict::Older);
        assert_eq!(contact.consider(10, &cid(1)), Verdict::Newer);
        assert_eq!(contact.seq(), 10);
    }

    #[test]
    fn profiles_in_any_order_end_at_that_of_the_highest_root() {
        let ring = ring(1);
        let history: Vec<_> = ["first", "second", "third", "second"]
            .iter()
            .enumerate()
            .map(|(index, name)| (index as u64 + 1, published(&ring, &profile(&ring, name))))
            .collect();
        for order in permutations(&history) {
            let mut contact = Contact::new(ring.id(), Vec::new(), 0, NOW);
            for (seq, (cid, block)) in order.iter().chain(&order) {
                contact.apply_profile(*seq, *cid, block).unwrap();
            }
            assert_eq!(contact.name(), Some("second"));
            assert_eq!(contact.profile_from.unwrap().1, 4);
        }
    }

    #[test]
    fn a_profile_of_somebody_else_or_another_block_is_refused() {
        let (mine, theirs) = (ring(1), ring(2));
        let (cid, block) = published(&theirs, &profile(&theirs, "not me"));
        let before = contact(&mine);
        let mut contact = before.clone();
        assert_eq!(contact.apply_profile(9, cid, &block), Err(ReadError::Signature));
        let (_, own) = published(&mine, &profile(&mine, "me"));
        assert_eq!(contact.apply_profile(9, cid, &own), Err(ReadError::AnotherBlock));
        assert_eq!(contact, before);
    }

    #[test]
    fn a_profile_with_a_weak_label_key_is_refused() {
        let ring = ring(1);
        let (cid, block) = published(&ring, &Profile { label: [0; 32], ..profile(&ring, "weak") });
        let mut contact = contact(&ring);
        assert!(matches!(contact.apply_profile(9, cid, &block), Err(ReadError::Decode(_))));
    }

    #[test]
    fn the_first_successor_stays_pinned_and_another_one_warns() {
        let ring = ring(1);
        let mut contact = contact(&ring);
        let pinned = contact.heir;
        let (cid, block) = published(&ring, &Profile { heir: [9; 32], ..profile(&ring, "stolen") });
        assert_eq!(contact.apply_profile(2, cid, &block), Ok(true));
        assert_eq!((contact.heir, contact.warning), (pinned, Some(Warning::Heir)));
        contact.apply_head(head(3, 3));
        assert_eq!(contact.warning, Some(Warning::Heir));
    }

    #[test]
    fn a_contact_is_looked_for_where_it_was_heard_of_last_until_its_profile_is_here() {
        let mut fresh = Contact::new(ring(1).id(), vec!["/dns/hint".into()], 0, NOW);
        assert_eq!((fresh.relays(), fresh.recipient()), (&["/dns/hint".to_owned()][..], None));
        fresh.apply_hints(&["/dns/later".to_owned(), "/dns/hint".to_owned()]);
        assert_eq!(fresh.relays(), ["/dns/later", "/dns/hint"]);
        fresh.apply_hints(&["a", "b", "c"].map(str::to_owned));
        assert_eq!(fresh.relays(), ["a", "b", "c", "/dns/later"]);
    }

    #[test]
    fn a_root_is_taken_in_once_more_when_more_of_it_is_wanted_and_never_an_older_one() {
        let mut contact = contact(&ring(1));
        contact.apply_head(head(5, 1));
        contact.forget_head();
        assert_eq!(contact.consider(4, &cid(2)), Verdict::Older);
        assert_eq!((contact.apply_head(head(5, 1)), contact.seq()), (Verdict::Newer, 5));
    }

    #[test]
    fn a_contact_has_a_letterbox_for_me_once_i_read_it_and_the_name_that_i_gave_it() {
        let mut fresh = contact(&ring(1));
        assert!(!fresh.has_letterbox());
        fresh.reading = Some(Reading { no: 1, page: cid(1), notes: 0 });
        assert!(fresh.has_letterbox());
        fresh.petname = Some("Ben".into());
        assert_eq!(fresh.name(), Some("Ben"));
    }

    #[test]
    fn certificates_in_any_order_leave_the_longest_of_each_device() {
        let (ring, other) = (ring(1), ring(2));
        let [a, b] = [3, 4].map(|seed| crate::social::fixture::ring(seed).identity().verifying_key());
        let longest = ByteBuf::from(device::issue(&ring, &a, NOW + 1));
        let certificates = [
            ByteBuf::from(device::issue(&ring, &a, NOW)),
            longest.clone(),
            ByteBuf::from(device::issue(&ring, &b, NOW)),
            ByteBuf::from(device::issue(&other, &b, NOW)),
            ByteBuf::from(b"junk".to_vec()),
        ];
        let mut seen = None;
        for order in permutations(&certificates) {
            let mut contact = contact(&ring);
            assert!(contact.apply_devices(order.clone(), NOW));
            assert!(!contact.apply_devices(order, NOW), "applying twice changes nothing");
            assert_eq!((contact.devices.len(), &contact.devices[0].envelope), (2, &longest));
            assert_eq!(*seen.get_or_insert(contact.devices.clone()), contact.devices);
        }
    }

    #[test]
    fn a_contact_is_kept_in_a_row_and_comes_back_from_the_vault() {
        let mut before = contact(&ring(1));
        before.apply_head(head(5, 1));
        before.petname = Some("Ben".into());
        let row = serde_ipld_dagcbor::to_vec(&before).unwrap();
        assert_eq!(serde_ipld_dagcbor::from_slice::<Contact>(&row).unwrap(), before);
        let back = Contact::from_known(before.id, before.known());
        assert_eq!((&back.petname, back.heir, back.floor), (&before.petname, before.heir, 5));
        assert_eq!(back.recipient(), before.recipient());
        assert_eq!(back.known(), before.known(), "what came back is not lost before the profile is found");
    }
}
