//! Rows as earlier builds wrote them, brought to what this build reads.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cid::Cid;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::engine::Error;
use crate::keys::Id;
use crate::social::feed::Feed;
use crate::social::letterbox::Letterboxes;
use crate::social::vault::Vault;
use crate::store::{RowStore, Table, Write};

use super::rows::{NoteKey, Replica};
use super::sealed::{RowWriter, SealedRows};

/// The one row of which an earlier build kept everything that was published.
const PUBLISHED: &str = "published";

/// The row in which that build counted the changes that a root had to take in.
const CHANGES: &str = "changes";

#[derive(Serialize, Deserialize)]
struct Published {
    newest: Option<Newest>,
    letterboxes: Letterboxes,
    vault: Vault,
    #[serde(default)]
    feed: Feed,
    news: Vec<(Id, ByteBuf)>,
    #[serde(default)]
    posts: Vec<ByteBuf>,
    dirty: bool,
    #[serde(default)]
    changes: u64,
    at: BTreeMap<String, u64>,
    #[serde(default)]
    stale: BTreeSet<String>,
    certificate: Option<ByteBuf>,
    introduced: BTreeSet<Id>,
}

#[derive(Serialize, Deserialize)]
struct Newest {
    seq: u64,
    root: Cid,
    record: ByteBuf,
    parts: [Cid; 3],
    #[serde(default)]
    feed: Option<Cid>,
}

/// What of it is one row now; the rest has rows of its own.
#[derive(Serialize)]
struct Root<'a> {
    newest: &'a Option<Newest>,
    letterboxes: &'a Letterboxes,
    vault: &'a Vault,
    feed: &'a Feed,
    certificate: &'a Option<ByteBuf>,
    introduced: &'a BTreeSet<Id>,
}

/// Splits the row of all that was published. Happens wholly or not at all; does nothing the next time.
pub(super) async fn rows(store: &Rc<dyn RowStore>, sealed: &SealedRows) -> Result<(), Error> {
    let opened = sealed.open(store, &[Table::State]).await?;
    let Some(published) = opened.one::<Published>(Table::State, PUBLISHED)? else { return Ok(()) };
    let mut write = Write::strict();
    let mut to = RowWriter::new(sealed, &mut write);
    to.remove(Table::State, PUBLISHED);
    to.remove(Table::State, CHANGES);
    let Published { newest, letterboxes, vault, feed, certificate, introduced, .. } = &published;
    to.put(Table::State, "root", &Root { newest, letterboxes, vault, feed, certificate, introduced });
    let changes: u64 = opened.one(Table::State, CHANGES)?.unwrap_or_default();
    if !published.dirty && published.changes >= changes {
        to.put(Table::State, "current/root", &true);
    }
    for (no, (contact, note)) in (0..).zip(&published.news) {
        to.put(Table::State, &format!("outbox/{}", NoteKey { contact: *contact, no }), note);
    }
    for (no, post) in published.posts.iter().enumerate() {
        to.put(Table::State, &format!("post/{no}"), post);
    }
    for (relay, seq) in &published.at {
        let replica = Replica { seq: *seq, is_stale: published.stale.contains(relay) };
        to.put(Table::State, &format!("replica/{relay}"), &replica);
    }
    Ok(store.commit(write).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Phrase, Ring};
    use crate::store::Databases as _;
    use crate::store::memory::Disk;

    #[tokio::test]
    async fn what_an_earlier_build_had_published_is_read_as_rows_of_its_own() {
        let ring = Ring::from_phrase(&Phrase::from_bytes([7; 32]));
        let sealed = SealedRows::new(&ring);
        let store = crate::store::rows_of(Disk::new().lead().open("one").await.unwrap());
        let published = Published {
            newest: None,
            letterboxes: Letterboxes::default(),
            vault: Vault::default(),
            feed: Feed::default(),
            news: vec![(ring.id(), ByteBuf::from([1])), (ring.id(), ByteBuf::from([2]))],
            posts: vec![ByteBuf::from([3])],
            dirty: true,
            changes: 4,
            at: BTreeMap::from([("relay".to_owned(), 9)]),
            stale: BTreeSet::from(["relay".to_owned()]),
            certificate: None,
            introduced: BTreeSet::new(),
        };
        let mut write = Write::strict();
        RowWriter::new(&sealed, &mut write).put(Table::State, PUBLISHED, &published);
        store.commit(write).await.unwrap();
        for _ in 0..2 {
            rows(&store, &sealed).await.unwrap();
            let opened = sealed.open(&store, &[Table::State]).await.unwrap();
            assert!(opened.one::<Published>(Table::State, PUBLISHED).unwrap().is_none());
            let root: crate::social::publication::Publication =
                opened.one(Table::State, "root").unwrap().unwrap();
            assert_eq!(root.seq(), 0);
            assert_eq!(opened.one::<bool>(Table::State, "current/root").unwrap(), None, "a root is due");
            let notes = opened.with_prefix::<ByteBuf>(Table::State, "outbox/").unwrap();
            assert_eq!(notes.iter().map(|(_, note)| note[0]).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(opened.one::<ByteBuf>(Table::State, "post/0").unwrap(), Some(ByteBuf::from([3])));
            let replica = opened.one::<Replica>(Table::State, "replica/relay").unwrap();
            assert_eq!(replica, Some(Replica { seq: 9, is_stale: true }));
        }
    }
}
