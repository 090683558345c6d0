//! Seals a share for chosen contacts, as its author, and opens it, as one of them.

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{link::OwnLink, stored};

use crate::{
    format::{
        DAG_CBOR, DecodeError, Fault, ReadError, cid_of,
        header::{Block, Header, Links, ShareKey},
        limits,
        manifest::{Kind, Manifest},
        profile::Kem,
        share_id::{InnerId, ShareId},
        signed::Verified,
    },
    keys::{Id, Ring},
    platform,
};

/// Contacts to whom one share can be given: all slots of a header but the author's own.
pub const MAX_RECIPIENTS: usize = limits::SLOTS_MAX - 1;

/// The public keys of a contact, from its profile, which sealing for it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The identity.
    pub id: Id,
    /// The key to which secrets for it are sealed.
    #[serde(with = "stored::object")]
    pub kem: Kem,
    /// The key for its blinded labels.
    #[serde(with = "serde_bytes")]
    pub label: [u8; 32],
}

impl Recipient {
    /// Returns the pair secret P(me → this recipient).
    pub(super) fn pair(&self, ring: &Ring) -> Zeroizing<[u8; 32]> {
        ring.pair_secret(&self.id, &self.kem.key.to_bytes(), self.kem.epoch)
    }
}

/// A sealed header block, and its CID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedHeader {
    /// The CID of the block, which goes into the notes.
    pub cid: Cid,
    /// The block.
    pub block: Bytes,
}

/// A header that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedHeader {
    /// The id that the share has outside of objects.
    pub id: ShareId,
    /// The key of everything in the share.
    pub key: ShareKey,
    /// Its signed header.
    pub header: Header,
    /// Whether the signer keeps the files, or passed them on by reference.
    pub links: Links,
}

/// Makes a new share key from the system's random source.
pub fn new_key() -> ShareKey {
    ShareKey::from_bytes(platform::random())
}

/// Seals a header for its recipients and its author.
///
/// Each recipient gets one slot, even if it is named twice. Two sealings of one header differ in every byte
/// that is not a link.
///
/// # Errors
///
/// If a field breaks a rule of the format, or there are more than [`MAX_RECIPIENTS`].
pub fn seal(
    ring: &Ring,
    key: &ShareKey,
    header: &Header,
    recipients: &[Recipient],
) -> Result<SealedHeader, DecodeError> {
    seal_to(ring, key, header, pairs_of(ring, recipients), Links::Manifest)
}

/// Seals a header by which I pass on a share. Like [`seal`], but a keeper of the header keeps nothing of the
/// files.
pub fn pass_on(
    ring: &Ring,
    key: &ShareKey,
    header: &Header,
    recipients: &[Recipient],
) -> Result<SealedHeader, DecodeError> {
    seal_to(ring, key, header, pairs_of(ring, recipients), Links::None)
}

/// Seals a header for the holders of a link, and for its author.
///
/// # Errors
///
/// If a field breaks a rule of the format.
pub fn seal_for_link(
    ring: &Ring,
    key: &ShareKey,
    header: &Header,
    link: &OwnLink,
) -> Result<SealedHeader, DecodeError> {
    seal_to(ring, key, header, vec![link.pair()], Links::Manifest)
}

fn pairs_of(ring: &Ring, recipients: &[Recipient]) -> Vec<Zeroizing<[u8; 32]>> {
    recipients.iter().map(|recipient| recipient.pair(ring)).collect()
}

fn seal_to(
    ring: &Ring,
    key: &ShareKey,
    header: &Header,
    mut pairs: Vec<Zeroizing<[u8; 32]>>,
    links: Links,
) -> Result<SealedHeader, DecodeError> {
    pairs.push(ring.own_secret());
    pairs.sort_unstable_by_key(|pair| **pair);
    pairs.dedup();
    let pairs: Vec<&[u8; 32]> = pairs.iter().map(|pair| &**pair).collect();
    let random = &mut |bytes: &mut [u8]| platform::fill_random(bytes);
    let block = Block::seal(header, ring.identity(), key, &pairs, links, random)?;
    Ok(SealedHeader { cid: cid_of(DAG_CBOR, &block), block: block.into() })
}

