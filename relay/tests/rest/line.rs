//! The way to the relays, on which messages are lost, doubled and late, and answers are not heard.

use bytes::Bytes;
use cid::Cid;
use spinney::format::ipns;
use spinney::keys::Id;
use spinney::net::keep::{Block, PinOutcome};
use spinney_relay::store::{Pins, PutOutcome, Records, Store};

use crate::dice::Dice;

/// An end that has come by any clock.
const ENDED: Option<u64> = Some(0);

/// What is said to a relay to leave something there.
#[derive(Clone)]
pub(crate) enum Message {
    Blocks(Vec<Block>),
    Pin { cid: Cid, until: Option<u64> },
    Unpin(Cid),
    Record { record: Bytes, replaces: Option<u64> },
}

/// What a relay says to it.
pub(crate) enum Answer {
    Done,
    Missing(Vec<Cid>),
    Conflict(u64),
}

/// The relays, and what is still on the way to them.
pub(crate) struct Line {
    pub(crate) relays: Vec<Store>,
    late: Vec<(usize, Id, Message)>,
    /// Pins that end, and the time by the month's clock. That of the relays is the machine's, which is elsewhere.
    ends: Vec<(u64, usize, Id, Cid)>,
    now: u64,
    /// Of a hundred messages, as many as something happens to.
    trouble: usize,
}

impl Line {
    pub(crate) fn new(relays: Vec<Store>, trouble: usize) -> Self {
        Self { relays, late: Vec::new(), ends: Vec::new(), now: 0, trouble }
    }

    /// From now on everything arrives once and is heard.
    pub(crate) fn calm(&mut self) {
        self.trouble = 0;
    }

    /// Says something as `id`; `None` where no answer is heard.
    pub(crate) async fn say(
        &mut self,
        dice: &mut Dice,
        relay: usize,
        id: &Id,
        message: Message,
    ) -> Option<Answer> {
        if !dice.percent(self.trouble) {
            return Some(self.arrive(relay, id, message).await);
        }
        match dice.below(4) {
            0 => None,
            1 => {
                self.arrive(relay, id, message).await;
                None
            }
            2 => {
                self.late.push((relay, *id, message));
                None
            }
            _ => {
                self.arrive(relay, id, message.clone()).await;
                Some(self.arrive(relay, id, message).await)
            }
        }
    }

    /// Whether an answer to a question is lost.
    pub(crate) fn loses(&self, dice: &mut Dice) -> bool {
        dice.percent(self.trouble / 2)
    }

    /// Lets some of what is late arrive, in any order.
    pub(crate) async fn deliver_late(&mut self, dice: &mut Dice) {
        dice.shuffle(&mut self.late);
        let stays = self.late.len() / 2;
        for (relay, id, message) in self.late.split_off(stays) {
            self.arrive(relay, &id, message).await;
        }
    }

    /// Lets the relays know that it is evening: they let go of pins that have ended, and of what nobody holds.
    pub(crate) async fn evening(&mut self, now: u64) {
        self.now = now;
        for (_, relay, id, cid) in self.ends.extract_if(.., |(until, ..)| *until <= now) {
            self.relays[relay].pin(&id, &cid, ENDED).await.unwrap();
        }
        for relay in &self.relays {
            relay.collect().await.unwrap();
        }
    }

    async fn arrive(&mut self, relay: usize, id: &Id, message: Message) -> Answer {
        let store = self.relays[relay].clone();
        match message {
            Message::Blocks(blocks) => store.push(id, blocks).await.unwrap(),
            Message::Pin { cid, until } => {
                let ended = until.filter(|until| *until <= self.now).and(ENDED);
                if let PinOutcome::Missing(missing) = store.pin(id, &cid, ended).await.unwrap() {
                    return Answer::Missing(missing);
                }
                self.ends.extend(until.map(|until| (until, relay, *id, cid)));
            }
            Message::Unpin(cid) => store.unpin(id, &cid).await.unwrap(),
            Message::Record { record, replaces } => {
                let opened = ipns::open(&record, &id.verifying_key()).unwrap();
                match store.put(*id, &opened, record, replaces).await.unwrap() {
                    PutOutcome::Done => {}
                    PutOutcome::Conflict(current) => return Answer::Conflict(current),
                    // A late record of which the root went meanwhile: there is a newer one.
                    PutOutcome::UnknownRoot => return Answer::Conflict(u64::MAX),
                }
            }
        }
        Answer::Done
    }
}
