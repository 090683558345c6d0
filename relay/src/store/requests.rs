//! Requests: sealed mail from people who are not contacts yet, and the tokens of invites.

use async_trait::async_trait;
use bytes::Bytes;
use spinney::{
    keys::Id,
    net::{
        keep::Refusal,
        mailbox::{Digest, MAIL, Mail, Token},
    },
};
use sqlx::SqliteConnection;
use tokio::sync::broadcast;

use super::{
    Error, Store, begin, now,
    usage::{known_owner as known, owner},
};
use crate::limits;

/// Mails in one answer.
const AT_ONCE: i64 = 32;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The outcome of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositOutcome {
    /// The mail is stored, or was stored before.
    Done,
    /// This mailbox is full, or all mailboxes together are.
    Full,
    /// The recipient has no mailbox here.
    NoMailbox,
    /// The recipient does not expect this token.
    UnknownToken,
    /// Another mail has used this token.
    UsedToken,
}

/// How many mails are in one mailbox, and in all.
#[derive(Clone, Copy, Debug)]
pub struct MailboxUsage {
    /// Mails without a token in this mailbox.
    pub strangers: u32,
    /// Mails with a token in this mailbox.
    pub invited: u32,
    /// Mails in all mailboxes.
    pub all: u32,
    /// Whether the identity keeps a root here: the record names it.
    pub keeps_root: bool,
}

impl MailboxUsage {
    /// Returns how many mails without a token this mailbox may hold now.
    ///
    /// The limit falls as all mailboxes together fill. A mailbox whose identity keeps a root here always has some room,
    /// so that nobody can take it by filling mailboxes of their own.
    pub fn room_for_strangers(&self) -> u32 {
        self.room(limits::MAIL_FROM_STRANGERS)
    }

    pub(super) fn room_for_invited(&self) -> u32 {
        self.room(limits::MAIL_WITH_TOKEN)
    }

    fn room(&self, shares: [u32; 3]) -> u32 {
        let [ample, scarce, last] = shares;
        match self.all {
            all if !self.keeps_root => {
                if all < limits::MAIL / 2 {
                    last
                } else {
                    0
                }
            }
            all if all < limits::MAIL / 2 => ample,
            all if all < limits::MAIL / 4 * 3 => scarce,
            _ => last,
        }
    }
}

/// Returns today, in days since 1970. The store keeps no finer time of a mail.
pub fn today() -> u32 {
    u32::try_from(now() / DAY_MS).expect("the clock stands after 1970 and before the year 11761191")
}

/// Mailboxes for sealed requests.
///
/// When a method returns, its change is on the disk. Each method is idempotent.
#[async_trait]
pub trait Requests: Send + Sync {
    /// Makes a mailbox for an identity.
    async fn open_mailbox(&self, id: &Id) -> Result<(), Error>;

    /// Returns how full a mailbox is; `None` if the identity has none.
    async fn usage(&self, to: &Id) -> Result<Option<MailboxUsage>, Error>;

    /// Stores a mail, with the token of an invite or as a stranger's.
    async fn deposit(&self, to: &Id, mail: &Mail, token: Option<&Token>) -> Result<DepositOutcome, Error>;

    /// Expects mail with these tokens, and returns whether there is room for them.
    ///
    /// If there is none, the oldest used tokens are deleted. If that is not enough, nothing changes.
    async fn expect(&self, id: &Id, tokens: &[Token]) -> Result<bool, Error>;

    /// Stops expecting mail with these tokens.
    async fn forget(&self, id: &Id, tokens: &[Token]) -> Result<(), Error>;

    /// Deletes mails of an identity.
    async fn discard(&self, id: &Id, mails: &[Digest]) -> Result<(), Error>;

    /// Returns some mails with a higher number than this one, oldest first; none at the end.
    async fn mail_after(&self, id: &Id, number: u64) -> Result<Vec<(u64, Bytes)>, Error>;

    /// Subscribes to the recipients of new mail.
    fn arrivals(&self) -> broadcast::Receiver<Id>;
}

#[async_trait]
impl Requests for Store {
    async fn usage(&self, to: &Id) -> Result<Option<MailboxUsage>, Error> {
        let mut db = self.shared.readers.acquire().await?;
        match known(&mut db, to).await? {
            Some(owner) => Ok(Some(usage(&mut db, owner).await?)),
            None => Ok(None),
        }
    }

    async fn deposit(&self, to: &Id, mail: &Mail, token: Option<&Token>) -> Result<DepositOutcome, Error> {
        match self.name_full(self.try_deposit(to, mail, token).await) {
            Err(Error::Refused(Refusal::Full)) => Ok(DepositOutcome::Full),
            deposited => deposited,
        }
    }

    async fn open_mailbox(&self, id: &Id) -> Result<(), Error> {
        self.name_full(self.try_open_mailbox(id).await)
    }

    async fn expect(&self, id: &Id, tokens: &[Token]) -> Result<bool, Error> {
        self.name_full(self.try_expect(id, tokens).await)
    }

