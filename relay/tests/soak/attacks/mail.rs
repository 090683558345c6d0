//! Mail that an attacker leaves for themselves, to take the room of all mailboxes.

use std::time::Duration;

use spinney::{
    net::mailbox::{self, Mail, Pass},
    platform,
};
use tokio::task::JoinSet;

use super::{Peer, World, again, somebody};

/// Mails for one mailbox: as many as one device may leave before it takes another key.
const MAILS: usize = 16;

/// Pause after each mail.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) fn start(world: &World, attacks: &mut JoinSet<()>) {
    let world = world.clone();
    attacks.spawn(again(async move || fill(&world).await));
}

/// Opens a mailbox and leaves mail in it with tokens.
async fn fill(world: &World) -> Option<()> {
    let peer = Peer::connect(world.door(0)).await?;
    let ring = somebody();
    let tokens: Vec<mailbox::Token> = (0..MAILS).map(|_| platform::random()).collect();
    let certificate = peer.certificate(&ring);
    let mut own = mailbox::Session::open(peer.open(mailbox::PROTOCOL).await?, &certificate).await.ok()?;
    own.expect(&tokens).await.ok()?;
    let mut stream = peer.open(mailbox::PROTOCOL).await?;
    for token in tokens {
        let mut sealed = vec![0; mailbox::MAIL];
        platform::fill_random(&mut sealed);
        let mail = Mail::new(sealed.into()).expect("it has the length of all mail");
        mailbox::deposit(&mut stream, ring.id(), &mail, Pass::Token(token)).await.ok()?;
        tokio::time::sleep(PAUSE).await;
    }
    world.is_charged(&ring);
    Some(())
}
