//! What the vault says, as rows of this device.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{DECIDED, Writer};
use crate::engine::state::{Tables, Transaction};
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::social::answers::PublishedAnswers;
use crate::social::contact::Contact;
use crate::social::drop_box::PendingDrop;
use crate::social::introduction::Introduction;
use crate::social::invite::IssuedInvite;
use crate::social::outgoing_request::Asking;
use crate::social::publication::Publication;
use crate::social::relation::{Decision, Relation, Stance};
use crate::social::request::{Inbox, PendingRequest};
use crate::social::share_record::ShareRecord;
use crate::social::succession::FormerKeys;
use crate::social::vault::{
    Circles, Closed, Dismissed, Former, Hidden, KnownContact, MayBeShown, Only, Petname, Receipts, RelayOnly,
    SeesMine, WordsConfirmed,
};

/// Has everything here be as the vault of the publication says, but for shares of `me`, which must be in place: they are
/// more than the vault knows of them.
///
/// What this device changed must be in the vault by then. What it knows beside that, such as how far a letterbox was
/// read, stays. Idempotent.
pub(in crate::engine) fn from_vault(tx: &mut Transaction, me: &Id, now: u64) {
    tx.decided_elsewhere();
    apply(tx, me, now);
}

pub(super) fn apply(tables: &mut Tables, me: &Id, now: u64) {
    let publication = Rc::clone(&tables.publication);
    let vault = &publication.vault;
    let account = Rc::make_mut(&mut tables.account);
    account.words_confirmed |= vault.get::<WordsConfirmed>(&Only).is_some_and(|it| it.0);
    account.receipts = vault.get::<Receipts>(&Only).is_some_and(|it| it.0);
    account.relay_only = vault.get::<RelayOnly>(&Only).is_some_and(|it| it.0);

    let may_be_shown = vault.get::<MayBeShown>(&Only).is_some_and(|it| it.0);
    let is_news = account.may_be_shown != may_be_shown;
    if is_news {
        account.may_be_shown = may_be_shown;
        account.may_be_shown_at = vault.at::<MayBeShown>(&Only).map_or(now, |at| at.ms);
    }
    let decided = account.may_be_shown_at;

    for (id, closed) in vault.all::<Closed>() {
        tables.closed.insert(id, closed);
    }
    for (n, former) in vault.all::<Former>().filter(|(n, _)| !tables.former.contains(n)).collect::<Vec<_>>() {
        tables.former.insert(n, FormerKeys::from_vault(former));
    }
    let mut waiting: Inbox = vault.all().collect();
    apply_people(tables, &publication, &mut waiting, me, now);
    let relation_of = |id: &Id| tables.relations.get(id).cloned().unwrap_or_default();
    tables.inbox = Rc::new(waiting.unanswered(relation_of, now));
    tables.invites = Rc::new(vault.all().collect());
    tables.drop_boxes = Rc::new(vault.all().collect());
    let is_open = |(from, drop): &(Id, PendingDrop)| {
        drop.is_open(&tables.drop_boxes, tables.relations.get(from).unwrap_or(&Relation::default()))
    };
    tables.drops = vault.all().filter(is_open).collect();
    tables.verifications = vault.all().filter(|(id, _)| tables.contacts.contains(id)).collect();
    tables.devices = vault.all().collect();
    tables.links = Rc::new(vault.all().collect());
    tables.opened = vault.all().collect();
    tables.own_comments = vault.all().collect();
    tables.hidden_comments = vault.all().collect();
    tables.letters = vault.all().collect();
    tables.seeing = vault.all::<SeesMine>().filter(|(_, it)| it.0).map(|(id, _)| (id, true)).collect();
    tables.dismissed = vault.all::<Dismissed>().filter(|(_, it)| it.0).map(|(id, _)| (id, true)).collect();
    tables.services = vault.all().collect();
    tables.introduced = vault.all::<Introduction>().filter(|(_, it)| !it.is_over(now)).collect();
    if is_news {
        // The device where it was decided tells everybody whom it knows.
        tables.told_agreement = tables.contacts.keys().map(|id| (*id, decided)).collect();
    }
    for (id, list) in
        vault.all::<PublishedAnswers>().filter(|(id, _)| tables.is_mine(id, me)).collect::<Vec<_>>()
    {
        let answers = tables.answers.or_insert_with(id, Default::default);
        answers.elsewhere = (answers.list.at < list.at).then_some(list);
    }
    tables.hidden = vault.all::<Hidden>().filter(|(_, hidden)| hidden.at > 0).collect();
    take_off_hidden(tables, me);
    tables.changed = Default::default();
    note_unread(tables, me, now);
}

