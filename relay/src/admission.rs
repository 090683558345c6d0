//! Decides whose blocks, records and mailboxes the relay stores, and for which of their devices.

use std::sync::Arc;

use libp2p::PeerId;
use spinney::{keys::Id, net::keep::Removed};

use crate::{
    Config,
    config::{Admission, Name},
    store::{Error, Invited, Removals},
};

/// Whom the settings and the operator's invitations admit. Asked each time, so that an invitation takes effect at once.
#[derive(Clone)]
pub(crate) struct Policy {
    config: Arc<Config>,
    invited: Arc<dyn Invited>,
    removals: Arc<dyn Removals>,
}

impl Policy {
    pub(crate) fn new<S: Invited + Removals + 'static>(config: Arc<Config>, store: Arc<S>) -> Self {
        Self { config, invited: store.clone(), removals: store }
    }

    /// Returns whether a device of an identity was removed by its other devices: nothing is stored for it any more.
    pub(crate) async fn is_removed(&self, id: &Id, device: &PeerId) -> Result<bool, Error> {
        self.removals.is_removed(id, device).await
    }

    /// Takes note of the devices that an identity removed.
    pub(crate) async fn remove(&self, id: &Id, removed: &Removed) -> Result<(), Error> {
        self.removals.remove(id, removed).await
    }

    /// Returns whether the relay stores what this identity leaves.
    pub(crate) async fn admits(&self, id: &Id) -> Result<bool, Error> {
        match self.config.admission() {
            Admission::Open => Ok(true),
            _ if self.config.admitted.contains(&Name(*id)) => Ok(true),
            Admission::Invited => self.invited.is_invited(id).await,
            Admission::List => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use spinney::crypto::sign::SigningKey;

    use super::*;
    use crate::store::memory::Memory;

    #[tokio::test]
    async fn each_kind_of_admission_admits_whom_it_says() {
        let [listed, invited, other] = [1, 2, 3].map(|seed| {
            let id: Id = SigningKey::from_bytes(&[seed; 32]).verifying_key().into();
            id
        });
        let memory = Arc::new(Memory::default());
        memory.invite(&invited);
        for (admission, admits) in [
            (Admission::Open, [true, true, true]),
            (Admission::Invited, [true, true, false]),
            (Admission::List, [true, false, false]),
        ] {
            let config =
                Config { admission: Some(admission), admitted: vec![Name(listed)], ..Config::default() };
            let policy = Policy::new(Arc::new(config), memory.clone());
            for (id, is_admitted) in [listed, invited, other].iter().zip(admits) {
                assert_eq!(policy.admits(id).await.unwrap(), is_admitted, "{admission:?}");
            }
        }
    }
}
