//! Folders as lists of files by their paths.

use super::*;

fn folder(store: &Rc<dyn Store>, root: Link) -> Folder {
    Folder::new(Rc::new(StoreFetch(crate::store::blocks_of(Rc::clone(store)))), root.cid)
}

async fn listed(folder: &Folder, after: Option<&str>) -> Vec<String> {
    folder.files(after).map_ok(|file| file.path).try_collect().await.unwrap()
}

async fn fault(folder: &Folder) -> Fault {
    match folder.files(None).try_collect::<Vec<_>>().await {
        Err(ReadError::Refused { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_are_sorted_by_the_names_on_their_paths_and_a_list_goes_on_from_any() {
    let store = store().await;
    let mut sorted = vec!["a/b/c", "a/b.txt", "a/c", "a-b", "a.txt", "b/a", "c"];
    sorted.sort_by(|a, b| a.split('/').cmp(b.split('/')));
    let root = write_folder(&store, sorted.iter().map(|path| (*path, leaf(path.as_bytes())))).await.unwrap();
    let folder = folder(&store, root);
    assert_eq!(listed(&folder, None).await, sorted);
    for (at, after) in sorted.iter().enumerate() {
        assert_eq!(listed(&folder, Some(after)).await, sorted[at + 1..], "{after}");
    }
    // This works from a path that does not exist, too.
    assert_eq!(listed(&folder, Some("a")).await, sorted);
    assert_eq!(listed(&folder, Some("a/b/d")).await, sorted[1..]);
    assert_eq!(listed(&folder, Some("a/c/d")).await, sorted[3..]);
    assert_eq!(listed(&folder, Some("d")).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_list_of_small_files_fetches_folders_only_and_no_more_of_them_than_are_taken() {
    let store = store().await;
    let paths: Vec<_> = (0..300).map(|n| format!("{n:03}/x")).collect();
    let root = write_folder(&store, paths.iter().map(|path| (&**path, leaf(b"x")))).await.unwrap();
    let fetch = Counted::new(&store);
    let folder = Folder::new(fetch.clone(), root.cid);
    let first: Vec<_> = folder.files(None).take(3).try_collect().await.unwrap();
    assert_eq!(first.iter().map(|file| &*file.path).collect::<Vec<_>>(), &paths[..3]);
    assert!(fetch.take().len() <= 24);
    assert_eq!(folder.files(None).count().await, 300);
    assert_eq!(fetch.take().len(), 301);
}

#[tokio::test]
async fn a_file_is_found_and_read_and_its_leaves_are_what_is_fetched_of_it() {
    let store = store().await;
    let sizes = [0, 7, CHUNK, 3 * CHUNK + 1];
    let sources = sizes.map(Pattern::new);
    let links = write_all(&store, &sources.each_ref().map(|source| source as &dyn Source)).await;
    let paths = ["a/0", "a/1", "b", "c"];
    let root = write_folder(&store, paths.into_iter().zip(links)).await.unwrap();
    let folder = folder(&store, root);
    for (path, size) in paths.into_iter().zip(sizes) {
        let file = folder.find(path).await.unwrap().unwrap();
        assert_eq!((&*file.path, file.size), (path, size));
        let bytes: Vec<Bytes> = folder.read(&file, 0, u64::MAX).try_collect().await.unwrap();
        assert!(bytes.concat() == Pattern::bytes(0..size));
        let leaves: Vec<_> = folder.leaves(&file).try_collect().await.unwrap();
        assert_eq!(leaves.len() as u64, size.div_ceil(CHUNK));
        assert_eq!(leaves.iter().map(|leaf| leaf.len).sum::<u64>(), size);
    }
    for path in ["a", "", "../a/1", "a/1/x", "d"] {
        assert_eq!(folder.find(path).await.unwrap(), None, "{path}");
    }
}

#[tokio::test]
async fn a_length_that_was_left_out_is_looked_up_and_one_that_is_not_true_is_refused() {
    let store = store().await;
    let honest = write_all(&store, &[&Pattern::new(9)]).await[0];
    let files = [("left-out", Link { total: 0, ..honest }), ("wrong", Link { total: 8, ..honest })];
    let folder = folder(&store, write_folder(&store, files).await.unwrap());
    let listed: Vec<_> = folder.files(None).try_collect().await.unwrap();
    assert_eq!(listed.iter().map(|file| file.size).collect::<Vec<_>>(), [9, 8]);
    let read: Vec<Bytes> = folder.read(&listed[0], 0, 9).try_collect().await.unwrap();
    assert_eq!(read.concat(), Pattern::bytes(0..9));
    let refused = folder.read(&listed[1], 0, 8).try_collect::<Vec<_>>().await;
    assert_eq!(refused, Err(ReadError::refused(&honest.cid, Fault::Size)));
}

#[tokio::test]
async fn a_block_that_hangs_in_many_places_makes_no_endless_list() {
    let store = store().await;
    let many = |link: Link| (0..1000).map(move |n| (format!("{n}"), link)).collect::<Vec<_>>();
    let mut link = leaf(b"x");
    for _ in 0..4 {
        let names = many(link);
        let files = names.iter().map(|(name, link)| (&**name, *link));
        link = write_folder(&store, files).await.unwrap();
    }
    assert_eq!(fault(&folder(&store, link)).await, Fault::Many);
}

#[tokio::test]
async fn folders_too_deep_and_paths_that_no_share_may_have_are_refused() {
    let store = store().await;
    let inside = async |name: &str, link| write_folder(&store, [(name, link)]).await.unwrap();
    let mut deep = leaf(b"x");
    for _ in 0..=FOLDERS {
        deep = inside("d", deep).await;
    }
    assert_eq!(folder(&store, deep).files(None).count().await, 1);
    assert_eq!(fault(&folder(&store, inside("d", deep).await)).await, Fault::Depth);
    let mut long = leaf(b"x");
    for _ in 0..5 {
        long = inside(&"n".repeat(250), long).await;
    }
    assert_eq!(fault(&folder(&store, long)).await, Fault::Name);
}
