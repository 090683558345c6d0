//! `keeping` of the API.

use crate::engine::api::{FreeableSpace, KeepingStatus, RoomTerms, Trial};
use crate::engine::{Engine, Error};

impl Engine {
    /// What I keep for friends, and they for me.
    pub async fn keeping_status(&self) -> Result<KeepingStatus, Error> {
        Ok(self.unlocked()?.keeping.status())
    }

    /// Gives a contact room in this browser, of which there is `limit` for all together. None takes it back: what is kept
    /// goes after 14 days.
    ///
    /// # Errors
    ///
    /// `refused` if there is not so much room.
    pub async fn set_room(
        &self,
        contact: &str,
        bytes: u64,
        terms: RoomTerms,
        limit: u64,
    ) -> Result<(), Error> {
        self.while_unlocked(async |open| open.keeping.set_room(contact, bytes, terms, limit).await).await
    }

    /// Has a pinning service hold what I share, if it answers and accepts the token.
    ///
    /// # Errors
    ///
    /// `already-exists` for a second one of this name, `invalid-name`, `unreachable`, and `refused`.
    pub async fn add_service(&self, name: &str, endpoint: &str, token: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.keeping.add_service(name, endpoint, token).await).await
    }

    /// Forgets a pinning service; what it holds stays there. Idempotent.
    pub async fn remove_service(&self, name: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.keeping.remove_service(name).await).await
    }

    /// Drops here the files of a share of mine, or of all that can be dropped, as soon as two places, at least one of them a
    /// friend, have proven that they deliver every block; gives the bytes that became free now. Proofs that take longer go on
    /// by themselves for a week, as [`KeepingStatus::freed`] says.
    ///
    /// # Errors
    ///
    /// `not-found`, and `refused` where this one share cannot leave this browser now.
    pub async fn free_space(&self, share: Option<&str>) -> Result<u64, Error> {
        self.while_unlocked(async |open| open.keeping.free(share).await).await
    }

    /// What could leave this browser, and why the rest cannot.
    pub async fn freeable_space(&self) -> Result<FreeableSpace, Error> {
        self.while_unlocked(async |open| open.keeping.freeable_space().await).await
    }

    /// Lets go of everything that is kept for a contact at once. Idempotent.
    pub async fn release_room(&self, contact: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.keeping.release(contact).await).await
    }

    /// Tries whether the 24 words would bring this profile back, and all that is here, from each of my relays. Nothing is
    /// published and nothing that is here changes. Takes up to a minute where a relay is silent.
    pub async fn trial(&self) -> Result<Vec<Trial>, Error> {
        self.while_unlocked(async |open| open.trial().run().await).await
    }
}
