//! Blocks and what is made of them: from the store, else from providers that may have them.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use lru::LruCache;

use crate::dag::contents::{Contents, File};
use crate::dag::unixfs::Folder;
use crate::dag::{self, Fetch, FetchError};
use crate::engine::Error;
use crate::engine::directory::Directory;
use crate::engine::network::{BlockSource, RecordSource};
use crate::engine::state::State;
use crate::engine::storage::Storage;
use crate::format::map::Map;
use crate::keys::Id;
use crate::net::address::MAX_RELAYS;
use crate::net::{self, Provider, RelayAddr};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::root;
use crate::social::share_record::{Content, ShareRecord};

use super::downloader::{self, Downloader, Providers};
use super::patient::{Patience, PatientFetcher};

/// Manifests that stay open: a page asks for the pictures of a share one after the other.
const OPEN_MANIFESTS: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");

/// What fetching may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) blocks: Rc<dyn BlockSource>,
    pub(in crate::engine) records: Rc<dyn RecordSource>,
}

/// Makes fetchers: knows which providers may have what an author shared.
#[derive(Clone)]
pub(in crate::engine) struct Fetchers(Rc<Inner>);

struct Inner {
    args: Args,
    downloader: Downloader,
    /// The manifests that were opened last.
    open: RefCell<LruCache<ManifestKey, Rc<dag::Reader>>>,
}

/// The header from which a manifest hangs, and the providers that may have what is missing of it.
type ManifestKey = (Cid, Rc<[Provider]>);

/// Gets blocks from the store, else from some providers.
pub(in crate::engine) struct BlockFetcher {
    storage: Storage,
    downloader: Downloader,
    providers: Rc<Providers>,
    /// Whether what it fetches was published in clear by somebody else. What is kept of it is sealed here.
    is_clear: bool,
}

impl BlockFetcher {
    /// A block from the network alone, for what is read once.
    pub(in crate::engine) async fn fetch(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        if self.providers.list().is_empty() {
            return Err(FetchError::Unreachable("no provider of this is known".into()));
        }
        let fetched = self.downloader.fetch(*cid, &self.providers).await;
        fetched.map_err(|why| FetchError::Unreachable(why.to_string()))
    }

    /// Asks for a block, whether it is here or not: says whether it came. Nothing of it is kept here.
    ///
    /// # Errors
    ///
    /// If nobody answers.
    pub(in crate::engine) async fn delivers(&self, cid: &Cid) -> Result<bool, Error> {
        match self.downloader.fetch(*cid, &self.providers).await {
            Ok(_) => Ok(true),
            Err(net::FetchError::NotFound) => Ok(false),
            Err(why) => Err(Error::Unreachable(why.to_string())),
        }
    }

    /// What the store is to have of a block that was fetched.
    pub(super) fn kept(&self, cid: &Cid, block: &Bytes) -> Bytes {
        if self.is_clear { self.storage.seal(cid, block) } else { block.clone() }
    }

    /// A letterbox map, with those of its entries among which `node` says that the wanted one is.
    pub(in crate::engine) async fn map(
        &self,
        cid: &Cid,
        node: impl Fn(&Map) -> Option<Cid>,
    ) -> Result<Map, Error> {
        let mut map = Map::decode(&self.fetch(cid).await?).map_err(Error::unverified)?;
        if let Some(node) = node(&map) {
            map.take(&node, &self.fetch(&node).await?).map_err(Error::unverified)?;
        }
        Ok(map)
    }

