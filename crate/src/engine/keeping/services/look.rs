//! One look at a service: what it lacks, what it holds and should not, and how far it has come.

use std::collections::BTreeMap;
use std::time::Duration;

use cid::Cid;

use crate::engine::Error;
use crate::engine::directory::Directory;
use crate::engine::state::{Failed, Held, Tables};
use crate::format::share_id::ShareId;
use crate::net::pinning::{CIDS_AT_ONCE, Client, Endpoint, Failure, PinRequest, Status, Trouble};
use crate::platform::{self, Instant};
use crate::social::pinning::{Name, PinningService};
use crate::social::share_record::ShareRecord;

use super::super::handle::{Args, Keeping};
use super::pace::Pace;

/// Shares that a service is asked to hold, the newest: a thousand requests are what services expect of one person.
const MAX_SHARES: usize = 1024;

/// How often it is looked whether a service still holds what it held, and after how long it is asked anew for what failed.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How long a service holds one root before it is asked for the next: a root follows each change.
const BETWEEN_ROOTS_MS: u64 = 10 * 60 * 1000;

/// What a request is for: a share, or the root.
type Of = Option<ShareId>;

/// When a service is looked at next.
pub(super) struct Next {
    pub(super) wait: Duration,
    /// Whether it is looked at sooner where something changes.
    pub(super) is_hurried_by_changes: bool,
}

/// Why a look ends early.
enum Stop {
    /// The service did not do what it was asked.
    Failed(Failure),
    /// It was asked as often as it may be.
    Enough,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What a service is to hold.
struct Wanted {
    /// What my relays have of it.
    there: BTreeMap<Of, Cid>,
    /// Shares that stay, also those of which no relay has the newest revision yet.
    active: Vec<ShareId>,
}

impl Wanted {
    fn new(tables: &Tables, directory: &Directory) -> Self {
        let relays: Vec<_> = directory.relays.iter().map(|relay| relay.peer().to_string()).collect();
        // What somebody else made is in part at their relays, which the service is not told of.
        let is_mine = |share: &&ShareRecord| tables.is_active(&directory.id, share) && share.maker.is_none();
        let mut shares: Vec<_> = tables.shares.values().filter(is_mine).collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.created));
        shares.truncate(MAX_SHARES);
        let kept = shares.iter().filter(|share| relays.iter().any(|relay| share.is_kept_by(relay)));
        let mut there: BTreeMap<_, _> = kept.map(|share| (Some(share.id()), share.block())).collect();
        if relays.iter().any(|relay| tables.has_record(relay)) {
            there.extend(tables.publication.newest.as_ref().map(|newest| (None, newest.root)));
        }
        Self { there, active: shares.iter().map(|share| share.id()).collect() }
    }

    /// Whether a request for this stays.
    fn stays(&self, of: Of) -> bool {
        of.is_none_or(|id| self.active.contains(&id))
    }

    /// What the service is to be asked about now.
    fn due(&self, held: &Held, now: u64, is_look_due: bool) -> Vec<(Of, Cid)> {
        let is_due = |(of, cid): &(&Of, &Cid)| {
            let Some(pin) = held.of(**of) else { return true };
            let aged = |since: u64, ms: u64| now.saturating_sub(since) >= ms;
            match pin.status {
                _ if pin.cid != **cid => of.is_some() || aged(pin.asked, BETWEEN_ROOTS_MS),
                Status::Pinned | Status::Failed => aged(pin.looked, DAY_MS),
                Status::Queued | Status::Pinning => is_look_due,
            }
        };
        self.there.iter().filter(is_due).map(|(of, cid)| (*of, *cid)).collect()
    }
}

impl Keeping {
    /// Brings a service to what it is to hold; says when it is to be looked at next.
    pub(super) async fn look_at_service(&self, name: Name, pace: &mut Pace) -> Result<Next, Error> {
        if let Some(wait) = pace.left(Instant::now()) {
            return Ok(Next { wait, is_hurried_by_changes: false });
        }
        let Args { state, directory, http, .. } = &self.0.args;
        let known = state.read(|tables| {
            let service = tables.services.get(&name)?.clone();
            Some((
                service,
                tables.held.get(&name).cloned().unwrap_or_default(),
                Wanted::new(tables, directory),
            ))
        });
        let Some((service, mut held, wanted)) = known else {
            return Ok(Next { wait: Duration::from_millis(DAY_MS), is_hurried_by_changes: true });
        };
        let before = held.clone();
        let PinningService { endpoint, token, .. } = &service;
        let looked = match Endpoint::parse(endpoint, directory.on_loopback) {
            Some(endpoint) => {
                let client = Client { http, endpoint: &endpoint, token: token.as_str() };
                self.bring(name, &client, &wanted, &mut held, pace).await
            }
            // Another device was on another page, which may ask its own machine.
            None => Err(Stop::Failed(Trouble::Unreachable.into())),
        };
        let now = Instant::now();
        match &looked {
            Ok(()) => {
                pace.succeeded();
                held.trouble = None;
            }
            Err(Stop::Enough) => {}
            Err(Stop::Failed(failure)) => {
                pace.failed(failure, now);
                held.trouble = Some(Failed::from(failure));
            }
        }
        if held != before {
            self.note_held(name, held.clone()).await?;
        }
        Ok(match pace.left(now) {
            Some(wait) => Next { wait, is_hurried_by_changes: false },
            None => Next { wait: until_next(&held, pace, now), is_hurried_by_changes: true },
        })
    }

