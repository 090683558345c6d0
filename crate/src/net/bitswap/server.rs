//! Wants of others: one ledger and one task for each peer, so that each gets its share.

#[cfg(feature = "testing")]
pub(super) mod fuzzing;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use cid::Cid;
use futures::channel::mpsc;
use futures::io::BufWriter;
use futures::stream::FuturesOrdered;
use futures::{AsyncWriteExt, FutureExt, StreamExt, select};
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;

use super::client::NOTICE;
use super::wire::{self, Block, Entry, Presence, PresenceType, WantType, Wantlist};
use super::{Blocks, Bounds, Exchange, PROTOCOL, Start, State};
use crate::net::streams::{Change, Stream};
use crate::net::{Part, Room, within};
use crate::platform;

/// Wants of one peer that we answer truthfully. Further ones are refused, as if we did not have the block.
const MAX_WANTS: usize = 2048;

/// Wants that we remember at all. After further ones the peer is read no further.
const MAX_KNOWN: usize = 2 * MAX_WANTS;

/// Answers that are looked up for one peer while earlier ones are sent. This hides the latency of a disk. For
/// small blocks it is more, so that many reads run at once.
const SOUGHT_AHEAD: usize = 4;
const SMALL_SOUGHT_AHEAD: usize = 16;

/// A block of at most this size counts as small.
const SMALL: usize = 16 * 1024;

/// Bytes of blocks after which a message is sent: a small part of what others accept.
const FULL: usize = 256 * 1024;

/// Bytes of memory that are taken for a block before its size is known: the largest that the format makes.
const MAX_BLOCK: usize = 1 << 20;

/// Bytes of small writes that are joined: one Yamux frame.
const GATHERED: usize = 16 * 1024;

/// A peer that takes no message for this long is not served any more.
const PATIENCE: Duration = Duration::from_secs(60);

/// A peer without wants is forgotten after this time, and its connection is not held any more.
const IDLE: Duration = Duration::from_secs(5);

/// The wants of one peer, oldest first.
#[derive(Debug)]
pub(super) struct Ledger {
    wants: BTreeMap<u64, Wanted>,
    order: HashMap<Cid, u64>,
    count: u64,
    bell: mpsc::Sender<()>,
    network: Option<IpAddr>,
    /// Whether answers are looked up or sent.
    answering: bool,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    cid: Cid,
    question: Question,
    /// Whether the peer wants to hear that we do not have the block.
    send_dont_have: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Block,
    Have,
    /// There were too many wants. It is answered as if the block were not here.
    Refused,
}

/// Wants for which there was no room, and whose peer wants an answer.
#[derive(Debug, Default)]
pub(super) struct Unserved(Vec<Cid>);

impl State {
    /// Remembers the wants of a peer.
    ///
    /// # Errors
    ///
    /// The wants for which there is no room.
    pub(super) fn take_wants(
        &mut self,
        peer: PeerId,
        network: Option<IpAddr>,
        wantlist: &Wantlist,
        bounds: &Bounds,
    ) -> Result<(), Unserved> {
        if !self.ledgers.contains_key(&peer) {
            if wantlist.entries.is_empty() {
                return Ok(());
            }
            let (bell, rung) = mpsc::channel(0);
            if !self.make_room(network, bounds)
                || self.starts.try_send(Start::Serve { peer, bell: rung }).is_err()
            {
                let mut unserved = Unserved::default();
                wantlist.entries.iter().filter_map(Wanted::read).for_each(|wanted| unserved.add(wanted));
                return Err(unserved);
            }
            self.ledgers.insert(peer, Ledger::new(bell, network));
        }
        let ledger = self.ledgers.get_mut(&peer).expect("it was there or was put there");
        let (mut no_room, mut unserved) = (false, Unserved::default());
        if wantlist.full {
            ledger.wants.clear();
            ledger.order.clear();
        }
        for entry in &wantlist.entries {
            if let Some(wanted) = Wanted::read(entry) {
                if !ledger.want(wanted) {
                    no_room = true;
                    unserved.add(wanted);
                }
            } else if let Ok(cid) = Cid::try_from(&*entry.cid) {
                ledger.cancel(&cid);
            }
        }
        if no_room { Err(unserved) } else { Ok(()) }
    }

    /// Makes room for another ledger, if need be in place of one that rests.
    fn make_room(&mut self, network: Option<IpAddr>, bounds: &Bounds) -> bool {
        let of_network = self.ledgers.values().filter(|ledger| ledger.network == network).count();
        if network.is_some() && of_network >= bounds.ledgers_of_network {
            return self.evict(|ledger| ledger.network == network);
        }
        self.ledgers.len() < bounds.ledgers || self.evict(|_| true)
    }

    /// Forgets a ledger without wants, so that its task ends.
    fn evict(&mut self, may_go: impl Fn(&Ledger) -> bool) -> bool {
        let resting = |ledger: &Ledger| ledger.wants.is_empty() && !ledger.answering;
        let mut ledgers = self.ledgers.iter();
        let found = ledgers.find(|(_, ledger)| resting(ledger) && may_go(ledger)).map(|(peer, _)| *peer);
        found.is_some_and(|peer| self.ledgers.remove(&peer).is_some())
    }
}

