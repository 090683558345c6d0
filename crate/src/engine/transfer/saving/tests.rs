use std::cell::RefCell;
use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;

use super::*;
use crate::engine::api::{NewFile, Transfer, TransferState};
use crate::engine::mocked::{Given, InMemory, file, until, with_seeds};

/// A disk that folds case and Unicode form, as that of Windows or macOS, by path; a folder has no bytes.
#[derive(Clone, Default)]
struct Disk {
    entries: Rc<RefCell<BTreeMap<String, Entry>>>,
    /// Names that the system does not allow.
    refused: Rc<Vec<&'static str>>,
    path: String,
}

struct Entry {
    path: String,
    bytes: Option<Vec<u8>>,
}

struct Written {
    disk: Disk,
    key: String,
    bytes: Vec<u8>,
    complete: bool,
}

impl Disk {
    fn with(files: &[(&str, &str)], refused: &[&'static str]) -> Self {
        let disk = Self { refused: Rc::new(refused.to_vec()), ..Self::default() };
        for (path, text) in files {
            let entry = Entry { path: (*path).into(), bytes: Some(text.as_bytes().into()) };
            disk.entries.borrow_mut().insert(path.to_lowercase(), entry);
        }
        disk
    }

    fn make(&self, name: &str, bytes: Option<Vec<u8>>) -> Result<String, Refusal> {
        assert_eq!(portable::name(name), name, "only portable names get here");
        if self.refused.contains(&name) {
            return Err(Refusal::Name);
        }
        let path = below(&self.path, name);
        let key = path.to_lowercase();
        let mut entries = self.entries.borrow_mut();
        if entries.contains_key(&key) {
            return Err(Refusal::Taken);
        }
        entries.insert(key, Entry { path: path.clone(), bytes });
        Ok(path)
    }

    /// What is there of this name, as a path.
    fn find(&self, name: &str) -> Option<(String, Option<Vec<u8>>)> {
        let key = below(&self.path, name).to_lowercase();
        self.entries.borrow().get(&key).map(|entry| (entry.path.clone(), entry.bytes.clone()))
    }

    /// Gives a file other bytes, as its person does.
    fn change(&self, path: &str, text: &str) {
        self.entries.borrow_mut().get_mut(&path.to_lowercase()).expect("it is there").bytes =
            Some(text.into());
    }

    fn remove(&self, path: &str) {
        self.entries.borrow_mut().remove(&path.to_lowercase()).expect("it is there");
    }

    /// Every file by its path.
    fn files(&self) -> Vec<(String, String)> {
        let entries = self.entries.borrow();
        let files = entries.values().filter_map(|Entry { path, bytes }| Some((path, bytes.as_ref()?)));
        let mut files: Vec<_> =
            files.map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect();
        files.sort();
        files
    }
}

#[async_trait(?Send)]
impl Folder for Disk {
    async fn is_empty(&self) -> Result<bool, Error> {
        let within = format!("{}/", self.path.to_lowercase());
        Ok(!self.entries.borrow().keys().any(|key| key.starts_with(&within)))
    }

    async fn folder(&self, name: &str) -> Result<Option<Rc<dyn Folder>>, Error> {
        Ok(match self.find(name) {
            Some((path, None)) => Some(Rc::new(Self { path, ..self.clone() })),
            _ => None,
        })
    }

    async fn file(&self, name: &str) -> Result<Option<Box<dyn Source>>, Error> {
        Ok(match self.find(name) {
            Some((_, Some(bytes))) => Some(Box::new(InMemory(bytes.into()))),
            _ => None,
        })
    }

    async fn make_folder(&self, name: &str) -> Result<Rc<dyn Folder>, Refusal> {
        let path = self.make(name, None)?;
        Ok(Rc::new(Self { path, ..self.clone() }))
    }

