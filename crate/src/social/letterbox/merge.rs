//! The letterboxes of two devices of one author, which wrote at the same time, as one.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cid::Cid;

use super::write::{Letterbox, Letterboxes};
use crate::{
    format::{
        note::Note,
        page::{Older, Page},
    },
    keys::{Id, Ring},
    social::{link::Links, share::Recipient},
};

/// Pages that may be lost: more than are written before one reaches a relay, and fewer than a reader walks back.
const LOST_PAGES: u64 = 64;

/// The letterboxes of two devices, merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// What the next root continues.
    pub letterboxes: Letterboxes,
    /// Notes of letterboxes that both devices went on with, each in its own way. They go onto a page that is newer than
    /// those of both, so a reader may read some of them twice.
    pub notes: Vec<(Id, Note)>,
    /// Whether the other device lacks anything that is here.
    pub has_more: bool,
}

impl Letterboxes {
    /// The pages of this device that `theirs` does not name: [`merge`](Self::merge) needs those that are still here.
    pub fn missing_in(&self, theirs: &Self) -> Vec<Cid> {
        let theirs: BTreeSet<Cid> = theirs.pages().collect();
        let older = self.boxes.values().flat_map(|letterbox| letterbox.older.iter().map(|older| older.cid));
        older.filter(|page| !theirs.contains(page)).collect()
    }

    /// Has the next note for each reader come onto a page of a higher number, because everything but the words was lost:
    /// readers may have read more than what came back, and skip what they have read of a page.
    #[must_use]
    pub fn after_loss(mut self) -> Self {
        for letterbox in self.boxes.values_mut() {
            letterbox.older.push(Older { no: letterbox.no, cid: letterbox.page });
            letterbox.no += LOST_PAGES;
            letterbox.notes.clear();
        }
        self
    }

    /// Merges what this device wrote into `theirs`, which another device published.
    ///
    /// `readers` and `links` are those of both, `blocks` the pages. Of one letterbox the branch that has everything of the
    /// other stays. Where neither has, the last page that both name stays, and all notes since then come onto the next
    /// page. Letterboxes of nobody become decoys.
    pub fn merge(
        &self,
        ring: &Ring,
        theirs: Self,
        readers: &[Recipient],
        links: &Links,
        blocks: &BTreeMap<Cid, Bytes>,
    ) -> Merged {
        let (mut notes, mut has_more) = (Vec::new(), false);
        let (mut letterboxes, branches) = (theirs, Branches { ring, blocks });
        let readers: BTreeSet<Id> = readers.iter().map(|reader| reader.id).collect();
        for (id, mine) in self.boxes.iter().filter(|(id, _)| readers.contains(id)) {
            match letterboxes.boxes.get_mut(id) {
                Some(their) if branches.has_all(their, mine) => continue,
                Some(their) if branches.has_all(mine, their) => *their = mine.clone(),
                Some(their) => {
                    let both = branches.joined(mine, their);
                    their.fork_joined(mine);
                    notes.extend(both.into_iter().map(|note| (*id, note)));
                }
                None => drop(letterboxes.boxes.insert(*id, mine.clone())),
            }
            has_more = true;
        }
        has_more |= letterboxes.links.add_missing(&self.links, links);
        letterboxes.room = letterboxes.room.max(self.room).max(letterboxes.len());
        if has_more {
            letterboxes.map = None;
        }
        Merged { letterboxes, notes, has_more }
    }
}

/// Two branches of one history.
struct Branches<'a> {
    ring: &'a Ring,
    blocks: &'a BTreeMap<Cid, Bytes>,
}

impl Branches<'_> {
    /// Whether one branch has every note of another, and a reader of the other goes on in it without missing any.
    fn has_all(&self, one: &Letterbox, other: &Letterbox) -> bool {
        if one.page == other.page || one.older.iter().any(|older| older.cid == other.page) {
            return true;
        }
        let (of_one, of_other) = (self.since_fork(one, other), self.since_fork(other, one));
        let notes = |pages: &[(u64, Vec<Note>)]| -> Vec<Note> {
            pages.iter().flat_map(|(_, notes)| notes.iter().cloned()).collect()
        };
        let known = notes(&of_one);
        let has_notes = notes(&of_other).iter().all(|note| known.contains(note));
        let is_later = of_one.iter().all(|(no, _)| *no > other.written_no());
        // The page that was the newest then may have got more notes since.
        let is_longer = |(no, notes): &(u64, Vec<Note>)| match &*of_other {
            [(before, was)] => no == before && notes.starts_with(was),
            _ => false,
        };
        has_notes && (is_later || of_one.iter().any(is_longer))
    }

    /// The pages of a branch since the last one that both name, the oldest first: their numbers and notes.
    fn since_fork(&self, branch: &Letterbox, other: &Letterbox) -> Vec<(u64, Vec<Note>)> {
        let own = branch.older.iter().filter(|older| !other.older.contains(older));
        let mut pages: Vec<_> =
            own.filter_map(|older| Some((older.no, self.notes(branch, older)?))).collect();
        if branch.written_no() == branch.no {
            pages.push((branch.no, branch.notes.clone()));
        }
        pages
    }

    /// The notes of both branches since the last page that both name, each once, the oldest first.
    fn joined(&self, mine: &Letterbox, their: &Letterbox) -> Vec<Note> {
        let mut all: Vec<Note> = Vec::new();
        let pages = [self.since_fork(their, mine), self.since_fork(mine, their)].into_iter().flatten();
        for note in pages.flat_map(|(_, notes)| notes) {
            if !all.contains(&note) {
                all.push(note);
            }
        }
        all.sort_by_key(|note| note.time);
        all
    }

    /// The notes of an earlier page; none where nobody keeps it.
    fn notes(&self, letterbox: &Letterbox, older: &Older) -> Option<Vec<Note>> {
        let page = Page::decode(self.blocks.get(&older.cid)?).ok()?;
        Some(page.open(&letterbox.reader.pair(self.ring)).ok()?.notes)
    }
}