    /// A block, or nothing where every relay of the author was asked and does not have it.
    pub(in crate::engine) async fn find(&self, cid: &Cid) -> Result<Option<Bytes>, FetchError> {
        match self.block(cid).await {
            Err(FetchError::Unreachable(_)) if self.is_gone(cid).await => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether every relay of the author was asked and does not have a block.
    pub(in crate::engine) async fn is_gone(&self, cid: &Cid) -> bool {
        let relays = self.providers.list().iter().filter(|provider| matches!(provider, Provider::Relay(_)));
        let relays = self.downloader.over(relays.cloned().collect());
        !relays.list().is_empty()
            && self.downloader.fetch(*cid, &relays).await == Err(net::FetchError::NotFound)
    }
}

#[async_trait(?Send)]
impl Fetch for BlockFetcher {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        if let Some(block) = self.storage.block(cid).await? {
            return Ok(block);
        }
        let block = self.fetch(cid).await?;
        self.storage.cache(*cid, self.kept(cid, &block)).await?;
        Ok(block)
    }

    async fn chunk(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        if let Some(block) = self.storage.block(cid).await? {
            return Ok(block);
        }
        let block = self.fetch(cid).await?;
        self.storage.cache_behind(*cid, self.kept(cid, &block)).await?;
        Ok(block)
    }
}

impl Fetchers {
    pub(in crate::engine) fn new(args: Args) -> Self {
        let downloader = Downloader::new(downloader::Args { source: Rc::clone(&args.blocks) });
        Self(Rc::new(Inner { args, downloader, open: RefCell::new(LruCache::new(OPEN_MANIFESTS)) }))
    }

    /// Fetches what `author` shared: from their relays, those of their links, and their devices; of my own things from
    /// my relays, and from those of my devices that are connected.
    pub(in crate::engine) fn of_author(&self, author: &Id) -> Rc<BlockFetcher> {
        let relays = self.0.args.state.read(|tables| {
            let links = tables.opened.values().filter(|opened| opened.author() == *author);
            let named = links.flat_map(|opened| opened.relays()).take(MAX_RELAYS);
            named.filter_map(|text| self.0.args.directory.trusted(text)).collect::<Vec<_>>()
        });
        self.at(author, &relays)
    }

    /// Fetches what `author` shared with everybody. Others did not seal it, so that it is sealed here.
    fn of_public(&self, author: &Id) -> Rc<BlockFetcher> {
        let is_clear = *author != self.0.args.directory.id;
        let of_author = self.of_author(author);
        let BlockFetcher { storage, downloader, providers, .. } = &*of_author;
        let (storage, downloader, providers) = (storage.clone(), downloader.clone(), providers.clone());
        Rc::new(BlockFetcher { storage, downloader, providers, is_clear })
    }

    /// The same where further relays are known that have it.
    pub(in crate::engine) fn at(&self, author: &Id, further: &[RelayAddr]) -> Rc<BlockFetcher> {
        let Args { state, directory, .. } = &self.0.args;
        // What somebody shared before they changed keys is where they are now.
        let author = &state.read(|tables| tables.living(author));
        let mut providers: Vec<_> = if *author == directory.id {
            let relays = directory.relays.iter().cloned().map(Provider::Relay);
            // Of my devices those that are here already: the others are as far as a relay, and may be asleep.
            let is_here = |device: &Provider| state.live(|live| live.peers.contains(&device.peer()));
            let devices = state.read(|tables| tables.other_devices(directory));
            relays.chain(devices.into_iter().filter(is_here)).collect()
        } else {
            let providers = |tables: &crate::engine::state::Tables| {
                tables.contacts.get(author).map(|contact| directory.providers(contact))
            };
            state.read(providers).unwrap_or_default()
        };
        for relay in further.iter().cloned().map(Provider::Relay) {
            if !providers.contains(&relay) {
                providers.push(relay);
            }
        }
        Rc::new(self.from(providers))
    }

    /// Fetches what is in a share, whose blocks may be at its maker's.
    pub(in crate::engine) fn of_share(&self, share: &ShareRecord) -> Rc<BlockFetcher> {
        let Args { state, directory, .. } = &self.0.args;
        if let Content::Public { .. } = share.content {
            return self.of_public(&share.author);
        }
        let Some(maker) = &share.maker else {
            let of_author = self.of_author(&share.author);
            let keepers = self.keepers_of(share);
            if keepers.is_empty() {
                return of_author;
            }
            let providers = of_author.providers.list().iter().cloned().chain(keepers).collect();
            return Rc::new(self.from(providers));
        };
        let mut relays = directory.trusted_of(&share.makers_relays());
        state.read(|tables| {
            if let Some(contact) = tables.watched(&maker.id) {
                relays.extend(directory.relays_of(contact));
            }
        });
        self.at(&share.author, &relays)
    }

