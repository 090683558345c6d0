//! How I and another person relate: who asked, added, follows, declined or blocked whom.
//!
//! My decision is mine and stays in the vault. Their question is in the [inbox](super::request::Inbox). Their
//! decision to add me shows by the letterbox that they have for me. No note tells a person that they were
//! declined or blocked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Name, vault::Entry};
use crate::{
    format::limits::REQUEST_MS,
    format::text::{self, TextError},
    keys::Id,
};

/// For this time after I declined a person, their requests are not shown, in milliseconds: 30 days.
const QUIET_MS: u64 = 30 * DAY_MS;

/// After this time an unanswered request is left again, in milliseconds: 30 days, because mailboxes forget
/// after 60.
const ASK_AGAIN_MS: u64 = 30 * DAY_MS;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Circles of one person, at most. More would not help to choose.
pub const MAX_CIRCLES: usize = 32;

/// What I decided about a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// No decision, or none any more.
    #[default]
    None,
    /// I read their public shares. They are not told.
    Following,
    /// I have a letterbox for them, and read theirs for me.
    Added,
    /// I want nothing from them.
    Blocked,
}

/// What I store about a person, beside the keys in their [contact](super::contact::Contact).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    #[serde(rename = "stance")]
    decision: Decision,
    /// When I decided that, in milliseconds since 1970.
    decided: u64,
    /// The time of their newest request that I answered in any way, by their clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answered: Option<u64>,
    /// The time of their newest request that I declined, by their clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declined: Option<u64>,
    /// When I last left a request for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<u64>,
    /// The circles in which I put them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    circles: BTreeSet<String>,
    /// While they are blocked: my decision before, which comes back when they are unblocked.
    #[serde(default, skip_serializing_if = "is_none")]
    before: Decision,
    /// The invite of mine by which they were added without a question, until I decide anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invite: Option<Name>,
}

fn is_none(decision: &Decision) -> bool {
    *decision == Decision::None
}

/// My decision about a person, and what of their requests I answered, as the vault keeps it.
///
/// When it was decided is when its entry was written. The circles have an entry of their own, and [asked](Relation) is
/// with what they are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stance {
    #[serde(default, rename = "stance", skip_serializing_if = "is_none")]
    decision: Decision,
    #[serde(default, skip_serializing_if = "is_none")]
    before: Decision,
    /// The invite by which they were added without a question. It is for one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Name>,
    /// The time of their newest request that was answered in any way, by their clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declined: Option<u64>,
}

impl Stance {
    /// Whether something was decided, and that is in force.
    pub fn is_decided(&self) -> bool {
        self.decision != Decision::None
    }

    /// The same with what was decided about the identity that this one follows.
    #[must_use]
    pub fn decided_as(self, before: &Self) -> Self {
        Self { decision: before.decision, before: before.before, invite: None, ..self }
    }

    /// The same without a decision.
    #[must_use]
    pub fn undecided(self) -> Self {
        Self { answered: self.answered, declined: self.declined, ..Self::default() }
    }
}

impl Entry for Stance {
    const PREFIX: &'static str = "relation/";
    type Name = Id;
}

/// How we relate, as a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Neither asked.
    Stranger,
    /// They asked to be added, and I have not answered.
    Asks,
    /// They asked, and I declined.
    Declined,
    /// I follow them.
    Following,
    /// I added them. It is unknown whether they will add me.
    Requested,
    /// Each has a letterbox for the other.
    Mutual,
    /// I want nothing from them.
    Blocked,
}

/// Why circles cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CircleError {
    /// A name is empty or too long.
    #[error(transparent)]
    Name(#[from] TextError),
    /// More than [`MAX_CIRCLES`].
    #[error("put one person into at most {MAX_CIRCLES} circles")]
    TooMany,
}

impl Relation {
    /// Makes the relation of a contact that was added at this time, before there were other relations.
    pub fn added(at: u64) -> Self {
        Self { decision: Decision::Added, decided: at, ..Self::default() }
    }

