//! Getting blocks: from the store, else from those who may be asked.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use lru::LruCache;

use crate::dag::{self, Fetch, FetchError};
use crate::format::map::Map;
use crate::keys::Id;
use crate::net::address::MAX_RELAYS;
use crate::net::{self, Net, Provider, RelayAddr};
use crate::platform;
use crate::social::contact::Contact;
use crate::store::write_behind::WriteBehind;
use crate::store::{Store, StoreError, Write};

use super::Error;
use super::kept::Kept;
use super::session::Session;

/// Manifests that stay open: whoever looks at the pictures of a share asks for one after the other.
const OPENED: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");

/// Gets the blocks of one author.
pub(super) struct Getter {
    store: Rc<dyn Store>,
    behind: Rc<WriteBehind>,
    net: Net,
    providers: Vec<Provider>,
}

/// The manifests that were opened last.
pub(super) struct Lists(RefCell<LruCache<Named, Rc<dag::Reader>>>);

/// The header from which a manifest hangs, and whoever may have what is missing of it.
type Named = (Cid, Vec<Provider>);

impl Default for Lists {
    fn default() -> Self {
        Self(RefCell::new(LruCache::new(OPENED)))
    }
}

impl Getter {
    /// Only the network, for blocks that are read once.
    pub(super) async fn fetch(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        if self.providers.is_empty() {
            return Err(FetchError::Unreachable("nobody is known who has this".into()));
        }
        self.net.fetch(*cid, &self.providers).await.map_err(|why| FetchError::Unreachable(why.to_string()))
    }

    /// A letterbox map, with those of its entries among which `node` says that the wanted one is.
    pub(super) async fn map(&self, cid: &Cid, node: impl Fn(&Map) -> Option<Cid>) -> Result<Map, Error> {
        let mut map = Map::decode(&self.fetch(cid).await?).map_err(Error::unverified)?;
        if let Some(node) = node(&map) {
            map.take(&node, &self.fetch(&node).await?).map_err(Error::unverified)?;
        }
        Ok(map)
    }

    /// A block, or nothing where every relay of the author was asked and does not have it.
    pub(super) async fn find(&self, cid: &Cid) -> Result<Option<Bytes>, FetchError> {
        match self.block(cid).await {
            Err(FetchError::Unreachable(_)) if self.is_gone(cid).await => Ok(None),
            found => found.map(Some),
        }
    }

    async fn is_gone(&self, cid: &Cid) -> bool {
        let relays = self.providers.iter().filter(|provider| matches!(provider, Provider::Relay(_)));
        let relays: Vec<_> = relays.cloned().collect();
        !relays.is_empty() && self.net.fetch(*cid, &relays).await == Err(net::FetchError::NotFound)
    }
}

#[async_trait(?Send)]
impl Fetch for Getter {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        if let Some(block) = self.store.block(cid).await? {
            return Ok(block);
        }
        let block = self.fetch(cid).await?;
        match self.store.commit(Write::relaxed().block(*cid, block.clone())).await {
            // What is only read need not be kept.
            Ok(()) | Err(StoreError::Quota) => Ok(block),
            Err(why) => Err(why.into()),
        }
    }

    async fn chunk(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        if let Some(block) = self.behind.block(cid).await? {
            return Ok(block);
        }
        let block = self.fetch(cid).await?;
        self.behind.put(*cid, block.clone()).await?;
        Ok(block)
    }
}

impl Session {
    /// Gets what `author` shared: from here, their relays and those of their links, and their devices; of my own
    /// things also from my relays.
    pub(super) fn getter(&self, author: &Id) -> Rc<Getter> {
        let state = self.state.borrow();
        let links = state.opened.values().filter(|opened| opened.author() == *author);
        let named = links.flat_map(|opened| &opened.link.relays).take(MAX_RELAYS);
        let relays: Vec<_> = named.filter_map(|text| self.trusted(text)).collect();
        self.getter_at(author, &relays)
    }

    /// The same where further relays are known that have it.
    pub(super) fn getter_at(&self, author: &Id, further: &[RelayAddr]) -> Rc<Getter> {
        let mut providers: Vec<_> = if *author == self.id {
            self.relays.iter().cloned().map(Provider::Relay).collect()
        } else {
            let state = self.state.borrow();
            state.contacts.get(author).map(|contact| self.providers(contact)).unwrap_or_default()
        };
        for relay in further.iter().cloned().map(Provider::Relay) {
            if !providers.contains(&relay) {
                providers.push(relay);
            }
        }
        Rc::new(self.getter_from(providers))
    }

    /// Gets what is in a share, which may be at its maker's.
    pub(super) fn getter_of(&self, share: &Kept) -> Rc<Getter> {
        match &share.maker {
            Some(maker) => {
                let mut relays = self.trusted_of(&maker.relays);
                if let Some(contact) = self.state.borrow().contacts.get(&maker.id) {
                    relays.extend(self.relays_of(contact));
                }
                self.getter_at(&share.author, &relays)
            }
            None => self.getter(&share.author),
        }
    }

    /// Those of these relays, which somebody else named, that may be asked.
    pub(super) fn trusted_of(&self, relays: &[String]) -> Vec<RelayAddr> {
        relays.iter().take(MAX_RELAYS).filter_map(|relay| self.trusted(relay)).collect()
    }

    /// Gets blocks from these alone.
    pub(super) fn getter_from(&self, providers: Vec<Provider>) -> Getter {
        Getter { store: self.store.clone(), behind: self.behind.clone(), net: self.net.clone(), providers }
    }

    /// Opens the manifest of a share, which its maker must have signed.
    pub(super) async fn open_manifest_of(&self, share: &Kept) -> Result<Rc<dag::Reader>, Error> {
        let getter = self.getter_of(share);
        // The header says whose manifest it is, and by which key it opens.
        let name = (share.block(), getter.providers.clone());
        if let Some(opened) = self.lists.0.borrow_mut().get(&name) {
            return Ok(opened.clone());
        }
        let maker = share.maker.as_ref().map_or(&share.author, |maker| &maker.id).verifying_key();
        let manifest = share.manifest().ok_or(Error::NotFound("list of files"))?;
        let opened = Rc::new(dag::Reader::open(getter, &manifest, Some(&maker)).await?);
        self.lists.0.borrow_mut().put(name, opened.clone());
        Ok(opened)
    }

    /// What somebody calls themselves whom I may not have added, as far as one of these relays tells.
    pub(super) async fn name_of(&self, id: &Id, relays: &[String]) -> Option<String> {
        if let Some(contact) = self.state.borrow().contacts.get(id) {
            return contact.profile.as_ref().map(|profile| profile.name.clone());
        }
        let mut stranger = Contact::new(*id, relays.to_vec(), 0, platform::now_ms());
        for relay in self.relays_of(&stranger) {
            match self.fetch_profile(&mut stranger, Provider::Relay(relay)).await {
                Ok(()) => return stranger.profile.map(|profile| profile.name),
                Err(why) => tracing::debug!(%why, "a stranger is not known yet"),
            }
        }
        None
    }
}

impl From<FetchError> for Error {
    fn from(why: FetchError) -> Self {
        match why {
            FetchError::Store(why) => why.into(),
            FetchError::Unreachable(why) => Self::Unreachable(why),
        }
    }
}

impl From<dag::ReadError> for Error {
    fn from(why: dag::ReadError) -> Self {
        match why {
            dag::ReadError::Fetch(why) => why.into(),
            why @ (dag::ReadError::Format(_) | dag::ReadError::Refused { .. }) => {
                Self::InvalidSignature(why.to_string())
            }
        }
    }
}
