//! Mailboxes without a socket, and a profile that uses them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use async_trait::async_trait;
use futures::channel::{mpsc, oneshot};
use futures::stream::LocalBoxStream;
use futures::{SinkExt, StreamExt};

use crate::crypto::sign::SigningKey;
use crate::engine::mocked::{MockedProfile, Neighbours, profile_of, recipient, settle};
use crate::engine::network::{Certificates, Mailboxes};
use crate::engine::state::Replica;
use crate::keys::{Id, Ring};
use crate::net::mailbox::{Digest, Mail, Refusal, Token, Update};
use crate::net::{CallError, RelayAddr};
use crate::platform;
use crate::social::outgoing_request::OutgoingRequest;
use crate::social::publication::{self, Publication};
use crate::store::memory::Disk;

pub(super) type Answer = Result<(), CallError<Refusal>>;
type Mails = mpsc::Sender<Result<Update, CallError<Refusal>>>;

/// The mailboxes of everybody.
#[derive(Default)]
pub(super) struct MockedMailboxes {
    /// What the next deposits are answered; done where there is no answer.
    pub(super) answers: RefCell<VecDeque<Answer>>,
    /// Holds the next deposit back until it is sent.
    pub(super) gate: RefCell<Option<oneshot::Receiver<()>>>,
    /// What was left, with the tokens that were shown.
    pub(super) deposits: RefCell<Vec<(Mail, Option<Token>)>>,
    /// How many deposits were answered.
    pub(super) answered: RefCell<usize>,
    pub(super) discarded: RefCell<Vec<Digest>>,
    pub(super) expected: RefCell<Vec<Token>>,
    readers: RefCell<Vec<Mails>>,
    former: RefCell<Vec<Mails>>,
}

impl MockedMailboxes {
    /// Delivers a mail to the mailbox of the profile.
    pub(super) async fn deliver(&self, mail: &Mail) {
        let readers = self.readers.borrow().clone();
        for mut reader in readers {
            reader.send(Ok(Update::Mail(mail.clone()))).await.expect("the mailbox is read");
        }
    }

    /// Delivers a mail to the mailbox of the identity that the profile had last.
    pub(super) async fn deliver_to_former(&self, mail: &Mail) {
        let mut reader = self.former.borrow()[0].clone();
        reader.send(Ok(Update::Mail(mail.clone()))).await.expect("the mailbox is read");
    }

    /// How many mailboxes of identities that the profile had before are read.
    pub(super) fn former_read(&self) -> usize {
        self.former.borrow().len()
    }

    /// Whether the profile reads its mailbox.
    pub(super) fn is_read(&self) -> bool {
        !self.readers.borrow().is_empty()
    }
}

#[async_trait(?Send)]
impl Mailboxes for MockedMailboxes {
    async fn deposit(&self, _: &RelayAddr, _: Id, mail: &Mail, token: Option<Token>) -> Answer {
        self.deposits.borrow_mut().push((mail.clone(), token));
        let gate = self.gate.borrow_mut().take();
        if let Some(gate) = gate {
            gate.await.expect("the gate opens");
        }
        *self.answered.borrow_mut() += 1;
        self.answers.borrow_mut().pop_front().unwrap_or(Ok(()))
    }

    fn mail(&self, _: RelayAddr) -> LocalBoxStream<'static, Result<Update, CallError<Refusal>>> {
        let (sender, mails) = mpsc::channel(4);
        self.readers.borrow_mut().push(sender);
        mails.boxed_local()
    }

    fn former_mail(
        &self,
        _: RelayAddr,
        former: Certificates,
    ) -> LocalBoxStream<'static, Result<Update, CallError<Refusal>>> {
        assert!(!former().is_empty(), "a relay sees a certificate");
        let (sender, mails) = mpsc::channel(4);
        self.former.borrow_mut().push(sender);
        mails.boxed_local()
    }

    async fn discard_mail(&self, _: &RelayAddr, _: Option<&Certificates>, mails: &[Digest]) -> Answer {
        self.discarded.borrow_mut().extend(mails);
        Ok(())
    }

    async fn expect_mail(&self, _: &RelayAddr, tokens: &[Token]) -> Answer {
        self.expected.borrow_mut().extend(tokens);
        Ok(())
    }

    async fn forget_tokens(&self, _: &RelayAddr, _: &[Token]) -> Answer {
        Ok(())
    }
}

/// Opens the profile of the first person that is on this disk, or a new one.
pub(super) async fn open(disk: &Disk, mailboxes: &Rc<MockedMailboxes>) -> MockedProfile {
    let neighbours = Neighbours { mailboxes: mailboxes.clone(), ..Neighbours::default() };
    MockedProfile::open(disk, 1, neighbours).await
}

/// Publishes what there is, until so many mails are deleted.
pub(super) async fn deleted(profile: &MockedProfile, mailboxes: &MockedMailboxes, mails: usize) {
    let keeper = profile.relay.peer().to_string();
    until_async("the mail is deleted", async || {
        profile.publisher.compose().await.expect("there is room");
        let keeper = keeper.clone();
        let kept = profile.state.update(move |tx| {
            let replica = Replica { seq: tx.publication.seq(), is_stale: false };
            tx.replicas.insert(keeper, replica);
            Ok(())
        });
        kept.await.expect("there is room");
        settle().await;
        mailboxes.discarded.borrow().len() == mails
    })
    .await;
}

async fn until_async(what: &str, condition: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if condition().await {
            return;
        }
    }
    panic!("waited in vain until {what}");
}

/// Adds `them`, whose profile is known, with a letterbox that my relay has: a request can be left.
pub(super) async fn add(profile: &MockedProfile, them: &Ring, asking: OutgoingRequest) -> Id {
    let contents = publication::Contents {
        ring: &profile.ring,
        device: &SigningKey::from_bytes(&[8; 32]).verifying_key(),
        now: platform::now_ms(),
        profile: &profile_of(&profile.ring, "Ada"),
        readers: vec![recipient(them)],
        notes: Vec::new(),
        links: Vec::new(),
        successor: None,
        posts: Vec::new(),
    };
    let composed = Publication::default().compose(contents, |_| ()).expect("parts made here fit");
    let (id, keeper) = (profile.befriend(them).await, profile.relay.peer().to_string());
    let add = profile.state.update(move |tx| {
        tx.asking.insert(id, asking);
        let replica = Replica { seq: composed.publication.seq(), is_stale: false };
        tx.publication = Rc::new(composed.publication);
        tx.replicas.insert(keeper, replica);
        Ok(())
    });
    add.await.expect("there is room");
    id
}
