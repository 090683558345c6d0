//! The blocks below a root.

use std::collections::BTreeSet;

use futures::StreamExt;

use super::*;
use crate::format::DAG_CBOR;

#[tokio::test]
async fn a_walk_names_every_block_once_and_none_before_those_below_it() {
    let store = store().await;
    let sources = [Pattern::new(80 * CHUNK), Pattern::new(7)];
    let mut chunks = write_all(&store, &sources.each_ref()).await;
    let mut writer = writer();
    writer.push(new_file("film.mp4", sources[0].size, chunks.remove(0))).unwrap();
    for number in 0..2_000 {
        writer.push(new_file(&format!("note {number:04}"), 7, chunks[0].clone())).unwrap();
    }
    let (fetch, _, root) = opened(&store, writer).await;
    let found: Vec<Cid> = walk(fetch.clone(), vec![root.cid, root.cid]).try_collect().await.unwrap();
    let all: BTreeSet<_> = store.blocks(None).await.unwrap().into_iter().map(|(cid, _)| cid).collect();
    assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), all);
    assert_eq!((found.len(), found.last()), (all.len(), Some(&root.cid)));
    for (place, cid) in found.iter().enumerate() {
        let block = store.block(cid).await.unwrap().unwrap();
        for link in walk::links(cid, &block).unwrap() {
            assert!(found[..place].contains(&link));
        }
    }
    // Without one of the nodes, all but what hangs from it alone is still named.
    let gone = *found.iter().rev().find(|cid| cid.codec() == DAG_CBOR && **cid != root.cid).unwrap();
    store.commit(Write::relaxed().drop_block(gone)).await.unwrap();
    let partly: Vec<_> = walk(fetch, vec![root.cid]).collect().await;
    let errors: Vec<_> = partly.iter().filter_map(|found| found.as_ref().err()).collect();
    assert!(matches!(errors[..], [walk::WalkError { cid, .. }] if *cid == gone));
    assert!(partly.contains(&Ok(root.cid)));
}
