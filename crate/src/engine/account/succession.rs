//! What the profile of new keys takes over from the one before, which the 24 words have made.

use std::rc::Rc;

use crate::engine::state::{Account, Tables};
use crate::format::secret::Secret;
use crate::format::share_id::{InnerId, ShareId};
use crate::keys::{Id, Phrase, Ring};
use crate::platform;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::relation::Decision;
use crate::social::share_record::ShareRecord;
use crate::social::succession::{Closed, FormerKeys};
use crate::social::vault::KnownDevice;

/// New keys of a profile, and which they are.
pub(in crate::engine) struct NewIdentity<'a> {
    /// The keys before.
    pub(in crate::engine) ring: &'a Ring,
    /// Which seed of the phrase they grew from.
    pub(in crate::engine) n: u32,
    /// The identity of the new ones.
    pub(in crate::engine) id: Id,
    /// The key of this device under each.
    pub(in crate::engine) devices: [Id; 2],
}

/// The account of the seed `n` of a phrase that follows `before`: what the person says of themselves stays.
pub(in crate::engine) fn account_of_heir(before: &Account, old: Id, phrase: &Phrase, n: u32) -> Account {
    let Account { name, bio, avatar, receipts, relay_only, may_be_shown, may_be_shown_at, .. } =
        before.clone();
    let fresh = Account::of_heir(phrase.heir(n));
    // Who typed the words has them.
    Account {
        name,
        bio,
        avatar,
        receipts,
        relay_only,
        may_be_shown,
        may_be_shown_at,
        words_confirmed: true,
        predecessor: Some(old),
        ..fresh
    }
}

/// Brings everything into the tables of the new identity that is the person's and not the old key's.
///
/// Invites, links and drop boxes ended with the old key. Shares of mine wait in `inherited` until they are sealed anew. Each contact
/// gets a request, and their letterbox for the new identity is looked for from its beginning.
pub(in crate::engine) fn take_over(tables: &mut Tables, before: &Tables, new: &NewIdentity<'_>) {
    let (old, now) = (new.ring.id(), platform::now_ms());
    let mut shares = before.shares.clone();
    let mine: Vec<ShareRecord> =
        before.shares.values().filter(|share| share.author == old).cloned().collect();
    // Of one that is on its way into this browser nothing is here to be sealed anew.
    for share in mine.iter().chain(before.inherited.values()) {
        shares.remove(&share.id());
        tables.inherited.insert(share.id(), share.clone());
    }
    let links = mine.iter().filter(|share| before.links.get(&share.id()).is_some());
    let links = links.map(|share| share.title.clone()).collect();
    let seed = Secret::from_bytes(*new.ring.seed());
    tables.shares = shares;
    (tables.hidden, tables.opened, tables.verifications) =
        (before.hidden.clone(), before.opened.clone(), before.verifications.clone());
    (tables.agreed, tables.seeing) = (before.agreed.clone(), before.seeing.clone());
    (tables.dismissed, tables.introduced) = (before.dismissed.clone(), before.introduced.clone());
    // What they hold of the old identity stays there.
    tables.services = before.services.clone();
    tables.closed = before.closed.clone();
    tables.closed.insert(old, Closed { by: new.id });
    tables.former = before.former.clone();
    tables.former.insert(new.n, FormerKeys { seed, at: now, is_here: true, links, is_news: true });
    tables.inbox = Rc::clone(&before.inbox);
    tables.wishes = before.wishes.clone();
    // The links of boxes end, too. What was left in one, or is on its way, still counts.
    let mut boxes = (*before.drop_boxes).clone();
    let names: Vec<_> = boxes.iter().map(|(name, _)| *name).collect();
    names.iter().for_each(|name| _ = boxes.end(name, now));
    (tables.drop_boxes, tables.drops) = (Rc::new(boxes), before.drops.clone());
    let [here, there] = new.devices;
    let name = before.devices.get(&here).map(|device| device.name.clone()).unwrap_or_default();
    tables.devices.insert(there, KnownDevice::new(name, now));
    take_over_people(tables, before, now);
    take_over_drafts(tables, before, &new.id);
}

fn take_over_people(tables: &mut Tables, before: &Tables, now: u64) {
    for (id, relation) in before.relations.iter() {
        let mut relation = relation.clone();
        if before.decision(id) == Decision::Added {
            relation.ask_anew(now);
            let mut asking = OutgoingRequest::default();
            asking.insist();
            tables.asking.insert(*id, asking);
        }
        tables.relations.insert(*id, relation);
    }
    for (id, contact) in before.contacts.iter() {
        let mut contact = contact.clone();
        contact.forget_head();
        // What was in their letterbox for the old key is here, or comes again in the one for the new.
        contact.reading = None;
        tables.contacts.insert(*id, contact);
    }
}

fn take_over_drafts(tables: &mut Tables, before: &Tables, me: &Id) {
    tables.drafts = before.drafts.clone();
    tables.runs = before.runs.clone();
    let onto: Vec<_> =
        before.drafts.iter().filter_map(|(name, plan)| Some((name, plan.onto.clone()?))).collect();
    for (name, share) in onto {
        let inner: Option<InnerId> = before.share(&share).ok().map(ShareRecord::inner);
        if let (Some(plan), Some(inner)) = (tables.drafts.get_mut(name), inner) {
            plan.onto = Some(ShareId::new(me.as_bytes(), inner).to_string());
        }
    }
    // Its link would be one of the new identity, and was shown to nobody yet.
}
