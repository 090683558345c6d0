//! `devices` of the API.

use std::rc::Rc;

use crate::engine::api::{Device, DeviceCode, Me};
use crate::engine::devices::Visit;
use crate::engine::state::Account;
use crate::engine::{Engine, Error, Fresh, Unlocked, account};
use crate::format::device_link::Code;
use crate::format::text;
use crate::keys::device_link::Inherited;
use crate::keys::keystore;
use crate::platform;

impl Engine {
    /// The devices that have this profile, the oldest first.
    pub async fn devices(&self) -> Result<Vec<Device>, Error> {
        let unlocked = self.unlocked()?;
        Ok(account::devices(&unlocked.state, &unlocked.device()))
    }

    /// Names a device.
    pub async fn rename_device(&self, id: &str, name: &str) -> Result<Device, Error> {
        let unlocked = self.unlocked()?;
        account::rename_device(&unlocked.state, id, name, &unlocked.device()).await
    }

    /// Removes another device of mine: my devices and contacts show and serve it no longer. It has the seed, and cannot be
    /// made to forget it.
    pub async fn remove_device(&self, id: &str) -> Result<(), Error> {
        let unlocked = self.unlocked()?;
        account::remove_device(&unlocked.state, id, &unlocked.device()).await
    }

    /// Takes the removal of a device back.
    pub async fn restore_device(&self, id: &str) -> Result<Device, Error> {
        let unlocked = self.unlocked()?;
        account::restore_device(&unlocked.state, id, &unlocked.device()).await
    }

    /// The person knows a device that is shown as new: it is not any more, on this one.
    pub async fn confirm_device(&self, id: &str) -> Result<(), Error> {
        account::confirm_device(&self.unlocked()?.state, id).await
    }

    /// A code for one new device, after the passphrase was typed once more. It is good for ten minutes.
    pub async fn device_code(&self, passphrase: &str) -> Result<DeviceCode, Error> {
        let unlocked = self.named()?;
        let keystore = self.0.list.keystore(&unlocked.directory.id).await?;
        keystore::open(&keystore, &self.key_of(&keystore, passphrase).await?)?;
        unlocked.devices.show_code()
    }

    /// The four words that the new device shows were typed here. Resolves once it has the identity.
    ///
    /// Three wrong entries end the code.
    pub async fn approve_device(&self, words: &str) -> Result<Device, Error> {
        self.while_unlocked(async |unlocked| {
            let device = unlocked.devices.approve(words).await?;
            // Nobody has to be told that what they just linked is new.
            account::expect_device(&unlocked.state, &device.id).await?;
            Ok(device)
        })
        .await
    }

    /// Takes back the code that is shown here, or ends the linking that goes on here. Idempotent.
    pub fn cancel_device(&self) {
        self.0.joining.cancel();
        if let Ok(unlocked) = self.unlocked() {
            unlocked.devices.cancel();
        }
    }

    /// Has this browser become a device of whom another one shows a code, under a passphrase of its own.
    ///
    /// Tells by events which words to type there, and whose device this is to become. Goes on after
    /// [`accept_identity`](Self::accept_identity), and resolves once contacts and shares are here.
    ///
    /// # Cancel safety
    ///
    /// Before the person has said yes a dropped call leaves nothing behind.
    pub async fn join_device(&self, code: &str, name: &str, passphrase: &str) -> Result<Me, Error> {
        let code: Code = code.parse()?;
        let name = text::name(name).map_err(Error::invalid)?;
        account::check_passphrase(passphrase)?;
        let stop = self.0.joining.begin();
        let visitor = Visitor::open(self).await?;
        let joined = async {
            let visit = visitor.visit();
            let session = visit.join(&code, &name).await?;
            if self.0.list.contains(session.id()).await? {
                return Err(Error::AlreadyExists("this profile is in this browser already: unlock it"));
            }
            visit.inherit(session, &self.0.joining).await
        };
        let inherited = stop.run_until_cancelled(Box::pin(joined)).await.unwrap_or(Err(Error::Cancelled))?;
        let device = visitor.0.state.device_secret().await?;
        drop(visitor);
        let Inherited { ring, n, heir, seq, .. } = inherited;
        let key = self.0.config.passphrases.derive(keystore::new_recipe(), passphrase).await?;
        let keystore = keystore::seal_seed(&ring, n, &key);
        let fresh = Fresh { account: Account::of_heir(heir), device: Some((device, name)) };
        let me = self.bring_back(ring, &keystore, fresh, seq).await?;
        // Nobody needs to be told how old the profile is that they have in their other hand, unless a relay was silent.
        match &me.restored {
            Some(restored) if restored.silent.is_empty() => self.confirm_restored().await,
            _ => Ok(me),
        }
    }

    /// The person says yes to whose device this browser becomes.
    pub fn accept_identity(&self) -> Result<(), Error> {
        self.0.joining.accept()
    }
}

/// A new device on its visit: the components of a guest, of which the network is used, until it is dropped.
struct Visitor(Rc<Unlocked>);

impl Visitor {
    async fn open(engine: &Engine) -> Result<Self, Error> {
        Ok(Self(engine.stranger().await?))
    }

    fn visit(&self) -> Visit {
        let Unlocked { net, directory, fetchers, .. } = &*self.0;
        Visit {
            net: net.clone(),
            device: *self.0.publisher.device(),
            directory: directory.clone(),
            fetchers: fetchers.clone(),
            hub: self.0.hub.clone(),
        }
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let unlocked = self.0.clone();
        platform::spawn(async move { unlocked.stop().await });
    }
}
