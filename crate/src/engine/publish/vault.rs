//! Bringing the vault to what is so now, and this device to what the vault says.
//!
//! Only what this device changed is written. Decisions have the time at which they were made here; facts change no time.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::engine::state::Tables;
use crate::keys::Id;
use crate::social::answers::{HiddenComment, OwnComment, PublishedAnswers};
use crate::social::drop_box::{DropBox, PendingDrop};
use crate::social::introduction::Introduction;
use crate::social::invite::IssuedInvite;
use crate::social::letter::OwnLetter;
use crate::social::link::{OpenedLink, OwnLink};
use crate::social::outgoing_request::Asking;
use crate::social::pinning::PinningService;
use crate::social::relation::Stance;
use crate::social::request::PendingRequest;
use crate::social::share_record::ShareRecord;
use crate::social::vault::{
    Circles, Dismissed, Entry, Former, Heir, Hidden, KnownContact, KnownDevice, MayBeShown, Only, OwnShare,
    Petname, Receipts, RelayOnly, SeesMine, Vault, WordsConfirmed,
};
use crate::social::verification::Verification;

pub(in crate::engine) use read::from_vault;

/// Has the vault of `me` say what was decided here, and what is known; `device` is the key of this one.
pub(super) fn write_vault(tables: &Tables, me: &Id, vault: &mut Vault, now: u64, device: &[u8; 32]) {
    let mut writer = Writer { tables, vault, now, device, said: BTreeSet::new() };
    writer.say_all(me);
    writer.remove_unsaid();
    vault.apply_written(now);
    forget_strangers(vault);
}

/// Kinds of which this device knows every value, unless it noted that it has nothing to show.
const DECIDED: [&str; 13] = [
    KnownDevice::PREFIX,
    Petname::PREFIX,
    Circles::PREFIX,
    Asking::PREFIX,
    Verification::PREFIX,
    OwnLink::PREFIX,
    OpenedLink::PREFIX,
    OwnComment::PREFIX,
    HiddenComment::PREFIX,
    OwnShare::PREFIX,
    SeesMine::PREFIX,
    Dismissed::PREFIX,
    PinningService::PREFIX,
];

/// Kinds that are over at some time, at every device at once.
const PASSING: [&str; 6] = [
    Hidden::PREFIX,
    PendingRequest::PREFIX,
    IssuedInvite::PREFIX,
    DropBox::PREFIX,
    PendingDrop::PREFIX,
    Introduction::PREFIX,
];

struct Writer<'a> {
    tables: &'a Tables,
    vault: &'a mut Vault,
    now: u64,
    device: &'a [u8; 32],
    /// Keys whose values are so.
    said: BTreeSet<String>,
}

