//! What a person asks of keeping: to give room, to let go, and to see what is kept.

use std::collections::BTreeSet;

use crate::engine::Error;
use crate::engine::api::{
    Freed, FriendKeeping, GivenRoom, KeepingStatus, Proof, ReceivedRoom, RelayKeeping, RoomTerms,
};
use crate::engine::state::{FreedShare, Room, Tables};
use crate::format::note::Says;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::net::RelayAddr;
use crate::platform;
use crate::social::keeping::MAX_TOTAL;
use crate::social::share_record::ShareRecord;

use super::ask;
use super::handle::{Args, Keeping};

/// How long what I keep stays after I took the room back, in milliseconds: 14 days, in which its owner can find another
/// place.
const NOTICE_MS: u64 = 14 * 24 * 60 * 60 * 1000;

impl Keeping {
    /// What is kept between friends and me.
    pub(in crate::engine) fn status(&self) -> KeepingStatus {
        let now = platform::now_ms();
        let (given, used, friends, relays, freed) = self.0.args.state.read(|tables| {
            let ids = tables.rooms.keys().chain(tables.offers.keys()).chain(tables.named_keepers.keys());
            let ids: BTreeSet<_> = ids.copied().collect();
            let ids = ids.into_iter().filter(|id| tables.is_written_to(id));
            let friends = ids.map(|id| FriendKeeping {
                contact: id.to_string(),
                given: given(tables, &id, now),
                received: self.received(tables, &id),
                keepers: keepers(tables, &id),
            });
            let has_any = |friend: &FriendKeeping| {
                friend.given.is_some() || friend.received.is_some() || !friend.keepers.is_empty()
            };
            let friends: Vec<_> = friends.filter(has_any).collect();
            let given = tables.rooms.keys().filter_map(|id| tables.room_of(id, now));
            let given = given.map(|room| room.bytes).sum();
            let used = tables.kept_bytes().values().sum();
            let relays = self.0.args.directory.relays.iter().map(|relay| self.kept_at(tables, relay));
            let freed = tables.freed.iter().map(|(id, freed)| self.freed(id, freed));
            (given, used, friends, relays.collect(), freed.collect())
        });
        let (services, metered) = (self.services(), (self.0.args.is_metered)());
        KeepingStatus { given, used, friends, relays, freed, services, metered }
    }

    /// What a relay keeps of mine.
    fn kept_at(&self, tables: &Tables, relay: &RelayAddr) -> RelayKeeping {
        let name = relay.peer().to_string();
        let shares = self.mine(tables, |share| share.is_kept_by(&name));
        let passed = tables.passed_trials.get(&name).copied();
        RelayKeeping { relay: relay.to_string(), shares, proof: self.proof(tables, &name), passed }
    }

    /// How far a share is out of this browser, and who has it.
    fn freed(&self, id: &ShareId, freed: &FreedShare) -> Freed {
        let whole = |name: &str| {
            freed.places.get(name).is_some_and(|place| place.proven == freed.blocks && !place.fails)
        };
        let friends = freed.places.keys().filter(|name| name.parse::<Id>().is_ok() && whole(name)).cloned();
        let relays = self.0.args.directory.relays.iter().filter(|relay| whole(&relay.peer().to_string()));
        let mut proven: Vec<_> = freed.places.values().map(|place| place.proven).collect();
        proven.sort_unstable();
        Freed {
            share: id.to_string(),
            stage: freed.stage,
            at: freed.since,
            friends: friends.collect(),
            relays: relays.map(ToString::to_string).collect(),
            proven: proven.iter().rev().nth(1).copied().unwrap_or_default(),
            blocks: freed.blocks,
        }
    }

    /// What a keeper of this name proved last.
    fn proof(&self, tables: &Tables, name: &String) -> Proof {
        let Some(check) = tables.checks.get(name) else { return Proof::default() };
        Proof {
            at: Some(check.at),
            shares: self.mine(tables, |share| check.proven.contains(&share.block())),
            lacks: self.mine(tables, |share| check.lacks.contains(&share.block())),
        }
    }

    /// The ids of those of my shares of which this holds.
    fn mine(&self, tables: &Tables, is_meant: impl Fn(&ShareRecord) -> bool) -> Vec<String> {
        let me = &self.0.args.me;
        let mine = tables.shares.iter().filter(|(_, share)| share.author == *me && is_meant(share));
        mine.map(|(id, _)| id.to_string()).collect()
    }