/// Opens a header block that `author` left for the holder of `pair`. Returns `None` if it has no slot for
/// them.
///
/// `author` must have signed the header, because it came through the author's letterbox.
pub fn open(author: &Id, pair: &[u8; 32], block: &[u8]) -> Result<Option<OpenedHeader>, ReadError> {
    let block = Block::decode(block)?;
    let Some(key) = block.open_slot(pair) else { return Ok(None) };
    let Verified { object: header, .. } = block.open(&key, Some(&author.verifying_key()))?;
    let links = if block.links.is_empty() { Links::None } else { Links::Manifest };
    Ok(Some(OpenedHeader { id: ShareId::new(author.as_bytes(), header.share), key, header, links }))
}

/// Opens a header block of my own, by the author's slot.
pub fn open_own(ring: &Ring, block: &[u8]) -> Result<Option<OpenedHeader>, ReadError> {
    open(&ring.id(), &ring.own_secret(), block)
}

/// Checks that a share which came from somebody else is for others too.
///
/// Kind `self` says that only its author opens it, so nobody else is given such a one. A letter is no share.
pub fn check_given(opened: &OpenedHeader) -> Result<(), DecodeError> {
    match opened.header.kind {
        Kind::Own | Kind::Letter => Err(DecodeError::at("kind", Fault::Contradiction)),
        _ => Ok(()),
    }
}

/// Checks that a manifest, which `maker` signed, belongs to the share whose header `author` signed.
///
/// A share of another maker is passed on by reference. A manifest of kind `self` is refused then, because its
/// maker gave it to nobody.
pub fn check_manifest(
    opened: &OpenedHeader,
    author: &Id,
    manifest: &Manifest,
    maker: &Id,
) -> Result<(), DecodeError> {
    if maker != author {
        check_passed_on(&opened.header.share, author, manifest, maker)?;
    } else if manifest.share != opened.header.share {
        return contradiction("share");
    } else if manifest.kind != opened.header.kind {
        return contradiction("kind");
    }
    let album = if maker == author { manifest.album } else { None };
    if opened.header.album != album {
        return contradiction("album");
    }
    let links = if maker == author { Links::Manifest } else { Links::None };
    if opened.links == links { Ok(()) } else { contradiction("links") }
}

/// Checks that a manifest, which `maker` signed, belongs to the share of this inner id that `author` passed on.
pub fn check_passed_on(
    share: &InnerId,
    author: &Id,
    manifest: &Manifest,
    maker: &Id,
) -> Result<(), DecodeError> {
    if manifest.share != *share {
        return contradiction("share");
    }
    if maker == author || manifest.kind == Kind::Own {
        return contradiction("kind");
    }
    Ok(())
}