    async fn forget(&self, id: &Id, tokens: &[Token]) -> Result<(), Error> {
        self.delete("DELETE FROM token WHERE owner = ? AND token = ?", id, tokens).await
    }

    async fn discard(&self, id: &Id, mails: &[Digest]) -> Result<(), Error> {
        self.delete("DELETE FROM mail WHERE owner = ? AND digest = ?", id, mails).await
    }

    async fn mail_after(&self, id: &Id, number: u64) -> Result<Vec<(u64, Bytes)>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT mail, sealed FROM mail JOIN identity USING (owner) WHERE id = ? AND mail > ?
             ORDER BY mail LIMIT ?",
        )
        .bind(&id.as_bytes()[..])
        .bind(number as i64)
        .bind(AT_ONCE)
        .fetch_all(&self.shared.readers)
        .await?;
        Ok(rows.into_iter().map(|(number, sealed)| (number as u64, sealed.into())).collect())
    }

    fn arrivals(&self) -> broadcast::Receiver<Id> {
        self.shared.mail.subscribe()
    }
}

impl Store {
    async fn try_deposit(
        &self,
        to: &Id,
        mail: &Mail,
        token: Option<&Token>,
    ) -> Result<DepositOutcome, Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let Some(owner) = known(&mut db, to).await? else { return Ok(DepositOutcome::NoMailbox) };
        let digest = mail.digest();
        let query = sqlx::query_scalar("SELECT 1 FROM mail WHERE owner = ? AND digest = ?");
        let there: Option<i64> = query.bind(owner).bind(&digest[..]).fetch_optional(&mut *db).await?;
        if there.is_some() {
            return Ok(DepositOutcome::Done);
        }
        if let Some(token) = token {
            let query = sqlx::query_scalar("SELECT used FROM token WHERE owner = ? AND token = ?");
            match query.bind(owner).bind(&token[..]).fetch_optional(&mut *db).await? {
                None => return Ok(DepositOutcome::UnknownToken),
                Some(Some(used)) => {
                    let used: Vec<u8> = used;
                    return Ok(if used == digest { DepositOutcome::Done } else { DepositOutcome::UsedToken });
                }
                Some(None) => {}
            }
        }
        let usage = usage(&mut db, owner).await?;
        let stored: i64 = sqlx::query_scalar("SELECT stored FROM total").fetch_one(&mut *db).await?;
        let fits = stored as u64 + MAIL as u64 + limits::ITEM <= self.allotment().capacity
            && match token {
                Some(_) => usage.invited < usage.room_for_invited(),
                None => usage.strangers < usage.room_for_strangers(),
            };
        if !fits {
            return Ok(DepositOutcome::Full);
        }
        sqlx::query("INSERT INTO mail (owner, digest, sealed, invited, day) VALUES (?, ?, ?, ?, ?)")
            .bind(owner)
            .bind(&digest[..])
            .bind(&mail.bytes()[..])
            .bind(token.is_some())
            .bind(today())
            .execute(&mut *db)
            .await?;
        if let Some(token) = token {
            sqlx::query("UPDATE token SET used = ? WHERE owner = ? AND token = ?")
                .bind(&digest[..])
                .bind(owner)
                .bind(&token[..])
                .execute(&mut *db)
                .await?;
        }
        db.commit().await?;
        self.shared.mail.send(*to).ok();
        Ok(DepositOutcome::Done)
    }

    async fn try_open_mailbox(&self, id: &Id) -> Result<(), Error> {
        if known(&mut *self.shared.readers.acquire().await?, id).await?.is_some() {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        owner(&mut writer, id).await?;
        Ok(())
    }

    async fn try_expect(&self, id: &Id, tokens: &[Token]) -> Result<bool, Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let owner = owner(&mut db, id).await?;
        for token in tokens {
            sqlx::query(
                "INSERT INTO token (owner, token, day) VALUES (?, ?, ?)
                 ON CONFLICT DO UPDATE SET day = excluded.day WHERE used IS NULL",
            )
            .bind(owner)
            .bind(&token[..])
            .bind(today())
            .execute(&mut *db)
            .await?;
        }
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM token WHERE owner = ?");
        let count: i64 = query.bind(owner).fetch_one(&mut *db).await?;
        let over = count - i64::from(limits::TOKENS);
        if over > 0 {
            let gone = sqlx::query(
                "DELETE FROM token WHERE owner = ?1 AND token IN (
                     SELECT token FROM token WHERE owner = ?1 AND used IS NOT NULL ORDER BY day LIMIT ?2
                 )",
            )
            .bind(owner)
            .bind(over)
            .execute(&mut *db)
            .await?;
            if gone.rows_affected() < over as u64 {
                return Ok(false);
            }
        }
        db.commit().await?;
        Ok(true)
    }

    async fn delete(&self, query: &'static str, id: &Id, keys: &[[u8; 32]]) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        let mut db = begin(&mut writer).await?;
        let Some(owner) = known(&mut db, id).await? else { return Ok(()) };
        for key in keys {
            sqlx::query(query).bind(owner).bind(&key[..]).execute(&mut *db).await?;
        }
        Ok(db.commit().await?)
    }
}

