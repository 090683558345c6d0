//! A shared album: which of the shares that its readers gave to its author hang from it as parts.

use std::collections::BTreeMap;

use crate::format::{
    DecodeError, Fault, digest_of, limits,
    manifest::{Manifest, Part},
    node::Pointer,
    share_id::{InnerId, ShareId},
};
use crate::keys::Id;

/// A share that somebody gave to me, and that names an album of mine.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// Who gave it, and made it.
    pub maker: Id,
    /// Its id inside of objects.
    pub share: InnerId,
    /// Its list of files.
    pub manifest: Pointer,
    /// The relays of its maker, of which the first are named.
    pub keepers: Vec<String>,
}

/// What counts for the parts of an album.
pub struct Rules<'a> {
    /// Whether somebody may add to it: a reader of it now.
    pub may_add: &'a dyn Fn(&Id) -> bool,
    /// Whether a share is taken back by its maker, or hidden by me.
    pub is_gone: &'a dyn Fn(&Id, InnerId) -> bool,
    /// Milliseconds since 1970.
    pub now: u64,
}

/// The parts that an album is to have, from those that it has and the shares that are here. Idempotent, and the same for
/// additions in any order.
///
/// A part of which nothing is here stays: another device of mine took it in. So does the part of a person who may add no
/// more, as it is. What is more than [`limits::PARTS`] waits until there is room.
pub fn parts(present: &[Part], additions: &[Addition], rules: &Rules<'_>) -> Vec<Part> {
    let mut parts: BTreeMap<_, _> = BTreeMap::new();
    for part in present {
        let maker = Id::from(part.maker);
        if !(rules.is_gone)(&maker, part.share) {
            parts.insert((*maker.as_bytes(), part.share), part.clone());
        }
    }
    let mut additions: Vec<_> = additions.iter().collect();
    additions.sort_unstable_by_key(|added| (*added.maker.as_bytes(), added.share));
    for added in additions {
        let is_out = !(rules.may_add)(&added.maker) || (rules.is_gone)(&added.maker, added.share);
        let Some(block) = digest_of(&added.manifest.cid).filter(|_| !is_out) else { continue };
        let place = (*added.maker.as_bytes(), added.share);
        let is_full = parts.len() >= limits::PARTS;
        let before = parts.get(&place);
        if before.is_some_and(|part| part.block == block) || (before.is_none() && is_full) {
            continue;
        }
        let part = Part {
            maker: added.maker.verifying_key(),
            share: added.share,
            block,
            key: added.manifest.key.clone(),
            keepers: keepers(&added.keepers),
            added: before.map_or(rules.now, |part| part.added),
        };
        parts.insert(place, part);
    }
    parts.into_values().collect()
}

/// The parts of two revisions that two devices made at the same time: of each share that of `one`, which is the later one.
pub fn joined(one: &[Part], other: &[Part]) -> Vec<Part> {
    let all = other.iter().chain(one).map(|part| ((*part.maker.as_bytes(), part.share), part.clone()));
    let all: BTreeMap<_, _> = all.collect();
    all.into_values().take(limits::PARTS).collect()
}

fn keepers(relays: &[String]) -> Vec<String> {
    let fit = relays.iter().filter(|relay| relay.len() <= limits::RELAY_BYTES);
    fit.take(limits::PART_KEEPERS).cloned().collect()
}