impl Letterbox {
    /// The number of the newest page that is written. The next note may come onto a page that is not.
    fn written_no(&self) -> u64 {
        let last = self.older.last().filter(|last| last.cid == self.page);
        last.map_or(self.no, |last| last.no)
    }

    /// Goes back to the last page that both branches name. The next page has a higher number than any of both, because a
    /// reader refuses a lower one than it has read.
    fn fork_joined(&mut self, other: &Self) {
        self.older.retain(|older| other.older.contains(older));
        self.no = self.no.max(other.no) + 1;
        self.notes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        format::map::Map,
        social::{
            contact::ReadPosition,
            fixture::{note, recipient, ring},
            letterbox::{Pages as _, Walk, find},
        },
    };

    /// One device of an author; every device sees all blocks.
    #[derive(Clone, Default)]
    struct Device {
        state: Letterboxes,
        map: Option<Cid>,
    }

    #[derive(Default)]
    struct World {
        blocks: BTreeMap<Cid, Bytes>,
    }

    impl World {
        fn write(&mut self, device: &mut Device, readers: &[Recipient], news: &[(Id, Note)]) {
            let written = device.state.write(&ring(1), readers, &[], news).unwrap();
            self.blocks.extend(written.blocks);
            device.map = Some(written.map);
        }

        fn map(&self, device: &Device) -> Map {
            let mut map = Map::decode(&self.blocks[&device.map.unwrap()]).unwrap();
            for node in map.nodes.clone() {
                map.take(&node.cid, &self.blocks[&node.cid]).unwrap();
            }
            map
        }

        /// What `device` makes of what `other` published.
        fn merged(&self, device: &Device, other: &Device, readers: &[Recipient]) -> Merged {
            let (map, none) = (self.map(other), Links::default());
            let theirs =
                Letterboxes::restore(&ring(1), readers, &none, other.map.unwrap(), &map, &self.blocks);
            device.state.merge(&ring(1), theirs.unwrap(), readers, &none, &self.blocks)
        }

        /// Has `device` go on from what both wrote.
        fn join(&mut self, device: &mut Device, other: &Device, readers: &[Recipient]) -> bool {
            let merged = self.merged(device, other, readers);
            device.state = merged.letterboxes;
            device.map = other.map;
            if merged.has_more {
                self.write(device, readers, &merged.notes);
            }
            merged.has_more
        }

        /// The notes that `reader` finds new, and how far they have read then.
        fn read(&self, device: &Device, reader: u8, from: Option<ReadPosition>) -> (Vec<Note>, ReadPosition) {
            let (reader, author) = (ring(reader), ring(1));
            let newest = find(&reader, &author.id(), &author.label().public(), &self.map(device)).unwrap();
            let mut walk = Walk::new(&reader, author.id(), from, newest);
            while let Some(cid) = walk.wanted().next() {
                walk.add(cid, &self.blocks[&cid]).unwrap();
            }
            match walk.finish() {
                Some(news) => (news.notes, news.reading),
                None => (Vec::new(), from.unwrap()),
            }
        }
    }

    fn readers() -> [Recipient; 2] {
        [recipient(&ring(2)), recipient(&ring(3))]
    }

    fn to_ben(numbers: impl IntoIterator<Item = u8>) -> Vec<(Id, Note)> {
        numbers.into_iter().map(|number| (ring(2).id(), note(number))).collect()
    }

    #[test]
    fn a_device_that_wrote_nothing_takes_what_the_other_wrote() {
        let (mut world, mut laptop) = (World::default(), Device::default());
        world.write(&mut laptop, &readers(), &to_ben([1]));
        let mut phone = laptop.clone();
        world.write(&mut phone, &readers(), &to_ben([2]));
        assert!(!world.join(&mut laptop, &phone, &readers()));
        assert_eq!(laptop.state.get(&ring(2).id()), phone.state.get(&ring(2).id()));
        // And the device that is ahead has more than the other.
        let merged = world.merged(&phone, &laptop, &readers());
        assert!(!merged.has_more && merged.notes.is_empty());
    }