    /// Makes a relation from what the vault says: what was decided, when, when a request was last left, and the circles.
    pub fn from_vault(stance: Stance, decided: u64, asked: Option<u64>, circles: BTreeSet<String>) -> Self {
        let Stance { decision, before, invite, answered, declined } = stance;
        Self { decision, decided, answered, declined, asked, circles, before, invite }
    }

    /// Returns what the vault says of it. `is_in_force`: a decision about somebody who is no contact is not.
    pub fn stance(&self, is_in_force: bool) -> Stance {
        let Self { decision, before, invite, answered, declined, .. } = *self;
        let stance = Stance { decision, before, invite, answered, declined };
        if is_in_force { stance } else { stance.undecided() }
    }

    /// Returns my decision.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Returns when I decided that, in milliseconds since 1970.
    pub fn decided(&self) -> u64 {
        self.decided
    }

    /// Returns when I last left a request for them, in milliseconds since 1970.
    pub fn asked(&self) -> Option<u64> {
        self.asked
    }

    /// Returns how we relate. `asks`: a request of theirs waits in the inbox. `has_letterbox`: they have a
    /// letterbox for me.
    pub fn standing(&self, asks: bool, has_letterbox: bool) -> Standing {
        match self.decision {
            Decision::Blocked => Standing::Blocked,
            Decision::Added if has_letterbox => Standing::Mutual,
            Decision::Added => Standing::Requested,
            Decision::Following => Standing::Following,
            Decision::None if asks => Standing::Asks,
            Decision::None if self.declined.is_some() && self.declined == self.answered => Standing::Declined,
            Decision::None => Standing::Stranger,
        }
    }

    /// Decides at `now`, in milliseconds since 1970. This answers their request, if one waits.
    ///
    /// `waiting` is the time of that request. If the decision is the same as before, it answers the request
    /// and changes nothing else. Declining a request does not change the decision: somebody whom I follow
    /// stays followed.
    pub fn decide(&mut self, decision: Decision, waiting: Option<u64>, now: u64) {
        self.answered = self.answered.max(waiting);
        if self.decision != decision {
            self.before = if decision == Decision::Blocked { self.decision } else { Decision::None };
            self.decision = decision;
            self.invite = None;
            // Later than the decision that it replaces, even if a clock went back.
            self.decided = now.max(self.decided + 1);
        }
        if decision == Decision::Added && waiting.is_some() {
            // The person who asked watches for my answer, and finds their letterbox without a request of
            // mine.
            self.apply_asked(self.decided);
        }
    }

    /// Whether an invite that I made at this time may add them without a question: not after I removed them.
    pub fn lets_in(&self, made: u64) -> bool {
        self.decision != Decision::None || self.decided < made
    }

    /// Adds a person who came by an invite that I made at `made`, with their request of this time.
    ///
    /// I decided that when I made the invite, so what I decide later at another device counts, whenever it is heard of.
    pub fn add_by_invite(&mut self, invite: Name, made: u64, request: u64, now: u64) {
        self.decide(Decision::Added, Some(request), made);
        self.invite = Some(invite);
        self.apply_asked(now);
    }

    /// Whether something was decided, and later than in `other`.
    pub fn is_decided_after(&self, other: &Self) -> bool {
        self.decision != Decision::None && self.decided > other.decided
    }

    /// The same with what was decided about the identity that this one follows. No invite of theirs made it so.
    #[must_use]
    pub fn decided_as(&self, other: &Self) -> Self {
        let (decision, decided, before) = (other.decision, other.decided, other.before);
        let circles = if self.circles.is_empty() { &other.circles } else { &self.circles };
        Self { decision, decided, before, invite: None, circles: circles.clone(), ..self.clone() }
    }

    /// Returns what I decided before I blocked them.
    pub fn before_block(&self) -> Decision {
        self.before
    }

