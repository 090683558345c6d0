//! The places that keep a share of mine: friends, and relays of mine; and whether they are enough without this browser.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::crypto::sign::VerifyingKey;
use crate::engine::api::WhyNotFreed;
use crate::engine::publish::{Keeper, KeeperSession};
use crate::engine::state::{FreedPlace, Tables};
use crate::keys::Id;
use crate::net::Provider;
use crate::net::share::key_of;
use crate::social::keeping::WEEK_MS;
use crate::social::keeping::policy::AWAY_MS;
use crate::social::share_record::ShareRecord;

use super::ask::offer_of;
use super::handle::{Args, Keeping};

/// Places that have all of a share before this browser drops it.
const PLACES: usize = 2;

/// How long what a place was found to have counts, in milliseconds: a place is asked each week, where it can be reached.
const COUNTS_MS: u64 = WEEK_MS + AWAY_MS;

/// Somebody who says that all of a share is kept.
pub(super) enum Place {
    Friend(Id),
    Relay(Rc<dyn Keeper>),
}

impl Place {
    /// By which rows name it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Friend(id) => id.to_string(),
            Self::Relay(keeper) => keeper.name().to_owned(),
        }
    }
}

/// A place that was reached, and the key to which its proofs are bound.
pub(super) struct OpenPlace {
    pub(super) key: VerifyingKey,
    pub(super) session: Box<dyn KeeperSession>,
}

impl Keeping {
    /// Who says that all of a share is kept, and has not failed to deliver it since: friends first.
    pub(super) fn places_of(&self, tables: &Tables, share: &ShareRecord, now: u64) -> Vec<Place> {
        let header = share.block();
        let friends = tables.keepers.iter().filter(|(id, keeper)| {
            let says_all = keeper.said.is_some_and(|said| said.rev == keeper.rev && said.missing == 0);
            let counts = offer_of(tables, id).is_some_and(|offer| offer.counts(now));
            keeper.shares.contains(&header) && says_all && counts && tables.is_written_to(id)
        });
        let friends = friends.map(|(id, _)| Place::Friend(*id));
        let relays = self.0.args.relays.iter().filter(|relay| {
            let lacks = |name: &String| tables.checks.get(name).is_some_and(|it| it.lacks.contains(&header));
            share.is_kept_by(relay.name()) && !lacks(&relay.name().to_owned())
        });
        friends.chain(relays.map(|relay| Place::Relay(relay.clone()))).collect()
    }

    /// Why the files of a share cannot leave this browser at `now`; none where they can, once everything is proven.
    pub(super) fn why_not(&self, tables: &Tables, share: &ShareRecord, now: u64) -> Option<WhyNotFreed> {
        let Args { me, directory, served, state, .. } = &self.0.args;
        let id = share.id();
        let is_asked = || {
            let devices = tables.other_devices(directory);
            devices.iter().any(|device| served.is_asked_by(&device.peer()))
        };
        let is_pushed = || {
            let relays = directory.relays.iter().map(|relay| relay.peer());
            let here: Vec<_> =
                state.live(|live| relays.filter(|relay| live.relays.contains(relay)).collect());
            here.iter().any(|relay| !share.is_kept_by(&relay.to_string()))
        };
        let places = self.places_of(tables, share, now);
        let has_friend = places.iter().any(|place| matches!(place, Place::Friend(_)));
        Some(match () {
            () if share.is_public() => WhyNotFreed::Public,
            () if share.maker.is_some() || share.by_other_device => WhyNotFreed::Elsewhere,
            () if tables.folders.values().any(|folder| folder.share == id) => WhyNotFreed::Folder,
            () if tables.wishes.contains(&id.to_string()) => WhyNotFreed::Wanted,
            () if !tables.is_active(me, share) || share.paused || !share.delivered => WhyNotFreed::Unfinished,
            () if tables.forked.contains(&id) || is_pushed() => WhyNotFreed::Unfinished,
            () if is_asked() => WhyNotFreed::Asked,
            () if !has_friend => WhyNotFreed::NoFriend,
            () if places.len() < PLACES => WhyNotFreed::OnePlace,
            () => return None,
        })
    }

    /// Whether places that are named here deliver a share without this browser at `now`: two, at least one of them a friend.
    pub(super) fn suffice(
        &self,
        tables: &Tables,
        share: &ShareRecord,
        places: &BTreeMap<String, FreedPlace>,
        now: u64,
    ) -> bool {
        let counting: Vec<_> = places.iter().filter_map(|it| self.counting(tables, share, it, now)).collect();
        counting.len() >= PLACES && counting.contains(&Counting::Friend)
    }

    /// Whether a place of a freed share counts, and as what.
    fn counting(
        &self,
        tables: &Tables,
        share: &ShareRecord,
        (name, place): (&String, &FreedPlace),
        now: u64,
    ) -> Option<Counting> {
        let lacks = tables.checks.get(name).is_some_and(|check| check.lacks.contains(&share.block()));
        if place.fails || lacks || place.checked.saturating_add(COUNTS_MS) <= now {
            return None;
        }
        if self.0.args.relays.iter().any(|relay| relay.name() == name) {
            return Some(Counting::Relay);
        }
        let id: Id = name.parse().ok()?;
        let is_away = offer_of(tables, &id).is_none_or(|offer| offer.is_away(now));
        (tables.keepers.contains(&id) && tables.is_written_to(&id) && !is_away).then_some(Counting::Friend)
    }

    /// Reaches a place; none where nobody is there.
    pub(super) async fn open_place(&self, place: &Place) -> Option<OpenPlace> {
        let id = match place {
            Place::Relay(keeper) => {
                return Some(OpenPlace { key: keeper.key()?, session: keeper.open().await.ok()? });
            }
            Place::Friend(id) => id,
        };
        for device in self.0.args.fetchers.devices_here(id) {
            let Some(key) = key_of(&device.peer()) else { continue };
            match self.0.args.friends.open(&device).await {
                Ok(session) => return Some(OpenPlace { key, session }),
                Err(why) => tracing::debug!(%why, "a friend is not reached"),
            }
        }
        None
    }

    /// The providers of a place of this name that can be asked for blocks now.
    pub(super) fn providers_at(&self, name: &str) -> Vec<Provider> {
        let Args { directory, fetchers, .. } = &self.0.args;
        match name.parse::<Id>() {
            Ok(id) => fetchers.devices_here(&id),
            Err(_) => {
                let relays = directory.relays.iter().filter(|relay| relay.peer().to_string() == name);
                relays.cloned().map(Provider::Relay).collect()
            }
        }
    }
}

/// As what a place counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    Friend,
    Relay,
}
