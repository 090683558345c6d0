//! Letterboxes of links. They are among those of contacts and look like them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cid::Cid;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    crypto::sign::VerifyingKey,
    format::{
        DecodeError,
        map::Map,
        note::Note,
        page::{Between, Content, Page},
        share_id::ShareId,
    },
    social::{
        link::{Links, OwnLink},
        stored,
    },
};

use super::write::{Blocks, fill};

/// A valid link, and what its letterbox says.
#[derive(Clone, Copy, Debug)]
pub struct LinkNote<'a> {
    /// The share that it leads to.
    pub share: ShareId,
    /// The link.
    pub link: &'a OwnLink,
    /// The note in its letterbox. Without one, an existing letterbox stays as it is, and none is started.
    pub note: Option<&'a Note>,
}

/// The letterboxes of all links that have one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Letterboxes(Vec<Letterbox>);

/// The letterbox of a link: one page with one note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Letterbox {
    #[serde(with = "stored::share_id")]
    share: ShareId,
    page: Cid,
    #[serde(with = "stored::object")]
    note: Note,
}

impl Letterboxes {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn pages(&self) -> impl Iterator<Item = Cid> {
        self.0.iter().map(|letterbox| letterbox.page)
    }

    /// Adds the letterboxes of valid links that only another device has. Returns whether there were any.
    pub(super) fn add_missing(&mut self, other: &Self, good: &Links) -> bool {
        let before = self.len();
        for letterbox in other.0.iter().filter(|letterbox| good.get(&letterbox.share).is_some()) {
            if self.0.iter().all(|known| known.share != letterbox.share) {
                self.0.push(letterbox.clone());
            }
        }
        self.len() > before
    }