/// Checks that a manifest is that of a part with this share of an album. Who signed it was checked before.
///
/// # Errors
///
/// With the field of the manifest that says something else.
pub fn check_part(share: InnerId, album: &ShareId, manifest: &Manifest) -> Result<(), DecodeError> {
    let field = match () {
        () if manifest.share != share => "share",
        () if manifest.album != Some(*album) => "album",
        () => return Ok(()),
    };
    Err(DecodeError::at(field, Fault::Contradiction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crypto::block::Key,
        social::fixture::{NOW, cid, permutations, ring},
    };

    fn addition(person: u8, share: u8, content: u8) -> Addition {
        let manifest = Pointer { cid: cid(content), key: Key::from_bytes([content; 32]) };
        Addition { maker: ring(person).id(), share: InnerId([share; 16]), manifest, keepers: Vec::new() }
    }

    fn gathered(present: &[Part], additions: &[Addition]) -> Vec<Part> {
        let rules = Rules { may_add: &|_| true, is_gone: &|_, _| false, now: NOW };
        parts(present, additions, &rules)
    }

    #[test]
    fn additions_in_any_order_and_twice_make_one_album() {
        let all = [addition(2, 1, 1), addition(3, 1, 2), addition(2, 2, 3)];
        let wanted = gathered(&[], &all);
        assert_eq!(wanted.len(), 3);
        assert!(wanted.is_sorted_by(|a, b| a.place() < b.place()));
        for order in permutations(&all) {
            assert_eq!(gathered(&[], &order), wanted);
            assert_eq!(gathered(&wanted, &order), wanted, "nothing is news");
            let one_by_one =
                order.iter().fold(Vec::new(), |parts, added| gathered(&parts, std::slice::from_ref(added)));
            assert_eq!(one_by_one, wanted);
        }
    }

    #[test]
    fn a_later_revision_takes_the_place_of_a_part_and_keeps_its_time() {
        let before = gathered(&[], &[addition(2, 1, 1)]);
        let rules = Rules { may_add: &|_| true, is_gone: &|_, _| false, now: NOW + 9 };
        let after = parts(&before, &[addition(2, 1, 4)], &rules);
        assert_eq!((after.len(), after[0].manifest().cid, after[0].added), (1, cid(4), NOW));
    }

    #[test]
    fn somebody_who_is_no_reader_adds_nothing_and_keeps_what_they_added() {
        let (ben, eve) = (ring(2).id(), ring(3).id());
        let may_add = |id: &Id| *id == ben;
        let rules = Rules { may_add: &may_add, is_gone: &|_, _| false, now: NOW };
        assert_eq!(parts(&[], &[addition(3, 1, 1)], &rules), []);
        let while_reader = gathered(&[], &[addition(3, 1, 1), addition(2, 1, 2)]);
        let later = parts(&while_reader, &[addition(3, 1, 5), addition(3, 2, 6)], &rules);
        assert_eq!(later, while_reader, "a part of Eve's stays as it was, and no other comes");
        assert!(later.iter().any(|part| Id::from(part.maker) == eve));
    }

    #[test]
    fn what_is_taken_back_or_hidden_goes_and_what_is_not_here_stays() {
        let present = gathered(&[], &[addition(2, 1, 1), addition(3, 1, 2)]);
        assert_eq!(gathered(&present, &[]), present, "another device took these in");
        let ben = ring(2).id();
        let is_gone = |id: &Id, _| *id == ben;
        let rules = Rules { may_add: &|_| true, is_gone: &is_gone, now: NOW };
        let left = parts(&present, &[addition(2, 1, 1)], &rules);
        assert_eq!(left.iter().map(|part| Id::from(part.maker)).collect::<Vec<_>>(), [ring(3).id()]);
    }

    #[test]
    fn an_album_holds_64_parts_and_those_that_are_there_first_stay() {
        let many: Vec<_> =
            (0..=limits::PARTS).map(|share| addition(2, u8::try_from(share).unwrap(), 1)).collect();
        let full = gathered(&[], &many[1..]);
        assert_eq!(full.len(), limits::PARTS);
        assert_eq!(gathered(&full, &many), full);
        assert_eq!(joined(&full, &gathered(&[], &many)).len(), limits::PARTS);
    }

    #[test]
    fn two_revisions_are_joined_to_the_parts_of_both() {
        let one = gathered(&[], &[addition(2, 1, 1), addition(3, 1, 2)]);
        let other = gathered(&[], &[addition(2, 1, 9), addition(4, 1, 3)]);
        let both = joined(&one, &other);
        assert_eq!(both.len(), 3);
        let bens = both.iter().find(|part| Id::from(part.maker) == ring(2).id()).unwrap();
        assert_eq!(bens.manifest().cid, cid(1));
    }
}