impl Writer<'_> {
    fn say_all(&mut self, me: &Id) {
        let tables = self.tables;
        self.say_settings();
        self.say_relations();
        for contact in tables.contacts.values() {
            self.say_known(&contact.id, &contact.known());
            if let Some(petname) = &contact.petname {
                self.decide(&contact.id, &Petname(petname.clone()));
            }
        }
        for (id, request) in tables.inbox.iter() {
            self.vault.raise(id, request);
            self.said.insert(PendingRequest::key(id));
        }
        for (name, invite) in tables.invites.iter() {
            match self.vault.get::<IssuedInvite>(name) {
                Some(_) => self.vault.raise(name, invite),
                None => self.vault.set(name, Some(invite), invite.made(), self.device),
            };
            self.said.insert(IssuedInvite::key(name));
        }
        for (name, made) in tables.drop_boxes.iter() {
            self.decide(name, made);
        }
        for (id, drop) in tables.drops.iter() {
            self.vault.raise(id, drop);
            self.said.insert(PendingDrop::key(id));
        }
        for (id, compared) in tables.verifications.iter() {
            match self.vault.get::<Verification>(id).filter(|known| known.is_same_comparison(compared)) {
                Some(_) => self.vault.amend(id, compared),
                None => self.vault.set(id, Some(compared), compared.at, self.device),
            };
            self.said.insert(Verification::key(id));
        }
        for (id, closed) in tables.closed.iter() {
            self.decide(id, closed);
        }
        for (n, former) in tables.former.iter() {
            self.decide(n, &Former { seed: former.seed.clone() });
        }
        for (id, device) in tables.devices.iter() {
            self.decide(id, device);
        }
        for (id, link) in tables.links.iter() {
            self.decide(id, link);
        }
        for (id, opened) in tables.opened.iter() {
            self.decide(id, opened);
        }
        for (name, own) in tables.own_comments.iter() {
            self.decide(name, own);
        }
        for (name, hidden) in tables.hidden_comments.iter() {
            self.decide(name, hidden);
        }
        for (id, answers) in tables.answers.iter().filter(|(id, _)| tables.is_mine(id, me)) {
            let known = self.vault.get::<PublishedAnswers>(id).map_or(0, |known| known.at);
            if known < answers.list.at {
                self.vault.set(id, Some(&answers.list), answers.list.at, self.device);
            }
            self.said.insert(PublishedAnswers::key(id));
        }
        for id in tables.seeing.keys() {
            self.decide(id, &SeesMine(true));
        }
        for id in tables.dismissed.keys() {
            self.decide(id, &Dismissed(true));
        }
        for (name, service) in tables.services.iter() {
            self.decide(name, service);
        }
        for (id, introduction) in tables.introduced.iter() {
            self.vault.raise(id, introduction);
            self.said.insert(Introduction::key(id));
        }
        for (name, letter) in tables.letters.iter() {
            self.vault.raise(name, letter);
            self.said.insert(OwnLetter::key(name));
        }
        // Of what is awaited the vault has a newer revision than this device.
        let is_known = |share: &&ShareRecord| !tables.awaited.contains(&share.id());
        let mine = tables.shares.values().filter(|share| tables.is_active(me, share));
        for share in mine.filter(is_known) {
            if let Some(own) = share.own() {
                self.decide(&share.id(), &own);
            }
        }
        for (id, hidden) in tables.hidden.iter() {
            // A row of an earlier build has no time.
            let hidden = Hidden { at: hidden.at.max(1), ..*hidden };
            self.vault.set(id, Some(&hidden), hidden.at, self.device);
            self.said.insert(Hidden::key(id));
        }
    }

    fn say_settings(&mut self) {
        let account = &self.tables.account;
        let has = |on: Option<bool>| on.unwrap_or_default();
        self.decide(&Only, &Heir(account.heir.into_array()));
        if account.words_confirmed {
            self.decide(&Only, &WordsConfirmed(true));
        }
        if has(self.vault.get::<Receipts>(&Only).map(|it| it.0)) != account.receipts {
            self.decide(&Only, &Receipts(account.receipts));
        }
        if has(self.vault.get::<RelayOnly>(&Only).map(|it| it.0)) != account.relay_only {
            self.decide(&Only, &RelayOnly(account.relay_only));
        }
        if has(self.vault.get::<MayBeShown>(&Only).map(|it| it.0)) != account.may_be_shown {
            self.decide(&Only, &MayBeShown(account.may_be_shown));
        }
    }

    fn say_relations(&mut self) {
        let tables = self.tables;
        for (id, relation) in tables.relations.iter() {
            // What was decided about a closed identity is said on, for devices that have not followed its heir.
            let is_closed = tables.closed.contains(id);
            let is_in_force = tables.contacts.contains(id) || is_closed;
            let stance = relation.stance(is_in_force);
            let key = Stance::key(id);
            // On a full disk somebody was removed, and their relation stayed as it was.
            let is_settled = is_in_force || !relation.stance(true).is_decided();
            let decided = if is_settled { relation.decided() } else { self.time(&key) };
            self.vault.set(id, Some(&stance), decided, self.device);
            if is_settled {
                // Also who was added and removed since the last root is one who was removed.
                self.vault.confirm::<Stance>(id, decided, self.device);
            }
            self.said.insert(key);
            let circles: BTreeSet<_> = relation.circles().map(str::to_owned).collect();
            if is_in_force && !is_closed && !circles.is_empty() {
                self.decide(id, &Circles(circles));
            }
            self.say_asking(id, relation.asked());
        }
        for id in tables.asking.keys().filter(|id| !tables.relations.contains(id)) {
            self.say_asking(id, None);
        }
    }

    fn say_asking(&mut self, id: &Id, asked: Option<u64>) {
        let asking = Asking::new(self.tables.asking.get(id), asked);
        if asking.is_said() {
            if asked.is_some() {
                self.vault.raise(id, &asking);
            }
            return;
        }
        match self.vault.get::<Asking>(id).filter(|known| known.says_as(&asking)) {
            // That their invite is spent is a fact.
            Some(_) => self.vault.amend(id, &asking),
            None => self.vault.set(id, Some(&asking), self.time(&Asking::key(id)), self.device),
        };
        self.said.insert(Asking::key(id));
    }

    fn say_known(&mut self, id: &Id, known: &KnownContact) {
        match self.vault.get::<KnownContact>(id) {
            // A sequence alone is no reason to publish: it goes along with the next change.
            Some(before) if KnownContact { seq: known.seq, ..before.clone() } == *known => false,
            Some(_) => self.vault.amend(id, known),
            None => self.vault.set(id, Some(known), known.added, self.device),
        };
    }

    fn decide<T: Entry>(&mut self, name: &T::Name, value: &T) {
        let key = T::key(name);
        self.vault.set(name, Some(value), self.time(&key), self.device);
        self.said.insert(key);
    }

    /// When the person last decided about this key, as far as that was noted.
    fn time(&self, key: &str) -> u64 {
        self.tables.changed.get(&key.to_owned()).copied().unwrap_or(self.now)
    }

    /// Keys of values that are in the vault and that nothing here says.
    fn unsaid(&self) -> Vec<String> {
        let unsaid = self.vault.present().filter(|key| !self.said.contains(*key));
        unsaid.map(str::to_owned).collect()
    }

    fn remove_unsaid(&mut self) {
        self.vault.apply_read(&self.said);
        for key in self.unsaid() {
            let is_noted = self.tables.changed.contains(&key);
            let is_of = |prefixes: &[&str]| prefixes.iter().any(|prefix| key.starts_with(prefix));
            if is_of(&DECIDED) && (is_noted || !self.vault.is_unread(&key))
                || is_of(&[Hidden::PREFIX, Stance::PREFIX]) && is_noted
            {
                self.vault.remove(&key, self.time(&key), self.device);
            } else if is_of(&PASSING) {
                // Its time is over, or there were too many: so it is at every device.
                self.vault.forget(&key);
            }
        }
    }
}