impl Unserved {
    fn add(&mut self, wanted: Wanted) {
        if wanted.send_dont_have && self.0.len() < MAX_WANTS {
            self.0.push(wanted.cid);
        }
    }
}

impl Wanted {
    /// The want of an entry, if it is none that is withdrawn.
    fn read(entry: &Entry) -> Option<Self> {
        let cid = Cid::try_from(&*entry.cid).ok().filter(|_| !entry.cancel)?;
        let question = if entry.want() == WantType::Have { Question::Have } else { Question::Block };
        Some(Self { cid, question, send_dont_have: entry.send_dont_have })
    }
}

/// Tells a peer that we do not serve its wants, so that it asks somebody else.
pub(super) async fn refuse(exchange: Exchange, peer: PeerId, unserved: Unserved) {
    let presences: Vec<_> = unserved.0.iter().map(|cid| Presence::new(cid, PresenceType::DontHave)).collect();
    let told = async {
        let mut stream = exchange.control.open_to(peer, PROTOCOL).await.map_err(io::Error::other)?;
        wire::write(&mut stream, &presences, &[]).await?;
        stream.close().await
    };
    if !presences.is_empty()
        && let Some(Err(error)) = within(NOTICE, told).await
    {
        tracing::debug!(%error, "a refusal did not arrive");
    }
}

impl State {
    fn next_want(&mut self, peer: PeerId) -> Option<Wanted> {
        let ledger = self.ledgers.get_mut(&peer)?;
        let next = ledger.next();
        ledger.answering |= next.is_some();
        next
    }

    /// All that was asked for was answered.
    fn rest(&mut self, peer: PeerId) {
        if let Some(ledger) = self.ledgers.get_mut(&peer) {
            ledger.answering = false;
        }
    }

    /// Forgets a peer, unless it has new wants.
    fn leave(&mut self, peer: PeerId) -> bool {
        let done = self.ledgers.get(&peer).is_none_or(|ledger| ledger.wants.is_empty());
        if done {
            self.ledgers.remove(&peer);
        }
        done
    }
}

impl Ledger {
    fn new(bell: mpsc::Sender<()>, network: Option<IpAddr>) -> Self {
        let (wants, order) = (BTreeMap::new(), HashMap::new());
        Self { wants, order, count: 0, bell, network, answering: false }
    }

    /// Remembers a want; `false` if there are too many.
    fn want(&mut self, mut wanted: Wanted) -> bool {
        if let Some(at) = self.order.get(&wanted.cid) {
            // The peer may ask for the block after it asked whether it is here.
            self.wants.insert(*at, wanted);
            return true;
        }
        if self.wants.len() >= MAX_KNOWN {
            return false;
        }
        if self.wants.len() >= MAX_WANTS {
            wanted.question = Question::Refused;
        }
        self.count += 1;
        self.order.insert(wanted.cid, self.count);
        self.wants.insert(self.count, wanted);
        // One pending notification is enough.
        let _ = self.bell.try_send(());
        true
    }

    fn cancel(&mut self, cid: &Cid) {
        if let Some(at) = self.order.remove(cid) {
            self.wants.remove(&at);
        }
    }

    fn next(&mut self) -> Option<Wanted> {
        let (_, wanted) = self.wants.pop_first()?;
        self.order.remove(&wanted.cid);
        Some(wanted)
    }
}

/// Our answer to one want.
enum Answer {
    Block(Cid, Bytes, Part),
    Presence(Cid, PresenceType),
    Nothing,
}

async fn answer<B: Blocks>(blocks: B, peer: PeerId, wanted: Wanted, room: Room) -> Answer {
    let Wanted { cid, question, send_dont_have } = wanted;
    if question != Question::Refused && blocks.allowed(peer, cid).await {
        match question {
            Question::Have if blocks.has(cid).await => return Answer::Presence(cid, PresenceType::Have),
            Question::Block => {
                let mut part = room.take(MAX_BLOCK).await;
                if let Some(bytes) = blocks.get(cid).await {
                    part.shrink_to(bytes.len());
                    return Answer::Block(cid, bytes, part);
                }
            }
            Question::Have | Question::Refused => {}
        }
    }
    if send_dont_have { Answer::Presence(cid, PresenceType::DontHave) } else { Answer::Nothing }
}

/// The message that answers one want of a peer, as it is sent.
#[cfg(test)]
pub(crate) async fn message_for<B: Blocks>(blocks: B, peer: PeerId, cid: Cid, for_block: bool) -> Vec<u8> {
    let question = if for_block { Question::Block } else { Question::Have };
    let mut answers = Answers::default();
    answers.add(answer(blocks, peer, Wanted { cid, question, send_dont_have: true }, Room::default()).await);
    let mut message = Vec::new();
    wire::write(&mut message, &answers.presences, &answers.blocks).await.expect("memory takes everything");
    message
}

/// Answers gathered for one message.
#[derive(Default)]
struct Answers {
    presences: Vec<Presence>,
    blocks: Vec<Block>,
    bytes: usize,
    /// The memory of the blocks, until they are sent.
    parts: Vec<Part>,
}

