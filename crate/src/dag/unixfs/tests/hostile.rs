//! DAGs that no honest tool makes. Each is refused with the name of one block, after bounded work.

use std::collections::BTreeMap;

use cid::multihash::Multihash;
use prost::encoding::{WireType, encode_key, encode_varint};

use super::*;
use crate::dag::{
    FetchError,
    car::{Car, Scope},
    walk::{WalkError, WalkFault},
};

/// Blocks under arbitrary names. Counts what is fetched.
#[derive(Default)]
struct Lies {
    blocks: BTreeMap<Cid, Bytes>,
    fetched: RefCell<usize>,
}

#[async_trait(?Send)]
impl Fetch for Lies {
    async fn block(&self, cid: &Cid) -> Result<Bytes, FetchError> {
        *self.fetched.borrow_mut() += 1;
        assert!(*self.fetched.borrow() < 10_000, "this never ends");
        self.blocks.get(cid).cloned().ok_or_else(|| FetchError::Unreachable("nobody has it".into()))
    }
}

impl Lies {
    fn of<const N: usize>(blocks: [(Cid, Bytes); N]) -> Rc<Self> {
        Rc::new(Self { blocks: blocks.into(), ..Self::default() })
    }
}

/// A name for a node whose bytes do not matter.
fn named(n: u8) -> Cid {
    cid_of(DAG_PB, &[n])
}

const FILE: u64 = 2;
const DIRECTORY: u64 = 1;
const SHARD: u64 = 5;

/// The contents of a block, valid or not.
#[derive(Clone, Default)]
struct Made {
    links: Vec<(&'static str, Cid)>,
    kind: u64,
    data: Option<Vec<u8>>,
    size: Option<u64>,
    sizes: Vec<u64>,
    hash: Option<u64>,
    fanout: Option<u64>,
}

fn put(to: &mut Vec<u8>, tag: u32, bytes: &[u8]) {
    encode_key(tag, WireType::LengthDelimited, to);
    encode_varint(bytes.len() as u64, to);
    to.extend_from_slice(bytes);
}

fn put_number(to: &mut Vec<u8>, tag: u32, number: impl std::convert::Into<Option<u64>>) {
    if let Some(number) = number.into() {
        encode_key(tag, WireType::Varint, to);
        encode_varint(number, to);
    }
}

fn link(name: &str, cid: &Cid) -> Vec<u8> {
    let mut link = Vec::new();
    put(&mut link, 1, &cid.to_bytes());
    put(&mut link, 2, name.as_bytes());
    put_number(&mut link, 3, 1);
    link
}

impl Made {
    fn message(&self) -> Vec<u8> {
        let mut message = Vec::new();
        put_number(&mut message, 1, self.kind);
        if let Some(data) = &self.data {
            put(&mut message, 2, data);
        }
        put_number(&mut message, 3, self.size);
        self.sizes.iter().for_each(|size| put_number(&mut message, 4, *size));
        put_number(&mut message, 5, self.hash);
        put_number(&mut message, 6, self.fanout);
        message
    }

