//! Keeping for friends: offers of room, lists of what is to be kept, and what keepers say of them.

use std::collections::BTreeMap;
use std::iter;

use cid::Cid;
use spinney::format::keep::{KeepList, Wanted};
use spinney::format::note::{KeeperDevice, Note, Says};
use spinney::keys::Id;
use spinney::social::letter::{self, Address};

use super::Person;
use crate::relays::{Relays, address};

/// Room that somebody gives to a friend.
const ROOM: u64 = 1 << 30;

/// Who keeps for me, and for whom I keep.
#[derive(Default)]
pub(crate) struct Keeping {
    /// Those who offered room, each with the letter that they have.
    keepers: BTreeMap<Id, Option<Letter>>,
    /// Revisions of the lists of those to whom I give room.
    lists: BTreeMap<Id, u64>,
    /// Keepers who are named to my friends, and the friends who were told.
    named: (Vec<Id>, Vec<Id>),
}

#[derive(PartialEq)]
struct Letter {
    address: Address,
    list: Vec<Wanted>,
}

impl Keeping {
    /// Headers of the letters that are there for keepers.
    pub(super) fn headers(&self) -> impl Iterator<Item = Cid> {
        self.keepers.values().flatten().map(|letter| letter.address.header)
    }

    /// Those who asked this person to keep something.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &Id> {
        self.lists.keys()
    }
}

impl Person {
    /// Gives room to a contact, who may name me to their friends.
    pub(crate) fn offer_room(&mut self, to: Id, now: u64) {
        self.tell([to], &Says::KeepOffer { bytes: ROOM, named: true, public: false }, now);
    }

    /// Leaves everybody who gives room a list of what there is, where it changed, and names them to friends.
    pub(crate) fn ask_keepers(&mut self, now: u64) {
        let list: Vec<_> = self.own.values().rev().map(|own| own.wanted()).collect();
        let readers: Vec<_> = self.readers().collect();
        self.keeping.keepers.retain(|id, _| readers.iter().any(|reader| reader.id == *id));
        for (id, letter) in &mut self.keeping.keepers {
            let reader = readers.iter().find(|reader| reader.id == *id).expect("the others were left out");
            if letter.as_ref().is_some_and(|before| before.list == list) {
                continue;
            }
            let before = letter.take().map(|letter| letter.address);
            let share = before.map_or_else(letter::new_id, |before| before.share);
            let rev = letter::next_rev(before.map(|before| before.rev), now);
            let sealed = letter::seal(&self.ring, share, rev, KeepList::parts(&list), reader).unwrap();
            let address = sealed.address;
            self.blocks.extend(sealed.blocks);
            let says = Says::Keep { share, rev, header: address.header };
            self.news.push((*id, Note { time: rev, says }));
            self.dirty = true;
            *letter = Some(Letter { address, list: list.clone() });
        }
        self.name_keepers(now);
    }

    /// Tells friends who keeps for me, where that changed, and friends who are new.
    fn name_keepers(&mut self, now: u64) {
        let keepers: Vec<_> = self.keeping.keepers.keys().copied().collect();
        let device = |id: &Id| KeeperDevice { device: id.verifying_key(), relays: vec![address(0)] };
        let says = Says::Keepers { devices: keepers.iter().map(device).collect() };
        let friends = self.introduced();
        let (named, told) = std::mem::replace(&mut self.keeping.named, (keepers, friends.clone()));
        let is_changed = named != self.keeping.named.0;
        self.tell(friends.into_iter().filter(|id| is_changed || !told.contains(id)), &says, now);
    }

    /// Takes in what a contact says of keeping.
    pub(super) async fn take_in_keeping(
        &mut self,
        author: Id,
        relays: &Relays,
        note: &Note,
        pair: &[u8; 32],
        now: u64,
    ) {
        match note.says {
            Says::KeepOffer { .. } => {
                self.keeping.keepers.entry(author).or_default();
            }
            Says::Keep { share, rev, header } => {
                if self.keeping.lists.get(&author).is_some_and(|known| *known >= rev) {
                    return;
                }
                // Of a list that changed since, the header is gone.
                let Some(block) = relays.get(&header).await else { return };
                let address = Address { share, rev, header };
                let mut reading = letter::open::<KeepList>(&author, pair, &address, &block).unwrap().unwrap();
                while let Some(cid) = reading.wanted().copied() {
                    reading.add(&relays.get(&cid).await.expect("it hangs from the header")).unwrap();
                }
                let wanted = reading.finish().into_iter().flat_map(|part| part.list);
                let bytes = wanted.map(|wanted| wanted.size).sum();
                self.keeping.lists.insert(author, rev);
                self.tell(iter::once(author), &Says::KeepState { rev, bytes, missing: 0, full: false }, now);
            }
            _ => {}
        }
    }
}
