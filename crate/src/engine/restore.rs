//! Bringing a profile back from its words: everything else hangs from its record at a relay.

use std::collections::BTreeMap;
use std::rc::Rc;

use bytes::Bytes;
use cid::Cid;
use futures::future::join_all;
use futures::{StreamExt, stream};
use serde_bytes::{ByteArray, ByteBuf};

use crate::dag::{self, Fetch};
use crate::format::map::Map;
use crate::format::profile::Profile;
use crate::format::share_id::ShareId;
use crate::format::{ipns, signed};
use crate::keys::Id;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::letterbox::Letterboxes;
use crate::social::link::{Links, OpenedLink};
use crate::social::root;
use crate::social::share;
use crate::social::vault::{self, Hidden, KnownContact, Only, OwnShare, Settings, Vault};
use crate::store::{Table, Write};

use super::Error;
use super::getter::Getter;
use super::kept::{Kept, Maker, Opened};
use super::people::{self, People};
use super::published::{Newest, Published};
use super::session::{CONTACT, HIDDEN, MINE, Mine, SHARE, Session};

/// Letterbox pages that are fetched when a profile comes back: those of every contact, and as much history.
const MAX_PAGES: usize = 4_096;

/// Of these, how many at once: 512 KiB, if all are large.
const PAGES_AT_ONCE: usize = 16;

impl Session {
    /// Fetches what my newest record names, and keeps it as if it had always been here.
    pub(super) async fn restore(self: &Rc<Self>) -> Result<Mine, Error> {
        let (bytes, record, kept_by) = self.own_record().await?;
        let getter = self.getter(&self.id);
        let block = getter.block(&record.root).await?;
        let root = root::open(&self.id, &record, &block)?;
        let profile = getter.block(&root.profile).await?;
        let profile = signed::open::<Profile>(&profile, Some(&self.id.verifying_key()))?.object;
        let vault = self.fetch_vault(&getter, &root.vault).await?;
        let settings = vault.get::<Settings>(&Only);
        let mine = Mine {
            name: profile.name,
            bio: profile.bio,
            avatar: profile.avatar.map(|avatar| ByteBuf::from(avatar.to_vec())),
            heir: ByteArray::new(profile.heir),
            changed: profile.time,
            // Whoever typed the words has them.
            words_confirmed: true,
            receipts: settings.is_some_and(|settings| settings.receipts),
            relay_only: settings.is_some_and(|settings| settings.relay_only),
        };
        if settings.is_some_and(|settings| settings.heir != profile.heir) {
            return Err(Error::InvalidSignature(
                "the vault and the profile name different successors".into(),
            ));
        }

        let mut write = Write::strict();
        self.rows.put(&mut write, Table::State, MINE, &mine);
        let mut contacts = BTreeMap::new();
        let mut readers = Vec::new();
        for (id, known) in vault.all::<KnownContact>() {
            readers.extend(known.recipient.clone());
            let contact = Contact::from_known(id, known);
            self.rows.put(&mut write, Table::State, &format!("{CONTACT}{id}"), &contact);
            contacts.insert(id, contact);
        }
        let people = People::restore(&vault, &contacts, &self.rows, &mut write);
        let links: Links = vault.all().collect();
        people::put_all(&self.rows, &mut write, links.iter());
        let opened: BTreeMap<ShareId, OpenedLink> = vault.all().collect();
        people::put_all(&self.rows, &mut write, &opened);
        let mut map = Map::decode(&getter.block(&root.letterboxes).await?).map_err(Error::unverified)?;
        for node in map.nodes.clone() {
            map.take(&node.cid, &getter.block(&node.cid).await?).map_err(Error::unverified)?;
        }
        let pages = self.fetch_pages(&getter, &map).await?;
        let letterboxes = Letterboxes::restore(&self.ring, &readers, &links, root.letterboxes, &map, &pages)
            .map_err(|why| Error::Unreachable(why.to_string()))?;
        let hidden: BTreeMap<ShareId, u64> =
            vault.all::<Hidden>().map(|(id, hidden)| (id, hidden.rev)).collect();
        for (id, rev) in &hidden {
            self.rows.put(&mut write, Table::State, &format!("{HIDDEN}{id}"), rev);
        }
        let mut shares = Vec::new();
        for (id, own) in vault.all::<OwnShare>() {
            match self.restore_share(&getter, &own, &kept_by).await {
                Ok(share) => {
                    self.rows.put(&mut write, Table::State, &format!("{SHARE}{id}"), &share);
                    shares.push((id, share));
                }
                // The rest of the profile is worth having without it; the words find it again later.
                Err(why @ Error::Unreachable(_)) if own.from.is_none() => return Err(why),
                Err(why) => tracing::warn!(%why, "a share of this profile cannot be read"),
            }
        }
        let newest = Newest {
            seq: record.sequence,
            root: record.root,
            record: ByteBuf::from(bytes.to_vec()),
            parts: [root.profile, root.letterboxes, root.vault],
            feed: root.feed,
        };
        let (feed, public) = match root.feed {
            Some(newest) => self.restore_feed(&getter, newest).await?,
            None => Default::default(),
        };
        for (mut share, object) in public {
            share.kept_by = kept_by.iter().cloned().collect();
            write.blocks.push((share.block(), object));
            self.rows.put(&mut write, Table::State, &format!("{SHARE}{}", share.id()), &share);
            shares.push((share.id(), share));
        }
        let published = Published::restored(newest, letterboxes, vault, feed, &kept_by);
        self.put_published(&mut write, &published);
        self.store.commit(write).await?;

        let mut state = self.state.borrow_mut();
        state.mine = mine.clone();
        state.contacts = contacts;
        state.people = people;
        state.shares = shares.into_iter().collect();
        state.hidden = hidden;
        state.links = links;
        state.opened = opened;
        state.published = published;
        Ok(mine)
    }

