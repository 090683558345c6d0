//! Composing: from what is so now to the next root, which is on disk before anybody hears of it.

use std::rc::Rc;

use bytes::Bytes;

use crate::engine::Error;
use crate::engine::state::{Account, Tables};
use crate::format::note::{Note, Says};
use crate::format::profile::{Kem, Profile};
use crate::format::share_id::ShareId;
use crate::format::{Value as _, feed};
use crate::keys::KEM_EPOCH;
use crate::platform;
use crate::social::contact::Contact;
use crate::social::letterbox::LinkNote;
use crate::social::link::OwnLink;
use crate::social::publication::{Contents, NextRoot};

use super::handle::{Args, Publisher};
use super::vault::write_vault;

impl Publisher {
    /// Composes a new root if anything that hangs from it changed, and stores it before anybody else sees it.
    pub(in crate::engine) async fn compose(&self) -> Result<(), Error> {
        let _one_at_a_time = self.0.composing.lock().await;
        while !self.compose_once().await? {}
        Ok(())
    }

    /// Composes from a snapshot, and installs the root unless another one was installed since the snapshot: else one
    /// sequence would be given twice. Returns whether it was installed, or none was due.
    async fn compose_once(&self) -> Result<bool, Error> {
        let Args { state, storage, served, directory, .. } = &self.0.args;
        let tables = state.snapshot();
        if !tables.is_root_due() || tables.is_held_back() || tables.is_removed(directory) {
            return Ok(true);
        }
        let NextRoot { publication, blocks } = self.next_root(&tables, platform::now_ms())?;
        let me = self.0.args.directory.id;
        let cids: Vec<_> = blocks.iter().map(|(cid, _)| *cid).collect();
        // One that is here already may be about to go: it is written anew with the others.
        let _pins = storage.pin_for_put(&blocks).await;
        let is_installed = state.update_with(blocks, move |tx| {
            if tx.publication.newest != tables.publication.newest {
                return Ok(false);
            }
            tx.install_root(&me, &tables, publication);
            // What was said while this was sealed stays for the next root.
            for (key, note) in tables.outbox.iter() {
                if tx.outbox.get(key) == Some(note) {
                    tx.outbox.remove(key);
                }
            }
            for (no, post) in tables.posts.iter() {
                if tx.posts.get(no) == Some(post) {
                    tx.posts.remove(no);
                }
            }
            Ok(true)
        });
        let is_installed = is_installed.await?;
        if is_installed {
            served.learn(&cids);
            self.offer_record();
        }
        Ok(is_installed)
    }

    /// Offers my newest record to the devices of contacts. What hangs from it must be served by then.
    pub(in crate::engine) fn offer_record(&self) {
        let Args { state, own_record, .. } = &self.0.args;
        if let Some(newest) = state.read(|tables| tables.publication.newest.clone()) {
            own_record.set(&newest);
        }
    }

    /// Signs the record anew where it is older than a week, so that no keeper or contact takes it for abandoned.
    pub(in crate::engine) async fn renew_record(&self) -> Result<(), Error> {
        let _one_at_a_time = self.0.composing.lock().await;
        let ring = self.0.args.ring.clone();
        let renewed = self.0.args.state.update(move |tx| {
            if Rc::make_mut(&mut tx.publication).renew(&ring, platform::now_ms()) {
                let keepers: Vec<_> = tx.replicas.keys().cloned().collect();
                for keeper in keepers {
                    if let Some(replica) = tx.replicas.get_mut(&keeper) {
                        replica.is_stale = true;
                    }
                }
            }
            Ok(())
        });
        renewed.await
    }

    fn next_root(&self, tables: &Tables, now: u64) -> Result<NextRoot, Error> {
        let Args { ring, device, directory, .. } = &self.0.args;
        let added = tables.contacts.values().filter(|contact| tables.is_written_to(&contact.id));
        let notes = tables.outbox.iter().map(|(key, note)| Ok((key.contact, Note::from_bytes(note)?)));
        let posts = tables.posts.values().map(|entry| feed::Entry::from_bytes(entry));
        let links = notes_of_links(tables);
        let links =
            links.iter().map(|(share, link, note)| LinkNote { share: *share, link, note: note.as_ref() });
        let contents = Contents {
            ring,
            device,
            now,
            profile: &self.profile(&tables.account),
            readers: added.filter_map(Contact::recipient).collect(),
            notes: notes.collect::<Result<_, crate::format::DecodeError>>().map_err(Error::bug)?,
            links: links.collect(),
            posts: posts.collect::<Result<_, _>>().map_err(Error::bug)?,
            successor: tables.account.successor,
        };
        let publication = (*tables.publication).clone();
        let write_vault = |vault: &mut _| write_vault(tables, &directory.id, vault, now, device.as_bytes());
        publication.compose(contents, write_vault).map_err(Error::bug)
    }

    /// What I publish of myself. The same as long as I change nothing.
    fn profile(&self, account: &Account) -> Profile {
        let Args { ring, directory, .. } = &self.0.args;
        Profile {
            name: account.name.clone(),
            bio: account.bio.clone(),
            avatar: account.avatar.as_ref().map(|avatar| Bytes::from(avatar.to_vec())),
            kem: Kem { epoch: KEM_EPOCH, key: ring.kem(KEM_EPOCH).public() },
            label: ring.label().public(),
            relays: directory.relay_names(),
            heir: account.heir.into_array(),
            predecessor: account.predecessor.map(|id| id.verifying_key()),
            time: account.changed,
            extra: Default::default(),
        }
    }
}

/// What the letterboxes of links are to say: of what no keeper has yet, nothing new.
fn notes_of_links(tables: &Tables) -> Vec<(ShareId, &OwnLink, Option<Note>)> {
    let notes = tables.links.iter().filter_map(|(id, link)| {
        let share = tables.shares.get(id)?;
        let says =
            Says::Share { share: share.inner(), rev: share.rev, header: share.block(), keepers: Vec::new() };
        let note = Note { time: link.created, says };
        Some((*id, link, (!share.kept_by.is_empty()).then_some(note)))
    });
    notes.collect()
}
