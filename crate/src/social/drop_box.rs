//! My drop boxes, and the files that people without a profile left in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use super::{
    name::Name,
    relation::{Decision, Relation},
    request::Request,
    share::Recipient,
    stored,
    vault::Entry,
};
use crate::{
    crypto::block::Key,
    format::{
        Cid, DecodeError,
        drop_box::{Files, Link},
        node::Pointer,
        request,
        secret::{CodeSecret, Secret},
        share_id::{InnerId, ShareId},
        text,
    },
    keys::{self, Id, Ring},
    platform,
};

/// Boxes that are open at once, at most: as many loans as a relay makes for one identity.
pub const MAX_BOXES: usize = 16;

/// Drops of one box that wait for an answer, at most: as many as its relays may have pinned.
pub const MAX_DROPS: usize = 128;

/// How long what was left stays at relays after a box has ended, in milliseconds: 30 days.
pub const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// A drop box that I made, as the vault keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DropBox {
    /// Its secret.
    #[serde(with = "stored::secret")]
    pub secret: CodeSecret,
    /// How much fits into it, in bytes of files.
    pub bytes: u64,
    /// When it ends or was ended, in milliseconds since 1970.
    pub until: u64,
    /// What I call it: nobody else learns this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Entry for DropBox {
    const PREFIX: &'static str = "drop/";
    type Name = Name;
}

impl DropBox {
    /// Returns the link to give away, with the relays that lend it room.
    pub fn link(&self, me: &Id, relays: Vec<String>) -> Link {
        let Self { secret, bytes, until, .. } = self.clone();
        Link { id: me.verifying_key(), secret, relays, bytes, until }
    }

    /// Returns what its relays know it by.
    pub fn token(&self) -> [u8; 32] {
        keys::drop_box::token(&self.secret)
    }

    /// Whether nothing can be left in it any more at `now`, in milliseconds since 1970.
    pub fn has_ended(&self, now: u64) -> bool {
        self.until <= now
    }

    /// Whether relays keep nothing of it any more.
    fn is_over(&self, now: u64) -> bool {
        self.until.saturating_add(KEPT_MS) <= now
    }
}

/// All my drop boxes, also those that have ended and of which relays keep something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DropBoxes {
    made: BTreeMap<Name, DropBox>,
}

/// There are [`MAX_BOXES`] already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_BOXES} boxes are open: end one first")]
pub struct TooManyBoxes;

impl DropBoxes {
    /// Returns whether one more box may be made at `now`.
    ///
    /// # Errors
    ///
    /// If [`MAX_BOXES`] are open.
    pub fn check_room(&self, now: u64) -> Result<(), TooManyBoxes> {
        let open = self.made.values().filter(|made| !made.has_ended(now)).count();
        if open < MAX_BOXES { Ok(()) } else { Err(TooManyBoxes) }
    }

    /// Keeps a new box, under a name of its own.
    pub fn keep(&mut self, made: DropBox) -> Name {
        let name = Name::random();
        self.made.insert(name, made);
        name
    }

    /// Returns one box.
    pub fn get(&self, name: &Name) -> Option<&DropBox> {
        self.made.get(name)
    }

    /// Returns all boxes, as the vault keeps them.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &DropBox)> {
        self.made.iter()
    }

    /// Ends a box at `now`. Returns whether there is such a box.
    pub fn end(&mut self, name: &Name, now: u64) -> bool {
        let made = self.made.get_mut(name);
        made.map(|made| made.until = made.until.min(now)).is_some()
    }

    /// Drops the boxes of which relays keep nothing any more.
    pub fn forget(&mut self, now: u64) {
        self.made.retain(|_, made| !made.is_over(now));
    }

    /// Returns the box of mine into which the files of this request were left, if its proof fits one of which relays keep
    /// something. A relay decides what comes too late: one that has not heard yet that I ended the box takes more, and its
    /// guest has gone believing that I have it.
    fn fitting(&self, me: &Id, request: &Request, files: &Files) -> Option<(&Name, &DropBox)> {
        let fits = |made: &DropBox| {
            keys::drop_box::is_proof(&made.secret, &request.from, me, files.digest(), &files.proof)
        };
        self.made.iter().find(|(_, made)| fits(made)).filter(|(_, made)| !made.is_over(request.time))
    }
}

impl FromIterator<(Name, DropBox)> for DropBoxes {
    fn from_iter<T: IntoIterator<Item = (Name, DropBox)>>(made: T) -> Self {
        Self { made: made.into_iter().collect() }
    }
}

/// Files that somebody left in a box of mine, and that wait for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingDrop {
    /// When the request was written, in milliseconds since 1970, by the sender's clock.
    pub time: u64,
    /// What the sender wrote; may be empty.
    pub message: String,
    /// The box.
    #[serde(rename = "box")]
    pub place: Name,
    share: ByteArray<16>,
    block: Cid,
    #[serde(with = "stored::secret")]
    key: Secret,
    /// How many files there are. A claim, until their list is here.
    pub files: u64,
    /// The sum of their true lengths. A claim, until their list is here.
    pub size: u64,
}

