//! Letting a keeper forget what nobody needs any more.
//!
//! Devices of one person share their pins. So one lets go at once only of what it saw go itself: a root that was replaced,
//! a share that was revised or removed. What nothing here names may be what another device is about to name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use cid::Cid;

use crate::engine::Error;
use crate::engine::state::Tables;
use crate::platform;

use super::handle::Publisher;
use super::keeper::KeeperSession;
use super::unfinished::Unfinished;

/// How long a keeper goes on with a pin that nothing here names, in milliseconds.
const UNNAMED_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The value of a row of a pin that something here names, or named when it was looked last.
const NAMED: u64 = 0;

impl Publisher {
    /// Notes that a keeper pins something that was named here.
    pub(super) async fn note_pin(&self, keeper: &str, cid: &Cid) -> Result<(), Error> {
        let row = pins_row(keeper, cid);
        let noted = self.0.args.state.update(move |tx| {
            tx.pinned.insert(row, NAMED);
            Ok(())
        });
        noted.await
    }

    /// Lets the keeper forget roots and shares that are no longer current; returns whether there were any.
    pub(super) async fn unpin_the_rest(
        &self,
        keeper: &str,
        session: &mut dyn KeeperSession,
        root: Cid,
    ) -> Result<bool, Unfinished> {
        let pinned = pins_of(session).await?;
        let now = platform::now_ms();
        let prefix = format!("{keeper}/");
        let (before, named) = self.0.args.state.read(|tables| {
            let rows = tables.pinned.iter().filter(|(row, _)| row.starts_with(&prefix));
            let before: BTreeMap<String, u64> = rows.map(|(row, since)| (row.clone(), *since)).collect();
            (before, tables.kept(&self.0.args.directory.id))
        });
        let (mut rows, mut over) = (BTreeMap::new(), Vec::new());
        for cid in pinned {
            let row = pins_row(keeper, cid);
            let is_named = cid == root || named.contains(&cid);
            match before.get(&row) {
                _ if is_named => drop(rows.insert(row, NAMED)),
                Some(&since) if since == NAMED || now.saturating_sub(since) > UNNAMED_MS => over.push(cid),
                since => drop(rows.insert(row, since.copied().unwrap_or(now))),
            }
        }
        for cid in &over {
            session.unpin(cid).await?;
        }
        if rows != before {
            let noted = self.0.args.state.update(move |tx| {
                tx.pinned.remove_where(|row, _| row.starts_with(&prefix) && !rows.contains_key(row));
                for (row, since) in rows.into_iter().filter(|(row, since)| before.get(row) != Some(since)) {
                    tx.pinned.insert(row, since);
                }
                Ok(())
            });
            // On a full disk the keeper is asked once more, and forgets later.
            match noted.await {
                Err(Error::Quota) => {}
                noted => noted?,
            }
        }
        Ok(!over.is_empty())
    }
}

/// All that a keeper pins for me.
pub(super) async fn pins_of(session: &mut dyn KeeperSession) -> Result<BTreeSet<Cid>, Unfinished> {
    let (mut pinned, mut after) = (BTreeSet::new(), None);
    loop {
        let pins = session.pins(after).await?;
        let Some(last) = pins.last() else { return Ok(pinned) };
        after = Some(*last);
        pinned.extend(pins);
    }
}

impl Tables {
    /// Whether a keeper is known to pin something for me.
    pub(super) fn is_pinned(&self, keeper: &str, cid: &Cid) -> bool {
        self.pinned.contains(&pins_row(keeper, cid))
    }
}

/// The name of the row of a pin.
pub(super) fn pins_row(keeper: &str, cid: impl Display) -> String {
    format!("{keeper}/{cid}")
}
