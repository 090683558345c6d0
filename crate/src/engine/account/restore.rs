//! Bringing a profile back from its words: everything else hangs from its record at a keeper.

mod devices;
mod merge;
mod relays;

use std::collections::BTreeMap;
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::{StreamExt, stream};
use serde_bytes::{ByteArray, ByteBuf};

use self::relays::Found;
use crate::dag::{self, Fetch};
use crate::engine::Error;
use crate::engine::directory::Directory;
use crate::engine::network::RecordSource;
use crate::engine::presence::{OwnRecord, ServedBlocks};
use crate::engine::publish::from_vault;
use crate::engine::state::{Account, Replica, Restored, State};
use crate::engine::tasks::Tasks;
use crate::engine::transfer::{BlockFetcher, Fetchers};
use crate::format::ipns::Record;
use crate::format::map::Map;
use crate::format::profile::Profile;
use crate::format::root::Root;
use crate::format::share_id::ShareId;
use crate::format::{DAG_CBOR, cid_of, signed};
use crate::keys::{Id, Ring};
use crate::platform;
use crate::social::feed::{self, Change, Feed, Pages as _};
use crate::social::letterbox::Letterboxes;
use crate::social::link::Links;
use crate::social::publication::{Newest, Publication};
use crate::social::root::{self, Parts};
use crate::social::share;
use crate::social::share_record::{Maker, SealedShare, ShareRecord};
use crate::social::succession;
use crate::social::vault::{self, Heir, KnownContact, Only, OwnShare, RelayOnly, Vault};

/// Letterbox pages that are fetched when a profile comes back: those of every contact, and as much history.
const MAX_PAGES: usize = 4_096;

/// How many of them at once: 512 KiB, if all are large.
const PAGES_AT_ONCE: usize = 16;

/// What restoring may touch.
#[derive(Clone)]
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    /// The public key of this device.
    pub(in crate::engine) device: [u8; 32],
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) records: Rc<dyn RecordSource>,
    pub(in crate::engine) served: ServedBlocks,
    pub(in crate::engine) own_record: OwnRecord,
    pub(in crate::engine) tasks: Tasks,
}

/// A root of mine that somebody has, with what it names first.
pub(super) struct Published {
    pub(super) root: Root,
    pub(super) profile: Profile,
    pub(super) vault: Vault,
}

impl Published {
    /// The root that a verified record of mine points to, its profile and its vault.
    pub(super) async fn read(ring: &Ring, fetch: &dyn Fetch, record: &Record) -> Result<Self, Error> {
        let me = ring.id();
        let root = root::open(&me, record, &fetch.block(&record.root).await?)?;
        let profile = fetch.block(&root.profile).await?;
        let profile = signed::open::<Profile>(&profile, Some(&me.verifying_key()))?.object;
        let block = fetch.block(&root.vault).await?;
        let mut buckets = Vec::new();
        for bucket in vault::buckets_of(&block).map_err(Error::unverified)? {
            buckets.push(fetch.block(&bucket).await?);
        }
        let vault = Vault::open(ring, (root.vault, &block), &buckets)?;
        Ok(Self { root, profile, vault })
    }

    fn parts(&self) -> Parts {
        let Root { profile, letterboxes, vault, feed, successor, .. } = self.root;
        Parts { profile, letterboxes, vault, feed, successor: successor.map(Id::from) }
    }

    fn newest(&self, found: &Found) -> Newest {
        Newest::restored(found.record.root, &found.bytes, found.record.sequence, self.parts())
    }
}

