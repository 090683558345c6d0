//! Somebody who has a link, and needs no profile to open it.

use std::collections::BTreeSet;

use cid::Cid;
use spinney::dag;
use spinney::format::map::Map;
use spinney::social::link::{LinkTarget, OpenedLink};
use spinney::social::{root, share};
use spinney_relay::store::Records;

use crate::line::Line;
use crate::relays::{Relays, files};

/// Somebody with a link and its password.
pub(crate) struct Guest {
    pub(crate) link: OpenedLink,
    /// To what it led when it was last opened.
    pub(crate) found: Option<LinkTarget>,
    /// The blocks that were read then, from the page in the letterbox on.
    pub(crate) had: BTreeSet<Cid>,
}

impl Guest {
    pub(crate) fn new(link: OpenedLink) -> Self {
        Self { link, found: None, had: BTreeSet::new() }
    }

    /// Opens the link and reads all that it leads to; `None` where the relays do not give that.
    pub(crate) async fn open(&mut self, line: &Line) -> Option<Vec<Vec<u8>>> {
        let (author, link) = (self.link.author(), &self.link.link);
        let relays = Relays::of(&link.relays, line);
        let mut newest = None;
        for store in &relays.stores {
            let Some(record) = store.record(&author).await.unwrap() else { continue };
            let record = root::verify_record(&author, &record, u64::MAX).unwrap();
            if record.sequence >= link.seq && newest.as_ref().is_none_or(|known| record.supersedes(known)) {
                newest = Some(record);
            }
        }
        let record = newest?;
        let root = root::open(&author, &record, &relays.get(&record.root).await?).unwrap();
        let map = Map::decode(&relays.get(&root.letterboxes).await?).unwrap();
        let page = self.link.find(&map)?;
        relays.had.take();
        let found = self.link.open(&relays.get(&page).await?).unwrap();
        let header = relays.get(&found.header).await?;
        let opened =
            share::open(&author, &found.pair, &header).unwrap().expect("it is for those who have the link");
        assert_eq!(opened.id, found.share);
        let maker = author.verifying_key();
        let reader = dag::Reader::open(relays.clone(), &opened.header.manifest, Some(&maker)).await.ok()?;
        share::check_manifest(&opened, &author, reader.manifest(), &author).unwrap();
        let files = files(reader).await?;
        (self.found, self.had) = (Some(found), relays.had.take());
        Some(files)
    }
}
