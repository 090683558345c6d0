//! The tables, and how an older database becomes a newer one.

use sqlx::{Connection, SqliteConnection};

use super::Error;

/// What each version adds to the one before; never changed once released, only added to.
const STEPS: &[&str] = &[
    "
    CREATE TABLE identity (
        owner INTEGER PRIMARY KEY,
        id    BLOB    NOT NULL UNIQUE,            -- Ed25519 public key
        used  INTEGER NOT NULL DEFAULT 0,         -- bytes of the blocks it holds
        stale INTEGER NOT NULL DEFAULT 0          -- 1: a pin was given up, so some holds may reach nothing
    ) STRICT;

    CREATE TABLE record (
        id       BLOB    PRIMARY KEY,
        sequence INTEGER NOT NULL,
        bytes    BLOB    NOT NULL                 -- as signed
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE block (
        block INTEGER PRIMARY KEY,
        cid   BLOB    NOT NULL UNIQUE,
        size  INTEGER NOT NULL,
        bytes BLOB                                -- NULL: in a file
    ) STRICT;

    CREATE TABLE pin (
        owner INTEGER NOT NULL REFERENCES identity,
        block INTEGER NOT NULL REFERENCES block,
        PRIMARY KEY (owner, block)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE hold (
        owner INTEGER NOT NULL REFERENCES identity,
        block INTEGER NOT NULL REFERENCES block,
        why   INTEGER NOT NULL,                   -- 0: a pin reaches it, 1: pushed, 2: a pin reached it once
        since INTEGER NOT NULL,                   -- milliseconds since 1970
        PRIMARY KEY (owner, block)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX hold_block ON hold (block);
    CREATE INDEX hold_since ON hold (since) WHERE why > 0;

    -- Blocks that lost a hold, to be looked at by the next collection.
    CREATE TABLE loose (block INTEGER PRIMARY KEY) STRICT;
    CREATE TRIGGER hold_gone AFTER DELETE ON hold BEGIN
        INSERT OR IGNORE INTO loose VALUES (old.block);
    END;

    -- Files whose blocks are gone from the table and that have to be removed.
    CREATE TABLE trash (cid BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE mail (
        mail    INTEGER PRIMARY KEY AUTOINCREMENT, -- rises for ever, so that a watcher knows what it has seen
        owner   INTEGER NOT NULL REFERENCES identity,
        digest  BLOB    NOT NULL,
        sealed  BLOB    NOT NULL,
        invited INTEGER NOT NULL,                  -- 1: it came with a token
        day     INTEGER NOT NULL,                  -- since 1970
        UNIQUE (owner, digest)
    ) STRICT;
    CREATE INDEX mail_day ON mail (day);

    CREATE TABLE token (
        owner INTEGER NOT NULL REFERENCES identity,
        token BLOB    NOT NULL,
        day   INTEGER NOT NULL,                    -- when it was last told, since 1970
        used  BLOB,                                -- digest of the mail that came with it
        PRIMARY KEY (owner, token)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX token_day ON token (day);
",
    "
    ALTER TABLE pin ADD COLUMN until INTEGER;      -- milliseconds since 1970; NULL: until it is given up
    CREATE INDEX pin_until ON pin (until) WHERE until IS NOT NULL;
",
];

/// Brings the database to the newest version, each step in a transaction.
pub(super) async fn migrate(db: &mut SqliteConnection) -> Result<(), Error> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *db).await?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > STEPS.len() {
        return Err(Error::Newer { found: version as u32, known: STEPS.len() as u32 });
    }
    for (at, step) in STEPS.iter().enumerate().skip(version) {
        let mut step_by_step = db.begin().await?;
        sqlx::raw_sql(*step).execute(&mut *step_by_step).await?;
        let version = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {}", at + 1));
        sqlx::raw_sql(version).execute(&mut *step_by_step).await?;
        step_by_step.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_pinned_before_pins_could_end_has_no_end() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for step in &STEPS[..2] {
            sqlx::raw_sql(*step).execute(&mut db).await.unwrap();
        }
        let rows = "PRAGMA user_version = 2;
            INSERT INTO identity (owner, id) VALUES (1, x'01');
            INSERT INTO block VALUES (2, x'02', 1, x'03');
            INSERT INTO pin VALUES (1, 2);";
        sqlx::raw_sql(rows).execute(&mut db).await.unwrap();
        for _ in 0..2 {
            migrate(&mut db).await.unwrap();
        }
        let pins: Vec<(i64, i64, Option<i64>)> =
            sqlx::query_as("SELECT * FROM pin").fetch_all(&mut db).await.unwrap();
        assert_eq!(pins, [(1, 2, None)]);
    }
}
