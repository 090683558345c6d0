//! What readers answered to shares, as it is shown and counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::limits;
use crate::format::share_id::ShareId;
use crate::keys::Id;
use crate::platform;
use crate::social::answers::{CommentName, Said};
use crate::social::relation::Decision;
use crate::social::share_record::ShareRecord;

use super::tables::{Rows, Tables};

/// How long ago something may have been said to be news, in milliseconds.
const NEWS_MS: u64 = 24 * 60 * 60 * 1000;

/// A comment or a heart, as it is shown here.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Answer {
    pub(in crate::engine) said: Said,
    pub(in crate::engine) is_mine: bool,
    /// Whether I hide it from the readers of my share.
    pub(in crate::engine) is_hidden: bool,
}

impl Tables {
    /// Whether a share that is here is mine.
    pub(in crate::engine) fn is_mine(&self, id: &ShareId, me: &Id) -> bool {
        self.shares.get(id).is_some_and(|share| share.author == *me)
    }

    /// What was answered to a share, in the order of the times. What I took back is left out, also while its author still
    /// shows it, and so is what people say whom I blocked.
    pub(in crate::engine) fn answers_to(&self, share: &ShareRecord, me: &Id) -> Vec<Answer> {
        let id = share.id();
        let own = self.own_comments.values().filter(|own| own.share == id);
        let own: BTreeMap<CommentName, Said> =
            own.filter_map(|own| own.said(me)).map(|said| (said.name, said)).collect();
        let is_mine = |name: &CommentName| own.contains_key(name);
        let of_others = self.answers.get(&id).map(|answers| answers.said()).unwrap_or_default();
        let of_others = of_others
            .iter()
            .filter(|said| said.writer != *me && !is_mine(&said.name))
            .filter(|said| self.decision(&said.writer) != Decision::Blocked)
            .map(|said| Answer {
                said: said.clone(),
                is_mine: false,
                is_hidden: self.hidden_comments.contains(&said.name),
            });
        let mine = own.values().map(|said| Answer { said: said.clone(), is_mine: true, is_hidden: false });
        let mut all: Vec<_> = of_others.chain(mine).collect();
        all.sort_by(|a, b| a.said.cmp(&b.said));
        all
    }

    /// What the readers of a share of mine are to see.
    pub(in crate::engine) fn answers_to_list(&self, share: &ShareRecord, me: &Id) -> Vec<Said> {
        let shown = self.answers_to(share, me).into_iter().filter(|answer| !answer.is_hidden);
        shown.map(|answer| answer.said).take(limits::COMMENTS).collect()
    }

    /// The blocks that keepers are to keep beside shares, each with what hangs from it: lists of answers, and letters.
    pub(in crate::engine) fn beside_shares(&self, me: &Id) -> Vec<crate::format::Cid> {
        let letters = self.letters.values().filter_map(|letter| letter.header);
        self.answer_pages(me).into_iter().chain(letters).collect()
    }

    /// Those of them that this device brings to keepers: another one brings what it wrote.
    pub(in crate::engine) fn beside_shares_here(&self, me: &Id) -> Vec<crate::format::Cid> {
        let letters = self.letters.iter().filter(|(name, it)| self.letters_here.get(name) == Some(&it.rev));
        let letters = letters.filter_map(|(_, letter)| letter.header);
        self.answer_pages(me).into_iter().chain(letters).collect()
    }

    /// The pages of all lists of mine.
    fn answer_pages(&self, me: &Id) -> Vec<crate::format::Cid> {
        let mine = self.answers.iter().filter(|(id, _)| {
            self.shares.get(id).is_some_and(|share| share.author == *me && !share.withdrawn)
        });
        mine.flat_map(|(_, answers)| answers.list.pages.iter().copied()).collect()
    }
}

/// Counts anew what was answered to the shares that a change is about, and forgets what is of shares that are gone.
pub(super) fn settle(me: &Id, before: &Tables, after: &mut Tables) {
    let touched = touched(before, after);
    for id in touched {
        let Some(share) = after.shares.get(&id) else {
            after.answers.remove(&id);
            continue;
        };
        let shown = after.answers_to(share, me).iter().filter(|answer| !answer.is_hidden).count() as u64;
        if share.answered != shown
            && let Some(share) = after.shares.get_mut(&id)
        {
            share.answered = shown;
        }
    }
}

/// The shares whose answers may be others than before.
fn touched(before: &Tables, after: &Tables) -> BTreeSet<ShareId> {
    let mut touched = answered(before, after);
    touched.extend(Rows::changes(&before.shares, &after.shares).map(|(id, ..)| *id));
    touched
}

/// The shares to which something was said or taken back.
pub(super) fn answered(before: &Tables, after: &Tables) -> BTreeSet<ShareId> {
    let mut touched = BTreeSet::new();
    touched.extend(Rows::changes(&before.answers, &after.answers).map(|(id, ..)| *id));
    let own = Rows::changes(&before.own_comments, &after.own_comments);
    touched.extend(own.filter_map(|(_, was, is)| was.or(is)).map(|own| own.share));
    let hidden = Rows::changes(&before.hidden_comments, &after.hidden_comments);
    touched.extend(hidden.filter_map(|(_, was, is)| was.or(is)).map(|hidden| hidden.share));
    touched
}

/// Who said the newest thing that is shown now and was not before, if that is news.
pub(super) fn newest_writer(before: &Tables, after: &Tables, share: &ShareRecord, me: &Id) -> Option<Id> {
    let id = share.id();
    let was = before.answers.get(&id).map(|answers| answers.said()).unwrap_or_default();
    let now = platform::now_ms();
    let shown = after.answers_to(share, me).into_iter().rev();
    let mut new = shown.filter(|answer| !answer.is_mine && !was.contains(&answer.said));
    new.find(|answer| answer.said.time.saturating_add(NEWS_MS) > now).map(|answer| answer.said.writer)
}
