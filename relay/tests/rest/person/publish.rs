//! Out: what is new goes to each own relay, over a line that loses some of it.

use std::collections::BTreeMap;

use cid::Cid;
use spinney::format::ipns;
use spinney::net::keep::Block;
use spinney_relay::store::{Pins, Records};

use super::{Newest, Person};
use crate::dice::Dice;
use crate::line::{Answer, Line, Message};

impl Person {
    /// Pushes what is new to each own relay, as far as the line lets it.
    pub(crate) async fn publish(&mut self, line: &mut Line, dice: &mut Dice, now: u64) {
        for relay in self.relays.clone() {
            // A person who is cut off begins again the next time.
            let _ = self.publish_to(relay, line, dice, now).await;
        }
    }

    /// Whether every own relay is known to have everything that there is to publish.
    pub(crate) fn is_published(&self) -> bool {
        let newest = self.newest.as_ref().map(|newest| newest.tip.seq);
        !self.dirty && self.relays.iter().all(|relay| self.at.get(relay).copied() == newest)
    }

    /// Forgets what the relays have, so that everything is compared with them once more.
    pub(crate) fn doubt(&mut self) {
        self.at.clear();
        self.kept.clear();
    }

    /// `None` if it was cut off on the way.
    async fn publish_to(&mut self, relay: usize, line: &mut Line, dice: &mut Dice, now: u64) -> Option<()> {
        let seq = self.newest.as_ref().map(|newest| newest.tip.seq);
        if !self.dirty && self.at.get(&relay).copied() == seq {
            return Some(());
        }
        let own =
            self.own.iter().map(|(id, own)| (own.header, self.links.get(id).and_then(|link| link.until)));
        let letters = self.keeping.headers().map(|header| (header, None));
        let headers: BTreeMap<_, _> = own.chain(letters).collect();
        for (header, until) in &headers {
            if !self.kept.contains(&(relay, *header)) {
                self.push_and_pin(relay, line, dice, *header, *until).await?;
                self.kept.insert((relay, *header));
            }
        }
        self.compose(now);
        let Newest { tip, record, .. } = self.newest.as_ref().unwrap();
        let (tip, record) = (*tip, record.clone());
        self.push_and_pin(relay, line, dice, tip.root, None).await?;
        let mut replaces = self.at.get(&relay).copied();
        loop {
            let message = Message::Record { record: record.clone(), replaces };
            match line.say(dice, relay, &self.id, message).await? {
                Answer::Conflict(current) if current < tip.seq && self.knows(relay, line).await => {
                    replaces = Some(current);
                }
                // Another device was here: what it published is merged first.
                Answer::Conflict(current) => {
                    assert!(self.has_devices, "{current} stands where {} comes", tip.seq);
                    return None;
                }
                _ => break,
            }
        }
        self.at.insert(relay, tip.seq);
        let pins = line.relays[relay].pins(&self.id, None).await.unwrap();
        // What another device has just brought is named by its next root.
        let is_gone = |cid: &Cid| {
            let is_known = !self.has_devices || self.known.contains(cid);
            is_known && *cid != tip.root && !headers.contains_key(cid)
        };
        let gone: Vec<_> = pins.into_iter().filter(is_gone).collect();
        for cid in gone {
            line.say(dice, relay, &self.id, Message::Unpin(cid)).await?;
        }
        Some(())
    }

    /// Whether this device knows what a relay has of its person.
    async fn knows(&self, relay: usize, line: &Line) -> bool {
        let record = line.relays[relay].record(&self.id).await.unwrap();
        let opened = record.map(|record| ipns::open(&record, &self.id.verifying_key()).unwrap());
        !self.has_devices || opened.is_some_and(|record| self.known.contains(&record.root))
    }

    async fn push_and_pin(
        &self,
        relay: usize,
        line: &mut Line,
        dice: &mut Dice,
        cid: Cid,
        until: Option<u64>,
    ) -> Option<()> {
        loop {
            let pinned = line.say(dice, relay, &self.id, Message::Pin { cid, until }).await?;
            let Answer::Missing(missing) = pinned else { return Some(()) };
            let block = |cid| self.blocks.get(cid).expect("it was made by a device of theirs");
            let blocks = missing.iter().map(|cid| Block::new(*cid, block(cid)).unwrap());
            line.say(dice, relay, &self.id, Message::Blocks(blocks.collect())).await?;
        }
    }
}