    #[test]
    fn notes_of_both_devices_reach_a_reader_of_either_branch() {
        let (mut world, mut laptop) = (World::default(), Device::default());
        world.write(&mut laptop, &readers(), &to_ben([1, 2]));
        let (_, before) = world.read(&laptop, 2, None);
        let mut phone = laptop.clone();
        world.write(&mut laptop, &readers(), &to_ben([3, 5]));
        world.write(&mut phone, &readers(), &to_ben([4]));
        let (of_laptop, after_laptop) = world.read(&laptop, 2, Some(before));
        let (of_phone, after_phone) = world.read(&phone, 2, Some(before));
        assert_eq!((of_laptop, of_phone), (vec![note(3), note(5)], vec![note(4)]));
        assert!(world.join(&mut laptop, &phone, &readers()));
        for (from, missing) in [(before, vec![3, 4, 5]), (after_laptop, vec![4]), (after_phone, vec![3, 5])] {
            let (news, reading) = world.read(&laptop, 2, Some(from));
            assert!(missing.iter().all(|number| news.contains(&note(*number))), "{from:?}: {news:?}");
            assert_eq!(world.read(&laptop, 2, Some(reading)).0, [], "nothing is new twice");
        }
        let (all, _) = world.read(&laptop, 2, None);
        assert!((1..=5).all(|number| all.contains(&note(number))), "a new reader finds all: {all:?}");
        // Applied twice is applied once, and the other device has nothing to add.
        assert!(!world.merged(&laptop, &laptop.clone(), &readers()).has_more);
        assert!(!world.join(&mut phone, &laptop, &readers()), "the other device takes it as it is");
    }

    #[test]
    fn a_reader_who_read_more_than_came_back_misses_nothing() {
        let (mut world, mut laptop) = (World::default(), Device::default());
        world.write(&mut laptop, &readers(), &to_ben([1]));
        let kept = laptop.clone();
        // The reader heard of this from the device, and no relay did.
        world.write(&mut laptop, &readers(), &to_ben([2]));
        let (_, read) = world.read(&laptop, 2, None);
        let merged = world.merged(&Device::default(), &kept, &readers());
        let mut back = Device { state: merged.letterboxes.after_loss(), map: kept.map };
        assert!(!world.merged(&back, &laptop, &readers()).has_more, "it has nothing that the first lacks");
        world.write(&mut back, &readers(), &to_ben([3]));
        assert_eq!(world.read(&back, 2, Some(read)).0, [note(3)]);
        let (all, _) = world.read(&back, 2, None);
        assert_eq!(all, [note(1), note(3)], "the history goes on");
        // Both devices are there after all.
        assert!(world.join(&mut laptop, &back, &readers()));
        let (all, _) = world.read(&laptop, 2, Some(read));
        assert!(all.contains(&note(3)));
        assert!(!world.join(&mut back, &laptop, &readers()));
    }

    #[test]
    fn a_letterbox_that_one_device_alone_has_stays() {
        let (mut world, mut laptop) = (World::default(), Device::default());
        world.write(&mut laptop, &readers()[..1], &[]);
        let mut phone = laptop.clone();
        world.write(&mut laptop, &readers(), &[(ring(3).id(), note(7))]);
        world.write(&mut phone, &readers()[..1], &to_ben([1]));
        assert!(world.join(&mut laptop, &phone, &readers()));
        assert_eq!(world.read(&laptop, 2, None).0, [note(1)]);
        assert_eq!(world.read(&laptop, 3, None).0, [note(7)]);
    }

    #[test]
    fn branches_of_many_pages_are_joined_after_the_last_page_of_both() {
        let (mut world, mut laptop) = (World::default(), Device::default());
        let numbered = |number: u64| Note { time: number, ..long() };
        let send = |from: u64, to: u64| (from..to).map(|n| (ring(2).id(), numbered(n))).collect::<Vec<_>>();
        world.write(&mut laptop, &readers(), &send(0, 100));
        let (_, before) = world.read(&laptop, 2, None);
        let mut phone = laptop.clone();
        world.write(&mut laptop, &readers(), &send(100, 200));
        world.write(&mut phone, &readers(), &send(200, 400));
        let (_, after_phone) = world.read(&phone, 2, Some(before));
        assert!(world.join(&mut laptop, &phone, &readers()));
        for from in [None, Some(before), Some(after_phone)] {
            let (news, _) = world.read(&laptop, 2, from);
            let times: BTreeSet<u64> = news.iter().map(|note| note.time).collect();
            let least = if from.is_none() { 0 } else { 100 };
            assert!((least..400).all(|time| times.contains(&time)), "from {from:?}");
        }
    }

    /// A note of about a kilobyte, so that some thirty fill a page.
    fn long() -> Note {
        let mut note = note(0);
        let crate::format::note::Says::Share { keepers, .. } = &mut note.says else {
            panic!("the fixture tells of a share")
        };
        *keepers = vec!["k".repeat(crate::format::limits::RELAY_BYTES); crate::format::limits::RELAYS];
        note
    }
}
