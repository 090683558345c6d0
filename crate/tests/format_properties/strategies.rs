//! Objects of every kind, as far as they may be written.

use bytes::Bytes;
use ipld_core::ipld::Ipld;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use spinney::crypto::hpke;
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::format::device::Certificate;
use spinney::format::drop_box::Files;
use spinney::format::feed;
use spinney::format::header::Header;
use spinney::format::manifest::{Chunks, Entry, Kind, Listing, Manifest, Part};
use spinney::format::node::Pointer;
use spinney::format::note::{KeeperDevice, Note, ReceiptState, Says};
use spinney::format::page::{Content, Older};
use spinney::format::profile::{Kem, Profile};
use spinney::format::public::PublicShare;
use spinney::format::request::Request;
use spinney::format::root::Root;
use spinney::format::secret::Secret;
use spinney::format::share_id::{InnerId, ShareId};
use spinney::format::{Cid, DAG_CBOR, DAG_PB, Extra, RAW, cid_from_digest, limits, text};
pub(crate) fn key() -> impl Strategy<Value = SigningKey> {
    any::<[u8; 32]>().prop_map(|seed| SigningKey::from_bytes(&seed))
}

pub(crate) fn public() -> impl Strategy<Value = VerifyingKey> {
    key().prop_map(|key| key.verifying_key())
}

pub(crate) fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..64u64, 0..=limits::MAX_INTEGER]
}

pub(crate) fn line(limit: usize) -> impl Strategy<Value = String> {
    ".{0,80}"
        .prop_map(move |typed| text::normalize(&typed).chars().take(limit).collect::<String>())
        .prop_filter("cutting can leave text that composes with nothing behind it", |text| {
            *text == text::normalize(text)
        })
}

pub(crate) fn cid(codec: u64) -> impl Strategy<Value = Cid> {
    any::<[u8; 32]>().prop_map(move |digest| cid_from_digest(codec, &digest))
}

pub(crate) fn pointer(codec: u64) -> impl Strategy<Value = Pointer> {
    (cid(codec), any::<[u8; 32]>())
        .prop_map(|(cid, key)| Pointer { cid, key: spinney::crypto::block::Key::from_bytes(key) })
}

/// Keys that no version knows, which must stay where they are.
pub(crate) fn extra() -> impl Strategy<Value = Extra> {
    btree_map("x[a-z]{1,8}", any::<bool>().prop_map(Ipld::Bool), 0..3)
}

pub(crate) fn relays() -> impl Strategy<Value = Vec<String>> {
    vec("/dns4/[a-z]{1,20}/tcp/443/wss", 0..=4)
}

