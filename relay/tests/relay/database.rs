//! The database of a relay that does not run, read and changed directly.

use std::path::Path;

use bytes::Bytes;
use cid::Cid;
use spinney::keys::Id;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// Opens the database of a data folder, or makes an empty one.
pub(crate) async fn database(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("relay.sqlite")).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// Runs statements in the database of a data folder.
pub(crate) async fn run(folder: &Path, statements: &'static str) {
    let mut db = database(folder).await;
    sqlx::raw_sql(statements).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// Reads one number from the database of a data folder, which a relay may have open.
pub(crate) async fn number(folder: &Path, query: &'static str) -> i64 {
    let mut db = database(folder).await;
    let number = sqlx::query_scalar(query).fetch_one(&mut db).await.unwrap();
    db.close().await.unwrap();
    number
}

/// Plants records of many identities that all hold one root: putting each would cost a sync.
pub(crate) async fn plant(
    folder: &Path,
    (root, bytes): &(Cid, Bytes),
    records: impl IntoIterator<Item = (Id, u64, Vec<u8>)>,
) {
    let mut db = database(folder).await;
    let mut change = db.begin().await.unwrap();
    let block: i64 = sqlx::query_scalar(
        "INSERT INTO block (block, cid, size, bytes) SELECT next, ?, ?, ? FROM total RETURNING block",
    )
    .bind(root.to_bytes())
    .bind(bytes.len() as i64)
    .bind(&bytes[..])
    .fetch_one(&mut *change)
    .await
    .unwrap();
    for (id, sequence, record) in records {
        let owner: i64 = sqlx::query_scalar("INSERT INTO identity (id) VALUES (?) RETURNING owner")
            .bind(&id.as_bytes()[..])
            .fetch_one(&mut *change)
            .await
            .unwrap();
        for query in ["INSERT INTO hold VALUES (?, ?, 0, 0)", "INSERT INTO pin VALUES (?, ?, NULL)"] {
            sqlx::query(query).bind(owner).bind(block).execute(&mut *change).await.unwrap();
        }
        sqlx::query("INSERT INTO record VALUES (?, ?, ?, ?, ?)")
            .bind(owner)
            .bind(block)
            .bind(sequence as i64)
            .bind(i64::MAX)
            .bind(record)
            .execute(&mut *change)
            .await
            .unwrap();
    }
    change.commit().await.unwrap();
    db.close().await.unwrap();
}
