//! Calls of the handle to mailboxes.

use std::time::Duration;

use futures::future::{Either, select};
use futures::{Stream, StreamExt, pin_mut};
use libp2p::identity::Keypair;
use libp2p::swarm::SwarmEvent;

use super::{
    Digest, Mail, PROTOCOL, Pass, Refusal, Session, Token, Update, Work, deposit, price, work::Search,
};
use crate::keys::Id;
use crate::net::backoff::Backoff;
use crate::net::calls::{CallError, in_time};
use crate::net::reconnecting::reconnecting;
use crate::net::streams::{self, Control};
use crate::net::swarm;
use crate::net::{ConnectError, Net, RelayAddr};
use crate::platform;

/// Nonces that are tried before other tasks run: some milliseconds of work.
const TRIES: u64 = 1 << 13;

/// The pause in which other tasks run.
const BREATH: Duration = Duration::from_millis(1);

impl Net {
    /// Leaves a mail for somebody at their relay. Returns when it is synced there.
    ///
    /// Uses a connection of its own, under a key that is then forgotten, so the relay does not learn the
    /// sender. A mail with the token of an invite passes at once. Without one this works for as long as the
    /// relay asks, in small steps. It is idempotent.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the connection. The mail may or may not have been left.
    pub async fn deposit(
        &self,
        relay: &RelayAddr,
        to: Id,
        mail: &Mail,
        token: Option<Token>,
    ) -> Result<(), CallError<Refusal>> {
        let pass = match token {
            Some(token) => Pass::Token(token),
            None => {
                let asked = async |mut stream| Ok(price(&mut stream, to).await?);
                let price = in_time(unknown(relay, asked)).await?;
                Pass::Work(work(Search::new(price, to, mail.digest())).await)
            }
        };
        in_time(unknown(relay, async |mut stream| Ok(deposit(&mut stream, to, mail, pass).await?))).await
    }

    /// Watches our mailbox at one of our own relays while the stream is held. After a loss it starts again.
    ///
    /// Mail that was not discarded comes again each time. An error says why nothing comes for now. The stream
    /// ends only with the network.
    pub fn mail(&self, relay: RelayAddr) -> impl Stream<Item = Result<Update, CallError<Refusal>>> + 'static {
        let net = self.clone();
        let own = relay.clone();
        self.mail_of(relay, move || net.certificate_for(&own).unwrap_or_default().into())
    }

    /// The same of the mailbox of another identity that has certified this device: the one that we had before our keys were
    /// changed. `certificate` is asked for one with each connection.
    pub fn mail_of(
        &self,
        relay: RelayAddr,
        certificate: impl Fn() -> Vec<u8> + 'static,
    ) -> impl Stream<Item = Result<Update, CallError<Refusal>>> + 'static {
        let (net, peer) = (self.clone(), relay.peer());
        let open = async move || {
            let watch =
                async { Ok(net.mailbox_of(&relay, &certificate()).await?.watch().await?.boxed_local()) };
            in_time(watch).await
        };
        reconnecting(self.control.clone(), peer, None, Backoff::default(), open)
    }

    /// Deletes mails at one of our own relays. Idempotent.
    pub async fn discard_mail(&self, relay: &RelayAddr, mails: &[Digest]) -> Result<(), CallError<Refusal>> {
        in_time(async { Ok(self.mailbox(relay).await?.discard(mails).await?) }).await
    }

    /// Deletes mails of another identity that has certified this device. Idempotent.
    pub async fn discard_mail_of(
        &self,
        relay: &RelayAddr,
        certificate: &[u8],
        mails: &[Digest],
    ) -> Result<(), CallError<Refusal>> {
        in_time(async { Ok(self.mailbox_of(relay, certificate).await?.discard(mails).await?) }).await
    }

    /// Makes one of our own relays accept mail with the tokens of our invites. Idempotent: send all open
    /// tokens whenever the relay connects.
    pub async fn expect_mail(&self, relay: &RelayAddr, tokens: &[Token]) -> Result<(), CallError<Refusal>> {
        in_time(async { Ok(self.mailbox(relay).await?.expect(tokens).await?) }).await
    }

    /// Makes one of our own relays refuse the tokens of withdrawn invites. Idempotent.
    pub async fn forget_tokens(&self, relay: &RelayAddr, tokens: &[Token]) -> Result<(), CallError<Refusal>> {
        in_time(async { Ok(self.mailbox(relay).await?.forget(tokens).await?) }).await
    }

    async fn mailbox(&self, relay: &RelayAddr) -> Result<Session<streams::Stream>, CallError<Refusal>> {
        self.mailbox_of(relay, &self.certificate_for(relay).unwrap_or_default()).await
    }

    async fn mailbox_of(
        &self,
        relay: &RelayAddr,
        certificate: &[u8],
    ) -> Result<Session<streams::Stream>, CallError<Refusal>> {
        let stream = self.call(relay, PROTOCOL).await?;
        Ok(Session::open(stream, certificate).await?)
    }
}

/// Asks a relay over a connection of its own, under an unknown key.
async fn unknown<T>(
    relay: &RelayAddr,
    ask: impl AsyncFnOnce(streams::Stream) -> Result<T, CallError<Refusal>>,
) -> Result<T, CallError<Refusal>> {
    let control = Control::new();
    let swarm = swarm::build(&Keypair::generate_ed25519(), control.clone(), None);
    let mut swarm = swarm.map_err(|_| ConnectError::Unreachable)?;
    swarm.dial(relay.address().clone()).map_err(|_| ConnectError::Unreachable)?;
    let driven = async {
        loop {
            if let SwarmEvent::OutgoingConnectionError { .. } = swarm.select_next_some().await {
                return Err(ConnectError::Unreachable.into());
            }
        }
    };
    let asked = async {
        control.next_connection(relay.peer()).await;
        let stream = control.open_to(relay.peer(), PROTOCOL).await.map_err(ConnectError::from)?;
        ask(stream).await
    };
    pin_mut!(driven, asked);
    match select(asked, driven).await {
        Either::Left((answer, _)) | Either::Right((answer, _)) => answer,
    }
}

/// Works in small steps, so that other tasks run between them.
async fn work(mut search: Search) -> Work {
    loop {
        if let Some(work) = search.step(TRIES) {
            return work;
        }
        platform::sleep(BREATH).await;
    }
}