    fn bytes(&self) -> Bytes {
        let mut block = Vec::new();
        self.links.iter().for_each(|(name, cid)| put(&mut block, 2, &link(name, cid)));
        put(&mut block, 1, &self.message());
        block.into()
    }
}

/// A file of these parts. Each part claims its length.
fn parts(parts: &[(Cid, u64)]) -> Made {
    let links = parts.iter().map(|(cid, _)| ("", *cid)).collect();
    let sizes: Vec<_> = parts.iter().map(|(_, size)| *size).collect();
    Made {
        links,
        kind: FILE,
        size: Some(sizes.iter().fold(0, |a, b| a.wrapping_add(*b))),
        sizes,
        ..Made::default()
    }
}

fn folder(links: &[(&'static str, Cid)]) -> Made {
    Made { links: links.to_vec(), kind: DIRECTORY, ..Made::default() }
}

/// A shard of 256 places with a correct bit field.
fn shard(links: &[(&'static str, Cid)]) -> Made {
    let mut field = vec![0; 32];
    for (name, _) in links {
        let place = u8::from_str_radix(&name[..2], 16).unwrap();
        field[31 - usize::from(place / 8)] |= 1 << (place % 8);
    }
    let (hash, fanout) = (Some(0x22), Some(256));
    Made { links: links.to_vec(), kind: SHARD, data: Some(field), hash, fanout, ..Made::default() }
}

fn fault<T: std::fmt::Debug>(result: Result<T, ReadError>) -> Fault {
    match result.expect_err("must be refused") {
        ReadError::Refused { fault, .. } => fault,
        ReadError::Fetch(error) => panic!("{error}"),
    }
}

/// Returns why a block cannot be opened.
async fn refused(block: impl std::convert::Into<Bytes>) -> Fault {
    fault(open(&*Lies::of([(named(0), block.into())]), &named(0)).await)
}

/// Returns why the bytes of a file cannot be read.
async fn unreadable(fetch: Rc<Lies>) -> Fault {
    fault(contents(fetch, &named(0), 0..u64::MAX).await)
}

#[tokio::test]
async fn a_cycle_is_followed_a_few_times_only() {
    let (it, other) = (named(0), named(1));
    let file = Lies::of([(it, parts(&[(other, 5)]).bytes()), (other, parts(&[(it, 5)]).bytes())]);
    assert_eq!(unreadable(file.clone()).await, Fault::Depth);
    assert!(*file.fetched.borrow() <= 20);

    let folder = Lies::of([(it, folder(&[("a", it)]).bytes())]);
    assert_eq!(find(&*folder, &it, "a/a/a/a").await.unwrap(), Some(it));
    assert_eq!(*folder.fetched.borrow(), 4);

    let shards = Lies::of([(it, shard(&[("00", it), ("01", it)]).bytes())]);
    assert_eq!(fault(names(shards.clone(), &it).await), Fault::Depth);
    assert!(*shards.fetched.borrow() <= 30);

    let (mut car, _) = Car::new(&[it], Scope::All);
    car.block(&parts(&[(it, 5)]).bytes()).unwrap();
    assert_eq!(car.wanted(), None);
}

#[tokio::test]
async fn a_few_blocks_that_say_to_be_an_exabyte_cost_what_is_taken() {
    let (leaf, mut lies) = (cid_of(RAW, b"x"), Lies::default());
    lies.blocks.insert(leaf, Bytes::from_static(b"x"));
    let (mut below, mut size) = (leaf, 1);
    for level in (0..6).rev() {
        lies.blocks.insert(named(level), parts(&[(below, size); 1024]).bytes());
        (below, size) = (named(level), size * 1024);
    }
    let lies = Rc::new(lies);
    let file = file(&*lies, &named(0)).await;
    assert_eq!(file.size(), 1 << 60);
    for start in [0, 12_345_678_901, (1 << 60) - 10] {
        *lies.fetched.borrow_mut() = 0;
        let pieces: Vec<_> = read(lies.clone(), &file, start..start + 10).try_collect().await.unwrap();
        assert_eq!(pieces.concat(), b"xxxxxxxxxx");
        assert!(*lies.fetched.borrow() <= 20, "{}", lies.fetched.borrow());
    }
    // The archive has each block once.
    let (mut car, _) = Car::new(&[named(0)], Scope::All);
    let mut blocks = 0;
    while let Some(cid) = car.wanted() {
        car.block(&lies.blocks[&cid]).unwrap();
        blocks += 1;
    }
    assert_eq!(blocks, 7);
    assert_eq!(refused(parts(&[(leaf, u64::MAX), (leaf, 2)]).bytes()).await, Fault::Size);
}

#[tokio::test]
async fn sizes_that_are_not_true_are_refused() {
    let chunk = cid_of(RAW, b"12345");
    let held =
        |size| Lies::of([(named(0), parts(&[(chunk, size)]).bytes()), (chunk, Bytes::from_static(b"12345"))]);
    assert_eq!(contents(held(5), &named(0), 0..9).await.unwrap(), b"12345");
    for wrong in [4, 6, 1 << 40] {
        assert_eq!(unreadable(held(wrong)).await, Fault::Size, "{wrong}");
    }
    let good = parts(&[(chunk, 5)]);
    for (what, block) in [
        ("another sum", Made { size: Some(6), ..good.clone() }),
        ("no sum", Made { size: None, ..good.clone() }),
        ("data that is not counted", Made { data: Some(b"x".to_vec()), ..good.clone() }),
        ("a size too many", Made { sizes: vec![5, 0], ..good.clone() }),
        ("a size too few", Made { sizes: vec![], size: Some(0), ..good.clone() }),
    ] {
        assert_eq!(refused(block.bytes()).await, Fault::Size, "{what}");
    }
    // Two levels claim different sizes, and a directory is a part of a file.
    let (node, chunk) = (named(1), (chunk, Bytes::from_static(b"12345")));
    let above = |size| (named(0), parts(&[(node, size)]).bytes());
    assert_eq!(unreadable(Lies::of([above(6), (node, good.bytes()), chunk.clone()])).await, Fault::Size);
    let directory = Lies::of([above(5), (node, folder(&[]).bytes())]);
    assert_eq!(unreadable(directory).await, Fault::Kind("a file"));
}

#[tokio::test]
async fn a_missing_block_is_said_and_the_others_are_read() {
    let (a, b) = (cid_of(RAW, b"aaa"), cid_of(RAW, b"bbb"));
    let lies = Lies::of([(named(0), parts(&[(a, 3), (b, 3)]).bytes()), (a, Bytes::from_static(b"aaa"))]);
    assert_eq!(contents(lies.clone(), &named(0), 0..3).await.unwrap(), b"aaa");
    let missing = contents(lies.clone(), &named(0), 0..4).await;
    assert_eq!(missing, Err(ReadError::Fetch(FetchError::Unreachable("nobody has it".into()))));
    assert!(matches!(open(&*lies, &b).await, Err(ReadError::Fetch(_))));
}

#[tokio::test]
async fn a_block_that_is_too_large_or_too_wide_is_refused() {
    let raw = cid_of(RAW, b"");
    let large = Lies::of([(raw, vec![0; BLOCK + 1].into())]);
    assert_eq!(fault(open(&*large, &raw).await), Fault::TooLarge);
    assert_eq!(refused(vec![0; BLOCK + 1]).await, Fault::TooLarge);
    assert_eq!(refused(parts(&vec![(raw, 1); 8193]).bytes()).await, Fault::Wide);
    assert!(open(&*Lies::of([(named(0), parts(&vec![(raw, 1); 8192]).bytes())]), &named(0)).await.is_ok());
}

#[tokio::test]
async fn a_walk_ends_where_blocks_are_full_of_links_or_hang_too_deep() {
    let walked = |lies: Lies| walk(Rc::new(lies), vec![named(0)]).try_collect::<Vec<_>>();
    let mut wide = Lies::default();
    for level in 0..7u8 {
        let links = (0..45_000u32).map(|i| ("", cid_of(RAW, &[&[level][..], &i.to_be_bytes()].concat())));
        // The next level comes first, so that all others wait.
        let links = [("", named(level + 1))].into_iter().chain(links).collect();
        wide.blocks.insert(named(level), Made { links, kind: DIRECTORY, ..Made::default() }.bytes());
    }
    assert_eq!(walked(wide).await, Err(WalkError { cid: named(5), fault: WalkFault::Wide }));
    let mut deep = Lies::default();
    for level in 0..200 {
        deep.blocks.insert(named(level), folder(&[("a", named(level + 1))]).bytes());
    }
    let ended = walked(deep).await.unwrap_err();
    assert_eq!(ended.fault, WalkFault::Depth);
}

#[tokio::test]
async fn what_is_no_strict_unixfs_is_refused() {
    let good = parts(&[(cid_of(RAW, b"x"), 1)]);
    let (message, link) = (good.message(), link("", &good.links[0].1));
    let fields = |fields: &[(u32, &[u8])]| {
        let mut block = Vec::new();
        fields.iter().for_each(|(tag, bytes)| put(&mut block, *tag, bytes));
        block
    };
    assert!(node::parse(&fields(&[(2, &link), (1, &message)]).into()).is_ok());
    assert!(node::parse(&fields(&[(1, &message), (2, &link)]).into()).is_ok());
    let mut longer = vec![0x0a, 0x80 | u8::try_from(message.len()).unwrap(), 0];
    longer.extend_from_slice(&message);
    let mut more = link.clone();
    put_number(&mut more, 9, 1);
    for (what, block) in [
        ("nothing", vec![]),
        ("links alone", fields(&[(2, &link)])),
        ("data that is empty", fields(&[(1, &[])])),
        ("data twice", fields(&[(1, &message), (2, &link), (1, &message)])),
        ("data between links", fields(&[(2, &link), (1, &message), (2, &link)])),
        ("a field that is not known", fields(&[(2, &link), (1, &message), (3, &link)])),
        ("a number where bytes belong", [&fields(&[(1, &message)])[..], &[0x10, 1]].concat()),
        ("a length that is too long", longer),
        ("less than it says", fields(&[(1, &message)])[..5].to_vec()),
        ("a link without a hash", fields(&[(2, &[0x18, 1]), (1, &message)])),
        ("a link with an empty hash", fields(&[(2, &[0x0a, 0]), (1, &message)])),
        ("a link with more", fields(&[(2, &more), (1, &message)])),
        ("a kind that is not known", Made { kind: 9, ..good.clone() }.bytes().to_vec()),
    ] {
        assert_eq!(refused(block).await, Fault::Malformed, "{what}");
    }
    for kind in [3, 4] {
        assert_eq!(refused(Made { kind, ..good.clone() }.bytes()).await, Fault::Kind("a file or directory"));
    }
}

#[tokio::test]
async fn only_blocks_by_cidv1_and_sha_256_are_followed() {
    let sha = *cid_of(RAW, b"x").hash();
    let foreign = [
        Cid::new_v0(sha).unwrap(),
        Cid::new_v1(0x71, sha),
        Cid::new_v1(RAW, Multihash::wrap(0, b"identity").unwrap()),
        Cid::new_v1(RAW, Multihash::wrap(0x1e, &[1; 32]).unwrap()),
        Cid::new_v1(RAW, Multihash::wrap(SHA2_256, &[1; 20]).unwrap()),
    ];
    for cid in foreign {
        assert_eq!(refused(folder(&[("a", cid)]).bytes()).await, Fault::Foreign, "{cid}");
        assert_eq!(fault(open(&Lies::default(), &cid).await), Fault::Foreign, "{cid}");
    }
}

#[tokio::test]
async fn a_name_that_could_leave_its_folder_or_is_there_twice_is_refused() {
    let x = cid_of(RAW, b"x");
    for name in ["", ".", "..", "a/b", "/", "a\\b", "a\0", "a\nb"] {
        assert_eq!(refused(folder(&[(name, x)]).bytes()).await, Fault::Name, "{name:?}");
    }
    assert_eq!(refused(folder(&[("a", x), ("b", x), ("a", x)]).bytes()).await, Fault::Name);
    assert_eq!(refused(shard(&[("00..", x)]).bytes()).await, Fault::Name);
    assert_eq!(refused(Made { links: vec![("a", x)], ..parts(&[(x, 1)]) }.bytes()).await, Fault::Name);
    // Other tools neither sort nor normalise. This is harmless.
    let folder = folder(&[("b", x), ("e\u{301}", x), ("a", x)]);
    let listed = names(Lies::of([(named(0), folder.bytes())]), &named(0)).await.unwrap();
    assert_eq!(listed, ["b", "e\u{301}", "a"]);
}

#[tokio::test]
async fn a_shard_whose_entries_are_not_where_they_belong_is_refused() {
    // Their hashes start with 2A C9 and 2A 7C.
    let (x, below) =
        (cid_of(RAW, b"x"), shard(&[("7Cdir", cid_of(RAW, b"x")), ("C90", cid_of(RAW, b"x"))]).bytes());
    let listed = |links: &[(&'static str, Cid)], below: Bytes| {
        let lies = Lies::of([(named(0), shard(links).bytes()), (named(1), below)]);
        async move { names(lies, &named(0)).await }
    };
    assert_eq!(listed(&[("2A", named(1))], below.clone()).await.unwrap(), ["dir", "0"]);
    assert_eq!(fault(listed(&[("2B", named(1))], below.clone()).await), Fault::Shard);
    // One shard at two places would list every name twice.
    assert_eq!(fault(listed(&[("2A", named(1)), ("2B", named(1))], below).await), Fault::Shard);
    assert_eq!(fault(listed(&[("2Bdir", x)], Bytes::new()).await), Fault::Shard);
    for below in [shard(&[]), folder(&[]), parts(&[]), Made { fanout: Some(16), data: None, ..shard(&[]) }] {
        assert_eq!(fault(listed(&[("2A", named(1))], below.bytes()).await), Fault::Shard);
    }
    let good = shard(&[("2A0", x)]);
    for (what, block) in [
        ("another bit field", Made { data: Some(vec![1]), ..good.clone() }),
        ("no bit field", Made { data: None, ..good.clone() }),
        ("another hash", Made { hash: Some(0x12), ..good.clone() }),
        ("no hash", Made { hash: None, ..good.clone() }),
        ("no fanout", Made { fanout: None, ..good.clone() }),
        ("no power of two", Made { fanout: Some(255), ..good.clone() }),
        ("too many places", Made { fanout: Some(2048), ..good.clone() }),
        ("a number of places without bytes", Made { fanout: Some(4), ..good.clone() }),
        ("small letters", Made { links: vec![("2a0", x)], ..good.clone() }),
        ("no place", Made { links: vec![("2", x)], ..good.clone() }),
        ("half a letter", Made { links: vec![("2é", x)], ..good.clone() }),
        ("a place twice", Made { links: vec![("2A0", x), ("2Adir", x)], ..good }),
    ] {
        assert_eq!(refused(block.bytes()).await, Fault::Shard, "{what}");
    }
}

#[tokio::test]
async fn shards_below_the_last_bit_of_a_hash_are_refused() {
    let it = named(0);
    // The hash of this name is 0123456789ABCDEF.
    let name = "92EJtj_UVJ8ynzGQ";
    let mut lies = Lies::default();
    for (level, place) in ["01", "23", "45", "67", "89", "AB", "CD", "EF"].into_iter().enumerate() {
        lies.blocks.insert(named(level as u8), shard(&[(place, named(level as u8 + 1))]).bytes());
    }
    let lies = Rc::new(lies);
    assert_eq!(fault(names(lies.clone(), &it).await), Fault::Depth);
    let directory = directory(&*lies, &it).await;
    assert_eq!(fault(directory.find(&*lies, name).await), Fault::Depth);
    assert_eq!(directory.find(&*lies, "another").await.unwrap(), None);
}
