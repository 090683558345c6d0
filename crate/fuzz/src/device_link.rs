//! Linking a device: both sides, of which the other says what it likes. It may have read the code.

use std::cell::RefCell;

use async_trait::async_trait;
use ipld_core::ipld;
use ipld_core::ipld::Ipld;
use spinney::crypto::sign::{SigningKey, VerifyingKey};
use spinney::format::cbor;
use spinney::format::device_link::{Code, Handover};
use spinney::format::secret::{CodeSecret, Secret};
use spinney::keys::device_link::{Attempt, Joiner, Offer};
use spinney::keys::{Id, Phrase, Ring};
use spinney::net::device_link::{self, Error, Host, Refusal, Request, Welcome};

use super::Target;
use super::pieces::join;
use super::stream::{Peer, run};

/// Both sides of the protocol.
pub const TARGETS: &[Target] = &[("device_link_old", old_device), ("device_link_new", new_device)];

const NAME: &str = "Ann's phone";

fn key(seed: u8) -> VerifyingKey {
    SigningKey::from_bytes(&[seed; 32]).verifying_key()
}

fn ring() -> Ring {
    Ring::from_phrase(&Phrase::from_bytes([1; 32]))
}

fn offer() -> Offer {
    Offer::with_secret(CodeSecret::from_bytes([5; 16]), key(7), ring().id(), 0)
}

fn joiner() -> Joiner {
    let code: Code = offer().code(Vec::new());
    Joiner::with_nonce(code, key(8), NAME.to_owned(), [2; 32])
}

fn handover() -> Handover {
    let phrase = Phrase::from_bytes([1; 32]);
    let (seed, heir) = (Secret::from_bytes(*phrase.seed(0)), phrase.heir(0));
    Handover { n: 0, seed, heir, relays: Vec::new(), seq: 3, extra: Default::default() }
}

/// Shows a code. Its person types the right words, which nobody needs to guess here.
struct Old {
    offer: RefCell<Offer>,
    words: RefCell<Option<String>>,
}

#[async_trait(?Send)]
impl Host for Old {
    fn begin(&self, new: VerifyingKey, commit: [u8; 32]) -> Result<Attempt, Refusal> {
        Ok(self.offer.borrow().begin(new, commit, 0)?.with_nonce([1; 32]))
    }

    fn join(&self, attempt: &Attempt, request: &Request) -> Result<Welcome, Refusal> {
        assert!(request.name.chars().count() <= 64);
        let mut offer = self.offer.borrow_mut();
        let mac = offer.join(attempt, &request.nonce, &request.name, &request.mac, 0)?;
        assert_eq!((request.nonce, &*request.name), ([2; 32], NAME), "who has not read the code is welcome");
        let id = *offer.id();
        let welcomed = joiner().answer(&[1; 32]).welcome(id, &mac).expect("both have the secret");
        self.words.replace(Some(welcomed.words().join(" ")));
        Ok(Welcome { id, mac })
    }

    async fn handover(&self) -> Result<Vec<u8>, Refusal> {
        let words = self.words.take().expect("nothing is handed over before the welcome");
        let approved = self.offer.borrow_mut().enter(&words, 0).map_err(|_| Refusal::Words)?;
        Ok(approved.seal_with_nonce(&handover(), &[3; 24]))
    }

    fn ended(&self, _: Result<(), Error>) {}
}

fn old_device(input: &[u8]) {
    let mut peer = Peer::new(input);
    let old = Old { offer: RefCell::new(offer()), words: RefCell::default() };
    let _ = run(device_link::serve(&mut peer, key(8), &old, || {}));
    peer.messages();
}

fn new_device(input: &[u8]) {
    let mut peer = Peer::new(input);
    run(async {
        let Ok(session) = device_link::join(&mut peer, joiner()).await else { return };
        assert_eq!(*session.id(), ring().id(), "a welcome that nobody made who has the secret");
        if let Ok(inherited) = session.inherit().await {
            assert_eq!(inherited.ring.id(), ring().id());
        }
    });
    peer.messages();
}

/// An honest conversation, and one with each refusal.
pub(super) fn seeds(target: &str) -> Vec<Vec<u8>> {
    let bytes = |bytes: &[u8]| Ipld::Bytes(bytes.to_vec());
    let (mut offer, new) = (offer(), joiner());
    let commit = new.commit();
    let attempt = offer.begin(key(8), commit, 0).expect("it is new").with_nonce([1; 32]);
    let joined = new.answer(&[1; 32]);
    let mac = joined.mac();
    let welcome = offer.join(&attempt, &[2; 32], NAME, &mac, 0).expect("both have the secret");
    let id: Id = *offer.id();
    let words = joined.welcome(id, &welcome).expect("both have the secret").words().join(" ");
    let sealed = offer.enter(&words, 0).expect("they are right").seal_with_nonce(&handover(), &[3; 24]);
    let hello = ipld!({"hello": {"commit": bytes(&commit)}});
    let nonce = ipld!({"nonce": {"nonce": bytes(&[1; 32])}});
    let joins = |mac: &[u8]| ipld!({"join": {"nonce": bytes(&[2; 32]), "name": NAME, "mac": bytes(mac)}});
    let welcome = ipld!({"welcome": {"id": bytes(id.as_bytes()), "mac": bytes(&welcome)}});
    let seed = ipld!({"seed": {"sealed": bytes(&sealed)}});
    let sessions: Vec<Vec<Ipld>> = match target {
        "device_link_old" => vec![
            vec![hello.clone(), joins(&mac), ipld!("done")],
            vec![hello.clone(), joins(&[7; 32])],
            vec![ipld!("done"), hello],
        ],
        "device_link_new" => vec![
            vec![nonce.clone(), welcome.clone(), seed],
            vec![nonce.clone(), welcome, ipld!({"refused": {"code": "words"}})],
            vec![nonce, ipld!({"refused": {"code": "mac"}})],
            vec![ipld!({"refused": {"code": "ended"}})],
            vec![ipld!({"refused": {"code": "a-later-one", "more": 1}})],
        ],
        _ => Vec::new(),
    };
    let input = |session: &Vec<Ipld>| {
        let messages: Vec<_> = session.iter().map(cbor::from_ipld).collect();
        [vec![0], join(&messages)].concat()
    };
    sessions.iter().map(input).collect()
}