    fn received(&self, tables: &Tables, id: &Id) -> Option<ReceivedRoom> {
        let offer = tables.offers.get(id).filter(|offer| offer.bytes > 0)?;
        let keeper = tables.keepers.get(id);
        let said = keeper.and_then(|keeper| keeper.said);
        let me = &self.0.args.me;
        // A share that is new is not on their list yet, and fits for all that.
        let is_cut = keeper.is_some()
            && ask::wanted_of(tables, me, offer).len() < ask::to_be_kept(tables, me, offer).len();
        let is_whole = keeper.is_some_and(|keeper| {
            keeper.said.is_some_and(|said| said.rev == keeper.rev && said.missing == 0)
        });
        let shares = keeper
            .filter(|_| is_whole)
            .map(|keeper| self.mine(tables, |share| keeper.shares.contains(&share.block())));
        Some(ReceivedRoom {
            bytes: offer.bytes,
            used: said.map_or(0, |said| said.bytes),
            chosen: keeper.is_some(),
            named: offer.named,
            full: is_cut || said.is_some_and(|said| said.full),
            said: said.map(|said| said.at),
            shares: shares.unwrap_or_default(),
            proof: self.proof(tables, &id.to_string()),
        })
    }

    /// Gives a contact room in this browser, of which there is `limit` for all; none takes it back with notice.
    ///
    /// # Errors
    ///
    /// `not-found`, and `refused` if there is not so much.
    pub(in crate::engine) async fn set_room(
        &self,
        contact: &str,
        bytes: u64,
        terms: RoomTerms,
        limit: u64,
    ) -> Result<(), Error> {
        let RoomTerms { named, public, metered } = terms;
        let state = &self.0.args.state;
        let id = state.read(|tables| Ok::<_, Error>(tables.contact(contact)?.id))?;
        let now = platform::now_ms();
        let given = state.update(move |tx| {
            if !tx.is_written_to(&id) {
                return Err(Error::NotFound("contact"));
            }
            let others = tx.rooms.iter().filter(|(other, _)| **other != id);
            let others: u64 = others.map(|(_, room)| room.bytes).sum();
            if bytes > 0 && others.saturating_add(bytes) > limit.min(MAX_TOTAL) {
                let why = "there is not so much room for friends in this browser: give less";
                return Err(Error::Refused(why.into()));
            }
            let before = tx.rooms.get(&id).copied();
            let room = match (bytes, before) {
                (0, None) => return Ok(()),
                // A notice that runs goes on.
                (0, Some(before)) => Room { ends: before.ends.or(Some(now + NOTICE_MS)), ..before },
                _ => Room { bytes, named, public, metered, ends: None },
            };
            if before != Some(room) {
                tx.rooms.insert(id, room);
                let offered = |room: Room| (room.bytes, room.named, room.public, room.ends);
                if before.map(offered) != Some(offered(room)) {
                    tx.leave_note(&[id], &Says::KeepOffer { bytes, named: named && bytes > 0, public });
                }
            }
            Ok(())
        });
        given.await
    }

    /// Lets go of everything of a contact at once.
    pub(in crate::engine) async fn release(&self, contact: &str) -> Result<(), Error> {
        let Args { state, .. } = &self.0.args;
        let id = state.read(|tables| Ok::<_, Error>(tables.contact(contact)?.id))?;
        let released = state.update(move |tx| {
            if tx.rooms.remove(&id).is_some() && tx.is_written_to(&id) {
                tx.leave_note(&[id], &Says::KeepOffer { bytes: 0, named: false, public: false });
            }
            Ok(())
        });
        released.await?;
        self.let_go_of_the_rest(platform::now_ms()).await
    }
}

/// Contacts of mine who keep what somebody shares.
fn keepers(tables: &Tables, id: &Id) -> Vec<String> {
    let people: BTreeSet<_> = tables.reachable_keepers(id).map(|(contact, _)| contact.id).collect();
    people.into_iter().map(|id| id.to_string()).collect()
}

/// The room that somebody has here, and what is in it.
fn given(tables: &Tables, id: &Id, now: u64) -> Option<GivenRoom> {
    let room = tables.room_of(id, now)?;
    let wanted = tables.keep_requests.get(id).map(|request| request.wanted()).unwrap_or_default();
    let (mut shares, mut missing) = (0, 0);
    for wanted in wanted.iter().filter(|wanted| wanted.fetch.is_some() || room.public) {
        *(if tables.is_kept_whole(id, &wanted.cid()) { &mut shares } else { &mut missing }) += 1;
    }
    let used = tables.kept_bytes().get(id).copied().unwrap_or_default();
    let Room { bytes, named, public, metered, ends } = *room;
    Some(GivenRoom { bytes, used, shares, missing, named, public, metered, ends })
}
