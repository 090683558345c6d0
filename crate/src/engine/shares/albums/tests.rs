use bytes::Bytes;

use super::*;
use crate::engine::mocked::{Given, file, ring, with_seeds};
use crate::format::manifest::{self, Listing, Manifest};
use crate::format::share_id::InnerId;
use crate::keys::Ring;

/// What somebody made to be added to an album.
fn addition(album: ShareId, share: u8) -> Manifest {
    Manifest {
        share: InnerId([share; 16]),
        kind: manifest::Kind::Contacts,
        files: 0,
        size: 0,
        chunk: dag::CHUNK,
        listing: Listing::Entries(Vec::new()),
        folders: None,
        album: Some(album),
        parts: None,
        extra: Default::default(),
    }
}

/// The album of `given` with parts that a page which is not ours made up: of each what it says, and who signed what.
async fn album_with(given: &Given, made: &[(Part, &Ring, Manifest)]) {
    let author = &given.author;
    let mut pins = author.storage.pin([]);
    let mut parts = Vec::new();
    for (part, signer, manifest) in made {
        let (pointer, block) = manifest.seal(signer.identity(), &[7; 32]).expect("it is sound");
        pins.join(
            author.storage.put(None, vec![(pointer.cid, Bytes::from(block))]).await.expect("there is room"),
        );
        let block = crate::format::digest_of(&pointer.cid).expect("it is a block of ours");
        parts.push(Part { block, key: pointer.key, ..part.clone() });
    }
    parts.sort_by(|a, b| a.place().cmp(&b.place()));
    let before = author.record(&given.id()).expect("its author has it");
    let (header, key) = author.shares.own_header(&before).await.expect("its header is here");
    let rewrite = ManifestRewrite {
        share: &before,
        key: &key,
        kind: header.kind,
        added: Vec::new(),
        folders: &[],
        parts: Some(parts),
        transfer: None,
    };
    let (listed, held) = author.shares.rewrite_manifest(rewrite).await.expect("it is listed");
    pins.join(held);
    let change = before.present().renew(&before.recipients);
    let revision =
        Revision { change, key, header, listed: Some(listed), withdrawn: false, draft: None, link: None };
    let revised = author.shares.revise(&before, revision, pins).await.expect("there is room");
    assert!(revised.is_some());
    given.ingest().await;
}

fn part(maker: &Ring, share: u8) -> Part {
    let key = crate::crypto::block::Key::from_bytes([0; 32]);
    let maker = maker.id().verifying_key();
    Part { maker, share: InnerId([share; 16]), block: [0; 32], key, keepers: Vec::new(), added: 5 }
}

fn parts_at(given: &Given) -> Vec<ShareRecord> {
    given.me.state.read(|tables| tables.shares.values().filter(|share| share.is_part()).cloned().collect())
}

/// The shares of parts that are listed, once each was looked at.
async fn listed(given: &Given) -> Vec<u8> {
    for part in parts_at(given) {
        assert!(part.unlisted, "nothing is known of it before it was opened");
        assert!(given.me.shares.keep_part(part).await, "nothing more is to be done");
    }
    parts_at(given).iter().map(|part| part.inner[0]).collect()
}

#[tokio::test]
async fn a_part_that_is_not_what_the_album_says_of_it_is_left_out_and_the_others_count() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let (ben, eve, album) = (ring(3), ring(4), given.share.id());
        let other = ShareId::new(given.author.ring.id().as_bytes(), InnerId([9; 16]));
        album_with(
            &given,
            &[
                (part(&ben, 1), &ben, addition(album, 1)),
                (part(&ben, 2), &eve, addition(album, 2)),
                (part(&ben, 3), &ben, addition(album, 4)),
                (part(&ben, 5), &ben, addition(other, 5)),
                (part(&ben, 6), &ben, Manifest { album: None, ..addition(album, 6) }),
            ],
        )
        .await;
        assert_eq!(parts_at(&given).len(), 5);
        assert_eq!(listed(&given).await, [1]);
        let sound = &parts_at(&given)[0];
        assert!(!sound.unlisted && sound.maker.as_ref().is_some_and(|maker| maker.id == ben.id()));
        assert_eq!((sound.created, sound.album()), (5, Some(album)));
    })
    .await;
}

#[tokio::test]
async fn parts_take_no_place_of_other_shares_and_none_is_there_of_me_or_of_who_is_blocked() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let (ben, album) = (ring(3), given.share.id());
        given.me.befriend(&ben).await;
        given.me.contacts.block(&ben.id().to_string()).await.expect("there is room");
        let own = given.share.inner[0];
        let itself = Part { share: given.share.inner(), ..part(&ring(4), own) };
        let same = Manifest { share: given.share.inner(), ..addition(album, own) };
        album_with(
            &given,
            &[
                (part(&ben, 1), &ben, addition(album, 1)),
                (part(&given.me.ring, 2), &given.me.ring, addition(album, 2)),
                (itself, &ring(4), same),
            ],
        )
        .await;
        assert_eq!(parts_at(&given), []);
        let here = given.me.record(&given.id()).expect("the album stays");
        assert!(!here.is_part() && here.files == 1);
    })
    .await;
}

#[tokio::test]
async fn a_part_that_changes_can_be_read_until_what_takes_its_place_can_be() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let (ben, album) = (ring(3), given.share.id());
        let first = addition(album, 1);
        album_with(&given, &[(part(&ben, 1), &ben, first.clone())]).await;
        assert_eq!(listed(&given).await, [1]);
        let before = parts_at(&given)[0].clone();

        let later = Manifest { folders: Some(vec!["more".into()]), ..first.clone() };
        album_with(&given, &[(part(&ben, 1), &ben, later)]).await;
        let now = parts_at(&given)[0].clone();
        assert_eq!((now.block(), now.unlisted), (before.block(), false), "nothing is lost meanwhile");
        let next = now.to_open().cloned().expect("the next one is looked for");
        assert!(next.block() != before.block());
        assert!(given.me.shares.keep_part(next.clone()).await);
        let now = parts_at(&given)[0].clone();
        assert_eq!((now.block(), now.unlisted, now.to_open()), (next.block(), false, None));

        // One that is overtaken before it could be opened is not looked for any more.
        let third = Manifest { folders: Some(vec!["third".into()]), ..first.clone() };
        album_with(&given, &[(part(&ben, 1), &ben, third)]).await;
        album_with(&given, &[(part(&ben, 1), &ben, first)]).await;
        let next = parts_at(&given)[0].to_open().cloned().expect("the newest is looked for");
        assert_eq!(next.block(), before.block());
    })
    .await;
}

#[tokio::test]
async fn a_part_that_was_removed_here_does_not_come_back_with_the_next_revision() {
    with_seeds(async |seed| {
        let given = Given::new(seed, vec![file("a", 1, 10)]).await;
        given.ingest().await;
        let (ben, album) = (ring(3), given.share.id());
        album_with(&given, &[(part(&ben, 1), &ben, addition(album, 1))]).await;
        let removed = parts_at(&given)[0].id().to_string();
        given.me.shares.remove(&removed).await.expect("there is room");
        let both = [(part(&ben, 1), &ben, addition(album, 1)), (part(&ben, 2), &ben, addition(album, 2))];
        album_with(&given, &both).await;
        assert_eq!(listed(&given).await, [2]);
        // One that leaves the album leaves this browser too.
        album_with(&given, &[(part(&ben, 1), &ben, addition(album, 1))]).await;
        assert_eq!(parts_at(&given), []);
    })
    .await;
}
