//! Databases of older and newer relays.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use spinney::{
    format::ipns,
    net::{
        keep::{BLOCK_COST, Block, PinOutcome},
        mailbox::{MAIL, Mail},
    },
    platform,
};
use spinney_relay::store::{
    Allotment, Blobs, DepositOutcome, Error, Pins, PutOutcome, Records, Requests, Store,
};
use sqlx::Connection;

use crate::{
    client::ring,
    database::{database, number},
    sample::Seeded,
};

/// The schema as relays made it before sqlx ran the migrations.
const OLD_SCHEMA: &str = include_str!("before_sqlx_migrations.sql");

async fn open(folder: &Path) -> Result<Store, Error> {
    let allotment =
        Allotment { quota: 1 << 30, newcomer: None, capacity: 1 << 30, grace: Duration::from_secs(3600) };
    Store::open(folder, allotment).await
}

#[tokio::test]
async fn a_database_from_before_sqlx_migrations_opens_with_everything_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (root, bytes) = Seeded(1).node(&[]);
    let (ring, mail) = (ring(1), Mail::new(Seeded(2).raw(MAIL).1).unwrap());
    let id = ring.id();
    let record: Bytes = ipns::sign(ring.identity(), &root, 7, platform::now_ms()).into();

    let mut db = database(folder.path()).await;
    sqlx::raw_sql(OLD_SCHEMA).execute(&mut db).await.unwrap();
    let key = &id.as_bytes()[..];
    let rows = [
        sqlx::query("INSERT INTO identity VALUES (1, ?, ?, 0)").bind(key).bind(bytes.len() as i64),
        sqlx::query("INSERT INTO block VALUES (1, ?, ?, ?)")
            .bind(root.to_bytes())
            .bind(bytes.len() as i64)
            .bind(&bytes[..]),
        sqlx::query("INSERT INTO hold VALUES (1, 1, 0, 0)"),
        sqlx::query("INSERT INTO pin VALUES (1, 1, NULL)"),
        sqlx::query("INSERT INTO record VALUES (?, 7, ?)").bind(key).bind(&record[..]),
        sqlx::query("INSERT INTO mail VALUES (5, 1, ?, ?, 0, ?)")
            .bind(mail.digest().to_vec())
            .bind(&mail.bytes()[..])
            .bind(spinney_relay::store::today()),
        sqlx::query("INSERT INTO token VALUES (1, ?, ?, NULL)")
            .bind(vec![9; 32])
            .bind(spinney_relay::store::today()),
    ];
    for row in rows {
        row.execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();

    for _ in 0..2 {
        let store = open(folder.path()).await.expect("the database opens");
        store.collect().await.unwrap();
        assert_eq!(store.block(&root).await.unwrap(), Some(bytes.clone()));
        let charged = [bytes.len(), record.len(), MAIL].map(|size| size as u64 + BLOCK_COST);
        assert_eq!(store.allowance(&id).await.unwrap().used, charged.iter().sum::<u64>());
        assert_eq!(store.pins(&id, None).await.unwrap(), [root]);
        assert_eq!(store.record(&id).await.unwrap(), Some(record.clone()));
        assert_eq!(store.mail_after(&id, 4).await.unwrap(), [(5, mail.bytes().clone())]);
        store.close().await;
    }
    // It is as good as a new one.
    let store = open(folder.path()).await.unwrap();
    let other = Mail::new(Seeded(3).raw(MAIL).1).unwrap();
    assert_eq!(store.deposit(&id, &other, Some(&[9; 32])).await.unwrap(), DepositOutcome::Done);
    assert_eq!(store.pin(&id, &root, Some(1)).await.unwrap(), PinOutcome::Kept);
    let newer = ipns::sign(ring.identity(), &root, 8, platform::now_ms());
    let opened = ipns::open(&newer, &id.verifying_key()).unwrap();
    assert_eq!(store.put(id, &opened, newer.into(), Some(7)).await.unwrap(), PutOutcome::Done);
}

#[tokio::test]
async fn a_database_from_before_charges_counts_the_disk_once_and_drops_records_without_a_root_of_their_own() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let folder = tempfile::tempdir().unwrap();
    let (root, bytes) = Seeded(1).node(&[]);
    let [ann, ben, cat] = [1, 2, 3].map(ring);
    let now = platform::now_ms();
    let plain = ipns::sign(ann.identity(), &root, 7, now);
    // As it was stored then: with a signature of version 1, which is anything.
    let stuffed = [&[0x12, 0x80, 0x20][..], &[7; 4096], &plain].concat();
    let ahead = ipns::sign(ben.identity(), &root, now / 1000 + 365 * DAY_MS / 1000, now);
    let homeless = ipns::sign(cat.identity(), &root, 7, now);

    let mut db = database(folder.path()).await;
    sqlx::raw_sql(OLD_SCHEMA).execute(&mut db).await.unwrap();
    sqlx::query("INSERT INTO block VALUES (5, ?, ?, ?)")
        .bind(root.to_bytes())
        .bind(bytes.len() as i64)
        .bind(&bytes[..])
        .execute(&mut db)
        .await
        .unwrap();
    for (owner, ring) in [(1, &ann), (2, &ben), (3, &cat)] {
        let query = sqlx::query("INSERT INTO identity VALUES (?, ?, ?, 0)").bind(owner);
        let query = query.bind(ring.id().as_bytes().to_vec()).bind(bytes.len() as i64);
        query.execute(&mut db).await.unwrap();
    }
    sqlx::raw_sql("INSERT INTO hold VALUES (1, 5, 0, 0), (2, 5, 0, 0); INSERT INTO pin VALUES (1, 5, NULL), (2, 5, NULL)")
        .execute(&mut db)
        .await
        .unwrap();
    for (ring, record) in [(&ann, &stuffed), (&ben, &ahead), (&cat, &homeless)] {
        let query = sqlx::query("INSERT INTO record VALUES (?, 7, ?)").bind(ring.id().as_bytes().to_vec());
        query.bind(&record[..]).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();

    let (block, record) = (bytes.len() as u64 + BLOCK_COST, plain.len() as u64 + BLOCK_COST);
    for _ in 0..2 {
        let store = open(folder.path()).await.expect("the database opens");
        assert_eq!(store.record(&ann.id()).await.unwrap(), Some(plain.clone().into()));
        assert_eq!(store.record(&ben.id()).await.unwrap(), None);
        assert_eq!(store.record(&cat.id()).await.unwrap(), None);
        assert_eq!(store.allowance(&ann.id()).await.unwrap().used, block + record);
        assert_eq!(store.allowance(&ben.id()).await.unwrap().used, block);
        let stored = number(folder.path(), "SELECT stored FROM total").await;
        assert_eq!(stored as u64, block + record, "two hold the block, and it is on the disk once");
        store.close().await;
    }
    // The next block does not get a number that was used before.
    let store = open(folder.path()).await.unwrap();
    let (cid, other) = Seeded(2).node(&[]);
    store.push(&ann.id(), vec![Block::new(cid, other).unwrap()]).await.unwrap();
    assert_eq!(number(folder.path(), "SELECT MAX(block) FROM block").await, 6);
}

#[tokio::test]
async fn a_database_of_a_newer_relay_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.unwrap().close().await;
    let mut db = database(folder.path()).await;
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let error = open(folder.path()).await.err().expect("it is refused").to_string();
    assert_eq!(
        error,
        "the database is of version 99, and this relay knows versions up to 9: update the relay"
    );
}
