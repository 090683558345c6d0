//! Asking others: who is to keep what is mine, what they are to keep, and who is told of them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_bytes::ByteArray;

use crate::crypto::sha256;
use crate::engine::Error;
use crate::engine::directory::devices_of;
use crate::engine::state::{KeeperRow, Kind, Offered, Tables};
use crate::format::keep::{KeepList, Wanted};
use crate::format::note::{KeeperDevice, Note, Says};
use crate::format::{Value as _, digest_of, limits};
use crate::keys::Id;
use crate::net::share::key_of;
use crate::platform;
use crate::social::keeping::{
    self,
    policy::{self, Offer},
};
use crate::social::letter::{About, Address, Name};
use crate::social::share_record::ShareRecord;

use super::handle::{Args, Keeping};

/// How long after one list the next is left, in milliseconds: each is published, and fetched by who keeps it.
const BETWEEN_MS: u64 = 10 * 60 * 1000;

/// How often it is looked again although nothing changed: days pass, by which a contact is one for long.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);

/// How long what changed is gathered, before a list says it.
const GATHERED: Duration = Duration::from_secs(2);

/// Tables by which somebody may be asked for something else.
const WATCHED: [Kind; 7] = [
    Kind::offers,
    Kind::keepers,
    Kind::checks,
    Kind::shares,
    Kind::contacts,
    Kind::relations,
    Kind::verifications,
];

impl Keeping {
    /// Asks those who are to keep what is mine, and names them to my contacts.
    pub(super) async fn ask_keepers(self) {
        let mut changes = self.0.args.state.watch(&WATCHED);
        loop {
            let next = match self.ask_once().await {
                Ok(next) => next,
                Err(why) => {
                    tracing::debug!(%why, "friends are not asked to keep anything");
                    LOOK_AGAIN
                }
            };
            if changes.changed_within(next).await {
                platform::sleep(GATHERED).await;
            }
        }
    }

    /// Asks everybody who is to be asked now; gives when the next is to be.
    async fn ask_once(&self) -> Result<Duration, Error> {
        let Args { state, .. } = &self.0.args;
        let now = platform::now_ms();
        let chosen = state.read(|tables| chosen(tables, now));
        let asked: Vec<_> = state.read(|tables| tables.keepers.keys().copied().collect());
        let mut next = LOOK_AGAIN;
        for id in asked.iter().filter(|id| !chosen.contains(id)) {
            self.ask_no_more(id).await?;
        }
        for id in &chosen {
            let due = state.read(|tables| due(tables, id));
            if now < due {
                next = next.min(Duration::from_millis(due - now));
                continue;
            }
            self.ask(id, now).await?;
        }
        self.name_keepers().await?;
        Ok(next)
    }

    /// Leaves a list for a keeper, if it says something else than the one before.
    async fn ask(&self, id: &Id, now: u64) -> Result<(), Error> {
        let Args { state, letters, me, .. } = &self.0.args;
        let id = *id;
        let offered = state.read(|tables| {
            let offer = tables.offers.get(&id)?;
            Some((wanted_of(tables, me, offer), offer.bytes))
        });
        let Some((wanted, room)) = offered else { return Ok(()) };
        let name = Name { about: About::Keep, reader: id };
        let says = |Address { share, rev, header }| Says::Keep { share, rev, header };
        let is_left = letters.publish(name, KeepList::parts(&wanted), says).await?;
        let Some(rev) = state.read(|tables| Some(tables.letters.get(&name)?.rev)) else { return Ok(()) };
        let is_known = state.read(|tables| tables.keepers.get(&id).is_some_and(|keeper| keeper.rev == rev));
        if !is_left && is_known {
            return Ok(());
        }
        let shares: BTreeSet<_> = wanted.iter().map(Wanted::cid).collect();
        let noted = state.update(move |tx| {
            let before = tx.keepers.get(&id);
            let (said, standing) = before.map_or((None, None), |keeper| (keeper.said, keeper.standing));
            tx.keepers.insert(id, KeeperRow { asked: now, said, standing, rev, shares, room });
            Ok(())
        });
        noted.await
    }

    /// Asks somebody to keep nothing any more.
    async fn ask_no_more(&self, id: &Id) -> Result<(), Error> {
        let Args { state, letters, .. } = &self.0.args;
        let (id, name) = (*id, Name { about: About::Keep, reader: *id });
        let says = |Address { share, rev, header }| Says::Keep { share, rev, header };
        // Who is no contact any more gets none.
        letters.publish(name, KeepList::parts(&[]), says).await?;
        let forgotten = state.remove(move |tx| {
            tx.keepers.remove(&id);
            tx.checks.remove(&id.to_string());
            Ok(())
        });
        forgotten.await
    }

