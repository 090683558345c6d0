//! In: what contacts published, with records twice and in any order.

use std::rc::Rc;

use serde_bytes::ByteBuf;
use spinney::dag;
use spinney::format::map::Map;
use spinney::format::note::{Note, Says};
use spinney::format::share_id::ShareId;
use spinney::keys::Id;
use spinney::social::audience::{self, Standing};
use spinney::social::contact::{Contact, Head, Verdict};
use spinney::social::letterbox::{self, Pages as _, WalkError};
use spinney::social::{root, share};
use spinney_relay::store::Records;

use super::{Person, Received};
use crate::dice::Dice;
use crate::line::Line;
use crate::relays::{Relays, relay_of};

impl Person {
    /// Ingests what contacts published, in any order; says whose shares were new.
    pub(crate) async fn look(&mut self, line: &Line, dice: &mut Dice, now: u64) -> Vec<Id> {
        let mut records = Vec::new();
        for (relay, store) in line.relays.iter().enumerate() {
            let followed = self.contacts.values().filter(|contact| self.follows(&contact.id));
            let watched = followed.filter(|c| c.relays().iter().any(|r| relay_of(r) == relay));
            let known: Vec<_> = watched.map(|c| (c.id, c.head.map_or(0, |_| c.seq()))).collect();
            for id in store.newer(&known).await.unwrap() {
                let (_, record) = store.newest(&id).await.unwrap().expect("it is newer");
                records.push((id, record));
            }
        }
        // Each record twice, and as late or early as chance has it.
        records.extend(records.clone());
        dice.shuffle(&mut records);
        let mut new = Vec::new();
        for (id, record) in records {
            let known = self.received.len();
            if self.ingest(&id, &record, line, dice, now).await.is_some() && self.received.len() > known {
                new.push(id);
            }
        }
        new
    }

    /// `None` where something could not be had: it is looked at again the next time.
    async fn ingest(&mut self, id: &Id, record: &[u8], line: &Line, dice: &mut Dice, now: u64) -> Option<()> {
        let record = root::verify_record(id, record, now).unwrap();
        let mut contact = self.contacts.get(id)?.clone();
        match contact.consider(record.sequence, &record.root) {
            Verdict::Newer => {}
            Verdict::Fork => {
                self.contacts.get_mut(id)?.apply_fork(record.sequence, record.root, now);
                return Some(());
            }
            Verdict::Known | Verdict::Older => return Some(()),
        }
        let relays = Relays::of(contact.relays(), line);
        if line.loses(dice) {
            return None;
        }
        let root = root::open(id, &record, &relays.get(&record.root).await?).unwrap();
        let head = Head::of(record.root, &root);
        let profile = relays.get(&head.profile).await?;
        let was_known = contact.recipient();
        contact.apply_profile(head.seq, head.profile, &profile).unwrap();
        self.dirty |= contact.recipient() != was_known;
        if line.loses(dice) {
            return None;
        }
        let map = Map::decode(&relays.get(&head.letterboxes).await?).unwrap();
        let label = contact.recipient().unwrap().label;
        if let Some(newest) = letterbox::find(&self.ring, id, &label, &map) {
            let mut walk = letterbox::Walk::new(&self.ring, *id, contact.reading, newest);
            while let Some(cid) = walk.wanted().next() {
                match walk.add(cid, &relays.get(&cid).await?) {
                    Err(WalkError::Older) => {
                        // Another device of theirs had not heard of what was read.
                        self.contacts.get_mut(id)?.apply_fork(head.seq, head.root, now);
                        return Some(());
                    }
                    added => added.unwrap(),
                }
            }
            if let Some(news) = walk.finish() {
                self.pairs.insert(*id, *news.pair);
                for note in audience::newest(&news.notes) {
                    self.take_in_note(&mut contact, &relays, note, &news.pair, now).await;
                }
                contact.reading = Some(news.reading);
            }
        }
        contact.apply_head(head, &root.prev, now);
        self.contacts.insert(*id, contact);
        Some(())
    }

    async fn take_in_note(
        &mut self,
        contact: &mut Contact,
        relays: &Rc<Relays>,
        note: &Note,
        pair: &[u8; 32],
        now: u64,
    ) {
        let author = contact.id;
        match &note.says {
            Says::Share { share, header, .. } => {
                let id = ShareId::new(author.as_bytes(), *share);
                // Of a share that was taken from me, or changed since, the header is gone.
                let Some(block) = relays.get(header).await else { return };
                let opened = share::open(&author, pair, &block).unwrap().expect("it was left for me");
                let known = self.received.get(&id).map(|had| Standing { rev: had.rev, is_gone: false });
                if !(Standing { rev: opened.header.rev, is_gone: false }).is_news(known) {
                    return;
                }
                let pointer = &opened.header.manifest;
                let maker = author.verifying_key();
                let reader = dag::Reader::open(relays.clone(), pointer, Some(&maker)).await;
                // Else it changed between the two.
                let Ok(reader) = reader else { return };
                share::check_manifest(&opened, &author, reader.manifest(), &author).unwrap();
                self.received.insert(id, Received { rev: opened.header.rev, header: *header });
            }
            Says::Gone { share, .. } => {
                self.received.remove(&ShareId::new(author.as_bytes(), *share));
            }
            Says::Devices { certificates, .. } => {
                let certificates = certificates.iter().map(|bytes| ByteBuf::from(bytes.to_vec()));
                contact.apply_devices(certificates, now);
            }
            _ => self.take_in_keeping(author, relays, note, pair, now).await,
        }
    }
}