    /// Drops the letterboxes of links that are not valid any more. Returns how many.
    pub(super) fn keep_only(&mut self, good: &[LinkNote<'_>]) -> usize {
        let before = self.0.len();
        self.0.retain(|letterbox| good.iter().any(|posted| posted.share == letterbox.share));
        before - self.0.len()
    }

    /// Writes the pages whose note changed. Returns how many.
    pub(super) fn write(
        &mut self,
        links: &[LinkNote<'_>],
        blocks: &mut Blocks,
    ) -> Result<usize, DecodeError> {
        let mut count = 0;
        for posted in links {
            let Some(note) = posted.note else { continue };
            match self.0.iter_mut().find(|letterbox| letterbox.share == posted.share) {
                Some(letterbox) if letterbox.note == *note => continue,
                Some(letterbox) => *letterbox = Letterbox::new(posted, note, blocks)?,
                None => self.0.push(Letterbox::new(posted, note, blocks)?),
            }
            count += 1;
        }
        Ok(count)
    }

    /// Returns the page of each of these links that has a letterbox, with the secret by which it is found.
    pub(super) fn newest(&self, links: &[LinkNote<'_>]) -> Vec<(Zeroizing<[u8; 32]>, Cid)> {
        let find = |posted: &LinkNote<'_>| {
            let letterbox = self.0.iter().find(|letterbox| letterbox.share == posted.share)?;
            Some((posted.link.label(), letterbox.page))
        };
        links.iter().filter_map(find).collect()
    }

    /// Restores letterboxes from a published map. One that cannot be read is written again when it is due.
    pub(super) fn restore(
        author: &VerifyingKey,
        links: &Links,
        map: &Map,
        blocks: &BTreeMap<Cid, Bytes>,
    ) -> Self {
        let links = links.iter().filter_map(|(share, link)| {
            let page = map.find(&link.label(), Between::link(author))?;
            let content = Page::decode(blocks.get(&page)?).ok()?.open(&link.pair()).ok()?;
            Some(Letterbox { share: *share, page, note: content.notes.into_iter().next()? })
        });
        Self(links.collect())
    }
}

impl Letterbox {
    fn new(posted: &LinkNote<'_>, note: &Note, blocks: &mut Blocks) -> Result<Self, DecodeError> {
        let content = Content { no: 1, notes: vec![note.clone()], older: Vec::new() };
        let page = blocks.add(Page::seal_for_link(&content, &posted.link.pair(), &mut fill)?);
        Ok(Self { share: posted.share, page, note: note.clone() })
    }
}

#[cfg(test)]
mod tests {
    use ipld_core::ipld::Ipld;

    use super::*;
    use crate::{
        format::secret::CodeSecret,
        keys::{Id, link::PasswordKey},
        platform,
        social::{
            fixture::{NOW, note, permutations, recipient, ring},
            letterbox::{LetterboxUpdate, Letterboxes},
            link::{OpenError, OpenedLink},
            share::Recipient,
        },
    };

    /// An author, with every block that was ever published.
    #[derive(Clone)]
    struct Author {
        state: Letterboxes,
        blocks: BTreeMap<Cid, Bytes>,
        map: Option<Cid>,
    }

    impl Author {
        fn new() -> Self {
            Self { state: Letterboxes::default(), blocks: BTreeMap::new(), map: None }
        }

        fn write(
            &mut self,
            readers: &[Recipient],
            links: &[LinkNote<'_>],
            news: &[(Id, Note)],
        ) -> LetterboxUpdate {
            let written = self.state.write(&ring(1), readers, links, news).unwrap();
            self.blocks.extend(written.blocks.clone());
            self.map = Some(written.map);
            written
        }

        fn map(&self) -> Map {
            let mut map = Map::decode(&self.blocks[&self.map.unwrap()]).unwrap();
            for node in map.nodes.clone() {
                map.take(&node.cid, &self.blocks[&node.cid]).unwrap();
            }
            map
        }

        /// The header to which a link leads.
        fn opens(&self, own: &OwnLink, password: &str) -> Option<Result<Cid, OpenError>> {
            let opened = opened(own, password);
            let page = opened.find(&self.map())?;
            Some(opened.open(&self.blocks[&page]).map(|found| found.header))
        }

        /// What everybody sees: the entries, the sizes of all pages, and how many pages changed.
        fn seen(&self, before: &Map) -> (usize, Vec<usize>, usize) {
            let map = self.map();
            let sizes = map.pages.iter().map(|page| self.blocks[page].len()).collect();
            let changed = map.pages.iter().filter(|page| !before.pages.contains(page)).count();
            (map.entries.len(), sizes, changed)
        }
    }

    /// A link as its holder has it.
    fn opened(own: &OwnLink, password: &str) -> OpenedLink {
        let given = own.given(&ring(1).id(), Vec::new());
        let password = PasswordKey::derive(&given.secret, password).unwrap();
        OpenedLink::new(given, password)
    }

    fn own(password: &str) -> OwnLink {
        let secret = CodeSecret::from_bytes(platform::random());
        let password = PasswordKey::derive(&secret, password).unwrap();
        OwnLink::new(secret, password, None, 0, NOW)
    }

    /// Returns the link of share `number`, with the fixture's note about it.
    fn posted<'a>(number: u8, link: &'a OwnLink, note: Option<&'a Note>) -> LinkNote<'a> {
        LinkNote { share: ShareId::from([number; 20]), link, note }
    }

    fn header(note: &Note) -> Cid {
        let crate::format::note::Says::Share { header, .. } = note.says else {
            panic!("the fixture tells of a share")
        };
        header
    }

    fn friends(count: u8) -> Vec<Recipient> {
        (2..2 + count).map(|seed| recipient(&ring(seed))).collect()
    }

    #[test]
    fn a_link_leads_to_its_share_with_the_password_and_without_it_nowhere() {
        let [open, locked, off] = [own(""), own("Amélie"), own("")];
        let notes = [note(1), note(2)];
        let mut author = Author::new();
        let links = [posted(1, &open, Some(&notes[0])), posted(2, &locked, Some(&notes[1]))];
        author.write(&friends(2), &links, &[]);
        assert_eq!(author.opens(&open, ""), Some(Ok(header(&notes[0]))));
        assert_eq!(author.opens(&open, "a password"), Some(Err(OpenError::WrongPassword)));
        assert_eq!(author.opens(&locked, "Amélie"), Some(Ok(header(&notes[1]))));
        for wrong in ["", "amélie"] {
            assert_eq!(author.opens(&locked, wrong), Some(Err(OpenError::WrongPassword)));
        }
        assert_eq!(author.opens(&off, ""), None);
        author.write(&friends(2), &links[1..], &[]);
        assert_eq!(author.opens(&open, ""), None, "switched off");
    }

    #[test]
    fn a_link_hides_among_friends_when_it_comes_and_when_it_goes() {
        // With three friends the map has room, with sixteen it doubles, in both cases as for one more friend.
        for count in [3, 16] {
            let (first, link) = (note(1), own("a password"));
            let mut author = Author::new();
            author.write(&friends(count), &[], &[]);
            let before = author.map();
            let mut with_a_friend = author.clone();
            let newest = friends(count + 1).pop().unwrap();
            with_a_friend.write(&friends(count + 1), &[], &[(newest.id, first.clone())]);
            author.write(&friends(count), &[posted(1, &link, Some(&first))], &[]);
            assert_eq!(author.seen(&before), with_a_friend.seen(&before));

            let before = author.map();
            let mut with_news = author.clone();
            let news = [(newest_friend(count), note(2))];
            with_news.write(&friends(count), &[posted(1, &link, None)], &news);
            let mut changed = author.clone();
            changed.write(&friends(count), &[posted(1, &link, Some(&note(3)))], &[]);
            author.write(&friends(count), &[], &[]);
            assert_eq!(author.opens(&link, "a password"), None);
            assert_eq!(author.seen(&before), with_news.seen(&before), "a dropped one");
            assert_eq!(changed.seen(&before), with_news.seen(&before), "one that says something else");
        }
    }

    fn newest_friend(count: u8) -> Id {
        ring(1 + count).id()
    }

    #[test]
    fn links_in_any_order_and_twice_end_alike() {
        let [a, b, c] = [own(""), own(""), own("")];
        let notes = [note(1), note(2), note(3)];
        let links =
            [posted(1, &a, Some(&notes[0])), posted(2, &b, Some(&notes[1])), posted(3, &c, Some(&notes[2]))];
        for order in permutations(&links) {
            let mut author = Author::new();
            for count in 1..=3 {
                author.write(&friends(1), &order[..count], &[]);
            }
            let again = author.write(&friends(1), &links, &[]);
            assert_eq!(again.blocks.len(), 0, "nothing is written twice");
            let unsaid = links.map(|posted| LinkNote { note: None, ..posted });
            assert_eq!(author.write(&friends(1), &unsaid, &[]).blocks.len(), 0, "and what is there stays");
            for (link, note) in [&a, &b, &c].into_iter().zip(&notes) {
                assert_eq!(author.opens(link, ""), Some(Ok(header(note))));
            }
        }
        let mut author = Author::new();
        author.write(&friends(1), &[posted(1, &a, None)], &[]);
        assert_eq!(author.opens(&a, ""), None, "nothing was left yet");
    }

    #[test]
    fn letterboxes_of_links_come_back_with_the_words() {
        let [kept, lost] = [own("a password"), own("")];
        let notes = [note(1), note(2)];
        let links = [posted(1, &kept, Some(&notes[0])), posted(2, &lost, Some(&notes[1]))];
        let mut author = Author::new();
        author.write(&friends(16), &links, &[]);
        let page = opened(&lost, "").find(&author.map()).unwrap();
        author.blocks.remove(&page);
        let own = [(links[0].share, kept.clone()), (links[1].share, lost.clone())].into_iter().collect();
        let (map, readers) = (author.map(), friends(16));
        author.state =
            Letterboxes::restore(&ring(1), &readers, &own, author.map.unwrap(), &map, &author.blocks)
                .unwrap();
        let written = author.write(&readers, &links, &[]);
        assert!(!written.blocks.is_empty(), "the page that was lost is written anew");
        assert_eq!(author.opens(&kept, "a password"), Some(Ok(header(&notes[0]))));
        assert_eq!(author.opens(&lost, ""), Some(Ok(header(&notes[1]))));
        author.write(&readers, &[], &[]);
        assert_eq!(author.map().entries.len(), 32, "the map keeps its size");
    }

    #[test]
    fn a_row_from_before_there_were_links_opens() {
        let mut author = Author::new();
        author.write(&friends(1), &[], &[]);
        let Ipld::Map(mut row) = ipld_core::serde::to_ipld(&author.state).unwrap() else {
            panic!("a struct is a map")
        };
        assert!(row.remove("links").is_some() && row.remove("room").is_some());
        author.state = ipld_core::serde::from_ipld(Ipld::Map(row)).unwrap();
        let (link, note) = (own(""), note(1));
        author.write(&friends(1), &[posted(1, &link, Some(&note))], &[]);
        assert_eq!(author.opens(&link, ""), Some(Ok(header(&note))));
    }

    #[test]
    fn where_there_is_no_room_letterboxes_of_former_contacts_go_and_no_others() {
        let (mut author, link, note) = (Author::new(), own(""), note(1));
        author.write(&friends(3), &[posted(1, &link, Some(&note))], &[]);
        let left =
            |state: &Letterboxes| friends(3).iter().filter(|friend| state.get(&friend.id).is_some()).count();
        for (room, expected) in [(4, 3), (3, 2), (2, 1), (1, 1)] {
            author.state.forget_former(&friends(1), room);
            assert_eq!(left(&author.state), expected);
        }
        assert!(author.state.get(&friends(1)[0].id).is_some());
        author.write(&friends(1), &[posted(1, &link, None)], &[(friends(1)[0].id, note.clone())]);
        assert_eq!(author.opens(&link, ""), Some(Ok(header(&note))));
    }
}