impl Args {
    /// Fetches what my newest record names, and keeps it as if it had always been here, in one update.
    ///
    /// Relays that did not answer may know something newer. Until they have answered, nothing is published.
    pub(in crate::engine) async fn restore(&self) -> Result<Account, Error> {
        let found = self.own_record().await?;
        let me = self.directory.id;
        let fetcher = self.fetchers.of_author(&me);
        let published = Published::read(&self.ring, &*fetcher, &found.record).await?;
        let vault = published.vault.clone();
        let account = self.account(&published.profile, &vault)?;
        // Before anything is fetched that may be kept elsewhere.
        self.directory.set_own_only(account.relay_only);
        let links: Links = vault.all().collect();
        let (letterboxes, _) =
            self.restore_letterboxes(&fetcher, published.root.letterboxes, &readers(&vault), &links).await?;
        let (mut shares, awaited) = self.restore_shares(&fetcher, &vault).await?;
        if let Some((_, why)) = awaited.into_iter().next() {
            return Err(why);
        }
        let (feed, changes) = self.restore_feed(&fetcher, published.root.feed).await?;
        let mut blocks = Vec::new();
        for change in changes {
            if let Some((share, object)) = self.public_share(change) {
                blocks.push((share.block(), object));
                shares.push(share);
            }
        }
        let publication =
            Publication::restored(published.newest(&found), letterboxes.after_loss(), vault, feed);
        let keep = self.state.update_with(blocks, move |tx| {
            *Rc::make_mut(&mut tx.account) = account;
            for share in shares {
                tx.shares.insert(share.id(), share);
            }
            let replica = Replica { seq: publication.seq(), is_stale: false };
            for keeper in found.kept_by {
                tx.replicas.insert(keeper, replica);
            }
            *Rc::make_mut(&mut tx.publication) = publication;
            from_vault(tx, &me, platform::now_ms());
            tx.set_restored(Some(Restored { published: published.root.time, silent: found.silent }));
            tx.need_root();
            Ok((*tx.account).clone())
        });
        keep.await
    }

    /// What a root of mine says of me, with the settings of the vault.
    fn account(&self, profile: &Profile, vault: &Vault) -> Result<Account, Error> {
        if vault.get::<Heir>(&Only).is_some_and(|Heir(heir)| heir != profile.heir) {
            return Err(Error::InvalidSignature(
                "the vault and the profile name different successors".into(),
            ));
        }
        Ok(Account {
            words_confirmed: self.state.read(|tables| tables.account.words_confirmed),
            relay_only: vault.get::<RelayOnly>(&Only).is_some_and(|RelayOnly(is_on)| is_on),
            ..account_of(profile)
        })
    }

    /// The identity that follows mine, if I know it or a root of mine names it: nobody but the words can make it.
    fn successor(&self, root: &Root) -> Option<Id> {
        let (known, heir) = self.state.read(|tables| (tables.account.successor, *tables.account.heir));
        let named = root.successor.map(Id::from).filter(|id| succession::is_heir(Some(&heir), id));
        known.or(named)
    }

    /// My letterboxes, with those of their pages that a keeper still has.
    async fn restore_letterboxes(
        &self,
        fetcher: &BlockFetcher,
        cid: Cid,
        readers: &[share::Recipient],
        links: &Links,
    ) -> Result<(Letterboxes, BTreeMap<Cid, Bytes>), Error> {
        let map = read_map(fetcher, &cid).await?;
        let pages = self.fetch_pages(fetcher, &map).await?;
        let letterboxes = Letterboxes::restore(&self.ring, readers, links, cid, &map, &pages)
            .map_err(|why| Error::Unreachable(why.to_string()))?;
        Ok((letterboxes, pages))
    }

    /// The shares of a vault, and those whose header nobody has now.
    async fn restore_shares(
        &self,
        fetcher: &BlockFetcher,
        vault: &Vault,
    ) -> Result<(Vec<ShareRecord>, Vec<(ShareId, Error)>), Error> {
        let (mut shares, mut awaited) = (Vec::new(), Vec::new());
        for (id, own) in vault.all::<OwnShare>() {
            let here = self.state.read(|tables| tables.shares.get(&id).cloned());
            if let Some(here) = here.filter(|here| here.block() == own.header) {
                shares.push(here);
                continue;
            }
            match self.restore_share(fetcher, &own).await {
                Ok(share) => shares.push(share),
                Err(why @ Error::Unreachable(_)) if own.from.is_none() => awaited.push((id, why)),
                // The rest of the profile is worth having without it; the words find it again later.
                Err(why) => tracing::warn!(%why, "a share of this profile cannot be read"),
            }
        }
        Ok((shares, awaited))
    }

    /// Every page that the map names, as far as somebody keeps it.
    async fn fetch_pages(&self, fetcher: &BlockFetcher, map: &Map) -> Result<BTreeMap<Cid, Bytes>, Error> {
        let mut wanted = map.pages.clone();
        for list in &map.more {
            wanted.extend(dag::walk::links(list, &fetcher.block(list).await?).map_err(Error::unverified)?);
        }
        let fetched = stream::iter(wanted.into_iter().take(MAX_PAGES));
        let mut fetched = fetched
            .map(|cid| async move { (cid, fetcher.block(&cid).await) })
            .buffer_unordered(PAGES_AT_ONCE);
        let mut pages = BTreeMap::new();
        while let Some((cid, page)) = fetched.next().await {
            match page {
                Ok(page) => {
                    pages.insert(cid, page);
                }
                Err(dag::FetchError::Unreachable(why)) => tracing::debug!(why, "a page is not kept any more"),
                Err(why) => return Err(why.into()),
            }
        }
        Ok(pages)
    }

