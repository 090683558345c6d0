//! Room on the disk: how much there is, and what the operator is told if it lacks.

use std::{
    io::ErrorKind,
    sync::{Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use serde::Serialize;
use spinney::net::keep::Refusal;

use super::{Error, Store};

/// Bytes that every push leaves on the disk: the log of the database needs them even for what only takes away.
const LEAST_LEFT: u64 = 1 << 20;

/// Bytes that a large push leaves, so that small things, which matter as much to their people, still go through.
const MOST_LEFT: u64 = 4 << 20;

/// How long a lack counts after something was last refused for it. Pages that wait for room ask four times a minute.
const LACK_COUNTS: Duration = Duration::from_secs(10 * 60);

/// What SQLite calls a full disk, and a shared-memory file that could not grow.
const SQLITE_FULL: [&str; 2] = ["13", "4874"];

/// How the disk is, for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RoomStatus {
    /// Whether something was refused lately because there is no room for it.
    pub full: bool,
    /// Bytes that may still be stored, if the system says how many are free.
    pub free: Option<u64>,
}

/// Tells how the disk is.
#[async_trait]
pub trait Room: Send + Sync {
    /// Looks how the disk is now.
    async fn room(&self) -> Result<RoomStatus, Error>;
}

/// What was refused for want of room.
#[derive(Default)]
pub(super) struct Lack(Mutex<Option<(u64, Instant)>>);

impl Lack {
    /// Notes that so many bytes found no room. Logged once, not with every try.
    fn note(&self, bytes: u64, free: Option<u64>) {
        let mut lack = self.0.lock().expect("nothing panics while it holds the lock");
        let before = lack.map_or(0, |(before, _)| before);
        if lack.replace((before.max(bytes), Instant::now())).is_none() {
            tracing::error!(
                bytes,
                free,
                "there is no room for what is pushed: free some on the disk, or raise `capacity`"
            );
        }
    }

    /// Returns whether something lacks room still; forgets what would fit now, and what nobody asked for lately.
    fn lasts(&self, fits: impl FnOnce(u64) -> bool) -> bool {
        let mut lack = self.0.lock().expect("nothing panics while it holds the lock");
        let Some((bytes, last)) = *lack else { return false };
        if last.elapsed() < LACK_COUNTS && !fits(bytes) {
            return true;
        }
        *lack = None;
        tracing::info!("there is room again");
        false
    }
}

#[async_trait]
impl Room for Store {
    async fn room(&self) -> Result<RoomStatus, Error> {
        let (capacity, disk) = self.free().await?;
        let full = self.shared.lack.lasts(|bytes| fits(bytes, capacity, disk));
        Ok(RoomStatus { full, free: disk.map(|free| free.min(capacity)) })
    }
}

/// Whether so many bytes fit into what is left of the capacity and of the disk.
fn fits(bytes: u64, capacity: u64, disk: Option<u64>) -> bool {
    let needed = bytes.saturating_add(bytes.clamp(LEAST_LEFT, MOST_LEFT));
    bytes <= capacity && disk.is_none_or(|free| needed <= free)
}

impl Store {
    /// Bytes left of the capacity, and on the disk.
    async fn free(&self) -> Result<(u64, Option<u64>), Error> {
        let stored: i64 =
            sqlx::query_scalar("SELECT stored FROM total").fetch_one(&self.shared.readers).await?;
        let disk = self.on_disk(|disk| disk.free()).await?;
        Ok((self.allotment().capacity.saturating_sub(stored as u64), disk))
    }

    /// Refuses what has no room on the disk, before anything of it is written.
    ///
    /// # Errors
    ///
    /// [`Refusal::Full`]
    pub(super) async fn check_room(&self, bytes: u64) -> Result<(), Error> {
        let (capacity, disk) = self.free().await?;
        if fits(bytes, capacity, disk) {
            return Ok(());
        }
        self.shared.lack.note(bytes, disk.map(|free| free.min(capacity)));
        Err(Refusal::Full.into())
    }

    /// Gives every error that means a full disk its own name, and notes it for the operator.
    pub(super) fn name_full<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        match result {
            Err(error) if error.is_full() => {
                if let Error::Database(_) = error {
                    self.shared.is_writer_stuck.store(true, Ordering::Relaxed);
                }
                self.shared.lack.note(LEAST_LEFT, None);
                Err(Refusal::Full.into())
            }
            result => result,
        }
    }
}

impl Error {
    /// Whether the system has no room for a file, or the database none for a row.
    fn is_full(&self) -> bool {
        match self {
            Self::Disk(error) => matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded),
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| SQLITE_FULL.contains(&&*code))
            }
            Self::Database(sqlx::Error::Io(error)) => error.kind() == ErrorKind::StorageFull,
            // What a full disk leaves behind.
            Self::Database(sqlx::Error::InvalidSavePointStatement) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_push_leaves_room_for_small_ones() {
        const MIB: u64 = 1 << 20;
        assert!(fits(0, u64::MAX, Some(MIB)) && !fits(0, u64::MAX, Some(MIB - 1)));
        assert!(fits(20 * MIB, u64::MAX, Some(24 * MIB)) && !fits(20 * MIB, u64::MAX, Some(23 * MIB)));
        assert!(fits(MIB, MIB, None) && !fits(MIB + 1, MIB, None));
        assert!(!fits(u64::MAX, u64::MAX, Some(u64::MAX - 1)));
    }

    #[test]
    fn a_lack_ends_when_what_was_refused_would_fit() {
        let lack = Lack::default();
        assert!(!lack.lasts(|_| false));
        lack.note(10, None);
        lack.note(3, None);
        assert!(lack.lasts(|bytes| bytes < 10), "the larger one still lacks room");
        assert!(!lack.lasts(|bytes| bytes <= 10));
        assert!(!lack.lasts(|_| false));
    }
}