    /// Fetches what is mine from everywhere where it may be.
    pub(in crate::engine) fn of_mine(&self) -> Rc<BlockFetcher> {
        let of_author = self.of_author(&self.0.args.directory.id);
        let providers = of_author.providers.list().iter().cloned().chain(self.my_keepers()).collect();
        Rc::new(self.from(providers))
    }

    /// Devices of friends that keep what is mine, as far as they are here now.
    fn my_keepers(&self) -> Vec<Provider> {
        let state = &self.0.args.state;
        let ids = state.read(|tables| {
            let keepers = tables.keepers.iter().filter(|(_, keeper)| keeper.said.is_some());
            keepers.map(|(id, _)| *id).collect::<Vec<_>>()
        });
        ids.iter().flat_map(|id| self.devices_here(id)).collect()
    }

    /// Devices of a contact that are here now.
    pub(in crate::engine) fn devices_here(&self, contact: &Id) -> Vec<Provider> {
        let Args { state, directory, .. } = &self.0.args;
        let is_here = |device: &Provider| state.live(|live| live.peers.contains(&device.peer()));
        let contact = state.read(|tables| tables.contacts.get(contact).cloned());
        let devices = contact.map(|contact| directory.devices(&contact)).unwrap_or_default();
        devices.into_iter().filter(is_here).collect()
    }

    /// Devices of friends that keep a share: of mine those that are here now; of somebody else's those that they named, as
    /// far as their people are contacts of mine too.
    fn keepers_of(&self, share: &ShareRecord) -> Vec<Provider> {
        let Args { state, directory, .. } = &self.0.args;
        if share.author == directory.id {
            return self.my_keepers();
        }
        let Some(key) = share.fetch_key() else { return Vec::new() };
        state.read(|tables| {
            let keepers = tables.reachable_keepers(&share.author).filter_map(|(contact, peer)| {
                let relay = directory.relays_of(contact).into_iter().next()?;
                Some(Provider::Keeper { device: peer, relay, key: key.clone() })
            });
            keepers.collect()
        })
    }

    /// Fetches blocks from these providers alone.
    pub(in crate::engine) fn from(&self, providers: Vec<Provider>) -> BlockFetcher {
        let Inner { args, downloader, .. } = &*self.0;
        let providers = downloader.over(providers);
        let (storage, downloader) = (args.storage.clone(), downloader.clone());
        BlockFetcher { storage, downloader, providers, is_clear: false }
    }

    /// Opens the manifest of a share, which its maker must have signed.
    pub(in crate::engine) async fn open_manifest(
        &self,
        share: &ShareRecord,
    ) -> Result<Rc<dag::Reader>, Error> {
        if share.unlisted {
            let why = match share.elsewhere.is_empty() {
                false => "its list of files is at relays that were not asked: look there first",
                true => "its list of files is not here yet, and is looked for: try again later",
            };
            return Err(Error::Unreachable(why.into()));
        }
        let fetcher = self.of_share(share);
        // The header says whose manifest it is, and by which key it opens.
        let key = (share.block(), Rc::clone(fetcher.providers.list()));
        if let Some(open) = self.0.open.borrow_mut().get(&key) {
            return Ok(open.clone());
        }
        let reader = Rc::new(open_manifest(fetcher, share).await?);
        self.0.open.borrow_mut().put(key, reader.clone());
        Ok(reader)
    }

    /// Opens what is in the share of this id for somebody who saves it, and waits for what cannot be fetched now.
    pub(in crate::engine) async fn open_patiently(
        &self,
        id: &str,
        patience: Patience,
    ) -> Result<Contents, Error> {
        let state = self.0.args.state.clone();
        let share = state.read(|tables| tables.share(id).cloned())?;
        let content = share.content.clone();
        if share.unlisted {
            return self.open_contents(&share).await;
        }
        let fetcher = Rc::new(PatientFetcher::new(self.clone(), state, share.clone(), patience));
        Ok(match content {
            Content::Sealed { .. } => Contents::Sealed(Rc::new(open_manifest(fetcher, &share).await?)),
            Content::Public { root, .. } => Contents::Public(Rc::new(Folder::new(fetcher, root))),
        })
    }

