//! Lists of files: written, listed, searched.

use std::collections::BTreeSet;

use super::*;

#[tokio::test]
async fn ten_thousand_files_are_listed_and_found_without_reading_all_nodes() {
    let store = store().await;
    let chunk = write_all(&store, &[&Pattern::new(5)]).await.remove(0);
    let mut writer = writer();
    let paths: Vec<_> = (0..12_000).map(|n| format!("Fotos/{:02}/IMG_{n:05}.jpg", n / 500)).collect();
    for path in &paths {
        writer.push(new_file(path, 5, chunk.clone())).unwrap();
        if writer.waiting() > 3 {
            store.commit(Write { blocks: writer.take_blocks(), ..Write::relaxed() }).await.unwrap();
        }
    }
    let (fetch, reader, _) = opened(&store, writer).await;
    assert_eq!((reader.manifest().files, reader.manifest().size), (12_000, 60_000));
    assert_eq!(fetch.take().len(), 1);
    for path in [&paths[0], &paths[7_777], &paths[11_999]] {
        assert_eq!(reader.find(path).await.unwrap().unwrap().path, *path);
        assert!(fetch.take().len() <= 2);
    }
    assert_eq!(reader.find("Fotos/07/IMG_03500").await.unwrap(), None);
    assert_eq!(reader.find("").await.unwrap(), None);
    fetch.take();
    let page = reader.list(Some(&paths[6_000]), 100).await.unwrap();
    assert!(page.iter().map(|entry| &entry.path).eq(&paths[6_001..6_101]));
    assert!(fetch.take().len() <= 2);
    assert_eq!(reader.list(Some(paths.last().unwrap()), 100).await.unwrap(), []);
    assert_eq!(reader.list(None, 0).await.unwrap(), []);
    fetch.take();
    let all: Vec<_> = reader.entries().map_ok(|entry| entry.path).try_collect().await.unwrap();
    assert_eq!(all, paths);
    let asked = fetch.take();
    assert_eq!(asked.len(), asked.iter().collect::<BTreeSet<_>>().len(), "a node was opened twice");
}

#[tokio::test]
async fn a_manifest_is_deterministic_and_may_be_empty() {
    let store = store().await;
    let (_, reader, one) = opened(&store, writer()).await;
    assert_eq!(reader.list(None, 10).await.unwrap(), []);
    let (_, _, two) = opened(&store, writer()).await;
    assert_eq!(one, two);
    let stranger = SigningKey::from_bytes(&[4; 32]).verifying_key();
    assert!(Reader::open(Rc::new(StoreFetch(store)), &one, Some(&stranger)).await.is_err());
}

#[tokio::test]
async fn files_must_come_in_order_and_not_be_folders_too() {
    let push = |paths: &[&str]| {
        let mut writer = writer();
        paths.iter().try_for_each(|path| writer.push(new_file(path, 0, vec![])))
    };
    assert_eq!(push(&["a", "a-b", "a.jpg", "b", "b c/d"]), Ok(()));
    assert!(matches!(push(&["b", "a"]), Err(manifest::ListError::Order(_))));
    assert!(matches!(push(&["a", "a"]), Err(manifest::ListError::Order(_))));
    assert_eq!(push(&["a", "a-b", "a/b"]), Err(manifest::ListError::FileAndFolder("a".to_owned())));
    assert!(matches!(push(&["../a"]), Err(manifest::ListError::Format(_))));
    let mut writer = writer();
    assert!(matches!(writer.push(new_file("a", 1, vec![])), Err(manifest::ListError::Format(_))));
}
