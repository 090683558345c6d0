//! Databases of older and newer relays.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use spinney::{
    format::ipns,
    net::{
        keep::PinOutcome,
        mailbox::{MAIL, Mail},
    },
    platform,
};
use spinney_relay::store::{
    Allotment, Blobs, DepositOutcome, Error, Pins, PutOutcome, Records, Requests, Store,
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{client::ring, sample::Seeded};

/// The schema as relays made it before sqlx ran the migrations.
const OLD_SCHEMA: &str = include_str!("before_sqlx_migrations.sql");

async fn open(folder: &Path) -> Result<Store, Error> {
    let allotment = Allotment { quota: 1 << 30, capacity: 1 << 30, grace: Duration::from_secs(3600) };
    Store::open(folder, allotment).await
}

async fn database(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("relay.sqlite")).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
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
        assert_eq!(store.used(&id).await.unwrap(), bytes.len() as u64);
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
async fn a_database_of_a_newer_relay_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.unwrap().close().await;
    let mut db = database(folder.path()).await;
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let error = open(folder.path()).await.err().expect("it is refused").to_string();
    assert_eq!(
        error,
        "the database is of version 99, and this relay knows versions up to 3: update the relay"
    );
}
