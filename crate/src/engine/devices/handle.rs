//! The device that shows the code: unlocked, and the passphrase was typed again.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use futures::channel::oneshot;
use libp2p::PeerId;

use crate::crypto::sign::VerifyingKey;
use crate::engine::Error;
use crate::engine::api::{Device, DeviceCode, Event};
use crate::engine::directory::Directory;
use crate::engine::events::Hub;
use crate::engine::state::State;
use crate::engine::tasks::Tasks;
use crate::format::device_link::Handover;
use crate::format::secret::Secret;
use crate::format::{limits, text};
use crate::keys::device_link::{Approved, Attempt, OFFER_MS, Offer, WordsError};
use crate::keys::{Ring, peer_id};
use crate::net::Net;
use crate::net::device_link::{self, Host, Refusal, Request, Welcome};
use crate::platform;

/// What showing codes may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    /// The public key of this device.
    pub(in crate::engine) device: VerifyingKey,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) net: Net,
    pub(in crate::engine) hub: Rc<Hub>,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to the devices of the unlocked profile.
#[derive(Clone)]
pub(in crate::engine) struct Devices(Rc<Inner>);

struct Inner {
    args: Args,
    /// The code that is shown, until a device has used it or it is over.
    shown: RefCell<Option<Shown>>,
}

struct Shown {
    offer: Offer,
    asking: Option<Asking>,
}

/// The device that has read the code and waits.
struct Asking {
    name: String,
    /// Tells the conversation what to send.
    verdict: Option<oneshot::Sender<Verdict>>,
    /// The other end, until the conversation waits for it.
    awaited: Option<oneshot::Receiver<Verdict>>,
    /// Who waits until the device has what it was sent.
    linked: Option<oneshot::Sender<Result<(), Error>>>,
}

/// The words were right.
struct Approval {
    approved: Approved,
    name: String,
    verdict: oneshot::Sender<Verdict>,
    linked: oneshot::Receiver<Result<(), Error>>,
}

/// What is handed over, or why nothing is.
type Verdict = Result<Vec<u8>, Refusal>;

impl Devices {
    pub(in crate::engine) fn new(args: Args) -> Self {
        Self(Rc::new(Inner { args, shown: RefCell::default() }))
    }

    /// Starts to answer devices that have read a code. Without a code that is shown, all are refused.
    pub(in crate::engine) fn start(&self) -> Result<(), Error> {
        let Args { net, tasks, .. } = &self.0.args;
        let accepted = net.streams().accept(device_link::PROTOCOL).map_err(Error::bug)?;
        let inner = self.0.clone();
        tasks.spawn(async move { device_link::answer_all(accepted, &*inner).await });
        Ok(())
    }

    /// Shows a code, in the place of the one before. It is good for ten minutes, and for one device.
    ///
    /// # Errors
    ///
    /// `unreachable` if no relay has the profile yet, because the new device finds all the rest there.
    pub(in crate::engine) fn show_code(&self) -> Result<DeviceCode, Error> {
        let Args { device, state, directory, tasks, .. } = &self.0.args;
        if state.read(|tables| tables.seq_anywhere()) == 0 {
            return Err(Error::Unreachable("no relay has your profile yet: connect to one first".into()));
        }
        let offer = Offer::new(*device, directory.id, platform::now_ms());
        let shown = DeviceCode { code: offer.code(self.relays()).to_string(), until: offer.until() };
        self.0.shown.replace(Some(Shown { offer, asking: None }));
        let (inner, until) = (self.0.clone(), shown.until);
        tasks.spawn(async move {
            platform::sleep(Duration::from_millis(OFFER_MS)).await;
            let is_same = inner.shown.borrow().as_ref().is_some_and(|shown| shown.offer.until() == until);
            if is_same {
                inner.end();
            }
        });
        Ok(shown)
    }

    /// The words that the new device shows were typed. Resolves once it has the seed.
    pub(in crate::engine) async fn approve(&self, words: &str) -> Result<Device, Error> {
        let Approval { approved, name, verdict, linked } = self.0.enter(words)?;
        let sealed = approved.seal(&self.handover());
        let device = PeerId::from_bytes(&peer_id(approved.device())).map_err(Error::bug)?;
        let lost =
            || Error::Unreachable("the new device was lost before it had everything: show a new code".into());
        verdict.send(Ok(sealed)).map_err(|_| lost())?;
        let outcome = linked.await;
        self.0.shown.take();
        outcome.map_err(|_| lost())??;
        let (id, added, last_seen) = (device.to_string(), platform::now_ms(), Some(platform::now_ms()));
        let online = self.0.args.state.live(|live| live.peers.contains(&device));
        Ok(Device { id, name, added, last_seen, here: false, online, new: false })
    }