impl Answers {
    fn is_empty(&self) -> bool {
        self.presences.is_empty() && self.blocks.is_empty()
    }

    fn are_small(&self) -> bool {
        self.blocks.iter().all(|block| block.data.len() <= SMALL)
    }

    fn add(&mut self, answer: Answer) {
        match answer {
            Answer::Block(cid, bytes, part) => {
                self.parts.push(part);
                self.bytes += bytes.len();
                self.blocks.push(Block::new(&cid, bytes));
            }
            Answer::Presence(cid, presence) => {
                let presence = Presence::new(&cid, presence);
                self.bytes += presence.cid.len();
                self.presences.push(presence);
            }
            Answer::Nothing => {}
        }
    }
}

impl Exchange {
    fn room_to_serve(&self, peer: PeerId) -> Room {
        let network = self.state().ledgers.get(&peer).and_then(|ledger| ledger.network);
        self.shared.bounds.serving.as_ref().map(|serving| serving.of(network)).unwrap_or_default()
    }
}

/// Serves one peer until it has no wants any more, or is gone.
pub(super) async fn serve<B: Blocks>(exchange: Exchange, peer: PeerId, bell: mpsc::Receiver<()>, blocks: B) {
    let mut writer = None;
    match attend(&exchange, peer, bell, &blocks, &mut writer).await {
        Ok(()) => {
            // Close in order, if the peer still reads.
            if let Some(mut writer) = writer {
                let _ = within(PATIENCE, writer.close()).await;
            }
        }
        Err(error) => {
            tracing::debug!(%peer, %error, "served no further");
            exchange.state().ledgers.remove(&peer);
        }
    }
}

async fn attend<B: Blocks>(
    exchange: &Exchange,
    peer: PeerId,
    mut bell: mpsc::Receiver<()>,
    blocks: &B,
    writer: &mut Option<BufWriter<Stream>>,
) -> io::Result<()> {
    let mut path = exchange.control.follow(peer).ok_or(io::ErrorKind::NotConnected)?;
    let room = exchange.room_to_serve(peer);
    let mut sought = FuturesOrdered::new();
    let mut ahead = SOUGHT_AHEAD;
    loop {
        while sought.len() < ahead
            && let Some(wanted) = exchange.state().next_want(peer)
        {
            sought.push_back(answer(blocks.clone(), peer, wanted, room.clone()));
        }
        if sought.is_empty() {
            exchange.state().rest(peer);
        }
        let mut answers = Answers::default();
        select! {
            first = sought.select_next_some() => answers.add(first),
            rung = bell.next() => match rung {
                Some(()) => continue,
                // The ledger was given to another peer, or the exchange has ended.
                None => return Ok(()),
            },
            change = path.changed().fuse() => {
                let change = change.ok_or(io::ErrorKind::NotConnected)?;
                cross(change, writer).await;
                continue;
            }
            () = platform::sleep(IDLE).fuse() => {
                if sought.is_empty() && exchange.state().leave(peer) {
                    return Ok(());
                }
                continue;
            }
        }
        while answers.bytes < FULL
            && let Some(Some(more)) = sought.next().now_or_never()
        {
            answers.add(more);
            if sought.len() < ahead
                && let Some(wanted) = exchange.state().next_want(peer)
            {
                sought.push_back(answer(blocks.clone(), peer, wanted, room.clone()));
            }
        }
        ahead = if answers.are_small() { SMALL_SOUGHT_AHEAD } else { SOUGHT_AHEAD };
        if !answers.is_empty() {
            let sent = send(exchange, path.connection(), writer, &answers);
            if let Err(error) = within(PATIENCE, sent).await.ok_or(io::ErrorKind::TimedOut)? {
                // The peer asks again if there is another connection.
                let change = within(NOTICE, path.changed()).await.flatten().ok_or(error)?;
                cross(change, writer).await;
            }
        }
    }
}

/// Moves to another connection.
async fn cross(change: Change, writer: &mut Option<BufWriter<Stream>>) {
    match change {
        Change::Spared => {}
        Change::Lost => *writer = None,
        Change::Better => {
            if let Some(mut writer) = writer.take() {
                // What was written to the earlier connection still arrives.
                let _ = within(PATIENCE, writer.close()).await;
            }
        }
    }
}

async fn send(
    exchange: &Exchange,
    connection: ConnectionId,
    writer: &mut Option<BufWriter<Stream>>,
    answers: &Answers,
) -> io::Result<()> {
    let writer = match writer {
        Some(writer) => writer,
        None => {
            let stream = exchange.control.open(connection, PROTOCOL).await.map_err(io::Error::other)?;
            writer.insert(BufWriter::with_capacity(GATHERED, stream))
        }
    };
    wire::write(writer, &answers.presences, &answers.blocks).await?;
    let served: usize = answers.blocks.iter().map(|block| block.data.len()).sum();
    exchange.shared.served.fetch_add(served as u64, Ordering::Relaxed);
    Ok(())
}

#[cfg(test)]
mod tests;
