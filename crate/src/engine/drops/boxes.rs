//! My drop boxes: made, listed with what came, and ended. My relays lend them room.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{join_all, select};

use crate::engine::Error;
use crate::engine::api;
use crate::engine::state::{Kind, Tables};
use crate::format::secret::CodeSecret;
use crate::format::{limits, text};
use crate::keys::Id;
use crate::net::{CallError, RelayAddr, exchange, keep};
use crate::platform;
use crate::social::Name;
use crate::social::drop_box::{DropBox, PendingDrop};

use super::handle::Drops;

/// How much more than it promises a box is lent: each block costs more than its bytes, and the list of files needs room.
const LENT_BESIDE: (u64, u64) = (64, 1 << 20);

/// How long a relay that does not answer is waited for when my boxes are listed.
const LISTING: Duration = Duration::from_secs(3);

/// How long the longest box lasts, in milliseconds: 90 days. Room that is lent is charged all the while.
const LONGEST_MS: u64 = 90 * 24 * 60 * 60 * 1000;

/// When a relay that did not lend is asked again.
const AGAIN: Duration = Duration::from_secs(60);

impl Drops {
    /// Makes a box that takes `bytes` until `until`, in milliseconds since 1970: my relays lend it room first.
    ///
    /// # Errors
    ///
    /// `nothing-to-lend` if no relay has so much room, `unreachable` if none can be asked.
    pub(in crate::engine) async fn make_box(
        &self,
        bytes: u64,
        until: u64,
        name: &str,
    ) -> Result<api::DropBox, Error> {
        let now = platform::now_ms();
        let name = match text::normalize(name) {
            empty if empty.is_empty() => None,
            name => Some(text::name(&name).map_err(Error::invalid)?),
        };
        if bytes == 0 || bytes > limits::MAX_INTEGER / 2 {
            return Err(Error::InvalidName("choose how much fits into the box".into()));
        }
        if until <= now || until > now.saturating_add(LONGEST_MS) {
            return Err(Error::InvalidName("choose an end within the next 90 days".into()));
        }
        self.0.state.read(|tables| tables.drop_boxes.check_room(now)).map_err(Error::invalid)?;
        let made = DropBox { secret: CodeSecret::from_bytes(platform::random()), bytes, until, name };
        let asked = self.lenders().map(|relay| self.lend(relay, &made));
        let mut refused = None;
        let mut is_lent = false;
        for answer in join_all(asked).await {
            match answer {
                Ok(()) => is_lent = true,
                // A reason that the person can do something about tells more than a relay that is away.
                Err(why) if refused.is_none() || !matches!(why, Error::Unreachable(_)) => refused = Some(why),
                Err(_) => {}
            }
        }
        if !is_lent {
            let none = || Error::Unreachable("a box needs a relay, and this page names none".into());
            return Err(refused.unwrap_or_else(none));
        }
        let keep = self.0.state.update(move |tx| Ok(Rc::make_mut(&mut tx.drop_boxes).keep(made.clone())));
        let name = keep.await?;
        let shown = self.0.state.read(|tables| self.shown_box(tables, &name));
        shown.map(|shown| api::DropBox { left: Some(bytes), ..shown })
    }

    /// My boxes, the one that ends last first, each with what was left in it and waits. Asks my relays how much is left.
    pub(in crate::engine) async fn boxes(&self) -> Result<Vec<api::DropBox>, Error> {
        let made: Vec<_> = self
            .0
            .state
            .read(|tables| tables.drop_boxes.iter().map(|(name, made)| (*name, made.clone())).collect());
        let left = join_all(made.iter().map(|(_, made)| self.left(made))).await;
        let left: BTreeMap<Name, Option<u64>> = made.iter().map(|(name, _)| *name).zip(left).collect();
        self.0.state.read(|tables| {
            let names = tables.drop_boxes.iter().map(|(name, _)| *name);
            let mut shown = names.map(|name| {
                let shown = self.shown_box(tables, &name)?;
                let left = left.get(&name).copied().flatten().filter(|_| !shown.ended);
                Ok(api::DropBox { left, ..shown })
            });
            let mut shown = shown.by_ref().collect::<Result<Vec<_>, Error>>()?;
            shown.sort_by(|a, b| b.until.cmp(&a.until).then_with(|| a.id.cmp(&b.id)));
            Ok(shown)
        })
    }

    /// Ends a box: nothing more can be left in it. What was left stays for 30 days.
    pub(in crate::engine) async fn end_box(&self, id: &str) -> Result<(), Error> {
        let name: Name = id.parse().map_err(|_| Error::NotFound("drop box"))?;
        let end = self.0.state.update(move |tx| {
            let is_there = Rc::make_mut(&mut tx.drop_boxes).end(&name, platform::now_ms());
            is_there.then_some(()).ok_or(Error::NotFound("drop box"))
        });
        // The worker tells my relays, also one that is away now.
        end.await
    }

