//! Migrations: the SQL files in `relay/migrations`, run in order, each in a transaction.
//!
//! A released file never changes, because sqlx compares its checksum with the one in the database. Each file ends with
//! `PRAGMA user_version = <its number>`, because relays before sqlx's migrations look at that number alone.

use sqlx::{
    SqlSafeStr, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use super::Error;

/// All migrations, in order; the first is version 1.
const FILES: [(&str, &str); 9] = [
    ("blocks and records", include_str!("../../migrations/0001_blocks_and_records.sql")),
    ("mail", include_str!("../../migrations/0002_mail.sql")),
    ("pin end", include_str!("../../migrations/0003_pin_end.sql")),
    ("charges", include_str!("../../migrations/0004_charges.sql")),
    ("invited", include_str!("../../migrations/0005_invited.sql")),
    ("removed", include_str!("../../migrations/0006_removed.sql")),
    ("loans", include_str!("../../migrations/0007_loans.sql")),
    ("subscriptions", include_str!("../../migrations/0008_subscriptions.sql")),
    ("pin requests", include_str!("../../migrations/0009_pin_requests.sql")),
];

/// The newest version that this relay knows.
const NEWEST: i64 = FILES.len() as i64;

fn migrator(files: &[(&'static str, &'static str)]) -> Migrator {
    let migrations = (1..).zip(files).map(|(version, &(description, sql))| {
        Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// Brings the database to the newest version.
///
/// # Errors
///
/// [`Error::Newer`] if a newer relay wrote the database, which is then unchanged.
pub(super) async fn run(db: &mut SqliteConnection) -> Result<(), Error> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *db).await?;
    if version > NEWEST {
        return Err(Error::Newer { found: version, known: NEWEST });
    }
    let migrator = migrator(&FILES);
    // Relays before sqlx's migrations made these versions: sqlx only notes that they are there.
    migrator.skip(&mut *db, Some(version)).await.map_err(error)?;
    migrator.run(db).await.map_err(error)
}

/// Checks that the database is of this version, without changing it.
///
/// # Errors
///
/// [`Error::Running`] if it is not.
pub(super) async fn check(db: &mut SqliteConnection) -> Result<(), Error> {
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(db).await?;
    if found == NEWEST { Ok(()) } else { Err(Error::Running { found, known: NEWEST }) }
}

fn error(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(found) => Error::Newer { found, known: NEWEST },
        error => Error::Migration(error),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection;

    use super::*;

    /// The version and every table, index and trigger of a database, without sqlx's own.
    async fn schema(db: &mut SqliteConnection) -> (i64, Vec<(String, Option<String>)>) {
        let version = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *db).await.unwrap();
        let query = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '%sqlx%' ORDER BY name";
        (version, sqlx::query_as(query).fetch_all(db).await.unwrap())
    }

    /// A database of an older version, as relays before sqlx's migrations made it.
    async fn old(version: usize) -> SqliteConnection {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for (_, sql) in &FILES[..version] {
            sqlx::raw_sql(*sql).execute(&mut db).await.unwrap();
        }
        db
    }

    #[tokio::test]
    async fn a_database_of_the_relay_before_becomes_the_newest() {
        let mut new = old(0).await;
        run(&mut new).await.unwrap();
        for known in 1..FILES.len() {
            let mut db = old(0).await;
            migrator(&FILES[..known]).run(&mut db).await.unwrap();
            run(&mut db).await.unwrap();
            assert_eq!(schema(&mut db).await, schema(&mut new).await, "from version {known}");
        }
    }

    #[test]
    fn every_file_in_the_folder_is_listed() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name.ends_with(".sql")).collect();
        names.sort();
        let listed =
            (1..).zip(FILES).map(|(at, (name, _))| format!("{at:04}_{}.sql", name.replace(' ', "_")));
        assert_eq!(names, listed.collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn databases_of_every_version_become_the_newest_and_stay_it() {
        let mut new = old(0).await;
        run(&mut new).await.unwrap();
        let newest = schema(&mut new).await;
        assert_eq!(newest.0, NEWEST);
        for version in 1..=FILES.len() {
            let mut db = old(version).await;
            for _ in 0..2 {
                run(&mut db).await.unwrap();
                assert_eq!(schema(&mut db).await, newest, "from version {version}");
            }
        }
    }

    #[tokio::test]
    async fn pins_from_before_pins_could_end_have_no_end() {
        let mut db = old(2).await;
        let rows = "INSERT INTO identity (owner, id) VALUES (1, x'01');
            INSERT INTO block VALUES (2, x'02', 1, x'03');
            INSERT INTO pin VALUES (1, 2);";
        sqlx::raw_sql(rows).execute(&mut db).await.unwrap();
        run(&mut db).await.unwrap();
        let pins: Vec<(i64, i64, Option<i64>)> =
            sqlx::query_as("SELECT * FROM pin").fetch_all(&mut db).await.unwrap();
        assert_eq!(pins, [(1, 2, None)]);
    }

    #[tokio::test]
    async fn a_database_of_a_newer_relay_is_refused_and_left_as_it_is() {
        for newer in [
            "PRAGMA user_version = 10",
            "INSERT INTO _sqlx_migrations VALUES (10, 'later', 0, TRUE, x'00', 0)",
        ] {
            let mut db = old(0).await;
            run(&mut db).await.unwrap();
            sqlx::raw_sql(newer).execute(&mut db).await.unwrap();
            let before = schema(&mut db).await;
            let error = run(&mut db).await.unwrap_err().to_string();
            assert_eq!(
                error,
                "the database is of version 10, and this relay knows versions up to 9: update the relay"
            );
            assert_eq!(schema(&mut db).await, before);
        }
    }
}
