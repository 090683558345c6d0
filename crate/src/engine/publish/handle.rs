//! The handle to publishing, and its workers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures::lock::Mutex;

use crate::crypto::sign::VerifyingKey;
use crate::engine::api::{Direction, TransferId, TransferState, WaitingFor};
use crate::engine::directory::Directory;
use crate::engine::presence::{OwnRecord, ServedBlocks};
use crate::engine::progress::Transfers;
use crate::engine::state::State;
use crate::engine::storage::Storage;
use crate::engine::tasks::Tasks;
use crate::engine::transfer::Fetchers;
use crate::format::share_id::ShareId;
use crate::keys::{Ring, device};
use crate::platform;
use crate::social::share_record::ShareRecord;

use super::keeper::Keeper;
use super::push::Pushing;

/// What publishing may touch.
pub(in crate::engine) struct Args {
    pub(in crate::engine) ring: Rc<Ring>,
    /// The public key of this device.
    pub(in crate::engine) device: VerifyingKey,
    pub(in crate::engine) state: State,
    pub(in crate::engine) directory: Directory,
    pub(in crate::engine) storage: Storage,
    pub(in crate::engine) fetchers: Fetchers,
    pub(in crate::engine) transfers: Transfers,
    pub(in crate::engine) served: ServedBlocks,
    pub(in crate::engine) own_record: OwnRecord,
    /// Where everything that I publish is to be.
    pub(in crate::engine) keepers: Vec<Rc<dyn Keeper>>,
    pub(in crate::engine) tasks: Tasks,
}

/// Handle to publishing.
#[derive(Clone)]
pub(in crate::engine) struct Publisher(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub(super) args: Args,
    /// Held while a root is composed.
    pub(super) composing: Mutex<()>,
    /// The shares that are being pushed.
    pub(super) pushing: Pushing,
    /// The bytes that shares need beside their chunks, where a keeper refused in the middle of the push.
    pub(super) underrated: RefCell<BTreeMap<ShareId, u64>>,
}

impl Publisher {
    pub(in crate::engine) fn new(args: Args) -> Self {
        let (composing, pushing, underrated) = (Mutex::new(()), Pushing::default(), RefCell::default());
        Self(Rc::new(Inner { args, composing, pushing, underrated }))
    }

    /// Lists the uploads that are not done, starts two workers for each keeper, and one that tells who is
    /// online: contacts while no relay is connected, and my other devices.
    pub(in crate::engine) fn start(&self) {
        let Args { state, directory, keepers, tasks, .. } = &self.0.args;
        let waiting: Vec<_> = state.read(|tables| {
            let active = tables.shares.values().filter(|share| tables.is_active(&directory.id, share));
            active.filter(|share| !share.delivered).cloned().collect()
        });
        waiting.iter().for_each(|share| self.list_upload(share));
        for keeper in keepers {
            tasks.spawn(self.clone().replicate_to(keeper.clone()));
            tasks.spawn(self.clone().audit(keeper.clone()));
        }
        tasks.spawn(self.clone().tell_who_is_online());
    }

    /// Lists the transfer that pushes a share. Nothing is pushed here: the workers of the keepers are woken by the commit
    /// of the share.
    pub(in crate::engine) fn list_upload(&self, share: &ShareRecord) {
        let Args { state, transfers, .. } = &self.0.args;
        if share.withdrawn {
            return;
        }
        let (id, transfer) = (share.id(), TransferId::up(share.id()));
        let first = if share.paused { TransferState::Paused } else { TransferState::Queued };
        transfers.begin(&transfer, &id, Direction::Up, share.to_push(), first);
        if !share.paused && !state.live(|live| live.any_relay()) {
            transfers.set_state(&transfer, TransferState::Waiting, Some(WaitingFor::Relay));
        }
    }

    /// The public key of this device.
    pub(in crate::engine) fn device(&self) -> &VerifyingKey {
        &self.0.args.device
    }

    /// The certificate of this device, for the next 90 days.
    pub(in crate::engine) fn certificate(&self) -> Vec<u8> {
        device::issue(&self.0.args.ring, &self.0.args.device, platform::now_ms())
    }
}