/// The vault that another device of mine published, merged with what is `here`. A device that was away for longer than
/// removals are remembered takes it as it is.
pub(in crate::engine) fn merged_vault(
    here: &Tables,
    me: &Id,
    theirs: &Vault,
    now: u64,
    device: &[u8; 32],
) -> Vault {
    let mut vault = here.publication.vault.clone();
    if vault.was_away(now) {
        // What others removed meanwhile is remembered by nobody any more.
        vault = Vault::default();
    } else {
        // What a person decided here since has the time of the decision.
        write_vault(here, me, &mut vault, now, device);
    }
    vault.merge(theirs);
    vault
}

/// Forgets facts about people of whom nothing is remembered that was decided.
fn forget_strangers(vault: &mut Vault) {
    let known: BTreeSet<_> = vault.names::<Stance>().collect();
    let named = vault.names::<KnownContact>().chain(vault.names::<Asking>());
    let strangers: BTreeSet<_> = named.filter(|id| !known.contains(id)).collect();
    for id in strangers {
        for key in [KnownContact::key(&id), Asking::key(&id), Petname::key(&id), Circles::key(&id)] {
            vault.forget(&key);
        }
    }
    let letters: Vec<_> = vault.names::<OwnLetter>().filter(|name| !known.contains(&name.reader)).collect();
    for name in letters {
        vault.forget(&OwnLetter::key(&name));
    }
}