    async fn make_file(&self, name: &str) -> Result<Box<dyn FileWriter>, Refusal> {
        let path = self.make(name, Some(Vec::new()))?;
        let (disk, key) = (self.clone(), path.to_lowercase());
        Ok(Box::new(Written { disk, key, bytes: Vec::new(), complete: false }))
    }
}

#[async_trait(?Send)]
impl FileWriter for Written {
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn close(mut self: Box<Self>) -> Result<(), Refusal> {
        self.complete = true;
        let bytes = std::mem::take(&mut self.bytes);
        self.disk.entries.borrow_mut().get_mut(&self.key).expect("it was made").bytes = Some(bytes);
        Ok(())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.complete {
            self.disk.entries.borrow_mut().remove(&self.key);
        }
    }
}

/// Saves a share of these files, titled "Walk"; gives how the transfer ended.
async fn save(seed: u64, files: Vec<NewFile>, disk: &Disk) -> Transfer {
    let given = Given::new(seed, files).await;
    given.ingest().await;
    save_given(&given, disk).await
}

async fn save_given(given: &Given, disk: &Disk) -> Transfer {
    let id =
        given.me.downloads.save(&given.id(), Rc::new(disk.clone()), None).await.expect("a folder is made");
    let now = || given.me.transfers.get(&id).expect("it is listed");
    until("it has ended", || matches!(now().state, TransferState::Done | TransferState::Failed)).await;
    now()
}

/// The chunks of all files of the share.
async fn chunks(given: &Given) -> Vec<cid::Cid> {
    let opened = given.author.fetchers.open_contents(&given.share).await.expect("it opens");
    let files: Vec<_> = opened.files().try_collect().await.expect("they are listed");
    let mut cids = Vec::new();
    for file in files {
        cids.extend(file.chunks().await.expect("they are listed").into_iter().map(|chunk| chunk.cid));
    }
    cids
}

fn text(path: &str, byte: u8) -> NewFile {
    file(path, byte, 2)
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn what_is_in_the_folder_is_neither_opened_nor_replaced() {
    with_seeds(async |seed| {
        let mine = [("a.txt", "mine"), ("Walk", "a file"), ("walk (2)/a.txt", "mine too")];
        let disk = Disk::with(&mine, &[]);
        disk.entries.borrow_mut().insert("walk (2)".into(), Entry { path: "walk (2)".into(), bytes: None });
        let files = vec![text("a.txt", b'a'), text("dir/b.txt", b'b')];
        let given = Given::new(seed, files).await;
        given.ingest().await;
        let first = save_given(&given, &disk).await;
        let saved = first.saved.expect("it says where");
        assert_eq!(
            (first.state, &*saved.folder, saved.renamed, saved.left_out),
            (TransferState::Done, "Walk (3)", 0, 0)
        );
        let expected = owned(&[
            ("Walk", "a file"),
            ("Walk (3)/a.txt", "aa"),
            ("Walk (3)/dir/b.txt", "bb"),
            ("a.txt", "mine"),
            ("walk (2)/a.txt", "mine too"),
        ]);
        assert_eq!(disk.files(), expected);
    })
    .await;
}

#[tokio::test]
async fn saving_again_fetches_and_writes_only_what_is_new() {
    with_seeds(async |seed| {
        let disk = Disk::default();
        let large = 2 * crate::dag::CHUNK as usize + 3;
        let files = vec![
            text("a.txt", b'a'),
            text("b.txt", b'b'),
            file("dir/c.bin", b'c', large),
            text("z.txt", b'z'),
        ];
        let given = Given::new(seed, files).await;
        given.ingest().await;
        let first = save_given(&given, &disk).await.saved.expect("it says where");
        assert_eq!((first.written, first.already), (4, 0));

        // Nothing of it is in this browser any more.
        let before = disk.files();
        let blocks = given.me.storage.blocks();
        blocks.discard(chunks(&given).await).await.expect("memory is written");
        let asked = given.network.asked.get();
        let second = save_given(&given, &disk).await;
        let saved = second.saved.expect("it says where");
        assert_eq!((second.state, second.bytes), (TransferState::Done, second.total));
        assert_eq!((&*saved.folder, saved.written, saved.already), ("Walk", 0, 4));
        assert_eq!((disk.files(), given.network.asked.get()), (before, asked));

        // One is gone, one is changed, and one is cut: no byte of the last two is touched.
        disk.remove("Walk/z.txt");
        disk.change("Walk/a.txt", "AA");
        disk.change("Walk/b.txt", "b");
        for _ in 0..2 {
            let saved = save_given(&given, &disk).await.saved.expect("it says where");
            assert_eq!((&*saved.folder, saved.renamed, saved.written + saved.already), ("Walk", 2, 4));
            let files = disk.files();
            let texts: Vec<_> = files
                .iter()
                .filter(|(path, _)| path.ends_with(".txt"))
                .map(|(path, text)| (&**path, &**text))
                .collect();
            assert_eq!(
                texts,
                [
                    ("Walk/a (2).txt", "aa"),
                    ("Walk/a.txt", "AA"),
                    ("Walk/b (2).txt", "bb"),
                    ("Walk/b.txt", "b"),
                    ("Walk/z.txt", "zz"),
                ]
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_a_broken_saving_left_empty_is_used() {
    with_seeds(async |seed| {
        let disk = Disk::default();
        disk.make("Walk", None).expect("it is free");
        let saved = save(seed, vec![text("a.txt", b'a')], &disk).await.saved.expect("it says where");
        assert_eq!((&*saved.folder, disk.files()), ("Walk", owned(&[("Walk/a.txt", "aa")])));
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_the_same_title_with_other_files_is_not_used() {
    with_seeds(async |seed| {
        let disk = Disk::with(&[("Walk/a.txt", "my"), ("Walk/empty", "")], &[]);
        disk.entries.borrow_mut().insert("walk".into(), Entry { path: "Walk".into(), bytes: None });
        let saved = save(seed, vec![text("a.txt", b'a'), file("empty", 0, 0)], &disk).await;
        assert_eq!(saved.saved.expect("it says where").folder, "Walk (2)");
    })
    .await;
}

#[tokio::test]
async fn names_that_are_not_possible_everywhere_are_changed_and_told() {
    with_seeds(async |seed| {
        let disk = Disk::default();
        let files = vec![
            text(".git/config", b'a'),
            text("10:45.txt", b'b'),
            text("A.txt", b'c'),
            text("a.txt", b'd'),
        ];
        let transfer = save(seed, files, &disk).await;
        let saved = transfer.saved.expect("it says where");
        assert_eq!((transfer.state, saved.renamed, saved.left_out), (TransferState::Done, 3, 0));
        let told: Vec<_> = saved.names.iter().map(|name| (&*name.path, name.saved_as.as_deref())).collect();
        assert_eq!(
            told,
            [
                (".git/config", Some("_git/config")),
                ("10:45.txt", Some("10_45.txt")),
                ("a.txt", Some("a (2).txt")),
            ]
        );
        let expected = owned(&[
            ("Walk/10_45.txt", "bb"),
            ("Walk/A.txt", "cc"),
            ("Walk/_git/config", "aa"),
            ("Walk/a (2).txt", "dd"),
        ]);
        assert_eq!(disk.files(), expected);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_the_system_refuses_is_left_out_and_the_others_are_saved() {
    with_seeds(async |seed| {
        let disk = Disk::with(&[], &["x.dll", "sub"]);
        let files =
            vec![text("a.txt", b'a'), text("sub/b.txt", b'b'), text("x.dll", b'x'), text("z.txt", b'z')];
        let transfer = save(seed, files, &disk).await;
        let saved = transfer.saved.expect("it says where");
        assert_eq!(
            (transfer.state, transfer.bytes, saved.renamed, saved.left_out),
            (TransferState::Done, 8, 0, 2)
        );
        let told: Vec<_> = saved.names.iter().map(|name| (&*name.path, name.saved_as.as_deref())).collect();
        assert_eq!(told, [("sub/b.txt", None), ("x.dll", None)]);
        assert_eq!(disk.files(), owned(&[("Walk/a.txt", "aa"), ("Walk/z.txt", "zz")]));
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_allows_no_folder_is_an_error_at_once() {
    with_seeds(async |seed| {
        let disk = Disk::with(&[], &["Walk"]);
        let given = Given::new(seed, vec![text("a.txt", b'a')]).await;
        given.ingest().await;
        let refused = given.me.downloads.save(&given.id(), Rc::new(disk.clone()), None).await;
        assert!(matches!(refused, Err(Error::InvalidName(_))), "{refused:?}");
        assert_eq!(disk.files(), []);
    })
    .await;
}
