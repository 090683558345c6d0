//! Telling the readers of a share that it is there.

use crate::engine::Error;
use crate::engine::state::{Tables, Transaction};
use crate::social::share_record::ShareRecord;

use super::handle::{Args, Publisher};

impl Publisher {
    /// Tells of what is new who is online: contacts, while no relay can be told, and my other devices at any time, which
    /// do not wait until a relay has everything.
    pub(super) async fn tell_who_is_online(self) {
        let Args { state, directory, .. } = &self.0.args;
        let mut news = state.watch_pending();
        loop {
            let (is_alone, has_device) = state.live(|live| {
                let is_online = |tables: &Tables| tables.contacts.values().any(|contact| live.has(contact));
                let devices = state.read(|tables| tables.other_devices(directory));
                let has_device = devices.iter().any(|device| live.peers.contains(&device.peer()));
                (!live.any_relay() && state.read(is_online), has_device)
            });
            let told = match (is_alone, has_device) {
                (true, _) => self.announce_unkept().await,
                (false, true) => self.compose().await,
                (false, false) => Ok(()),
            };
            if let Err(why) = told {
                tracing::debug!(%why, "who is online is not told");
            }
            news.changed().await;
        }
    }

    /// Tells of shares that no keeper has, for those who are online to fetch them from here.
    async fn announce_unkept(&self) -> Result<(), Error> {
        let Args { state, directory, .. } = &self.0.args;
        let mut unkept: Vec<_> = state.read(|tables| {
            let mine = tables.shares.values().filter(|share| tables.is_active(&directory.id, share));
            mine.filter(|share| !share.paused && !share.is_announced()).cloned().collect()
        });
        unkept.sort_by_key(|share| share.created);
        for share in unkept {
            self.announce(&share, |_| ()).await?;
        }
        self.compose().await
    }

    /// Tells the readers of a share, unless they were told, and keeps what else `change` notes of it.
    pub(super) async fn announce(
        &self,
        share: &ShareRecord,
        change: impl FnOnce(&mut ShareRecord) + 'static,
    ) -> Result<(), Error> {
        let Args { state, directory, fetchers, .. } = &self.0.args;
        let object = fetchers.object_of(share).await?;
        let (me, id, block) = (directory.id, share.id(), share.block());
        let announced = state.update(move |tx: &mut Transaction| {
            // It may have been removed meanwhile, or have got another revision, which is to be pushed too.
            let is_same = |share: &ShareRecord| share.block() == block && tx.is_active(&me, share);
            if !tx.shares.get(&id).is_some_and(is_same) {
                return Ok(());
            }
            let Some(share) = tx.shares.get_mut(&id) else { return Ok(()) };
            let is_news = !share.is_announced();
            share.announced |= is_news;
            let told = share.clone();
            change(share);
            if is_news {
                tx.announce(&told, object);
            }
            Ok(())
        });
        announced.await
    }
}
