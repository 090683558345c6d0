//! What is to be kept for somebody: the content of a letter to a friend who gives room.
//!
//! Shares are named by digests and not by links, so that who keeps the letter keeps none of them.

use std::hash::{Hash, Hasher};

use cid::Cid;

use crate::crypto::mac::{self, BadMac};
use crate::crypto::sign::VerifyingKey;
use crate::format::error::{DecodeError, Fault};
use crate::format::fields::{bytes_value, maybe};
use crate::format::letter::Part;
use crate::format::node::{self, Content, Pointer};
use crate::format::object::object;
use crate::format::secret::Secret;
use crate::format::{DAG_CBOR, cid_from_digest, limits};

object! {
    /// The shares that a friend is asked to keep, the most wanted first.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "list of what is to be kept")]
    #[check(Self::is_sound)]
    pub struct KeepList {
        /// The shares.
        #[max(limits::KEEP_LIST)]
        pub list: Vec<Wanted>,
        /// Where the list goes on.
        #[check(maybe(node::of(DAG_CBOR)))]
        pub more: Option<Pointer>,
        ..extra
    }
}

object! {
    /// One share of the list.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Wanted {
        /// The digest of the block from which all of it hangs, which is DAG-CBOR.
        pub block: [u8; 32],
        /// Bytes of its files, by the author's claim: what it takes is counted by who keeps it.
        pub size: u64,
        /// By which its readers show that they are; absent where everybody may read it.
        pub fetch: Option<FetchKey>,
    }
}

impl KeepList {
    /// The parts of a letter that asks for these shares: as many as a letter has, the first ones.
    pub fn parts(wanted: &[Wanted]) -> Vec<Self> {
        let part = |list: &[Wanted]| Self { list: list.to_vec(), more: None, extra: Default::default() };
        match wanted {
            [] => vec![part(&[])],
            all => all.chunks(limits::KEEP_LIST).take(limits::LETTER_NODES).map(part).collect(),
        }
    }

    /// No share is named twice.
    fn is_sound(&self) -> Result<(), DecodeError> {
        let mut blocks: Vec<_> = self.list.iter().map(|wanted| wanted.block).collect();
        blocks.sort_unstable();
        let is_unique = blocks.windows(2).all(|pair| pair[0] != pair[1]);
        Fault::Order.unless(is_unique).map_err(|fault| DecodeError::at("list", fault))
    }
}

impl Content for KeepList {
    fn links(&self) -> Vec<Cid> {
        self.more.iter().map(|more| more.cid).collect()
    }
}

impl Part for KeepList {
    fn more(&self) -> Option<&Pointer> {
        self.more.as_ref()
    }

    fn set_more(&mut self, more: Option<Pointer>) {
        self.more = more;
    }

    /// One that goes on is full.
    fn check_after(&self, before: &Self) -> Result<(), DecodeError> {
        let is_full = before.list.len() == limits::KEEP_LIST && !self.list.is_empty();
        Fault::Length(limits::KEEP_LIST).unless(is_full).map_err(|fault| DecodeError::at("list", fault))
    }
}

impl Wanted {
    /// The block from which all of it hangs.
    pub fn cid(&self) -> Cid {
        cid_from_digest(DAG_CBOR, &self.block)
    }
}

/// The fetch key of a share: its readers have it from the share's key, and keepers have it from its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchKey(Secret);

impl FetchKey {
    /// Takes the 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::from_bytes(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The name of the share between its readers and the device that keeps it.
    pub fn tag(&self, keeper: &VerifyingKey) -> [u8; 32] {
        mac::mac(self.as_bytes(), "fetch/tag", &[keeper.as_bytes()])
    }

    /// What shows the keeper that the device that asks is a reader's. It is worth nothing to others.
    pub fn proof(&self, asker: &VerifyingKey, keeper: &VerifyingKey) -> [u8; 32] {
        mac::mac(self.as_bytes(), "fetch/proof", &[asker.as_bytes(), keeper.as_bytes()])
    }

    /// Checks such a proof in constant time.
    ///
    /// # Errors
    ///
    /// If it is none of this key for these two devices.
    pub fn check(&self, asker: &VerifyingKey, keeper: &VerifyingKey, proof: &[u8; 32]) -> Result<(), BadMac> {
        mac::verify(self.as_bytes(), "fetch/proof", &[asker.as_bytes(), keeper.as_bytes()], proof)
    }
}

impl Hash for FetchKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

bytes_value!(FetchKey: 32, |key| key.as_bytes(), |bytes| Self::from_bytes(bytes));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sign::SigningKey;
    use crate::format::Value as _;

    fn device(byte: u8) -> VerifyingKey {
        SigningKey::from_bytes(&[byte; 32]).verifying_key()
    }

    #[test]
    fn a_proof_is_good_for_its_key_its_asker_and_its_keeper_alone() {
        let (key, other) = (FetchKey::from_bytes([1; 32]), FetchKey::from_bytes([2; 32]));
        let [cleo, ben, eve] = [1, 2, 3].map(device);
        let proof = key.proof(&cleo, &ben);
        assert_eq!(key.check(&cleo, &ben, &proof), Ok(()));
        assert!(other.check(&cleo, &ben, &proof).is_err());
        assert!(key.check(&eve, &ben, &proof).is_err(), "who heard it cannot use it");
        assert!(key.check(&cleo, &eve, &proof).is_err(), "the keeper cannot use it elsewhere");
        assert_ne!(key.tag(&ben), key.tag(&eve), "two keepers do not know one share by its tag");
    }

    #[test]
    fn a_list_that_names_a_share_twice_is_refused() {
        let wanted = |byte| Wanted { block: [byte; 32], size: 1, fetch: None };
        let list = |bytes: &[u8]| KeepList {
            list: bytes.iter().map(|byte| wanted(*byte)).collect(),
            more: None,
            extra: Default::default(),
        };
        let read = |list: &KeepList| KeepList::from_bytes(&list.to_bytes());
        assert_eq!(read(&list(&[2, 1])), Ok(list(&[2, 1])), "in any order");
        assert_eq!(read(&list(&[2, 1, 2])), Err(DecodeError::at("list", Fault::Order)));
    }
}
