//! The events that follow from a change: one for each thing that a page would show in another way.

use std::collections::BTreeSet;

use crate::engine::api::{Change, Event};
use crate::engine::directory::Directory;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::social::request::PendingRequest;

use super::answers;
use super::live::Live;
use super::tables::{Collection, Rows, Tables};
use super::views::shown_share;

/// Emits what a page has to hear of a committed change, requests first, then contacts, shares, deliveries and the
/// profile.
pub(super) fn of_change(
    directory: &Directory,
    before: &Tables,
    after: &Tables,
    live: &Live,
    mut emit: impl FnMut(Event),
) {
    if !std::rc::Rc::ptr_eq(&before.inbox, &after.inbox) {
        for (id, _, after) in Rows::changes(&before.inbox.rows(), &after.inbox.rows()) {
            emit(match after {
                Some(request) => asks(id, request, live),
                None => Event::RequestRemoved { id: id.to_string() },
            });
        }
    }
    for id in touched_people(before, after) {
        of_contact(&id, directory, (before, live), (after, live), &mut emit);
    }
    if before.devices != after.devices || before.familiar != after.familiar {
        emit(Event::Devices);
    }
    if before.drop_boxes != after.drop_boxes || before.drops != after.drops {
        emit(Event::Drops);
    }
    let of_introductions =
        |tables: &Tables| (tables.seen_contacts.clone(), tables.dismissed.clone(), tables.introduced.clone());
    if of_introductions(before) != of_introductions(after) {
        emit(Event::Introductions);
    }
    if before.folders != after.folders || before.journal != after.journal {
        emit(Event::Folders);
    }
    if is_kept_otherwise(before, after) {
        emit(Event::Keeping);
    }
    of_shares(&directory.id, before, after, &mut emit);
    for id in answers::answered(before, after) {
        if let Some(share) = after.shares.get(&id) {
            let from = answers::newest_writer(before, after, share, &directory.id);
            emit(Event::Answers { share: id.to_string(), from: from.map(|id| id.to_string()) });
        }
    }
    of_deliveries(&directory.id, before, after, &mut emit);
    let is_shown = |tables: &Tables| {
        let left_out = tables.publication.vault.left_out();
        let is_removed = tables.is_removed(directory);
        let (restored, former) = (tables.restored().cloned(), tables.former.clone());
        (tables.account.clone(), tables.is_published(), left_out, is_removed, restored, former)
    };
    if is_shown(before) != is_shown(after) {
        emit(Event::Profile { me: Some(after.me(directory)) });
    }
}

/// Emits what a page has to hear when peers come and go, and when more is known of who asks.
pub(super) fn of_live(
    directory: &Directory,
    tables: &Tables,
    before: &Live,
    after: &Live,
    mut emit: impl FnMut(Event),
) {
    if before.any_relay() != after.any_relay() || before.clocks != after.clocks {
        emit(Event::Network { connected: after.any_relay() });
    }
    for id in after.askers.iter().filter(|(id, asker)| before.askers.get(id) != Some(asker)).map(|(id, _)| id)
    {
        if let Some(request) = tables.inbox.get(id) {
            emit(asks(id, request, after));
        }
    }
    if tables.own_devices().any(|device| before.peers.contains(&device) != after.peers.contains(&device)) {
        emit(Event::Devices);
    }
    for contact in tables.contacts.values() {
        let is_same = before.has(contact) == after.has(contact)
            && before.refused.contains(&contact.id) == after.refused.contains(&contact.id);
        if !is_same {
            of_contact(&contact.id, directory, (tables, before), (tables, after), &mut emit);
        }
    }
}

/// Whether friends keep something else for each other than before.
fn is_kept_otherwise(before: &Tables, after: &Tables) -> bool {
    before.rooms != after.rooms
        || before.offers != after.offers
        || before.keep_requests != after.keep_requests
        || before.kept_runs != after.kept_runs
        || before.keepers != after.keepers
        || before.checks != after.checks
        || before.passed_trials != after.passed_trials
        || before.freed != after.freed
        || before.named_keepers != after.named_keepers
        || before.services != after.services
        || before.held != after.held
}

fn asks(id: &Id, request: &PendingRequest, live: &Live) -> Event {
    Event::Request { id: id.to_string(), name: live.asker_name(id), declined: request.declined }
}

fn touched_people(before: &Tables, after: &Tables) -> BTreeSet<Id> {
    let mut touched = BTreeSet::new();
    touched.extend(Rows::changes(&before.contacts, &after.contacts).map(|(id, ..)| *id));
    touched.extend(Rows::changes(&before.relations, &after.relations).map(|(id, ..)| *id));
    touched.extend(Rows::changes(&before.asking, &after.asking).map(|(id, ..)| *id));
    touched.extend(Rows::changes(&before.verifications, &after.verifications).map(|(id, ..)| *id));
    touched.extend(Rows::changes(&before.agreed, &after.agreed).map(|(id, ..)| *id));
    touched.extend(Rows::changes(&before.seeing, &after.seeing).map(|(id, ..)| *id));
    if before.account.relay_only != after.account.relay_only {
        touched.extend(after.contacts.keys());
    }
    touched
}

fn of_contact(
    id: &Id,
    directory: &Directory,
    before: (&Tables, &Live),
    after: (&Tables, &Live),
    emit: &mut impl FnMut(Event),
) {
    let shown = |(tables, live): (&Tables, &Live)| {
        tables.contacts.get(id).map(|contact| tables.shown_contact(contact, live, directory))
    };
    match (shown(before), shown(after)) {
        (Some(_), None) => emit(Event::ContactRemoved { id: id.to_string() }),
        (before, Some(contact)) if before.as_ref() != Some(&contact) => emit(Event::Contact { contact }),
        _ => {}
    }
}

fn of_shares(me: &Id, before: &Tables, after: &Tables, emit: &mut impl FnMut(Event)) {
    for (_, was, now) in Rows::changes(&before.shares, &after.shares) {
        let shown = |share| shown_share(share, me);
        match (was.map(shown), now.map(shown)) {
            (Some(share), None) => emit(Event::Share { change: Change::Removed, share }),
            (None, Some(share)) => {
                let is_mine = now.is_some_and(|now| now.author == *me);
                // The same share under keys that its author changed to is nothing new.
                let is_known = now.is_some_and(|now| {
                    let old = |author: &Id| ShareId::new(author.as_bytes(), now.inner());
                    after
                        .identities_before(&now.author)
                        .iter()
                        .any(|author| before.shares.contains(&old(author)))
                });
                let change = if is_mine || is_known { Change::Updated } else { Change::Received };
                emit(Event::Share { change, share });
            }
            (Some(was), Some(share)) if was != share => {
                emit(Event::Share { change: Change::Updated, share });
            }
            _ => {}
        }
    }
}

fn of_deliveries(me: &Id, before: &Tables, after: &Tables, emit: &mut impl FnMut(Event)) {
    let shares = Rows::changes(&before.shares, &after.shares).map(|(id, ..)| *id);
    let progress = Rows::changes(&before.progress, &after.progress).map(|(id, ..)| *id);
    let touched: BTreeSet<_> = shares.chain(progress).collect();
    for id in touched {
        let Some(share) = after.shares.get(&id).filter(|share| share.author == *me) else { continue };
        for reader in &share.recipients {
            let known = before.shares.get(&id).filter(|before| before.recipients.contains(reader));
            let was = known.map(|known| before.stage_of(known, reader));
            let state = after.stage_of(share, reader);
            if was != Some(state) {
                emit(Event::Delivery { share: id.to_string(), contact: reader.to_string(), state });
            }
        }
    }
}
