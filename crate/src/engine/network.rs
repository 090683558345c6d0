//! What the engine's components ask of the network, by use; [`Net`] answers, and mocks in their tests.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use cid::Cid;
use futures::StreamExt;
use futures::stream::LocalBoxStream;
use libp2p::PeerId;

use crate::keys::Id;
use crate::net::mailbox::{self, Digest, Mail, Token, Update};
use crate::net::{
    CallError, ConnectError, FetchError, Net, Provider, Rank, RelayAddr, UnmetRelay, WatchUpdate, records,
};

/// Where blocks come from that are not here.
#[async_trait(?Send)]
pub(super) trait BlockSource {
    /// A block from one provider, checked against its CID, and the peer that sent it: if several requests for a block
    /// run at once, the first answer serves all of them.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future withdraws the want.
    async fn fetch_from(&self, cid: Cid, provider: &Provider) -> Result<(Bytes, PeerId), FetchError>;

    /// How well a provider can be asked now.
    fn rank(&self, provider: &Provider) -> Rank;
}

/// Gives the names that are watched, each with the sequence above which a record is news.
pub(super) type Known = Box<dyn Fn() -> Vec<(Id, u64)>>;

/// Where records of others come from.
#[async_trait(?Send)]
pub(super) trait RecordSource {
    /// The newest record that a relay holds of an identity, unverified.
    async fn get_record(
        &self,
        relay: &RelayAddr,
        id: Id,
    ) -> Result<Option<Bytes>, CallError<records::Refusal>>;

    /// Watches names at a relay or device for as long as the stream is held.
    fn watch(&self, provider: Provider, known: Known) -> LocalBoxStream<'static, WatchUpdate>;

    /// Connects to a relay of somebody else of which only the address is known, and returns it with its id.
    async fn meet(&self, relay: &UnmetRelay) -> Result<RelayAddr, ConnectError>;
}

/// Makes a certificate for this device, of an identity whose mailbox is read.
pub(super) type Certificates = Rc<dyn Fn() -> Vec<u8>>;

/// Mailboxes: my own at my relays, and those of others at theirs.
#[async_trait(?Send)]
pub(super) trait Mailboxes {
    /// Leaves a mail for somebody with a relay of theirs, by a token of their invite or as a stranger.
    async fn deposit(
        &self,
        relay: &RelayAddr,
        to: Id,
        mail: &Mail,
        token: Option<Token>,
    ) -> Result<(), CallError<mailbox::Refusal>>;

    /// What is left for me at a relay of mine, for as long as the stream is held.
    fn mail(&self, relay: RelayAddr) -> LocalBoxStream<'static, Result<Update, CallError<mailbox::Refusal>>>;

    /// What is left at a relay of mine for an identity that I had before, for as long as the stream is held.
    fn former_mail(
        &self,
        relay: RelayAddr,
        former: Certificates,
    ) -> LocalBoxStream<'static, Result<Update, CallError<mailbox::Refusal>>>;

    /// Has a relay of mine delete mails; those of an identity that I had before, where its certificate is given.
    async fn discard_mail(
        &self,
        relay: &RelayAddr,
        former: Option<&Certificates>,
        mails: &[Digest],
    ) -> Result<(), CallError<mailbox::Refusal>>;

    /// Has a relay of mine let mail in with these tokens.
    async fn expect_mail(
        &self,
        relay: &RelayAddr,
        tokens: &[Token],
    ) -> Result<(), CallError<mailbox::Refusal>>;

    /// Has a relay of mine refuse these tokens.
    async fn forget_tokens(
        &self,
        relay: &RelayAddr,
        tokens: &[Token],
    ) -> Result<(), CallError<mailbox::Refusal>>;
}

#[async_trait(?Send)]
impl BlockSource for Net {
    async fn fetch_from(&self, cid: Cid, provider: &Provider) -> Result<(Bytes, PeerId), FetchError> {
        Net::fetch_from(self, cid, provider).await
    }

    fn rank(&self, provider: &Provider) -> Rank {
        Net::rank(self, provider)
    }
}

#[async_trait(?Send)]
impl RecordSource for Net {
    async fn get_record(
        &self,
        relay: &RelayAddr,
        id: Id,
    ) -> Result<Option<Bytes>, CallError<records::Refusal>> {
        Net::get_record(self, relay, id).await
    }

    fn watch(&self, provider: Provider, known: Known) -> LocalBoxStream<'static, WatchUpdate> {
        Net::watch(self, provider, known).boxed_local()
    }

    async fn meet(&self, relay: &UnmetRelay) -> Result<RelayAddr, ConnectError> {
        Net::meet(self, relay).await
    }
}

#[async_trait(?Send)]
impl Mailboxes for Net {
    async fn deposit(
        &self,
        relay: &RelayAddr,
        to: Id,
        mail: &Mail,
        token: Option<Token>,
    ) -> Result<(), CallError<mailbox::Refusal>> {
        Net::deposit(self, relay, to, mail, token).await
    }

    fn mail(&self, relay: RelayAddr) -> LocalBoxStream<'static, Result<Update, CallError<mailbox::Refusal>>> {
        Net::mail(self, relay).boxed_local()
    }

    fn former_mail(
        &self,
        relay: RelayAddr,
        former: Certificates,
    ) -> LocalBoxStream<'static, Result<Update, CallError<mailbox::Refusal>>> {
        Net::mail_of(self, relay, move || former()).boxed_local()
    }

    async fn discard_mail(
        &self,
        relay: &RelayAddr,
        former: Option<&Certificates>,
        mails: &[Digest],
    ) -> Result<(), CallError<mailbox::Refusal>> {
        match former {
            Some(certificate) => Net::discard_mail_of(self, relay, &certificate(), mails).await,
            None => Net::discard_mail(self, relay, mails).await,
        }
    }

    async fn expect_mail(
        &self,
        relay: &RelayAddr,
        tokens: &[Token],
    ) -> Result<(), CallError<mailbox::Refusal>> {
        Net::expect_mail(self, relay, tokens).await
    }

    async fn forget_tokens(
        &self,
        relay: &RelayAddr,
        tokens: &[Token],
    ) -> Result<(), CallError<mailbox::Refusal>> {
        Net::forget_tokens(self, relay, tokens).await
    }
}