    /// My newest record at any of my relays, and the relays that have it.
    async fn own_record(&self) -> Result<(Bytes, ipns::Record, Vec<String>), Error> {
        if self.relays.is_empty() {
            return Err(Error::Unreachable("this page knows no relay to ask: see its config.json".into()));
        }
        let asked =
            self.relays.iter().map(|relay| async move { (relay, self.net.get_record(relay, self.id).await) });
        let mut newest: Option<(Bytes, ipns::Record)> = None;
        let mut has = Vec::new();
        let mut failed = None;
        for (relay, answer) in join_all(asked).await {
            match answer {
                Ok(Some(bytes)) => {
                    let Ok(record) = root::verify_record(&self.id, &bytes) else { continue };
                    has.push((relay.peer().to_string(), record.sequence));
                    if newest.as_ref().is_none_or(|(_, known)| record.supersedes(known)) {
                        newest = Some((bytes, record));
                    }
                }
                Ok(None) => {}
                Err(why) => failed = Some(why),
            }
        }
        match (newest, failed) {
            (Some((bytes, record)), _) => {
                let newest = has.into_iter().filter(|(_, seq)| *seq == record.sequence);
                let kept_by = newest.map(|(relay, _)| relay).collect();
                Ok((bytes, record, kept_by))
            }
            (None, Some(why)) => Err(Error::Unreachable(format!("no relay could be asked: {why}"))),
            (None, None) => Err(Error::NotFound("profile under these words at this page's relays")),
        }
    }

    async fn fetch_vault(&self, getter: &Getter, root: &Cid) -> Result<Vault, Error> {
        let buckets = vault::buckets_of(&getter.block(root).await?).map_err(Error::unverified)?;
        let mut blocks = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            blocks.push(getter.block(&bucket).await?);
        }
        let mut vault = Vault::default();
        vault.merge(&self.ring, &blocks)?;
        Ok(vault)
    }

    /// Every page that the map names, as far as somebody keeps it.
    async fn fetch_pages(&self, getter: &Getter, map: &Map) -> Result<BTreeMap<Cid, Bytes>, Error> {
        let mut wanted = map.pages.clone();
        for list in &map.more {
            wanted.extend(dag::walk::links(list, &getter.block(list).await?).map_err(Error::unverified)?);
        }
        let fetched = stream::iter(wanted.into_iter().take(MAX_PAGES));
        let mut fetched =
            fetched.map(|cid| async move { (cid, getter.block(&cid).await) }).buffer_unordered(PAGES_AT_ONCE);
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
        self: &Rc<Self>,
        getter: &Getter,
        own: &OwnShare,
        kept_by: &[String],
    ) -> Result<Kept, Error> {
        let block = getter.block(&own.header).await?;
        let unreadable = || Error::InvalidSignature("a header of this profile does not open".into());
        let opened = share::open_own(&self.ring, &block)?.ok_or_else(unreadable)?;
        let keepers = self.getter_at(&self.id, &self.trusted_of(&own.keepers));
        let reader = dag::Reader::open(keepers, &opened.header.manifest, None).await?;
        let (manifest, maker) = (reader.manifest(), Id::from(*reader.maker()));
        share::check_manifest(&opened, &self.id, manifest, &maker).map_err(Error::unverified)?;
        let mut kept = Kept::new(Opened {
            author: self.id,
            header: &opened.header,
            block: own.header,
            files: manifest.files,
            size: manifest.size,
            recipients: own.recipients.clone(),
            key: Some(&opened.key),
            now: platform::now_ms(),
        });
        kept.kept_by = kept_by.iter().cloned().collect();
        kept.since = own.since;
        if maker != self.id {
            let name = self.name_of(&maker, &own.keepers).await;
            kept.maker = Some(Maker { id: maker, relays: own.keepers.clone(), name, from: own.from });
        }
        Ok(kept)
    }
}