    /// Opens what is in the share of this id, from here or from its providers.
    pub(in crate::engine) async fn open_share(&self, id: &str) -> Result<Contents, Error> {
        let share = self.0.args.state.read(|tables| tables.share(id).cloned())?;
        self.open_contents(&share).await
    }

    /// The same of a share that was looked up.
    pub(in crate::engine) async fn open_contents(&self, share: &ShareRecord) -> Result<Contents, Error> {
        match &share.content {
            Content::Sealed { .. } => Ok(Contents::Sealed(self.open_manifest(share).await?)),
            // The folder is read when somebody looks for a file.
            Content::Public { root, .. } => {
                Ok(Contents::Public(Rc::new(Folder::new(self.of_public(&share.author), *root))))
            }
        }
    }

    /// The signed object of a public share; `None` of any other.
    pub(in crate::engine) async fn object_of(&self, share: &ShareRecord) -> Result<Option<Bytes>, Error> {
        let Content::Public { object, .. } = share.content else { return Ok(None) };
        Ok(Some(self.of_public(&share.author).block(&object).await?))
    }

    /// Bytes of a file that are in this browser.
    pub(in crate::engine) async fn held(&self, file: &File) -> Result<u64, Error> {
        let chunks = file.chunks().await?;
        let cids: Vec<_> = chunks.iter().map(|chunk| chunk.cid).collect();
        let have = self.0.args.storage.blocks().have(&cids).await?;
        Ok(have.into_iter().zip(chunks).filter_map(|(have, chunk)| have.then_some(chunk.bytes)).sum())
    }

    /// Fetches somebody's profile from one relay into `contact`.
    pub(in crate::engine) async fn fetch_profile(
        &self,
        contact: &mut Contact,
        relay: RelayAddr,
    ) -> Result<(), Error> {
        let record = self.0.args.records.get_record(&relay, contact.id).await;
        let record = record.map_err(|why| Error::Unreachable(why.to_string()))?;
        let record = record.ok_or(Error::NotFound("profile"))?;
        let record = root::verify_record(&contact.id, &record, platform::now_ms())?;
        let fetcher = self.from(vec![Provider::Relay(relay)]);
        let root = root::open(&contact.id, &record, &fetcher.fetch(&record.root).await?)?;
        contact.apply_profile(root.seq, root.profile, &fetcher.fetch(&root.profile).await?)?;
        Ok(())
    }

    /// The name of somebody who may be no contact, as far as one of these relays tells it, or one of mine.
    pub(in crate::engine) async fn name_of(&self, id: &Id, relays: &[RelayAddr]) -> Option<String> {
        let Args { state, directory, .. } = &self.0.args;
        let known = state.read(|tables| tables.contacts.get(id).cloned());
        if let Some(contact) = known {
            return contact.profile.map(|profile| profile.name);
        }
        let mut stranger = Contact::new(*id, Vec::new(), 0, platform::now_ms());
        let own = directory.relays.iter().filter(|own| !relays.contains(own));
        for relay in relays.iter().chain(own).cloned() {
            match self.fetch_profile(&mut stranger, relay).await {
                Ok(()) => return stranger.profile.map(|profile| profile.name),
                Err(why) => tracing::debug!(%why, "a stranger is not known yet"),
            }
        }
        None
    }
}

/// Opens the manifest of a share, which its maker must have signed.
async fn open_manifest(fetch: Rc<dyn Fetch>, share: &ShareRecord) -> Result<dag::Reader, Error> {
    let maker = share.maker.as_ref().map_or(&share.author, |maker| &maker.id).verifying_key();
    let manifest = share.manifest().ok_or(Error::NotFound("list of files"))?;
    Ok(dag::Reader::open(fetch, &manifest, Some(&maker)).await?)
}
