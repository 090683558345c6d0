//! Who keeps what I publish, so that others find it while this tab is closed.

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::stream::LocalBoxStream;

use crate::crypto::sign::VerifyingKey;
use crate::engine::state::{State, Tables};
use crate::format::ipns;
use crate::keys::Id;
use crate::net::keep::{self, PinOutcome, Proved, Question, Weight};
use crate::net::{CallError, Net, RelayAddr, exchange, records, share, streams};
use crate::social::publication::Newest;

use super::unfinished::Unfinished;

/// Keeps blocks of mine and my newest record.
#[async_trait(?Send)]
pub(in crate::engine) trait Keeper {
    /// Its PeerId as text, as rows name it.
    fn name(&self) -> &str;

    /// The key to which its proofs are bound; none where it gives none.
    fn key(&self) -> Option<VerifyingKey>;

    /// The sequence of the record that it has; none where it has none.
    async fn sequence(&self) -> Result<Option<u64>, Unfinished>;

    /// Opens a session. After an error drop it and open another.
    async fn open(&self) -> Result<Box<dyn KeeperSession>, Unfinished>;

    /// Has it hold this record in the place of the one with the sequence `replaces`, or of an older one that it has. It
    /// must keep what hangs from the root before.
    ///
    /// # Errors
    ///
    /// Passing if it has another record than that: of another device, which is merged first.
    async fn replace_record(&self, newest: &Newest, replaces: Option<u64>) -> Result<(), Unfinished>;
}

/// A session with a keeper: asks what it has, pushes and pins.
#[async_trait(?Send)]
pub(in crate::engine) trait KeeperSession {
    /// Which of these blocks it has, in the order asked.
    async fn have(&mut self, cids: &[Cid]) -> Result<Vec<bool>, Unfinished>;

    /// Asks whether a push of so much fits. A refusal leaves the session open.
    async fn room(&mut self, weight: Weight) -> Result<(), Unfinished>;

    /// Pushes blocks, and returns once all of them are synced there. `progress` is called at every acknowledgement, counted
    /// from the start of the session; blocks are acknowledged in their order.
    async fn push(
        &mut self,
        blocks: LocalBoxStream<'_, (Cid, Bytes)>,
        progress: &mut dyn FnMut(keep::Progress),
    ) -> Result<(), Unfinished>;

    /// How far the pushes of this session have come.
    fn progress(&self) -> keep::Progress;

    /// Has everything kept that hangs from a root or header, up to a time in milliseconds since 1970, if one is given.
    async fn pin_until(&mut self, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Unfinished>;

    /// Gives up a pin.
    async fn unpin(&mut self, cid: &Cid) -> Result<(), Unfinished>;

    /// Asks it to prove that it can deliver some blocks.
    async fn prove(&mut self, question: &Question) -> Result<Proved, Unfinished>;

    /// My pins, sorted, some at a time from the first after `after`; none at the end.
    async fn pins(&mut self, after: Option<Cid>) -> Result<Vec<Cid>, Unfinished>;
}

/// A relay of mine as a keeper.
pub(in crate::engine) struct RelayKeeper {
    net: Net,
    relay: RelayAddr,
    id: Id,
    name: String,
    state: State,
}

impl RelayKeeper {
    /// A relay that keeps what the profile `id` publishes.
    pub(in crate::engine) fn new(net: Net, relay: RelayAddr, id: Id, state: State) -> Self {
        let name = relay.peer().to_string();
        Self { net, relay, id, name, state }
    }

    /// Remembers what the relay says of its clock, to tell the person if theirs is wrong.
    fn learn_clock(&self, now: Option<u64>) {
        if let Some(now) = now {
            self.state.set_live(|live| live.learn_clock(self.relay.peer(), now));
        }
    }
}

#[async_trait(?Send)]
impl Keeper for RelayKeeper {
    fn name(&self) -> &str {
        &self.name
    }

    fn key(&self) -> Option<VerifyingKey> {
        share::key_of(&self.relay.peer())
    }

    async fn sequence(&self) -> Result<Option<u64>, Unfinished> {
        let record = self.net.get_record(&self.relay, self.id).await?;
        let opened = record.map(|record| ipns::open(&record, &self.id.verifying_key()));
        // A record that does not verify is none.
        Ok(opened.and_then(Result::ok).map(|record| record.sequence))
    }

    async fn open(&self) -> Result<Box<dyn KeeperSession>, Unfinished> {
        let opened = match self.state.read(Tables::removed_devices) {
            Some(removed) => self.net.keep_and_tell(&self.relay, removed).await,
            None => self.net.keep(&self.relay).await,
        };
        match &opened {
            Ok(session) => self.learn_clock(session.allowance().now),
            Err(CallError::Exchange(exchange::Error::Refused(keep::Refusal::BadCertificate { now }))) => {
                self.learn_clock(*now);
            }
            Err(_) => {}
        }
        Ok(Box::new(opened?))
    }

    async fn replace_record(&self, newest: &Newest, replaces: Option<u64>) -> Result<(), Unfinished> {
        use records::Refusal::Conflict;
        let put = |replaces| self.net.put_record(&self.relay, self.id, &newest.record, replaces);
        match put(replaces).await {
            // It has an older one than it said before, or was never asked: mine is newer all the same.
            Err(CallError::Exchange(exchange::Error::Refused(Conflict { current })))
                if current < newest.seq =>
            {
                Ok(put(Some(current)).await?)
            }
            done => Ok(done?),
        }
    }
}

#[async_trait(?Send)]
impl KeeperSession for keep::Session<streams::Stream> {
    async fn have(&mut self, cids: &[Cid]) -> Result<Vec<bool>, Unfinished> {
        Ok(keep::Session::have(self, cids).await?)
    }

    async fn room(&mut self, weight: Weight) -> Result<(), Unfinished> {
        Ok(keep::Session::room(self, weight).await?)
    }

    async fn push(
        &mut self,
        blocks: LocalBoxStream<'_, (Cid, Bytes)>,
        progress: &mut dyn FnMut(keep::Progress),
    ) -> Result<(), Unfinished> {
        keep::Session::push(self, blocks, progress).await?;
        Ok(())
    }

    fn progress(&self) -> keep::Progress {
        keep::Session::progress(self)
    }

    async fn pin_until(&mut self, cid: &Cid, until: Option<u64>) -> Result<PinOutcome, Unfinished> {
        Ok(keep::Session::pin_until(self, cid, until).await?)
    }

    async fn unpin(&mut self, cid: &Cid) -> Result<(), Unfinished> {
        Ok(keep::Session::unpin(self, cid).await?)
    }

    async fn prove(&mut self, question: &Question) -> Result<Proved, Unfinished> {
        Ok(keep::Session::prove(self, question).await?)
    }

    async fn pins(&mut self, after: Option<Cid>) -> Result<Vec<Cid>, Unfinished> {
        Ok(keep::Session::pins(self, after).await?)
    }
}