impl Entry for PendingDrop {
    const PREFIX: &'static str = "dropped/";
    type Name = Id;
}

impl PendingDrop {
    /// Takes in the request of a drop to `me`, given my boxes, my relation to its sender, and what waits already.
    ///
    /// `None` if it is not to be shown: its proof fits no box, or one of which relays keep nothing any more, it says more than the box holds, it was
    /// answered before, or there is too much. A sender's newest counts, so that it may come repeatedly.
    pub fn ingest<'a>(
        me: &Id,
        request: &Request,
        boxes: &DropBoxes,
        relation: &Relation,
        known: impl Iterator<Item = (&'a Id, &'a Self)>,
    ) -> Option<Self> {
        let files = request.drop.as_ref()?;
        let (place, made) = boxes.fitting(me, request, files)?;
        let mut others = 0;
        for (from, drop) in known {
            if *from == request.from && drop.time >= request.time {
                return None;
            }
            others += usize::from(*from != request.from && drop.place == *place);
        }
        let is_open = relation.decision() == Decision::None && relation.is_unanswered(request.time);
        let is_possible = files.files > 0 && files.size <= made.bytes;
        if !is_open || !is_possible || others >= MAX_DROPS {
            return None;
        }
        Some(Self {
            time: request.time,
            message: request.message.clone(),
            place: *place,
            share: ByteArray::new(files.share.0),
            block: files.manifest.cid,
            key: Secret::from_bytes(*files.manifest.key.as_bytes()),
            files: files.files,
            size: files.size,
        })
    }

    /// Returns how to find and open the list of the files.
    pub fn manifest(&self) -> Pointer {
        Pointer { cid: self.block, key: Key::from_bytes(*self.key.as_bytes()) }
    }

    /// Returns the id of the share that the list of the files says.
    pub fn share(&self) -> InnerId {
        InnerId(*self.share)
    }

    /// Returns the inner id of the share into which what `from` left is copied: the same at every device of mine, so that
    /// two that accept it make one share; and one that no sender can choose.
    pub fn copy(&self, from: &Id) -> InnerId {
        let mut id = [0; 16];
        id.copy_from_slice(&ShareId::new(from.as_bytes(), self.share()).as_bytes()[..16]);
        InnerId(id)
    }

    /// Whether it waits for an answer, given my boxes and my relation to its sender.
    pub fn is_open(&self, boxes: &DropBoxes, relation: &Relation) -> bool {
        boxes.get(&self.place).is_some() && relation.is_unanswered(self.time)
    }
}

/// What a guest says who has left files in a box.
pub struct Given<'a> {
    /// The link of the box.
    pub link: &'a Link,
    /// The list of the files, signed by the guest.
    pub manifest: Pointer,
    /// The id of the share in it.
    pub share: InnerId,
    /// How many files there are.
    pub files: u64,
    /// The sum of their true lengths.
    pub size: u64,
    /// A few words of the guest's; may be empty.
    pub message: &'a str,
}

