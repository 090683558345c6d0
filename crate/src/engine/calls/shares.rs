//! `shares` of the API.

use crate::engine::api::{
    Comment, Delivery, Draft, FileEntry, FileName, FilesQuery, Link, LinkChange, LinkPreview, NewComment,
    NewFile, NewShare, Share, ShareQuery,
};
use crate::engine::shares::Allows;
use crate::engine::{Engine, Error, Pieces};
use crate::format::link;
use crate::platform;
use crate::social::link::OpenedLink;
use crate::social::pasted::{self, Found};

impl Engine {
    /// Seals files for an audience and stores them here; publishing goes on by itself afterwards.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub async fn create_share(&self, new: NewShare) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.create(new).await).await
    }

    /// The same for an album: those whom it is for may add files to it, and all of them see who added what.
    ///
    /// # Errors
    ///
    /// `unsupported` if it is not for chosen contacts.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub async fn create_album(&self, new: NewShare) -> Result<Share, Error> {
        self.create_share_as(new, true, true).await
    }

    /// The same, which says whether those whom it is for may add files to it, and whether they may answer. Without it they
    /// may answer where it is for chosen contacts.
    ///
    /// # Errors
    ///
    /// `unsupported` if they may do either, and it is not for chosen contacts.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub async fn create_share_as(&self, new: NewShare, adds: bool, answers: bool) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.create_as(new, Allows { adds, answers }).await).await
    }

    /// What was answered to a share, the oldest first. Who asks counts as looking at it: what is said meanwhile shows
    /// to its other readers at once, and else within ten minutes.
    pub async fn comments(&self, id: &str) -> Result<Vec<Comment>, Error> {
        self.unlocked()?.shares.comments(id)
    }

    /// Says something of a share, to all of its readers: who says it shows to them.
    ///
    /// # Errors
    ///
    /// `unsupported` if its author lets nobody answer; `invalid-name` if it is empty or too long, or if it is more than one
    /// may say in a day.
    pub async fn comment(&self, id: &str, new: NewComment) -> Result<Comment, Error> {
        self.while_unlocked(async |open| open.shares.comment(id, new).await).await
    }

    /// Takes back what I said of a share. Who has read it has read it.
    pub async fn take_back_comment(&self, id: &str, comment: &str) -> Result<(), Error> {
        self.unlocked()?.shares.take_back_comment(id, comment).await
    }

    /// Hides a comment on a share of mine from its other readers, or shows it again.
    pub async fn hide_comment(&self, id: &str, comment: &str, hidden: bool) -> Result<(), Error> {
        self.unlocked()?.shares.hide_comment(id, comment, hidden).await
    }

    /// Lets the readers of one of my shares answer, or no longer.
    ///
    /// # Errors
    ///
    /// `unsupported` if it is not mine and for chosen contacts.
    pub async fn set_answers(&self, id: &str, answers: bool) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.set_answers(id, answers).await).await
    }

    /// Shares whose files were not all read.
    pub async fn drafts(&self) -> Result<Vec<Draft>, Error> {
        Ok(self.unlocked()?.shares.drafts())
    }

    /// Goes on with a draft; of the files chosen again only the missing bytes are read. Returns the share, or `None` if
    /// more files are to be chosen. With `leave_out` the share is made without those.
    pub async fn resume_draft(
        &self,
        id: &str,
        files: Vec<NewFile>,
        leave_out: bool,
    ) -> Result<Option<Share>, Error> {
        self.while_unlocked(async |open| open.shares.resume_draft(id, files, leave_out).await).await
    }

    /// Forgets a draft.
    pub async fn discard_draft(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.shares.discard_draft(id).await
    }

    /// Adds files to one of my shares; a file whose path is there already takes its place.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft, and the share as it was.
    pub async fn add_files(
        &self,
        id: &str,
        files: Vec<NewFile>,
        keep_location: bool,
    ) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.add_files(id, files, keep_location).await).await
    }

    /// Lets the readers of one of my shares add files to it, or no longer. What they added until now stays.
    ///
    /// # Errors
    ///
    /// `unsupported` if it is not of my making and for chosen contacts.
    pub async fn set_adds(&self, id: &str, adds: bool) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.set_adds(id, adds).await).await
    }

    /// Gives one of my shares another title, another note, or both, for all of its readers. What is absent stays.
    ///
    /// # Errors
    ///
    /// `unsupported` if it is not of my making, or for everybody.
    pub async fn rename_share(
        &self,
        id: &str,
        title: Option<&str>,
        note: Option<&str>,
    ) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.rename(id, title, note).await).await
    }

    /// Has a file stand for one of my shares, or none that was chosen.
    ///
    /// # Errors
    ///
    /// `not-found` if there is no such file, else as [`rename_share`](Self::rename_share).
    pub async fn set_cover(&self, id: &str, path: Option<&str>) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.set_cover(id, path).await).await
    }

    /// Puts the files of one of my shares in order for all of its readers, by `name`, `date` or `size`.
    ///
    /// # Errors
    ///
    /// As [`rename_share`](Self::rename_share).
    pub async fn set_order(&self, id: &str, order: &str) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.set_order(id, order).await).await
    }

    /// Takes files out of one of my shares, in one revision. Paths at which there is no file are passed over.
    ///
    /// # Errors
    ///
    /// `not-found` if none of them is there, else as [`rename_share`](Self::rename_share).
    pub async fn remove_files(&self, id: &str, paths: &[String]) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.remove_files(id, paths).await).await
    }

    /// Adds files to an album of somebody who lets me: it becomes a share of mine to them, which they take into the album.
    /// To a share of my own it is the same as [`add_files`](Self::add_files).
    ///
    /// # Errors
    ///
    /// `unsupported` if its author lets nobody add.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a draft.
    pub async fn add_to(&self, id: &str, files: Vec<NewFile>, keep_location: bool) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.add_to(id, files, keep_location).await).await
    }

    /// Shares, the newest first.
    pub async fn shares(&self, query: ShareQuery) -> Result<Vec<Share>, Error> {
        self.unlocked()?.shares.list(&query)
    }

    /// One share.
    pub async fn share(&self, id: &str) -> Result<Share, Error> {
        self.reading()?.shares.share(id)
    }

    /// The files of a share, sorted by path, or those at the paths asked for.
    pub async fn files(&self, id: &str, query: FilesQuery) -> Result<Vec<FileEntry>, Error> {
        self.while_reading(async |open| open.shares.files(id, query).await).await
    }

    /// The first files of a share, sorted by path, without what takes long to know.
    pub async fn file_names(&self, id: &str, limit: usize) -> Result<Vec<FileName>, Error> {
        self.while_reading(async |open| open.shares.file_names(id, limit).await).await
    }

    /// One file of a share.
    pub async fn file(&self, id: &str, path: &str) -> Result<FileEntry, Error> {
        self.while_reading(async |open| open.shares.file(id, path).await).await
    }

    /// The bytes of a file, or of `(offset, length)` of it, fetched as needed. Locking ends them.
    pub async fn read(&self, id: &str, path: &str, range: Option<(u64, u64)>) -> Result<Pieces, Error> {
        self.while_reading(async |open| Ok(open.tasks.pieces(open.shares.read(id, path, range).await?))).await
    }

    /// The bytes of a file from `from` on, for somebody who saves them. A provider that is away is waited for, for some
    /// minutes. Locking ends them.
    pub async fn read_patiently(&self, id: &str, path: &str, from: u64) -> Result<Pieces, Error> {
        self.while_reading(async |open| {
            Ok(open.tasks.pieces(open.shares.read_patiently(id, path, from).await?))
        })
        .await
    }

    /// Name of the archive of a share, as every system can have it.
    pub async fn archive_name(&self, id: &str) -> Result<String, Error> {
        self.while_reading(async |open| open.shares.archive_name(id)).await
    }

    /// The files as a zip from byte `from` on, in pieces and with bounded memory. A provider that is away is waited for,
    /// for some minutes. Locking ends them.
    pub async fn archive(&self, id: &str, paths: Option<Vec<String>>, from: u64) -> Result<Pieces, Error> {
        self.while_reading(async |open| Ok(open.tasks.pieces(open.shares.archive(id, paths, from).await?)))
            .await
    }

    /// Takes a share off the list, with its blocks. Of one's own, its recipients are told that it is gone, and the relays
    /// let go of it.
    pub async fn remove_share(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.shares.remove(id).await
    }

    /// Gives one of my shares to exactly these contacts. Who is left out keeps what was in it until now.
    pub async fn set_audience(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.set_audience(id, contacts).await).await
    }

    /// Takes these contacts off one of my shares; those who have no part in it are passed over.
    pub async fn revoke(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        self.unlocked()?.shares.revoke(id, contacts).await
    }

    /// Withdraws one of my shares from everybody: it is gone at its recipients, relays let go of it, and it stays here.
    pub async fn withdraw(&self, id: &str) -> Result<Share, Error> {
        self.unlocked()?.shares.withdraw(id).await
    }

    /// Gives what somebody shared with me to contacts of mine, with their signature and mine; gives the share of my own
    /// that this makes. Passing it on again adds people to that.
    pub async fn pass_on(&self, id: &str, contacts: &[String]) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.pass_on(id, contacts).await).await
    }

    /// Asks the hosts in [`Share::elsewhere`] for what was passed on, from now on. They learn this device's network address.
    pub async fn look_elsewhere(&self, id: &str) -> Result<Share, Error> {
        self.while_unlocked(async |open| open.shares.look_elsewhere(id).await).await
    }

    /// Notes that a share was looked at. Its author hears so where both want receipts.
    pub async fn mark_read(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.shares.mark_read(id).await
    }

    /// How far each recipient of one of my shares has come.
    pub async fn deliveries(&self, id: &str) -> Result<Vec<Delivery>, Error> {
        self.unlocked()?.shares.deliveries(id)
    }

    /// The links that I gave out and that are good still, the newest first.
    pub async fn links(&self) -> Result<Vec<Link>, Error> {
        Ok(self.unlocked()?.shares.links())
    }

    /// Changes the end or the password of a link that was given out; what people have of it goes on to lead to the share.
    ///
    /// # Errors
    ///
    /// `not-found` if the share has no link any more.
    pub async fn change_link(&self, id: &str, change: LinkChange) -> Result<Link, Error> {
        self.while_unlocked(async |open| open.shares.change_link(id, change).await).await
    }

    /// Switches the link of a share off: its letterbox is dropped, and relays let go of what it led to. The share stays
    /// here.
    pub async fn disable_link(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.shares.disable_link(id).await
    }

    /// What opening a link would do, also without a profile. Connects to nobody and stores nothing.
    ///
    /// # Errors
    ///
    /// As [`open_link`](Self::open_link) says of the text of the link.
    pub async fn inspect_link(&self, typed: &str) -> Result<LinkPreview, Error> {
        let link = link_in(typed)?;
        let reader = match self.unlocked() {
            Ok(unlocked) => unlocked,
            Err(_) => self.guest().await?,
        };
        Ok(reader.shares.inspect_link(&link))
    }

    /// Opens what a link leads to; `typed` is its code, or the address of a page with it.
    ///
    /// With a profile it stays in its list. Without one a guest reads it until a profile is opened or the engine ends,
    /// and nothing of it is written to disk. Connects to the relays that the link names: the caller has said yes to that, see
    /// [`inspect_link`](Self::inspect_link).
    pub async fn open_link(&self, typed: &str, password: &str) -> Result<Share, Error> {
        let link = link_in(typed)?;
        let has_ended = link.has_ended(platform::now_ms());
        // Each try of a password costs Argon2id.
        let password = self.0.config.passphrases.key_of_link(&link.secret, password).await?;
        let opened = OpenedLink::new(link, password);
        let reader = match self.unlocked() {
            Ok(unlocked) => unlocked,
            Err(_) => self.guest().await?,
        };
        match reader.tasks.until_stopped(Box::pin(reader.shares.open_link(opened))).await {
            // Its author may have put the end off, so that it is looked for first.
            Err(Error::Gone(_)) if has_ended => Err(Error::LinkEnded),
            opened => opened,
        }
    }
}

/// The one link in a text.
fn link_in(typed: &str) -> Result<link::Link, Error> {
    let mut links: Vec<_> = pasted::find(typed)?.into_iter().filter_map(Found::into_link).collect();
    match links.pop() {
        Some(link) if links.is_empty() => Ok(link),
        Some(_) => Err(Error::Several),
        None => Err(Error::InvalidId("this is no link to a share".into())),
    }
}