    async fn restore_share(&self, fetcher: &BlockFetcher, own: &OwnShare) -> Result<ShareRecord, Error> {
        let me = self.directory.id;
        let block = fetcher.block(&own.header).await?;
        let unreadable = || Error::InvalidSignature("a header of this profile does not open".into());
        let opened = share::open_own(&self.ring, &block)?.ok_or_else(unreadable)?;
        // I passed it on myself, so these relays may be asked.
        let relays = self.directory.trusted_of(&own.keepers);
        let keepers = self.fetchers.at(&me, &relays);
        let reader = dag::Reader::open(keepers, &opened.header.manifest, None).await?;
        let (manifest, maker) = (reader.manifest(), Id::from(*reader.maker()));
        share::check_manifest(&opened, &me, manifest, &maker).map_err(Error::unverified)?;
        let mut share = ShareRecord::new(SealedShare {
            author: me,
            header: &opened.header,
            block: own.header,
            files: manifest.files,
            size: manifest.size,
            recipients: own.recipients.clone(),
            key: Some(&opened.key),
            now: platform::now_ms(),
        });
        share.by_other_device = true;
        share.since = own.since;
        share.former.clone_from(&own.former);
        if maker != me {
            let name = self.fetchers.name_of(&maker, &relays).await;
            share.maker = Some(Maker { id: maker, relays: own.keepers.clone(), name, from: own.from });
        }
        Ok(share)
    }

    /// Brings back my own feed, and every change that stands on it, the oldest first.
    async fn restore_feed(
        &self,
        fetcher: &BlockFetcher,
        newest: Option<Cid>,
    ) -> Result<(Feed, Vec<Change>), Error> {
        let Some(newest) = newest else { return Ok(Default::default()) };
        let me = self.directory.id;
        let feed = Feed::restore(&me, newest, &fetcher.block(&newest).await?)?;
        let mut walk = feed::Walk::back(me, newest);
        while let Some(cid) = walk.wanted().next() {
            // They stay here: each hangs from the next root too.
            match fetcher.block(&cid).await {
                Ok(page) => walk.add(cid, &page)?,
                Err(dag::FetchError::Unreachable(why)) if cid != newest => {
                    tracing::debug!(why, "a page is not kept any more");
                    walk.give_up(&cid);
                }
                Err(why) => return Err(why.into()),
            }
        }
        Ok((feed, walk.finish().map(|news| news.changes).unwrap_or_default()))
    }

    /// A public share of mine as my feed tells of it, with its object.
    fn public_share(&self, change: Change) -> Option<(ShareRecord, Bytes)> {
        let me = self.directory.id;
        let Change::Shared(shared) = change else { return None };
        let block = cid_of(DAG_CBOR, &shared.object);
        let share = ShareRecord::public(me, block, &shared.share, platform::now_ms());
        (shared.maker == me).then(|| (ShareRecord { by_other_device: true, ..share }, shared.object))
    }
}

/// A letterbox map with all of its entries.
pub(super) async fn read_map(fetch: &dyn Fetch, cid: &Cid) -> Result<Map, Error> {
    let mut map = Map::decode(&fetch.block(cid).await?).map_err(Error::unverified)?;
    for node in map.nodes.clone() {
        map.take(&node.cid, &fetch.block(&node.cid).await?).map_err(Error::unverified)?;
    }
    Ok(map)
}

/// Everybody for whom a letterbox was sealed.
fn readers(vault: &Vault) -> Vec<share::Recipient> {
    vault.all::<KnownContact>().filter_map(|(_, known)| known.recipient).collect()
}

/// What a profile says of its owner.
fn account_of(profile: &Profile) -> Account {
    Account {
        name: profile.name.clone(),
        bio: profile.bio.clone(),
        avatar: profile.avatar.as_ref().map(|avatar| ByteBuf::from(avatar.to_vec())),
        heir: ByteArray::new(profile.heir),
        changed: profile.time,
        words_confirmed: false,
        receipts: false,
        relay_only: false,
        may_be_shown: false,
        may_be_shown_at: 0,
        predecessor: profile.predecessor.map(Id::from),
        successor: None,
    }
}