pub(crate) fn profile() -> impl Strategy<Value = Profile> {
    let kem = (any::<u32>(), any::<[u8; 32]>())
        .prop_map(|(epoch, seed)| Kem { epoch, key: hpke::PrivateKey::from_bytes(&seed).public() });
    // Lossless WebP: a head of 25 bytes names the size.
    let picture = (0u32..512, 0u32..512, vec(any::<u8>(), 0..64)).prop_map(|(width, height, rest)| {
        let bits = (width | height << 14).to_le_bytes();
        Bytes::from([b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f", &bits[..], &rest[..]].concat())
    });
    let keys = (kem, any::<[u8; 32]>(), any::<[u8; 32]>(), option::of(public()));
    (line(64), option::of(line(1000)), option::of(picture), keys, relays(), number(), extra()).prop_map(
        |(name, bio, avatar, (kem, label, heir, predecessor), relays, time, extra)| Profile {
            name,
            bio,
            avatar,
            kem,
            label,
            relays,
            heir,
            predecessor,
            time,
            extra,
        },
    )
}

pub(crate) fn certificate() -> impl Strategy<Value = Certificate> {
    (public(), 0..1u64 << 50, 1..=limits::CERTIFICATE_MS, extra())
        .prop_map(|(device, from, lasts, extra)| Certificate { device, from, until: from + lasts, extra })
}

pub(crate) fn root() -> impl Strategy<Value = Root> {
    let prev =
        proptest::collection::btree_set(any::<[u8; 32]>(), 0..=4).prop_map(|set| set.into_iter().collect());
    let links = (cid(DAG_CBOR), cid(DAG_CBOR), cid(DAG_CBOR), option::of(cid(DAG_CBOR)));
    (number(), prev, number(), links, option::of(public()), extra()).prop_map(
        |(seq, prev, time, (profile, letterboxes, vault, feed), successor, extra)| Root {
            seq,
            prev,
            time,
            profile,
            letterboxes,
            vault,
            feed,
            successor,
            extra,
        },
    )
}

pub(crate) fn entry(path: String) -> impl Strategy<Value = Entry> {
    let chunks = prop_oneof![
        vec(pointer(RAW), 0..4).prop_map(Chunks::Inline),
        vec(pointer(DAG_CBOR), 0..4).prop_map(Chunks::Parts)
    ];
    (0..1u64 << 40, line(255), option::of(number()), option::of(pointer(DAG_CBOR)), chunks).prop_map(
        move |(size, media_type, modified, preview, chunks)| Entry {
            path: path.clone(),
            size,
            media_type,
            modified,
            preview,
            chunks,
        },
    )
}

pub(crate) fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let paths = proptest::collection::btree_set("[a-zé🌳 ]{1,8}(/[a-z]{1,8}){0,3}", 1..8);
    paths.prop_flat_map(|paths| paths.into_iter().map(entry).collect::<Vec<_>>())
}

pub(crate) fn manifest() -> impl Strategy<Value = Manifest> {
    let folders = option::of(proptest::collection::btree_set("[a-zé🌳 ]{1,8}(/[a-z]{1,8}){0,3}", 1..8));
    (any::<[u8; 16]>(), 16..20u32, entries(), folders, hanging(), extra()).prop_map(
        |(share, chunk, entries, folders, (album, parts), extra)| {
            let entries: Vec<_> =
                entries.into_iter().map(|entry| of_full_chunks(entry, 1 << chunk)).collect();
            Manifest {
                share: InnerId(share),
                kind: Kind::Contacts,
                files: entries.len() as u64,
                size: entries.iter().map(|entry| entry.size).sum(),
                chunk: 1 << chunk,
                listing: Listing::Entries(entries),
                folders: folders.map(|folders| folders.into_iter().collect()),
                album,
                parts,
                extra,
            }
        },
    )
}

/// What makes of a share an album or a part of one, or neither.
fn hanging() -> impl Strategy<Value = (Option<ShareId>, Option<Vec<Part>>)> {
    let parts = vec(part(), 1..4).prop_map(|mut parts| {
        parts.sort_by(|a, b| a.place().cmp(&b.place()));
        parts.dedup_by(|a, b| a.place() == b.place());
        parts
    });
    prop_oneof![
        Just((None, None)),
        any::<[u8; 20]>().prop_map(|album| (Some(ShareId::from(album)), None)),
        parts.prop_map(|parts| (None, Some(parts))),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let keepers = vec("/dns4/[a-z]{1,20}/tcp/443/wss", 0..=limits::PART_KEEPERS);
    (public(), any::<[u8; 16]>(), any::<[u8; 32]>(), any::<[u8; 32]>(), keepers, number()).prop_map(
        |(maker, share, block, key, keepers, added)| {
            let key = spinney::crypto::block::Key::from_bytes(key);
            Part { maker, share: InnerId(share), block, key, keepers, added }
        },
    )
}

/// The entry of a file that fills all its chunks.
fn of_full_chunks(entry: Entry, chunk: u64) -> Entry {
    let chunks = match &entry.chunks {
        Chunks::Inline(list) => list.len(),
        Chunks::Parts(list) => list.len() * limits::NODE_ENTRIES,
    };
    Entry { size: chunks as u64 * chunk, ..entry }
}

pub(crate) fn header() -> impl Strategy<Value = Header> {
    let adds = option::of(any::<bool>());
    let order = option::of(line(16));
    (any::<[u8; 16]>(), number(), number(), line(200), line(4000), pointer(DAG_CBOR), adds, order, extra())
        .prop_map(|(share, rev, created, title, note, manifest, adds, order, extra)| Header {
            share: InnerId(share),
            rev,
            kind: Kind::Own,
            created,
            title,
            note,
            manifest,
            adds,
            answers: adds.map(|adds| !adds),
            album: None,
            more: None,
            cover: None,
            order,
            until: None,
            extra,
        })
}

pub(crate) fn note() -> impl Strategy<Value = Note> {
    let share = any::<[u8; 16]>().prop_map(InnerId);
    let says = prop_oneof![
        (share.clone(), number(), cid(DAG_CBOR), relays())
            .prop_map(|(share, rev, header, keepers)| Says::Share { share, rev, header, keepers }),
        (share.clone(), option::of(number())).prop_map(|(share, rev)| Says::Gone { share, rev }),
        (vec(vec(any::<u8>(), 0..64).prop_map(Bytes::from), 0..3), option::of(vec(public(), 0..3)))
            .prop_map(|(certificates, removed)| Says::Devices { certificates, removed }),
        vec(any::<u8>(), 0..64).prop_map(|comment| Says::Comment { comment: comment.into() }),
        (share.clone(), any::<[u8; 32]>()).prop_map(|(share, comment)| Says::CommentGone { share, comment }),
        (share.clone(), cid(DAG_CBOR)).prop_map(|(share, list)| Says::Answers { share, list }),
        (number(), any::<bool>(), any::<bool>()).prop_map(|(bytes, named, public)| Says::KeepOffer {
            bytes,
            named,
            public
        }),
        (share.clone(), number(), cid(DAG_CBOR)).prop_map(|(share, rev, header)| Says::Keep {
            share,
            rev,
            header
        }),
        (number(), number(), number(), any::<bool>())
            .prop_map(|(rev, bytes, missing, full)| Says::KeepState { rev, bytes, missing, full }),
        vec((public(), vec("/dns4/[a-z]{1,20}/tcp/443/wss", 0..=limits::KEEPER_RELAYS)), 0..3).prop_map(
            |devices| {
                let device = |(device, relays)| KeeperDevice { device, relays };
                Says::Keepers { devices: devices.into_iter().map(device).collect() }
            }
        ),
        any::<bool>().prop_map(|on| Says::Visible { on }),
        (share.clone(), number(), cid(DAG_CBOR)).prop_map(|(share, rev, header)| Says::Contacts {
            share,
            rev,
            header
        }),
        (public(), line(64), number(), any::<[u8; 32]>(), option::of(line(500))).prop_map(
            |(id, name, seq, secret, message)| {
                let (relays, secret) = (Vec::new(), Secret::from_bytes(secret));
                Says::Introduction { id, name, relays, seq, secret, message }
            }
        ),
        (share, number()).prop_map(|(share, rev)| Says::Receipt { share, rev, state: ReceiptState::Fetched }),
        number().prop_map(|no| Says::Ack { no }),
    ];
    (number(), says).prop_map(|(time, says)| Note { time, says })
}

pub(crate) fn content() -> impl Strategy<Value = Content> {
    (vec(note(), 0..12), vec(cid(DAG_CBOR), 0..8)).prop_map(|(notes, cids)| Content {
        no: 100,
        notes,
        older: cids.into_iter().zip((0..100).rev()).map(|(cid, no)| Older { no, cid }).collect(),
    })
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let claims = (option::of(any::<[u8; 32]>()), option::of(public()));
    (public(), number(), line(500), relays(), claims, option::of(dropped()), extra()).prop_map(
        |(to, time, message, relays, (proof, predecessor), drop, extra)| Request {
            to,
            time,
            message,
            relays,
            proof,
            predecessor,
            drop,
            extra,
        },
    )
}

fn dropped() -> impl Strategy<Value = Files> {
    (any::<[u8; 32]>(), pointer(DAG_CBOR), any::<[u8; 16]>(), number(), number()).prop_map(
        |(proof, manifest, share, files, size)| {
            let share = InnerId(share);
            Files { proof, manifest, share, files, size }
        },
    )
}

pub(crate) fn public_share() -> impl Strategy<Value = PublicShare> {
    let counts = (number(), number(), number());
    (any::<[u8; 16]>(), counts, number(), line(200), line(4000), cid(DAG_PB), extra()).prop_map(
        |(share, (rev, files, size), created, title, note, root, extra)| PublicShare {
            share: InnerId(share),
            rev,
            created,
            title,
            note,
            root,
            files,
            size,
            extra,
        },
    )
}

pub(crate) fn feed_page() -> impl Strategy<Value = feed::Page> {
    let says = prop_oneof![
        (vec(any::<u8>(), 0..64).prop_map(Bytes::from), relays())
            .prop_map(|(object, keepers)| feed::Says::Share { object, keepers }),
        any::<[u8; 20]>().prop_map(|id| feed::Says::Gone(ShareId::from(id))),
    ];
    let times = proptest::collection::btree_set(number(), 0..12);
    (times, vec(says, 12), vec(cid(DAG_CBOR), 0..8), extra()).prop_map(|(times, says, cids, extra)| {
        let entries = times.into_iter().zip(says).map(|(time, says)| feed::Entry { time, says }).collect();
        let older = cids.into_iter().zip((0..100).rev()).map(|(cid, no)| Older { no, cid }).collect();
        feed::Page { no: 100, entries, older, extra }
    })
}
