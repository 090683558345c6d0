//! My invites. Each is for one person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{name::Name, stored, vault::Entry};
use crate::{
    format::{invite::Ticket, limits, secret::CodeSecret},
    keys::{self, Id},
    platform,
};

/// Open invites, at most: as many tokens as one mailbox expects.
pub const MAX_INVITES: usize = 256;

/// An invite that I made, as the vault keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedInvite {
    /// Its secret.
    #[serde(with = "stored::secret")]
    pub secret: CodeSecret,
    /// When it ends, in milliseconds since 1970.
    pub until: u64,
    /// Who became a contact by it. Nobody else will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Id>,
}

impl Entry for IssuedInvite {
    const PREFIX: &'static str = "invite/";
    type Name = Name;
}

impl IssuedInvite {
    /// Returns the part that goes into the invite.
    pub fn ticket(&self) -> Ticket {
        Ticket { secret: self.secret.clone(), until: self.until }
    }

    /// Returns when I made it, in milliseconds since 1970.
    pub fn made(&self) -> u64 {
        self.until.saturating_sub(limits::REQUEST_MS)
    }

    /// Returns the token that my relays must expect while the invite is valid.
    pub fn token(&self) -> [u8; 32] {
        keys::invite::token(&self.secret)
    }
}

/// All my invites that somebody may still use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invites {
    made: BTreeMap<Name, IssuedInvite>,
}

/// There are [`MAX_INVITES`] already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_INVITES} invites are open: wait until some are used, or withdraw one")]
pub struct TooManyInvites;

/// What the proof in a request shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofCheck {
    /// There is no proof, or it fits no invite that I know.
    Nothing,
    /// The sender has this invite, and is the first to use it.
    First(Name),
    /// The sender has an invite that somebody used before.
    Used,
    /// The sender has an invite that had expired.
    Ended,
}

impl Invites {
    /// Makes an invite at `now`, valid for 60 days. Invites that expired long ago are dropped.
    pub fn make(&mut self, now: u64) -> Result<(Name, &IssuedInvite), TooManyInvites> {
        if self.made.values().filter(|made| made.used.is_none() && now < made.until).count() >= MAX_INVITES {
            return Err(TooManyInvites);
        }
        let secret = CodeSecret::from_bytes(platform::random());
        let made = IssuedInvite { secret, until: now + limits::REQUEST_MS, used: None };
        let name = Name::random();
        Ok((name, self.made.entry(name).or_insert(made)))
    }

    /// Returns one invite.
    pub fn get(&self, name: &Name) -> Option<&IssuedInvite> {
        self.made.get(name)
    }

    /// Returns all invites, as the vault keeps them.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &IssuedInvite)> {
        self.made.iter()
    }

    /// Withdraws an invite. Its holder is treated as a stranger.
    pub fn withdraw(&mut self, name: &Name) -> bool {
        self.made.remove(name).is_some()
    }

    /// Drops the invites that no request can use any more, and returns their names.
    pub fn forget(&mut self, now: u64) -> Vec<Name> {
        // A request that was written while the invite was valid may be as old as requests get.
        let is_over = |made: &IssuedInvite| made.until.saturating_add(limits::REQUEST_MS) <= now;
        self.made.extract_if(.., |_, made| is_over(made)).map(|(name, _)| name).collect()
    }

    /// Checks the proof in a request of `from` to `me`, which was written at `time`.
    pub fn check_proof(&self, me: &Id, from: &Id, proof: Option<&[u8; 32]>, time: u64) -> ProofCheck {
        let Some(proof) = proof else { return ProofCheck::Nothing };
        let fits = |made: &IssuedInvite| keys::invite::is_proof(&made.secret, from, me, proof);
        match self.made.iter().find(|(_, made)| fits(made)) {
            None => ProofCheck::Nothing,
            Some((_, made)) if made.used.is_some() => ProofCheck::Used,
            Some((_, made)) if made.until <= time => ProofCheck::Ended,
            Some((name, _)) => ProofCheck::First(*name),
        }
    }

    /// Records that `by` became a contact by this invite. The first one stays.
    pub fn apply_used(&mut self, name: &Name, by: Id) {
        if let Some(made) = self.made.get_mut(name) {
            made.used.get_or_insert(by);
        }
    }
}

impl FromIterator<(Name, IssuedInvite)> for Invites {
    fn from_iter<T: IntoIterator<Item = (Name, IssuedInvite)>>(made: T) -> Self {
        Self { made: made.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::social::fixture::{NOW, ring};

    #[test]
    fn an_invite_is_for_the_first_who_proves_to_have_it() {
        let [me, ben, eve] = [ring(1).id(), ring(2).id(), ring(3).id()];
        let mut invites = Invites::default();
        let (name, made) = invites.make(NOW).map(|(name, made)| (name, made.clone())).unwrap();
        let proof = |from: &Id| keys::invite::proof(&made.secret, from, &me);
        let check = |invites: &Invites, from: &Id| invites.check_proof(&me, from, Some(&proof(from)), NOW);
        assert_eq!(check(&invites, &ben), ProofCheck::First(name));
        assert_eq!(
            invites.check_proof(&me, &eve, Some(&proof(&ben)), NOW),
            ProofCheck::Nothing,
            "another's proof"
        );
        assert_eq!(invites.check_proof(&me, &ben, None, NOW), ProofCheck::Nothing);
        assert_eq!(invites.check_proof(&me, &ben, Some(&proof(&ben)), made.until), ProofCheck::Ended);
        invites.apply_used(&name, ben);
        invites.apply_used(&name, eve);
        assert_eq!(invites.get(&name).unwrap().used, Some(ben));
        assert_eq!([check(&invites, &ben), check(&invites, &eve)], [ProofCheck::Used; 2]);
        assert!(invites.withdraw(&name) && !invites.withdraw(&name));
        assert_eq!(check(&invites, &eve), ProofCheck::Nothing);
    }

    #[test]
    fn open_invites_are_bounded_and_used_or_ended_ones_do_not_count() {
        let mut invites = Invites::default();
        for _ in 0..MAX_INVITES {
            invites.make(NOW).unwrap();
        }
        assert_eq!(invites.make(NOW), Err(TooManyInvites));
        let first = *invites.iter().next().unwrap().0;
        invites.apply_used(&first, ring(2).id());
        assert!(invites.make(NOW).is_ok() && invites.make(NOW).is_err());
        assert!(invites.make(NOW + limits::REQUEST_MS).is_ok());
        assert_eq!(invites.forget(NOW + 2 * limits::REQUEST_MS).len(), MAX_INVITES + 1);
        assert_eq!(invites.iter().count(), 1);
    }
}
