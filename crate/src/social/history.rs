//! Histories in numbered pages, which letterboxes and feeds share. Each page names earlier ones, with skips.

use std::collections::BTreeMap;

use cid::Cid;

use crate::format::{DecodeError, Fault, ReadError, is_block, limits, page::Older};

/// Returns which of the pages before page `next` it names: the last ones, and earlier ones at distances that
/// double.
///
/// A number that was left out once is never needed again, so the list follows from that of the page before.
pub(super) fn is_named(no: u64, next: u64) -> bool {
    next - no <= 2 << no.trailing_zeros().min(62)
}

/// Returns what page `next` names. The pages before it come in oldest first; the result has the newest first.
///
/// The last one is named in any case: numbers between it and `next` are missing where two devices wrote at once.
pub(super) fn named(older: &[Older], next: u64) -> Vec<Older> {
    let (last, before) = older.split_last().map_or((None, older), |(last, before)| (Some(last), before));
    let before = before.iter().rev().filter(|older| is_named(older.no, next));
    last.into_iter().chain(before).take(limits::PAGE_OLDER).copied().collect()
}

/// A page that was opened.
pub(super) trait Page {
    /// The number of the page.
    fn no(&self) -> u64;
    /// The earlier pages that it names.
    fn older(&self) -> &[Older];
}

/// A walk back through somebody's pages.
///
/// It says which pages it wants, and accepts them in any order and repeatedly. It does nothing by itself. If
/// it is dropped half-way, nothing is lost, because a new walk starts where the last finished one ended.
pub trait Pages {
    /// Returns the pages that are wanted now. If there are none, the walk is over.
    fn wanted(&self) -> std::vec::IntoIter<Cid>;

    /// Accepts a page that was wanted. Another page, or the same again, changes nothing.
    ///
    /// If the bytes are another block, the page stays wanted, from another peer. After any other error the
    /// page counts as one that nobody keeps. If the newest page is refused, the walk ends without news.
    fn add(&mut self, cid: Cid, page: &[u8]) -> Result<(), WalkError>;

    /// Gives up a page that nobody keeps any more. This is the end of history, not an error.
    fn give_up(&mut self, cid: &Cid);
}

/// Why a page is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// It does not open, or breaks a rule.
    #[error(transparent)]
    Refused(#[from] ReadError),
    /// The newest page has a lower number than one that was read before.
    #[error("the pages are older than what was read before")]
    Older,
}

/// The walk that all [`Pages`] share, from the newest page to where the history was read before.
pub(super) struct Walk<P> {
    /// The number and CID of the newest page at the last reading.
    from: Option<(u64, Cid)>,
    newest: Cid,
    /// Pages that are opened, at most. The newest ones come first.
    most: u64,
    /// Pages to fetch, with the numbers that they must have. The number of the newest one is unknown.
    wanted: BTreeMap<Cid, Option<u64>>,
    /// Every page that was named and is not older than what is wanted.
    named: BTreeMap<u64, Cid>,
    pages: BTreeMap<u64, P>,
}

impl<P: Page> Walk<P> {
    /// Begins at the newest page.
    pub(super) fn new(from: Option<(u64, Cid)>, newest: Cid, most: u64) -> Self {
        let is_read = from.is_some_and(|(_, page)| page == newest);
        let wanted = if is_read { BTreeMap::new() } else { BTreeMap::from([(newest, None)]) };
        Self { from, newest, most, wanted, named: BTreeMap::new(), pages: BTreeMap::new() }
    }

    /// As [`Pages::wanted`].
    pub(super) fn wanted(&self) -> std::vec::IntoIter<Cid> {
        self.wanted.keys().copied().collect::<Vec<_>>().into_iter()
    }

    /// As [`Pages::add`].
    pub(super) fn add(
        &mut self,
        cid: Cid,
        page: &[u8],
        open: impl FnOnce(&[u8]) -> Result<P, ReadError>,
    ) -> Result<(), WalkError> {
        if !self.wanted.contains_key(&cid) {
            return Ok(());
        }
        if !is_block(&cid, page) {
            return Err(ReadError::AnotherBlock.into());
        }
        let number = self.wanted.remove(&cid).flatten();
        let opened = open(page)?;
        let no = opened.no();
        let contradiction = || ReadError::from(DecodeError::at("no", Fault::Contradiction));
        if number.is_some_and(|number| number != no) {
            return Err(contradiction().into());
        }
        if self.from.is_some_and(|(from, _)| no < from) {
            return Err(WalkError::Older);
        }
        self.named.insert(no, cid);
        let newest = self.named.last_key_value().map_or(no, |(no, _)| *no);
        let lowest = newest.saturating_sub(self.most - 1).max(self.from.map_or(0, |(from, _)| from));
        for older in opened.older().iter().filter(|older| older.no >= lowest) {
            // The page that was the newest then may have got more notes since, so its CID may differ.
            if self.from == Some((older.no, older.cid)) {
                continue;
            }
            match self.named.get(&older.no) {
                Some(known) if *known == older.cid => {}
                Some(_) => return Err(contradiction().into()),
                None => {
                    self.named.insert(older.no, older.cid);
                    self.wanted.insert(older.cid, Some(older.no));
                }
            }
        }
        self.pages.insert(no, opened);
        Ok(())
    }

    /// As [`Pages::give_up`].
    pub(super) fn give_up(&mut self, cid: &Cid) {
        self.wanted.remove(cid);
    }

    /// Returns the CID of the newest page, and all pages that were not read before, by number. Returns `None`
    /// if there is nothing new, or if pages are still wanted.
    pub(super) fn finish(self) -> Option<(Cid, BTreeMap<u64, P>)> {
        let (no, _) = self.pages.last_key_value()?;
        let is_whole = self.named.get(no) == Some(&self.newest) && self.wanted.is_empty();
        is_whole.then_some((self.newest, self.pages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_reach_any_page_in_few_rounds_and_follow_from_the_page_before() {
        let mut rounds = BTreeMap::from([(1u64, 0u32)]);
        for next in 2..5000u64 {
            let named: Vec<_> = (1..next).filter(|no| is_named(*no, next)).collect();
            assert!(named.len() <= limits::PAGE_OLDER && named.contains(&(next - 1)));
            assert!(named.iter().all(|no| *no == next - 1 || is_named(*no, next - 1)));
            // Rounds until the first page is reached, if everything that is named is fetched at once.
            let fewest = named.iter().map(|no| rounds[no]).min().unwrap() + 1;
            rounds.insert(next, fewest);
        }
        assert!(rounds.values().all(|rounds| *rounds <= 13));
    }
}