/// Takes shares of others off the list that were removed at another device, with what hangs from them.
fn take_off_hidden(tables: &mut Tables, me: &Id) {
    let is_gone = |id: &ShareId| tables.standing(id).is_some_and(|standing| standing.is_gone);
    let of_others = tables.shares.iter().filter(|(_, share)| share.author != *me);
    let gone: BTreeSet<ShareId> = of_others.map(|(id, _)| *id).filter(is_gone).collect();
    let hangs = |share: &ShareRecord| share.is_part() && share.album().is_some_and(|id| gone.contains(&id));
    let parts = tables.shares.iter().filter(|(_, share)| hangs(share)).map(|(id, _)| *id);
    let all: Vec<ShareId> = gone.iter().copied().chain(parts).collect();
    for id in all {
        tables.wishes.remove(&id.to_string());
        tables.progress.remove(&id);
        tables.shares.remove(&id);
    }
}

fn apply_people(tables: &mut Tables, publication: &Publication, waiting: &mut Inbox, me: &Id, now: u64) {
    let vault = &publication.vault;
    let before = tables.clone();
    (tables.contacts, tables.relations, tables.asking) = Default::default();
    for (id, mut stance) in vault.all::<Stance>().filter(|(id, _)| id != me) {
        let mut decided = vault.at::<Stance>(&id).map_or(0, |at| at.ms);
        // Another device decided about the identity before this one, and had not heard that it was closed.
        for before in tables.identities_before(&id) {
            let at = vault.at::<Stance>(&before).map_or(0, |at| at.ms);
            if at > decided {
                let before = vault.get::<Stance>(&before).unwrap_or_default();
                (stance, decided) = (stance.decided_as(&before), at);
            }
        }
        if tables.closed.contains(&id) {
            // It is said on for devices that have not followed its heir, and nobody is a contact by it.
            let asked = vault.get::<Asking>(&id).and_then(|asking| asking.asked);
            let relation = Relation::from_vault(stance, decided, asked, Default::default());
            tables.relations.insert(id, relation);
            continue;
        }
        let invite = stance.invite.and_then(|name| vault.get::<IssuedInvite>(&name));
        if invite.is_some_and(|invite| invite.used.is_some_and(|used| used != id)) {
            // Of two people with one invite the other is the contact.
            let relays = vault.get::<KnownContact>(&id).map(|known| known.relays).unwrap_or_default();
            let answered = stance.answered.unwrap_or_default();
            waiting.put_back(id, Some(PendingRequest::of_second(answered, relays)));
            (stance, decided) = (stance.undecided(), decided + 1);
        }
        let asking = vault.get::<Asking>(&id).unwrap_or_default();
        let circles = vault.get::<Circles>(&id).filter(|_| stance.is_decided()).map(|it| it.0);
        let relation = Relation::from_vault(stance, decided, asking.asked, circles.unwrap_or_default());
        if stance.is_decided() {
            let known = vault.get::<KnownContact>(&id);
            let mut contact = match (before.contacts.get(&id), known) {
                (Some(contact), None) => contact.clone(),
                (Some(contact), Some(known)) => {
                    let mut contact = contact.clone();
                    contact.apply_known(known, now);
                    contact
                }
                (None, Some(known)) => Contact::from_known(id, known, now),
                (None, None) => Contact::new(id, Vec::new(), 0, decided),
            };
            contact.petname = vault.get::<Petname>(&id).map(|it| it.0);
            if relation.is_written_to() && before.decision(&id) != Decision::Added {
                // While I only followed them, I did not look for a letterbox.
                contact.forget_head();
            }
            tables.contacts.insert(id, contact);
            if let Some(request) = asking.request(before.asking.get(&id)).filter(|_| relation.is_written_to())
            {
                tables.asking.insert(id, request);
            }
        }
        if stance.is_decided() || !relation.is_forgettable(now) {
            tables.relations.insert(id, relation);
        }
    }
}

/// Notes what the vault has and this device does not show: a share that could not be fetched, a value of a later form.
fn note_unread(tables: &mut Tables, me: &Id, now: u64) {
    let mut vault = tables.publication.vault.clone();
    let mut writer = Writer { tables, vault: &mut vault, now, device: &[0; 32], said: BTreeSet::new() };
    writer.say_all(me);
    let is_decided = |key: &String| DECIDED.iter().any(|prefix| key.starts_with(prefix));
    let unread = writer.unsaid().into_iter().filter(is_decided).collect();
    Rc::make_mut(&mut tables.publication).vault.set_unread(unread);
}
