//! `drops` of the API.

use std::rc::Rc;

use crate::engine::api::{DropBox, DropLinkPreview, FileEntry, FilesQuery, NewFile, OpenedDropBox, Share};
use crate::engine::{Engine, Error, Unlocked};
use crate::format::drop_box::{Link, LinkError};
use crate::platform;

impl Engine {
    /// Makes a box that takes `bytes` until `until`, in milliseconds since 1970: with its link people without a profile
    /// give me files. `name` is for me alone, and may be empty.
    ///
    /// # Errors
    ///
    /// `nothing-to-lend` if no relay of mine has so much room.
    pub async fn make_drop_box(&self, bytes: u64, until: u64, name: &str) -> Result<DropBox, Error> {
        self.while_unlocked(async |open| open.drops.make_box(bytes, until, name).await).await
    }

    /// My boxes with what was left in them, the one that ends last first. Asks my relays how much is left in each.
    pub async fn drop_boxes(&self) -> Result<Vec<DropBox>, Error> {
        self.while_unlocked(async |open| open.drops.boxes().await).await
    }

    /// Ends a box: nothing more can be left in it. What was left stays at my relays for 30 days.
    pub async fn end_drop_box(&self, id: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.drops.end_box(id).await).await
    }

    /// The files of a drop with their previews, sorted by path. Nothing of it is fetched before this call.
    pub async fn drop_files(&self, id: &str, query: FilesQuery) -> Result<Vec<FileEntry>, Error> {
        self.while_unlocked(async |open| open.drops.files(id, &query).await).await
    }

    /// Copies what was left into a share of my own for nobody else.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the drop as it was.
    pub async fn accept_drop(&self, id: &str, title: &str) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.drops.accept(id, title).await).await
    }

    /// Forgets what was left. Its sender learns nothing of it.
    pub async fn decline_drop(&self, id: &str) -> Result<(), Error> {
        self.while_unlocked(async |open| open.drops.decline(id).await).await
    }

    /// What opening a drop link would do, also without a profile. Connects to nobody and stores nothing.
    ///
    /// # Errors
    ///
    /// `drop-closed` if the link says that its box has ended, `broken-code` if it is not whole.
    pub async fn inspect_drop_link(&self, typed: &str) -> Result<DropLinkPreview, Error> {
        let link = good_link(typed)?;
        let reader = match self.unlocked() {
            Ok(unlocked) => unlocked,
            Err(_) => self.guest().await?,
        };
        Ok(reader.drops.inspect(&link))
    }

    /// Looks whose box it is and how much is left in it. Connects to the relays that the link names, as nobody: also a
    /// profile that is unlocked is not shown.
    ///
    /// # Errors
    ///
    /// `drop-closed`, `drop-full`, `unreachable`.
    pub async fn open_drop_box(&self, typed: &str) -> Result<OpenedDropBox, Error> {
        let link = good_link(typed)?;
        let nobody = self.nobody().await?;
        let looked = nobody.run(async |nobody| nobody.drops.look(&link).await).await;
        nobody.stop().await;
        looked
    }

    /// Leaves files in a box as nobody, with a few words. Once this returns, its relay keeps everything.
    ///
    /// # Errors
    ///
    /// `drop-closed`, `drop-full`, `unreachable`; `file-changed` if a file cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves nothing that anybody sees.
    pub async fn send_drop(&self, typed: &str, files: Vec<NewFile>, message: &str) -> Result<(), Error> {
        let link = good_link(typed)?;
        let nobody = self.nobody().await?;
        let sent = nobody.run(async |nobody| nobody.drops.give(&link, files, message).await).await;
        nobody.stop().await;
        sent
    }

    /// Somebody new, whom nothing connects to the profile that may be unlocked here.
    async fn nobody(&self) -> Result<Rc<Unlocked>, Error> {
        let nobody = self.stranger().await?;
        // Who is for their own relays only reaches no others as nobody either.
        let own_only = self.unlocked().is_ok_and(|open| open.directory.is_own_only());
        nobody.directory.set_own_only(own_only);
        Ok(nobody)
    }
}

/// The link of a box that has not ended.
fn good_link(typed: &str) -> Result<Link, Error> {
    let link: Link = typed.parse().map_err(|why| match why {
        LinkError::Malformed => Error::BrokenCode,
        LinkError::Old => Error::OldCode,
        LinkError::Decode(why) => Error::InvalidId(why.to_string()),
    })?;
    if link.has_ended(platform::now_ms()) { Err(Error::DropClosed) } else { Ok(link) }
}
