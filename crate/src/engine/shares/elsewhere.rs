//! What somebody passed on and whose files are at relays of a stranger: these are asked after the person says yes.

use crate::dag;
use crate::engine::Error;
use crate::engine::api::Share;
use crate::engine::state::shown_share;
use crate::format::limits;
use crate::format::manifest::Part;
use crate::keys::Id;
use crate::social::share;
use crate::social::share_record::{Maker, ShareRecord};

use super::albums;
use super::handle::Shares;

impl Shares {
    /// Lets the relays be asked that may have the files of a share that was passed on, from now on, and lists its files if
    /// they are not here yet. These relays learn this device's network address.
    ///
    /// # Errors
    ///
    /// `unreachable` if no relay of others may be asked, or if these do not have its list of files now.
    pub(in crate::engine) async fn look_elsewhere(&self, id: &str) -> Result<Share, Error> {
        let (state, directory) = (&self.0.state, &self.0.directory);
        let before = state.read(|tables| tables.share(id).cloned())?;
        if !before.elsewhere.is_empty() && directory.is_own_only() {
            return Err(Error::RelaysOnly);
        }
        let (mut listed, mut parts) = (before.clone(), None);
        if before.is_part() {
            listed.elsewhere.clear();
            self.list_part(&mut listed).await?;
        } else if before.unlisted {
            parts = Some(self.list_elsewhere(&mut listed).await?);
        }
        let asking = directory.clone();
        let kept = state.update(move |tx| {
            let now = tx.shares.get_mut(&before.id()).ok_or(Error::NotFound("share"))?;
            if now.block() != before.block() {
                return Err(Error::Unreachable("it changed meanwhile: look again".into()));
            }
            (now.files, now.size, now.maker) = (listed.files, listed.size, listed.maker);
            (now.elsewhere, now.unlisted) = (Vec::new(), false);
            let now = now.clone();
            if let Some(parts) = &parts {
                albums::hang(tx, &asking, &now, parts);
            }
            Ok(now)
        });
        let kept = kept.await?;
        self.follow_source(&kept).await?;
        Ok(shown_share(&kept, &directory.id))
    }

    /// Fetches the list of files of a share, and who made it, from the relays that its author named; gives its parts.
    async fn list_elsewhere(&self, share: &mut ShareRecord) -> Result<Vec<Part>, Error> {
        let Self(inner) = self;
        let relays = inner.directory.trusted_of(&share.elsewhere);
        let fetcher = inner.fetchers.at(&share.author, &relays);
        let pointer = share.manifest().ok_or(Error::NotFound("list of files"))?;
        let reader = dag::Reader::open(fetcher, &pointer, None).await?;
        let (manifest, maker) = (reader.manifest(), Id::from(*reader.maker()));
        share::check_passed_on(&share.inner(), &share.author, manifest, &maker).map_err(Error::unverified)?;
        (share.files, share.size) = (manifest.files, manifest.size);
        let name = inner.fetchers.name_of(&maker, &relays).await;
        let relays = share.elsewhere.iter().take(limits::RELAYS).cloned().collect();
        share.maker = Some(Maker { id: maker, relays, name, from: None });
        Ok(manifest.parts().to_vec())
    }
}