async fn usage(db: &mut SqliteConnection, owner: i64) -> Result<MailboxUsage, Error> {
    let (strangers, invited, all, keeps_root) = sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE NOT invited), COUNT(*) FILTER (WHERE invited),
                (SELECT mails FROM total), EXISTS (SELECT 1 FROM record WHERE owner = ?1)
         FROM mail WHERE owner = ?1",
    )
    .bind(owner)
    .fetch_one(db)
    .await?;
    Ok(MailboxUsage { strangers, invited, all, keeps_root })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use spinney::{
        crypto::sign::SigningKey,
        net::mailbox::{MAIL_DAYS, TOKEN_DAYS},
    };

    use super::*;
    use crate::store::Allotment;

    fn id(seed: u8) -> Id {
        SigningKey::from_bytes(&[seed; 32]).verifying_key().into()
    }

    fn mail(byte: u8) -> Mail {
        Mail::new(vec![byte; MAIL].into()).unwrap()
    }

    async fn open(folder: &std::path::Path) -> Store {
        let allotment =
            Allotment { quota: 1 << 20, newcomer: None, capacity: 1 << 20, grace: Duration::ZERO };
        let store = Store::open(folder, allotment).await.unwrap();
        store.open_mailbox(&id(1)).await.unwrap();
        store
    }

    /// Everything in the database becomes so many days older.
    async fn days_pass(store: &Store, days: u32) {
        let mut writer = store.shared.writer.lock().await;
        for query in ["UPDATE mail SET day = day - ?", "UPDATE token SET day = day - ?"] {
            sqlx::query(query).bind(days).execute(&mut *writer).await.unwrap();
        }
    }

    #[tokio::test]
    async fn mail_and_tokens_end_with_their_time_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        store.deposit(&id(1), &mail(1), None).await.unwrap();
        store.expect(&id(1), &[[7; 32], [8; 32]]).await.unwrap();
        days_pass(&store, MAIL_DAYS).await;
        store.collect().await.unwrap();
        assert_eq!(store.mail_after(&id(1), 0).await.unwrap().len(), 1);
        days_pass(&store, 1).await;
        store.collect().await.unwrap();
        assert_eq!(store.mail_after(&id(1), 0).await.unwrap().len(), 0);
        // Told again, a token lives on.
        store.expect(&id(1), &[[8; 32]]).await.unwrap();
        days_pass(&store, TOKEN_DAYS - MAIL_DAYS).await;
        store.collect().await.unwrap();
        let with = async |token| store.deposit(&id(1), &mail(2), Some(token)).await.unwrap();
        assert_eq!(with(&[7; 32]).await, DepositOutcome::UnknownToken);
        assert_eq!(with(&[8; 32]).await, DepositOutcome::Done);
    }

    #[tokio::test]
    async fn tokens_that_were_used_make_room_and_others_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        let tokens: Vec<Token> =
            (0..=limits::TOKENS).map(|n| [n.to_be_bytes(); 8].concat().try_into().unwrap()).collect();
        let (last, others) = tokens.split_last().unwrap();
        assert!(store.expect(&id(1), others).await.unwrap());
        assert!(store.expect(&id(1), others).await.unwrap());
        assert!(!store.expect(&id(1), &[*last]).await.unwrap());
        let with = async |byte, token| store.deposit(&id(1), &mail(byte), Some(token)).await.unwrap();
        assert_eq!(with(1, last).await, DepositOutcome::UnknownToken);
        assert_eq!(with(1, &others[5]).await, DepositOutcome::Done);
        assert!(store.expect(&id(1), &[*last]).await.unwrap());
        assert_eq!(with(2, last).await, DepositOutcome::Done);
        assert_eq!(with(3, &others[5]).await, DepositOutcome::UnknownToken);
        assert_eq!(with(3, &others[6]).await, DepositOutcome::Done);
    }

    #[test]
    fn the_fuller_all_mailboxes_the_less_room_in_each_but_some_where_a_root_is_kept() {
        let room = |all, keeps_root| {
            let taken = MailboxUsage { strangers: 0, invited: 0, all, keeps_root };
            (taken.room_for_strangers(), taken.room_for_invited())
        };
        assert_eq!(room(0, true), (256, 256));
        assert_eq!(room(limits::MAIL / 2 - 1, true), (256, 256));
        assert_eq!(room(limits::MAIL / 2, true), (32, 64));
        for all in [limits::MAIL / 4 * 3, limits::MAIL, limits::MAIL * 2] {
            assert_eq!(room(all, true), (4, 16));
        }
        assert_eq!(room(limits::MAIL / 2 - 1, false), (4, 16));
        assert_eq!(room(limits::MAIL / 2, false), (0, 0));
    }
}