    /// Takes the code back. The device that has used it is told. Idempotent.
    pub(in crate::engine) fn cancel(&self) {
        self.0.shown.take();
    }

    /// The addresses of my relays that are named in a code: first those that are connected.
    fn relays(&self) -> Vec<String> {
        let Args { state, directory, .. } = &self.0.args;
        let connected = state.live(|live| live.relays.clone());
        let (here, other): (Vec<_>, Vec<_>) =
            directory.relays.iter().partition(|relay| connected.contains(&relay.peer()));
        let relays = here.into_iter().chain(other).map(ToString::to_string);
        relays.take(limits::DEVICE_CODE_RELAYS).collect()
    }

    fn handover(&self) -> Handover {
        let Args { ring, state, directory, .. } = &self.0.args;
        let (heir, seq) = state.read(|tables| (*tables.account.heir, tables.seq_anywhere()));
        let before = state.read(|tables| tables.former.keys().next_back().copied());
        let (seed, relays) = (Secret::from_bytes(*ring.seed()), directory.relay_names());
        Handover { n: before.map_or(0, |n| n + 1), seed, heir, relays, seq, extra: Default::default() }
    }
}

impl Inner {
    /// Compares the typed words. The right ones give what the conversation and its end are told by.
    fn enter(&self, words: &str) -> Result<Approval, Error> {
        let mut place = self.shown.borrow_mut();
        let Some(Shown { offer, asking: Some(asking) }) = place.as_mut() else {
            return Err(Error::CodeEnded);
        };
        match offer.enter(words, platform::now_ms()) {
            Ok(approved) => {
                let (sender, linked) = oneshot::channel();
                asking.linked = Some(sender);
                let verdict = asking.verdict.take().ok_or(Error::CodeEnded)?;
                Ok(Approval { approved, name: asking.name.clone(), verdict, linked })
            }
            Err(why) => {
                if matches!(why, WordsError::Wrong { left: 0 } | WordsError::Ended) {
                    if let Some(verdict) = asking.verdict.take() {
                        // It may have gone meanwhile.
                        let _ = verdict.send(Err(Refusal::Words));
                    }
                    *place = None;
                }
                Err(why.into())
            }
        }
    }

    /// The code is over without anybody's doing here.
    fn end(&self) {
        if self.shown.take().is_some() {
            self.args.hub.emit(&Event::DeviceCodeEnded);
        }
    }
}

#[async_trait(?Send)]
impl Host for Inner {
    fn begin(&self, new: VerifyingKey, commit: [u8; 32]) -> Result<Attempt, Refusal> {
        let shown = self.shown.borrow();
        let shown = shown.as_ref().ok_or(Refusal::Ended)?;
        shown.offer.begin(new, commit, platform::now_ms())
    }

    fn join(&self, attempt: &Attempt, request: &Request) -> Result<Welcome, Refusal> {
        let mut shown = self.shown.borrow_mut();
        let Shown { offer, asking } = shown.as_mut().ok_or(Refusal::Ended)?;
        let Request { nonce, name, mac } = request;
        let mac = offer.join(attempt, nonce, name, mac, platform::now_ms())?;
        let (sender, receiver) = oneshot::channel();
        let name = text::shown_name(name);
        self.args.hub.emit(&Event::DeviceAsks { name: name.clone() });
        *asking = Some(Asking { name, verdict: Some(sender), awaited: Some(receiver), linked: None });
        Ok(Welcome { id: *offer.id(), mac })
    }

    async fn handover(&self) -> Verdict {
        let awaited = {
            let mut shown = self.shown.borrow_mut();
            let asking = shown.as_mut().and_then(|shown| shown.asking.as_mut());
            asking.and_then(|asking| asking.awaited.take()).ok_or(Refusal::Ended)?
        };
        awaited.await.unwrap_or(Err(Refusal::Ended))
    }

    fn ended(&self, outcome: Result<(), device_link::Error>) {
        // What was refused here ended here.
        if matches!(outcome, Err(device_link::Error::Refused(_))) {
            return;
        }
        let linked = {
            let mut shown = self.shown.borrow_mut();
            // A code that was shown meanwhile has nothing to do with it.
            let Some(asking) = shown.as_mut().and_then(|shown| shown.asking.as_mut()) else { return };
            asking.linked.take()
        };
        let outcome = outcome.map_err(|why| Error::Unreachable(format!("the new device was lost: {why}")));
        match linked {
            // The call that waits may have been dropped.
            Some(linked) => drop(linked.send(outcome)),
            None => self.end(),
        }
    }
}
