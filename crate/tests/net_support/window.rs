//! Windows that make peer connections in memory, and what is between them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures::StreamExt;
use futures::channel::mpsc;
use spinney::net::webrtc::host::{Channel, Closed, Host, HostCommand, HostConnection, HostEvent};
use spinney::net::webrtc::{Direct, Reach};

/// What is between all windows of a test: a network that may be in order or not.
#[derive(Clone, Default)]
pub(crate) struct Air(Arc<Mutex<Network>>);

#[derive(Default)]
struct Network {
    offers: usize,
    answers: usize,
    blocked: bool,
    /// Ends of connections that are offered or stand, by offer; the answerer's ends have odd numbers.
    ends: HashMap<usize, End>,
}

struct End {
    events: mpsc::Sender<HostEvent>,
    linked: bool,
    /// Channels opened here that the other end has not heard of, and the wires of all of them.
    opened: Vec<(&'static str, Wire)>,
    wires: Vec<Wire>,
}

impl Air {
    /// A window on this network.
    pub(crate) fn window(&self) -> Direct {
        let (host, mut connections) = Host::new();
        let air = self.clone();
        tokio::task::spawn_local(async move {
            while let Some(connection) = connections.next().await {
                tokio::task::spawn_local(serve(air.clone(), connection));
            }
        });
        Direct { host, reach: Reach::Public }
    }

    /// Lets no connection come to be any more.
    pub(crate) fn block(&self) {
        self.network().blocked = true;
    }

    /// Lets connections come to be again.
    pub(crate) fn unblock(&self) {
        self.network().blocked = false;
    }

    /// Breaks every connection that stands.
    pub(crate) fn cut(&self) {
        let mut network = self.network();
        let all: Vec<_> = network.ends.keys().copied().collect();
        all.into_iter().for_each(|end| network.close(end));
    }

    /// Offers that were made so far.
    pub(crate) fn offers(&self) -> usize {
        self.network().offers
    }

    /// Offers that were answered so far.
    pub(crate) fn answers(&self) -> usize {
        self.network().answers
    }

    fn network(&self) -> MutexGuard<'_, Network> {
        self.0.lock().unwrap()
    }
}

async fn serve(air: Air, HostConnection { mut commands, events }: HostConnection) {
    let mut end = End { events, linked: false, opened: Vec::new(), wires: Vec::new() };
    // Everything up to the description concerns this end alone.
    let id = loop {
        match commands.next().await {
            Some(HostCommand::Open { label }) => end.open(label),
            Some(HostCommand::Offer) => {
                let mut network = air.network();
                let id = 2 * network.offers;
                network.offers += 1;
                let _ = end.events.try_send(HostEvent::Described(format!("offer {id}")));
                network.ends.insert(id, end);
                break id;
            }
            Some(HostCommand::Answer { offer }) => {
                let offered: usize = offer.strip_prefix("offer ").unwrap().parse().unwrap();
                let _ = end.events.try_send(HostEvent::Described("answer".into()));
                let mut network = air.network();
                network.answers += 1;
                network.ends.insert(offered + 1, end);
                break offered + 1;
            }
            Some(_) => {}
            None => return,
        }
    };
    while let Some(command) = commands.next().await {
        let mut network = air.network();
        match command {
            HostCommand::Open { label } => {
                if let Some(end) = network.ends.get_mut(&id) {
                    end.open(label);
                }
                network.deliver(id);
            }
            HostCommand::Accept { .. } => network.link(id),
            HostCommand::Offer | HostCommand::Answer { .. } | HostCommand::Try(_) => {}
        }
    }
    air.network().close(id);
}

impl Network {
    fn link(&mut self, id: usize) {
        for id in [id, id ^ 1] {
            let blocked = self.blocked;
            let Some(end) = self.ends.get_mut(&id) else { continue };
            end.linked = !blocked;
            let event =
                if blocked { HostEvent::Failed } else { HostEvent::Connected { max_message: 256 * 1024 } };
            let _ = end.events.try_send(event);
        }
        self.deliver(id);
        self.deliver(id ^ 1);
    }

    /// Tells the other end of channels that were opened here.
    fn deliver(&mut self, id: usize) {
        let Some(end) = self.ends.get_mut(&id).filter(|end| end.linked) else { return };
        for (label, wire) in std::mem::take(&mut end.opened) {
            wire.0.lock().unwrap().open = true;
            wire.wake();
            let Some(other) = self.ends.get_mut(&(id ^ 1)) else { continue };
            let channel = Box::new(Plug { wire, side: 1 });
            let _ = other.events.try_send(HostEvent::Incoming { label: label.into(), channel });
        }
    }

    /// Both ends fail.
    fn close(&mut self, id: usize) {
        for id in [id, id ^ 1] {
            let Some(mut end) = self.ends.remove(&id) else { continue };
            end.wires.iter().for_each(Wire::close);
            let _ = end.events.try_send(HostEvent::Failed);
        }
    }
}

impl End {
    fn open(&mut self, label: &'static str) {
        let wire = Wire::default();
        self.opened.push((label, wire.clone()));
        self.wires.push(wire.clone());
        let _ = self.events.try_send(HostEvent::Opened(Box::new(Plug { wire, side: 0 })));
    }
}

/// A data channel, both ways.
#[derive(Clone, Debug, Default)]
struct Wire(Arc<Mutex<WireState>>);

#[derive(Debug, Default)]
struct WireState {
    open: bool,
    closed: bool,
    /// What comes to each side.
    queues: [VecDeque<Bytes>; 2],
    wakers: Vec<Waker>,
}

impl Wire {
    fn close(&self) {
        self.0.lock().unwrap().closed = true;
        self.wake();
    }

    fn wake(&self) {
        let wakers = std::mem::take(&mut self.0.lock().unwrap().wakers);
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// One side of a [`Wire`].
#[derive(Debug)]
struct Plug {
    wire: Wire,
    side: usize,
}

/// Messages on their way to one side at which there is no room for more.
const FULL: usize = 16;

impl Channel for Plug {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = self.wire.0.lock().unwrap();
        if let Some(bytes) = state.queues[self.side].pop_front() {
            drop(state);
            self.wire.wake();
            return Poll::Ready(Some(bytes));
        }
        if state.closed {
            return Poll::Ready(None);
        }
        state.wakers.push(cx.waker().clone());
        Poll::Pending
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Closed>> {
        let mut state = self.wire.0.lock().unwrap();
        if state.closed {
            return Poll::Ready(Err(Closed));
        }
        if state.open && state.queues[1 - self.side].len() < FULL {
            return Poll::Ready(Ok(()));
        }
        state.wakers.push(cx.waker().clone());
        Poll::Pending
    }

    fn send(&mut self, message: &[u8]) -> Result<(), Closed> {
        let mut state = self.wire.0.lock().unwrap();
        if state.closed {
            return Err(Closed);
        }
        state.queues[1 - self.side].push_back(Bytes::copy_from_slice(message));
        drop(state);
        self.wire.wake();
        Ok(())
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        self.wire.close();
    }
}