fn contradiction(field: &'static str) -> Result<(), DecodeError> {
    Err(DecodeError::at(field, Fault::Contradiction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::block::Key,
        format::{node::Pointer, secret::CodeSecret},
        keys::link::PasswordKey,
        social::fixture::{NOW, cid, recipient, ring},
    };

    fn header(rev: u64) -> Header {
        Header {
            share: InnerId([5; 16]),
            rev,
            kind: Kind::Contacts,
            created: NOW,
            title: "Walk".into(),
            note: String::new(),
            manifest: Pointer { cid: cid(1), key: Key::from_bytes([6; 32]) },
            adds: None,
            answers: None,
            album: None,
            more: None,
            cover: None,
            order: None,
            until: None,
            extra: Default::default(),
        }
    }

    #[test]
    fn author_and_recipients_open_a_share_and_nobody_else_does() {
        let [author, ben, eve] = [ring(1), ring(2), ring(3)];
        let key = new_key();
        let sealed = seal(&author, &key, &header(1), &[recipient(&ben)]).unwrap();
        let own = open_own(&author, &sealed.block).unwrap().unwrap();
        let pair = recipient(&ben).pair(&author);
        let bens = open(&author.id(), &pair, &sealed.block).unwrap().unwrap();
        assert_eq!((&own, &own.key, &own.header), (&bens, &key, &header(1)));
        assert_eq!(bens.id, ShareId::new(author.id().as_bytes(), InnerId([5; 16])));
        let eves = recipient(&eve).pair(&author);
        assert_eq!(open(&author.id(), &eves, &sealed.block), Ok(None));
        assert_eq!(open_own(&eve, &sealed.block), Ok(None));
    }

    #[test]
    fn a_share_that_came_through_another_letterbox_than_its_authors_is_refused() {
        let [author, ben] = [ring(1), ring(2)];
        let sealed = seal(&author, &new_key(), &header(1), &[recipient(&ben)]).unwrap();
        let pair = recipient(&ben).pair(&author);
        assert_eq!(open(&ring(3).id(), &pair, &sealed.block), Err(ReadError::Signature));
    }

    #[test]
    fn a_header_tells_neither_its_recipients_nor_their_number_below_a_power_of_two() {
        let author = ring(1);
        let readers: Vec<_> = (2..6).map(|seed| recipient(&ring(seed))).collect();
        let slots = |recipients: &[Recipient]| {
            let sealed = seal(&author, &new_key(), &header(1), recipients).unwrap();
            (sealed.block.len(), Block::decode(&sealed.block).unwrap().slots.len())
        };
        assert_eq!(slots(&[]), slots(&readers));
        let twice = [&readers[..], &readers].concat();
        assert_eq!(slots(&twice), slots(&readers), "a recipient who is named twice gets one slot");
        let eight: Vec<_> = (2..10).map(|seed| recipient(&ring(seed))).collect();
        assert_eq!(slots(&eight).1, 16);
    }

    #[test]
    fn a_holder_of_a_link_opens_its_share_and_the_header_looks_like_any() {
        let author = ring(1);
        let [link, other] = [1, 2]
            .map(|byte| OwnLink::new(CodeSecret::from_bytes([byte; 16]), PasswordKey::none(), None, 0, NOW));
        let sealed = seal_for_link(&author, &new_key(), &header(1), &link).unwrap();
        let by_link = open(&author.id(), &link.pair(), &sealed.block).unwrap();
        assert!(by_link.is_some() && open_own(&author, &sealed.block) == Ok(by_link));
        assert_eq!(open(&author.id(), &other.pair(), &sealed.block), Ok(None));
        let for_ben = seal(&author, &new_key(), &header(1), &[recipient(&ring(2))]).unwrap();
        assert_eq!(sealed.block.len(), for_ben.block.len());
    }

    #[test]
    fn a_share_for_its_author_alone_is_given_to_nobody() {
        let [author, ben] = [ring(1), ring(2)];
        let given = |kind| {
            let header = Header { kind, ..header(1) };
            let sealed = seal(&author, &new_key(), &header, &[recipient(&ben)]).unwrap();
            let opened = open(&author.id(), &recipient(&ben).pair(&author), &sealed.block).unwrap().unwrap();
            check_given(&opened)
        };
        assert_eq!(given(Kind::Contacts), Ok(()));
        assert_eq!(given(Kind::Own), Err(DecodeError::at("kind", Fault::Contradiction)));
    }

    #[test]
    fn a_manifest_of_another_share_kind_or_maker_is_refused() {
        let manifest = Manifest {
            share: InnerId([5; 16]),
            kind: Kind::Contacts,
            files: 0,
            size: 0,
            chunk: 256 << 10,
            listing: crate::format::manifest::Listing::Entries(Vec::new()),
            folders: None,
            album: None,
            parts: None,
            extra: Default::default(),
        };
        let [author, maker] = [ring(1), ring(2)];
        let opened = |links| {
            let seal = if links == Links::Manifest { seal } else { pass_on };
            let sealed = seal(&author, &new_key(), &header(1), &[]).unwrap();
            open_own(&author, &sealed.block).unwrap().unwrap()
        };
        let check = |links, manifest: &Manifest, maker: &Ring| {
            check_manifest(&opened(links), &author.id(), manifest, &maker.id())
        };
        let other = Manifest { share: InnerId([6; 16]), ..manifest.clone() };
        let own = Manifest { kind: Kind::Own, ..manifest.clone() };
        let by_link = Manifest { kind: Kind::Link, ..manifest.clone() };
        assert_eq!(check(Links::Manifest, &manifest, &author), Ok(()));
        for (links, manifest) in [
            (Links::Manifest, &other),
            (Links::Manifest, &own),
            (Links::Manifest, &by_link),
            (Links::None, &manifest),
        ] {
            assert!(check(links, manifest, &author).is_err());
        }
        assert_eq!(check(Links::None, &manifest, &maker), Ok(()), "passed on");
        assert_eq!(check(Links::None, &by_link, &maker), Ok(()), "passed on by somebody who had a link");
        for (links, manifest) in [(Links::None, &other), (Links::None, &own), (Links::Manifest, &manifest)] {
            assert!(check(links, manifest, &maker).is_err());
        }
    }
}
