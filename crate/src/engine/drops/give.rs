//! What a guest does: looks whose box it is, and leaves files in it, sealed to its owner.
//!
//! A guest is nobody: its identity and its device key are made for one drop, and forgotten with it. What it pushes is not
//! stored here. A guest that goes away in between begins again with another identity.

use bytes::Bytes;

use crate::dag::{self, manifest};
use crate::engine::Error;
use crate::engine::api::{Direction, DropLinkPreview, NewFile, OpenedDropBox, TransferId, TransferState};
use crate::engine::progress::Transfers;
use crate::engine::shares::{Chosen, listed, planned, unreadable};
use crate::format::drop_box::Link;
use crate::format::manifest::Kind;
use crate::format::share_id::InnerId;
use crate::format::{limits, text};
use crate::keys::Id;
use crate::net::mailbox::{Mail, Refusal};
use crate::net::{CallError, RelayAddr, exchange};
use crate::platform;
use crate::social::contact::Contact;
use crate::social::drop_box::Given;
use crate::social::share;
use crate::store::BATCH_BLOCKS;

use super::handle::Drops;
use super::upload::Upload;

/// How the transfer of a drop is named, before the name of what is left.
const TRANSFER: &str = "drop-";

/// Ends a transfer with its outcome, which is "cancelled" where the call was dropped.
struct Ending<'a> {
    transfers: &'a Transfers,
    id: &'a TransferId,
    outcome: Result<(), Error>,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        match &self.outcome {
            Ok(()) => self.transfers.finish(self.id),
            Err(why) => self.transfers.fail(self.id, why),
        }
    }
}

impl Drops {
    /// What opening a box would do. Connects to nobody.
    pub(in crate::engine) fn inspect(&self, link: &Link) -> DropLinkPreview {
        let (directory, owner) = (&self.0.directory, Id::from(link.id));
        let own = owner == directory.id;
        DropLinkPreview {
            owner: owner.to_string(),
            own,
            relays: if own { Vec::new() } else { directory.foreign_hosts(&link.relays) },
            bytes: link.bytes,
            until: link.until,
        }
    }

    /// Looks whose box it is and how much is left in it, at the relays that the link names.
    pub(in crate::engine) async fn look(&self, link: &Link) -> Result<OpenedDropBox, Error> {
        let owner = self.owner(link).await?;
        let upload = Upload::open(self, link).await?;
        let profile = owner.profile.as_ref();
        let avatar = profile.and_then(|profile| profile.avatar.as_ref());
        Ok(OpenedDropBox {
            owner: owner.id.to_string(),
            name: profile.map(|profile| text::shown_name(&profile.name)).unwrap_or_default(),
            avatar: avatar.map(|avatar| serde_bytes::ByteBuf::from(avatar.to_vec())),
            left: upload.left().min(link.bytes),
            until: link.until,
        })
    }

    /// Leaves files in a box, and tells its owner. Once this returns, the relay keeps everything and the guest may go.
    ///
    /// # Errors
    ///
    /// `drop-closed`, `drop-full`, `unreachable`; `file-changed` if a file cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves nothing that anybody sees: the relay deletes what was pushed after a while.
    pub(in crate::engine) async fn give(
        &self,
        link: &Link,
        files: Vec<NewFile>,
        message: &str,
    ) -> Result<(), Error> {
        let message = text::paragraph(message, limits::MESSAGE_CHARS).map_err(Error::invalid)?;
        let chosen = planned(files)?;
        if chosen.files.is_empty() {
            return Err(Error::InvalidName("choose at least one file".into()));
        }
        let inner = InnerId(platform::random());
        let transfer = TransferId::up(format!("{TRANSFER}{}", data_encoding::HEXLOWER.encode(&inner.0)));
        let total = chosen.files.iter().map(|file| file.size).sum();
        let transfers = &self.0.transfers;
        transfers.begin(&transfer, &transfer.share(), Direction::Up, total, TransferState::Active);
        let mut ending = Ending { transfers, id: &transfer, outcome: Err(Error::Cancelled) };
        let work = self.leave(link, inner, chosen, &message, &transfer);
        ending.outcome = transfers.until_cancelled(&transfer, work).await;
        ending.outcome.clone()
    }

