//! The new device: it has read a code, and has no profile yet.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::channel::oneshot;
use tokio_util::sync::CancellationToken;

use crate::crypto::sign::VerifyingKey;
use crate::engine::Error;
use crate::engine::api::Event;
use crate::engine::directory::Directory;
use crate::engine::events::Hub;
use crate::engine::transfer::Fetchers;
use crate::format::device_link::Code;
use crate::format::text;
use crate::keys::device_link::{Inherited, Joiner};
use crate::net::device_link::{self, PROTOCOL, Session};
use crate::net::exchange;
use crate::net::streams::Stream;
use crate::net::{ConnectError, Net, Provider};
use crate::platform;

/// Times that the other device is dialled: others may keep it busy, and lines break.
const TRIES: usize = 3;

/// The pause between them.
const PAUSE: Duration = Duration::from_millis(500);

/// The one linking of this browser that goes on, if any.
#[derive(Default)]
pub(in crate::engine) struct Joining(RefCell<Option<Current>>);

struct Current {
    stop: CancellationToken,
    /// Where a yes goes, once it was asked for.
    accept: Option<oneshot::Sender<()>>,
}

impl Joining {
    /// Begins one, which ends the one before. The token ends it.
    pub(in crate::engine) fn begin(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let before = self.0.replace(Some(Current { stop: stop.clone(), accept: None }));
        if let Some(before) = before {
            before.stop.cancel();
        }
        stop
    }

    /// Takes a yes from now on: whose device this becomes is shown next.
    pub(in crate::engine) fn ask(&self) -> oneshot::Receiver<()> {
        let (accept, accepted) = oneshot::channel();
        if let Some(current) = self.0.borrow_mut().as_mut() {
            current.accept = Some(accept);
        }
        accepted
    }

    /// The person says yes to whose device this becomes.
    pub(in crate::engine) fn accept(&self) -> Result<(), Error> {
        let accept = self.0.borrow_mut().as_mut().and_then(|current| current.accept.take());
        accept.and_then(|accept| accept.send(()).ok()).ok_or(Error::CodeEnded)
    }

    /// Ends the one that goes on. Idempotent.
    pub(in crate::engine) fn cancel(&self) {
        if let Some(current) = self.0.take() {
            current.stop.cancel();
        }
    }
}

/// What a visit to the other device may touch: a network of its own, whose key becomes that of this device.
pub(in crate::engine) struct Visit {
    pub(in crate::engine) net: Net,
    pub(in crate::engine) device: VerifyingKey,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) hub: Rc<Hub>,
}

impl Visit {
    /// Shows that this device has read the code.
    pub(in crate::engine) async fn join(&self, code: &Code, name: &str) -> Result<Session<Stream>, Error> {
        self.directory.meet(&self.net, &code.relays).await;
        let relays = self.directory.trusted_of(&code.relays);
        let device = libp2p_peer(&code.device)?;
        let mut failed = Error::Unreachable("this code names no relay that may be asked".into());
        for attempt in 0..TRIES {
            if attempt > 0 {
                platform::sleep(PAUSE).await;
            }
            for relay in relays.iter().cloned() {
                let stream = match self.net.open(&Provider::Device { device, relay }, PROTOCOL).await {
                    Ok(stream) => stream,
                    Err(why) => {
                        failed = unreachable(code, &why);
                        continue;
                    }
                };
                let joiner = Joiner::new(code.clone(), self.device, name.to_owned());
                match device_link::join(stream, joiner).await {
                    Ok(session) => return Ok(session),
                    Err(why) => {
                        let may_pass = matches!(
                            why,
                            exchange::Error::Broken(_) | exchange::Error::Refused(device_link::Refusal::Busy)
                        );
                        failed = why.into();
                        if !may_pass {
                            return Err(failed);
                        }
                    }
                }
            }
        }
        Err(failed)
    }

    /// Shows the words, waits until they were typed on the other device, and then until the person here has said yes.
    pub(in crate::engine) async fn inherit(
        &self,
        session: Session<Stream>,
        joining: &Joining,
    ) -> Result<Inherited, Error> {
        let words = session.words().iter().map(ToString::to_string).collect();
        self.hub.emit(&Event::DeviceWords { words });
        let inherited = session.inherit().await?;
        let id = inherited.ring.id();
        let relays = self.directory.trusted_of(&inherited.relays);
        let name = self.fetchers.name_of(&id, &relays).await.unwrap_or_default();
        let accepted = joining.ask();
        self.hub.emit(&Event::DeviceIdentity { id: id.to_string(), name: text::shown_name(&name) });
        accepted.await.map_err(|_| Error::Cancelled)?;
        Ok(inherited)
    }
}

/// Why the device that shows a code was not reached.
fn unreachable(code: &Code, why: &ConnectError) -> Error {
    // A clock may be wrong, so the other device is asked first.
    if code.until <= platform::now_ms() {
        return Error::CodeEnded;
    }
    Error::Unreachable(format!("the other device cannot be reached: leave it open and unlocked ({why})"))
}

fn libp2p_peer(device: &VerifyingKey) -> Result<libp2p::PeerId, Error> {
    libp2p::PeerId::from_bytes(&crate::keys::peer_id(device)).map_err(Error::bug)
}
