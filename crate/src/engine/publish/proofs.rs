//! Checks whether a keeper can deliver what it keeps for me: it hashes blocks under a fresh key, and so does this device.
//!
//! A proof shows that the keeper can deliver now, not where the bytes lie: who has them at hand from somebody else can
//! answer too.

use std::collections::BTreeSet;
use std::rc::Rc;

use cid::Cid;
use futures::StreamExt;

use crate::crypto::sign::VerifyingKey;
use crate::dag;
use crate::engine::Error;
use crate::engine::state::{Check, Tables};
use crate::engine::storage::Storage;
use crate::keys::Id;
use crate::net::keep::{Proved, Question};
use crate::platform;
use crate::social::keeping::sample::sample;

use super::keeper::KeeperSession;
use super::unfinished::Unfinished;

/// How long after a check the next is due, in milliseconds: a day.
pub(in crate::engine) const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The same after something was lost, or is kept since: an hour, since each costs both sides the reading of blocks.
pub(in crate::engine) const HOUR_MS: u64 = 60 * 60 * 1000;

/// A keeper of mine, as it is checked.
pub(in crate::engine) struct Checked<'a> {
    /// The key to which its proofs are bound.
    pub(in crate::engine) key: VerifyingKey,
    pub(in crate::engine) session: &'a mut dyn KeeperSession,
}

/// Whether a keeper is to be asked at `now` about these shares.
pub(in crate::engine) fn is_due(tables: &Tables, name: &String, shares: &BTreeSet<Cid>, now: u64) -> bool {
    let Some(check) = tables.checks.get(name) else { return !shares.is_empty() };
    let is_known = |share| check.proven.contains(share) || check.passed_over.contains(share);
    let wait = if shares.iter().all(is_known) { DAY_MS } else { HOUR_MS };
    !shares.is_empty() && (check.at.saturating_add(wait) <= now || check.at > now)
}

/// Asks a keeper to prove that it can deliver some blocks of these shares; gives the row that says what came of it.
///
/// Shares of which this device has not all blocks are passed over.
pub(in crate::engine) async fn check(
    storage: &Storage,
    me: &Id,
    keeper: &mut Checked<'_>,
    shares: BTreeSet<Cid>,
    before: Option<Check>,
) -> Result<Check, Unfinished> {
    let (mut blocks, mut proven, mut passed_over) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for share in shares {
        match blocks_below(storage, share).await? {
            Some(below) => {
                blocks.extend(below.into_iter().map(|cid| (cid, share)));
                proven.insert(share);
            }
            None => drop(passed_over.insert(share)),
        }
    }
    if blocks.is_empty() {
        return Ok(Check { at: platform::now_ms(), passed_over, ..Check::default() });
    }
    let next = before.map_or(0, |check| check.next);
    let (places, next) = sample(blocks.len(), usize::try_from(next).unwrap_or(0), random_below);
    let asked = places.iter().map(|place| blocks[*place].0).collect();
    let missing = ask(storage, me, keeper, asked).await?;
    let lost = blocks.iter().filter(|(cid, _)| missing.contains(cid));
    let lacks: BTreeSet<_> = lost.map(|(_, share)| *share).collect();
    proven.retain(|share| !lacks.contains(share));
    Ok(Check { at: platform::now_ms(), proven, lacks, passed_over, next: next as u64 })
}

/// Asks a keeper to prove that it can deliver these blocks, which are here; gives those that it cannot: all of them where
/// its answer does not say which.
pub(in crate::engine) async fn ask(
    storage: &Storage,
    me: &Id,
    keeper: &mut Checked<'_>,
    blocks: Vec<Cid>,
) -> Result<BTreeSet<Cid>, Unfinished> {
    let question = Question::new(blocks);
    let mut hasher = question.hasher(me, &keeper.key);
    for cid in &question.cids {
        let block = storage.block(cid).await.map_err(Error::from)?;
        hasher.add(&block.ok_or_else(|| Unfinished::Passing("a block was discarded meanwhile".into()))?);
    }
    Ok(match keeper.session.prove(&question).await? {
        Proved::Hash(hash) if hash == hasher.finish() => BTreeSet::new(),
        Proved::Missing(missing) if !missing.is_empty() => missing.into_iter().collect(),
        Proved::Hash(_) | Proved::Missing(_) => question.cids.into_iter().collect(),
    })
}

/// All blocks of a share; none where some of them are not here.
pub(in crate::engine) async fn blocks_below(
    storage: &Storage,
    share: Cid,
) -> Result<Option<Vec<Cid>>, Error> {
    let fetch = Rc::new(dag::StoreFetch(storage.blocks().clone()));
    let found: Vec<_> = dag::walk(fetch, vec![share]).collect().await;
    let Ok(cids) = found.into_iter().collect::<Result<Vec<_>, _>>() else { return Ok(None) };
    let mut are_here = storage.blocks().have(&cids).await?.into_iter();
    Ok(are_here.all(|is_here| is_here).then_some(cids))
}

/// A random number below the one that is given.
pub(in crate::engine) fn random_below(below: usize) -> usize {
    // The bias of 64 bits over so few blocks is nothing.
    let random = u64::from_be_bytes(platform::random()) % (below as u64).max(1);
    usize::try_from(random).unwrap_or(0)
}