    /// Asks a service for all that is due. What it answered is in `held`, also if it fails in between.
    async fn bring(
        &self,
        name: Name,
        client: &Client<'_>,
        wanted: &Wanted,
        held: &mut Held,
        pace: &mut Pace,
    ) -> Result<(), Stop> {
        let due = wanted.due(held, platform::now_ms(), pace.is_look_due(Instant::now()));
        for some in due.chunks(CIDS_AT_ONCE) {
            self.look_at_pins(client, some, held, pace).await?;
            // A tab that is closed in the middle of it knows what it asked for.
            if due.len() > CIDS_AT_ONCE && self.note_held(name, held.clone()).await.is_err() {
                break;
            }
        }
        match held.pins.iter().any(|pin| matches!(pin.status, Status::Queued | Status::Pinning)) {
            true if pace.is_look_due(Instant::now()) => pace.looked(Instant::now()),
            true => {}
            false => pace.finished(),
        }
        // Last, so that a service which refuses to let go of something holds the rest.
        let over: Vec<_> = held.pins.iter().filter(|pin| !wanted.stays(pin.of())).cloned().collect();
        for pin in over {
            send(pace)?;
            client.remove(&pin.request).await?;
            held.forget(pin.of());
            held.at = Some(platform::now_ms());
        }
        Ok(())
    }

    /// Asks how far a service is with some blocks, and for those that it does not have.
    async fn look_at_pins(
        &self,
        client: &Client<'_>,
        some: &[(Of, Cid)],
        held: &mut Held,
        pace: &mut Pace,
    ) -> Result<(), Stop> {
        let origins = self.0.args.directory.relay_names();
        let cids: Vec<_> = some.iter().map(|(_, cid)| *cid).collect();
        send(pace)?;
        let found: BTreeMap<Cid, PinRequest> =
            client.find(&cids).await?.into_iter().map(|request| (request.cid, request)).collect();
        let now = platform::now_ms();
        held.at = Some(now);
        for (of, cid) in some {
            let before = held.of(*of).cloned();
            // What failed yesterday is asked for anew; what failed meanwhile is told first.
            let again = before.as_ref().is_some_and(|pin| pin.status == Status::Failed && pin.cid == *cid);
            let request = match (found.get(cid), before) {
                (Some(found), before) if found.status != Status::Failed || !again => {
                    held.note(*of, found.clone(), now, false);
                    // Another device of mine has asked for this revision already.
                    if let Some(before) = before.filter(|pin| pin.cid != *cid && pin.request != found.id) {
                        send(pace)?;
                        client.remove(&before.request).await?;
                    }
                    continue;
                }
                // Also a request of another device: it failed, and a new one takes its place.
                (Some(found), _) => Some(found.id.clone()),
                (None, Some(pin)) if pin.cid != *cid => Some(pin.request),
                (None, _) => None,
            };
            send(pace)?;
            let replaced = match request {
                Some(id) => client.replace(&id, cid, &origins).await?,
                None => None,
            };
            let added = match replaced {
                Some(replaced) => replaced,
                // There was none, or another device of mine has taken it back.
                None => client.add(cid, &origins).await?,
            };
            held.note(*of, added, now, true);
            pace.asked(Instant::now());
        }
        Ok(())
    }

    async fn note_held(&self, name: Name, held: Held) -> Result<(), Error> {
        let background = self.0.args.state.background();
        let noted = background.update(move |tx| {
            if tx.services.contains(&name) {
                tx.held.insert(name, held);
            }
            Ok(())
        });
        noted.await
    }
}

/// Counts a request, and stops where it would be one too many.
fn send(pace: &mut Pace) -> Result<(), Stop> {
    if pace.may_send(Instant::now()) { Ok(()) } else { Err(Stop::Enough) }
}

/// How long it is until something is due of what a service holds.
fn until_next(held: &Held, pace: &Pace, now: Instant) -> Duration {
    let now_ms = platform::now_ms();
    let left = |since: u64, ms: u64| Duration::from_millis(since.saturating_add(ms).saturating_sub(now_ms));
    let of_pin = held.pins.iter().map(|pin| match pin.status {
        Status::Queued | Status::Pinning => pace.until_look(now),
        Status::Pinned | Status::Failed => left(pin.looked, DAY_MS),
    });
    let of_root = held.of(None).map(|root| left(root.asked, BETWEEN_ROOTS_MS)).filter(|left| !left.is_zero());
    of_pin.chain(of_root).min().unwrap_or(Duration::from_millis(DAY_MS)).max(Duration::from_secs(1))
}