    /// Tells my contacts which devices of keepers, who agreed to be named, have something for them.
    async fn name_keepers(&self) -> Result<(), Error> {
        let state = &self.0.args.state;
        let due: Vec<(Id, Vec<KeeperDevice>)> = state.read(|tables| {
            let readers = tables.contacts.keys().filter(|id| tables.is_written_to(id));
            let told = readers.map(|reader| (*reader, named(tables, reader)));
            let due = told.filter(|(reader, devices)| match tables.told_keepers.get(reader) {
                Some(told) => *told != digest(devices),
                None => !devices.is_empty(),
            });
            due.collect()
        });
        if due.is_empty() {
            return Ok(());
        }
        let named = state.update(move |tx| {
            for (reader, devices) in due {
                tx.told_keepers.insert(reader, digest(&devices));
                tx.leave_note(&[reader], &Says::Keepers { devices });
            }
            Ok(())
        });
        named.await
    }
}

/// Who is to keep what is mine.
fn chosen(tables: &Tables, now: u64) -> Vec<Id> {
    let offers = tables.offers.iter().filter(|(id, _)| tables.is_written_to(id));
    let offers: Vec<_> = offers.filter_map(|(id, _)| offer_of(tables, id)).collect();
    policy::choose(&offers, |id| tables.keepers.contains(id), now)
}

/// What somebody offers, as the policy looks at it.
pub(super) fn offer_of(tables: &Tables, id: &Id) -> Option<Offer> {
    let (offer, contact) = (tables.offers.get(id)?, tables.contacts.get(id)?);
    let (verified, added) = (tables.is_verified(id), contact.added);
    let check = tables.checks.get(&id.to_string());
    let fails = check.is_some_and(|check| !check.lacks.is_empty());
    // Their root, what they said of keeping, and a proof: each shows that they were there.
    let said = tables.keepers.get(id).and_then(|keeper| keeper.said).map(|said| said.at);
    let head = contact.head.map(|head| head.time);
    let seen =
        [Some(added), head, said, check.map(|check| check.at)].into_iter().flatten().max().unwrap_or(added);
    Some(Offer { id: *id, bytes: offer.bytes, verified, added, seen, fails })
}

/// When somebody may be left the next list, in milliseconds since 1970: at once if they give twice as much room as before.
fn due(tables: &Tables, id: &Id) -> u64 {
    let offered = tables.offers.get(id).map_or(0, |offer| offer.bytes);
    let asked = tables.keepers.get(id).filter(|keeper| offered / 2 < keeper.room);
    asked.map_or(0, |keeper| keeper.asked.saturating_add(BETWEEN_MS))
}

/// My shares that somebody may keep who offers this, whether or not they have room: what is not here any more first, then
/// the newest first.
pub(super) fn to_be_kept<'a>(tables: &'a Tables, me: &Id, offer: &Offered) -> Vec<&'a ShareRecord> {
    let is_whole = |share: &&ShareRecord| share.maker.is_none() && !share.by_other_device && !share.paused;
    let mine = tables.shares.values().filter(|share| tables.is_active(me, share)).filter(is_whole);
    let mut mine: Vec<_> = mine.filter(|share| offer.public || !share.is_public()).collect();
    mine.sort_by_key(|share| (!tables.freed.contains(&share.id()), std::cmp::Reverse(share.created)));
    mine
}

/// What the list for somebody who offers this has: what is not here any more, and of the rest what has room beside it.
pub(super) fn wanted_of(tables: &Tables, me: &Id, offer: &Offered) -> Vec<Wanted> {
    let mine = to_be_kept(tables, me, offer);
    let expected = |share: &&ShareRecord| keeping::expected(share.size, share.files);
    let (freed, rest) = mine.split_at(mine.partition_point(|share| tables.freed.contains(&share.id())));
    let room = offer.bytes.saturating_sub(freed.iter().map(expected).sum());
    let rest = policy::with_room(rest.iter().map(|share| (share, expected(share))), room);
    let wanted = freed.iter().chain(rest).filter_map(|share| {
        let block = digest_of(&share.block())?;
        Some(Wanted { block, size: share.size, fetch: share.fetch_key() })
    });
    wanted.take(limits::KEEP_LIST * limits::LETTER_NODES).collect()
}

/// The devices of keepers who agreed to be named, and have said that they keep something, for one reader.
fn named(tables: &Tables, reader: &Id) -> Vec<KeeperDevice> {
    let keepers = tables.keepers.iter().filter(|(id, keeper)| *id != reader && keeper.said.is_some());
    let keepers = keepers.filter(|(id, _)| tables.offers.get(id).is_some_and(|offer| offer.named));
    let contacts = keepers.filter_map(|(id, _)| tables.contacts.get(id));
    let devices = contacts.flat_map(|contact| {
        let relays: Vec<_> = contact.relays().iter().take(limits::KEEPER_RELAYS).cloned().collect();
        let keys = devices_of(contact).filter_map(|peer| key_of(&peer));
        keys.map(move |device| KeeperDevice { device, relays: relays.clone() })
    });
    devices.take(limits::KEEPER_DEVICES).collect()
}

fn digest(devices: &[KeeperDevice]) -> ByteArray<32> {
    let says = Says::Keepers { devices: devices.to_vec() };
    ByteArray::new(sha256(&Note { time: 0, says }.to_bytes()))
}