    /// Has my relays lend what my boxes say, and take back what they do not say any more: also boxes that another device
    /// of mine made or ended.
    pub(super) async fn lend_as_said(self) {
        let state = &self.0.state;
        let mut changes = state.watch(&[Kind::drop_boxes]);
        let mut reached = state.watch_reached();
        let mut done = BTreeSet::new();
        loop {
            let now = platform::now_ms();
            let said: Vec<_> = state
                .read(|tables| tables.drop_boxes.iter().map(|(name, made)| (*name, made.clone())).collect());
            let mut is_done = true;
            for (name, made) in said {
                for relay in self.lenders() {
                    let step = (name, relay.peer().to_string(), made.until);
                    if done.contains(&step) {
                        continue;
                    }
                    let told = match made.has_ended(now) {
                        true => self
                            .0
                            .net
                            .unlend(relay, &made.token())
                            .await
                            .map_err(|why| refusal(why, made.bytes)),
                        false => self.lend(relay, &made).await,
                    };
                    match told {
                        Ok(()) => drop(done.insert(step)),
                        Err(why) => {
                            tracing::debug!(%relay, %why, "a relay does not know of a box yet");
                            is_done = false;
                        }
                    }
                }
            }
            if is_done {
                changes.changed().await;
            } else {
                let later = pin!(changes.changed_within(AGAIN));
                select(later, pin!(reached.changed())).await;
            }
        }
    }

    /// The relays of mine that lend: those that a link can name.
    fn lenders(&self) -> impl Iterator<Item = &RelayAddr> {
        self.0.directory.relays.iter().take(limits::DROP_RELAYS)
    }

    async fn lend(&self, relay: &RelayAddr, made: &DropBox) -> Result<(), Error> {
        let lent = self.0.net.lend(relay, &made.token(), lent(made.bytes), made.until).await;
        lent.map_err(|why| refusal(why, made.bytes))
    }

    /// How much is left in a box, by the relay that has the most room for it.
    async fn left(&self, made: &DropBox) -> Option<u64> {
        if made.has_ended(platform::now_ms()) {
            return None;
        }
        let asked =
            self.lenders().map(async |relay| match self.0.net.keep_with_token(relay, &made.token()).await {
                Ok(session) => {
                    let allowance = session.allowance();
                    Some(allowance.quota.saturating_sub(allowance.used).min(made.bytes))
                }
                Err(CallError::Exchange(exchange::Error::Refused(keep::Refusal::LoanFull { .. }))) => Some(0),
                Err(_) => None,
            });
        let asked = pin!(join_all(asked));
        match select(asked, pin!(platform::sleep(LISTING))).await {
            futures::future::Either::Left((left, _)) => left.into_iter().flatten().max(),
            futures::future::Either::Right(_) => None,
        }
    }

    fn shown_box(&self, tables: &Tables, name: &Name) -> Result<api::DropBox, Error> {
        let made = tables.drop_boxes.get(name).ok_or(Error::NotFound("drop box"))?;
        let directory = &self.0.directory;
        let relays = directory.relay_names().into_iter().take(limits::DROP_RELAYS).collect();
        let waiting = tables.drops.iter().filter(|(_, drop)| drop.place == *name);
        let mut drops: Vec<_> = waiting.map(|(from, drop)| shown_drop(from, drop)).collect();
        drops.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.id.cmp(&b.id)));
        Ok(api::DropBox {
            id: name.to_string(),
            name: made
                .name
                .as_deref()
                .map(|name| text::shown_name(name).chars().take(limits::NAME_CHARS).collect()),
            link: made.link(&directory.id, relays).to_string(),
            bytes: made.bytes,
            left: None,
            until: made.until,
            ended: made.has_ended(platform::now_ms()),
            drops,
        })
    }
}

/// What a box of so many bytes is lent.
fn lent(bytes: u64) -> u64 {
    let (part, beside) = LENT_BESIDE;
    bytes + bytes / part + beside
}

/// What a relay's answer to a loan means for who makes a box of `bytes`.
fn refusal(why: CallError<keep::Refusal>, bytes: u64) -> Error {
    use keep::Refusal::{Full, NotAdmitted, Quota, TooManyLoans};
    match why {
        CallError::Exchange(exchange::Error::Refused(why)) => match why {
            Quota { used, quota, .. } => {
                let room = quota.saturating_sub(used).saturating_sub(lent(0));
                Error::NothingToLend { left: (room / (LENT_BESIDE.0 + 1) * LENT_BESIDE.0).min(bytes - 1) }
            }
            Full => Error::NothingToLend { left: 0 },
            NotAdmitted => Error::NotInvited,
            TooManyLoans => Error::invalid(crate::social::drop_box::TooManyBoxes),
            why => Error::Refused(why.to_string()),
        },
        why => Error::Unreachable(why.to_string()),
    }
}

fn shown_drop(from: &Id, drop: &PendingDrop) -> api::Drop {
    api::Drop {
        id: from.to_string(),
        message: (!drop.message.is_empty()).then(|| text::shown(&drop.message)),
        files: drop.files,
        size: drop.size,
        time: drop.time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_instead_fits_into_what_the_relay_has() {
        for room in [0, 1 << 20, 5 << 20, 1 << 30] {
            let why = keep::Refusal::Quota { used: 7, quota: 7 + room, blocks: None };
            let why = refusal(CallError::Exchange(exchange::Error::Refused(why)), 1 << 40);
            let Error::NothingToLend { left } = why else { panic!("a quota is told") };
            assert!(lent(left) <= room.max(lent(0)), "{left} of {room}");
        }
    }
}
