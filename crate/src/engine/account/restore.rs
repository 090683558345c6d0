//! Bringing a profile back from its words: everything else hangs from its record at a keeper.

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
use crate::engine::publish::{from_vault, write_vault};
use crate::engine::state::{Account, Replica, Restored, State, Tables};
use crate::engine::transfer::{BlockFetcher, Fetchers};
use crate::format::map::Map;
use crate::format::profile::Profile;
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
use crate::social::vault::{self, Heir, KnownContact, Only, OwnShare, RelayOnly, Vault};

/// Letterbox pages that are fetched when a profile comes back: those of every contact, and as much history.
const MAX_PAGES: usize = 4_096;

/// How many of them at once: 512 KiB, if all are large.
const PAGES_AT_ONCE: usize = 16;

/// What restoring may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    /// The public key of this device.
    pub(in crate::engine) device: [u8; 32],
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) records: Rc<dyn RecordSource>,
}

impl Args {
    /// Fetches what my newest record names, and keeps it as if it had always been here, in one update.
    ///
    /// Relays that did not answer may know something newer. Until they have answered, nothing is published.
    pub(in crate::engine) async fn restore(&self) -> Result<Account, Error> {
        self.take_in(self.own_record().await?).await
    }

    /// Has what was found here, merged with what is here: of each entry of the vault the later one.
    async fn take_in(&self, found: Found) -> Result<Account, Error> {
        let Found { bytes, record, kept_by, silent } = found;
        let me = self.directory.id;
        let here = self.state.snapshot();
        let is_first = here.publication.newest.is_none();
        let fetcher = self.fetchers.of_author(&me);
        let root = root::open(&me, &record, &fetcher.block(&record.root).await?)?;
        let profile = fetcher.block(&root.profile).await?;
        let profile = signed::open::<Profile>(&profile, Some(&me.verifying_key()))?.object;
        let vault = self.fetch_vault(&fetcher, &root.vault, &here).await?;
        if vault.get::<Heir>(&Only).is_some_and(|Heir(heir)| heir != profile.heir) {
            return Err(Error::InvalidSignature(
                "the vault and the profile name different successors".into(),
            ));
        }
        let relay_only = vault.get::<RelayOnly>(&Only).is_some_and(|RelayOnly(is_on)| is_on);
        let account = Account {
            // Who typed the words has them.
            words_confirmed: true,
            relay_only,
            ..match !is_first && here.account.changed > profile.time {
                true => (*here.account).clone(),
                false => account_of(profile),
            }
        };
        // Before anything is fetched that may be kept elsewhere.
        self.directory.set_own_only(relay_only);
        let readers: Vec<_> = vault.all::<KnownContact>().filter_map(|(_, known)| known.recipient).collect();
        let links: Links = vault.all().collect();
        let letterboxes = self.restore_letterboxes(&fetcher, root.letterboxes, &readers, &links).await?;
        let mut shares = self.restore_shares(&fetcher, &vault, &kept_by).await?;
        let (feed, public) = match root.feed {
            Some(newest) => self.restore_feed(&fetcher, newest).await?,
            None => Default::default(),
        };
        let mut blocks = Vec::new();
        for (mut share, object) in public {
            share.kept_by = kept_by.iter().cloned().collect();
            blocks.push((share.block(), object));
            shares.push(share);
        }
        let parts = Parts {
            profile: root.profile,
            letterboxes: root.letterboxes,
            vault: root.vault,
            feed: root.feed,
        };
        let newest = Newest::restored(record.root, &bytes, record.sequence, parts);
        let publication = Publication::restored(newest, letterboxes, vault.clone(), feed);
        let keep = self.state.update_with(blocks, move |tx| {
            let is_as_merged = tx.is_held_back()
                && tx.publication.newest == here.publication.newest
                && tx.says_the_same(&me, &here);
            if !is_first && !is_as_merged {
                return Err(Error::Unreachable("something changed meanwhile: it is merged later".into()));
            }
            *Rc::make_mut(&mut tx.account) = account;
            let is_mine = |share: &ShareRecord| share.author == me && !share.is_public() && !share.withdrawn;
            tx.shares.remove_where(|_, share| is_mine(share));
            for share in shares {
                tx.shares.insert(share.id(), share);
            }
            let replica = Replica { seq: publication.seq(), is_stale: false };
            for keeper in kept_by {
                tx.replicas.insert(keeper, replica);
            }
            *Rc::make_mut(&mut tx.publication) = publication;
            from_vault(tx, &me, platform::now_ms());
            let silent = match is_first {
                true => silent,
                false => tx.restored().map(|before| before.silent.clone()).unwrap_or_default(),
            };
            tx.set_restored(Some(Restored { published: root.time, silent }));
            tx.need_root();
            Ok((*tx.account).clone())
        });
        keep.await
    }

