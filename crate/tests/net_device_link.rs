//! Linking a device through a relay, while others ask as well.

#![allow(clippy::unwrap_used, reason = "all of this is a test")]

mod net_support;

use std::cell::RefCell;
use std::rc::Rc;

use async_trait::async_trait;
use futures::channel::oneshot;
use libp2p::PeerId;
use net_support::{Relay, device, device_at, local};
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::format::device_link::{Code, Handover};
use spinney::format::secret::{CodeSecret, Secret};
use spinney::keys::device_link::{Attempt, Joiner, Offer};
use spinney::keys::{Id, Phrase, Ring};
use spinney::net::device_link::{self, Error, Host, PROTOCOL, Refusal, Request, Session, Welcome};
use spinney::net::streams::Stream;
use spinney::net::{Net, Provider};

/// A device that shows a code, and whose person types what a test sends.
struct Old {
    offer: RefCell<Offer>,
    typed: RefCell<Option<oneshot::Receiver<String>>>,
}

fn phrase() -> Phrase {
    Phrase::from_bytes([1; 32])
}

fn id() -> Id {
    Ring::from_phrase(&phrase()).id()
}

#[async_trait(?Send)]
impl Host for Old {
    fn begin(&self, new: VerifyingKey, commit: [u8; 32]) -> Result<Attempt, Refusal> {
        self.offer.borrow().begin(new, commit, 0)
    }

    fn join(&self, attempt: &Attempt, request: &Request) -> Result<Welcome, Refusal> {
        let mut offer = self.offer.borrow_mut();
        let mac = offer.join(attempt, &request.nonce, &request.name, &request.mac, 0)?;
        Ok(Welcome { id: *offer.id(), mac })
    }

    async fn handover(&self) -> Result<Vec<u8>, Refusal> {
        let typed = self.typed.take().expect("one device is welcome");
        let words = typed.await.map_err(|_| Refusal::Ended)?;
        let approved = self.offer.borrow_mut().enter(&words, 0).map_err(|_| Refusal::Words)?;
        let (seed, heir) = (Secret::from_bytes(*phrase().seed(0)), phrase().heir(0));
        Ok(approved.seal(&Handover { n: 0, seed, heir, relays: vec![], seq: 0, extra: Default::default() }))
    }

    fn ended(&self, _: Result<(), Error>) {}
}

/// Shows a code on this device.
fn show(net: &Net) -> (Rc<Old>, oneshot::Sender<String>) {
    let (type_words, typed) = oneshot::channel();
    let offer = RefCell::new(Offer::new(key_of(net.peer_id()), id(), 0));
    let old = Rc::new(Old { offer, typed: RefCell::new(Some(typed)) });
    let accepted = net.streams().accept(PROTOCOL).unwrap();
    let host = old.clone();
    tokio::task::spawn_local(async move { device_link::answer_all(accepted, &*host).await });
    (old, type_words)
}

fn key_of(peer: PeerId) -> VerifyingKey {
    let key = libp2p::identity::PublicKey::try_decode_protobuf(peer.as_ref().digest()).unwrap();
    VerifyingKey::from_bytes(&key.try_into_ed25519().unwrap().to_bytes()).unwrap()
}

async fn dial(net: &Net, relay: &Relay, device: PeerId) -> Stream {
    net.open(&Provider::Device { device, relay: relay.address() }, PROTOCOL).await.unwrap()
}

async fn join(net: &Net, relay: &Relay, device: PeerId, code: Code) -> Result<Session<Stream>, Error> {
    let joiner = Joiner::new(code, key_of(net.peer_id()), "Ann's phone".into());
    device_link::join(dial(net, relay, device).await, joiner).await
}

#[tokio::test]
async fn a_device_is_linked_through_a_relay_by_who_has_read_the_code() {
    local(async {
        let relay = Relay::start().await;
        let (old, _events) = device_at(&relay).await;
        let (host, type_words) = show(&old);
        let code = host.offer.borrow().code(vec![relay.address().to_string()]);
        let other = Code { secret: CodeSecret::from_bytes([0; 16]), ..code.clone() };
        let ((new, _n), (stranger, _s)) = (device(), device());
        let refused = join(&stranger, &relay, old.peer_id(), other).await.map(drop);
        assert!(matches!(refused, Err(Error::Refused(Refusal::Mac))));
        let session = join(&new, &relay, old.peer_id(), code.clone()).await.unwrap();
        let late = join(&stranger, &relay, old.peer_id(), code).await.map(drop);
        assert!(matches!(late, Err(Error::Refused(Refusal::Ended))), "somebody else photographed it");
        type_words.send(session.words().join(" ")).unwrap();
        assert_eq!(session.inherit().await.unwrap().ring.id(), id());
    })
    .await;
}

#[tokio::test]
async fn a_code_that_somebody_copied_is_worth_nothing_under_another_device() {
    local(async {
        let relay = Relay::start().await;
        let (old, _events) = device_at(&relay).await;
        let (host, _words) = show(&old);
        let code = host.offer.borrow().code(vec![]);
        let (new, _n) = device();
        // The conversation is carried by another device than the one that is named in it.
        let claimed = SigningKey::from_bytes(&[9; 32]).verifying_key();
        let stream = dial(&new, &relay, old.peer_id()).await;
        let joined = device_link::join(stream, Joiner::new(code, claimed, "Eve".into())).await;
        assert!(matches!(joined.map(drop), Err(Error::Refused(Refusal::Mac))));
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_streams_does_not_stop_the_right_one() {
    local(async {
        let relay = Relay::start().await;
        let (old, _events) = device_at(&relay).await;
        let (host, type_words) = show(&old);
        let mut flood = Vec::new();
        for _ in 0..8 {
            let (net, events) = device();
            let mut streams = Vec::new();
            for _ in 0..32 {
                streams.push(dial(&net, &relay, old.peer_id()).await);
            }
            flood.push((net, events, streams));
        }
        let (new, _n) = device();
        let code = host.offer.borrow().code(vec![]);
        let session = join(&new, &relay, old.peer_id(), code).await.unwrap();
        for (net, _, streams) in &mut flood {
            streams.push(dial(net, &relay, old.peer_id()).await);
        }
        type_words.send(session.words().join(" ")).unwrap();
        assert_eq!(session.inherit().await.unwrap().ring.id(), id());
    })
    .await;
}