    async fn leave(
        &self,
        link: &Link,
        inner: InnerId,
        chosen: Chosen,
        message: &str,
        transfer: &TransferId,
    ) -> Result<(), Error> {
        let Chosen { files, sources, folders } = chosen;
        let sources: Vec<_> = sources.into_iter().flatten().collect();
        let owner = self.owner(link).await?;
        let to = owner.recipient().ok_or(Error::NotFound("key of the owner"))?;
        let upload = Upload::open(self, link).await?.for_transfer(transfer, &files);
        upload.check_room(&files).await?;

        let read = sources.iter().map(|source| dag::File { source: &**source, known: Vec::new() });
        let chunks = dag::write(read.collect(), self.0.ring.chunk_secret(), &upload).await;
        let chunks = chunks.map_err(|why| match why {
            dag::WriteError::Source { file, error } => unreadable(files[file].path.clone(), error),
            dag::WriteError::Store(why) => upload.failure().unwrap_or_else(|| why.into()),
        })?;
        let (count, size) = (files.len() as u64, files.iter().map(|file| file.size).sum());
        let mut list = manifest::Writer::new(share::new_key().manifest_secret(), dag::CHUNK);
        for (file, chunks) in files.iter().zip(chunks) {
            list.push(listed(file, chunks)).map_err(Error::invalid)?;
            if list.waiting() >= BATCH_BLOCKS {
                upload.push(list.take_blocks()).await?;
            }
        }
        list.folders(folders);
        let (manifest, last) =
            list.finish(self.0.ring.identity(), inner, Kind::Contacts).map_err(Error::bug)?;
        upload.push(last).await?;
        upload.pin(&manifest.cid).await?;

        let given = Given { link, manifest, share: inner, files: count, size, message };
        let mail = given.seal(&self.0.ring, &to, platform::now_ms()).map_err(Error::invalid)?;
        self.tell(link, to.id, Mail::new(Bytes::from(mail)).map_err(Error::bug)?).await
    }

    /// The relays of a box, as far as they may be dialled.
    pub(super) fn relays(&self, link: &Link) -> Result<Vec<RelayAddr>, Error> {
        self.0.directory.check_reach(&link.relays)?;
        let relays = self.0.directory.trusted_of(&link.relays);
        if relays.is_empty() {
            return Err(Error::Unreachable("this link names no relay that may be asked".into()));
        }
        Ok(relays)
    }

    /// Whose box it is, by their profile.
    async fn owner(&self, link: &Link) -> Result<Contact, Error> {
        let mut last = None;
        self.0.directory.check_reach(&link.relays)?;
        self.0.directory.meet(&self.0.net, &link.relays).await;
        for relay in self.relays(link)? {
            let mut owner = Contact::new(link.id.into(), link.relays.clone(), 0, platform::now_ms());
            match self.0.fetchers.fetch_profile(&mut owner, relay).await {
                Ok(()) => return Ok(owner),
                Err(Error::NotFound(_)) => {
                    let why = "the relays of this link do not know whose box it is: try again later";
                    last = Some(Error::Unreachable(why.into()));
                }
                Err(why) => last = Some(why),
            }
        }
        Err(last.unwrap_or_else(|| Error::bug("a box has a relay")))
    }

    /// Leaves the request in the owner's mailbox, with the work that a stranger does.
    async fn tell(&self, link: &Link, to: Id, mail: Mail) -> Result<(), Error> {
        let mut last = None;
        for relay in self.relays(link)? {
            match self.0.mailboxes.deposit(&relay, to, &mail, None).await {
                Ok(()) => return Ok(()),
                Err(CallError::Exchange(exchange::Error::Refused(Refusal::Full))) => {
                    let why = "the mailbox of this person is full: try again another day, or tell them";
                    last = Some(Error::Refused(why.into()));
                }
                Err(why) => last = Some(Error::Unreachable(why.to_string())),
            }
        }
        Err(last.unwrap_or_else(|| Error::bug("a box has a relay")))
    }
}
