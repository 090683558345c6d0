//! Shares by link: what the author stores, and how a holder of the link finds and opens its letterbox.

use std::collections::BTreeMap;

use cid::Cid;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{stored, vault::Entry};
use crate::{
    format::{
        ReadError, limits,
        link::Link,
        map::Map,
        note::{Note, Says},
        page::{Between, Page},
        secret::CodeSecret,
        share_id::ShareId,
    },
    keys::{
        Id,
        link::{PasswordKey, label_secret, pair_secret},
    },
};

/// Valid links, at most. They are few, because the letterboxes of a map are for people.
pub const MAX_LINKS: usize = limits::LETTERBOXES / 16;

/// The link of one of my shares, as the vault keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLink {
    #[serde(with = "stored::secret")]
    secret: CodeSecret,
    /// The password's part of the secret. The password itself is not stored.
    #[serde(with = "stored::password")]
    password: PasswordKey,
    /// The sequence of my newest root when the link was made. Roots with lower ones do not have its
    /// letterbox.
    seq: u64,
    /// When it was made, in milliseconds since 1970.
    pub created: u64,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
}

impl Entry for OwnLink {
    const PREFIX: &'static str = "link/";
    type Name = ShareId;
}

impl OwnLink {
    /// Makes a link at `now` that ends at `until`. `seq` is the sequence of my newest root.
    pub fn new(secret: CodeSecret, password: PasswordKey, until: Option<u64>, seq: u64, now: u64) -> Self {
        Self { secret, password, seq, created: now, until }
    }

    /// Returns the link to give out. `id` is mine, and `relays` have my record.
    pub fn given(&self, id: &Id, relays: Vec<String>) -> Link {
        let Self { seq, until, .. } = *self;
        let (id, secret) = (id.verifying_key(), self.secret.clone());
        Link { id, secret, relays, seq, until }
    }

    /// The secret of the link, which its text has.
    pub fn secret(&self) -> &CodeSecret {
        &self.secret
    }

    /// The same link under another password. Who has it goes on to find its letterbox, and opens it with this one alone.
    pub fn with_password(self, password: PasswordKey) -> Self {
        Self { password, ..self }
    }

    /// Whether one password opens both.
    pub fn has_password_of(&self, other: &Self) -> bool {
        self.password == other.password
    }

    /// Whether this is the link that was given out.
    pub fn is(&self, link: &Link) -> bool {
        self.secret == link.secret
    }

    /// Whether a password is needed to open it.
    pub fn has_password(&self) -> bool {
        !self.password.is_none()
    }

    /// Whether the link was opened with its password.
    pub fn opens_with(&self, opened: &OpenedLink) -> bool {
        self.password == opened.password
    }

    /// Returns the secret by which its letterbox is found.
    pub(super) fn label(&self) -> Zeroizing<[u8; 32]> {
        label_secret(&self.secret)
    }

    /// Returns the pair secret of its letterbox.
    pub(super) fn pair(&self) -> Zeroizing<[u8; 32]> {
        pair_secret(&self.secret, &self.password)
    }

    fn has_ended(&self, now: u64) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// A link that I was given and opened, as the vault keeps it. Its author need not be a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLink {
    /// The link.
    #[serde(with = "stored::link")]
    pub link: Link,
    #[serde(with = "stored::password")]
    password: PasswordKey,
    /// Its relays with their ids, once they were met: what it led to is fetched from them later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    met: Vec<String>,
}

impl Entry for OpenedLink {
    const PREFIX: &'static str = "opened/";
    type Name = ShareId;
}

impl OpenedLink {
    /// Makes it from a link and the key of the password that was typed.
    pub fn new(link: Link, password: PasswordKey) -> Self {
        Self { link, password, met: Vec::new() }
    }

    /// The same, where the relays of the link turned out to have these addresses.
    pub fn met(self, relays: Vec<String>) -> Self {
        Self { met: relays, ..self }
    }

    /// Returns the relays that have what it leads to: with their ids, once they were met.
    pub fn relays(&self) -> &[String] {
        if self.met.is_empty() { &self.link.relays } else { &self.met }
    }

    /// Returns the author.
    pub fn author(&self) -> Id {
        self.link.id.into()
    }

    /// Returns the block of a large map that would have the entry of the link. [Take it](Map::take) before
    /// [`find`](Self::find).
    pub fn node(&self, map: &Map) -> Option<Cid> {
        map.node(&label_secret(&self.link.secret), Between::link(&self.link.id))
    }

    /// Returns the page of the link, or `None` if the link was switched off or has ended.
    pub fn find(&self, map: &Map) -> Option<Cid> {
        map.find(&label_secret(&self.link.secret), Between::link(&self.link.id))
    }

    /// Opens that page. Every holder of the link has the page, so only the password protects it.
    pub fn open(&self, page: &[u8]) -> Result<LinkTarget, OpenError> {
        let pair = pair_secret(&self.link.secret, &self.password);
        let page = Page::decode(page).map_err(ReadError::from)?;
        let content = page.open(&pair).map_err(|why| match why {
            ReadError::Sealed(_) => OpenError::WrongPassword,
            why => OpenError::Refused(why),
        })?;
        let newest = content.notes.iter().rev().find_map(|Note { says, .. }| match says {
            Says::Share { share, header, .. } => {
                Some((ShareId::new(self.link.id.as_bytes(), *share), *header))
            }
            _ => None,
        });
        let (share, header) = newest.ok_or(OpenError::NoShare)?;
        Ok(LinkTarget { share, header, pair })
    }
}

