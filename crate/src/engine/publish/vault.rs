//! Bringing the vault to what is so now, and what is so now to the vault.

use std::rc::Rc;

use crate::engine::state::Tables;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::social::contact::Contact;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::publication::write_entries;
use crate::social::share_record::ShareRecord;
use crate::social::vault::{Hidden, KnownContact, Only, OwnShare, Settings, Vault};

/// Has the vault of `me` hold what another device needs; `device` is the key of this one.
pub(in crate::engine) fn write_vault(
    tables: &Tables,
    me: &Id,
    vault: &mut Vault,
    now: u64,
    device: &[u8; 32],
) {
    let account = &tables.account;
    let settings = Settings {
        heir: account.heir.into_array(),
        words_confirmed: account.words_confirmed,
        receipts: account.receipts,
        relay_only: account.relay_only,
    };
    vault.set(&Only, Some(&settings), now, device);
    write_contacts(tables, vault, now, device);
    write_entries(vault, tables.relations.iter(), now, device);
    write_entries(vault, tables.inbox.iter(), now, device);
    write_entries(vault, tables.invites.iter(), now, device);
    write_entries(vault, tables.verifications.iter(), now, device);
    let asking: Vec<_> = tables.asking.iter().map(|(id, asking)| (id, asking.for_vault())).collect();
    write_entries(vault, asking.iter().map(|(id, asking)| (*id, asking)), now, device);
    write_entries(vault, tables.links.iter(), now, device);
    write_entries(vault, tables.opened.iter(), now, device);
    write_shares(tables, me, vault, now, device);
}

fn write_contacts(tables: &Tables, vault: &mut Vault, now: u64, device: &[u8; 32]) {
    let names = vault.all::<KnownContact>().map(|(id, _)| id);
    let gone: Vec<_> = names.filter(|id| !tables.contacts.contains(id)).collect();
    for id in gone {
        vault.set::<KnownContact>(&id, None, now, device);
    }
    for contact in tables.contacts.values() {
        let known = contact.known();
        // A sequence alone is no reason to publish: it goes along with the next change.
        let before = vault.get::<KnownContact>(&contact.id);
        if before.is_none_or(|before| KnownContact { seq: known.seq, ..before } != known) {
            vault.set(&contact.id, Some(&known), now, device);
        }
    }
}

fn write_shares(tables: &Tables, me: &Id, vault: &mut Vault, now: u64, device: &[u8; 32]) {
    let is_mine = |id: &ShareId| tables.shares.get(id).is_some_and(|share| tables.is_active(me, share));
    let names = vault.all::<OwnShare>().map(|(id, _)| id);
    let gone: Vec<_> = names.filter(|id| !is_mine(id) && !tables.awaited.contains(id)).collect();
    for id in gone {
        vault.set::<OwnShare>(&id, None, now, device);
    }
    // Without a trace, because contacts can make any number of them.
    let names = vault.all::<Hidden>().map(|(id, _)| id);
    let gone: Vec<_> = names.filter(|id| !tables.hidden.contains(id)).collect();
    for id in gone {
        vault.forget::<Hidden>(&id);
    }
    for (id, hidden) in tables.hidden.iter() {
        vault.set(id, Some(hidden), now, device);
    }
    for share in tables.shares.values().filter(|share| tables.is_active(me, share)) {
        if let Some(own) = share.own() {
            vault.set(&share.id(), Some(&own), now, device);
        }
    }
}

/// Has these tables say what the vault of `me` says, but for shares, whose headers have to be fetched. What is known here
/// alone stays.
pub(in crate::engine) fn read_vault(tables: &mut Tables, me: &Id, vault: &Vault) {
    let before = std::mem::take(&mut tables.contacts);
    let contact = |(id, known): (Id, KnownContact)| match before.get(&id) {
        Some(contact) => (id, Contact { petname: known.petname, ..contact.clone() }),
        None => (id, Contact::from_known(id, known)),
    };
    tables.contacts = vault.all::<KnownContact>().map(contact).collect();
    tables.relations = vault.all().collect();
    tables.inbox = Rc::new(vault.all().collect());
    tables.invites = Rc::new(vault.all().collect());
    tables.verifications = vault.all().collect();
    let before = std::mem::take(&mut tables.asking);
    let asking = |(id, known): (Id, OutgoingRequest)| match before.get(&id) {
        Some(asking) if asking.for_vault() == known => (id, asking.clone()),
        _ => (id, known),
    };
    tables.asking = vault.all::<OutgoingRequest>().map(asking).collect();
    tables.links = Rc::new(vault.all().collect());
    tables.opened = vault.all().collect();
    tables.hidden = vault.all::<Hidden>().collect();
    let is_gone = |id: &ShareId, share: &ShareRecord| {
        share.author == *me
            && !share.is_public()
            && !share.withdrawn
            && vault.get::<OwnShare>(id).is_none_or(|own| own.header != share.block())
    };
    tables.shares.remove_where(is_gone);
}