    /// Ends a block at `now`: what I decided before is in force again. Returns that decision.
    pub fn unblock(&mut self, now: u64) -> Decision {
        if self.decision == Decision::Blocked {
            self.decide(self.before, None, now);
        }
        self.decision
    }

    /// Has a request left for them once more, because there is something new to say.
    pub fn ask_anew(&mut self, now: u64) {
        self.invite = None;
        self.decided = now.max(self.decided + 1).max(self.asked.map_or(0, |asked| asked + 1));
    }

    /// Answers their request of this time, which changes nothing between us.
    pub fn answer(&mut self, request: u64) {
        self.answered = self.answered.max(Some(request));
    }

    /// Declines their request of this time.
    pub fn decline(&mut self, request: u64) {
        self.answered = self.answered.max(Some(request));
        self.declined = self.declined.max(Some(request));
    }

    /// Whether their request of this time was declined, or came before one that was.
    pub fn was_declined(&self, request: u64) -> bool {
        self.declined.is_some_and(|declined| request <= declined)
    }

    /// Whether their request of this time is newer than all that were answered.
    pub fn is_unanswered(&self, request: u64) -> bool {
        self.answered.is_none_or(|answered| request > answered)
    }

    /// Whether their request of this time is to be shown.
    ///
    /// A request is not shown if it was answered, even if it is left again, nor for 30 days after one was
    /// declined, nor if its sender is added or blocked.
    pub fn hears(&self, request: u64) -> bool {
        let is_open = matches!(self.decision, Decision::None | Decision::Following);
        let is_quiet = |declined: u64| request < declined.saturating_add(QUIET_MS);
        is_open && self.is_unanswered(request) && !self.declined.is_some_and(is_quiet)
    }

    /// Whether they get a letterbox and notes from me. Otherwise, a letterbox that they have stays without
    /// news.
    pub fn is_written_to(&self) -> bool {
        self.decision == Decision::Added
    }

    /// Whether their record is watched: for their feed, and for their letterbox for me.
    pub fn is_watched(&self) -> bool {
        matches!(self.decision, Decision::Added | Decision::Following)
    }

    /// Whether a request must be left for them now, so that they learn that I added them.
    pub fn owes_request(&self, has_letterbox: bool, now: u64) -> bool {
        let is_told = |asked: u64| asked >= self.decided && now < asked.saturating_add(ASK_AGAIN_MS);
        self.decision == Decision::Added && !has_letterbox && !self.asked.is_some_and(is_told)
    }

    /// Records that a request was left for them.
    pub fn apply_asked(&mut self, at: u64) {
        self.asked = self.asked.max(Some(at));
    }

    /// Returns the circles that they are in.
    pub fn circles(&self) -> impl Iterator<Item = &str> {
        self.circles.iter().map(String::as_str)
    }

    /// Puts them into exactly these circles, with the names as typed.
    pub fn set_circles<'a>(&mut self, typed: impl IntoIterator<Item = &'a str>) -> Result<(), CircleError> {
        let circles: BTreeSet<_> = typed.into_iter().map(text::name).collect::<Result<_, _>>()?;
        if circles.len() > MAX_CIRCLES {
            return Err(CircleError::TooMany);
        }
        self.circles = circles;
        Ok(())
    }

    /// Removes them from every circle.
    pub fn clear_circles(&mut self) {
        self.circles.clear();
    }

    /// Whether nothing needs to be stored: no decision, no circle, no request that could come again, and no removal that
    /// an invite from before could undo.
    ///
    /// `now` is in milliseconds since 1970. A request older than 60 days is refused, and an invite is good for as long.
    pub fn is_forgettable(&self, now: u64) -> bool {
        let lasts = |time: u64| time.saturating_add(REQUEST_MS) > now;
        self.decision == Decision::None
            && self.circles.is_empty()
            && !self.answered.is_some_and(lasts)
            && !lasts(self.decided.saturating_add(REQUEST_MS))
    }
}

#[cfg(test)]
mod tests;