    /// My letterboxes, with those of their pages that a keeper still has.
    async fn restore_letterboxes(
        &self,
        fetcher: &BlockFetcher,
        cid: Cid,
        readers: &[share::Recipient],
        links: &Links,
    ) -> Result<Letterboxes, Error> {
        let mut map = Map::decode(&fetcher.block(&cid).await?).map_err(Error::unverified)?;
        for node in map.nodes.clone() {
            map.take(&node.cid, &fetcher.block(&node.cid).await?).map_err(Error::unverified)?;
        }
        let pages = self.fetch_pages(fetcher, &map).await?;
        Letterboxes::restore(&self.ring, readers, links, cid, &map, &pages)
            .map_err(|why| Error::Unreachable(why.to_string()))
    }

    async fn restore_shares(
        &self,
        fetcher: &BlockFetcher,
        vault: &Vault,
        kept_by: &[String],
    ) -> Result<Vec<ShareRecord>, Error> {
        let mut shares = Vec::new();
        for (id, own) in vault.all::<OwnShare>() {
            let here = self.state.read(|tables| tables.shares.get(&id).cloned());
            if let Some(here) = here.filter(|here| here.block() == own.header) {
                shares.push(here);
                continue;
            }
            match self.restore_share(fetcher, &own, kept_by).await {
                Ok(share) => shares.push(share),
                // The rest of the profile is worth having without it; the words find it again later.
                Err(why @ Error::Unreachable(_)) if own.from.is_none() => return Err(why),
                Err(why) => tracing::warn!(%why, "a share of this profile cannot be read"),
            }
        }
        Ok(shares)
    }

    /// The vault of a root, merged with what is here.
    async fn fetch_vault(&self, fetcher: &BlockFetcher, root: &Cid, here: &Tables) -> Result<Vault, Error> {
        let buckets = vault::buckets_of(&fetcher.block(root).await?).map_err(Error::unverified)?;
        let mut blocks = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            blocks.push(fetcher.block(&bucket).await?);
        }
        let mut vault = here.publication.vault.clone();
        let now = platform::now_ms();
        if vault.was_away(now) {
            vault = Vault::default();
        } else if here.publication.newest.is_some() {
            // What a person decided here since has the time of the decision.
            write_vault(here, &self.directory.id, &mut vault, now, &self.device);
        }
        vault.merge(&self.ring, &blocks)?;
        Ok(vault)
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

    async fn restore_share(
        &self,
        fetcher: &BlockFetcher,
        own: &OwnShare,
        kept_by: &[String],
    ) -> Result<ShareRecord, Error> {
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
        share.kept_by = kept_by.iter().cloned().collect();
        share.since = own.since;
        share.former.clone_from(&own.former);
        if maker != me {
            let name = self.fetchers.name_of(&maker, &relays).await;
            share.maker = Some(Maker { id: maker, relays: own.keepers.clone(), name, from: own.from });
        }
        Ok(share)
    }

    /// Brings back my own feed and what stands on it, with the objects.
    async fn restore_feed(
        &self,
        fetcher: &BlockFetcher,
        newest: Cid,
    ) -> Result<(Feed, Vec<(ShareRecord, Bytes)>), Error> {
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
        let changes = walk.finish().map(|news| news.changes).unwrap_or_default();
        let shares = changes.into_iter().filter_map(|change| match change {
            Change::Shared(shared) if shared.maker == me => {
                let block = cid_of(DAG_CBOR, &shared.object);
                Some((ShareRecord::public(me, block, &shared.share, platform::now_ms()), shared.object))
            }
            _ => None,
        });
        Ok((feed, shares.collect()))
    }
}

/// What a profile says of its owner.
fn account_of(profile: Profile) -> Account {
    Account {
        name: profile.name,
        bio: profile.bio,
        avatar: profile.avatar.map(|avatar| ByteBuf::from(avatar.to_vec())),
        heir: ByteArray::new(profile.heir),
        changed: profile.time,
        words_confirmed: true,
        receipts: false,
        relay_only: false,
    }
}
