//! Letters: what is too long for a note, left for one contact and replaced as a whole.

use std::rc::Rc;

use crate::engine::Error;
use crate::engine::presence::ServedBlocks;
use crate::engine::state::{State, Transaction};
use crate::engine::storage::Storage;
use crate::engine::transfer::BlockFetcher;
use crate::format::letter::Part;
use crate::format::note::{Note, Says};
use crate::keys::{Id, Ring};
use crate::platform;
use crate::social::letter::{self, Address, Name, OwnLetter};

/// What letters may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    pub(in crate::engine) state: State,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) served: ServedBlocks,
}

/// Handle to the letters of the unlocked profile.
#[derive(Clone)]
pub(in crate::engine) struct Letters(Rc<Args>);

/// A letter that a note of `author` names, and what is needed to open it.
pub(in crate::engine) struct Announcement<'a> {
    pub(in crate::engine) author: &'a Id,
    pub(in crate::engine) fetcher: &'a BlockFetcher,
    pub(in crate::engine) pair: &'a [u8; 32],
    pub(in crate::engine) address: Address,
}

impl Letters {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(args))
    }

    /// Leaves a letter of these parts, in the place of the one before, with a note that `says` which it is. Returns false
    /// if that says the same already, or if nothing can be sealed for its reader yet.
    ///
    /// Keepers have it before its reader is told.
    pub(in crate::engine) async fn publish<P: Part>(
        &self,
        name: Name,
        parts: Vec<P>,
        says: impl Fn(Address) -> Says + 'static,
    ) -> Result<bool, Error> {
        let Args { ring, state, storage, served } = &*self.0;
        let digest = letter::digest(&parts);
        let (reader, before) = state.read(|tables| {
            let contact =
                tables.contacts.get(&name.reader).filter(|contact| tables.is_written_to(&contact.id));
            (contact.and_then(|contact| contact.recipient()), tables.letters.get(&name).cloned())
        });
        let Some(reader) = reader else { return Ok(false) };
        if before.as_ref().is_some_and(|before| before.header.is_some() && before.says == Some(digest)) {
            return Ok(false);
        }
        let share = before.as_ref().map_or_else(letter::new_id, |before| before.share);
        let rev = letter::next_rev(before.as_ref().map(|before| before.rev), platform::now_ms());
        let sealed = letter::seal(ring, share, rev, parts, &reader).map_err(Error::bug)?;
        let address = sealed.address;
        let cids: Vec<_> = sealed.blocks.iter().map(|(cid, _)| *cid).collect();
        // Held until the row names them.
        let _pins = storage.put(None, sealed.blocks).await?;
        let is_left = state.update(move |tx| {
            // Another one may have been written meanwhile, or its reader is no contact any more.
            if tx.letters.get(&name) != before.as_ref() || !tx.is_written_to(&name.reader) {
                return Ok(false);
            }
            let letter = OwnLetter { share, rev, header: Some(address.header), says: Some(digest) };
            tx.letters.insert(name, letter);
            tx.letters_here.insert(name, rev);
            tx.leave_again(vec![(name.reader, Note { time: rev, says: says(address) })]);
            Ok(true)
        });
        let is_left = is_left.await?;
        if is_left {
            served.learn(&cids);
        }
        Ok(is_left)
    }

    /// Reads a letter. Returns `None` if it is for somebody else, or nobody keeps it any more: a newer one follows.
    pub(in crate::engine) async fn read<P: Part>(
        announcement: &Announcement<'_>,
    ) -> Result<Option<Vec<P>>, Error> {
        let Announcement { author, fetcher, pair, address } = announcement;
        let Some(block) = fetcher.find(&address.header).await? else { return Ok(None) };
        let Some(mut reading) = letter::open::<P>(author, pair, address, &block)? else { return Ok(None) };
        while let Some(cid) = reading.wanted().copied() {
            let Some(block) = fetcher.find(&cid).await? else { return Ok(None) };
            reading.add(&block)?;
        }
        Ok(Some(reading.finish()))
    }
}

/// Takes a letter back: keepers let go of it, and its reader is told that nothing is said any more. Idempotent.
pub(in crate::engine) fn withdraw(tx: &mut Transaction, name: &Name) {
    let Some(letter) = tx.letters.get(name).filter(|letter| letter.header.is_some()).cloned() else { return };
    let rev = letter::next_rev(Some(letter.rev), platform::now_ms());
    if tx.is_written_to(&name.reader) {
        let says = Says::Gone { share: letter.share, rev: Some(rev) };
        tx.leave_again(vec![(name.reader, Note { time: rev, says })]);
    }
    tx.letters.insert(*name, OwnLetter { rev, header: None, says: None, ..letter });
    tx.letters_here.remove(name);
}
