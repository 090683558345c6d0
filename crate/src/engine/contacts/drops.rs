//! Requests by which people without a profile leave files: taken in where their proof fits a box, else passed over.

use std::time::Duration;

use crate::engine::Error;
use crate::keys::Id;
use crate::net::RelayAddr;
use crate::net::mailbox::Digest;
use crate::platform;
use crate::social::drop_box::PendingDrop;
use crate::social::relation::Relation;
use crate::social::request::Request;

use super::handle::Contacts;
use super::owner::Owner;

/// How long a drop waits whose proof fits no box here: another device of mine may have made the box just now.
const HOLD: Duration = Duration::from_secs(60);

/// Drops that wait so at once. Others of no box are passed over at once: nothing of mine is so many at a time.
const MAX_HELD: usize = 64;

impl Contacts {
    /// Takes in what was left in a box of mine. Says whether the mail may be deleted.
    pub(super) async fn ingest_drop(
        &self,
        relay: &RelayAddr,
        owner: &Owner,
        request: Request,
        mail: Digest,
    ) -> Result<bool, Error> {
        if self.keep_drop(owner.id(), &request).await? || self.0.held.get() >= MAX_HELD {
            return Ok(true);
        }
        let (contacts, relay, owner) = (self.clone(), relay.clone(), owner.clone());
        self.0.held.set(self.0.held.get() + 1);
        self.0.tasks.spawn(async move {
            platform::sleep(HOLD).await;
            // What is kept now is deleted when it comes again, once a relay has the vault.
            let is_kept = contacts.keep_drop(owner.id(), &request).await;
            contacts.0.held.set(contacts.0.held.get() - 1);
            if is_kept == Ok(false)
                && let Err(why) = contacts.discard(&relay, &owner, &[mail]).await
            {
                tracing::debug!(%relay, %why, "a drop of no box comes again");
            }
        });
        Ok(false)
    }

    /// Keeps a drop. Says whether it is known here, or was answered.
    async fn keep_drop(&self, me: Id, request: &Request) -> Result<bool, Error> {
        let request = request.clone();
        let keep = self.0.background.update(move |tx| {
            let from = request.from;
            let relation = tx.relations.get(&from).cloned().unwrap_or_default();
            if !relation.is_unanswered(request.time)
                || tx.drops.get(&from).is_some_and(|known| known.time >= request.time)
            {
                return Ok(true);
            }
            let Some(drop) = PendingDrop::ingest(&me, &request, &tx.drop_boxes, &relation, tx.drops.iter())
            else {
                return Ok(false);
            };
            tx.drops.insert(from, drop);
            // It is nobody else's news: it is published with what comes next, or after a while.
            tx.gather();
            Ok(true)
        });
        keep.await
    }

    /// Notes that what somebody left was answered, at every device of mine.
    pub(in crate::engine) async fn answer_drop(&self, from: &Id) -> Result<(), Error> {
        let from = *from;
        let answer = self.0.state.update(move |tx| {
            let drop = tx.drops.remove(&from).ok_or(Error::NotFound("drop"))?;
            tx.relations.or_insert_with(from, Relation::default).answer(drop.time);
            Ok(())
        });
        answer.await
    }
}
