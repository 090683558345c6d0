//! Decides whose blocks, records and mailboxes the relay stores.

use std::sync::Arc;

use spinney::keys::Id;

use crate::{
    Config,
    config::{Admission, Name},
    store::{Error, Invited},
};

/// Whom the settings and the operator's invitations admit. Asked each time, so that an invitation takes effect at once.
#[derive(Clone)]
pub(crate) struct Policy {
    config: Arc<Config>,
    invited: Arc<dyn Invited>,
}

impl Policy {
    pub(crate) fn new(config: Arc<Config>, invited: Arc<dyn Invited>) -> Self {
        Self { config, invited }
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