/// My valid links, one for each share at most.
///
/// A link that was switched off or has ended is forgotten, here and in the vault. It never comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(BTreeMap<ShareId, OwnLink>);

/// There are [`MAX_LINKS`] already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_LINKS} links are the most: switch one off first")]
pub struct TooManyLinks;

impl Links {
    /// Returns the link of a share.
    pub fn get(&self, share: &ShareId) -> Option<&OwnLink> {
        self.0.get(share)
    }

    /// Returns all links.
    pub fn iter(&self) -> impl Iterator<Item = (&ShareId, &OwnLink)> {
        self.0.iter()
    }

    /// Returns their number.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is room for one more.
    pub fn check_room(&self) -> Result<(), TooManyLinks> {
        if self.0.len() < MAX_LINKS { Ok(()) } else { Err(TooManyLinks) }
    }

    /// Adds the link of a share. If there is one already, it stays.
    pub fn keep(&mut self, share: ShareId, link: OwnLink) {
        self.0.entry(share).or_insert(link);
    }

    /// Puts a link in the place of the one that a share has. Returns whether it had one.
    pub fn replace(&mut self, share: &ShareId, link: OwnLink) -> bool {
        self.0.get_mut(share).map(|known| *known = link).is_some()
    }

    /// Switches the link of a share off. Returns whether there was one.
    pub fn switch_off(&mut self, share: &ShareId) -> bool {
        self.0.remove(share).is_some()
    }

    /// Returns the shares whose links have ended at `now`.
    pub fn ended(&self, now: u64) -> Vec<ShareId> {
        self.0.iter().filter(|(_, link)| link.has_ended(now)).map(|(share, _)| *share).collect()
    }

    /// Returns when the next link ends.
    pub fn next_end(&self) -> Option<u64> {
        self.0.values().filter_map(|link| link.until).min()
    }
}

impl FromIterator<(ShareId, OwnLink)> for Links {
    fn from_iter<T: IntoIterator<Item = (ShareId, OwnLink)>>(links: T) -> Self {
        Self(links.into_iter().collect())
    }
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkTarget {
    /// The share.
    pub share: ShareId,
    /// Its header block.
    pub header: Cid,
    /// The pair secret. It opens the link's slot in the header.
    pub pair: Zeroizing<[u8; 32]>,
}

/// Why the page of a link does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The password is wrong or missing.
    #[error("that password does not open this link")]
    WrongPassword,
    /// The page breaks a rule of the format, or has no share.
    #[error("what the link leads to cannot be read: {0}")]
    Refused(#[from] ReadError),
    /// The page has no share.
    #[error("the link leads to no share")]
    NoShare,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, permutations, ring};

    fn share(byte: u8) -> ShareId {
        ShareId::from([byte; 20])
    }

    fn link(until: Option<u64>) -> OwnLink {
        OwnLink::new(CodeSecret::from_bytes([1; 16]), PasswordKey::none(), until, 7, NOW)
    }

    #[test]
    fn what_is_given_out_is_known_again_and_says_nothing_of_the_password() {
        let secret = CodeSecret::from_bytes([2; 16]);
        let password = PasswordKey::derive(&secret, "Amélie").unwrap();
        let own = OwnLink::new(secret.clone(), password, Some(NOW + 60_001), NOW / 1000, NOW);
        let given: Link = own.given(&ring(1).id(), vec!["/dns/relay".into()]).to_string().parse().unwrap();
        assert!(own.is(&given) && own.has_password());
        assert_eq!((given.seq, given.until), (NOW / 1000, Some(NOW + 60_000)), "to the minute");
        let other = link(None);
        assert!(!other.is(&given) && !other.has_password());
        let typed =
            |password| OpenedLink::new(given.clone(), PasswordKey::derive(&secret, password).unwrap());
        assert!(own.opens_with(&typed("Ame\u{301}lie")) && !own.opens_with(&typed("amélie")));
    }

    #[test]
    fn a_link_ends_once_and_at_its_time() {
        let mut links: Links =
            [(share(1), link(None)), (share(2), link(Some(NOW + 5))), (share(3), link(Some(NOW + 9)))]
                .into_iter()
                .collect();
        assert_eq!((links.next_end(), links.ended(NOW + 4)), (Some(NOW + 5), vec![]));
        assert_eq!(links.ended(NOW + 9), [share(2), share(3)]);
        for _ in 0..2 {
            links.ended(NOW + 9).iter().for_each(|share| assert!(links.switch_off(share)));
            assert_eq!((links.next_end(), links.len()), (None, 1));
        }
        assert!(!links.switch_off(&share(2)));
    }

    #[test]
    fn the_first_link_of_a_share_stays_and_all_are_bounded() {
        let given: Vec<_> = (0..3).map(|at| OwnLink { created: NOW + at, ..link(None) }).collect();
        for order in permutations(&given) {
            let mut links = Links::default();
            order.iter().for_each(|link| links.keep(share(1), link.clone()));
            assert_eq!(links.get(&share(1)), order.first());
        }
        let mut links = Links::default();
        for number in 0..MAX_LINKS as u16 {
            assert_eq!(links.check_room(), Ok(()));
            let mut id = [0; 20];
            id[..2].copy_from_slice(&number.to_be_bytes());
            links.keep(ShareId::from(id), given[0].clone());
        }
        assert_eq!(links.check_room(), Err(TooManyLinks));
    }
}