impl Given<'_> {
    /// Seals the request that tells the owner of the box.
    ///
    /// # Errors
    ///
    /// If the message is too long.
    pub fn seal(self, ring: &Ring, to: &Recipient, now: u64) -> Result<Vec<u8>, DecodeError> {
        let Self { link, manifest, share, files, size, message } = self;
        let digest = manifest.cid.hash().digest();
        let proof = keys::drop_box::proof(&link.secret, &ring.id(), &to.id, digest);
        let request = request::Request {
            to: to.id.verifying_key(),
            time: now,
            message: text::normalize(message),
            relays: Vec::new(),
            proof: None,
            predecessor: None,
            drop: Some(Files { proof, manifest, share, files, size }),
            extra: Default::default(),
        };
        request.seal(ring.identity(), &to.kem.key, &mut |bytes| platform::fill_random(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{DAG_CBOR, cid_of};
    use crate::social::fixture::{NOW, recipient, ring};
    use crate::social::request::open;

    const DAY: u64 = 24 * 60 * 60 * 1000;

    fn made() -> DropBox {
        DropBox { secret: CodeSecret::from_bytes([7; 16]), bytes: 1_000, until: NOW + DAY, name: None }
    }

    fn boxes() -> DropBoxes {
        [(Name::from([1; 16]), made())].into_iter().collect()
    }

    /// What the guest of this number leaves for me.
    fn left(guest: u8, link: &Link, size: u64, time: u64) -> Request {
        let manifest = Pointer { cid: cid_of(DAG_CBOR, b"list"), key: Key::from_bytes([4; 32]) };
        let given = Given { link, manifest, share: InnerId([5; 16]), files: 3, size, message: "Otto" };
        let mail = given.seal(&ring(guest), &recipient(&ring(1)), time).unwrap();
        open(&ring(1), &mail, NOW).unwrap()
    }

    fn link() -> Link {
        made().link(&ring(1).id(), Vec::new())
    }

    fn ingest(request: &Request, boxes: &DropBoxes, relation: &Relation) -> Option<PendingDrop> {
        PendingDrop::ingest(&ring(1).id(), request, boxes, relation, std::iter::empty())
    }

    #[test]
    fn what_proves_to_be_of_a_box_waits_and_everything_else_is_passed_over() {
        let none = Relation::default();
        let drop = ingest(&left(2, &link(), 1_000, NOW), &boxes(), &none).unwrap();
        assert_eq!((drop.files, drop.size, &*drop.message), (3, 1_000, "Otto"));
        assert_eq!(drop.manifest().cid, cid_of(DAG_CBOR, b"list"));
        let other = Link { secret: CodeSecret::from_bytes([8; 16]), ..link() };
        assert_eq!(ingest(&left(2, &other, 1, NOW), &boxes(), &none), None, "of another box");
        assert_eq!(ingest(&left(2, &link(), 1_001, NOW), &boxes(), &none), None, "more than fits");
        let late = ingest(&left(2, &link(), 1, NOW + 2 * DAY), &boxes(), &none);
        assert!(late.is_some(), "a relay has taken it, so it is not passed over");
        let mut ended = boxes();
        assert!(ended.end(&Name::from([1; 16]), NOW - KEPT_MS) && !ended.end(&Name::from([2; 16]), NOW));
        assert_eq!(ingest(&left(2, &link(), 1, NOW), &ended, &none), None, "no relay keeps it any more");
        assert!(ingest(&left(2, &link(), 1, NOW - 1), &ended, &none).is_some(), "before");
        let mut stolen = left(2, &link(), 1, NOW);
        stolen.from = ring(3).id();
        assert_eq!(ingest(&stolen, &boxes(), &none), None, "the proof of somebody else");
        assert_eq!(ingest(&left(2, &link(), 1, NOW), &boxes(), &Relation::added(NOW)), None, "of a contact");
    }

    #[test]
    fn what_was_answered_does_not_wait_again_and_the_newest_of_a_sender_counts() {
        let mut relation = Relation::default();
        let drop = ingest(&left(2, &link(), 1, NOW), &boxes(), &relation).unwrap();
        let known = [(ring(2).id(), drop.clone())];
        let again = |time| {
            let known = known.iter().map(|(from, drop)| (from, drop));
            let request = left(2, &link(), 1, time);
            PendingDrop::ingest(&ring(1).id(), &request, &boxes(), &Relation::default(), known)
        };
        assert!(again(NOW).is_none() && again(NOW - 1).is_none() && again(NOW + 1).is_some());
        relation.answer(drop.time);
        assert!(!drop.is_open(&boxes(), &relation));
        assert_eq!(ingest(&left(2, &link(), 1, NOW), &boxes(), &relation), None);
    }

    #[test]
    fn the_drops_of_one_box_are_bounded() {
        let drop = ingest(&left(2, &link(), 1, NOW), &boxes(), &Relation::default()).unwrap();
        let full: Vec<_> = (0..MAX_DROPS).map(|n| (ring(10 + n as u8).id(), drop.clone())).collect();
        let known = full.iter().map(|(from, drop)| (from, drop));
        let request = left(3, &link(), 1, NOW);
        assert_eq!(PendingDrop::ingest(&ring(1).id(), &request, &boxes(), &Relation::default(), known), None);
    }

    #[test]
    fn the_copy_has_an_id_that_no_sender_chooses() {
        let drop = ingest(&left(2, &link(), 1, NOW), &boxes(), &Relation::default()).unwrap();
        assert_eq!(drop.copy(&ring(2).id()), drop.copy(&ring(2).id()));
        assert_ne!(drop.copy(&ring(2).id()), drop.copy(&ring(3).id()));
        assert_ne!(drop.copy(&ring(2).id()), drop.share());
    }

    #[test]
    fn a_box_is_remembered_as_long_as_relays_keep_what_is_in_it() {
        let mut boxes = boxes();
        boxes.forget(NOW + DAY + KEPT_MS - 1);
        assert_eq!(boxes.iter().count(), 1);
        boxes.forget(NOW + DAY + KEPT_MS);
        assert_eq!(boxes.iter().count(), 0);
        for _ in 0..MAX_BOXES {
            boxes.keep(made());
        }
        assert_eq!(boxes.check_room(NOW), Err(TooManyBoxes));
        assert_eq!(boxes.check_room(NOW + DAY), Ok(()), "those that have ended do not count");
    }
}
